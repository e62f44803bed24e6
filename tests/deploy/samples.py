# SPDX-License-Identifier: LGPL-2.1-or-later
"""End to end: each sample is compiled and deployed to the real Dovecot, its messages are delivered to every mailbox
over LMTP, and what arrives at the sink and in the mailbox is what the policy says; what is sealed opens with the key."""

import datetime
import email
import email.header
import json
import re

from servers import certificate
from servers.deployment import ADMIN, PASSWORD
from servers.dovecot import Dovecot
from servers.sink import Sink

AT = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.timezone.utc)
SENDER = "buyer@customer.example"
SEAL = """#!/usr/bin/python3
import email, subprocess, sys
message = email.message_from_bytes(sys.stdin.buffer.read())
outer = [(name, value) for name, value in message.items() if not name.lower().startswith(("content-", "mime-"))]
for name, _ in outer:
    del message[name]
sealed = subprocess.run(["openssl", "smime", "-encrypt", "-aes256", "{certificate}"], input=message.as_bytes(),
                        capture_output=True, check=True).stdout
sys.stdout.buffer.write("".join(f"{{name}}: {{value}}\\n" for name, value in outer).encode() + sealed)
"""


def seals(t, scripts):
    """A folder with each program that the scripts name, all of them S/MIME for the test's certificate."""
    folder = t.context.folder()
    for name in set(re.findall(r'filter "([^"]+)"', scripts)):
        (folder / name).write_text(SEAL.format(certificate=certificate(t.context)[0]))
        (folder / name).chmod(0o755)
    return folder


def opened(t, data):
    files = certificate(t.context)
    output = t.command("openssl", "smime", "-decrypt", "-inkey", files[1], "-recip", files[0], stdin=data)
    t.status(0, output)
    return output.out


def body_of(data):
    return email.message_from_bytes(data).get_payload(decode=True).decode(errors="replace").split()[:5]


def subject_of(data):
    """As people read it, blanks as they come."""
    subject = email.message_from_bytes(data).get("Subject", "")
    return " ".join(str(email.header.make_header(email.header.decode_header(subject))).split())


def expected(t, policy, mailbox, message):
    score = email.message_from_bytes(message.read_bytes()).get("X-Spam-Score", "0")
    output = t.tamis("explain", policy, "--to", mailbox, "--from", SENDER, "--spam-score", score, "--at", AT.strftime("%Y-%m-%dT%H:%M:%SZ"),
                     "--format", "json", message)
    t.status(0, output)
    step = json.loads(output.out)["deliveries"][0]
    words = []
    for action in step["actions"]:
        if action["action"] == "forward":
            words.append(f"forward {action['to'].lower()}" + (" sealed" if action.get("encrypted") else ""))
        elif action["action"] == "keep":
            words.append(f"keep {action.get('folder') or 'INBOX'}")
        elif action["action"] == "reply":
            words.append(f"reply {action.get('subject') or 'Auto: ' + subject_of(message.read_bytes())}")
        elif action["action"] == "reject":
            words.append("reject")
    return sorted(words)


def arrived(t, server, sink, mailbox, data):
    """The words for what became of the message; what is sealed is opened."""
    code, text = server.deliver(SENDER, mailbox, data)
    words = ["reject"] if code == 550 else []
    if code not in (250, 550):
        t.fail(f"{mailbox}: {code} {text}")
    for envelope in sink.take():
        message = email.message_from_bytes(envelope.data)
        if envelope.sender == "" and "auto-replied" in message.get("Auto-Submitted", ""):
            t.equal([SENDER], envelope.recipients, "who is answered")
            is_report = message.get_content_type() == "multipart/report"  # over LMTP there is no other way to reject
            words.append("reject" if is_report else f"reply {subject_of(envelope.data)}")
            continue
        sealed = "pkcs7" in message.get_content_type()
        if sealed:
            t.equal(body_of(data), body_of(opened(t, envelope.data).encode()), "what was sealed")
        words.append(f"forward {envelope.recipients[0].lower()}" + (" sealed" if sealed else ""))
    return sorted(words + [f"keep {box}" for box, _ in server.take(mailbox)])


def sample(t, name):
    policy = t.root / "samples" / name / "policy.tamis"
    t.status(0, t.tamis("compile", policy, "-o", "out", "--as-of", "2026-11-23T00:00Z", "--quiet"))
    manifest = json.loads(t.read("out/manifest.json"))
    mailboxes = [each["mailbox"] for each in manifest["mailboxes"]]
    scripts = "".join(path.read_text() for path in (t.folder / "out").glob("*.sieve"))
    settings = dict(setting.split(" = ", 1) for setting in manifest["settings"])
    settings["sieve_filter_bin_dir"] = seals(t, scripts)
    messages = sorted((t.root / "samples" / name).glob("*.eml"))
    t.write("password", PASSWORD + "\n")
    with Sink() as sink, Dovecot(t.context, {mailbox: "x" for mailbox in mailboxes}, sink, clock=AT, settings=settings,
                                 masters={ADMIN: PASSWORD}, managesieve=True, tls=certificate(t.context)) as server:
        output = t.tamis("deploy", policy, "--to", f"managesieve://localhost:{server.managesieve_port}", "--login", ADMIN,
                         "--password-file", "password", "--ca-file", server.tls[0], "--journal", "journal", "--yes",
                         "--as-of", "2026-11-23T00:00Z", XDG_STATE_HOME=str(t.folder))
        t.status(0, output)
        for mailbox in mailboxes:
            for message in messages:
                data = message.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                said, done = expected(t, policy, mailbox, message), arrived(t, server, sink, mailbox, data)
                if said != done:
                    t.fail(f"{message.name} for {mailbox}: {said} is explained, {done} done\n{server.log()}")


def test_acme(t):
    sample(t, "acme")


def test_finance(t):
    sample(t, "finance")


def test_follow_the_sun(t):
    sample(t, "follow-the-sun")


def test_leaver(t):
    sample(t, "leaver")


def test_service_desk(t):
    sample(t, "service-desk")


def test_smart_routing(t):
    sample(t, "smart-routing")
