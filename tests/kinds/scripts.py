# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/{cli,deploy,meta}/*.py: each function test_* is a case and gets a Tools."""

import importlib.util

from kinds import Case, Failure, Skip, same

FOLDERS = ("meta", "cli", "deploy")


class Tools:
    """What a test function has at hand: its own empty folder, tamis run in it, and ways to fail."""

    def __init__(self, context):
        self.context = context
        self.root = context.root
        self.folder = context.folder()
        self.n_runs = 0

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name):
        return (self.folder / name).read_text()

    def tamis(self, *arguments, **how):
        """Of a case's runs the first one has sanitizers, and then every third."""
        context = self.context if self.n_runs % 3 == 0 else self.context.without_sanitizers()
        self.n_runs += 1
        return context.tamis(*arguments, **{"cwd": self.folder, **how})

    def command(self, *words, **how):
        return self.context.command(words, **{"cwd": self.folder, **how})

    def equal(self, expected, actual, what="the value"):
        if isinstance(expected, str) and isinstance(actual, str):
            same(expected, actual, what)
        elif expected != actual:
            raise Failure(f"{what} is {actual!r}, not {expected!r}")

    def contains(self, part, whole, what="the text"):
        if part not in whole:
            raise Failure(f"{what} does not have {part!r}:\n{whole}")

    def lacks(self, part, whole, what="the text"):
        if part in whole:
            raise Failure(f"{what} has {part!r}:\n{whole}")

    def status(self, expected, output):
        if output.status != expected:
            raise Failure(f"exit status {output.status}, not {expected}:\n{output.err}{output.out}")

    def fail(self, text):
        raise Failure(text)

    def skip(self, reason, missing=True):
        raise Skip(reason, missing)


def load(path):
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}".replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def discover(tests):
    cases = []
    for folder in FOLDERS:
        for path in sorted((tests / folder).glob("*.py")):
            functions = {name: value for name, value in vars(load(path)).items() if name.startswith("test_")}
            assert functions, f"{path}: no function test_*"
            for name, function in functions.items():
                title = name.removeprefix("test_").replace("_", " ")
                cases.append(Case(f"{folder}/{path.stem}/{title}",
                                  lambda context, function=function: function(Tools(context))))
    return cases
