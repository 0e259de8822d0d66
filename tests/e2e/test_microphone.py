#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a real microphone stream to a colleague: with the switch of the preferences, and not without it."""

import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import main, need, wait_until  # noqa: E402
from office import Office, make  # noqa: E402
from test_desktop import is_of_mara, sign_in  # noqa: E402

SWITCH = "^On the phone while the microphone is in use"
SWITCH_ROLES = ("check box", "switch", "toggle button")
DEVICE = ("{ factory.name=support.null-audio-sink node.name=microphone media.class=Audio/Source/Virtual object.linger=true "
          "audio.position=[FL FR] }")


class SoundOffice(Office):
    """The small office, with a sound server at the desk and a microphone that nobody speaks into."""

    def start(self, notifications=True):
        for program in ("pipewire", "wireplumber", "pw-cli", "pw-record"):
            need(program)
        super().start(notifications)
        self.session.spawn(["pipewire"])
        wait_until(lambda: os.path.exists(os.path.join(self.session.env["XDG_RUNTIME_DIR"], "pipewire-0")), "the sound server")
        self.session.spawn(["wireplumber"])
        self.run("pw-cli", "create-node", "adapter", DEVICE)

    def record(self):
        """A program that has a name, and uses the microphone."""
        return self.session.spawn(["pw-record", "--target", "microphone", "-P", "{ application.name=Tattletale }",
                                   self.session.path("recorded.wav")])


def hear_phone(office, state):
    return office.peers["jonas"].stream.wait_for(is_of_mara(office, lambda f: f["phone"]["state"] == state))


def test_nothing_is_told_until_it_is_turned_on(office):
    sign_in(office)
    office.app.find("^Jonas Weberling, Online")
    hear_phone(office, "on_hook")
    stream = office.peers["jonas"].stream
    stream.forget()
    program = office.record()
    time.sleep(4)
    assert not [f for f in stream.frames if is_of_mara(office, lambda f: f["phone"]["state"] != "on_hook")(f)], stream.frames
    program.terminate()
    program.wait()


def test_a_colleague_sees_a_call_and_no_more(office):
    from gi.repository import Gio, GLib
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    bus.call_sync("org.lampfield.Lampfield", "/org/lampfield/Lampfield", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", ("preferences", [], {})), None, Gio.DBusCallFlags.NO_AUTO_START, 20000, None)
    office.app.find(SWITCH, SWITCH_ROLES).click()
    program = office.record()
    frame = hear_phone(office, "off_hook")
    assert "detail" not in frame["phone"] and "source" not in frame["phone"], frame
    assert "Tattletale" not in str(office.peers["jonas"].stream.frames)
    office.peers["jonas"].stream.forget()
    program.terminate()
    program.wait()
    hear_phone(office, "on_hook")


def test_turned_off_it_ends_at_once(office):
    stream = office.peers["jonas"].stream
    stream.forget()
    program = office.record()
    hear_phone(office, "off_hook")
    stream.forget()
    office.app.find(SWITCH, SWITCH_ROLES).click()
    hear_phone(office, "on_hook")
    program.terminate()
    program.wait()


def test_a_client_that_dies_takes_the_call_along(office):
    stream = office.peers["jonas"].stream
    office.app.find(SWITCH, SWITCH_ROLES).click()
    office.record()
    hear_phone(office, "off_hook")
    stream.forget()
    office.app.process.kill()
    hear_phone(office, "on_hook")


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(SoundOffice)))
