# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis test --engine: the same tests, by what real engines do."""

import os
import signal
import subprocess

from kinds import AS_OF, Skip

HEAD = """organization { domains acme.example; timezone Europe/Berlin; }
encryption seal { filter "smime", "x"; }
encryption gate { header "X-Encrypt: required"; }
encryption relay { gateway seal.example; }
"""
ROUTES = """mailbox a@acme.example {
    alias alias@acme.example;
    route mark when subject contains "订单" { mark "X-Queue: orders"; forward to b@acme.example, out@other.example; }
    route file when subject is "file" { keep in "Files"; reply "Thank you."; final; }
    route reject when subject is "reject" { reject "No."; final; }
    route discard when subject is "discard" { mark "X-Gone: yes"; discard; final; }
    route large when size > 1M { keep in "Large"; }
    route late starting 2026-12-01 { keep in "Late"; }
}
mailbox b@acme.example { route on when header "X-Queue" exists { forward to c@acme.example without copy; } }
mailbox c@acme.example { }
"""
# What discarding leaves of a mail, and the two names of the inbox.
GONE = """mailbox a@acme.example {
    route forward when subject is "forward" { forward to out@other.example; }
    route reject when subject is "reject" { reject "No."; }
    route reply when subject is "reply" { reply "Thank you."; }
    route inbox when subject is "inbox" { keep in "Inbox"; }
    route below when subject is "below" { keep in "Inbox/b"; }
    route all { discard; }
}
"""


def run(t, engine, text, *options, **how):
    """Runs the tests of the text; nothing is left behind, whatever they do."""
    t.write("p.tamis", text)
    temporary = t.context.folder()
    output = t.tamis("test", "--as-of", AS_OF, "--engine", engine, *options, "p.tamis", TMPDIR=str(temporary), **how)
    if output.status == 2 and "is not installed here" in output.err:
        raise Skip(output.err)
    t.equal([], os.listdir(temporary), "what is left in the folder for temporary files")
    return output


def one(fields, expects, to="a@acme.example"):
    return f'test "t" {{ message to {to} {{ {fields} }} {expects} }}\n'


def passes(t, engine, text, fields, expects, **how):
    output = run(t, engine, text + one(fields, expects, **how))
    t.equal("TAP version 13\n1..1\n# p.tamis\nok 1 - t\n# 1 passed, 0 failed\n", output.out)
    t.status(0, output)


TWICE = """organization { domains acme.example; timezone Europe/Berlin; }
mailbox info@acme.example { route r { forward to a@acme.example, b@acme.example; } }
mailbox a@acme.example { route r { forward to c@acme.example without copy; } }
mailbox b@acme.example { route r { forward to c@acme.example without copy; } }
mailbox c@acme.example { route r { forward to d@acme.example without copy; } }
mailbox d@acme.example { }
"""


def test_a_message_that_comes_by_two_ways_is_known_again(t):
    for engine in ("dovecot", "cyrus"):
        passes(t, engine, TWICE, 'subject "x"; header "Message-ID" "<1@out.example>";', "expect delivery to d@acme.example;",
               to="info@acme.example")


def skips(t, engine, text, fields, expects, why, **how):
    output = run(t, engine, text + one(fields, expects, **how))
    t.equal(f"TAP version 13\n1..1\n# p.tamis\nok 1 - t # SKIP {why}\n# 0 passed, 0 failed, 1 skipped\n", output.out)
    t.status(0, output)


