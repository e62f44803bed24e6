# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies of the whole grammar, drawn from the rules that the manual prints: each is read, laid out the same
twice, valid XML, and through XML and back the same policy. They need not mean anything.

TAMIS_RANDOM_SENTENCES says how many (default 12), TAMIS_RANDOM_SEED where they begin."""

import os
import random
import re
import shutil

from kinds import Case, same

SENTENCES = int(os.environ.get("TAMIS_RANDOM_SENTENCES", "12"))
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
DECLARATIONS = 40
DEEP = 14
# Of these blocks a statement stands once; and these have to have one.
ONCE = {"organization", "limits", "action", "message"}
NEEDED = {"action": "text"}
LETTERS = "abcxyz019 _-+.,;:!?*\\\"'`#/<>&%$@(){}[]|~^=\t"
STRANGE = ["é", "ß", "订单", "🙂", "\u0301", "\u200f", "\u2028", "\ufeff", "\ufffd", "]]>", "&amp;", "<!--", "-->",
           "$${", "$$", "$", "/*", "*/", "\\\\n", "''", "</text>", "\u00a0"]
KEYWORDS_AS_NAMES = ["mon", "list", "days", "desk", "row", "true", "xml", "subject2", "from-here"]


def rules(manual):
    """The grammar in the manual: the words of each rule."""
    found = {}
    text = re.search(r"```\n(policy +=.*?)```", manual, re.S)[1]
    for name, body in re.findall(r"(\w+)\s*= (.*?)(?<=[ \n]);(?:\s|$)", text + "\n", re.S):
        found[name] = Reader(re.findall(r'"[^"]+"|\w+|[\[\]{}()|]', body)).choice()
    return found


class Reader:
    """A rule's words as nested tuples: ("word", w), ("name", n), ("all", parts), ("one", parts), ("maybe", p), ("some", p)."""

    CLOSING = {"(": ")", "[": "]", "{": "}"}
    KINDS = {"[": "maybe", "{": "some"}

    def __init__(self, words):
        self.words = words

    def choice(self):
        options = [self.sequence()]
        while self.words and self.words[0] == "|":
            self.words.pop(0)
            options.append(self.sequence())
        return options[0] if len(options) == 1 else ("one", options)

    def sequence(self):
        parts = []
        while self.words and self.words[0] not in "|)]}":
            word = self.words.pop(0)
            if word in self.CLOSING:
                inner = self.choice()
                assert self.words.pop(0) == self.CLOSING[word]
                parts.append((self.KINDS[word], inner) if word in self.KINDS else inner)
            else:
                parts.append(("word", word[1:-1]) if word[0] == '"' else ("name", word))
        return ("all", parts)


