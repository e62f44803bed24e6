# SPDX-License-Identifier: LGPL-2.1-or-later
"""The report formats of tamis check, each by its schema or grammar, on policies, scripts, XML and folders with every
sort of finding; and what decides its exit status: --fail-on, exceptions, a baseline."""

import json
import os
import re

POLICY = """organization { domains acme.example; timezone Asia/Shanghai; }
mailbox li@acme.example { route on when subject contains "订" { forward to wang@acme.example; } }
mailbox wang@acme.example { route back { forward to li@acme.example; } }
"""
SCRIPT = """require ["date", "fileinto"];
if currentdate "hour" "9" { redirect "a@b.example"; }
redirect "a@b.example";
redirect "订\\"@b";
if header :contains "subject" "a", "b" { keep; }
"""
ODD = "a%:,\n订 b.sieve"  # as hostile as a name of a file can be


def files(t):
    """What there is to check, by what it is; every one has findings."""
    t.write("policy.tamis", POLICY)
    t.write("x.sieve", SCRIPT)
    t.write(ODD, SCRIPT)
    t.write("site/li@acme.example.sieve", 'redirect "li@acme.example";\n')
    t.write("site/wang@acme.example.sieve", "keep;\n")
    t.write("good.sieve", "keep;\n")
    t.write("y.sieve", SCRIPT.rsplit("if", 1)[0])
    t.status(0, t.tamis("convert", "y.sieve", "-o", "x.xml"))
    return ["policy.tamis", "x.sieve", ODD, "site", "x.xml", "good.sieve"]


def check(t, *words):
    output = t.tamis("check", "--as-of", "2026-11-23", *words)
    t.equal("", output.err, "standard error")
    return output


# A newer copy of the standard's schema: reports are held against it too.
SARIF_SCHEMA = os.environ.get("SARIF_SCHEMA")
# Ours, which knows nothing that Tamis does not write, and the one that CI servers go by.
JUNIT_SCHEMAS = ("cli/junit.xsd", "schemas/junit-10.xsd")


def validate(t, document, *schema):
    try:
        import jsonschema
    except ImportError:
        t.skip("python3-jsonschema is not installed")
    jsonschema.validate(document, json.loads(t.root.joinpath(*schema).read_text()))


def validate_sarif(t, document):
    validate(t, document, "tests", "schemas", "sarif-2.1.0.json")
    validate(t, document, "tests", "schemas", "sarif-2.1.0-rtm.5.json")
    if SARIF_SCHEMA:
        validate(t, document, SARIF_SCHEMA)


def validate_junit(t, name):
    for schema in JUNIT_SCHEMAS:
        t.status(0, t.command("xmllint", "--noout", "--schema", t.root / "tests" / schema, name))


def every_fixture(t):
    folder = t.root / "tests" / "lint"
    return [*sorted(folder.glob("*/bad-*.tamis")), *sorted(folder.glob("*/bad-*.sieve")),
            *sorted((t.root / "tests" / "sieve" / "messages").glob("*.sieve"))]


def test_json_is_as_its_schema_says(t):
    document = json.loads(check(t, "--format", "json", *files(t)).out)
    validate(t, document, "docs", "findings.schema.json")
    rules = {finding["rule"] for finding in document["findings"]}
    assert {"forward-loop", "spf-breakage", "malformed-time", "forward-to-self", "bad-address"} <= rules, rules
    assert any("witness" in finding for finding in document["findings"])
    validate(t, json.loads(check(t, "--format", "json", *every_fixture(t)).out), "docs", "findings.schema.json")
    validate(t, json.loads(check(t, "--format", "json", "good.sieve").out), "docs", "findings.schema.json")


