# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis deploy where things go wrong: hostile servers, bad certificates, broken lines. Whatever happens, the old
script runs or the new one, what is said names the fault, and nothing hangs."""

import itertools
import re
import subprocess
import time

from kinds import TIMEOUT_S, Failure
from servers import certificate
from servers.deployment import PASSWORD, Place, lines_of
from servers.proxy import GREETING, GREETING_TLS, Cutting, Proxy, Scripted, Slow, drip

STEPS = ("AUTHENTICATE", "LISTSCRIPTS", "GETSCRIPT", "HAVESPACE", "PUTSCRIPT", "SETACTIVE", "DELETESCRIPT")


def wait_until(holds):
    """For a while: what does not come to hold is the caller's to tell."""
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


def insecure(place, port):
    return {"to": f"managesieve://127.0.0.1:{port}",
            "access": ["--login", "tamis-admin", "--password-file", "password", "--insecure"]}


def against(t, talk, *options, secure=False, patience="20"):
    """What deploy says to a server that answers as it is told; patience: seconds that it waits for each answer."""
    place = Place(t, ("info",))
    place.policy()
    with Scripted(talk) as server:
        how = {"to": f"managesieve://localhost:{server.port}"} if secure else insecure(place, server.port)
        output = place.deploy("--timeout", patience, "--quiet", *options, **how)
    return output, server


def log_in(talk, greeting=GREETING):
    talk.say(greeting)
    talk.line()
    talk.say(b'OK "in"\r\n')


def test_a_server_without_tls_gets_no_secret(t):
    output, server = against(t, lambda talk, number: (talk.say(GREETING), talk.wait()), secure=True)
    t.status(2, output)
    t.contains("offers no TLS, and nothing secret goes without it", output.out)
    t.equal(b"", server.said.replace(b"LOGOUT\r\n", b""), "what was sent")


def test_insecure_is_for_this_machine_alone(t):
    place = Place(t, ("info",))
    place.policy()
    output = place.deploy("--insecure", to="managesieve://mail.example")
    t.status(64, output)
    t.contains("--insecure is for a server on this machine alone", output.err)


def test_what_is_said_before_tls_is_thrown_away(t):
    def talk(connection, number):
        connection.say(GREETING_TLS)
        connection.line()
        # An attacker's words, in one piece with the answer: capabilities without TLS's, and an answer to the login.
        connection.say(b'OK "begin"\r\n"SASL" "EXTERNAL"\r\nOK "injected"\r\nOK "Logged in."\r\n')
        connection.tls(*certificate(t.context))
        connection.say(GREETING)
        connection.line()
        connection.say(b'NO "who are you"\r\n')
    output, server = against(t, talk, secure=True)
    t.status(1, output)
    t.contains("says who are you", output.out)


def test_servers_that_make_no_sense_are_left(t):
    flood = b'"' + b"a" * 70000
    cases = {
        b"HTTP/1.1 400 Bad Request\r\n\r\n": "a line is neither data nor OK, NO or BYE",
        b'OK "hello"\r\n': "is no ManageSieve server: it does not say what it can do",
        b"SSH-2.0-OpenSSH_9.2\r\n": "a line is neither data nor OK, NO or BYE",
        b"\x16\x03\x01\x02\x00": "a byte that no word begins with",
        flood: "a quoted string is too long",
        b'"A" "B"\r\n' * 40000: "the response is too long",
        b"{4294967296}\r\n": "a literal is too long",
        b"{9223372036854775808}\r\n": "a literal is too long",
        b'"SIEVE" "a\0b"\r\nOK\r\n': "a quoted string does not end on its line",
        b'BYE "too many connections"\r\n': "ends the session: too many connections",
        b"": "closed the connection",
    }
    for greeting, words in cases.items():
        output, _ = against(t, lambda talk, number: talk.say(greeting))
        t.status(2 if words.startswith(("ends", "closed")) else 1, output)
        t.contains(words, output.out, f"what is said of {greeting[:40]}")


