# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis check and tamis fmt on Sieve scripts: mending, exceptions, baselines, includes, folders."""

import json
import xml.etree.ElementTree

WRONG = """require ["fileinto", "vacation"];
if currentdate "hour" "9" {
    fileinto :copy "x"
}
"""
MENDED = """require ["fileinto", "date", "copy"];
if currentdate :zone "+0800" "hour" "09" {
    fileinto :copy "x";
}
"""


def check(t, *words):
    return t.tamis("check", "--as-of", "2026-11-23", *words)


def rules(output):
    return [finding["rule"] for finding in json.loads(output.out)["findings"]]


def test_fix_mends_until_nothing_is_left(t):
    path = t.write("x.sieve", WRONG)
    output = check(t, "--fix", "--timezone", "Asia/Shanghai", "x.sieve")
    t.status(0, output)
    t.equal("", output.out + output.err)
    t.equal(MENDED, path.read_text(), "the mended script")


def test_fix_mends_as_much_as_there_is(t):
    t.write("x.sieve", "if true {keep}\n" * 22000)
    check(t, "--fix", "x.sieve")
    t.equal("if true {keep;}\n" * 22000, t.read("x.sieve"))


def test_names_in_a_diff_are_those_that_patch_reads(t):
    for name, shown in (("x.sieve", "x.sieve"), ("a b.sieve", "a b.sieve\t"), ("a\nb.sieve", None), ('a"b\\.sieve', None)):
        t.write(name, "keep\n")
        head = check(t, "--fix", "--diff", name).out.split("\n")[:2]
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\012")
        t.equal([f"--- a/{shown}", f"+++ b/{shown}"] if shown else [f'--- "a/{quoted}"', f'+++ "b/{quoted}"'], head)


def test_fix_with_diff_writes_nothing(t):
    path = t.write("x.sieve", WRONG)
    output = check(t, "--fix", "--diff", "--timezone", "Asia/Shanghai", "x.sieve")
    t.contains('+if currentdate :zone "+0800" "hour" "09" {\n', output.out)
    t.equal(WRONG, path.read_text(), "the script")


def test_fix_writes_the_zone_of_what_it_is_compared_with(t):
    script = 'require ["date", "relational"];\nif currentdate%s :value "ge" "iso8601" "2026-12-24T00:00:00+01:00" { keep; }\n'
    path = t.write("x.sieve", script % "")
    t.status(0, check(t, "--fix", "--timezone", "Asia/Shanghai", "x.sieve"))
    t.equal(script % ' :zone "+0100"', path.read_text(), "the mended script")


def test_diff_alone_is_a_mistake(t):
    t.write("x.sieve", WRONG)
    t.status(64, check(t, "--diff", "x.sieve"))


def test_a_require_of_nothing_wanted_goes_as_a_whole(t):
    path = t.write("x.sieve", 'require ["copy", "date"];\nkeep;\n')
    t.status(0, check(t, "--fix", "x.sieve"))
    t.equal("keep;\n", path.read_text(), "the mended script")


def test_an_exception_silences_the_next_command(t):
    t.write("x.sieve", 'require "date";\n# tamis: allow zoneless-time because it stays here\n'
                       'if currentdate "hour" "09" { keep; }\nif currentdate "hour" "10" { keep; }\n')
    output = check(t, "x.sieve")
    t.status(0, output)
    t.lacks("x.sieve:3:", output.out)
    t.contains("x.sieve:4:4: warning:", output.out)


def test_an_exception_behind_a_command_silences_its_line(t):
    t.write("x.sieve", 'require "vacation";\nvacation "x"; # tamis: allow reply-without-addresses because there is one\n')
    t.equal("", check(t, "x.sieve").out)


