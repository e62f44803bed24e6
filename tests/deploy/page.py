# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/deploy.md, walked through: its configurations in real servers, its commands as they stand there, to their end."""

import re
import shlex
import shutil

from servers import certificate
from servers.cyrus import Cyrus
from servers.database import Redis, shared_postgres
from servers.deployment import ADMIN, PASSWORD
from servers.dovecot import Dovecot

DOMAIN = "acme.example"
MAILBOXES = [f"{name}@{DOMAIN}" for name in ("info", "sales", "zhou")]
OWN = 'require ["fileinto", "mailbox"];\nfileinto :create "Mine";\n'


class Page:
    """The page, what its names are called here, and the commands that were run."""

    def __init__(self, t):
        self.t = t
        self.text = (t.root / "docs" / "deploy.md").read_text()
        self.names = {"/etc/tamis/password": str(t.write("password", PASSWORD + "\n")),
                      "--password-file …": f"--password-file {t.folder}/password",
                      "/srv/tamis/": f"{t.folder}/"}
        self.n_run = 0
        self.policy("Orders")

    def policy(self, folder, mailboxes=MAILBOXES):
        text = f"organization {{ domains {DOMAIN}; timezone Europe/Berlin; }}\n"
        for mailbox in mailboxes:
            text += f'mailbox {mailbox} {{\n    route orders when subject contains "order" {{ keep in "{folder}"; final; }}\n}}\n'
        self.t.write("acme.tamis", text)

    def blocks(self, title):
        """The fenced blocks of a section."""
        section = re.search(rf"^##+ {title}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)[1]
        return re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)

    def here(self, text):
        for there, here in self.names.items():
            text = text.replace(there, here)
        return text

    def configuration(self, title, name):
        """All blocks of a section that are of that file, one after the other, with the names of here."""
        found = [block for block in self.blocks(title) if block.startswith(f"# {name}")]
        assert found, f"the page shows no {name} in '{title}'"
        return [self.here(block) for block in found]

    def commands(self, title):
        """The commands of a section, whole: a line that ends in a backslash goes on in the next."""
        lines = "".join(self.blocks(title)).replace("\\\n", "").splitlines()
        return [line.lstrip("$# ") for line in lines if re.match(r"(?:[$#] )?tamis ", line)]

    def run(self, command, status=0, **how):
        words = shlex.split(self.here(command.split(">")[0]))
        assert words[0] == "tamis", command
        if words[1] == "deploy" and not {"--yes", "--dry-run"} & set(words):
            words.append("--yes")
        if "managesieve" in command:
            words += ["--ca-file", certificate(self.t.context)[0]] if "--ca-file" not in words else []
            how["TAMIS_PASSWORD"] = PASSWORD
        output = self.t.tamis(*words[1:], **{"XDG_STATE_HOME": str(self.t.folder / "state"), "timeout": 60, **how})
        self.t.status(status, output)
        self.n_run += 1
        return output

    def lands_in(self, server, mailbox, folder):
        code, text = server.deliver("a@b.example", mailbox, b"From: a@b.example\r\nSubject: an order\r\n\r\nx\r\n")
        self.t.equal(250, code, f"LMTP's answer, {text},")
        self.t.equal([folder], [box for box, _ in server.take(mailbox) if box != "#sieve"], f"the folder of {mailbox}")


def dovecot(page, more, **how):
    t = page.t
    return Dovecot(t.context, {mailbox: "x" for mailbox in MAILBOXES}, managesieve=True, tls=certificate(t.context),
                   more=more, **how)


def test_dovecot_as_the_page_has_it(t):
    page = Page(t)
    if not shutil.which("doveadm"):
        t.skip("dovecot-core is not installed")
    hashed = t.command("doveadm", "pw", "-s", "SHA512-CRYPT", "-p", PASSWORD).out.strip()
    (masters,) = page.configuration("Dovecot", "/etc/dovecot/masters")
    t.write("masters", re.sub(r"\{SHA512-CRYPT\}.*", lambda _: hashed, masters))
    page.names["/etc/dovecot/masters"] = f"{t.folder}/masters"
    (settings,) = page.configuration("Dovecot", "dovecot.conf")
    (services,) = [block for block in page.blocks("Dovecot") if block.startswith("service ")]
    with dovecot(page, settings + services) as server:
        page.names["mail.acme.example"] = f"localhost:{server.managesieve_port}"
        page.names["/etc/dovecot/dovecot.conf"] = f"{server.folder}/dovecot.conf"
        page.names["doveadm:"] = f"'doveadm:;config={server.folder}/dovecot.conf'"
        page.names["/var/vmail/%d/%n"] = f"{server.folder}/home/%u"
        page.names["/var/lib/dovecot/before"] = f"{t.folder}/before"
        for command in page.commands("Dovecot"):
            page.run(command)
        page.lands_in(server, MAILBOXES[0], "Orders")
        continuous_integration(page)
        the_first_plan(page, server)
    t.equal(True, page.n_run > 9, "whether the page's commands were found")


