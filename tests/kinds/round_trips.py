# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random organizations whose loops are all run: the message that was shown goes round in the real sieve-test, hop by
hop. Many small ones stand in one policy, so that the program and the engine start seldom."""

import itertools
import json
import random
import shutil

from kinds import AS_OF, Case, Failure, Skip
from kinds.letters import faults
from kinds.loops import NO_NULL_SENDER, SEEN

# Organizations in one policy (no more loops than that are run of one check), policies, and messages that have to
# be shown and run in all: so many differ.
PARTS = 98
POLICIES = 8
LEAST = 500
HEAD = """organization { domains acme.example; timezone Europe/Berlin; }
hours office { mon-fri 09:00-17:30; except 2026-12-24..2026-12-26; }
hours china { mon-sat 08:30-18:00; timezone Asia/Shanghai; }
group vip { anna@customer.example, "zhou@vip.example" }
limits { targets 40; hops 100; copies 1000; }
"""
WORDS = ("order", "invoice", "订单", "Grüße", "Re: ", "42", "ORDER 42", "x", "a?b", "[ticket]", "50 %", "“now”", "ü")
PEOPLE = ("anna@customer.example", "li@partner.example", "x+y@customer.example", "root@sub.customer.example")
DOMAINS = ("customer.example", "partner.example", "vip.example")
HEADERS = ("X-Queue", "List-Id", "Precedence", "Keywords", "Reply-To", "X-Prio")
TIMES = ("2026-12-01", "2026-12-24 18:00", "2027-03-28", "2027-10-31 02:30")


class Writer:
    """Conditions and routes of one random sequence."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, *choices):
        return self.random.choice(choices)

    def words(self):
        texts = self.random.sample(WORDS, self.one(1, 1, 2, 3))
        return ", ".join(f'"{text.strip()}"' for text in texts)

    def text(self):
        how = self.one("contains", "contains", "begins", "ends", "is", "matches")
        if how == "matches":
            return f'matches "{self.one("*", "")}{self.one("or?er", "4?", "a*b", "*x")}{self.one("*", "")}"'
        return f"{how} {self.words()}"

    def address(self):
        field = self.one("from", "from", "to", "cc", "recipient", "envelope from")
        return self.one(f'{field} is "{self.one(*PEOPLE)}"', f"{field} domain is {self.one(*DOMAINS)}",
                        f"{field} in vip", f"{field} external", 'envelope from is ""', f"{field} under {self.one(*DOMAINS)}",
                        f'{field} local contains "{self.one("a", "li", "+")}"', f'{field} detail is "y"')

    def test(self):
        header = f'header "{self.one(*HEADERS)}"'
        return self.one(lambda: f"subject {self.text()}", lambda: f"subject {self.text()}", self.address, self.address,
                        lambda: f"{header} {self.text()}", lambda: f"{header} exists",
                        lambda: f"size {self.one('<', '>=')} {self.one('800', '3K', '20K')}",
                        lambda: f"now in {self.one('office', 'china')}", lambda: f'body contains "{self.one("x", "订单")}"',
                        lambda: f"spam score {self.one('<', '>=')} {self.one(3, 5)}",
                        lambda: self.one("mailing list", "automatic"))()

    def condition(self, depth=0):
        if depth < 2 and self.random.random() < 0.45:
            parts = f" {self.one('and', 'and', 'or')} ".join(self.condition(depth + 1) for _ in range(2))
            return f"({parts})" if depth else parts
        return ("not " if self.random.random() < 0.3 else "") + self.test()

    def window(self):
        first, last = sorted(self.random.sample(TIMES, 2))
        return self.one("", "", "", f" starting {first}", f" until {last}", f" starting {first} until {last}")

    def mailbox(self, names, at):
        """A route to the next one, perhaps with another before it, a mark, an alias or a detail on the way."""
        name, to = names[at], names[(at + 1) % len(names)]
        before = self.one("", "", "", f"route first when {self.condition()} {{ {self.one('keep; final;', 'keep;')} }} ",
                          'route mark { mark "X-Passed: yes"; } ')
        when = self.one(f" when {self.condition()}", f" when {self.condition()}", "", " otherwise" if before else "")
        to += self.one("", "", "", "+in") + "@acme.example"
        rest = self.one("", "", f", {self.one(*PEOPLE)}") + self.one("", " without copy")
        window = self.window() if when != " otherwise" else ""
        targets = to + rest.removesuffix(" without copy")
        if self.random.random() < 0.25:
            targets = "one of " + self.others_and(name, targets)
        rest = " without copy" if rest.endswith(" without copy") else ""
        return f"mailbox {name}@acme.example {{ {before}route on{window}{when} {{ forward to {targets}{rest}; }} }}\n"

    def others_and(self, name, targets):
        """With colleagues who forward nothing, so that the turn may be anybody's."""
        others = [f"{name}-{number}@acme.example" for number in range(self.one(1, 2, 4, 6, 8))]
        return ", ".join(self.random.sample([targets, *others], len(others) + 1))

    def part(self, number):
        names = [f"p{number}{letter}" for letter in "abcd"[:self.one(2, 2, 3, 4)]]
        return "".join(self.mailbox(names, at) for at in range(len(names)))


