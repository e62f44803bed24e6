# SPDX-License-Identifier: LGPL-2.1-or-later
"""How tamis comes in: every SASL mechanism, administrators and master users, and users by themselves."""

import base64

from servers import certificate
from servers.deployment import PASSWORD, Place
from servers.dovecot import Dovecot
from servers.proxy import GREETING_TLS, Scripted


def one_user(t, server, mechanism, password="pw-info"):
    place = Place(t, ("info",), server)
    place.policy()
    t.write("password", password + "\n")
    access = ["--password-file", "password", "--ca-file", place.ca, *(["--mechanism", mechanism] if mechanism else [])]
    return place, place.deploy(access=access)


def test_every_password_mechanism_of_dovecot(t):
    accounts = {f"info@d{n}.example": "pw-info" for n in range(1, 11)}
    with Dovecot(t.context, accounts, managesieve=True, tls=certificate(t.context),
                 more="auth_mechanisms = plain login scram-sha-1 scram-sha-256\n") as server:
        for mechanism in (None, "PLAIN", "login", "SCRAM-SHA-1", "SCRAM-SHA-256"):
            place, output = one_user(t, server, mechanism)
            t.status(0, output)
            place.is_running(place.mailboxes[0], "Orders")
        for mechanism in ("PLAIN", "SCRAM-SHA-256"):
            _, output = one_user(t, server, mechanism, "Canary-wrong")
            t.status(1, output)
            t.contains("cannot ", output.out)
            t.lacks("Canary", output.out + output.err)
        _, output = one_user(t, server, "SCRAM-SHA-256-PLUS")
        t.contains("does not offer the SASL mechanism 'SCRAM-SHA-256-PLUS' (it offers: ", output.out)


def test_administrators_act_for_mailboxes_in_both_ways(t):
    for how in ([], ["--authorize", "authzid"], ["--authorize", "master"], ["--authorize", "master", "--mechanism", "LOGIN"]):
        place = Place(t, ("info",))
        place.policy()
        t.status(0, place.deploy(*how))
        place.is_running(place.mailboxes[0], "Orders")
    place = Place(t, ("info",))
    place.policy()
    output = place.deploy("--mechanism", "LOGIN")
    t.status(1, output)
    t.contains("'LOGIN' has no way to act for another user", output.out)
    t.status(64, place.deploy("--authorize", "root"))


def test_the_password_is_from_the_environment_too(t):
    place = Place(t, ("info",))
    place.policy()
    t.status(0, place.deploy(access=["--login", "tamis-admin", "--ca-file", place.ca], TAMIS_PASSWORD=PASSWORD))
    output = place.deploy(access=["--login", "tamis-admin", "--ca-file", place.ca])
    t.status(64, output)
    t.contains("there is no password: say --password-file FILE, or set TAMIS_PASSWORD", output.err)
    output = place.deploy(access=["--login", "tamis-admin", "--password-file", "nowhere"])
    t.status(2, output)
    t.contains("cannot read the password in 'nowhere'", output.err)


def sent(t, mechanism, *options, answers=(b'NO "no"\r\n',)):
    """What the client sends for a mechanism, decoded, line by line."""
    lines = []

    def talk(connection, number):
        greeting = GREETING_TLS.replace(b"PLAIN LOGIN", mechanism.encode())
        connection.say(greeting)
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*certificate(t.context))
        connection.say(greeting.replace(b'"STARTTLS"\r\n', b""))
        for answer in answers:
            lines.append(connection.line())
            connection.say(answer)
        connection.wait()
    place = Place(t, ("info",))
    place.policy()
    t.write("token", "Canary-token\n")
    with Scripted(talk) as server:
        output = place.deploy("--timeout", "20", "--attempts", "1", to=f"managesieve://localhost:{server.port}",
                              access=["--ca-file", place.ca, "--mechanism", mechanism, *options])
    t.lacks("Canary", output.out + output.err)
    return place, output, lines


def test_a_token_is_sent_as_rfc_7628_says(t):
    place, output, lines = sent(t, "OAUTHBEARER", "--login", "admin", "--password-file", "token", answers=(
        b'"eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0="\r\n', b'NO "no"\r\n'))
    t.status(1, output)
    word, name, data = lines[0].split(b" ")
    t.equal((b"AUTHENTICATE", b'"OAUTHBEARER"'), (word, name))
    t.equal(f"n,a={place.mailboxes[0]},\x01auth=Bearer Canary-token\x01\x01".encode(), base64.b64decode(data.strip(b'"')))
    t.equal(b'"AQ=="', lines[1])


def test_a_certificate_is_enough_for_external(t):
    files = certificate(t.context)
    both = t.write("both.pem", files[0].read_text() + files[1].read_text())
    place, output, lines = sent(t, "EXTERNAL", "--login", "admin", "--client-certificate", both)
    t.status(1, output)
    t.equal(f'AUTHENTICATE "EXTERNAL" "{base64.b64encode(place.mailboxes[0].encode()).decode()}"'.encode(), lines[0])


def test_a_server_that_does_not_prove_itself_is_not_believed(t):
    # SCRAM: it says OK without the signature that only who knows the password can make.
    _, output, _ = sent(t, "SCRAM-SHA-256", "--password-file", "token", answers=(b'OK "in"\r\n',))
    t.status(1, output)
    t.contains("the server has not proved that it knows the password", output.out)
