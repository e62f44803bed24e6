# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot Pigeonhole: its compiler's opinion of a script, and a real execution of one, at any instant.

Runs as root (the engine then acts as a user without a passwd entry) and as anyone else. The server's own clock is
in a zone that no policy uses, so that a script which trusts it is found out.
"""

import dataclasses
import datetime
import glob
import os
import pathlib
import re
import shutil

from engines.message import copy_word, headers_of
from kinds import Failure, Skip

UID = 5000
SERVER_ZONE = "IST-5:30"
SERVER_OFFSET = datetime.timedelta(hours=5, minutes=30)
GRADES = {"sieve_spamtest_status_type": "score", "sieve_spamtest_status_header": "X-Spam-Score", "sieve_spamtest_max_value": 10,
          "sieve_virustest_status_type": "text", "sieve_virustest_status_header": "X-Virus-Score",
          **{f"sieve_virustest_text_value{n}": n for n in range(1, 6)}}
FILTERS = pathlib.Path(__file__).parent / "filters"
CONFIGURATION = """\
ssl = no
mail_location = maildir:{folder}/mail:LAYOUT=fs
postmaster_address = postmaster@acme.example
import_environment = TZ HOME LD_PRELOAD FAKETIME FAKETIME_DONT_FAKE_MONOTONIC DONT_FAKE_MONOTONIC
{user}
plugin {{
  sieve = file:{folder}/sieve;active={folder}/active.sieve
  sieve_global = {folder}/global
  sieve_plugins = sieve_extprograms
  sieve_extensions = +editheader +spamtest +spamtestplus +virustest +vnd.dovecot.filter
  sieve_filter_bin_dir = {filters}
  {settings}
}}
"""


@dataclasses.dataclass
class Outcome:
    """words: what became of the message, sorted; replies: the texts that were sent back."""
    words: list
    replies: list
    errors: str


def world(context, settings):
    """A folder that the engine's user owns, with a configuration of its own."""
    if not shutil.which("sieve-test"):
        raise Skip("dovecot-sieve is not installed")
    filters = context.once("filters", lambda: shared_filters(context))
    folder = context.folder()
    user = f"mail_uid = {UID}\nmail_gid = {UID}\nmail_home = {folder}" if os.geteuid() == 0 else ""
    lines = "\n  ".join(f"{name} = {value}" for name, value in {**GRADES, **settings}.items())
    (folder / "dovecot.conf").write_text(CONFIGURATION.format(folder=folder, user=user, filters=filters, settings=lines))
    if os.geteuid() == 0:
        os.chown(folder, UID, UID)
    return folder


def shared_filters(context):
    folder = context.folder()
    for program in FILTERS.iterdir():
        shutil.copy(program, folder)
        (folder / program.name).chmod(0o755)
    return folder


def compile_in(context, folder, script):
    copy = folder / "script.sieve"
    copy.write_bytes(script.read_bytes())
    return context.command(["sievec", "-c", folder / "dovecot.conf", copy, folder / "script.svbin"],
                           USER="tamis", HOME=str(folder))


def complaints(context, script, settings=None):
    """What sievec says of the script: nothing, when all is well."""
    output = compile_in(context, world(context, settings or {}), script)
    said = (output.out + output.err).strip()
    return said if said or output.status == 0 else f"status {output.status}"


def dump(context, script):
    """sieve-dump's text of the compiled script: what the engine has understood."""
    folder = world(context, {})
    compiled = compile_in(context, folder, script)
    if compiled.status != 0:
        raise Failure(f"sievec: {compiled.err}")
    output = context.command(["sieve-dump", "-c", folder / "dovecot.conf", folder / "script.svbin"],
                             USER="tamis", HOME=str(folder))
    if output.status != 0:
        raise Failure(f"sieve-dump: {output.err}")
    return output.out


