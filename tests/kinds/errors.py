# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/errors: what `tamis check` says of a wrong policy, to the letter, and each time with a remedy."""

import re

from kinds import AS_OF, Case, Failure, expected_beside, fixture_files, options_of


def without_remedy(output):
    """Findings that no line of help follows."""
    findings = re.split(r"(?m)^(?=\S+: (?:error|warning|hint): )", output)[1:]
    return [finding.splitlines()[0] for finding in findings if "\nhelp: " not in finding]


def check_text(context, path):
    """`tamis check` from the fixture's own folder: its findings, and the exit status that they call for."""
    output = context.tamis("check", "--as-of", AS_OF, "--format", "text", *options_of(path), path.name,
                           cwd=path.parent)
    if output.err:
        raise Failure(f"standard error should be empty:\n{output.err}")
    status = 1 if re.search(r"^\S*?:\d+:\d+: error: ", output.out, re.MULTILINE) else 0
    if output.status != status:
        raise Failure(f"exit status {output.status}, not {status}, with\n{output.out}")
    if bare := without_remedy(output.out):
        raise Failure("\n".join(["no remedy for", *bare]))
    return output.out


def check(path):
    return lambda context: context.golden(expected_beside(path), check_text(context, path))


def discover(tests):
    return [Case(f"errors/{name}", check(path)) for name, path in fixture_files(tests / "errors", {".tamis"})]