def test_answers_that_do_not_fit_end_the_connection(t):
    def two_answers(talk, number):
        log_in(talk, GREETING)
        talk.line()
        talk.say(b'OK "list"\r\nNO "no such script"\r\nOK "space"\r\nOK "another"\r\n')
        talk.wait()

    def no_script(talk, number):
        log_in(talk)
        for answer in (b'"mine" ACTIVE\r\nOK\r\n', b"NO\r\n", b"OK\r\n"):
            talk.line()
            talk.say(answer)
        talk.line()
        talk.say(b'OK "here you are"\r\n')
        talk.wait()

    def another_text(talk, number):
        log_in(talk)
        for answer in (b"OK\r\n", b"NO\r\n", b"OK\r\n"):
            talk.line()
            talk.say(answer)
        talk.line()
        talk.line()  # the script: its own lines end otherwise
        talk.say(b"OK\r\n")
        talk.line()
        talk.say(b"{5}\r\nkeep;\r\nOK\r\n")
        talk.line()
        talk.say(b"OK\r\n")
        talk.wait()

    for talk, words in ((two_answers, "it answers what was not asked"), (no_script, "it sends no script where one was asked for"),
                        (another_text, "is not what was sent")):
        output, _ = against(t, talk)
        t.status(1, output)
        t.contains(words, output.out)


def test_nothing_waits_for_ever(t):
    def silent(talk, number):
        talk.wait()

    def dripping(talk, number):
        talk.say(b'"IMPLEMENTATION" "')
        drip(talk, itertools.repeat(97), 0.2)

    def challenging(talk, number):
        talk.say(GREETING)
        while True:
            talk.line()
            talk.say(b'"VXNlcm5hbWU6"\r\n')

    def dripping_into_tls(talk, number):
        talk.say(GREETING_TLS)
        talk.line()
        talk.say(b'OK "begin"\r\n')
        # A record as long as TLS has them: nothing comes out of it before its last byte.
        drip(talk, itertools.chain(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xf0", itertools.repeat(0)), 0.2)

    for talk, words, patience in ((dripping_into_tls, "did not answer within 2 s", "2"), (silent, "did not answer within 2 s", "2"), (dripping, "did not answer within 2 s", "2"),
                                  (challenging, "asks for more than the mechanism has", "20")):
        started = time.monotonic()
        output, _ = against(t, talk, "--attempts", "1", patience=patience, secure=talk is dripping_into_tls)
        t.contains(words, output.out)
        if time.monotonic() - started > 30:
            raise Failure(f"{talk.__name__} held it up for {time.monotonic() - started:.0f} s")


def test_a_server_that_is_busy_is_asked_again(t):
    place = Place(t, ("info",))
    place.policy()

    class Busy(Proxy):
        def to_client(self, data, number):
            return b'BYE (TRYLATER) "come back"\r\n' if number < 3 else data

    with Busy(place.server.managesieve_port, without_tls=True) as proxy:
        output = place.deploy("--quiet", **insecure(place, proxy.port))
        t.status(0, output)
        t.equal(3, proxy.n_connections, "connections")
    place.is_running(place.mailboxes[0], "Orders")


def test_a_referral_is_followed_and_not_for_ever(t):
    place = Place(t, ("info",))
    place.policy()
    with Proxy(place.server.managesieve_port, without_tls=True) as there:
        def elsewhere(talk, number):
            talk.say(GREETING)
            talk.line()
            talk.say(f'BYE (REFERRAL "sieve://127.0.0.1:{there.port}") "go"\r\n'.encode())

        with Scripted(elsewhere) as server:
            t.status(0, place.deploy(**insecure(place, server.port)))
    place.is_running(place.mailboxes[0], "Orders")

    def round_and_round(talk, number):
        talk.say(GREETING)
        talk.line()
        talk.say(f'BYE (REFERRAL "sieve://127.0.0.1:{port}") "go"\r\n'.encode())
    with Scripted(round_and_round) as server:
        port = server.port
        output = place.deploy(**insecure(place, port))
        t.status(1, output)
        t.contains("sends its user elsewhere, and that cannot be followed", output.out)


def test_a_referral_in_the_middle_is_told(t):
    def elsewhere(talk, number):
        log_in(talk)
        talk.line()
        talk.say(b'BYE (REFERRAL "sieve://mail.example") "moved"\r\n')
    output, server = against(t, elsewhere)
    t.status(1, output)
    t.contains("ends the session: the scripts are at 'sieve://mail.example' now (moved)", output.out)
    t.equal(1, server.n_connections, "connections")


def make_certificate(t, name, *options):
    output = t.command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", f"{name}.key",
                       "-out", f"{name}.pem", *options)
    t.status(0, output)
    return t.folder / f"{name}.pem", t.folder / f"{name}.key"


def secured(files):
    """Goes over to TLS with this certificate, and lets nobody in."""
    def talk(connection, number):
        connection.say(GREETING_TLS)
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*files)
        connection.say(GREETING)
        connection.line()
        connection.say(b'NO "that is all"\r\n')
    return talk


