#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that are asked for at the server, between real telephones at a real PBX."""

import http.server
import json
import os
import sys
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import pbx  # noqa: E402
import test_real_pbx  # noqa: E402
from service import PASSWORD, main, peer, wait_until  # noqa: E402
from test_real_pbx import start  # noqa: E402

PATIENCE_S = 40.0
OTHER_OFFER = "got re-INVITE"  # so baresip says it
OWN_ANSWER = b'"param":"answer"'


class Office(test_real_pbx.Office):
    """As for lines; ada, whose line is 201, asks for the calls."""

    def __init__(self):
        super().__init__()
        self.ada = peer.Peer(self.server.address, "ada", PASSWORD)
        self.ada.connect()

    def start(self, method="refer", settings=None, **calls):
        connector = start(self, calls={"method": method, **calls}, **(settings or {}))
        self.wait_for("on_hook", "on_hook")
        wait_until(lambda: self.ada.call("GET", "/me")["phone"]["lines"][0]["callable"], "ada's line to be callable")
        self.ada.stream.forget()
        return connector

    def hear(self, call, state):
        """Waits for @state of a call; nothing final comes before."""
        frame = self.ada.stream.wait_for(
            lambda frame: frame["t"] == "call" and (frame.get("call") or {}).get("id") == call["id"] and
            (frame["call"]["state"] == state or frame["call"]["state"] in
             ("busy", "declined", "no_answer", "failed", "cancelled", "ended")), PATIENCE_S)
        assert frame["call"]["state"] == state, frame
        return frame["call"].get("reason", "none")

    def end(self, connector):
        self.wait_for("on_hook", "on_hook")
        connector.stop()


class History:
    """The calls that somebody has had since, the latest first."""

    def __init__(self, who):
        self.who = who
        self.known = {item["id"] for item in self.read()}

    def read(self):
        return self.who.call("GET", "/calls/history?limit=200")["items"]

    def new(self):
        return [(item["kind"], item["address"]) for item in self.read() if item["id"] not in self.known]


