# SPDX-License-Identifier: LGPL-2.1-or-later
"""What fmt and convert take of memory and time for large scripts of any shape. That the layout is right, tests/unit/
test-sieve-layout.c and the fuzzers say."""

import os
import subprocess

MB = 2**20
SHAPES = {
    "commands": ("", "keep; # a\n", ""),
    "one list": ('if header "a" ["a"', ',"a"', "] { keep; }\n"),
    "one list of tests": ("if anyof (true", ",true", ") { keep; }\n"),
    "one block": ("if true {\n", "keep;\n", "}\n"),
    "one string": ('redirect "', '\\"a line of it\n', '";\n'),
    "comments": ("", "#\n", "keep;\n"),
    "deep blocks": ("if true {\n" * 500, "keep;\n" * 500, "}\n" * 500),
}


def peak(t, *command):
    """Of which a new process has what its parent has."""
    process = subprocess.Popen([t.context.plain_binary(), *command], cwd=t.folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        t.fail(f"{' '.join(command)}: status {process.returncode}: {said[:500]}")
    return usage.ru_maxrss * 1024


def size(t, name):
    return (t.folder / name).stat().st_size


def test_fmt_holds_no_more_than_four_times_the_larger_text(t):
    t.write("bare.sieve", "keep;\n")
    for name, (head, unit, tail) in SHAPES.items():
        n = (4 * MB // len(unit)) if len(head) < 1000 else 1
        t.write("a.sieve", head + unit * n + tail)
        before = size(t, "a.sieve")
        bare = peak(t, "fmt", "bare.sieve")
        took = peak(t, "fmt", "a.sieve") - bare
        most = 4 * max(before, size(t, "a.sieve")) + 4 * MB
        if took > most:
            t.fail(f"{name}: {took // MB} MB, at most {most // MB}")
        peak(t, "fmt", "--check", "a.sieve")  # it is as it should be now


def test_xml_of_many_commands_holds_no_more_than_eight_times_the_larger_text(t):
    t.write("bare.sieve", "keep;\n")
    for unit in ("keep;\n", 'if header "a" "b" { keep; }\n', "/* [* a='b' */\nkeep;\n/* *] */\n"):
        t.write("a.sieve", unit * (2 * MB // len(unit)))
        for command in (("convert", "a.sieve", "-o", "a.xml"), ("convert", "a.xml", "-o", "b.sieve"),
                        ("fmt", "a.xml")):
            bare = peak(t, "fmt", "bare.sieve")
            took = peak(t, *command) - bare
            most = 8 * size(t, "a.xml") + 8 * MB
            if took > most:
                t.fail(f"{' '.join(command)} of {unit!r}: {took // MB} MB, at most {most // MB}")
        peak(t, "fmt", "a.sieve")
        t.equal(t.read("a.sieve"), t.read("b.sieve"))
