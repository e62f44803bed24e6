# SPDX-License-Identifier: LGPL-2.1-or-later
"""--server managesieve://HOST: the server says itself what it can do, and what is compiled for it runs there."""

import json
import shutil

from servers.deployment import PASSWORD, Place
from servers.proxy import Scripted, GREETING


def test_extensions_and_limits_are_the_servers_own(t):
    place = Place(t, ("info",))
    place.policy()
    output = t.tamis("servers", place.url, "--ca-file", place.ca)
    t.status(0, output)
    t.contains(f"{place.url}: Dovecot", output.out)
    # The test's server has these by a setting; to compile for it nothing more is needed.
    for extension in ("editheader", "spamtest", "vnd.dovecot.filter"):
        t.contains(f"  {extension} ", output.out)
    t.lacks("needs:", output.out)
    output = t.tamis("servers", place.url, "--ca-file", place.ca, "--login", place.mailboxes[0],
                     TAMIS_PASSWORD="pw-info")
    t.status(0, output)
    t.contains("max-redirects                4", output.out)
    t.contains("max-script-bytes             1048576", output.out)


def test_a_policy_is_compiled_for_the_server_that_is_asked(t):
    place = Place(t, ("info",))
    t.write("policy.tamis", f"organization {{ domains {place.domain}; timezone Europe/Berlin; }}\nmailbox "
                            f"{place.mailboxes[0]} {{ route r {{ mark \"X-Seen: yes\"; keep; }} }}\n")
    output = t.tamis("compile", "policy.tamis", "-o", "out", "--server", place.url, "--ca-file", place.ca)
    t.status(0, output)
    t.equal(place.url, json.loads((t.folder / "out" / "manifest.json").read_text())["server"])
    t.status(0, place.deploy("--server", place.url))

    def poor(talk, number):
        talk.say(GREETING)
        talk.wait()
    with Scripted(poor) as server:
        output = t.tamis("check", "policy.tamis", "--server", f"managesieve://127.0.0.1:{server.port}", "--insecure")
        t.status(1, output)
        t.contains("[unsupported]", output.out)


def test_a_server_that_is_away_is_told(t):
    place = Place(t, ("info",))
    place.policy()
    output = t.tamis("check", "policy.tamis", "--server", "managesieve://127.0.0.1:1", "--timeout", "2")
    t.status(2, output)
    t.contains("cannot connect to '127.0.0.1' port 1", output.err)
    output = t.tamis("check", "policy.tamis", "--server", place.url, "--ca-file", place.ca, "--login", place.mailboxes[0],
                     TAMIS_PASSWORD="Canary-wrong")
    t.status(2, output)
    t.contains("cannot log in as", output.err)
    t.lacks("Canary", output.err)


def test_the_password_is_kept_by_the_secret_service(t):
    """The real one, of a desktop: unlocked, asked by secret-tool."""
    for program in ("dbus-run-session", "gnome-keyring-daemon", "secret-tool"):
        if not shutil.which(program):
            t.skip(f"{program} is not installed")
    place = Place(t)
    place.policy()
    script = t.write("with-keyring", f"""\
echo keyring | gnome-keyring-daemon --unlock --components=secrets >daemon.log 2>&1
printf %s {PASSWORD} | secret-tool store --label Tamis service tamis server {place.url} user tamis-admin || exit 99
{t.context.binary} deploy policy.tamis --to {place.url} --login tamis-admin --ca-file {place.ca} --yes --journal journal.jsonl
""")
    output = t.command("dbus-run-session", "--", "sh", script, HOME=str(t.folder), XDG_DATA_HOME=str(t.folder / "data"),
                       XDG_RUNTIME_DIR=str(t.folder), **place.environment({}))
    t.status(0, output)
    t.contains("2 mailboxes: 2 created", output.out)
