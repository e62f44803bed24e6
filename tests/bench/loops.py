# SPDX-License-Identifier: LGPL-2.1-or-later
"""Large organizations for the bench of the lint: forwards without number, loops that were planted, loops that
conditions exclude, and mailboxes that all hang together."""

import random

import loop_shapes

HEAD = "organization { domains acme.example; timezone Europe/Berlin; }\nlimits { targets 20; }\n"


def address(n):
    return f"u{n:07}@acme.example"


def condition(rng):
    return rng.choice((
        'subject contains "order"', 'not subject begins "bill"', "from domain is a.example", "size >= 10K",
        'to local contains "help"', 'header "X-B" exists', "mailing list", "not automatic", 'subject matches "*x*42?*"',
        "spam score >= 5", 'envelope to detail is "x"'))


def one_of(rng, targets):
    yield f"route r when {condition(rng)} {{ forward to one of {', '.join(map(address, targets))}; }}"


def marks(rng, targets):
    for n, to in enumerate(targets):
        asked = rng.randrange(12)
        put = rng.randrange(12) if n else asked
        yield f'route r{n} when not header "X-{asked}" exists {{ mark "X-{put}: 1"; forward to {address(to)}; }}'


def mixed(rng, targets):
    for n, to in enumerate(targets):
        mark = rng.choice(("", 'mark "X-A: 1"; '))
        to = address(to).replace("@", rng.choice(("@", "+x@")))
        yield f"route r{n} when {condition(rng)} and {condition(rng)} {{ {mark}forward to {to}; }}"


def write_dense(folder, routes, n_mailboxes, seed=1):
    """One component: each mailbox has four targets among all."""
    rng = random.Random(seed)
    path = folder / f"dense-{routes.__name__}.tamis"
    with open(path, "w") as out:
        out.write(HEAD)
        for n in range(n_mailboxes):
            targets = [to + (to >= n) for to in rng.sample(range(n_mailboxes - 1), 4)]
            out.write(f"mailbox {address(n)} {{ {' '.join(routes(rng, targets))} }}\n")
    return path


def write(folder, n_mailboxes, n_forwards, n_loops, n_near, seed=1):
    """A policy whose other forwards lead to mailboxes with larger numbers, or outside."""
    rng = random.Random(seed)
    extra = {}
    declared = [loop_shapes.HEAD]
    at = n_mailboxes // 2
    for n in range(n_loops):
        size = 2 + n % 5
        shape = loop_shapes.PLANTED[n % len(loop_shapes.PLANTED)]
        items, beside = shape(n, [address(mailbox) for mailbox in range(at, at + size)])
        extra.update(enumerate(items, at))
        declared.append(beside)
        at += size
    for n in range(n_near):
        extra.update(enumerate(loop_shapes.near(n, [address(at), address(at + 1)]), at))
        at += 2
    assert at <= n_mailboxes
    path = folder / f"loops-{n_mailboxes}.tamis"
    with open(path, "w") as out:
        out.write(HEAD + "".join(declared))
        each = n_forwards // n_mailboxes
        for n in range(n_mailboxes):
            # Mailboxes of planted loops lead nowhere else but out, so that there are no loops but those.
            inside = n not in extra and n + 1 < n_mailboxes // 2
            targets = [address(rng.randrange(n + 1, n_mailboxes // 2)) if inside and rng.random() < 0.8
                       else f"out{rng.randrange(10000)}@else.test" for _ in range(each)]
            routes = [extra[n]] if n in extra else []
            routes.append(f"route on {{ forward to {', '.join(dict.fromkeys(targets))}; }}")
            out.write(f"mailbox {address(n)} {{ {' '.join(routes)} }}\n")
        out.write('allow spf-breakage because "it is a bench";\nallow needs-setting because "it is a bench";\n'
                  'allow too-many-targets because "it is a bench";\n')
    return path
