# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two thousand mailboxes that forward to each other at random: it ends soon, whatever it finds."""

import json
import random
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
import loop_shapes  # noqa: E402
import loops  # noqa: E402

N = 2000
SOON_S = 60  # on a machine that has much else to do; alone it takes some seconds
HEAD = "organization { domains acme.example; timezone Europe/Berlin; }\n"
WORDS = ("order", "invoice", "bill", "ticket", "help", "x", "y", "urgent", "42")


def some_test(rng, at, to):
    text = rng.choice((f'subject {rng.choice(("contains", "begins", "is"))} "{rng.choice(WORDS)}"',
                       f"from domain is {rng.choice('abc')}.example", f"size >= {rng.choice((1, 10, 100))}K"))
    return rng.choice(("when ", "when ", "when not ")) + text


def one_of_many_tests(rng):
    word, other = rng.choice(WORDS), rng.choice(WORDS)
    return rng.choice(("", "", "not ")) + rng.choice(
        3 * (f'subject {rng.choice(("contains", "begins", "is", "ends"))} "{word}"',)
        + (f"from domain is {rng.choice('abc')}.example", f"size >= {rng.choice((1, 10, 100))}K",
           f'header "X-{rng.choice("ABC")}" contains "{word}"', f'to local contains "{word}"',
           f'subject matches "*{word}*{other}?*"'))


def some_tests(rng, at, to):
    between = rng.choice((" and ", " and ", " and ", " or "))
    return "when " + between.join(one_of_many_tests(rng) for _ in range(rng.choice((2, 3, 4))))


def tangle(condition, limits="", seed=1):
    rng = random.Random(seed)
    lines = [HEAD, limits]
    for at in range(N):
        targets = rng.sample([to for to in range(N) if to != at], rng.choice((3, 4)))
        routes = (f"route r{n} {condition(rng, at, to)} {{ forward to m{to}@acme.example; }}"
                  for n, to in enumerate(targets))
        lines.append(f"mailbox m{at}@acme.example {{ {' '.join(routes)} }}\n")
    return "".join(lines)


def findings_of(t, text, rule):
    output = t.command(t.context.plain_binary(), "check", "--as-of", "2026-11-23T00:00Z", "--format", "json",
                       t.write("policy.tamis", text), timeout=SOON_S)
    if output.status not in (0, 1):
        t.fail(output.err)
    return [finding for finding in json.loads(output.out)["findings"] if finding["rule"] == rule]


def test_where_all_mail_goes_round_a_few_ways_are_told(t):
    found = findings_of(t, tangle(lambda *_: ""), "forward-loop")
    t.equal(["proved"] * 8, [finding["certainty"] for finding in found], "loops")
    said = [related["message"] for finding in found for related in finding["related"]]
    if not re.search(r"^mail can take \d+ more ways round among these mailboxes$", "\n".join(said), re.MULTILINE):
        t.fail(f"{said}")


def test_where_conditions_differ_loops_are_proved(t):
    found = findings_of(t, tangle(some_test), "forward-loop")
    t.equal({"proved"}, {finding["certainty"] for finding in found}, "certainty")


def test_where_ways_are_too_many_for_the_shortest_some_loop_is_proved(t):
    found = findings_of(t, tangle(some_tests, seed=2), "forward-loop")
    t.equal({"proved"}, {finding["certainty"] for finding in found}, "certainty")
    for finding in found:
        path = finding["witness"]["path"]
        t.equal((path[0], len(path) - 1), (path[-1], len(set(path))), "a way that meets itself at its end alone")


def test_that_nothing_goes_round_is_proved(t):
    one_way = tangle(lambda rng, at, to: f'when subject is "{"up" if at < to else "down"}"')
    t.equal([], findings_of(t, one_way, "forward-loop"), "loops")


def test_that_three_conditions_exclude_each_other_is_proved(t):
    """A ring of three kinds of mailboxes: two of them leave out what the third one wants, whatever else they ask."""
    conditions = ('not subject contains "order"', 'not subject contains "bill"',
                  '(subject contains "order" or subject contains "bill")')
    rng = random.Random(1)
    lines = [HEAD]
    for at in range(N):
        kind = at % 3
        routes = (f"route r{n} when {conditions[kind]} and {one_of_many_tests(rng)} {{ forward to m{to}@acme.example; }}"
                  for n, to in enumerate(rng.sample(range((kind + 1) % 3, N, 3), 4)))
        lines.append(f"mailbox m{at}@acme.example {{ {' '.join(routes)} }}\n")
    t.equal([], findings_of(t, "".join(lines), "forward-loop"), "loops")


def test_limits_that_are_passed_are_told_where_they_are(t):
    found = findings_of(t, tangle(lambda *_: "", "limits { copies 50; }\n"), "too-many-copies")
    if not 0 < len(found) < N // 2:
        t.fail(f"{len(found)} findings")


def test_loops_of_all_shapes_are_found_and_no_near_one(t):
    n_loops = 2 * len(loop_shapes.PLANTED)
    path = loops.write(t.folder, 1200, 2400, n_loops, 200)
    found = findings_of(t, path.read_text(), "forward-loop")
    at, planted = 600, []
    for n in range(n_loops):
        planted.append(range(at, at + 2 + n % 5))
        at += len(planted[-1])
    met = sorted(next(n for n, numbers in enumerate(planted) if int(finding["mailbox"][1:8]) in numbers)
                 for finding in found)
    t.equal(list(range(n_loops)), met, "loops")
    t.equal({"proved"}, {finding["certainty"] for finding in found}, "certainty")
