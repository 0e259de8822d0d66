#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phone connector between a real PBX with real telephones and a real server."""

import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

import pbx  # noqa: E402
from connector import Connector  # noqa: E402
from service import PASSWORD, Server, Session, Skip, main, peer, wait_until  # noqa: E402

LINES = {"201": "ada", "202": "bob", "298": "cleo", "299": "dan"}
DEADLINE_S = 30.0


class Office:
    """A server with four lines, a PBX with two telephones, and somebody who watches."""

    def __init__(self):
        missing = pbx.find_missing()
        if missing:
            raise Skip("not installed: " + ", ".join(missing))
        self.session = Session()
        self.n_connectors = 0
        self.connector = None
        self.server = Server(self.session, {"limits": {"calls-per-minute": 1000}}).start()
        self.server.add_people("watcher", *LINES.values())
        for line, login in LINES.items():
            self.server.administrate("line", "assign", line, login, "--address", f"tel:{line}")
        self.pbx = pbx.Pbx(self.session.path("pbx"), with_tls=True).start()
        self.phones = {user: pbx.Phone(self.pbx, user) for user in ("201", "202")}
        self.watcher = peer.Peer(self.server.address, "watcher", PASSWORD)
        self.ids = {person["login"]: person["id"]
                    for login in LINES.values() for person in self.watcher.call("GET", f"/users?q={login}")["items"]}

    def close(self):
        for phone in self.phones.values():
            phone.stop()
        self.pbx.stop()
        self.session.close()

    def states(self):
        """What the watcher is told of the people of the lines."""
        ids = {line: self.ids[login] for line, login in LINES.items()}
        items = {item["user"]: item for item in self.watcher.call("GET", "/presence?users=" + ",".join(ids.values()))["items"]}
        return {line: items[user]["phone"]["state"] for line, user in ids.items()}

    def wait_for(self, *states, lines=("201", "202"), deadline_s=DEADLINE_S):
        seen = []

        def is_so():
            now = tuple(self.states()[line] for line in lines)
            if not seen or seen[-1] != now:
                seen.append(now)
            return now == states

        try:
            wait_until(is_so, f"{states}", deadline_s)
        except AssertionError:
            raise AssertionError(f"{lines} should be {states}; they were {seen}") from None
        return seen


def start(office, **settings):
    return Connector(office, settings.pop("address", f"127.0.0.1:{office.pbx.port}"), **settings)


def test_a_call_goes_through_all_states(office):
    connector = start(office)
    caller, callee = office.phones["201"], office.phones["202"]
    office.wait_for("on_hook", "on_hook")
    caller.dial("202")
    office.wait_for("off_hook", "ringing")
    callee.accept()
    office.wait_for("off_hook", "off_hook")
    caller.hang_up()
    office.wait_for("on_hook", "on_hook")
    callee.dial("201")
    office.wait_for("ringing", "off_hook")
    callee.hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_lines_that_the_pbx_does_not_give_are_named(office):
    connector = start(office)
    connector.wait_for_log("The PBX does not know a line")
    connector.wait_for_log("The PBX does not let the connector watch a line")
    log = connector.log
    assert 'line="299"' in log and 'line="298"' in log, log
    office.wait_for("on_hook", "on_hook", "unknown", "unknown", lines=("201", "202", "298", "299"))
    assert connector.log.count('line="299"') == 1, connector.log
    connector.stop()


def test_lines_come_and_go(office):
    connector = start(office)
    office.wait_for("on_hook", "on_hook")
    office.server.administrate("line", "remove", "202")
    office.wait_for("on_hook", "unknown")
    office.server.administrate("line", "assign", "202", "bob", "--address", "tel:202")
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_lines_of_another_connector_are_left_to_it(office):
    """Two telephone systems, a connector each: whoever knows a line reports it, and nobody waits for the other."""
    token = office.server.administrate("token", "create", "--connector", "phone", "--name", "other")
    other = peer.Api(office.server.address, token)
    stream = peer.Stream(office.server.address, token)
    other.set_line("202", "held")
    connector = start(office)
    connector.wait_for_log("Another connector reports a line")
    began = time.monotonic()
    for _turn in range(3):
        office.phones["201"].dial("202")
        office.wait_for("off_hook", "held")
        office.phones["201"].hang_up()
        office.wait_for("on_hook", "held")
    assert time.monotonic() - began < 20, "the line of the other holds up the rest"
    other.set_line("299", "off_hook")  # which this PBX does not know
    office.server.administrate("line", "assign", "297", "dan", "--address", "tel:297")  # all is told again
    office.wait_for("on_hook", "held", "off_hook", lines=("201", "202", "299"))
    other.set_line("299", "on_hook")
    office.server.administrate("line", "remove", "297")
    row = next(line for line in office.server.administrate("token", "list").splitlines() if "\tother\t" in line)
    office.server.administrate("token", "remove", row.split()[0])
    wait_until(lambda: not stream.is_open, "the stream of the other to be closed")
    office.wait_for("on_hook", "on_hook", deadline_s=60)  # taken over within half a minute
    connector.stop()