class Asterisk(http.server.ThreadingHTTPServer):
    """A stand-in for the REST interface of an Asterisk: one channel, whose state the test sets."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), AsteriskHandler)
        self.state = "Ringing"
        self.dial_status = None
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, method):
        return sum(request[0] == method for request in self.requests)


class AsteriskHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.answer(200, {"id": "channel", "state": "Down"})

    def do_DELETE(self):
        self.answer(204, None)

    def do_GET(self):
        if "/variable?" not in self.path:
            self.answer(200, {"id": "channel", "state": self.server.state})
        elif self.server.dial_status is None:
            self.answer(404, {"message": "Provided variable was not found"})
        else:
            self.answer(200, {"value": self.server.dial_status})

    def answer(self, status, body):
        url = urllib.parse.urlsplit(self.path)
        self.server.requests.append((self.command, url.path, dict(urllib.parse.parse_qsl(url.query))))
        text = json.dumps(body).encode() if body else b""
        self.send_response(status)
        if body:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        pass


def test_asterisk_makes_the_call(office):
    """From the request at the server to the REST interface; and a connector that stops leaves no channel."""
    asterisk = Asterisk()
    history = History(office.ada)
    try:
        connector = office.start("ari", pickup_code="*8%s", ari_url=f"http://127.0.0.1:{asterisk.server_port}/ari", ari_user="lampfield",
                                 ari_password_file="password", ari_context="internal")
        call = office.ada.make_call("tel:202")
        office.phones["202"].dial("201")  # as Asterisk would have the telephone ring
        office.wait_for("ringing", "off_hook")
        office.hear(call, "ringing_you")
        method, path, query = asterisk.requests[0]
        assert (method, path) == ("POST", "/ari/channels"), path
        assert query.pop("channelId").startswith("lampfield-")
        assert query == {"endpoint": "PJSIP/201", "extension": "202", "context": "internal", "priority": "1", "callerId": "201", "timeout": "30"}, query
        asterisk.state = "Up"
        office.hear(call, "calling")
        asterisk.dial_status = "ANSWER"
        office.hear(call, "connected")
        office.ada.call("DELETE", f"/calls/{call['id']}")
        office.hear(call, "ended")
        wait_until(lambda: asterisk.count("DELETE") == 1, "the channel to be hung up")
        office.phones["202"].hang_up()
        office.wait_for("on_hook", "on_hook")
        office.phones["202"].dial("201")
        office.wait_for("ringing", "off_hook")
        office.phones["202"].hang_up()
        office.wait_for("on_hook", "on_hook")
        wait_until(lambda: ("missed", "202") in history.new(), "the call that was none of Asterisk's")
        assert history.new() == [("missed", "202"), ("placed", "202")], history.new()
        asterisk.state, asterisk.dial_status = "Ringing", None
        call = office.ada.make_call("tel:202")
        office.hear(call, "ringing_you")
        connector.stop()
        assert asterisk.count("DELETE") == 2, asterisk.requests
        assert office.hear(call, "failed") == "link_lost"
    finally:
        asterisk.shutdown()
        asterisk.server_close()


def talk(office, method):
    """A whole call; bob hangs up."""
    connector = office.start(method)
    own, other = office.phones["201"], office.phones["202"]
    call = office.ada.make_call("tel:202", user=office.ids["bob"])
    assert call["state"] == "requested" and call["line"] == "201", call
    office.hear(call, "ringing_you")
    own.accept()
    office.hear(call, "calling")
    office.wait_for("off_hook", "ringing")
    other.accept()
    office.hear(call, "connected")
    office.wait_for("off_hook", "off_hook")
    other.hang_up()
    office.hear(call, "ended")
    office.end(connector)


def test_the_telephone_calls_by_itself(office):
    talk(office, "refer")


def test_a_third_party_makes_the_call(office):
    talk(office, "third-party")


def test_a_telephone_that_takes_no_refer(office):
    """The PBX lets nobody be referred to 203."""
    connector = office.start()
    third = pbx.Phone(office.pbx, "203")
    try:
        call = office.ada.make_call("tel:203")
        office.hear(call, "ringing_you")
        office.phones["201"].accept()
        office.wait_for("off_hook", "on_hook")
        wait_until(lambda: "Incoming call" in third.read_log(), "203 to ring")
        third.accept()
        office.hear(call, "connected")
        office.ada.call("DELETE", f"/calls/{call['id']}")
        office.hear(call, "ended")
        office.end(connector)
    finally:
        third.stop()


def test_a_code_is_dialled_to_pick_up(office):
    """A call rings at ada's, or so it is told: bob's telephone dials the code for it."""
    connector = office.start(pickup_code="*8%s")
    office.server.administrate("line", "assign", "201", "ada", "--address", "tel:201", "--pickup-group", "all")
    office.server.administrate("line", "assign", "202", "bob", "--address", "tel:202", "--pickup-group", "all")
    bob = peer.Peer(office.server.address, "bob", PASSWORD)
    reporter = peer.Api(office.server.address, connector.token)
    reporter.set_line("201", "ringing")
    call = bob.call("POST", "/calls", {"pickup": office.ada.id}, {"Idempotency-Key": "pick-up"})
    office.wait_for("ringing", "ringing")
    office.phones["202"].accept()
    wait_until(lambda: "INVITE *8201" in office.pbx.log, "the code to be dialled")
    assert call["user"] == office.ada.id, call
    reporter.set_line("201", "on_hook")
    office.end(connector)


def test_calls_stand_in_the_lists(office):
    """Placed, missed and received, with the colleague whose number it is; the connector's own leg is no call."""
    connector = office.start()
    bob = peer.Peer(office.server.address, "bob", PASSWORD)
    before = {who: len(who.call("GET", "/calls/history?limit=200")["items"]) for who in (office.ada, bob)}

    def kinds(who):
        items = who.call("GET", "/calls/history?limit=200")["items"]
        return [item["kind"] for item in items[:len(items) - before[who]]]

    office.phones["201"].dial("202")
    office.wait_for("off_hook", "ringing")
    own = office.ada.stream.wait_for(lambda frame: frame["t"] == "call" and "line" in frame)["line"]
    assert own["direction"] == "outbound" and own["peer"] == "202" and own["user"] == office.ids["bob"], own
    office.phones["201"].hang_up()
    wait_until(lambda: kinds(office.ada) == ["placed"] and kinds(bob) == ["missed"], "a missed call")
    office.phones["201"].dial("202")
    office.wait_for("off_hook", "ringing")
    office.phones["202"].accept()
    office.wait_for("off_hook", "off_hook")
    office.phones["202"].hang_up()
    wait_until(lambda: kinds(office.ada) == ["placed"] * 2 and kinds(bob) == ["received", "missed"], "a received call")
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    office.phones["201"].accept()
    office.wait_for("off_hook", "ringing")
    office.phones["202"].accept()
    office.hear(call, "connected")
    office.phones["201"].hang_up()
    office.hear(call, "ended")
    wait_until(lambda: kinds(office.ada) == ["placed"] * 3 and kinds(bob) == ["received"] * 2 + ["missed"],
               lambda: f"the call that was asked for: {kinds(office.ada)} {kinds(bob)}")
    latest = bob.call("GET", "/calls/history?limit=1")["items"][0]
    assert latest["user"] == office.ada.id and latest["address"] == "201" and latest["provisional"], latest
    assert latest["answered_at"] <= latest["ended_at"], latest
    office.end(connector)


