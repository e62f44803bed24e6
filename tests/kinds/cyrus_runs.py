# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/cyrus/*.toml: messages that a real Cyrus takes over LMTP, and what Tamis says that it does with them.

A case has a `message`, the envelope's `from` and `to`, and either tests that hold and tests that fail, behind what stands
in `before`, or a `script` that `does` what is listed, in any order: `keep`, `keep in FOLDER`, `forward ADDRESS`, `reply`,
`reject`, `notify ADDRESS`, `discard`. Of a run that fails Cyrus shows only that it keeps. Where Tamis says something
else, that is `says`, with `why` in a comment. Each message has a Message-ID of its own, unless it says one."""

import re
import tomllib

from engines.generate_scripts import MAILBOX
from kinds import Case, Failure, Result
from kinds.agreement import added, told
from kinds.values import AT, FROM, wrong_ones
from servers.cyrus import Cyrus
from servers.sink import Sink

KEYS = {"name", "message", "from", "to", "require", "before", "holds", "fails", "script", "does", "says"}
REQUIRE = 'require ["fileinto", "reject", "envelope", "encoded-character", "vacation", "subaddress", "comparator-i;ascii-numeric", "relational", ' \
    '"imap4flags", "copy", "variables", "body", "environment", "date", "index", "ihave", "editheader", "mailbox", "duplicate"];\n'


def script_of(case):
    require = case.get("require", REQUIRE)
    if "script" in case:
        return require + case["script"]
    tests = [*case["holds"], *case["fails"]]
    return require + case.get("before", "") + "".join(f'if {test} {{ fileinto :copy :create "T{n}"; }}\n' for n, test in enumerate(tests))


def message_of(case, number):
    data = case["message"].lstrip("\n").replace("\n", "\r\n").encode()
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


def check(context, server, sink, case, number):
    script, data = script_of(case), message_of(case, number)
    sender, to = case.get("from", FROM), case.get("to", MAILBOX)
    done = done_words(server, sink, script, sender, to, data)
    said = said_words(context, script, sender, to, data)
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


def run_table(path):
    def run(context):
        cases = tomllib.loads(path.read_text())["case"]
        with Sink() as sink, Cyrus(context, {MAILBOX: "x"}, sink, clock=AT) as server:
            server.make_inboxes()
            return [result(context, server, sink, path, case, number) for number, case in enumerate(cases)]
    return run


def result(context, server, sink, path, case, number):
    assert set(case) <= KEYS, f"{path.name}: {sorted(case)}"
    name = f"cyrus_runs/{path.stem}/{case['name']}"
    try:
        check(context, server, sink, case, number)
    except Failure as failure:
        return Result(name, failure=str(failure))
    return Result(name)


def discover(tests):
    return [Case(f"cyrus_runs/{path.stem}", run_table(path)) for path in sorted((tests / "engines" / "cyrus").glob("*.toml"))]
