# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/grammar: `tamis fmt` leaves NAME.tamis as it is, or makes NAME.expected of it; XML and back is the same."""

import re

from kinds import Case, expected_beside, fixture_files, same


def formatted(context, text):
    copy = context.folder() / "policy.tamis"
    copy.write_text(text)
    output = context.tamis("fmt", copy)
    same("", output.err, "standard error of tamis fmt")
    return copy.read_text()


def check_format(path):
    def run(context):
        text = path.read_text()
        expected = expected_beside(path)
        actual = formatted(context, text)
        if expected.exists() or (context.bless and actual != text):
            context.golden(expected, actual)
        else:
            same(text, actual, path.name)
        same(actual, formatted(context, actual), "the second formatting")
        check = context.folder() / "policy.tamis"
        check.write_text(actual)
        assert context.tamis("fmt", "--check", check).status == 0
    return run


def check_xml(path):
    def run(context):
        folder = context.folder()
        names = [folder / name for name in ("one.xml", "two.tamis", "two.xml", "three.tamis")]
        for source, result in zip([path, *names], names):
            output = context.tamis("convert", source, "-o", result)
            assert output.status == 0, output.err
        same(names[0].read_text(), names[2].read_text(), "the XML of the policy from XML")
        same(names[1].read_text(), names[3].read_text(), "the policy from its own XML")
        if "#" not in path.read_text() and "/*" not in path.read_text():
            same(lines(formatted(context, path.read_text())), lines(names[1].read_text()), "the policy from XML")
    return run


def lines(text):
    """Without the empty ones: XML has one between paragraphs whether the policy had or not."""
    return re.sub(r"\n\n+", "\n", text)


def discover(tests):
    cases = []
    for name, path in fixture_files(tests / "grammar", {".tamis"}):
        cases.append(Case(f"grammar/{name}/format", check_format(path)))
        cases.append(Case(f"grammar/{name}/xml", check_xml(path)))
    return cases
