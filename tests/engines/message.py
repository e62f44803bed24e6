# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message that arrives, and what became of it: the words that the tables of cases use for both."""

import collections
import dataclasses
import datetime
import email
import email.header
import email.policy
import re

SECRET = "The secret of this message."
ADDED_ON_THE_WAY = {"x-sieve", "x-sieve-redirected-from", "x-sieve-action", "x-cyrus-session-id", "return-path",
                    "delivered-to", "received", "message-id"}


@dataclasses.dataclass
class Delivery:
    """headers: raw lines besides those that have a field; without: names of those that are left out after all.
    size: the whole message is padded to it."""
    to: str
    at: str = "2026-11-23T02:00:00Z"
    sender: str = "buyer@customer.example"
    envelope_from: str = ""
    envelope_to: str = ""
    to_header: str = ""
    cc: str = ""
    subject: str = "Hello"
    headers: list = dataclasses.field(default_factory=list)
    without: list = dataclasses.field(default_factory=list)
    body: str = SECRET
    spam: int = 0
    size: int = 0
    raw: bytes = b""

    def instant(self):
        moment = datetime.datetime.fromisoformat(self.at.replace("Z", "+00:00"))
        assert moment.tzinfo, f"'{self.at}' has no offset"
        return moment.astimezone(datetime.timezone.utc)

    def arrived_from(self):
        return self.envelope_from or re.sub(r".*<(.*)>.*", r"\1", self.sender)

    def arrived_to(self):
        return self.envelope_to or self.to

    def final_recipient(self):
        """Over LMTP the mailbox, with the detail where there is one."""
        local, _, domain = self.arrived_to().partition("@")
        return self.arrived_to() if f"{local.partition('+')[0]}@{domain}" == self.to else self.to

    def text(self):
        """The bytes of the message, lines ended by CR LF."""
        if self.raw:
            return self.raw
        lines = [f"From: {self.sender}", f"To: {self.to_header or self.to}", f"Subject: {self.subject}",
                 "Message-ID: <1@customer.example>"]
        lines += [f"Cc: {self.cc}"] if self.cc else []
        lines += [f"X-Spam-Score: {self.spam}"] if self.spam else []
        lines = [line for line in lines if line.partition(":")[0] not in self.without]
        data = "\n".join([*lines, *self.headers, "", self.body, ""]).replace("\n", "\r\n").encode()
        missing = self.size - len(data)
        assert self.size == 0 or missing == 0 or missing >= 2, "the message is larger than its size"
        return data + (b"x" * (missing - 2) + b"\r\n" if missing >= 2 else b"")


def headers_of(data):
    """[(name, decoded value)] of a message's bytes."""
    parsed = email.message_from_bytes(data.replace(b"\r\n", b"\n"))
    return [(name, str(email.header.make_header(email.header.decode_header(str(value))))) for name, value in
            parsed.items()]


def added_headers(before, after):
    """`Name: value` of each header that the copy has and the message had not."""
    added = collections.Counter(headers_of(after)) - collections.Counter(headers_of(before))
    return [f"{name}: {value}" for name, value in added.elements() if name.lower() not in ADDED_ON_THE_WAY]


def body_of(data):
    return data.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def copy_word(word, delivery, data):
    """The word for a copy, with the headers that it gained; its body must be whole, or sealed and nowhere plain."""
    added = added_headers(delivery.text(), data)
    sealed = any(header.startswith("X-Sealed:") for header in added)
    old, new = body_of(delivery.text()).strip(), body_of(data).strip()
    if sealed and old and old in new:
        word += " IN PLAIN TEXT"
    if not sealed and old != new:
        word += " WITH ANOTHER BODY"
    return " + ".join([word, *sorted(added)])


def parse_expectation(text):
    """`forward a@x; keep` to a sorted list of words."""
    return sorted(word.strip() for word in re.split(r"; (?=forward |keep|reply|reject: |discard)", text))
