# SPDX-License-Identifier: LGPL-2.1-or-later
"""Patterns that Pigeonhole gets wrong: what is said of them is what the real sieve-test does."""

import fnmatch
import json
import os
import shutil

UID, GID = (5000, 5000) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
CONF = f"mail_uid = {UID}\nmail_gid = {GID}\nmail_location = maildir:/tmp\n"
# A pattern, and a text on which the engine errs.
MISREAD = (("INV-????-*", "INV-2026XYZ"), ("*a?*", "a"), ("a?*", "a"), ("*?b", "b"), ("?a*", "ab"))
CRASHES = (("INV-?*", "INV-"), ("a??*", "a"), ("*?b", "b"), ("*??x", "x"))
FINE = (("?*", "a"), ("a*", "a"), ("????", "abcd"), ("*-????-*", "x-2026-y"))


def deliver(t, pattern, text, *required):
    names = ", ".join(f'"{name}"' for name in ("fileinto", *required))
    script = t.write("script.sieve", f'require [{names}];\nif header :matches "subject" "{pattern}" '
                     '{ fileinto "hit"; }\n')
    message = t.write("message", f"From: a@b.example\r\nSubject: {text}\r\n\r\nx\r\n")
    conf = t.write("dovecot.conf", CONF)
    return script, t.command("sieve-test", "-C", "-c", conf, "-f", "a@b.example", "-a", "r@acme.example", script, message,
                             cwd=script.parent)


def rules_of(t, script):
    output = t.tamis("check", "--format", "json", script)
    return {finding["rule"] for finding in json.loads(output.out)["findings"]} & {"unsupported", "engine-crash"}


def need_engine(t):
    if not shutil.which("sieve-test"):
        t.skip("dovecot-sieve is not installed")


def test_patterns_that_are_told_are_misread(t):
    need_engine(t)
    for pattern, text in MISREAD:
        script, done = deliver(t, pattern, text)
        meant = fnmatch.fnmatchcase(text, pattern)
        t.equal(not meant, "hit" in done.out, f"whether '{text}' is taken by '{pattern}'")
        t.equal({"unsupported"}, rules_of(t, script), pattern)


def test_patterns_that_are_told_crash(t):
    need_engine(t)
    for pattern, text in CRASHES:
        script, done = deliver(t, pattern, text, "variables")
        t.equal(True, "Panic" in done.out + done.err, f"whether '{pattern}' crashes on '{text}'")
        t.equal({"engine-crash"}, rules_of(t, script), pattern)


def test_others_are_right(t):
    need_engine(t)
    for pattern, text in FINE:
        script, done = deliver(t, pattern, text, "variables")
        t.equal(True, "hit" in done.out, f"whether '{text}' is taken by '{pattern}'")
        t.equal(set(), rules_of(t, script), pattern)
