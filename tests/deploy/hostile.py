# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that mean ill, or have lost their mind, at one step of a deployment: it ends in time, says who it was and what
to do, and the mailbox runs its old script or the new one."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import threading
import time

from kinds import Failure
from servers import certificate
from servers.managesieve import Mailbox
from servers.proxy import GREETING, GREETING_TLS, Scripted

DOMAIN = "d1.example"
ADDRESS = f"info@{DOMAIN}"
PIGEONHOLE = GREETING.replace(b"Test", b"Dovecot Pigeonhole")
# In the order in which they come: the first GETSCRIPT is for the script that may be there already.
STEPS = ("GREETING", "AUTHENTICATE", "LISTSCRIPTS", "GETSCRIPT 2", "HAVESPACE", "PUTSCRIPT", "GETSCRIPT 3", "LISTSCRIPTS 2",
         "SETACTIVE", "LISTSCRIPTS 3", "DELETESCRIPT", "LOGOUT")
AFTER = STEPS[STEPS.index("LISTSCRIPTS 3"):]  # the new script runs


class Place:
    """A policy for one mailbox, and Tamis's way to a server."""

    def __init__(self, t):
        self.t = t
        t.write("password", "Canary-pw\n")

    def policy(self, folder):
        self.t.write("policy.tamis", f"organization {{ domains {DOMAIN}; timezone Europe/Berlin; }}\nmailbox {ADDRESS} {{\n"
                                     f'    route orders when subject contains "order" {{ keep in "{folder}"; final; }}\n}}\n')

    def deploy(self, server, *options, secure=None, patience="20", what="policy.tamis"):
        (self.t.folder / "journal.jsonl").unlink(missing_ok=True)
        access = ["--ca-file", secure] if secure else ["--insecure"]
        output = self.t.tamis("deploy", what, "--to", f"managesieve://localhost:{server.port}", "--login", "admin",
                              "--password-file", "password", *access, "--journal", "journal.jsonl", "--yes", "--quiet",
                              "--server", "dovecot-2.3", "--attempts", "1", "--timeout", patience, *options,
                              XDG_STATE_HOME=str(self.t.folder / "state"), timeout=60)
        self.t.lacks("Canary", output.out + output.err)
        self.t.equal("", output.err)
        return output


def with_old_script(t):
    """(place, what a mailbox with the script of an earlier run has); the policy's script is a new one."""
    place = Place(t)
    place.policy("Old")
    with Mailbox() as server:
        t.status(0, place.deploy(server))
    place.policy("New")
    return place, {"scripts": server.scripts, "active": server.active}


def run(t, place, old, faults, *options, greeting=PIGEONHOLE, **how):
    """(output, server, which script runs afterwards)."""
    with Mailbox(faults, greeting, **old) as server:
        output = place.deploy(server, *options, **how)
    text = server.scripts.get(server.active, b"")
    return output, server, "Old" if b'"Old"' in text else "New" if b'"New"' in text else None


def expect(t, place, old, step, fault, status, words):
    """DELETESCRIPT and LOGOUT are said when all is done: nothing that a server does there is a failure."""
    output, _, runs = run(t, place, old, {step: fault})
    what = f"{fault} at {step}"
    t.equal("New" if step in AFTER else "Old", runs, f"what runs after {what}")
    if step in ("DELETESCRIPT", "LOGOUT"):
        t.equal((0, f"updated   {ADDRESS}\n"), (output.status, output.out), f"what is said of {what}")
        return
    t.equal(status, output.status, f"the exit status after {what}")
    t.contains(f"failed    {ADDRESS}: ", output.out)
    t.contains("'localhost'", output.out, f"what is said of {what}")
    t.contains(words, output.out, f"what is said of {what}")


def test_a_server_that_ends_the_session_at_any_step(t):
    place, old = with_old_script(t)
    for step in STEPS:
        at_login = step == "AUTHENTICATE"
        expect(t, place, old, step, b'BYE "no more"\r\n', 1 if at_login else 2,
               "'localhost' says no more" if at_login else "'localhost' ends the session: no more")


