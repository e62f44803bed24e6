# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many mailboxes while everything breaks: the server's processes are killed, the server restarts, tamis itself is
killed. In between every mailbox has a script that runs; in the end each has the right one, and nothing was done twice.

TAMIS_MAILBOXES says how many there are (default 500)."""

import os
import pathlib
import random
import signal
import subprocess
import threading
import time

from servers import certificate
from servers.deployment import ADMIN, PASSWORD, Place
from servers.dovecot import Dovecot
from servers.proxy import Proxy

MAILBOXES = int(os.environ.get("TAMIS_MAILBOXES", "500"))
PATIENCE_S = 240  # the server comes back when the machine has time for it

FAST = """mail_max_userip_connections = 600
service managesieve-login {
  service_count = 0
}
service managesieve {
  process_limit = 600
  service_count = 1000
}
"""


def processes_of(server, name):
    """Those of the server's own session that are called so."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            before, _, after = stat.read_text().rpartition(")")
        except OSError:
            continue
        if before.endswith(f"({name}") and int(after.split()[3]) == server.process.pid:
            found.append(int(stat.parent.name))
    return found


class Chaos(threading.Thread):
    """Kills a session of the server now and then, and restarts it once, until it is told to end."""

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.server, self.random, self.ended, self.n_killed = server, random.Random(seed), threading.Event(), 0

    def run(self):
        restart_at = time.monotonic() + 2
        while not self.ended.wait(self.random.uniform(0.05, 0.2)):
            for pid in processes_of(self.server, "managesieve")[:1]:
                try:
                    os.kill(pid, signal.SIGKILL)
                    self.n_killed += 1
                except ProcessLookupError:
                    pass
            if restart_at and time.monotonic() > restart_at:
                restart_at = None
                self.server.restart()


def words_of(place):
    return [str(word) for word in (
        place.t.context.binary, "deploy", "policy.tamis", "--to", place.url, *place.access(), "--journal", place.journal,
        "--yes", "--jobs", "8", "--no-diff", "--quiet", "--as-of", "2026-11-23T00:00Z")]


def start(place):
    return subprocess.Popen(words_of(place), cwd=place.t.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=place.t.context.environment(XDG_STATE_HOME=str(place.t.folder / "state")))


def through_faults(t, place, server, old, new):
    """Runs until one ends well. old: the folder of the script that ran before, or None."""
    chaos = Chaos(server, 7)
    chaos.start()
    for patience in (0.7, 1.5, 2.5):
        run = start(place)
        try:
            run.wait(patience)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
        for mailbox in place.mailboxes:
            text = place.active(mailbox)[1]
            if text is None and old is not None or text is not None and f'"{new}"' not in text and f'"{old}"' not in text:
                t.fail(f"{mailbox} runs {text!r}")
    chaos.ended.set()
    chaos.join(60)
    return chaos.n_killed


def test_faults_at_random_end_with_every_mailbox_right(t):
    names = [f"m{n}" for n in range(MAILBOXES)]
    with Dovecot(t.context, {f"{name}@d1.example": "x" for name in names}, masters={ADMIN: PASSWORD}, managesieve=True,
                 tls=certificate(t.context), more=FAST) as server:
        place = Place(t, names, server)
        place.policy(folder="One")
        killed = through_faults(t, place, server, None, "One")
        t.status(0, place.deploy("--jobs", "8", timeout=PATIENCE_S))
        place.policy(folder="Two")
        killed += through_faults(t, place, server, "One", "Two")
        t.status(0, place.deploy("--jobs", "8", "--no-diff", timeout=PATIENCE_S))
        if not killed:
            t.fail("no process of the server was ever killed")
        for mailbox in place.mailboxes:
            place.is_running(mailbox, "Two")
            t.equal(1, len(place.stored(mailbox)), f"scripts of {mailbox}")
        # Each was created once, whatever broke; and now there is nothing to do.
        results = [(record["mailbox"], record["result"], record.get("sha256")) for record in place.records()
                   if record["event"] == "result" and record["result"] in ("created", "updated")]
        t.equal(len(set(results)), len(results), "results")
        with Proxy(server.managesieve_port, without_tls=True) as proxy:
            output = place.deploy("--jobs", "8", to=f"managesieve://127.0.0.1:{proxy.port}",
                                  access=["--login", ADMIN, "--password-file", "password", "--insecure"])
            t.contains(f"{MAILBOXES} unchanged", output.out)
            t.equal(0, proxy.commands.count("PUTSCRIPT"), "scripts that were sent again")
