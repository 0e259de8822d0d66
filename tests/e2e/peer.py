# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people and connectors, as end-to-end tests need them: REST and the stream, nothing else.

An own small WebSocket client (RFC 6455 sections 4 and 5), so that nothing of Lampfield stands at
both ends of what is tested.
"""

import base64
import json
import os
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

DEADLINE_S = 20.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class PeerError(Exception):
    """The server said no; status and problem+json are in the text."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


def now_text(offset_s=0.0):
    """An instant as the API writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


class Api:
    """REST with one bearer token."""

    def __init__(self, address, token=None):
        self.address = address
        self.token = token

    def call(self, method, path, body=None, headers=()):
        request = urllib.request.Request(f"{self.address}/api/v1{path}", method=method, headers=dict(headers))
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, data, timeout=DEADLINE_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise PeerError(error.code, error.read().decode(errors="replace")) from None
        return json.loads(text) if text else None

    def make_call(self, address, **members):
        """Asks for a call by the person's own telephone: it, as the server has it."""
        return self.call("POST", "/calls", {"address": address, **members}, {"Idempotency-Key": str(uuid.uuid4())})

    def set_line(self, line, state):
        self.call("PUT", f"/lines/{line}", {"state": state, "since": now_text()})


class Stream:
    """The WebSocket of one token: answers pings, acknowledges, keeps the frames that came."""

    def __init__(self, address, token):
        parts = urllib.parse.urlsplit(address)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S)
        self.frames = []
        self.changed = threading.Condition()
        self.is_open = True
        self._count = 0
        self._buffer = b""
        self._upgrade(parts.netloc, token)
        self.send({"t": "start"})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _upgrade(self, host, token):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /api/v1/stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: lampfield.v1\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode())
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._receive()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise PeerError(0, head.decode(errors="replace"))
        self.socket.settimeout(None)

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError
        return piece

    def _take(self, size):
        while len(self._buffer) < size:
            self._buffer += self._receive()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _read_frame(self):
        first, second = self._take(2)
        size = second & 127
        if size == 126:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._take(8))[0]
        return first & 15, self._take(size)

    def _read(self):
        try:
            while True:
                kind, data = self._read_frame()
                if kind == CLOSE:
                    break
                if kind == PING:
                    self._write(PONG, data)
                elif kind == TEXT:
                    self._on_frame(json.loads(data))
        except (OSError, EOFError):
            pass
        with self.changed:
            self.is_open = False
            self.changed.notify_all()

    def _on_frame(self, frame):
        if frame["t"] == "ping":
            self.send({"t": "pong", "n": frame["n"]})
            return
        if frame["t"] not in ("hello", "pong", "error"):
            self._count += 1
            self.send({"t": "ack", "count": self._count})
        with self.changed:
            self.frames.append(frame)
            self.changed.notify_all()

    def _write(self, kind, data):
        mask = os.urandom(4)
        size = len(data)
        head = bytes([0x80 | kind])
        head += bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def send(self, frame):
        self._write(TEXT, json.dumps(frame).encode())

    def wait_for(self, accept, deadline_s=DEADLINE_S):
        """The first frame, past or to come, that @accept takes."""
        end = time.monotonic() + deadline_s
        seen = 0
        with self.changed:
            while True:
                for frame in self.frames[seen:]:
                    if accept(frame):
                        return frame
                seen = len(self.frames)
                if not self.is_open:
                    raise AssertionError("the stream was closed")
                if not self.changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"no such frame within {deadline_s:.0f} s; there were "
                                         f"{[frame['t'] for frame in self.frames]}")

    def forget(self):
        """What came so far is no longer waited for."""
        with self.changed:
            self.frames.clear()

    def close(self):
        try:
            self.send({"t": "bye", "reason": "test ends"})
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Peer(Api):
    """A colleague with a session: REST at once, the stream when asked for."""

    def __init__(self, address, login, password):
        super().__init__(address)
        tokens = self.call("POST", "/auth/login", {"user": login, "password": password, "device": "e2e"})
        self.id = tokens["user"]
        self.token = tokens["access_token"]
        self.stream = None

    def connect(self, state="online"):
        self.stream = Stream(self.address, self.token)
        self.stream.wait_for(lambda frame: frame["t"] == "snapshot" and frame["last"])
        self.reach(state)

    def reach(self, state):
        self.stream.send({"t": "reach", "state": state, "since": now_text()})

    def disconnect(self):
        self.stream.close()
        self.stream = None

    def find(self, login):
        """The user id of @login, from the directory."""
        page = self.call("GET", f"/users?q={urllib.parse.quote(login)}")
        return next(person["id"] for person in page["items"] if person["login"] == login)

    def read_busy(self, user, n_days=14):
        """What the server tells this person of a calendar: the days from today on."""
        start, end = (time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + days * 86400)) for days in (0, n_days))
        return self.call("GET", f"/busy?users={user}&from={start}&to={end}")["items"][0]

    def read_periods(self, user):
        """The same as words that can be compared."""
        return [f"{period['start'][:16]} {period['end'][:16]} {period['type']}" for period in self.read_busy(user)["periods"]]

    def conversation_with(self, user):
        return self.call("POST", "/conversations", {"members": [user]})["id"]

    def write(self, conversation, body):
        return self.call("PUT", f"/conversations/{conversation}/messages/{uuid.uuid4()}", {"body": body})
