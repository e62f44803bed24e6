#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes many different, clean Sieve scripts in the styles that people and mail programs write, for measuring readers.

With --base they need no extension but fileinto and envelope, for engines that know no more.
"""

import argparse
import pathlib
import random

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


BASE_TESTS = (
    lambda rng: f'header :contains "subject" {listed(rng, word, 4)}',
    lambda rng: f'header :is ["list-id", "x-list"] "<{word(rng)}.lists.example>"',
    lambda rng: f'address :is :all "from" {listed(rng, address, 5)}',
    lambda rng: f'address :domain :is ["from", "sender"] "{rng.choice(DOMAINS)}"',
    lambda rng: f'envelope :matches "to" "*+{word(rng)[:8]}@*"',
    lambda rng: 'header :matches "X-Spam-Flag" "Y*"',
    lambda rng: f"size :over {rng.randint(1, 900)}K",
    lambda rng: f'exists ["x-{rng.randrange(1000)}", "list-post"]',
    lambda rng: f'not header :comparator "i;ascii-casemap" :contains "to" "{word(rng)}"',
)
TESTS = BASE_TESTS + (
    lambda rng: f'currentdate :zone "+0100" :value "lt" "date" "20{rng.randint(30, 99)}-0{rng.randint(1, 9)}-15"',
    lambda rng: f'header :value "ge" :comparator "i;ascii-numeric" "x-spam-score" "{rng.randint(1, 20)}"',
)
BASE_ACTIONS = (
    lambda rng: f'fileinto "{word(rng)}/{word(rng)}";',
    lambda rng: f'redirect "{address(rng)}";',
    lambda rng: "keep;",
    lambda rng: "discard;",
)
ACTIONS = BASE_ACTIONS + (
    lambda rng: f'redirect :copy "{address(rng)}";',
    lambda rng: 'addflag "\\\\Flagged"; keep;',
    lambda rng: f'fileinto :copy "Archive/{word(rng)}";',
    lambda rng: f'set "folder" "{word(rng)}"; fileinto "INBOX/${{folder}}";',
)


def rule(rng, is_base):
    make = BASE_TESTS if is_base else TESTS
    tests = [rng.choice(make)(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    head = tests[0] if len(tests) == 1 else f"{rng.choice(('anyof', 'allof'))} (" + ",\n          ".join(tests) + ")"
    name = f"# rule:[{word(rng)}]" if rng.random() < 0.7 else f"/* {word(rng)} {word(rng)} */"
    action = rng.choice(BASE_ACTIONS if is_base else ACTIONS)(rng)
    return f"{name}\nif {head}\n{{\n\t{action}\n" + ("\tstop;\n" if rng.random() < 0.5 else "") + "}\n"


def vacation(rng):
    return (f'if currentdate :value "ge" :zone "+0000" "date" "2031-01-0{rng.randint(1, 9)}" {{\n'
            f'    vacation :days {rng.randint(3, 20)} :addresses {listed(rng, address, 3)} :subject "{word(rng)}" text:\n'
            f"Hello,\nI am away until {rng.randint(1, 28)} January. {word(rng)} {word(rng)}\n..\nRegards\n.\n;\n}}\n")


def script(rng, n_bytes, is_base):
    names = REQUIRE[:2] if is_base else REQUIRE
    parts = [f"require [{', '.join(chr(34) + name + chr(34) for name in names)}];\n"]
    size = len(parts[0])
    if not is_base and rng.random() < 0.4:
        parts.append(vacation(rng))
    while size < n_bytes:
        parts.append(rule(rng, is_base))
        size += len(parts[-1].encode())
    return "".join(parts)


def write(folder, number, n_bytes=None, is_base=False):
    """n_bytes: the size of one script; None: as it comes, about 1.1 KB."""
    rng = random.Random(5228)
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(number):
        size = n_bytes or rng.randint(300, 1700)
        (folder / f"script{n:05}.sieve").write_text(script(rng, size, is_base))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("number", type=int)
    parser.add_argument("bytes", type=int, nargs="?")
    parser.add_argument("--base", action="store_true")
    options = parser.parse_args()
    write(options.folder, options.number, options.bytes, options.base)


if __name__ == "__main__":
    main()
