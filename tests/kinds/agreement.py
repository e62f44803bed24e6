# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random scripts on messages that are hard to read: what Tamis says of each is what the real server does.

`scripts` executes whole scripts; `tests` asks for the value of many single tests at once. The seed is in the case's
name; TAMIS_RANDOM_SCRIPTS says how many cases there are of each (each has 20 or 10 scripts and 8 messages a script).
Disagreements that are the engine's own stand in engines/differences.py."""

import email
import email.header
import email.utils
import os
import random
import re
import shutil
import urllib.parse

from engines import differences, pigeonhole
from engines.generate_scripts import MAILBOX, ScriptGenerator
from kinds import Case, Failure

CASES = os.environ.get("TAMIS_RANDOM_SCRIPTS")
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
SCRIPTS, MESSAGES, TESTS = 20, 8, 20
LIMITS = {"scripts": (3, 6), "tests": (0, 0)}  # redirects, actions; 0: none
FOLDERS = ("Filed", "Other")


def decoded(text):
    """With its encoded words read: an engine writes some values so."""
    return str(email.header.make_header(email.header.decode_header(text)))


def added(data):
    """[values of the X-Added fields] of a message's bytes, as a word has them."""
    header = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    return "[" + "|".join(decoded(value.decode("utf-8", "replace").strip())
                          for value in re.findall(rb"(?im)^X-Added[ \t]*:[ \t]*([^\r\n]*)", header)) + "]"


def sent_words(text):
    """Of what sieve-test prints: the messages, then who they went to, in the same order."""
    text = text.replace("\r\n", "\n")
    recipients = re.findall(r"^RECIPIENT: (.*)$", text, re.MULTILINE)
    text = re.split(r"\n*^RECIPIENT: ", text, maxsplit=1, flags=re.MULTILINE)[0]
    messages = re.split(r"^(?=X-Sieve: Pigeonhole Sieve )", text, flags=re.MULTILINE)[1:]
    for message in messages:
        data = message.encode("utf-8", "surrogateescape")
        to = [recipients.pop(0) for _ in range(n_recipients(data)) if recipients]
        yield from (sent_word(data, recipient) for recipient in to)
    if recipients:
        raise Failure(f"nothing was sent to {recipients}:\n{text}")


def n_recipients(data):
    """A notification goes to all of its addresses at once."""
    if not is_notice(data):
        return 1
    header = email.message_from_bytes(data)
    return len(email.utils.getaddresses([*header.get_all("To", []), *header.get_all("Cc", [])]))


def is_notice(data):
    return b"\nAuto-Submitted: auto-notified" in data


def sent_word(data, recipient):
    if b"\nX-Sieve-Redirected-From:" in data:
        return f"forward {recipient.lower()} {added(data)}"
    if is_notice(data) or b"report-type=feedback-report" in data:
        return f"notify {recipient}"
    return f"reject: {pigeonhole.rejection_reason(data)}" if b"(rejected)" in data else "reply"


def stored_words(mail):
    for name, data in pigeonhole.stored_messages(mail):
        yield f"{'keep' if name == 'INBOX' else f'keep in {name}'} {added(data)}"


def told(words):
    """Tamis' words, sorted, with one for each address of a notification's URI (RFC 6068): the server tells nobody twice."""
    notices = [re.fullmatch(r"notify mailto:([^?]*)(.*)", word) for word in words]
    addresses = [address for notice in notices if notice for part in (notice[1], *re.findall(r"[?&](?:to|cc)=([^&]*)", notice[2]))
                 for address in re.split(r",|%2[Cc]", part)]
    return sorted([*(word for word, notice in zip(words, notices) if not notice),
                   *{f"notify {urllib.parse.unquote(address)}": None for address in addresses if address}])


