# SPDX-License-Identifier: LGPL-2.1-or-later
"""Journals of runs that a crash cut short, wherever it was: the next run makes all right, and a rollback takes back all of it."""

import json
import shutil

from servers.deployment import Place
from servers.dovecot import Dovecot


class Homes(Place):
    """Mailboxes in folders, which can be put back as they were at any moment."""

    def __init__(self, t, names=("info", "sales", "sun")):
        super().__init__(t, names)
        self.homes = t.folder / "homes"
        self.url = f"directory:{self.homes}"

    def access(self):
        return ["--jobs", "1"]

    def active(self, mailbox):
        link = self.homes / mailbox / ".dovecot.sieve"
        return (link.resolve().stem, link.read_text()) if link.is_file() else (None, None)

    def run(self, folder):
        """Deploys, and gives the mailboxes' homes as they are then."""
        self.policy(folder=folder)
        self.t.status(0, self.deploy())
        return self.keep(folder)

    def keep(self, name):
        kept = self.t.folder / f"kept-{name}"
        shutil.rmtree(kept, ignore_errors=True)
        return shutil.copytree(self.homes, kept, symlinks=True)

    def put_back(self, kept, mailboxes=None):
        for mailbox in self.mailboxes if mailboxes is None else mailboxes:
            shutil.rmtree(self.homes / mailbox)
            shutil.copytree(kept / mailbox, self.homes / mailbox, symlinks=True)

    def are_running(self, folder):
        for mailbox in self.mailboxes:
            self.is_running(mailbox, folder)
            self.t.equal(1, len(list((self.homes / mailbox / "sieve").glob("*.sieve"))), "scripts of a mailbox")

    def cut_after(self, mailbox):
        """The run that wrote the journal's end got no farther than that mailbox's result."""
        lines = self.journal.read_bytes().splitlines(keepends=True)
        last = max(number for number, line in enumerate(lines)
                   if json.loads(line)["event"] == "result" and json.loads(line)["mailbox"] == mailbox)
        self.journal.write_bytes(b"".join(lines[:last + 1]))


def test_a_journal_that_is_cut_anywhere_is_gone_on_with(t):
    place = Homes(t, ("info",))
    one = place.run("One")
    first = place.journal.stat().st_size
    two = place.run("Two")
    whole = place.journal.read_bytes()
    end_of_change = whole.index(b"\n", whole.index(b'"event":"change"', first)) + 1
    for length in range(0, len(whole), 31):
        place.put_back(one if length < end_of_change else two)  # a change is written down before it is made
        place.journal.write_bytes(whole[:length])
        place.policy(folder="Two")
        t.status(0, place.deploy())
        place.are_running("Two")
        t.status(0, place.rollback())
        if length >= first:
            place.are_running("One")


def test_lines_that_stand_there_twice_change_nothing(t):
    place = Homes(t)
    place.run("One")
    place.run("Two")
    lines = place.journal.read_bytes().splitlines(keepends=True)
    place.journal.write_bytes(b"".join(line * 2 for line in lines))
    t.contains("3 unchanged", place.deploy().out)
    t.contains("3 updated", place.rollback().out)
    place.are_running("One")
    t.contains("3 removed", place.rollback().out)
    t.status(1, place.rollback())


def test_another_places_journal_is_another_history(t):
    place = Homes(t)
    place.run("One")
    place.homes, url = t.folder / "others", place.url
    place.url = f"directory:{place.homes}"
    place.policy(folder="Two", mailboxes=place.mailboxes[:1])
    output = place.deploy("--prune", "--prune-max", "100%")
    t.status(0, output)
    t.contains("1 mailbox: 1 created", output.out)
    t.contains("1 mailbox: 1 unchanged", place.deploy("--trust-journal").out)
    output = place.deploy("--dry-run", to=url)
    t.contains("2 mailboxes more that the policy no longer has", output.out)
    t.equal(["info"], [path.name.partition("@")[0] for path in place.homes.iterdir()])


def test_what_was_interrupted_and_gone_on_with_is_taken_back_as_one(t):
    place = Homes(t)
    one = place.run("One")
    place.run("Two")
    place.cut_after(place.mailboxes[0])
    place.put_back(one, place.mailboxes[1:])
    output = place.deploy()
    t.contains("was interrupted: this one goes on where it ended", output.err)
    t.contains("3 mailboxes: 1 unchanged, 2 updated", output.out)
    t.contains("3 mailboxes: 3 updated", place.rollback().out)
    place.are_running("One")
    t.contains("3 mailboxes: 3 removed", place.rollback().out)


def test_a_rollback_that_was_interrupted_is_done_to_its_end(t):
    place = Homes(t)
    place.run("One")
    two = place.run("Two")
    t.status(0, place.rollback())
    place.cut_after(place.mailboxes[0])
    place.put_back(two, place.mailboxes[1:])
    t.contains("3 mailboxes: 1 unchanged, 2 updated", place.rollback().out)
    place.are_running("One")
    t.contains("3 mailboxes: 3 removed", place.rollback().out)


def test_a_rollback_that_failed_somewhere_is_tried_again_there(t):
    place = Homes(t)
    place.run("One")
    place.run("Two")
    home = place.homes / place.mailboxes[1]
    home.rename(t.folder / "away")
    home.write_text("no folder\n")
    output = place.rollback()
    t.status(1, output)
    t.contains("3 mailboxes: 2 updated, 1 failed", output.out)
    home.unlink()
    (t.folder / "away").rename(home)
    t.contains("3 mailboxes: 2 unchanged, 1 updated", place.rollback().out)
    place.are_running("One")


def test_a_mailbox_that_is_no_more_holds_up_no_rollback(t):
    accounts = {f"{name}@d1.example": "x" for name in ("info", "sales")}
    with Dovecot(t.context, accounts) as server:
        place = Place(t, server=server)
        place.url = f"doveadm:;config={server.folder}/dovecot.conf"
        place.access = lambda: []
        for folder in ("One", "Two"):
            place.policy(folder=folder)
            t.status(0, place.deploy())
        server.forget("sales@d1.example")
        for done in ("updated", "removed"):
            output = place.rollback()
            t.status(1, output)
            t.contains(f"2 mailboxes: 1 {done}, 1 failed", output.out)
        t.equal((None, None), place.active(place.mailboxes[0]))
