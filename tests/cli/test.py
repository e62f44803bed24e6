# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis test: what a policy's own tests expect, and what is said when it is not so."""

import json
import re
import xml.etree.ElementTree

from kinds import AS_OF

POLICY = """\
organization { domains acme.example; timezone Europe/Berlin; }
encryption gate { header "X-Encrypt: required"; }
group both { b@acme.example, out@other.example }
mailbox a@acme.example {
    alias alias@acme.example;
    route mark when subject contains "订单" { mark "X-Queue: orders"; forward to both; }
    route seal when subject is "seal" { forward encrypted with gate to audit@other.example without copy; }
    route file when subject is "file" { keep in "Files"; reply "Thank you."; }
    route reject when subject is "reject" { reject "No."; }
    route discard when subject is "discard" { discard; }
    route score when spam score >= 5 { keep in "Junk"; }
    route large when size > 1M { keep in "Large"; }
    route late starting 2026-12-01 { keep in "Late"; }
    route bounce when envelope from is "" { keep in "Bounces"; }
    route vip when envelope from is anna@vip.example { keep in "Vip"; }
    route outsider when from is sender@outside.invalid and to is a@acme.example { keep in "Outsiders"; }
    route body when body contains "grüße" { keep in "Greetings"; }
}
mailbox b@acme.example { route on { forward to c@acme.example; } }
mailbox c@acme.example { }
"""
TREE = """\
#   a@acme.example  by seal, outsider
#   ├─ forward to audit@other.example, encrypted with gate          p.tamis:7
#   └─ keep in Outsiders                                            p.tamis:16
"""


def run(t, text, *options):
    t.write("p.tamis", POLICY + text)
    return t.tamis("test", "--as-of", AS_OF, *options, "p.tamis")


def message(fields, expects, to="a@acme.example"):
    return f'test "t" {{ message to {to} {{ {fields} }} {expects} }}\n'


def passes(t, fields, expects, **how):
    output = run(t, message(fields, expects, **how))
    t.equal("TAP version 13\n1..1\n# p.tamis\nok 1 - t\n# 1 passed, 0 failed\n", output.out)
    t.status(0, output)
    t.equal("", output.err)


def fails(t, fields, expects, *expected, **how):
    """Every one of expected, and nothing else, is what did not come."""
    output = run(t, message(fields, expects, **how))
    t.status(1, output)
    t.contains("not ok 1 - t\n", output.out)
    said = [line.partition(": expected ")[2] for line in output.out.splitlines() if ": expected " in line]
    t.equal([f"'{text}'" for text in expected], said)
    t.contains("# 0 passed, 1 failed\n", output.out)


def test_forward(t):
    passes(t, 'subject "订单";', "expect forward; expect forward to b@acme.example; expect forward to both; "
           "expect no forward to c@acme.example; expect no forward encrypted; expect forward to B@ACME.example;")
    fails(t, 'subject "订单";', "expect no forward; expect no forward to both; expect forward to c@acme.example; "
          "expect forward encrypted; expect forward encrypted to b@acme.example;",
          "no forward", "no forward to b@acme.example", "no forward to out@other.example", "forward to c@acme.example",
          "forward encrypted", "forward encrypted to b@acme.example")
    fails(t, 'subject "x";', "expect forward;", "forward")


def test_forward_encrypted(t):
    passes(t, 'subject "seal";', "expect forward encrypted; expect forward encrypted to audit@other.example; "
           "expect forward to audit@other.example; expect no copy;")
    fails(t, 'subject "seal";', "expect no forward encrypted; expect no forward encrypted to audit@other.example;",
          "no forward encrypted", "no forward encrypted to audit@other.example")


def test_mark_and_copy(t):
    passes(t, 'from "x@y.example"; subject "订单";',
           'expect mark "X-Queue: orders"; expect mark "x-queue: orders"; expect no mark "X-Queue: Orders"; expect copy;')
    fails(t, 'from "x@y.example"; subject "订单";',
          'expect no mark "X-Queue: orders"; expect mark "X-Queue: order"; expect no copy;',
          'no mark "X-Queue: orders"', 'mark "X-Queue: order"', "no copy")
    fails(t, 'subject "seal"; from "x@y.example";', 'expect mark "X-Queue: orders"; expect copy;',
          'mark "X-Queue: orders"', "copy")


