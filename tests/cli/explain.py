# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis explain: what happens to a message, as people and as programs read it."""

import json

from kinds import AS_OF

POLICY = """organization { domains acme.example; timezone Europe/Berlin; }
mailbox a@acme.example {
    alias info@acme.example;
    route urgent when subject contains "fire" { mark "X-Prio: 1"; forward to b@acme.example, out@else.example; }
    route rest otherwise { keep in "Later"; }
}
mailbox b@acme.example { route back when header "X-Prio" is "1" { forward to a@acme.example without copy; } }
mailbox c@acme.example { route all { reject "Closed."; } }
"""
SITE = {
    "a@acme.example.sieve": 'require "copy";\nif header :contains "subject" "x" { redirect :copy "b@acme.example"; }\n',
    "b@acme.example.sieve": 'require "variables";\nset "t" "a@acme.example";\nif size :under 1M { redirect "${t}"; }\n',
}
AT = ("--at", "2026-11-23T10:00:00Z")


def explain(t, *words):
    return t.tamis("explain", *words, *AT)


def site(t):
    for name, text in SITE.items():
        t.write(f"site/{name}", text)


def test_a_policy_is_followed_to_where_it_goes_round(t):
    t.write("p.tamis", POLICY)
    output = explain(t, "p.tamis", "--to", "info@acme.example", "--subject", "Fire!")
    t.status(0, output)
    t.equal("""a@acme.example (as info@acme.example)  by urgent
├─ mark X-Prio: 1                                               p.tamis:4
├─ forward to b@acme.example                                    p.tamis:4
│  └─ b@acme.example  by back
│     └─ forward to a@acme.example                              p.tamis:7
│        └─ a@acme.example  by urgent  a loop: it was here before
│           ├─ mark X-Prio: 1                                   p.tamis:4
│           ├─ forward to b@acme.example                        p.tamis:4
│           ├─ forward to out@else.example                      p.tamis:4
│           └─ keep
├─ forward to out@else.example                                  p.tamis:4
└─ keep
""", output.out)


def test_alias_maps_and_known_outside_forwards_are_followed(t):
    t.write("virtual", "old@acme.example b@acme.example, c@acme.example, z@far.example\nout@acme.example y@far.example\n")
    t.write("p.tamis", POLICY + 'import aliases "virtual";\n'
            "external y@far.example forwards to last@far.example, c@acme.example;\n"
            "mailbox d@acme.example { route r { forward to old@acme.example, y@far.example, x@far.example; } }\n")
    output = explain(t, "p.tamis", "--to", "d@acme.example", "--subject", "x")
    t.equal("""d@acme.example  by r
├─ forward to old@acme.example                                  p.tamis:11
│  ├─ b@acme.example
│  │  └─ keep
│  ├─ c@acme.example  by all
│  │  └─ reject: Closed.                                        p.tamis:8
│  └─ z@far.example  outside
├─ forward to y@far.example                                     p.tamis:11
│  ├─ c@acme.example  by all
│  │  └─ reject: Closed.                                        p.tamis:8
│  └─ last@far.example  outside
├─ forward to x@far.example                                     p.tamis:11
└─ keep
""", output.out)
    output = explain(t, "p.tamis", "--to", "out@acme.example", "--subject", "x")
    t.equal("c@acme.example  by all\n└─ reject: Closed." + 46 * " " + "p.tamis:8\nlast@far.example  outside\n", output.out)
    t.equal("", output.err)


def test_a_message_may_have_several_recipients(t):
    t.write("p.tamis", POLICY)
    words = ("p.tamis", "--to", "c@acme.example", "--to", "nobody@acme.example", "--to", "b@acme.example")
    output = explain(t, *words)
    t.status(0, output)
    t.equal("""c@acme.example  by all
└─ reject: Closed.                                              p.tamis:8
b@acme.example
└─ keep
""", output.out)
    t.equal("tamis: no mailbox of the policy takes mail for 'nobody@acme.example'\n", output.err)
    found = json.loads(explain(t, *words, "--header", "X-Prio: 1", "--format", "json").out)["deliveries"]
    t.equal([("c@acme.example", 0), ("b@acme.example", 0), ("a@acme.example", 1)],
            [(delivery["mailbox"], delivery["hop"]) for delivery in found])
    t.status(64, explain(t, "p.tamis", "--to", "c@acme.example", "--to", "a b@"))


