#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PBX may answer a subscription, and may send in one: a row of a table each, all at once."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from connector import Connector, LineOffice  # noqa: E402
from notifier import Answer, Notifier, Notify, dialog, dialog_info  # noqa: E402
from service import main, wait_until  # noqa: E402

TALKING = dialog_info(1, dialogs=dialog("confirmed"))
RINGING = dialog_info(1, dialogs=dialog("early"))
FREE = dialog_info(1)
LATER = dialog_info(2)
PLAIN = Answer(notifies=[Notify(TALKING)])


def ending(reason):
    return Answer(notifies=[Notify(TALKING), Notify(RINGING.replace('version="1"', 'version="2"'), f"terminated;{reason}")])


# line: (what is shown, answers, state in the end, SUBSCRIBEs in the end)
ROWS = {
    "301": ("granted at once", [PLAIN], "off_hook", 1),
    "302": ("too short a time", [Answer(423, ["Min-Expires: 7200"]), PLAIN], "off_hook", 2),
    "303": ("the package is not there", [Answer(489)], "unknown", 1),
    "304": ("refused", [Answer(403)], "unknown", 1),
    "305": ("no such line", [Answer(404)], "unknown", 1),
    "306": ("overloaded, come again", [Answer(503, ["Retry-After: 1"]), PLAIN], "off_hook", 2),
    "307": ("a gap: the full state is asked for",
            [Answer(notifies=[Notify(FREE), Notify(dialog_info(3, "partial", dialog("early")))]),
             Answer(notifies=[Notify(dialog_info(4, dialogs=dialog("confirmed")))])], "off_hook", 2),
    "308": ("partial, in its turn", [Answer(notifies=[Notify(FREE), Notify(dialog_info(2, "partial", dialog("confirmed")))])],
            "off_hook", 1),
    "309": ("older than what is known", [Answer(notifies=[Notify(dialog_info(5, dialogs=dialog("confirmed"))), Notify(dialog_info(4))])],
            "off_hook", 1),
    "310": ("a document type", [Answer(notifies=[Notify(TALKING), Notify("<!DOCTYPE x>" + LATER)])], "off_hook", 1),
    "311": ("more than 64 KiB", [Answer(notifies=[Notify(TALKING), Notify(LATER + " " * 65536)])], "off_hook", 1),
    "312": ("no XML", [Answer(notifies=[Notify(TALKING), Notify("\x01\x02" * 100)])], "off_hook", 1),
    "313": ("of another type", [Answer(notifies=[Notify(TALKING), Notify(LATER, content_type="text/plain")])], "off_hook", 1),
    "314": ("without a body", [Answer(notifies=[Notify(TALKING), Notify("")])], "off_hook", 1),
    "315": ("ended: time-out", [ending("reason=timeout"), PLAIN], "off_hook", 2),
    "316": ("ended: deactivated", [ending("reason=deactivated"), PLAIN], "off_hook", 2),
    "317": ("ended: probation", [ending("reason=probation;retry-after=1"), PLAIN], "off_hook", 2),
    "318": ("ended: give up, come again", [ending("reason=giveup;retry-after=1"), PLAIN], "off_hook", 2),
    "319": ("ended: rejected", [ending("reason=rejected")], "unknown", 1),
    "320": ("ended: no resource", [ending("reason=noresource")], "unknown", 1),
    "321": ("ended: invariant", [ending("reason=invariant")], "ringing", 1),
    "322": ("ended for a reason that nobody knows", [ending("reason=weather"), PLAIN], "off_hook", 2),
    "323": ("ended without a reason", [Answer(notifies=[Notify(FREE, "terminated")]), PLAIN], "off_hook", 2),
    "325": ("too short a time, but it was not", [Answer(423, ["Min-Expires: 60"]), PLAIN], "off_hook", 2),
    "326": ("an extension that is not wanted", [Answer(420, ["Unsupported: gruu"])], "unknown", 1),
    "324": ("forgotten", [Answer(481), PLAIN], "off_hook", 2),
}


class Office(LineOffice):
    def __init__(self):
        super().__init__(ROWS)
        self.notifier = Notifier({line: row[1] for line, row in ROWS.items()})

    def close(self):
        self.notifier.close()
        super().close()


def test_every_answer_and_every_end(office):
    connector = Connector(office, f"127.0.0.1:{office.notifier.port}", expires_seconds=3600)
    wanted = {line: row[2] for line, row in ROWS.items()}

    def find_wrong():
        now = office.states()
        return [f"{line} ({ROWS[line][0]}): {now[line]}, not {state}; {office.notifier.count(line)} SUBSCRIBEs"
                for line, state in wanted.items() if now[line] != state or office.notifier.count(line) < ROWS[line][3]]

    try:
        wait_until(lambda: not find_wrong(), "all rows")
    except AssertionError:
        raise AssertionError("\n".join(find_wrong()) + "\n" + connector.log) from None
    office.notifier.send_stray()
    wait_until(lambda: 481 in office.notifier.answered, "the refusal of a NOTIFY that nobody asked for")
    assert not find_wrong(), find_wrong()
    for line, row in ROWS.items():
        if line != "301":  # there lives the subscription that is refreshed every few seconds
            assert office.notifier.count(line) == row[3], (line, row[0], office.notifier.count(line))
    for line in ("305", "320"):
        assert f'message="The PBX does not know a line" line="{line}"' in connector.log, connector.log
    for line in ("304", "319"):
        assert f'message="The PBX does not let the connector watch a line" line="{line}"' in connector.log, connector.log
    for line in ("303", "326"):
        assert f'message="The PBX does not have the event package for a line" line="{line}"' in connector.log, connector.log
    assert "cannot be read; the state stays" in connector.log, connector.log
    connector.stop()


TESTS = (test_every_answer_and_every_end,)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
