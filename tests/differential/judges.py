# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who judges a script: Tamis, Pigeonhole and Cyrus, each many scripts in few processes."""

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import tempfile

from differential.values import GOOD
from kinds import AS_OF, Failure, Skip

MANAGESIEVE = pathlib.Path("/usr/lib/dovecot/managesieve")
CYRUS_SIEVEC = pathlib.Path("/usr/lib/cyrus/bin/sievec")
# What Tamis says of a script that the server does not take. Other errors are about what it does.
REFUSALS = {"syntax", "type", "unknown-name", "missing-require", "unsupported", "require-unknown", "bad-address",
            "unsafe-string", "definition-cycle"}
FILES_A_RUN = 250
# Of processor time: a script that takes longer hangs the engine.
HANG_S = 6


@dataclasses.dataclass
class Verdict:
    """accepted, refused or crashed, and of Tamis doubted: it has an error, which is no matter of acceptance; what was
    said, "LINE: TEXT" each; whether there was a warning."""
    outcome: str
    said: list
    warned: bool = False


def tamis(binary, server, scripts, jobs, folder):
    """One verdict a script."""
    def run(start):
        part = scripts[start:start + FILES_A_RUN]
        place = pathlib.Path(tempfile.mkdtemp(dir=folder))
        names = []
        for index, text in enumerate(part):
            (place / f"{index}.sieve").write_bytes(text)
            names.append(f"{index}.sieve")
        done = subprocess.run([binary, "check", "--server", server, "--as-of", AS_OF, "--format", "json", *names],
                              cwd=place, capture_output=True, timeout=600)
        shutil.rmtree(place)
        if done.returncode not in (0, 1):
            raise Failure(f"tamis ended with status {done.returncode}:\n{done.stderr.decode(errors='replace')}")
        verdicts = [Verdict("accepted", []) for _ in part]
        for finding in json.loads(done.stdout)["findings"]:
            verdict = verdicts[int(finding["file"].removesuffix(".sieve"))]
            if finding["severity"] == "hint":
                continue
            verdict.warned = True
            verdict.said.append(f"{finding['line']}: {finding['severity']}: {finding['message']} [{finding['rule']}]")
            if finding["rule"] == "engine-crash":
                verdict.outcome = "crashed"
            elif finding["severity"] == "error" and verdict.outcome in ("accepted", "doubted"):
                verdict.outcome = "refused" if finding["rule"] in REFUSALS else "doubted"
        return verdicts

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return sum(pool.map(run, range(0, len(scripts), FILES_A_RUN)), [])


class Talker:
    """A process that answers one script after the other. One that it does not survive has crashed it, or hung it: it
    gets another."""

    def __init__(self, command, environment, folder):
        self.command, self.environment, self.folder = command, environment, folder
        self.process = None

    def start(self):
        # 20 s of processor time a thousand scripts or so, 2 GB.
        limited = ["prlimit", "--cpu=60", "--as=2000000000", *map(str, self.command)]
        self.log = open(self.folder / "talk.log", "wb")
        self.process = subprocess.Popen(limited, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        env=self.environment, cwd=self.folder)
        self.left = 2000

    def stop(self):
        if self.process is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.log.close()
        self.process = None

    def used_s(self):
        """Processor time of the process."""
        times = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def is_answering(self):
        """Whether an answer, or the end, comes before the process has worked on it for too long; else it is killed."""
        limit = self.used_s() + HANG_S
        while not select.select([self.process.stdout], [], [], 1)[0]:
            if self.used_s() > limit:
                self.process.kill()
                return False
        return True

    def judge(self, text):
        if self.process is None or self.left == 0:
            self.stop()
            self.start()
        self.left -= 1
        assert not select.select([self.process.stdout], [], [], 0)[0], f"unasked: {self.process.stdout.readline()!r}"
        try:
            self.process.stdin.write(self.request(text))
            self.process.stdin.flush()
            verdict = self.answer() if self.is_answering() else None
        except BrokenPipeError:
            verdict = None
        if verdict is None:
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:  # what it says is no answer
                self.process.kill()
                self.process.wait()
            status = self.process.returncode
            self.stop()
            return Verdict("crashed", [f"0: ended with status {status}"])
        return verdict