def test_a_refusal_in_half_utf8_at_any_step(t):
    place, old = with_old_script(t)
    for step in STEPS:
        expect(t, place, old, step, b'NO "\xc3\x28 not \xe2\x82 \x1b[2J so"\r\n', 1,
               r"'localhost' says \xc3( not \xe2\x82 \u{1b}[2J so")


def test_literals_of_any_size_at_any_step(t):
    place, old = with_old_script(t)
    sizes = {b"{999999999999}\r\n": "a literal is too long", b"{18446744073709551617}\r\n": "a literal is too long",
             b"{-1}\r\n": "a literal has no size", b"{3+++": "a literal has no size", b"{4}x": "does not end its line"}
    for step, (fault, words) in zip(STEPS, itertools.cycle(sizes.items())):
        expect(t, place, old, step, fault, 1, f"'localhost' breaks the protocol: {words}" if words.startswith("a ") else words)


def test_a_line_that_is_closed_in_a_literal(t):
    place, old = with_old_script(t)

    def close(talk):
        talk.say(b"{5000}\r\n# the first part of it")
        talk.client.close()
    for step in ("GREETING", "LISTSCRIPTS", "GETSCRIPT 2", "PUTSCRIPT", "GETSCRIPT 3", "LISTSCRIPTS 3"):
        expect(t, place, old, step, close, 2, "'localhost' closed the connection")


def test_answers_without_end(t):
    place, old = with_old_script(t)

    def endless(start, more):
        def say(talk):
            talk.say(start)
            while True:
                talk.say(more * 1000)
        return say
    faults = (endless(b"", b'"x" "y"\r\n'), endless(b"", b"\r\n"), endless(b"OK", b" "), endless(b"OK (", b"()"),
              endless(b"{", b"0"))
    for step, fault in zip(("GREETING", "LISTSCRIPTS", "PUTSCRIPT", "SETACTIVE", "LISTSCRIPTS 3"), faults):
        expect(t, place, old, step, fault, 1, "'localhost' breaks the protocol: the response is too long")
    expect(t, place, old, "LOGOUT", faults[0], 0, "")


def test_lists_that_cannot_be(t):
    place, old = with_old_script(t)
    active = b'"%s" ACTIVE\r\n' % old["active"]
    cases = {
        active + b'"mine" ACTIVE\r\n': "'localhost' breaks the protocol: it lists two active scripts",
        b"{4}\r\na\0bc ACTIVE\r\n": "'localhost' breaks the protocol: it lists a name with a NUL",
        b'"../../etc/passwd" ACTIVE\r\n': "'localhost' runs a script that cannot be asked for: no script can be called "
                                          "'../../etc/passwd': a slash is not allowed",
        b'"a\x1b[2Jb" ACTIVE\r\n': r"no script can be called 'a\u{1b}[2Jb': control characters and line separators are not allowed",
        b'"" ACTIVE\r\n': "no script can be called '': a name has at least one character",
        b'"\xff" ACTIVE\r\n': r"no script can be called '\xff': the name is no UTF-8",
        b'"' + b"n" * 60000 + b'" ACTIVE\r\n': "nnn': the name is longer than 512 bytes",
    }
    for lines, words in cases.items():
        expect(t, place, old, "LISTSCRIPTS", lines + b"OK\r\n", 1, words)
    # What does not run is nobody's concern, whatever it is called.
    lines = active + active.replace(b" ACTIVE", b"") + b'"../x"\r\n""\r\n"a\x1b"\r\n"tamis-../../x"\r\n{3}\r\n"\\\n\r\n'
    output, server, runs = run(t, place, old, {"LISTSCRIPTS 1": lines + b"OK\r\n"})
    t.status(0, output)
    t.equal("New", runs)
    t.lacks(b"../", server.said, "what was sent")


