#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real program where a part of the desktop is broken or missing: it says so, or does without."""

import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import App, Skip, main, wait_until  # noqa: E402
from office import PASSWORD, PEOPLE, Office  # noqa: E402
from office import make as make_office  # noqa: E402
from test_desktop import fill_in, open_chat, send  # noqa: E402

NAME = "org.lampfield.Lampfield"
TROUBLES = ("AddressSanitizer", "runtime error", "CRITICAL")
# A home of its own for one process: a small disk, filled or made read-only before the program starts.
MOUNT = 'mount -t tmpfs -o size=256k none "$1" && mkdir -p "$1/.config" "$1/.cache" "$1/.local/share" "$1/.local/state" && '
READ_ONLY = MOUNT + 'mount -o remount,ro "$1" && shift && exec "$@"'
FULL = MOUNT + '{ cat /dev/zero > "$1/filler" 2> /dev/null || :; } && ! echo "one more" 2> /dev/null > "$1/another" && shift && exec "$@"'
MUTE = f"""
import os, signal
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName", GLib.Variant("(su)", ("{NAME}", 4)), None, 0, -1)
os.kill(os.getpid(), signal.SIGSTOP)
"""


class FaultyOffice(Office):
    """The small office on a desktop without a notification daemon."""

    def start(self, notifications=False):
        super().start(notifications)

    def start_faulty(self, name, **options):
        self.app = App(self, name=name, **options)
        return self.app

    def start_on(self, name, script):
        """The program with a home that @script mounts."""
        before = ("unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh", self.session.env["HOME"])
        if subprocess.run([*before, "true"], env=self.session.env, capture_output=True, check=False).returncode != 0:
            raise Skip("no folder can be mounted here")
        return self.start_faulty(name, before=before)

    def chat_with_priya(self, body):
        open_chat(self, "Priya Nairthan")
        send(self, body)
        self.app.find(rf"{body}.*\((sent|delivered)\)")

    def end_app(self):
        """As a session asks at its end: the program leaves by itself, and nothing was wrong until then."""
        jonas = self.peers["jonas"]
        self.app.stop(signal.SIGTERM)
        said = self.session.read_log(self.app.log)
        for trouble in TROUBLES:
            assert trouble not in said, said[-4000:]
        assert self.app.process.returncode == 0, f"{self.app.process.returncode}: {said[-4000:]}"
        wait_until(lambda: jonas.call("GET", f"/presence?users={self.ids['mara']}")["items"][0]["reachability"]["state"] == "offline",
                   "the server to hear that the program has ended", 10)


def sees_the_office(office):
    fill_in(office.app, office.server.address, PASSWORD)
    for _login, name, _line in PEOPLE[1:]:
        office.app.find(f"^{name}, Online")


def test_without_a_notification_daemon_messages_are_in_the_list(office):
    app = office.start_faulty("no-daemon")
    sees_the_office(office)
    jonas = office.peers["jonas"]
    jonas.write(jonas.conversation_with(office.ids["mara"]), "Nobody pops this up")
    app.find("Jonas Weberling.*unread")


def test_told_to_end_it_says_goodbye(office):
    office.end_app()


def test_a_read_only_home(office):
    office.start_on("read-only", READ_ONLY)
    sees_the_office(office)
    office.chat_with_priya("From a home that takes nothing")
    office.end_app()


def test_a_full_disk(office):
    office.start_on("full", FULL)
    sees_the_office(office)
    office.chat_with_priya("From a disk that is full")
    office.end_app()


def test_the_name_is_held_by_a_program_that_is_stuck(office):
    mute = office.session.spawn([sys.executable, "-c", MUTE], name="mute")
    try:
        office.session.wait_for_name(NAME)
        app = office.start_faulty("mute-name")
        app.find("^Priya Nairthan, Online", deadline_s=90)
        assert "does not answer" in office.session.read_log("mute-name")
        office.end_app()
    finally:
        mute.kill()
        mute.wait()


def test_without_a_session_bus(office):
    app = office.start_faulty("no-bus", env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "GTK_A11Y": "none"})
    assert office.xdotool("search", "--sync", "--onlyvisible", "--pid", str(app.process.pid))
    assert app.process.poll() is None, office.session.read_log("no-bus")
    office.end_app()


def make():
    return make_office(FaultyOffice)


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    sys.exit(main(TESTS, make))
