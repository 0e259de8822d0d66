#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that mean harm, or have lost their senses, as a feed and as a CalDAV account: what was read last stays, the log
says what is wrong, and nobody else's calendar suffers."""

import itertools
import os
import re
import sys
import threading
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from caldav_servers import event  # noqa: E402
from caldav_stub import Stub  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import EventSet  # noqa: E402
from service import main  # noqa: E402

MEBIBYTE = b"x" * (1 << 20)
XML = {"Content-Type": "application/xml"}
DRIP_S = 1.0  # shorter than the silence that ends a connection
READING_S = 150.0  # more than a reading may last that waits for another slow one
GZIP = {"Content-Encoding": "gzip"}
MUTE = " takes connections but does not answer: nothing came for 20 seconds"
MULTISTATUS = '<D:multistatus xmlns:D="DAV:">{}</D:multistatus>'


def drip(over):
    while not over.wait(DRIP_S):
        yield b" "


def fall_silent(over):
    yield b"BEGIN"
    over.wait()


def bomb():
    """Of 300 KB, what unpacks to 300 MB."""
    packer = zlib.compressobj(wbits=31)
    return [*(packer.compress(MEBIBYTE) for _ in range(300)), packer.flush()]


# By the name of a scene: what is answered, and what the log says of it to a feed and to a CalDAV account; None: it is not
# tried as such. What is slow ends with the event @over.
SCENES = {
    "unauthorized": (lambda over: (401, {"WWW-Authenticate": 'Basic realm="x"'}, ""), "(HTTP 401); look at its link or password", "(HTTP 401); look at"),
    "forbidden": (lambda over: (403, {}, ""), "(HTTP 403); look at its link or password", "(HTTP 403); look at its link or password"),
    "gone": (lambda over: (404, {}, ""), "no calendar at the address any more (HTTP 404)", "no calendar at the address any more (HTTP 404)"),
    "broken": (lambda over: (500, {}, ""), "The address answered HTTP 500", "The address answered HTTP 500"),
    "garbage": (lambda over: (200, {}, [bytes(range(256)) * 100]), "This is no iCalendar", None),
    "davgarbage": (lambda over: (207, XML, [bytes(range(256)) * 100]), None, "The answer is not the XML it should be"),
    "portal": (lambda over: (200, {"Content-Type": "text/html"}, "<html>Please sign in</html>"), "This is no iCalendar", "answered HTTP 200"),
    "void": (lambda over: (200, {}, ""), "The calendar is empty", "answered HTTP 200"),
    "endless": (lambda over: (200, {}, itertools.repeat(MEBIBYTE)), "The calendar is larger than 64 MiB", None),
    "davendless": (lambda over: (207, XML, itertools.repeat(MEBIBYTE)), None, "The calendar is larger than 16 MiB"),
    "bomb": (lambda over: (200, GZIP, bomb()), "The calendar is larger than 64 MiB", None),
    "davbomb": (lambda over: (207, {**GZIP, **XML}, bomb()), None, "The calendar is larger than 16 MiB"),
    "doctype": (lambda over: (207, XML, '<!DOCTYPE D:multistatus [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + MULTISTATUS.format("&a;")), None,
                "has a document type, which is refused"),
    "entity": (lambda over: (207, XML, MULTISTATUS.format("&lol;")), None, "The answer is not the XML it should be"),
    "unended": (lambda over: (207, XML, MULTISTATUS.partition("{")[0]), None, "The answer is not the XML it should be"),
    "stranger": (lambda over: (207, XML, "<other><thing/></other>"), None, "The answer is no multistatus of WebDAV"),
    "deep": (lambda over: (207, XML, MULTISTATUS.format("<a>" * 100000)), None, "The answer is nested too deeply"),
    "short": (lambda over: (200, {"Content-Length": "100000"}, [b"BEGIN:VCALENDAR\r\n"]), " ended the connection before its answer was whole", None),
    "inward": (lambda over: (302, {"Location": "http://10.0.0.1/admin"}, ""), "read by https alone", "read by https alone"),
    "file": (lambda over: (302, {"Location": "file:///etc/passwd"}, ""), "read by https alone", "read by https alone"),
    "circle": (lambda over: (302, {"Location": "?"}, ""), "redirects more than 5 times", "redirects more than 5 times"),
    "nowhere": (lambda over: (302, {}, ""), "redirects to nowhere", "redirects to nowhere"),
    "mute": (lambda over: (None, {}, over.wait), MUTE, MUTE),
    "silent": (lambda over: (207, XML, fall_silent(over)), None, " stopped in the middle of its answer: nothing more came for 20 seconds"),
    "slow": (lambda over: (200, {}, drip(over)), "did not give its calendar within 60 seconds", None),
    "davslow": (lambda over: (207, XML, drip(over)), None, "did not give its calendar within 60 seconds"),
}
SLOW = ("mute", "silent", "slow", "davslow")
CASES = {f"{kind}-{scene}": (scene, kind, words) for scene, (_answer, *kinds) in SCENES.items() for kind, words in zip(("url", "caldav"), kinds) if words}
QUICK_ONES = [login for login, (scene, _kind, _words) in CASES.items() if scene not in SLOW]
SLOW_ONES = [login for login in CASES if login not in QUICK_ONES]


class HostileStub(Stub):
    """Good at first; then each account answers with its scene, whatever is asked."""

    def __init__(self):
        super().__init__()
        self.is_hostile = False
        self.over = threading.Event()

    def answer(self, method, path, depth, body):
        login = path.split("/")[1]
        if self.is_hostile and login in CASES:
            return SCENES[CASES[login][0]][0](self.over)
        if method == "GET" and login in self.homes:
            return 200, {"Content-Type": "text/calendar"}, self.homes[login]["work"].objects["one.ics"][1]
        return super().answer(method, path, depth, body) if login in self.homes else (404, {}, "")


class Office(CalendarOffice):
    """An account for each scene, and one that stays good; all are read by one connector."""

    def __init__(self):
        super().__init__("good", "named")
        self.at = EventSet().at
        self.stub = HostileStub()
        people = self.session.path("people.csv")
        with open(people, "w", encoding="utf-8") as file:
            file.write("login,name\n" + "".join(f"{login},{login}\n" for login in CASES))
        self.server.administrate("user", "import", people)
        for login in CASES:
            self.ids[login] = next(person["id"] for person in self.watcher.call("GET", f"/users?q={login}")["items"] if person["login"] == login)
        for login in self.ids:
            self.stub.add(login)
        self.put(1)
        self.groups = {login: self.group(login, kind) for login, (_scene, kind, _words) in CASES.items()}
        self.groups.update(good=self.group("good", "caldav"), named=self.group("named", "url"))
        self.connector = Connector(self, self.groups)

    def close(self):
        self.stub.over.set()
        self.stub.close()
        super().close()

    def group(self, login, kind, **more):
        return {kind: f"{self.stub.address}{login}/", "zone": "UTC", "allow_private": "true", **more}

    def put(self, day):
        """The only event of each calendar is on that day."""
        text = event("one", f"DTSTART:{self.at(day, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H")
        with self.stub.lock:
            for login in self.ids:
                self.stub.homes[login]["work"].put("one.ics", text)

    def expect(self, day, logins):
        period = f"{self.at(day, 9):%Y-%m-%dT%H:%M} {self.at(day, 10):%Y-%m-%dT%H:%M} busy"
        for login in logins:
            wait_until(lambda who=login: self.periods(who) == [period], lambda who=login: f"{who}: {self.periods(who)}: {self.connector.log[-3000:]}")

    def expect_words(self, logins):
        """Each is told of with the words of its scene."""
        for login in logins:
            start = f"Calendar “{login}” of “{login}”: "
            wait_until(lambda text=start: text in self.connector.log, f"{login} to be told of", READING_S)
            line = self.connector.log.partition(start)[2].partition("\n")[0]
            assert CASES[login][2] in line, f"{login}: {line}"
            assert re.search(r" \(last read: 2\S+Z; tried again in \d+ s", line), f"{login}: {line}"


def test_all_are_read_while_they_are_good(office):
    office.expect(1, office.ids)


def test_each_is_said_and_what_was_read_stays(office):
    office.stub.is_hostile = True
    office.put(2)
    office.connector.read_now()
    office.expect_words(QUICK_ONES)
    office.expect(1, QUICK_ONES)


def test_nobody_else_suffers_meanwhile(office):
    office.expect(2, ["good"])


def test_a_name_that_leads_here_is_refused_without_leave(office):
    """What counts is the address behind a name, at each connection: a name may lead elsewhere the next time."""
    del office.groups["named"]["allow_private"]
    office.groups["named"]["url"] = office.groups["named"]["url"].replace("127.0.0.1", "localhost")
    office.stub.take_requests()
    office.connector.configure(office.groups)
    office.connector.read_now()
    office.connector.wait_for_log("“named” of “named”: The address is one of this machine or a private network")
    assert not any("/named/" in request for request in office.stub.take_requests())


def test_slowness_has_an_end(office):
    office.expect_words(SLOW_ONES)
    office.expect(1, SLOW_ONES)


def test_all_are_read_again_when_they_have_come_to_their_senses(office):
    office.stub.is_hostile = False
    office.stub.over.set()  # a reading that goes on is followed by another
    office.connector.read_now()
    office.expect(2, CASES)
    office.connector.stop()


TESTS = (test_all_are_read_while_they_are_good, test_each_is_said_and_what_was_read_stays, test_nobody_else_suffers_meanwhile,
         test_a_name_that_leads_here_is_refused_without_leave, test_slowness_has_an_end,
         test_all_are_read_again_when_they_have_come_to_their_senses)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
