# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the documents show is true: every ```tamis block compiles, what stands beside it is what comes of it.

The word behind `tamis` says what a block is: `policy` a whole one, nothing declarations, `route` routes, `condition`
a condition a line. What it mentions and does not define is defined by the prelude.
"""

import re
import shlex
import shutil

from kinds import AS_OF

PRELUDE = [
    ("organization", "organization { domains acme.example; timezone Europe/Berlin; }"),
    ("group support", "group support { tom@acme.example, eva@acme.example }"),
    ("group key-accounts", "group key-accounts { anna@customer.example }"),
    ("condition urgent", 'condition urgent = subject contains "urgent";'),
    ("hours office", "hours office { mon-fri 09:00-17:00; }"),
]
FILES = {
    "groups.tamis": "group friends { anna@customer.example }\n",
    "virtual": "hello@acme.example  anna@acme.example\n",
    "customers.csv": "address,class\nanna@customer.example,vip\nbob@customer.example,standard\n",
    "leavers.csv": "address,successor,head,last_day,status\n"
                   "zhang@acme.example,li@acme.example,wang@acme.example,2026-11-30,approved\n",
}


def blocks(text, language):
    """[(kind, content)] of the text's fenced blocks in a language."""
    return re.findall(rf"^```{language}(?: (\w+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def whole_policy(kind, block):
    if kind == "policy":
        return block
    if kind == "condition":
        block = "".join(f"condition c{n} = {line};\nmailbox m{n}@acme.example {{ route r when c{n} {{ keep; }} }}\n"
                        for n, line in enumerate(block.splitlines()))
    if kind == "route":
        block = f"mailbox doc@acme.example {{\n{block}}}\n"
    missing = [text for what, text in PRELUDE
               if not re.search(rf"^{what}\b", block, re.MULTILINE) and what.split()[-1] in f"organization {block}"]
    return "\n".join([*missing, block])


def compile_block(t, kind, block, where):
    for name, text in FILES.items():
        t.write(name, text)
    t.write("policy.tamis", whole_policy(kind, block))
    output = t.tamis("compile", "policy.tamis", "--as-of", AS_OF, "-o", "scripts")
    if output.status != 0:
        t.fail(f"{where}:\n{block}\n{output.out}{output.err}")


def test_every_policy_in_the_documents_compiles(t):
    found = 0
    for path in [t.root / "README.md", *sorted((t.root / "docs").glob("*.md"))]:
        for kind, block in blocks(path.read_text(), "tamis"):
            compile_block(t, kind, block, path.name)
            found += 1
    assert found > 10, "no examples were found"


def test_the_readme_shows_what_comes_out(t):
    text = (t.root / "README.md").read_text()
    policy, script = blocks(text, "tamis")[0][1], blocks(text, "sieve")[0][1]
    wrong, said = (block for _, block in blocks(text, "text")[:2])
    t.write("acme.tamis", policy)
    output = t.tamis("compile", "acme.tamis", "--as-of", AS_OF, "-o", "-", "--mailbox", "sales@acme.example")
    t.equal(output.out, script, "the script in the README")
    start = " ".join(wrong.split()[:2])
    t.write("acme.tamis", re.sub(rf"(?m)^ *{start} .*\n", wrong, policy))
    t.equal(t.tamis("check", "acme.tamis", "--as-of", AS_OF).out, said, "the message in the README")


def test_the_commands_of_the_readmes_work(t):
    shutil.copytree(t.root / "samples", t.folder / "samples")
    found = 0
    for path in [t.root / "README.md", *sorted((t.root / "samples").glob("*/README.md"))]:
        text, folder = path.read_text(), t.folder / path.parent.relative_to(t.root)
        commands = re.findall(r"`tamis ((?:[a-z]+ policy|test samples)[^`]*)`", text)
        commands += re.findall(r"^tamis ([a-z]+ samples.*)$", text, re.MULTILINE)
        for command in commands:
            t.status(0, t.tamis(*shlex.split(command), "--as-of", AS_OF, cwd=folder))
        for command, shown in re.findall(r"^\$ tamis (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE):
            t.equal(shown, t.tamis(*shlex.split(command), "--as-of", AS_OF, cwd=folder).out, f"what {path.name} shows")
            found += 1
        found += len(commands)
        if not commands:
            t.fail(f"{path} shows no command")
    assert found > 14, "no commands were found"


def test_links_between_the_documents_lead_somewhere(t):
    faults = []
    for path in [*t.root.glob("*.md"), *t.root.glob("docs/**/*.md"), *t.root.glob("samples/**/*.md"),
                 *t.root.glob("tests/**/*.md")]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
            if "://" not in link and not (path.parent / link).exists():
                faults.append(f"{path.relative_to(t.root)}: {link}")
    if faults:
        t.fail("\n".join(faults))
