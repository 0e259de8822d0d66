# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of a server in production stand on: lampfield-server under a configuration file of
its own, people in it, and sockets that say exactly what a test wants to say.
"""

import os
import socket
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import peer  # noqa: E402,F401  # tests take it from here
from lfdesktop import Session, Skip, main, wait_until  # noqa: E402,F401

SOURCE = os.environ["LF_SOURCE"]
SERVER = os.environ["LF_SERVER_PROGRAM"]
PASSWORD = "correct horse battery"
DEADLINE_S = 30.0
SAN_OPTIONS = {"ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1"}


def read_file(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


class Server:
    """lampfield-server with the settings given as {group: {key: value}}."""

    def __init__(self, session, settings=None, program=SERVER, name="server"):
        self.session = session
        self.program = program
        self.name = name
        self.data = session.path(name + "-data")
        self.config = session.path(name + ".conf")
        groups = {"server": {"listen": "127.0.0.1:0", "data": self.data}}
        for group, keys in (settings or {}).items():
            groups.setdefault(group, {}).update(keys)
        with open(self.config, "w", encoding="utf-8") as file:
            for group, keys in groups.items():
                file.write(f"[{group}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()))
        self.process = None
        self.env = {**SAN_OPTIONS, **session.env}

    def start(self):
        self.process = self.session.spawn([self.program, "--config", self.config], name=self.name, env=self.env)
        wait_until(lambda: os.path.exists(os.path.join(self.data, "address")) or self.process.poll() is not None,
                   "the server to listen")
        assert self.process.poll() is None, self.log
        return self

    def stop(self):
        self.process.terminate()
        code = self.process.wait(DEADLINE_S)
        assert code == 0, f"exit code {code}: {self.log}"

    @property
    def log(self):
        return self.session.read_log(self.name)

    @property
    def address(self):
        return read_file(self.data, "address").strip()

    @property
    def metrics_address(self):
        return read_file(self.data, "metrics-address").strip()

    def administrate(self, *words, given=None):
        done = subprocess.run([self.program, *words, "--config", self.config], env=self.env, input=given,
                              capture_output=True, text=True, check=False, timeout=DEADLINE_S * 2)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def add_people(self, *logins):
        for login in logins:
            self.administrate("user", "add", login, "--name", login.capitalize(), "--password-stdin",
                              given=PASSWORD + "\n")


class Raw:
    """One connection, bytes in and bytes out; @address is a URL or "unix:PATH"."""

    def __init__(self, address, source=None):
        if address.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(address.removeprefix("unix:"))
        else:
            parts = urllib.parse.urlsplit(address)
            self.socket = socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S,
                                                   source_address=(source, 0) if source else None)
        self.socket.settimeout(DEADLINE_S)

    def send(self, text):
        self.socket.sendall(text.encode())

    def read_to_end(self):
        """All that comes until the other end closes."""
        pieces = []
        while True:
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                return b"".join(pieces).decode("utf-8", "replace")
            pieces.append(piece)

    def close(self):
        self.socket.close()


def ask(address, method, path, headers=(), body=None, wrap=None, source=None):
    """One request on a connection of its own: (status, head, body). @wrap makes TLS of the socket."""
    raw = Raw(address, source)
    try:
        if wrap:
            raw.socket = wrap(raw.socket)
        lines = [f"{method} {path} HTTP/1.1", "Host: lampfield.example", "Connection: close", *headers]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
        raw.send("\r\n".join(lines) + "\r\n\r\n" + (body or ""))
        head, _, rest = raw.read_to_end().partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 "), f"no answer to {method} {path}: {head!r}"
        return int(head.split()[1]), head, rest
    finally:
        raw.close()