def test_sarif_is_as_its_schema_says(t):
    names = files(t)
    document = json.loads(check(t, "--format", "sarif", *names).out)
    validate_sarif(t, document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    uris = set()
    for result in run["results"]:
        t.equal(result["ruleId"], rules[result["ruleIndex"]])
        uris |= {place["physicalLocation"]["artifactLocation"]["uri"] for place in result["locations"]}
    assert "a%25%3A%2C%0A%E8%AE%A2%20b.sieve" in uris, uris
    fixed = {place["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"] if "fixes" in result
             for place in result["locations"]}
    assert "x.sieve" in fixed and "x.xml" not in fixed, fixed
    validate_sarif(t, json.loads(check(t, "--format", "sarif", *every_fixture(t)).out))
    validate_sarif(t, json.loads(check(t, "--format", "sarif", "good.sieve").out))


def test_fingerprints_of_sarif_stay_where_lines_move(t):
    def found(text):
        t.write("x.sieve", text)
        (run,) = json.loads(check(t, "--format", "sarif", "x.sieve").out)["runs"]
        return [result["partialFingerprints"]["tamis/v1"] for result in run["results"]], run["tool"]["driver"]["rules"]

    prints, rules = found(SCRIPT)
    assert len(set(prints)) == len(prints) > 3, prints
    assert all(rule["fullDescription"]["text"] and "\n" not in rule["fullDescription"]["text"] for rule in rules), rules
    t.equal(prints, found("# moved\n\n" + SCRIPT.replace('\nredirect "a@b', '\n    redirect "a@b'))[0])
    twice, _ = found('redirect "a";\nredirect "a";\n')
    t.equal([twice[0].replace(":1", ":2")], twice[1:])


def test_junit_is_as_its_schema_says(t):
    names = files(t)
    for words in (names, every_fixture(t), ["good.sieve"]):
        t.write("report.xml", check(t, "--format", "junit", *words).out)
        validate_junit(t, "report.xml")
    t.contains('<testsuite name="good.sieve" tests="1" failures="0" errors="0">', t.read("report.xml"))


def test_the_schemas_refuse_what_is_none(t):
    try:
        import jsonschema
    except ImportError:
        t.skip("python3-jsonschema is not installed")
    files(t)
    document = json.loads(check(t, "--format", "sarif", "x.sieve").out)
    document["runs"][0]["results"][0]["level"] = "fatal"
    for schema in ("sarif-2.1.0.json", "sarif-2.1.0-rtm.5.json"):
        try:
            validate(t, document, "tests", "schemas", schema)
        except jsonschema.ValidationError as error:
            t.contains("'fatal' is not one of ", error.message)
        else:
            raise AssertionError(f"{schema} takes the level 'fatal'")
    t.write("report.xml", check(t, "--format", "junit", "x.sieve").out.replace("tests=", "test="))
    for schema in JUNIT_SCHEMAS:
        output = t.command("xmllint", "--noout", "--schema", t.root / "tests" / schema, "report.xml")
        t.status(3, output)
        t.contains("The attribute 'tests' is required but missing.", output.err)


def test_a_line_of_gcc_is_one_place(t):
    # As GNU's standards say: file, line, column, then what compilers say; a line break in a name is written out.
    line = re.compile(r"[^:\n]+(?::,\\u\{a\}订 b\.sieve)?:\d+:\d+: (error|warning|note): .+")
    lines = check(t, "--format", "gcc", *files(t)).out.splitlines()
    assert len(lines) > 20, lines
    for text in lines:
        assert line.fullmatch(text), text
    t.contains("a%:,\\u{a}订 b.sieve:2:23: error: ", "\n".join(lines))


def test_a_line_for_github_is_one_command(t):
    # Its toolkit's escapes: of %, CR and LF everywhere, of : and , in properties too.
    value = r"(?:[^%:,\r\n]|%25|%0D|%0A|%3A|%2C)*"
    line = re.compile(rf"::(error|warning|notice) file={value},line=\d+(?:,endLine=\d+)?,col=\d+(?:,endColumn=\d+)?,"
                      rf"title={value}::(?:[^%\r\n]|%25|%0D|%0A)+")
    lines = check(t, "--format", "github", *files(t)).out.splitlines()
    assert len(lines) > 15, lines
    for text in lines:
        assert line.fullmatch(text), text
    t.contains("file=a%25%3A%2C%0A订 b.sieve,", "\n".join(lines))
    t.write("\t\r\u001b.sieve", SCRIPT)
    t.contains("::error file=\t%0D\\u{1b}.sieve,line=", check(t, "--format", "github", "\t\r\u001b.sieve").out)
    t.contains("\n\t\\u{d}\\u{1b}.sieve:5:", check(t, "--format", "gcc", "\t\r\u001b.sieve").out)


def test_fail_on_decides_the_exit_status(t):
    t.write("hint.sieve", 'redirect :copy "a@b.example";\n'.replace(" :copy", "") + "keep;\n")
    t.write("warning.sieve", 'redirect "a@b.example";\n')
    t.write("error.sieve", "keep\n")
    t.write("site/li@acme.example.sieve", 'redirect "a@b.example";\n')
    t.write("error.tamis", POLICY)
    t.write("good.sieve", "keep;\n")
    statuses = {"good.sieve": "0000", "hint.sieve": "1000", "warning.sieve": "1100", "site": "1100", "error.sieve": "1110",
                "error.tamis": "1110"}
    for name, expected in statuses.items():
        found = "".join(str(check(t, "--fail-on", least, name).status) for least in ("hint", "warning", "error", "never"))
        t.equal(expected, found, f"the statuses of {name}")
        t.equal(expected[2], str(check(t, name).status), f"the status of {name} by itself")


def test_a_baseline_holds_however_the_files_are_named(t):
    files(t)
    names = ["policy.tamis", "x.sieve", "site"]
    t.write("base.json", check(t, "--format", "json", *names).out)
    for words in (names, [f"./{name}" for name in names], [str(t.folder / name) for name in names], ["site/", "./x.sieve"]):
        output = check(t, "--fail-on", "hint", "--baseline", "base.json", *words)
        t.status(0, output)
        t.equal("", output.out)
    t.write("site/li@acme.example.sieve", '# moved\nredirect "li@acme.example";\nredirect "new@b.example";\n')
    output = check(t, "--fail-on", "hint", "--baseline", "base.json", *names)
    t.status(1, output)
    for line in re.findall(r"^\S+?:\d+:\d+: .*$", output.out, re.MULTILINE):
        t.contains("new@b.example", line)


def test_a_baseline_that_cannot_be_read(t):
    t.write("x.sieve", "keep;\n")
    output = t.tamis("check", "--baseline", "none.json", "x.sieve")
    t.status(2, output)
    t.equal("tamis: cannot read 'none.json': No such file or directory\n", output.err)
    t.write("base.json", "nonsense")
    output = t.tamis("check", "--baseline", "base.json", "x.sieve")
    t.status(2, output)
    t.contains("tamis: 'base.json' is no report of 'tamis check --format json': 1:8: ", output.err)
