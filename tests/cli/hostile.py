# SPDX-License-Identifier: LGPL-2.1-or-later
"""A string never becomes a command: hostile ones in every place that takes one are refused, or mean themselves.

Each place is a case. What compiles is read back from Pigeonhole's own dump (nothing is redirected but to the one
target) and executed.
"""

import re

from engines import pigeonhole
from engines.message import Delivery
from kinds import AS_OF

MAILBOX = "box@acme.example"
STRINGS = {
    "a quote and a command": b'x"; redirect "evil@x.example',
    "a quote, a command and a comment": b'x"; redirect "evil@x.example"; #',
    "a bracket": b'x"]; redirect ["evil@x.example',
    "an escaped quote": b'x\\"; redirect \\"evil@x.example',
    "a backslash at the end": b"x\\",
    "a dot alone": b'x\n.\nredirect "evil@x.example";\ntext:\n',
    "a dot alone, CR LF": b'x\r\n.\r\nredirect "evil@x.example";\r\n',
    "a line break": b'x\nredirect "evil@x.example";',
    "a carriage return": b'x\rredirect "evil@x.example";',
    "a NUL": b'x\0"; redirect "evil@x.example',
    "a variable": b"${evil} ${unicode:0022} ${hex:22}",
    "a comment": b'*/ redirect "evil@x.example"; /* # x',
    "100 KB": b'"\\.' * 34000,
    "invalid UTF-8": b'x\xff\xfe\xc0\x80"; redirect "evil@x.example',
    "two addresses": b"to@acme.example, evil@x.example",
    "an address in brackets": b"Evil <evil@x.example>",
    "an address with a line break": b"to@acme.example\nBcc: evil@x.example",
}

# Where a string of the policy can stand: in the mailbox, or in a declaration that it uses.
ITEMS = {
    "keep in": 'route r { keep in "@@"; }',
    "reject": 'route r { reject "@@"; }',
    "reply": 'route r { reply "@@"; }',
    "reply subject": 'route r { reply { subject "@@"; text "x"; } }',
    "reply text": 'route r { reply { subject "x"; text "@@"; } }',
    "reply from": 'route r { reply { from "@@"; text "x"; } }',
    "mark": 'route r { mark "X-A: @@"; forward to to@acme.example; }',
    "mark name": 'route r { mark "@@: x"; forward to to@acme.example; }',
    "target": 'route r { forward to "@@"; }',
    "target beside another": 'route r { forward to to@acme.example, "@@" without copy; }',
    "one of": 'route r { forward to one of to@acme.example, "@@"; }',
    "subject is": 'route r when subject is "@@" { forward to to@acme.example; }',
    "subject contains": 'route r when subject contains "y", "@@" { keep in "x"; }',
    "subject matches": 'route r when subject matches "@@" { keep in "x"; }',
    "subject begins": 'route r when subject begins "@@" { keep in "x"; }',
    "subject ends": 'route r when subject not ends "@@" { keep in "x"; }',
    "body": 'route r when body contains "@@" { keep in "x"; }',
    "header name": 'route r when header "@@" exists { keep in "x"; }',
    "header value": 'route r when header "X-A" is "@@" { keep in "x"; }',
    "from": 'route r when from is "@@" { keep in "x"; }',
    "domain": 'route r when from domain is "@@" { keep in "x"; }',
    "under": 'route r when from under "@@" { keep in "x"; }',
    "detail": 'route r when recipient detail is "@@" { keep in "x"; }',
    "envelope": 'route r when envelope from contains "@@" { keep in "x"; }',
    "group": 'route r when from in g { keep in "x"; }',
    "group of targets": "route r { forward to g; }",
    "alias": 'alias "@@"; route r { reply "x"; }',
    "filter program": "route r { forward encrypted with e to to@acme.example; }",
    "filter argument": "route r { forward encrypted with e to to@acme.example; }",
    "encryption header": "route r { forward encrypted with e to to@acme.example; }",
    "gateway": "route r { forward encrypted with e to to@acme.example; }",
}
DECLARATIONS = {
    "group": 'group g { "@@" }',
    "group of targets": 'group g { to@acme.example, "@@" }',
    "filter program": 'encryption e { filter "@@"; }',
    "filter argument": 'encryption e { filter "seal", "@@"; }',
    "encryption header": 'encryption e { header "X-E: @@"; }',
    "gateway": 'encryption e { gateway "@@"; }',
}
# Where a cell of a table can.
CELLS = {
    "cell as target": "mailbox box@acme.example { route r { forward to row.cell; } }",
    "cell as mailbox": "mailbox row.cell { route r { forward to to@acme.example; } }",
    "cell as day": "mailbox box@acme.example { route r until row.cell { forward to to@acme.example; } }",
    "cell in a reply": 'mailbox box@acme.example { route r { reply "${row.cell}"; } }',
    "cell in a subject": 'mailbox box@acme.example { route r { reply { subject "${row.cell}"; text "x"; } } }',
    "cell in a folder": 'mailbox box@acme.example { route r { keep in "${row.cell}"; } }',
    "cell in a reject": 'mailbox box@acme.example { route r { reject "${row.cell}"; } }',
    "cell in a mark": 'mailbox box@acme.example { route r { mark "X-A: ${row.cell}"; } }',
    "cell in a test": 'mailbox box@acme.example { route r when subject contains "${row.cell}" { keep in "x"; } }',
    "cell as parameter": "mailbox box@acme.example { use t(row.cell); }",
}


