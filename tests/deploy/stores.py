# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis deploy to folders, through doveadm, and to a cluster's databases: the real Dovecot runs what was put there."""

import hashlib
import json
import os

from servers import UID, free_port
from servers.database import Redis, shared_postgres
from servers.deployment import Place, lines_of
from servers.dovecot import Dovecot

OWN = 'require ["fileinto", "mailbox"];\nfileinto :create "Mine";\n'
ONE_TABLE = """
connect = {connect}
map {{
  pattern = priv/sieve/name/$script_name
  table = user_sieve_scripts
  username_field = username
  value_field = id
  fields {{
    script_name = $script_name
  }}
}}
map {{
  pattern = priv/sieve/data/$id
  table = user_sieve_scripts
  username_field = username
  value_field = script_data
  fields {{
    id = $id
  }}
}}
"""
TWO_TABLES = ONE_TABLE.replace("user_sieve_scripts", "sieve_names", 1).replace("user_sieve_scripts", "sieve_data", 1)
TABLES = {
    ONE_TABLE: "CREATE TABLE user_sieve_scripts (id varchar(64) PRIMARY KEY, username varchar(255) NOT NULL, "
               "script_name varchar(64) NOT NULL, script_data text, UNIQUE (username, script_name))",
    TWO_TABLES: "CREATE TABLE sieve_names (username text, script_name text, id text, PRIMARY KEY (username, script_name)); "
                "CREATE TABLE sieve_data (username text, id text, script_data text, PRIMARY KEY (username, id))",
}


class Store(Place):
    """A place that is no ManageSieve server: no one logs in."""

    def __init__(self, t, url, server, names=("info", "sales")):
        super().__init__(t, names, server)
        self.url = url

    def access(self):
        return []


def lands_in(place, mailbox, folder):
    """Fails unless a message about an order goes into the folder now."""
    code, text = place.server.deliver("a@b.example", mailbox, b"Subject: an order\r\n\r\nx\r\n")
    place.t.equal(250, code, f"LMTP's answer, {text},")
    place.t.equal([folder], [box for box, _ in place.server.take(mailbox)], f"the folder of {mailbox}")


def run_through(t, place):
    """What holds for every store: created, unchanged, updated, told, pruned, taken back."""
    place.policy(folder="One")
    t.contains("2 mailboxes: 2 created\n", place.deploy().out)
    for mailbox in place.mailboxes:
        lands_in(place, mailbox, "One")
    t.contains("2 mailboxes: 2 unchanged\n", place.deploy().out)
    place.policy(folder="Two")
    told = place.status()
    t.status(1, told)
    t.contains("2 outdated", told.out)
    changed = place.deploy()
    t.status(0, changed)
    t.contains('    -    fileinto :create "One";', changed.out)
    lands_in(place, place.mailboxes[0], "Two")
    t.status(0, place.status())
    t.status(0, place.rollback())
    lands_in(place, place.mailboxes[0], "One")
    t.contains("2 unchanged", place.deploy("--dry-run", what=place.policy("one.tamis", folder="One")).out)
    place.policy(folder="One", mailboxes=place.mailboxes[:1])
    t.contains(f"removed   {place.mailboxes[1]}\n", place.deploy("--prune").out)
    lands_in(place, place.mailboxes[1], "INBOX")
    lands_in(place, place.mailboxes[0], "One")


def leaves_alone(t, place, put_own):
    """A script of the user's: refused, then replaced, then back."""
    mailbox = place.mailboxes[1]
    put_own(mailbox)
    place.policy(folder="Three")
    refused = place.deploy()
    t.status(1, refused)
    t.equal(1, len(lines_of(refused, "refused")), "mailboxes that were refused")
    lands_in(place, mailbox, "Mine")
    t.status(0, place.deploy("--coexist", "replace"))
    lands_in(place, mailbox, "Three")
    t.status(0, place.rollback())
    lands_in(place, mailbox, "Mine")


