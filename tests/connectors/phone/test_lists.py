#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of lines (RFC 4662): a scene each, with the same lines, at a PBX that does what the scene says."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "service"))
sys.path.insert(0, HERE)

from connector import Connector, LineOffice  # noqa: E402
from notifier import DIALOG_INFO, Answer, Notifier, Notify, dialog, dialog_info  # noqa: E402
from service import main, wait_until  # noqa: E402

LINES = ("400", "401", "402", "403")  # the canary is at the first
PIDF = "application/pidf+xml"
RELATED = 'multipart/related;type="application/rlmi+xml";start="<root@pbx.test>";boundary="edge"'


def part(content_type, content_id, body):
    return f"--edge\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>\r\nContent-Type: {content_type};charset=UTF-8\r\n\r\n{body}\r\n"


def resource(line, state="active", domain="pbx.test", cid=True):
    told = f' cid="{line}@pbx.test"' if cid and state == "active" else ""
    return f'<resource uri="sip:{line}@{domain}"><name>{line}</name><instance id="1" state="{state}"{told}/></resource>'


def rlmi(version, resources, full=True):
    return (f'<?xml version="1.0"?><list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:office@pbx.test" version="{version}" '
            f'fullState="{str(full).lower()}">{"".join(resources)}</list>')


def news(version, states, full=True, resources=None, version_of_parts=None, content_type=RELATED):
    """A NOTIFY of a list. @states: line → dialogs, or a whole document."""
    number = version if version_of_parts is None else version_of_parts
    parts = [part(DIALOG_INFO, f"{line}@pbx.test", text if text.startswith(("<?", "<!")) else dialog_info(number, dialogs=text))
             for line, text in states.items()]
    root = part("application/rlmi+xml", "root@pbx.test", rlmi(version, resources or [resource(line) for line in states], full))
    return Notify("\r\n" + root + "".join(parts) + "--edge--\r\n", content_type=content_type)


TALKS = dialog("confirmed")
RINGS = dialog("early")
FREE = ""
BOTH = news(0, {"401": TALKS, "402": FREE})
SINGLE = Answer(notifies=[Notify(dialog_info(0, dialogs=TALKS))])
LIST_ALONE = {"401": "off_hook", "402": "on_hook", "403": "off_hook"}
ALL_SINGLE = {"401": "off_hook", "402": "off_hook", "403": "off_hook"}

# what: (answers to the list, states in the end, lines that are asked for singly, words in the log)
SCENES = {
    "a list": ([Answer(notifies=[BOTH])], LIST_ALONE, {"403"}, ""),
    "one line after the other": ([Answer(notifies=[news(0, {"401": FREE}), news(1, {"402": RINGS}, full=False), news(2, {"401": TALKS}, full=False)])],
                                 {"401": "off_hook", "402": "ringing", "403": "off_hook"}, {"403"}, ""),
    "a gap": ([Answer(notifies=[BOTH, news(2, {"402": RINGS}, full=False)]), Answer(notifies=[news(3, {"401": FREE, "402": TALKS})])],
              {"401": "on_hook", "402": "off_hook", "403": "off_hook"}, {"403"}, ""),
    "a gap in what is said of one line": (
        [Answer(notifies=[BOTH, news(1, {"402": dialog_info(7, "partial", RINGS)}, full=False)]), Answer(notifies=[news(2, {"401": TALKS, "402": RINGS})])],
        {"401": "off_hook", "402": "ringing", "403": "off_hook"}, {"403"}, ""),
    "older news": ([Answer(notifies=[news(5, {"401": TALKS, "402": FREE}), news(4, {"401": FREE, "402": TALKS})])], LIST_ALONE, {"403"}, ""),
    "a line is taken off": ([Answer(notifies=[BOTH, news(1, {}, full=False, resources=[resource("402", "terminated")])])],
                            {"401": "off_hook", "402": "off_hook", "403": "off_hook"}, {"402", "403"}, ""),
    "a line is not there any more": ([Answer(notifies=[BOTH, news(1, {"401": TALKS})])], ALL_SINGLE, {"402", "403"}, ""),
    "a line that the PBX does not tell of yet": (
        [Answer(notifies=[news(0, {"401": TALKS}, resources=[resource("401"), resource("402", "pending")])])],
        {"401": "off_hook", "402": "unknown", "403": "off_hook"}, {"403"}, ""),
    "a line of another domain": ([Answer(notifies=[news(0, {"401": FREE}, resources=[resource("401", domain="elsewhere.test")])])],
                                 ALL_SINGLE, {"401", "402", "403"}, ""),
    "no lists": ([Answer(420, ["Unsupported: eventlist"])], ALL_SINGLE, {"401", "402", "403"}, "The PBX has no lists"),
    "no such package": ([Answer(489)], ALL_SINGLE, {"401", "402", "403"}, "The PBX has no lists"),
    "no such list": ([Answer(404)], ALL_SINGLE, {"401", "402", "403"}, "The PBX does not know a list"),
    "a list that is refused": ([Answer(403)], ALL_SINGLE, {"401", "402", "403"}, "does not let the connector watch a list"),
    "what is no list": ([SINGLE], ALL_SINGLE, {"401", "402", "403"}, "for what should be a list"),
    "a document type": ([Answer(notifies=[BOTH, Notify(news(1, {"401": FREE}).body.replace("<list", "<!DOCTYPE x><list"), content_type=RELATED)])],
                        LIST_ALONE, {"403"}, "cannot be read; the states stay"),
    "no boundary": ([Answer(notifies=[BOTH, news(1, {"401": FREE}, content_type="multipart/related")])], LIST_ALONE, {"403"},
                    "cannot be told apart"),
    "another boundary": ([Answer(notifies=[BOTH, news(1, {"401": FREE}, content_type="multipart/related;boundary=else")])], LIST_ALONE, {"403"},
                         "cannot be told apart"),
    "nothing in it": ([Answer(notifies=[BOTH, Notify("--edge--\r\n", content_type=RELATED)])], LIST_ALONE, {"403"}, "cannot be read"),
    "a part of more than 64 KiB": ([Answer(notifies=[BOTH, news(1, {"401": dialog_info(1) + " " * 65536, "402": RINGS}, full=False)])],
                                   {"401": "off_hook", "402": "ringing", "403": "off_hook"}, {"403"}, "larger than 64 KiB"),
    "a document type in a part": ([Answer(notifies=[BOTH, news(1, {"401": "<!DOCTYPE x>" + dialog_info(1), "402": RINGS}, full=False)])],
                                  {"401": "off_hook", "402": "ringing", "403": "off_hook"}, {"403"}, "document type"),
    "a list in a list": ([Answer(notifies=[BOTH, Notify(news(1, {"401": FREE}, full=False).body.replace(DIALOG_INFO, "multipart/related"), content_type=RELATED)])],
                         LIST_ALONE, {"403"}, "is no application/dialog-info+xml"),
    "a part that is not there": ([Answer(notifies=[BOTH, news(1, {"402": RINGS}, full=False, resources=[resource("401"), resource("402")])])],
                                 {"401": "off_hook", "402": "ringing", "403": "off_hook"}, {"403"}, ""),
    "the list ends for good": ([Answer(notifies=[BOTH, Notify("", "terminated;reason=noresource")])], ALL_SINGLE, {"401", "402", "403"},
                               "The PBX does not know a list"),
    "the list ends, and comes again": ([Answer(notifies=[BOTH, Notify("", "terminated;reason=timeout")]), Answer(notifies=[news(0, {"401": RINGS, "402": TALKS})])],
                                       {"401": "ringing", "402": "off_hook", "403": "off_hook"}, {"403"}, ""),
    "the list is forgotten": ([Answer(481), Answer(notifies=[BOTH])], LIST_ALONE, {"403"}, ""),
}


