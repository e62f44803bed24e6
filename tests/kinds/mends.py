# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `tamis check --fix` makes of every script there is, with both line ends, with a byte order mark and without the last
line break, and of random ones: what can be mended is, a second run mends nothing, comments and line ends stay, a diff makes
the same of the text, and Pigeonhole takes what it took and what Tamis then has no error for."""

import collections
import dataclasses
import json
import re
import shutil

from differential import compare, generator, judges
from kinds import AS_OF, Case, Failure, Skip

OPTIONS = ["--as-of", AS_OF, "--server", "dovecot-2.3", "--timezone", "Asia/Shanghai"]
BATCH, SHOWN = 250, 6
RANDOM = 500
MARK = b"\xef\xbb\xbf"
# Strings, and what are comments between them.
TOKEN = re.compile(rb'"(?:\\.|[^"\\])*"|text:[ \t]*(?:#[^\n]*)?\r?\n(?:.*?\r?\n)??\.\r?(?:\n|$)|#[^\n]*|/\*.*?\*/', re.DOTALL)
REFUSALS = judges.REFUSALS | {"engine-crash"}
# Errors that a mend may bring to light, since what was wrong hid them.
HIDES = {"syntax", "type", "missing-require"}
LEVELS = {"note": 0, "warning": 1, "error": 2}


@dataclasses.dataclass(frozen=True)
class Found:
    level: str
    rule: str
    text: str
    is_mendable: bool


def comments(text):
    return [token.rstrip(b"\r") for token in TOKEN.findall(text) if token[:1] == b"#" or token[:2] == b"/*"]


def variants(text):
    yield text
    if b"\r" not in text:
        yield text.replace(b"\n", b"\r\n")
    yield MARK + text
    yield text.rstrip(b"\r\n")


def run(context, folder, *words):
    output = context.tamis("check", *OPTIONS, *words, cwd=folder)
    if output.status not in (0, 1) or output.err:
        raise Failure(f"status {output.status}: {output.err[-2000:]}")
    return output.out


def findings(context, folder, names):
    """By name, from SARIF, which says what can be mended."""
    found = {name: [] for name in names}
    for result in json.loads(run(context, folder, "--format", "sarif", *names))["runs"][0]["results"]:
        name = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        found[name].append(Found(result["level"], result["ruleId"], result["message"]["text"], "fixes" in result))
    return found


def new_ones(before, after):
    """What is worse than anything of its rule was before."""
    worst = collections.defaultdict(lambda: -1)
    counts = collections.Counter(found.rule for found in before)
    for found in before:
        worst[found.rule] = max(worst[found.rule], LEVELS[found.level])
    return [found for found in after if LEVELS[found.level] > worst[found.rule] or
            collections.Counter(one.rule for one in after)[found.rule] > counts[found.rule]]


def faults_of_text(text, mended, before):
    """What should stay of the text and does not."""
    if not any(found.rule == "syntax" for found in before) and comments(text) != comments(mended):
        yield "a comment is lost"
    if b"\r" not in text and b"\r" in mended or b"\r\n" in text and b"\n" not in text.replace(b"\r\n", b"") and \
            b"\n" in mended.replace(b"\r\n", b""):
        yield "the line ends are others"
    if text.startswith(MARK) and mended.startswith(MARK):
        yield "the byte order mark, which this server does not take, is there"
    is_last_line_gone = text.startswith(mended)
    is_comment_closed = any("end of the last comment" in found.text for found in before)
    if not text.endswith(b"\n") and mended.endswith(b"\n") and not is_last_line_gone and not is_comment_closed:
        yield "there is a line break at the end"
    if text.endswith(b"\n") and mended and not mended.endswith(b"\n"):
        yield "the line break at the end is lost"


def faults_of_findings(before, after):
    if left := [found for found in after if found.is_mendable]:
        yield f"left to mend: {left}"
    if any(found.level == "error" and found.rule in HIDES for found in before):
        return
    worst = max(LEVELS[found.level] for found in before if found.is_mendable)
    if new := [found for found in new_ones(before, after) if LEVELS[found.level] >= worst]:
        # A zone that is written out tells more of a condition.
        told = {"engine-crash", "zoneless-time"} & {found.rule for found in before}
        if not (told and {found.rule for found in new} <= {"dead-route", "unsupported"}):
            yield f"new: {new}"


def faults_of_engine(judge, text, mended, after):
    took, takes = judge(text), judge(mended)
    if took.outcome == "accepted" and takes.outcome != "accepted":
        yield f"the engine took it before: {takes.said}"
    if takes.outcome != "accepted" and not any(found.level == "error" and found.rule in REFUSALS for found in after):
        yield f"the engine does not take what is clean: {takes.said}"


def apply_diff(context, folder, diff, names, texts):
    """The texts that patch and git make."""
    for name, command in (("patch", ["patch", "-p1", "--binary", "--silent"]), ("git", ["git", "apply"])):
        place = folder / name
        place.mkdir()
        for file, text in zip(names, texts):
            (place / file).write_bytes(text)
        if name == "git":
            context.command(["git", "init", "--quiet"], cwd=place)
        output = context.command(command, stdin=diff, cwd=place) if diff else None
        if output and output.status != 0:
            raise Failure(f"{name}: {output.err}{output.out}")
        yield [(place / file).read_bytes() for file in names]


def raw_diff(context, folder, names):
    """As bytes, which texts that are no UTF-8 need."""
    words = ["sh", "-c", '"$@" > the.diff', "sh", context.binary, "check", *OPTIONS, "--fix", "--diff", *names]
    output = context.command(words, cwd=folder)
    if output.status not in (0, 1) or output.err:
        raise Failure(f"status {output.status}: {output.err[-2000:]}")
    return (folder / "the.diff").read_bytes()


def check_batch(context, folder, texts, judge):
    """(fault, text, what became of it) of each fault."""
    names = [f"{index}.sieve" for index in range(len(texts))]
    for name, text in zip(names, texts):
        (folder / name).write_bytes(text)
    before = findings(context, folder, names)
    diff = raw_diff(context, folder, names)
    if any((folder / name).read_bytes() != text for name, text in zip(names, texts)):
        raise Failure("--fix --diff writes")
    run(context, folder, "--fix", *names)
    mended = [(folder / name).read_bytes() for name in names]
    after = findings(context, folder, names)
    run(context, folder, "--fix", *names)
    for name, again in zip(names, mended):
        if (folder / name).read_bytes() != again:
            yield "a second run mends more", again, (folder / name).read_bytes()
    for patched in apply_diff(context, folder, diff, names, texts):
        yield from (("the diff makes something else", other, one) for one, other in zip(mended, patched) if one != other)
    for name, text, result in zip(names, texts, mended):
        if (text != result) != any(found.is_mendable for found in before[name]):
            yield "it is mended, or there is something to mend", text, result
        if text == result:
            continue
        for fault in [*faults_of_text(text, result, before[name]), *faults_of_findings(before[name], after[name]),
                      *faults_of_engine(judge, text, result, after[name])]:
            yield fault, text, result


def check(texts_of):
    def run_all(every_context):
        context = every_context.without_sanitizers()
        if not shutil.which("patch") or not shutil.which("git"):
            raise Skip("patch or git is not installed")
        _, by_setting = compare.read_server(context.root, "dovecot-2.3")
        engine = judges.pigeonhole(context.folder(), by_setting)
        texts, faults = texts_of(context), []
        for first in range(0, len(texts), BATCH):
            faults += check_batch(context, context.folder(), texts[first:first + BATCH], engine.judge)
        engine.stop()
        if faults:
            faults.sort(key=lambda fault: len(fault[1]))
            raise Failure(f"{len(faults)} faults, such as\n" + "\n".join(f"{fault}\n  {text!r}\n  {result!r}"
                                                                        for fault, text, result in faults[:SHOWN]))
    return run_all


def every_script(context):
    paths = [*context.tests.glob("**/*.sieve"), *context.tests.glob("fuzz/corpus/sieve*/*")]
    texts = sorted({path.read_bytes() for path in paths if path.is_file() and path.stat().st_size < 100000})
    return sorted({variant for text in texts for variant in variants(text)})


def random_scripts(context):
    extensions, _ = compare.read_server(context.root, "dovecot-2.3")
    made = generator.scripts(context.root, extensions, "mends", 0, RANDOM, compare.corpus(context.root))
    return [text for _, text in made]


def discover(tests):
    return [Case("mends/every script", check(every_script)), Case("mends/random scripts", check(random_scripts))]
