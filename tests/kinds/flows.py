# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies for every server: the scripts that they become are read without an opaque atom, and what is explained
of the policy is what is explained of the script.

The seed is in the case's name; TAMIS_RANDOM_FLOWS says how many there are of each server."""

import os
import random

from engines import generated
from engines.generate import Generator
from kinds import Case, Failure
from kinds.chance import explained
from kinds.compile import compile_policy
from kinds.engines import GENERATED

POLICIES = int(os.environ.get("TAMIS_RANDOM_FLOWS", "3"))
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
MAILBOXES, MESSAGES = 8, 4

# What each server has of the generators: of the small one (engines/generated.py), and the words that the rich one
# (engines/generate.py) must not use; None: it cannot be used.
SERVERS = {
    "dovecot-2.3": (GENERATED["dovecot-2.3"][1], ()),
    "dovecot-2.4": (GENERATED["dovecot-2.3"][1], ()),
    "cyrus-3.6": (GENERATED["cyrus-3.6"][1], ("spam", "sealed")),
    "cyrus-3.10": (GENERATED["cyrus-3.6"][1], ("spam", "sealed")),
    "libsieve": (GENERATED["libsieve"][1], None),
    "rfc5228": ({"text"}, None),
}


def must_be_read(context, server, folder):
    program = context.build / "tests" / "engines" / "opaque-atoms"
    output = context.command([program, server, folder])
    if output.status != 0 or output.out:
        raise Failure(f"{output.err}cannot be read:\n{output.out}\n"
                      + "\n".join(path.read_text() for path in sorted(folder.glob("*.sieve"))))


def compare(context, server, policy, folder, deliveries):
    for delivery in deliveries:
        script = folder / f"{delivery.to}.sieve"
        said, read = explained(context, policy, delivery, server), explained(context, script, delivery, server)
        if said != read:
            raise Failure(f"policy     {'; '.join(said)}\nscript     {'; '.join(read)}\n{delivery}\n{policy.read_text()}\n"
                          f"{script.read_text()}")


def check(make, server, seed):
    def run(every_context):
        context = every_context.sampled(seed - FIRST)
        text, deliveries = make(seed)
        policy = context.folder() / "policy.tamis"
        policy.write_text(text)
        folder = compile_policy(context, policy, server, "--fail-on", "never")
        must_be_read(context, server, folder)
        compare(context, server, policy, folder, deliveries)
    return run


def small(can):
    def make(seed):
        policy = generated.Policy(seed, can)
        return str(policy), [delivery for delivery, _ in policy.deliveries()]
    return make


def rich(lacks):
    def make(seed):
        generator = Generator(random.Random(seed), lacks)
        text = generator.policy(MAILBOXES)
        return text, [generator.delivery(f"m{n}@acme.example") for n in range(MAILBOXES) for _ in range(MESSAGES)]
    return make


def discover(tests):
    cases = []
    for server, (can, lacks) in SERVERS.items():
        for seed in range(FIRST, FIRST + POLICIES):
            cases.append(Case(f"flows/small/{server}/{seed}", check(small(can), server, seed)))
            if lacks is not None:
                cases.append(Case(f"flows/rich/{server}/{seed}", check(rich(lacks), server, seed)))
    return cases
