#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an event on a real CalDAV server, read by the connector, to the badge in the real window."""

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
from event_set import OWN, ROWS, UTC, ZONE, list_steps  # noqa: E402
from lfdesktop import main  # noqa: E402
from office import Office, make  # noqa: E402
from test_desktop import BUTTON_ROLES, ENTRY_ROLES, open_chat, sign_in  # noqa: E402

PEOPLE = {"jonas": ("Jonas Weberling", Radicale), "priya": ("Priya Nairthan", Xandikos)}


class CalendarOffice(Office):
    """The small office, where Jonas's calendar lies on one server and Priya's on another."""

    def start(self, notifications=True):
        super().start(notifications)
        self.servers = {login: kind(self.session) for login, (_name, kind) in PEOPLE.items()}
        for server in self.servers.values():
            server.make_calendar("work")
        self.connector = Connector(self, {login: {"caldav": server.address, "login": LOGIN, "password": DAV_PASSWORD, "addresses": OWN,
                                                  "zone": ZONE, "allow_private": "true"}
                                          for login, server in self.servers.items()})
        self.connector.wait_for_log("Publishing")

    def expect(self, words):
        """Both are shown so, after their calendars were read."""
        self.connector.read_now()
        for name, _kind in PEOPLE.values():
            self.app.find(f"^{name}, {words}")


def test_everybody_is_online(office):
    for name, _kind in PEOPLE.values():
        office.app.find(f"^{name}, Online")


def test_each_event_that_is_put_there_is_shown_as_what_it_means(office):
    for name, text, is_meeting in list_steps(datetime.datetime.now(UTC)):
        print(f"# {name}", flush=True)
        for server in office.servers.values():
            server.put("work", "now", text)
        office.expect("In a meeting until " if is_meeting else "Online")


def test_what_is_deleted_is_over(office):
    for server in office.servers.values():
        server.put("work", "now", ROWS["busy"].make("now@lampfield.test", datetime.datetime.now(UTC)))
    office.expect("In a meeting until ")
    for server in office.servers.values():
        server.delete("work", "now")
    office.expect("Online")


def test_no_word_of_it_came_here(office):
    office.servers["jonas"].put("work", "now", ROWS["busy"].make("now@lampfield.test", datetime.datetime.now(UTC)))
    office.connector.read_now()
    open_chat(office, "Jonas Weberling")
    office.app.find("^Jonas Weberling, In a meeting")
    assert office.app.lookup("Secret") is None


def test_a_time_is_found_at_which_both_are_free(office):
    """Up to the end of the next working day but one Jonas has half an hour, and Priya has the same half an hour, too."""
    day = datetime.datetime.now().replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=2)
    day += datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    busy = {"jonas": ((-120, 14), (14.5, 24)), "priya": ((0, 12), (17, 18))}
    for login, spans in busy.items():
        for number, span in enumerate(spans):
            start, end = ((day + datetime.timedelta(hours=hour)).astimezone(UTC) for hour in span)
            office.servers[login].put("work", f"far{number}", event(f"far{number}", f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                                                                    f"DTEND:{end:%Y%m%dT%H%M%SZ}"))
    office.connector.read_now()
    app = office.app
    app.find("^Jonas Weberling, In a meeting until ")
    app.keys("ctrl+t")
    app.find("^Find a time$")
    for name in ("Jonas", "Priya"):
        app.find("^Add somebody$", BUTTON_ROLES, state="sensitive").click()
        app.find("^Name$", ENTRY_ROLES)
        app.write(name)
        app.find(f"^{name} \\w+$", "list item")
        app.keys("Return")
        app.find(f"^Without {name}")
    app.find(f"^{day:%A}, {day.day} {day:%B}, 14:00–14:30$")
    app.keys("Escape")
    app.wait_gone("^Find a time$")


TESTS = (test_everybody_is_online, test_each_event_that_is_put_there_is_shown_as_what_it_means, test_what_is_deleted_is_over,
         test_no_word_of_it_came_here, test_a_time_is_found_at_which_both_are_free)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(CalendarOffice, sign_in)))
