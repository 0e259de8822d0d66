#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same set of events that the connector reads (tests/connectors/calendar), by the other way: from real CalDAV
servers through the accounts of a real desktop to a colleague, and to the status in the real window.
"""

import datetime
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("LF_SERVER_PROGRAM", os.path.join(os.environ["LF_BUILD"], "src/server/lampfield-server"))
for folder in ("", "../service", "../connectors/calendar"):
    sys.path.insert(0, os.path.join(HERE, folder))

from accounts import AccountOffice  # noqa: E402
from caldav_servers import LOGIN, PASSWORD as DAV_PASSWORD, SERVERS  # noqa: E402
from event_set import UTC, ZONE, EventSet, list_steps  # noqa: E402
from lfdesktop import main, wait_until  # noqa: E402
from office import make  # noqa: E402
from test_desktop import sign_in  # noqa: E402


class EventOffice(AccountOffice):
    """Mara's desktop has an account on each server."""

    def start(self, notifications=True):
        self.session.env["TZ"] = ZONE  # floating times are those of the computer
        super().start(notifications)
        self.set = EventSet()
        self.servers = {kind.name: kind(self.session) for kind in SERVERS}
        for name, server in self.servers.items():
            server.make_calendar("work")
            self.add_account(name, name.capitalize(), server.port, f"{server.home}work/", LOGIN, DAV_PASSWORD if server.is_protected else None)

    def read_periods(self):
        return sorted(self.peers["jonas"].read_periods(self.ids["mara"]))

    def expect(self, server, expected):
        self.refresh(server.name)
        wait_until(lambda: self.read_periods() == sorted(expected), lambda: f"{server.name}: {sorted(expected)} != {self.read_periods()}", 60)


def test_the_same_events_mean_the_same_on_every_server(office):
    """One server after the other, so that neither can stand in for the other."""
    for server in office.servers.values():
        office.expect(server, [])
        for name, text in office.set.objects.items():
            server.put("work", name, text)
        office.expect(server, office.set.expected)
        for name in office.set.objects:
            server.delete("work", name)
        office.expect(server, [])


def test_each_event_that_is_put_there_is_shown_as_what_it_means(office):
    """A meeting and what is none in its place, on one server, then the next two on the other."""
    servers = list(office.servers.values())
    for i, (name, text, is_meeting) in enumerate(list_steps(datetime.datetime.now(UTC))):
        server = servers[i // 2 % len(servers)]
        print(f"# {server.name}: {name}", flush=True)
        server.put("work", "now", text)
        office.refresh(server.name)
        office.app.find("^Your status: In a meeting" if is_meeting else "^Your status: Online")


TESTS = (test_the_same_events_mean_the_same_on_every_server, test_each_event_that_is_put_there_is_shown_as_what_it_means)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(EventOffice, sign_in)))
