# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages of the findings, docs/findings/SLUG.md, and the examples in them.

A fence's first word is the language: ```tamis and ```sieve are checked, with the options that follow; ```csv NAME and
```text NAME are files beside the next or last one."""

import dataclasses
import pathlib
import re

CHECKED = ("tamis", "sieve")


@dataclasses.dataclass
class Example:
    """A text of a page that is checked, in its folder."""
    path: pathlib.Path
    options: list


def pages(root):
    found = {path.stem: path.read_text() for path in sorted((root / "docs" / "findings").glob("*.md"))}
    assert found
    return found


def head(page):
    return dict(re.findall(r"^(\w+): (.*)$", page.split("---")[1], re.MULTILINE))


def section(page, heading):
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)[1]


def blocks(text):
    """The fenced blocks: (words after the fence, text)."""
    fences = re.findall(r"^```(\S[^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(words.split(), body) for words, body in fences]


def write(folder, text):
    """Writes the section's files into a new folder; the examples among them."""
    folder.mkdir(parents=True)
    examples = []
    for (language, *rest), body in blocks(text):
        named = bool(rest) and not rest[0].startswith("--")
        if language not in CHECKED and not named:
            continue
        path = folder / (rest[0] if named else f"example.{language}")
        path.write_text(body)
        if language in CHECKED:
            examples.append(Example(path, rest[named:]))
    return examples
