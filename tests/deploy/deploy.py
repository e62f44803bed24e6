# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis deploy, status and rollback against the real Dovecot: what is done, said and kept."""

import json
import os
import pty
import select
import signal
import subprocess
import time

from servers.deployment import Place, lines_of

OWN = 'require ["fileinto", "mailbox"];\nif header :contains "subject" "mine" { fileinto :create "Mine"; }\n'


def test_scripts_are_created_then_unchanged_then_updated(t):
    place = Place(t)
    place.policy()
    first = place.deploy()
    t.status(0, first)
    t.equal([f"created   {mailbox}" for mailbox in place.mailboxes], lines_of(first, "created"))
    for mailbox in place.mailboxes:
        place.is_running(mailbox, "Orders")
    again = place.deploy()
    t.status(0, again)
    t.contains("2 mailboxes: 2 unchanged\n", again.out)
    place.policy(folder="Bestellungen")
    changed = place.deploy()
    t.status(0, changed)
    t.contains(f"updated   {place.mailboxes[0]}\n", changed.out)
    t.contains('    -    fileinto :create "Orders";\n    +    fileinto :create "Bestellungen";\n', changed.out)
    for mailbox in place.mailboxes:
        place.is_running(mailbox, "Bestellungen")
        t.equal(1, len(place.stored(mailbox)), "the scripts that are left")


def test_a_plan_is_shown_and_nothing_is_done(t):
    place = Place(t)
    place.policy()
    for output in (place.deploy("--dry-run", yes=False), place.deploy("--dry-run")):
        t.status(0, output)
        t.contains("plan for 2 mailboxes: 2 created\n", output.out)
    asked = place.deploy(yes=False)
    t.status(1, asked)
    t.contains("plan for 2 mailboxes: 2 created\n", asked.out)
    t.contains("nothing was done: there is no terminal to ask on", asked.err)
    t.equal((None, None), place.active(place.mailboxes[0]))
    t.equal(False, place.journal.exists(), "a journal")


def test_json_has_every_mailbox(t):
    place = Place(t)
    place.policy()
    output = place.deploy("--format", "json")
    t.status(0, output)
    result = json.loads(output.out)
    t.equal([1, True, 2, 0], [result[key] for key in ("version", "applied", "created", "failed")])
    t.equal([(mailbox, "created") for mailbox in place.mailboxes],
            [(each["mailbox"], each["result"]) for each in result["mailboxes"]])


def test_a_compiled_folder_is_deployed(t):
    place = Place(t)
    place.policy()
    t.status(0, t.tamis("compile", "policy.tamis", "-o", "out"))
    t.status(0, place.deploy(what="out"))
    place.is_running(place.mailboxes[1], "Orders")
    script = t.folder / "out" / f"{place.mailboxes[0]}.sieve"
    script.write_text(script.read_text() + "discard;\n")
    output = place.deploy(what="out")
    t.status(2, output)
    t.contains("is not as it was compiled", output.err)


def test_a_folder_that_was_not_compiled_is_told(t):
    place = Place(t)
    t.write(f"scripts/{place.mailboxes[0]}.sieve", "keep;\n")
    for output in (place.deploy(what="scripts"), place.status(what="scripts")):
        t.status(2, output)
        t.contains("'scripts' has no manifest.json: it is no folder that 'tamis compile' has written", output.err)


def test_a_policy_with_an_error_goes_nowhere(t):
    place = Place(t)
    t.write("policy.tamis", f"organization {{ domains {place.domain}; }}\nmailbox info@{place.domain} {{ nonsense }}\n")
    t.status(1, place.deploy())
    t.equal({}, place.stored(place.mailboxes[0]))


def test_a_script_of_the_user_is_left_alone(t):
    place = Place(t)
    place.policy()
    place.put(place.mailboxes[0], "mine", OWN)
    output = place.deploy()
    t.status(1, output)
    t.equal([f"refused   {place.mailboxes[0]}: the mailbox has a script of its own, 'mine'"], lines_of(output, "refused"))
    t.equal(("mine", OWN), place.active(place.mailboxes[0]))
    t.equal(["mine"], list(place.stored(place.mailboxes[0])))
    place.is_running(place.mailboxes[1], "Orders")