def test_certificates_are_looked_at(t):
    days = lambda n: ("-days", str(n))
    other = make_certificate(t, "other", "-addext", "subjectAltName=DNS:mail.example", *days(100))
    expired = t.folder / "expired.pem", t.folder / "expired.key"
    output = t.command("faketime", "2020-01-01", "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
                       "-addext", "subjectAltName=DNS:localhost", "-days", "10", "-keyout", expired[1], "-out", expired[0])
    t.status(0, output)
    good = certificate(t.context)
    sha256 = t.command("openssl", "x509", "-in", other[0], "-noout", "-fingerprint", "-sha256").out.strip().split("=")[1]
    place = Place(t, ("info",))
    place.policy()
    cases = [
        (other, ["--ca-file", other[0]], 2, "is for another host"),
        (expired, ["--ca-file", expired[0]], 2, "has expired"),
        (good, [], 2, "is from no authority that is known here"),
        (good, ["--ca-file", other[0]], 2, "is from no authority that is known here"),
        (good, ["--pin", sha256], 2, "is not the pinned one"),
        (good, ["--ca-file", good[0], "--pin", "0" * 64], 2, "is not the pinned one"),
        (other, ["--pin", sha256], 1, "says that is all"),
        (other, ["--pin", sha256.replace(":", "").lower()], 1, "says that is all"),
        (good, ["--ca-file", good[0]], 1, "says that is all"),
        (other, ["--insecure"], 1, "says that is all"),
    ]
    for files, options, status, words in cases:
        with Scripted(secured(files)) as server:
            output = place.deploy("--timeout", "20", to=f"managesieve://localhost:{server.port}",
                                  access=["--login", "a", "--password-file", "password", *options])
        t.status(status, output)
        t.contains(words, output.out, f"what is said with {options}")
    t.status(64, place.deploy("--pin", "abc"))


