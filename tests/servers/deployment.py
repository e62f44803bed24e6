# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of `tamis deploy` share: one Dovecot for all of a run, mailboxes of each test's own, and what is in them."""

import atexit
import contextlib
import itertools
import json

from servers import certificate
from servers.dovecot import Dovecot

ADMIN, PASSWORD = "tamis-admin", "Canary-7f3a-master"
NAMES = ("info", "sales", "one", "two", "three", "sun", *(f"m{n}" for n in range(6)))
N_DOMAINS = 300


def shared_accounts():
    """All that tests may want, known from the start: a server reads while one is added."""
    return {f"{name}@d{n}.example": f"pw-{name}" for n in range(1, N_DOMAINS + 1) for name in NAMES}


def shared_dovecot(context):
    """Dovecot with TLS, ManageSieve and LMTP, whoever asks first starts it; stopped when the run ends."""
    def make():
        server = Dovecot(context, shared_accounts(), masters={ADMIN: PASSWORD}, managesieve=True, tls=certificate(context),
                         more="service managesieve {\n  process_limit = 200\n}\nmail_max_userip_connections = 100\n")
        atexit.register(server.__exit__)
        server.__enter__()
        return server
    return context.once("deploy-dovecot", make)


class Place:
    """One test's mailboxes at a server, and Tamis's verbs with all options that it takes to get there."""

    kind = "dovecot-2.3"  # for whom the policy is compiled

    def __init__(self, t, names=("info", "sales"), server=None):
        self.t = t
        self.server = server or shared_dovecot(t.context)
        if not hasattr(self.server, "domains"):
            self.server.domains = itertools.count(1)
        self.domain = f"d{next(self.server.domains)}.example"
        self.mailboxes = [f"{name}@{self.domain}" for name in names]
        assert all(mailbox in self.server.accounts for mailbox in self.mailboxes), "names that no server here knows"
        self.url = f"managesieve://localhost:{self.server.managesieve_port}"
        self.ca = self.server.tls[0] if self.server.tls else None
        t.write("password", PASSWORD + "\n")
        self.journal = t.folder / "journal.jsonl"

    def policy(self, name="policy.tamis", folder="Orders", mailboxes=None):
        """A policy that files what is about orders into a folder: a change of its name is a change of all scripts."""
        text = f"organization {{ domains {self.domain}; timezone Europe/Berlin; }}\n"
        for mailbox in self.mailboxes if mailboxes is None else mailboxes:
            text += f'mailbox {mailbox} {{\n    route orders when subject contains "order" ' \
                    f'{{ keep in "{folder}"; final; }}\n}}\n'
        return self.t.write(name, text)

    def access(self):
        return ["--login", ADMIN, "--password-file", "password", "--ca-file", self.ca]

    def environment(self, how):
        return {"XDG_STATE_HOME": str(self.t.folder / "state"), "timeout": 60, **how}

    def deploy(self, *options, what="policy.tamis", to=None, access=None, yes=True, **how):
        words = ["deploy", what, "--to", to or self.url, *(self.access() if access is None else access),
                 "--journal", self.journal, *(["--yes"] if yes else []), "--as-of", "2026-11-23T00:00Z",
                 *([] if "--server" in options else ["--server", self.kind]), *options]
        return self.t.tamis(*words, **self.environment(how))

    def status(self, *options, what="policy.tamis", to=None, **how):
        return self.t.tamis("status", "--to", to or self.url, *self.access(), "--as-of", "2026-11-23T00:00Z",
                            "--server", self.kind, what, *options,
                            **self.environment(how))

    def rollback(self, *options, **how):
        return self.t.tamis("rollback", "--journal", self.journal, *self.access(), "--yes", *options,
                            **self.environment(how))

    def stored(self, mailbox):
        """{name: text} of the scripts that the mailbox has at the server."""
        folder = self.server.home(mailbox) / "sieve"
        return {path.stem: path.read_text() for path in folder.glob("*.sieve")} if folder.is_dir() else {}

    def active(self, mailbox):
        """(name, text) of the one that runs, (None, None) where none does."""
        link = self.server.home(mailbox) / ".dovecot.sieve"
        with contextlib.suppress(OSError):
            return link.resolve(strict=True).stem, link.read_text()
        return None, None

    def put(self, mailbox, name, text):
        """A script of the user's own, active, as a mail program stores it."""
        path = self.t.write("own.sieve", text)
        output = self.t.context.command(["doveadm", "-c", self.server.folder / "dovecot.conf", "sieve", "put", "-a",
                                         "-u", mailbox, name], stdin=path.read_bytes())
        self.t.status(0, output)

    def edit(self, mailbox, text):
        """Someone changes the active script by hand."""
        link = self.server.home(mailbox) / ".dovecot.sieve"
        link.resolve().write_text(text)

    def records(self):
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def is_running(self, mailbox, folder):
        """Fails unless the script that runs is that of policy(folder=…)."""
        _, text = self.active(mailbox)
        if text is None:
            self.t.fail(f"{mailbox} has no active script; stored are {sorted(self.stored(mailbox))}")
        self.t.contains(f'fileinto :create "{folder}"', text, f"the script of {mailbox}")


def lines_of(output, word):
    return [line for line in output.out.splitlines() if line.startswith(word)]
