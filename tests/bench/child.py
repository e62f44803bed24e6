# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program that has to succeed, and says what it took.

Peak memory is handed on from who starts a program, and who measures may be large by then: so it is started by somebody
small, who does nothing else.
"""

import collections
import json
import os
import subprocess
import sys

LAUNCHER = """import json, os, sys, time
started = time.monotonic()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(process, 0)
took = [time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]
with open(int(sys.argv[1]), "w") as told:
    json.dump([*took, os.waitstatus_to_exitcode(status)], told)
"""

Usage = collections.namedtuple("Usage", "wall_s processor_s peak_bytes")


def run(*command):
    reader, writer = os.pipe()
    words = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(writer), *map(str, command)]
    with open(reader) as told:
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=[writer], check=False)
        os.close(writer)
        usage = json.load(told) if done.returncode == 0 else [None]
    if usage[-1] != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr.decode(errors='replace')[:2000]}")
    return Usage(*usage[:-1])
