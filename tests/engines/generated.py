# SPDX-License-Identifier: LGPL-2.1-or-later
"""Generated policies and messages, with what the language says must come of them, worked out here and independently.

Nothing of Tamis is used: this is the manual's section on routes and actions once more, in Python, over a small
vocabulary. A seed gives the same policy for ever.
"""

import dataclasses
import datetime
import random

from engines.message import Delivery

MAILBOXES_PER_POLICY = 6
MESSAGES_PER_MAILBOX = 5
TARGETS = ["a@acme.example", "b@acme.example", "c@out.example", "d@out.example"]
UTC = datetime.timezone.utc
HOURS = (9, 17)  # mon-fri, UTC
INSTANTS = [datetime.datetime(2026, 11, 23, 8, 59, 59, tzinfo=UTC), datetime.datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC),
            datetime.datetime(2026, 11, 27, 16, 59, 31, tzinfo=UTC), datetime.datetime(2026, 11, 28, 12, 0, 45, tzinfo=UTC),
            datetime.datetime(2026, 12, 1, 0, 0, 10, tzinfo=UTC), datetime.datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime.datetime(2027, 1, 1, 0, 0, 20, tzinfo=UTC), datetime.datetime(2027, 6, 1, 12, 0, 50, tzinfo=UTC)]
DAYS = ["2026-11-27", "2026-11-30", "2026-12-31"]
HEAD = """organization { domains acme.example; timezone UTC; }
hours office { mon-fri 09:00-17:00; }
encryption seal { filter "seal", "x"; }
encryption gate { header "X-Encrypt: required"; }
allow reject-conflict because "no message that is sent here is rejected and more";
"""


@dataclasses.dataclass
class Atom:
    """A test as it is written, what makes it hold, and how a message is made to meet it."""
    text: str
    holds: object
    server_needs: str = ""


ATOMS = [
    Atom("from domain is x.example", lambda m: m.sender.endswith("@x.example")),
    Atom("from internal", lambda m: m.sender.endswith("@acme.example")),
    Atom("recipient is y@acme.example", lambda m: "y@acme.example" in m.cc),
    Atom("header \"X-Tag\" exists", lambda m: any(h.startswith("X-Tag:") for h in m.headers)),
    Atom("header \"X-Tag\" is \"one\"", lambda m: "X-Tag: one" in m.headers, "text"),
    Atom("subject contains \"订单\", \"order\"", lambda m: "订单" in m.subject or "order" in m.subject.lower(), "text"),
    Atom("size > 2K", lambda m: m.size > 2048),
    Atom("automatic", lambda m: "Auto-Submitted: auto-generated" in m.headers),
    Atom("now in office", lambda m: m.instant().weekday() < 5 and HOURS[0] <= m.instant().hour < HOURS[1], "date"),
    Atom("header \"X-Mark\" exists", lambda m: any(h.startswith("X-Mark:") for h in m.headers)),
]


class Condition:
    """A formula over atoms."""

    def __init__(self, rng, atoms, depth=2):
        self.kind = rng.choice(["atom", "atom", "not", "and", "or"]) if depth else "atom"
        if self.kind == "atom":
            self.atom = rng.choice(atoms)
        else:
            self.parts = [Condition(rng, atoms, depth - 1) for _ in range(1 if self.kind == "not" else rng.randint(2, 3))]

    def __str__(self):
        if self.kind == "atom":
            return self.atom.text
        if self.kind == "not":
            return f"not ({self.parts[0]})"
        return "(" + f" {self.kind} ".join(map(str, self.parts)) + ")"

    def holds(self, message):
        if self.kind == "atom":
            return self.atom.holds(message)
        values = [part.holds(message) for part in self.parts]
        return not values[0] if self.kind == "not" else all(values) if self.kind == "and" else any(values)


class Route:
    def __init__(self, rng, number, atoms, can):
        self.number = number
        self.otherwise = number > 0 and rng.random() < 0.2
        self.when = Condition(rng, atoms) if not self.otherwise and rng.random() < 0.75 else None
        self.starting = rng.choice(DAYS) if "date" in can and rng.random() < 0.15 else None
        self.until = rng.choice(DAYS) if "date" in can and rng.random() < 0.15 else None
        if self.starting and self.until and self.starting > self.until:
            self.starting, self.until = self.until, self.starting
        self.actions = self.make_actions(rng, can)

    def make_actions(self, rng, can):
        if "reject" in can and rng.random() < 0.08:
            return [("reject", f"Reason {self.number}."), ("final",)] if rng.random() < 0.7 else [("reject", "No.")]
        actions = []
        for kind in rng.sample(["forward", "forward", "keep", "keep in", "discard", "mark", "reply", "final"], rng.randint(1, 3)):
            if kind == "forward":
                how = rng.choice([h for h in ("plain", "plain", "one of", "seal", "gate") if h == "plain" or h in can])
                targets = rng.sample(TARGETS, rng.randint(2 if how == "one of" else 1, 3))
                actions.append(("forward", how, targets, rng.random() < 0.3))
            elif kind == "keep in":
                actions.append((kind, rng.choice(["Junk", "Notes"])))
            elif kind in ("mark", "reply"):
                if kind in can:
                    actions.append((kind, f"r{self.number}"))
            else:
                actions.append((kind,))
        return actions or [("keep",)]

    def __str__(self):
        head = f"route r{self.number}"
        head += f" starting {self.starting}" if self.starting else ""
        head += f" until {self.until}" if self.until else ""
        head += " otherwise" if self.otherwise else f" when {self.when}" if self.when else ""
        return f"    {head} {{ {' '.join(map(self.show, self.actions))} }}"

    @staticmethod
    def show(action):
        kind = action[0]
        if kind == "forward":
            _, how, targets, alone = action
            by = f" encrypted with {how}" if how in ("seal", "gate") else ""
            return f"forward{by} to {'one of ' if how == 'one of' else ''}{', '.join(targets)}{' without copy' if alone else ''};"
        if kind == "mark":
            return f'mark "X-Mark: {action[1]}";'
        if kind == "reply":
            return f'reply {{ subject "{action[1]}"; text "Away."; }}'
        return f'{kind} "{action[1]}";' if len(action) > 1 else f"{kind};"

    def is_in_time(self, message):
        day = message.instant().strftime("%Y-%m-%d")
        return (not self.starting or self.starting <= day) and (not self.until or day <= self.until)