def check_basics(t, engine):
    passes(t, engine, HEAD + ROUTES, 'subject "新订单 42";',
           'expect forward to b@acme.example; expect forward to out@other.example; expect mark "X-Queue: orders"; '
           "expect copy; expect delivery to c@acme.example; expect no reply;")
    passes(t, engine, HEAD + ROUTES, 'subject "file";',
           'expect file in "Files"; expect reply; expect no copy; expect no forward;')
    passes(t, engine, HEAD + ROUTES, 'subject "reject";', "expect reject; expect no copy;")
    passes(t, engine, HEAD + ROUTES, 'subject "discard";', "expect discard; expect no copy; expect no reject;")
    passes(t, engine, HEAD + ROUTES, "at 2026-11-30 23:59:59;", "expect copy;")
    passes(t, engine, HEAD + ROUTES, "at 2026-12-01 00:00;", 'expect file in "Late"; expect no copy;')
    passes(t, engine, HEAD + GONE, 'subject "forward";', "expect forward; expect no copy; expect no discard;")
    passes(t, engine, HEAD + GONE, 'subject "reject";', "expect reject; expect no copy; expect no discard;")
    passes(t, engine, HEAD + GONE, 'subject "reply"; to "a@acme.example";',
           "expect reply; expect discard; expect no copy;")
    passes(t, engine, HEAD + GONE, 'subject "inbox";', 'expect copy; expect file in "INBOX"; expect no discard;')
    passes(t, engine, HEAD + GONE, 'subject "below";', 'expect no copy; expect file in "inbox/b"; expect file in "INBOX/b";')
    skips(t, engine, HEAD + ROUTES, 'subject "discard";', 'expect discard; expect mark "X-Gone: yes";',
          "there is no copy left on which a mark could be seen")
    skips(t, engine, HEAD + ROUTES, "size 10;", "expect copy;", "no message of 10 bytes can be made of it")


def test_basics_in_dovecot(t):
    check_basics(t, "dovecot")
    passes(t, "dovecot", HEAD + ROUTES, "size 1M;", "expect copy;")
    passes(t, "dovecot", HEAD + ROUTES, "size 1048577;", 'expect file in "Large";')


def test_basics_in_cyrus(t):
    """Whose size counts the fields that it adds itself."""
    check_basics(t, "cyrus")
    passes(t, "cyrus", HEAD + ROUTES, "size 1000K;", "expect copy;")
    passes(t, "cyrus", HEAD + ROUTES, "size 1048577;", 'expect file in "Large";')


def test_what_libsieve_can(t):
    text = """organization { domains acme.example; timezone UTC; delimiter "+"; }
mailbox a@acme.example {
    route forward when subject is "forward" { forward to b@acme.example, out@other.example without copy; }
    route file when envelope to detail is "tag" { keep in "Tagged"; }
    route reply when subject is "reply" { reply "Thank you."; }
    route reject when envelope from domain is bad.example { reject "No."; }
    route large when size > 1K { keep in "Large"; }
    route discard when subject is "discard" { discard; }
    route late starting 2026-12-01 when subject is "late" { keep in "Late"; }
}
mailbox b@acme.example { route on { forward to c@acme.example; } }
mailbox c@acme.example { }
"""
    passes(t, "libsieve", text, 'subject "forward";', "expect no copy; expect forward to out@other.example; "
           "expect delivery to c@acme.example; expect forward to b@acme.example;")
    passes(t, "libsieve", text, "", 'expect file in "Tagged"; expect no reply; expect no copy;', to="a+tag@acme.example")
    passes(t, "libsieve", text, 'subject "reply";', "expect reply; expect copy;")
    passes(t, "libsieve", text, 'subject "reply"; header "Precedence" "bulk";', "expect no reply; expect copy;")
    passes(t, "libsieve", text, 'subject "reply"; header "List-Id" "<x.example>";', "expect no reply; expect copy;")
    passes(t, "libsieve", text, 'subject "reply"; to "x@other.example";', "expect no reply;")
    passes(t, "libsieve", text, "envelope from x@bad.example;", "expect reject; expect no copy;")
    passes(t, "libsieve", text, "size 1025;", 'expect file in "Large";')
    passes(t, "libsieve", text, 'subject "discard";', "expect discard;")
    passes(t, "libsieve", text, 'subject "late"; at 2026-12-01 00:00;', 'expect file in "Late";')
    passes(t, "libsieve", text, 'subject "late"; at 2026-11-30 23:59;', "expect copy;")
    skips(t, "libsieve", 'organization { domains acme.example; timezone UTC; }\n'
          'mailbox a@acme.example { route r when spam score >= 5 { keep in "Junk"; } }\n', "spam score 9;",
          'expect file in "Junk";', "p.tamis:2:39: 'spam score' needs the Sieve extension 'spamtest', which the server "
          "'libsieve' does not have")