def policy_of(number):
    writer = Writer(number)
    return HEAD + "".join(writer.part(part) for part in range(PARTS))


def message_of(witness):
    """What the message is, without which mailbox it set out from."""
    return json.dumps([witness.get(key) for key in ("at", "envelope_from", "headers", "size", "spam_score", "body")])


def check_message(finding):
    """Conditions ask the two headers for texts that they never have."""
    wrong = [fault for fault in faults(finding["witness"]) if not fault.startswith(("Reply-To", "List-Id"))]
    if wrong:
        raise Failure("\n".join([finding["message"], *wrong]))


def run_policy(context, number):
    """The messages that went round."""
    policy = context.folder() / "policy.tamis"
    policy.write_text(policy_of(number))
    output = context.tamis("check", "--engine", "sievec", "--as-of", AS_OF, "--format", "json", policy)
    findings = json.loads(output.out)["findings"]
    broken = [f for f in findings if f["rule"] in ("syntax", "type", "unknown-name")]
    if broken:
        raise Failure(f"line {broken[0]['line']}: {broken[0]['message']}")
    shown = [f for f in findings if f["rule"] == "forward-loop" and f["certainty"] == "proved"]
    gone_round = []
    for finding in shown:
        check_message(finding)
        said = [related["message"] for related in finding["related"]]
        if NO_NULL_SENDER in said:
            continue
        if not any(text.startswith(SEEN) for text in said):
            lines = policy.read_text().splitlines()
            part = finding["mailbox"].rstrip("abcd@me.xpl")
            raise Failure(f"{json.dumps(finding, ensure_ascii=False)}\n" + "\n".join(l for l in lines if part in l))
        gone_round.append(message_of(finding["witness"]))
    return gone_round


def case_of(number):
    def run(context):
        if not shutil.which("sieve-test"):
            raise Skip("dovecot-sieve is not installed")
        context.once(f"round-trips-{number}", lambda: run_policy(context, number))
    return run


def check_sum(context):
    if not shutil.which("sieve-test"):
        raise Skip("dovecot-sieve is not installed")
    messages = itertools.chain(*(context.once(f"round-trips-{number}", lambda n=number: run_policy(context, n))
                                 for number in range(POLICIES)))
    differ = len(set(messages))
    if differ < LEAST:
        raise Failure(f"{differ} messages that differ went round, and should at least {LEAST}")


def discover(tests):
    return [Case(f"loops/round-trips/{number}", case_of(number)) for number in range(POLICIES)] + [
        Case(f"loops/round-trips/at least {LEAST}", check_sum)]
