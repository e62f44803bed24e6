# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/counts/*.txt: tables of small organizations and how much one message can do in them. They are written as those of
tests/loops (README.md there); `server: NAME` or `with: LIMIT=NUMBER` says whose limits hold."""

import json
import re
import shutil

from kinds import AS_OF, Case, Failure, Skip, same
from kinds.letters import faults
from kinds.loops import read, short
from kinds.witnesses import SHOWN

RULES = {"too-many-targets": r"to (\d+) addresses", "too-many-actions": r"off (\d+) actions",
         "too-many-copies": r"delivered (\d+) times", "too-many-hops": r"forwarded (\d+) times"}
# What the engine says of a run beyond its own limits, for its own words.
GIVEN_UP = re.compile(r"run in Pigeonhole: (number of redirect|total number of) actions exceeds policy limit \((\d+) > (\d+)\)\.")


def setting(organization, key):
    """The value of a line `KEY: VALUE` of the table, which is no declaration."""
    found = [line.removeprefix(f"{key}: ") for line in organization.others if line.startswith(f"{key}: ")]
    return found[0] if found else None


def server_of(context, organization, folder):
    """The options that name the server: one of those that are known, or one with a limit of its own."""
    if limit := setting(organization, "with"):
        key, _, value = limit.partition("=")
        known = (context.root / "grammar" / "servers" / "dovecot-2.3.server").read_text()
        assert re.search(rf"(?m)^{key}=", known), f"no server has '{key}'"
        (folder / "own.server").write_text(re.sub(rf"(?m)^{key}=.*", f"{key}={value}", known))
        return ["--server", folder / "own.server"]
    return ["--server", setting(organization, "server") or "dovecot-2.3"]


def write(context, organization):
    folder = context.folder()
    options = server_of(context, organization, folder)
    organization.others = [line for line in organization.others if not line.startswith(("with: ", "server: "))]
    return organization.write(folder), options


def told(finding):
    number = re.search(RULES[finding["rule"]], finding["message"])
    sure = "" if finding["certainty"] == "proved" else finding["certainty"] + " "
    more = " or more" if " or more" in finding["message"] else ""
    return f"{sure}{finding['rule'].removeprefix('too-many-')} {short(finding['mailbox'])} {number[1]}{more}"


def replay(context, policy, options, number, finding):
    output = context.tamis("explain", policy, *options, "--as-of", AS_OF, "--witness", str(number), "--format", "json")
    if output.status != 0:
        raise Failure(f"explain --witness {number}: {output.err}")
    if not SHOWN[finding["rule"]](finding, json.loads(output.out)):
        raise Failure(f"{finding['message']}: the message does not\n{output.out}\n{policy.read_text()}")
    if wrong := faults(finding["witness"]):
        raise Failure("\n".join([finding["message"], *wrong]))


def check(organization):
    def run(context):
        policy, options = write(context, organization)
        output = context.tamis("check", policy, *options, "--as-of", AS_OF, "--format", "json")
        findings = json.loads(output.out)["findings"]
        if broken := [f for f in findings if f["rule"] in ("syntax", "type", "unknown-name", "duplicate-name")]:
            raise Failure(f"{broken[0]['message']}\n{policy.read_text()}")
        found = [(n, f) for n, f in enumerate(findings, 1) if f["rule"] in RULES]
        for number, finding in found:
            replay(context, policy, options, number, finding)
        try:
            same("\n".join(organization.expected), "\n".join(sorted(told(f) for _, f in found)), "what is too much")
        except Failure as failure:
            raise Failure(f"{failure}\n{policy.read_text()}") from None
    return run


def is_seen(finding):
    """Whether the engine gave the run up for the number that was said."""
    said = [GIVEN_UP.fullmatch(related["message"]) for related in finding.get("related", ())]
    expected = re.search(RULES[finding["rule"]], finding["message"])[1]
    return any(found and found[2] == expected for found in said)


def run_in_engine(organizations):
    """The real sieve-test is given each message that passes a limit of the server's own."""
    def run(context):
        if not shutil.which("sieve-test"):
            raise Skip("dovecot-sieve is not installed")
        n_run = 0
        for organization in organizations:
            policy, options = write(context, organization)
            if "cyrus" in str(options) or "libsieve" in str(options):
                continue
            output = context.tamis("check", policy, *options, "--engine", "sievec", "--as-of", AS_OF, "--format", "json")
            for finding in json.loads(output.out)["findings"]:
                if finding["rule"] in ("too-many-targets", "too-many-actions") and "the server" in finding["message"]:
                    n_run += 1
                    if not is_seen(finding):
                        raise Failure(f"{organization.title}: {finding}\n{policy.read_text()}")
        if n_run < 10:
            raise Failure(f"{n_run} messages were run")
    return run


def discover(tests):
    cases = []
    for path in sorted((tests / "counts").glob("*.txt")):
        cases += [Case(f"counts/{path.stem}/{organization.title}", check(organization)) for organization in read(path)]
        cases.append(Case(f"counts/{path.stem}/in the engine", run_in_engine(list(read(path)))))
    return cases
