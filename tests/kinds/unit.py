# SPDX-License-Identifier: LGPL-2.1-or-later
"""The unit tests that meson knows: programs that print TAP. Those that try something random often (tests/unit/rounds.h)
try it a fourth as often with sanitizers, and all of it without."""

import json
import re

from kinds import Case, Failure, Result, Skip

SHARE = {"TAMIS_SHARE": "4"}


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


def ask(context, test, kind, environment):
    name = f"{kind}/{test['name'].removeprefix('test-')}"
    ran = context.command(test["cmd"], timeout=test["timeout"], cwd=context.build, **test["env"], **environment)
    found = parse_tap(ran.out, name)
    if ran.status != 0 and not any(result.failure for result in found):
        found.append(Result(name, f"ended with status {ran.status}\n{ran.out[-1000:]}{ran.err[-5000:]}"))
    if not found:
        found.append(Result(name, f"printed no result\n{ran.out}{ran.err}"))
    return found


def run(context, kind, environment, is_asked):
    output = context.command(["meson", "introspect", "--tests", context.build])
    if output.status != 0:
        raise Failure(output.err or output.out)
    return sum((ask(context, test, kind, environment) for test in json.loads(output.out) if is_asked(test["name"])), [])


def has_rounds(tests, name):
    source = tests / "unit" / f"test-{name.removeprefix('test-')}.c"
    return '#include "rounds.h"' in source.read_text()


def discover(tests):
    """All in one case, since the programs are known only once they are built; they take seconds."""
    def with_sanitizers(context):
        return run(context, "unit", SHARE if context.plain else {}, lambda name: True)

    def at_length(context):
        if not context.plain:
            raise Skip("there is one build alone, and 'unit' tries everything in it", missing=False)
        return run(context.without_sanitizers(), "unit-at-length", {}, lambda name: has_rounds(tests, name))

    return [Case("unit", with_sanitizers), Case("unit-at-length", at_length)]
