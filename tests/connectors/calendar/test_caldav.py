#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars on real CalDAV servers, from an event's PUT to what a colleague sees of the calendar."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from caldav_servers import LOGIN, PASSWORD, SERVERS, event  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import OWN, ZONE, EventSet  # noqa: E402
from service import main  # noqa: E402


class Office(CalendarOffice):
    """Somebody for each CalDAV server, whose calendar there has the set of events; all read by one connector."""

    def __init__(self):
        super().__init__(*(kind.name for kind in SERVERS), "wrong", "named")
        self.set = EventSet()
        self.servers = {kind.name: kind(self.session) for kind in SERVERS}
        for server in self.servers.values():
            server.make_calendar("work")
            for name, text in self.set.objects.items():
                server.put("work", name, text)
        self.groups = {name: self.group(server) for name, server in self.servers.items()}
        self.connector = Connector(self, self.groups)

    @staticmethod
    def group(server, **more):
        return {"caldav": server.address, "login": LOGIN, "password": PASSWORD, "addresses": OWN, "zone": ZONE, "allow_private": "true", **more}

    def expect(self, login, expected, refresh=True):
        if refresh:
            self.connector.read_now()
        wait_until(lambda: sorted(self.periods(login)) == sorted(expected),
                   lambda: f"{login}: {sorted(expected)} != {sorted(self.periods(login))}: {self.connector.log[-3000:]}")

    def reconfigure(self, groups):
        self.connector.configure(groups)
        self.connector.read_now()


def test_the_same_events_mean_the_same_on_every_server(office):
    for name in office.servers:
        office.expect(name, office.set.expected, refresh=False)


def test_what_changes_is_followed(office):
    for name, server in office.servers.items():
        extra = office.set.at(12, 9)
        server.put("work", "extra", event("extra@lampfield.test", f"DTSTART:{extra:%Y%m%dT%H%M%SZ}", "DURATION:PT1H"))
        office.expect(name, [*office.set.expected, f"{extra:%Y-%m-%dT%H:%M} {extra.replace(hour=10):%Y-%m-%dT%H:%M} busy"])
        server.put("work", "extra", event("extra@lampfield.test", f"DTSTART:{extra:%Y%m%dT%H%M%SZ}", "DURATION:PT2H", "STATUS:TENTATIVE"))
        office.expect(name, [*office.set.expected, f"{extra:%Y-%m-%dT%H:%M} {extra.replace(hour=11):%Y-%m-%dT%H:%M} tentative"])
        server.delete("work", "extra")
        office.expect(name, office.set.expected)


def test_a_named_calendar_counts_alone(office):
    at = office.set.at(11, 20)
    server = office.servers["radicale"]
    server.make_calendar("other")
    server.put("other", "one", event("one@lampfield.test", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT1H"))
    office.reconfigure({**office.groups, "named": office.group(server, calendars="OTHER")})
    office.expect("named", [f"{at:%Y-%m-%dT%H:%M} {at.replace(hour=21):%Y-%m-%dT%H:%M} busy"], refresh=False)
    server.delete("other", "one")
    server.ask("DELETE", f"{server.home}other/")
    office.reconfigure(office.groups)


def test_a_wrong_password_is_said_and_harms_nobody(office):
    server = office.servers["radicale"]
    office.reconfigure({**office.groups, "wrong": office.group(server, password="not it")})
    office.connector.wait_for_log("“wrong” of “wrong”: The address does not let us read the calendar (HTTP 401)")
    assert "not it" not in office.connector.log and PASSWORD not in office.connector.log
    wait_until(lambda: "it is not let in where the calendar is" in office.server.administrate("explain", "wrong"), "the administrator to be told")
    wait_until(lambda: "calendar wrong: “calendar” says: it is not let in" in office.server.administrate("connector", "list"), "the list to tell")
    office.expect("radicale", office.set.expected)
    assert office.periods("wrong") == []
    assert not office.busy("wrong").get("known_until"), office.busy("wrong")
    office.reconfigure(office.groups)
    wait_until(lambda: "is not let in" not in office.server.administrate("explain", "wrong"), "it to be over")


def test_a_broken_object_harms_no_other(office):
    server = office.servers["xandikos"]
    at = office.set.at(12, 9)
    broken = event("broken@lampfield.test", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30")
    server.put("work", "broken", broken)
    office.expect("xandikos", [*office.set.expected, f"{at:%Y-%m-%dT%H:%M} {at.replace(hour=10):%Y-%m-%dT%H:%M} busy"])
    office.connector.wait_for_log("repeat rules refused as too costly, counted once: 1 (events “broken@lampfield.test”)")
    server.delete("work", "broken")
    office.expect("xandikos", office.set.expected)


def test_a_server_that_is_gone_takes_nothing_with_it(office):
    for name, server in office.servers.items():
        before = office.periods(name)
        assert before, name
        server.stop()
        office.connector.read_now()
        machine = server.address.split("/")[2]
        office.connector.wait_for_log(f"Calendar “{name}” of “{name}”: “{machine}” refuses connections: no service listens there. (last read: ")
        assert office.periods(name) == before
        wait_until(lambda who=name: "the calendar cannot be read" in office.server.administrate("explain", who), "the administrator to be told")
        server.start()
        office.connector.read_now()
        office.connector.wait_for_log(f"Calendar “{name}” of “{name}” is read again")
        office.expect(name, office.set.expected)


def test_many_people_at_one_address(office):
    """One group for everybody; whose calendars the server does not have, or lets nobody see, are said to be missing."""
    server = office.servers["radicale"]
    office.reconfigure({"home": {**office.group(server), "caldav": server.address + "{login}/", "users": "mara;named"}})
    office.connector.wait_for_log("“home” of “named”: ")
    office.reconfigure(office.groups)


TESTS = (test_the_same_events_mean_the_same_on_every_server, test_what_changes_is_followed,
         test_a_named_calendar_counts_alone,
         test_a_wrong_password_is_said_and_harms_nobody, test_a_broken_object_harms_no_other,
         test_a_server_that_is_gone_takes_nothing_with_it, test_many_people_at_one_address)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
