#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of server and connector hold nothing that people wrote, and no secret, even with every debug
message on: words are planted wherever somebody can put one, then all that was written is searched.
"""

import json
import os
import re
import sqlite3
import sys
import time
import urllib.parse

from service import Raw, Server, Session, ask, main, peer, wait_until

CALENDAR = os.environ["LF_CALENDAR_PROGRAM"]
LINE = re.compile(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z level=(?:error|critical|warning|notice|info|debug) "
                  r'domain=\S+ message="(?:[^"\\\x00-\x1f]|\\.)*"(?: [a-z_]+="(?:[^"\\\x00-\x1f]|\\.)*")*')

# Each word says where it was planted; all of them begin alike, so that none is forgotten in the search.
ROOT = "zanzibar"
PASSWORD_WORD = ROOT + "-password"
NAMED_EVENTS = re.compile(r"\(events [^)]*\)")  # the one thing a calendar's log names: UIDs of events that cannot be read
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:{root}-uid@example.org
DTSTAMP:20260101T000000Z
DTSTART:{start}
DTEND:{end}
SUMMARY:{root}-title
LOCATION:{root}-place
DESCRIPTION:{root}-description
ATTENDEE;CN={root}-attendee:mailto:{root}@example.org
X-{root}-BROKEN;;:;
RRULE:FREQ={root};NONSENSE
END:VEVENT
BEGIN:VEVENT
UID:second@example.org
DTSTART:{start}
DTEND:{end}
SUMMARY:{root}-second-title
END:VEVENT
END:VCALENDAR
"""


class Office:
    def __init__(self):
        self.session = Session()
        self.session.env["G_MESSAGES_DEBUG"] = "all"
        self.server = Server(self.session, {"limits": {"request-timeout-s": "1"}}).start()
        for login in ("ada", "bob"):
            self.server.administrate("user", "add", login, "--name", login.capitalize(), "--password-stdin",
                                     given=PASSWORD_WORD + login + "\n")
        self.secrets = []

    def close(self):
        self.session.close()

    def login(self, user):
        tokens = peer.Api(self.server.address).call(
            "POST", "/auth/login", {"user": user, "password": PASSWORD_WORD + user, "device": ROOT + "-device"})
        self.secrets += [tokens["access_token"], tokens["refresh_token"]]
        return tokens


def try_call(api, *words):
    """A call that may be refused: what matters is what is written about it."""
    try:
        return api.call(*words)
    except peer.PeerError:
        return None


def test_people_write(office):
    """Everything that people write, taken or refused."""
    address = office.server.address
    ada, bob = office.login("ada"), office.login("bob")
    api = peer.Api(address, ada["access_token"])
    assert api.call("PUT", "/me/status", {"choice": "away", "text": ROOT + "-note", "emoji": "🌴"})
    try_call(api, "PATCH", "/me", {"title": ROOT + "-job", "time_zone": ROOT + "/zone"})
    api.call("PUT", "/groups/g1", {"id": "g1", "name": ROOT + "-group"})
    conversation = api.call("POST", "/conversations", {"members": [bob["user"]]})["id"]
    message = f"/conversations/{conversation}/messages/0dc0ffee-0000-4000-8000-000000000001"
    api.call("PUT", message, {"body": ROOT + "-body"})
    assert try_call(api, "PUT", message, {"body": ROOT + "-other-body"}) is None, "a conflict"
    for path in ("/users?q=", "/messages/search?q=", "/users/", "/contacts/", "/nothing/"):
        for text in (ROOT + "-query", ROOT + "\"' OR 1=1 --", ROOT + "%00\r\nlevel=error"):
            try_call(api, "GET", path + urllib.parse.quote(text))
    stream = peer.Stream(address, bob["access_token"])
    stream.wait_for(lambda frame: frame["t"] == "snapshot" and frame["last"])
    stream.send({"t": "reach", "state": ROOT + "-state", "since": ROOT})
    wait_until(lambda: not stream.is_open, "the stream to be refused")
    peer.Api(address).call("POST", "/auth/refresh", {"refresh_token": bob["refresh_token"]})


