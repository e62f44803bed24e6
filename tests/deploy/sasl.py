# SPDX-License-Identifier: LGPL-2.1-or-later
"""How tamis comes in: every SASL mechanism, administrators and master users, and users by themselves."""

import base64
import hashlib
import hmac
import json
import ssl
import time

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


def token(key, **claims):
    """A JSON Web Token, RFC 7519, signed with HMAC-SHA-256."""
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    body = b".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (body + b"." + encode(hmac.digest(key, body, "sha256"))).decode()


def test_dovecot_takes_tokens_until_they_expire(t):
    key = b"Canary-key-of-the-tokens-32-bytes"
    t.write("keys/default/HS256/default", base64.b64encode(key).decode())
    t.write("oauth2.conf", f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={t.folder}/keys/\n"
                           "username_attribute = sub\n")
    for path in (t.folder, *t.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    more = ("auth_mechanisms = plain oauthbearer\npassdb {\n  driver = oauth2\n  mechanisms = oauthbearer\n"
            f"  args = {t.folder}/oauth2.conf\n}}\n")
    accounts = {f"info@d{n}.example": "pw-info" for n in range(1, 5)}
    with Dovecot(t.context, accounts, managesieve=True, tls=certificate(t.context), more=more) as server:
        now = int(time.time())
        place = Place(t, ("info",), server)
        place.policy()
        how = {"access": ["--password-file", "token", "--ca-file", place.ca, "--mechanism", "OAUTHBEARER"]}
        for wrong in (token(key, sub=place.mailboxes[0], iat=now - 100, exp=now - 10),
                      token(key, sub="other@d1.example", iat=now, exp=now + 600),
                      token(b"another key", sub=place.mailboxes[0], iat=now, exp=now + 600)):
            t.write("token", wrong + "\n")
            output = place.deploy(**how)
            t.status(1, output)
            t.contains(f"failed    {place.mailboxes[0]}: cannot log in as '{place.mailboxes[0]}': 'localhost' says ", output.out)
            t.lacks(wrong, output.out + output.err)
        t.write("token", token(key, sub=place.mailboxes[0], iat=now, exp=now + 600) + "\n")
        t.status(0, place.deploy(**how))
        place.is_running(place.mailboxes[0], "Orders")


def issue(t, name, subject, *options):
    output = t.command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", f"/CN={subject}",
                       "-keyout", f"{name}.key", "-out", f"{name}.pem", *options)
    t.status(0, output)
    return t.write(f"{name}-both.pem", t.read(f"{name}.pem") + t.read(f"{name}.key"))


def test_dovecot_takes_certificates(t):
    accounts = {f"info@d{n}.example": "pw-info" for n in range(1, 5)}
    own = issue(t, "own", "info@d1.example")
    strange = issue(t, "strange", "info@d1.example")
    more = ("auth_mechanisms = plain external\nssl_verify_client_cert = yes\nssl_require_crl = no\n"
            f"ssl_ca = <{t.folder}/own.pem\nauth_ssl_username_from_cert = yes\n"
            "passdb {\n  driver = static\n  mechanisms = external\n  args = nopassword=y\n}\n")
    with Dovecot(t.context, accounts, managesieve=True, tls=certificate(t.context), more=more) as server:
        place = Place(t, ("info",), server)
        place.policy()
        how = lambda both: {"access": ["--client-certificate", both, "--ca-file", place.ca]}
        output = place.deploy(**how(strange))
        t.equal(True, output.status in (1, 2), "that it fails")
        t.equal((None, None), place.active(place.mailboxes[0]))
        t.status(0, place.deploy(**how(own)))
        place.is_running(place.mailboxes[0], "Orders")


class Scram:
    """The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), over TLS: spoils says what it does wrong."""

    def __init__(self, t, mechanisms, spoils=None, version=None):
        self.t, self.mechanisms, self.spoils, self.version, self.first, self.chosen = t, mechanisms, spoils, version, None, None

    def talk(self, connection, number):
        greeting = GREETING_TLS.replace(b"PLAIN LOGIN", self.mechanisms)
        connection.say(greeting)
        connection.line()
        connection.say(b"OK\r\n")
        connection.tls(*certificate(self.t.context), version=self.version)
        connection.say(greeting.replace(b'"STARTTLS"\r\n', b""))
        _, self.chosen, first = connection.line().split(b" ")
        self.first = base64.b64decode(first.strip(b'"'))
        bare = self.first.split(b",", 2)[2]
        nonce, salt = bare.split(b"r=")[1] + b"server", b"salt-of-sixteen!"
        challenge = b"r=%s,s=%s,i=4096" % (nonce, base64.b64encode(salt))
        connection.say(b'"%s"\r\n' % base64.b64encode(challenge))
        final = base64.b64decode(connection.line().strip(b'"'))
        binding = base64.b64decode(dict(part.split(b"=", 1) for part in final.split(b","))[b"c"])
        self.binds = binding == self.first[:len(self.first) - len(bare)] + (connection.client.get_channel_binding() or b"")
        salted = hashlib.pbkdf2_hmac("sha256", b"Canary-token", salt, 4096)
        said = b",".join((bare, challenge, final.rsplit(b",p=", 1)[0]))
        signature = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), said, "sha256")
        if self.spoils == "signature":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        connection.say(b'OK (SASL "%s") "in"\r\n' % base64.b64encode(b"v=" + base64.b64encode(signature)))
        connection.line()
        connection.say(b'NO "that is all"\r\n' * 4)
        connection.wait()

    def deploy(self, *options):
        place = Place(self.t, ("info",))
        place.policy()
        self.t.write("token", "Canary-token\n")
        with Scripted(self.talk) as server:
            return place.deploy("--timeout", "20", "--attempts", "1", to=f"managesieve://localhost:{server.port}",
                                access=["--ca-file", place.ca, "--password-file", "token", *options])


def test_a_wrong_signature_of_the_server_is_refused(t):
    output = Scram(t, b"SCRAM-SHA-256").deploy()
    t.contains("'localhost' says that is all", output.out, "what is said of a server that proves itself")
    output = Scram(t, b"SCRAM-SHA-256", "signature").deploy()
    t.status(1, output)
    t.contains("cannot log in at 'localhost': ", output.out)
    t.lacks("that is all", output.out)


def test_scram_is_bound_to_the_channel_of_tls(t):
    server = Scram(t, b"PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", version=ssl.TLSVersion.TLSv1_2)
    output = server.deploy()
    t.contains("'localhost' says that is all", output.out)
    t.equal((b'"SCRAM-SHA-256-PLUS"', b"p=tls-unique", True), (server.chosen, server.first.split(b",")[0], server.binds))
    server = Scram(t, b"PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", version=ssl.TLSVersion.TLSv1_3)
    server.deploy()
    t.equal((b'"SCRAM-SHA-256-PLUS"', b"p=tls-exporter"), (server.chosen, server.first.split(b",")[0]))


def test_what_is_asked_for_is_not_less_where_a_server_hides_it(t):
    """As where someone in between takes the stronger mechanisms out."""
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1"):
        _, output, lines = sent(t, "PLAIN LOGIN", "--mechanism", mechanism, "--password-file", "token")
        t.status(1, output)
        t.contains(f"does not offer the SASL mechanism '{mechanism}' (it offers: PLAIN LOGIN)", output.out)
        t.equal([], [line for line in lines if line != b"LOGOUT"], "what was sent")
