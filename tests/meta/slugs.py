# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every finding by its slug: what the catalogue says of it, that an exception silences it and nothing else, through its
last day, and that reports know it."""

import json
import re
import shutil

from kinds import AS_OF, options_of
from kinds.pages import head, pages, section, write

TODAY, YESTERDAY = "2026-11-23", "2026-11-22"

# Slug, severity, S: also of scripts, W: with a witness, X: nobody can allow it.
CATALOGUE = """
syntax error SX, type error SX, unknown-name error SX, duplicate-name error X, definition-cycle error X,
empty-group error X, forward-loop error SW, forward-return warning SW, forward-to-self error S,
too-many-targets error SW, too-many-actions error SW, too-many-copies error W, too-many-hops error W,
forbidden-forward error W, missing-expiry error, missing-copy error W, unverified-target error,
lifetime-exceeded error, unknown-target hint, forward-without-copy warning S, mail-lost error SW,
reject-conflict error SW, reply-conflict error SW, dead-route warning S, empty-window error S, expired-route warning S,
expires-soon hint, zoneless-time warning S, unknown-zone warning S, frozen-offset warning S, malformed-time error S,
unsupported error S, needs-setting hint S, missing-require error S, require-unknown error S, unused-require hint S,
unused-name hint, duplicate-target hint S, bad-address error S, engine-crash error S, script-too-large error S,
too-many-scripts error S, reply-without-addresses warning S, reply-interval warning S, spf-breakage hint S,
unsafe-string error S, shadowed-mailbox warning, rebuild-due warning, stale-allow warning X, expired-allow warning X
"""

# What a page's example cannot show: a site of scripts, by the names of its files, and options.
SITES = {
    "forward-loop": ({"li@acme.example.sieve": 'redirect "wang@acme.example";\n',
                      "wang@acme.example.sieve": 'redirect "li@acme.example";\n'}, []),
    "forward-return": ({"li@acme.example.sieve": 'require ["copy", "envelope"];\nif envelope :is "to" "li@acme.example" {\n'
                                                 '    redirect :copy "wang@acme.example";\n}\n',
                        "wang@acme.example.sieve": 'require "copy";\nredirect :copy "li+back@acme.example";\n'}, []),
    "forward-to-self": ({"li@acme.example.sieve": 'redirect "li@acme.example";\n'}, []),
    "needs-setting": ({"li@acme.example.sieve": 'require "editheader";\naddheader "X-Queue" "desk";\n'}, []),
    "unsafe-string": ({"li@acme.example.sieve": 'require "reject";\nreject "bell \a";\n'}, []),
    "bad-address": ({"li@acme.example.sieve": 'redirect "li@";\n'}, []),
    "script-too-large": ({"li@acme.example.sieve": "keep;\n" * 100}, ["--server", "low.server"]),
    "too-many-targets": ({"li@acme.example.sieve": "".join(f'redirect "a{i}@acme.example";\n' for i in range(5))}, []),
}


def catalogue():
    found = re.findall(r"([a-z-]+) (error|warning|hint)(?: ([SWX]+))?", CATALOGUE)
    return {slug: (severity, letters) for slug, severity, letters in found}


def can_be_allowed(slug):
    return "X" not in catalogue()[slug][1]


def report(t, path, options, *more):
    """By the build without sanitizers: other tests run each of these rules, and these are many runs."""
    output = t.command(t.context.plain_binary(), "check", "--as-of", AS_OF, *more, *options, path.name, cwd=path.parent)
    if output.status not in (0, 1) or output.err:
        t.fail(f"tamis check {path.name} ended with {output.status}: {output.err}")
    return json.loads(output.out)


def check(t, path, options):
    """What is said of it, and how many findings an exception silences."""
    document = report(t, path, options, "--format", "json")
    return document["findings"], document["summary"]["suppressed"]


def identity(finding):
    """Of the same finding in a text that has a comment more."""
    message = re.sub(r"has \d+ bytes", "has … bytes", finding["message"])
    return finding["rule"], finding["file"], finding["line"], finding["column"], message


def examples(t):
    """One input for each slug, and for each form that it has: (slug, file, options)."""
    found = []
    for slug, page in pages(t.root).items():
        found += [(slug, example.path, example.options)
                  for example in write(t.folder / "pages" / slug, section(page, "Example"))]
    for folder in sorted((t.root / "tests" / "lint").iterdir()):
        for path in sorted(folder.glob("bad-*.sieve"))[:folder.name not in SITES]:
            copy = t.folder / "scripts" / folder.name / path.name
            copy.parent.mkdir(parents=True)
            shutil.copy(path, copy)
            found.append((folder.name, copy, options_of(path)))
    for slug, (files, options) in SITES.items():
        site = t.folder / "sites" / slug
        site.mkdir(parents=True)
        (site.parent / "low.server").write_text("[server]\nbase=dovecot-2.3\n[limits]\nmax-script-bytes=500\n")
        for name, text in files.items():
            (site / name).write_text(text)
        found.append((slug, site, options))
    return found


def texts(path):
    return {name: name.read_text() for name in (path.glob("*.sieve") if path.is_dir() else [path])}


def write_all(files):
    for name, text in files.items():
        name.write_text(text)


def behind_lines(text, lines, comment):
    """The text with a comment behind each of the lines, before the one that stands there."""
    rows = text.split("\n")
    for line in set(lines):
        code, mark, rest = rows[line - 1].partition("# tamis:")
        rows[line - 1] = f"{code} /* tamis: {comment} */ {mark}{rest}"
    return "\n".join(rows)


def excused(path, slug, findings, comment):
    """The input's texts with the exception: at the end of a policy, behind what a script is blamed for."""
    if path.suffix == ".tamis":
        return {path: f"{path.read_text()}\n{comment};\n"}
    return {name: behind_lines(text, [finding["line"] for finding in findings
                                      if finding["rule"] == slug and finding["file"].endswith(name.name)],
                               comment.replace('"', ""))
            for name, text in texts(path).items()}


