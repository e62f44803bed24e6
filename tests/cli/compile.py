# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis compile: what is written where, what is left alone, and what a run that dies on the way leaves."""

import contextlib
import fcntl
import hashlib
import json
import os
import random
import signal
import stat
import subprocess
import tarfile
import time

from kinds import AS_OF

HEAD = "organization { domains acme.example; timezone Europe/Berlin; }\n"
POLICY = HEAD + """
hours office { mon-fri 09:00-17:00; }
group desk { a1@acme.example, a2@acme.example, a3@acme.example, a4@acme.example, a5@acme.example, a6@acme.example }
mailbox info@acme.example { limits { targets 6; } route desk { forward to desk; } }
mailbox "Day@acme.example" { route day when now in office { forward to day@partner.example; } }
mailbox junk@acme.example { route spam when spam score >= 5 { discard; } }
"""
TIMELESS = POLICY.replace("when now in office ", "")  # its scripts are the same on every day
SUMMARY = "compiled {} mailboxes: {} created, {} updated, {} unchanged, {} removed\n"
N_MAILBOXES = 1500


def compile(t, *arguments, policy="policy.tamis", as_of=AS_OF, **how):
    return t.tamis("compile", policy, "--as-of", as_of, *arguments, **how)


def test_an_exception_for_what_no_script_can_be_made_of(t):
    """It is said that nothing is written, and why: no silent failure."""
    for rule, options, route in (("unsupported", ["--server", "cyrus-3.6"], "when spam score >= 5 { discard; }"),
                                 ("bad-address", [], "{ forward to \"nobody\"; }")):
        t.write("policy.tamis", HEAD + f"mailbox a@acme.example {{ route r {route} }}\nallow {rule} in a@acme.example because \"x\";\n")
        for where in ("out", "-"):
            output = compile(t, *options, "-o", where)
            t.status(1, output)
            t.equal("", output.out)
            t.equal("tamis: nothing is written: an exception silences an error that no script can be made of; "
                    "'tamis check' names it once the exception is taken out\n", output.err)


def many(n, target="x@acme.example", other=None):
    """n mailboxes; every third one forwards to other."""
    lines = [f"mailbox u{i:05}@acme.example {{ route on {{ forward to {other if other and i % 3 == 0 else target}; }} }}"
             for i in range(n)]
    return HEAD + "\n".join(lines) + "\n"