def test_calls_by_a_third_party_stand_in_the_lists(office):
    """Though the telephones have talked with the connector alone, as they know it."""
    connector = office.start("third-party")
    own, other = History(office.ada), History(peer.Peer(office.server.address, "bob", PASSWORD))
    for is_answered in (True, False):
        call = office.ada.make_call("tel:202", user=office.ids["bob"])
        office.hear(call, "ringing_you")
        office.phones["201"].accept()
        office.wait_for("off_hook", "ringing")
        if is_answered:
            office.phones["202"].accept()
            office.hear(call, "connected")
        office.phones["201"].hang_up()
        office.hear(call, "ended" if is_answered else "cancelled")
        office.wait_for("on_hook", "on_hook")
    wait_until(lambda: own.new() == [("placed", "202")] * 2 and other.new() == [("missed", "201"), ("received", "201")],
               lambda: f"the calls: {own.new()} {other.new()}")
    answered = [item for item in own.read() if item["id"] not in own.known][1]
    assert answered["user"] == office.ids["bob"] and answered["started_at"] <= answered["answered_at"] <= answered["ended_at"], answered
    office.end(connector)


def test_the_pbx_writes_calls_down(office):
    """What Kamailio writes of a call takes the place of what was seen on the line: nothing stands twice."""
    connector = office.start(settings={"cdr_file": office.pbx.log_file, "cdr_format": "kamailio"})
    connector.wait_for_log("are read from")
    bob = peer.Peer(office.server.address, "bob", PASSWORD)
    histories = [History(bob), History(office.ada)]

    def news(history):
        return [item for item in history.read() if item["id"] not in history.known]

    def await_final(*wanted):
        """Of bob, who calls, and of ada; some begin in the same second, so in no order."""
        def get():
            return [sorted(item["kind"] + "?" * item["provisional"] for item in news(history)) for history in histories]
        wait_until(lambda: get() == list(wanted), lambda: f"{wanted}: {get()} {connector.log}")

    office.phones["202"].dial("201")
    office.wait_for("ringing", "off_hook")
    office.phones["201"].accept()
    office.wait_for("off_hook", "off_hook")
    office.phones["201"].hang_up()
    await_final(["placed"], ["received"])
    for history, other in zip(histories, ("ada", "bob")):
        item = news(history)[0]
        assert item["started_at"] <= item["answered_at"] <= item["ended_at"] and item["user"] == office.ids[other], item
    office.phones["202"].dial("201")
    office.wait_for("ringing", "off_hook")
    office.phones["202"].hang_up()
    await_final(["placed"] * 2, ["missed", "received"])
    bob.make_call("tel:201")
    office.wait_for("on_hook", "ringing")
    office.phones["202"].accept()
    office.wait_for("ringing", "off_hook")
    office.phones["201"].accept()
    office.wait_for("off_hook", "off_hook")
    office.phones["202"].hang_up()
    await_final(["placed"] * 3, ["missed", "received", "received"])
    office.end(connector)


