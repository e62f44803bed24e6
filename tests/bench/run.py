#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures Tamis against what bounds it: the file system, the server's own compiler, and itself at another size.

Ratios within one run say more than seconds: each line shows the bound, what was reached, and whether that holds.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import child
import loops

import deploy_pace
import flow_pace
import sieve_pace
import solver_pace
import writer_pace

AS_OF = "2026-11-23T00:00Z"
MEMORY = pathlib.Path("/dev/shm")
SHAPES = ("leaver", "desk", "sun", "sorted")
POLICY = """
organization { domains acme.example; timezone Europe/Berlin; }
hours office { mon-fri 09:00-12:00, 13:00-18:00; except 2026-12-24..2026-12-26; }
group vip { anna@customer.example, zhou@vip.example }
group desk { agent1@acme.example, agent2@acme.example, agent3@acme.example, agent4@acme.example }
each row in csv "people.csv" where shape is "leaver" {
    mailbox row.address {
        route handover starting row.day until row.day + 90 days {
            reply { subject "离职通知 / I have left"; text "Please write to ${row.target}."; every 7 days; }
            forward to row.target;
        }
        route closed starting row.day + 91 days { reject "This mailbox is closed."; }
    }
}
each row in csv "people.csv" where shape is "desk" {
    mailbox row.address {
        route lists when mailing list or automatic { keep in "Notices"; final; }
        route assign { forward to one of desk; }
    }
}
each row in csv "people.csv" where shape is "sun" {
    mailbox row.address {
        route day when now in office { forward to row.target; }
        route night otherwise { keep; }
    }
}
each row in csv "people.csv" where shape is "sorted" {
    mailbox row.address {
        route orders when subject contains "订单" { forward to row.target; }
        route vip when from in vip { forward to boss@acme.example without copy; }
        route rest otherwise { keep; }
    }
}
"""


class Bench:
    def __init__(self, build):
        self.tamis = build / "cli" / "tamis"
        self.tools = build / "tests" / "bench"
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tamis-bench-", dir=MEMORY if MEMORY.is_dir() else None))
        self.missed = 0

    def say(self, what, reached, holds=None):
        verdict = {True: "  holds", False: "  MISSED", None: ""}[holds]
        self.missed += holds is False
        print(f"{what:66} {reached:>22}{verdict}", flush=True)

    def results(self, *command):
        return results(*command)

    def dovecot_conf(self):
        path = self.root / "dovecot.conf"
        path.write_text("ssl = no\nmail_location = maildir:/tmp\nmail_uid = 5000\nmail_gid = 5000\n"
                        "postmaster_address = postmaster@acme.example\n"
                        "plugin {\n sieve_extensions = +editheader +spamtest\n}\n")
        return path

    def policy(self, n_mailboxes):
        folder = self.root / f"policy-{n_mailboxes}"
        if not folder.exists():
            folder.mkdir()
            (folder / "policy.tamis").write_text(POLICY)
            with open(folder / "people.csv", "w") as table:
                table.write("address,shape,target,day\n")
                for n in range(n_mailboxes):
                    table.write(f"user{n:07}@acme.example,{SHAPES[n % 4]},head{n % 997}@acme.example,"
                                f"2026-12-{n % 28 + 1:02}\n")
        return folder / "policy.tamis"

    def run(self, *command):
        """(seconds, peak bytes) of a command that has to succeed."""
        usage = child.run(*command)
        return usage.wall_s, usage.peak_bytes

    def processor_s(self, *command):
        """Of the processor, as the programs count: others may be at work."""
        return child.run(*command).processor_s

    def compile(self, n_mailboxes, *output, jobs=2):
        return self.run(self.tamis, "compile", "--quiet", "--as-of", AS_OF, "--jobs", jobs,
                        self.policy(n_mailboxes), *output)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def bench_folder(bench, n, rounds):
    """A bare loop is one thread. Two of them share the folder, and are what no compiler on two cores can pass."""
    scripts, copy = bench.root / "scripts", bench.root / "copy"
    compiling, creating = [], {1: [], 2: []}
    for _ in range(rounds):
        compiling.append(bench.compile(n, "-o", fresh(scripts))[0])
        for n_threads, seconds in creating.items():
            loop = subprocess.run([bench.tools / "bench-create", scripts, fresh(copy), str(n_threads)],
                                  capture_output=True, check=True)
            seconds.append(float(loop.stdout))
            shutil.rmtree(copy)
    compiled = statistics.median(compiling)
    n_bytes = sum(path.stat().st_size for path in scripts.iterdir())
    bench.say(f"compile {n} mailboxes ({n_bytes / n:.0f} bytes each), two jobs, in memory", f"{compiled:.2f} s")
    for n_threads, seconds in creating.items():
        name = f"  bare create, write, close of the same files, {n_threads} thread{'s' if n_threads > 1 else ''}"
        pace = statistics.median(created / ours for created, ours in zip(seconds, compiling))
        bench.say(name, f"{statistics.median(seconds):.2f} s")
        bench.say("  pace of it" + (" (at least 0.8)" if n_threads == 1 else ""), f"{pace:.2f} x",
                  pace >= 0.8 if n_threads == 1 else None)
    unchanged = statistics.median(bench.compile(n, "-o", scripts)[0] for _ in range(rounds))
    bench.say("  again, nothing changed (at most 0.5 s at 100000)", f"{unchanged:.2f} s",
              unchanged <= 0.5 * n / 100000)
    return compiled, scripts


