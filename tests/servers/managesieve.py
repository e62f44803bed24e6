# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small ManageSieve server that keeps its word but at one step, where it does what a test says."""

import collections
import contextlib
import threading

from servers.proxy import GREETING, Listening, Talk


class Words:
    """What a client sends, word by word, literals too."""

    def __init__(self, talk):
        self.talk = talk

    def take(self, n):
        while len(self.talk.pending) < n:
            data = self.talk.client.recv(65536)
            if not data:
                raise ConnectionError("closed")
            self.talk.server.said += data
            self.talk.pending += data
        data, self.talk.pending = self.talk.pending[:n], self.talk.pending[n:]
        return data

    def word(self):
        """(word, whether it ends its line)."""
        word, byte = b"", self.take(1)
        if byte == b'"':
            while (byte := self.take(1)) != b'"':
                word += self.take(1) if byte == b"\\" else byte
            byte = self.take(1)
        elif byte == b"{":
            size = int(self.talk.line().rstrip(b"}").rstrip(b"+"))
            word = self.take(size)
            byte = self.take(1)
        else:
            while byte not in b" \r":
                word += byte
                byte = self.take(1)
        if byte == b"\r":
            self.take(1)
        return word, byte == b"\r"

    def command(self):
        words, is_last = [], False
        while not is_last:
            word, is_last = self.word()
            words.append(word)
        return words


class Mailbox(Listening):
    """A server of one mailbox. faults: {"LISTSCRIPTS", or "LISTSCRIPTS 2": what is said then and nothing done, or a function
    of the connection}; the number counts those of one connection, and "GREETING" is one."""

    def __init__(self, faults=None, greeting=GREETING, scripts=None, active=None):
        self.faults, self.greeting, self.scripts, self.active = faults or {}, greeting, dict(scripts or {}), active
        self.said, self.commands, self.n_connections, self.lock = b"", [], 0, threading.Lock()

    def serve(self, client):
        client.settimeout(20)
        self.n_connections += 1
        talk, counts = Talk(self, client), collections.Counter()
        with contextlib.suppress(OSError):
            if not self.misbehaves(talk, "GREETING"):
                talk.say(self.greeting)
            while "LOGOUT" not in counts:
                verb, *words = Words(talk).command()
                verb = verb.decode().upper()
                counts[verb] += 1
                self.commands.append(verb)
                if not self.misbehaves(talk, verb, f"{verb} {counts[verb]}"):
                    with self.lock:
                        answer = self.do(verb, words)
                    talk.say(answer)

    def misbehaves(self, talk, *steps):
        fault = next((self.faults[step] for step in steps if step in self.faults), None)
        if callable(fault):
            fault(talk)
        elif fault is not None:
            talk.say(fault)
        return fault is not None

    def do(self, verb, words):
        if verb == "LISTSCRIPTS":
            lines = (b'"%s"%s\r\n' % (name, b" ACTIVE" if name == self.active else b"") for name in self.scripts)
            return b"".join(lines) + b"OK\r\n"
        if verb == "GETSCRIPT":
            text = self.scripts.get(words[0])
            return b'NO (NONEXISTENT) "no such script"\r\n' if text is None else b"{%d}\r\n%s\r\nOK\r\n" % (len(text), text)
        if verb == "PUTSCRIPT":
            self.scripts[words[0]] = words[1]
        elif verb == "SETACTIVE":
            self.active = words[0] or None
        elif verb == "DELETESCRIPT":
            if words[0] == self.active:
                return b'NO (ACTIVE) "it runs"\r\n'
            self.scripts.pop(words[0], None)
        return b'OK "done"\r\n'
