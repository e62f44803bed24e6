# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/compile/CASE: the scripts of policy.tamis for each server in expected/, byte for byte; engines accept them."""

import json

from engines import cyrus, libsieve, pigeonhole
from kinds import AS_OF, Case, Failure, options_of, same


def compile_policy(context, policy, server, *options):
    """A folder with the scripts that the policy becomes."""
    folder = context.folder()
    output = context.tamis("compile", "--server", server, "--as-of", AS_OF, *options, policy.name, "-o", folder,
                           cwd=policy.parent)
    if output.status != 0:
        raise Failure(f"{policy.parent.name} does not compile for {server}:\n{output.err}{output.out}")
    return folder


def check_proofs(folder):
    """Each script is proved to be its policy."""
    entries = json.loads((folder / "manifest.json").read_text())["mailboxes"]
    undecided = [entry for entry in entries if entry["proof"] != "proved"]
    if undecided:
        raise Failure(f"not proved: {undecided}")


def accept(context, server, scripts):
    """The server's own compiler takes every script, without a warning."""
    engine = {"dovecot": pigeonhole, "cyrus": cyrus, "libsieve": libsieve}.get(server.split("-")[0])
    if engine:
        for script in scripts:
            said = engine.complaints(context, script)
            if said:
                raise Failure(f"{server} about {script.name}:\n{said}\n{script.read_text()}")


def check(case, server):
    def run(context):
        policy = case / "policy.tamis"
        folder = compile_policy(context, policy, server, *options_of(policy))
        check_proofs(folder)
        expected = case / "expected" / server
        scripts = sorted(folder.glob("*.sieve"))
        same("\n".join(sorted(path.name for path in expected.glob("*.sieve"))) if not context.bless else
             "\n".join(path.name for path in scripts), "\n".join(path.name for path in scripts), "list of scripts")
        for script in scripts:
            context.golden(expected / script.name, script.read_text())
        accept(context, server, scripts)
    return run


def discover(tests):
    cases = []
    for policy in sorted((tests / "compile").glob("*/policy.tamis")):
        expected = policy.parent / "expected"
        servers = sorted(path.name for path in expected.iterdir()) if expected.is_dir() else ["dovecot-2.3"]
        for server in servers:
            cases.append(Case(f"compile/{policy.parent.name}/{server}", check(policy.parent, server)))
    return cases
