# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/runs/*.toml: whole scripts on one message: what the real server does, and what Tamis says of it.

`script` runs on `message`, or on the table's with `fields` more; `from` and `to` are the envelope's. `does` lists what
becomes of it, as sorted words: `keep`, `keep in FOLDER`, `forward ADDRESS`, `reply`, `reject: REASON`, `discard`, `FAILED RUN`."""

import tomllib

from engines.generate_scripts import MAILBOX
from kinds import Case, Failure
from kinds.agreement import World, shown
from kinds.values import FROM, delivery_of

KEYS = {"name", "script", "message", "fields", "from", "to", "does"}


def plain(words):
    """Without the added fields, of which this table does not speak when there are none."""
    return sorted(word.removesuffix(" []") for word in words)


def check(table, case):
    def run(context):
        world = World(context, "scripts")
        script = table["require"] + case.get("script", table.get("script", ""))
        world.write(script)
        message = case.get("message", table["message"] + case.get("fields", ""))
        delivery = delivery_of({"from": FROM, "to": MAILBOX, **case, "message": message + "\nx\n"}, world)
        (said,) = world.explain([delivery])
        done, errors = world.execute(delivery)
        wrong = [f"{who}: {plain(words)}, not {sorted(case['does'])}" for who, words in (("server", done), ("Tamis", said))
                 if plain(words) != sorted(case["does"])]
        if wrong:
            raise Failure("\n".join([*wrong, shown(script, delivery, errors)]))
    return run


def discover(tests):
    cases = []
    for path in sorted((tests / "engines" / "runs").glob("*.toml")):
        table = tomllib.loads(path.read_text())
        for case in table["case"]:
            assert set(case) <= KEYS, f"{path.name}: {sorted(case)}"
            cases.append(Case(f"runs/{path.stem}/{case['name']}", check(table, case)))
    return cases
