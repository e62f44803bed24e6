# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each page's example has the finding, and what it says to write instead has not.

A fence's first word is the language: ```tamis is checked, with the options that follow; ```csv NAME and
```text NAME are files beside the next or last one."""

import json
import re

from kinds import AS_OF, Failure, Result

CHECKED = ("tamis",)


def pages(t):
    found = {path.stem: path.read_text() for path in sorted((t.root / "docs" / "findings").glob("*.md"))}
    assert found
    return found


def section(page, heading):
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)[1]


def blocks(text):
    """The fenced blocks: (words after the fence, text)."""
    fences = re.findall(r"^```(\S[^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(words.split(), body) for words, body in fences]


def findings_of(t, slug, text):
    """What `tamis check` says of the section's blocks, as (rule, severity), and how many were checked."""
    folder = t.folder / slug
    folder.mkdir()
    checked = []
    for (language, *rest), body in blocks(text):
        if language in CHECKED:
            named = bool(rest) and not rest[0].startswith("--")
            name = rest[0] if named else f"example.{language}"
            checked.append((name, rest[named:]))
        elif rest and not rest[0].startswith("--"):
            name = rest[0]
        else:
            continue
        (folder / name).write_text(body)
    found = set()
    for name, options in checked:
        output = t.tamis("check", "--as-of", AS_OF, "--format", "json", *options, name, cwd=folder)
        if output.status not in (0, 1):
            t.fail(f"tamis check {name}: {output.err}")
        found |= {(finding["rule"], finding["severity"]) for finding in json.loads(output.out)["findings"]}
    return found, len(checked)


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
    for slug, page in pages(t).items():
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
    t.equal([f"{slug}.md" for slug in pages(t)], re.findall(r"'([a-z-]+\.md)'", text), "the list of pages")


def test_each_rule_that_is_reported_has_a_case_and_a_near_miss(t):
    faults = []
    code = "".join(path.read_text() for layer in ("grammar", "model", "compiler", "lint")
                   for path in (t.root / layer).rglob("*.c"))
    for slug, page in pages(t).items():
        shown = [words[0] for words, _ in blocks(section(page, "Example")) if words[0] in CHECKED]
        if not shown or f"TAMIS_RULE_{slug.upper().replace('-', '_')}" not in code:
            continue
        names = [path.name for path in (t.root / "tests" / "lint" / slug).glob("*")]
        faults += [f"no {kind}-* in tests/lint/{slug}" for kind in ("bad", "good")
                   if not any(name.startswith(f"{kind}-") for name in names)]
    faults += [f"tests/lint/{path.name}: no such rule" for path in sorted((t.root / "tests" / "lint").glob("*"))
               if path.is_dir() and path.name not in pages(t)]
    if faults:
        t.fail("\n".join(faults))