def test_what_is_wrong_is_told_to_the_administrator(office):
    connector = office.start()

    def explain(login):
        return office.server.administrate("explain", login)

    wait_until(lambda: "does not know the line" in explain("dan"), "the unknown line to be named")
    wait_until(lambda: "does not let it watch" in explain("cleo"), "the refused line to be named")
    told = office.server.administrate("connector", "list")
    assert f"{connector.name}\tphone\tconnected\t" in told and "does not know the line. Mend its address" in told, told
    office.pbx.stop()
    office.wait_for("unknown", "unknown")
    wait_until(lambda: "does not answer" in office.server.administrate("connector", "list"), "the lost link to be told")
    phone = office.watcher.call("GET", f"/presence?users={office.ids['bob']}")["items"][0]["phone"]
    assert phone.get("reason") == "link_lost", phone
    office.pbx.start()
    office.end(connector)


def test_do_not_disturb_reaches_the_pbx(office):
    connector = office.start(dnd_on_code="*78%s", dnd_off_code="*79%s")
    assert not office.ada.call("GET", "/me")["phone"]["rings_in_dnd"]
    office.ada.call("PUT", "/me/dnd", {"on": True})
    wait_until(lambda: "INVITE *78201" in office.pbx.log, "the code to be dialled")
    office.ada.call("PUT", "/me/dnd", {"on": False})
    wait_until(lambda: "INVITE *79201" in office.pbx.log, "the code to be dialled")
    office.wait_for("on_hook", "on_hook")
    office.end(connector)


def test_a_call_that_is_not_wanted(office):
    for method in ("refer", "third-party"):
        connector = office.start(method)
        call = office.ada.make_call("tel:202")
        office.hear(call, "ringing_you")
        office.phones["201"].accept()
        office.wait_for("off_hook", "ringing")
        office.phones["202"].hang_up()
        office.hear(call, "busy")  # so this telephone says it
        office.wait_for("on_hook", "on_hook")
        office.end(connector)


def test_nobody_is_there(office):
    for method in ("refer", "third-party"):
        for number, reason in (("tel:298", "unavailable"), ("tel:299", "number_unknown")):
            connector = office.start(method)
            call = office.ada.make_call(number)
            office.hear(call, "ringing_you")
            office.phones["201"].accept()
            assert office.hear(call, "failed") == reason
            office.wait_for("on_hook", "on_hook")
            office.end(connector)


def test_the_own_telephone_is_not_wanted(office):
    connector = office.start()
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    office.phones["201"].hang_up()
    assert office.hear(call, "failed") == "own_phone"
    office.wait_for("on_hook", "on_hook")
    office.end(connector)


def test_the_own_telephone_is_not_connected(office):
    connector = office.start()
    dan = peer.Peer(office.server.address, "cleo", PASSWORD)  # whose line 298 nobody has registered
    reporter = peer.Api(office.server.address, connector.token)
    reporter.set_line("298", "on_hook")
    wait_until(lambda: dan.call("GET", "/me")["phone"]["lines"][0]["callable"], "the line to be callable")
    dan.connect()
    call = dan.make_call("tel:202")
    frame = dan.stream.wait_for(lambda frame: frame["t"] == "call" and (frame.get("call") or {}).get("state") == "failed")
    assert frame["call"]["id"] == call["id"] and frame["call"]["reason"] == "not_registered", frame
    office.end(connector)


