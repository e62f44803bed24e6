# SPDX-License-Identifier: LGPL-2.1-or-later
"""A rule is one name in five places: its file, its line in the build, its place in the table, its page and its
fixtures, at least one that has the finding and one that nearly has."""

import re


def slugs(t):
    found = {path.stem for path in (t.root / "lint" / "rules").glob("*.c")}
    assert found
    return found


def assert_same(t, where, found, wanted):
    if missing := sorted(wanted - found):
        t.fail(f"missing in {where}: {missing}")
    if left := sorted(found - wanted):
        t.fail(f"left over in {where}: {left}")


def test_each_rule_is_built(t):
    text = (t.root / "lint" / "meson.build").read_text()
    assert_same(t, "lint/meson.build", set(re.findall(r"'rules/(.+)\.c'", text)), slugs(t))


def test_each_rule_is_declared_and_runs(t):
    names = {slug.replace("-", "_") for slug in slugs(t)}
    for name in ("rules.h", "lint.c"):
        text = (t.root / "lint" / name).read_text()
        assert_same(t, f"lint/{name}", set(re.findall(r"\btamis_rule_(\w+)", text)), names)


def test_each_rule_reports_its_own_finding_alone(t):
    for slug in slugs(t):
        text = (t.root / "lint" / "rules" / f"{slug}.c").read_text()
        constants = set(re.findall(r"\bTAMIS_RULE_(\w+)", text))
        assert_same(t, f"lint/rules/{slug}.c", constants, {slug.replace("-", "_").upper()})


def test_each_rule_has_a_page(t):
    pages = {path.stem for path in (t.root / "docs" / "findings").glob("*.md")}
    assert_same(t, "docs/findings", pages & slugs(t), slugs(t))


def test_each_rule_has_a_bad_case_and_a_near_miss(t):
    folder = t.root / "tests" / "lint"
    pages = {path.stem for path in (t.root / "docs" / "findings").glob("*.md")}
    for kind in ("bad", "good"):
        found = {path.parent.name for path in folder.glob(f"*/{kind}-*")}
        assert_same(t, f"tests/lint, {kind} cases", found & slugs(t), slugs(t))
        assert_same(t, f"tests/lint, {kind} cases without a page", found - pages, set())


def flow_slugs(t):
    found = {path.stem for path in (t.root / "lint" / "flows").glob("*.c")}
    assert found
    return found


def test_each_rule_over_flows_is_built_declared_and_runs(t):
    text = (t.root / "lint" / "meson.build").read_text()
    assert_same(t, "lint/meson.build", set(re.findall(r"'flows/(.+)\.c'", text)), flow_slugs(t))
    names = {slug.replace("-", "_") for slug in flow_slugs(t)}
    for name in ("flows.h", "flows.c"):
        text = (t.root / "lint" / name).read_text()
        assert_same(t, f"lint/{name}", set(re.findall(r"\btamis_flow_rule_(\w+)", text)), names)


def test_each_rule_over_flows_reports_its_own_finding_alone(t):
    for slug in flow_slugs(t):
        text = (t.root / "lint" / "flows" / f"{slug}.c").read_text()
        constants = set(re.findall(r"\bTAMIS_RULE_(\w+)", text))
        assert_same(t, f"lint/flows/{slug}.c", constants, {slug.replace("-", "_").upper()})


def test_each_rule_over_flows_has_a_page_a_bad_case_and_a_near_miss(t):
    pages = {path.stem for path in (t.root / "docs" / "findings").glob("*.md")}
    assert_same(t, "docs/findings", pages & flow_slugs(t), flow_slugs(t))
    for kind in ("bad", "good"):
        found = {path.parent.name for path in (t.root / "tests" / "lint").glob(f"*/{kind}-*")}
        assert_same(t, f"tests/lint, {kind} cases", found & flow_slugs(t), flow_slugs(t))
