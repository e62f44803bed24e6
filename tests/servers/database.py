# SPDX-License-Identifier: LGPL-2.1-or-later
"""Redis and PostgreSQL, each on loopback in a folder of its own."""

import atexit
import contextlib
import glob
import os
import pathlib
import pwd
import signal
import socket
import subprocess

from kinds import Failure, Skip
from servers import Server, free_port, give


class Redis(Server):
    """password: what clients have to say first, or None."""

    name, package, programs = "Redis", "redis-server", ("/usr/bin/redis-server",)

    def __init__(self, context, password=None):
        super().__init__(context)
        self.port, self.password = free_port(), password

    def command(self):
        return [*self.programs, "--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
                *(["--requirepass", self.password] if self.password else [])]

    def ports(self):
        return [self.port]

    @staticmethod
    def answers(port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(1) != b""
        return False

    def cli(self, *words):
        access = ["-a", self.password, "--no-auth-warning"] if self.password else []
        output = self.context.command(["redis-cli", "-p", self.port, *access, *words])
        if output.status != 0:
            raise Failure(output.err)
        return output.out.rstrip("\n")


class Postgres(Server):
    """A database `mail` with one user, `tamis`, who needs no password unless one is given."""

    name, package = "PostgreSQL", "postgresql"

    def __init__(self, context, password=None):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found:
            raise Skip("postgresql is not installed")
        self.bin = pathlib.Path(found[-1]).parent
        super().__init__(context)
        self.port, self.password = free_port(), password
        self.data = self.folder / "data"
        self.user = "postgres" if os.geteuid() == 0 else None

    def as_user(self, *words):
        return ["setpriv", f"--reuid={self.user}", f"--regid={pwd.getpwnam(self.user).pw_gid}", "--clear-groups",
                *words] if self.user else list(words)

    def start(self):
        self.data.mkdir()
        (self.folder / "pw").write_text((self.password or "x") + "\n")
        if self.user:
            record = pwd.getpwnam(self.user)
            give(self.folder, record.pw_uid, record.pw_gid)
        made = self.context.command(self.as_user(
            self.bin / "initdb", "-D", self.data, "-U", "tamis", "--no-sync", "-E", "UTF8", "--locale=C",
            f"--auth={'scram-sha-256' if self.password else 'trust'}", f"--pwfile={self.folder / 'pw'}"))
        if made.status != 0:
            raise Failure(f"initdb: {made.err}")
        super().start()
        self.sql("CREATE DATABASE mail", database="postgres")

    def command(self):
        return self.as_user(self.bin / "postgres", "-D", self.data, "-p", self.port, "-c", "listen_addresses=127.0.0.1",
                            "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)  # does not wait for its clients to go
            self.process.wait()
        super().stop()

    def ports(self):
        return [self.port]

    @staticmethod
    def answers(port):
        return subprocess.run(["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode == 0

    def sql(self, text, database="mail"):
        """Rows, their columns parted by |."""
        output = self.context.command(["psql", "-h", "127.0.0.1", "-p", self.port, "-U", "tamis", "-d", database, "-v",
                                       "ON_ERROR_STOP=1", "-qAtc", text], PGPASSWORD=self.password or "")
        if output.status != 0:
            raise Failure(f"{text}: {output.err}")
        return output.out.splitlines()

    def connect(self):
        """For a configuration of Dovecot's."""
        return f"host=127.0.0.1 port={self.port} dbname=mail user=tamis" + \
            (f" password={self.password}" if self.password else "")


def shared_postgres(context):
    """One for all of a run, for making it takes seconds; stopped when the run ends."""
    def make():
        server = Postgres(context)
        atexit.register(server.__exit__)
        return server.__enter__()
    return context.once("postgres", make)
