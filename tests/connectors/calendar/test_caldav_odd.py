#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""CalDAV servers that answer in odd ways, and how often any is asked."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from caldav_servers import calendar, event  # noqa: E402
from caldav_stub import EVENTS_ONLY, Stub  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import EventSet  # noqa: E402
from service import PASSWORD, main, peer  # noqa: E402


class Office(CalendarOffice):
    """One person's account on a server of the test's own; a new one for each test, and a name for what lies in it."""

    def __init__(self):
        super().__init__("mara")
        self.at = EventSet().at
        self.stub = None
        self.connector = None

    def begin(self, **traits):
        """Another server, with one event, which is read."""
        if self.connector:
            self.connector.stop()
        if self.stub:
            self.stub.close()
        self.stub = Stub()
        for name, value in traits.items():
            setattr(self.stub, name, value)
        self.work = self.stub.add("mara")
        self.put("first", 1)
        self.n_connectors = getattr(self, "n_connectors", 0) + 1
        self.connector = Connector(self, {"mara": self.group()}, f"calendar-{self.n_connectors}")
        self.connector.wait_for_log("Publishing")
        return self.stub

    def group(self, **more):
        return {"caldav": self.stub.address, "allow_private": "true", "zone": "UTC", **more}

    def close(self):
        if self.connector:
            self.connector.stop()
        super().close()

    def put(self, name, day, hour=9, folder=None):
        (folder or self.work).put(name + ".ics", event(name, f"DTSTART:{self.at(day, hour):%Y%m%dT%H%M%SZ}", "DURATION:PT1H"))

    def period(self, day, hour=9):
        return f"{self.at(day, hour):%Y-%m-%dT%H:%M} {self.at(day, hour + 1):%Y-%m-%dT%H:%M} busy"

    def expect(self, *days, refresh=True):
        if refresh:
            self.connector.read_now()
        wait_until(lambda: self.periods("mara") == [self.period(day) for day in days],
                   lambda: f"{days}: {self.periods('mara')} {self.stub.requests} {self.connector.log[-2000:]}")