def test_file_in_reply_reject_and_discard(t):
    passes(t, 'subject "file";', 'expect file in "Files"; expect reply; expect no copy; expect no reject; '
           'expect no discard; expect no file in "Junk";')
    fails(t, 'subject "file";', 'expect no file in "Files"; expect no reply; expect reject; expect discard; '
          'expect file in "files"; expect copy;',
          'no file in "Files"', "no reply", "reject", "discard", 'file in "files"', "copy")
    passes(t, 'from "x@y.example"; subject "reject";', "expect reject; expect no copy; expect no reply; expect no discard;")
    passes(t, 'from "x@y.example"; subject "discard";', "expect discard; expect no copy; expect no reject;")


def test_delivery_is_anywhere_down_the_chain(t):
    passes(t, 'from "x@y.example"; subject "订单";',
           "expect delivery to c@acme.example; expect delivery to out@other.example; expect delivery to a@acme.example; "
           "expect delivery to alias@acme.example; expect no delivery to audit@other.example;")
    fails(t, 'from "x@y.example"; subject "x";', "expect delivery to c@acme.example; expect no delivery to a@acme.example;",
          "delivery to c@acme.example", "no delivery to a@acme.example")


def test_delivery_goes_on_outside_as_far_as_it_is_known(t):
    t.write("virtual", "old@acme.example archive@far.example\n")
    output = run(t, 'import aliases "virtual";\n'
                 "external audit@other.example forwards to second@other.example;\n"
                 "external second@other.example forwards to last@far.example, c@acme.example;\n"
                 "mailbox d@acme.example { route r { forward to audit@other.example, old@acme.example; } }\n"
                 + message("", "expect delivery to second@other.example; expect delivery to last@far.example; "
                           "expect delivery to c@acme.example; expect delivery to archive@far.example; "
                           "expect no forward to last@far.example; expect no delivery to b@acme.example;",
                           to="d@acme.example"))
    t.contains("# 1 passed, 0 failed\n", output.out)


def test_the_next_hop_sees_marks_and_the_header_that_asks_for_encryption(t):
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
encryption gate { header "X-Encrypt: required"; }
mailbox a@acme.example {
    route on { mark "X-Queue: q"; forward encrypted with gate to b@acme.example; forward to c@acme.example; }
}
mailbox b@acme.example, c@acme.example {
    route queued when header "X-Queue" is "q" and header "X-Encrypt" is "required" { forward to sealed@x.example; }
    route plain when header "X-Queue" is "q" and header "X-Encrypt" not exists { forward to plain@x.example; }
}
test "b" { message to a@acme.example { } expect delivery to sealed@x.example; expect delivery to plain@x.example; }
test "c" { message to c@acme.example { } expect no forward; }
""")
    output = t.tamis("test", "--as-of", AS_OF, "p.tamis")
    t.contains("# 2 passed, 0 failed\n", output.out)


def test_what_a_message_leaves_out(t):
    passes(t, "", 'expect file in "Outsiders"; expect no file in "Late"; expect no file in "Junk";')
    passes(t, 'from "Anna <anna@vip.example>";', 'expect file in "Vip"; expect no file in "Outsiders";')
    passes(t, 'from "Anna <anna@vip.example>"; envelope from x@y.example;', 'expect no file in "Vip";')
    passes(t, "envelope from anna@vip.example;", 'expect file in "Vip"; expect file in "Outsiders";')
    passes(t, 'envelope from "";', 'expect file in "Bounces"; expect file in "Outsiders";')
    passes(t, "at 2026-12-01 00:00;", 'expect file in "Late";')
    passes(t, "spam score 5;", 'expect file in "Junk";')
    passes(t, "size 1048577;", 'expect file in "Large";')
    passes(t, "size 1M;", 'expect no file in "Large";')
    passes(t, 'body "Viele GRÜßE";', 'expect no file in "Large"; expect no file in "Greetings";')
    passes(t, 'body "Viele Grüße";', 'expect file in "Greetings";')
    passes(t, 'to "b@acme.example";', 'expect no file in "Outsiders";')
    passes(t, 'header "Subject" "file";', "expect reply;", to="alias@acme.example")


def test_what_a_message_says_is_empty(t):
    """Is there, and empty."""
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
mailbox a@acme.example {
    route subject when subject is "" { keep in "Subject"; }
    route to when header "To" is "" { keep in "To"; }
    route cc when header "Cc" exists { keep in "Cc"; }
    route body when body contains "Hello" { keep in "Body"; }
}
test "empty" {
    message to a@acme.example { subject ""; to ""; cc ""; }
    expect file in "Subject"; expect file in "To"; expect file in "Cc"; expect no copy;
    message to a@acme.example { }
    expect copy; expect no file in "Subject";
    message to a@acme.example { file "m.eml"; }
    expect file in "Body"; expect no file in "Subject";
    message to a@acme.example { file "m.eml"; body ""; subject ""; }
    expect no file in "Body"; expect file in "Subject";
}
""")
    t.write("m.eml", "From: x@y.example\nSubject: x\n\nHello\n")
    t.contains("# 1 passed, 0 failed\n", t.tamis("test", "p.tamis").out)


