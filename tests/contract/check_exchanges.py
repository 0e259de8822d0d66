#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what servers and clients said to each other in this test run against docs/api.

Usage: check_exchanges.py DOCS-API-FOLDER RECORDS

RECORDS is what tests/support/lf-record.c wrote. When tests/contract/tour.py ran, too, every documented
answer of every route, every problem code, every frame in either direction and every close code must
have occurred. What was judged without a complaint is removed. Without python3-yaml or
python3-jsonschema the exit status is 77: skipped.
"""

import json
import os
import sys
import urllib.parse

try:
    import jsonschema
    import yaml  # noqa: F401  # of contract.py
except ImportError as missing:
    print(f"skipped: python3-{missing.name} is not installed")
    sys.exit(77)

from contract import FROM_SERVER, TO_SERVER, Contract
from exchanges import CLOSE, PING, PONG, RECEIVED, SENT, TEXT, Connection, list_records, is_number

TOUR = "tour"  # the file that tells that tour.py has been everywhere
MAX_SHOWN = 40
# Headers that mean something to a client: they are documented where they occur.
TELLING = ("etag", "retry-after", "www-authenticate", "allow", "location", "sec-websocket-protocol")
REFUSALS = (1002, 1003, 1007, 1008, 1009)
# What is no HTTP request is answered by the library underneath, in its own words; 301: a target with spaces in it.
BELOW = (301, 400, 413, 414, 431, 505)
TEST_ROUTES = "/api/v1/test/"  # those that tests/server/test-http.c adds to its own server


class Judge:
    """Collects what is not as documented, and what has occurred."""

    def __init__(self, contract):
        self.contract = contract
        self.faults = {}
        self.seen = set()
        self.n_exchanges = 0
        self.n_frames = 0
        self._validators = {}

    def fault(self, where, words):
        self.faults.setdefault(words, where)

    def check(self, where, schema, home, value, is_closed):
        """The first thing in which @value is not as @schema says, or None."""
        key = (id(schema), is_closed)
        if key not in self._validators:
            self._validators[key] = jsonschema.Draft202012Validator(self.contract.flatten(schema, home, is_closed))
        error = next(self._validators[key].iter_errors(value), None)
        if error is None:
            return None
        place = "/".join(map(str, error.absolute_path))
        return f"{where}{' at ' + place if place else ''}: {error.message[:200]}"

    def judge(self, path):
        connection = Connection(path)
        where = os.path.basename(path)
        try:
            for request, response in connection.exchanges:
                self.n_exchanges += 1
                self.judge_exchange(where, request, response)
            self.judge_frames(where, connection.frames)
        except ValueError as error:
            self.fault(where, f"what was taken or sent is no JSON: {error}")

    # HTTP

    def judge_exchange(self, where, request, response):
        if request.method is None:
            if response.status < 400:
                self.fault(where, f"what is no request was answered with {response.status}: {request.body[:100]!r}")
            return
        if response.status in BELOW and "cache-control" not in response.headers:
            return
        if request.target.startswith(TEST_ROUTES):
            return
        operation = self.contract.match(request.method, request.target)
        name = operation.name if operation else f"{request.method} {request.target.split('?')[0]}"
        documented = self.contract.get_response(operation, response.status)
        if documented is None:
            self.fault(where, f"{name}: {response.status} is not documented; the answer was {response.body[:200]!r}")
            return
        if operation and request.method == operation.method and str(response.status) in operation.responses:
            self.seen.add((name, response.status))
        if str(response.status) in self.contract.openapi["x-any-request"]:
            self.seen.add(("any request", response.status))
        self.judge_headers(where, f"{name}: {response.status}", documented, response)
        self.judge_answer(where, f"{name}: {response.status}", documented, request, response)
        if operation and response.status < 400:
            self.judge_accepted(where, operation, request)

    def judge_headers(self, where, name, documented, response):
        if response.status != 101 and response.get("cache-control") != "no-store":
            self.fault(where, f"{name}: Cache-Control is {response.get('cache-control')}")
        headers = {key.lower(): value for key, value in documented.get("headers", {}).items()}
        for key, node in headers.items():
            node, home = self.contract.resolve(node, "openapi.yaml")
            value = response.get(key)
            if value is None:
                if node.get("required"):
                    self.fault(where, f"{name}: header {key} is missing")
                continue
            if node["schema"].get("type") == "integer" and is_number(value):
                value = int(value)
            error = self.check(f"{name}: header {key}", node["schema"], home, value, False)
            if error:
                self.fault(where, error)
        for key in TELLING:
            if key in response.headers and key not in headers:
                self.fault(where, f"{name}: header {key} is not documented")

    def judge_answer(self, where, name, documented, request, response):
        content = documented.get("content", {})
        kind = response.get("content-type")
        if not content:
            if response.body or kind is not None:
                self.fault(where, f"{name}: a body where none is documented: {response.body[:100]!r}")
            return
        kind = kind and kind.split(";")[0]
        if kind not in content:
            self.fault(where, f"{name}: the body is {kind}, documented is {', '.join(content)}")
            return
        if request.method == "HEAD" or not kind.endswith("json"):
            return
        body = json.loads(response.body)
        error = self.check(name, content[kind]["schema"], "openapi.yaml", body, True)
        if error:
            self.fault(where, error)
        elif kind == "application/problem+json":
            self.seen.add(("problem code", body["code"]))
            if body["code"] not in documented["x-codes"] or body["status"] != response.status:
                self.fault(where, f"{name}: {body['code']} is not documented there")

    def judge_accepted(self, where, operation, request):
        """What the server took must be what the documents allow."""
        schema = self.contract.get_body_schema(operation)
        if schema is not None:
            error = self.check(f"{operation.name}: the body that was taken", schema, "openapi.yaml",
                               without_nulls(json.loads(request.body)), False)
            if error:
                self.fault(where, error)
        if operation.node.get("security", True) != [] and "authorization" not in request.headers:
            self.fault(where, f"{operation.name}: it was answered without a token")
        query = read_query(request.target)
        for parameter in operation.node.get("parameters", []):
            value = {"query": query.get(parameter["name"]), "header": request.get(parameter["name"].lower()),
                     "path": None}[parameter["in"]]
            if value is None:
                if parameter["in"] == "query" and parameter.get("required"):
                    self.fault(where, f"{operation.name}: it was answered without {parameter['name']}")
                continue
            if parameter["schema"].get("type") == "integer" and is_number(value.lstrip("-")):
                value = int(value)
            error = self.check(f"{operation.name}: parameter {parameter['name']}", parameter["schema"],
                               "openapi.yaml", value, False)
            if error:
                self.fault(where, error)

    # The stream

    def judge_frames(self, where, frames):
        refused = None  # what a client sent and the server must not take
        is_closed = False
        for frame in frames:
            self.n_frames += 1
            if is_closed:
                self.judge_behind_close(where, frame)
            elif frame.direction == RECEIVED:
                refused = refused or self.judge_received(frame)
            else:
                is_closed = frame.kind == CLOSE
                self.judge_sent(where, frame)
        last = frames[-1] if frames else None
        if refused and not is_closed and last.direction == SENT:
            self.fault(where, f"the server went on after {refused}")
        if refused and is_closed:
            code = next(frame.close_code for frame in frames if frame.direction == SENT and frame.kind == CLOSE)
            if code not in REFUSALS + (4001, 4003, 4006, 4008, 4009):
                self.fault(where, f"the stream was closed with {code} after {refused}")

    def judge_behind_close(self, where, frame):
        if frame.direction == SENT:
            self.fault(where, "the server sent something behind its close frame")
        elif frame.kind == CLOSE:
            self.see_close("client", frame)

    def see_close(self, who, frame):
        self.seen.add(("close code", frame.close_code, who))

    def judge_received(self, frame):
        """Words for what the server must refuse, or None."""
        if frame.kind == CLOSE:
            self.see_close("client", frame)
            return None if len(frame.data) != 1 else "half a close code"
        if frame.kind in (PING, PONG):
            return None
        if frame.kind != TEXT:
            return "what is no text message"
        try:
            body = json.loads(frame.data.decode())
            name = body["t"]
            documented = self.contract.frames[TO_SERVER][name]
        except (ValueError, LookupError, TypeError):
            return f"what is no frame: {frame.data[:100]!r}"
        error = self.check(documented.label, documented.node["payload"], "asyncapi.yaml", without_nulls(body), False)
        if error is None:
            self.seen.add(documented.label)
        return error

    def judge_sent(self, where, frame):
        if frame.kind == CLOSE:
            entry = self.contract.closes.get(frame.close_code)
            if entry is None or "server" not in entry["by"]:
                self.fault(where, f"the server closed with {frame.close_code}, which is not documented")
            self.see_close("server", frame)
            return
        if frame.kind == PONG:
            return
        body = json.loads(frame.data) if frame.kind == TEXT else {}
        documented = self.contract.frames[FROM_SERVER].get(body.get("t"))
        if documented is None:
            self.fault(where, f"the server sent a frame that is not documented: {frame.data[:100]!r}")
            return
        self.seen.add(documented.label)
        if documented.name == "error":
            self.seen.add(("code of an error frame", body.get("code")))
        error = self.check(documented.label, documented.node["payload"], "asyncapi.yaml", body, True)
        if error:
            self.fault(where, error)


def without_nulls(value):
    """A member that is null means what an absent one does."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def read_query(target):
    return dict(urllib.parse.parse_qsl(target.partition("?")[2], keep_blank_values=True))


