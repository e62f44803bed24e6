# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every verb has: help with an example, its exit statuses, options that are told when they are wrong."""

import json
import re


def verbs(t):
    output = t.tamis("--help")
    t.status(0, output)
    found = re.findall(r"^  ([a-z]+) +\S", output.out.split("Verbs:\n")[1].split("\n\n")[0], re.MULTILINE)
    assert found == sorted(found) and "check" in found, found
    return found


def test_version(t):
    output = t.tamis("--version")
    t.status(0, output)
    if not re.fullmatch(r"tamis \d+\.\d+\.\d+\n", output.out):
        t.fail(output.out)


def test_each_verb_has_help_with_an_example(t):
    for verb in verbs(t):
        output = t.tamis(verb, "--help")
        t.status(0, output)
        t.contains(f"Usage:\n  tamis {verb} ", output.out)
        t.contains(f"Example:\n  tamis {verb} ", output.out)
        t.equal("", output.err)
        t.equal(output.out, t.tamis(verb, "-h").out)
        t.equal(output.out, t.tamis("help", verb).out)


def test_no_option_of_a_help_is_refused(t):
    for verb in verbs(t):
        for option in re.findall(r"^  (?:-\w, )?--([a-z-]+)", t.tamis(verb, "--help").out, re.MULTILINE):
            output = t.context.without_sanitizers().tamis(verb, f"--{option}", cwd=t.folder)
            t.lacks("there is no option", output.err)


def test_help_is_the_same_in_the_c_locale(t):
    t.equal(t.tamis("--help").out, t.tamis("--help", LC_ALL="C").out)
    t.equal(t.tamis("check", "--help").out, t.tamis("check", "--help", LC_ALL="C").out)


def test_no_verb(t):
    output = t.tamis()
    t.status(64, output)
    t.equal("", output.out)
    t.equal("tamis: a verb is missing\nhelp: 'tamis --help' shows the verbs\n", output.err)


def test_an_unknown_verb(t):
    output = t.tamis("chekc", "a.tamis")
    t.status(64, output)
    t.equal("tamis: there is no verb 'chekc'; did you mean 'check'?\nhelp: 'tamis --help' shows the verbs\n",
            output.err)
    output = t.tamis("xyzzy\x1b[2J")
    t.status(64, output)
    t.equal("tamis: there is no verb 'xyzzy\\u{1b}[2J'\nhelp: 'tamis --help' shows the verbs\n", output.err)


def test_an_unknown_option(t):
    output = t.tamis("check", "--fail-no", "hint", "a.tamis")
    t.status(64, output)
    t.equal("tamis: there is no option '--fail-no'; did you mean '--fail-on'?\n"
            "help: 'tamis check --help' shows its options\n", output.err)


def test_options_with_a_wrong_value(t):
    for words, message in (
            (["--fail-on", "eror"], "--fail-on takes error, warning, hint or never, not 'eror'"),
            (["--format", "xml"], "--format takes text, json, sarif, junit, github or gcc, not 'xml'"),
            (["--color", "yes"], "--color takes auto, always or never, not 'yes'"),
            (["--timezone", "Asia/Shangai"], "there is no time zone 'Asia/Shangai'"),
            (["--jobs", "0x"], "Cannot parse integer value “0x” for --jobs"),
            (["--jobs", "-1"], "--jobs takes a number from 1 to 256, not '-1'"),
            (["--jobs", "0"], "--jobs takes a number from 1 to 256, not '0'"),
            (["--as-of", "2026-02-30"], "--as-of takes a day or an instant, as '2026-12-31' or "
                                        "'2026-12-31 18:00', not '2026-02-30'"),
            (["--as-of", "tomorrow\n"], "--as-of takes a day or an instant, as '2026-12-31' or "
                                        "'2026-12-31 18:00', not 'tomorrow\\u{a}'")):
        output = t.tamis("check", *words, "a.tamis")
        t.status(64, output)
        t.equal(f"tamis: {message}\nhelp: 'tamis check --help' shows its options\n", output.err)
        t.equal("", output.out)


