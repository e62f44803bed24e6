# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/lint/SLUG: each bad-* has the finding, no good-* has it."""

from kinds import Case, Failure, expected_beside, fixture_files
from kinds.errors import check_text


def check(path, slug, bad):
    def run(context):
        output = check_text(context, path)
        if bad and f"[{slug}]" not in output:
            raise Failure(f"no [{slug}] in\n{output}")
        if not bad and f"[{slug}]" in output:
            raise Failure(f"[{slug}] where there should be none:\n{output}")
        if bad or output or expected_beside(path).exists():
            context.golden(expected_beside(path), output)
    return run


def discover(tests):
    cases = []
    folders = sorted((tests / "lint").iterdir()) if (tests / "lint").is_dir() else []
    for folder in folders:
        for name, path in fixture_files(folder, {".tamis", ".sieve"}):
            kind = name.split("-")[0]
            assert kind in ("bad", "good"), f"{path}: a name is bad-… or good-…"
            cases.append(Case(f"lint/{folder.name}/{name}{path.suffix}", check(path, folder.name, kind == "bad")))
    return cases
