#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telephone that is referred and holds the connector's call in the same moment."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from connector import Connector, LineOffice  # noqa: E402
from notifier import Answer, Notifier, Notify, dialog_info  # noqa: E402
from service import PASSWORD, main, peer, wait_until  # noqa: E402

LINE = "301"
FREE = Answer(notifies=[Notify(dialog_info(1))])


class Telephone(Notifier):
    """A PBX with one telephone, which picks up at once. Told to call somebody, it tells in one breath that they have
    picked up (RFC 3515) and that it puts on hold whoever told it."""

    def __init__(self):
        super().__init__({LINE: [FREE]})
        self.invite = None
        self.n_byes = 0
        self.hold_status = None

    def _take(self, connection, message):
        kind = message.first.split()[0]
        here = [f"Contact: <sip:{LINE}@127.0.0.1:{self.port};transport=tcp>"]
        if kind == "INVITE":
            self.invite = message
            self._send(connection, self._make_answer(message, 200, here))
        elif kind == "REFER":
            self._send(connection, self._make_answer(message, 202, here))
            self._send(connection, self._make_request("NOTIFY", 1, ["Event: refer", "Subscription-State: terminated;reason=noresource",
                                                                    "Content-Type: message/sipfrag"], "SIP/2.0 200 OK\r\n") +
                       self._make_request("INVITE", 2, here))
        elif kind == "SIP/2.0" and message.get("cseq") == "2 INVITE" and int(message.first.split()[1]) >= 200:
            self.hold_status = int(message.first.split()[1])
            self._send(connection, self._make_request("ACK", 2, []))
        else:
            self.n_byes += kind == "BYE"
            super()._take(connection, message)

    def _make_request(self, method, number, headers, body=""):
        """One in the dialog of the connector's call."""
        contact = self.invite.get("contact", "m").split("<")[1].split(">")[0]
        return "\r\n".join([
            f"{method} {contact} SIP/2.0", f"Via: SIP/2.0/TCP 127.0.0.1:{self.port};branch=z9hG4bK-own-{number}", "Max-Forwards: 70",
            f"From: {self.invite.get('to', 't')};tag=notifier", f"To: {self.invite.get('from', 'f')}",
            f"Call-ID: {self.invite.get('call-id', 'i')}", f"CSeq: {number} {method}", *headers,
            f"Content-Length: {len(body)}"]) + "\r\n\r\n" + body


class Office(LineOffice):
    def __init__(self):
        super().__init__([LINE])
        self.telephone = Telephone()

    def close(self):
        self.telephone.close()
        super().close()


def test_no_leg_is_left_on_hold(office):
    """The connector hangs up its own leg, though the telephone waits there for an answer."""
    connector = Connector(office, f"127.0.0.1:{office.telephone.port}", calls={"method": "refer"})
    person = peer.Peer(office.server.address, f"u{LINE}", PASSWORD)
    wait_until(lambda: person.call("GET", "/me")["phone"]["lines"][0]["callable"], "the line to be callable")
    person.make_call("tel:302")
    wait_until(lambda: office.telephone.n_byes == 1, "the connector to hang up its own leg")
    wait_until(lambda: office.telephone.hold_status is not None, "an answer to the hold")
    assert office.telephone.hold_status >= 400, office.telephone.hold_status
    connector.stop()


TESTS = (test_no_leg_is_left_on_hold,)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
