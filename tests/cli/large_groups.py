# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loops whose conditions are groups of 50,000."""

import json

from kinds import AS_OF

HEAD = """organization { domains acme.example; timezone Europe/Berlin; }
group big from csv "big.csv" column address;
group all-but-one from csv "all-but-one.csv" column address;
group others from csv "others.csv" column address;
"""


def write_groups(t):
    """big: p0 to p49999; all-but-one: all of them but the last; others: others, and the last one in capital letters."""
    big = [f"p{number}@x{number % 700}.example" for number in range(50000)]
    others = [f"q{number}@x{number % 700}.example" for number in range(49999)] + [big[-1].upper()]
    for name, members in (("big", big), ("all-but-one", big[:-1]), ("others", others)):
        t.write(f"{name}.csv", "\n".join(["address", *members, ""]))


def pair(name, there, back):
    return (f"mailbox {name}1@acme.example {{ route on when {there} {{ forward to {name}2@acme.example; }} }}\n"
            f"mailbox {name}2@acme.example {{ route on when {back} {{ forward to {name}1@acme.example; }} }}\n")


def test_groups_meet_in_the_one_member_that_they_share_and_not_without_it(t):
    write_groups(t)
    t.write("policy.tamis", HEAD + pair("a", "from in big", "from in others")
            + pair("b", "from in all-but-one", "from in others")
            + pair("c", "not from in all-but-one", "from in big")
            + pair("d", "from in big and not from domain is x299.example", "from in others")
            + pair("e", "recipient in big", "not recipient in big")
            + pair("f", "to in big and to in others", "not cc in others and to in all-but-one"))
    output = t.tamis("check", "--as-of", AS_OF, "--format", "json", "policy.tamis")
    loops = [f for f in json.loads(output.out)["findings"] if f["rule"] in ("forward-loop", "forward-return")]
    t.equal(["a1@acme.example", "c1@acme.example", "f1@acme.example"], [f["mailbox"] for f in loops])
    t.equal(["proved"] * 3, [f["certainty"] for f in loops])
    headers = [dict(f["witness"]["headers"]) for f in loops]
    t.equal("p49999@x299.example", headers[0]["From"])
    t.equal("p49999@x299.example", headers[1]["From"])
    t.contains("p0@x0.example", headers[2]["To"])
