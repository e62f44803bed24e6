#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What writing scripts takes: `tamis fmt`, and `tamis convert` to XML and back, of texts of many shapes.

usage: writer_pace.py TAMIS [SMALL_MB LARGE_MB]     prints JSON, a line a shape
"""

import json
import pathlib
import sys
import tempfile

import child

MB = 2**20
LEAST_S = 0.02  # what takes less is mostly the start of the program
# Name: head, what is said over and over, tail; whether the whole is a command, which becomes XML, or is read from it,
# as one tree.
SHAPES = {
    "commands": ("", "keep;\n", "", False),
    "elsif": ("if false { keep; }\n", 'elsif header :is "subject" "v" { keep; }\n', "", False),
    "blocks": ("", "if true { if true { if not true { keep; } } }\n", "", False),
    "displays": ("", "/* [* a='b' */\nkeep;\n/* *] */\n", "", False),
    "comments-and-commands": ("", "# a\nkeep; # b\n", "", False),
    "comments": ("", "#\n", "keep;\n", True),
    "comments-inside": ("if anyof (true, # a\n", "# b\n", "true) { }\n", True),
    "list": ('if header "a" ["a"', ',"a"', "] { keep; }\n", True),
    "list-of-names": ('if header "a" ["a"', ', "invoice@acme.example"', "] { keep; }\n", True),
    "tests": ("if anyof (true", ", true", ") { keep; }\n", True),
    "headers": ("if anyof (true", ', header :is "subject" "v"', ") { keep; }\n", True),
    "lists-of-tests": ("if anyof (true", ", not anyof (true, allof (true, true))", ") { keep; }\n", True),
    "block": ("if true {\n", "keep;\n", "}\n", True),
    "string": ('redirect "', "a line of it\n", '";\n', True),
    "escapes": ('redirect "', '\\"a line of it\n', '";\n', True),
    "text": ("redirect text:\n", "..a line of it\n", ".\n;\n", True),
    "deep-blocks": ("if true {\n" * 500 + "keep;\n" + "}\n" * 500, "keep;\n", "", False),
    "deep-tests": ("", "if " + "not " * 400 + "true { keep; }\n", "", False),
}


# What is larger is read by nobody, so `convert` does not write it; nor what has grown so in `fmt`.
MOST_XML, MOST_SIEVE = 60 * MB, 500 * MB

def write(path, shape, size):
    head, unit, tail, _ = SHAPES[shape]
    path.write_text(head + unit * ((size - len(head)) // len(unit) + 1) + tail)
    return path.stat().st_size


class Writer:
    """One verb of the writer: what it makes of a text of some size."""

    def __init__(self, tamis, folder, verb):
        self.tamis, self.verb = tamis, verb
        self.text, self.laid, self.xml = folder / "a.sieve", folder / "b.sieve", folder / "a.xml"

    def prepare(self, shape, size):
        write(self.text, shape, size)
        if self.verb == "fmt":
            self.laid.write_bytes(self.text.read_bytes())
        if self.verb == "from-xml":
            child.run(self.tamis, "convert", self.text, "-o", self.xml)

    def paths(self):
        return {"fmt": (self.text, self.laid), "to-xml": (self.text, self.xml),
                "from-xml": (self.xml, self.laid)}[self.verb]

    def run(self):
        before, after = self.paths()
        command = ("fmt", after) if self.verb == "fmt" else ("convert", before, "-o", after)
        usage = child.run(self.tamis, *command)
        return usage.processor_s, usage.peak_bytes, max(before.stat().st_size, after.stat().st_size)

    def fitting(self, shape, size):
        """The size of the text with which nothing gets larger than it may."""
        least = MB // 16
        self.prepare(shape, least)
        larger = self.run()[2]
        most = MOST_SIEVE if self.verb == "fmt" else MOST_XML
        return min(size, int(most / larger * least))

    def forget(self):
        for path in (self.text, self.laid, self.xml):
            path.unlink(missing_ok=True)


def measure(tamis, folder, sizes, bare):
    """Lines of JSON: of the largest size, peak bytes for each byte of the larger of both texts, above those of no text;
    and how time grows from the smaller size to the larger."""
    for shape in SHAPES:
        for verb in ("fmt", "to-xml", "from-xml"):
            writer = Writer(tamis, folder, verb)
            large = writer.fitting(shape, sizes[-1])
            found = []
            for size in (large * sizes[0] // sizes[-1], large):
                writer.prepare(shape, size)
                found.append(writer.run())
            writer.forget()
            (small_s, _, small_bytes), (took, peak, larger) = found
            yield {"bench": "writer", "shape": shape, "verb": verb, "is_one_command": SHAPES[shape][3],
                   "larger_bytes": larger, "seconds": round(took, 3),
                   "peak_per_byte": round((peak - bare) / larger, 2), "peak_above": peak - bare,
                   "growth": round(took / max(small_s, LEAST_S) / (larger / small_bytes), 2)}


def measure_all(tamis, folder, sizes):
    empty = folder / "empty.sieve"
    empty.write_text("keep;\n")
    return measure(tamis, folder, sizes, child.run(tamis, "fmt", "--check", empty).peak_bytes)


def over(found):
    """Of one line of the above: whether it takes more than is promised."""
    least = 8 * MB + 8 * found["larger_bytes"] if found["verb"] != "fmt" else 4 * MB + 4 * found["larger_bytes"]
    return found["peak_above"] > least and (found["verb"] == "fmt" or not found["is_one_command"])


def bench_writer(bench, small):
    found = list(measure_all(bench.tamis, bench.root, (8 * MB, 16 * MB) if small else (8 * MB, 64 * MB)))
    for verb, most in (("fmt", "4 x the larger text + 4 MB"), ("to-xml", "8 x + 8 MB where it has many commands"),
                       ("from-xml", "the same")):
        lines = [line for line in found if line["verb"] == verb]
        growing = max(lines, key=lambda line: line["growth"])
        largest = max(lines, key=lambda line: line["peak_per_byte"])
        wrong = sorted({line["shape"] for line in lines if over(line)})
        bench.say(f"{verb}: of {len(SHAPES)} shapes the worst, '{growing['shape']}', grows (at most 1.5 x as fast as it)",
                  f"{growing['growth']:.2f} x", growing["growth"] <= 1.5)
        bench.say(f"  the largest in memory, '{largest['shape']}' (at most {most}{': over ' + ', '.join(wrong) if wrong else ''})",
                  f"{largest['peak_per_byte']:.1f} x", not wrong)


def main():
    tamis, *sizes = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tamis-writer-") as folder:
        for line in measure_all(pathlib.Path(tamis).resolve(), pathlib.Path(folder),
                                [int(size) * MB for size in sizes or (8, 64)]):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
