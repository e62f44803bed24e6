# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reader and checker of Sieve against the engines' own."""

import os
import shutil
import subprocess

import sieve_corpus

CYRUS_SIEVEC = "/usr/lib/cyrus/bin/sievec"
SIZES = ((1000, 10000), (10000, 1000), (100000, 100), (1000000, 10), (64000000, 1))  # bytes, scripts


def chain(folder, n):
    folder.mkdir()
    (folder / "chain.sieve").write_text('require "fileinto";\nif false { keep; }\n' + "".join(
        f'elsif header :is "subject" "v{i}" {{ fileinto "f{i}"; }}\n' for i in range(n)))


def pace(bench, *arguments):
    return bench.results(bench.tools / "bench-sieve", *arguments)[0]


def peer(bench, name, folder):
    """MB/s, or None where the program could not be built."""
    program = bench.tools / f"bench-{name}"
    return max(line["megabytes_per_second"] for line in bench.results(program, folder)) if program.exists() else None


SIEVELIB = """import pathlib, sys, time
from sievelib.parser import Parser
texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(sys.argv[1]).iterdir())[:100]]
started = time.process_time()
assert all(Parser().parse(text) for text in texts)
print(sum(len(text.encode()) for text in texts) / (time.process_time() - started) / 1e6)
"""


def sievelib(folder):
    """MB/s; Debian's package is for Debian's Python. None where it is not installed."""
    done = subprocess.run(["/usr/bin/python3", "-c", SIEVELIB, folder], capture_output=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def check_sieve(bench, folder):
    """Seconds for all scripts by the program of that name, which no distribution has; None: it is not installed."""
    program = os.environ.get("CHECK_SIEVE") or shutil.which("check-sieve")
    return bench.processor_s(program, *sorted(folder.iterdir())) if program else None


def bench_sizes(bench, small):
    first = None
    for n_bytes, number in SIZES[:-1] if small else SIZES:
        folder = bench.root / f"sieve-{n_bytes}"
        sieve_corpus.write(folder, number, n_bytes)
        found = pace(bench, folder)
        first = first or found["megabytes_per_second"]
        bench.say(f"check {number} scripts of {n_bytes // 1000} KB, in memory",
                  f"{found['megabytes_per_second']:.0f} MB/s", found["megabytes_per_second"] >= 0.6 * first)
        if number == 1:
            most = 4 + 4 * n_bytes / 2**20
            bench.say("  memory above the text (at most 4 x the script + 4 MB)",
                      f"{found['peak_kibibytes_above'] / 1024:.0f} MB", found["peak_kibibytes_above"] / 1024 <= most)
        shutil.rmtree(folder)
    chain(bench.root / "sieve-chain", 40000)
    seconds = 1 / pace(bench, bench.root / "sieve-chain")["scripts_per_second"]
    bench.say("  a chain of 40,000 elsif (at most 20 ms)", f"{seconds * 1000:.0f} ms", seconds <= 0.02)


# What takes less for 8 MB is read as fast as memory gives it: the small text stays in the processor's cache, the large
# one does not. The time of a never-closed string, which is little more than memchr, grows 13 x so, its instructions 8 x.
LEAST_MS = 2
MOST_GROWTH = 1.5


def growth(line):
    return line["large_ms"] / max(line["small_ms"], LEAST_MS) / 8


def bench_shapes(bench):
    """Each in 8 and in 64 MB: eight times the time, and no more than four times the text in memory."""
    found = bench.results(bench.tools / "bench-shapes")
    growths = {line["shape"]: growth(line) for line in found}
    for shape in [name for name, factor in growths.items() if factor > MOST_GROWTH]:
        # Others may have been at work: a shape that grows too fast does so again.
        again = bench.results(bench.tools / "bench-shapes", shape)
        growths[shape] = min(growth(line) for line in found + again if line["shape"] == shape)
    memory = {line["shape"]: 1 + line["peak_per_byte"] for line in found}
    slow, large = max(growths, key=growths.get), max(memory, key=memory.get)
    bench.say(f"check {len(found)} shapes of 8 and 64 MB: the worst, '{slow}', grows (at most {MOST_GROWTH} x as fast as it)",
              f"{growths[slow]:.2f} x", growths[slow] <= MOST_GROWTH)
    over = sorted(name for name in memory if memory[name] > 4.07)
    bench.say(f"  the largest in memory, '{large}' (at most 4 x the script + 4 MB{': over ' + ', '.join(over) if over else ''})",
              f"{memory[large]:.1f} x", not over)


def bench_peers(bench):
    folder, base = bench.root / "sieve", bench.root / "sieve-base"
    sieve_corpus.write(folder, 10000)
    sieve_corpus.write(base, 10000, is_base=True)
    in_memory, with_files = pace(bench, folder), pace(bench, "--read", folder)
    reached = in_memory["megabytes_per_second"]
    bench.say("check 10,000 different scripts, in memory (at least 250 MB/s)", f"{reached:.0f} MB/s", reached >= 250)
    pigeonhole = peer(bench, "pigeonhole", folder)
    if pigeonhole:
        bench.say(f"  Pigeonhole's library in process, {pigeonhole:.0f} MB/s (at least 5 x)",
                  f"{reached / pigeonhole:.1f} x", reached >= 5 * pigeonhole)
    libsieve = peer(bench, "libsieve", base)
    if libsieve:
        ours = pace(bench, "--read", base)["megabytes_per_second"]
        bench.say(f"  libsieve in a loop, base scripts, files read, {libsieve:.0f} MB/s", f"{ours / libsieve:.1f} x")
    theirs = sievelib(base)
    if theirs:
        bench.say(f"  sievelib's parser in a loop, base scripts, in memory, {theirs:.1f} MB/s",
                  f"{pace(bench, base)['megabytes_per_second'] / theirs:.0f} x")
    else:
        bench.say("  sievelib's parser in a loop: not installed", "-")
    seconds = with_files["scripts"] / with_files["scripts_per_second"]
    bench.say("  the same with opening and reading the files", f"{seconds:.3f} s")
    if shutil.which("sievec"):
        copy = bench.root / "sieve-sievec"
        shutil.copytree(folder, copy)
        theirs = bench.processor_s("sievec", "-c", bench.dovecot_conf(), copy)
        bench.say(f"  sievec DIR, {theirs:.2f} s (at least 8 x)", f"{theirs / seconds:.1f} x", theirs >= 8 * seconds)
    theirs = check_sieve(bench, base)
    if theirs:
        ours = pace(bench, "--read", base)
        ours = ours["scripts"] / ours["scripts_per_second"]
        bench.say(f"  check-sieve FILES, base scripts, {theirs:.2f} s (at least 30 x)", f"{theirs / ours:.1f} x",
                  theirs >= 30 * ours)
    else:
        bench.say("  check-sieve: not installed (CHECK_SIEVE=PROGRAM)", "-")
    if shutil.which(CYRUS_SIEVEC):
        (bench.root / "imapd.conf").write_text(f"configdirectory: {bench.root}\n")
        names = sorted(base.iterdir())[:100]
        theirs = sum(bench.processor_s(CYRUS_SIEVEC, "-C", bench.root / "imapd.conf", name, bench.root / "out.bc")
                     for name in names) * with_files["scripts"] / len(names)
        bench.say(f"  Cyrus sievec, a process a script, {theirs:.0f} s (at least 1000 x)",
                  f"{theirs / seconds:.0f} x", theirs >= 1000 * seconds)


def bench_sieve(bench, small):
    bench_peers(bench)
    bench_sizes(bench, small)
    if not small:
        bench_shapes(bench)
