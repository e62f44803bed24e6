# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where an engine does not do what RFCs and its own manual say, and Tamis does not follow it, by the names under which
docs/engines.md says what and why. Random tests that meet one are not made, or not counted."""

import re

# Tests that are not made.
TESTS = {
    "index-and-zone": re.compile(r"^date .*:(index|last)\b.*:(zone|originalzone)\b"),
    "index-and-count": re.compile(r":(index|last)\b.*:count\b"),
    "lone-backslash": re.compile(r':matches\b.*[^\\]\\\\"'),
}
PANICS = {"edit-panic": "Panic: file edit-mail.c"}
# casemap-order
ORDERED = re.compile(r':value "(lt|le|gt|ge)"(?! :comparator)')
BETWEEN = re.compile(rb"[\[\\\]^_`]")
# blank-behind-precedence
BLANK = re.compile(rb"^Precedence[ \t]*:[^\r\n]*[ \t]\r?$", re.IGNORECASE | re.MULTILINE)
# edit-and-vacation
MISREAD = re.compile(rb"^(Precedence|Auto-Submitted|X-Auto-Response-Suppress)[ \t]*:", re.IGNORECASE | re.MULTILINE)


# half-character
HALF = re.compile(rb"[\xc2-\xfd][^\r\n]{0,4}\r?\n--")
# grade-behind-include
GRADES = re.compile(r"\b(spamtest|virustest)\b")


def is_known(test):
    return any(pattern.search(test) for pattern in TESTS.values())


def is_casemap_order(test, message):
    """Of one test that has another value on one message."""
    return bool(ORDERED.search(test) and BETWEEN.search(message + test.encode()))


def is_half_character(test, message):
    return test.startswith("if body ") and bool(HALF.search(message))


def is_nul_and_regex(test, message):
    return test.startswith("if body ") and ":regex " in test and b"\0" in message


def without_reply(words):
    return [word for word in words if word != "reply"]


def is_blank_behind_precedence(script, message, said, done):
    return bool(BLANK.search(message)) and without_reply(said) == without_reply(done)


def is_edit_and_vacation(script, message, said, done):
    misread = re.search(r"(add|delete)header ", script) and MISREAD.search(message)
    return bool(misread) and without_reply(said) == without_reply(done)


def is_edit_and_raw_body(script, message, said, done):
    return "deleteheader " in script and "body :raw " in script


def is_grade_behind_include(script, message, said, done):
    grades = GRADES.findall(script)
    return "include " in script and any(grades.count(word) > 1 for word in grades)


def is_edit_and_open_header(script, message, said, done):
    return "addheader :last" in script and not re.search(rb"\n\r?\n", message)


# Of a test, and of a script's run.
OF_TESTS = {"casemap-order": is_casemap_order, "half-character": is_half_character, "nul-and-regex": is_nul_and_regex}
OF_RUNS = {"blank-behind-precedence": is_blank_behind_precedence, "edit-and-vacation": is_edit_and_vacation, "edit-and-raw-body": is_edit_and_raw_body,
           "grade-behind-include": is_grade_behind_include, "edit-and-open-header": is_edit_and_open_header}
NAMES = {*TESTS, *PANICS, *OF_TESTS, *OF_RUNS}


def explains_test(test, message):
    """Whether a known difference is the reason that one test on one message has another value."""
    return any(applies(test, message) for applies in OF_TESTS.values())


def explains(script, message, said, done, errors):
    """Whether one of the known differences is the reason."""
    return any(panic in errors for panic in PANICS.values()) or \
        any(applies(script, message, said, done) for applies in OF_RUNS.values())
