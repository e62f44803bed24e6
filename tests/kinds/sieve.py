# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/sieve: each FOLDER/NAME.sieve is taken without an error, or `tamis check` says NAME.expected of it, each
finding with its remedy."""

from kinds import AS_OF, Case, Failure, expected_beside, options_of
from kinds.errors import without_remedy

SERVER = "everything.server"


def check(folder):
    def run(context):
        words = ["check", "--as-of", AS_OF, "--server", SERVER, "--fail-on", "never"]
        paths = sorted(folder.glob("*.sieve"))
        plain = [path for path in paths if not expected_beside(path).exists()]
        if plain:
            output = context.tamis(*words, "--format", "gcc", *(f"{folder.name}/{path.name}" for path in plain),
                                   cwd=folder.parent)
            wrong = [line for line in output.out.splitlines() if ": error: " in line]
            if output.status != 0 or output.err or wrong:
                raise Failure("\n".join([output.err, *wrong]))
        for path in sorted(set(paths) - set(plain)):
            output = context.tamis(*words, *options_of(path), f"{folder.name}/{path.name}", cwd=folder.parent)
            if ": error: " not in output.out:
                raise Failure(f"no error: {path.name} needs no {expected_beside(path).name}")
            if bare := without_remedy(output.out):
                raise Failure("\n".join([f"{path.name}: no remedy for", *bare]))
            context.golden(expected_beside(path), output.out)
    return run


def discover(tests):
    folders = sorted(path for path in (tests / "sieve").iterdir() if path.is_dir())
    return [Case(f"sieve/{folder.name}", check(folder)) for folder in folders]
