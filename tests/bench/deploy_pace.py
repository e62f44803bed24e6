# SPDX-License-Identifier: LGPL-2.1-or-later
"""Uploads a second to a local Dovecot: tamis deploy against sieve-connect in a loop, and against a client that only
writes bytes and waits for OK; mailboxes that are unchanged, looked at and by the journal."""

import base64
import concurrent.futures
import pathlib
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import kinds  # noqa: E402
from servers import certificate  # noqa: E402
from servers.dovecot import Dovecot  # noqa: E402

ADMIN, PASSWORD = "tamis-admin", "masterpw"
MORE = "service managesieve {\n  process_limit = 300\n}\nmail_max_userip_connections = 1000\n"
POLICY = """organization {{ domains acme.example; timezone Europe/Berlin; }}
each row in csv "people.csv" {{
    mailbox row.address {{
        route orders when subject contains "{word}" {{ keep in "Orders"; final; }}
        route away starting 2026-12-24 until 2026-12-31 {{ reply "Back on 4 January."; }}
    }}
}}
"""


class Options:
    plain = fuzz = None
    bless, jobs = False, 2

    def __init__(self, build):
        self.build = build


class Bare:
    """What the server itself can do: no client does less than this for an upload."""

    def __init__(self, server, scripts):
        self.port, self.scripts = server.managesieve_port, scripts
        self.context = ssl.create_default_context(cafile=str(server.tls[0]))

    def upload(self, mailbox):
        script = self.scripts[mailbox]
        login = base64.b64encode(f"{mailbox}\0{ADMIN}\0{PASSWORD}".encode()).decode()
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.until_ok(plain)
            plain.sendall(b"STARTTLS\r\n")
            self.until_ok(plain)
            with self.context.wrap_socket(plain, server_hostname="localhost") as client:
                self.until_ok(client)
                for command in (f'AUTHENTICATE "PLAIN" "{login}"\r\n'.encode(),
                                b'PUTSCRIPT "bare" {%d+}\r\n' % len(script) + script + b"\r\n",
                                b'SETACTIVE "bare"\r\n', b"LOGOUT\r\n"):
                    client.sendall(command)
                    self.until_ok(client)

    @staticmethod
    def until_ok(client):
        data = b""
        while not data.startswith(b"OK") and b"\r\nOK" not in data or not data.endswith(b"\r\n"):
            part = client.recv(65536)
            if not part or data.startswith(b"NO"):
                raise kinds.Failure(f"the server says {data + part}")
            data += part

    def pace(self, mailboxes, jobs):
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(self.upload, mailboxes))
        return len(mailboxes) / (time.monotonic() - started)


class Deployment:
    """tamis deploy to the server, for mailboxes of a table."""

    def __init__(self, bench, context, server, mailboxes):
        self.bench, self.context, self.server, self.folder = bench, context, server, context.folder()
        self.write(mailboxes, "order")
        (self.folder / "password").write_text(PASSWORD + "\n")

    def write(self, mailboxes, word):
        (self.folder / "people.csv").write_text("address\n" + "".join(f"{mailbox}\n" for mailbox in mailboxes))
        (self.folder / "policy.tamis").write_text(POLICY.format(word=word))

    def seconds(self, jobs, *options):
        started = time.monotonic()
        done = subprocess.run(
            [self.bench.tamis, "deploy", "policy.tamis", "--to", f"managesieve://localhost:{self.server.managesieve_port}",
             "--login", ADMIN, "--password-file", "password", "--ca-file", self.server.tls[0], "--journal", "journal",
             "--yes", "--quiet", "--jobs", str(jobs), *options], cwd=self.folder, capture_output=True, check=False,
            env=self.context.environment(XDG_STATE_HOME=str(self.folder)))
        if done.returncode != 0:
            sys.exit(f"tamis deploy: {done.stdout.decode()[-1500:]}{done.stderr.decode()[-1500:]}")
        return time.monotonic() - started


def sieve_connect(server, mailboxes, folder):
    (folder / "bare.sieve").write_text("keep;\n")
    started = time.monotonic()
    for mailbox in mailboxes:
        for action in (["--upload", "--localsieve", "bare.sieve", "--remotesieve", "bare"],
                       ["--activate", "--remotesieve", "bare"]):
            with open(folder / "password") as password:
                subprocess.run(["sieve-connect", "-s", "localhost", "-p", str(server.managesieve_port), "-u", ADMIN, "-a",
                                mailbox, "-m", "PLAIN", "--passwordfd", "0", "--tlscafile", str(server.tls[0]), *action],
                               cwd=folder, stdin=password, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return len(mailboxes) / (time.monotonic() - started)


def bench_uploads(bench, context, server, mailboxes, rounds):
    deployment = Deployment(bench, context, server, mailboxes)
    bare = Bare(server, {mailbox: b"require \"fileinto\";\n" + b"# a line of a script\n" * 20 + b"keep;\n"
                         for mailbox in mailboxes})
    for jobs in (1, 8):
        ours, theirs = [], []
        for round in range(rounds):
            theirs.append(bare.pace(mailboxes, jobs))
            deployment.write(mailboxes, f"order{jobs}{round}")
            ours.append(len(mailboxes) / deployment.seconds(jobs, "--coexist", "replace"))
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        bench.say(f"uploads a second, {jobs} job{'s' if jobs > 1 else ''}", f"{ours:.0f}")
        bench.say("  a bare client that only writes bytes: pace of it (at least 0.9)", f"{ours / theirs:.2f} x",
                  ours / theirs >= 0.9)
    if shutil.which("sieve-connect"):
        slow = sieve_connect(server, mailboxes[:10], deployment.folder)
        bench.say("  sieve-connect in a loop (at least 25 x)", f"{ours / slow:.0f} x", ours / slow >= 25)
    return deployment


def bench_unchanged(bench, deployment, n):
    """Mailboxes that have it already: looked at one by one, or believed to be by the journal."""
    seconds = deployment.seconds(8) * 10000 / n
    bench.say(f"10000 unchanged mailboxes, from {n} (at most 60 s)", f"{seconds:.1f} s", seconds <= 60)
    seconds = deployment.seconds(8, "--trust-journal")
    bench.say(f"  {n} by the journal (at most 1 s)", f"{seconds:.2f} s", seconds <= 1)


def bench_deploy(bench, small):
    if not pathlib.Path("/usr/lib/dovecot/managesieve-login").exists():
        return
    n = 100 if small else 1000
    with kinds.Context(HERE.parent.parent, Options(bench.tamis.parent.parent)) as context:
        mailboxes = [f"user{number:05}@acme.example" for number in range(n)]
        with Dovecot(context, {mailbox: "x" for mailbox in mailboxes}, masters={ADMIN: PASSWORD}, managesieve=True,
                     tls=certificate(context), more=MORE) as server:
            deployment = bench_uploads(bench, context, server, mailboxes[:200], 3)
            deployment.write(mailboxes, "order")
            deployment.seconds(8, "--coexist", "replace")
            bench_unchanged(bench, deployment, n)
