# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same strings in other words: with escapes, encoded characters (RFC 5228, section 2.4.2.4) and variables
(RFC 5229), which every engine undoes in an order of its own."""

import re

STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
REQUIRE = re.compile(r"require[^;]*;")


def encode(character, rng):
    forms = ["${{hex:{}}}".format(" ".join(f"{byte:02x}" for byte in character.encode())),
             f"${{unicode:{ord(character):x}}}", f"${{HEX: {character.encode().hex(' ')} }}"]
    return rng.choice(forms)


def spell(text, rng):
    """A string's text, as it stands between the quotes."""
    kind = rng.random()
    if kind < 0.5 and text and "\\" not in text:
        at = rng.randrange(len(text))
        return text[:at] + encode(text[at], rng) + text[at + 1:]
    if kind < 0.7:
        return text.replace("${", rng.choice(["${hex:24}{", "\\${", "$\\{", "$${hex:7b}", "${hex:24 7b}"])) if "${" in text \
            else text + rng.choice(["${a}", "${hex:24}{a}", "${1}", "\\${a}"])
    if kind < 0.8:
        return rng.choice(["${a}", "${hex:24}{a}", "\\${a}", "$\\{a}", "${hex:24 7b}a${hex:7d}", "${hex:24}{10}"])
    return text + rng.choice(["${hex:ff}x", "${hex:0}", "${hex:}", "${hex:123}", "${unicode:d800}", "${unicode:110000}",
                              "${hex:41", "${foo:41}", "${${hex:61}}"])


def respell(script, rng):
    """A script with one or two of its strings spelled otherwise, and what that needs required."""
    head = "".join(REQUIRE.findall(script))
    names = [name for name in ("encoded-character", "variables") if f'"{name}"' not in head and rng.random() < 0.9]
    required = [match.span() for match in REQUIRE.finditer(script)]
    strings = [match for match in STRING.finditer(script)
               if not any(start <= match.start() < end for start, end in required)]
    for match in sorted(rng.sample(strings, min(len(strings), rng.choice([1, 1, 2]))), key=lambda one: -one.start()):
        script = script[:match.start(1)] + spell(match[1], rng) + script[match.end(1):]
    return "".join(f'require "{name}";\n' for name in names) + script
