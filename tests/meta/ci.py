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


def git(t, folder, *words):
    output = t.command("git", "-c", "user.name=t", "-c", "user.email=t@acme.example", *words, cwd=folder)
    t.status(0, output)
    return output.out.strip()


def test_the_hooks_hold_up_a_bad_commit(t):
    if not shutil.which("pre-commit", path="/usr/bin"):
        t.skip("pre-commit is not installed")
    site(t)
    hooks, mail = t.folder / "hooks", t.folder / "mail"
    for folder in (hooks, mail):
        folder.mkdir()
        git(t, folder, "init", "-q", "-b", "main")
    shutil.copy(t.root / ".pre-commit-hooks.yaml", hooks)
    git(t, hooks, "add", ".pre-commit-hooks.yaml")
    git(t, hooks, "commit", "-q", "-m", "hooks")
    for name in ("policy", "organization", "people", "desks", "finance", "tests"):
        shutil.copy(t.folder / f"{name}.tamis", mail)
    for name in ("leavers.csv", "customers.csv", "virtual", "question.eml", "order.eml"):
        shutil.copy(t.folder / name, mail)
    config = blocks(t, "yaml")[2].replace("https://git.example.org/tamis.git", str(hooks))
    (mail / ".pre-commit-config.yaml").write_text(config.replace("rev: main", f"rev: {git(t, hooks, 'rev-parse', 'HEAD')}"))
    (mail / "x.sieve").write_text("keep;\n")

    def run():
        git(t, mail, "add", "-A")
        return t.command("/usr/bin/pre-commit", "run", "--all-files", "--color", "never", cwd=mail,
                         PATH=f"{t.folder}/bin:/usr/bin:/bin", PRE_COMMIT_HOME=str(t.folder / "cache"), HOME=str(t.folder))
    output = run()
    t.status(0, output)
    t.equal(4, output.out.count("Passed"), output.out)
    (mail / "x.sieve").write_text("if  true { keep ; }\nredirect \"a@@b\";\n")
    output = run()
    t.status(1, output)
    t.contains("files were modified by this hook", output.out)
    t.contains("x.sieve:4:10: error: 'a@@b' is no mail address", output.out)
    t.equal("if true {\n    keep;\n}\nredirect \"a@@b\";\n", (mail / "x.sieve").read_text(), "the script")
    (mail / "x.sieve").unlink()
    with (mail / "desks.tamis").open("a") as desks:
        desks.write("mailbox help@acme.example { }\n")
    output = run()
    t.status(1, output)
    t.contains("[duplicate-name]", output.out)
