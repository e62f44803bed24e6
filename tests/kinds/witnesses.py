# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every message that a finding of the other folders shows: it is one that somebody could send, `tamis explain` replays
it, what then happens is what the finding says, and the real sieve-test does it."""

import json
import re
import shutil

from kinds import AS_OF, Case, Failure, Skip, fixture_files, options_of
from kinds.letters import faults

# What of tests/sieve has warnings about where mail goes; the rest has none.
FOLDERS = ("lint", "errors", "compile", "sieve/rfc5228", "sieve/rfc5230", "sieve/rfc5260", "sieve/messages")
# Messages of all of them together: fewer, and something is looked past.
LEAST = 100
# What `check --engine sievec` runs, and how many of them at least.
RUN = {"forward-loop", "forward-return", "forbidden-forward", "too-many-hops", "too-many-targets", "too-many-actions",
       "reject-conflict", "reply-conflict", "missing-copy", "forward-without-copy", "mail-lost"}
LEAST_RUN = 80


def number(finding, pattern):
    return int(re.search(pattern, finding["message"])[1])


def actions_of(delivery, *kinds):
    return [action for action in delivery["actions"] if action["action"] in kinds]


def targets_of(deliveries):
    return [action["to"].lower() for delivery in deliveries for action in actions_of(delivery, "forward")]


def comes_back(finding, replay):
    """To a mailbox; or alias maps and known outside forwards alone send it round, as the way says."""
    path = [address.lower() for address in finding["witness"]["path"]]
    rounds = [[address.lower() for address in d["round"]] for d in replay.get("departures", ()) if d.get("loop")]
    return any(d.get("loop") for d in replay["deliveries"]) or any(path[-len(way):] == way for way in rounds)


def fails(rule):
    return lambda finding, replay: replay["deliveries"][0].get("failure") == rule


def conflicts(rule):
    """Two answers in one route are none of the engine's concern: one script would not have both."""
    return lambda finding, replay: finding["message"].endswith("twice in one route") or fails(rule)(finding, replay)


def has_too_many_targets(finding, replay):
    """Where the policy's own limit is passed, and not the server's, the run does not fail."""
    first = replay["deliveries"][:1]
    return fails("too-many-targets")(finding, replay) or len(set(targets_of(first))) == number(finding, r"to (\d+) ")


def is_lost(finding, replay):
    """Nobody has it in the end; or where it comes back, and the server knows it again."""
    if "comes back" in finding["message"]:
        return any(d.get("loop") and not actions_of(d, "keep") for d in replay["deliveries"])
    return any(not actions_of(d, "keep", "forward", "reject", "discard") for d in replay["deliveries"])


def gets_there(finding, replay):
    left = [departure["address"].lower() for departure in replay.get("departures", ())]
    return finding["witness"]["path"][-1].lower() in targets_of(replay["deliveries"]) + left


def leaves_no_copy(finding, replay):
    targets = [address.lower() for address in re.findall(r"'([^' ]+@[^' ]+)'", finding["message"])]
    first = replay["deliveries"][:1]
    return not actions_of(first[0], "keep") and any(target in targets for target in targets_of(first))


def has_hops(finding, replay):
    """Who is outside and forwards is one hop more than those that the deliveries show."""
    mailboxes = {d["mailbox"].lower() for d in replay["deliveries"]}
    passed = [address.lower() for address in finding["witness"]["path"][1:-1]]
    hops = max(d["hop"] + bool(actions_of(d, "forward")) for d in replay["deliveries"])
    return hops + sum(address not in mailboxes for address in passed) >= number(finding, r"(\d+) times")


def has_copies(finding, replay):
    """Each delivery, and each address outside; of a mailbox that mail reaches twice only the first is followed."""
    mailboxes = {d["mailbox"].lower() for d in replay["deliveries"]}
    left = [target for target in targets_of(replay["deliveries"]) if target not in mailboxes]
    n = len(replay["deliveries"]) + len(left) + len(replay.get("departures", ()))
    return n >= number(finding, r"(\d+) times") or any(d.get("again") for d in replay["deliveries"])