def test_every_reason_to_refuse(t):
    place, old = with_old_script(t)
    cases = {
        ("AUTHENTICATE", b"AUTH-TOO-WEAK"): "the server wants a stronger mechanism; name one with --mechanism",
        ("AUTHENTICATE", b"ENCRYPT-NEEDED"): "the server wants this inside TLS alone; name another with --mechanism",
        ("AUTHENTICATE", b"TRANSITION-NEEDED"): "the server has to learn the password first; log in once with --mechanism PLAIN",
        ("HAVESPACE", b"QUOTA/MAXSIZE"): "the script is larger than the server takes it",
        ("PUTSCRIPT", b"QUOTA/MAXSCRIPTS"): "the mailbox has as many scripts as it may have; remove one that is not needed",
        ("PUTSCRIPT", b"QUOTA"): "'localhost' says not so (QUOTA)",
        ("SETACTIVE", b"TRYLATER"): "'localhost' says not so (TRYLATER)",
        ("SETACTIVE", b"NONEXISTENT"): "a script went meanwhile: another deployment, perhaps, or the user removed it",
        ("PUTSCRIPT", b"ALREADYEXISTS"): "(ALREADYEXISTS)",
        ("PUTSCRIPT", b'TAG "x"'): "(TAG)",
        ("PUTSCRIPT", b"WARNINGS"): "(WARNINGS)",
        ("LISTSCRIPTS", b'X-NEW "a" (b (c))'): "(X-NEW)",
        ("LISTSCRIPTS", b"()"): "'localhost' says not so",
    }
    for (step, code), words in cases.items():
        expect(t, place, old, step, b'NO (' + code + b') "not so"\r\n', 1, words)


def test_a_referral_that_leads_nowhere(t):
    place, old = with_old_script(t)
    for url in (b"http://localhost", b"sieve://", b"sieve://localhost:99999", b"file:///etc/passwd", b"sieve://\xff"):
        expect(t, place, old, "AUTHENTICATE", b'BYE (REFERRAL "' + url + b'") "go"\r\n', 1,
               "'localhost' sends its user elsewhere, and that cannot be followed")
    expect(t, place, old, "AUTHENTICATE", b'BYE (REFERRAL "sieve://a:b@127.0.0.1:1/x") "go"\r\n', 2,
           "'localhost' sends its user to '127.0.0.1': cannot connect to '127.0.0.1' port 1: ")


def secured(t, answer):
    """A server with TLS that says this to the login."""
    def talk(connection, number):
        connection.say(GREETING_TLS)
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*certificate(t.context))
        connection.say(GREETING.replace(b"PLAIN LOGIN", b"PLAIN"))
        connection.line()
        connection.say(answer)
        connection.wait()
    return talk


def test_a_referral_takes_no_secret_out_of_tls(t):
    place, _ = with_old_script(t)
    files = certificate(t.context)
    for greeting in (GREETING, GREETING_TLS):
        def listen(talk, number, greeting=greeting):
            talk.say(greeting)
            while True:
                talk.line()
        with Scripted(listen) as thief:
            with Scripted(secured(t, f'BYE (REFERRAL "sieve://127.0.0.1:{thief.port}") "go"\r\n'.encode())) as server:
                output = place.deploy(server, secure=files[0], patience="2")
        t.status(2, output)
        t.contains("'localhost' sends its user to '127.0.0.1': '127.0.0.1' ", output.out)
        t.equal(b"STARTTLS\r\n" if greeting == GREETING_TLS else b"", thief.said.replace(b"LOGOUT\r\n", b""),
                "what the other server got")


def test_what_a_server_can_do_changes_with_tls(t):
    """What counts is what it says inside: no TLS, mechanisms or implementation of before."""
    place, _ = with_old_script(t)
    files = certificate(t.context)

    def talk(connection, number):
        connection.say(GREETING_TLS.replace(b"PLAIN LOGIN", b"EXTERNAL"))
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*files)
        connection.say(b'"IMPLEMENTATION" "Cyrus timsieved"\r\n"SASL" ""\r\n"STARTTLS"\r\n"UNAUTHENTICATE"\r\nOK\r\n')
        connection.wait()
    with Scripted(talk) as server:
        output = place.deploy(server, secure=files[0])
    t.status(1, output)
    t.contains("cannot log in at 'localhost': the server offers no SASL mechanism that can be used here (it offers: none)", output.out)


