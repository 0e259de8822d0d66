#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Titles, places, people and the like never leave the connector: planted words are looked for in the database, in what
went over the wire to and from the server, and in every log."""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD = tempfile.mkdtemp(prefix="lf-privacy-")
os.environ["LF_RECORD"] = RECORD
os.environ["LF_RECORD_ONLY"] = "lampfield-server"
os.environ["LD_PRELOAD"] = os.path.join(os.environ["LF_BUILD"], "tests/support/liblf-record.so")
os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

import shutil  # noqa: E402

import service  # noqa: E402
from caldav_servers import LOGIN, PASSWORD, Radicale, event  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import OWN, EventSet  # noqa: E402
from ews_stub import EwsStub  # noqa: E402
from service import main  # noqa: E402

service.SAN_OPTIONS["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
NAMED = "nameduid"  # of events that cannot be read: the connector's log names them, for whoever mends them
CONTROL = "controlword"  # the name of a calendar does travel: it is found everywhere
WORDS = {name: f"planted{name.lower()}" for name in ("SUMMARY", "LOCATION", "DESCRIPTION", "COMMENT", "CATEGORIES", "CONTACT", "RESOURCES", "URL",
                                                     "ATTENDEE", "ORGANIZER", "ATTACH", "UID", "XPROP", "ALARM", "CN", "BROKEN")}


def plant(uid, start, *lines):
    return event(uid, start, "DURATION:PT1H", f"SUMMARY:{WORDS['SUMMARY']}", f"LOCATION:{WORDS['LOCATION']}",
                 f"DESCRIPTION:{WORDS['DESCRIPTION']}", f"COMMENT:{WORDS['COMMENT']}", f"CATEGORIES:{WORDS['CATEGORIES']}", f"CONTACT:{WORDS['CONTACT']}",
                 f"RESOURCES:{WORDS['RESOURCES']}", f"URL:https://{WORDS['URL']}.test/", f"ATTACH:https://{WORDS['ATTACH']}.test/",
                 f"ORGANIZER;CN={WORDS['CN']}:mailto:{WORDS['ORGANIZER']}@example.org", f"ATTENDEE;CN={WORDS['CN']}:mailto:{WORDS['ATTENDEE']}@example.org",
                 f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OWN}", f"X-WORDS:{WORDS['XPROP']}", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M",
                 f"DESCRIPTION:{WORDS['ALARM']}", "END:VALARM", *lines)


class Office(CalendarOffice):
    """One calendar that comes as a file, on a CalDAV server and from Exchange, each full of words."""

    def __init__(self):
        super().__init__("mara", "file", "exchange")
        self.set = EventSet()
        start = f"DTSTART:{self.set.at(1, 9):%Y%m%dT%H%M%SZ}"
        self.objects = [plant(WORDS["UID"] + "-1", start), plant(WORDS["UID"] + "-2", start, "RRULE:FREQ=DAILY;COUNT=3"),
                        plant(NAMED + "-1", "DTSTART:never", f"SUMMARY:{WORDS['BROKEN']}"), plant(NAMED + "-2", start, f"RRULE:FREQ=MINUTELY;X={WORDS['BROKEN']}")]
        self.dav = Radicale(self.session)
        self.dav.make_calendar("work")
        for i, text in enumerate(self.objects[:2]):
            self.dav.put("work", f"{WORDS['UID']}{i}", text)
        os.makedirs(self.session.path("sources"))
        path = self.session.path("sources/mara.ics")
        with open(path, "w", encoding="utf-8") as file:
            file.write("BEGIN:VCALENDAR\r\n" + "".join(text.partition("PRODID:-//Lampfield//Tests//EN\r\n")[2].partition("END:VCALENDAR")[0] for text in self.objects) + "END:VCALENDAR\r\n")
        self.ews = EwsStub({"exchange@example.org": [(self.set.at(1, 9), self.set.at(1, 10), "Busy")]})
        people = self.session.path("sources/people.csv")
        with open(people, "w", encoding="utf-8") as file:
            file.write("login,name,mail\nex,Ex,exchange@example.org\n")
        self.server.administrate("user", "import", people)
        self.ids["ex"] = next(person["id"] for person in self.watcher.call("GET", "/users?q=ex")["items"] if person["login"] == "ex")
        self.connector = Connector(self, {
            f"{CONTROL}-dav": {"user": "mara", "caldav": self.dav.address, "login": LOGIN, "password": PASSWORD, "addresses": OWN, "allow_private": "true"},
            f"{CONTROL}-file": {"user": "file", "file": path, "addresses": OWN},
            f"{CONTROL}-ews": {"users": "ex", "ews": self.ews.address, "login": "lampfield", "password": "exchange of words", "allow_private": "true"}})

    def close(self):
        self.ews.close()
        super().close()
        shutil.rmtree(RECORD)


def look(root, words, skipped=()):
    """{word: a file that holds it} of all files below @root."""
    found = {}
    for folder, _names, files in os.walk(root):
        if any(part in os.path.relpath(folder, root).split(os.sep)[0] for part in skipped):
            continue
        for name in files:
            if any(name.startswith(part) for part in skipped):
                continue
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read().lower()
            except OSError:
                continue  # a socket
            found.update({word: os.path.join(folder, name) for word in words if word.encode() in data or word.encode("utf-16-le") in data})
    return found


def test_what_they_mean_is_told(office):
    for login in ("mara", "file", "ex"):
        wait_until(lambda who=login: office.periods(who), lambda: f"{login} to be busy: {office.connector.log[-2000:]}")


def test_the_words_are_where_they_were_planted(office):
    """What is looked for can be found: in the calendars themselves."""
    there = look(office.session.path(""), WORDS.values())
    missing = set(WORDS.values()) - set(there)
    assert not missing, missing


def test_no_word_left_the_connector(office):
    office.connector.read_now()
    office.connector.wait_for_log("The configuration was read again")
    office.connector.stop()
    office.server.stop()  # everything is written
    skipped = ("radicale", "sources")
    for place in (office.session.path(""), RECORD):
        found = look(place, WORDS.values(), skipped)
        assert not found, found
        assert CONTROL in look(place, [CONTROL], skipped), f"nothing to look at in {place}"
    names = {os.path.basename(path) for path in look(office.session.path("server-data"), [CONTROL]).values()}
    assert names, "the database holds nothing"
    assert CONTROL in look(os.path.dirname(office.session.path("x")), [CONTROL], skipped)
    assert CONTROL in office.connector.log and NAMED in office.connector.log
    for place in (office.session.path("server-data"), RECORD):
        assert not look(place, [NAMED]), look(place, [NAMED])
    assert NAMED not in office.server.log


TESTS = (test_what_they_mean_is_told, test_the_words_are_where_they_were_planted, test_no_word_left_the_connector)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
