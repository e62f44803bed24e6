# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies, and messages that go the whole way through a real Dovecot or Cyrus: LMTP in, SMTP out, and what is
for another mailbox in again. What `tamis explain` says happens has to be what happens, hop by hop, envelopes included.

Messages are many and the server is one; its clock goes from one message's instant to the next. The seed is in the
case's name. TAMIS_DELIVERIES says how many messages there are (default 200 for each server)."""

import json
import os
import random

from engines.generate import Generator
from engines.message import Delivery, added_headers, copy_word, headers_of
from engines.pigeonhole import rejection_reason
from kinds import Case, Failure, Result
from kinds.chance import SETTINGS, words_of
from kinds.compile import compile_policy
from servers.cyrus import Cyrus
from servers.dovecot import Dovecot
from servers.sink import Sink

MESSAGES = int(os.environ.get("TAMIS_DELIVERIES", "200"))
SEED = int(os.environ.get("TAMIS_RANDOM_SEED", "2"))
POLICIES, MAILBOXES = 5, 8
MOST_POLICIES = 20
LARGE = 4000  # bytes; what servers add on the way is less than the rest to the limit below


class ChainGenerator(Generator):
    """Policies whose mailboxes forward to each other, to later ones only, so that no mail comes round again."""

    def __init__(self, rng, number, server):
        super().__init__(rng)
        self.number, self.server, self.later = number, server, []

    def address(self, n):
        return f"p{self.number}m{n}@acme.example"

    def test(self):
        while True:
            test = super().test().replace("1000", "2000")
            if self.server == "cyrus-3.6" and "spam score" in test:
                continue
            return test

    def targets(self, most=3):
        if self.later and self.random.random() < 0.6:
            return self.random.choice(self.later)
        return super().targets(most)

    def mailbox(self, n, encryption):
        self.later = [self.address(later) for later in range(n + 1, MAILBOXES)]
        if self.server == "cyrus-3.6" and encryption == "sealed":
            encryption = None
        text = super().mailbox(n, encryption)
        return text.replace(f"mailbox m{n}@acme.example", f"mailbox {self.address(n)}").replace(
            f"alias{n}@acme.example", self.alias(n))

    def alias(self, n):
        return f"p{self.number}alias{n}@acme.example"

    def message(self, number):
        """To one of the mailboxes; nobody has written before, so that each is answered."""
        n = self.random.randrange(MAILBOXES)
        delivery = self.delivery(self.address(n))
        delivery.envelope_from = self.pick(f"u{number}@customer.example", f"u{number}@customer.example",
                                           f"u{number}@vip.example", "")
        delivery.null_sender = not delivery.envelope_from
        if self.server != "cyrus-3.6" and self.random.random() < 0.2:
            delivery.envelope_to = delivery.to_header = self.alias(n)
        delivery.size = self.pick(0, 0, LARGE)
        delivery.headers = [*delivery.headers, "Date: Mon, 23 Nov 2026 10:00:00 +0100"]
        delivery.raw = delivery.text().replace(b"<1@customer.example>", f"<{self.number}.{number}@x.example>".encode())
        return delivery


class Hop:
    """What the server did with one message at one mailbox."""

    def __init__(self, mailbox, sender, data):
        self.mailbox, self.sender, self.data, self.words, self.faults = mailbox, sender, data, [], []

    def copy(self, word, data):
        return copy_word(word, Delivery(to=self.mailbox, raw=self.data), data)

    def note_sent(self, envelope):
        """Returns whether it is a forward."""
        headers = {name.lower(): value for name, value in headers_of(envelope.data)}
        own = {name.lower(): value for name, value in headers_of(self.data)}
        kind = headers.get("auto-submitted", "") if headers.get("auto-submitted") != own.get("auto-submitted") else ""
        (recipient,) = envelope.recipients
        if not kind:
            self.words.append(self.copy(f"forward {recipient.lower()}", envelope.data))
            if envelope.sender != self.sender:
                self.faults.append(f"a forward has the envelope sender <{envelope.sender}>, not <{self.sender}>")
            return True
        if "(rejected)" in kind:
            self.words.append(f"reject: {rejection_reason(envelope.data)}")
        else:
            self.words.append("reply")
        if envelope.sender or recipient != self.sender:
            self.faults.append(f"what is sent back goes from <{envelope.sender}> to <{recipient}>")
        return False


class Journey:
    """One message with all that comes of it."""

    def __init__(self, server, sink, mailbox_of):
        self.server, self.sink, self.mailbox_of = server, sink, mailbox_of
        self.hops = []  # of lists of Hop

    def run(self, delivery):
        sender = "" if delivery.null_sender else delivery.envelope_from
        coming = [(delivery.arrived_to(), sender, delivery.text())]
        while coming:
            hops, going = [], []
            for recipient, sender, data in coming:
                hop, sent = self.deliver(recipient, sender, data)
                hops.append(hop)
                going += [(envelope.recipients[0], envelope.sender, envelope.data.replace(b"\n", b"\r\n"))
                          for envelope in sent if self.mailbox_of(envelope.recipients[0])]
            self.hops.append(hops)
            coming = going

    def deliver(self, recipient, sender, data):
        hop = Hop(self.mailbox_of(recipient), sender, data)
        code, text = self.server.deliver(sender, recipient, data)
        forwards = [envelope for envelope in self.sink.take() if hop.note_sent(envelope)]
        hop.words += [hop.copy("keep" if box == "INBOX" else f"keep in {box}", stored.replace(b"\r\n", b"\n"))
                      for box, stored in self.server.take(hop.mailbox)]
        if code >= 500 and not hop.words:
            hop.words.append(f"reject: {text.split(' ', 1)[-1]}")
        elif code != 250:
            hop.faults.append(f"the server says {code} {text}")
        hop.words = sorted(hop.words or ["discard"])
        return hop, forwards

    def shown(self):
        return [sorted(f"{hop.mailbox}: {'; '.join(hop.words)}" for hop in hops) for hops in self.hops]


