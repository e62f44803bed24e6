# SPDX-License-Identifier: LGPL-2.1-or-later
"""The differences that random tests allow for are those that docs/engines.md tells, by the same names."""

import re

from engines import differences


def test_the_differences_are_those_of_the_document(t):
    text = (t.root / "docs" / "engines.md").read_text()
    section = re.search(r"^## Where Tamis does not follow Pigeonhole\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
    t.equal(sorted(differences.NAMES), sorted(re.findall(r"^- \*([a-z-]+)\*: ", section, re.MULTILINE)))
