#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses that drip, a byte a second, more of them than calendars are read at a time: nobody else waits for them."""

import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "service"), HERE]

from caldav_servers import event  # noqa: E402
from caldav_stub import Stub  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import EventSet  # noqa: E402
from service import main  # noqa: E402

N_DRIPS = 20
GOOD_ONES = ("ada", "bob", "cem", "dora")
DRIP_S = 1.0
END = " did not give its calendar within 60 seconds"  # of one that drips
ALL_TOLD_S = 120.0


class DrippingStub(Stub):
    def __init__(self):
        super().__init__()
        self.over = threading.Event()

    def drip(self):
        while not self.over.wait(DRIP_S):
            yield b" "

    def answer(self, method, path, depth, body):
        login = path.split("/")[1]
        if login.startswith("drip") and not self.over.is_set():
            return 200, {}, self.drip()
        if method == "GET":
            return 200, {"Content-Type": "text/calendar"}, self.homes[login]["work"].objects["one.ics"][1]
        return super().answer(method, path, depth, body)


class Office(CalendarOffice):
    def __init__(self):
        self.drips = [f"drip{i:02d}" for i in range(N_DRIPS)]
        super().__init__(*GOOD_ONES, *self.drips)
        self.at = EventSet().at
        self.stub = DrippingStub()
        for login in self.ids:
            self.stub.add(login)
        self.put(1)
        self.connector = Connector(self, {login: {"url" if login != "ada" else "caldav": f"{self.stub.address}{login}/", "zone": "UTC",
                                                  "allow_private": "true"} for login in self.ids})

    def close(self):
        self.stub.over.set()
        self.stub.close()
        super().close()

    def put(self, day):
        text = event("one", f"DTSTART:{self.at(day, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H")
        with self.stub.lock:
            for login in self.ids:
                self.stub.homes[login]["work"].put("one.ics", text)

    def expect(self, day, logins, deadline_s):
        period = f"{self.at(day, 9):%Y-%m-%dT%H:%M} {self.at(day, 10):%Y-%m-%dT%H:%M} busy"
        for login in logins:
            wait_until(lambda who=login: self.periods(who) == [period], lambda who=login: f"{who}: {self.periods(who)}: {self.connector.log[-3000:]}",
                       deadline_s)


def test_good_ones_are_read_before_any_slow_one_is_given_up(office):
    office.expect(1, GOOD_ONES, ALL_TOLD_S)
    assert END not in office.connector.log, "the good ones waited for those that drip"


def test_who_was_slow_is_waited_for_no_more(office):
    office.put(2)
    n_ended = office.connector.log.count(END)
    office.connector.read_now()
    office.expect(2, GOOD_ONES, ALL_TOLD_S)
    assert office.connector.log.count(END) <= n_ended + 2, "the good ones waited for more than those that were under way"


def test_who_behaves_is_one_like_others(office):
    office.stub.over.set()
    office.connector.read_now()
    office.expect(2, office.drips, ALL_TOLD_S)
    office.connector.stop()


TESTS = (test_good_ones_are_read_before_any_slow_one_is_given_up, test_who_was_slow_is_waited_for_no_more, test_who_behaves_is_one_like_others)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
