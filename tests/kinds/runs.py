# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/runs/*.toml: whole scripts on one message: what the real server does, and what Tamis says of it.

`script` runs on `message`, or on the table's with `fields` more; `from` and `to` are the envelope's, `spam` (percent) and
`virus` what a scanner has said. `included` and `global` are scripts that it includes, by name; `folders` exist before;
`settings` are more of the server's. `does` lists what becomes of it, in any order: `keep`, `keep in FOLDER`, `forward
ADDRESS`, `reply`, `reject: REASON`, `notify ADDRESS`, `pipe PROGRAM`, `discard`, `FAILED RUN`. Where that hangs on what no
script tells, `says` is what Tamis says: `uncertain` too, where it tells so."""

import tomllib
import types

from engines import pigeonhole
from engines.generate_scripts import MAILBOX
from kinds import Case, Failure
from kinds.agreement import FOLDERS, World, shown
from kinds.values import AT, FROM

EXTENSIONS = ("editheader", "spamtest", "spamtestplus", "virustest", "vacation-seconds", "mboxmetadata", "servermetadata",
              "special-use", "vnd.dovecot.environment", "vnd.dovecot.report", "vnd.dovecot.debug", "vnd.dovecot.filter",
              "vnd.dovecot.pipe", "vnd.dovecot.execute")
PROGRAMS = ("sieve_pipe_bin_dir", "sieve_execute_bin_dir")
SETTINGS = {"sieve_extensions": " ".join(f"+{name}" for name in EXTENSIONS)}
OF_TABLE = {"require", "script", "message", "folders", "case"}
KEYS = {"name", "require", "script", "message", "fields", "body", "from", "to", "spam", "virus", "included", "global", "folders",
        "settings", "does", "says"}


def plain(words):
    """Without the added fields, of which this table does not speak when there are none."""
    return sorted(word.strip().removesuffix(" []") for word in words)


def done_words(world, words):
    """With what the programs have noted."""
    notes = world.folder / "ran"
    ran = notes.read_text().splitlines() if notes.exists() else []
    return [*(word for word in words if word != "discard" or not ran), *ran]


def delivery_of(table, case, world):
    spam, virus = case.get("spam"), case.get("virus", 0)
    fields = case.get("fields", "")
    fields += f"X-Spam-Score: {spam // 10}.{spam % 10}\n" if spam is not None else ""
    fields += f"X-Virus-Score: {virus}\n" if virus else ""
    message = case["message"] if "message" in case else table["message"] + fields + "\n" + case.get("body", "x\n")
    path = world.folder / "0.eml"
    path.write_bytes(message.lstrip("\n").replace("\n", "\r\n").encode())
    path.chmod(0o644)
    sender, to = case.get("from", FROM), case.get("to", MAILBOX)
    line = f"{path}\t{to}\t{sender}\t{int(AT.timestamp())}\t{-1 if spam is None else spam}\t{virus}\n"
    return types.SimpleNamespace(path=path, sender=sender, to=to, instant=AT, line=lambda: line)


def write_scripts(world, table, case):
    for folder, scripts in (("sieve", case.get("included", {})), ("global", case.get("global", {}))):
        (world.folder / folder).mkdir()
        for name, text in scripts.items():
            (world.folder / folder / f"{name}.sieve").write_text(text)
    script = case.get("require", table.get("require", "")) + case.get("script", table.get("script", ""))
    world.write(script)
    return script


def check(table, case):
    def run(context):
        settings = {**SETTINGS, **dict.fromkeys(PROGRAMS, context.once("filters", lambda: pigeonhole.shared_filters(context)))}
        world = World(context, "scripts", {**settings, **case.get("settings", {})})
        script = write_scripts(world, table, case)
        delivery = delivery_of(table, case, world)
        (said,) = world.explain([delivery])
        done, errors = world.execute(delivery, case.get("folders", table.get("folders", FOLDERS)))
        expected = {"server": case["does"], "Tamis": case.get("says", case["does"])}
        found = {"server": done_words(world, done), "Tamis": said}
        wrong = [f"{who}: {plain(found[who])}, not {sorted(expected[who])}" for who in found
                 if plain(found[who]) != sorted(expected[who])]
        if wrong:
            raise Failure("\n".join([*wrong, shown(script, delivery, errors)]))
    return run


def discover(tests):
    cases = []
    for path in sorted((tests / "engines" / "runs").glob("*.toml")):
        table = tomllib.loads(path.read_text())
        assert set(table) <= OF_TABLE, f"{path.name}: {sorted(table)}"
        for case in table["case"]:
            assert set(case) <= KEYS, f"{path.name}: {sorted(case)}"
            cases.append(Case(f"runs/{path.stem}/{case['name']}", check(table, case)))
    return cases
