# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/ci.md: its jobs are YAML, what they install is what the build needs, every command of tamis that it shows works,
and the hooks for pre-commit do what they say."""

import re
import shutil

from kinds import AS_OF

PYTHON = "/usr/bin/python3"  # Debian's, which has yaml where pre-commit is installed


def document(t):
    return (t.root / "docs" / "ci.md").read_text()


def blocks(t, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", document(t), re.MULTILINE | re.DOTALL)


def load_yaml(t, text):
    output = t.command(PYTHON, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))",
                       stdin=text.encode())
    if "No module named 'yaml'" in output.err:
        t.skip("python3-yaml is not installed")
    t.status(0, output)
    import json
    return json.loads(output.out)


def commands(text):
    return re.findall(r"^ *(?:- |run: )?(tamis [a-z].*)$", text, re.MULTILINE)


# The sample's windows end some day, and what is shown is to work on every other.
TAMIS = """#!/bin/sh
case $1 in
check | compile | test) verb=$1; shift; exec {binary} "$verb" --as-of {as_of} "$@" ;;
*) exec {binary} "$@" ;;
esac
"""


def site(t):
    """A folder with the policy and the scripts that the document speaks of."""
    for path in (t.root / "samples" / "acme").iterdir():
        shutil.copy(path, t.folder)
    t.write("bin/tamis", TAMIS.format(binary=t.context.binary, as_of=AS_OF)).chmod(0o755)
    t.status(0, t.tamis("compile", "policy.tamis", "--as-of", AS_OF, "-o", "scripts"))


def shell(t, command):
    return t.command("sh", "-euc", command, PATH=f"{t.folder}/bin:/usr/bin:/bin")


def test_the_jobs_are_what_they_are_read_as(t):
    github, gitlab, hooks = (load_yaml(t, block) for block in blocks(t, "yaml"))
    steps = github["jobs"]["policy"]["steps"]
    t.equal(["Install Tamis", "Check", "Report"], [step["name"] for step in steps if "name" in step])
    t.equal("tamis.sarif", steps[-1]["with"]["sarif_file"])
    t.contains("> tamis.sarif", steps[-2]["run"])
    for name in gitlab["policy"]["artifacts"]["reports"]["junit"]:
        t.contains(f"> {name}", "\n".join(gitlab["policy"]["script"]))
    manifest = load_yaml(t, (t.root / ".pre-commit-hooks.yaml").read_text())
    t.equal({hook["id"] for hook in manifest}, {hook["id"] for hook in hooks["repos"][0]["hooks"]}, "the hooks")


def test_the_jobs_install_what_the_build_needs(t):
    needed = re.search(r"BUILD_PACKAGES=\((.*?)\)", (t.root / "dev").read_text(), re.DOTALL)[1].split()
    installed = re.findall(r"--no-install-recommends (.*)", document(t))
    assert len(installed) == 2, installed
    for line in installed:
        t.equal(["git", "ca-certificates", *needed], line.split(), "the packages")


def test_every_command_that_is_shown_works(t):
    site(t)
    shown = [command for language in ("yaml", "sh") for block in blocks(t, language) for command in commands(block)]
    assert len(shown) >= 12, shown
    for command in shown:
        output = shell(t, command)
        if output.status != 0:
            t.fail(f"{command}\nends with {output.status}:\n{output.out}{output.err}")
    for name in ("tamis.sarif", "findings.xml", "tests.xml", "baseline.json", "scripts/manifest.json"):
        assert (t.folder / name).stat().st_size > 0, name


def test_the_exception_that_is_shown_silences_its_finding(t):
    (script,) = blocks(t, "sieve")
    t.write("x.sieve", script)
    t.equal("", t.tamis("check", "x.sieve").out)
    t.write("x.sieve", "".join(line for line in script.splitlines(True) if not line.startswith("#")))
    t.contains("[zoneless-time]", t.tamis("check", "x.sieve").out)


def test_a_fault_fails_the_jobs_and_is_reported(t):
    site(t)
    with (t.folder / "desks.tamis").open("a") as desks:
        desks.write("mailbox help@acme.example { }\n")
    github, gitlab, _ = (load_yaml(t, block) for block in blocks(t, "yaml"))
    steps = {step.get("name"): step for step in github["jobs"]["policy"]["steps"]}
    output = shell(t, steps["Check"]["run"])
    t.status(1, output)
    t.contains("::error file=desks.tamis,line=54,col=9,", output.out + output.err)
    t.equal("always()", steps["Report"]["if"])
    t.status(0, shell(t, steps["Report"]["run"]))
    t.contains('"duplicate-name"', (t.folder / "tamis.sarif").read_text())
    statuses = [shell(t, command).status for command in gitlab["policy"]["script"]]
    t.equal([0, 1, 1, 1], statuses, "the report is written, and everything behind it fails")
    t.contains("duplicate-name", (t.folder / "findings.xml").read_text())


def git(t, folder, *words):
    output = t.command("git", "-c", "user.name=t", "-c", "user.email=t@acme.example", *words, cwd=folder)
    t.status(0, output)
    return output.out.strip()


POLICY = ("policy", "organization", "people", "desks", "finance", "tests")
BESIDE = ("leavers.csv", "customers.csv", "virtual", "question.eml", "order.eml")
LAYOUT, CHECK, TESTS, SIEVE = ("lay out policies and Sieve scripts", "check the policy", "run the policy's tests",
                               "check Sieve scripts")


class Hooks:
    """A repository of mail that uses the hooks as the document shows it."""

    def __init__(self, t):
        site(t)
        self.t, self.mail, hooks = t, t.folder / "mail", t.folder / "hooks"
        for folder in (hooks, self.mail):
            folder.mkdir()
            git(t, folder, "init", "-q", "-b", "main")
        shutil.copy(t.root / ".pre-commit-hooks.yaml", hooks)
        git(t, hooks, "add", ".pre-commit-hooks.yaml")
        git(t, hooks, "commit", "-q", "-m", "hooks")
        git(t, hooks, "tag", "v0.1.0")
        for name in (*(f"{name}.tamis" for name in POLICY), *BESIDE):
            shutil.copy(t.folder / name, self.mail)
        config = blocks(t, "yaml")[2].replace("https://git.example.org/tamis.git", str(hooks))
        self.write(".pre-commit-config.yaml", config)
        self.write("x.sieve", "keep;\n")
        self.holds("all", {LAYOUT: "Passed", CHECK: "Passed", TESTS: "Passed", SIEVE: "Passed"})
        git(t, self.mail, "commit", "-q", "-m", "mail")

    def write(self, name, text):
        (self.mail / name).write_text(text)

    def append(self, name, text):
        with (self.mail / name).open("a") as file:
            file.write(text)

    def holds(self, name, expected, *texts):
        """What the hooks say of what has changed, which is then taken back."""
        t = self.t
        git(t, self.mail, "add", "-A")
        output = t.command("/usr/bin/pre-commit", "run", "--color", "never", cwd=self.mail,
                           PATH=f"{t.folder}/bin:/usr/bin:/bin", PRE_COMMIT_HOME=str(t.folder / "cache"),
                           HOME=str(t.folder))
        said = dict(re.findall(r"^([a-zA-Z' ]+?)\.+(?:\(no files to check\))?(\w+)$", output.out, re.MULTILINE))
        t.equal(expected, {hook: said.get(hook) for hook in expected}, f"{name}:\n{output.out}{output.err}")
        t.equal(1 if "Failed" in expected.values() else 0, output.status, name)
        for text in texts:
            t.contains(text, output.out)

    def take_back(self):
        git(self.t, self.mail, "reset", "-q", "--hard")


def test_the_hooks_hold_up_a_bad_commit(t):
    if not shutil.which("pre-commit", path="/usr/bin"):
        t.skip("pre-commit is not installed")
    hooks = Hooks(t)
    hooks.write("x.sieve", "if  true { keep ; }\nredirect \"a@@b\";\n")
    hooks.holds("a script", {LAYOUT: "Failed", CHECK: "Passed", TESTS: "Passed", SIEVE: "Failed"},
                "files were modified by this hook", "x.sieve:4:10: error: 'a@@b' is no mail address")
    t.equal("if true {\n    keep;\n}\nredirect \"a@@b\";\n", (hooks.mail / "x.sieve").read_text(), "the script")
    hooks.take_back()
    hooks.write("--quiet.sieve", "redirect \"a@@b\";\n")
    hooks.holds("a name like an option", {LAYOUT: "Passed", CHECK: "Passed", TESTS: "Passed", SIEVE: "Failed"},
                "--quiet.sieve:1:10: error: 'a@@b' is no mail address")
    hooks.take_back()
    hooks.append("desks.tamis", "mailbox help@acme.example { }\n")
    hooks.holds("a policy", {LAYOUT: "Passed", CHECK: "Failed", TESTS: "Failed", SIEVE: "Skipped"}, "[duplicate-name]")
    hooks.take_back()
    hooks.append("tests.tamis", 'test "wrong" {\n    message to chen@acme.cn {\n        subject "x";\n    }\n'
                                '    expect no copy;\n}\n')
    hooks.holds("a test", {LAYOUT: "Passed", CHECK: "Passed", TESTS: "Failed", SIEVE: "Skipped"}, "not ok 17 - wrong")
    hooks.take_back()
    hooks.append("virtual", "x@acme.example\n")
    hooks.holds("an alias map", {LAYOUT: "Skipped", CHECK: "Failed", SIEVE: "Skipped"}, "virtual:")
    hooks.take_back()
    hooks.write("notes", "x\n")
    hooks.holds("nothing of theirs", {LAYOUT: "Skipped", CHECK: "Passed", TESTS: "Passed", SIEVE: "Skipped"})
