#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars on Exchange, for everybody at once: lampfield-calendar between a stand-in for Exchange and a real server."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import EventSet  # noqa: E402
from ews_stub import LOGIN, NT_DOMAIN, PASSWORD, EwsStub  # noqa: E402
from service import Skip, main  # noqa: E402

N_PEOPLE = 250
BUSY_SERVER = (500, [], '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultstring>busy</faultstring><detail>'
                        '<e:ResponseCode xmlns:e="e">ErrorServerBusy</e:ResponseCode><t:MessageXml xmlns:t="t"><t:Value Name="BackOffMilliseconds">1500</t:Value></t:MessageXml>'
                        "</detail></s:Fault></s:Body></s:Envelope>")


class Office(CalendarOffice):
    """250 people with mail addresses, three of whom matter."""

    def __init__(self):
        super().__init__()
        self.set = EventSet()
        path = self.session.path("people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("login,name,mail\n" + "".join(f"p{i},Person {i},p{i}@example.org\n" for i in range(N_PEOPLE)) + "guest,Guest,guest@elsewhere.test\n")
        self.server.administrate("user", "import", path)
        for login in ("p0", "p1", "p2", "p249", "guest"):
            self.ids[login] = next(person["id"] for person in self.watcher.call("GET", f"/users?q={login}")["items"] if person["login"] == login)
        self.mailboxes = {f"p{i}@example.org": [] for i in range(N_PEOPLE)}
        self.at(0, 2, 9, "Busy")
        self.at(0, 2, 11, "Tentative")
        self.at(249, 3, 9, "OOF")
        self.mailboxes["p2@example.org"] = "ErrorNoFreeBusyAccess"
        self.stub = self.connector = None
        self.n_connectors = 0

    def at(self, person, day, hour, kind):
        self.mailboxes[f"p{person}@example.org"].append((self.set.at(day, hour), self.set.at(day, hour + 1), kind))

    def period(self, day, hour, kind):
        return f"{self.set.at(day, hour):%Y-%m-%dT%H:%M} {self.set.at(day, hour + 1):%Y-%m-%dT%H:%M} {kind}"

    def begin(self, auth="basic", trouble=(), **more):
        self.end()
        self.stub = EwsStub(self.mailboxes, auth)
        self.stub.trouble = list(trouble)
        self.n_connectors += 1
        login = LOGIN if auth == "basic" else f"{NT_DOMAIN}\\\\{LOGIN}"
        group = {"ews": self.stub.address, "domain": "example.org", "login": login, "password": PASSWORD, "auth": auth, "allow_private": "true", **more}
        self.connector = Connector(self, {"exchange": group}, f"calendar-{self.n_connectors}")
        self.connector.wait_for_log("Publishing")

    def end(self):
        if self.connector:
            self.connector.stop()
            self.stub.close()
            self.connector = None

    def close(self):
        self.end()
        super().close()

    def expect(self, login, *periods):
        wait_until(lambda: self.busy(login).get("known_until") and self.periods(login) == list(periods),
                   lambda: f"{login}: {periods}: {self.busy(login)} {self.stub.batches} {self.connector.log[-1500:]}")


def test_everybody_is_asked_for_in_batches(office):
    office.begin()
    office.expect("p0", office.period(2, 9, "busy"), office.period(2, 11, "tentative"))
    office.expect("p1")
    office.expect("p249", office.period(3, 9, "out_of_office"))
    assert office.stub.batches == [100, 100, 50], office.stub.batches
    assert office.stub.views == {"FreeBusy"}, office.stub.views


def test_a_mailbox_that_is_closed_is_said_and_harms_nobody(office):
    office.connector.wait_for_log("“exchange” of “p2”: Exchange does not let us see when this person is busy (ErrorNoFreeBusyAccess)")
    assert not office.busy("p2").get("known_until")
    wait_until(lambda: "it is not let in" in office.server.administrate("explain", "p2"), "the administrator to be told")
    assert "it is not let in" not in office.server.administrate("explain", "p1")
    n_asked = len(office.stub.batches)
    office.connector.read_now()  # which takes nothing away that is still so
    wait_until(lambda: len(office.stub.batches) >= n_asked + 3, "another round")
    wait_until(lambda: "it is not let in" in office.server.administrate("explain", "p2"), "the administrator to be told again")
    assert not office.busy("guest").get("known_until")


def test_what_changes_is_followed_and_what_closes_stays(office):
    before = list(office.mailboxes["p0@example.org"])
    office.at(0, 4, 9, "WorkingElsewhere")
    office.connector.read_now()
    expected = (office.period(2, 9, "busy"), office.period(2, 11, "tentative"), office.period(4, 9, "elsewhere"))
    office.expect("p0", *expected)
    office.mailboxes["p0@example.org"] = "ErrorMailRecipientNotFound"
    office.connector.read_now()
    office.connector.wait_for_log("“exchange” of “p0”: Exchange has no such mailbox")
    office.expect("p0", *expected)
    office.mailboxes["p0@example.org"] = before
    office.connector.read_now()
    office.expect("p0", office.period(2, 9, "busy"), office.period(2, 11, "tentative"))


def test_ntlm(office):
    office.at(1, 5, 9, "Busy")
    office.begin("ntlm")
    office.expect("p1", office.period(5, 9, "busy"))
    assert set(office.stub.users) == {f"{NT_DOMAIN}\\{LOGIN}"}, office.stub.users


def test_a_wrong_password_is_said_and_not_tried_again(office):
    office.begin(password="not it")
    office.connector.wait_for_log("“exchange”: The address does not let us read the calendar (HTTP 401)")
    assert office.stub.n_refused <= 2, office.stub.n_refused
    assert office.stub.batches == [] and "not it" not in office.connector.log
    office.expect("p1", office.period(5, 9, "busy"))


def test_a_busy_server_is_left_alone(office):
    for trouble in (BUSY_SERVER, (503, [("Retry-After", "3600")], "")):
        office.begin(trouble=[trouble])
        office.connector.wait_for_log("Calendar “exchange”: ")
        assert office.stub.batches == [], office.stub.batches
        office.expect("p1", office.period(5, 9, "busy"))


def test_another_client_takes_the_stand_in_for_exchange(office):
    """Whoever is strict about Exchange's answers, and asks in its own way, is content with the stand-in."""
    try:
        import exchangelib
        from exchangelib.version import EXCHANGE_2016, Version
    except ImportError:
        raise Skip("python3-exchangelib is not installed") from None
    office.begin()
    office.expect("p0", office.period(2, 9, "busy"), office.period(2, 11, "tentative"))
    config = exchangelib.Configuration(service_endpoint=office.stub.address, credentials=exchangelib.Credentials(LOGIN, PASSWORD),
                                       auth_type=exchangelib.BASIC, version=Version(EXCHANGE_2016))
    account = exchangelib.Account("p0@example.org", config=config, autodiscover=False, access_type=exchangelib.DELEGATE)
    start, end = (exchangelib.EWSDateTime.from_datetime(office.set.at(day, 0)).astimezone(exchangelib.UTC) for day in (0, 14))
    views = list(account.protocol.get_free_busy_info([("p0@example.org", "Required", False), ("p249@example.org", "Required", False)],
                                                     start, end, requested_view="FreeBusy"))
    seen = [[(event.start.replace(tzinfo=None), event.busy_type) for event in view.calendar_events or ()] for view in views]
    assert seen == [[(office.set.at(2, 9).replace(tzinfo=None), "Busy"), (office.set.at(2, 11).replace(tzinfo=None), "Tentative")],
                    [(office.set.at(3, 9).replace(tzinfo=None), "OOF")]], seen


TESTS = (test_everybody_is_asked_for_in_batches, test_a_mailbox_that_is_closed_is_said_and_harms_nobody,
         test_what_changes_is_followed_and_what_closes_stays, test_ntlm, test_a_wrong_password_is_said_and_not_tried_again,
         test_a_busy_server_is_left_alone, test_another_client_takes_the_stand_in_for_exchange)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
