# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis check: files, formats, exit statuses. What it finds is the matter of tests/errors and tests/lint."""

import json
import os
import pty
import subprocess
import xml.etree.ElementTree

GOOD = """organization { domains acme.example; timezone Asia/Shanghai; }

mailbox li@acme.example { route own { keep; } }
"""
BAD = """organization { domains acme.example; timezone Asia/Shanghai; }

mailbox li@acme.example { route own { keep } }
"""
BAD_LINE = "bad.tamis:3:43: error: expected ';' after 'keep' [syntax]\n"
BAD_TEXT = BAD_LINE + "help: write ';' there\n"


def files(t):
    t.write("good.tamis", GOOD)
    t.write("bad.tamis", BAD)


def check(t, *words, **how):
    return t.tamis("check", "--as-of", "2026-11-23", *words, **how)


def test_a_good_policy_says_nothing(t):
    files(t)
    output = check(t, "good.tamis")
    t.status(0, output)
    t.equal("", output.out + output.err)


def test_findings_are_the_result(t):
    files(t)
    output = check(t, "bad.tamis")
    t.status(1, output)
    t.equal(BAD_TEXT, output.out)
    t.equal("", output.err)


def test_several_files(t):
    files(t)
    output = check(t, "good.tamis", "bad.tamis", "good.tamis")
    t.status(1, output)
    t.equal(BAD_TEXT, output.out)


def test_a_file_twice_is_told_once(t):
    files(t)
    output = check(t, "bad.tamis", "./bad.tamis")
    t.status(1, output)
    t.equal(BAD_TEXT, output.out)


def test_an_unreadable_file(t):
    files(t)
    output = check(t, "missing.tamis", "bad.tamis")
    t.status(2, output)
    t.equal("tamis: cannot read 'missing.tamis': No such file or directory\n", output.err)
    t.equal(BAD_TEXT, output.out)


def test_an_unreadable_manifest_or_script(t):
    files(t)
    output = check(t, "good.tamis", "--manifest", "missing.json")
    t.status(2, output)
    t.equal("tamis: cannot read 'missing.json': No such file or directory\n", output.err)
    t.equal("tamis: cannot read '.': it is no regular file\n", check(t, "good.tamis", "--manifest", ".").err)
    t.status(0, t.tamis("compile", "good.tamis", "-o", "out"))
    gone = next((t.folder / "out").glob("*.sieve"))
    gone.unlink()
    output = t.tamis("deploy", "out", "--to", f"directory:{t.folder}/there", "--dry-run")
    t.status(2, output)
    t.equal(f"tamis: cannot read 'out/{gone.name}': No such file or directory\n", output.err)


