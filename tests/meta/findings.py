# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each page's example has the finding, and what it says to write instead has not."""

import json
import re

from kinds import AS_OF, Failure, Result
from kinds.pages import CHECKED, blocks, pages, section, write


def findings_of(t, slug, text):
    """What `tamis check` says of the section's blocks, as (rule, severity), and how many were checked."""
    found = set()
    examples = write(t.folder / slug, text)
    for example in examples:
        output = t.tamis("check", "--as-of", AS_OF, "--format", "json", *example.options, example.path.name,
                         cwd=example.path.parent)
        if output.status not in (0, 1):
            t.fail(f"tamis check {example.path.name}: {output.err}")
        found |= {(finding["rule"], finding["severity"]) for finding in json.loads(output.out)["findings"]}
    return found, len(examples)


def judge(t, slug, heading, text, faulty):
    found, checked = findings_of(t, slug, text)
    rules = {rule for rule, _ in found}
    if not blocks(text) and not re.search(r"^    tamis ", text, re.MULTILINE):
        raise Failure(f"'{heading}' shows nothing")
    if checked and faulty and slug not in rules:
        raise Failure(f"the example has no {slug}, only {sorted(rules)}")
    if not faulty and slug in rules:
        raise Failure(f"what is to be written instead has {slug} too")
    others = {rule for rule, severity in found if severity != "hint" and rule != slug}
    if others:
        raise Failure(f"'{heading}' has other findings: {sorted(others)}")


def each_page(t, heading, faulty):
    results = []
    for slug, page in pages(t.root).items():
        name = f"meta/findings/{slug}: {heading.lower()}"
        try:
            judge(t, slug, heading, section(page, heading), faulty)
            results.append(Result(name))
        except Failure as failure:
            results.append(Result(name, failure=str(failure)))
    return results


def test_each_example_has_the_finding(t):
    return each_page(t, "Example", True)


def test_what_is_to_be_written_instead_has_it_not(t):
    return each_page(t, "Write instead", False)


def test_each_page_is_in_the_build(t):
    text = (t.root / "docs" / "findings" / "meson.build").read_text()
    t.equal([f"{slug}.md" for slug in pages(t.root)], re.findall(r"'([a-z-]+\.md)'", text), "the list of pages")


def test_each_rule_that_is_reported_has_a_case_and_a_near_miss(t):
    faults = []
    code = "".join(path.read_text() for layer in ("grammar", "model", "compiler", "lint")
                   for path in (t.root / layer).rglob("*.c"))
    for slug, page in pages(t.root).items():
        shown = [words[0] for words, _ in blocks(section(page, "Example")) if words[0] in CHECKED]
        if not shown or f"TAMIS_RULE_{slug.upper().replace('-', '_')}" not in code:
            continue
        names = [path.name for path in (t.root / "tests" / "lint" / slug).glob("*")]
        faults += [f"no {kind}-* in tests/lint/{slug}" for kind in ("bad", "good")
                   if not any(name.startswith(f"{kind}-") for name in names)]
    faults += [f"tests/lint/{path.name}: no such rule" for path in sorted((t.root / "tests" / "lint").glob("*"))
               if path.is_dir() and path.name not in pages(t.root)]
    if faults:
        t.fail("\n".join(faults))
