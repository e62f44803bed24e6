# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where an engine does not do what RFCs and its own manual say, and Tamis does not follow it. Reviewed: each with the
versions that were seen, and the reason. Random tests that meet one are not made."""

import re

KNOWN = [
    # Pigeonhole 0.5.19, and by its source 2.4: the index is forgotten when the zone is read.
    re.compile(r"^date .*:(index|last)\b.*:(zone|originalzone)\b"),
    # Pigeonhole 0.5.19, and by its source 2.4: of n fields, the n-th counts as none.
    re.compile(r":(index|last)\b.*:count\b"),
    # Pigeonhole 0.5.19: a pattern that ends in a lone backslash makes it panic (mcht-matches.c, line 102).
    re.compile(r':matches\b.*[^\\]\\\\"'),
]
# Pigeonhole 0.5.19 and 2.4: i;ascii-casemap orders by small letters, RFC 4790 by capital ones; what stands between
# the two, such as the `[` of a domain literal, is then on the other side of every letter.
ORDERED = re.compile(r':value "(lt|le|gt|ge)"(?! :comparator)')
BETWEEN = re.compile(rb"[\[\\\]^_`]")
# Pigeonhole 0.5.19 panics where editheader meets a header block that it cannot parse.
PANICS = ("Panic: file edit-mail.c",)


def is_known(test):
    return any(pattern.search(test) for pattern in KNOWN)


def explains_test(test, message):
    """Whether a known difference is the reason that one test on one message has another value."""
    return bool(ORDERED.search(test) and BETWEEN.search(message + test.encode()))


# Pigeonhole 0.5.19: once a header was changed, vacation may misread the fields that say what must not be answered
# (they are read raw, and the memory is used again).
MISREAD = re.compile(rb"^(Precedence|Auto-Submitted|X-Auto-Response-Suppress)[ \t]*:", re.IGNORECASE | re.MULTILINE)


def forgets_fields(words):
    """The words, without the added fields that forwards have."""
    return sorted(re.sub(r"^(forward \S+) \[.*\]$", r"\1", word) for word in words)


def explains(script, message, said, done, errors):
    """Whether one of the known differences is the reason."""
    if any(panic in errors for panic in PANICS):
        return True
    # Pigeonhole 0.5.19: behind a keep, a deleteheader that finds nothing leaves the message as one that is still being
    # changed; what a further one deletes is then missing in redirects that stand before it as well (edit-mail.c).
    if script.count("deleteheader ") > 1 and forgets_fields(said) == forgets_fields(done):
        return True
    misread = re.search(r"(add|delete)header ", script) and MISREAD.search(message)
    return bool(misread) and [word for word in said if word != "reply"] == [word for word in done if word != "reply"]
