#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an event on a real CalDAV server to the badge in the real window."""

import datetime
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["LF_BUILD"]
os.environ.setdefault("LF_SERVER_PROGRAM", os.path.join(BUILD, "src/server/lampfield-server"))
os.environ.setdefault("LF_CALENDAR_PROGRAM", os.path.join(BUILD, "src/connectors/calendar/lampfield-calendar"))
for folder in ("", "../service", "../connectors/calendar"):
    sys.path.insert(0, os.path.join(HERE, folder))

from caldav_servers import LOGIN, PASSWORD as DAV_PASSWORD, Radicale, Xandikos, event  # noqa: E402
from connector import Connector  # noqa: E402
from lfdesktop import main  # noqa: E402
from office import PASSWORD, Office  # noqa: E402
from test_desktop import fill_in, open_chat  # noqa: E402

PEOPLE = {"jonas": ("Jonas Weberling", Radicale), "priya": ("Priya Nairthan", Xandikos)}


class CalendarOffice(Office):
    """The small office, where Jonas's calendar lies on one server and Priya's on another."""

    def start(self, notifications=True):
        super().start(notifications)
        self.servers = {login: kind(self.session) for login, (_name, kind) in PEOPLE.items()}
        for server in self.servers.values():
            server.make_calendar("work")
        self.connector = Connector(self, {login: {"caldav": server.address, "login": LOGIN, "password": DAV_PASSWORD, "allow_private": "true"}
                                          for login, server in self.servers.items()})
        self.connector.wait_for_log("Publishing")

    def put(self, login, name, start_s, end_s, *lines):
        """An event from @start_s to @end_s from now; when it ends, by the clock on the wall of the window."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        start, end = (now + datetime.timedelta(seconds=offset) for offset in (start_s, end_s))
        self.servers[login].put("work", name, event(name, f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}",
                                                    "SUMMARY:Secret project", *lines))
        self.connector.read_now()
        return end


def make():
    office = CalendarOffice()
    try:
        office.start()
        app = office.start_app()
        fill_in(app, office.server.address, PASSWORD)
    except BaseException:
        office.close()
        raise
    return office


def test_everybody_is_online(office):
    for name, _kind in PEOPLE.values():
        office.app.find(f"^{name}, Online")


def test_an_event_that_is_put_there_is_a_meeting_here(office):
    for login, (name, _kind) in PEOPLE.items():
        office.put(login, "meeting", -600, 1800)
        office.app.find(f"^{name}, In a meeting until ")


def test_what_may_be_is_none(office):
    for login, (name, _kind) in PEOPLE.items():
        office.put(login, "meeting", -600, 1800, "STATUS:TENTATIVE")
        office.app.find(f"^{name}, Online")


def test_a_series_has_its_instance_today(office):
    for login, (name, _kind) in PEOPLE.items():
        office.put(login, "meeting", -600 - 7 * 86400, 1800 - 7 * 86400, "RRULE:FREQ=DAILY")
        office.app.find(f"^{name}, In a meeting until ")


def test_what_is_deleted_is_over(office):
    for login, (name, _kind) in PEOPLE.items():
        office.servers[login].delete("work", "meeting")
        office.connector.read_now()
        office.app.find(f"^{name}, Online")


def test_no_word_of_it_came_here(office):
    office.put("jonas", "meeting", -600, 1800)
    open_chat(office, "Jonas Weberling")
    office.app.find("^Jonas Weberling, In a meeting")
    assert office.app.lookup("Secret") is None


TESTS = (test_everybody_is_online, test_an_event_that_is_put_there_is_a_meeting_here, test_what_may_be_is_none,
         test_a_series_has_its_instance_today, test_what_is_deleted_is_over, test_no_word_of_it_came_here)

if __name__ == "__main__":
    sys.exit(main(TESTS, make))