def test_why_shows_each_test(t):
    t.write("p.tamis", POLICY)
    output = explain(t, "p.tamis", "--to", "a@acme.example", "--subject", "calm", "--why")
    t.equal("""a@acme.example  by rest
- route urgent                                                  p.tamis:4
   no   subject contains "fire"
+ route rest                                                    p.tamis:5
   no   subject contains "fire"
└─ keep in Later                                                p.tamis:5
""", output.out)


def test_why_shows_tests_as_they_are_written(t):
    t.write("p.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
hours office { mon-fri 09:00-17:00; }
mailbox a@acme.example {
    route r when subject not contains "x" and header "X-A" not exists and now not in office and size <= 1M
        and from not internal and from external and not mailing list and automatic { keep in "R"; }
}
""")
    output = explain(t, "p.tamis", "--to", "a@acme.example", "--subject", "y", "--header", "Precedence: list",
                     "--why")
    t.equal("""a@acme.example
- route r                                                       p.tamis:4
   yes  subject not contains "x"
   yes  header "X-A" not exists
   no   now not in office
   yes  size <= 1M
   yes  from not internal
   no   automatic
   yes  mailing list
└─ keep
""", output.out)


def test_json_has_what_takes_effect_in_its_order(t):
    t.write("p.tamis", POLICY)
    found = json.loads(explain(t, "p.tamis", "--to", "c@acme.example", "--subject", "x", "--format", "json").out)
    t.equal({"version": 1, "at": "2026-11-23T11:00:00+01:00", "deliveries": [
        {"mailbox": "c@acme.example", "hop": 0, "routes": ["all"],
         "actions": [{"action": "reject", "reason": "Closed.", "source": {"file": "p.tamis", "line": 8}}]}]}, found)


def test_a_name_that_is_no_utf_8_stands_in_json_as_far_as_it_is(t):
    t.write("\udcff.sieve", 'redirect "a@acme.example";\n')
    output = explain(t, "\udcff.sieve", "--to", "c@acme.example", "--subject", "x", "--format", "json")
    source = json.loads(output.out)["deliveries"][0]["actions"][0]["source"]
    t.equal("\ufffd.sieve", source["file"])


def test_a_folder_of_scripts_is_a_site(t):
    site(t)
    output = explain(t, "site", "--to", "a@acme.example", "--subject", "fox")
    t.status(0, output)
    t.equal("""a@acme.example
├─ forward to b@acme.example                                    site/a@acme.example.sieve:2
│  └─ b@acme.example
│     └─ forward to a@acme.example                              site/b@acme.example.sieve:3
│        └─ a@acme.example  a loop: it was here before
│           ├─ forward to b@acme.example                        site/a@acme.example.sieve:2
│           └─ keep
└─ keep
""", output.out)


def test_why_shows_the_tests_of_scripts(t):
    site(t)
    output = explain(t, "site/a@acme.example.sieve", "--to", "a@acme.example", "--subject", "fig", "--why")
    t.equal("""a@acme.example
- command                                                       site/a@acme.example.sieve:2
   no   header :contains "subject" "x"
└─ keep
""", output.out)


def test_the_message_of_a_finding_is_replayed(t):
    site(t)
    findings = json.loads(t.tamis("check", "site", "--format", "json", "--as-of", "2026-11-23").out)["findings"]
    t.equal(["forward-loop"], [finding["rule"] for finding in findings if "witness" in finding])
    output = t.tamis("explain", "site", "--witness", "1", "--as-of", "2026-11-23")
    t.status(0, output)
    t.contains("a loop: it was here before", output.out)


def test_the_number_of_a_finding_is_that_in_its_own_file(t):
    site(t)
    t.write("other.sieve", "kept;\n")
    t.contains("(tamis explain --witness 1 shows the way)",
               t.tamis("check", "other.sieve", "site", "--as-of", AS_OF).out)
    t.write("policy.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
group unused { x@acme.example }
mailbox a@acme.example { route r { forward to b@acme.example; } }
mailbox b@acme.example { route r { forward to a@acme.example; } }
""")
    t.write("baseline.json", t.tamis("check", "policy.tamis", "--format", "json", "--as-of", AS_OF).out
            .replace('"rule" : "forward-loop"', '"rule" : "forward-return"'))
    output = t.tamis("check", "policy.tamis", "--baseline", "baseline.json", "--as-of", AS_OF)
    t.lacks("[unused-name]", output.out)
    t.contains("(tamis explain --witness 2 shows the way)", output.out)
    t.contains("a loop: it was here before", t.tamis("explain", "policy.tamis", "--witness", "2", "--as-of", AS_OF).out)


