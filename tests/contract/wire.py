# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and the stream as a client that does whatever a test wants, right or wrong. Every wait has a deadline."""

import json
import os
import socket
import struct
import time
import uuid

DEADLINE_S = 60.0
TEXT, BINARY, CLOSE, FINAL = 1, 2, 8, 0x80


class Reply:
    """@headers have names in lower case; @body is decoded JSON, or None."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def code(self):
        return (self.body or {}).get("code")

    def __repr__(self):
        return f"{self.status} {self.body}"


class Wire:
    """One connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        self.buffer = b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what the server said before it closed is there to be read

    def _take(self, size):
        while len(self.buffer) < size:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError("the server closed the connection")
            self.buffer += piece
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    # HTTP

    def ask(self, method, target, token=None, body=None, headers=()):
        """Sends a request. @body: what JSON makes of it, or bytes."""
        lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        data = b""
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines.append(f"Content-Length: {len(data)}")
            if not any(name.lower() == "content-type" for name, _value in headers):
                lines.append("Content-Type: application/json")
        if method == "POST" and target.endswith("/calls") and "/lines/" not in target and not headers:
            lines.append(f"Idempotency-Key: {uuid.uuid4()}")  # no call is the one before
        lines += [f"{name}: {value}" for name, value in headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)

    def read(self, is_head=False, is_json=True):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._take(1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip()
                   for name, _, value in (line.partition(":") for line in lines[1:]) if name}
        bare = is_head or status in (101, 204, 304)
        text = b"" if bare else self._take(int(headers.get("content-length", "0")))
        return Reply(status, headers, json.loads(text) if text and is_json else None)

    def call(self, *what, **options):
        self.ask(*what, **options)
        return self.read()

    # The stream

    def upgrade(self, token):
        self.ask("GET", "/api/v1/stream", token, headers=(
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Protocol", "lampfield.v1")))
        return self.read()

    def frame(self, first, data):
        """One masked frame; @first is its first byte."""
        mask = os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack(">BB", first, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack(">BBQ", first, 0x80 | 127, size)
        self.send(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def say(self, kind, /, **members):
        self.frame(FINAL | TEXT, json.dumps({"t": kind, **members}).encode())

    def _read_frame(self):
        first, second = self._take(2)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
        return first & 15, self._take(size)

    def hear(self, kind, /, **members):
        """The next frame of that type with these members; others are skipped."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            opcode, data = self._read_frame()
            assert opcode != CLOSE, f"closed with {int.from_bytes(data[:2], 'big')} where {kind} was awaited"
            frame = json.loads(data) if opcode == TEXT else {}
            if frame.get("t") == kind and all(frame.get(name) == value for name, value in members.items()):
                return frame
        raise AssertionError(f"{kind} did not come within {DEADLINE_S:.0f} s")

    def hear_close(self, code):
        """Reads to the server's close frame, which must carry @code, and answers it."""
        while True:
            opcode, data = self._read_frame()
            if opcode == CLOSE:
                break
        given = int.from_bytes(data[:2], "big")
        assert given == code, f"closed with {given}, not {code}: {data[2:]!r}"
        self.frame(FINAL | CLOSE, data[:2])
        self.close()

    def hang_up(self):
        """The client's own close, and the server's answer."""
        self.frame(FINAL | CLOSE, struct.pack(">H", 1000))
        while self._read_frame()[0] != CLOSE:
            pass
        self.close()