def test_wrong_exceptions_are_told(t):
    t.write("x.sieve", "# tamis: allow zoneless-times because x\nkeep;\n# tamis: allow syntax because x\nkeep;\n"
                       "# tamis: allow zoneless-time\nkeep;\n# tamis: allow zoneless-time because x\nkeep;\n")
    output = check(t, "--format", "json", "x.sieve")
    t.equal(["unknown-name", "type", "syntax", "stale-allow"], rules(output))


def test_an_exception_of_nothing(t):
    for text in ("allow because so", "allow  because  so", "allow because", "allow", "allow , because so"):
        t.write("x.sieve", f"# tamis: {text}\nkeep;\n")
        output = check(t, "x.sieve")
        t.status(1, output)
        t.contains("x.sieve:1:1: error: this exception ", output.out)


def test_exceptions_as_people_write_them(t):
    body = 'if currentdate :value "ge" "hour" "18" { keep; }\n'
    for comment in ("# tamis: allow zoneless-time because x\n", "#tamis:allow zoneless-time because x\r\n",
                    "# TAMIS: Allow Zoneless-Time Because x\n", "#\ttamis:\tallow\tzoneless-time\tbecause\tx\n",
                    "# tamis allow zoneless-time because x\n", "/* tamis: allow zoneless-time because x */\n",
                    "/*\n * tamis: allow zoneless-time because x\n * and y\n */\n",
                    "# tamis: allow zoneless-time until 2026-11-23 because x\n"):
        t.write("x.sieve", 'require ["date", "relational"];\n' + comment + body)
        t.equal("", check(t, "x.sieve").out, comment)


def test_exceptions_in_included_scripts(t):
    t.write("inc.sieve", "# tamis: allow missing-require because it is there\n" 'vacation "x";\n'
                         "# tamis: allow bad-address until 2020-01-01 because x\n" 'redirect "a";\n')
    t.write("x.sieve", 'require "include";\ninclude "inc";\n')
    t.write("site/li@acme.example.sieve", 'require "include";\ninclude "inc";\n')
    for name in ("x.sieve", "site"):
        output = check(t, "--format", "json", "--include-dir", ".", name)
        t.equal(["expired-allow", "bad-address"], rules(output))


def test_a_baseline_silences_what_was_there(t):
    t.write("x.sieve", 'require "vacation";\nvacation "x";\n')
    t.write("base.json", check(t, "--format", "json", "x.sieve").out)
    t.equal("", check(t, "--baseline", "base.json", "x.sieve").out)
    t.write("x.sieve", 'require "vacation";\n\nif size :over 1K { vacation "x"; } else { vacation "x"; }\n')
    t.equal(["reply-without-addresses"], rules(check(t, "--format", "json", "--baseline", "base.json", "x.sieve")))


def test_a_baseline_that_is_none(t):
    t.write("x.sieve", "keep;\n")
    for text, reason in (("[]", "it has no 'findings'"), ('{"version": 2, "findings": []}', "its 'version' is not 1"),
                         ('{"version": "1", "findings": []}', "its 'version' is not 1"),
                         ("[" * 200000, "it is nested too deep"), ('{"a":' * 200000, "it is nested too deep"),
                         ("/* \" ' */ ['\"[', " + "[" * 200000, "it is nested too deep"),
                         (check(t, "--format", "sarif", "x.sieve").out, "it is SARIF")):
        t.write("base.json", text)
        output = check(t, "--baseline", "base.json", "x.sieve")
        t.status(2, output)
        t.equal(f"tamis: 'base.json' is no report of 'tamis check --format json': {reason}; "
                "write it anew with 'tamis check --format json --fail-on never'\n", output.err)


def test_a_baseline_with_brackets_in_its_texts(t):
    t.write("x.sieve", "keep\n")
    findings = [{"rule": "syntax", "file": "x.sieve", "message": "[{\\\"" * 200}]
    t.write("base.json", json.dumps({"version": 1, "findings": findings}))
    t.status(1, check(t, "--quiet", "--baseline", "base.json", "x.sieve"))