def explained(context, policy, server, delivery):
    path = context.folder() / "message.eml"
    path.write_bytes(delivery.text())
    output = context.tamis("explain", policy, "--server", server, "--to", delivery.arrived_to(),
                           "--from", "" if delivery.null_sender else delivery.envelope_from, "--at", delivery.at,
                           "--spam-score", str(delivery.spam), "--format", "json", path)
    if output.status != 0:
        raise Failure(output.err)
    return json.loads(output.out)["deliveries"]


def shown_of(deliveries):
    """Of a run that fails a server shows only what it did, and of a rejection that nobody is told of nothing."""
    hops = [[] for _ in range(max(step["hop"] for step in deliveries) + 1)]
    for step in deliveries:
        words = [word for word in words_of(step) if word != "FAILED RUN"]
        if "unanswered" in step:
            words = ["discard"]
        hops[step["hop"]].append(f"{step['mailbox']}: {'; '.join(words)}")
    return [sorted(hop) for hop in hops]


def is_beyond_us(deliveries, mailbox_of):
    """A mailbox has the message sealed, and nobody knows what a program has made of a body."""
    return any(
        action["action"] == "forward" and action["encrypted"] == "sealed" and mailbox_of(action["to"])
        for step in deliveries for action in step["actions"])


def has_again(deliveries):
    """Some mailbox is brought what it has had."""
    return any(step.get("again", False) for step in deliveries)


class Batch:
    """Policies and their messages; where too few messages come to one mailbox by two ways, some of further policies."""

    def __init__(self, context, seed, server):
        self.context, self.server, self.cases, self.scripts, self.aliases = context, server, [], {}, {}
        rng = random.Random(seed)
        for number in range(POLICIES):
            self.draw(rng, number, lambda deliveries: True)
        for number in range(POLICIES, MOST_POLICIES):
            if self.count_again() >= MESSAGES // 100:
                break
            self.draw(rng, number, has_again)
        if self.count_again() < MESSAGES // 100:
            raise Failure(f"only {self.count_again()} deliveries bring a mailbox what it has had")
        self.cases.sort(key=lambda case: case[0].instant())

    def draw(self, rng, number, is_wanted):
        """A policy, and of its messages those that are wanted."""
        context, generator = self.context, ChainGenerator(rng, number, self.server)
        policy = context.folder() / "policy.tamis"
        policy.write_text(generator.policy(MAILBOXES))
        folder = compile_policy(context, policy, self.server)
        for n in range(MAILBOXES):
            address = generator.address(n)
            self.scripts[address] = (folder / f"{address}.sieve").read_bytes()
            self.aliases[generator.alias(n)] = address
        n_left = MESSAGES // POLICIES
        while n_left:
            delivery = generator.message(len(self.cases))
            deliveries = explained(context.sampled(n_left), policy, self.server, delivery)
            if is_beyond_us(deliveries, self.mailbox_of):
                continue
            n_left -= 1
            if is_wanted(deliveries):
                self.cases.append((delivery, deliveries, policy))

    def count_again(self):
        return sum(step.get("again", False) for _, deliveries, _ in self.cases for step in deliveries)

    def mailbox_of(self, address):
        lower = address.lower()
        local, _, domain = lower.partition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        found = self.aliases.get(plain, plain)
        return found if found in self.scripts else None

    def check(self, running, sink, case):
        delivery, deliveries, policy = case
        running.clock.set(delivery.instant())
        journey = Journey(running, sink, self.mailbox_of)
        journey.run(delivery)
        faults = [fault for hops in journey.hops for hop in hops for fault in hop.faults]
        said, done = shown_of(deliveries), journey.shown()
        if said != done or faults:
            raise Failure("\n".join([f"explained  {said}", f"done       {done}", *faults, str(delivery),
                                     policy.read_text(), self.scripts[delivery.to].decode(), running.log()]))

    def run(self, running, sink):
        results = []
        for address, script in self.scripts.items():
            running.install(address, script)
        for number, case in enumerate(self.cases):
            name = f"deliveries/{self.server}/message {number}"
            try:
                self.check(running, sink, case)
            except Failure as failure:
                results.append(Result(name, failure=str(failure)))
        return results


def check_dovecot(seed):
    def run(context):
        batch = Batch(context, seed, "dovecot-2.3")
        with Sink() as sink, Dovecot(context, {address: "x" for address in batch.scripts}, sink,
                                     clock=batch.cases[0][0].instant(), aliases=batch.aliases,
                                     settings=SETTINGS) as server:
            return batch.run(server, sink)
    return run


def check_cyrus(seed):
    def run(context):
        batch = Batch(context, seed, "cyrus-3.6")
        with Sink() as sink, Cyrus(context, {address: "x" for address in batch.scripts}, sink,
                                   clock=batch.cases[0][0].instant()) as server:
            server.make_inboxes()
            return batch.run(server, sink)
    return run


def discover(tests):
    return [Case(f"deliveries/dovecot-2.3/seed {SEED}", check_dovecot(SEED)),
            Case(f"deliveries/cyrus-3.6/seed {SEED}", check_cyrus(SEED))]