def test_wide_and_hidden_characters_keep_the_columns(t):
    t.write("p.tamis", """organization { domains acme.example; timezone Asia/Shanghai; }
mailbox a@acme.example {
    route x { reply { subject "离职通知\\u{202e}"; text "x"; } forward to b@acme.example; }
}
mailbox b@acme.example { }
""")
    lines = explain(t, "p.tamis", "--to", "a@acme.example", "--subject", "x").out.splitlines()
    t.equal("├─ reply: 离职通知\\u{202e}" + 38 * " " + "p.tamis:3", lines[1])
    t.equal("├─ forward to b@acme.example" + 36 * " " + "p.tamis:3", lines[2])


def test_findings_are_counted_from_1(t):
    site(t)
    for number in ("0", "-1"):
        output = t.tamis("explain", "site", f"--witness={number}")
        t.status(64, output)
        t.contains("tamis: findings are counted from 1\n", output.err)


def test_more_targets_than_the_server_takes_fail_the_run(t):
    t.write("x.sieve", 'require "copy";\n' + "".join(f'redirect :copy "p{n}@x.example";\n' for n in range(5)))
    output = explain(t, "x.sieve", "--to", "a@acme.example", "--subject", "x", "--format", "json")
    delivery = json.loads(output.out)["deliveries"][0]
    t.equal("too-many-targets", delivery["failure"])
    t.equal([{"action": "keep", "folder": None}], delivery["actions"])


def test_a_second_pipe_to_a_program_crashes_the_run(t):
    """Where the run has failed before, it does not come to that."""
    two = 'pipe :copy "archive" ["1"];\nredirect :copy "x@x.example";\nif size :under 1M { pipe "archive" ["2"]; }\n'
    five = "".join(f'redirect :copy "p{n}@x.example";\n' for n in range(5))

    def explained(text, *options):
        t.write("x.sieve", 'require ["vnd.dovecot.pipe", "copy"];\n' + text)
        output = explain(t, "x.sieve", "--to", "a@acme.example", "--subject", "x", *options, "--format", "json")
        t.status(0, output)
        delivery = json.loads(output.out)["deliveries"][0]
        return delivery.get("failure"), [action["action"] for action in delivery["actions"]]

    t.equal(("engine-crash", []), explained(two))
    t.equal("a@acme.example  the run fails: engine-crash; nothing is done, and it is delivered again\n",
            explain(t, "x.sieve", "--to", "a@acme.example", "--subject", "x").out)
    t.equal(("engine-crash", []), explained(two + five))
    t.equal(("too-many-targets", ["keep"]), explained(five + two))
    t.equal((None, ["program", "program", "keep"]), explained('pipe :copy "a" ["1"];\npipe :copy "b" ["1"];\n'))
    t.equal((None, ["program", "program", "keep"]),
            explained('pipe :copy "a";\nif size :over 1M { pipe :copy "a"; } else { pipe :copy "c"; }\n'))


