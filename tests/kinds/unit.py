# SPDX-License-Identifier: LGPL-2.1-or-later
"""The unit tests that meson knows: programs that print TAP."""

import json
import re

from kinds import Case, Failure, Result


def parse_tap(text, prefix):
    results = []
    diagnostics = []
    for line in text.splitlines():
        found = re.match(r"(not )?ok \d+ (?:- )?([^#]*?)\s*(?:# *SKIP *(.*))?$", line, re.IGNORECASE)
        if found:
            failure = "\n".join(diagnostics) or "failed" if found.group(1) else None
            results.append(Result(f"{prefix}{found.group(2)}", failure, found.group(3)))
            diagnostics = []
        elif line.startswith(("#", "Bail out")):
            diagnostics.append(line)
    return results


def run(context):
    """All in one case, since the programs are known only once they are built; they take seconds."""
    output = context.command(["meson", "introspect", "--tests", context.build])
    if output.status != 0:
        raise Failure(output.err or output.out)
    results = []
    for test in json.loads(output.out):
        ran = context.command(test["cmd"], timeout=test["timeout"], cwd=context.build, **test["env"])
        found = parse_tap(ran.out, f"unit/{test['name'].removeprefix('test-')}")
        if ran.status != 0 and not any(result.failure for result in found):
            found.append(Result(f"unit/{test['name']}", f"ended with status {ran.status}\n"
                                f"{ran.out[-1000:]}{ran.err[-5000:]}"))
        if not found:
            found.append(Result(f"unit/{test['name']}", f"printed no result\n{ran.out}{ran.err}"))
        results += found
    return results


def discover(tests):
    return [Case("unit", run)]
