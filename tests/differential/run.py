#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The differential test by hand: any number of scripts, and what differs sorted by its cause."""

import argparse
import collections
import os
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.dont_write_bytecode = True

from differential import compare, judges  # noqa: E402

BATCH = 5000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build")
    parser.add_argument("--server", default="dovecot-2.3", choices=["dovecot-2.3", "cyrus-3.6"])
    parser.add_argument("--seed", default="0")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--all", action="store_true", help="known differences too")
    parser.add_argument("--examples", type=int, default=1, help="of each cause, the shortest")
    return parser.parse_args()


def main():
    options = arguments()
    root, known = HERE.parent.parent, [] if options.all else compare.load_known(HERE / "known.toml")
    build = options.build.resolve()
    groups, sums, n_new, started = collections.defaultdict(list), collections.Counter(), 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tamis-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        (folder / "engine").mkdir()
        _, by_setting = compare.read_server(root, options.server)
        if options.server.startswith("dovecot"):
            engine, confirm = judges.pigeonhole(folder / "engine", by_setting), None
        else:
            engine = judges.cyrus(folder / "engine", build / "tests" / "engines" / "cyrus-judge")
            confirm = lambda text: judges.cyrus_sievec(folder / "engine", text)  # noqa: E731
        for first in range(options.first, options.first + options.count, BATCH):
            n = min(BATCH, options.first + options.count - first)
            found, counts = compare.judge(root, build / "cli" / "tamis", options.server, engine, options.seed, first, n,
                                          options.jobs, folder, confirm)
            sums += counts
            def ask(texts):
                return zip(*compare.ask_both(build / "cli" / "tamis", options.server, engine, options.jobs, folder, texts))
            for difference in compare.sort_out(found, known, ask):
                n_new += 1
                group = groups[difference.signature()]
                group.append(difference)
                group.sort(key=lambda one: len(one.text))
                del group[50:]
    for signature, group in sorted(groups.items(), key=lambda item: len(item[1])):
        print(f"=== {len(group)} × {signature}")
        for difference in group[:options.examples]:
            print(difference.show())
    print(f"tamis and the engine: {', '.join(f'{a}/{b} {n}' for (a, b), n in sorted(sums.items()))}; "
          f"{n_new} new differences of {len(groups)} causes, {time.monotonic() - started:.0f} s")
    for entry in known:
        print(f"known, {entry.count} ×: {entry.reason}")
    return 1 if n_new else 0


if __name__ == "__main__":
    sys.exit(main())
