# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/engines/*.toml: a policy (or sample), messages, and what a real server does with each. README.md there."""

import tomllib

from engines import generated, libsieve, pigeonhole
from engines.message import Delivery, parse_expectation
from kinds import Case, Failure, same
from kinds.compile import accept, compile_policy

# What Tamis writes for Cyrus 3.6 and for RFC 5228 alone means the same to Pigeonhole, which can be run.
ENGINES = {"dovecot-2.3": pigeonhole, "cyrus-3.6": pigeonhole, "rfc5228": pigeonhole, "libsieve": libsieve}
FIELDS = {"to", "at", "from", "envelope_from", "envelope_to", "to_header", "cc", "subject", "headers", "without",
          "body", "spam", "size"}
KEYS = FIELDS | {"name", "expect", "reply_text", "servers"}


class Table:
    def __init__(self, path):
        self.path = path
        self.data = tomllib.loads(path.read_text())
        self.servers = self.data.get("servers", ["dovecot-2.3"])
        self.cases = [{**self.data.get("defaults", {}), **case} for case in self.data["cases"]]
        for case in self.cases:
            assert set(case) <= KEYS, f"{path.name}: {sorted(set(case) - KEYS)} is no key of a case"

    def policy(self, context):
        if "sample" in self.data:
            return context.root / "samples" / self.data["sample"]
        folder = context.folder()
        for name, text in self.data.get("files", {}).items():
            (folder / name).write_text(text)
        (folder / "policy.tamis").write_text(self.data["policy"])
        return folder / "policy.tamis"

    def scripts(self, context, server):
        """The folder of this table's scripts for the server: compiled once a run, accepted by the server."""
        def make():
            folder = compile_policy(context, self.policy(context), server)
            accept(context, server, sorted(folder.glob("*.sieve")))
            return folder
        return context.once((self.path, server), make)


def delivery_of(case):
    fields = {("sender" if key == "from" else key): value for key, value in case.items() if key in FIELDS}
    return Delivery(**fields)


def check(table, case, server):
    def run(context):
        delivery = delivery_of(case)
        script = table.scripts(context, server) / f"{delivery.to}.sieve"
        if not script.exists():
            raise Failure(f"there is no script for {delivery.to}")
        outcome = ENGINES[server].execute(context, script, delivery, table.data.get("settings", {}),
                                          table.data.get("folders", ()))
        outcomes = table.data.get("outcomes", {})
        expected = parse_expectation(outcomes.get(case["expect"], case["expect"]))
        actual = [word.split(":")[0] if word.startswith("reply:") and "reply" in expected else word
                  for word in outcome.words]
        if expected != actual:
            raise Failure(f"expected  {'; '.join(expected)}\nactual    {'; '.join(actual)}\nat {delivery.at}\n"
                          f"{outcome.errors}\n{script.read_text()}")
        if "reply_text" in case:
            same(case["reply_text"], "".join(outcome.replies).rstrip("\r\n"), "the reply")
    return run


# What each server can do, of what generated policies ask for; and how many of them are tried.
GENERATED = {
    "dovecot-2.3": (20, {"text", "date", "reject", "mark", "reply", "one of", "seal", "gate"}),
    "cyrus-3.6": (10, {"text", "date", "reject", "mark", "reply", "one of", "gate"}),
    "libsieve": (5, {"reject", "reply"}),
}


def check_generated(seed, server, can):
    def run(context):
        policy = generated.Policy(seed, can)
        file = context.folder() / "policy.tamis"
        file.write_text(str(policy))
        folder = compile_policy(context, file, server, "--fail-on", "never")
        accept(context, server, sorted(folder.glob("*.sieve")))
        for delivery, expected in policy.deliveries():
            script = folder / f"{delivery.to}.sieve"
            outcome = ENGINES[server].execute(context, script, delivery, {"sieve_max_redirects": 32})
            if outcome.words != expected:
                routes = "\n".join(map(str, policy.mailboxes[delivery.to]))
                raise Failure(f"expected  {'; '.join(expected)}\nactual    {'; '.join(outcome.words)}\n{routes}\n"
                              f"{delivery}\n{script.read_text()}\n{outcome.errors}")
    return run


def check_accepted(table, server):
    return lambda context: table.scripts(context, server) and None


def discover(tests):
    cases = []
    for path in sorted((tests / "engines").glob("*.toml")):
        table = Table(path)
        for server in table.servers:
            if server not in ENGINES:
                cases.append(Case(f"engines/{path.stem}/{server} accepts", check_accepted(table, server)))
                continue
            for case in table.cases:
                if server in case.get("servers", table.servers):
                    cases.append(Case(f"engines/{path.stem}/{server}/{case['name']}", check(table, case, server)))
    for server, (n_policies, can) in GENERATED.items():
        for seed in range(n_policies):
            cases.append(Case(f"engines/generated/{server}/{seed}", check_generated(seed, server, can)))
    return cases
