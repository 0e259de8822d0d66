#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the calendars that a real desktop keeps (Evolution Data Server: a file, and an account on a CalDAV server) to
the status in the real window, and to colleagues.
"""

import datetime
import hmac
import os
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["LF_BUILD"]
os.environ.setdefault("LF_SERVER_PROGRAM", os.path.join(BUILD, "src/server/lampfield-server"))
for folder in ("", "../service", "../connectors/calendar"):
    sys.path.insert(0, os.path.join(HERE, folder))

from accounts import AccountOffice  # noqa: E402
from caldav_servers import LOGIN, PASSWORD as DAV_PASSWORD, Radicale, Xandikos, calendar, event  # noqa: E402
from lfdesktop import main, wait_until  # noqa: E402
from office import ics_time, make  # noqa: E402
from peer import Api, now_text  # noqa: E402
from test_desktop import BUTTON_ROLES, sign_in  # noqa: E402


def delay(port, seconds):
    """A port that leads to @port, where each request takes this long to arrive."""
    def pump(source, sink, pause):
        try:
            while piece := source.recv(65536):
                time.sleep(pause)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other end is gone

    def serve():
        while True:
            near = listener.accept()[0]
            far = socket.create_connection(("127.0.0.1", port))
            for ends in ((near, far, seconds), (far, near, 0)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def make_source_id(uid):
    """The name that a calendar of this computer has on the server."""
    machine = ""
    if os.path.exists("/etc/machine-id"):
        with open("/etc/machine-id", encoding="utf-8") as file:
            machine = file.read().strip()
    machine = machine or socket.gethostname()
    return "desktop-" + hmac.new(machine.encode(), uid.encode(), "sha256").hexdigest()[:16]


class DesktopOffice(AccountOffice):
    """The small office, where Mara's desktop has a calendar in a file and some on servers."""

    def start(self, notifications=True):
        super().start(notifications)
        self.dav = Xandikos(self.session)
        self.dav.make_calendar("work")
        self.dav.put("work", "call", event("call", f"DTSTART:{ics_time(-600)}", f"DTEND:{ics_time(5400)}", "SUMMARY:Secret project",
                                           "CONFERENCE;VALUE=URI:https://meet.jit.si/SecretRoom"))
        self.dav.make_calendar("plans")
        self.locked = Radicale(self.session)
        self.silent = socket.create_server(("127.0.0.1", 0))  # takes connections, and never answers
        self.add_account("work", "Team work", self.dav.port, f"{self.dav.home}work/")
        self.add_account("plans", "Plans", self.dav.port, f"{self.dav.home}plans/")
        self.locked.make_calendar("late")
        self.locked.put("late", "trip", event("trip", f"DTSTART:{ics_time(172800)}", f"DTEND:{ics_time(176400)}", "SUMMARY:Secret trip",
                                              "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"))
        self.add_account("late", "Late", delay(self.locked.port, 1.5), f"{self.locked.home}late/", LOGIN, DAV_PASSWORD)
        self.add_account("slow", "Slow", self.silent.getsockname()[1], "/slow/")
        self.add_account("locked", "Locked", self.locked.port, f"{self.locked.home}work/", LOGIN)
        self.write(os.path.join(self.session.env["XDG_DATA_HOME"], "evolution/calendar/system/calendar.ics"),
                   calendar("BEGIN:VEVENT", "UID:later", f"DTSTAMP:{ics_time(0)}", f"DTSTART:{ics_time(86400)}", f"DTEND:{ics_time(90000)}",
                            "SUMMARY:Secret visit", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "END:VEVENT"))

    def ask_busy(self):
        """What a colleague is told of Mara."""
        return self.peers["jonas"].read_busy(self.ids["mara"])

    def is_known(self, uid):
        """Whether the server was told of that calendar of the desktop."""
        return make_source_id(uid) in self.server.administrate("explain", "mara")

    def read_types(self):
        return [period["type"] for period in self.ask_busy()["periods"]]