def stopped_clock(instant):
    """The environment of a process whose clock stands at the instant."""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not libraries:
        raise Skip("faketime is not installed")
    return {"LD_PRELOAD": libraries[0], "FAKETIME": (instant + SERVER_OFFSET).strftime("%Y-%m-%d %H:%M:%S"),
            "TZ": SERVER_ZONE, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def make_folders(mail, names):
    for box in ("", *names):
        for part in ("new", "cur", "tmp"):
            (mail / box / part).mkdir(parents=True)
    if os.geteuid() == 0:
        for path in (mail, *mail.rglob("*")):
            os.chown(path, UID, UID)


def execute(context, script, delivery, settings=None, folders=()):
    """Delivers the message through the script for good: what is sent and stored is read back. folders: that
    exist before."""
    folder = world(context, settings or {})
    make_folders(folder / "mail", folders)
    (folder / "script.sieve").write_bytes(script.read_bytes())
    (folder / "message.eml").write_bytes(delivery.text())
    for name in ("script.sieve", "message.eml"):
        (folder / name).chmod(0o644)
    output = context.command(
        ["sieve-test", "-e", "-C", "-c", folder / "dovecot.conf",
         "-f", delivery.arrived_from(), "-a", delivery.arrived_to(),
         "-r", delivery.final_recipient(), folder / "script.sieve", folder / "message.eml"],
        USER="tamis", HOME=str(folder), **stopped_clock(delivery.instant()))
    return outcome_of(output, delivery, folder / "mail")


def outcome_of(output, delivery, mail):
    words, replies = [], []
    for recipient, data in sent_messages(output.out):
        headers = {name.lower(): value for name, value in headers_of(data)}
        submitted = headers.get("auto-submitted", "") if "x-sieve-redirected-from" not in headers else ""
        if "(rejected)" in submitted:
            words.append(f"reject: {rejection_reason(data)}")
        elif "(vacation)" in submitted:
            words.append(f"reply: {headers['subject']}")
            replies.append(data.partition(b"\n\n")[2].decode())
        else:
            words.append(copy_word(f"forward {recipient.lower()}", delivery, data))
    words += [copy_word("keep" if box == "INBOX" else f"keep in {box}", delivery, data)
              for box, data in stored_messages(mail)]
    if output.status != 0 or "final result: success" not in output.err:
        words.append("FAILED RUN")
    return Outcome(sorted(words or ["discard"]), replies, output.err)


def sent_messages(text):
    """[(recipient, bytes)]: sieve-test prints the messages, then who they went to, in the same order."""
    text = text.replace("\r\n", "\n")
    recipients = re.findall(r"^RECIPIENT: (.*)$", text, re.MULTILINE)
    text = re.split(r"\n*^RECIPIENT: ", text, maxsplit=1, flags=re.MULTILINE)[0]
    messages = re.split(r"^(?=X-Sieve: Pigeonhole Sieve )", text, flags=re.MULTILINE)[1:]
    if len(messages) != len(recipients):
        raise Failure(f"{len(messages)} messages for {len(recipients)} recipients:\n{text}")
    return [(recipient, message.encode()) for recipient, message in zip(recipients, messages)]


def stored_messages(mail):
    """[(folder's name, bytes)] of folders within folders."""
    found = []
    for path in sorted(mail.glob("**/new/*")) + sorted(mail.glob("**/cur/*")):
        box = path.parent.parent.relative_to(mail).as_posix()
        found.append(("INBOX" if box == "." else decode_mutf7(box), path.read_bytes()))
    return found


def decode_mutf7(name):
    """IMAP's modified UTF-7, in which a Maildir folder's name is written."""
    def decode(match):
        return ("+" + match.group(1).replace(",", "/") + "-").encode().decode("utf-7") if match.group(1) else "&"
    return re.sub(r"&([^-]*)-", decode, name)


def rejection_reason(data):
    first = data.split(b"was automatically rejected:", 1)[1]
    return re.split(rb"\r?\n--[^\n]*\r?\n", first, maxsplit=1)[0].strip().decode().replace("\r\n", "\n")
