# SPDX-License-Identifier: LGPL-2.1-or-later
"""libsieve 2: executes a script through libsieve-run, a program that the build makes where the library is."""

import re

from engines.pigeonhole import Outcome
from kinds import Failure, Skip


def execute(context, script, delivery, settings=None, folders=()):
    program = context.build / "tests" / "engines" / "libsieve-run"
    if not program.exists():
        raise Skip("libsieve2-dev is not installed")
    folder = context.folder()
    (folder / "message.eml").write_bytes(delivery.text())
    output = context.command([program, script, folder / "message.eml", delivery.arrived_from(),
                              delivery.arrived_to()], ASAN_OPTIONS="detect_leaks=0")
    if output.status != 0:
        raise Failure(f"libsieve-run ended with status {output.status}:\n{output.err}")
    words = output.out.splitlines()
    replies = [unescape(word.partition("\t")[2]) for word in words if word.startswith("reply: ")]
    return Outcome(sorted(unescape(word.partition("\t")[0]) for word in words), replies, output.err)


def unescape(text):
    return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) == "n" else match.group(1), text)


def complaints(context, script):
    """libsieve judges a script when it runs it: a run on any message."""
    from engines.message import Delivery
    execute(context, script, Delivery(to="user@acme.example"))
    return ""
