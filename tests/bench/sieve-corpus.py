#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes many different, clean Sieve scripts in the styles that people and mail programs write, for measuring readers.

usage: sieve-corpus.py FOLDER NUMBER [BYTES]   (BYTES: the size of one script; default: as it comes, about 1.1 KB)
"""

import pathlib
import random
import sys

WORDS = ("invoice order travel newsletter team report server backup family school project meeting release bank "
         "ticket shipping alert review holiday offer 订单 发票 会议 réunion Übersicht").split()
DOMAINS = "customer.example partner.example lists.example news.example shop.example".split()
REQUIRE = ["fileinto", "envelope", "copy", "vacation", "imap4flags", "relational", "comparator-i;ascii-numeric",
           "date", "variables", "reject", "subaddress", "body"]


def word(rng):
    return f"{rng.choice(WORDS)}-{rng.randrange(10000)}"


def address(rng):
    return f"{rng.choice(WORDS[:20])}.{rng.randrange(100000)}@{rng.choice(DOMAINS)}"


def listed(rng, make, most):
    return "[" + ", ".join(f'"{make(rng)}"' for _ in range(rng.randint(1, most))) + "]"


def test(rng):
    return rng.choice((
        lambda: f'header :contains "subject" {listed(rng, word, 4)}',
        lambda: f'header :is ["list-id", "x-list"] "<{word(rng)}.lists.example>"',
        lambda: f'address :is :all "from" {listed(rng, address, 5)}',
        lambda: f'address :domain :is ["from", "sender"] "{rng.choice(DOMAINS)}"',
        lambda: f'envelope :matches "to" "*+{word(rng)[:8]}@*"',
        lambda: f'header :matches "X-Spam-Flag" "Y*"',
        lambda: f"size :over {rng.randint(1, 900)}K",
        lambda: f'exists ["x-{rng.randrange(1000)}", "list-post"]',
        lambda: f'not header :comparator "i;ascii-casemap" :contains "to" "{word(rng)}"',
        lambda: f'currentdate :zone "+0100" :value "lt" "date" "20{rng.randint(30, 99)}-0{rng.randint(1, 9)}-15"',
        lambda: f'header :value "ge" :comparator "i;ascii-numeric" "x-spam-score" "{rng.randint(1, 20)}"',
    ))()


def action(rng):
    return rng.choice((
        lambda: f'fileinto "{word(rng)}/{word(rng)}";',
        lambda: f'redirect :copy "{address(rng)}";',
        lambda: 'addflag "\\\\Flagged"; keep;',
        lambda: f'fileinto :copy "Archive/{word(rng)}";',
        lambda: f'set "folder" "{word(rng)}"; fileinto "INBOX/${{folder}}";',
        lambda: "discard;",
    ))()


def rule(rng):
    tests = [test(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    head = tests[0] if len(tests) == 1 else f"{rng.choice(('anyof', 'allof'))} (" + ",\n          ".join(tests) + ")"
    name = f"# rule:[{word(rng)}]" if rng.random() < 0.7 else f"/* {word(rng)} {word(rng)} */"
    return f"{name}\nif {head}\n{{\n\t{action(rng)}\n" + ("\tstop;\n" if rng.random() < 0.5 else "") + "}\n"


def vacation(rng):
    return (f'if currentdate :value "ge" :zone "+0000" "date" "2031-01-0{rng.randint(1, 9)}" {{\n'
            f'    vacation :days {rng.randint(3, 20)} :addresses {listed(rng, address, 3)} :subject "{word(rng)}" text:\n'
            f"Hello,\nI am away until {rng.randint(1, 28)} January. {word(rng)} {word(rng)}\n..\nRegards\n.\n;\n}}\n")


def script(rng, n_bytes):
    parts = [f"require [{', '.join(chr(34) + name + chr(34) for name in REQUIRE)}];\n"]
    size = len(parts[0])
    if rng.random() < 0.4:
        parts.append(vacation(rng))
    while size < n_bytes:
        parts.append(rule(rng))
        size += len(parts[-1].encode())
    return "".join(parts)


def main():
    folder, number = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(5228)
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(number):
        n_bytes = int(sys.argv[3]) if len(sys.argv) > 3 else rng.randint(300, 1700)
        (folder / f"script{n:05}.sieve").write_text(script(rng, n_bytes))


if __name__ == "__main__":
    main()
