#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes everywhere that docs/api names, on the real server.

Usage: tour.py DOCS-API-FOLDER FULL-DISK-LIBRARY

What is said is recorded outside of it, and judged by check_exchanges.py, which also wants every
documented answer, code, frame and close code to have occurred: whoever documents one adds the place
where it occurs here, or in another test on the real server.
"""

import os
import signal
import sys
import time
import traceback
import uuid

try:
    import yaml  # noqa: F401  # of contract.py
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

from contract import Contract
from office import API, Office, busy_report, call_reports, get_full_target, instant, list_requests, wait_until
from wire import BINARY, CLOSE, DEADLINE_S, FINAL, TEXT

MAX_GROUPS = 128
MAX_SOURCES = 8
NO_MEMBER = "/conversations/c-none"


def each(contract, office, needs=None):
    """(operation, target, token, body) for every operation, or those that document the status @needs."""
    requests = list_requests(office)
    for operation in contract.operations:
        name = operation.node["operationId"]
        assert name in requests, f"{operation.name}: list_requests() in office.py has no request for {name}"
        target, who, body = requests[name]
        if needs is None or str(needs) in operation.responses:
            yield operation, get_full_target(target), office.token(who), body


def expect(reply, status, where):
    assert reply.status == status, f"{where} gave {reply}, not {status}"
    return reply


# REST as it should be

def sign_in(_contract, office):
    for login in ("mara", "jonas", "priya", "tomasz"):
        office.log_in(login)
    second = office.log_in("mara")
    renewed = office.call("POST", "/auth/refresh", body={"refresh_token": second["refresh_token"]}, status=200).body
    office.sessions["mara"] = renewed
    ids = [item["id"] for item in office.call("GET", "/sessions", "mara", status=200).body["items"]]
    for session in ids:
        if session != renewed["session"]:
            office.call("DELETE", f"/sessions/{session}", "mara", status=204)
    office.call("DELETE", "/sessions/s-none", "mara", status=404)
    office.call("POST", "/auth/refresh", body={"refresh_token": "lfr_unknown"}, status=401)
    office.call("POST", "/auth/login", body={"user": "mara", "password": "wrong"}, status=401)
    office.call("POST", "/auth/logout", "tomasz", status=204)
    office.log_in("tomasz")
    while office.call("POST", "/auth/login", body={"user": "nobody", "password": "wrong"}).status != 429:
        pass
    office.call("GET", "/auth/methods", status=200)
    office.call("GET", "/", status=200)
    office.call("GET", "/health/live", status=204)
    office.call("GET", "/health/ready", status=204)
    with office.wire("/metrics") as wire:
        wire.ask("GET", "/metrics")
        expect(wire.read(is_json=False), 200, "GET /metrics")


def own_things(_contract, office):
    office.call("GET", "/me", "mara", status=200)
    with office.wire() as wire:
        wire.ask("HEAD", f"{API}/me", office.token("mara"))
        expect(wire.read(is_head=True), 200, "HEAD /me")
    office.call("PATCH", "/me", "mara", {"title": "Architect", "time_zone": None}, 200)
    lunch = {"choice": "away", "text": "Lunch", "emoji": "🥪", "expires_at": instant(3600)}
    office.call("PUT", "/me/status", "mara", lunch, 200)
    office.call("DELETE", "/me/status", "mara", status=200)
    office.call("PUT", "/me/dnd", "mara", {"on": True, "expires_at": instant(60)}, 200)
    office.call("PUT", "/me/dnd", "mara", {"on": False}, 200)
    office.call("PUT", "/me/visibility", "mara", {"invisible": False}, 200)
    for i in range(MAX_SOURCES):
        office.call("PUT", f"/me/calendars/desk{i}/busy", "mara", busy_report("busy"), 204)
    office.call("PUT", "/me/calendars/one-more/busy", "mara", busy_report("busy"), 409)
    office.call("DELETE", "/me/calendars/desk0", "mara", status=204)
    early = {"start": instant(-60), "end": instant(600), "ended_at": instant(-1)}
    office.call("PUT", "/me/calendars/early_end", "mara", early, 204)
    office.call("PUT", f"/me/permissions/{office.ids['tomasz']}", "mara", {"blocked": True}, 204)
    office.call("PUT", "/me/privacy", "mara", {"calendar": "state"}, 200)
    exception = {"blocked": False, "calendar": "none"}
    office.call("PUT", f"/me/permissions/{office.ids['jonas']}", "mara", exception, 204)
    office.call("GET", "/me/privacy", "mara", status=200)
    office.call("DELETE", f"/me/permissions/{office.ids['tomasz']}", "mara", status=204)
    office.call("DELETE", f"/me/permissions/{office.ids['jonas']}", "mara", status=204)
    day = f"from={instant(-3600)}&to={instant(86400)}"
    seen = office.call("GET", f"/busy?users={office.ids['mara']}&{day}", "tomasz", status=200)
    assert seen.body["items"][0]["state_only"], seen.body
    office.call("PUT", "/me/privacy", "mara", {"calendar": "default"}, 200)
    office.call("PUT", "/me/permissions/u-none", "mara", {"blocked": True}, 404)


def roster(_contract, office):
    jonas, priya, nobody = office.ids["jonas"], office.ids["priya"], "u-none"
    stale = (("If-Match", '"r0"'),)
    office.call("PUT", f"/contacts/{jonas}", "mara", {"speed_dial": 1}, 201)
    office.call("PUT", f"/contacts/{jonas}", "mara", {"speed_dial": 1, "watched": True}, 200)
    office.call("PUT", f"/contacts/{priya}", "mara", {"speed_dial": 1}, 409)
    office.call("PUT", "/speed_dials", "mara", {"users": [jonas]}, 204)
    office.call("PUT", "/speed_dials", "mara", {"users": [nobody]}, 400)
    office.call("PUT", "/speed_dials", "mara", {"users": []}, 412, headers=stale)
    office.call("PUT", f"/contacts/{nobody}", "mara", {}, 404)
    office.call("PUT", f"/contacts/{priya}", "mara", {}, 412, headers=stale)
    office.call("PUT", f"/contacts/{priya}", "mara", {"group": None}, 201)
    office.call("DELETE", f"/contacts/{priya}", "mara", status=412, headers=stale)
    office.call("DELETE", f"/contacts/{priya}", "mara", status=204)
    office.call("DELETE", f"/contacts/{nobody}", "mara", status=404)
    tag = office.call("GET", "/contacts", "mara", status=200).headers["etag"]
    office.call("GET", "/contacts", "mara", status=304, headers=(("If-None-Match", tag),))
    with office.wire() as wire:
        for i in range(MAX_GROUPS):
            reply = wire.call("PUT", f"{API}/groups/g{i}", office.token("mara"), {"name": f"Group {i}", "position": i})
            tag = expect(reply, 201, "a new group").headers["etag"]
    office.call("PUT", "/groups/one-more", "mara", {"name": "One more"}, 409)
    office.call("PUT", "/groups/g2", "mara", {"name": "Renamed"}, 200, headers=(("If-Match", tag),))
    office.call("PUT", "/groups/g2", "mara", {"name": "Again"}, 412, headers=stale)
    office.call("DELETE", "/groups/g0", "mara", status=412, headers=stale)
    office.call("DELETE", "/groups/g0", "mara", status=204)
    office.call("DELETE", "/groups/g0", "mara", status=404)
    office.call("GET", "/users?q=mara", "mara", status=200)
    office.call("GET", f"/users/{jonas}", "mara", status=200)
    office.call("GET", f"/users/{nobody}", "mara", status=404)
    office.call("GET", f"/presence?users={jonas},{nobody}", "mara", status=200)
    users = f"{jonas},{office.ids['mara']}"
    office.call("GET", f"/busy?users={users}&from={instant()}&to={instant(86400)}", "mara", status=200)


def chat(_contract, office):
    members = {"members": [office.ids["jonas"]]}
    office.conversation = office.call("POST", "/conversations", "mara", members, 201).body["id"]
    office.call("POST", "/conversations", "mara", members, 200)
    office.call("POST", "/conversations", "mara", {"members": ["u-none"]}, 404)
    client_id = str(uuid.uuid4())
    office.say_message("jonas", "Good morning", client_id)
    office.say_message("jonas", "Good morning", client_id, 200)
    office.say_message("jonas", "Good evening", client_id, 409)
    office.say_message("jonas", "Are you there?")
    office.call("GET", "/conversations?limit=1", "mara", status=200)
    page = office.call("GET", f"/conversations/{office.conversation}/messages?limit=1", "mara", status=200).body
    assert page["next"], page
    office.call("GET", f"{NO_MEMBER}/messages", "mara", status=404)
    office.call("PUT", f"{NO_MEMBER}/messages/{uuid.uuid4()}", "mara", {"body": "Hello"}, 404)
    for mark in ("delivered", "read"):
        office.call("PUT", f"{NO_MEMBER}/{mark}", "mara", {"seq": 1}, 404)
        office.call("PUT", f"/conversations/{office.conversation}/{mark}", "mara", {"seq": 1}, 204)


def connectors(_contract, office):
    jonas = office.ids["jonas"]
    for target, who in (("/connector/lines", "phones"), ("/connector/people", "calendars")):
        tag = office.call("GET", target, who, status=200).headers["etag"]
        office.call("GET", target, who, status=304, headers=(("If-None-Match", tag),))
        office.call("GET", target, "mara", status=403)
    office.call("PUT", "/lines/2041", "phones", {"state": "off_hook", "since": instant(-5)}, 204)
    office.call("PUT", "/lines/2041", "other phones", {"state": "on_hook"}, 409)
    office.call("PUT", "/lines/none", "phones", {"state": "on_hook"}, 404)
    for i in range(MAX_SOURCES):
        office.call("PUT", f"/users/{jonas}/calendars/work{i}/busy", "calendars", busy_report("busy", "elsewhere"), 204)
    office.call("PUT", f"/users/{jonas}/calendars/one-more/busy", "calendars", busy_report(), 409)
    office.call("PUT", "/users/u-none/calendars/work/busy", "calendars", busy_report(), 404)


def calls(_contract, office):
    jonas = office.ids["jonas"]
    to_jonas = {"address": "tel:2041", "user": jonas}
    office.call("POST", "/calls", "tomasz", to_jonas, 409)
    phones = office.connect_phones()
    mara, _hello = office.open_live("mara")
    key = (("Idempotency-Key", "once"),)
    call = office.call("POST", "/calls", "mara", to_jonas, 202, headers=key).body["id"]
    assert office.call("POST", "/calls", "mara", to_jonas, 202, headers=key).body["id"] == call
    office.call("POST", "/calls", "mara", {"address": "tel:2042"}, 409, headers=key)
    office.call("POST", "/calls", "mara", to_jonas, 409)  # the line is busy with it
    command = phones.hear("command", kind="call", id=call, line="2043", target="2041", name="Jonas")
    assert command["address"] == "tel:2043", command
    mara.hear("call")
    phones.say("command_result", id=call, state="ringing_you")
    assert mara.hear("call")["call"]["state"] == "ringing_you"
    office.call("DELETE", f"/calls/{call}", "jonas", status=404)
    office.call("DELETE", f"/calls/{call}", "mara", status=204)
    phones.hear("command", kind="cancel", id=call)
    phones.say("command_result", id=call, state="cancelled")
    assert mara.hear("call")["call"]["state"] == "cancelled"
    office.last_call = call
    office.call("POST", "/calls", "mara", {"address": "tel:+4990012345"}, 403)
    office.call("POST", "/calls", "mara", {"address": "tel:2041", "line": "2041"}, 404)
    office.call("POST", "/calls", "mara", {"pickup": jonas}, 404)  # nothing rings
    office.call("PUT", "/lines/2041", "phones", {"state": "ringing", "direction": "inbound", "peer": "2042"}, 204)
    for n in range(9):
        call = office.call("POST", "/calls", "mara", {"pickup": jonas} if n == 0 else to_jonas, 202).body["id"]
        phones.hear("command", kind="pickup" if n == 0 else "call", id=call)
        phones.say("command_result", id=call, state="failed", reason="unavailable")
        while (mara.hear("call").get("call") or {}).get("state") != "failed":
            pass
    office.call("POST", "/calls", "mara", to_jonas, 429)
    office.call("POST", "/lines/2043/calls", "phones", call_reports("one", "two"), 204)
    while not mara.hear("call").get("record"):
        pass
    office.call("POST", "/lines/none/calls", "phones", call_reports(), 404)
    office.call("POST", "/lines/2043/calls", "other phones", call_reports(), 409)
    page = office.call("GET", "/calls/history?limit=1", "mara", status=200).body
    assert page["items"][0]["user"] == jonas and page["next"], page
    office.call("GET", f"/calls/history?before={page['next']}", "mara", status=200)
    phones.say("health", code="line_unknown", line="2043")
    phones.say("health", code="ok")
    phones.hang_up()
    mara.hang_up()


def administration(_contract, office):
    explanation = office.call("GET", "/admin/people/jonas/explain", "administrator", status=200).body
    assert explanation["claims"], explanation
    office.call("GET", "/admin/people/nobody/explain", "administrator", status=404)
    office.call("GET", "/admin/people/jonas/explain", "mara", status=403)


# REST as it should not be

def refused_requests(contract, office):
    for operation, target, token, body in each(contract, office):
        where = operation.name
        with office.wire(target) as wire:
            wire.ask(operation.method, target, token, body, (("Host", "elsewhere"),))
            assert expect(wire.read(), 400, where).code == "bad_headers"
        with office.wire(target) as wire:
            assert expect(wire.call(operation.method, target, token, body, (("Origin", "https://a.example"),)), 403,
                          where).code == "origin_refused"
            if operation.method == "GET" and "426" in operation.responses:
                expect(wire.call("GET", target, token), 426, where)
            elif token:
                expect(wire.call(operation.method, target, None, body), 401, where)
                expect(wire.call(operation.method, target, "lfa_unknown", body), 401, where)
            if body is not None:
                expect(wire.call(operation.method, target, token, b" " * 70000), 413, where)
                expect(wire.call(operation.method, target, token, body, (("Content-Type", "text/plain"),)), 415, where)
                assert expect(wire.call(operation.method, target, token, b"{"), 400, where).code == "bad_json"
                assert expect(wire.call(operation.method, target, token, b"[]"), 400, where).code == "bad_request"
            else:
                expect(wire.call(operation.method, target, token, {}), 400, where)
                expect(wire.call(operation.method, target, token, b" " * 70000), 413, where)
    with office.wire() as wire:
        expect(wire.upgrade("lfa_unknown"), 401, "an upgrade with an unknown token")
    office.call("GET", "/nowhere", "mara", status=404)
    office.call("POST", "/me", "mara", {}, 405)


def expired_tokens(_contract, office):
    """A server forgets at its start what has expired: it must start before that, on a busy machine, too."""
    for left_s in (3, 15, 60):
        office.stop()
        with office.database() as database:
            database.execute("UPDATE access_tokens SET expires_at = ?", (int((time.time() + left_s) * 1e6),))
        office.start()
        wait_until(lambda: office.call("GET", "/me", "jonas").status == 401, "the token to expire")
        if office.call("GET", "/me", "jonas").code == "token_expired":
            break
    with office.wire() as wire:
        assert expect(wire.upgrade(office.token("jonas")), 401, "an upgrade").code == "token_expired"
    for login in ("mara", "jonas"):
        office.log_in(login)


def late_requests(contract, office):
    """On a server without patience."""
    office.start(limits={"request_timeout_s": 1})
    late = []
    for operation, target, _token, _body in each(contract, office, 408):
        wire = office.wire(target)
        wire.send(f"{operation.method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode())
        late.append((operation.name, wire))
    for name, wire in late:
        expect(wire.read(), 408, name)
        wire.close()


def broken_database(contract, office):
    """Every table is gone for a while."""
    office.start()
    phones = office.connect_phones()
    with office.database() as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = [name for (name,) in rows.fetchall()]
        for name in tables:
            database.execute(f"ALTER TABLE {name} RENAME TO gone_{name}")
        for operation, target, token, body in each(contract, office, 500):
            with office.wire(target) as wire:
                expect(wire.call(operation.method, target, token, body), 500, operation.name)
        for name in tables:
            database.execute(f"ALTER TABLE gone_{name} RENAME TO {name}")
    office.call("GET", "/health/ready", status=204)
    phones.hang_up()


def full_disk(contract, office):
    office.call("PUT", f"/me/permissions/{office.ids['tomasz']}", "mara", {"blocked": True}, 204)
    office.call("PUT", "/me/status", "mara", {"choice": "away", "text": "To be cleared"}, 200)
    office.call("PUT", "/me/dnd", "mara", {"on": False}, 200)
    office.call("PUT", "/me/calendars/desk0/busy", "mara", busy_report("busy"), 204)
    phones = office.connect_phones()
    with open(office.full_flag, "w", encoding="utf-8"):
        pass
    for operation, target, token, body in each(contract, office, 507):
        with office.wire(target) as wire:
            expect(wire.call(operation.method, target, token, body), 507, operation.name)
    os.remove(office.full_flag)
    office.call("PUT", "/me/dnd", "mara", {"on": True}, 200)
    phones.hang_up()


def stopping_server(contract, office):
    """Two writes, one behind the other, hold the end of the process up: they wait for a database that is locked."""
    office.start(limits={"drain_timeout_s": 60})
    phones = office.connect_phones()
    requests = list(each(contract, office, 503))
    wires = [office.wire() for _ in requests]
    for wire in wires:
        expect(wire.call("GET", f"{API}/"), 200, "the first request of a connection")
    stream, _hello = office.open_live("mara")
    with office.database() as database:
        database.execute("BEGIN IMMEDIATE")
        held = []
        for is_on in (False, True):
            held.append(office.wire())
            held[-1].ask("PUT", f"{API}/me/dnd", office.token("mara"), {"on": is_on})
            office.call("GET", "/me", "mara", status=200)  # when this is answered, the other is in hand
        office.server.process.send_signal(signal.SIGTERM)
        address = os.path.join(office.server.data, "address")
        wait_until(lambda: not os.path.exists(address), "the server to begin to stop")
        for wire, (operation, target, token, body) in zip(wires, requests):
            wire.ask(operation.method, target, token, body)
        for wire, (operation, _target, _token, _body) in zip(wires, requests):
            expect(wire.read(), 503, operation.name)
            wire.close()
        stream.hear_close(4009)
        phones.hear_close(4009)
        database.execute("ROLLBACK")
        for wire in held:
            wire.read()
            wire.close()
    assert office.server.process.wait(timeout=DEADLINE_S) == 0, office.server.log


# The stream

def frames_of_people(_contract, office):
    jonas, conversation = office.ids["jonas"], office.conversation
    mara, _hello = office.open_live("mara")
    own = office.sessions["mara"]
    office.log_in("mara")
    second, _hello = office.open_live("mara")
    other, hello = office.open_live("jonas")
    other.say("reach", state="online", since=instant())
    presence = mara.hear("presence", user=jonas)
    other.say("reach", state="online", since=instant(), on_the_phone=True)
    while mara.hear("presence", user=jonas)["phone"]["state"] != "off_hook":
        pass
    other.say("reach", state="online", since=instant())
    assert presence["reachability"]["state"] in ("offline", "online", "unknown"), presence
    other.say("ping", n=7)
    other.hear("pong", n=7)
    office.call("PUT", f"/users/{jonas}/calendars/work1/busy", "calendars", busy_report("out_of_office"), 204)
    mara.hear("calendar", user=jonas)
    seq = office.say_message("mara", "Shall we begin?").body["seq"]
    other.hear("message", seq=seq)
    other.say("delivered", conversation=conversation, seq=seq)
    mara.hear("delivered", user=jonas, seq=seq)
    other.say("typing", conversation=conversation)
    mara.hear("typing", user=jonas)
    office.call("PUT", f"/conversations/{conversation}/read", "jonas", {"seq": seq}, 204)
    mara.hear("read", user=jonas, seq=seq)
    office.call("PUT", f"/contacts/{office.ids['priya']}", "mara", {}, 201)
    mara.hear("contact")
    office.call("PUT", "/me/dnd", "mara", {"on": True}, 200)
    mara.hear("session")
    other.close()
    resumed = office.open_stream("jonas")
    resumed.say("resume", session=hello["session"], count=0)
    resumed.hear("hello")
    resumed.say("ack", count=0)
    newer, _hello = office.open_live("jonas")
    resumed.hear_close(4003)
    newer.say("bye", reason="the tour goes on")
    newer.hear_close(1000)
    second.hang_up()
    office.sessions["mara"] = own
    office.call("POST", "/auth/logout", "mara", status=204)
    mara.hear_close(4001)
    office.log_in("mara")


def frames_of_connectors(_contract, office):
    phones, _hello = office.open_live("phones")
    calendars, _hello = office.open_live("calendars")
    calendars.say("health", code="calendar_refused", source="work1")
    calendars.say("health", code="calendar_unreadable", source="work2", user=office.ids["jonas"])
    office.call("GET", "/me", "jonas", status=200)
    calendars.say("health", code="calendar_dropped", source="work2", user=office.ids["jonas"])
    calendars.say("health", code="ok")
    office.server.administrate("line", "assign", "2042", "priya", "--address", "tel:2042")
    phones.hear("lines")
    office.server.add_people("karl")
    calendars.hear("people")
    phones.say("reach", state="online")
    assert phones.hear("error")["code"] == "forbidden"
    phones.hear_close(1008)
    calendars.hang_up()


def frames_that_are_none(_contract, office):
    for code, first, data in ((1002, FINAL | 0x40 | TEXT, b"{}"), (1003, FINAL | BINARY, b"{}"),
                              (1007, FINAL | TEXT, b"\xff"), (1009, FINAL | TEXT, b" " * 70000)):
        stream, _hello = office.open_live("mara")
        stream.frame(first, data)
        stream.hear_close(code)
    for code, data in (("bad_json", b"{"), ("bad_request", b'{"t":"shout"}')):
        stream, _hello = office.open_live("mara")
        stream.frame(FINAL | TEXT, data)
        assert stream.hear("error")["code"] == code
        stream.hear_close(1008)
    stream, _hello = office.open_live("mara")
    stream.frame(FINAL | CLOSE, b"")
    stream.hear_close(1000)


def impatient_streams(_contract, office):
    office.start(stream={"start_timeout_s": 1})
    stream = office.open_stream("jonas")
    assert stream.hear("error")["code"] == "request_timeout"
    stream.hear_close(1008)
    office.start(limits={"max_streams_per_user": 1}, stream={"ping_s": 1, "frames_per_s": 5})
    stream, _hello = office.open_live("mara")
    stream.say("pong", n=stream.hear("ping")["n"])
    with office.wire() as wire:
        assert expect(wire.upgrade(office.token("mara")), 429, "one stream more").code == "rate_limited"
    for n in range(200):
        stream.say("ping", n=n)
    stream.hear_close(4006)
    office.start(stream={"ack_timeout_s": 1})
    stream, _hello = office.open_live("mara")
    stream.hear_close(4008)


TOUR = (sign_in, own_things, roster, chat, connectors, calls, administration,
        frames_of_people, frames_of_connectors, frames_that_are_none,
        refused_requests, expired_tokens, late_requests, impatient_streams,
        broken_database, full_disk, stopping_server)


def main():
    contract = Contract(sys.argv[1])
    records = os.environ.get("LF_RECORD", "")
    if records:
        os.makedirs(records, exist_ok=True)
    office = Office(sys.argv[2])
    print(f"1..{len(TOUR)}")
    try:
        office.prepare()
        office.start()
        for number, stop in enumerate(TOUR, 1):
            stop(contract, office)
            print(f"ok {number} {stop.__name__.replace('_', ' ')}", flush=True)
        if records:
            with open(os.path.join(records, "tour"), "w", encoding="utf-8") as file:
                file.write("It has been everywhere.\n")
    except Exception:  # pylint: disable=broad-except
        for line in (traceback.format_exc() + office.server.log[-4000:]).splitlines():
            print(f"# {line}")
        print(f"not ok {number} {stop.__name__.replace('_', ' ')}")
        return 1
    finally:
        office.session.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