def active_routes(routes, message):
    active = []
    for route in routes:
        if route.is_in_time(message) and (not active if route.otherwise else not route.when or route.when.holds(message)):
            active.append(route)
            if ("final",) in route.actions:
                break
    return active


def chosen(action, message):
    _, how, targets, _ = action
    if how != "one of":
        return targets
    second = message.instant().second
    return [targets[second * len(targets) // 60]]


def outcome(routes, message):
    """The sorted words for what must happen; None where the policy asks for what cannot be together."""
    actions = [action for route in active_routes(routes, message) for action in route.actions]
    kinds = [action[0] for action in actions]
    marks = [f"X-Mark: {action[1]}" for action in actions if action[0] == "mark"]
    reject = [action for action in actions if action[0] == "reject"]
    if reject:
        return None if {"forward", "keep", "keep in", "reply"} & set(kinds) else [f"reject: {reject[0][1]}"]
    forwards = {}
    for action in actions:
        if action[0] == "forward":
            for target in chosen(action, message):
                how = action[1] if action[1] in ("seal", "gate") else "plain"
                forwards.setdefault(target, set()).add(how)
    means = {"seal": ["X-Sealed: x"], "gate": ["X-Encrypt: required"], "plain": []}
    if any(len(how - {"plain"}) > 1 for how in forwards.values()):
        return None
    words = [" + ".join([f"forward {target}", *sorted(marks + means[next(iter((how - {'plain'}) or {'plain'}))])])
             for target, how in forwards.items()]
    words += [" + ".join([f"keep in {folder}", *sorted(marks)])
              for folder in {action[1] for action in actions if action[0] == "keep in"}]
    cancelled = {"keep in", "discard"} & set(kinds) or any(a[0] == "forward" and a[3] for a in actions)
    if "keep" in kinds or not cancelled:
        words.append(" + ".join(["keep", *sorted(marks)]))
    replies = [action for action in actions if action[0] == "reply"]
    if replies and not message.headers.count("Auto-Submitted: auto-generated"):
        words.append(f"reply: {replies[0][1]}")
    return sorted(words or ["discard"])


def make_message(rng, mailbox):
    headers = [line for line in ("X-Tag: one", "X-Tag: two", "X-Mark: old", "Auto-Submitted: auto-generated")
               if rng.random() < 0.25]
    return Delivery(
        to=mailbox, at=rng.choice(INSTANTS).isoformat(), headers=headers,
        sender=rng.choice(["s@x.example", "s@acme.example", "s@other.example"]),
        cc=rng.choice(["", "", "y@acme.example", "z@acme.example, y@acme.example"]),
        subject=rng.choice(["Hello", "新订单", "Your ORDER", "None"]), size=rng.choice([0, 2048, 2049, 5000]))


class Policy:
    """can: what the server has, of: text date reject mark reply seal gate, and `one of`."""

    def __init__(self, seed, can):
        rng = random.Random(seed)
        atoms = [atom for atom in ATOMS if not atom.server_needs or atom.server_needs in can]
        self.mailboxes = {f"m{n}@acme.example": [Route(rng, i, atoms, can) for i in range(rng.randint(1, 5))]
                          for n in range(MAILBOXES_PER_POLICY)}
        self.messages = [make_message(rng, mailbox) for mailbox in self.mailboxes for _ in range(MESSAGES_PER_MAILBOX)]

    def __str__(self):
        return HEAD + "".join(f"mailbox {mailbox} {{\n" + "\n".join(map(str, routes)) + "\n}\n"
                              for mailbox, routes in self.mailboxes.items())

    def deliveries(self):
        """[(message, expected words)], those that have an outcome."""
        pairs = [(message, outcome(self.mailboxes[message.to], message)) for message in self.messages]
        return [(message, words) for message, words in pairs if words is not None]
