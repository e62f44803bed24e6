# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/fuzz: every input of the corpora once more, then a few seconds of new ones, for each target."""

from kinds import Case, Failure, Skip

SMOKE_S = 5


def check(target):
    def run(context):
        program = context.fuzz and context.fuzz / "tests" / "fuzz" / f"fuzz-{target}"
        if not program or not program.exists():
            raise Skip("no build with fuzz targets")
        folder = context.folder()
        corpus = context.tests / "fuzz" / "corpus" / target
        output = context.command([program, "-entropic=0", f"-max_total_time={SMOKE_S}", "-timeout=10", "-rss_limit_mb=4096",
                                  f"-artifact_prefix={folder}/", folder, corpus])
        if output.status != 0:
            raise Failure(output.err[-6000:])
        found = [path for path in corpus.iterdir() if path.is_file()]
        assert found, f"{corpus} is empty"
    return run


def discover(tests):
    targets = sorted(path.stem.removeprefix("fuzz-") for path in (tests / "fuzz").glob("fuzz-*.c"))
    return [Case(f"fuzz/{target}", check(target)) for target in targets]
