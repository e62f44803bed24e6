#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`./dev run`: one sample from policy to what the real engine does with a message.

usage: demo.py TAMIS
"""

import pathlib
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True

import kinds  # noqa: E402
from engines import pigeonhole  # noqa: E402
from engines.message import Delivery  # noqa: E402

SAMPLE = ROOT / "samples" / "leaver"
MAILBOX = "zhang@acme.example"
INSTANTS = ["2026-11-20T02:00:00Z", "2026-12-10T02:00:00Z", "2027-03-15T02:00:00Z"]


def main():
    options = types.SimpleNamespace(build=pathlib.Path(sys.argv[1]).resolve().parent.parent, plain=None, fuzz=None,
                                    bless=False, jobs=1)
    with kinds.Context(ROOT, options) as context:
        scripts = context.folder()
        policy = SAMPLE / "policy.tamis"
        print(f"$ tamis compile {policy.relative_to(ROOT)} -o DIR", flush=True)
        output = context.tamis("compile", "--as-of", kinds.AS_OF, policy, "-o", scripts)
        print(output.err, end="")
        if output.status != 0:
            return output.status
        script = scripts / f"{MAILBOX}.sieve"
        print(f"\n$ cat DIR/{script.name}\n{script.read_text()}")
        message = next(iter(sorted(SAMPLE.glob("*.eml"))))
        print(f"sieve-test on {message.relative_to(ROOT)}:")
        for at in INSTANTS:
            delivery = Delivery(to=MAILBOX, at=at, raw=message.read_bytes().replace(b"\n", b"\r\n"))
            outcome = pigeonhole.execute(context, script, delivery)
            print(f"  {at}  {'; '.join(outcome.words)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
