#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Call records as Asterisk writes them, from its file to people's lists."""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from connector import Connector  # noqa: E402
from notifier import Answer, Notifier, Notify, dialog_info  # noqa: E402
from service import PASSWORD, Server, Session, main, peer, wait_until  # noqa: E402

LINES = {"2041": "ada", "2042": "bob"}


class Office:
    """Two people, whose lines are free, and the file."""

    def __init__(self):
        self.session = Session()
        self.connector = None
        self.n_connectors = 0
        self.server = Server(self.session).start()
        self.server.add_people("watcher", *LINES.values())
        for line, login in LINES.items():
            self.server.administrate("line", "assign", line, login, "--address", f"tel:{line}")
        self.people = {login: peer.Peer(self.server.address, login, PASSWORD) for login in LINES.values()}
        self.watcher = peer.Peer(self.server.address, "watcher", PASSWORD)
        self.notifier = Notifier({line: [Answer(notifies=[Notify(dialog_info(1))])] for line in LINES})
        self.folder = self.session.path("cdr-csv")
        self.file = os.path.join(self.folder, "Master.csv")
        self.connector = Connector(self, f"127.0.0.1:{self.notifier.port}", expires_seconds=3600,
                                   cdr_file=self.file, cdr_format="asterisk", cdr_time_zone="UTC")

    def close(self):
        self.notifier.close()
        self.session.close()

    def states(self):
        ids = [person.id for person in self.people.values()]
        return {item["user"]: item["phone"]["state"] for item in self.watcher.call("GET", "/presence?users=" + ",".join(ids))["items"]}

    def calls(self, login):
        return self.people[login].call("GET", "/calls/history?limit=200")["items"]

    def kinds(self, login):
        return [item["kind"] + "?" * item["provisional"] for item in self.calls(login)]

    def expect(self, ada, bob):
        wait_until(lambda: (self.kinds("ada"), self.kinds("bob")) == (ada, bob),
                   lambda: f"{ada}, {bob}: {self.kinds('ada')}, {self.kinds('bob')} {self.connector.log}")

    def write(self, caller, callee, disposition, name, began_s=0):
        """A call of 20 seconds that began @began_s after a minute ago."""
        start = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 60 + began_s))
        answered = 15 if disposition == "ANSWERED" else 0
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(f'"","{caller}","{callee}","internal","""X"" <{caller}>","PJSIP/{caller}-0000001a","PJSIP/{callee}-0000001b","Dial",'
                       f'"PJSIP/{callee},30","{start}","","",20,{answered},"{disposition}","DOCUMENTATION","{name}",""\n')


def test_a_file_that_is_missing_is_told_and_read_once_it_is_there(office):
    office.connector.wait_for_log("cannot be read")
    wait_until(lambda: "call records cannot be read" in office.server.administrate("explain", "ada"), "the administrator to be told")
    os.mkdir(office.folder)
    office.write("2041", "2042", "ANSWERED", "1.1")
    office.expect(["placed"], ["received"])
    wait_until(lambda: "call records" not in office.server.administrate("explain", "ada"), "all to be well")
    call = office.calls("bob")[0]
    assert call["address"] == "2041" and call["user"] == office.people["ada"].id and not call["provisional"], call


def test_a_record_takes_the_place_of_what_was_seen(office):
    seen = {"call_id": "seen", "direction": "inbound", "peer": "2041", "started_at": peer.now_text(-28), "ended_at": peer.now_text(-8), "provisional": True}
    reporter = peer.Api(office.server.address, office.connector.token)
    reporter.call("POST", "/lines/2042/calls", {"items": [seen]})
    office.expect(["placed"], ["missed?", "received"])
    office.write("2041", "2042", "NO ANSWER", "1.2", began_s=31)
    office.expect(["placed"] * 2, ["missed", "received"])


def test_calls_of_the_connector_itself_are_none(office):
    office.write("lampfield", "2041", "ANSWERED", "1.3", began_s=35)
    office.write("2042", "2041", "BUSY", "1.4", began_s=36)
    office.expect(["missed", "placed", "placed"], ["placed", "missed", "received"])


def test_nothing_is_lost_or_doubled_by_a_restart(office):
    """The file is renamed meanwhile, too."""
    office.connector.end()
    office.write("2041", "2042", "ANSWERED", "1.5", began_s=40)
    os.rename(office.file, office.file + ".1")
    office.write("2042", "2041", "ANSWERED", "1.6", began_s=41)
    office.connector.run()
    office.expect(["received", "placed", "missed", "placed", "placed"], ["placed", "received", "placed", "missed", "received"])
    office.write("2041", "2042", "BUSY", "1.7", began_s=42)
    office.expect(["placed", "received", "placed", "missed", "placed", "placed"], ["missed", "placed", "received", "placed", "missed", "received"])
    office.connector.stop()


TESTS = (test_a_file_that_is_missing_is_told_and_read_once_it_is_there, test_a_record_takes_the_place_of_what_was_seen,
         test_calls_of_the_connector_itself_are_none, test_nothing_is_lost_or_doubled_by_a_restart)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
