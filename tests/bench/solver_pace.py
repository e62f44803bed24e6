# SPDX-License-Identifier: LGPL-2.1-or-later
"""The solver against automata (libfa) and an SMT solver with strings (z3), on the same questions."""

PEERS = (("libfa", 5), ("z3", 1000))


def say_pace(bench, name, line):
    bench.say(f"solve {name}: median (at most 10 us)", f"{line['median_us']:.1f} us", line["median_us"] <= 10)
    bench.say("  99th percentile, worst", f"{line['p99_us']:.0f} us, {line['worst_us']:.0f} us")
    for peer, least in PEERS:
        if line[f"{peer}_us"] > 0:
            factor = line[f"{peer}_us"] / line["median_us"]
            bench.say(f"  {peer} takes (at least {least} x)", f"{factor:.1f} x", factor >= least)
        else:
            bench.say(f"  {peer}: not installed", "-")
    bench.say("  left open where another answers, or answered otherwise (never)",
              f"{line['beaten']}, {line['wrong']}", line["beaten"] == 0 and line["wrong"] == 0)


def bench_solver(bench, small):
    for line in bench.results(bench.tools / "bench-solve", 2000 if small else 10000):
        say_pace(bench, line["shape"], line)
    for line in bench.results(bench.tools / "bench-families", 1000 if small else 10000):
        say_pace(bench, line["family"], line)
        bench.say("  of so many left open", f"{line['open']} of {line['questions']}", line["open"] == 0)