def continuous_integration(page):
    t = page.t
    page.names["ca.pem"] = str(certificate(t.context)[0])
    page.policy("Invoices")
    for command in page.commands("Continuous integration"):
        page.run(command)
    (cron,) = re.findall(r"^[\d* ]+(tamis status .*)$", page.text, re.MULTILINE)
    t.equal("", page.run(cron).out)
    page.policy("Bills")
    t.contains("outdated", page.run(cron, status=1).out)


def the_first_plan(page, server):
    """What the page shows first is what is printed there: one mailbox is new, one is changed, one has a script of its own."""
    t = page.t
    info, sales, zhou = MAILBOXES
    page.policy("Orders")
    page.run(f"tamis deploy acme.tamis --to managesieve://mail.acme.example --login {ADMIN}")
    doveadm = ["doveadm", "-c", server.folder / "dovecot.conf", "sieve"]
    t.status(0, t.command(*doveadm, "deactivate", "-u", info))
    t.status(0, t.context.command([*doveadm, "put", "-a", "-u", zhou, "roundcube"], stdin=OWN.encode()))
    text = t.read("acme.tamis").split("mailbox ")
    t.write("acme.tamis", "mailbox ".join(part.replace("Orders", "Bestellungen") if part.startswith(sales) else part
                                          for part in text))
    command, shown = re.search(r"^\$ (tamis deploy .*?)\n(.*?)^Apply", page.text, re.MULTILINE | re.DOTALL).groups()
    t.equal(shown, page.run(f"{command} --dry-run", status=1).out)


def test_cyrus_as_the_page_has_it(t):
    page = Page(t)
    mailboxes = MAILBOXES[:2]
    page.policy("Orders", mailboxes)
    with Cyrus(t.context, {mailbox: "x" for mailbox in mailboxes}, managesieve=True, tls=certificate(t.context),
               admin_password=PASSWORD) as server:
        page.names["imap.acme.example"] = f"localhost:{server.managesieve_port}"
        (command,) = page.commands("Cyrus")
        t.contains("says so too of a user without an inbox", page.run(command, status=1).out)
        server.make_inboxes()
        page.run(command)
        page.lands_in(server, mailboxes[0], "Orders")


def test_redis_as_the_page_has_it(t):
    page = Page(t)
    with Redis(t.context) as redis:
        page.names["host=192.0.2.10:port=6379"] = f"host=127.0.0.1:port={redis.port}"
        configuration = page.configuration("A cluster", "dovecot.conf")[0]
        with dovecot(page, configuration) as server:
            page.run(page.commands("A cluster")[0])
            page.lands_in(server, MAILBOXES[0], "Orders")


def test_postgres_as_the_page_has_it(t):
    page = Page(t)
    database = shared_postgres(t.context)
    page.names["user_sieve_scripts"] = "sieve_of_the_page"
    page.names["host=db.acme.example dbname=mail user=dovecot"] = database.connect()
    (table,) = [block for block in page.blocks("A cluster") if "CREATE TABLE" in block]
    database.sql(page.here(table))
    (maps,) = page.configuration("A cluster", "/etc/dovecot/dict-sieve-sql.conf")
    t.write("dict-sieve-sql.conf", maps)
    page.names["/etc/dovecot/dict-sieve-sql.conf"] = f"{t.folder}/dict-sieve-sql.conf"
    configuration = page.configuration("A cluster", "dovecot.conf")[1]
    with dovecot(page, configuration) as server:
        page.run(page.commands("A cluster")[1])
        page.lands_in(server, MAILBOXES[0], "Orders")
