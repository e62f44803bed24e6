# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scripts to everyone, and what becomes of where they differ: known and reviewed (known.toml), or new."""

import collections
import dataclasses
import re
import tomllib

from differential import generator, judges


@dataclasses.dataclass
class Difference:
    server: str
    kind: str  # "tamis accepts", "tamis refuses", "no warning", "crash"
    name: str
    text: bytes
    tamis: judges.Verdict
    engine: judges.Verdict

    def signature(self):
        """What differences of one cause have in common."""
        said = self.engine.said if self.kind != "tamis refuses" else \
            [line for line in self.tamis.said if ": error: " in line]
        line = said[0] if said else "nothing"
        line = re.sub(r"^\d+: ", "", line)
        line = re.sub(r"'[^']*'|`[^']*'|\"[^\"]*\"", "'…'", line)
        return f"{self.kind}: {re.sub(r'[0-9]+', '9', line)}"

    def show(self):
        said = "\n".join([f"  tamis  {line}" for line in self.tamis.said] +
                         [f"  engine {line}" for line in self.engine.said])
        return (f"{self.server}, script {self.name}: {self.signature()}\n{said}\n"
                f"{self.text.decode(errors='backslashreplace')}")


def kind_of(tamis, engine):
    if engine.outcome == "crashed":
        return None if tamis.outcome == "crashed" else "crash"
    if tamis.outcome in ("crashed", "doubted"):
        return None
    if engine.outcome == "refused" and tamis.outcome == "accepted":
        return "tamis accepts"
    if engine.outcome == "accepted" and tamis.outcome == "refused":
        return "tamis refuses"
    if engine.outcome == "accepted" and engine.warned and not tamis.warned:
        return "no warning"
    return None


@dataclasses.dataclass
class Known:
    server: str
    kind: str
    tamis: str
    engine: str
    script: str
    without: list  # [[pattern, replacement]]
    reason: str
    version: str
    count: int = 0

    def covers(self, difference, line):
        """Whether it says why Tamis says that; without a line, why it says no more than it does."""
        def found(pattern, text):
            return pattern is None or re.search(pattern, text)
        said = "\n".join(difference.tamis.said) if line is None else line
        return (difference.server.startswith(self.server) and difference.kind == self.kind and
                found(self.tamis, said) and found(self.engine, "\n".join(difference.engine.said)) and
                found(self.script, difference.text.decode(errors="replace")))

    def take_out(self, text):
        """The script without what it is about."""
        text = text.decode("utf-8", "surrogateescape")
        for pattern, replacement in self.without:
            text = re.sub(pattern, replacement, text)
        return text.encode("utf-8", "surrogateescape")


def load_known(path):
    entries = tomllib.loads(path.read_text()).get("known", [])
    return [Known(entry["server"], entry["kind"], entry.get("tamis"), entry.get("engine"), entry.get("script"),
                  entry.get("without"), entry["reason"], entry["version"]) for entry in entries]


def read_server(root, name):
    """The extensions of a server, and those of them that need a setting."""
    text = (root / "grammar" / "servers" / f"{name}.server").read_text()
    default = re.search(r"^default=(.*)$", text, re.MULTILINE)[1].split()
    settings = re.search(r"^\[settings\]\n(.*?)^\[", text, re.MULTILINE | re.DOTALL)[1]
    by_setting = re.findall(r"^([a-z0-9.;-]+)=", settings, re.MULTILINE)
    # Cyrus's servers have extlists, its sievec has not.
    return (set(default) | set(by_setting)) - ({"extlists"} if name.startswith("cyrus") else set()), by_setting


def corpus(root):
    """Scripts that people and Tamis wrote."""
    found = sorted([*root.glob("tests/**/*.sieve"), *root.glob("tests/fuzz/corpus/sieve/*"),
                    *root.glob("tests/fuzz/corpus/sieve-[!x]*/*")])  # an engine takes no XML
    texts = [path.read_bytes().decode("utf-8", "surrogateescape") for path in found if path.is_file()]
    for page in sorted(root.glob("docs/**/*.md")):
        texts += re.findall(r"^```sieve[^\n]*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    # What is not there cannot be included; and exceptions are read by Tamis alone.
    good = [text for text in texts if 0 < len(text) < 5000 and "include" not in text and "# tamis:" not in text]
    return sorted(good, key=generator.digest)


def ask_both(binary, server, engine, jobs, folder, texts):
    theirs = [engine.judge(text) for text in texts]
    engine.stop()
    return judges.tamis(binary, server, texts, jobs, folder), theirs


def judge(root, binary, server, engine, seed, first, n, jobs, folder, confirm=None):
    """The differences among n scripts."""
    extensions, _ = read_server(root, server)
    made = generator.scripts(root, extensions, seed, first, n, corpus(root))
    texts = [text for _, text in made]
    ours, theirs = ask_both(binary, server, engine, jobs, folder, texts)
    counts = collections.Counter((verdict.outcome, other.outcome) for verdict, other in zip(ours, theirs))
    found = []
    for (name, text), tamis, other in zip(made, ours, theirs):
        kind = kind_of(tamis, other)
        if kind is None:
            continue
        if confirm and other.outcome != "crashed" and confirm(text) != (other.outcome == "accepted"):
            raise AssertionError(f"script {name}: the engine's program and its library differ: {text!r}")
        found.append(Difference(server, kind, name, text, tamis, other))
    return found, counts


def lines_of(difference):
    """What has to be explained, each for itself: every error for which Tamis refuses the script."""
    lines = [line for line in difference.tamis.said
             if ": error: " in line and any(f"[{rule}]" in line for rule in judges.REFUSALS)]
    return lines if difference.kind == "tamis refuses" and lines else [None]


def find_entries(difference, known):
    """The entries that explain it, one a line; None if a line has none."""
    entries = [next((entry for entry in known if not entry.without and entry.covers(difference, line)), None)
               for line in lines_of(difference)]
    return None if None in entries else entries


def sort_out(differences, known, ask):
    """Those that are new; the known ones are counted. ask: what both say of scripts, [(Tamis, engine)]."""
    new = []
    for difference in differences:
        entries = find_entries(difference, known)
        for entry in entries or []:
            entry.count += 1
        if entries is None:
            new.append(difference)
    for entry in known:  # those of which something is taken out of the script, and then both say the same
        if not entry.without:
            continue
        tried = [difference for difference in new
                 if any(entry.covers(difference, line) for line in lines_of(difference))]
        for difference, (tamis, engine) in zip(tried, ask([entry.take_out(one.text) for one in tried])):
            rest = Difference(difference.server, kind_of(tamis, engine), difference.name, difference.text, tamis, engine)
            if rest.kind is None or find_entries(rest, known) is not None:
                entry.count += 1
                new.remove(difference)
    return new
