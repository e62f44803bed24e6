# SPDX-License-Identifier: LGPL-2.1-or-later
"""Options of the deploying verbs that make no sense are told, with what they take, before anything is done."""

import json
import shutil

from servers.deployment import ADMIN, PASSWORD, Place
from servers.dovecot import Dovecot
from servers import certificate

WRONG = {
    ("--rate", "0"): "--rate takes changes a second, from 0.001 (one in a thousand seconds) to 1000000, not '0'",
    ("--rate", "nan"): "not 'nan'",
    ("--rate", "inf"): "not 'inf'",
    ("--rate", "-2"): "not '-2'",
    ("--rate", "1e-300"): "not '1e-300'",
    ("--rate", "soon"): "--rate",
    ("--attempts", "0"): "--attempts takes a number from 1 to 100, not '0'",
    ("--attempts", "101"): "--attempts takes a number from 1 to 100, not '101'",
    ("--timeout", "0"): "--timeout takes seconds from 1 to 3600, not '0'",
    ("--timeout", "-5"): "--timeout takes seconds from 1 to 3600, not '-5'",
    ("--timeout", "3601"): "--timeout takes seconds from 1 to 3600, not '3601'",
    ("--canary", "-1"): "--canary takes a number of mailboxes, not '-1'",
    ("--jobs", "0"): "--jobs takes a number from 1 to 256, not '0'",
    ("--prune-max", "5"): "--prune-max says how many --prune may remove",
    ("--prune", "--prune-max", "101%"): "--prune-max takes a number of mailboxes or a share ('20%'), not '101%'",
    ("--prune", "--prune-max", "-5"): "--prune-max takes a number of mailboxes",
    ("--coexist", "merge"): "--coexist takes refuse, include or replace, not 'merge'",
    ("--authorize", "root"): "--authorize takes authzid or master, not 'root'",
    ("--pin", "abc"): "--pin takes the 64 hexadecimal digits of a SHA-256, not 'abc'",
    ("--mechanism", "XOAUTH2"): "--mechanism takes SCRAM-SHA-256-PLUS, SCRAM-SHA-256, SCRAM-SHA-1-PLUS, SCRAM-SHA-1, "
                                "PLAIN, LOGIN, OAUTHBEARER, EXTERNAL, not 'XOAUTH2'",
    ("--mechanism", "EXTERNAL"): "--mechanism EXTERNAL takes --client-certificate FILE instead of a password",
    ("--format", "sarif"): "--format takes text or json, not 'sarif'",
}


def test_values_that_make_no_sense_are_told(t):
    place = Place(t, ("info",))
    place.policy()
    for words, said in WRONG.items():
        output = place.deploy(*words)
        t.status(64, output)
        t.contains(said, output.err, f"what is said of {words}")
    output = place.status("--near", "-5")
    t.status(64, output)
    t.contains("--near takes a number of days, not '-5'", output.err)
    output = place.deploy("--timeout", "-5", to=f"directory:{t.folder}/homes")  # where nobody logs in, too
    t.status(64, output)
    t.equal(False, place.journal.exists(), "a journal")


def test_files_that_cannot_be_read_are_told_once(t):
    place = Place(t)
    place.policy()
    t.write("text.pem", "no certificate\n")
    access = ["--login", ADMIN, "--password-file", "password"]
    for words, said in ((["--ca-file", "nowhere"], "tamis: cannot read the authorities in 'nowhere': No such file"),
                        (["--ca-file", "."], "tamis: cannot read the authorities in '.': Is a directory"),
                        (["--client-certificate", "nowhere"], "tamis: cannot read the certificate in 'nowhere': No such")):
        output = place.deploy(access=[*access, *words])
        t.status(2, output)
        t.equal("", output.out, "the output")
        t.contains(said, output.err)
    output = place.deploy("--jobs", "1", access=[*access, "--ca-file", "text.pem"])
    t.status(2, output)
    t.contains("text.pem", output.out)
    t.contains("plan for 2 mailboxes: 1 failed, 1 not tried", output.out)