def test_a_script_of_the_user_runs_too(t):
    place = Place(t)
    mailbox = place.mailboxes[0]
    place.policy()
    place.put(mailbox, "my \"mine\"", OWN)
    t.status(0, place.deploy("--coexist", "include"))
    t.equal(OWN, place.stored(mailbox)["my \"mine\""])
    for subject, folder in (("an order", "Orders"), ("mine", "Mine"), ("hello", "INBOX")):
        answer = place.server.deliver("a@b.example", mailbox, f"Subject: {subject}\r\n\r\nx\r\n".encode())
        t.equal(250, answer[0])
    t.equal(["INBOX", "Mine", "Orders"], sorted(box for box, _ in place.server.take(mailbox)))
    t.contains("2 mailboxes: 2 unchanged", place.deploy("--coexist", "include").out)
    t.contains("2 mailboxes: 2 unchanged", place.deploy().out)
    place.policy(folder="Neu")
    t.status(0, place.deploy())
    name, wrapper = place.active(mailbox)
    t.contains("tamis-with-", name)
    t.contains('include :personal "my \\"mine\\"";', wrapper)
    t.equal(3, len(place.stored(mailbox)), "scripts")


def test_what_would_change_the_meaning_is_not_included(t):
    place = Place(t)
    mailbox = place.mailboxes[0]
    place.policy()
    orders = "the policy's script acts on, and servers drop such a run, as with '"
    cases = {
        'require "reject";\nif header :contains "subject" "mine" { reject "no"; }\n':
            f"the mailbox's own script rejects mail that {orders}",
        'require "editheader";\nif header :is "x-a" "b" { addheader "X-B" "c"; }\n':
            "the mailbox's own script changes messages that the policy's script delivers, as with '",
        'require "include";\ninclude :optional "more";\n':
            "the mailbox's own script cannot be read (it includes other scripts)",
    }
    for own, words in cases.items():
        place.put(mailbox, "mine", own)
        output = place.deploy("--coexist", "include")
        t.status(1, output)
        t.contains(f"refused   {mailbox}: {words}", output.out)
        t.contains(": it cannot be included\n", output.out)
        t.equal(("mine", own), place.active(mailbox))


def test_what_is_included_is_proved_and_delivered(t):
    """A stop of the second script is behind all that the first has done."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    t.write("policy.tamis", f"""\
organization {{ domains {place.domain}; timezone Europe/Berlin; }}
mailbox {mailbox} {{
    route orders when subject is "order" {{ keep in "Orders"; final; }}
}}
""")
    place.put(mailbox, "mine", 'require ["fileinto", "mailbox"];\nif header :is "subject" "mine" { discard; stop; }\n'
              'if header :is "x-list" "yes" { fileinto :create "List"; stop; }\n')
    t.status(0, place.deploy("--coexist", "include"))
    for subject, boxes in (("order", ["List", "Orders"]), ("mine", []), ("hello", ["List"])):
        list = b"X-List: yes\r\n" if boxes else b""
        answer = place.server.deliver("a@b.example", mailbox, list + f"Subject: {subject}\r\n\r\nx\r\n".encode())
        t.equal(250, answer[0])
        t.equal(boxes, sorted(box for box, _ in place.server.take(mailbox)), f"where '{subject}' is")


def test_what_the_user_makes_of_an_included_script_is_told(t):
    """It was proved of the script that the user had then; and what is gone is not brought back."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    place.policy()
    place.put(mailbox, "mine", 'require "fileinto";\nif header :contains "subject" "party" { fileinto "Mine"; }\n')
    t.status(0, place.deploy("--coexist", "include"))
    wrapper, _ = place.active(mailbox)
    t.status(0, place.status())
    mine = place.server.home(mailbox) / "sieve" / "mine.sieve"
    mine.write_text('require "reject";\nreject "no";\n')
    for output in (place.status(), place.status("--format", "json")):
        t.status(1, output)
        t.contains("and someone has changed that: the mailbox's own script rejects mail", output.out)
    t.contains(f"edited    {mailbox}: '{wrapper}' runs the mailbox's own script too", place.status().out)
    t.status(1, place.deploy())
    mine.unlink()
    t.contains("outdated", place.status().out)
    t.status(0, place.deploy())
    output = place.rollback()
    t.status(1, output)
    t.contains("refused   " + mailbox + ": what ran before runs 'mine' too, which is gone", output.out)
    place.is_running(mailbox, "Orders")


def test_a_script_of_the_user_is_replaced_and_kept(t):
    place = Place(t)
    mailbox = place.mailboxes[0]
    place.policy()
    place.put(mailbox, "mine", OWN)
    output = place.deploy("--coexist", "replace")
    t.status(0, output)
    t.contains(f"updated   {mailbox} (instead of 'mine': it stays stored)", output.out)
    place.is_running(mailbox, "Orders")
    t.equal(OWN, place.stored(mailbox)["mine"])
    (change,) = [each for each in place.records() if each["event"] == "change" and each["mailbox"] == mailbox]
    t.equal({"name": "mine", "text": OWN}, {key: change["before"][key] for key in ("name", "text")})
    t.status(0, place.rollback())
    t.equal(("mine", OWN), place.active(mailbox))
    t.equal((None, None), place.active(place.mailboxes[1]))