def test_a_baseline_that_fits_badly_says_so(t):
    t.write("x.sieve", 'require "vacation";\nvacation "x";\n')
    report = check(t, "--format", "json", "x.sieve").out
    t.write("base.json", report.replace("gets no reply", "is not answered"))
    output = check(t, "--baseline", "base.json", "x.sieve")
    t.equal("tamis: 1 of the findings stands in other words in 'base.json': if another version has written it, write it "
            "anew with 'tamis check --format json --fail-on never'\n", output.err)
    t.contains("[reply-without-addresses]", output.out)
    t.equal("", check(t, "--quiet", "--baseline", "base.json", "x.sieve").err)
    t.write("base.json", report.replace('"x.sieve"', '"gone/x.sieve"'))
    t.equal("tamis: none of the files of 'base.json' is there: check from the folder that it was written in, or write it "
            "anew with 'tamis check --format json --fail-on never'\n", check(t, "--baseline", "base.json", "x.sieve").err)
    t.write("y.sieve", "keep;\n")
    t.write("base.json", report.replace('"x.sieve"', '"y.sieve"'))
    t.equal("", check(t, "--baseline", "base.json", "x.sieve").err)


def test_includes_are_followed(t):
    t.write("x.sieve", 'require "include";\ninclude "a";\ninclude :optional "b";\ninclude "c";\n')
    t.write("a.sieve", 'require "include";\nkepp;\ninclude "a";\n')
    output = check(t, "--include-dir", ".", "x.sieve")
    t.status(1, output)
    t.contains("a.sieve:2:1: error: there is no command 'kepp'", output.out)
    t.contains("a.sieve:3:9: error: the script 'a' includes itself", output.out)
    t.contains("x.sieve:4:9: error: there is no script 'c' to include", output.out)
    t.lacks("'b'", output.out)


def test_a_command_that_another_mailbox_reaches_is_not_dead(t):
    t.write("global/all.sieve", 'require ["fileinto", "envelope"];\n' + "".join(
        f'if envelope "to" "{name}@acme.example" {{\n    fileinto "{name}";\n}}\n' for name in ("li", "wang", "zhou")))
    for name in ("li", "wang"):
        t.write(f"site/{name}@acme.example.sieve", 'require "include";\ninclude :global "all";\n')
    output = check(t, "--global-dir", "global", "site")
    t.equal("global/all.sieve:9:5: warning: no message reaches this command [dead-route]\n"
            "help: mend the conditions around it, or take it out\n", output.out)


def test_a_loop_runs_through_a_script_that_forwards_to_itself(t):
    t.write("site/li@acme.example.sieve", 'if size :over 1K { redirect "wang@acme.example"; }\n')
    t.write("site/wang@acme.example.sieve", 'redirect "li@acme.example";\nredirect "wang@acme.example";\n')
    found = [f for f in json.loads(check(t, "--format", "json", "site").out)["findings"] if f["severity"] == "error"]
    t.equal(["forward-loop", "forward-to-self"], sorted(f["rule"] for f in found), "errors")
    (loop,) = (f for f in found if f["rule"] == "forward-loop")
    t.equal(["li@acme.example", "wang@acme.example", "li@acme.example"], loop["witness"]["path"], "the way")


def test_a_loop_that_leans_on_two_unread_tests(t):
    t.write("site/a@acme.example.sieve", 'redirect "b@acme.example";\n')
    t.write("site/b@acme.example.sieve", """require ["duplicate", "editheader", "body"];
if duplicate :handle "a" {
    if body :contains "x" { addheader "X-B" "1"; }
    if duplicate :handle "b" { redirect "a@acme.example"; }
}
""")
    (loop,) = (f for f in json.loads(check(t, "--format", "json", "site").out)["findings"] if f["rule"] == "forward-loop")
    t.equal(("possible", "warning"), (loop["certainty"], loop["severity"]))
    t.equal("a message to 'a@acme.example' may come back to it after 2 forwards", loop["message"])


