# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random scripts, judged by Tamis and by the engines: the same verdict, or a difference that is known and reviewed
(tests/differential/known.toml). By hand, any number: tests/differential/run.py."""

from differential import compare, judges
from kinds import Case, Failure

BATCHES, BATCH = 4, 5000
SEED = "ci"
SHOWN = 8


def pigeonhole(context, folder, build):
    _, by_setting = compare.read_server(context.root, "dovecot-2.3")
    return judges.pigeonhole(folder, by_setting), None


def cyrus(context, folder, build):
    engine = judges.cyrus(folder, build / "tests" / "engines" / "cyrus-judge")
    return engine, lambda text: judges.cyrus_sievec(folder, text)


def check(server, open_engine, number):
    def run(context):
        build = context.plain or context.build  # sanitizers say nothing new here, and take ten times as long
        folder = context.folder()
        engine, confirm = open_engine(context, context.folder(), build)
        found, counts = compare.judge(context.root, build / "cli" / "tamis", server, engine, SEED, number * BATCH,
                                      BATCH, 1, folder, confirm)
        if counts[("accepted", "accepted")] < BATCH // 4 or counts[("refused", "refused")] < BATCH // 4:
            raise Failure(f"the scripts are no mixture any more: {dict(counts)}")
        new = compare.sort_out(found, compare.load_known(context.tests / "differential" / "known.toml"))
        if new:
            shortest = sorted(new, key=lambda difference: len(difference.text))[:SHOWN]
            raise Failure(f"{len(new)} differences that nobody knows, such as\n" +
                          "\n".join(difference.show() for difference in shortest))
    return run


def discover(tests):
    return [Case(f"differential/{server}/{number}", check(server, open_engine, number))
            for server, open_engine in (("dovecot-2.3", pigeonhole), ("cyrus-3.6", cyrus))
            for number in range(BATCHES)]
