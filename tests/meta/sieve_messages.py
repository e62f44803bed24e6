# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Tamis can say of a script, message or remedy, is said in some test: no text of the reader, the checker or the
rules about scripts goes unread."""

import re

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|\'(?:\\.|[^\'\\])\'|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\S', re.DOTALL)
SAYS = re.compile(r"tamis_sieve_(find|advise|lexer_error|xml_fault|xml_unexpected)|tamis_report_(add|help|relate)|"
                  r"complain\w*|fail|fail_unexpected|refuse|explain")
DIRECTIVE = re.compile(r"%(?:%|[-+0 #]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:ll|l|h|z)?[a-zA-Z])")
WORDS = re.compile(r"[a-z',)] [a-z'(]")  # as people read them
# Said where no test gets in reasonable time or memory.
UNTESTED = {
    "the file is larger than %u MiB",
}


def tokens(source):
    """Without comments; string literals that stand side by side are one."""
    found = []
    for token in TOKEN.findall(source):
        if token.startswith(("//", "/*")):
            continue
        if token.startswith('"') and found and found[-1].startswith('"'):
            found[-1] = found[-1][:-1] + token[1:]
        elif re.fullmatch(r"(PRI|G_)\w*(FORMAT|[ud]\d+)", token) and found and found[-1].startswith('"'):
            found[-1] = found[-1][:-1] + 'd"'
        else:
            found.append(token)
    return found


def plain(literal):
    return re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), literal[1:-1])


def texts(source):
    """The literals of several words that are given to what reports, or that read so: in tables, in variables."""
    inside = []
    found, last = [], ""
    for token in tokens(source):
        if token == "(":
            inside.append(bool(SAYS.fullmatch(last)))
        elif token == ")":
            inside.pop()
        elif token.startswith('"') and (any(inside) and " " in token or WORDS.search(token)):
            found.append(plain(token))
        last = token
    return found


def pattern(text):
    parts = DIRECTIVE.split(text)
    return re.compile(".*?".join(re.escape(part) for part in parts), re.DOTALL)


def everything_said(t):
    tests = t.root / "tests"
    paths = [*tests.glob("lint/*/*.expected"), *tests.glob("sieve/*/*.expected"), *tests.glob("cli/*.py"),
             *tests.glob("unit/test-sieve*.c"), *tests.glob("unit/test-plain.c")]
    said = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        said.append("\n".join(plain(token) for token in tokens(text) if token.startswith('"'))
                    if path.suffix == ".c" else text)
    return "\n".join(said)


def test_every_message_and_remedy_has_a_case(t):
    said = everything_said(t)
    sources = [*(t.root / "grammar" / "sieve").glob("*.c"), *(t.root / "lint").glob("script*.c"),
               *(t.root / "lint" / "scripts").glob("*.c")]
    missing, n = [], 0
    for path in sorted(sources):
        for text in texts(path.read_text(encoding="utf-8")):
            n += 1
            if text not in UNTESTED and not pattern(text).search(said):
                missing.append(f"{path.relative_to(t.root)}: {text}")
    assert n > 200, n
    if missing:
        t.fail(f"{len(missing)} of {n} texts stand in no test; a script in tests/sieve/messages that gets them will do:\n"
               + "\n".join(missing))
