# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shapes of loops that are planted in a large organization, and of near ones, which conditions exclude. A shape gives
what stands in each mailbox of a ring (a, b, … lead to each other and back), and what is declared beside them."""

HEAD = """hours office { mon-fri 09:00-17:00; }
hours china { mon-sat 08:30-18:00; timezone Asia/Shanghai; }
hours night { daily 22:00-06:00; }
"""


def ring(addresses, conditions, to="{}", before=""):
    """A route each to the next, whose conditions repeat."""
    for hop, _ in enumerate(addresses):
        target = to.format(addresses[(hop + 1) % len(addresses)])
        when = conditions[hop % len(conditions)]
        yield f"route back{' when ' if when else ''}{when} {{ {before}forward to {target}; }}"


# What one message takes all the way round.

def words(n, addresses):
    return ring(addresses, [f'subject contains "loop{n}"']), ""


def negations(n, addresses):
    return ring(addresses, [f'not subject contains "never{n}"', f'not (from external and subject is "no{n}")']), ""


def globs(n, addresses):
    return ring(addresses, [f'subject matches "case-{n}-*"', f'subject begins "case-{n}"', 'subject matches "*-?"']), ""


def ends(n, addresses):
    return ring(addresses, [f'subject ends "x{n}y"', f'subject ends "{n}Y"', f'subject contains "X{n}"']), ""


def envelopes(n, addresses):
    return ring(addresses, [f"envelope from domain is d{n}.example", f"from domain is f{n}.example", "not automatic"]), ""


def subaddresses(n, addresses):
    with_detail = [address.replace("@", f"+t{n}@") for address in addresses]
    return ring(with_detail, [f'envelope to detail is "T{n}"']), ""


def aliases(n, addresses):
    others = [address.replace("@", f"-alias{n}@") for address in addresses]
    return (f"alias {other}; {route}" for other, route in zip(others, ring(others, [f'header "X-L" is "{n}"', ""]))), ""


def groups(n, addresses):
    declared = "".join(f"group g{n}-{hop} {{ {addresses[(hop + 1) % len(addresses)]}, staff{n}@else.test }}\n"
                       for hop in range(len(addresses)))
    return (f"route back when size > {n + 1}K {{ forward to g{n}-{hop}; }}" for hop in range(len(addresses))), declared


def turns(n, addresses):
    return ring(addresses, [f'subject contains "turn{n}"', ""], to=f"one of {{}}, o{n}@else.test, p{n}@else.test"), ""


def outside(n, addresses):
    known = [f"known{n}-{hop}@partner.test" for hop in range(len(addresses))]
    declared = "".join(f"external {other} forwards to {address};\n" for other, address in zip(known, addresses))
    return ring(known, [f'subject contains "out{n}"', f"size > {n + 1}K"]), declared


def zones(n, addresses):
    return ring(addresses, ["now in office", f'now in china and subject contains "zone{n}"']), ""


def marks(n, addresses):
    return ring(addresses, [f'not header "X-Other{n}" exists', ""], before=f'mark "X-Loop{n}: yes"; '), ""


def addressees(n, addresses):
    return ring(addresses, [f'to local contains "loop{n}"', f"recipient domain is r{n}.example", "cc internal"]), ""


PLANTED = (words, negations, globs, ends, envelopes, subaddresses, aliases, groups, turns, outside, zones, marks, addressees)


# What no message takes all the way round, for two mailboxes.

def near_words(n):
    return f'subject contains "near{n}"', f'not subject contains "NEAR{n}"'


def near_beginnings(n):
    return f'subject begins "a{n}-"', f'subject begins "b{n}-" and size > 1K'


def near_globs(n):
    return f'subject matches "q{n}-??"', f'subject matches "q{n}-???*"'


def near_envelopes(n):
    return 'envelope from is ""', f"envelope from domain is d{n}.example"


def near_headers(n):
    return f"from domain is f{n}.example", "from internal"


def near_hours(n):
    return f'now in office and subject contains "h{n}"', "now in night"


def near_sizes(n):
    return f"size > {n % 900 + 2}K", f"size <= {n % 900 + 1}K"


def near_details(n):
    return f'envelope to detail is "n{n}"', f'subject contains "d{n}"'


NEAR = (near_words, near_beginnings, near_globs, near_envelopes, near_headers, near_hours, near_sizes, near_details)


def near(n, addresses):
    """The routes of two mailboxes; every ninth pair is parted by a mark."""
    if n % (len(NEAR) + 1) == len(NEAR):
        asked = f'not header "X-Near{n}" exists'
        return ring(addresses, [asked], before=f'mark "X-Near{n}: yes"; ')
    return ring(addresses, NEAR[n % (len(NEAR) + 1)](n))
