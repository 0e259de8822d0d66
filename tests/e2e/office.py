# SPDX-License-Identifier: GPL-3.0-or-later
"""The small office of the end-to-end tests: one user at the window, three colleagues, a telephone
system and the calendar connector.
"""

import os
import time

from lfdesktop import DEADLINE_S, App, Desktop, wait_until
from peer import Api, Peer, PeerError, Stream

PASSWORD = "correct horse battery staple"
PEOPLE = (
    # login, name, line
    ("mara", "Mara Lind", "2000"),
    ("jonas", "Jonas Weberling", "2041"),
    ("priya", "Priya Nairthan", "2042"),
    ("tomasz", "Tomasz Wilczak", "2043"),
)
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//e2e//EN\r
{events}END:VCALENDAR\r
"""
EVENT = """BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:{start}\r
DTSTART:{start}\r
DTEND:{end}\r
SUMMARY:Secret project\r
END:VEVENT\r
"""


def ics_time(offset_s):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + offset_s))


class Office(Desktop):
    """Desktop, server and people; the window is opened by the first test that wants it."""

    def __init__(self):
        super().__init__()
        self.app = None
        self.peers = {}
        self.ids = {}
        self.phones = None
        self.phones_stream = None

    def start(self, notifications=True):
        super().start(notifications)
        rows = ["login,name,title,department,mail,addresses,password"]
        for login, name, line in PEOPLE:
            rows.append(f"{login},{name},Engineer,Engineering,{login}@sample.invalid,tel:{line},{PASSWORD}")
        path = self.session.path("people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
        self.server.administrate("user", "import", path)
        for login, _name, line in PEOPLE:
            self.server.administrate("line", "assign", line, login, "--address", f"tel:{line}")
        for login, _name, _line in PEOPLE:
            self.peers[login] = Peer(self.server.address, login, PASSWORD)
            self.ids[login] = self.peers[login].id
        self.fill_roster()
        self.connect_phones()
        for login in ("jonas", "priya", "tomasz"):
            self.peers[login].connect()

    def fill_roster(self):
        for login in ("jonas", "priya", "tomasz"):
            self.peers["mara"].call("PUT", f"/contacts/{self.ids[login]}", {"watched": login == "tomasz"})
        self.peers["jonas"].call("PUT", f"/contacts/{self.ids['mara']}", {})

    def connect_phones(self):
        token = self.server.administrate("token", "create", "--connector", "phone", "--name", "Desk phones")
        self.phones = Api(self.server.address, token)
        self.phones_stream = Stream(self.server.address, token)
        for _login, _name, line in PEOPLE:
            self.phones.set_line(line, "on_hook")

    def write_calendar(self, *events):
        """The calendar file of jonas; @events are (start, end) in seconds from now."""
        os.makedirs(self.session.path("calendars"), exist_ok=True)
        texts = [EVENT.format(uid=f"{i}@sample.invalid", start=ics_time(start), end=ics_time(end))
                 for i, (start, end) in enumerate(events)]
        path = self.session.path("calendars", "jonas.ics")
        with open(path + ".new", "w", encoding="utf-8", newline="") as file:
            file.write(CALENDAR.format(events="".join(texts)))
        os.replace(path + ".new", path)
        return path

    def start_calendar(self):
        token = self.server.administrate("token", "create", "--connector", "calendar", "--name", "Calendars")
        token_file = self.session.path("calendar.token")
        with open(os.open(token_file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(token)
        config = self.session.path("calendar.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[jonas]\nfile={self.write_calendar()}\n")
        self.session.spawn([os.path.join(self.build, "src/connectors/calendar/lampfield-calendar"),
                            "--server", self.server.address, "--config", config, "--token-file", token_file])

    def start_app(self):
        self.app = App(self)
        return self.app

    def reconnect_peers(self):
        """After the server was killed: streams are gone, tokens are not."""
        for login in ("jonas", "priya", "tomasz"):
            peer = self.peers[login]
            wait_until(lambda peer=peer: not peer.stream.is_open, "the old stream to close")
            peer.connect()
        self.phones_stream = Stream(self.server.address, self.phones.token)
        for _login, _name, line in PEOPLE:
            self.phones.set_line(line, "on_hook")


def make(kind=Office, begin=None):
    """An office of this @kind that is running; @begin is called with it, for what all of its tests want."""
    office = kind()
    try:
        office.start()
        if begin is not None:
            begin(office)
    except BaseException:
        office.close()
        raise
    return office


__all__ = ["DEADLINE_S", "PASSWORD", "Office", "PeerError", "make"]
