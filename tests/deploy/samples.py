# SPDX-License-Identifier: LGPL-2.1-or-later
"""End to end: each sample is compiled and deployed to the real Dovecot, and to the real Cyrus where it has a policy for
that; its messages are delivered to every mailbox over LMTP, and what arrives at the sink and in the mailbox is what the policy says; what is sealed opens with the key."""

import datetime
import email
import email.header
import email.policy
import json
import pathlib
import re

from servers import certificate
from servers.cyrus import ADMINISTRATOR, Cyrus
from servers.deployment import ADMIN, PASSWORD
from servers.dovecot import Dovecot
from servers.sink import Sink

AT = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.timezone.utc)
AFTER_THE_LAST_DAY = datetime.datetime(2026, 12, 15, 10, 0, tzinfo=datetime.timezone.utc)
LONG_AFTER = datetime.datetime(2027, 6, 15, 10, 0, tzinfo=datetime.timezone.utc)
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
    """All of it, line ends as they come."""
    return email.message_from_bytes(data).get_payload(decode=True).decode(errors="replace").splitlines()


def subject_of(data):
    """As people read it, blanks as they come."""
    subject = email.message_from_bytes(data).get("Subject", "")
    return " ".join(str(email.header.make_header(email.header.decode_header(subject))).split())


def addressed_to(mailbox, data):
    """The message, to this mailbox by name: else nobody gets a reply."""
    head, blank, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    head = re.sub(rb"(?mi)^To:.*(\n[ \t].*)*", b"To: " + mailbox.encode(), head)
    return (head + blank + body).replace(b"\n", b"\r\n")


