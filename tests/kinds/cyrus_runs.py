# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/cyrus/*.toml: messages that a real Cyrus takes over LMTP, and what Tamis says that it does with them.

A case has a `message`, the envelope's `from` and `to`, and either tests that hold and tests that fail, behind what stands
in `before`, or a `script` that `does` what is listed, in any order: `keep`, `keep in FOLDER`, `forward ADDRESS`, `reply`,
`reject`, `notify ADDRESS`, `discard`. Of a run that fails Cyrus shows only that it keeps. Where Tamis says something
else, that is `says`. The tables of engines/values run here too, but for
the cases in `differences.toml`. Each message has a Message-ID of its own, unless it says one."""

import re
import tomllib

from engines.cyrus import SIEVEC
from engines.generate_scripts import MAILBOX
from kinds import Case, Failure, Result
from kinds.agreement import added, told
from kinds.values import AT, FROM, wrong_ones
from servers.cyrus import Cyrus
from servers.sink import Sink

KEYS = {"name", "message", "charset", "padding", "from", "to", "require", "before", "holds", "fails", "script", "does", "says"}
REQUIRE = 'require ["fileinto", "reject", "envelope", "encoded-character", "vacation", "subaddress", "comparator-i;ascii-numeric", "relational", ' \
    '"imap4flags", "copy", "variables", "body", "environment", "date", "index", "ihave", "editheader", "mailbox", "duplicate"];\n'


def script_of(case):
    require = case.get("require", REQUIRE)
    if "script" in case:
        return require + case["script"]
    tests = [*case["holds"], *case["fails"]]
    return require + case.get("before", "") + "".join(f'if {test} {{ fileinto :copy :create "T{n}"; }}\n' for n, test in enumerate(tests))


def message_of(case, number):
    data = case["message"].lstrip("\n").replace("\n", "\r\n").encode(case.get("charset", "utf-8"))
    return data if b"Message-ID:" in data else b"Message-ID: <%d@cases.example>\r\n" % number + data


def sent_word(envelope, data):
    (recipient,) = envelope.recipients
    kind = re.search(rb"(?m)^Auto-Submitted: auto-(replied|notified)(.*)$", envelope.data)
    if kind is None or kind[0] in data:
        return f"forward {recipient.lower()} {added(envelope.data)}"
    if kind[1] == b"notified":
        return f"notify {recipient}"
    return "reject" if b"reject" in kind[2] else "reply"


def done_words(server, sink, script, sender, to, data):
    server.install(MAILBOX, script.encode())
    code, text = server.deliver(sender, to, data)
    words = [sent_word(envelope, data) for envelope in sink.take()]
    words += [f"{'keep' if box == 'INBOX' else f'keep in {box}'} {added(stored)}" for box, stored in server.take(MAILBOX)]
    if code >= 500 and not words:
        return ["reject"]
    if code != 250:
        raise Failure(f"the server says {code} {text}")
    return words or ["discard"]


def said_words(context, script, sender, to, data):
    folder = context.folder()
    (folder / "script.sieve").write_text(script)
    (folder / "message.eml").write_bytes(data)
    output = context.command(
        [context.build / "tests" / "engines" / "explain-many", context.root / "grammar" / "servers" / "cyrus-3.6.server", "UTC",
         folder / "script.sieve", MAILBOX], f"{folder / 'message.eml'}\t{to}\t{sender}\t{int(AT.timestamp())}\t-1\t0\n".encode())
    if output.status != 0:
        raise Failure(f"explain-many ended with {output.status}: {output.err}")
    return told(output.out.rstrip("\n").split("\t"))


def plain(words):
    """What of a run is seen from outside."""
    return sorted(re.sub(r"^reject: .*", "reject", word.strip()).removesuffix(" []") for word in words if word != "FAILED RUN")


def held(words):
    return {int(match[1]) for word in words if (match := re.match(r"keep in T(\d+) ", word))}


def run_case(context, server, sink, case, number):
    """(script, message, what the server has done, what Tamis says)"""
    script, data = script_of(case), message_of(case, number)
    sender, to = case.get("from", FROM), case.get("to", MAILBOX)
    return script, data, done_words(server, sink, script, sender, to, data), said_words(context, script, sender, to, data)


def check(context, server, sink, case, number):
    script, data, done, said = run_case(context, server, sink, case, number)
    if "script" in case:
        pairs = (("server", done, case["does"]), ("Tamis", said, case.get("says", case["does"])))
        wrong = [f"{who}: {plain(found)}, not {sorted(expected)}" for who, found, expected in pairs if plain(found) != sorted(expected)]
    else:
        tests = [*case["holds"], *case["fails"]]
        wrong = [f"{who}: {what}" for who, words in (("server", done), ("Tamis", said))
                 for what in wrong_ones(tests, len(case["holds"]), held(words))]
        wrong += ["Tamis is not certain"] if " uncertain" in said else []
    if wrong:
        raise Failure("\n".join([*wrong, script, data.decode("utf-8", "backslashreplace")]))


def check_difference(context, server, sink, case, number):
    """Only that both say the same, whatever Pigeonhole does; and of a case that is known to differ, that it does."""
    tests = [*case["holds"], *case["fails"]]
    script, data, done, said = run_case(context, server, sink, case, number)
    wrong = [f"{'server' if n in held(done) else 'Tamis'} alone: {tests[n]}" for n in sorted(held(done) ^ held(said))]
    wrong += ["Tamis is not certain"] if " uncertain" in said else []
    if wrong and not case["is_known"]:
        raise Failure("\n".join([*wrong, script, data.decode("utf-8", "backslashreplace")]))
    if not wrong and case["is_known"]:
        raise Failure("it is no difference: differences.toml need not name it")


def run_table(path):
    def run(context):
        cases = tomllib.loads(path.read_text())["case"]
        with Sink() as sink, Cyrus(context, {MAILBOX: "x"}, sink, clock=AT) as server:
            server.make_inboxes()
            return [result(context, server, sink, f"{path.stem}/{case['name']}", case, number) for number, case in enumerate(cases)]
    return run


def result(context, server, sink, where, case, number):
    assert set(case) <= KEYS, f"{where}: {sorted(case)}"
    name = f"cyrus_runs/{where}"
    try:
        check(context, server, sink, case, number)
    except Failure as failure:
        return Result(name, failure=str(failure))
    return Result(name)


def differences_of(tests):
    """Case of tests/engines/values -> the reason for which Cyrus is not held against it."""
    groups = tomllib.loads((tests / "engines" / "cyrus" / "differences.toml").read_text())["difference"]
    return {name: group["why"] for group in groups for name in group["cases"]}


def values_of(tests):
    """[(name, case)] of the tables that Pigeonhole runs."""
    return [(f"{path.stem}/{case['name']}", case) for path in sorted((tests / "engines" / "values").glob("*.toml"))
            for case in tomllib.loads(path.read_text())["case"]]


def accepted(context, server, case):
    """The case with the tests that Cyrus' compiler takes: each that it does not, the others do without. None: it takes none."""
    def takes(tests):
        path = server.folder / "try.sieve"
        path.write_text(script_of({**case, "holds": tests, "fails": []}))
        return context.command([SIEVEC, "-C", server.folder / "imapd.conf", path, server.folder / "try.bc"]).status == 0
    if takes([*case["holds"], *case["fails"]]):
        return case
    if not takes([]):
        return None
    return {**case, **{key: [test for test in case[key] if takes([test])] for key in ("holds", "fails")}}


def check_values(tests):
    def run(context):
        known, results = differences_of(tests), []
        with Sink() as sink, Cyrus(context, {MAILBOX: "x"}, sink, clock=AT) as server:
            server.make_inboxes()
            for number, (name, case) in enumerate(values_of(tests)):
                message = case["message"].replace("@@", "a" * case.get("padding", 0))
                results.append(value_result(context, server, sink, name, {**case, "message": message, "is_known": name in known}, number))
        return results
    return run


def value_result(context, server, sink, name, case, number):
    name = f"cyrus_runs/values/{name}"
    try:
        case = accepted(context, server, case)
        if case is not None:
            check_difference(context, server, sink, case, number)
    except Failure as failure:
        if not (case and case["is_known"] and "the server says 5" in str(failure)):
            return Result(name, failure=str(failure))
    return Result(name)


def discover(tests):
    names = {name for name, case in values_of(tests)}
    assert set(differences_of(tests)) <= names, f"no cases: {set(differences_of(tests)) - names}"
    return [Case("cyrus_runs/values of others", check_values(tests))] + [Case(f"cyrus_runs/{path.stem}", run_table(path)) for path in sorted((tests / "engines" / "cyrus").glob("*.toml")) if path.stem != "differences"]