def test_what_is_wrong_with_a_route_names_its_mailbox(t):
    """So that an exception for the mailbox silences it."""
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
mailbox a@acme.example { route r { forward to b@acme.example, B@acme.example; } }
mailbox b@acme.example { }
""")
    (finding,) = json.loads(t.tamis("check", "p.tamis", "--format", "json").out)["findings"]
    t.equal(("duplicate-target", "a@acme.example", "r"), (finding["rule"], finding.get("mailbox"), finding.get("route")))
    t.write("p.tamis", t.read("p.tamis") + 'allow duplicate-target in a@acme.example because "x";\n')
    t.equal("", t.tamis("check", "p.tamis").out)


def test_no_file(t):
    output = check(t)
    t.status(64, output)
    t.equal("tamis: a file is missing\nhelp: 'tamis check --help' shows its options\n", output.err)


def test_standard_input(t):
    output = check(t, "-", stdin=BAD)
    t.status(1, output)
    t.equal(BAD_TEXT.replace("bad.tamis", "-"), output.out)
    t.status(0, check(t, "-", stdin=GOOD))
    t.status(0, check(t, "/dev/stdin", stdin=GOOD))


SCRIPT = 'require "fileinto";\nif true { fileinto "A"; fileinto "B" }\n'


def test_a_script_is_known_by_what_it_is(t):
    """Servers keep scripts under any name, and a pipe has none."""
    for name, stdin in (("-", SCRIPT), ("/dev/stdin", SCRIPT), ("-", "\ufeff/* require \"x\" expiry */ # keep\n" + SCRIPT)):
        t.contains("error: ';' is missing behind 'fileinto'", check(t, name, stdin=stdin).out)
    forgotten = check(t, "-", stdin='require "fileinto" keep;').out
    t.contains("-:1:19: error: ';' is missing behind 'require' [syntax]\n", forgotten)
    t.write("active.script", SCRIPT)
    output = check(t, "active.script")
    t.contains("active.script:2:37: error: ';' is missing behind 'fileinto' [syntax]\n", output.out)
    files(t)
    t.status(0, check(t, "-", stdin='require "x" expiry for forward;' + GOOD))
    xml = t.tamis("convert", "good.tamis", "-o", "-").out
    t.status(0, check(t, "-", stdin=xml))
    t.equal(xml, t.tamis("fmt", "-", stdin=xml).out)
    mended = SCRIPT.replace('"B" }', '"B"; }')
    pretty = 'require "fileinto";\nif true {\n    fileinto "A";\n    fileinto "B";\n}\n'
    t.equal(pretty, t.tamis("fmt", "-", stdin=mended).out)
    t.status(0, t.tamis("convert", "-", "-o", "x.xml", stdin=mended))
    t.equal(pretty, t.tamis("convert", "x.xml", "-o", "-").out)
    t.contains("keep in A", t.tamis("explain", "-", "--to", "a@acme.example", "--subject", "x", stdin=mended).out)


def test_standard_input_is_not_mended(t):
    script = 'require ["copy", "fileinto"];\nfileinto "A";\n'
    t.contains('+require ["fileinto"];', check(t, "--fix", "--diff", "-", stdin=script).out)
    output = check(t, "--fix", "-", stdin=script)
    t.status(2, output)
    t.equal("tamis: --fix writes files: of standard input, --diff shows what is mended\n", output.err)


def test_a_script_is_no_policy(t):
    t.write("x.sieve", "keep;\n")
    for words in (["compile", "x.sieve", "-o", "out"], ["test", "x.sieve"], ["deploy", "x.sieve", "--to", f"directory:{t.folder}/x"]):
        output = t.tamis(*words)
        t.status(1, output)
        t.equal("x.sieve:1:1: error: this is a Sieve script, where a policy is needed [syntax]\n"
                "help: 'tamis check', 'explain', 'fmt' and 'convert' take scripts\n", output.err)


def test_fail_on(t):
    files(t)
    for level, status in (("error", 1), ("warning", 1), ("hint", 1), ("never", 0)):
        t.status(status, check(t, "--fail-on", level, "bad.tamis"))
        t.status(0, check(t, "--fail-on", level, "good.tamis"))


def test_json(t):
    files(t)
    output = check(t, "--format", "json", "bad.tamis")
    t.status(1, output)
    document = json.loads(output.out)
    t.equal({"version": 1,
             "findings": [{"rule": "syntax", "severity": "error", "file": "bad.tamis", "line": 3, "column": 43,
                           "end_line": 3, "end_column": 43, "message": "expected ';' after 'keep'",
                           "help": "write ';' there"}],
             "summary": {"errors": 1, "warnings": 0, "hints": 0, "suppressed": 0}}, document)
    document = json.loads(check(t, "--format", "json", "good.tamis").out)
    t.equal({"version": 1, "findings": [],
             "summary": {"errors": 0, "warnings": 0, "hints": 0, "suppressed": 0}}, document)


def test_other_formats(t):
    files(t)
    t.equal(BAD_LINE + "bad.tamis:3:43: note: help: write ';' there\n",
            check(t, "--format", "gcc", "bad.tamis").out)
    t.equal("::error file=bad.tamis,line=3,col=43,endColumn=43,title=syntax::expected ';' after 'keep'"
            "%0Ahelp: write ';' there\n", check(t, "--format", "github", "bad.tamis").out)
    (run,) = json.loads(check(t, "--format", "sarif", "bad.tamis").out)["runs"]
    t.equal(["syntax"], [result["ruleId"] for result in run["results"]])
    t.equal(["syntax"], [rule["id"] for rule in run["tool"]["driver"]["rules"]])
    suites = xml.etree.ElementTree.fromstring(check(t, "--format", "junit", "bad.tamis", "good.tamis").out)
    t.equal([("bad.tamis", "1"), ("good.tamis", "0")],
            [(suite.get("name"), suite.get("failures")) for suite in suites], "the suites")


def test_color_and_context_can_be_asked_for(t):
    files(t)
    output = check(t, "--color", "always", "bad.tamis")
    t.contains("\033[1;31merror: \033[0m", output.out)
    t.contains("mailbox li@acme.example { route own { keep } }\n", output.out)


def on_a_terminal(t, *words, **environment):
    master, slave = pty.openpty()
    process = subprocess.Popen([t.context.binary, "check", "--as-of", "2026-11-23", *words], stdout=slave,
                               cwd=t.folder, env=t.context.environment(**{"TERM": "xterm", **environment}))
    os.close(slave)
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how a terminal ends
            break
        if not part:
            break
        parts.append(part)
    os.close(master)
    t.equal(1, process.wait(), "the exit status")
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_context_on_a_terminal(t):
    files(t)
    context = ("3 | mailbox li@acme.example { route own { keep } }\n"
               "  |                                           ^\n")
    expected = BAD_LINE + context + "help: write ';' there\n"
    t.equal(expected, on_a_terminal(t, "bad.tamis"))
    t.equal(expected, on_a_terminal(t, "--color", "never", "bad.tamis", NO_COLOR=""))
    t.contains("\033[1;31merror: \033[0m", on_a_terminal(t, "bad.tamis", NO_COLOR=""))
    t.equal(BAD_TEXT, on_a_terminal(t, "bad.tamis", TERM="dumb"))


def test_a_hostile_file_name(t):
    (t.folder / "a\x1b[2J\n.tamis").write_text(BAD)
    output = check(t, "a\x1b[2J\n.tamis")
    t.status(1, output)
    t.equal(BAD_TEXT.replace("bad.tamis", "a\\u{1b}[2J\\u{a}.tamis"), output.out)


def test_names_that_are_no_utf8_in_any_locale(t):
    name = os.fsdecode(b"\xff\xe8.tamis")
    (t.folder / name).write_text(GOOD)
    for locale in ("C", "C.UTF-8"):
        t.status(0, check(t, name, LC_ALL=locale))
        output = check(t, "--format", "json", name, LC_ALL=locale)
        t.status(0, output)
        t.equal([], json.loads(output.out)["findings"])

def test_as_of_is_in_the_policy_s_zone(t):
    t.write("zone.tamis", GOOD.replace("keep;", "keep;").replace(
        "route own { keep; }", "route own until 2026-11-22 { keep; }"))
    # In Shanghai the 23rd begins at 16:00 UTC on the 22nd.
    expired = ("2026-11-23", "2026-11-23T00:00", "2026-11-22T16:00Z", "2026-11-22T17:00+01:00")
    not_yet = ("2026-11-22", "2026-11-22T23:59:59", "2026-11-22T15:59:59Z")
    for instants, rule in ((expired, "expired-route"), (not_yet, "expires-soon")):
        for instant in instants:
            output = t.tamis("check", "--timezone", "America/New_York", "--as-of", instant, "zone.tamis")
            t.contains(f"[{rule}]", output.out, f"the output at {instant}")