def test_the_message_of_a_crash_is_replayed(t):
    t.write("x.sieve", 'require ["vnd.dovecot.pipe", "copy"];\nif header :is "subject" "order" { pipe :copy "archive"; }\n'
            'if size :over 1M { pipe :copy "archive"; }\n')
    findings = json.loads(t.tamis("check", "x.sieve", "--format", "json", "--as-of", AS_OF).out)["findings"]
    number = 1 + [finding["rule"] for finding in findings].index("engine-crash")
    output = t.tamis("explain", "x.sieve", "--witness", str(number), "--as-of", AS_OF, "--format", "json")
    t.equal(["engine-crash"], [delivery["failure"] for delivery in json.loads(output.out)["deliveries"]])


def test_what_cannot_be_read_is_said(t):
    t.write("p.tamis", POLICY)
    t.status(2, explain(t, "missing.tamis", "--to", "a@acme.example", "--subject", "x"))
    t.status(2, explain(t, "p.tamis", "--to", "a@acme.example", "missing.eml"))
    t.status(64, explain(t, "p.tamis", "--subject", "x"))


def kept(t, *words):
    """Where the copies of the message are kept, as one script says."""
    output = explain(t, "x.sieve", "--to", "a@acme.example", *words, "--format", "json")
    t.status(0, output)
    t.lacks("as far as can be told", explain(t, "x.sieve", "--to", "a@acme.example", *words).out)
    return [action["folder"] for action in json.loads(output.out)["deliveries"][0]["actions"] if action["action"] == "keep"]


def test_a_header_without_a_colon_is_wrong_usage(t):
    t.write("p.tamis", "organization { domains acme.example; timezone UTC; }\nmailbox a@acme.example { }\n")
    for header in ("X-Queue", ": x", ""):
        output = t.tamis("explain", "p.tamis", "--to", "a@acme.example", "--header", "X: y", "--header", header)
        t.status(64, output)
        t.equal(f"tamis: '--header {header}' is not of the form 'Name: value'\n"
                "help: 'tamis explain --help' shows its options\n", output.err)
        t.equal("", output.out)


def test_a_message_that_cannot_be_is_wrong_usage(t):
    t.write("p.tamis", "organization { domains acme.example; timezone UTC; }\nmailbox a@acme.example { }\n")
    to = ("--to", "a@acme.example")
    wrong = [
        (("--to", "a b@@"), "'--to a b@@' is no mail address"), (("--to", ""), "'--to ' is no mail address"), (("--to", "@x.example"), "'--to @x.example' is no mail address"),
        (("--to", "a@"), "'--to a@' is no mail address"), (("--to", "<a@acme.example>"), "'--to <a@acme.example>' is more than the bare address"),
        ((*to, "--from", "a b@@"), "'--from a b@@' is no mail address"), ((*to, "--subject", "x\nBcc: y"), "is more than one line"),
        ((*to, "--header", "X: a\r\nBcc: y"), "is more than one line: say --header for each"), ((*to, "--header", "X y: z"), "'--header X y: z' is not of the form 'Name: value'"),
    ]
    for words, said in wrong:
        output = t.tamis("explain", "p.tamis", *words)
        t.status(64, output)
        t.contains(said, output.err)
        t.equal("", output.out)
    for words in (("--to", "postmaster"), (*to, "--from", ""), (*to, "--from", "root"), (*to, "--header", "X:"), ("--to", "a+b@acme.example")):
        t.status(0, t.tamis("explain", "p.tamis", *words))


