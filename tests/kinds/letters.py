# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether the message of a finding is one that somebody could send: RFC 5322, RFC 2045 and RFC 5321 as Python's own
library reads them."""

import email
import email.policy
import re
import unicodedata

SINGLE = {"from", "sender", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
          "content-transfer-encoding"}
ADDRESSES = {"from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-to", "resent-cc", "resent-sender"}
IDENTIFIERS = {"message-id", "in-reply-to", "references", "resent-message-id", "content-id"}
MIME = {"mime-version", "content-type", "content-transfer-encoding", "content-disposition"}
IDENTIFIER = r'<(?:[^<>@\s"]+|"[^"]*")@[^<>@\s]+>'
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = rf'(?:{ATOM}(?:\.{ATOM})*|"(?:[^"\\]|\\.)*")'
DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
ADDRESS = re.compile(rf"{LOCAL}@(?:{DOMAIN}|\[[^\[\]]+\])")
OTHER = {
    "received": re.compile(r"\S[^;]*; \w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"),
    "return-path": re.compile(r"<[^<>\s]*>"),
    "auto-submitted": re.compile(r"[\w-]+(;.*)?"),
    "list-id": re.compile(r"([^<>]* )?<[^<>@\s]+\.[^<>@\s]+>"),
    "list-unsubscribe": re.compile(r"<[a-z]+:[^<>\s]+>(, *<[a-z]+:[^<>\s]+>)*"),
    "list-post": re.compile(r"NO|<[a-z]+:[^<>\s]+>"),
}


def read(name, value):
    return email.policy.SMTPUTF8.header_factory(name, value)


def faults_of_field(name, value):
    lower = name.lower()
    if not re.fullmatch(r"[!-9;-~]+", name):
        yield f"{name!r} is no name of a field"
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c != "\t" for c in value) or value != value.strip(" "):
        yield f"{name} has what nobody can print: {value!r}"
    if lower in ADDRESSES:
        field = read(lower, value)
        if field.defects or (not field.addresses and not field.groups):
            yield f"{name} has no address: {value!r}: {field.defects}"
    elif lower in IDENTIFIERS and not re.fullmatch(rf"{IDENTIFIER}( {IDENTIFIER})*", value):
        yield f"{name} is no identifier: {value!r}"
    elif lower in ("date", "resent-date") and (read("date", value).defects or read("date", value).datetime is None):
        yield f"{name} is no date: {value!r}"
    elif lower in MIME and read(lower, value).defects:
        yield f"{name} has defects: {value!r}: {read(lower, value).defects}"
    elif lower in OTHER and not OTHER[lower].fullmatch(value):
        yield f"{name} is not what it is for: {value!r}"


def faults_of_body(headers, body):
    text = "".join(f"{name}: {value}\n" for name, value in headers if name.lower() in MIME) + "\n" + body
    message = email.message_from_bytes(text.encode(), policy=email.policy.SMTPUTF8)
    for part in message.walk():
        if part.defects:
            yield f"the body has defects: {part.defects}\n{body}"
    if not body.isascii() and (message["content-transfer-encoding"] != "8bit" or not message["mime-version"]):
        yield "a body that is not ASCII does not say so"
    if message["content-type"] and not message["mime-version"]:
        yield "there is a Content-Type and no MIME-Version"


def faults(witness):
    """What is wrong with it, a text each; unmet: fields that the conditions may want absent or malformed are said like
    any other."""
    headers = [(name, value) for name, value in witness["headers"]]
    names = [name.lower() for name, _ in headers]
    found = [f"{name} is there {names.count(name)} times" for name in SINGLE if names.count(name) > 1]
    found += [f"there is no {name}" for name in ("from", "date") if name not in names]
    for name, value in headers:
        found += faults_of_field(name, value)
    found += faults_of_body(headers, witness.get("body", "Hello"))
    for key in ("to", "envelope_from"):
        if not ADDRESS.fullmatch(witness[key]) and (key, witness[key]) != ("envelope_from", ""):
            found.append(f"{key} is no address: {witness[key]!r}")
    return found
