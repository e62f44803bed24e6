# SPDX-License-Identifier: LGPL-2.1-or-later
"""An SMTP server that takes every message and only remembers it."""

import dataclasses
import re
import socket
import socketserver
import threading


@dataclasses.dataclass
class Envelope:
    """sender is "" for the null sender; data has lines ended by LF, without the dots of the transfer."""
    sender: str
    recipients: list
    data: bytes


class Session(socketserver.StreamRequestHandler):
    timeout = 60
    disable_nagle_algorithm = True

    def say(self, *lines):
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def hurry(self):
        """Cyrus writes in small pieces, each of which waits for the last one's acknowledgement."""
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def read_data(self):
        lines = []
        for line in self.rfile:
            self.hurry()
            if line in (b".\r\n", b".\n"):
                return b"".join(lines)
            lines.append((line[1:] if line.startswith(b".") else line).replace(b"\r\n", b"\n"))
        return None

    def refuses(self, recipient):
        return any(re.fullmatch(pattern, recipient) for pattern in self.server.sink.refused)

    def handle(self):
        sender, recipients = None, []
        self.say("220 sink.example ESMTP")
        for line in self.rfile:
            verb = line.decode(errors="backslashreplace").strip()
            word = verb.split(" ")[0].upper()
            path = re.search(r"<(.*)>", verb)
            if word == "EHLO":
                self.say("250-sink.example", "250 8BITMIME")
            elif word == "MAIL":
                sender, recipients = path[1], []
                self.say("250 ok")
            elif word == "RCPT" and self.refuses(path[1]):
                self.say("550 no such user")
            elif word == "RCPT":
                recipients.append(path[1])
                self.say("250 ok")
            elif word == "DATA":
                self.hurry()
                self.say("354 go on")
                data = self.read_data()
                if data is None:
                    return
                self.server.sink.envelopes.append(Envelope(sender, recipients, data))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Sink:
    """Listens on port while it is a context. refused: regular expressions of recipients that it does not take."""

    def __init__(self):
        self.envelopes = []
        self.refused = []

    def __enter__(self):
        self.listener = Listener(("127.0.0.1", 0), Session)
        self.listener.sink = self
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown()
        self.listener.server_close()
        self.thread.join()

    def take(self):
        """What has come since the last time, in order."""
        envelopes, self.envelopes = self.envelopes, []
        return envelopes
