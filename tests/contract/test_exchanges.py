#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That check_exchanges.py sees what is wrong: made-up records, one fault each.

Usage: test_exchanges.py DOCS-API-FOLDER
"""

import json
import os
import struct
import sys
import tempfile

try:
    from check_exchanges import Judge
except SystemExit:
    sys.exit(77)

from contract import FROM_SERVER, TO_SERVER, Contract

HOST = "Host: 127.0.0.1\r\nAuthorization: Bearer lfa_x\r\n"
JSON = "Content-Type: application/json\r\n"
NO_STORE = "Cache-Control: no-store\r\n"
UPGRADE = f"GET /api/v1/stream HTTP/1.1\r\n{HOST}\r\n"
UPGRADED = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: lampfield.v1\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def request(line, body=""):
    return f"{line} HTTP/1.1\r\n{HOST}{JSON if body else ''}Content-Length: {len(body)}\r\n\r\n{body}"


def answer(status, body="", headers=NO_STORE, kind="application/json"):
    kind = f"Content-Type: {kind}\r\n" if body else ""
    return f"HTTP/1.1 {status} Whatever\r\n{headers}{kind}Content-Length: {len(body)}\r\n\r\n{body}"


def problem(status, code, headers=NO_STORE):
    return answer(status, json.dumps({"status": status, "code": code}), headers, "application/problem+json")


def frame(side, text, first=0x81):
    data = text if isinstance(text, bytes) else text.encode()
    size = struct.pack(">B", len(data)) if len(data) < 126 else struct.pack(">BH", 126, len(data))
    if side == "<":
        size = bytes([size[0] | 0x80]) + size[1:] + b"\0\0\0\0"
    return side, bytes([first]) + size + data


def close(side, code):
    return frame(side, struct.pack(">H", code), 0x88)


PRIVACY = '{"blocked":[]}'
READ = "GET /api/v1/me/privacy"
WRITE = "PUT /api/v1/me/visibility"
HELLO = json.dumps({"t": "hello", "session": "s1", "server_time": "2026-03-02T09:00:00Z", "ping_s": 20, "window": 512,
                    "features": [], "resumed": False, "count": 0})
START = frame("<", '{"t":"start"}')
# The claim, what was said, and a word of the complaint; None: there is none.
EXCHANGES = (
    ("an answer as documented", request(READ), answer(200, PRIVACY), None),
    ("a refusal as documented", request(READ), problem(401, "unauthorized", NO_STORE + "WWW-Authenticate: Bearer\r\n"),
     None),
    ("a status that is not documented", request(READ), answer(202, PRIVACY), "202 is not documented"),
    ("an answer that may be kept", request(READ), answer(200, PRIVACY, ""), "Cache-Control"),
    ("a member too many", request(READ), answer(200, '{"blocked":[],"more":1}'), "more"),
    ("a member too few", request(READ), answer(200, "{}"), "blocked"),
    ("another kind of body", request(READ), answer(200, PRIVACY, kind="text/plain"), "text/plain"),
    ("a body where none is", request("GET /health/live"),
     answer(204, headers=NO_STORE + "Content-Type: text/plain\r\n"), "a body where none"),
    ("a header too few", request(READ), problem(503, "unavailable"), "retry-after is missing"),
    ("a header too many", request(READ), answer(200, PRIVACY, NO_STORE + 'ETag: "r1"\r\n'), "etag is not documented"),
    ("a code that belongs elsewhere", request(READ), problem(403, "not_found"), "not_found is not documented there"),
    ("a code that is none", request(READ), problem(403, "go_away"), "go_away"),
    ("a body that should have been refused", request(WRITE, '{"invisible":"yes"}'), answer(200, "{}"),
     "the body that was taken"),
    ("a parameter that should have been refused", request("GET /api/v1/users?q=x"), answer(200, '{"items":[]}'),
     "parameter q"),
    ("no parameter where one must be", request("GET /api/v1/users"), answer(200, '{"items":[]}'), "without q"),
    ("an answer without a token", request(READ).replace("Authorization", "X"), answer(200, PRIVACY), "without a token"),
    ("a length that is no number", request(READ).replace("Content-Length: 0", "Content-Length: 4\u00b3").encode("latin-1"),
     problem(400, "bad_request", NO_STORE + "Connection: close\r\n"), None),
    ("an answer to no request", "hello\r\n\r\n", answer(200, PRIVACY), "what is no request"),
)
STREAMS = (
    ("a stream as documented", (START, frame(">", HELLO), close("<", 1000), close(">", 1000)), None),
    ("a refusal", (START, frame("<", "{"), close(">", 1008)), None),
    ("a frame that is not documented", (frame(">", '{"t":"news"}'),), "a frame that is not documented"),
    ("a member of a frame that is not", (frame(">", '{"t":"lines","n":1}'),), "'n' was unexpected"),
    ("a frame of the other direction", (frame(">", '{"t":"bye"}'),), "a frame that is not documented"),
    ("a bad frame that was taken", (START, frame("<", '{"t":"ack"}'), frame(">", HELLO)), "the server went on after"),
    ("an unknown type that was taken", (START, frame("<", '{"t":"hello"}'), frame(">", HELLO)),
     "the server went on after"),
    ("a frame that is no JSON", (frame(">", "{"),), "no JSON"),
    ("a bad frame and a kind word", (START, frame("<", "{"), close(">", 1000)), "closed with 1000 after"),
    ("a close code that is not documented", (START, close(">", 4999)), "closed with 4999"),
    ("words behind the last one", (START, close(">", 4001), frame(">", HELLO)), "behind its close frame"),
)


def judge(contract, pieces):
    result = Judge(contract)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server-1-a")
        with open(path, "wb") as file:
            for side, data in pieces:
                data = data if isinstance(data, bytes) else data.encode()
                file.write(f"{side}{len(data):08x}".encode() + data)
        result.judge(path)
    return result


def main():
    contract = Contract(sys.argv[1])
    cases = [(claim, (("<", asked), (">", said)), word) for claim, asked, said, word in EXCHANGES]
    cases += [(claim, (("<", UPGRADE), (">", UPGRADED)) + frames, word) for claim, frames, word in STREAMS]
    # Pieces may end anywhere.
    claim, pieces, word = cases[len(EXCHANGES)]
    cases.append((claim + ", byte by byte", [(side, bytes([byte])) for side, data in pieces
                                             for byte in (data if isinstance(data, bytes) else data.encode())], word))
    failed = 0
    print(f"1..{len(cases) + 1}")
    for number, (claim, pieces, word) in enumerate(cases, 1):
        faults = list(judge(contract, pieces).faults)
        is_right = any(word in fault for fault in faults) if word else not faults
        failed += not is_right
        print(f"{'ok' if is_right else 'not ok'} {number} {claim}")
        if not is_right:
            print(f"# the complaints were {faults}")
    seen = judge(contract, cases[len(EXCHANGES)][1]).seen
    wanted = {("GET /api/v1/stream", 101), f"frame start, {TO_SERVER}", f"frame hello, {FROM_SERVER}",
              ("close code", 1000, "client"), ("close code", 1000, "server")}
    failed += seen != wanted
    print(f"{'ok' if seen == wanted else 'not ok'} {len(cases) + 1} what has occurred is counted")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