def test_a_message_from_a_file(t):
    t.write("m.eml", "From: Anna <anna@vip.example>\nSubject: =?utf-8?B?6K6i5Y2V?=\nTo: a@acme.example\n\nHello\n")
    passes(t, 'file "m.eml";', 'expect forward to both; expect file in "Vip"; expect no file in "Large";')
    passes(t, 'file "m.eml"; subject "file";', 'expect no forward; expect file in "Files"; expect file in "Vip";')
    passes(t, 'file "m.eml"; body "grüße"; from "x@y.example";', 'expect file in "Greetings"; expect no file in "Vip";')
    t.write("m.eml", b"From sender\nFrom: x@y.example\r\n\tfolded\nBroken\nSubject: seal\n\n\0\xff\n")
    passes(t, 'file "m.eml";', "expect forward encrypted;")


def test_a_file_that_is_missing(t):
    output = run(t, message('file "missing.eml";', "expect copy;"))
    t.status(2, output)
    t.equal("tamis: p.tamis:21:45: the message 'missing.eml' cannot be read: No such file or directory\n", output.err)
    t.equal("", output.out)
    output = run(t, message('subject "x"; file ".";', "expect copy;"))
    t.status(2, output)
    t.equal("tamis: p.tamis:21:58: the message '.' cannot be read: it is no regular file\n", output.err)


def test_a_folder_that_cannot_be_is_expected_in_vain(t):
    for name in ("", "a//b", "~x", "/"):
        output = run(t, message("", f'expect no file in "{name}";'))
        t.status(1, output)
        t.equal("", output.out)
        t.equal(f"p.tamis:21:61: error: '{name}' is no name of a folder [type]\n"
                "help: write levels of 1 to 200 bytes, with one '/' or '.' between them\n", output.err)


MAP = """old@acme.example        b@acme.example, archive@far.example
gone@acme.example       friend@far.example
"""


def test_mail_for_an_alias_map_is_delivered_where_it_leads(t):
    t.write("virtual", MAP)
    imports = 'import aliases "virtual";\nexternal friend@far.example forwards to last@far.example;\n'
    output = run(t, imports + message("", "expect delivery to b@acme.example; expect delivery to archive@far.example; "
                                      "expect delivery to c@acme.example; expect delivery to old@acme.example; "
                                      "expect no delivery to friend@far.example; expect copy;", to="old@acme.example")
                 + message("", "expect delivery to friend@far.example; expect delivery to last@far.example; "
                           "expect no copy; expect no delivery to b@acme.example;", to="gone@acme.example"))
    t.contains("# 2 passed, 0 failed\n", output.out)
    output = run(t, imports + message("", "expect copy; expect no delivery to last@far.example;", to="gone@acme.example"))
    t.contains("""# p.tamis:23:46: expected 'copy'
# p.tamis:23:59: expected 'no delivery to last@far.example'
# p.tamis:23:12: what happens to this message, at 2026-11-23 01:00 +01:00:
#   last@far.example  outside
""", output.out)

