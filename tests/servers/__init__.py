# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real mail servers for tests, on loopback, each in a folder of its own: started, reached, stopped.

A clock that the test moves can stand over a server: what its processes take for the time."""

import contextlib
import datetime
import glob
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from kinds import Failure, Skip

START_S, STOP_S = 60, 20
PORTS_GIVEN, PORTS_LOCK = set(), threading.Lock()
UID = 5000  # who owns the mail where the tests run as root; no passwd entry is needed


def free_port():
    """A port that nobody listens on now, and that nobody is given for the other end of a connection: until the server
    has started, and while it starts anew, no client takes it away. Nor does another test."""
    given = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
    first_given = int(given.read_text().split()[0]) if given.exists() else 32768
    while True:
        port = random.SystemRandom().randrange(min(10000, first_given - 5000), first_given)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            with PORTS_LOCK:
                if port not in PORTS_GIVEN:
                    PORTS_GIVEN.add(port)
                    return port


def short_folder():
    """A new folder whose path leaves room for the names of sockets (108 bytes in all)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tms-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


def give(path, uid, gid):
    """Makes the path and all below it the user's, where the tests run as root."""
    if os.geteuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, uid, gid, follow_symlinks=False)


class Clock:
    """A clock that stands still until it is set. Set it forward only: servers stop when time goes back."""

    def __init__(self, folder):
        libraries = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        if not libraries:
            raise Skip("faketime is not installed")
        self.library = libraries[0]
        self.path = folder / "clock"
        self.instant = None

    def set(self, instant):
        """instant: an aware datetime."""
        assert self.instant is None or instant >= self.instant, "a server's clock is not set back"
        self.instant = instant
        text = instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        replacement = self.path.with_suffix(".new")
        replacement.write_text(text + "\n")
        replacement.replace(self.path)

    def environment(self):
        return {"LD_PRELOAD": self.library, "FAKETIME_TIMESTAMP_FILE": str(self.path), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}


class Server:
    """A program that serves until it is stopped; its subclasses say how it is configured and started.

    Use it as a context: `with Dovecot(context, …) as server:`. name and programs are the subclass's."""

    name = "server"
    package = ""
    programs = ()

    def __init__(self, context, clock=None):
        for program in self.programs:
            if not pathlib.Path(program).exists():
                raise Skip(f"{self.package} is not installed")
        self.context = context
        self.folder = short_folder()
        self.clock = None
        if clock is not None:
            self.clock = Clock(self.folder)
            self.clock.set(clock)
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self):
        """The words that start the server in the foreground."""
        raise NotImplementedError

    def ports(self):
        """Those that answer once it has started."""
        raise NotImplementedError

    def start(self):
        environment = self.context.environment(**(self.clock.environment() if self.clock else {}))
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen([str(word) for word in self.command()], env=environment, stdout=output,
                                            stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + START_S
        for port in self.ports():
            while not self.answers(port):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Failure(f"{self.name} does not start:\n{self.log()}")
                time.sleep(0.05)

    @staticmethod
    def answers(port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(1) != b""
        return False

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):  # what the server has left in its session
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        """What it has said, its last lines."""
        texts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*output")) +
                 sorted(self.folder.glob("*.log"))]
        return "\n".join("\n".join(text.splitlines()[-30:]) for text in texts)


def certificate(context):
    """(certificate, key): files of a certificate for localhost and 127.0.0.1 that signs itself; one a run."""
    def make():
        folder = context.folder()
        output = context.command([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "36500", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem",
            "-out", folder / "cert.pem"])
        if output.status != 0:
            raise Failure(f"openssl: {output.err}")
        (folder / "key.pem").chmod(0o644)  # a server that is not root reads it
        return folder / "cert.pem", folder / "key.pem"
    return context.once("certificate", make)
