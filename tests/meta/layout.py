# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of the house that a program can check: layout, layers, sizes, licences."""

import pathlib
import re
import shutil

LAYERS = ["base", "grammar", "model", "compiler", "lint", "deploy", "cli"]
STRANGERS = {"grammar": {"model"}, "model": {"grammar"}, "deploy": {"grammar", "model", "compiler", "lint"}}
MAX_LINES = {".c": 700, ".h": 450}
MAX_FUNCTION_LINES = 80


def sources(t, *folders):
    found = []
    for folder in folders:
        found += sorted(path for path in (t.root / folder).rglob("*") if path.suffix in (".c", ".h"))
    assert found
    return found


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
        text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', "", path.read_text(), flags=re.DOTALL)
        faults += [f"{path.relative_to(t.root)} calls {name}" for name in pattern.findall(text)]
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
