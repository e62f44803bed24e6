# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/loops/*.txt: tables of small organizations and the loops in them. README.md there."""

import json
import re
import shutil

from kinds import AS_OF, Case, Failure, Skip, same

SEEN = "run in Pigeonhole hop by hop: it comes back"
# Sizes grow from hop to hop there.
LEFT_OUT = "to the byte"
NO_NULL_SENDER = "not run in Pigeonhole: sieve-test takes no message with the null sender"
HEAD = "organization { domains acme.example; timezone Europe/Berlin; }\n"
ADDRESS = re.compile(r"(?<![\w.\"-])@(\w+(?:\+\w+)?)(?![\w.])")


class Organization:
    def __init__(self, title, lines):
        self.title = title
        self.expected = sorted(line[3:] for line in lines if line.startswith("=> ") and line != "=> none")
        self.mailboxes, self.others, self.map, self.aliases = {}, [], [], {}
        for line in lines:
            if found := re.fullmatch(r"map: (.*)", line):
                self.map.append(found[1])
            elif found := re.fullmatch(r"([a-z]): (.*)", line):
                self.mailboxes.setdefault(found[1], []).append(self.item(found[1], found[2]))
            elif not line.startswith("=> "):
                self.others.append(line)

    @property
    def mailboxes_of_policy(self):
        declared = {name for line in self.others if line.startswith("mailbox ") for name in ADDRESS.findall(line)}
        return set(self.mailboxes) | declared

    def item(self, name, text):
        if text.startswith("alias "):
            self.aliases.update({alias: name for alias in ADDRESS.findall(text)})
        if text.startswith(("alias ", "limits ")):
            return text
        when, arrow, actions = text.rpartition(" -> ")
        number = len(self.mailboxes.get(name, ())) + 1
        return f"route {name}{number} {when} {{ {actions} }}"

    def write(self, folder):
        """The policy's file."""
        text = HEAD + ('import aliases "virtual";\n' if self.map else "")
        text += "".join(f"{line}\n" for line in self.others)
        text += "".join(f"mailbox @{name} {{ {' '.join(items)} }}\n" for name, items in self.mailboxes.items())
        (folder / "virtual").write_text("".join(f"{line}\n" for line in self.map))
        (folder / "policy.tamis").write_text(ADDRESS.sub(r"\1@acme.example", text))
        return folder / "policy.tamis"


def read(path):
    text = "".join(line for line in path.read_text().splitlines(True) if not line.startswith("#"))
    for part in text.split("\n== ")[1:] if not text.startswith("== ") else ("\n" + text).split("\n== ")[1:]:
        title, *lines = part.splitlines()
        yield Organization(title, [line for line in lines if line])


def short(address):
    return address.removesuffix("@acme.example")


def told(finding):
    """A finding as the tables say it."""
    kind = finding["rule"].removeprefix("forward-")
    if "witness" not in finding:
        return f"{finding['certainty']} {kind} {finding['message']}"
    sure = "" if finding["certainty"] == "proved" else finding["certainty"] + " "
    return f"{sure}{kind} {' '.join(short(address) for address in finding['witness']['path'])}"


def loops_of(context, policy):
    """(number, finding) of each finding about mail that comes back."""
    output = context.tamis("check", "--as-of", AS_OF, "--format", "json", policy)
    if output.status not in (0, 1):
        raise Failure(output.err)
    findings = json.loads(output.out)["findings"]
    faults = [f for f in findings if f["rule"] in ("syntax", "type", "unknown-name", "duplicate-name")]
    if faults:
        raise Failure(f"{faults[0]['message']}\n{policy.read_text()}")
    return [(n, f) for n, f in enumerate(findings, 1) if f["rule"] in ("forward-loop", "forward-return")]


def stops_of(organization, path):
    """The mailboxes on the way: no alias map runs a script, and nothing outside."""
    names = [short(address).partition("+")[0] for address in path]
    names = [organization.aliases.get(name, name) for name in names]
    in_map = {line.split("@")[0] for line in organization.map}
    return [name for n, name in enumerate(names) if name in organization.mailboxes_of_policy
            and not (name in in_map and n + 1 < len(names) and names[n + 1] == name)]


def replay(context, organization, policy, number, finding):
    """Whether the message goes the way that was shown, and is back at its end."""
    output = context.sampled(number).tamis("explain", policy, "--as-of", AS_OF, "--witness", str(number), "--format", "json")
    if output.status != 0:
        raise Failure(f"explain --witness {number}: {output.err}")
    deliveries = json.loads(output.out)["deliveries"]
    stops = stops_of(organization, finding["witness"]["path"])
    for hop, stop in enumerate(stops):
        met = [d for d in deliveries if d["hop"] == hop and short(d["mailbox"]) == stop]
        if not met:
            raise Failure(f"{' '.join(stops)}: hop {hop} is not replayed:\n{output.out}\n{policy.read_text()}")
        if any(d.get("loop") for d in met):
            return  # a mailbox that it passed before; what is behind it explain does not follow
    raise Failure(f"{' '.join(stops)}: it does not close:\n{output.out}\n{policy.read_text()}")


def check(organization):
    def run(context):
        policy = organization.write(context.folder())
        found = loops_of(context, policy)
        for number, finding in found:
            if "witness" in finding:
                replay(context, organization, policy, number, finding)
        lines = sorted(told(finding) for _, finding in found)
        try:
            same("\n".join(organization.expected), "\n".join(lines), "what comes back")
        except Failure as failure:
            raise Failure(f"{failure}\n{policy.read_text()}") from None
    return run


def was_run(said):
    return any(text.startswith(SEEN) or text == NO_NULL_SENDER for text in said)


def run_in_engine(path, organizations):
    """The real sieve-test sends the message of every loop of the table from hop to hop, and back."""
    def run(context):
        if not shutil.which("sieve-test"):
            raise Skip("dovecot-sieve is not installed")
        faults = []
        for organization in organizations:
            policy = organization.write(context.folder())
            output = context.without_sanitizers().tamis("check", "--engine", "sievec", "--as-of", AS_OF, "--format", "json", policy)
            for finding in json.loads(output.out)["findings"]:
                said = [related["message"] for related in finding.get("related", ())]
                if finding["rule"] == "forward-loop" and finding["certainty"] == "proved" and not was_run(said) and LEFT_OUT not in organization.title:
                    faults.append(f"{organization.title}: {said}\n{policy.read_text()}")
        if faults:
            raise Failure("\n".join(faults))
    return run


def discover(tests):
    return [Case(f"loops/{path.stem}/in the engine", run_in_engine(path, list(read(path))))
            for path in sorted((tests / "loops").glob("*.txt"))] + [Case(f"loops/{path.stem}/{organization.title}", check(organization))
            for path in sorted((tests / "loops").glob("*.txt")) for organization in read(path)]
