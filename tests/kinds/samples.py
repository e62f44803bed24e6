# SPDX-License-Identifier: LGPL-2.1-or-later
"""samples/*: each reads clean, compiles for its server, that server's own compiler takes every script, and its tests
reach every route and pass: as they are explained, and in the engines."""

from kinds import AS_OF, Case, Failure, Skip, same
from kinds.compile import accept, check_proofs, compile_policy
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
        folder = compile_policy(context, policy, server)
        scripts = sorted(folder.glob("*.sieve"))
        assert scripts, "no script"
        accept(context, server, scripts)
        check_proofs(folder)
    return run


def check_format(policy):
    return lambda context: same(policy.read_text(), formatted(context, policy.read_text()), policy.name)


# The engine, the policies of which it is asked, and the tests that it leaves out.
IN_ENGINES = [("dovecot", "policy.tamis", {"sieve-test takes no message with the null sender"}),
              ("cyrus", "cyrus.tamis", set()),
              ("cyrus", "leaver/policy.tamis", set()),
              ("libsieve", "leaver/policy.tamis", set())]


def check_tests(policy):
    """They pass on any day: whoever tries a sample does it on one of those to come."""
    def run(context):
        server = SERVERS[policy.name][0]
        for day in (AS_OF, "2032-02-29"):
            output = context.tamis("test", "--as-of", day, "--server", server, "--coverage", policy.name, cwd=policy.parent)
            if output.status != 0 or " # SKIP " in output.out or ": no test reaches " in output.out:
                raise Failure(output.out + output.err)
            assert "\nok 2 - " in output.out, "a sample has tests"
    return run


def check_tests_in(policy, engine, may_skip):
    def run(context):
        output = context.tamis("test", "--as-of", AS_OF, "--engine", engine, policy.name, cwd=policy.parent)
        if output.status == 2 and "is not installed here" in output.err:
            raise Skip(output.err)
        skipped = {line.partition(" # SKIP ")[2] for line in output.out.splitlines() if " # SKIP " in line}
        if output.status != 0 or "\nok 1 - " not in output.out or skipped - may_skip:
            raise Failure(output.out + output.err)
    return run


def discover(tests):
    cases = []
    for policy in sorted((tests.parent / "samples").glob("*/*.tamis")):
        name = f"samples/{policy.parent.name}/{policy.stem}"
        cases += [Case(f"{name}/format", check_format(policy)), Case(f"{name}/xml", check_xml(policy))]
        if policy.name in SERVERS:
            cases.append(Case(f"{name}/tests", check_tests(policy)))
        cases += [Case(f"{name}/tests in {engine}", check_tests_in(policy, engine, may_skip))
                  for engine, end, may_skip in IN_ENGINES if str(policy).endswith(f"/{end}")]
        for server in SERVERS.get(policy.name, ()):
            cases.append(Case(f"{name}/clean for {server}", check_clean(policy, server)))
            cases.append(Case(f"{name}/compiles for {server}", check_compiles(policy, server)))
    return cases
