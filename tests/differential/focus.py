# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scripts of one word each: every word of the table with every tag of its own, right and wrong in every way that the
table knows of. Where random scripts meet a pair by chance, these meet each in its turn."""

import random

from differential import generator
from differential.values import NEAR, NEAR_NUMBERS

# Words that have no script of their own, or that need more than one tag to be tried.
UNTRIED = {"require", "elsif", "else"}
IN_A_LOOP = {"foreverypart", "break", "extracttext", "replace", "enclose"}


def pairs(table, extensions):
    """[(word, tag)] of what a server has; None for the word without a tag."""
    def has(word, tag):
        companion = next((other for other in word.flat_tags() if other.name == tag.companion), tag)
        return {tag.extension, companion.extension} - {""} <= extensions

    words = [word for word in table.words if word.name not in UNTRIED and set(word.extensions) <= extensions]
    return [(word, tag) for word in words for tag in [None, *(tag for tag in word.flat_tags() if has(word, tag))]]


class Focus(generator.Maker):
    """One word with one tag, which is broken in one way."""

    def __init__(self, table, extensions, rng, word, tag, way):
        super().__init__(table, extensions, rng)
        self.slips_left, self.word, self.tag, self.way = 0, word, tag, way
        self.extensions = extensions

    # What stands in front of the arguments by position: [[words of a tag and its value]].

    def tag_parts(self):
        tags = self.word.flat_tags()
        by_name = {tag.name: tag for tag in tags}
        chosen = [self.tag] if self.tag else []
        if self.tag and self.tag.companion and self.way != "alone":
            chosen.append(by_name[self.tag.companion])
        if self.way == "rivals" and self.tag:
            chosen += [tag for tag in tags if tag.group and tag.group == self.tag.group and tag.name != self.tag.name
                       and (not tag.extension or tag.extension in self.extensions)][:1]
        if self.word.name == "size" and not self.tag and self.way != "alone":
            chosen.append(by_name["over"])
        for tag in chosen:
            if tag.extension and self.way != "not required":
                self.required.add(tag.extension)
        names = {tag.name for tag in chosen}
        self.has_patterns = "regex" in names
        return [self.tag_words(tag) for tag in chosen] + [[part] for part in self.number_comparator(names)]

    def tag_words(self, tag):
        if tag is not self.tag:
            return [f":{tag.name}", *([self.tag_value(self.word, tag)] if tag.type else [])]
        name = {"upper": tag.name.upper(), "cut": tag.name[:-1] or "x"}.get(self.way, tag.name)
        words = [f":{name}"]
        if self.way == "stray value":
            words.append(self.rng.choice(['"x"', "5", '["a"]']))
        if tag.type and self.way not in ("no value", "bare"):
            words.append(self.near(tag.type) if self.way in ("near value", "shape") else self.tag_value(self.word, tag))
        return words

    def near(self, kind):
        """A value that is nearly right; of another shape if that is how."""
        shape = self.table.types[kind][0]
        if self.way == "shape":
            return self.rng.choice({"number": ['"5"', '["5"]'], "string": ["5", '["a", "b"]', '["a"]'],
                                    "strings": ["5", "[]", ":is"]}[shape])
        if shape == "number":
            return self.rng.choice(NEAR_NUMBERS)
        if kind not in NEAR:
            return self.value(kind)
        text = generator.quote(self.rng.choice(NEAR[kind]))
        return f"[{self.value(kind).strip('[]')}, {text}]" if shape == "strings" and self.rng.random() < 0.3 else text

    def positions(self):
        values = []
        if self.way == "bare":
            return values
        for _, kind, optional in self.word.parameters:
            if optional and self.leaves_out(kind):
                continue
            values.append(self.value(kind))
        if values and self.way in ("near position", "position's shape"):
            at = self.rng.randrange(len(values))
            kind = [kind for _, kind, _ in self.word.parameters][-len(values):][at]
            self.way = {"near position": "near value", "position's shape": "shape"}[self.way]
            values[at] = self.near(kind)
        if values and self.way == "missing":
            del values[self.rng.randrange(len(values))]
        if self.way == "surplus":
            values.append(self.rng.choice(['"x"', "5", '["a", "b"]']))
        return values

    def statement(self):
        tags, values = self.tag_parts(), self.positions()
        if self.way == "doubled" and tags:
            tags.append(tags[0])
        if self.way == "late" and tags:
            values += tags.pop(0)
        self.rng.shuffle(tags)
        words = [self.word.name if self.way != "upper word" else self.word.name.title(), *sum(tags, []), *values]
        if "test" in self.word.follows:
            words.append("exists \"to\"")
        if "tests" in self.word.follows:
            words.append("(exists \"to\", size :over 100)")
        text = " ".join(words)
        if self.word.kind == "test":
            return f"if {text} {{ keep; }}"
        if "block" in self.word.follows:
            return text + (" { keep; }" if self.way != "no block" else ";")
        return text + (";" if self.way != "block" else " { keep; }")

    def script(self):
        body = self.statement()
        if self.word.name in IN_A_LOOP and self.word.name != "foreverypart":
            self.required.add("foreverypart")
            body = f"foreverypart{' :name ' + generator.quote('loop') if self.word.name == 'break' else ''} {{ {body} }}"
        if self.way != "not required":
            self.required.update(self.word.extensions)
        for extension, kind, others in self.table.relations:
            if kind == "needs" and extension in self.required:
                self.required.update(others)
        names = ", ".join(map(generator.quote, sorted(self.required)))
        return (f"require [{names}];\n" if names else "") + body + "\n"


# How a script is wrong, most of them once; each pair of the table comes in each of these ways.
WAYS = ["right", "right", "right", "near value", "near value", "near position", "near position", "shape",
        "position's shape", "doubled", "late", "no value", "stray value", "rivals", "alone", "upper", "upper word", "cut",
        "not required", "missing", "bare", "surplus", "block", "no block"]


def right(table, extensions, seed, n):
    """[(name, n scripts)]: each pair as it should be."""
    return [(f"{word.name} ({' '.join(word.extensions)})" + (f" :{tag.name}" if tag else ""),
             [Focus(table, extensions, random.Random(f"{seed}/{word.name}/{tag}/{number}"), word, tag,
                    "right").script().encode() for number in range(n)])
            for word, tag in pairs(table, extensions)]


def script(table, extensions, tried, rng, number):
    """The number-th: all pairs in one way after the other. tried: the pairs, which take longer than a script."""
    word, tag = tried[number % len(tried)]
    return Focus(table, extensions, rng, word, tag, WAYS[number // len(tried) % len(WAYS)]).script()