# What is documented and cannot be provoked, each with the reason; see list_wanted() for the names.
UNPROVOKED = {
    ("close code", 4002, "server"): "an expired token is refused before the upgrade, with 401",
    ("close code", 4004, "server"): "an unknown version is refused before the upgrade, with 426",
}


def list_wanted(contract):
    """Everything that must occur."""
    wanted = {(operation.name, int(status)) for operation in contract.operations for status in operation.responses}
    wanted |= {("any request", int(status)) for status in contract.openapi["x-any-request"]}
    wanted |= {("problem code", code) for code in contract.list_codes()}
    wanted |= {("code of an error frame", code) for code in contract.list_error_codes()}
    wanted |= {frame.label for frames in contract.frames.values() for frame in frames.values()}
    wanted |= {("close code", code, who) for code, entry in contract.closes.items() for who in entry["by"]}
    return wanted


def tell(number, claim, problems):
    print(f"{'not ok' if problems else 'ok'} {number} {claim}")
    for words in problems[:MAX_SHOWN]:
        print(f"# {words}")
    if len(problems) > MAX_SHOWN:
        print(f"# and {len(problems) - MAX_SHOWN} more")


def main():
    contract = Contract(sys.argv[1])
    folder = sys.argv[2]
    records = list_records(folder)
    has_tour = os.path.exists(os.path.join(folder, TOUR))
    if not os.path.isdir(folder):
        print("ok 1 exchanges # SKIP they are not recorded: build-aux/test makes the folder for it")
        return 77
    if not records:
        tell(1, "exchanges are as documented", [f"nothing was recorded in {folder}"])
        return 1
    judge = Judge(contract)
    for path in records:
        judge.judge(path)
    faults = [f"{words} ({where})" for words, where in judge.faults.items()]
    print(f"1..{2 if has_tour else 1}")
    said = f"{judge.n_exchanges} exchanges and {judge.n_frames} frames on {len(records)} connections"
    tell(1, f"{said} are as documented", faults)
    lacking = []
    if has_tour:
        wanted = list_wanted(contract)
        unknown = sorted(set(UNPROVOKED) - wanted, key=str)
        wanted -= set(UNPROVOKED)
        lacking = [f"{' '.join(map(str, what)) if isinstance(what, tuple) else what} never occurred"
                   for what in sorted(wanted - judge.seen, key=str)]
        lacking += [f"{what} stands in UNPROVOKED and occurred"
                    for what in sorted(set(UNPROVOKED) & judge.seen, key=str)]
        lacking += [f"{what} stands in UNPROVOKED and not in the documents" for what in unknown]
        tell(2, f"all {len(wanted)} answers, codes, frames and close codes that are documented occurred", lacking)
    if faults or lacking:
        return 1
    for path in records:
        os.remove(path)
    if has_tour:
        os.remove(os.path.join(folder, TOUR))
    return 0


if __name__ == "__main__":
    sys.exit(main())
