# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies and messages that meet: few words, used in many combinations, around the same instants."""

import datetime

from engines.message import Delivery

SENDERS = ["buyer@customer.example", "anna@vip.example", "bob@acme.example", "Chen <chen@a.acme.example>"]
SUBJECTS = ["Hello", "Order 42", "=?utf-8?B?5paw6K6i5Y2VIDQy?=", "URGENT order"]
TARGETS = ["a@acme.example", "b@acme.example", "c@other.example", "d@other.example", "e@other.example"]
HEADERS = [[], ["X-Mark: one"], ["X-Mark: two", "X-Mark: one"], ["X-Seal: no"], ["List-Id: <l.example>"],
           ["Precedence: bulk"], ["Auto-Submitted: auto-replied"],
           ["X-Other: 1"]]
DAYS = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"]
PRELUDE = """\
organization {{ domains acme.example; timezone {zone}; }}
limits {{ targets 20; }}
hours office {{ mon-fri 09:00-12:00, 13:30-18:00; except 2026-11-24; timezone Europe/Berlin; }}
hours night {{ daily 22:00-06:00; timezone America/New_York; }}
group vip {{ anna@vip.example, vip.example }}
group desk {{ a@acme.example, c@other.example, d@other.example }}
encryption sealed {{ filter "seal", "x"; }}
encryption marked {{ header "X-Seal: yes"; }}
allow reject-conflict because "what the server makes of it is looked at, too";
allow reply-conflict because "of two answers the first is the one that counts";
"""


class Generator:
    """lacks: words of tests and encryptions that the server does not have."""

    def __init__(self, random, lacks=()):
        self.random, self.lacks = random, lacks

    def pick(self, *choices):
        return self.random.choice(choices)

    def test(self):
        test = self.any_test()
        while any(word in test for word in self.lacks):
            test = self.any_test()
        return test

    def any_test(self):
        return self.pick(
            'from is buyer@customer.example', 'from domain is vip.example', 'from in vip', 'from external',
            'from under acme.example', 'from local is "anna"', 'subject contains "order"', 'subject contains "订单"',
            'subject begins "Order"', 'subject ends "42"', 'subject matches "*r?er*"', 'subject not contains "o"',
            'header "X-Mark" exists', 'header "X-Mark" is "one"', 'header "X-Mark" not is "one"',
            'header "X-Seal" not exists', 'size > 1000', 'size <= 1000', 'spam score >= 5', 'spam score < 3',
            'now in office', 'now not in night', 'mailing list', 'automatic', 'cc is x@y.example',
            'recipient detail is "tag"', 'envelope from domain is customer.example', 'envelope to detail is "tag"',
            'body contains "secret"', 'to internal')

    def condition(self, depth=2):
        kind = self.random.random()
        if depth == 0 or kind < 0.55:
            return self.test()
        if kind < 0.65:
            return f"not ({self.condition(depth - 1)})"
        word = " and " if kind < 0.82 else " or "
        return "(" + word.join(self.condition(depth - 1) for _ in range(self.random.randint(2, 3))) + ")"

    def targets(self, most=3):
        if self.random.random() < 0.15:
            return "desk"
        return ", ".join(self.random.sample(TARGETS, self.random.randint(1, most)))

    def forward(self, encryption):
        means = f" encrypted with {encryption}" if encryption and self.random.random() < 0.3 else ""
        one = "one of " if self.random.random() < 0.15 else ""
        without = " without copy" if self.random.random() < 0.3 else ""
        return f"forward{means} to {one}{self.targets()}{without};"

    def action(self, encryption):
        kind = self.random.random()
        if kind < 0.5:
            return self.forward(encryption)
        # Both in one run is reject-conflict, an error of the policy: a mailbox replies or rejects.
        answers = ['reply "Back soon.";', 'reply { subject "Away"; text "Away $${dollar}"; every 3 days; }']
        return self.pick('keep;', 'keep in "Filed";', 'discard;', 'mark "X-Mark: added";', 'mark "X-Queue: q";',
                         *(answers if self.replies else ['reject "Closed.";']))

    def route(self, n, encryption):
        words = [f"route r{n}"]
        if self.random.random() < 0.25:
            words.append(f"starting {self.random.choice(DAYS[:2])}")
        if self.random.random() < 0.25:
            words.append(f"until {self.random.choice(DAYS[2:])}{self.pick('', ' 10:00')}")
        guard = self.random.random()
        if guard < 0.6:
            words.append(f"when {self.condition()}")
        elif guard < 0.8:
            words.append("otherwise")
        actions = [self.action(encryption) for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.2:
            actions.append("final;")
        return "    " + " ".join(words) + " { " + " ".join(actions) + " }\n"

    def mailbox(self, n, encryption):
        self.replies = self.random.random() < 0.8
        routes = "".join(self.route(i, encryption) for i in range(self.random.randint(1, 5)))
        return f"mailbox m{n}@acme.example {{\n    alias alias{n}@acme.example;\n{routes}}}\n"

    def policy(self, n_mailboxes):
        zone = self.pick("Asia/Shanghai", "Europe/Berlin", "UTC", "Asia/Kolkata")
        return PRELUDE.format(zone=zone) + "".join(
            self.mailbox(n, self.pick(*(means for means in (None, None, "sealed", "marked") if means not in self.lacks)))
            for n in range(n_mailboxes))

    def instant(self):
        moment = datetime.datetime(2026, 11, self.random.randint(21, 26), tzinfo=datetime.timezone.utc)
        moment += datetime.timedelta(hours=self.random.randint(0, 23), minutes=self.pick(0, 0, 29, 30, 59),
                                     seconds=self.random.randint(0, 59))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def delivery(self, mailbox):
        local, _, domain = mailbox.partition("@")
        tagged = f"{local}+tag@{domain}"
        return Delivery(to=mailbox, at=self.instant(), sender=self.pick(*SENDERS), subject=self.pick(*SUBJECTS),
                        to_header=self.pick(mailbox, mailbox, tagged, "list@other.example"),
                        envelope_to=self.pick(mailbox, mailbox, tagged), cc=self.pick("", "", "x@y.example"),
                        headers=self.pick(*HEADERS), spam=self.pick(0, 0, 2, 5, 9), size=self.pick(0, 0, 1000, 1001),
                        body=self.pick("The secret.", "Nothing."))