def test_an_unchanged_calendar_is_one_question(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    stub.take_requests()
    office.connector.read_now()
    wait_until(lambda: stub.requests, "a question")
    office.put("second", 2)
    office.expect(1, 2)
    asked = stub.take_requests()
    assert asked[0] == "PROPFIND /mara/", asked
    assert asked.count("REPORT /mara/work/") == 2, asked  # what changed, and its contents
    assert "PROPFIND /mara/work/" not in asked, asked


def test_what_is_gone_goes(office):
    office.begin()
    office.put("second", 2)
    office.expect(1, 2)
    office.work.delete("first.ics")
    office.expect(2)


def test_without_tokens_by_etag(office):
    stub = office.begin(has_tokens=False, has_ctags=False)
    office.put("second", 2)
    office.expect(1, 2)
    stub.take_requests()
    office.put("second", 3)
    office.work.delete("first.ics")
    office.expect(3)
    asked = stub.take_requests()
    assert asked.count("REPORT /mara/work/") == 1, asked  # the contents of one object


def test_a_refused_token_means_looking_at_everything_once(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    stub.refuses_tokens = True
    office.put("second", 2)
    office.expect(1, 2)
    assert "PROPFIND /mara/work/" in stub.take_requests()
    office.put("third", 3)
    office.connector.read_now()
    office.connector.wait_for_log("HTTP 403")
    assert "PROPFIND /mara/work/" not in stub.take_requests()
    assert office.periods("mara") == [office.period(1), office.period(2)]
    stub.refuses_tokens = False
    office.expect(1, 2, 3)


def test_a_report_in_parts(office):
    stub = office.begin(report_limit=2)
    office.expect(1, refresh=False)
    for day in range(2, 9):
        office.put(f"day-{day}", day)
    office.expect(*range(1, 9))
    assert stub.take_requests().count("REPORT /mara/work/") >= 5


def test_an_event_that_is_left_out_is_not_free_time(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    stub.leaves_out = "first.ics"
    office.put("first", 2)
    office.connector.read_now()
    office.connector.wait_for_log("left out 1 events")
    assert office.periods("mara") == [office.period(1)]
    stub.leaves_out = None
    office.expect(2)


def test_calendars_that_do_not_count(office):
    """Those of others, copies of feeds, those of tasks, and those whose events hold nobody."""
    stub = office.begin()
    kinds = {"lent": {"kind": "<D:collection/><C:calendar/><CS:shared/>"}, "feed": {"kind": "<D:collection/><CS:subscribed/><C:calendar/>"},
             "tasks": {"more": EVENTS_ONLY.replace("VEVENT", "VTODO")}, "folder": {"kind": "<D:collection/>"},
             "boss": {"more": EVENTS_ONLY + "<D:owner><D:href>/boss/</D:href></D:owner>"},
             "birthdays": {"more": EVENTS_ONLY + "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"}}
    for day, (name, keys) in enumerate(kinds.items(), 3):
        office.put("one", day, folder=stub.add("mara", name, **keys))
    mine = stub.add("mara", "mine", more=EVENTS_ONLY + "<D:owner><D:href>/principal/</D:href></D:owner>")
    office.put("one", 2, folder=mine)
    office.expect(1, 2)
    del stub.homes["mara"]["mine"]
    office.expect(1)


def test_from_any_address_of_the_server(office):
    """The address itself need not speak CalDAV: RFC 6764 names a place to begin at."""
    for status in (404, 405, 500, 200):
        office.begin(root_status=status)
        office.expect(1, refresh=False)
        office.put("first", 2)
        office.expect(2)


def test_a_calendar_by_its_own_address(office):
    stub = office.begin()
    office.put("other", 5, folder=stub.add("mara", "other", more=EVENTS_ONLY + "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"))
    office.connector.configure({"mara": office.group(caldav=stub.address + "mara/other/")})
    office.expect(5)


def test_no_calendar_is_said(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    stub.homes["mara"] = {}
    office.connector.read_now()
    office.connector.wait_for_log("no calendar of this person's own that counts")
    assert office.periods("mara") == [office.period(1)]


def test_an_object_too_large_is_left_out_and_said(office):
    office.begin()
    office.work.put("huge.ics", event("huge", f"DTSTART:{office.at(3, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "DESCRIPTION:" + "x" * (3 << 20)))
    office.put("second", 2)
    office.expect(1, 2)
    office.connector.wait_for_log("events or zones over 1 MB or 2000 properties: 1")


def test_a_busy_server_is_left_alone_as_long_as_it_says(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    stub.fails_with = (503, {"Retry-After": "3600"})
    office.connector.read_now()
    office.connector.wait_for_log("HTTP 503")
    assert office.periods("mara") == [office.period(1)]


def test_a_series_in_one_object(office):
    office.begin()
    lines = ["BEGIN:VEVENT", "UID:s", f"DTSTART:{office.at(3, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT",
             "BEGIN:VEVENT", "UID:s", f"RECURRENCE-ID:{office.at(4, 9):%Y%m%dT%H%M%SZ}", f"DTSTART:{office.at(7, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "END:VEVENT"]
    office.work.put("series.ics", calendar(*lines))
    office.expect(1, 3, 5, 7)


def test_office_hours_are_detail(office):
    """An availability comes with the other objects of a calendar."""
    office.begin()
    noon, end, start = (f"{office.at(*at):%Y%m%dT%H%M%SZ}" for at in ((2, 12), (3, 12), (3, 8)))
    office.work.put("hours.ics", calendar("BEGIN:VAVAILABILITY", "UID:h", f"DTSTART:{noon}", f"DTEND:{end}", "BEGIN:AVAILABLE", "UID:h1",
                                          f"DTSTART:{start}", "DURATION:PT8H", "END:AVAILABLE", "END:VAVAILABILITY"))
    office.connector.read_now()
    away = f"{office.at(2, 12):%Y-%m-%dT%H:%M} {office.at(3, 8):%Y-%m-%dT%H:%M} out_of_office"
    wait_until(lambda: office.periods("mara") == [office.period(1), away], lambda: f"{office.periods('mara')} {office.connector.log[-2000:]}")


def test_a_refused_password_is_told_to_its_owner_alone(office):
    stub = office.begin()
    office.expect(1, refresh=False)
    owner = peer.Peer(office.server.address, "mara", PASSWORD)

    def read():
        return {calendar["source"]: calendar.get("code", "ok") for calendar in owner.call("GET", "/me").get("calendars", ())}

    wait_until(lambda: read() == {"mara": "ok"}, read)
    stub.fails_with = (401, {"WWW-Authenticate": 'Basic realm="x"'})
    office.connector.read_now()
    wait_until(lambda: read() == {"mara": "calendar_refused"}, read)
    assert owner.call("GET", "/me")["calendars"][0]["read_at"]
    assert "calendar_refused" not in str([office.watcher.call("GET", path) for path in ("/me", f"/users/{office.ids['mara']}")])
    stub.fails_with = None
    office.connector.read_now()
    wait_until(lambda: read() == {"mara": "ok"}, read)

    stub.add("watcher")
    office.connector.configure({"watcher": office.group()})  # hers is no longer in it
    office.connector.read_now()
    wait_until(lambda: not read(), read)
    office.connector.configure({"mara": office.group(), "watcher": office.group()})
    office.connector.read_now()
    wait_until(lambda: read() == {"mara": "ok"}, read)
    tokens = [line.split("\t") for line in office.server.administrate("token", "list").splitlines()]
    office.server.administrate("token", "remove", next(token[0] for token in tokens if office.connector.name in token))
    wait_until(lambda: not read(), read)


TESTS = (test_an_unchanged_calendar_is_one_question, test_what_is_gone_goes, test_without_tokens_by_etag,
         test_a_refused_token_means_looking_at_everything_once, test_a_report_in_parts,
         test_an_event_that_is_left_out_is_not_free_time, test_calendars_that_do_not_count, test_from_any_address_of_the_server,
         test_a_calendar_by_its_own_address, test_no_calendar_is_said, test_an_object_too_large_is_left_out_and_said,
         test_a_busy_server_is_left_alone_as_long_as_it_says, test_a_series_in_one_object, test_office_hours_are_detail,
         test_a_refused_password_is_told_to_its_owner_alone)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
