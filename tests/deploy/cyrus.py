# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis deploy to the real Cyrus: an administrator for many users on one connection, and what Cyrus is strict about."""

import atexit

from servers import certificate
from servers.cyrus import ADMINISTRATOR, Cyrus
from servers.deployment import PASSWORD, Place, lines_of
from servers.proxy import Proxy

OWN = 'require ["fileinto", "mailbox"];\nfileinto :create "Mine";\n'


class CyrusPlace(Place):
    kind = "cyrus-3.6"

    def access(self):
        return ["--login", ADMINISTRATOR, "--password-file", "password", "--ca-file", self.ca]


def shared_cyrus(t):
    def make():
        accounts = {f"{name}@d{n}.example": "x" for n in range(1, 11) for name in ("info", "sales")}
        server = Cyrus(t.context, accounts, managesieve=True, tls=certificate(t.context), admin_password=PASSWORD)
        atexit.register(server.__exit__)
        return server.__enter__()
    return t.context.once("deploy-cyrus", make)


def cyrus(t, with_inboxes=True):
    place = CyrusPlace(t, server=shared_cyrus(t))
    for mailbox in place.mailboxes if with_inboxes else ():
        lands_in(place, mailbox, "INBOX")
    return place


def lands_in(place, mailbox, folder):
    code, text = place.server.deliver("a@b.example", mailbox, b"From: a@b.example\r\nSubject: an order\r\n\r\nx\r\n")
    place.t.equal(250, code, f"LMTP's answer, {text},")
    place.t.equal([folder], [box for box, _ in place.server.take(mailbox) if box != "#sieve"], f"the folder of {mailbox}")


def test_one_connection_serves_all_mailboxes(t):
    place = cyrus(t)
    place.policy(folder="One")
    with Proxy(place.server.managesieve_port, without_tls=True) as proxy:
        access = ["--login", ADMINISTRATOR, "--password-file", "password", "--insecure"]
        output = place.deploy("--jobs", "1", "--quiet", to=f"managesieve://127.0.0.1:{proxy.port}", access=access)
        t.status(0, output)
        t.equal(1, proxy.n_connections, "connections")
        t.equal(1, proxy.commands.count("UNAUTHENTICATE"), "changes of the user")
    for mailbox in place.mailboxes:
        lands_in(place, mailbox, "One")


def test_scripts_are_updated_told_and_taken_back(t):
    place = cyrus(t)
    place.policy(folder="One")
    t.status(0, place.deploy())
    t.contains("2 unchanged", place.deploy().out)
    place.policy(folder="Two")
    told = place.status()
    t.status(1, told)
    t.contains("2 outdated", told.out)
    t.status(0, place.deploy())
    lands_in(place, place.mailboxes[0], "Two")
    t.status(0, place.status())
    t.status(0, place.rollback())
    lands_in(place, place.mailboxes[0], "One")


def test_a_user_without_an_inbox_is_told(t):
    place = cyrus(t, with_inboxes=False)
    lands_in(place, place.mailboxes[1], "INBOX")
    place.policy()
    output = place.deploy()
    t.status(1, output)
    t.contains(f"failed    {place.mailboxes[0]}: cannot log in as 'cyrus' for '{place.mailboxes[0]}': "
               "'localhost' says Authentication Error; Cyrus says so too of a user without an inbox\n", output.out)
    t.equal([f"created   {place.mailboxes[1]}"], lines_of(output, "created"))


def test_a_script_that_is_too_large_is_refused_before_it_is_sent(t):
    place = cyrus(t)
    t.write("policy.tamis", f"organization {{ domains {place.domain}; timezone Europe/Berlin; }}\n"
                            f"mailbox {place.mailboxes[0]} {{ route away {{ reply \"{'x' * 33000}\"; }} }}\n"
                            f"mailbox {place.mailboxes[1]} {{ route r when subject contains \"order\" "
                            f"{{ keep in \"One\"; final; }} }}\n")
    t.status(0, t.tamis("compile", "policy.tamis", "-o", "out"))
    output = place.deploy(what="out")
    t.status(1, output)
    t.contains(f"failed    {place.mailboxes[0]}: cannot store the script", output.out)
    t.contains("QUOTA/MAXSIZE", output.out)
    lands_in(place, place.mailboxes[1], "One")


def test_the_server_says_what_it_can_do(t):
    place = cyrus(t)
    output = t.tamis("check", place.policy(), "--server", place.url, "--ca-file", place.ca)
    t.status(0, output)
    output = t.tamis("servers", place.url, "--ca-file", place.ca)
    t.status(0, output)
    t.contains("Cyrus timsieved 3.6", output.out)
    t.lacks("  spamtest ", output.out)
