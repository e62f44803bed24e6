# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the documents tell their readers to type works as it is typed: in a shell, line by line, on a policy of the
names that they use. README.md is meta/docs.py's; servers are deploy/'s, and engines cli/engine.py's."""

import re
import shutil

from kinds import AS_OF

ELSEWHERE = re.compile(r"--engine|--(?:to|server) \S*:|^tamis (?:deploy|rollback|status)\b|…")
POLICY = """\
organization {
    domains  acme.example;
    timezone Asia/Shanghai;
}

mailbox anna@acme.example {
    route own {
        keep;
    }
}

mailbox info@acme.example {
    route orders when subject contains "order" {
        forward to anna@acme.example;
    }
}

test "orders reach Anna" {
    message to info@acme.example {
        subject "Order 42";
    }
    expect forward to anna@acme.example;
}
"""
MESSAGE = "From: buyer@customer.example\nTo: info@acme.example\nSubject: Order 42\n\nTwo of them.\n"


def commands(text):
    """What stands in fenced blocks, and in blocks by indentation, as a line of a shell or of a list of steps."""
    fenced = "".join(re.findall(r"^```(?:sh|yaml|)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    indented = "".join(re.findall(r"^    (tamis .*\n)", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL),
                                  re.MULTILINE))
    inline = "".join(f"{command}\n" for command in re.findall(r"`(tamis [a-z]+ [^`]*\.(?:tamis|xml|sieve)[^`]*)`", text))
    return re.findall(r"^(?: *- | *\$ | *)(tamis [a-z].*)$", fenced + indented + inline, re.MULTILINE)


def lay_out(t):
    shutil.copytree(t.root / "samples", t.folder / "samples")
    for name in ("policy.tamis", "acme.tamis"):
        t.write(name, POLICY)
    t.write("message.eml", MESSAGE)
    for folder in ("scripts", "out"):
        t.status(0, t.tamis("compile", "policy.tamis", "--as-of", AS_OF, "-o", folder))
    for name in ("info@acme.example.sieve", "li@acme.example.sieve"):
        t.write(name, t.read("scripts/info@acme.example.sieve"))
    t.write("bin/tamis", f'#!/bin/sh\nexec "{t.context.binary}" "$@"\n').chmod(0o755)


def test_the_commands_of_the_documents_work(t):
    lay_out(t)
    found = 0
    for path in sorted((t.root / "docs").rglob("*.md")):
        for command in commands(path.read_text()):
            if ELSEWHERE.search(command):
                continue
            typed = command.replace("/var/lib/tamis", str(t.folder))
            output = t.command("sh", "-c", f"PATH={t.folder}/bin:$PATH; {typed}")
            if output.status != 0:
                t.fail(f"{path.name}: {command}\n{output.err}{output.out}")
            found += 1
    assert found > 20, f"{found} commands were found"
