# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis deploy where there is no room: a disk that is full, the server's quota, a folder that nobody may write. What ran
goes on running, what is said names the fault, and once there is room the next run does the rest."""

import contextlib
import os
import subprocess

from servers import UID, certificate, give
from servers.deployment import ADMIN, PASSWORD, Place
from servers.dovecot import Dovecot


@contextlib.contextmanager
def small_disk(t, folder):
    """What the folder has moves to a disk of its own with hardly any room."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=64k,mode=755,uid={UID},gid={UID}", "tmpfs", folder],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        t.skip(f"no file system can be mounted here: {mounted.stderr.strip()}", missing=False)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder):
    """To the last byte."""
    with contextlib.suppress(OSError), open(folder / "filler", "wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


def test_a_full_disk_of_the_server_keeps_what_it_has(t):
    place = Place(t, ("info", "sales"))
    mailbox = place.mailboxes[0]
    home = place.server.home(mailbox)
    with small_disk(t, home):
        place.policy(folder="Old")
        t.status(0, place.deploy())
        fill(home)
        place.policy(folder="New")
        output = place.deploy()
        t.status(1, output)
        t.contains(f"failed    {mailbox}: cannot store the script", output.out)
        place.is_running(mailbox, "Old")
        place.is_running(place.mailboxes[1], "New")
        (home / "filler").unlink()
        t.contains("2 mailboxes: 1 unchanged, 1 updated", place.deploy().out)
        place.is_running(mailbox, "New")
        t.equal(1, len(place.stored(mailbox)), "scripts")


def test_a_full_disk_here_keeps_what_it_has(t):
    place = Place(t, ("info",))
    homes = t.folder / "homes"
    homes.mkdir()
    active = homes / place.mailboxes[0] / ".dovecot.sieve"
    with small_disk(t, homes):
        place.policy(folder="Old")
        to = f"directory:{homes}"
        t.status(0, place.deploy(to=to, access=[]))
        fill(homes)
        place.policy(folder="New")
        output = place.deploy(to=to, access=[])
        t.status(1, output)
        t.contains("No space left on device", output.out)
        t.contains('"Old"', active.read_text())
        t.equal(1, len(list((active.parent / "sieve").iterdir())), "files")
        (homes / "filler").unlink()
        t.status(0, place.deploy(to=to, access=[]))
        t.contains('"New"', active.read_text())
        t.equal(1, len(list((active.parent / "sieve").iterdir())), "files")


def test_the_servers_quota_is_told(t):
    limits = {"sieve_quota_max_scripts": "1", "sieve_max_script_size": "4k"}
    with Dovecot(t.context, {f"{name}@d1.example": "x" for name in ("info", "sales")}, masters={ADMIN: PASSWORD},
                 managesieve=True, tls=certificate(t.context), settings=limits) as server:
        place = Place(t, server=server)
        place.policy(folder="Old", mailboxes=place.mailboxes[:1])
        t.status(0, place.deploy())
        place.policy(folder="New", mailboxes=place.mailboxes[:1])
        output = place.deploy()
        t.status(1, output)
        t.contains(f"failed    {place.mailboxes[0]}: cannot store the script", output.out)
        t.contains("(QUOTA/MAXSCRIPTS)", output.out)
        place.is_running(place.mailboxes[0], "Old")
        text = place.policy(folder="N" * 100, mailboxes=place.mailboxes[1:]).read_text()
        t.write("policy.tamis", text.replace('"order"', f'"{"N" * 5000}"'))
        output = place.deploy()
        t.status(1, output)
        t.contains("(QUOTA/MAXSIZE)", output.out)
        t.equal((None, None), place.active(place.mailboxes[1]))


def test_a_mailbox_without_room_keeps_what_it_has(t):
    place = Place(t, ("info", "sales"))
    mailbox = place.mailboxes[0]
    place.policy(folder="Old")
    t.status(0, place.deploy())
    folder = place.server.home(mailbox) / "sieve"
    if os.geteuid() == 0:
        os.chown(folder, 0, 0)
    folder.chmod(0o555)
    place.policy(folder="New")
    output = place.deploy()
    t.status(1, output)
    t.contains(f"failed    {mailbox}: cannot store the script", output.out)
    place.is_running(mailbox, "Old")
    place.is_running(place.mailboxes[1], "New")
    folder.chmod(0o755)
    give(folder, UID, UID)
    t.contains("1 unchanged, 1 updated", place.deploy().out)


def test_a_file_system_without_room_keeps_what_it_has(t):
    place = Place(t, ("info",))
    homes = t.folder / "homes"
    words = [t.context.binary, "deploy", "policy.tamis", "--to", f"directory:{homes}", "--journal", place.journal, "--yes"]
    place.policy(folder="Old")
    t.status(0, t.command(*words, **place.environment({})))
    with open(t.folder / "policy.tamis", "a") as policy:
        policy.write(f'mailbox long@{place.domain} {{ route away {{ reply "{"N" * 3000}"; }} }}\n')
    with open(t.folder / "policy.tamis") as policy:
        text = policy.read()
    t.write("policy.tamis", text.replace('subject contains "order"', f'subject contains "{"N" * 3000}"'))
    limited = " ".join(["trap '' XFSZ; ulimit -f 2; export PATH=/nowhere; exec", *map(str, words), "--no-diff"])
    output = t.command("bash", "-c", limited.replace(str(place.journal), "/dev/null"), **place.environment({}))
    t.status(1, output)
    t.contains("File too large", output.out)
    mailbox = homes / place.mailboxes[0]
    t.lacks("NNNN", (mailbox / ".dovecot.sieve").read_text())
    t.equal(1, len(list((mailbox / "sieve").iterdir())), "files")


def test_a_full_disk_of_the_journal_stops_the_run(t):
    """What cannot be written down is not done; with room again the next run does it, and nothing twice."""
    place = Place(t, [f"m{n}" for n in range(6)])
    homes = f"directory:{t.folder}/homes"
    folder = t.folder / "journal"
    folder.mkdir()
    with small_disk(t, folder):
        place.journal = folder / "journal.jsonl"
        (folder / "filler").write_bytes(b"x" * 60000)  # there is room for one page
        for number in range(20):  # a few runs fill it
            place.policy(folder=f"R{number}")
            output = place.deploy("--jobs", "1", to=homes, access=[])
            if output.status != 0:
                break
        t.contains("cannot write the journal", output.out + output.err)
        (folder / "filler").unlink()
        place.policy(folder="Two")
        t.status(0, place.deploy("--jobs", "1", to=homes, access=[]))
        for mailbox in place.mailboxes:
            t.contains('"Two"', (t.folder / "homes" / mailbox / ".dovecot.sieve").read_text())
        t.contains("6 unchanged", place.deploy("--dry-run", to=homes, access=[]).out)
        for line in place.journal.read_bytes().splitlines():
            if not line.endswith(b"}"):
                t.equal(b'{"version":'[:len(line)], line[:11], "a line that was cut short, which stands by itself,")
