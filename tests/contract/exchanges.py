# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/support/lf-record.c has recorded, taken apart: HTTP exchanges, then frames of a WebSocket."""

import os
import re

RECEIVED, SENT = "<", ">"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_PIECE_HEAD = 9


class Request:
    """The head and body of a request, as far as they came; @method is None for what is none."""

    def __init__(self, data):
        data = data.lstrip(b"\r\n")
        end = _HEAD_END.search(data)
        self.is_whole = end is not None
        lines = re.split(rb"\r?\n", data[:end.start()] if end else data)
        words = lines[0].decode("latin-1").split(" ")
        is_line = len(words) == 3 and words[2].startswith("HTTP/1") and (self.is_whole or len(lines) > 1)
        self.method, self.target = (words[0], words[1]) if is_line else (None, None)
        self.headers = _read_headers(lines[1:])
        self.body = data[end.end():] if end else b""
        self.size = len(data)

    def has_two_readings(self):
        """Where it ends cannot be told: the server must close behind it."""
        return "transfer-encoding" in self.headers or len(self.headers.get("content-length", [])) > 1 or \
            not is_number(self.get("content-length", "0"))

    def get(self, name, fallback=None):
        return self.headers.get(name, [fallback])[0]


def is_number(text):
    """Digits alone, of ASCII: isdigit() takes "4\u00b3", too."""
    return text.isascii() and text.isdigit()


class Response:
    """An answer, whole."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def get(self, name, fallback=None):
        return self.headers.get(name, [fallback])[0]


class Frame:
    """One WebSocket message or control frame; @direction says who sent it."""

    def __init__(self, direction, kind, data):
        self.direction = direction
        self.kind = kind
        self.data = data

    @property
    def close_code(self):
        return int.from_bytes(self.data[:2], "big") if len(self.data) >= 2 else 1005


class Connection:
    """@exchanges: (Request, Response) in their order; @frames: what followed an upgrade, in the order in
    which the server saw and sent it."""

    def __init__(self, path):
        self.path = path
        self.exchanges = []
        self.frames = []
        pieces = _read_pieces(path)
        sides = {side: b"".join(data for direction, data in pieces if direction == side) for side in (RECEIVED, SENT)}
        upgraded = self._read_http(sides[RECEIVED], sides[SENT])
        if upgraded:
            self._read_frames(pieces, upgraded)

    def _read_http(self, received, sent):
        """Returns where the frames begin on both sides, or None."""
        begin = at = 0
        while at < len(sent):
            response, at = _read_response(sent, at, received, begin)
            if response is None:
                return None
            request, begin = _read_request(received, begin)
            self.exchanges.append((request, response))
            if response.status == 101:
                return {RECEIVED: begin, SENT: at}
            if request.method is None or request.has_two_readings():
                return None
        return None

    def _read_frames(self, pieces, skip):
        readers = {side: _FrameReader(side) for side in skip}
        for direction, data in pieces:
            behind = data[skip[direction]:]
            skip[direction] = max(0, skip[direction] - len(data))
            self.frames += readers[direction].feed(behind)


class _FrameReader:
    """RFC 6455 section 5.2, in one direction. What is malformed ends it: nothing behind it can be told apart."""

    def __init__(self, direction):
        self.direction = direction
        self.buffer = b""
        self.message = b""
        self.kind = None
        self.is_broken = False

    def feed(self, data):
        self.buffer += data
        found = []
        while not self.is_broken:
            frame = self._take()
            if frame is None:
                break
            found += self._assemble(*frame)
        return found

    def _take(self):
        if len(self.buffer) < 2:
            return None
        first, second = self.buffer[0], self.buffer[1]
        size, at = second & 127, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(self.buffer[2:2 + width], "big"), 2 + width
            if len(self.buffer) < at:
                return None
        is_masked = bool(second & 128)
        mask = self.buffer[at:at + 4] if is_masked else b""
        at += len(mask)
        if is_masked != (self.direction == RECEIVED) or first & 0x70:
            self.is_broken = True
            return 0, 0x0f, b""
        if len(self.buffer) < at + size or (is_masked and len(mask) < 4):
            return None
        data = self.buffer[at:at + size]
        self.buffer = self.buffer[at + size:]
        if is_masked:
            pad = (mask * (size // 4 + 1))[:size]
            data = (int.from_bytes(data, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")
        return first & 0x80, first & 0x0f, data

    def _assemble(self, is_final, kind, data):
        if kind >= CLOSE or self.is_broken:
            return [Frame(self.direction, kind, data)]
        if kind:
            self.kind, self.message = kind, b""
        self.message += data
        return [Frame(self.direction, self.kind, self.message)] if is_final else []


def _read_pieces(path):
    with open(path, "rb") as file:
        data = file.read()
    pieces, at = [], 0
    while at + _PIECE_HEAD <= len(data):
        size = int(data[at + 1:at + _PIECE_HEAD], 16)
        pieces.append((chr(data[at]), data[at + _PIECE_HEAD:at + _PIECE_HEAD + size]))
        at += _PIECE_HEAD + size
    return pieces


def _read_headers(lines):
    headers = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), []).append(value.strip())
    return headers


def _read_request(received, begin):
    """The request that starts there, and where the next one does."""
    request = Request(received[begin:])
    length = request.get("content-length", "0")
    n_bytes = int(length) if is_number(length) else 0
    head = request.size - len(request.body)
    skipped = len(received) - begin - request.size
    request.is_whole = request.is_whole and len(request.body) >= n_bytes
    request.body = request.body[:n_bytes]
    return request, begin + skipped + head + len(request.body)


def _read_response(sent, at, received, begin):
    """The answer that starts there and where it ends; None for one that is not whole. 100 is skipped."""
    while True:
        end = sent.find(b"\r\n\r\n", at)
        if end < 0:
            return None, at
        lines = sent[at:end].split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        headers = _read_headers(lines[1:])
        at = end + 4
        if status != 100:
            break
    is_bare = status in (101, 204, 304) or received[begin:].lstrip(b"\r\n").startswith(b"HEAD ")
    size = 0 if is_bare else int(headers.get("content-length", ["0"])[0])
    if len(sent) < at + size:
        return None, at
    return Response(status, headers, sent[at:at + size]), at + size


def list_records(folder):
    """The files of connections in a folder: PROGRAM-PID-COOKIE."""
    if not os.path.isdir(folder):
        return []
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if re.search(r"-\d+-[0-9a-f]+$", name))