def open_preferences(office):
    office.app.keys("ctrl+comma")
    office.app.find("^Calendars$", ("radio button", "toggle button", "push button", "page tab", "tab")).click()


def test_one_that_comes_late_is_never_free(office):
    """The service has it empty until the account has told its events."""
    def has_come():
        is_known = office.is_known("late")
        assert not is_known or "elsewhere" in office.read_types(), office.ask_busy()
        return is_known

    wait_until(has_come, lambda: f"the late calendar: {office.ask_busy()}", 90)


def test_all_calendars_are_published(office):
    wait_until(lambda: office.read_types() == ["busy", "out_of_office", "elsewhere"],
               lambda: f"all calendars to be known to a colleague: {office.ask_busy()}", 60)
    office.app.find("^Your status: In a meeting", deadline_s=30)


def test_an_empty_one_is_known_to_be_free(office):
    wait_until(lambda: office.is_known("plans"), "the empty calendar", 90)


def test_one_that_has_not_answered_yet_is_not_free(office):
    """Nor is one that asks for a password. Preferences say which of them is waited for."""
    open_preferences(office)
    office.app.find("Waiting for its account to answer$")
    office.app.find("Its account asks for a password")
    assert not office.is_known("slow") and not office.is_known("locked")
    office.app.keys("Escape")
    office.app.wait_gone("Waiting for its account")


def test_no_word_of_them_left_the_computer(office):
    answer = str(office.ask_busy())
    assert "Secret" not in answer and "jit" not in answer, answer


def test_the_meeting_can_be_joined(office):
    office.app.keys("ctrl+shift+s")
    office.app.find("^Join the meeting$", BUTTON_ROLES).click()
    office.app.find("^No program opens the link of this meeting", deadline_s=20)  # none is installed here


def test_preferences_say_when_the_server_read(office):
    """The server tells of the first reading alone; Preferences ask."""
    connector = Api(office.server.address, office.server.administrate("token", "create", "--connector", "calendar", "--name", "Calendars"))
    for offset_s in (-7200, -3600):
        read_at = now_text(offset_s)
        connector.call("PUT", f"/users/{office.ids['mara']}/calendars/everyday/busy",
                       {"read_at": read_at, "known_from": now_text(-86400), "known_until": now_text(16 * 86400), "periods": []})
        open_preferences(office)
        shown = datetime.datetime.fromisoformat(read_at).astimezone()
        office.app.find(f"^Read .*{shown:%H:%M}")
        office.app.keys("Escape")
        office.app.wait_gone("^Read by the server")


def test_preferences_say_which_count(office):
    open_preferences(office)
    office.app.find("^Team work$")
    switch = office.app.find("^Team work$", ("switch", "toggle button", "check box"))
    assert "checked" in switch.states or "pressed" in switch.states, switch.states
    birthdays = office.app.find("^Birthdays", ("switch", "toggle button", "check box"))
    assert "checked" not in birthdays.states and "pressed" not in birthdays.states, birthdays.states
    slow = office.app.find("^Slow$", ("switch", "toggle button", "check box"))
    assert "checked" in slow.states or "pressed" in slow.states, slow.states
    switch.click()
    wait_until(lambda: office.read_types() == ["out_of_office", "elsewhere"], lambda: f"the calendar that was switched off to be taken back: {office.ask_busy()}", 30)
    office.app.keys("Escape")
    office.app.find("^Your status: Online", deadline_s=30)


TESTS = (test_one_that_comes_late_is_never_free, test_all_calendars_are_published, test_an_empty_one_is_known_to_be_free,
         test_one_that_has_not_answered_yet_is_not_free, test_no_word_of_them_left_the_computer, test_the_meeting_can_be_joined,
         test_preferences_say_when_the_server_read, test_preferences_say_which_count)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(DesktopOffice, sign_in)))
