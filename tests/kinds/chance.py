# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies: what `tamis explain` says happens, of the policy and of the script made of it, is what the real
server does with the script.

Explaining and lowering share nothing but the resolved policy, so each is the other's test. The seed is in the
case's name; TAMIS_RANDOM_POLICIES says how many (default 30, each with 8 mailboxes and 4 messages a mailbox)."""

import json
import os
import random

from engines import pigeonhole
from engines.generate import Generator
from kinds import Case, Failure, agreement
from kinds.compile import check_proofs, compile_policy

POLICIES = int(os.environ.get("TAMIS_RANDOM_POLICIES", "30"))
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
MAILBOXES, MESSAGES = 8, 4
SETTINGS = {"sieve_max_redirects": 32, "sieve_max_actions": 100}
SERVER = "[server]\nbase=dovecot-2.3\n[limits]\nmax-redirects=32\nmax-actions=100\n"


SEALS = {"sealed": ["X-Sealed: x"], "seal": ["X-Sealed: x"], "marked": ["X-Seal: yes"], "gate": ["X-Encrypt: required"]}


def without(marks, name):
    """The marks before the newest of that name was taken off."""
    at = max((n for n, mark in enumerate(marks) if mark.lower().startswith(name.lower() + ":")), default=None)
    return marks if at is None else marks[:at] + marks[at + 1:]


def words_of(delivery):
    """The words of the tables for the actions of one delivery of `explain --format json`: each copy with the marks
    that stand before it."""
    words, marks = [], []
    for action in delivery["actions"]:
        kind = action["action"]
        word, seals = None, []
        if kind == "mark":
            marks = [*marks, f"{action['header']}: {action['value']}"]
        elif kind == "unmark":
            marks = without(marks, action["header"])
        elif kind == "forward":
            word, seals = f"forward {action['to'].lower()}", SEALS.get(action["encrypted"], [])
        elif kind == "keep":
            word = "keep" if action["folder"] is None else f"keep in {action['folder']}"
            seals = SEALS.get(action.get("encrypted"), [])
        elif kind == "reply":
            words.append("reply")
        elif kind == "reject":
            words.append(f"reject: {action['reason']}")
        if word:
            words.append(" + ".join([word, *sorted([*marks, *seals])]))
    return sorted((words or ["discard"]) + (["FAILED RUN"] if "failure" in delivery else []))


def raised_server(context):
    path = context.folder() / "raised.server"
    path.write_text(SERVER)
    return path


def explained(context, what, delivery, server=None):
    """The words for what the first mailbox does; server: dovecot-2.3 with its limits raised unless said."""
    server = server or context.once("raised", lambda: raised_server(context))
    path = context.folder() / "message.eml"
    path.write_bytes(delivery.text())
    output = context.tamis("explain", what, "--server", server, "--to", delivery.arrived_to(), "--from",
                           delivery.arrived_from(), "--at", delivery.at, "--spam-score", str(delivery.spam), "--format", "json", path)
    if output.status != 0:
        raise Failure(output.err)
    return words_of(json.loads(output.out)["deliveries"][0])


def compare(context, policy, script, delivery):
    said, read = explained(context, policy, delivery), explained(context, script, delivery)
    outcome = pigeonhole.execute(context, script, delivery, SETTINGS, ("Filed",))
    done = ["reply" if word.startswith("reply:") else word for word in outcome.words]
    if said != done or read != done:
        raise Failure(f"policy     {'; '.join(said)}\nscript     {'; '.join(read)}\ndone       {'; '.join(done)}\n{delivery}\n{policy.read_text()}\n"
                      f"{script.read_text()}\n{outcome.errors}")


def check(seed):
    def run(every_context):
        context = every_context.sampled(seed)
        generator = Generator(random.Random(seed))
        policy = context.folder() / "policy.tamis"
        policy.write_text(generator.policy(MAILBOXES))
        folder = compile_policy(context, policy, "dovecot-2.3")
        check_proofs(folder)
        for n in range(MAILBOXES):
            mailbox = f"m{n}@acme.example"
            for _ in range(MESSAGES):
                compare(context, policy, folder / f"{mailbox}.sieve", generator.delivery(mailbox))
    return run


def discover(tests):
    return [Case(f"chance/policy {seed}", check(seed)) for seed in range(FIRST, FIRST + POLICIES)] + \
        agreement.discover(tests)
