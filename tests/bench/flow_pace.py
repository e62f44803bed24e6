# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages explained a second, against engines that execute the same script on them, and flows built a second."""

import shutil

import sieve_corpus

MESSAGE = """Received: from mx.customer.example (mx.customer.example [192.0.2.7])
\tby mail.acme.example with ESMTPS id 1234; Wed, 18 Nov 2026 09:30:02 +0100
From: "Anna =?utf-8?q?M=C3=BCller?=" <anna@customer.example>
To: li@acme.example, "Sales, all" <sales@acme.example>
Cc: desk@acme.example
Subject: =?utf-8?B?5paw6K6i5Y2V?= order 4711
Date: Wed, 18 Nov 2026 09:30:00 +0100
Message-ID: <4711@customer.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

""" + "Please send us ten of them.\n" * 100


def together(paces):
    """A second's number where each script has as many messages."""
    return len(paces) / sum(1 / pace for pace in paces)


def bench_explain(bench):
    folder = bench.root / "explain"
    sieve_corpus.write(folder, 10, 1200, is_base=True)
    scripts, message = sorted(folder.iterdir()), folder / "message.eml"
    message.write_bytes(MESSAGE.replace("\n", "\r\n").encode())
    ours = [line for script in scripts
            for line in bench.results(bench.tools / "bench-explain", "explain", script, message, "2000")]
    warm, cold = (together([line[key] for line in ours]) for key in ("messages_per_second", "with_script_per_second"))
    bench.say("explain messages, each read from its file, 10 scripts of 1.2 KB", f"{warm:.0f} /s")
    bench.say("  the script read anew for each", f"{cold:.0f} /s")
    if shutil.which("sieve-test"):
        bench.root.chmod(0o755)  # it runs as another user
        command = ("sieve-test", "-C", "-c", bench.dovecot_conf(), "-a", "li@acme.example")
        theirs = together([1 / min(bench.processor_s(*command, script, message) for _ in range(3))
                           for script in scripts])
        bench.say(f"  sieve-test, a process a message, {theirs:.0f} /s (at least 500 x)", f"{warm / theirs:.0f} x",
                  warm >= 500 * theirs)
    peer = bench.tools / "bench-libsieve"
    if peer.exists():
        lines = [line for script in scripts for line in bench.results(peer, script, message, "1000")]
        theirs = together([line["messages_per_second"] for line in lines])
        bench.say(f"  libsieve in process, both read anew, {theirs:.0f} /s (at least 1 x)", f"{cold / theirs:.1f} x",
                  cold >= theirs)


def bench_flows(bench, n_mailboxes):
    (line,) = bench.results(bench.tools / "bench-explain", "flows", bench.policy(n_mailboxes))
    bench.say(f"flows of {line['mailboxes']} mailboxes, {line['actions']} actions",
              f"{line['flows_per_second'] / 1e6:.2f} M/s")
    bench.say("  memory a flow (at most 300 bytes)", f"{line['bytes_per_flow']:.0f} bytes",
              line["bytes_per_flow"] <= 300)