def test_what_scanners_say_is_read(t):
    t.write("x.sieve", """require ["spamtestplus", "virustest", "relational", "comparator-i;ascii-numeric", "fileinto", "copy"];
if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "45" { fileinto :copy "P"; }
if spamtest :value "ge" :comparator "i;ascii-numeric" "5" { fileinto :copy "S"; }
if virustest :value "ge" :comparator "i;ascii-numeric" "4" { fileinto :copy "V"; }
""")
    t.equal([None], kept(t))
    t.equal(["P", "S", None], kept(t, "--spam-score", "5"))
    t.equal([None], kept(t, "--spam-percent", "44"))
    t.equal(["P", "S", None], kept(t, "--spam-percent", "45"))
    t.equal(["V", None], kept(t, "--virus-score", "4"))
    for words in (("--spam-percent", "101"), ("--virus-score", "6"), ("--spam-percent", "1", "--spam-score", "1")):
        t.status(64, explain(t, "x.sieve", "--to", "a@acme.example", *words))


def test_zones_with_a_name_are_read_where_the_server_knows_them(t):
    t.write("x.sieve", """require ["date", "fileinto", "copy"];
if currentdate :zone "Europe/Berlin" "time" "11:00:00" { fileinto :copy "B"; }
if currentdate :zone "America/New_York" "time" "05:00:00" { fileinto :copy "N"; }
if currentdate :zone "Asia/Kathmandu" "time" "15:00:00" { fileinto :copy "K"; }
""")
    t.equal(["B", "N", None], kept(t, "--server", "cyrus-3.10"))


def test_global_scripts_are_read(t):
    t.write("x.sieve", 'require "include";\ninclude :global "g";\ninclude "g";\n')
    t.write("own/g.sieve", 'require ["fileinto", "copy"]; fileinto :copy "Own";\n')
    t.write("all/g.sieve", 'require ["fileinto", "copy"]; fileinto :copy "All";\n')
    t.equal(["All", "Own", None], kept(t, "--include-dir", "own", "--global-dir", "all"))
    t.equal(["Own", None], kept(t, "--include-dir", "own"))


def test_a_way_through_turns_waits_for_each_turn(t):
    t.write("policy.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
mailbox a@acme.example { route r { forward to one of b@acme.example, c@acme.example; } }
mailbox b@acme.example { route r { forward to one of c@acme.example, a@acme.example; } }
mailbox c@acme.example { route own { keep; } }
""")
    output = t.tamis("explain", "policy.tamis", "--as-of", AS_OF, "--witness", "1")
    t.contains("└─ b@acme.example  at 2026-11-23 01:00:30 +01:00  by r\n", output.out)
    t.contains("└─ a@acme.example  at 2026-11-23 01:01 +01:00  by r  a loop: it was here before\n", output.out)
    output = t.tamis("explain", "policy.tamis", "--as-of", AS_OF, "--witness", "1", "--format", "json")
    explained = json.loads(output.out)
    t.equal("2026-11-23T01:00:00+01:00", explained["at"])
    on_way = [(d["mailbox"][0], d.get("at", "at once")[11:19]) for d in explained["deliveries"]]
    t.equal([("a", ""), ("b", "01:00:30"), ("a", "01:01:00")], on_way)
    output = t.tamis("check", "policy.tamis", "--as-of", AS_OF, "--format", "json")
    witness = json.loads(output.out)["findings"][0]["witness"]
    t.equal(["2026-11-23T01:00:00+01:00", "2026-11-23T01:00:30+01:00", "2026-11-23T01:01:00+01:00"], witness["instants"])
    output = t.tamis("check", "policy.tamis", "--as-of", AS_OF)
    t.contains("witness: any message, at 2026-11-23 01:00 +01:00, at 'b@acme.example' 30 s later, "
               "at 'a@acme.example' 30 s later (", output.out)


def test_a_way_with_one_instant_says_no_other(t):
    t.write("policy.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
mailbox a@acme.example { route r { forward to one of b@acme.example, c@acme.example; } }
mailbox b@acme.example { route r { forward to one of a@acme.example, c@acme.example; } }
mailbox c@acme.example { route own { keep; } }
""")
    witness = json.loads(t.tamis("check", "policy.tamis", "--as-of", AS_OF, "--format", "json").out)["findings"][0]["witness"]
    assert "instants" not in witness
    t.equal("2026-11-23T01:00:00+01:00", witness["at"])
    output = t.tamis("explain", "policy.tamis", "--as-of", AS_OF, "--witness", "1")
    t.lacks("  at 2026", output.out)