def quoted(data):
    """The bytes as the inside of a policy's string."""
    data = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n").replace(b"\r", b"\\u{d}")
    return data.replace(b"\0", b"\\u{0}").replace(b"${", b"$${")


def policy_with(place, data):
    text = f"mailbox {MAILBOX} {{ {ITEMS[place]} }}\n{DECLARATIONS.get(place, '')}\n"
    return text.encode().replace(b"@@", quoted(data))


def policy_with_cell(place, _data):
    template = 'template t(p) { route r { reply "${p}"; keep in "${p}"; } }\n' if "parameter" in place else ""
    return f'{template}each row in csv "table.csv" {{ {CELLS[place]} }}\n'.encode()


def check_script(t, what, script):
    understood = pigeonhole.dump(t.context, script)
    for address in re.findall(r'^[0-9a-f]{8}: +\d+: REDIRECT\n(?:.*\n)*?.* address: STR\[\d+\] "(.*)"$', understood,
                              re.MULTILINE):
        if not re.fullmatch(r"to@acme\.example(\.[a-z.]+)?", address):
            t.fail(f"{what} redirects to {address}:\n{script.read_text(errors='replace')[:3000]}")
    outcome = pigeonhole.execute(t.context, script, Delivery(to=MAILBOX))
    if any(re.match(r"forward \S*evil", word) for word in outcome.words) or "FAILED RUN" in outcome.words:
        t.fail(f"{what}: {outcome.words}\n{outcome.errors}")


def try_string(t, policy, what, data):
    """Whether it was taken; a refusal has to name an error."""
    t.write("policy.tamis", b"organization { domains acme.example; timezone Europe/Berlin; }\n" + policy)
    t.write("table.csv", b'cell\n"' + data.replace(b'"', b'""') + b'"\n')
    output = t.tamis("compile", "policy.tamis", "--as-of", AS_OF, "-o", what)
    if output.status == 1:
        t.contains(": error: ", output.err, f"the refusal of {what}")
        return False
    t.status(0, output)
    for script in (t.folder / what).glob("*.sieve"):
        check_script(t, what, script)
    return True


def make_case(place, policy_of):
    def case(t):
        for what, data in STRINGS.items():
            try_string(t, policy_of(place, data), what, data)
    return case


