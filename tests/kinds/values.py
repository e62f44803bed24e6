# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/values/*.toml: one message, tests that hold and tests that fail: in the real server, and as Tamis evaluates them.

`from` and `to` are the envelope's; the instant is that of the tables of deliveries; `before` is what the script does
before the tests, or what it requires besides; `charset` is what the message is written in, `padding` the number of letters that its @@ stands for. What Pigeonhole's own suite covers (comparators, match types, addresses,
details, dates, bodies, indexes, relations, encoded characters, variables, changed headers, flags, grades) has a case
here. Each test is one that Tamis decides."""

import datetime
import re
import tomllib
import types

from engines.generate_scripts import MAILBOX, REQUIRE
from kinds import Case, Failure
from kinds.agreement import World, shown

AT = datetime.datetime(2026, 11, 23, 10, 30, 0, tzinfo=datetime.timezone.utc)
FROM = "anna@vip.example"


def delivery_of(case, world):
    path = world.folder / "0.eml"
    message = case["message"].replace("@@", "a" * case.get("padding", 0))
    path.write_bytes(message.lstrip("\n").replace("\n", "\r\n").encode(case.get("charset", "utf-8")))
    path.chmod(0o644)
    sender, to = case.get("from", FROM), case.get("to", MAILBOX)
    return types.SimpleNamespace(path=path, sender=sender, to=to, instant=AT, spam=None, virus=0,
                                 line=lambda: f"{path}\t{to}\t{sender}\t{int(AT.timestamp())}\t-1\t0\n")


def wrong_ones(tests, n_holding, held):
    return [f"{'fails' if n < n_holding else 'holds'}: {test}" for n, test in enumerate(tests) if (n in held) != (n < n_holding)]


def check(case):
    def run(context):
        world = World(context, "tests")
        tests = [*case["holds"], *case["fails"]]
        world.write(REQUIRE + case.get("before", "") + "".join(f'if {test} {{ fileinto :copy "T{n}"; }}\n' for n, test in enumerate(tests)))
        delivery = delivery_of(case, world)
        output = world.sieve_test(delivery)
        done = {int(n) for n in re.findall(r"folder: T(\d+)", output.out)}
        (words,) = world.explain([delivery])
        said = {int(word.split()[2][1:]) for word in words if word.startswith("keep in T")}
        wrong = ["Tamis is not certain"] if " uncertain" in words else []
        wrong += [f"{who}: {what}" for who, held in (("server", done), ("Tamis", said))
                 for what in wrong_ones(tests, len(case["holds"]), held)]
        if wrong or output.status != 0:
            raise Failure("\n".join([*wrong, shown("", delivery, output.err)]))
    return run


def discover(tests):
    cases = []
    for path in sorted((tests / "engines" / "values").glob("*.toml")):
        for case in tomllib.loads(path.read_text())["case"]:
            assert set(case) <= {"name", "message", "padding", "charset", "from", "to", "before", "holds", "fails"}, f"{path.name}: {sorted(case)}"
            cases.append(Case(f"values/{path.stem}/{case['name']}", check(case)))
    return cases