def test_homes_as_dovecot_has_them(t):
    place = Place(t)
    place = Store(t, f"directory:{place.server.folder}/home", place.server)
    run_through(t, place)
    mailbox = place.mailboxes[0]
    (script,) = (place.server.home(mailbox) / "sieve").iterdir() if os.geteuid() != 0 else \
        [path for path in (place.server.home(mailbox) / "sieve").iterdir() if path.suffix == ".sieve"]
    t.equal(f"sieve/{script.name}", os.readlink(place.server.home(mailbox) / ".dovecot.sieve"))
    t.equal("0o600", oct(script.stat().st_mode & 0o777))
    if os.geteuid() == 0:
        for path in (script, script.parent):
            t.equal(UID, path.stat().st_uid, "the owner")
    leaves_alone(t, place, lambda mailbox: place.put(mailbox, "mine", OWN))
    # A file where the link should be is someone's script too.
    place.server.install(mailbox, OWN.encode())
    refused = place.deploy()
    t.status(1, refused)
    t.contains("'dovecot.orig'", refused.out)
    t.status(0, place.deploy("--coexist", "replace"))
    t.equal(OWN, place.stored(mailbox)["dovecot.orig"])


def test_links_in_homes_lead_nowhere(t):
    place = Place(t)
    place = Store(t, f"directory:{place.server.folder}/home", place.server)
    mailbox = place.mailboxes[0]
    elsewhere = t.folder / "elsewhere"
    elsewhere.mkdir()
    (place.server.home(mailbox) / "sieve").symlink_to(elsewhere)
    place.policy()
    output = place.deploy()
    t.status(1, output)
    t.contains(f"failed    {mailbox}: cannot open 'sieve'", output.out)
    t.equal([], list(elsewhere.iterdir()))


def test_an_owner_that_cannot_be_given_is_told(t):
    if os.geteuid() != 0:
        t.skip("only root can be someone else", missing=False)
    place = Store(t, f"directory:{t.folder}/homes;owner=5001:5001", Place(t).server)
    place.policy()
    os.chmod(t.folder, 0o777)
    output = t.command("setpriv", "--reuid=5000", "--regid=5000", "--clear-groups", t.context.binary, "deploy", "policy.tamis",
                       "--to", place.url, "--yes", "--journal", "j", **place.environment({}))
    t.status(1, output)
    t.contains("Operation not permitted", output.out)
    t.status(0, place.deploy())
    (script,) = (t.folder / "homes" / place.mailboxes[0] / "sieve").iterdir()
    t.equal((5001, 5001), (script.stat().st_uid, script.stat().st_gid))


def test_what_sievec_does_not_take_is_not_activated(t):
    place = Place(t)
    url = f"directory:{place.server.folder}/home;config={place.server.folder}/dovecot.conf"
    place = Store(t, url, place.server)
    mailbox = place.mailboxes[0]
    place.policy()
    t.status(0, t.tamis("compile", "policy.tamis", "-o", "out"))
    script = t.folder / "out" / f"{mailbox}.sieve"
    broken = script.read_text().replace("fileinto", "vnd.nothing")
    script.write_text(broken)
    manifest = json.loads((t.folder / "out" / "manifest.json").read_text())
    for entry in manifest["mailboxes"]:
        if entry["mailbox"] == mailbox:
            entry["sha256"] = hashlib.sha256(broken.encode()).hexdigest()
    (t.folder / "out" / "manifest.json").write_text(json.dumps(manifest))
    output = place.deploy(what="out")
    t.status(1, output)
    t.contains(f"failed    {mailbox}: sievec: ", output.out)
    t.equal((None, None), place.active(mailbox))
    place.is_running(place.mailboxes[1], "Orders")


def test_one_file_a_mailbox_runs_before_the_users_script(t):
    folder = t.context.folder()
    accounts = {"info@d1.example": "x", "sales@d1.example": "x"}
    with Dovecot(t.context, accounts, settings={"sieve_before": f"{folder}/before/%u.sieve"}) as server:
        url = f"directory:{folder}/before/%u.sieve;mode=0644;config={server.folder}/dovecot.conf"
        place = Store(t, url, server)
        run_through(t, place)
        stem = folder / "before" / place.mailboxes[0]
        t.equal(True, stem.with_name(stem.name + ".svbin").exists(), "a binary")
        t.equal([stem.name + ".sieve", stem.name + ".svbin"], sorted(path.name for path in stem.parent.iterdir()))
        leaves_alone(t, place, lambda mailbox: (folder / "before" / f"{mailbox}.sieve").write_text(OWN))