for a_place in ITEMS:
    globals()[f"test_{a_place}"] = make_case(a_place, policy_with)
for a_place in CELLS:
    globals()[f"test_{a_place}"] = make_case(a_place, policy_with_cell)


def test_a_raw_byte_in_the_text_is_refused(t):
    for what, data in {"NUL": b"\0", "invalid UTF-8": b"\xff", "escape": b"\x1b"}.items():
        t.write("policy.tamis", b"organization { domains acme.example; timezone Europe/Berlin; }\n"
                b'mailbox a@acme.example { route r { keep in "x' + data + b'y"; } }\n')
        output = t.tamis("compile", "policy.tamis", "--as-of", AS_OF, "-o", "out")
        t.equal(1, output.status, f"exit status with {what}")


def test_harmless_text_is_taken(t):
    """The near miss: what only looks dangerous works."""
    for place, data in {"reply": b'"; redirect "evil@x.example', "reject": b"x\n.\ny", "subject contains": b'\\"x',
                        "cell in a reply": b'"quoted" \\ text'}.items():
        policy = policy_with(place, data) if place in ITEMS else policy_with_cell(place, data)
        if not try_string(t, policy, place, data):
            t.fail(f"{place}: {data!r} was refused")


def test_line_ends_of_every_sort_are_unified_once(t):
    t.write("a.sieve", b'redirect "a\r\r\nb\r";\r\nredirect text:\r\nx\r\n.\r\n;\r\n# c\r\r\n')
    t.status(0, t.tamis("fmt", "a.sieve"))
    t.equal(b'redirect "a\nb\r";\nredirect text:\nx\n.\n;\n# c\n', (t.folder / "a.sieve").read_bytes(), "the script")
    t.status(0, t.tamis("fmt", "--check", "a.sieve"))


def test_a_table_that_forwards_to_itself_is_cut_short(t):
    """Each of its rows to all of them: lists that are shared, and eighty million forwards."""
    n = 9000
    t.write("all.csv", "address\n" + "".join(f"u{i}@acme.example\n" for i in range(n)))
    t.write("policy.tamis", """
organization { domains acme.example; timezone Europe/Berlin; }
group all from csv "all.csv" column address;
each row in csv "all.csv" { mailbox row.address { route on { forward to all; } } }
""")
    output = t.tamis("check", "policy.tamis", "--as-of", AS_OF, timeout=60)
    t.status(1, output)
    t.contains("error: the mailboxes so far forward to more than 67108864 addresses together [syntax]", output.out)


def test_comments_stay_apart_wherever_they_stand(t):
    words = ["if", "not", "header", ":is", '"a"', '["b"', ",", '"c"', "]", "{", "keep", ";", "}", "else", "{", "}"]
    hashes = "".join(f"{word} #{n}\n" for n, word in enumerate(words))
    brackets = "".join(f"{word}/*{n}*/" for n, word in enumerate(words))
    for script in (hashes, brackets):
        t.write("a.sieve", script)
        t.status(0, t.tamis("fmt", "a.sieve"))
        t.status(0, t.tamis("fmt", "--check", "a.sieve"))
        found = re.findall(r"#(\d+)\n|/\*(\d+)\*/", t.read("a.sieve"))
        t.equal([str(n) for n in range(len(words))], ["".join(pair) for pair in found], t.read("a.sieve"))


def test_a_file_without_an_end_is_given_up(t):
    t.write("policy.tamis", "organization { domains acme.example; timezone Europe/Berlin; }\n")
    endless = {"--server": "tamis: /dev/zero: too large for the description of a server\n",
               "--baseline": "tamis: cannot read '/dev/zero': it is larger than 1073741824 bytes\n"}
    for option, complaint in endless.items():
        output = t.tamis("check", "policy.tamis", option, "/dev/zero", timeout=120)
        t.status(2, output)
        t.equal(complaint, output.err)