def test_each_message_has_its_own_expectations(t):
    output = run(t, """test "two" {
    message to a@acme.example { subject "seal"; }
    expect forward encrypted;
    expect copy;
    message to b@acme.example { subject "seal"; }
    expect forward to c@acme.example;
    expect copy;
}
""")
    t.equal(f"""TAP version 13
1..1
# p.tamis
not ok 1 - two
# p.tamis:24:5: expected 'copy'
# p.tamis:22:5: what happens to this message, at 2026-11-23 01:00 +01:00:
{TREE}# 0 passed, 1 failed
""", output.out)
    t.status(1, output)


def test_mail_that_no_mailbox_takes_meets_nothing(t):
    output = run(t, message("", "expect no forward;", to="nobody@acme.example"))
    t.contains("# p.tamis:21:48: expected 'no forward'\n", output.out)
    t.contains("#   no mailbox of the policy takes mail for 'nobody@acme.example'\n", output.out)
    t.status(1, output)


def test_a_test_that_expects_nothing_is_not_passed(t):
    output = run(t, message("", ""))
    t.contains("ok 1 - t # SKIP it expects nothing\n# 0 passed, 0 failed, 1 skipped\n", output.out)
    t.status(0, output)


def test_a_run_that_fails_only_keeps(t):
    text = POLICY + "mailbox d@acme.example { route r { forward to a1@x.example, a2@x.example, a3@x.example, " \
        "a4@x.example, a5@x.example without copy; } }\n" \
        'test "t" { message to d@acme.example { } expect forward; }\n'
    t.write("p.tamis", text)
    output = t.tamis("test", "--as-of", AS_OF, "p.tamis")
    t.contains("d@acme.example  by r  the run fails: too-many-targets\n", output.out)
    t.status(1, output)
    t.status(0, t.tamis("test", "--as-of", AS_OF, "--server", "cyrus-3.6", "p.tamis"))


TWO = 'test "first # one" { message to a@acme.example { } expect copy; }\n' \
    'test "Second" { message to c@acme.example { } expect copy; }\n'


def test_titles_cannot_be_directives(t):
    output = run(t, 'test "a # SKIP \\u{1b}[31m" { message to c@acme.example { } expect no copy; }\n')
    t.status(1, output)  # a control character in a title is an error of the policy
    t.equal("", output.out)
    output = run(t, 'test "a # SKIP b" { message to c@acme.example { } expect copy; }\n')
    t.contains("ok 1 - a \\# SKIP b\n", output.out)


def test_filter(t):
    t.contains("1..1\n# p.tamis\nok 1 - Second\n", run(t, TWO, "--filter", "second").out)
    t.contains("1..1\n# p.tamis\nok 1 - Second\n", run(t, TWO, "--filter", "S?cond*").out)
    t.contains("1..2\n", run(t, TWO, "--filter", "o").out)
    output = run(t, TWO, "--filter", "third")
    t.status(64, output)
    t.equal("tamis: no test has a title with 'third'\nhelp: 'tamis test --help' shows its options\n", output.err)


def test_coverage(t):
    output = run(t, message('from "x@y.example"; subject "订单";', "expect copy;"), "--coverage")
    t.contains("# coverage: 2 of 13 routes\n# p.tamis:7:11: no test reaches route 'seal'\n", output.out)
    t.lacks("route 'mark'", output.out)
    t.lacks("route 'on'", output.out)
    t.status(0, output)