def test_a_call_is_taken_back(office):
    for method in ("refer", "third-party"):
        connector = office.start(method)
        call = office.ada.make_call("tel:202")
        office.hear(call, "ringing_you")
        office.wait_for("ringing", "on_hook")
        office.ada.call("DELETE", f"/calls/{call['id']}")
        office.hear(call, "cancelled")
        office.wait_for("on_hook", "on_hook")
        office.end(connector)


def test_a_call_is_taken_back_while_the_other_end_rings(office):
    connector = office.start("third-party")
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    office.phones["201"].accept()
    office.wait_for("off_hook", "ringing")
    office.ada.call("DELETE", f"/calls/{call['id']}")
    office.hear(call, "cancelled")
    office.wait_for("on_hook", "on_hook")
    office.end(connector)


def test_a_connector_that_stops_leaves_no_telephone_ringing(office):
    connector = office.start()
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    office.wait_for("ringing", "on_hook")
    connector.stop()
    assert office.hear(call, "failed") == "link_lost"
    connector = office.start()
    office.end(connector)


def test_hold_passes_through_a_third_party(office):
    connector = office.start("third-party")
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    office.phones["201"].accept()
    office.wait_for("off_hook", "ringing")
    office.phones["202"].accept()
    office.hear(call, "connected")
    # One after the other, and no "resume": with these audio devices that of baresip 1.1 fails before it asks.
    for holder, other in (("201", "202"), ("202", "201")):
        before = office.phones[other].read_log().count(OTHER_OFFER)
        office.phones[holder].command("hold", event=OWN_ANSWER)
        wait_until(lambda: office.phones[other].read_log().count(OTHER_OFFER) > before, f"the hold of {holder} to arrive")
    office.ada.call("DELETE", f"/calls/{call['id']}")
    office.hear(call, "ended")
    office.end(connector)


def test_hanging_up_while_a_hold_is_not_answered(office):
    """The own telephone is told, though it waits for an answer that the other one does not give."""
    connector = office.start("third-party")
    own, other = office.phones["201"], office.phones["202"]
    call = office.ada.make_call("tel:202")
    office.hear(call, "ringing_you")
    own.accept()
    office.wait_for("off_hook", "ringing")
    other.accept()
    office.hear(call, "connected")
    office.wait_for("off_hook", "off_hook")
    other.freeze()
    try:
        own.command("hold")
        wait_until(other.has_unread, "the hold to arrive")
        before = own.read_log().count("session closed")
        office.ada.call("DELETE", f"/calls/{call['id']}")
        office.hear(call, "ended")
        wait_until(lambda: own.read_log().count("session closed") > before, "the own telephone to be hung up")
    finally:
        other.thaw()
    office.end(connector)


TESTS = (test_the_telephone_calls_by_itself, test_a_third_party_makes_the_call, test_a_telephone_that_takes_no_refer,
         test_a_code_is_dialled_to_pick_up, test_calls_stand_in_the_lists, test_calls_by_a_third_party_stand_in_the_lists,
         test_the_pbx_writes_calls_down,
         test_what_is_wrong_is_told_to_the_administrator, test_do_not_disturb_reaches_the_pbx, test_a_call_that_is_not_wanted,
         test_nobody_is_there, test_the_own_telephone_is_not_wanted, test_the_own_telephone_is_not_connected,
         test_a_call_is_taken_back, test_a_call_is_taken_back_while_the_other_end_rings,
         test_a_connector_that_stops_leaves_no_telephone_ringing, test_hold_passes_through_a_third_party,
         test_hanging_up_while_a_hold_is_not_answered, test_asterisk_makes_the_call)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