def test_a_value_may_follow_a_letter_without_a_blank(t):
    t.write("a.tamis", "organization { domains acme.example; timezone UTC; }\nmailbox a@acme.example { }\n")
    t.status(0, t.tamis("compile", "-j2", "-oout", "a.tamis"))
    t.equal(True, (t.folder / "out" / "manifest.json").exists())
    t.status(0, t.tamis("compile", "-o", "-j2", "a.tamis"))
    t.equal(True, (t.folder / "-j2" / "manifest.json").exists())
    t.contains("--jobs takes a number from 1 to 256, not '0'", t.tamis("check", "-j0", "a.tamis").err)


def test_behind_two_dashes_stand_files(t):
    for name in "-j2", "--", "--quiet", "a":
        t.write(name, "keep;\n")
    for names in ["--", "-j2"], ["--", "--"], ["--", "a", "--"], ["-q", "--", "--quiet"], ["a", "--", "-j2", "--"]:
        output = t.tamis("check", *names)
        t.equal(("", "", 0), (output.out, output.err, output.status))
    t.equal("tamis: cannot read '-x': No such file or directory\n", t.tamis("check", "--", "-x").err)


def test_help_of_a_finding(t):
    output = t.tamis("help", "forward-to-self")
    t.status(0, output)
    t.contains("# forward-to-self: ", output.out)
    t.contains("\n## What it means\n", output.out)
    t.contains("\n## References\n", output.out)


def test_help_of_an_unknown_finding(t):
    output = t.tamis("help", "forward-to-slef")
    t.status(64, output)
    t.equal("tamis: there is no finding 'forward-to-slef'; did you mean 'forward-to-self'?\n"
            "help: 'tamis help --help' shows its options\n", output.err)


def test_help_lists_every_page(t):
    output = t.tamis("help")
    t.status(0, output)
    pages = sorted(path.stem for path in (t.root / "docs" / "findings").glob("*.md"))
    t.equal(pages, [line.split()[0] for line in output.out.splitlines()], "the list of findings")


def test_servers(t):
    output = t.tamis("servers")
    t.status(0, output)
    names = [line.split()[0] for line in output.out.splitlines()]
    for name in ("cyrus-3.10", "cyrus-3.6", "dovecot-2.3", "dovecot-2.4", "libsieve", "rfc5228"):
        assert name in names, names
    document = json.loads(t.tamis("servers", "--format", "json").out)
    t.equal(1, document["version"])
    t.equal(names, [server["name"] for server in document["servers"]], "the servers in JSON")


def test_one_server(t):
    output = t.tamis("servers", "dovecot-2.3")
    t.status(0, output)
    t.contains("dovecot-2.3: Dovecot 2.3", output.out)
    t.contains("\n  fileinto  ", output.out)
    t.contains("(raised by sieve_max_redirects)", output.out)
    (server,) = json.loads(t.tamis("servers", "dovecot-2.3", "--format", "json").out)["servers"]
    t.contains({"name": "max-redirects", "limit": 4, "setting": "sieve_max_redirects"}, server["limits"])
    t.contains({"name": "fileinto", "origin": "RFC 5228"}, server["extensions"])


def test_a_server_of_ones_own(t):
    t.write("ours.server", "[server]\nbase=dovecot-2.3\ntitle=Ours\n[limits]\nmax-redirects=25\n")
    output = t.tamis("servers", "ours.server")
    t.status(0, output)
    t.contains(": Ours\n", output.out)
    t.contains("max-redirects                25 ", output.out)


def test_an_unknown_server(t):
    output = t.tamis("servers", "dovecot-2.5")
    t.status(64, output)
    t.contains("tamis: unknown server 'dovecot-2.5'", output.err)
    t.status(2, t.tamis("servers", "missing.server"))


def test_output_that_cannot_be_written(t):
    output = t.command("sh", "-c", f"'{t.context.binary}' help >/dev/full")
    t.status(2, output)
    t.equal("tamis: cannot write to standard output: No space left on device\n", output.err)
