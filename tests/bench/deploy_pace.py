# SPDX-License-Identifier: LGPL-2.1-or-later
"""Uploads a second to a local Dovecot that is set up as docs/deploy.md says: tamis deploy against sieve-connect and
sievelib's client in a loop, and against a client that only writes the bytes of the same scripts and waits for OK;
mailboxes that are unchanged, looked at and by the journal."""

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
UPLOADS = 400  # a run: what each run takes once, its start and the system's authorities, is no part of the pace
SYSTEM_AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
MORE = "mail_max_userip_connections = 1000\n"
TUNED = MORE + """service managesieve-login {
  service_count = 0
  process_min_avail = 2
}
service managesieve {
  service_count = 1000
  process_min_avail = 8
}
"""
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
    """What the server itself can do: no client sends less than this for an upload.

    It does not look, ask for room, read back or tidy, which costs the server a tenth more; and each of its handshakes
    is a whole one, where Tamis takes up a session that the server's process knows (half of them, with two processes)."""

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
    """tamis deploy to the server, for mailboxes of a table. Its authority is one of many, as on any machine."""

    def __init__(self, bench, context, server, mailboxes):
        self.bench, self.context, self.server, self.folder = bench, context, server, context.folder()
        self.write(mailboxes, "order")
        (self.folder / "password").write_text(PASSWORD + "\n")
        others = SYSTEM_AUTHORITIES.read_bytes() if SYSTEM_AUTHORITIES.exists() else b""
        (self.folder / "ca.pem").write_bytes(server.tls[0].read_bytes() + others)

    def write(self, mailboxes, word):
        (self.folder / "people.csv").write_text("address\n" + "".join(f"{mailbox}\n" for mailbox in mailboxes))
        (self.folder / "policy.tamis").write_text(POLICY.format(word=word))

    def run(self, *words):
        done = subprocess.run([self.bench.tamis, *words], cwd=self.folder, capture_output=True, check=False,
                              env=self.context.environment(XDG_STATE_HOME=str(self.folder)))
        if done.returncode != 0:
            sys.exit(f"tamis {words[0]}: {done.stdout.decode()[-1500:]}{done.stderr.decode()[-1500:]}")

    def seconds(self, jobs, *options):
        started = time.monotonic()
        self.run("deploy", "policy.tamis", "--to", f"managesieve://localhost:{self.server.managesieve_port}",
                 "--login", ADMIN, "--password-file", "password", "--ca-file", "ca.pem", "--journal", "journal",
                 "--yes", "--quiet", "--jobs", str(jobs), *options)
        return time.monotonic() - started

    def scripts(self, mailboxes):
        self.run("compile", "policy.tamis", "-o", "scripts", "--quiet")
        return {mailbox: (self.folder / "scripts" / f"{mailbox}.sieve").read_bytes() for mailbox in mailboxes}

    def fill(self):
        """All mailboxes have their script, without a word to the server."""
        self.run("deploy", "policy.tamis", "--to", f"directory:{self.server.folder}/home/%u", "--journal", "filled",
                 "--yes", "--quiet", "--no-diff")


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


SIEVELIB = """import sys, time, warnings
warnings.simplefilter("ignore")
from sievelib.managesieve import Client
port, login, password, *mailboxes = sys.argv[1:]
started = time.monotonic()
for mailbox in mailboxes:
    client = Client("localhost", int(port))
    assert client.connect(login, password, authz_id=mailbox.encode(), starttls=True, authmech="PLAIN")
    assert client.putscript("bare", "keep;\\n") and client.setactive("bare")
    client.logout()
print(len(mailboxes) / (time.monotonic() - started))
"""


def sievelib(server, mailboxes):
    """Debian's package is for Debian's Python."""
    done = subprocess.run(["/usr/bin/python3", "-c", SIEVELIB, str(server.managesieve_port), ADMIN, PASSWORD, *mailboxes],
                          capture_output=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def bench_bare(bench, deployment, bare, mailboxes, others, jobs, rounds):
    """In turns, for a machine has better and worse minutes: each pair is compared by itself. Each client has mailboxes
    of its own, or the one would find the other's scripts."""
    ours, ratios = [], []
    for round in range(rounds):
        deployment.write(mailboxes, f"order{jobs}{round}")
        seconds = deployment.seconds(jobs)
        deployment.write(others, f"bare{jobs}{round}")
        bare.scripts = deployment.scripts(others)
        ours.append(len(mailboxes) / seconds)
        ratios.append(ours[-1] / bare.pace(others, jobs))
    bench.say(f"uploads a second, {jobs} job{'s' if jobs > 1 else ''}", f"{statistics.median(ours):.0f}")
    ratio = statistics.median(ratios)
    bench.say("  a bare client that only writes bytes: pace of it (at least 0.9)", f"{ratio:.2f} x", ratio >= 0.9)
    return statistics.median(ours)


def bench_uploads(bench, deployment, mailboxes, others, rounds):
    server = deployment.server
    bare = Bare(server, {})
    deployment.seconds(8)
    alone = bench_bare(bench, deployment, bare, mailboxes, others, 1, rounds)
    ours = bench_bare(bench, deployment, bare, mailboxes, others, 8, rounds)
    if shutil.which("sieve-connect"):
        slow = sieve_connect(server, others[:10], deployment.folder)
        bench.say("  sieve-connect in a loop (at least 25 x)", f"{ours / slow:.0f} x", ours / slow >= 25)
    theirs = sievelib(server, others[:200])
    if theirs is None:
        bench.say("  sievelib's client in a loop: not installed", "-")
    else:
        bench.say("  sievelib's client in a loop, 1 and 8 jobs", f"{alone / theirs:.1f} x, {ours / theirs:.1f} x")


def bench_unchanged(bench, deployment, n):
    """Mailboxes that have it already: looked at one by one, or believed to be by the journal."""
    seconds = deployment.seconds(8) * 10000 / n
    bench.say(f"10000 unchanged mailboxes, from {n} (at most 60 s)", f"{seconds:.1f} s", seconds <= 60)
    seconds = deployment.seconds(8, "--trust-journal")
    bench.say(f"  {n} by the journal (at most 1 s)", f"{seconds:.2f} s", seconds <= 1)


def dovecot(context, mailboxes, more):
    return Dovecot(context, {mailbox: "x" for mailbox in mailboxes}, masters={ADMIN: PASSWORD}, managesieve=True,
                   tls=certificate(context), more=more)


def bench_deploy(bench, small):
    if not pathlib.Path("/usr/lib/dovecot/managesieve-login").exists():
        return
    with kinds.Context(HERE.parent.parent, Options(bench.tamis.parent.parent)) as context:
        mailboxes = [f"user{number:05}@acme.example" for number in range(1000 if small else 10000)]
        others = [f"bare{number:05}@acme.example" for number in range(UPLOADS)]
        with dovecot(context, mailboxes + others, TUNED) as server:
            deployment = Deployment(bench, context, server, mailboxes[:UPLOADS])
            bench_uploads(bench, deployment, mailboxes[:UPLOADS], others, 7)
            deployment.write(mailboxes, "order")
            deployment.fill()
            bench_unchanged(bench, deployment, len(mailboxes))
        with dovecot(context, mailboxes[:200], MORE) as server:
            deployment = Deployment(bench, context, server, mailboxes[:200])
            deployment.fill()
            bench.say("  from 200, with service_count as Dovecot has it by itself",
                      f"{deployment.seconds(8) * 10000 / 200:.0f} s")