class World:
    """One folder of the engine's for all scripts and messages of a case. settings: more of the server's; both it and
    Tamis find included scripts in the folders `sieve` and `global`."""
    def __init__(self, context, kind, settings=None):
        self.context, (redirects, actions) = context, LIMITS[kind]
        self.folder = pigeonhole.world(context, {"sieve_max_redirects": redirects, "sieve_max_actions": actions, **(settings or {})})
        self.script = self.folder / "script.sieve"
        self.server = self.folder / "low.server"
        self.server.write_text(f"[server]\nbase=dovecot-2.3\n[limits]\nmax-redirects={redirects}\nmax-actions={actions}\n")

    def write(self, script, included=()):
        for name in included:
            path = self.folder / "sieve" / f"{name}.sieve"
            path.parent.mkdir(exist_ok=True)
            path.write_text(included[name])
        self.script.write_text(script)
        self.script.chmod(0o644)

    def sieve_test(self, delivery, *options):
        return self.context.command(
            ["sieve-test", *options, "-C", "-c", self.folder / "dovecot.conf", "-f", delivery.sender,
             "-a", delivery.to, "-r", delivery.to, self.script, delivery.path],
            USER="tamis", HOME=str(self.folder), **pigeonhole.stopped_clock(delivery.instant))

    def explain(self, messages):
        """For each message, its words."""
        program = self.context.build / "tests" / "engines" / "explain-many"
        output = self.context.command([program, self.server, "Asia/Kolkata", self.script, MAILBOX,
                                       self.folder / "sieve", self.folder / "global"],
                                      "".join(message.line() for message in messages).encode())
        if output.status != 0:
            raise Failure(f"explain-many ended with {output.status}: {output.err}")
        return [told(line.split("\t")) for line in output.out.splitlines()]

    def execute(self, delivery, folders=FOLDERS):
        mail = self.folder / "mail"
        shutil.rmtree(mail, ignore_errors=True)
        pigeonhole.make_folders(mail, folders)
        output = self.sieve_test(delivery, "-e")
        if output.status not in (0, 1):
            return [f"ENDED WITH {output.status}"], output.err
        words = [*sent_words(output.out), *stored_words(mail)]
        if output.status != 0 or "final result: success" not in output.err:
            words.append("FAILED RUN")
        return sorted(words or ["discard"]), output.err


class Message:
    def __init__(self, generator, path):
        self.path, (data, self.spam, self.virus) = path, generator.message()
        path.write_bytes(data)
        path.chmod(0o644)
        self.sender, self.to = generator.envelope_pair()
        self.instant = generator.instant()

    def line(self):
        return f"{self.path}\t{self.to}\t{self.sender}\t{int(self.instant.timestamp())}\t{-1 if self.spam is None else self.spam}\t{self.virus}\n"


def shown(script, message, errors=""):
    text = message.path.read_bytes().decode("utf-8", "backslashreplace")
    return f"{message.line()}{errors}\n{script}\n{text}"


def check_scripts(generator, world):
    for n in range(SCRIPTS):
        world.write(generator.script(), generator.included)
        script = world.script.read_text()
        messages = [Message(generator, world.folder / f"{i}.eml") for i in range(MESSAGES)]
        for message, said in zip(messages, world.explain(messages)):
            if " uncertain" in said or any("${" in word for word in said):  # a target that a loop has made
                continue
            done, errors = world.execute(message)
            scripts = "\n".join([script, *generator.included.values()])
            if said != done and not differences.explains(scripts, message.path.read_bytes(), said, done, errors):
                yield f"script {n}\nsaid  {said}\ndone  {done}\n{shown(script, message, errors)}\n{generator.included}"


def check_tests(generator, world):
    for n in range(SCRIPTS // 2):
        world.write(generator.tests(TESTS))
        script = world.script.read_text()
        messages = [Message(generator, world.folder / f"{i}.eml") for i in range(MESSAGES)]
        for message, words in zip(messages, world.explain(messages)):
            output = world.sieve_test(message)
            said = set(re.findall(r"keep in T(\d+)", " ".join(words)))
            done = set(re.findall(r"folder: T(\d+)", output.out))
            lines = [line for line in script.splitlines() if any(f'"T{test}"' in line for test in said ^ done)]
            lines = [line for line in lines if not differences.explains_test(line, message.path.read_bytes())]
            if lines or output.status != 0:
                yield "\n".join([f"script {n}", *lines, shown(script, message, output.err)])


def check(kind, seed):
    def run(context):
        checks = {"scripts": check_scripts, "tests": check_tests}
        wrong = list(checks[kind](ScriptGenerator(random.Random(seed)), World(context.sampled(seed), kind)))
        if wrong:
            raise Failure(f"{len(wrong)} are wrong\n" + "\n".join(wrong[:3]))
    return run


def discover(tests):
    return [Case(f"chance/{kind} {seed}", check(kind, seed)) for kind, n in (("scripts", 13), ("tests", 6))
            for seed in range(FIRST, FIRST + int(CASES or n))]
