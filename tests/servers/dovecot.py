# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: LMTP with Pigeonhole, and ManageSieve where it is asked for."""

import contextlib
import os
import pathlib
import smtplib
import time

from engines import pigeonhole
from kinds import Failure
from servers import UID, Server, free_port, give

POSTMASTER = "postmaster@acme.example"
MANAGESIEVE = "/usr/lib/dovecot/managesieve-login"
CONFIGURATION = """\
protocols = lmtp{protocols}
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
import_environment = TZ LD_PRELOAD FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE FAKETIME_DONT_FAKE_MONOTONIC
{users}
{tls}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}/home/%u
mail_location = maildir:~/mail:LAYOUT=fs
postmaster_address = {postmaster}
hostname = mx.acme.example
submission_host = 127.0.0.1:{sink_port}
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
auth_mechanisms = plain login
auth_master_user_separator = *
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/masters
  master = yes
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
  default_fields = uid={uid} gid={gid} home={folder}/home/%u
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
service lmtp {{
  process_min_avail = 1
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
protocol lmtp {{
  mail_plugins = $mail_plugins sieve
}}
{managesieve}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_plugins = sieve_extprograms
  sieve_extensions = +editheader +spamtest +vnd.dovecot.filter
  sieve_filter_bin_dir = {filters}
  {settings}
}}
{more}
"""
MANAGESIEVE_SERVICE = """\
service managesieve-login {{
  {chroot}
  inet_listener sieve {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


class Dovecot(Server):
    """accounts: address -> password; aliases: address -> the account whose mail it is; masters: administrators
    (name -> password) who may act for every account, as `account*name`. settings: of the plugin section.
    tls: (certificate, key), files. more: any other lines of the configuration.

    Mail goes out to the sink, if there is one. lmtp_port and managesieve_port say where it listens."""

    name, package, programs = "Dovecot", "dovecot-lmtpd", ("/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp")

    def __init__(self, context, accounts, sink=None, clock=None, aliases=None, masters=None, settings=None,
                 managesieve=False, tls=None, more=""):
        self.programs = (*self.programs, MANAGESIEVE) if managesieve else self.programs
        super().__init__(context, clock)
        self.package = "dovecot-managesieved" if managesieve else self.package
        self.accounts, self.aliases, self.masters = dict(accounts), aliases or {}, masters or {}
        self.sink, self.settings, self.tls, self.more = sink, settings or {}, tls, more
        self.lmtp_port = free_port()
        self.managesieve_port = free_port() if managesieve else None
        self.uid, self.gid = (UID, UID) if os.geteuid() == 0 else (os.geteuid(), os.getegid())

    def start(self):
        self.configure()
        super().start()

    def command(self):
        return ["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"]

    def ports(self):
        return [port for port in (self.lmtp_port, self.managesieve_port) if port]

    def configure(self):
        is_root = os.geteuid() == 0
        chroot = "" if is_root else "chroot ="
        users = "" if is_root else "default_internal_user = {0}\ndefault_login_user = {0}\ndefault_internal_group = {1}" \
            .format(pathlib.Path("/proc/self").owner(), pathlib.Path("/proc/self").group())
        tls = "ssl = yes\nssl_cert = <{}\nssl_key = <{}".format(*self.tls) if self.tls else \
            "ssl = no\ndisable_plaintext_auth = no"
        managesieve = MANAGESIEVE_SERVICE.format(chroot=chroot, port=self.managesieve_port) \
            if self.managesieve_port else ""
        settings = "\n  ".join(f"{key} = {value}" for key, value in {**pigeonhole.GRADES, **self.settings}.items())
        filters = self.context.once("filters", lambda: pigeonhole.shared_filters(self.context))
        (self.folder / "dovecot.conf").write_text(CONFIGURATION.format(
            folder=self.folder, users=users, tls=tls, uid=self.uid, gid=self.gid, postmaster=POSTMASTER,
            sink_port=self.sink.port if self.sink else free_port(), lmtp_port=self.lmtp_port, chroot=chroot,
            protocols=" sieve" if self.managesieve_port else "", managesieve=managesieve, settings=settings,
            filters=filters, more=self.more))
        self.write_accounts()

    def write_accounts(self):
        """Accounts that were added are known from then on, without a restart."""
        lines = [f"{address}:{{PLAIN}}{password}::::::\n" for address, password in self.accounts.items()]
        lines += [f"{alias}:::::{self.folder}/home/{address}::user={address}\n"
                  for alias, address in self.aliases.items()]
        (self.folder / "users").write_text("".join(lines))
        (self.folder / "masters").write_text("".join(f"{name}:{{PLAIN}}{password}\n"
                                                     for name, password in self.masters.items()))
        (self.folder / "home").mkdir(exist_ok=True)
        for address in self.accounts:
            home = self.folder / "home" / address
            if not home.exists():
                pigeonhole.make_folders(home / "mail", ())
        give(self.folder / "home", self.uid, self.gid)

    def forget(self, address, within_s=30):
        """Takes the account away, and waits until it is gone: Dovecot looks at the file once a second."""
        del self.accounts[address]
        self.write_accounts()
        end = time.monotonic() + within_s
        while self.context.command(["doveadm", "-c", self.folder / "dovecot.conf", "user", address]).status == 0:
            if time.monotonic() > end:
                raise Failure(f"Dovecot still knows '{address}' after {within_s} s")
            time.sleep(0.1)

    def home(self, address):
        return self.folder / "home" / address

    def install(self, address, script):
        """The account's active script; None: none."""
        active = self.home(address) / ".dovecot.sieve"
        with contextlib.suppress(FileNotFoundError):
            active.unlink()
        if script is not None:
            active.write_bytes(script)
            give(active, self.uid, self.gid)

    def deliver(self, sender, recipient, data):
        """Over LMTP, once: (code, text) of its answer. When it has answered, all has been sent and stored."""
        return deliver_over_lmtp(self.lmtp_port, sender, recipient, data)

    def take(self, address):
        """[(folder, bytes)]: what has been stored since the last time."""
        mail = self.home(address) / "mail"
        found = pigeonhole.stored_messages(mail)
        for path in (*mail.glob("**/new/*"), *mail.glob("**/cur/*")):
            path.unlink()
        return found


def greet_over_lmtp(port, attempts=5):
    """A session in which nothing has been sent yet. Where the server's clock has just been put forward, it has been seen to
    close a connection that it had taken: then it is asked again."""
    try:
        client = smtplib.LMTP("127.0.0.1", port, local_hostname="mx.acme.example", timeout=60)
        client.ehlo_or_helo_if_needed()
        return client
    except smtplib.SMTPServerDisconnected:
        if attempts == 1:
            raise
        return greet_over_lmtp(port, attempts - 1)


def deliver_over_lmtp(port, sender, recipient, data):
    with greet_over_lmtp(port) as client:
        for code, text in (client.mail(sender), client.rcpt(recipient)):
            if code >= 400:
                return code, text.decode(errors="backslashreplace")
        code, text = client.data(data)
        return code, text.decode(errors="backslashreplace")