def test_a_loop_of_messages_that_lose_their_mark(t):
    for address, script in {
        "a": 'require "editheader";\nif not exists "x-passed" {\n    addheader "X-Passed" "a";\n    redirect "b@acme.example";\n}\n',
        "b": 'require "editheader";\ndeleteheader "X-Passed";\nredirect "a@acme.example";\n',
        # What has no mark of its own goes no further the second time: it comes back, and no more.
        "c": 'require "editheader";\nif not exists "x-was" {\n    addheader "X-Was" "c";\n    redirect "d@acme.example";\n}\n',
        "d": 'require "editheader";\ndeleteheader "X-Other";\nredirect "c@acme.example";\n',
    }.items():
        t.write(f"scripts/{address}@acme.example.sieve", script)
    output = check(t, "--format", "json", "scripts")
    found = [f for f in json.loads(output.out)["findings"] if f["rule"] in ("forward-loop", "forward-return")]
    t.equal(["a b a proved", "c d c proved"],
            [" ".join(a.removesuffix("@acme.example") for a in f["witness"]["path"]) + " " + f["certainty"] for f in found], "ways")
    t.equal(["forward-loop", "forward-return"], [f["rule"] for f in found], "rules")
    t.contains("what marks it is taken out again", found[0]["message"])


def test_tests_behind_a_change_see_it(t):
    t.write("x.sieve", 'require ["editheader", "fileinto", "reject"];\naddheader "X-Seen" "yes";\n'
                       'if exists "x-seen" {\n    fileinto "Seen";\n} else {\n    reject "No.";\n}\n')
    output = check(t, "x.sieve")
    t.lacks("reject-conflict", output.out)
    t.contains("x.sieve:6:5: warning: no message reaches this command [dead-route]", output.out)


def test_a_folder_is_a_site(t):
    t.write("site/li@acme.example.sieve", 'redirect "wang@acme.example";\n')
    t.write("site/wang@acme.example.sieve", 'redirect "wang+x@acme.example";\nredirect "a@out.example";\n')
    output = check(t, "--format", "json", "site")
    t.equal(["forward-to-self", "spf-breakage"], sorted(rules(output)))


def test_an_empty_folder(t):
    (t.folder / "site").mkdir()
    t.status(2, check(t, "site"))


def test_fmt_keeps_comments(t):
    path = t.write("x.sieve", "# a\r\nIF anyof(true,# b\r\nfalse){keep;}/* c */\r\n")
    t.status(0, t.tamis("fmt", "x.sieve"))
    t.equal("# a\nif anyof (\n    true, # b\n    false\n) {\n    keep;\n} /* c */\n", path.read_text(), "the script")
    t.status(0, t.tamis("fmt", "--check", "x.sieve"))


def test_fmt_leaves_a_broken_script_alone(t):
    path = t.write("x.sieve", "keep\n")
    t.status(1, t.tamis("fmt", "x.sieve"))
    t.equal("keep\n", path.read_text(), "the script")


def test_walls_of_a_server_are_named(t):
    everything = (t.root / "tests" / "sieve" / "everything.server").read_text()
    t.write("small.server", everything.replace("[limits]", """[limits]
max-script-bytes=200
max-script-setting=script_size
max-string-bytes=10
max-arguments=3
"""))
    t.write("x.sieve", 'require "reject";\nif header :is :comparator "i;octet" "a" "b" { keep; }\n'
                       'reject "a long reason";\n' + "# .\n" * 30)
    output = check(t, "--server", "small.server", "x.sieve")
    t.status(1, output)
    t.equal("""x.sieve:1:1: error: the script has 216 bytes, and the server 'small' takes 200 [script-too-large]
help: make it shorter, or raise 'script_size'
x.sieve:2:4: error: there are more arguments than the server 'small' takes [unsupported]
help: stay within 3, which it takes
x.sieve:3:8: error: the string has more bytes than the server 'small' takes [unsupported]
help: stay within 10, which it takes
""", output.out)
    t.write("small.server", (t.folder / "small.server").read_text().replace("max-script-setting=script_size\n", ""))
    t.contains("takes 200 [script-too-large]\nhelp: make it shorter\n", check(t, "--server", "small.server", "x.sieve").out)


