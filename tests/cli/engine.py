# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis check --engine: what the installed engines say, and where they disagree with Tamis."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

CRASHING = 'require "imap4flags";\nif hasflag {}\n'


def check(t, *words, **how):
    return t.tamis("check", "--as-of", "2026-11-23", *words, **how)


def need(t, engine):
    there = {"sievec": shutil.which("sievec"),
             "cyrus-sievec": pathlib.Path("/usr/lib/cyrus/bin/sievec").exists(),
             "libsieve": list(pathlib.Path("/usr/lib").glob("*/libsieve.so.1"))}
    if not there[engine]:
        t.skip(f"{engine} is not installed")


def version_of_dovecot(t):
    return t.command("dovecot", "--version").out.split()[0]


def test_sievec_accepts(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n")
    output = check(t, "--engine", "sievec", "x.sieve")
    t.status(0, output)
    t.equal(f"x.sieve: accepted by sievec of Dovecot {version_of_dovecot(t)}\n", output.out)
    t.equal("", check(t, "--engine", "sievec", "--quiet", "x.sieve").out)


def test_sievec_refuses_what_tamis_refuses(t):
    need(t, "sievec")
    t.write("x.sieve", "\nkepp;\n")
    output = check(t, "--engine", "sievec", "x.sieve")
    t.status(1, output)
    t.contains(f"x.sieve: refused by sievec of Dovecot {version_of_dovecot(t)} too\n"
               "  line 2: error: unknown command 'kepp' (only reported once at first occurrence)\n", output.out)


def test_a_script_that_is_too_large_is_so_to_both(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n" + "# " + "x" * 76 + "\n" * 2)
    t.write("small.server", "[server]\nbase=dovecot-2.3\n[limits]\nmax-script-bytes=80\n")
    output = check(t, "--engine", "sievec", "--server", "small.server", "x.sieve")
    t.status(1, output)
    t.equal("x.sieve:1:1: error: the script has 86 bytes, and the server 'small' takes 80 [script-too-large]\n"
            "help: make it shorter, or raise 'sieve_max_script_size'\n"
            f"x.sieve: refused by sievec of Dovecot {version_of_dovecot(t)} too\n"
            "  error: sieve script is too large (max 80 bytes)\n  error: parse failed\n", output.out)
    output = check(t, "--engine", "sievec", "--server", "small.server", "--format", "json", "x.sieve")
    engine = json.loads(output.out)["engine"]
    t.equal((0, "refused", "refused", True), (engine["disagreements"], *[engine["scripts"][0][key]
                                                                        for key in ("verdict", "tamis", "agrees")]))
    t.write("large.server", "[server]\nbase=dovecot-2.3\n[limits]\nmax-script-bytes=2000000\n")
    t.write("y.sieve", "keep;\n" + ("# " + "x" * 97 + "\n") * 12000)
    output = check(t, "--engine", "sievec", "--server", "large.server", "y.sieve")
    t.status(0, output)
    t.equal(f"y.sieve: accepted by sievec of Dovecot {version_of_dovecot(t)}\n", output.out)


def test_a_warning_of_the_engine_is_shown(t):
    need(t, "sievec")
    t.write("x.sieve", 'require "date";\nif currentdate :zone "foo" "hour" "01" { keep; }\n')
    output = check(t, "--engine", "sievec", "x.sieve")
    t.contains("  line 2: warning: specified :zone argument 'foo' is not a valid timezone\n", output.out)
    t.contains("[unknown-zone]", output.out)
    t.lacks("[unsupported]", output.out)


def test_what_the_engine_refuses_and_tamis_does_not_is_a_finding(t):
    need(t, "sievec")
    # A server that has what this Dovecot has not.
    t.write("mine.server", "[server]\nbase=dovecot-2.3\n[extensions]\nadd=extlists\n")
    t.write("x.sieve", 'require ["copy"];\nrequire "extlists";\n'
                       'if header :list "from" "tag:a@b,2026:c" { redirect :copy "a@acme.example"; }\n')
    output = check(t, "--engine", "sievec", "--server", "./mine.server", "x.sieve")
    t.status(1, output)
    title = f"sievec of Dovecot {version_of_dovecot(t)}"
    t.contains(f"x.sieve:2:1: error: {title} refuses this: 'require command: unknown Sieve capability `extlists'' "
               "[unsupported]\n", output.out)
    t.contains(f"x.sieve: refused by {title}, accepted by tamis\n", output.out)
    findings = json.loads(check(t, "--engine", "sievec", "--server", "./mine.server", "--format", "json",
                                "x.sieve").out)
    t.equal((1, False), (findings["engine"]["disagreements"], findings["engine"]["scripts"][0]["agrees"]))


def test_a_crash_is_known_and_others_are_judged_all_the_same(t):
    need(t, "sievec")
    for name in "abcdefgh":
        t.write(f"{name}.sieve", CRASHING if name == "d" else "kepp;\n" if name == "f" else "keep;\n")
    output = check(t, "--engine", "sievec", "--format", "json", *(f"{name}.sieve" for name in "abcdefgh"))
    engine = json.loads(output.out)["engine"]
    t.equal((8, 6, 1, 1, 0), tuple(engine[key] for key in ("asked", "accepted", "refused", "failed", "disagreements")))
    verdicts = {script["file"]: script["verdict"] for script in engine["scripts"]}
    t.equal(("failed", "refused", "accepted"), (verdicts["d.sieve"], verdicts["f.sieve"], verdicts["h.sieve"]))
    reason = next(script["reason"] for script in engine["scripts"] if script["file"] == "d.sieve")
    t.equal("it crashed (Segmentation fault)", reason)


def test_a_policy_is_judged_by_its_scripts(t):
    need(t, "sievec")
    output = check(t, "--engine", "sievec", t.root / "samples" / "acme" / "policy.tamis")
    t.status(0, output)
    t.contains(" accepted, 0 refused, 0 too much for it; tamis agrees\n", output.out)
    t.write("x.tamis", "organization { domains acme.example; timezone Europe/Berlin; }\nmailbox x { }\n")
    output = check(t, "--engine", "sievec", "x.tamis")
    t.status(1, output)
    t.contains("the policy has errors, so there are no scripts\n", output.out)


def test_includes_need_their_folder(t):
    need(t, "sievec")
    t.write("x.sieve", 'require "include";\ninclude "y";\n')
    t.write("y.sieve", "keep;\n")
    output = check(t, "--engine", "sievec", "x.sieve")
    t.contains("it includes scripts; say where they are with --include-dir\n", output.out)
    output = check(t, "--engine", "sievec", "--include-dir", ".", "x.sieve")
    t.contains("x.sieve: accepted by sievec", output.out)


def test_cyrus(t):
    need(t, "cyrus-sievec")
    t.write("x.sieve", "keep;\n")
    t.write("y.sieve", 'redirect "a..b@acme.example";\nKEEP;\n')
    output = check(t, "--engine", "cyrus-sievec", "x.sieve", "y.sieve")
    t.status(1, output)
    t.contains("y.sieve: refused by Cyrus sievec too\n  line 1: error: address 'a..b@acme.example': syntax error\n"
               "  line 2: error: syntax error\n"
               "Cyrus sievec: 2 scripts, 1 accepted, 1 refused, 0 too much for it; tamis agrees\n", output.out)


def test_libsieve(t):
    need(t, "libsieve")
    t.write("a.sieve", "keep;\n")
    t.write("b.sieve", 'require "imap4flags";\nif hasflag :is "a" { keep; }\n')
    t.write("c.sieve", 'require "copy";\n')
    output = check(t, "--engine", "libsieve", "a.sieve", "b.sieve", "c.sieve")
    if "was built without" in output.err:
        t.skip("libsieve2-dev is not installed")
    t.status(1, output)
    t.contains("b.sieve: too much for libsieve 2: it crashed (Segmentation fault)\n"
               "c.sieve: refused by libsieve 2 too\n  line 1: error: unsupported feature: copy\n"
               "libsieve 2: 3 scripts, 1 accepted, 1 refused, 1 too much for it; tamis agrees\n", output.out)


def test_verdicts_leave_machine_formats_alone(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n")
    output = check(t, "--engine", "sievec", "--format", "sarif", "x.sieve")
    json.loads(output.out)
    t.contains("x.sieve: accepted by sievec", output.err)


def test_an_engine_that_is_not_there(t):
    t.write("x.sieve", "keep;\n")
    (t.folder / "bin").mkdir()
    output = check(t, "--engine", "sievec", "x.sieve", PATH=str(t.folder / "bin"))
    t.status(2, output)
    t.equal("tamis: the engine 'sievec' is not installed here (on Debian: dovecot-sieve)\n", output.err)


def test_another_version_of_an_engine(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n")
    for name, text in (("dovecot", "echo '2.4.1-4 (7d8c0e5759)'"), ("sievec", "exit 0")):
        t.write(f"bin/{name}", f"#!/bin/sh\n{text}\n").chmod(0o755)
    output = check(t, "--engine", "sievec", "x.sieve", PATH=f"{t.folder}/bin:/usr/bin:/bin")
    t.status(2, output)
    t.equal("", output.out)
    t.equal(f"tamis: '{t.folder}/bin/sievec' is of Dovecot 2.4.1-4; tamis can ask that of Dovecot 2.3\n", output.err)


def test_an_engine_that_does_nothing(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n")
    for text, words in (("exit 0", "0, and has neither compiled nor refused a script"),
                        ("echo; echo no mail_uid >&2; exit 89", "89, and has neither compiled nor refused a script: no mail_uid")):
        t.write("bin/sievec", f"#!/bin/sh\n{text}\n").chmod(0o755)
        output = check(t, "--engine", "sievec", "x.sieve", PATH=f"{t.folder}/bin:/usr/bin:/bin:/usr/sbin")
        t.status(2, output)
        t.equal(f"tamis: '{t.folder}/bin/sievec' does not work here: it ended with status {words}\n", output.err)


def test_an_interruption_leaves_nothing_behind(t):
    for engine in ("sievec", "cyrus-sievec"):
        need(t, engine)
        # For Pigeonhole one script that takes seconds (its longest, for 1 MiB is the limit), for Cyrus, a process a script, many.
        text = "if true { keep; }\n" + "elsif true { keep; }\n" * (49000 if engine == "sievec" else 0)
        names = [f"{number}.sieve" for number in range(1 if engine == "sievec" else 1500)]
        for name in names:
            t.write(f"{engine}/{name}", text)
        temporary = t.context.folder()
        process = subprocess.Popen([t.context.binary, "check", "--engine", engine, "--quiet", *names],
                                   cwd=t.folder / engine, stdout=subprocess.DEVNULL,
                                   env=t.context.environment(TMPDIR=str(temporary)),
                                   # Who runs the tests in the background has it ignored, which is inherited.
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        while not list(temporary.glob("tamis-engine-*/*")):
            t.equal(None, process.poll(), "the end of a run that was not interrupted")
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        t.equal(-signal.SIGINT, process.returncode, engine)
        t.equal([], os.listdir(temporary), "what is left in the folder for temporary files")


def test_an_engine_that_nobody_knows_or_of_another_server(t):
    t.write("x.sieve", "keep;\n")
    output = check(t, "--engine", "exim", "x.sieve")
    t.status(64, output)
    t.contains("tamis: --engine takes sievec, cyrus-sievec or libsieve, not 'exim'\n", output.err)
    output = check(t, "--engine", "sievec", "--server", "cyrus-3.6", "x.sieve")
    t.status(64, output)
    t.contains("tamis: the engine 'sievec' is not that of the server 'cyrus-3.6'; say '--server dovecot-2.3'\n",
               output.err)


def test_nothing_is_left_behind(t):
    need(t, "sievec")
    t.write("x.sieve", "keep;\n")
    (t.folder / "tmp").mkdir()
    check(t, "--engine", "sievec", "x.sieve", TMPDIR=str(t.folder / "tmp"))
    t.equal([], os.listdir(t.folder / "tmp"), "what is left in the folder for temporary files")


def test_what_the_engine_says_of_a_run_that_fails_is_told(t):
    need(t, "sievec")
    t.write("x.sieve", 'require "vacation";\nvacation "a";\nif header :contains "subject" "y" { vacation "b"; }\n')
    output = check(t, "--engine", "sievec", "x.sieve")
    t.contains("x.sieve:3:37: error: the mailbox answers a message twice in one run [reply-conflict]\n"
               "x.sieve:2:1: note: the first answer\n"
               "note: run in Pigeonhole: duplicate vacation action not allowed", output.out)


LOOP = """organization { domains acme.example; timezone Europe/Berlin; }
mailbox a@acme.example { route on when subject contains "x" { forward to b@acme.example; } }
mailbox b@acme.example { route on { forward to a@acme.example; } }
mailbox c@acme.example { route on { forward to d@acme.example; } }
mailbox d@acme.example { route on { forward to c@acme.example; } }
mailbox e@acme.example { route on { forward to f@acme.example; } }
mailbox f@acme.example { route on { forward to e@acme.example; } }
"""


def check_with(t, program):
    """What is said of three loops by a sieve-test that is this program; with sievec as it is."""
    need(t, "sievec")
    t.write("loop.tamis", LOOP)
    (t.folder / "bin").mkdir(exist_ok=True)
    t.write("bin/sieve-test", f"#!/bin/sh\n{program}\n").chmod(0o755)
    output = check(t, "--engine", "sievec", "--format", "json", "loop.tamis", PATH=f"{t.folder}/bin:{os.environ['PATH']}")
    t.status(1, output)
    findings = json.loads(output.out)["findings"]
    return output.err, [[related["message"] for related in f["related"]][-1] for f in findings if f["rule"] == "forward-loop"]


def test_an_engine_that_breaks_down_twice_is_left_alone(t):
    err, said = check_with(t, "kill -SEGV $$")
    t.equal(["not run in Pigeonhole: sieve-test: it crashed (Segmentation fault)"] * 2 + ["… and back here"], said)
    t.contains("tamis: messages of findings are not run: sieve-test: it crashed (Segmentation fault)\n", err)


def test_an_engine_that_does_not_work_says_how_it_ended(t):
    err, said = check_with(t, "exit 3")
    t.equal("not run in Pigeonhole: sieve-test does not work here: it ended with status 3", said[0])
    err, said = check_with(t, "echo no configuration >&2; exit 89")
    t.contains("it ended with status 89: no configuration", said[0])


def test_an_engine_that_sends_nothing_proves_nothing(t):
    for program in ("exit 0", "yes garbage | head -c 3000000", "cat /dev/zero | head -c 3000000"):
        err, said = check_with(t, program)
        t.equal(["Pigeonhole does not send it from 'a@acme.example' to 'b@acme.example'",
                 "Pigeonhole does not send it from 'c@acme.example' to 'd@acme.example'",
                 "Pigeonhole does not send it from 'e@acme.example' to 'f@acme.example'"], said, program)
        t.equal("", err)


def test_a_sieve_test_that_is_not_installed_ends_the_run(t):
    need(t, "sievec")
    t.write("loop.tamis", LOOP)
    (t.folder / "bin").mkdir()
    (t.folder / "bin" / "sievec").symlink_to(shutil.which("sievec"))
    output = check(t, "--engine", "sievec", "loop.tamis", PATH=str(t.folder / "bin"))
    t.status(2, output)
    t.contains("tamis: the engine 'sievec' is not installed here (on Debian: dovecot-sieve)\n", output.err)


def test_each_kind_of_way_and_end_is_run(t):
    need(t, "sievec")
    t.write("ends.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
limits { hops 1; }
forbid "stays" forward from a@acme.example to else.example;
require "a copy" copy for forward to else.example;
mailbox a@acme.example { route on when subject contains "x" { forward to b@acme.example; } }
mailbox b@acme.example { route on { forward to c@else.example without copy; } }
mailbox c@acme.example { route on when not header "X-T" exists { mark "X-T: c"; forward to d@acme.example; } }
mailbox d@acme.example { route on { forward to c@acme.example; } }
""")
    findings = json.loads(check(t, "--engine", "sievec", "--format", "json", "ends.tamis").out)["findings"]
    t.equal([("too-many-hops", "run in Pigeonhole hop by hop: it goes this way"),
             ("forbidden-forward", "run in Pigeonhole hop by hop: it goes this way"),
             ("forward-without-copy", "run in Pigeonhole: it is sent on, and no copy stays"),
             ("missing-copy", "run in Pigeonhole: it is sent on, and no copy stays"),
             ("forward-return", "run in Pigeonhole hop by hop: it comes back this way")],
            [(f["rule"], f["related"][-1]["message"]) for f in findings if "witness" in f])
