#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every fixture and every unit test: TAP on standard output, the sum on the last line.

Cases are found, never listed: a module in kinds/ knows how to find its own. See README.md.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import kinds  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = HERE.parent
    parser.add_argument("--build", type=pathlib.Path, default=root / "build", help="the build folder tested")
    parser.add_argument("--plain", type=pathlib.Path, help="a build folder without sanitizers, for installing")
    parser.add_argument("--fuzz", type=pathlib.Path, help="a build folder with the fuzz targets")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN",
                        help="only cases whose name contains or matches this")
    parser.add_argument("--bless", action="store_true", help="write what came out as what is expected")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--list", action="store_true", help="only the names")
    parser.add_argument("--slow", action="store_true", help="name the ten slowest cases and kinds")
    return parser.parse_args()


def wanted(name, patterns):
    return not patterns or any(p in name or fnmatch.fnmatch(name, p) for p in patterns)


def complain_of_idle(patterns, cases):
    """A pattern that takes no case is a slip, and none of its tests would have run."""
    idle = [pattern for pattern in patterns if not any(wanted(case.name, [pattern]) for case in cases)]
    if idle:
        sys.exit(f"no case is named {', '.join(idle)}: see --list")


def run_one(case, context):
    started = time.monotonic()
    try:
        results = case.run(context) or [kinds.Result(case.name)]
    except kinds.Skip as skip:
        results = [kinds.Result(case.name, skipped=str(skip), missing=skip.missing)]
    except kinds.Failure as failure:
        results = [kinds.Result(case.name, failure=str(failure))]
    except Exception as error:  # a broken test is a failed test, and names its line
        results = [kinds.Result(case.name, failure=kinds.describe_exception(error))]
    return results, time.monotonic() - started


def show(number, result):
    if result.missing and os.environ.get("CI") == "true":
        result = kinds.Result(result.name, failure=f"skipped: {result.skipped}")
    if result.failure is not None:
        print(f"not ok {number} - {result.name}")
        for line in result.failure.splitlines():
            print(f"#   {line}")
        return "failed"
    note = f" # SKIP {result.skipped}" if result.skipped is not None else ""
    print(f"ok {number} - {result.name}{note}", flush=True)
    return "passed" if result.skipped is None else "skipped"


def show_slowest(seconds):
    by_kind = collections.Counter()
    for duration, name in seconds:
        by_kind[name.split("/")[0]] += duration
    for name, duration in by_kind.most_common(10):
        print(f"# {duration:7.2f} s  {name}/*")
    for duration, name in sorted(seconds, reverse=True)[:10]:
        print(f"# {duration:7.2f} s  {name}")


def main():
    options = arguments()
    sys.stdout.reconfigure(errors="backslashreplace")
    cases = kinds.discover(HERE)
    complain_of_idle(options.only, cases)
    cases = [case for case in cases if wanted(case.name, options.only)]
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failed, seconds = [], []
    with kinds.Context(HERE.parent, options) as context, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        number = 0
        for case, (results, duration) in zip(cases, pool.map(lambda c: run_one(c, context), cases)):
            seconds.append((duration, case.name))
            for result in results:
                number += 1
                verdict = show(number, result)
                counts[verdict] += 1
                if verdict == "failed":
                    failed.append(result.name)
    print(f"1..{number}")
    if options.slow:
        show_slowest(seconds)
    if failed:
        print("# failed:")
        for name in failed:
            print(f"#   {name}")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if failed or not number else 0


if __name__ == "__main__":
    sys.exit(main())
