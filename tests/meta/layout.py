# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of the house that a program can check: layout, layers, sizes, licences."""

import collections
import pathlib
import re
import shutil

LAYERS = ["base", "grammar", "model", "compiler", "lint", "deploy", "cli"]
STRANGERS = {"grammar": {"model"}, "model": {"grammar"}, "deploy": {"grammar", "model", "compiler", "lint"}}
MAX_LINES = {".c": 700, ".h": 450}
MAX_FUNCTION_LINES = 80
# The client has them all, whoever needs them.
COMMANDS_OF_RFC_5804 = {"tamis_managesieve_check", "tamis_managesieve_rename", "tamis_managesieve_noop"}


def sources(t, *folders):
    found = []
    for folder in folders:
        found += sorted(path for path in (t.root / folder).rglob("*") if path.suffix in (".c", ".h"))
    assert found
    return found


def without_words(text):
    """A C file's text without its comments and strings."""
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', "", text, flags=re.DOTALL)


def complain(t, faults):
    if faults:
        t.fail("\n".join(faults))


def test_clang_format_leaves_every_file_as_it_is(t):
    if not shutil.which("clang-format"):
        t.skip("clang-format is not installed")
    output = t.command("clang-format", "--dry-run", "-Werror", *sources(t, *LAYERS, "tests"), cwd=t.root)
    t.equal(0, output.status, f"exit status of clang-format ({output.err[:3000]})")


def test_a_layer_includes_only_itself_and_those_below(t):
    faults = []
    for path in sources(t, *LAYERS):
        layer = path.relative_to(t.root).parts[0]
        allowed = set(LAYERS[:LAYERS.index(layer) + 1]) - STRANGERS.get(layer, set())
        for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
            if name.split("/")[0] not in allowed:
                faults.append(f"{path.relative_to(t.root)} includes {name}")
    complain(t, faults)


def test_only_cli_prints_or_reads_the_environment_or_exits(t):
    pattern = re.compile(r"\b(g_?printf?|g_printerr|puts|putchar|g_getenv|getenv|secure_getenv|exit|_exit|abort) ?\(")
    faults = []
    for path in sources(t, *LAYERS[:-1]):
        faults += [f"{path.relative_to(t.root)} calls {name}" for name in pattern.findall(without_words(path.read_text()))]
    complain(t, faults)


def test_libxml_stays_in_the_xml_readers_and_writers(t):
    complain(t, [str(path.relative_to(t.root)) for path in sources(t, *LAYERS)
                 if "<libxml/" in path.read_text() and "xml" not in str(path.relative_to(t.root))])


def test_every_file_names_its_licence_and_purpose(t):
    faults = []
    for path in sources(t, *LAYERS, "tests"):
        head = path.read_text().split("*/")[0].splitlines()
        if not head or head[0] != "/* SPDX-License-Identifier: LGPL-2.1-or-later":
            faults.append(f"{path.relative_to(t.root)}: no SPDX line")
        elif len([line for line in head if line.strip(" *")]) < 2:
            faults.append(f"{path.relative_to(t.root)}: no word on what it is for")
    complain(t, faults)


def test_files_and_functions_stay_short(t):
    faults = []
    for path in sources(t, *LAYERS):
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES[path.suffix]:
            faults.append(f"{path.relative_to(t.root)} has {len(lines)} lines")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start > MAX_FUNCTION_LINES:
                    faults.append(f"{path.relative_to(t.root)}:{start}: a function of {number - start} lines")
                start = None
    complain(t, faults)


def test_no_function_is_declared_and_never_called(t):
    texts = {path: without_words(path.read_text()) for path in sources(t, *LAYERS, "tests")}
    uses = collections.Counter(name for text in texts.values() for name in re.findall(r"\btamis_\w+", text))
    declared = {name: path for path, text in texts.items() if path.suffix == ".h"
                for name in re.findall(r"^[A-Za-z][^\n;{}#]*?\b(tamis_\w+)\([^;{}]*\);", text, re.MULTILINE)}
    assert len(declared) > 500
    complain(t, [f"{path.relative_to(t.root)}: nobody calls {name}" for name, path in declared.items()
                 if uses[name] < 3 and not name.endswith("_quark") and name not in COMMANDS_OF_RFC_5804])


def test_files_are_named_by_kebab_case_nouns(t):
    complain(t, [str(path) for path in sources(t, *LAYERS)
                 if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", pathlib.Path(path).stem)])


def repository_files(t):
    """Every text file of the repository, by its path in it."""
    # Where CI runs as root, the files may be another user's.
    listed = t.command("git", "-c", f"safe.directory={t.root}", "-C", t.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.status != 0:
        t.skip("not a git repository")
    for name in listed.out.split("\0"):
        path = t.root / name
        if name and path.is_file():
            try:
                yield name, path.read_text()
            except UnicodeDecodeError:
                continue


def test_nothing_names_the_place_where_it_was_written(t):
    place = re.compile(r"(?<![\w.~*-])/(?:work|root|home/(?!vmail)\w+)/|\.\./shared|\bissue #?\d|\bworktree\b", re.IGNORECASE)
    complain(t, [f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
                 for name, text in repository_files(t) for found in place.finditer(text)])


def test_every_script_names_its_licence(t):
    complain(t, [name for name, text in repository_files(t)
                 if re.search(r"\.(py|sh|build|server|toml)$|^dev$|^\.ci/", name)
                 and "SPDX-License-Identifier" not in "\n".join(text.splitlines()[:3])])