def test_encryption(t):
    text = HEAD + """mailbox a@acme.example {
    route seal when subject is "seal" { forward encrypted with seal to x@other.example; forward to y@other.example; }
    route gate when subject is "gate" { forward encrypted with gate to x@other.example; forward to y@other.example; }
    route relay when subject is "relay" { forward encrypted with relay to x@other.example; forward to y@other.example; }
}
"""
    expects = "expect forward encrypted to x@other.example; expect forward to y@other.example; " \
        "expect no forward encrypted to y@other.example; expect copy;"
    for means in ("seal", "gate", "relay"):
        passes(t, "dovecot", text, f'subject "{means}";', expects)
    text = text.replace('encryption seal { filter "smime", "x"; }\n', "").replace(
        text[text.index("    route seal"):text.index("    route gate")], "")
    for means in ("gate", "relay"):
        passes(t, "cyrus", text, f'subject "{means}";', expects)


def test_a_spam_score_is_no_part_of_the_message(t):
    text = HEAD + """mailbox a@acme.example {
    route junk when spam score >= 5 { keep in "Junk"; }
    route large when size > 1M { keep in "Large"; }
    route on { forward to b@acme.example; }
}
mailbox b@acme.example { route junk when spam score > 8 { keep in "Junk"; forward to c@acme.example; } }
mailbox c@acme.example { route large when size > 1M { forward to large@other.example; } }
"""
    passes(t, "dovecot", text, "spam score 9; size 1M;", 'expect file in "Junk"; expect no file in "Large"; '
           "expect delivery to c@acme.example; expect no delivery to large@other.example;")
    skips(t, "cyrus", text, "spam score 9;", 'expect file in "Junk";',
          "p.tamis:6:21: 'spam score' needs the Sieve extension 'spamtest', which the server 'cyrus-3.6' does not have")


def test_the_null_sender(t):
    text = HEAD + 'mailbox a@acme.example { route bounces when envelope from is "" { keep in "Bounces"; } }\n'
    passes(t, "cyrus", text, 'envelope from "";', 'expect file in "Bounces";')
    skips(t, "dovecot", text, 'envelope from "";', 'expect file in "Bounces";',
          "sieve-test takes no message with the null sender")


def test_domains_of_other_scripts(t):
    """An A-label is compared as it is written, and so is what is not."""
    text = HEAD + """mailbox a@acme.example {
    route domain when from domain is bücher.example { keep in "Domain"; }
    route whole when from is "x@bücher.example" { keep in "Whole"; }
    route under when from under bücher.example { keep in "Under"; }
    route written when from domain contains "xn--" { keep in "Written"; }
    route sender when envelope from domain is bücher.example { keep in "Sender"; }
}
"""
    t.write("m.eml", "From: x@bücher.example\nTo: a@acme.example\n\nHello\n")
    all_of_them = 'expect file in "Domain"; expect file in "Whole"; expect file in "Under"; expect file in "Sender"; '
    for engine in ("dovecot", "cyrus"):
        for fields in ('from "x@xn--bcher-kva.example";', 'from "Jürgen <x@xn--bcher-kva.example>";',
                       'from "Jürgen <x@bücher.example>";'):
            passes(t, engine, text, fields, all_of_them + 'expect file in "Written";')
    passes(t, "dovecot", text, 'file "m.eml";', all_of_them + 'expect no file in "Written";')


def test_a_message_that_looks_like_what_the_engine_prints(t):
    t.write("m.eml", "From: x@y.example\nTo: a@acme.example\nSubject: =?utf-8?B?6K6i5Y2V?=\nX-Sieve: Pigeonhole Sieve x\n"
            "X-Sieve-Redirected-From: z@acme.example\n\n\nRECIPIENT: x@y.example\nSTART MESSAGE:\nEND MESSAGE\n\n"
            "X-Sieve: Pigeonhole Sieve 0.5\nFrom: q\n.\n..\n\nRECIPIENT: x@y.example\nSTART MESSAGE:\nEND MESSAGE\n\n")
    for engine in ("dovecot", "cyrus"):
        passes(t, engine, HEAD + ROUTES, 'file "m.eml";', "expect forward to out@other.example; "
               "expect delivery to c@acme.example; expect copy;")