def test_a_script_may_not_forward_to_its_own_mailbox(t):
    t.write("li@acme.example.sieve", 'redirect "li@acme.example";\n')
    output = check(t, "li@acme.example.sieve")
    t.contains("""error: 'li@acme.example' forwards to itself [forward-to-self]
help: write 'keep' where the message is to stay
""", output.out)


def test_what_is_left_out_twice_crashes_the_server(t):
    t.write("x.sieve", 'require "include";\ninclude :optional "none";\ninclude :optional "y";\ninclude :optional "gone";\n')
    t.write("y.sieve", 'require "include";\ninclude :optional "none";\n')
    output = check(t, "--include-dir", ".", "x.sieve")
    t.equal(1, output.status)
    t.contains("y.sieve:2:19: error: a second 'include' of the script 'none', which is not there, crashes the compiler of the server '"
               "dovecot-2.3' or makes it fail [engine-crash]\nhelp: put it at './none.sieve', or include it once\n", output.out)
    t.lacks("gone", output.out)
    t.write("none.sieve", "keep;\n")
    t.equal(0, check(t, "--include-dir", ".", "x.sieve").status)
    (t.folder / "none.sieve").unlink()
    t.equal(0, check(t, "--server", "cyrus-3.6", "--include-dir", ".", "x.sieve").status)


def test_includes_have_an_end(t):
    for i in range(12):
        t.write(f"i/{i}.sieve", f'require "include";\ninclude "{i + 1}";\n')
    output = check(t, "--include-dir", "i", "i/0.sieve")
    t.status(1, output)
    t.contains("error: scripts include each other more than 10 deep [unsupported]\nhelp: join some of them\n", output.out)


def test_no_byte_of_a_script_breaks_a_format(t):
    for byte in [*range(1, 32), 0x7f, 0x80, 0xff]:
        t.write(f"{byte}.sieve", b'kepp :x' + bytes([byte]) + b'y;\nredirect "a' + bytes([byte]) + b'b";\n')
    scripts = sorted(path.name for path in t.folder.glob("*.sieve"))
    found = {finding["file"] for finding in json.loads(check(t, "--format", "json", *scripts).out)["findings"]}
    t.equal(set(scripts), found, "the scripts with findings")
    json.loads(check(t, "--format", "sarif", *scripts).out)
    xml.etree.ElementTree.fromstring(check(t, "--format", "junit", *scripts).out)


def test_hostile_depth_and_size_take_little_time(t):
    hostile = {
        "blocks": "if true {\n" * 200000 + "keep;\n" + "}\n" * 200000,
        "tests": "if " + "not " * 200000 + "true { keep; }\n",
        "lists of tests": "if " + "anyof(" * 200000 + "true" + ")" * 200000 + " { keep; }\n",
        "brackets": "[" * 200000 + "\n",
        "parentheses": "if (" * 200000 + "\n",
        "comments": "/*" * 200000 + "\n",
        "tags": "if header " + ":is " * 200000 + '"a" "b" { keep; }\n',
        "requires": 'require ["copy"' + ', "copy"' * 100000 + "];\n",
        "string": 'require "reject"; reject "' + '\\"x' * 5000000 + '";\n',
        "variables": 'require "variables"; redirect "' + "${a}" * 500000 + '";\n',
        "doubling": 'require "variables";' + "".join(f'set "a{n}" "${{a{n - 1}}}${{a{n - 1}}}";\n' for n in range(1, 250))
                    + 'redirect "${a249}";\n',
    }
    for what, text in hostile.items():
        t.write("x.sieve", text)
        # The stack of a thread with a little one, where no sanitizer needs more.
        output = t.command("prlimit", "--stack=2097152", "--cpu=30", t.context.plain_binary(), "check", "--quiet", "x.sieve")
        if output.status not in (0, 1):
            t.fail(f"{what}: status {output.status}: {output.err[:500]}")


