# SPDX-License-Identifier: LGPL-2.1-or-later
"""Manuals that are made of data are what the data makes."""

import sys
import tempfile


def test_the_manual_of_sieve_is_made_of_the_table(t):
    sieve = t.root / "grammar" / "sieve"
    with tempfile.NamedTemporaryFile(suffix=".md") as made:
        output = t.command(sys.executable, t.root / "scripts" / "sieve-table.py", "manual", made.name,
                           sieve / "language.table", sieve / "extension.h")
        t.equal(0, output.status, f"exit status of sieve-table.py ({output.err})")
        with open(made.name, encoding="utf-8") as file:
            t.equal(file.read(), (t.root / "docs" / "sieve-table.md").read_text(encoding="utf-8"), "docs/sieve-table.md")
