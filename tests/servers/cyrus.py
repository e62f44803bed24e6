# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cyrus: lmtpd, and timsieved where ManageSieve is asked for."""

import os
import pathlib
import pwd
import re

from engines.pigeonhole import decode_mutf7
from kinds import Failure
from servers import Server, free_port, give
from servers.dovecot import deliver_over_lmtp

BIN = pathlib.Path("/usr/lib/cyrus/bin")
SASLPASSWD = pathlib.Path("/usr/sbin/saslpasswd2")
USER = "cyrus"
SERVER_NAME = "mx.acme.example"
ADMINISTRATOR = "cyrus"
IMAPD = """\
configdirectory: {folder}/conf
partition-default: {folder}/spool
defaultpartition: default
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
cyrus_user: {user}
cyrus_group: {group}
admins: {admin}
servername: {name}
postmaster: postmaster@acme.example
virtdomains: userid
defaultdomain: {name}
unixhierarchysep: yes
altnamespace: yes
lmtp_downcase_rcpt: yes
autocreate_quota: 0
autocreate_post: yes
anysievefolder: yes
duplicatesuppression: 1
skiplist_unsafe: yes
hashimapspool: no
fulldirhash: no
sievedir: {folder}/sieve
sieveusehomedir: false
smtp_backend: host
smtp_host: 127.0.0.1:{sink_port}
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
tls_session_timeout: 0
{tls}
{settings}
"""
SERVICES = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  lmtp cmd="{bin}/lmtpd -C {folder}/imapd.conf -a" listen="127.0.0.1:{lmtp_port}" prefork=1 proto="tcp4"
  {managesieve}
}}
"""


class Cyrus(Server):
    """accounts: address -> password. settings: of imapd.conf. tls: (certificate, key), files.

    A password is kept for the account's name at SERVER_NAME; ADMINISTRATOR may act for everyone, with the password
    admin_password. Mail goes out to the sink, if there is one; Cyrus knows no other address of an account."""

    name, package = "Cyrus", "cyrus-common"
    programs = (BIN / "master", BIN / "lmtpd")

    def __init__(self, context, accounts, sink=None, clock=None, settings=None, managesieve=False, tls=None,
                 admin_password=None):
        if managesieve:
            self.programs, self.package = (*self.programs, SASLPASSWD), "cyrus-common, or sasl2-bin,"
        super().__init__(context, clock)
        self.accounts, self.sink, self.settings, self.tls = dict(accounts), sink, settings or {}, tls
        self.admin_password = admin_password
        self.lmtp_port = free_port()
        self.managesieve_port = free_port() if managesieve else None
        self.user = USER if os.geteuid() == 0 else pathlib.Path("/proc/self").owner()
        self.group = "mail" if os.geteuid() == 0 else pathlib.Path("/proc/self").group()
        self.seen, self.names = set(), {}

    def start(self):
        self.configure()
        super().start()

    def command(self):
        return [BIN / "master", "-D", "-C", self.folder / "imapd.conf", "-M", self.folder / "cyrus.conf",
                "-p", self.folder / "run" / "master.pid"]

    def ports(self):
        return [port for port in (self.lmtp_port, self.managesieve_port) if port]

    def configure(self):
        for name in ("conf", "spool", "sieve", "run/proc", "run/lock", "conf/socket"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        tls = "tls_server_cert: {}\ntls_server_key: {}".format(*self.tls) if self.tls else ""
        managesieve = f'sieve cmd="{BIN}/timsieved -C {self.folder}/imapd.conf" ' \
            f'listen="127.0.0.1:{self.managesieve_port}" prefork=1 proto="tcp4"' if self.managesieve_port else ""
        (self.folder / "imapd.conf").write_text(IMAPD.format(
            folder=self.folder, user=self.user, group=self.group, admin=ADMINISTRATOR, name=SERVER_NAME,
            sink_port=self.sink.port if self.sink else free_port(), tls=tls,
            settings="\n".join(f"{key}: {value}" for key, value in self.settings.items())))
        (self.folder / "cyrus.conf").write_text(SERVICES.format(
            bin=BIN, folder=self.folder, lmtp_port=self.lmtp_port, managesieve=managesieve))
        if self.managesieve_port:
            self.write_passwords()
        self.give(self.folder)

    def write_passwords(self):
        passwords = {**self.accounts, **({ADMINISTRATOR: self.admin_password} if self.admin_password else {})}
        for account, password in passwords.items():
            output = self.context.command([SASLPASSWD, "-f", self.folder / "sasldb2", "-p", "-c", "-u", SERVER_NAME,
                                           account], stdin=password)
            if output.status != 0:
                raise Failure(f"saslpasswd2: {output.err}")

    def give(self, path):
        if os.geteuid() == 0:
            record = pwd.getpwnam(USER)
            give(path, record.pw_uid, record.pw_gid)

    def make_inboxes(self):
        """Delivers a first message to each account: only then can it log in over ManageSieve, or have a script."""
        for account in self.accounts:
            code, text = self.deliver("", account, b"From: a@b.example\r\nSubject: welcome\r\n\r\nwelcome\r\n")
            if code != 250:
                raise Failure(f"{account}: {code} {text}\n{self.log()}")
            self.take(account)

    def folders(self):
        """[(name as Cyrus keeps it, its path)] of all mailboxes' folders."""
        found = []
        for header in self.folder.glob("spool/uuid/*/*/*/cyrus.header"):
            if header not in self.names:
                match = re.search(rb' N (?:"([^"]*)"|(\S+)) I ', header.read_bytes())
                self.names[header] = (match[1] or match[2]).decode()
            found.append((self.names[header], header.parent))
        return found

    def install(self, address, script):
        """The account's active script, compiled; None: none. It must have its inbox."""
        inbox = dict(self.folders())[own_name(address)]
        folder = self.folder / "sieve" / inbox.relative_to(self.folder / "spool")
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        if script is not None:
            (folder / "active.script").write_bytes(script)
            output = self.context.command([BIN / "sievec", "-C", self.folder / "imapd.conf",
                                           folder / "active.script", folder / "active.bc"])
            if output.status != 0:
                raise Failure(f"sievec: {output.err}")
            (folder / "defaultbc").symlink_to("active.bc")
        self.give(self.folder / "sieve")

    def deliver(self, sender, recipient, data):
        """Over LMTP, once: (code, text) of its answer. When it has answered, all has been sent and stored."""
        return deliver_over_lmtp(self.lmtp_port, sender, recipient, data)

    def take(self, address):
        """[(folder, bytes)]: what has been stored since the last time."""
        own = own_name(address)
        found = []
        for name, folder in self.folders():
            box = name.removeprefix(own)
            if box == name or (box and not box.startswith(".")):
                continue
            for path in sorted(folder.iterdir()):
                if re.fullmatch(r"\d+\.", path.name) and path not in self.seen:
                    self.seen.add(path)
                    found.append((folder_name(box) or "INBOX", path.read_bytes()))
        return found


def own_name(address):
    local, _, domain = address.partition("@")
    return f"{domain}!user.{local.replace('.', '^')}"


def folder_name(internal):
    return decode_mutf7(internal.removeprefix(".").replace(".", "/").replace("^", "."))
