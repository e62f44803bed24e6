# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing stands in the table of the Sieve language that no script of tests/sieve uses."""

import importlib.util
import pathlib
import re


def load_table(t):
    path = t.root / "scripts" / "sieve-table.py"
    spec = importlib.util.spec_from_file_location("sieve_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Table(pathlib.Path(t.root / "grammar" / "sieve" / "language.table"))


def words_of(text):
    """Each word of a script with what stands behind it, up to the next word: [("header", ["is"], …)]."""
    text = re.sub(r"text:[^\n]*\n.*?^\.\r?$", '""', text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r'"(?:\\.|[^"\\])*"', '""', text, flags=re.DOTALL)
    text = re.sub(r"/\*.*?\*/|#[^\n]*", " ", text, flags=re.DOTALL)
    found = []
    for name, rest in re.findall(r"(?<![:\w])([A-Za-z_]\w*)((?:\s*(?::\w+|\d+[KMGkmg]?|\"\"|\[[^]]*\]))*)", text):
        found.append((name.lower(), [tag.lower() for tag in re.findall(r":(\w+)", rest)]))
    return found


def scripts(t):
    return [(path, path.read_text(encoding="utf-8", errors="replace")) for path in sorted((t.root / "tests" / "sieve").glob("*/*.sieve"))]


def test_every_word_and_tag_stands_in_a_script(t):
    used, required, table = {}, {}, load_table(t)
    for _, text in scripts(t):
        extensions = set(re.findall(r'"([^"]+)"', " ".join(re.findall(r"require\s*(\[[^]]*\]|\"[^\"]*\")", text))))
        for one, verb, others in table.relations:
            extensions |= set(others if verb == "implies" and one in extensions else ())
        for name, tags in words_of(text):
            used.setdefault(name, set()).update(tags)
            for extension in extensions:
                required.setdefault((name, extension), set()).update(tags)
    missing = []
    for word in table.words:
        tags = required.get((word.name, word.extensions[0])) if word.extensions else used.get(word.name)
        if tags is None:
            missing.append(f"{word.name} ({' '.join(word.extensions)})")
        missing += [f"{word.name} :{tag.name} ({' '.join(word.extensions)})" for tag in word.flat_tags()
                    if tags is not None and tag.name not in tags]
    if missing:
        t.fail(f"no script of tests/sieve has {len(missing)}:\n" + "\n".join(missing))


def test_every_extension_is_required_by_a_script(t):
    header = (t.root / "grammar" / "sieve" / "extension.h").read_text()
    names = set(re.findall(r'X\(\w+, "([^"]+)",', header))
    text = "\n".join(text for _, text in scripts(t))
    server = (t.root / "tests" / "sieve" / "everything.server").read_text()
    offered = set(re.search(r"^default=(.*)$", server, re.MULTILINE)[1].split())
    t.equal(sorted(names), sorted(offered), "the extensions of tests/sieve/everything.server")
    if missing := sorted(name for name in names if f'"{name}"' not in text):
        t.fail(f"no script of tests/sieve requires {missing}")