def test_a_chain_is_checked_in_linear_time(t):
    def seconds(n):
        t.write("x.sieve", 'if header :is "subject" "a" { keep; }\n' +
                "".join(f'elsif header :is "subject" "a{i}" {{ discard; }}\n' for i in range(n)))
        output = t.command("sh", "-c", 'LC_ALL=C; export LC_ALL; "$0" check --quiet x.sieve >/dev/null; times',
                           t.context.plain_binary())
        minutes, rest = output.out.splitlines()[1].split()[0].split("m")
        return int(minutes) * 60 + float(rest.rstrip("s"))

    seconds(1000)
    short, long = min(seconds(10000) for _ in range(3)), min(seconds(80000) for _ in range(3))
    if long > 8 * 3 * max(short, 0.02):
        t.fail(f"10,000 branches take {short:.2f} s, 80,000 {long:.2f} s")


def test_hours_that_were_compiled_are_no_frozen_offsets(t):
    t.write("p.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
hours office { mon-fri 09:00-17:30; except 2026-12-24..2026-12-26; except 2027-05-01; }
mailbox a@acme.example { route r starting 2026-12-01 until 2027-07-31 when now in office { keep in "Office"; } }
""")
    t.equal(0, t.tamis("compile", "p.tamis", "-o", "site", "--as-of", "2026-11-23").status)
    output = t.tamis("check", "site", "--as-of", "2026-11-23", "--timezone", "Europe/Berlin", "--format", "gcc")
    t.lacks("frozen-offset", output.out)


def test_a_script_in_utf16_has_one_fault(t):
    for name, encoded in (("le.sieve", b"\xff\xfe" + "keep;\n".encode("utf-16-le")),
                          ("be.sieve", b"\xfe\xff" + "keep;\n".encode("utf-16-be"))):
        (t.folder / name).write_bytes(encoded)
        output = t.tamis("check", name)
        t.status(1, output)
        t.equal(f"{name}:1:1: error: the file is UTF-16 [syntax]\n"
                "help: save the script as UTF-8 (RFC 5228, section 2.1)\n", output.out)
        t.status(1, t.tamis("fmt", name))
        t.equal(encoded, (t.folder / name).read_bytes())


def test_with_an_unused_require_goes_its_line(t):
    for before, after in (('require "fileinto";\r\nkeep;\r\n', "keep;\r\n"), ('require "fileinto";\nkeep;\n', "keep;\n"),
                          ('require "fileinto"; keep;\n', " keep;\n"), ('/* a */ require "fileinto";\nkeep;\n', "/* a */ \nkeep;\n"),
                          ('require "vacation";\nfileinto "X";\n', 'require "fileinto";\nfileinto "X";\n')):
        (t.folder / "x.sieve").write_bytes(before.encode())
        t.status(0, t.tamis("check", "--fix", "x.sieve"))
        t.equal(after.encode(), (t.folder / "x.sieve").read_bytes())


def test_a_folder_of_included_scripts_that_is_not_there(t):
    t.write("x.sieve", "keep;\n")
    for option in ("--include-dir", "--global-dir"):
        output = t.tamis("check", option, "nowhere", "x.sieve")
        t.status(2, output)
        t.equal(("", "tamis: 'nowhere' is no folder\n"), (output.out, output.err))


def test_fix_keeps_the_line_ends(t):
    path = t.folder / "x.sieve"
    for text, mended in [
        (b'fileinto "X";\r\nif header contains "a" "b" {\r\n    keep\r\n}\r\n',
         b'require "fileinto";\r\nfileinto "X";\r\nif header :contains "a" "b" {\r\n    keep;\r\n}\r\n'),
        (b'require ["copy", "fileinto"];\r\nfileinto "X";\r\n# the end',
         b'require ["fileinto"];\r\nfileinto "X";\r\n# the end\r\n'),
        (b'fileinto "X"\n', b'require "fileinto";\nfileinto "X";\n'),
    ]:
        path.write_bytes(text)
        for _ in range(2):
            t.status(0, check(t, "--fix", "x.sieve"))
            t.equal(mended, path.read_bytes())


def test_what_comes_from_other_languages_is_mended(t):
    path = t.write("x.sieve", 'require ("fileinto", "imap4flags",);\nrequire variables;\n'
                              'if anyof {header contains ("subject", "from") "a"; true} {\n    addflag "\\Seen \\Flagged"\n'
                              '} elseif (size > 10M) {\n    fileinto Orders;\n} else if size < 1K; {\n    keep();\n}\n'
                              'set "a" "${b}";\n')
    for _ in range(2):
        t.status(0, check(t, "--fix", "x.sieve"))
        t.equal('require ["fileinto", "imap4flags"];\nrequire "variables";\n'
                'if anyof (header :contains ["subject", "from"] "a", true) {\n    addflag "\\\\Seen \\\\Flagged";\n'
                '} elsif size :over 10M {\n    fileinto "Orders";\n} elsif size :under 1K {\n    keep;\n}\n'
                'set "a" "${b}";\n', path.read_text())


def test_what_is_not_in_quotes_keeps_its_comment(t):
    for text, mended in (("redirect li\n", 'redirect "li";\n'), ("redirect li # he\n", 'redirect "li"; # he\n'),
                         ("redirect li#he\n;", None), ("redirect l\u00ec#he\n;", None)):
        path = t.write("x.sieve", text)
        check(t, "--fix", "x.sieve")
        t.equal(mended or text, path.read_text())


def test_a_fix_of_several_places_is_one_change_of_a_file_in_sarif(t):
    t.write("x.sieve", "redirect li;\n")
    result = json.loads(check(t, "--format", "sarif", "x.sieve").out)["runs"][0]["results"][0]
    (change,) = result["fixes"][0]["artifactChanges"]
    t.equal(['"', '"'], [one["insertedContent"]["text"] for one in change["replacements"]])
    t.equal([10, 12], [one["deletedRegion"]["startColumn"] for one in change["replacements"]])


def test_an_empty_text_by_either_name_is_a_script(t):
    for name in ("x.sieve", "x.siv"):
        t.write(name, "# nothing yet\n")
        output = check(t, name)
        t.status(0, output)
        t.equal("", output.out + output.err)
    t.contains("this is a Sieve script, where a policy is needed", t.tamis("compile", "x.siv", "-o", "out").err)


def test_a_pipe_is_not_mended(t):
    words = f"mkfifo x.sieve; printf 'keep\\n' > x.sieve & {t.context.binary} check --fix x.sieve"
    output = t.command("sh", "-c", words, timeout=20)
    t.status(2, output)
    t.equal("tamis: cannot write 'x.sieve': it is no regular file\n", output.err)


def test_what_has_no_one_right_answer_is_not_mended(t):
    zones = 'require "date";\nif currentdate :is "iso8601" ["2026-12-23T23:00:00+01:00", "2026-12-23T23:00:00+02:00"] { keep; }\n'
    variable = 'require ["regex", "variables"];\nif header :regex "to" ["\\${a}", "\\."] { keep; }\n'
    for text, left in ((zones, zones), (variable, variable.replace("\\.", "\\\\."))):
        path = t.write("x.sieve", text)
        check(t, "--fix", "--timezone", "Asia/Shanghai", "x.sieve")
        t.equal(left, path.read_text())
