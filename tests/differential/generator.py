# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scripts made of the language's table, most of them right or with one slip, and mutations of scripts that people
or Tamis wrote. The same seed gives the same scripts, whatever is asked for before."""

import bisect
import hashlib
import importlib.util
import random
import re

from differential.values import GOOD, GOOD_NUMBERS, GOOD_TAGS, NEAR, NEAR_NUMBERS

BUILT_IN_TAGS = {"count": "relational", "value": "relational", "regex": "regex", "list": "extlists"}
COMPARATORS = {"i;ascii-numeric": "comparator-i;ascii-numeric", "i;unicode-casemap": "comparator-i;unicode-casemap"}
# Of these a script has one: both at once have one reason to be refused.
RIVALS = [("imap4flags", "imapflags"), ("enotify", "notify"), ("duplicate", "vnd.dovecot.duplicate"),
          ("spamtest", "spamtestplus")]
MAX_DEPTH = 2


def load_table(root):
    spec = importlib.util.spec_from_file_location("sieve_table", root / "scripts" / "sieve-table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Table(root / "grammar" / "sieve" / "language.table")


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Maker:
    """One script. slips_left: how often yet a value, an argument, a require is not what it should be."""

    def __init__(self, table, extensions, rng):
        self.table, self.rng = table, rng
        self.slips_left = rng.choice([0, 0, 0, 1, 1, 1, 1, 2, 5])
        self.required = set()
        if rng.random() < 0.98:
            extensions = extensions - {rng.choice(pair) for pair in RIVALS if set(pair) <= extensions}
        self.words = {kind: [word for word in table.words if word.kind == kind and word.name != "require"
                             and (set(word.extensions) <= extensions or rng.random() < 0.02)]
                      for kind in ("control", "action", "test")}
        self.extensions = extensions
        self.in_loop = 0
        self.has_patterns = False  # the keys are regular expressions

    def slip(self):
        slips = self.slips_left > 0 and self.rng.random() < 0.06
        self.slips_left -= slips
        return slips

    # Values

    def string(self, kind):
        near = NEAR.get(kind)
        good = GOOD["patterns" if kind == "keys" and self.has_patterns else kind]
        text = self.rng.choice(near if near and self.slip() else good)
        if kind == "comparator" and text in COMPARATORS:
            self.required.add(COMPARATORS[text])
        if kind != "script" and self.slip():  # what is not there cannot be included
            text = self.rng.choice([text.upper(), text + " ", "${a}", "${", "${hex:40}", "${unicode:263a}", text + "\\"])
        if kind == "text" and self.rng.random() < 0.1 and "\r" not in text:
            return "text:\n" + re.sub(r"(?m)^\.", "..", text) + "\n.\n"
        return quote(text)

    def value(self, kind):
        shape = self.table.types[kind][0]
        if self.slip():
            shape = self.rng.choice(["number", "string", "strings"])
        if shape == "number":
            good = GOOD_NUMBERS.get(kind, ["1", "5"])
            return self.rng.choice(NEAR_NUMBERS if self.slip() else good)
        if kind not in GOOD:
            kind = "text"
        if shape == "strings" and self.rng.random() < 0.5:
            n = self.rng.choice([1, 2, 2, 3]) if not self.slip() else 0
            return "[" + ", ".join(self.string(kind) for _ in range(n)) + "]"
        return self.string(kind)

    def tag_value(self, word, tag):
        special = GOOD_TAGS.get((word.extensions[0], tag.name)) if word.extensions else None
        return quote(self.rng.choice(special)) if special and self.rng.random() < 0.8 else self.value(tag.type)

    # Arguments

    def tags(self, word):
        chosen, groups = [], set()
        tags = word.flat_tags()
        for tag in tags:
            wanted = self.rng.random() < 0.25
            if not wanted or (tag.extension and tag.extension not in self.extensions and not self.slip()):
                continue
            if tag.group in groups and tag.group and not self.slip():
                continue
            groups.add(tag.group)
            chosen.append(tag)
        names = {tag.name for tag in chosen}
        for tag in list(chosen):
            if tag.companion and tag.companion not in names and not self.slip():
                chosen += [other for other in tags if other.name == tag.companion]
                names.add(tag.companion)
        if word.name == "size" and not chosen and not self.slip():
            chosen.append(tags[0])
        self.rng.shuffle(chosen)
        return chosen

    def number_comparator(self, names):
        """What :count wants beside it."""
        if "count" not in names or "comparator" in names or self.slip():
            return []
        self.required.add(COMPARATORS["i;ascii-numeric"])
        return [':comparator "i;ascii-numeric"']

    def leaves_out(self, kind):
        """Whether an optional argument is not there; a variable needs its extension."""
        if self.rng.random() < 0.6:
            return True
        if kind in ("variable", "variables") and not self.slip():
            self.required.add("variables")
        return False

    def arguments(self, word):
        chosen = self.tags(word)
        names = {tag.name for tag in chosen}
        self.has_patterns = "regex" in names
        parts = self.number_comparator(names)
        for tag in chosen:
            if tag.extension and not self.slip():
                self.required.add(tag.extension)
            name = tag.name if not self.slip() else self.rng.choice([tag.name.upper(), tag.name + "s", tag.name[:-1]])
            parts.append(f":{name}" + (f" {self.tag_value(word, tag)}" if tag.type and not self.slip() else ""))
        positional = [self.value(kind) for _, kind, optional in word.parameters
                      if not (optional and self.leaves_out(kind)) and not self.slip()]
        if self.slip():
            positional.append(self.rng.choice(["5", '"x"', '["a", "b"]', ":foo", ":copy", ":is"]))
        parts += positional
        if self.slip():
            self.rng.shuffle(parts)
        return parts

    # Tests and commands

    def need(self, word):
        if not self.slip():
            self.required.update(word.extensions)

    def test(self, depth):
        word = self.rng.choice(self.words["test"])
        if word.name in ("true", "false") and self.rng.random() < 0.95:  # what they decide is not read by everyone
            word = self.rng.choice(self.words["test"])
        if depth >= MAX_DEPTH and word.follows:
            return self.rng.choice(['size :over 100', 'header "subject" "x"', 'exists "to"'])
        self.need(word)
        name = word.name if not self.slip() else self.rng.choice([word.name.title(), word.name + "s", word.name[1:]])
        text = " ".join([name, *self.arguments(word)])
        follows = word.follows if not self.slip() else self.rng.choice([[], ["test"], ["tests"]])
        if "test" in follows:
            text += " " + self.test(depth + 1)
        if "tests" in follows:
            text += " (" + ", ".join(self.test(depth + 1) for _ in range(self.rng.choice([1, 2, 3]))) + ")"
        return text

    def block(self, depth):
        n = self.rng.choice([0, 1, 1, 2])
        return "{ " + " ".join(self.command(depth + 1) for _ in range(n)) + " }"

    def condition(self, depth):
        text = f"if {self.test(depth)} {self.block(depth)}"
        while self.rng.random() < 0.25:
            text += f" elsif {self.test(depth)} {self.block(depth)}"
        if self.rng.random() < 0.25:
            text += f" else {self.block(depth)}"
        if self.slip():
            text += f" else {self.block(depth)}"
        return text

    def command(self, depth=0):
        choice = self.rng.random()
        if choice < 0.4 and depth < MAX_DEPTH:
            return self.condition(depth)
        word = self.rng.choice(self.words["action" if choice < 0.9 else "control"])
        if word.name in ("if", "elsif", "else") and not self.slip():
            return "keep;"
        if word.name == "break" and not self.in_loop and not self.slip():
            return "stop;"
        self.need(word)
        text = " ".join([word.name, *self.arguments(word)])
        if "test" in word.follows:
            text += " " + self.test(depth)
        if "block" in word.follows:
            self.in_loop += 1
            text += " " + self.block(depth)
            self.in_loop -= 1
            return text
        return text + (";" if not self.slip() else self.rng.choice(["", " {}", ";;"]))

    def script(self):
        body = [self.command() for _ in range(self.rng.choice([1, 1, 1, 2]))]
        for extension, kind, others in self.table.relations:
            if kind == "needs" and extension in self.required and not self.slip():
                self.required.update(others)
        names = sorted(self.required)
        if names and self.slip():
            names.remove(self.rng.choice(names))
        if self.slip():
            names.append(self.rng.choice(["keep", "fileinto", "foo", "Copy", "comparator-i;octet", "variables", "",
                                          "encoded-character", "copy", "redirect", "vnd.foo"]))
        head = ["require [" + ", ".join(map(quote, names)) + "];"] if names else []
        if head and self.slip():
            head = ["require " + quote(names[0]) + ";", *(f"require {quote(name)};" for name in names[1:])]
        lines = head + body
        if self.slip():
            self.rng.shuffle(lines)
        return "\n".join(lines) + "\n"


TOKEN = re.compile(r'text:[^\n]*\n(?s:.*?)\n\.\n|"(?:\\.|[^"\\])*"|:?[A-Za-z_][\w]*|\d+[KMGkmg]?|/\*.*?\*/|#[^\n]*\n|\s+|.',
                   re.DOTALL)
INSERTED = [";", "{", "}", "(", ")", "[", "]", ",", '"', ":", "#", "/*", "*/", "keep", "stop;", "if", "true", "not ",
            ":is", ":matches", "text:", "5", "\\", "\t", "\r\n", "\n", "é", "elsif", "else", "{}", "10M", '"a"', ".", "0x1"]


def mutate(text, rng):
    """Some tokens left out, doubled, exchanged or put in; seldom bytes."""
    tokens = TOKEN.findall(text)
    for _ in range(rng.choice([1, 1, 1, 1, 2])):
        if not tokens:
            break
        at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        kind = rng.random()
        if kind < 0.3:
            del tokens[at]
        elif kind < 0.45:
            tokens.insert(at, tokens[other])
        elif kind < 0.6:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind < 0.8:
            tokens.insert(at, rng.choice(INSERTED))
        elif kind < 0.9:
            tokens[at] = tokens[at].swapcase()
        else:
            token = tokens[at]
            place = rng.randrange(len(token) + 1)
            tokens[at] = token[:place] + rng.choice(["", " ", "x", '"', "\\", "@", "\x7f", "ü"]) + token[place + 1:]
    return "".join(tokens)


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def choose(corpus, rng):
    """One of the corpus, in the order of their digests. A script that is added to it takes the place of few others, so
    that the scripts of a number stay as they are."""
    return corpus[bisect.bisect_left(corpus, f"{rng.getrandbits(256):064x}", key=digest) % len(corpus)]


def scripts(root, server_extensions, seed, first, n, corpus):
    """[(name, text)] of n scripts from the number first on: of four one a mutation of the corpus, one a mutation of a
    script that is right, one a random script, now and then spelled otherwise (spelling.py), and one of a single word
    (focus.py)."""
    from differential import focus, spelling
    table = load_table(root)
    pairs = focus.pairs(table, server_extensions)
    made = []
    for number in range(first, first + n):
        rng = random.Random(f"{seed}/{number}")
        if corpus and number % 4 == 0:
            text = mutate(choose(corpus, rng), rng)
        elif number % 4 == 2:
            text = focus.script(table, server_extensions, pairs, rng, number // 4)
        else:
            maker = Maker(table, server_extensions, rng)
            if number % 4 == 1:
                maker.slips_left = 0
            text = maker.script()
            if number % 4 == 1:
                text = mutate(text, rng)
            elif number % 16 == 3:
                text = spelling.respell(text, random.Random(f"{seed}/{number}/spelling"))
        made.append((f"{number}", text.encode("utf-8", "surrogateescape")))
    return made