def test_coverage_counts_the_route_of_a_template_once(t):
    t.write("t.tamis", """organization { domains acme.example; timezone UTC; }
template desk(target) { route one when subject is "x" { forward to target; } route two { keep; } }
mailbox a@acme.example { use desk(x@acme.example); }
mailbox b@acme.example { use desk(y@acme.example); }
test "b" { message to b@acme.example { } expect copy; }
""")
    output = t.tamis("test", "--as-of", AS_OF, "--coverage", "t.tamis")
    t.contains("# coverage: 1 of 2 routes\n# t.tamis:2:31: no test reaches route 'one'\n", output.out)


def test_several_files_are_one_plan(t):
    t.write("p.tamis", POLICY + TWO)
    t.write("q.tamis", POLICY + 'test "third" { message to c@acme.example { } expect no copy; }\n')
    output = t.tamis("test", "--as-of", AS_OF, "p.tamis", "q.tamis")
    t.contains("1..3\n# p.tamis\n", output.out)
    t.contains("ok 2 - Second\n# q.tamis\nnot ok 3 - third\n", output.out)
    t.status(1, output)


def test_a_policy_without_tests(t):
    output = run(t, "")
    t.equal("TAP version 13\n1..0 # SKIP there is no test\n# p.tamis\n", output.out)
    t.status(0, output)


def test_policies_that_cannot_be_run(t):
    t.write("bad.tamis", "organization { domains acme.example; }\n")
    output = t.tamis("test", "--as-of", AS_OF, "bad.tamis")
    t.status(1, output)
    t.equal("", output.out)
    t.contains("bad.tamis:1:1: error: ", output.err)
    output = t.tamis("test", "missing.tamis", "bad.tamis")
    t.status(2, output)
    t.equal("", output.out)
    t.status(64, t.tamis("test"))
    t.status(64, t.tamis("test", "--format", "sarif", "bad.tamis"))
    t.status(64, t.tamis("test", "--server", "nobody", "bad.tamis"))


def test_the_xml_form_has_the_same_tests(t):
    t.write("p.tamis", POLICY + TWO)
    t.status(0, t.tamis("convert", "p.tamis", "-o", "p.xml"))
    output = t.tamis("test", "--as-of", AS_OF, "p.xml")
    t.contains("ok 2 - Second\n", output.out)
    t.contains("# p.xml:", output.out)


def test_the_manual_shows_what_comes_out(t):
    text = (t.root / "docs" / "testing.md").read_text()
    command, shown = re.search(r"^```\n\$ tamis (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE).groups()
    output = t.tamis(*command.split(), cwd=t.root)
    t.equal(shown, output.out)


def test_junit(t):
    output = run(t, TWO + message("", ""), "--format", "junit", "--coverage")
    t.status(1, output)
    (suite,) = xml.etree.ElementTree.fromstring(output.out)
    t.equal({"name": "p.tamis", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}, suite.attrib)
    first, second, third, coverage = suite
    t.equal({"classname": "p.tamis", "name": "first # one"}, first.attrib)
    t.equal("p.tamis:21:52: expected 'copy'", first.find("failure").get("message"))
    t.contains("keep in Outsiders", first.find("failure").text)
    t.equal(0, len(second))
    t.equal("it expects nothing", third.find("skipped").get("message"))
    t.contains("coverage: 1 of 13 routes", coverage.text)
    t.write("results.xml", output.out)
    for schema in ("cli/junit.xsd", "schemas/junit-10.xsd"):
        t.status(0, t.command("xmllint", "--noout", "--schema", t.root / "tests" / schema, "results.xml"))


def test_json(t):
    output = run(t, TWO, "--format", "json", "--coverage")
    t.status(1, output)
    whole = json.loads(output.out)
    t.equal({"passed": 1, "failed": 1, "skipped": 0}, whole["summary"])
    first, second = whole["policies"][0]["tests"]
    t.equal(("first # one", "failed", "p.tamis", 21, 1),
            tuple(first[key] for key in ("title", "verdict", "file", "line", "column")))
    t.contains("expected 'copy'", first["details"])
    t.equal("passed", second["verdict"])
    t.equal({"route": "mark", "file": "p.tamis", "line": 6, "column": 11}, whole["policies"][0]["coverage"]["missed"][0])
