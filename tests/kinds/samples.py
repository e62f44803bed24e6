# SPDX-License-Identifier: LGPL-2.1-or-later
"""samples/*: each reads clean, compiles for its server, and that server's own compiler takes every script."""

from kinds import AS_OF, Case, Failure, same
from kinds.compile import accept, compile_policy
from kinds.grammar import check_xml, formatted

SERVERS = {"policy.tamis": ["dovecot-2.3", "dovecot-2.4"], "cyrus.tamis": ["cyrus-3.6", "cyrus-3.10"]}


def check_clean(policy, server):
    def run(context):
        output = context.tamis("check", "--as-of", AS_OF, "--server", server, "--fail-on", "warning", policy.name,
                               cwd=policy.parent)
        if output.status != 0 or ": error: " in output.out or ": warning: " in output.out:
            raise Failure(output.out + output.err)
    return run


def check_compiles(policy, server):
    def run(context):
        scripts = sorted(compile_policy(context, policy, server).glob("*.sieve"))
        assert scripts, "no script"
        accept(context, server, scripts)
    return run


def check_format(policy):
    return lambda context: same(policy.read_text(), formatted(context, policy.read_text()), policy.name)


def discover(tests):
    cases = []
    for policy in sorted((tests.parent / "samples").glob("*/*.tamis")):
        name = f"samples/{policy.parent.name}/{policy.stem}"
        cases += [Case(f"{name}/format", check_format(policy)), Case(f"{name}/xml", check_xml(policy))]
        for server in SERVERS.get(policy.name, ()):
            cases.append(Case(f"{name}/clean for {server}", check_clean(policy, server)))
            cases.append(Case(f"{name}/compiles for {server}", check_compiles(policy, server)))
    return cases