def test_a_chain_through_turns_waits_for_each_turn(t):
    t.write("policy.tamis", """organization { domains acme.example; timezone Europe/Berlin; }
limits { hops 2; }
mailbox a@acme.example { route r { forward to one of x@acme.example, b@acme.example; } }
mailbox b@acme.example { route r { forward to one of c@acme.example, x@acme.example; } }
mailbox c@acme.example { route r { forward to d@acme.example; } }
mailbox d@acme.example { route r { keep; } }
mailbox x@acme.example { route r { keep; } }
""")
    findings = json.loads(t.tamis("check", "policy.tamis", "--as-of", AS_OF, "--format", "json").out)["findings"]
    number = [f["rule"] for f in findings].index("too-many-hops")
    t.equal(["01:00:30", "01:01:00", "01:01:00", "01:01:00"], [at[11:19] for at in findings[number]["witness"]["instants"]])
    output = t.tamis("explain", "policy.tamis", "--as-of", AS_OF, "--witness", str(number + 1))
    t.lacks("taken:", output.out)
    t.contains("d@acme.example  at 2026-11-23 01:01 +01:00  by r\n", output.out)


def test_what_a_witness_leans_on_is_said(t):
    t.write("site/a@acme.example.sieve", 'require "environment";\n'
            'if environment :contains "host" "mx" { redirect "b@acme.example"; }\n')
    t.write("site/b@acme.example.sieve", 'redirect "a@acme.example";\n')
    output = t.tamis("explain", "site", "--as-of", AS_OF, "--witness", "1")
    t.contains("│  taken: this test holds                                       site/a@acme.example.sieve:2\n", output.out)
    t.contains("a loop: it was here before", output.out)


def test_what_a_failed_run_keeps_is_known_again_too(t):
    for name, script in (("a", 'redirect "b@acme.example"; redirect "c@acme.example";'), ("b", 'redirect "c@acme.example";'),
                         ("c", 'require "reject"; reject "no"; redirect "out@else.example";')):
        t.write(f"site/{name}@acme.example.sieve", script)
    t.write("m.eml", "From: x@else.example\nTo: a@acme.example\nMessage-ID: <1@else.example>\nSubject: x\n\nhi\n")
    for server, second in {"dovecot-2.3": ["keep"], "cyrus-3.6": []}.items():
        output = explain(t, "site", "--server", server, "--to", "a@acme.example", "m.eml", "--format", "json")
        steps = [step for step in json.loads(output.out)["deliveries"] if step["mailbox"] == "c@acme.example"]
        t.equal([["keep"], second], [[action["action"] for action in step["actions"]] for step in steps])


def test_a_message_that_cannot_be_read_is_named_with_the_reason(t):
    t.write("li@acme.example.sieve", "keep;\n")
    for name, reason in {"none.eml": "No such file or directory", ".": "it is no regular file; '-' reads standard input"}.items():
        output = explain(t, "li@acme.example.sieve", "--to", "li@acme.example", name)
        t.equal((2, f"tamis: the message '{name}' cannot be read: {reason}\n"), (output.status, output.err))