def test_what_goes_on_is_known_after_a_start(office):
    office.phones["201"].dial("202")
    connector = start(office)
    office.wait_for("off_hook", "ringing")
    office.phones["201"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_a_pbx_that_is_away_makes_lines_unknown_and_comes_back(office):
    connector = start(office)
    office.wait_for("on_hook", "on_hook")
    office.pbx.stop()
    connector.wait_for_log("The PBX does not answer")
    seen = office.wait_for("unknown", "unknown")
    assert {state for pair in seen for state in pair} <= {"on_hook", "unknown"}, seen
    office.pbx.start()
    connector.wait_for_log("The PBX answers")
    office.wait_for("on_hook", "on_hook")
    office.phones["201"].dial("202")
    office.wait_for("off_hook", "ringing")
    office.phones["201"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_a_short_absence_changes_nothing(office):
    connector = start(office, grace_seconds=60)
    office.wait_for("on_hook", "on_hook")
    office.pbx.stop()
    connector.wait_for_log("The PBX does not answer")
    office.wait_for("on_hook", "on_hook")
    office.pbx.start()
    connector.wait_for_log("The PBX answers")
    office.phones["202"].dial("201")
    office.wait_for("ringing", "off_hook")
    office.phones["202"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_a_pbx_that_restarts_at_once_is_noticed(office):
    connector = start(office, ping_seconds=300)
    office.wait_for("on_hook", "on_hook")
    office.pbx.stop()
    office.pbx.start()
    connector.wait_for_log("The PBX was restarted")
    office.phones["201"].dial("202")
    office.wait_for("off_hook", "ringing")
    office.phones["201"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_a_wrong_password_is_tried_twice_and_said(office):
    before = office.pbx.log.count("CHALLENGED SUBSCRIBE")
    connector = start(office, password="pw-wrong")
    connector.wait_for_log("The PBX does not take the password of “lampfield”")
    assert connector.process.poll() is None
    tries = office.pbx.log.count("CHALLENGED SUBSCRIBE") - before
    # one line alone tries it: without a password, as one is asked for, and with it; the next turn may be on its way
    assert 2 <= tries <= 4, tries
    assert connector.log.count("does not take the password") == 1, connector.log
    connector.stop()


def test_tls_is_checked(office):
    pem = office.session.path("pbx", "ca.pem")
    certificate = office.session.path("pbx", "connector.pem")
    tls = {"transport": "tls", "address": f"127.0.0.1:{office.pbx.tls_port}", "certificate_file": certificate}
    connector = start(office, ca_file=pem, **tls)
    office.wait_for("on_hook", "on_hook")
    connector.stop()
    pbx.make_authority(office.session.path("pbx"), "stranger")
    stranger = start(office, ca_file=office.session.path("pbx", "stranger.pem"), **tls)
    stranger.wait_for_log("The PBX does not answer")
    office.wait_for("unknown", "unknown")
    stranger.stop()


def test_a_configuration_is_read_again_while_the_pbx_is_away(office):
    """Over UDP nothing tells that it is away: taking leave of it is not waited for."""
    connector = start(office, transport="udp")
    office.wait_for("on_hook", "on_hook")
    office.pbx.stop()
    connector.process.send_signal(signal.SIGHUP)
    connector.wait_for_log("The configuration was read again")
    office.pbx.start()
    office.phones["202"].dial("201")
    office.wait_for("ringing", "off_hook")
    office.phones["202"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


def test_udp_and_both_packages(office):
    connector = start(office, transport="udp", packages="dialog;presence")
    office.wait_for("on_hook", "on_hook")
    connector.process.send_signal(signal.SIGHUP)
    connector.wait_for_log("The configuration was read again")
    office.phones["201"].dial("202")
    office.wait_for("off_hook", "ringing")
    office.phones["201"].hang_up()
    office.wait_for("on_hook", "on_hook")
    connector.stop()


TESTS = (test_a_call_goes_through_all_states, test_lines_that_the_pbx_does_not_give_are_named, test_lines_come_and_go,
         test_lines_of_another_connector_are_left_to_it,
         test_what_goes_on_is_known_after_a_start, test_a_pbx_that_is_away_makes_lines_unknown_and_comes_back,
         test_a_short_absence_changes_nothing, test_a_pbx_that_restarts_at_once_is_noticed,
         test_a_wrong_password_is_tried_twice_and_said, test_a_configuration_is_read_again_while_the_pbx_is_away, test_udp_and_both_packages, test_tls_is_checked)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
