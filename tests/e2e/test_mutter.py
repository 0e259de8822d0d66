#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole run under the Wayland compositor of GNOME, without a screen and without X: the window, a badge, idleness, a picture."""

import collections
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import App, main, wait_until  # noqa: E402
from office import DEADLINE_S, PASSWORD, Office, make  # noqa: E402
from test_desktop import fill_in, is_of_mara  # noqa: E402

NAME, PATH, INTERFACE = "org.lampfield.Lampfield", "/org/lampfield/Lampfield", "org.lampfield.Lampfield1"
MONITOR, MONITOR_PATH = "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core"
WIDTH, HEIGHT = 1000, 700
PICTURE_S = 120.0
RED, GREEN = bytes((0xc0, 0x1c, 0x28)), bytes((0x26, 0xa2, 0x69))  # lamps of src/app/style.css


class WaylandOffice(Office):
    """The small office at a desk with Wayland alone."""

    def start_display(self):
        self.session.start_bus()
        self.session.start_compositor()

    def start(self, notifications=False):
        super().start(notifications)

    def start_app(self):
        """The program, to which the compositor tells of idleness after 3 and 9 seconds."""
        preloads = [os.environ.get("LD_PRELOAD"), os.path.join(self.build, "tests/support/liblf-soon.so")]
        self.app = App(self, env={"LD_PRELOAD": ":".join(filter(None, preloads))})
        return self.app

    @staticmethod
    def ask(name, path, interface, method, parameters=None):
        """Calls a method over the session's bus: what it answers."""
        from gi.repository import Gio
        return Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(name, path, interface, method, parameters, None,
                                                               Gio.DBusCallFlags.NO_AUTO_START, int(DEADLINE_S * 1000),
                                                               None).unpack()

    def touch(self):
        """As if a key was pressed: there is none without a screen."""
        self.ask(MONITOR, MONITOR_PATH, MONITOR, "ResetIdletime")

    def read_state(self):
        from gi.repository import GLib
        return self.ask(NAME, PATH, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (INTERFACE, "State")))[0]


def test_the_window_comes_up_and_signs_in(office):
    fill_in(office.start_app(), office.server.address, PASSWORD)
    for name in ("Jonas Weberling", "Priya Nairthan", "Tomasz Wilczak"):
        office.app.find(f"^{name}, Online")
    assert office.read_state() == "online"


def test_a_change_of_a_colleague_reaches_the_badge(office):
    office.phones.set_line("2041", "off_hook")
    office.app.find("^Jonas Weberling, On the phone")
    office.phones.set_line("2041", "on_hook")
    office.app.find("^Jonas Weberling, Online")


def test_the_preferences_name_the_monitor_of_gnome(office):
    from gi.repository import GLib
    office.ask(NAME, PATH, "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", ("preferences", [], {})))
    office.app.find("Noticed by the idle monitor of GNOME")


def test_idle_and_away_are_told_and_the_return(office):
    stream = office.peers["jonas"].stream
    for _round in range(2):
        stream.forget()
        office.touch()
        for state in ("idle", "away"):
            stream.wait_for(is_of_mara(office, lambda f, state=state: f["reachability"]["state"] == state))
        stream.forget()
        office.touch()
        stream.wait_for(is_of_mara(office, lambda f: f["reachability"]["state"] == "online"))


def read_picture(path):
    """The size of a picture, and how often each colour occurs in its left third and in the rest."""
    import gi
    gi.require_version("GdkPixbuf", "2.0")
    from gi.repository import GdkPixbuf
    picture = GdkPixbuf.Pixbuf.new_from_file(path)
    data, channels = picture.get_pixels(), picture.get_n_channels()
    left, rest = collections.Counter(), collections.Counter()
    for y in range(picture.get_height()):
        row = y * picture.get_rowstride()
        for x in range(picture.get_width()):
            half = left if x * 3 < picture.get_width() else rest
            half[data[row + x * channels:row + x * channels + 3]] += 1
    return (picture.get_width(), picture.get_height()), left, rest


def test_the_program_pictures_itself(office):
    office.app.stop()
    office.phones.set_line("2041", "off_hook")
    path = office.session.path("picture.png")
    # Whole stacks, so that tests/lsan.supp can tell GLib's own tables from a leak of ours.
    options = os.environ.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=0"
    app = App(office, "--screenshot", path, "--screenshot-size", f"{WIDTH}x{HEIGHT}", name="picture", env={"ASAN_OPTIONS": options})
    wait_until(lambda: app.process.poll() is not None, "the picture to be taken", PICTURE_S)
    assert app.process.returncode == 0, office.session.read_log("picture")[-9000:]
    size, contacts, page = read_picture(path)
    if os.environ.get("LF_TEST_PICTURES"):
        shutil.copy(path, os.path.join(os.environ["LF_TEST_PICTURES"], "mutter.png"))
    assert size == (WIDTH, HEIGHT), f"the picture is {size}"
    assert len(page) > 50, "the page is nearly empty"
    for lamp, n_least, what in ((RED, 20, "one on the phone"), (GREEN, 100, "three online")):
        assert contacts[lamp] >= n_least, f"the badge of {what} has {contacts[lamp]} points"


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(WaylandOffice)))