def test_strangers_write(office):
    """Every kind of refusal of a request, of a token and of a frame."""
    address = office.server.address
    login = "/api/v1/auth/login"
    bearer = f"Authorization: Bearer {ROOT}-token"
    statuses = {
        ask(address, "POST", login, body=json.dumps({"user": ROOT + "-user", "password": ROOT + "-wrong", "device": ROOT}))[0],
        ask(address, "POST", login, body='{"user":"' + ROOT + '-broken')[0],
        ask(address, "POST", login, body='{"user":"a","user":"' + ROOT + '-twice"}')[0],
        ask(address, "POST", login, body='{"' + ROOT + '-key":' + "[" * 40 + "]" * 40 + "}")[0],
        ask(address, "POST", login, body='{"user":"' + ROOT * 10000 + '"}')[0],
        ask(address, "POST", "/api/v1/auth/refresh", body=json.dumps({"refresh_token": ROOT + "-refresh"}))[0],
        ask(address, "GET", f"/{ROOT}-path?{ROOT}-query={ROOT}")[0],
        ask(address, "GET", "/api/v1/me", [bearer])[0],
        ask(address, "GET", "/api/v1/me", [bearer, f"X-{ROOT}: {ROOT}-header", f"Cookie: {ROOT}-cookie"])[0],
        ask(address, "GET", "/api/v1/me", [bearer, f"Host: {ROOT}.example"])[0],
        ask(address, "GET", "/api/v1/me", [bearer, f"Origin: https://{ROOT}.example"])[0],
        ask(address, "DELETE", "/api/v1/me", [bearer])[0],
        ask(address, "GET", "/api/v1/stream", [bearer, "Upgrade: websocket", "Connection: Upgrade"])[0],
    }
    assert {400, 401, 403, 404, 405, 413} <= statuses, statuses
    for text in (f"GET /{ROOT}-half?{ROOT} HTTP/1.1\r\nX-{ROOT}", f"{ROOT} nonsense\r\n\r\n", f"GET / HTTP/9.{ROOT}\r\n\r\n",
                 f"GET /{ROOT * 6000} HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n" + f"X-{ROOT}: {ROOT * 500}\r\n" * 20 + "\r\n"):
        raw = Raw(address)
        try:
            raw.send(text)
            raw.read_to_end()
        except OSError:
            pass  # it closes while we write
        raw.close()


def test_calendars_are_read(office):
    """The connector reads titles, and a file that is broken; the server gets neither."""
    token = office.server.administrate("token", "create", "--connector", "calendar", "--name", "calendars")
    office.secrets.append(token)
    folder = office.session.path("calendar")
    os.makedirs(folder)
    start = time.time() - 600
    text = EVENT.format(root=ROOT, start=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start)),
                        end=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start + 7200)))
    files = {
        "token": token + "\n",
        "ada.ics": text,
        "bob.ics": text[:text.index("DTEND")] + f"{ROOT}-no-end",
        "calendar.conf": f"[server]\nurl={office.server.address}\ntoken-file=token\n[ada]\nfile=ada.ics\n[bob]\nfile=bob.ics\n"
                         f"[ada-web]\nuser=ada\nurl=http://127.0.0.1:9/{ROOT}-private-link?{ROOT}\nallow-private=true\n",
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
    office.session.spawn([CALENDAR, "--config", os.path.join(folder, "calendar.conf")], name="connector",
                         env={**office.session.env, "ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0"})
    api = peer.Api(office.server.address, office.login("ada")["access_token"])
    user = api.call("GET", "/me")["person"]["id"]
    moment = "%Y-%m-%dT%H:%M:%SZ"
    query = f"/busy?users={user}&from={time.strftime(moment, time.gmtime(start - 60))}&to={time.strftime(moment, time.gmtime(start + 9000))}"
    wait_until(lambda: api.call("GET", query)["items"][0]["periods"],
               lambda: f"a busy period: {office.session.read_log('connector')[-3000:]}", 60)
    wait_until(lambda: "“ada-web”" in office.session.read_log("connector"), "the web calendar to be tried", 60)


def test_nothing_was_written_down(office):
    office.server.stop()
    for name in ("server", "connector"):
        log = office.session.read_log(name)
        assert len(log) > 200, f"{name} wrote next to nothing: {log}"
        for number, line in enumerate(log.splitlines()):
            said = NAMED_EVENTS.sub("", line) if name == "connector" else line
            assert ROOT not in said.lower(), f"{name}, line {number}: {line}"
        for secret in office.secrets:
            assert secret not in log, f"a token stands in the log of {name}"


def test_each_line_is_an_event(office):
    for name in ("server", "connector"):
        for line in office.session.read_log(name).splitlines():
            assert LINE.fullmatch(line), f"{name}: {line!r}"
    log = office.session.read_log("server")
    assert re.search(r'message="Somebody signed in" user="u[^"]+" session="[^"]+" address="127.0.0.1"', log), log
    assert 'message="A sign-in was refused: unknown user or wrong password" address="127.0.0.1"' in log
    assert 'message="A request was cut at its deadline" address="127.0.0.1"' in log


def test_the_database_holds_no_titles_and_no_tokens(office):
    """What people wrote to each other is there; what calendars say, passwords and tokens are not."""
    path = os.path.join(office.server.data, "lampfield.db")
    with sqlite3.connect(path) as database:
        dump = "\n".join(database.iterdump())
    raw = b"".join(open(path + end, "rb").read() for end in ("", "-wal") if os.path.exists(path + end))
    assert ROOT + "-body" in dump, "the search finds what is there"
    for word in ("title", "place", "description", "attendee", "uid", "password", "wrong", "token", "private-link"):
        assert f"{ROOT}-{word}" not in dump and f"{ROOT}-{word}".encode() not in raw, word
    for secret in office.secrets:
        assert secret not in dump and secret.encode() not in raw, "a token stands in the database"


TESTS = (test_people_write, test_strangers_write, test_calendars_are_read, test_nothing_was_written_down,
         test_each_line_is_an_event, test_the_database_holds_no_titles_and_no_tokens)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