def test_a_change_by_hand_is_seen_mended_and_kept(t):
    place = Place(t)
    mailbox = place.mailboxes[0]
    place.policy()
    t.status(0, place.deploy())
    t.status(0, place.status())
    edited = place.active(mailbox)[1] + "discard;\n"
    name = place.active(mailbox)[0]
    place.edit(mailbox, edited)
    seen = place.status()
    t.status(1, seen)
    t.contains(f"edited    {mailbox}: someone has changed '{name}' by hand\n", seen.out)
    output = place.deploy()
    t.status(0, output)
    t.contains("which someone had changed by hand: it stays stored)", output.out)
    t.lacks("discard", place.active(mailbox)[1])
    t.equal(edited, place.stored(mailbox)[name], "what someone wrote")
    t.status(0, place.status())


def test_what_someone_changed_stays_when_the_policy_comes_back_to_it(t):
    """The name of the script that is wanted then is that of the one that was changed."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    place.policy(folder="One")
    t.status(0, place.deploy())
    name, text = place.active(mailbox)
    place.edit(mailbox, text + "# mine\n")
    for folder in ("Two", "One", "Two", "One"):
        place.policy(folder=folder)
        t.status(0, place.deploy())
        place.is_running(mailbox, folder)
        t.equal(text + "# mine\n", place.stored(mailbox)[name])
        t.equal(2, len(place.stored(mailbox)), "scripts")
    # A user's own, which has such a name and does not run.
    place.put(mailbox, name, OWN)
    place.put(mailbox, "other", "keep;\n")
    t.status(0, place.deploy("--coexist", "replace"))
    place.is_running(mailbox, "One")
    t.equal(OWN, place.stored(mailbox)[name])
    t.status(0, place.rollback())
    t.equal(("other", "keep;\n"), place.active(mailbox))
    t.equal(OWN, place.stored(mailbox)[name])


def test_what_is_brought_back_overwrites_nothing(t):
    """Under the name of what ran before someone keeps something else since."""
    place = Place(t, ("info",))
    mailbox = place.mailboxes[0]
    place.policy(folder="One")
    place.put(mailbox, "mine", OWN)
    for number in range(3):
        t.status(0, place.deploy("--coexist", "replace"))
        active, _ = place.active(mailbox)
        home = place.server.home(mailbox) / "sieve"
        changed = [path for path in home.glob("*.sieve") if path.stem != active]
        for path in changed:
            path.write_text(f"keep; # {number} {path.stem}\n")
        kept = {path.stem: path.read_text() for path in changed}
        t.status(0, place.rollback())
        t.equal(OWN, place.active(mailbox)[1])
        for name, text in kept.items():
            t.equal(text, place.stored(mailbox)[name])
        place.policy(folder=f"More{number}")


def test_status_tells_what_is_missing_outdated_and_foreign(t):
    place = Place(t, ("one", "two", "three"))
    place.policy()
    t.status(0, place.deploy())
    place.policy(folder="Neu", mailboxes=place.mailboxes[:2])
    t.status(0, place.deploy())
    place.put(place.mailboxes[0], "mine", OWN)
    place.policy(folder="Neu")
    output = place.status()
    t.status(1, output)
    t.contains(f"foreign   {place.mailboxes[0]}: 'mine' is active, which tamis did not write\n", output.out)
    t.contains(f"outdated  {place.mailboxes[2]}: ", output.out)
    t.contains("3 mailboxes: 1 current, 1 outdated, 1 foreign\n", output.out)
    found = json.loads(place.status("--format", "json").out)
    t.equal(["foreign", "current", "outdated"], [each["state"] for each in found["mailboxes"]])


def test_status_tells_of_the_last_day(t):
    place = Place(t, ("sun",))
    t.write("policy.tamis", f"""\
