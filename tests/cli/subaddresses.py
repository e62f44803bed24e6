# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loops between two hand-made scripts that hang on the parts of an address around the delimiter, and near misses."""

import json

HEAD = 'require ["envelope", "subaddress"];\n'
LI, WANG = "li@acme.example", "wang@acme.example"

# Of li's script the test and the target, of wang's likewise; what comes of it.
CASES = {
    "a user with some detail": (
        'address :user "from" "anna"', WANG, 'not address :localpart "from" "anna"', LI, "forward-loop"),
    "a user without a detail": (
        'address :user "from" "anna"', WANG, 'not address :localpart :matches "from" "anna+*"', LI, "forward-loop"),
    "neither with nor without": (
        'address :user "from" "anna"', WANG, 'not address :localpart :matches "from" ["anna", "anna+*"]', LI, None),
    "one user is not another": (
        'address :user "from" "anna"', WANG, 'address :user "from" "ann"', LI, None),
    "a user and a detail are a local part": (
        'allof (address :user "from" "anna", address :detail "from" "x")', WANG,
        'not address :localpart "from" "anna+x"', LI, None),
    "the detail begins at the first delimiter": (
        'address :user "from" "anna"', WANG, 'address :detail "from" "x+y"', LI, "forward-loop"),
    "no user has a delimiter": (
        'address :user :contains "from" "+"', WANG, "true", LI, None),
    "a user may be empty": (
        'address :user "from" ""', WANG, 'address :all :matches "from" "+*"', LI, "forward-loop"),
    "where there is an address it is empty before a delimiter alone": (
        'allof (address :user "from" "", address :domain "from" "x.example")', WANG,
        'not address :localpart :matches "from" "+*"', LI, None),
    "quotes are no part of a user": (
        'address :user "from" "anna li"', WANG, 'address :all :matches "from" "\\"anna li+*\\"@*"', LI, "forward-loop"),
    "quotes stand where they have to": (
        'address :user "from" "anna"', WANG, 'address :all "from" "\\"anna\\"@x.example"', LI, None),
    "who is written with a detail is the same user": (
        'envelope :user "to" "li"', WANG, 'envelope :user "to" "wang"', "li+x@acme.example", "forward-loop"),
    "who is written with a detail is another local part": (
        'envelope :localpart "to" "li"', WANG, "true", "li+x@acme.example", "forward-return"),
    "one of several recipients": (
        'address :user "to" "li"', WANG, 'address :user "to" "bao"', LI, "forward-loop"),
    "of several recipients none": (
        'address :user "to" ["li", "bao"]', WANG, 'not address :user "to" ["bao", "zhou", "li"]', LI, None),
}


def test_loops_that_hang_on_parts_of_an_address(t):
    for name, (first, to_second, second, to_first, rule) in CASES.items():
        t.write(f"site/{LI}.sieve", HEAD + f'if {first} {{ redirect "{to_second}"; }}\n')
        t.write(f"site/{WANG}.sieve", HEAD + f'if {second} {{ redirect "{to_first}"; }}\n')
        output = t.tamis("check", "--as-of", "2026-11-23", "--format", "json", "site")
        found = [finding for finding in json.loads(output.out)["findings"] if finding["rule"].startswith("forward-")]
        t.equal([rule] if rule else [], [finding["rule"] for finding in found], name)
        t.equal(["proved"] * len(found), [finding["certainty"] for finding in found], name)