class Writer:
    """One random text."""

    def __init__(self, grammar, seed):
        self.grammar = grammar
        self.random = random.Random(seed)
        self.words = []
        self.depth = 0
        self.row = None  # the name of the rows, in an `each`

    def policy(self):
        declarations = []
        for _ in range(DECLARATIONS):
            self.words = []
            self.rule("declaration")
            declarations.append(" ".join(self.words))
        return "\n".join(declarations) + "\n"

    def rule(self, name):
        self.depth += 1
        if name == "or":
            self.formula(self.size_of_formula(), self.size_of_formula())
        else:
            self.write(self.grammar[name], name)
        self.row = None if name == "each" else self.row
        self.depth -= 1

    # Formulas have no parentheses that mean nothing: XML does not keep those.

    def size_of_formula(self):
        return 1 if self.depth > DEEP else self.random.choice((1, 1, 2, 3))

    def formula(self, n_or, n_and):
        for i in range(n_or):
            self.words += ["or"] if i else []
            for k in range(n_and):
                self.words += ["and"] if k else []
                self.operand(n_or, n_and)

    def operand(self, n_or, n_and):
        self.depth += 1
        kind = self.random.choice(("test", "test", "NAME", "not", "(")) if self.depth <= DEEP else "NAME"
        if kind == "not":
            self.words.append("not")
            self.operand(1, 2)
        elif kind == "(" and (n_and > 1 or n_or > 1):
            # In a list of alternatives only alternatives stand in parentheses.
            self.words.append("(")
            self.formula(*self.random.choice(((2, 1), (2, 2), (1, 3)) if n_and > 1 else ((2, 1), (2, 3))))
            self.words.append(")")
        elif kind == "test":
            self.rule("test")
        else:
            self.words.append(self.name("condition"))
        self.depth -= 1

    def write(self, part, rule):
        kind, inner = part
        if kind == "word":
            self.words.append(inner)
        elif kind == "name" and inner in self.grammar:
            self.rule(inner)
        elif kind == "name":
            self.words.append(getattr(self, inner.lower())(rule))
            if rule == "each" and self.words[-2] == "each":
                self.row = self.words[-1]
        elif kind == "all":
            for each in inner:
                self.write(each, rule)
        elif kind == "one":
            self.write(self.random.choice(inner), rule)
        elif kind == "maybe":
            if self.random.random() < 0.5:
                self.write(inner, rule)
        else:
            self.repeat(inner, rule)

    def repeat(self, inner, rule):
        if rule in ONCE and inner[0] == "one":
            options = [each for each in inner[1] if self.random.random() < 0.5 or self.opening(each) == NEEDED.get(rule)]
            self.random.shuffle(options)
            for each in options:
                self.write(each, rule)
            return
        if rule == "hours" and inner[0] == "one":
            timezone = [each for each in inner[1] if self.opening(each) == "timezone"]
            inner = ("one", [each for each in inner[1] if each not in timezone])
            self.write(timezone[0], rule) if self.random.random() < 0.5 else None
        if rule == "testcase":
            self.rule("message")
        for _ in range(0 if self.depth > DEEP else self.random.choice((0, 1, 1, 2, 4))):
            self.write(inner, rule)

    @staticmethod
    def opening(part):
        while part[0] == "all":
            part = part[1][0]
        return part[1]

    # Terminals. What a rule needs beyond its grammar is said here.

    def string(self, rule):
        text = "".join(self.random.choice(STRANGE if self.random.random() < 0.2 else LETTERS)
                       for _ in range(self.random.choice((0, 1, 3, 9, 30))))
        text = text.replace("\\\\n", "\n") if rule == "action" else text.replace("\\\\n", "n")
        if rule == "action" and self.random.random() < 0.3:
            return self.text_block(text)
        # A dollar before a brace is a placeholder's: it is written twice.
        text = re.sub(r"\$+\{", "$${", text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
        escaped = "".join(f"\\u{{{ord(c):x}}}" if ord(c) > 127 and self.random.random() < 0.3 else c for c in text)
        return f'"{escaped}"'

    def text_block(self, text):
        indent = " " * self.random.choice((0, 1, 4))
        lines = re.sub(r"\$+\{", "$${", text.replace("\\", "\\\\").replace('"', '\\"')).split("\n")
        return '"""\n' + "\n".join(indent + line for line in lines) + f'\n{indent}"""'

    def name(self, rule):
        if self.random.random() < 0.2:
            return self.random.choice(KEYWORDS_AS_NAMES)
        return self.random.choice("abdéñ客ж") + "".join(self.random.choice("abc019_-é客") for _ in range(self.random.randrange(6)))

    def address(self, rule):
        return f"{self.random.choice(('anna', 'a.b_c', 'x+y', 'z-1'))}@{self.domain(rule)}"

    def domain(self, rule):
        return self.random.choice(("acme.example", "163.com", "bücher.example", "xn--bcher-kva.example", "a-b.c.example"))

    def date(self, rule):
        # A range ends after it begins.
        year = self.random.randrange(*((2100, 9999) if self.words[-1] == ".." else (1990, 2100)))
        return f"{year}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}"

    def instant(self, rule):
        seconds = self.random.choice(("", ":59"))
        return (self.date(rule) + self.random.choice((" ", "T")) + f"{self.random.randrange(24):02}:{self.random.randrange(60):02}"
                + seconds + self.random.choice(("", "Z", "+08:00", "-03:30")))

    def time(self, rule):
        # A range does not end where it begins.
        minute = 2 * self.random.randrange(30) + (self.words[-1] == "-")
        return f"{self.random.randrange(24):02}:{minute:02}"

    def days(self, rule):
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return self.random.choice(days) + self.random.choice(("", "-" + self.random.choice(days)))

    def unit(self, rule):
        return self.random.choice(("days", "day", "hours", "hour"))

    def size(self, rule):
        return str(self.random.randrange(1, 5000)) + self.random.choice(("", "K", "M", "G"))

    def number(self, rule):
        return str(self.random.randrange(1, 10 ** self.random.randrange(1, 7)))

    def zone(self, rule):
        return self.random.choice(("Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "Europe/Berlin"))

    def column(self, rule):
        return f"{self.row}.{self.name(rule)}" if self.row else self.name(rule)


def formatted(context, text):
    path = context.folder() / "policy.tamis"
    path.write_text(text)
    output = context.tamis("fmt", path)
    same("", output.err, "what tamis fmt says")
    return path.read_text()


def check(grammar, seed):
    def run(context):
        text = formatted(context, Writer(grammar, seed).policy())
        same(text, formatted(context, text), "the second formatting")
        folder = context.folder()
        names = [folder / name for name in ("one.tamis", "two.xml", "three.tamis", "four.xml")]
        names[0].write_text(text)
        for source, result in zip(names, names[1:]):
            output = context.tamis("convert", source, "-o", result)
            same("", output.err, f"what tamis convert says of {source.name}")
        same(meant(text), meant(names[2].read_text()), "the policy from XML")
        same(names[1].read_text(), names[3].read_text(), "the XML of the policy from XML")
        if shutil.which("xmllint"):
            output = context.command(["xmllint", "--noout", "--relaxng", context.root / "grammar" / "policy.rng", names[1]])
            assert output.status == 0, output.err
    return run


def meant(text):
    """Without layout: how a character was written, and line breaks and last commas, which depend on that."""
    escape = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))", re.S)
    text = escape.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2].replace("n", "\n"), text)
    return re.sub(r"[ \n]+", "\n", re.sub(r"(?:,[ \n]*)?([({})\[\];,])", r" \1 ", text))


def discover(tests):
    grammar = rules((tests.parent / "docs" / "language.md").read_text())
    return [Case(f"sentences/policy {seed}", check(grammar, seed)) for seed in range(FIRST, FIRST + SENTENCES)]