def play(office, table, wanted, singles, words="", lists=None, **settings):
    """@table: answers for “office”; @lists: for other lists; every other line talks, if it is asked for singly."""
    lists = {"office": table, **(lists or {})}
    notifier = Notifier({**lists, **{line: [SINGLE] for line in LINES}})
    connector = Connector(office, f"127.0.0.1:{notifier.port}", lists=";".join(lists), expires_seconds=3600, **settings)

    def describe():
        return f"{wanted}: {office.states()}\n{connector.log}"

    try:
        wait_until(lambda: {line: state for line, state in office.states().items() if line != "400"} == wanted and
                   all(notifier.count(name) >= len(answers) for name, answers in lists.items()) and notifier.count("400") and words in connector.log, describe)
        assert {line for line in LINES[1:] if notifier.count(line)} == singles, {line: notifier.count(line) for line in LINES}
        asked = notifier.asked["office"][0]
        assert "eventlist" in asked.get("supported", "k").replace(" ", "").split(","), asked.headers
        assert "multipart/related" in asked.get("accept"), asked.headers
        assert "eventlist" not in (notifier.asked["400"][0].get("supported", "k") or ""), notifier.asked["400"][0].headers
    finally:
        if connector.process.poll() is None:
            connector.stop()
        notifier.close()


def make_test(what):
    def test(office):
        play(office, *SCENES[what])
    test.__name__ = "test_" + what.replace(" ", "_").replace(",", "")
    return test


def test_presence(office):
    """The other package, whose documents have no versions."""
    ready = ('<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@pbx.test"><note>{}</note>'
             '<tuple id="1"><status><basic>open</basic></status></tuple></presence>')
    body = ("\r\n" + part("application/rlmi+xml", "root@pbx.test", rlmi(0, [resource("401"), resource("402"), resource("403")])) +
            part(PIDF, "401@pbx.test", ready.format("Ready")) + part(PIDF, "402@pbx.test", ready.format("On hold")) +
            part(PIDF, "403@pbx.test", ready.format("Ringing")) + "--edge--\r\n")
    play(office, [Answer(notifies=[Notify(body, content_type=RELATED)])], {"401": "on_hook", "402": "held", "403": "ringing"}, set(), packages="presence")


def test_a_line_on_two_lists(office):
    """The second one is older in its count, and then takes the line off: the first goes on to tell."""
    first = [Answer(notifies=[news(7, {"401": TALKS, "402": RINGS})])]
    second = [Answer(notifies=[news(0, {"402": FREE, "403": RINGS}), news(1, {}, full=False, resources=[resource("402", "terminated")])])]
    play(office, first, {"401": "off_hook", "402": "ringing", "403": "ringing"}, set(), lists={"sales": second})


TESTS = tuple(make_test(what) for what in SCENES) + (test_presence, test_a_line_on_two_lists)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: LineOffice(LINES)))