def expected(t, policy, kind, mailbox, sender, message, at):
    score = email.message_from_bytes(message.read_bytes()).get("X-Spam-Score", "0")
    output = t.tamis("explain", policy, "--server", kind, "--to", mailbox, "--from", sender, "--spam-score", score, "--at", at.strftime("%Y-%m-%dT%H:%M:%SZ"),
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


def arrived(t, server, sink, mailbox, sender, data):
    """The words for what became of the message; what is sealed is opened."""
    code, text = server.deliver(sender, mailbox, data)
    words = ["reject"] if code == 550 else []
    if code not in (250, 550):
        t.fail(f"{mailbox}: {code} {text}")
    for envelope in sink.take():
        message = email.message_from_bytes(envelope.data)
        if envelope.sender == "" and "auto-replied" in message.get("Auto-Submitted", ""):
            t.equal([sender], envelope.recipients, "who is answered")
            is_report = message.get_content_type() == "multipart/report"  # over LMTP there is no other way to reject
            words.append("reject" if is_report else f"reply {subject_of(envelope.data)}")
            continue
        sealed = "pkcs7" in message.get_content_type()
        asks = message.get("X-Encrypt") == "required" or envelope.recipients[0].endswith("@seal.acme.example")
        if sealed:
            t.equal(body_of(data), body_of(opened(t, envelope.data).encode()), "what was sealed")
        words.append(f"forward {envelope.recipients[0].lower()}" + (" sealed" if sealed or asks else ""))
    return sorted(words + [f"keep {box}" for box, _ in server.take(mailbox) if box != "#sieve"])


def deploy(t, policy, server, kind="dovecot-2.3"):
    t.status(0, t.tamis("deploy", policy, "--server", kind, "--to", f"managesieve://localhost:{server.managesieve_port}",
                        "--login", ADMINISTRATOR if kind == "cyrus-3.6" else ADMIN, "--password-file", "password",
                        "--ca-file", server.tls[0], "--journal", "journal", "--yes", "--as-of", "2026-11-23T00:00Z",
                        XDG_STATE_HOME=str(t.folder)))


def dovecot(t, manifest, sink, at):
    mailboxes = [each["mailbox"] for each in manifest["mailboxes"]]
    scripts = "".join(path.read_text() for path in (t.folder / "out").glob("*.sieve"))
    settings = dict(setting.split(" = ", 1) for setting in manifest["settings"])
    settings["sieve_filter_bin_dir"] = seals(t, scripts)
    return Dovecot(t.context, {mailbox: "x" for mailbox in mailboxes}, sink, clock=at, settings=settings,
                   masters={ADMIN: PASSWORD}, managesieve=True, tls=certificate(t.context))


def cyrus(t, manifest, sink, at):
    t.equal([], manifest["settings"], "settings that Cyrus needs")
    return Cyrus(t.context, {each["mailbox"]: "x" for each in manifest["mailboxes"]}, sink, clock=at, managesieve=True,
                 tls=certificate(t.context), admin_password=PASSWORD)


def sample(t, name, at=AT, file="policy.tamis", kind="dovecot-2.3", serve=dovecot):
    """What was seen to happen: forward, sealed, keep, reply, reject."""
    policy = t.root / "samples" / name / file
    t.status(0, t.tamis("compile", policy, "--server", kind, "-o", "out", "--as-of", "2026-11-23T00:00Z", "--quiet"))
    manifest = json.loads(t.read("out/manifest.json"))
    mailboxes = [each["mailbox"] for each in manifest["mailboxes"]]
    messages = sorted((t.root / "samples" / name).glob("*.eml"))
    t.write("password", PASSWORD + "\n")
    with Sink() as sink, serve(t, manifest, sink, at) as server:
        if serve is cyrus:
            server.make_inboxes()
        deploy(t, policy, server, kind)
        seen = set()
        for mailbox in mailboxes:
            for number, message in enumerate(messages):
                sender = f"buyer{number}@customer.example"  # who is answered once a week at most
                data = addressed_to(mailbox, message.read_bytes())
                message = t.write(message.name, data)
                said = expected(t, policy, kind, mailbox, sender, message, at)
                done = arrived(t, server, sink, mailbox, sender, data)
                if said != done:
                    t.fail(f"{message.name} for {mailbox}: {said} is explained, {done} done\n{server.log()}")
                seen |= {"sealed" if word.endswith(" sealed") else word.split()[0] for word in done}
    return seen


def sees(t, words, *how):
    t.equal(words, sample(t, *how), "what was seen")


def test_acme(t):
    sees(t, {"forward", "keep", "reject"}, "acme")


def test_acme_when_someone_has_left(t):
    sees(t, {"forward", "keep", "reject", "reply"}, "acme", AFTER_THE_LAST_DAY)


def test_finance(t):
    sees(t, {"forward", "keep", "sealed"}, "finance")


def test_follow_the_sun(t):
    sees(t, {"forward", "keep"}, "follow-the-sun")


def test_leaver(t):
    sees(t, {"forward", "keep", "reply"}, "leaver")


def test_leaver_when_all_is_over(t):
    sees(t, {"keep", "reject"}, "leaver", LONG_AFTER)


def test_service_desk(t):
    sees(t, {"forward", "keep", "reply"}, "service-desk")


def test_smart_routing(t):
    sees(t, {"forward", "keep"}, "smart-routing")


def on_cyrus(t, words, name):
    t.equal(words, sample(t, name, AT, "cyrus.tamis", "cyrus-3.6", cyrus), "what was seen")


def test_acme_on_cyrus(t):
    on_cyrus(t, {"forward", "keep", "reject"}, "acme")


def test_finance_on_cyrus(t):
    on_cyrus(t, {"keep", "sealed"}, "finance")


def test_service_desk_on_cyrus(t):
    on_cyrus(t, {"forward", "keep"}, "service-desk")


def test_every_sample_is_here(t):
    """A new sample that nobody delivers is told."""
    text = pathlib.Path(__file__).read_text()
    for path in sorted((t.root / "samples").glob("*/*.tamis")):
        if path.name == "policy.tamis":
            t.contains(f'}}, "{path.parent.name}")', text, "this file")
        elif path.name == "cyrus.tamis":
            t.equal(1, len(re.findall(rf'on_cyrus\(t, {{.*}}, "{path.parent.name}"\)', text)), f"tests of {path}")


SUBJECT = 'Grüße: "不在" \\ {1+}'
TEXT = """.
..leading dots, and "quotes" in \\ text: ${not} a variable, %s no format
 a blank in front, and after\x20

您好，我已离职。 {5+}
.
the end"""


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "\\u{24}{")


def test_replies_arrive_as_they_were_written(t):
    """Subject and text, to the byte: through the compiler, ManageSieve, the server and SMTP."""
    mailbox = "away@acme.example"
    policy = t.write("policy.tamis", f'''organization {{ domains acme.example; timezone Asia/Shanghai; }}
mailbox {mailbox} {{ route away {{ reply {{ subject "{quoted(SUBJECT)}"; text "{quoted(TEXT)}"; }} }} }}
''')
    t.write("password", PASSWORD + "\n")
    with Sink() as sink, Dovecot(t.context, {mailbox: "x"}, sink, clock=AT, masters={ADMIN: PASSWORD}, managesieve=True,
                                 tls=certificate(t.context)) as server:
        deploy(t, policy, server)
        code, text = server.deliver("a@b.example", mailbox, f"To: {mailbox}\r\nSubject: hello\r\n\r\nx\r\n".encode())
        t.equal(250, code, f"LMTP's answer, {text},")
        (envelope,) = sink.take()
    reply = email.message_from_bytes(envelope.data, policy=email.policy.default)
    t.equal("a@b.example", envelope.recipients[0])
    t.equal(SUBJECT, reply["Subject"])
    t.equal(TEXT.encode(), reply.get_payload(decode=True).removesuffix(b"\n"), "the text")