def test_doveadm_puts_them(t):
    place = Place(t)
    place = Store(t, f"doveadm:;config={place.server.folder}/dovecot.conf", place.server)
    run_through(t, place)
    leaves_alone(t, place, lambda mailbox: place.put(mailbox, "mine", OWN))


def test_doveadm_takes_no_mailbox_for_many(t):
    """To doveadm '*' and '?' stand for any letters: the script would go into the mailboxes of others."""
    place = Place(t)
    place = Store(t, f"doveadm:;config={place.server.folder}/dovecot.conf", place.server)
    place.put(place.mailboxes[0], "mine", OWN)
    for mailbox in (f'"inf*@{place.domain}"', f'"sale?@{place.domain}"'):
        place.policy(mailboxes=[mailbox])
        output = place.deploy("--coexist", "replace")
        t.status(1, output)
        t.contains("would change the mailboxes of others: this one goes by ManageSieve alone", output.out)
    t.equal(("mine", OWN), place.active(place.mailboxes[0]))
    t.equal({}, place.stored(place.mailboxes[1]))


def test_redis_as_dovecot_reads_it(t):
    folder = t.context.folder()
    accounts = {"info@d1.example": "x", "sales@d1.example": "x"}
    with Redis(t.context) as redis:
        where = f"redis:host=127.0.0.1:port={redis.port}:prefix=pf/"
        with Dovecot(t.context, accounts, settings={"sieve": f"dict:{where};name=main;bindir=~/.sieve-bin"}) as server:
            place = Store(t, f"dict:{where};name=main", server)
            run_through(t, place)
            mailbox = place.mailboxes[0]
            name = redis.cli("GET", f"pf/{mailbox}/sieve/name/main")
            t.contains("tamis-", name)
            t.contains(f"# Mail of {mailbox}", redis.cli("GET", f"pf/{mailbox}/sieve/data/{name}"))

            def own(mailbox):
                redis.cli("SET", f"pf/{mailbox}/sieve/data/7", OWN)
                redis.cli("SET", f"pf/{mailbox}/sieve/name/main", "7")
            leaves_alone(t, place, own)


def test_a_name_that_leads_nowhere_is_mended(t):
    """A database that is short of memory may have forgotten the script and not the name: nothing runs then."""
    with Redis(t.context) as redis:
        place = Store(t, f"dict:redis:port={redis.port}:prefix=pf/;name=main", Place(t).server)
        place.policy()
        t.status(0, place.deploy())
        mailbox = place.mailboxes[0]
        name = redis.cli("GET", f"pf/{mailbox}/sieve/name/main")
        redis.cli("DEL", f"pf/{mailbox}/sieve/data/{name}")
        t.contains(f"missing   {mailbox}: no script is active", place.status().out)
        t.contains("2 mailboxes: 1 unchanged, 1 created", place.deploy().out)
        t.contains(f"# Mail of {mailbox}", redis.cli("GET", f"pf/{mailbox}/sieve/data/{name}"))
        t.contains("2 current", place.status().out)


def test_redis_wants_its_password(t):
    with Redis(t.context, password="Canary-redis") as redis:
        place = Store(t, f"dict:redis:port={redis.port}", Place(t).server)
        place.policy()
        output = place.deploy()
        t.status(1, output)
        t.contains("NOAUTH", output.out)
        t.status(0, place.deploy(TAMIS_PASSWORD="Canary-redis"))
        t.lacks("Canary-redis", place.journal.read_text())
        output = place.deploy("--password-file", t.write("pw2", "Canary-wrong\n"))
        t.status(1, output)
        t.lacks("Canary-wrong", output.out + output.err)


