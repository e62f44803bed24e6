# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies: what `tamis explain` says happens is what the real server does with the script.

Explaining and lowering share nothing but the resolved policy, so each is the other's test. The seed is in the
case's name; TAMIS_RANDOM_POLICIES says how many (default 60, each with 8 mailboxes and 4 messages a mailbox)."""

import json
import os
import random

from engines import pigeonhole
from engines.generate import Generator
from kinds import Case, Failure
from kinds.compile import compile_policy

POLICIES = int(os.environ.get("TAMIS_RANDOM_POLICIES", "60"))
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
MAILBOXES, MESSAGES = 8, 4
SETTINGS = {"sieve_max_redirects": 32, "sieve_max_actions": 100}


def words_of(delivery):
    """The words of the tables for the actions of one delivery of `explain --format json`."""
    words, marks = [], []
    for action in delivery["actions"]:
        kind = action["action"]
        if kind == "mark":
            marks.append(f"{action['header']}: {action['value']}")
        elif kind == "forward":
            sealed = {"sealed": ["X-Sealed: x"], "marked": ["X-Seal: yes"]}.get(action["encrypted"], [])
            words.append((f"forward {action['to'].lower()}", sealed))
        elif kind == "keep":
            words.append(("keep" if action["folder"] is None else f"keep in {action['folder']}", []))
        elif kind == "reply":
            words.append(("reply", None))
        elif kind == "reject":
            words.append((f"reject: {action['reason']}", None))
    if not words:
        return ["discard"]
    words = [" + ".join([word, *sorted([*marks, *more])]) if more is not None else word for word, more in words]
    return sorted(words + (["FAILED RUN"] if "failure" in delivery else []))


def explained(context, policy, delivery):
    path = context.folder() / "message.eml"
    path.write_bytes(delivery.text())
    output = context.tamis("explain", policy, "--to", delivery.arrived_to(), "--from", delivery.arrived_from(),
                           "--at", delivery.at, "--spam-score", str(delivery.spam), "--format", "json", path)
    if output.status != 0:
        raise Failure(output.err)
    return words_of(json.loads(output.out)["deliveries"][0])


def compare(context, policy, script, delivery):
    said = explained(context, policy, delivery)
    outcome = pigeonhole.execute(context, script, delivery, SETTINGS, ("Filed",))
    done = ["reply" if word.startswith("reply:") else word for word in outcome.words]
    if said != done:
        raise Failure(f"explained  {'; '.join(said)}\ndone       {'; '.join(done)}\n{delivery}\n{policy.read_text()}\n"
                      f"{script.read_text()}\n{outcome.errors}")


def check(seed):
    def run(context):
        generator = Generator(random.Random(seed))
        policy = context.folder() / "policy.tamis"
        policy.write_text(generator.policy(MAILBOXES))
        folder = compile_policy(context, policy, "dovecot-2.3")
        for n in range(MAILBOXES):
            mailbox = f"m{n}@acme.example"
            for _ in range(MESSAGES):
                compare(context, policy, folder / f"{mailbox}.sieve", generator.delivery(mailbox))
    return run


def discover(tests):
    return [Case(f"chance/policy {seed}", check(seed)) for seed in range(FIRST, FIRST + POLICIES)]
