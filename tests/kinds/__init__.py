# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a case is, and the tools that the kinds of cases share. Each kind is a module with discover()."""

import contextlib
import copy
import dataclasses
import difflib
import importlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import traceback
from typing import Callable, Optional

AS_OF = "2026-11-23T00:00Z"
KINDS = ["unit", "grammar", "sentences", "errors", "lint", "compile", "samples", "engines", "chance", "flows",
         "times", "values", "runs", "cyrus_runs", "deliveries", "differential", "loops", "round_trips", "witnesses", "counts", "scripts", "sieve",
         "mends", "fuzz"]
TIMEOUT_S = 120


class Failure(Exception):
    """The case does not hold; the text says what was expected and what came."""


class Skip(Exception):
    """The case cannot be run here; the text says why. missing: for want of something that can be installed."""

    def __init__(self, reason, missing=True):
        super().__init__(reason)
        self.missing = missing


@dataclasses.dataclass
class Result:
    """missing: skipped because something is not installed or built here, which CI does not accept."""
    name: str
    failure: Optional[str] = None
    skipped: Optional[str] = None
    missing: bool = False


@dataclasses.dataclass
class Case:
    """run(context) returns nothing, or a list of Results where one run has many outcomes."""
    name: str
    run: Callable


@dataclasses.dataclass
class Output:
    status: int
    out: str
    err: str


def discover(tests):
    cases = []
    for kind in KINDS:
        cases += importlib.import_module(f"kinds.{kind}").discover(tests)
    names = [case.name for case in cases]
    doubles = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    assert not doubles, f"cases of one name: {sorted(doubles)}"
    return cases


def describe_exception(error):
    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"{pathlib.Path(f.filename).name}:{f.lineno}: {f.line}" for f in frames[-3:])
    return f"{type(error).__name__}: {error}\n{where}"


def same(expected, actual, what):
    """Fails with a diff unless both texts are equal."""
    if expected == actual:
        return
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="")
    raise Failure(f"{what} differs:\n" + "\n".join(list(lines)[:80]))


def sweep_clocks():
    """libfaketime leaves shared memory behind, named after the process, and fails when it meets the name again:
    what dead processes left is taken away."""
    memory = pathlib.Path("/dev/shm")
    for path in memory.iterdir() if memory.is_dir() else ():
        found = re.fullmatch(r"(?:sem\.)?faketime_(?:sem|shm)_(\d+)", path.name)
        if found and not pathlib.Path("/proc", found[1]).exists():
            with contextlib.suppress(OSError):
                path.unlink()


class Context:
    """One run of the runner: the build under test, a scratch folder, and how to call tamis."""

    def __init__(self, root, options):
        self.root = root
        self.tests = root / "tests"
        self.build = options.build.resolve()
        self.plain = options.plain.resolve() if options.plain else None
        self.fuzz = options.fuzz.resolve() if options.fuzz else None
        self.bless = options.bless
        self.jobs = options.jobs
        self.binary = self.build / "cli" / "tamis"
        self.lock = threading.Lock()
        self.made = {}

    def __enter__(self):
        sweep_clocks()
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tamis-"))
        self.scratch.chmod(0o755)
        return self

    def __exit__(self, *unused):
        sweep_clocks()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def plain_binary(self):
        """tamis without sanitizers where it was built: for limits of memory and time."""
        return (self.plain or self.build) / "cli" / "tamis"

    def without_sanitizers(self):
        """The same, where a build without them is known: they take five times as long."""
        fast = copy.copy(self)
        fast.build, fast.binary = self.plain or self.build, self.plain_binary()
        return fast

    def sampled(self, number):
        """For one of many cases that are much alike: every fourth runs with sanitizers."""
        return self if number % 4 == 0 else self.without_sanitizers()

    def folder(self):
        """A new empty folder, gone when the run ends."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        folder.chmod(0o755)
        return folder

    def once(self, key, make):
        """What make() gave the first time it was asked for key; its failure likewise."""
        with self.lock:
            entry = self.made.setdefault(key, {"lock": threading.Lock()})
        with entry["lock"]:
            if "value" not in entry and "error" not in entry:
                try:
                    entry["value"] = make()
                except Exception as error:
                    entry["error"] = error
        if "error" in entry:
            raise entry["error"]
        return entry["value"]

    def environment(self, **more):
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "LD_LIBRARY_PATH") if key in os.environ}
        keep |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1", "G_DEBUG": "fatal-criticals",
                 "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
                 "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
                 "LSAN_OPTIONS": "print_suppressions=0"}
        return keep | more

    def command(self, command, stdin=b"", cwd=None, timeout=TIMEOUT_S, **environment):
        """Runs any program; bytes that are no UTF-8 come back as \\xNN."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        try:
            done = subprocess.run([str(word) for word in command], input=data, capture_output=True,
                                  cwd=cwd, timeout=timeout, env=self.environment(**environment))
        except subprocess.TimeoutExpired as expired:
            raise Failure(f"{command[0]} was still running after {timeout} s") from expired
        return Output(done.returncode, done.stdout.decode(errors="backslashreplace"),
                      done.stderr.decode(errors="backslashreplace"))

    def tamis(self, *arguments, **how):
        """Runs tamis. A crash, a sanitizer's report or a bug in Tamis fails the case, whatever it expects."""
        if not self.binary.exists():
            raise Failure(f"{self.binary} has not been built")
        output = self.command([self.binary, *arguments], **how)
        report = re.search(r"(ERROR: \w+Sanitizer|runtime error:|CRITICAL \*\*)", output.err)
        if output.status < 0 or output.status == 70 or report:
            words = " ".join(str(word) for word in arguments)
            raise Failure(f"tamis {words} broke (status {output.status}):\n{output.err[-6000:]}")
        return output

    def golden(self, path, actual, what=None):
        """The file says what is expected; --bless writes it."""
        if self.bless:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text() != actual:
                path.write_text(actual)
            return
        if not path.exists():
            raise Failure(f"{path.relative_to(self.root)} is missing (--bless writes it); it would be:\n{actual}")
        same(path.read_text(), actual, what or str(path.relative_to(self.root)))


def fixture_files(folder, endings):
    """The files in folder with these endings, and its folders that hold a policy.tamis: (name, file)."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in endings:
            found.append((path.stem, path))
        elif (path / "policy.tamis").is_file():
            found.append((path.name, path / "policy.tamis"))
    return found


def expected_beside(path):
    """Where the golden of a fixture is: NAME.expected beside it, `expected` in its own folder."""
    return path.parent / "expected" if path.name == "policy.tamis" else path.with_suffix(".expected")


def options_of(path):
    """Options that a fixture asks for in its first line: `# options: --server cyrus-3.6`."""
    first = path.read_bytes().split(b"\n", 1)[0].decode(errors="replace").lstrip("\ufeff")
    found = re.match(r"# options: (.+)", first)
    return found.group(1).split() if found else []
