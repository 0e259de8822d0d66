#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars at Microsoft 365 and Google: lampfield-calendar between stand-ins for them and a real server."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from cloud_stub import CLIENT_ID, CLIENT_SECRET, TENANT, Google, Graph  # noqa: E402
from connector import CalendarOffice, Connector, wait_until  # noqa: E402
from event_set import EventSet  # noqa: E402
from service import main  # noqa: E402

N_PEOPLE = 60
RATE_LIMIT = (403, [], {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}})


class Office(CalendarOffice):
    """Sixty people: one busy in every way, one who may not be seen, one of whom something is unknown."""

    def __init__(self):
        super().__init__()
        self.set = EventSet()
        path = self.session.path("people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("login,name,mail\n" + "".join(f"p{i},Person {i},p{i}@example.org\n" for i in range(N_PEOPLE)))
        self.server.administrate("user", "import", path)
        for person in self.watcher.call("GET", "/users?q=person&limit=100")["items"]:
            self.ids[person["login"]] = person["id"]
        self.people = {f"p{i}@example.org": [] for i in range(N_PEOPLE)}
        for hour, kind in ((8, "busy"), (10, "tentative"), (12, "oof"), (14, "workingElsewhere"), (16, "free"), (18, "something new")):
            self.add(0, 2, hour, kind)
        self.add(59, 3, 9, "busy")
        self.people["p1@example.org"] = "ErrorMailRecipientNotFound"
        self.add(2, 4, 9, "unknown")
        self.stub = self.connector = None
        self.n_connectors = 0

    def add(self, person, day, hour, kind):
        self.people[f"p{person}@example.org"].append((self.set.at(day, hour), self.set.at(day, hour + 1), kind))

    def period(self, day, hour, kind="busy"):
        return f"{self.set.at(day, hour):%Y-%m-%dT%H:%M} {self.set.at(day, hour + 1):%Y-%m-%dT%H:%M} {kind}"

    def begin(self, stub, trouble=(), **more):
        self.end()
        self.stub = stub
        stub.trouble = list(trouble)
        self.n_connectors += 1
        account = more.pop("account", None)
        common = {"users": "*", "allow_private": "true"}
        if isinstance(stub, Graph):
            group = {"graph": stub.address, "tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
                     "token_url": stub.address.rstrip("/") + stub.token_path, **common, **more}
        else:
            group = {"google": stub.address, "service_account_file": "account.sealed", **common, **more}
        self.connector = Connector(self, {"cloud": group}, f"calendar-{self.n_connectors}",
                                   sealed={"account.sealed": ("cloud", account or stub.account())} if isinstance(stub, Google) else {})
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


def test_graph(office):
    office.begin(Graph(office.people))
    office.expect("p0", office.period(2, 8), office.period(2, 10, "tentative"), office.period(2, 12, "out_of_office"),
                  office.period(2, 14, "elsewhere"), office.period(2, 18))
    office.expect("p59", office.period(3, 9))
    assert office.stub.batches == [20, 20, 20] and office.stub.n_tokens == 1, (office.stub.batches, office.stub.n_tokens)
    office.connector.wait_for_log("“cloud” of “p1”: Microsoft 365 has no such mailbox (ErrorMailRecipientNotFound)")
    office.connector.wait_for_log("“cloud” of “p2”: Microsoft 365 has no data for a part of this person's calendar")
    assert not office.busy("p1").get("known_until") and not office.busy("p2").get("known_until")
    assert CLIENT_SECRET not in office.connector.log


def test_a_token_that_is_refused_is_renewed_once(office):
    office.stub.batches.clear()
    office.stub.revokes_after = 1
    office.add(59, 3, 11, "busy")
    office.connector.read_now()
    office.expect("p59", office.period(3, 9), office.period(3, 11))
    assert office.stub.batches == [20, 20, 20] and office.stub.n_tokens == 2, (office.stub.batches, office.stub.n_tokens)


def test_who_is_left_out_stays_as_was(office):
    office.stub.left_out = {"p59@example.org"}
    office.connector.read_now()
    office.connector.wait_for_log("“cloud” of “p59”: The service left this person out")
    office.expect("p59", office.period(3, 9), office.period(3, 11))


def test_a_wrong_secret_is_said(office):
    office.begin(Graph(office.people), client_secret="not it")
    office.connector.wait_for_log("“cloud”: The service gives us no token (HTTP 401); look at the account and its secret")
    assert office.stub.batches == [] and "not it" not in office.connector.log


def test_throttling_is_obeyed(office):
    office.begin(Graph(office.people), trouble=[(429, [("Retry-After", "2")], {})])
    office.connector.wait_for_log("“cloud”: The address asks us to come less often (HTTP 429)")
    assert office.stub.batches == []


def test_google(office):
    for i in range(N_PEOPLE):
        office.people.setdefault(f"p{i}@example.org", [])
    office.people["p1@example.org"] = "notFound"
    office.people["p2@example.org"] = []
    office.begin(Google(office.people, office.session.path("")))
    office.expect("p0", office.period(2, 8), office.period(2, 10), office.period(2, 12), office.period(2, 14), office.period(2, 18))
    office.expect("p59", office.period(3, 9), office.period(3, 11))
    assert office.stub.batches == [50, 10] and office.stub.n_tokens == 1, (office.stub.batches, office.stub.n_tokens)
    office.connector.wait_for_log("“cloud” of “p1”: Google has no such calendar, or does not let us see it (notFound)")
    assert "PRIVATE KEY" not in office.connector.log


def test_google_says_less_often_with_403(office):
    office.begin(Google(office.people, office.session.path("")), trouble=[RATE_LIMIT])
    office.connector.wait_for_log("“cloud”: The service asks us to come less often (HTTP 403)")
    assert office.stub.batches == []


def test_an_account_without_a_key_is_said(office):
    stub = Google(office.people, office.session.path(""))
    office.begin(stub, account='{"client_email": "x", "token_uri": "' + stub.address + 'token", "private_key": "no key"}')
    office.connector.wait_for_log("“cloud”: The file of the service account holds no key that can be used")
    assert stub.n_tokens == 0


TESTS = (test_graph, test_a_token_that_is_refused_is_renewed_once, test_who_is_left_out_stays_as_was, test_a_wrong_secret_is_said,
         test_throttling_is_obeyed, test_google, test_google_says_less_often_with_403, test_an_account_without_a_key_is_said)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