def test_a_rejection_that_nobody_is_told_of_says_so(t):
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
mailbox a@acme.example { route all { reject "Closed."; } }
""")
    gone = "a@acme.example  by all  the sender is not told: the message is gone\n└─ reject: Closed."
    told = "a@acme.example  by all\n└─ reject: Closed."
    for sender, fields, dovecot in (
            ("x@else.example", [], told), ("", [], gone), ("x@else.example", ["No"], told),
            ("x@else.example", ["no; why"], gone), ("x@else.example", ["no", "auto-replied"], told),
            ("x@else.example", ["auto-generated"], gone)):
        headers = [part for field in fields for part in ("--header", f"Auto-Submitted: {field}")]
        for server, expected in {"dovecot-2.3": dovecot, "dovecot-2.4": dovecot, "cyrus-3.6": told}.items():
            arguments = ["p.tamis", "--server", server, "--to", "a@acme.example", "--from", sender, "--subject", "x", *headers]
            t.equal(expected, explain(t, *arguments).out.partition("  p.tamis")[0].rstrip())
            (step,) = json.loads(explain(t, *arguments, "--format", "json").out)["deliveries"]
            t.equal((True if expected == gone else None, "reject"), (step.get("unanswered"), step["actions"][0]["action"]))


def test_what_is_kept_in_place_of_a_forward_is_what_the_filter_made_of_it(t):
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
encryption sealed { filter "seal"; }
encryption marked { header "X-Seal: yes"; }
mailbox a@acme.example { route all { forward encrypted with sealed to out@else.example without copy; } }
mailbox b@acme.example { route all { forward encrypted with marked to out@else.example without copy; } }
""")
    for to, seal, text in (("a@acme.example", {"encrypted": "sealed"}, "keep, encrypted with sealed"), ("b@acme.example", {}, "keep")):
        arguments = ["p.tamis", "--to", to, "--subject", "x", "--header", f"X-Sieve-Redirected-From: {to}"]
        t.equal(f"{to}  by all  again: what was done before is left out\n└─ {text}\n", explain(t, *arguments).out)
        (step,) = json.loads(explain(t, *arguments, "--format", "json").out)["deliveries"]
        t.equal([{"action": "keep", "folder": None, **seal}], step["actions"])


def test_a_message_that_comes_twice_is_known_by_its_id(t):
    t.write("p.tamis", """organization { domains acme.example; timezone UTC; }
mailbox a@acme.example { route all { forward to b@acme.example, c@acme.example without copy; } }
mailbox b@acme.example { route all { forward to d@acme.example without copy; } }
mailbox c@acme.example { route all { forward to d@acme.example without copy; } }
mailbox d@acme.example { route all { forward to out@else.example without copy; } }
""")
    t.write("m.eml", "From: x@else.example\nTo: a@acme.example\nMessage-ID: <1@else.example>\nSubject: x\n\nhi\n")
    second = {"dovecot-2.3": [("keep", None)], "cyrus-3.6": []}
    for server, actions in second.items():
        output = explain(t, "p.tamis", "--server", server, "--to", "a@acme.example", "m.eml", "--format", "json")
        steps = [step for step in json.loads(output.out)["deliveries"] if step["mailbox"] == "d@acme.example"]
        t.equal([None, True], [step.get("again") for step in steps])
        t.equal(["out@else.example"], [action["to"] for action in steps[0]["actions"]])
        t.equal(actions, [(action["action"], action.get("folder")) for action in steps[1]["actions"]])
    output = explain(t, "p.tamis", "--to", "a@acme.example", "m.eml")
    t.equal("""a@acme.example  by all
├─ forward to b@acme.example                                    p.tamis:2
│  └─ b@acme.example  by all
│     └─ forward to d@acme.example                              p.tamis:3
│        └─ d@acme.example  by all
│           └─ forward to out@else.example                      p.tamis:5
└─ forward to c@acme.example                                    p.tamis:2
   └─ c@acme.example  by all
      └─ forward to d@acme.example                              p.tamis:4
         └─ d@acme.example  by all  again: what was done before is left out
            └─ keep
""", output.out)
    output = explain(t, "p.tamis", "--to", "a@acme.example", "--subject", "x")
    t.contains("d@acme.example  by all  again", output.out)
    t.write("m.eml", "From: x@else.example\nTo: a@acme.example\nSubject: x\n\nhi\n")
    output = explain(t, "p.tamis", "--to", "a@acme.example", "m.eml")
    t.lacks("again", output.out)
