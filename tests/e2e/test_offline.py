#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk without its server: the program is killed with messages in it, started again, and loses none."""

import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import main, wait_until  # noqa: E402
from office import PASSWORD, make  # noqa: E402
from test_desktop import fill_in, open_chat, send  # noqa: E402

WRITTEN = ["Written before the kill", "Written right before it", "Written after the new start"]


def kill_and_start(office):
    """As a power cut would; the session is kept, the server stays as it is."""
    office.app.stop(signal.SIGKILL)
    return office.start_app()


def test_messages_wait_while_the_server_is_away(office):
    app = office.start_app()
    fill_in(app, office.server.address, PASSWORD)
    app.find("^Priya Nairthan, Online")
    open_chat(office, "Priya Nairthan")
    send(office, "Written with the server")
    app.find(r"Written with the server.*\((sent|delivered)\)")
    office.server.kill()
    app.find(r"as of \d")
    for body in WRITTEN[:2]:
        send(office, body)
        app.find(f"{body}.*waiting")


def test_a_start_without_the_server_shows_the_list_as_of_then(office):
    app = kill_and_start(office)
    app.find(r"as of \d")
    for name in ("Jonas Weberling", "Priya Nairthan", "Tomasz Wilczak"):
        app.find(f"^{name}, Unknown")


def test_what_was_written_is_there_and_more_can_be(office):
    open_chat(office, "Priya Nairthan")
    office.app.find("Written with the server.*sent|Written with the server.*delivered")
    for body in WRITTEN[:2]:
        office.app.find(f"{body}.*waiting")
    send(office, WRITTEN[2])
    office.app.find(f"{WRITTEN[2]}.*waiting")


def read_bodies(office):
    priya = office.peers["priya"]
    conversation = priya.conversation_with(office.ids["mara"])
    page = priya.call("GET", f"/conversations/{conversation}/messages?limit=50")
    return [message["body"] for message in reversed(page["items"])]


def test_each_message_arrives_once_and_in_order(office):
    app = kill_and_start(office)
    app.find(r"as of \d")
    office.server.start()
    office.reconnect_peers()
    expected = ["Written with the server"] + WRITTEN
    wait_until(lambda: len(read_bodies(office)) >= len(expected), "the messages to arrive", 90)
    app.wait_gone(r"as of \d", deadline_s=90)
    app.find("^Priya Nairthan, Online", deadline_s=90)
    open_chat(office, "Priya Nairthan")
    for body in WRITTEN:
        app.find(rf"{body}.*\((sent|delivered)\)", deadline_s=90)
    assert read_bodies(office) == expected, read_bodies(office)


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    sys.exit(main(TESTS, make))