# What the replay shows, of each rule whose findings have a message.
SHOWN = {
    "forward-loop": comes_back, "forward-return": comes_back, "engine-crash": fails("engine-crash"),
    "too-many-targets": has_too_many_targets, "too-many-actions": fails("too-many-actions"),
    "reject-conflict": conflicts("reject-conflict"), "reply-conflict": conflicts("reply-conflict"),
    "too-many-hops": has_hops, "too-many-copies": has_copies, "forbidden-forward": gets_there,
    "missing-copy": leaves_no_copy, "forward-without-copy": leaves_no_copy, "mail-lost": is_lost,
}


def is_asked_for(fault, source):
    """What a condition wants in these words is no fault of the message's."""
    value = re.search(r": '(.*?)'", fault)
    return value is not None and f'"{value[1].lower()}"' in source.lower()


def replay(context, path, options, n, finding):
    output = context.sampled(n).tamis("explain", path.name, "--as-of", AS_OF, "--witness", str(n), "--format", "json",
                                      *options, cwd=path.parent)
    if output.status != 0:
        raise Failure(f"explain --witness {n}: {output.err}")
    if finding["certainty"] == "proved" and not SHOWN[finding["rule"]](finding, json.loads(output.out)):
        raise Failure(f"{finding['message']} [{finding['rule']}]: the message does not\n{output.out}")


def look_at(context, path):
    """How many messages were shown."""
    options = [word for word in re.sub(r"--fail-on \w+|--quiet", "", " ".join(options_of(path))).split()]
    output = context.tamis("check", path.name, "--as-of", AS_OF, *options, "--format", "json", cwd=path.parent)
    if output.status not in (0, 1):
        return 0
    shown = [(n, finding) for n, finding in enumerate(json.loads(output.out)["findings"], 1) if "witness" in finding]
    source = path.read_text(errors="replace")
    for n, finding in shown:
        wrong = [fault for fault in faults(finding["witness"]) if not is_asked_for(fault, source)]
        if wrong:
            raise Failure("\n".join([f"{finding['message']} [{finding['rule']}]", *wrong]))
        replay(context, path, options, n, finding)
    return len(shown)


def is_beyond_engine(finding, source):
    """A limit of the policy's own; what one script would not have; a program that is not there."""
    text = finding["message"]
    return "its limit is" in text or text.endswith("in one route") or re.search(r"^\s*(pipe|execute|filter)\b", source, re.MULTILINE)


def run_in_engine(tests):
    def run(context):
        if not shutil.which("sieve-test"):
            raise Skip("dovecot-sieve is not installed")
        n_run = 0
        for name, path in files(tests):
            if "--server" in options_of(path) or not context.once(f"witnesses-{name}", lambda at=path: look_at(context, at)):
                continue
            output = context.tamis("check", path.name, "--as-of", AS_OF, *options_of(path), "--engine", "sievec", "--format",
                                   "json", cwd=path.parent)
            for finding in json.loads(output.out)["findings"]:
                said = [related["message"] for related in finding.get("related", ())]
                if finding["rule"] in RUN and finding.get("certainty") == "proved" and not is_beyond_engine(finding, path.read_text()):
                    n_run += 1
                    if not any(text.startswith("run in Pigeonhole") for text in said):
                        raise Failure(f"{path}: {finding['message']} [{finding['rule']}]: {said}")
        if n_run < LEAST_RUN:
            raise Failure(f"{n_run} messages were run, and should at least {LEAST_RUN}")
    return run


def files(tests):
    for folder in FOLDERS:
        top = tests / folder
        for inside in sorted(top.iterdir()) if folder in ("lint", "compile") else [top]:
            for name, path in fixture_files(inside, {".tamis", ".sieve"}) if inside.is_dir() else ():
                yield f"{folder}/{inside.name}/{name}{path.suffix}", path
    for path in sorted((tests.parent / "samples").glob("*/*.tamis")):
        yield f"samples/{path.parent.name}/{path.stem}", path


def case_of(name, path):
    return Case(f"witnesses/{name}", lambda context: context.once(f"witnesses-{name}", lambda: look_at(context, path)) and None)


def check_sum(tests):
    def run(context):
        n = sum(context.once(f"witnesses-{name}", lambda at=path, of=name: look_at(context, at)) for name, path in files(tests))
        if n < LEAST:
            raise Failure(f"{n} messages were shown, and should at least {LEAST}")
    return run


def discover(tests):
    return [case_of(name, path) for name, path in files(tests)] + [
        Case(f"witnesses/at least {LEAST}", check_sum(tests)), Case("witnesses/in the engine", run_in_engine(tests))]