def tree(folder):
    """Path to (inode, time of change, content) of every file below but Tamis's own."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != ".tamis":
            status = path.stat()
            found[str(name)] = (status.st_ino, status.st_ctime_ns, path.read_bytes())
    return found


def contents(folder):
    return {name: content for name, (_, _, content) in tree(folder).items()}


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


# What is written -------------------------------------------------------------------------------------------------

def test_a_folder_has_the_scripts_and_the_manifest(t):
    t.write("policy.tamis", POLICY)
    output = compile(t, "-o", "out")
    t.status(0, output)
    t.equal(SUMMARY.format(3, 3, 0, 0, 0) +
            "the server needs 'sieve_extensions = +spamtest'\n"
            "the server needs 'sieve_spamtest_status_type = score'\n"
            "the server needs 'sieve_spamtest_status_header = X-Spam-Score'\n"
            "the server needs 'sieve_spamtest_max_value = 10'\n"
            "the server needs 'sieve_max_redirects = 6'\n", output.out)
    t.equal("", output.err)
    t.equal(["day@acme.example.sieve", "info@acme.example.sieve", "junk@acme.example.sieve", "manifest.json"],
            sorted(contents(t.folder / "out")))
    found = manifest(t.folder / "out")
    t.equal(1, found["version"])
    t.equal("dovecot-2.3", found["server"])
    t.equal("2026-11-23T01:00:00+01:00", found["as_of"])
    t.equal(hashlib.sha256(POLICY.encode()).hexdigest(), found["policy"]["sha256"])
    t.equal([{"file": "policy.tamis", "sha256": found["policy"]["sha256"]}], found["policy"]["inputs"])
    t.equal(["info@acme.example", "day@acme.example", "junk@acme.example"], [m["mailbox"] for m in found["mailboxes"]])
    info, day, junk = found["mailboxes"]
    t.equal([f"a{n}@acme.example" for n in range(1, 7)], info["targets"])
    t.equal(["sieve_max_redirects = 6"], info["settings"])
    t.equal(None, info["good_until"])
    t.equal(["copy", "relational", "date"], day["requires"])
    # Zone changes are written out for five years: whoever compiles then gets others.
    t.equal("2032-01-01T01:00:00+01:00", day["good_until"])
    t.equal(day["good_until"], found["good_until"])
    for entry in found["mailboxes"]:
        script = (t.folder / "out" / entry["file"]).read_bytes()
        t.equal(hashlib.sha256(script).hexdigest(), entry["sha256"])
        t.contains(f"# Mail of {entry['mailbox']}\n".lower(), script.decode().lower())


def test_manifests_follow_the_schema(t):
    try:
        import jsonschema
    except ImportError:
        t.skip("python3-jsonschema is not installed")
    schema = json.loads((t.root / "docs" / "manifest.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    t.write("policy.tamis", POLICY)
    t.write("empty.tamis", HEAD)
    policies = [t.folder / "policy.tamis", t.folder / "empty.tamis", *sorted((t.root / "samples").glob("*/policy.tamis"))]
    for number, policy in enumerate(policies):
        t.status(0, compile(t, "-o", f"out{number}", policy=policy))
        jsonschema.validate(manifest(t.folder / f"out{number}"), schema)
    broken = manifest(t.folder / "out0")
    broken["mailboxes"][0]["file"] = "../x"
    try:
        jsonschema.validate(broken, schema)
    except jsonschema.ValidationError:
        return
    t.fail("the schema takes a path that leads out")


def test_all_inputs_are_in_the_policys_hash(t):
    t.write("a/policy.tamis", HEAD + 'import "sub/more.tamis"; import "../outside.tamis";\n'
                                     'group g from csv "g.csv" column address;\n'
                                     'mailbox b@acme.example { route on when from in g { keep; } }\n')
    t.write("a/sub/more.tamis", "mailbox c@acme.example { }\n")
    t.write("outside.tamis", "mailbox d@acme.example { }\n")
    t.write("a/g.csv", "address\nx@acme.example\n")
    t.status(0, compile(t, "-o", "out", policy="a/policy.tamis"))
    inputs = manifest(t.folder / "out")["policy"]["inputs"]
    t.equal({"policy.tamis", "sub/more.tamis", "../outside.tamis", "g.csv"}, {entry["file"] for entry in inputs})
    texts = [(t.folder / "a" / entry["file"]).read_bytes() for entry in inputs]
    t.equal(hashlib.sha256(b"".join(texts)).hexdigest(), manifest(t.folder / "out")["policy"]["sha256"])
    # The same from elsewhere: names don't depend on where the run was started.
    t.status(0, compile(t, "-o", "../out2", policy="policy.tamis", cwd=t.folder / "a"))
    t.equal(contents(t.folder / "out"), contents(t.folder / "out2"))


def test_json_summary(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out"))
    t.write("policy.tamis", POLICY.replace("junk@", "trash@"))
    (t.folder / "out" / "info@acme.example.sieve").write_text("discard;")
    output = compile(t, "-o", "out", "--format", "json")
    t.status(0, output)
    found = json.loads(output.out)
    settings = found.pop("settings")
    t.equal({"version": 1, "mailboxes": 3, "created": 1, "updated": 1, "unchanged": 1,
             "removed": ["junk@acme.example.sieve"], "restored": ["info@acme.example.sieve"]}, found)
    t.contains("sieve_max_redirects = 6", settings)


def test_one_script_on_standard_output(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out"))
    for address in ("info@acme.example", "INFO@Acme.Example", "info+x@acme.example"):
        output = compile(t, "-o", "-", "--mailbox", address)
        t.status(0, output)
        t.equal((t.folder / "out" / "info@acme.example.sieve").read_text(), output.out)
        t.equal("", output.err)
    output = compile(t, "-o", "-", "--mailbox", "inof@acme.example")
    t.status(64, output)
    t.equal("", output.out)
    t.contains("tamis: there is no mailbox 'inof@acme.example'; did you mean 'info@acme.example'?\n", output.err)
    output = compile(t, "-o", "-", "--mailbox", "somebody.else@elsewhere.example")
    t.contains("tamis: there is no mailbox 'somebody.else@elsewhere.example'\n", output.err)
    output = compile(t, "-o", "-")
    t.status(64, output)
    t.contains("tamis: '-o -' prints one script: say whose with --mailbox\n", output.err)
    t.write("one.tamis", HEAD + "mailbox a@acme.example { route on { keep; } }\n")
    t.contains("# Mail of a@acme.example\n", compile(t, "-o", "-", policy="one.tamis").out)


def test_wrong_usage(t):
    t.write("policy.tamis", POLICY)
    for arguments, message in (
            (["policy.tamis"], "where to? say -o FOLDER or --bundle FILE"),
            (["-o", "out"], "a policy is missing"),
            (["policy.tamis", "policy.tamis", "-o", "out"], "one policy at a time, please"),
            (["policy.tamis", "-o", "out", "--bundle", "x.tar"], "-o and --bundle exclude each other"),
            (["policy.tamis", "-o", "out", "--mailbox", "info@acme.example"],
             "--mailbox goes with '-o -' alone: a folder always has all mailboxes"),
            (["policy.tamis", "-o", "-", "--layout", "%u"],
             "--layout says how files are called, and '-o -' writes none"),
            (["policy.tamis", "-o", ""], "the name of the output is empty"),
            (["policy.tamis", "-o", "out", "--layout", "../%u"],
             "the layout '../%u' has a name that begins with a dot"),
            (["policy.tamis", "-o", "out", "--layout", "%d"],
             "the layout '%d' has neither %u nor %n, so all mailboxes would share a file")):
        output = t.tamis("compile", *arguments)
        t.status(64, output)
        t.equal(f"tamis: {message}\nhelp: 'tamis compile --help' shows its options\n", output.err)
        t.equal(["policy.tamis"], os.listdir(t.folder))


def test_layouts(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out", "--layout", "%d/%n.sieve"))
    t.equal(["acme.example/day.sieve", "acme.example/info.sieve", "acme.example/junk.sieve", "manifest.json"],
            sorted(contents(t.folder / "out")))
    # Another layout moves them all; the old places are tidied up.
    t.status(0, compile(t, "-o", "out", "--layout", "%d-%n"))
    t.equal(["acme.example-day", "acme.example-info", "acme.example-junk", "manifest.json"],
            sorted(contents(t.folder / "out")))
    t.equal(False, (t.folder / "out" / "acme.example").exists())
    t.write("two.tamis", POLICY.replace("domains ", "domains acme.cn, ") + "mailbox info@acme.cn { }\n")
    output = compile(t, "-o", "out", "--layout", "%n", policy="two.tamis")
    t.status(2, output)
    t.equal("tamis: with this layout 'info@acme.example' and 'info@acme.cn' would both be written to 'info'\n",
            output.err)


def test_an_archive(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out", "--layout", "%d/%n"))
    output = compile(t, "--bundle", "out.tar", "--layout", "%d/%n")
    t.status(0, output)
    t.contains("compiled 3 mailboxes into 'out.tar'\n", output.out)
    with tarfile.open(t.folder / "out.tar") as archive:
        members = archive.getmembers()
        t.equal(["acme.example/info", "acme.example/day", "acme.example/junk", "manifest.json"],
                [member.name for member in members])
        t.equal(contents(t.folder / "out"), {member.name: archive.extractfile(member).read() for member in members})
        t.equal({(0, 0, 0, 0o644)}, {(m.mtime, m.uid, m.gid, m.mode) for m in members})
    printed = t.context.binary, "compile", t.folder / "policy.tamis", "--as-of", AS_OF, "--layout", "%d/%n", "--bundle", "-"
    done = subprocess.run(printed, capture_output=True, env=t.context.environment(), check=True)
    t.equal((t.folder / "out.tar").read_bytes(), done.stdout)
    t.equal(b"", done.stderr)
    t.equal({"policy.tamis", "out", "out.tar"}, set(os.listdir(t.folder)))
    # A device is written to, never replaced.
    t.status(0, compile(t, "--bundle", "/dev/null"))
    t.equal(True, stat.S_ISCHR(os.stat("/dev/null").st_mode))


def test_it_is_the_same_for_all_numbers_of_jobs(t):
    t.write("policy.tamis", many(1000, other="y@acme.example"))
    for jobs in (1, 2, 3, 7):
        t.status(0, compile(t, "-o", f"out{jobs}", "--jobs", jobs))
        t.equal(contents(t.folder / "out1"), contents(t.folder / f"out{jobs}"))
    # And findings.
    t.write("policy.tamis", many(1000, target="u00000@acme.example"))
    errors = {compile(t, "-o", "out", "--jobs", jobs, "--fail-on", "hint").err for jobs in (1, 2, 3, 7)}
    t.equal(1, len(errors))


def test_a_policy_with_errors_is_refused(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out"))
    before = tree(t.folder / "out")
    for more in ("mailbox x@acme.example { forward }\n",                                    # of the text
                 "mailbox x@acme.example { route on { forward to x@acme.example; } }\n",    # of a rule
                 "mailbox x@acme.example { limits { script-size 10; } route on { keep; } }\n"):  # of the compiler
        t.write("policy.tamis", POLICY + more)
        output = compile(t, "-o", "out", "--fail-on", "never")
        t.status(1, output)
        t.equal("", output.out)
        t.contains("error: ", output.err)
        t.equal(before, tree(t.folder / "out"))
        t.status(1, compile(t, "-o", "other"))
        t.status(1, compile(t, "--bundle", "other.tar"))
        t.equal({"policy.tamis", "out"}, set(os.listdir(t.folder)))
    output = compile(t, "-o", "out")
    t.equal(f"policy.tamis:8:9: error: the script of 'x@acme.example' has 124 bytes, more than the 10 that its limit says "
            "[script-too-large]\npolicy.tamis:8:35: note: the limit is set here\n"
            "help: shorten the lists and texts of its routes, or spread them over several mailboxes\n", output.err)


def test_an_extension_that_the_server_lacks_is_refused(t):
    t.write("policy.tamis", POLICY + 'allow unsupported because "we shall see";\n')
    output = compile(t, "-o", "out", "--server", "cyrus-3.6")
    t.status(1, output)
    t.equal(["policy.tamis"], os.listdir(t.folder))


def test_warnings_are_shown_and_hints_are_not(t):
    t.write("policy.tamis", HEAD + "group g { a@acme.example }\nmailbox b@acme.example { route gone until 2026-01-01 { "
                                   "forward to x@acme.example; } }\n")
    output = compile(t, "-o", "out")
    t.status(0, output)
    t.contains("[expired-route]", output.err)
    t.lacks("[unused-name]", output.err)
    t.status(1, compile(t, "-o", "out", "--fail-on", "warning"))
    output = compile(t, "-o", "out", "--fail-on", "hint")
    t.status(1, output)
    t.contains("[unused-name]", output.err)


# What is left alone, and what is not -----------------------------------------------------------------------------

def test_unchanged_files_are_untouched(t):
    t.write("policy.tamis", TIMELESS)
    t.status(0, compile(t, "-o", "out"))
    before = tree(t.folder / "out")
    output = compile(t, "-o", "out")
    t.equal(SUMMARY.format(3, 0, 0, 3, 0), output.out)
    t.equal(before, tree(t.folder / "out"))
    # Another day, not asked for: the manifest stays too. Asked for, it says so.
    t.equal(SUMMARY.format(3, 0, 0, 3, 0), t.tamis("compile", "policy.tamis", "-o", "out").out)
    t.equal(before, tree(t.folder / "out"))
    compile(t, "-o", "out", as_of="2026-11-24T00:00Z")
    t.equal("2026-11-24T01:00:00+01:00", manifest(t.folder / "out")["as_of"])
    after = tree(t.folder / "out")
    del before["manifest.json"], after["manifest.json"]
    t.equal(before, after)


def test_what_changed_and_what_is_gone(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out"))
    before = tree(t.folder / "out")
    # Elsewhere in the policy: only one script differs.
    t.write("policy.tamis", "# a comment\n" + POLICY.replace("day@partner", "night@partner").replace("junk@", "trash@"))
    output = compile(t, "-o", "out")
    t.contains(SUMMARY.format(3, 1, 1, 1, 1) + "removed 'junk@acme.example.sieve'\n", output.out)
    after = tree(t.folder / "out")
    t.equal(before["info@acme.example.sieve"], after["info@acme.example.sieve"])
    t.equal({"day@acme.example.sieve", "info@acme.example.sieve", "trash@acme.example.sieve", "manifest.json"}, set(after))
    t.status(0, compile(t, "-o", "fresh"))
    t.equal(contents(t.folder / "fresh"), contents(t.folder / "out"))


def test_edits_by_hand_are_undone_and_named(t):
    t.write("policy.tamis", TIMELESS)
    t.status(0, compile(t, "-o", "out"))
    before = contents(t.folder / "out")
    script = t.folder / "out" / "info@acme.example.sieve"
    old = script.stat()
    # Of the same length, in the same file, with the time set back.
    script.write_bytes(script.read_bytes().replace(b"a1@", b"e1@"))
    os.utime(script, ns=(old.st_atime_ns, old.st_mtime_ns))
    os.chmod(script, 0o640)
    output = compile(t, "-o", "out")
    t.contains(SUMMARY.format(3, 0, 1, 2, 0) +
               "restored 'info@acme.example.sieve', which was not as tamis had written it\n", output.out)
    t.equal(before, contents(t.folder / "out"))
    t.equal(0o640, stat.S_IMODE(script.stat().st_mode))
    # On another day too, where the manifest stays as it is.
    script.write_text("discard;")
    t.contains(SUMMARY.format(3, 0, 1, 2, 0), t.tamis("compile", "policy.tamis", "-o", "out").out)
    t.equal(before, contents(t.folder / "out"))
    script.unlink()
    t.contains(SUMMARY.format(3, 1, 0, 2, 0), compile(t, "-o", "out").out)


def test_a_manifest_that_has_a_script_twice_removes_none(t):
    """As a merge leaves it."""
    t.write("policy.tamis", POLICY)
    compile(t, "-o", "out")
    path = t.folder / "out" / "manifest.json"
    first, last = [line for line in path.read_text().splitlines() if '"mailbox":' in line][::2]
    path.write_text(path.read_text().replace(last, last + ",\n" + first + "\n" + last))
    output = compile(t, "-o", "out")
    t.equal(SUMMARY.format(3, 0, 0, 3, 0), output.out)
    t.equal(3, len(manifest(t.folder / "out")["mailboxes"]))


def test_files_of_others_are_never_touched(t):
    t.write("policy.tamis", POLICY)
    (t.folder / "out").mkdir()
    foreign = t.write("out/info@acme.example.sieve", "keep;\n")
    t.write("out/notes.txt", "mine\n")
    output = compile(t, "-o", "out")
    t.status(2, output)
    t.equal("tamis: 'out/info@acme.example.sieve' is there already and was not written by tamis: move it away, or "
            "choose another folder\n", output.err)
    t.equal(["info@acme.example.sieve", "notes.txt"], sorted(os.listdir(t.folder / "out")))
    foreign.unlink()
    t.status(0, compile(t, "-o", "out"))
    t.write("policy.tamis", HEAD)
    t.contains(SUMMARY.format(0, 0, 0, 0, 3), compile(t, "-o", "out").out)
    t.equal({"manifest.json", "notes.txt", ".tamis"}, set(os.listdir(t.folder / "out")))


def test_links_lead_nowhere(t):
    t.write("policy.tamis", POLICY)
    victim = t.write("victim/info.sieve", "precious\n")
    t.status(0, compile(t, "-o", "out", "--layout", "%d/%n.sieve"))
    folder = t.folder / "out" / "acme.example"
    (folder / "info.sieve").unlink()
    (folder / "info.sieve").symlink_to(victim)
    t.status(0, compile(t, "-o", "out", "--layout", "%d/%n.sieve"))
    t.equal(False, (folder / "info.sieve").is_symlink())
    t.equal("precious\n", victim.read_text())
    folder.rename(t.folder / "elsewhere")
    folder.symlink_to(t.folder / "victim")
    output = compile(t, "-o", "out", "--layout", "%d/%n.sieve")
    t.status(2, output)
    t.contains("tamis: cannot read 'out/acme.example/", output.err)
    t.equal("precious\n", victim.read_text())
    t.equal(["info.sieve"], os.listdir(t.folder / "victim"))


def test_places_that_cannot_be_written(t):
    t.write("policy.tamis", POLICY)
    t.write("file", "")
    for words, message in ((["-o", "file"], "cannot open 'file': Not a directory"),
                           (["-o", "file/out"], "cannot open 'file/out': Not a directory"),
                           (["-o", "/proc/out"], "cannot make '/proc/out': No such file or directory"),
                           (["--bundle", "missing/x.tar"], "cannot write 'missing/x.tar': No such file or directory")):
        output = compile(t, *words)
        t.status(2, output)
        t.equal(f"tamis: {message}\n", output.err)
    t.equal({"policy.tamis", "file"}, set(os.listdir(t.folder)))
    t.status(0, compile(t, "-o", "new/folders/out"))


@contextlib.contextmanager
def mounted(t, options):
    """A file system of its own, where we may."""
    place = t.folder / "mounted"
    place.mkdir()
    if t.command("mount", "-t", "tmpfs", "-o", options, "tmpfs", place).status != 0:
        t.skip("not allowed to mount a file system", missing=False)
    try:
        yield place
    finally:
        t.command("umount", "-l", place)


def test_a_full_disk_loses_nothing(t):
    t.write("old.tamis", many(100))
    t.write("new.tamis", many(2000, "y@acme.example"))
    with mounted(t, "size=2m") as place:
        t.status(0, compile(t, "-o", place / "out", policy="old.tamis"))
        before = tree(place / "out")
        output = compile(t, "-o", place / "out", policy="new.tamis")
        t.status(2, output)
        t.contains("No space left on device\n", output.err)
        t.equal(before, tree(place / "out"))
        t.equal([".tamis"], [name for name in os.listdir(place / "out") if name.startswith(".")])
        t.equal(False, (place / "out" / ".tamis" / "stage").exists())
        output = compile(t, "-o", place / "fresh", policy="new.tamis")
        t.status(2, output)
        t.equal(["out"], os.listdir(place))
        t.status(2, compile(t, "--bundle", place / "x.tar", policy="new.tamis"))
        t.equal(["out"], os.listdir(place))
        t.status(0, compile(t, "-o", place / "out", policy="old.tamis"))


def test_a_folder_that_is_read_only(t):
    t.write("old.tamis", many(3))
    t.write("new.tamis", many(3, "y@acme.example"))
    with mounted(t, "size=1m") as place:
        t.status(0, compile(t, "-o", place / "out", policy="old.tamis"))
        t.status(0, t.command("mount", "-o", "remount,ro", place))
        before = tree(place / "out")
        output = compile(t, "-o", place / "out", policy="new.tamis")
        t.status(2, output)
        t.equal(f"tamis: cannot write '{place}/out/.tamis/lock': Read-only file system\n", output.err)
        t.equal(before, tree(place / "out"))
        output = compile(t, "-o", place / "fresh", policy="new.tamis")
        t.status(2, output)
        t.equal(f"tamis: cannot make '{place}/fresh': Read-only file system\n", output.err)


# Runs that end on the way ----------------------------------------------------------------------------------------

def test_two_runs_at_once(t):
    t.write("policy.tamis", POLICY)
    t.status(0, compile(t, "-o", "out"))
    with open(t.folder / "out" / ".tamis" / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        output = compile(t, "-o", "out")
    t.status(2, output)
    t.equal("tamis: another run is writing to 'out': wait until it has ended\n", output.err)
    t.status(0, compile(t, "-o", "out"))


def binary(t):
    """Without sanitizers where there is one: moments to die at should lie in the work, not in them."""
    return t.context.plain / "cli" / "tamis" if t.context.plain else t.context.binary


def started(t, policy, output):
    return subprocess.Popen([binary(t), "compile", policy, "--as-of", AS_OF, "-o", output, "--jobs", "2"],
                            cwd=t.folder, env=t.context.environment(), stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def duration(t, policy, output):
    begun = time.monotonic()
    t.equal(0, started(t, policy, output).wait())
    return time.monotonic() - begun


def test_killed_at_any_moment(t):
    """Every script that the manifest names is the old one or the new one, whole; and the next run ends the same."""
    t.write("old.tamis", many(N_MAILBOXES))
    t.write("new.tamis", many(N_MAILBOXES, other="y@acme.example")
            .replace("u00001@", "v00001@").replace("u00004@", "v00004@"))
    t.status(0, compile(t, "-o", "old", policy="old.tamis"))
    longest = duration(t, "new.tamis", "new")
    states = {"old": contents(t.folder / "old"), "new": contents(t.folder / "new")}
    manifests = {state: found["manifest.json"] for state, found in states.items()}
    now, seen = "old", set()
    t.status(0, compile(t, "-o", "out", policy="old.tamis"))
    begun = time.monotonic()
    for round in range(60):
        if len(seen) > 1 and time.monotonic() > begun + 15:
            break
        goal = "new" if now == "old" else "old"
        process = started(t, f"{goal}.tamis", "out")
        time.sleep(random.uniform(0.2, 3.5) * longest)  # replacing takes longer than making
        process.kill()
        process.communicate()
        found = contents(t.folder / "out")
        reached = next((state for state in states if found["manifest.json"] == manifests[state]), None)
        t.equal(True, reached is not None, "whether the manifest is whole")
        for entry in json.loads(found["manifest.json"])["mailboxes"]:
            name = entry["file"]
            whole = found.get(name) in (states["old"].get(name), states["new"].get(name))
            t.equal(True, name in found and whole, f"whether {name} is whole, in round {round},")
        committing = (t.folder / "out" / ".tamis" / "commit").exists()
        seen.add("dead in commit" if committing else reached == goal)
        # The next run, whatever it is for, comes out as a fresh one would.
        t.status(0, compile(t, "-o", "out", policy=f"{goal}.tamis"))
        t.equal(True, contents(t.folder / "out") == states[goal], "whether the next run made it good")
        t.equal(False, (t.folder / "out" / ".tamis" / "stage").exists())
        now = goal
    t.equal(True, len(seen) > 1, f"whether kills came before and after the commit: {seen}")


def test_killed_while_making_a_folder(t):
    t.write("policy.tamis", many(N_MAILBOXES))
    longest = duration(t, "policy.tamis", "good")
    good = contents(t.folder / "good")
    for _ in range(10):
        process = started(t, "policy.tamis", "out")
        time.sleep(random.uniform(0.2, 1.0) * longest)
        process.kill()
        process.communicate()
        if (t.folder / "out").exists():
            t.equal(True, contents(t.folder / "out") == good, "whether the folder came at once")
            t.command("rm", "-r", "out")
    t.status(0, compile(t, "-o", "out"))
    t.equal(True, contents(t.folder / "out") == good)
    t.equal({"policy.tamis", "out", "good"}, set(os.listdir(t.folder)))


def test_interrupted(t):
    """A signal leaves the old state and nothing beside it, or the new one."""
    t.write("old.tamis", many(N_MAILBOXES))
    t.write("new.tamis", many(N_MAILBOXES, "y@acme.example"))
    t.status(0, compile(t, "-o", "out", policy="old.tamis"))
    longest = duration(t, "new.tamis", "new")
    old, new = contents(t.folder / "out"), contents(t.folder / "new")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * 2:
        process = started(t, "new.tamis", "out")
        time.sleep(random.uniform(0.3, 1.0) * longest)
        process.send_signal(number)
        error = process.communicate()[1].decode()
        t.equal(True, process.returncode in (-number, 0), f"whether it ended by the signal, not {process.returncode}:\n{error}")
        t.equal(True, contents(t.folder / "out") in (old, new), "whether the state is the old or the new one")
        t.equal({"lock", "index"}, set(os.listdir(t.folder / "out" / ".tamis")))
        t.status(0, compile(t, "-o", "out", policy="old.tamis"))
    for _ in range(4):
        process = started(t, "new.tamis", "fresh")
        time.sleep(random.uniform(0.3, 0.9) * longest)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        if (t.folder / "fresh").exists():
            t.command("rm", "-r", "fresh")
        t.equal({"old.tamis", "new.tamis", "out", "new"}, set(os.listdir(t.folder)))