class Managesieve(Talker):
    """Pigeonhole's compiler, as an upload meets it: the server's process on standard input, asked to CHECKSCRIPT."""

    # The length that it tells of an answer is not always right: of a message with half a character it is too small. So
    # something that has an answer of its own stands behind each script.
    def request(self, text):
        return b'CHECKSCRIPT {%d+}\r\n%s\r\nNOOP "fence"\r\n' % (len(text), text)

    def answer(self):
        lines = []
        while not (lines and lines[-1].startswith(b'OK (TAG "fence")')):
            lines.append(self.process.stdout.readline())
            if not lines[-1]:
                return None
        text = b"".join(lines[:-1]).decode(errors="replace").replace("\r\n", "\n")
        said = [(number, kind, rest) for number, kind, rest in
                re.findall(r"(?:line (\d+): )?(error|warning): (.*)", text)
                if not rest.endswith("does not exist (ignored during upload).")]  # of an included script
        if text.startswith("NO") and not said:
            said = [("", "error", text.strip())]
        return Verdict("refused" if text.startswith("NO") else "accepted",
                       [f"{number or 0}: {kind}: {rest}" for number, kind, rest in said],
                       any(kind == "warning" for _, kind, _ in said))


class CyrusJudge(Talker):
    def request(self, text):
        return b"%d\n%s" % (len(text), text)

    def answer(self):
        line = self.process.stdout.readline()
        if not line.strip():
            return None
        status, length = map(int, line.split())
        text = self.process.stdout.read(length).decode(errors="replace")
        said = [f"{number}: error: {rest}" for number, rest in re.findall(r"line (\d+): (.*)", text)]
        return Verdict(["accepted", "refused", "crashed"][status], said or ([f"0: error: {text}"] if status else []))


CONFIGURATION = """
ssl = no
postmaster_address = postmaster@localhost
log_path = {folder}/log
mail_location = maildir:{folder}/mail
mail_home = {folder}
{user}
plugin {{
  sieve = file:{folder}/sieve;active={folder}/active.sieve
  sieve_global = file:{folder}/global
  sieve_plugins = sieve_extprograms sieve_imapsieve
  sieve_extensions = {extensions}
}}
"""


def pigeonhole(folder, by_setting):
    if not MANAGESIEVE.exists():
        raise Skip("dovecot-managesieved is not installed")
    for name in GOOD["script"]:  # what is not there cannot be included
        for place in ("sieve", "global"):
            (folder / place).mkdir(exist_ok=True)
            (folder / place / f"{name}.sieve").write_text("stop;\n")
    user = "mail_uid = 65534\nmail_gid = 65534" if os.geteuid() == 0 else ""
    (folder / "dovecot.conf").write_text(CONFIGURATION.format(
        folder=folder, user=user, extensions=" ".join(f"+{name}" for name in by_setting)))
    if os.geteuid() == 0:
        for place in (folder, folder / "sieve", folder / "global"):
            os.chown(place, 65534, 65534)
    return Managesieve([MANAGESIEVE, "-c", folder / "dovecot.conf"],
                       {"PATH": "/usr/bin:/bin", "USER": "nobody", "HOME": str(folder), "TZ": "UTC"}, folder)


def cyrus(folder, program):
    if not CYRUS_SIEVEC.exists():
        raise Skip("cyrus-common is not installed")
    (folder / "imapd.conf").write_text(f"configdirectory: {folder}\n")
    return CyrusJudge([program, folder / "imapd.conf"], {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, folder)


def cyrus_sievec(folder, text):
    """What the real sievec makes of it: whether it is accepted."""
    (folder / "script.sieve").write_bytes(text)
    done = subprocess.run([CYRUS_SIEVEC, "-C", folder / "imapd.conf", folder / "script.sieve", folder / "script.bc"],
                          capture_output=True, timeout=60, check=False)
    return done.returncode == 0
