# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages that were made to hurt: what tamis explains of them is what the real engine does, within a bound of processor
time that anything quadratic passes by far, and of memory that grows with the message alone."""

import re
import shutil

from engines import pigeonhole
from kinds import AS_OF

MILLION = 1_000_000
TO = "li@acme.example"
HEAD = b"From: a@b.example\nTo: li@acme.example\nSubject: hello\n"
LAST = b"X-Last: 1\n"  # behind all that hurts
MIXED = HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n" + LAST + b"\n"
BODY = b"\nbody end\n"

# Each test that holds files the message into a folder of its own.
SCRIPT = """require ["fileinto", "copy", "body", "relational", "comparator-i;ascii-numeric"];
if header :is "x-last" "1" { fileinto :copy "last"; }
if header :contains "x-a" "end" { fileinto :copy "end"; }
if header :contains "x-a" "aaa" { fileinto :copy "aaa"; }
if header :count "gt" :comparator "i;ascii-numeric" "x-a" "1000" { fileinto :copy "fields"; }
if address :is "to" "li@acme.example" { fileinto :copy "to"; }
if address :count "gt" :comparator "i;ascii-numeric" "to" "200" { fileinto :copy "addresses"; }
if body :contains "body end" { fileinto :copy "body"; }
if body :raw :contains " end" { fileinto :copy "raw"; }
if body :content "text" :contains "end" { fileinto :copy "text"; }
if size :over 1M { fileinto :copy "large"; }
"""
CPU_S = 5
BASE_BYTES, BYTES_EACH = 32 << 20, 12  # what the program takes, and for each byte of a message


def explained(t, binary, *limits):
    """The folders that tamis files the message into."""
    output = t.command("prlimit", *limits, binary, "explain", "s.sieve", "--to", TO, "--from", "a@b.example", "--at", AS_OF,
                       "m.eml", timeout=120)
    t.status(0, output)
    t.equal("", output.err)
    return sorted(re.findall(r"─ keep in (\S+)", output.out))


def done(t):
    """The folders that the real engine files it into."""
    world = pigeonhole.world(t.context, {})
    for name in ("s.sieve", "m.eml"):
        shutil.copy(t.folder / name, world)
    output = t.command("sieve-test", "-c", world / "dovecot.conf", "-r", TO, world / "s.sieve", world / "m.eml", timeout=120)
    t.status(0, output)
    return sorted(re.findall(r"store message in folder: (\S+)", output.out.replace("folder: INBOX", "")))


def check(t, message, *folders):
    t.write("s.sieve", SCRIPT)
    t.write("m.eml", message)
    expected = sorted(folders)
    is_plain = t.context.plain is not None or not (t.context.build.name).endswith("asan")
    limits = [f"--cpu={CPU_S}", f"--data={BASE_BYTES + BYTES_EACH * len(message)}"] if is_plain else []
    t.equal(expected, explained(t, t.context.plain_binary(), *limits), "what is explained")
    if t.context.plain:
        t.equal(expected, explained(t, t.context.binary, f"--cpu={10 * CPU_S}"), "what is explained under sanitizers")
    t.equal(expected, done(t), "what the engine does")


def test_a_million_fields(t):
    check(t, HEAD + b"X-A: 1\n" * MILLION + LAST + BODY, "last", "fields", "to", "body", "raw", "text", "large")


def test_a_field_of_ten_million_bytes(t):
    check(t, HEAD + b"X-A: " + b"x" * 10 * MILLION + b" end\n" + LAST + BODY, "last", "end", "to", "body", "raw", "text", "large")


def test_groups_in_groups(t):
    check(t, b"From: a@b.example\nSubject: hello\nTo: " + b"g:" * 100_000 + b" li@acme.example" + b";" * 100_000 + b"\n"
          + LAST + BODY, "last", "body", "raw", "text")


def test_a_million_nul_bytes(t):
    check(t, HEAD + b"X-A: a" + b"\0" * MILLION + b"end\n" + LAST + b"\nbo\0dy end\n", "last", "end", "to", "raw", "text")


def test_boundaries_without_parts(t):
    check(t, MIXED + b"--b\n\n" * 100_000 + b"--b\n" + BODY, "last", "to", "body", "raw", "text")


def test_parts_in_parts(t):
    """Deeper than the engine looks."""
    parts = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(5000))
    check(t, MIXED.replace(b"boundary=b", b"boundary=b0") + parts + b"--b5000\n" + BODY, "last", "to", "raw")


def test_a_million_parts(t):
    check(t, MIXED + b"--b\n\nx\n" * MILLION + b"--b\n" + BODY + b"--b--\n", "last", "to", "body", "raw", "text", "large")


def test_parameters_in_many_sections(t):
    """RFC 2231, section 3."""
    sections = b"".join(b"\n x*%d=a;" % n for n in range(MILLION // 2))
    check(t, HEAD + b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8;" + sections + b" y=1\n" + LAST + BODY,
          "last", "to", "body", "raw", "text", "large")


def test_a_flood_of_encoded_words(t):
    check(t, HEAD + b"X-A: " + b" =?utf-8?q?a?=" * 600_000 + b" end\n" + LAST + BODY,
          "last", "end", "aaa", "to", "body", "raw", "text", "large")


def test_a_million_addresses(t):
    """Of one field the engine takes 256."""
    field = b"From: a@b.example\nSubject: hello\nTo: " + b"a@b.c,\n " * MILLION + b"li@acme.example\n"
    check(t, field + LAST + BODY, "last", "addresses", "body", "raw", "text", "large")


def test_as_many_addresses_as_the_engine_takes(t):
    field = b"From: a@b.example\nSubject: hello\nTo: " + b"a@b.c,\n " * 200 + b"li@acme.example\n"
    check(t, field + LAST + BODY, "last", "addresses", "to", "body", "raw", "text")


def test_a_last_boundary_that_is_missing(t):
    inner = b"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n"
    check(t, MIXED + inner + b"x\n" * MILLION + b"--b\n" + BODY, "last", "to", "body", "raw", "text", "large")


def test_carriage_returns_without_line_feeds(t):
    check(t, HEAD + b"X-A: a\rb" + b"\r" * MILLION + b"c end\n" + LAST + b"\nbody\r\r\rend\rbody end\n",
          "last", "end", "to", "body", "raw", "text")


def test_line_ends_of_both_sorts(t):
    check(t, HEAD + b"X-A: a\r\n aaa\n c\r\n" + b"X-B: 1\r\nX-B: 2\n" * 200_000 + LAST + b"\r\nbody\nx\r\nbody end\n",
          "last", "aaa", "to", "body", "raw", "text", "large")