def make_chain(t):
    """An authority, one that it lets sign, and a server's certificate from that one: the root, and what the server has."""
    make_certificate(t, "root", "-addext", "basicConstraints=critical,CA:TRUE", "-days", "9")
    for name, issuer, extensions in (("middle", "root", "basicConstraints=critical,CA:TRUE"),
                                     ("leaf", "middle", "subjectAltName=DNS:localhost")):
        t.write(f"{name}.ext", extensions + "\n")
        t.status(0, t.command("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                              "-out", f"{name}.csr"))
        t.status(0, t.command("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
                              "-CAcreateserial", "-days", "9", "-extfile", f"{name}.ext", "-out", f"{name}.pem"))
    t.write("chain.pem", t.read("leaf.pem") + t.read("middle.pem"))
    return t.folder / "root.pem", (t.folder / "chain.pem", t.folder / "leaf.key"), (t.folder / "leaf.pem", t.folder / "leaf.key")


def test_certificates_are_followed_to_their_authority(t):
    root, whole, broken = make_chain(t)
    place = Place(t, ("info",))
    place.policy()
    for files, words in ((whole, "says that is all"), (broken, "is from no authority that is known here")):
        with Scripted(secured(files)) as server:
            output = place.deploy(to=f"managesieve://localhost:{server.port}",
                                  access=["--login", "a", "--password-file", "password", "--ca-file", root])
        t.contains(words, output.out)


def test_authorities_are_read_once(t):
    place = Place(t)
    place.policy()
    (t.folder / "ca.pem").write_bytes(place.ca.read_bytes())

    class Removing(Proxy):
        def to_client(self, data, number):
            if number == 2:
                (t.folder / "ca.pem").unlink(missing_ok=True)
            return data

    with Removing(place.server.managesieve_port) as proxy:
        output = place.deploy("--jobs", "1", to=f"managesieve://localhost:{proxy.port}",
                              access=["--login", "tamis-admin", "--password-file", "password", "--ca-file", "ca.pem"])
    t.status(0, output)
    t.equal(False, (t.folder / "ca.pem").exists(), "the file")


def test_tls_from_the_first_byte(t):
    place = Place(t, ("info",))
    place.policy()

    def talk(connection, number):
        connection.tls(*certificate(t.context))
        connection.say(GREETING)
        connection.line()
        connection.say(b'NO "that is all"\r\n')
    with Scripted(talk) as server:
        output = place.deploy(to=f"managesieves://localhost:{server.port}")
    t.status(1, output)
    t.contains("says that is all", output.out)


def test_a_wrong_password_is_told_and_not_tried_on_everyone(t):
    place = Place(t, [f"m{n}" for n in range(6)])
    place.policy()
    t.write("password", "Canary-wrong\n")
    output = place.deploy("--jobs", "1")
    t.status(1, output)
    t.contains(f"failed    {place.mailboxes[0]}: cannot log in as 'tamis-admin' for '{place.mailboxes[0]}': 'localhost' says "
               "Authentication failed.", output.out)
    t.contains("plan for 6 mailboxes: 3 failed, 3 not tried", output.out)
    t.equal(False, place.journal.exists(), "a journal")
    quiet = place.deploy("--jobs", "1", "--quiet")
    t.status(1, quiet)
    t.lacks("Canary", output.out + output.err + quiet.out + quiet.err + place.journal.read_text())


def test_nothing_shows_the_password(t):
    place = Place(t)
    place.policy()
    said = ""
    for environment in ({}, {"G_MESSAGES_DEBUG": "all", "GNUTLS_DEBUG_LEVEL": "0"}):
        for format in ("text", "json"):
            output = place.deploy("--format", format, **environment)
            said += output.out + output.err
    said += "".join(path.read_text(errors="replace") for path in t.folder.rglob("*") if path.is_file() and
                    path.name != "password")
    t.lacks(PASSWORD, said)


def test_a_line_that_is_cut_at_any_step_leaves_a_script_that_runs(t):
    for step, after in itertools.product(STEPS, (False, True)):
        place = Place(t, ("info",))
        mailbox = place.mailboxes[0]
        place.policy(folder="Old")
        t.status(0, place.deploy())
        place.policy(folder="New")
        with Cutting(place.server.managesieve_port, step, after) as proxy:
            output = place.deploy("--attempts", "1", "--timeout", "20", **insecure(place, proxy.port))
        # DELETESCRIPT goes out with SETACTIVE: the answer to that comes before the line is cut, or never.
        if output.status not in ((0, 2) if step == "DELETESCRIPT" else (2,)):
            t.fail(f"exit status {output.status} after {step}, {after}: {output.out}")
        switched = step == "DELETESCRIPT" or (step == "SETACTIVE" and after)
        expected = '"New"' if switched else '"Old"'
        if step == "DELETESCRIPT":  # nobody has waited for the server to do what went out in front of it
            wait_until(lambda: expected in place.active(mailbox)[1])
        t.contains(expected, place.active(mailbox)[1], f"what runs after {step} was cut, {after}")
        with Proxy(place.server.managesieve_port, without_tls=True) as proxy:
            t.status(0, place.deploy(**insecure(place, proxy.port)))
            n_puts = proxy.commands.count("PUTSCRIPT")
        place.is_running(mailbox, "New")
        t.equal(1, len(place.stored(mailbox)), f"scripts after {step}")
        stored_before = STEPS.index(step) > STEPS.index("PUTSCRIPT") or (step == "PUTSCRIPT" and after)
        t.equal(0 if stored_before else 1, n_puts, f"scripts that were sent once more after {step}")


def test_a_line_that_breaks_once_is_no_fault(t):
    for step in ("AUTHENTICATE", "PUTSCRIPT", "SETACTIVE"):
        place = Place(t, ("info",))
        place.policy()
        with Cutting(place.server.managesieve_port, step, True, n_times=1) as proxy:
            output = place.deploy(**insecure(place, proxy.port))
        t.status(0, output)
        t.equal([f"created   {place.mailboxes[0]}"], lines_of(output, "created"))
        place.is_running(place.mailboxes[0], "Orders")


def test_bytes_that_come_one_by_one_are_all_the_same(t):
    place = Place(t, ("info",))
    place.policy()
    with Slow(place.server.managesieve_port) as proxy:
        t.status(0, place.deploy(to=f"managesieve://localhost:{proxy.port}"))
    place.is_running(place.mailboxes[0], "Orders")


def test_the_last_commands_take_the_good_bye_along(t):
    place = Place(t, ("info",))
    pieces = []

    class Watching(Proxy):
        def to_server(self, data, number):
            pieces.append(re.findall(rb"(?:\A|(?<=\r\n))[A-Z]{4,}(?=[ \r])", data))
            return data

    with Watching(place.server.managesieve_port, without_tls=True) as proxy:
        for folder, expected in (("Old", [b"SETACTIVE", b"LISTSCRIPTS", b"LOGOUT"]),
                                 ("New", [b"SETACTIVE", b"LISTSCRIPTS", b"DELETESCRIPT", b"LOGOUT"])):
            place.policy(folder=folder)
            pieces.clear()
            t.status(0, place.deploy("--quiet", **insecure(place, proxy.port)))
            t.equal(expected, pieces[-1], "what was said last")
            place.is_running(place.mailboxes[0], folder)


def test_a_journal_that_cannot_be_written_stops_before_anything_is_done(t):
    place = Place(t, ("info",))
    place.policy()
    place.journal = t.folder / "nowhere" / "journal.jsonl"
    output = place.deploy()
    t.status(2, output)
    t.contains("cannot write the journal", output.err)
    place.journal = "/dev/full"
    t.status(2, place.deploy())
    t.equal({}, place.stored(place.mailboxes[0]))


def test_two_at_once_are_told(t):
    place = Place(t, ("info",))
    place.policy()

    def hold(talk, number):
        talk.wait()
    with Scripted(hold) as server:
        how = insecure(place, server.port)
        words = [t.context.binary, "deploy", "policy.tamis", "--to", how["to"], *how["access"], "--yes", "--quiet", "--journal"]
        environment = t.context.environment(XDG_STATE_HOME=str(t.folder / "state"))
        first = subprocess.Popen([*words, "one.jsonl"], cwd=t.folder, env=environment, stdout=subprocess.DEVNULL)
        try:
            while not server.n_connections:
                time.sleep(0.02)
            for journal in ("two.jsonl", "one.jsonl"):
                output = t.command(*words, journal, XDG_STATE_HOME=str(t.folder / "state"))
                t.status(2, output)
                t.contains(f"another deployment to '{how['to']}' is at work: ", output.err)
                t.contains(f"process {first.pid}", output.err)
            output = t.command(*words, "one.jsonl", XDG_STATE_HOME=str(t.folder / "elsewhere"))
            t.status(2, output)
            t.contains("another run is writing the journal 'one.jsonl'", output.err)
        finally:
            first.kill()
            first.wait()


def test_a_script_that_became_active_meanwhile_stays(t):
    """Between the look and the activation, as a deployment from another machine or a mail program does it."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    place.policy(folder="Old")
    t.status(0, place.deploy())
    place.policy(folder="New")

    class Meddling(Proxy):
        def to_server(self, data, number):
            if b"PUTSCRIPT" in data:
                place.put(mailbox, "mine", "keep;\n")
            return data

    with Meddling(place.server.managesieve_port, without_tls=True) as proxy:
        output = place.deploy(**insecure(place, proxy.port))
    t.status(1, output)
    t.contains(f"failed    {mailbox}: 'mine' is active meanwhile: another deployment, perhaps, or the user", output.out)
    t.equal(("mine", "keep;\n"), place.active(mailbox))


def test_a_script_that_goes_meanwhile_is_told(t):
    """As where another deployment takes what was just put for a script of an earlier run, and tidies."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    place.policy(folder="Old")
    t.status(0, place.deploy())
    before = place.active(mailbox)
    place.policy(folder="New")

    class Meddling(Proxy):
        def to_server(self, data, number):
            if b"SETACTIVE" in data:
                for name in place.stored(mailbox).keys() - {before[0]}:
                    (place.server.home(mailbox) / "sieve" / f"{name}.sieve").unlink()
            return data

    with Meddling(place.server.managesieve_port, without_tls=True) as proxy:
        output = place.deploy(**insecure(place, proxy.port))
    t.status(1, output)
    t.contains(f"failed    {mailbox}: a script went meanwhile: another deployment, perhaps, or the user removed it: cannot activate", output.out)
    t.equal(before, place.active(mailbox))


def test_a_script_that_goes_in_the_moment_of_its_activation_is_put_again(t):
    """As where another deployment tidies between the server's look at the script and its link to it."""
    place = Place(t, ("info",))
    place.policy(folder="Old")
    t.status(0, place.deploy())
    place.policy(folder="New")

    class Meddling(Proxy):
        n_times = 0

        def to_server(self, data, number):
            if b"SETACTIVE" in data:
                self.n_times += 1
                if self.n_times == 1:
                    return re.sub(rb'SETACTIVE "[^"]+"', b'SETACTIVE ""', data)
            return data

    with Meddling(place.server.managesieve_port, without_tls=True) as proxy:
        output = place.deploy(**insecure(place, proxy.port))
        t.status(0, output)
        t.equal(2, proxy.n_times, "activations")
    place.is_running(place.mailboxes[0], "New")
    t.equal(1, len(place.stored(place.mailboxes[0])), "scripts")


def test_two_machines_at_once_leave_no_mailbox_without_a_script(t):
    place = Place(t, [f"m{n}" for n in range(6)])
    for folder in ("One", "Two"):
        place.policy(f"{folder}.tamis", folder=folder)
    runs = [subprocess.Popen(
        [t.context.binary, "deploy", f"{folder}.tamis", "--to", place.url, *place.access(), "--journal", f"{folder}.jsonl", "--yes",
         "--quiet"], cwd=t.folder, stdout=subprocess.PIPE, text=True,
        env=t.context.environment(XDG_STATE_HOME=str(t.folder / folder))) for folder in ("One", "Two")]
    said = [(run.communicate(timeout=TIMEOUT_S)[0], run.returncode) for run in runs]
    for text, status in said:
        failed = [line for line in text.splitlines() if line.startswith("failed")]
        t.equal(1 if failed else 0, status, "the exit status")
        for line in failed:
            if "' is active " not in line and "a script went meanwhile: another deployment" not in line:
                t.fail(f"no reason that two deployments give: {line}")
    for mailbox in place.mailboxes:
        text = place.active(mailbox)[1] or ""
        if '"One"' not in text and '"Two"' not in text:
            t.fail(f"{mailbox} runs {text!r}")