def test_what_is_no_journal_is_not_written_into(t):
    place = Place(t, ("info",))
    policy = place.policy().read_text()
    for text in (policy, policy.rstrip("\n"), "{}\n", "[" * 200000):
        place.journal = t.write("other.txt", text)
        output = place.deploy()
        t.status(64, output)
        t.contains("other.txt' is no journal of deployments: nothing is written into it", output.err)
        t.equal(text, place.journal.read_text())
    t.equal({}, place.stored(place.mailboxes[0]))
    place.journal = t.folder / "policy.tamis"
    for output in (place.deploy("--dry-run"), place.rollback()):
        t.status(64, output)
        t.contains("is no journal of deployments", output.err)
    place.journal = t.write("cut.jsonl", '{"version":1,"eve')  # a crash, while its first record was written
    t.status(0, place.deploy())
    t.status(0, place.rollback())


def test_runs_that_changed_nothing_are_passed_over_by_a_rollback(t):
    place = Place(t, ("info",))
    for folder in ("One", "Two", "Two", "Two"):  # as a nightly run does it
        place.policy(folder=folder)
        t.status(0, place.deploy())
    t.contains("1 mailbox: 1 updated", place.rollback().out)
    place.is_running(place.mailboxes[0], "One")
    t.status(0, place.rollback())
    output = place.rollback()
    t.status(1, output)
    t.contains("has no deployment that was not taken back", output.err)


def test_an_administrator_asks_for_a_mailboxs_limits(t):
    """Who has no mailbox acts for the first one of the policy, in every verb that compiles."""
    place = Place(t, ("sales", "info"))
    place.policy()
    live = ["--server", place.url, *place.access()]
    t.status(0, t.tamis("check", "policy.tamis", *live))
    t.status(0, t.tamis("compile", "policy.tamis", "-o", "out", *live))
    t.equal(place.url, json.loads((t.folder / "out" / "manifest.json").read_text())["server"])
    t.status(0, t.tamis("explain", "policy.tamis", "--to", place.mailboxes[0], *live))
    t.status(0, t.tamis("check", "policy.tamis", *live, "--authorize", "master"))
    text = place.policy().read_text().replace('keep in "Orders"', f"forward to {', '.join(f'a{n}@b.example' for n in range(5))}")
    t.write("policy.tamis", text)
    output = t.tamis("check", "policy.tamis", *live)
    t.status(1, output)
    t.contains("[too-many-targets]", output.out)
    # A script, and a folder of them, are called after a mailbox.
    t.write(f"site/{place.mailboxes[1]}.sieve", "keep;\n")
    t.write("other.sieve", "keep;\n")
    for path in ("site", f"site/{place.mailboxes[1]}.sieve"):
        t.status(0, t.tamis("check", path, *live))
    output = t.tamis("check", "other.sieve", *live)
    t.status(2, output)
    t.contains("(an administrator acts for a mailbox, and none is named here)", output.err)
    # A mailbox logs in as itself, whatever stands first.
    words = ["--server", place.url, "--ca-file", place.ca, "--login", place.mailboxes[1]]
    t.contains("[too-many-targets]", t.tamis("check", "policy.tamis", *words, TAMIS_PASSWORD="pw-info").out)
    output = t.tamis("check", "policy.tamis", "--server", place.url, "--ca-file", place.ca, "--login", ADMIN,
                     TAMIS_PASSWORD="Canary-wrong")
    t.status(2, output)
    t.contains(f"cannot log in as '{ADMIN}' for '{place.mailboxes[0]}'", output.err)


def test_a_server_that_keeps_no_scram_passwords_is_told(t):
    """As with the page's master user, whose hash is SHA512-CRYPT: the server offers SCRAM all the same."""
    if not shutil.which("doveadm"):
        t.skip("dovecot-core is not installed")
    hashed = t.command("doveadm", "pw", "-s", "SHA512-CRYPT", "-p", PASSWORD).out.strip()
    with Dovecot(t.context, {"info@d1.example": "pw-info"}, masters={ADMIN: "x"}, managesieve=True, tls=certificate(t.context),
                 more="auth_mechanisms = plain login scram-sha-256\n") as server:
        (server.folder / "masters").write_text(f"{ADMIN}:{hashed}\n")
        place = Place(t, ("info",), server=server)
        place.policy()
        output = place.deploy()
        t.status(1, output)
        t.contains("(by SCRAM-SHA-256: a server that keeps passwords in another form needs --mechanism PLAIN)", output.out)
        t.status(0, place.deploy("--mechanism", "plain"))
        place.is_running(place.mailboxes[0], "Orders")