def postgres(t, config):
    folder = t.context.folder()
    accounts = {"info@d1.example": "x", "sales@d1.example": "x"}
    database = shared_postgres(t.context)
    database.sql(TABLES[config])
    sql = folder / "dict-sieve-sql.conf"
    sql.write_text(config.format(connect=database.connect()))
    more = f"dict {{\n  sieve = pgsql:{sql}\n}}\nservice dict {{\n  unix_listener dict {{\n    mode = 0666\n  }}\n}}\n"
    with Dovecot(t.context, accounts, settings={"sieve": "dict:proxy::sieve;name=active;bindir=~/.sieve-bin"},
                 more=more) as server:
        place = Store(t, f"dict:pgsql:{sql};name=active", server)
        run_through(t, place)
        table = "user_sieve_scripts" if config == ONE_TABLE else "sieve_data"

        def own(mailbox):
            if config == ONE_TABLE:
                database.sql(f"INSERT INTO {table} VALUES ('7', '{mailbox}', 'active', '{OWN}')")
            else:
                database.sql(f"INSERT INTO sieve_names VALUES ('{mailbox}', 'active', '7'); "
                             f"INSERT INTO {table} VALUES ('{mailbox}', '7', '{OWN}')")
        leaves_alone(t, place, own)
        for round in range(4):
            place.policy(folder=f"R{round}")
            t.status(0, place.deploy("--coexist", "replace"))
        lands_in(place, place.mailboxes[0], "R3")
        (count,) = database.sql(f"SELECT count(*) FROM {table} WHERE username = '{place.mailboxes[0]}'")
        t.equal(2, int(count), "scripts of a mailbox, the last one and the one before,")


def test_postgres_in_one_table_as_dovecot_reads_it(t):
    postgres(t, ONE_TABLE)


def test_postgres_in_two_tables_as_dovecot_reads_it(t):
    postgres(t, TWO_TABLES)


def test_columns_of_postgres_that_hold_no_id_are_told(t):
    database = shared_postgres(t.context)
    database.sql("CREATE TABLE numbered_names (username text, script_name text, id integer); "
                 "CREATE TABLE numbered_data (username text, id integer, script_data text)")
    config = TWO_TABLES.replace("sieve_names", "numbered_names").replace("sieve_data", "numbered_data")
    t.write("dict.conf", config.format(connect=database.connect()))
    place = Store(t, f"dict:pgsql:{t.folder}/dict.conf;name=active", Place(t).server)
    place.policy()
    output = place.deploy()
    t.status(1, output)
    t.contains("(ids of scripts are texts: their columns have to be as well)", output.out)


def test_a_database_that_is_away_is_told(t):
    place = Store(t, "", Place(t).server)
    place.policy()
    t.write("dict.conf", ONE_TABLE.format(connect=f"host=127.0.0.1 port={free_port()} password=Canary-sql"))
    for where, words in ((f"pgsql:{t.folder}/dict.conf", "PostgreSQL: "), (f"redis:port={free_port()}", "redis: ")):
        output = place.deploy("--timeout", "2", to=f"dict:{where}")
        t.status(2, output)
        t.contains(words, output.out)
        t.lacks("Canary", output.out + output.err)


def test_places_that_are_none_are_told(t):
    place = Store(t, "", Place(t).server)
    place.policy()
    t.write("bad.conf", "connect = host=127.0.0.1 password=Canary-sql\nmap {\n  pattern = priv/sieve/name/$n\n}\n")
    cases = {
        "ftp://x": "'ftp://x' is no place that scripts can go to",
        "directory:x": "the path has to begin with a slash",
        "directory:/x/%y": "a path takes %u (the address), %n and %d",
        "directory:/x/%d": "needs %u or %n",
        "directory:/x;scripts=a/b": "names in the home, without a slash",
        "directory:/x;owner=nobody-at-all": "there is no such owner",
        "directory:/x;mode=9": "the mode is octal",
        "directory:/x;colour=red": "there is no 'colour' in it; it takes scripts, active, owner, mode, config",
        "doveadm:x": "nothing stands behind the colon",
        "dict:x": "it is redis:host=…:port=…:prefix=… or pgsql:FILE",
        "dict:redis:host=a:colour=red": "'colour=red' is nothing that redis has",
        "dict:redis:password=Canary-url": "a password is not for the URL",
        "dict:pgsql:/nowhere": "Failed to open file",
        f"dict:pgsql:{t.folder}/bad.conf": "lacks table, username_field, value_field",
        "managesieve:x": "it is written //HOST or //HOST:PORT",
        "managesieve://": "it is written //HOST or //HOST:PORT",
        "managesieve://u:Canary-url@x": "say who logs in with --login, not in the URL",
        "managesieve://x/script": "it is written //HOST or //HOST:PORT",
    }
    for url, words in cases.items():
        output = place.deploy(to=url, access=["--password-file", t.write("pw", "x\n")])
        t.status(64, output)
        t.contains(words, output.err, f"what is said of {url}")
        t.lacks("Canary", output.err)