def test_a_login_without_end(t):
    place, old = with_old_script(t)

    def ask_again(talk):
        while True:
            talk.say(b'""\r\n')
            talk.line()
    expect(t, place, old, "AUTHENTICATE", ask_again, 1,
           "cannot log in at 'localhost': the server asks for more than the mechanism has")
    for options in (("--mechanism", "LOGIN", "--authorize", "master"), ("--mechanism", "OAUTHBEARER")):
        greeting = PIGEONHOLE.replace(b"PLAIN LOGIN", b"PLAIN LOGIN OAUTHBEARER")
        output, server, runs = run(t, place, old, {"AUTHENTICATE": ask_again}, *options, greeting=greeting)
        t.equal((1, "Old"), (output.status, runs))
        t.contains("'localhost'", output.out)


def blocked():
    """(a socket that nobody is let into, what keeps it full)."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fill = []
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.connect(listener.getsockname())
        fill.append(client)
    return listener, fill


def interrupt(t, place, port, is_waiting, number=signal.SIGINT):
    """What deploy says that is told to end while a server keeps it waiting, in time."""
    process = subprocess.Popen(
        [t.context.binary, "deploy", "policy.tamis", "--to", f"managesieve://localhost:{port}", "--login", "admin",
         "--password-file", "password", "--insecure", "--journal", "journal.jsonl", "--yes", "--quiet", "--server",
         "dovecot-2.3", "--timeout", "50"], cwd=t.folder, stdout=subprocess.PIPE, text=True,
        env=t.context.environment(XDG_STATE_HOME=str(t.folder / "state")))
    deadline = time.monotonic() + 20
    while not is_waiting() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(number)
    said = in_time(15, lambda: process.communicate(timeout=40)[0])
    t.equal(-number, process.returncode, "the exit status")
    t.equal(f"failed    {ADDRESS}: interrupted before 'localhost' answered\n", said)
    records = [json.loads(line) for line in (t.folder / "journal.jsonl").read_text().splitlines()]
    t.equal(["begin", "result"], [record["event"] for record in records if record["event"] != "change"])
    t.equal("failed", records[-1]["result"])


def test_who_is_interrupted_waits_for_no_server(t):
    place, old = with_old_script(t)
    for step, number in (("GREETING", signal.SIGINT), ("GETSCRIPT 3", signal.SIGTERM), ("LISTSCRIPTS 3", signal.SIGINT)):
        waits = threading.Event()
        (t.folder / "journal.jsonl").unlink(missing_ok=True)

        def hold(talk, waits=waits):
            waits.set()
            talk.wait()
        with Mailbox({step: hold}, PIGEONHOLE, **old) as server:
            interrupt(t, place, server.port, waits.is_set, number)
            # The next run goes on where that one ended.
            server.faults.clear()
            output = t.tamis("deploy", "policy.tamis", "--to", f"managesieve://localhost:{server.port}", "--login", "admin",
                             "--password-file", "password", "--insecure", "--journal", "journal.jsonl", "--yes", "--server",
                             "dovecot-2.3", XDG_STATE_HOME=str(t.folder / "state"))
        t.status(0, output)
        t.contains("was interrupted: this one goes on where it ended", output.err)
        t.contains(b'"New"', server.scripts[server.active])
        t.equal(1, len(server.scripts), "scripts")


def test_who_is_interrupted_waits_for_no_connection(t):
    place, _ = with_old_script(t)
    (t.folder / "journal.jsonl").unlink()
    listener, fill = blocked()
    try:
        started = time.monotonic()
        interrupt(t, place, listener.getsockname()[1], lambda: time.monotonic() > started + 1)
    finally:
        for end in (listener, *fill):
            end.close()


def in_time(seconds, function):
    started = time.monotonic()
    result = function()
    if time.monotonic() - started > seconds:
        raise Failure(f"it took {time.monotonic() - started:.0f} s")
    return result


def test_a_record_of_tls_that_does_not_end(t):
    place, _ = with_old_script(t)
    files = certificate(t.context)

    def talk(connection, number):
        connection.say(GREETING_TLS)
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*files)
        # Nothing comes out of a record before its last byte, so its first ones need no key.
        for byte in itertools.chain(b"\x17\x03\x03\x40\x00", itertools.repeat(0)):
            os.write(connection.client.fileno(), bytes([byte]))
            time.sleep(0.2)
    with Scripted(talk) as server:
        output = in_time(20, lambda: place.deploy(server, secure=files[0], patience="2"))
    t.status(2, output)
    t.contains("'localhost' did not answer within 2 s", output.out)