def compare(t, what, expected, found):
    missing, more = expected - found, found - expected
    if missing or more:
        t.fail(f"{what}: lost {sorted(missing)}, and new {sorted(more)}")


def judge_exceptions(t, slug, path, options):
    before = texts(path)
    findings, none = check(t, path, options)
    mine = {identity(finding) for finding in findings if finding["rule"] == slug}
    others = {identity(finding) for finding in findings if finding["rule"] != slug}
    t.equal(bool(mine), True, f"whether the example of {slug} ({path.name}) has it")
    for until, silences in (("", True), (f" until {TODAY}", True), (f" until {YESTERDAY}", False)):
        write_all(excused(path, slug, findings, f'allow {slug}{until} because "it is meant"'))
        after, suppressed = check(t, path, options)
        write_all(before)
        left = {identity(finding) for finding in after if finding["rule"] != "expired-allow" or slug == "expired-allow"}
        compare(t, f"{slug} in {path.name}, allowed{until}", others if silences else others | mine, left)
        told = sum(finding["rule"] == "expired-allow" for finding in after)
        t.equal(not silences, told > 0, f"whether {slug} in {path.name}, allowed{until}, has run out")
        t.equal(none + (len(mine) if silences else 0), suppressed, f"how often {slug} in {path.name} is silenced")


def test_the_pages_say_what_the_catalogue_says(t):
    heads = {slug: head(page) for slug, page in pages(t.root).items()}
    t.equal(sorted(catalogue()), sorted(heads), "the slugs that have a page")
    for slug, (severity, letters) in catalogue().items():
        t.equal((slug, severity, "W" in letters), (slug, heads[slug]["severity"], heads[slug]["witness"] == "yes"),
                "what the page says")
        if "S" in letters:
            t.equal("yes", heads[slug]["scripts"], f"whether {slug} is also of scripts")


def test_an_exception_silences_its_finding_and_nothing_else(t):
    forms = set()
    for slug, path, options in examples(t):
        if can_be_allowed(slug):
            judge_exceptions(t, slug, path, options)
            forms.add((slug, "policy" if path.suffix == ".tamis" else "script"))
    scripts = {slug for slug, (_, letters) in catalogue().items() if "S" in letters and can_be_allowed(slug)}
    t.equal(scripts, {slug for slug, form in forms if form == "script"}, "what is shown in scripts")


def test_reports_know_every_finding(t):
    """SARIF has each rule with its level and its page; `tamis help` has the page."""
    rules, told, found = {}, set(), pages(t.root)
    for slug, path, options in examples(t):
        run = report(t, path, options, "--format", "sarif")["runs"][0]
        rules |= {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        told |= {slug} & {result["ruleId"] for result in run["results"]}
    unshown = {"rebuild-due"}  # it takes a manifest: tests/lint/rebuild-due
    t.equal(set(catalogue()) - unshown, told, "what SARIF tells")
    for slug, rule in rules.items():
        page = found[slug]
        level = {"hint": "note"}.get(head(page)["severity"], head(page)["severity"])
        t.equal((slug, level, head(page)["summary"]),
                (slug, rule["defaultConfiguration"]["level"], rule["shortDescription"]["text"]), "what SARIF says")
        t.contains(rule["help"]["text"].strip(), page, f"the page of {slug}")
    for slug in catalogue():
        t.contains(head(found[slug])["summary"], t.command(t.context.plain_binary(), "help", slug).out, f"what help says of {slug}")


def test_the_exit_status_is_by_severity(t):
    """Of one input for each severity, and with its finding silenced."""
    shown = {"error": ('redirect "li@";', "bad-address"), "hint": ('require "fileinto";', "unused-require"),
             "warning": ('require "vacation"; vacation "Away.";', "reply-without-addresses")}
    levels = ["never", "error", "warning", "hint"]
    for severity, (text, slug) in shown.items():
        t.write("told.sieve", f"{text}\n")
        t.write("allowed.sieve", f"{text} # tamis: allow {slug} because it is meant\n")
        for level in levels:
            fails = level != "never" and levels.index(severity) <= levels.index(level)
            t.status(int(fails), t.tamis("check", "--as-of", AS_OF, "--fail-on", level, "told.sieve"))
            t.status(0, t.tamis("check", "--as-of", AS_OF, "--fail-on", level, "allowed.sieve"))