def test_what_is_said_when_it_is_not_so(t):
    output = run(t, "dovecot", HEAD + ROUTES + one('subject "订单";', "expect no copy; expect forward to x@y.example;"))
    t.equal("""TAP version 13
1..1
# p.tamis
not ok 1 - t
# p.tamis:16:56: expected 'no copy'
# p.tamis:16:72: expected 'forward to x@y.example'
# p.tamis:16:12: what dovecot does with this message, at 2026-11-23 01:00 +01:00:
#   a@acme.example: mark X-Queue: orders; forward to b@acme.example; forward to out@other.example; keep
#     b@acme.example: forward to c@acme.example
#       c@acme.example: keep
# p.tamis:16:12: what happens to this message, at 2026-11-23 01:00 +01:00:
#   a@acme.example  by mark
#   ├─ mark X-Queue: orders                                         p.tamis:7
#   ├─ forward to b@acme.example                                    p.tamis:7
#   │  └─ b@acme.example  by on
#   │     └─ forward to c@acme.example                              p.tamis:14
#   │        └─ c@acme.example
#   │           └─ keep
#   ├─ forward to out@other.example                                 p.tamis:7
#   └─ keep
# 0 passed, 1 failed
""", output.out)
    t.status(1, output)


DIAMOND = HEAD + """mailbox a@acme.example { route on { forward to b@acme.example, c@acme.example; } }
mailbox b@acme.example, c@acme.example { route on { forward to d@acme.example; } }
mailbox d@acme.example { route on { forward to e@acme.example; } }
mailbox e@acme.example { }
"""


def test_an_engine_that_does_otherwise_than_the_policy_says(t):
    """Cyrus sends a message on once: the second time d@ has it nothing goes out, and what is explained does not
    know."""
    output = run(t, "cyrus", DIAMOND + one("", "expect delivery to e@acme.example;"))
    t.contains("# p.tamis:9:12: cyrus does otherwise than the policy says\n", output.out)
    t.contains("what cyrus does with this message, at 2026-11-23 01:00 +01:00:\n", output.out)
    t.lacks("expected", output.out)
    t.status(1, output)


def test_a_run_that_fails(t):
    text = HEAD + "mailbox a@acme.example { route r { forward to a1@x.example, a2@x.example, a3@x.example, " \
        "a4@x.example, a5@x.example without copy; } }\n"
    output = run(t, "dovecot", text + one("", "expect forward;"))
    t.contains("#   a@acme.example: keep  (the run fails: number of redirect actions exceeds policy limit (5 > 4).)\n",
               output.out)
    t.contains("the run fails: too-many-targets\n", output.out)
    t.lacks("does otherwise", output.out)
    passes(t, "cyrus", text, "", "expect forward to a5@x.example; expect no copy;")


def test_an_interruption_leaves_nothing_behind(t):
    for engine in ("dovecot", "cyrus"):
        run(t, engine, HEAD + ROUTES)  # is it installed?
        t.write("p.tamis", HEAD + ROUTES + "".join(one(f"size {n}K;", "expect copy;") for n in range(100, 400)))
        temporary = t.context.folder()
        process = subprocess.Popen([t.context.binary, "test", "--engine", engine, "p.tamis"], cwd=t.folder,
                                   stdout=subprocess.PIPE, env=t.context.environment(TMPDIR=str(temporary)))
        while not process.stdout.readline().startswith(b"ok 1 "):
            t.equal(None, process.poll(), "the end of a run that was not interrupted")
        process.send_signal(signal.SIGTERM)
        process.communicate()
        t.equal(-signal.SIGTERM, process.returncode)
        t.equal([], os.listdir(temporary), "what is left in the folder for temporary files")


def test_engines_that_cannot_be_asked(t):
    t.write("p.tamis", HEAD + ROUTES + one("", "expect copy;"))
    output = t.tamis("test", "--engine", "exim", "p.tamis")
    t.status(64, output)
    t.equal("tamis: there is no engine 'exim' here; dovecot, cyrus or libsieve, please\n"
            "help: 'tamis test --help' shows its options\n", output.err)
    output = t.tamis("test", "--engine", "dovecot", "--engine", "cyrus", "p.tamis")
    t.status(64, output)
    t.equal("tamis: one engine at a time, please\nhelp: 'tamis test --help' shows its options\n", output.err)
    output = t.tamis("test", "--engine", "dovecot", "--server", "cyrus-3.6", "p.tamis")
    t.status(64, output)
    t.contains("the engine 'dovecot' is not that of the server 'cyrus-3.6'; say '--server dovecot-2.3'", output.err)
    output = t.tamis("test", "--engine", "dovecot", "p.tamis", PATH="/nowhere")
    t.status(2, output)
    t.equal("tamis: the engine 'dovecot' is not installed here (on Debian: dovecot-sieve)\n", output.err)
    t.equal("", output.out)