organization {{ domains {place.domain}; timezone Europe/Berlin; }}
hours office {{ mon-fri 09:00-17:00; }}
mailbox sun@{place.domain} {{ route late when not now in office {{ keep in "Late"; final; }} }}
""")
    t.status(0, place.deploy())
    t.status(0, place.status())
    output = place.status("--near", "36500")
    t.status(1, output)
    t.contains("expiring  sun@", output.out)


def test_what_the_policy_no_longer_has_goes_when_told(t):
    place = Place(t)
    place.policy()
    t.status(0, place.deploy())
    place.policy(mailboxes=place.mailboxes[:1])
    output = place.deploy()
    t.status(0, output)
    t.contains("1 mailbox more that the policy no longer has: --prune removes the script", output.out)
    place.is_running(place.mailboxes[1], "Orders")
    output = place.deploy("--prune")
    t.status(0, output)
    t.contains(f"removed   {place.mailboxes[1]}\n", output.out)
    t.equal((None, None), place.active(place.mailboxes[1]))
    t.equal({}, place.stored(place.mailboxes[1]))
    t.lacks(place.mailboxes[1], place.deploy("--prune").out)


def test_a_table_that_was_cut_short_takes_nobodys_script(t):
    place = Place(t, ("info", "sales", *(f"m{n}" for n in range(6))))
    place.policy()
    t.status(0, place.deploy())
    place.policy(mailboxes=place.mailboxes[:2])
    output = place.deploy("--prune")
    t.status(1, output)
    t.equal(f"tamis: nothing was done: the policy no longer has 6 of the 8 mailboxes that were deployed (m0@{place.domain}, "
            f"m1@{place.domain}, m2@{place.domain}, …), and --prune removes 5 at most. Is a table cut short? If they are all to "
            "go, say --prune-max 6\n", output.err)
    for allowed in ("5", "74%"):
        t.status(1, place.deploy("--prune", "--prune-max", allowed))
    place.is_running(place.mailboxes[7], "Orders")
    for wrong in ("x", "", "-1", "101%", "5%%"):
        t.status(64, place.deploy("--prune", "--prune-max", wrong))
    t.status(64, place.deploy("--prune-max", "3"))
    output = place.deploy("--prune", "--prune-max", "75%")
    t.status(0, output)
    t.contains("plan for 8 mailboxes: 2 unchanged, 6 removed\n", output.out)
    t.equal((None, None), place.active(place.mailboxes[7]))


def test_the_whole_plan_is_shown_first(t):
    place = Place(t)
    place.policy()
    output = place.deploy()
    t.status(0, output)
    t.equal([f"created   {mailbox}" for mailbox in place.mailboxes] +
            ["plan for 2 mailboxes: 2 created", "2 mailboxes: 2 created", f"journal '{place.journal}'"], output.out.splitlines())


def test_two_runs_are_taken_back_one_after_the_other(t):
    place = Place(t)
    for folder in ("One", "Two", "Three"):
        place.policy(folder=folder)
        t.status(0, place.deploy())
    for folder in ("Two", "One"):
        t.status(0, place.rollback())
        for mailbox in place.mailboxes:
            place.is_running(mailbox, folder)
            t.equal(1, len(place.stored(mailbox)), "scripts")
    t.status(0, place.rollback())
    t.equal((None, None), place.active(place.mailboxes[0]))
    nothing = place.rollback()
    t.status(1, nothing)
    t.contains("has no deployment that was not taken back", nothing.err)


def test_what_someone_changed_since_is_not_taken_back(t):
    place = Place(t)
    place.policy(folder="One")
    t.status(0, place.deploy())
    place.policy(folder="Two")
    t.status(0, place.deploy())
    place.put(place.mailboxes[0], "mine", OWN)
    output = place.rollback()
    t.status(1, output)
    t.contains(f"refused   {place.mailboxes[0]}: someone has changed it since the deployment", output.out)
    t.equal(("mine", OWN), place.active(place.mailboxes[0]))
    place.is_running(place.mailboxes[1], "One")


def test_the_journal_says_who_when_and_what(t):
    place = Place(t)
    place.policy()
    t.status(0, place.deploy())
    records = place.records()
    t.equal(["begin", "change", "change", "end", "result", "result"], sorted(each["event"] for each in records))
    begin = records[0]
    t.equal(["deploy", place.url, 2], [begin[key] for key in ("verb", "to", "mailboxes")])
    t.contains("@", begin["who"])
    t.equal(64, len(begin["policy_sha256"]))
    result = next(each for each in records if each["event"] == "result")
    t.equal(result["script"][len("tamis-"):], result["sha256"][:16])
    t.equal("0o600", oct(place.journal.stat().st_mode & 0o777))


def test_the_journal_is_believed_when_told(t):
    place = Place(t)
    place.policy()
    t.status(0, place.deploy())
    output = place.deploy("--trust-journal", to=None)
    t.status(0, output)
    t.contains("2 mailboxes: 2 unchanged", output.out)
    told = json.loads(place.deploy("--trust-journal", "--format", "json").out)["mailboxes"][0]
    name, _ = place.active(place.mailboxes[0])
    t.equal({"mailbox": place.mailboxes[0], "result": "unchanged", "script": name, "before": name, "before_of": "tamis"}, told)
    place.edit(place.mailboxes[0], "discard;\n")
    t.contains("2 unchanged", place.deploy("--trust-journal").out)
    t.lacks("2 unchanged", place.deploy("--dry-run").out)


def test_canaries_go_first(t):
    place = Place(t, [f"m{n}" for n in range(6)])
    place.policy()
    with_error = place.mailboxes[1]
    place.server.home(with_error).joinpath("sieve").write_text("a file where the folder should be")
    output = place.deploy("--canary", "3", "--jobs", "4")
    t.status(1, output)
    t.contains(f"created   {place.mailboxes[0]}\n", output.out)
    t.contains(f"failed    {with_error}: ", output.out)
    t.contains("4 not tried", output.out)
    t.equal((None, None), place.active(place.mailboxes[5]))


def test_an_interrupted_run_is_taken_up(t):
    place = Place(t, [f"m{n}" for n in range(6)])
    place.policy()
    words = [t.context.binary, "deploy", "policy.tamis", "--to", place.url, *place.access(), "--journal", place.journal,
             "--yes", "--jobs", "3", "--rate", "0.05"]
    run = subprocess.Popen([str(word) for word in words], cwd=t.folder, stdout=subprocess.PIPE, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
                           env=t.context.environment(XDG_STATE_HOME=str(t.folder / "state")))
    changed = lambda: [mailbox for mailbox in place.mailboxes if place.active(mailbox) != (None, None)]
    while not changed():
        if run.poll() is not None:
            t.fail(f"it ended by itself: {run.communicate()[0]}")
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=30)
    t.equal(-signal.SIGINT, run.returncode, "the exit status")
    (mailbox,) = changed()  # none whose turn had not come
    t.contains("6 mailboxes: 1 created, 5 not tried\n", out)
    t.contains(f"created   {mailbox}\n", out)
    output = place.deploy()
    t.status(0, output)
    t.contains("was interrupted: this one goes on where it ended", output.err)
    t.contains(f"unchanged {mailbox}\n", output.out)
    for mailbox in place.mailboxes:
        place.is_running(mailbox, "Orders")
    t.lacks("interrupted", place.deploy().err)


def on_terminal(t, place, *options):
    """Deploys with a terminal to answer on: its process and the terminal."""
    words = " ".join(str(word) for word in [
        t.context.binary, "deploy", "policy.tamis", "--to", place.url, *place.access(), "--journal", place.journal, *options])
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(t.folder)
        os.execve("/bin/sh", ["sh", "-c", f"{words}; echo status $?"],
                  t.context.environment(XDG_STATE_HOME=str(t.folder / "state")))
    return process, terminal


def test_json_is_one_document_also_where_a_plan_is_asked_about(t):
    place = Place(t, ("info",))
    for folder, answer, is_applied in (("Orders", b"n\n", False), ("Orders", b"y\n", True), ("Bills", b"y\n", True)):
        place.policy(folder=folder)
        process, terminal = on_terminal(t, place, "--format", "json", ">", "out.json")
        t.contains("plan for 1 mailbox: 1 ", read_until(terminal, "[y/N] "))
        os.write(terminal, answer)
        status = f"status {0 if is_applied else 1}"
        t.contains(status, read_until(terminal, status))
        os.waitpid(process, 0)
        os.close(terminal)
        document = json.loads(t.read("out.json"))
        t.equal(is_applied, document["applied"], "whether it was done")
        t.equal("updated" if folder == "Bills" else "created", document["mailboxes"][0]["result"])
    t.contains('"Bills"', document["mailboxes"][0]["diff"])


def test_a_change_since_the_plan_was_shown_is_left_alone(t):
    place = Place(t, ("info",))
    place.policy()
    # What is typed comes after someone else's change.
    process, terminal = on_terminal(t, place)
    said = read_until(terminal, "[y/N] ")
    t.contains("plan for 1 mailbox: 1 created", said)
    place.put(place.mailboxes[0], "mine", OWN)
    os.write(terminal, b"y\n")
    said = read_until(terminal, "status ")
    os.waitpid(process, 0)
    os.close(terminal)
    t.contains("refused", said)
    t.equal(("mine", OWN), place.active(place.mailboxes[0]))


def read_until(terminal, words):
    """What a program says on its terminal up to these words."""
    said = ""
    deadline = time.monotonic() + 30
    while words not in said and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            said += os.read(terminal, 65536).decode(errors="replace")
    return said