def bench_sievec(bench, compiled, n, scripts):
    if not shutil.which("sievec"):
        return
    part = fresh(bench.root / "part")
    part.mkdir()
    names = sorted(path for path in scripts.iterdir() if path.suffix == ".sieve")[:min(n, 20000)]
    for path in names:
        shutil.copy(path, part)
    seconds = bench.run("sievec", "-c", bench.dovecot_conf(), part)[0] * n / len(names)
    bench.say(f"  sievec DIR, from {len(names)} of them (at least 10 x)", f"{seconds / compiled:.1f} x",
              seconds / compiled >= 10)


def bench_bundle(bench, n):
    bundle = bench.root / "scripts.tar"
    seconds = min(bench.compile(n, "--bundle", bundle)[0] for _ in range(3))
    pace = bundle.stat().st_size / seconds / 1e6
    bench.say(f"bundle of {n} mailboxes (at least 300 MB/s)", f"{pace:.0f} MB/s", pace >= 300)
    bundle.unlink()


def bench_growth(bench, sizes):
    """Into nothing: how memory grows that was never touched before is the machine's affair."""
    last = None
    for n in sizes:
        seconds, peak = min(bench.compile(n, "--bundle", "-") for _ in range(3))
        per_mailbox = (peak - 50 * 2**20) / n
        bench.say(f"growth: {n} mailboxes", f"{seconds:.3f} s, {peak / 2**20:.0f} MiB")
        if n >= 100000:
            bench.say("  memory a mailbox above 50 MiB (at most 1.5 KiB)", f"{per_mailbox / 1024:.2f} KiB",
                      per_mailbox <= 1536)
        if last:
            factor = seconds / last[1] / (n / last[0])
            bench.say("  growth (at most 1.1 x linear)", f"{factor:.2f} x", factor <= 1.1)
        last = (n, seconds)


def bench_readers(bench):
    text = bench.root / "big.tamis"
    text.write_text("\n".join(POLICY for _ in range(8000)))
    pace = min(line["megabytes_per_second"] for line in results(bench.tools / "bench-policy", text))
    bench.say("read policy text (at least 100 MB/s)", f"{pace} MB/s", pace >= 100)
    pace = min(line["rows_per_second"] for line in results(bench.tools / "bench-csv")) / 1e6
    bench.say("read a table (at least 1,000,000 rows/s)", f"{pace:.2f} M rows/s", pace >= 1)


def bench_lint(bench, small):
    """Planted loops among near ones: all are found and none else, in less than reading takes; a million in time."""
    planted = 100
    for n, forwards in ((100000, 500000),) + (() if small else ((1000000, 5000000),)):
        path = loops.write(bench.root, n, forwards, planted, 10000)
        (line,) = results(bench.tools / "bench-lint", path)
        path.unlink()
        bench.say(f"lint of {n} mailboxes, {forwards} forwards: loops found of {planted}", f"{line['loops']}",
                  line["loops"] == planted)
        ratio = line["lint_s"] / line["read_s"]
        bench.say("  against reading and resolving (at most 2 x)", f"{ratio:.2f} x", ratio <= 2)
        bench.say("  seconds (at most 10), memory of its own (at most 1 GiB)",
                  f"{line['lint_s']:.2f} s, {line['lint_mib']:.0f} MiB",
                  line["lint_s"] <= 10 and line["lint_mib"] <= 1024)
        bench.say("  memory while reading (at most 1 GiB), and kept for the lint",
                  f"{line['read_mib']:.0f}, {line['kept_mib']:.0f} MiB", line["read_mib"] <= 1024)


def bench_dense(bench):
    """Ways without number among few mailboxes: what is found of them is found in seconds."""
    for routes in (loops.one_of, loops.marks, loops.mixed):
        path = loops.write_dense(bench.root, routes, 2000)
        (line,) = results(bench.tools / "bench-lint", path)
        bench.say(f"lint of 2000 mailboxes that hang together, {routes.__name__}: loops, seconds (at most 10)",
                  f"{line['loops']}, {line['lint_s']:.2f} s", line["loops"] > 0 and line["lint_s"] <= 10)


def results(*command):
    """What a program prints: JSON, one object a line."""
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--mailboxes", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="no run with a million")
    options = parser.parse_args()
    bench = Bench(options.build.resolve())
    try:
        bench_readers(bench)
        bench_lint(bench, options.small)
        bench_dense(bench)
        sieve_pace.bench_sieve(bench, options.small)
        writer_pace.bench_writer(bench, options.small)
        flow_pace.bench_explain(bench)
        flow_pace.bench_flows(bench, options.mailboxes)
        solver_pace.bench_solver(bench, options.small)
        deploy_pace.bench_deploy(bench, options.small)
        compiled, scripts = bench_folder(bench, options.mailboxes, options.rounds)
        bench_sievec(bench, compiled, options.mailboxes, scripts)
        shutil.rmtree(scripts)
        bench_bundle(bench, options.mailboxes)
        bench_growth(bench, (10000, 100000) if options.small else (10000, 100000, 1000000))
    finally:
        shutil.rmtree(bench.root, ignore_errors=True)
    print(f"{bench.missed} bounds missed")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
