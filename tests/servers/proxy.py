# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stands between Tamis and a server when the network is bad: a proxy that cuts, delays, splits; and a
ManageSieve server that answers whatever a test says."""

import contextlib
import re
import socket
import socketserver
import ssl
import threading
import time

CAPABILITIES = b'"IMPLEMENTATION" "Test"\r\n"SIEVE" "fileinto mailbox"\r\n"SASL" "PLAIN LOGIN"\r\n"VERSION" "1.0"\r\n'
GREETING = CAPABILITIES + b'OK "ready"\r\n'
GREETING_TLS = CAPABILITIES + b'"STARTTLS"\r\nOK "ready"\r\n'


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A connection that breaks is what these servers are for."""


class Listening:
    """A server of one Python function while it is a context; port says where."""

    def __enter__(self):
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                outer.serve(self.request)

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown()
        self.listener.server_close()

    def serve(self, client):
        raise NotImplementedError


class Scripted(Listening):
    """Says what it is told: talk(connection, number) for each connection, the first is number 1. What the client
    sends is in said."""

    def __init__(self, talk):
        self.talk, self.said, self.n_connections, self.lock = talk, b"", 0, threading.Lock()

    def serve(self, client):
        with self.lock:
            self.n_connections += 1
            number = self.n_connections
        client.settimeout(20)
        with contextlib.suppress(OSError):
            self.talk(Talk(self, client), number)


class Talk:
    """One connection of a Scripted server."""

    def __init__(self, server, client):
        self.server, self.client, self.pending = server, client, b""

    def say(self, data):
        self.client.sendall(data)

    def line(self):
        """The next line, without its end; literals' bytes are lines too."""
        while b"\r\n" not in self.pending:
            data = self.client.recv(65536)
            if not data:
                raise ConnectionError("closed")
            self.server.said += data
            self.pending += data
        line, _, self.pending = self.pending.partition(b"\r\n")
        return line

    def wait(self):
        """Until the client goes."""
        with contextlib.suppress(OSError):
            while self.client.recv(65536):
                pass

    def tls(self, certificate, key, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if version:
            context.minimum_version = context.maximum_version = version
        context.load_cert_chain(certificate, key)
        self.client = context.wrap_socket(self.client, server_side=True)
        self.pending = b""


class Proxy(Listening):
    """Passes everything on to a port, as it comes; a subclass spoils it.

    Without TLS (without_tls) it hides that the server has it, and so sees what is said."""

    def __init__(self, port, without_tls=False):
        self.target, self.without_tls = port, without_tls
        self.lock, self.n_connections, self.commands = threading.Lock(), 0, []

    def to_server(self, data, number):
        """What goes on of what the client sends; None cuts both ways, (data,) does once that has gone on."""
        return data

    def to_client(self, data, number):
        return data

    def serve(self, client):
        with self.lock:
            self.n_connections += 1
            number = self.n_connections
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=20)
        except OSError:
            return
        back = threading.Thread(target=self.pump, args=(server, client, self.answer, number), daemon=True)
        back.start()
        self.pump(client, server, self.command, number)
        back.join(5)
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.close()

    def command(self, data, number):
        with self.lock:
            self.commands += [word.decode() for word in re.findall(rb"(?:\A|(?<=\r\n))[A-Z]{4,}(?=[ \r])", data)]
        return self.to_server(data, number)

    def answer(self, data, number):
        if self.without_tls:
            data = data.replace(b'"STARTTLS"\r\n', b"")
        return self.to_client(data, number)

    @staticmethod
    def pump(source, sink, change, number):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                data = change(data, number)
                is_cut = data is None or isinstance(data, tuple)
                if data:
                    sink.sendall(data[0] if is_cut else data)
                if is_cut:
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Cutting(Proxy):
    """Cuts the connection at a command, before the server sees it or before the client has its answer, for ever
    after or n times."""

    def __init__(self, port, command, after, n_times=None):
        super().__init__(port, without_tls=True)
        self.cut_at, self.after, self.left = command.encode(), after, n_times
        self.waiting = set()

    def is_cut(self):
        if self.left is None:
            return True
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def to_server(self, data, number):
        found = re.search(rb"(?:\A|(?<=\r\n))" + self.cut_at, data)
        if found and self.is_cut():
            if not self.after:
                return (data[:found.start()],) if found.start() else None
            self.waiting.add(number)
        return data

    def to_client(self, data, number):
        return None if number in self.waiting else data


class Slow(Proxy):
    """One byte after the other."""

    def to_client(self, data, number):
        return data

    @staticmethod
    def pump(source, sink, change, number):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                for byte in change(data, number):
                    sink.sendall(bytes([byte]))
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def drip(talk, data, seconds):
    """Says it a byte at a time, for ever if there is always another."""
    for byte in data:
        talk.say(bytes([byte]))
        time.sleep(seconds)
