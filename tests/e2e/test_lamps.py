#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lamps: added, live, sorted, called and kept, with the real server."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import main, wait_until  # noqa: E402
from office import make  # noqa: E402
from test_desktop import BUTTON_ROLES, ENTRY_ROLES, install_phone_program, sign_in, wait_for_call  # noqa: E402

LAMP = "table cell"
NAMES = {"jonas": "Jonas Weberling", "priya": "Priya Nairthan", "tomasz": "Tomasz Wilczak"}


def begin(office):
    office.called = install_phone_program(office)
    sign_in(office)
    office.app.find("^Jonas Weberling, Online")


def read_order(office):
    """The logins of the lamps, in their order on the server."""
    logins = {user: login for login, user in office.ids.items()}
    contacts = office.peers["mara"].call("GET", "/contacts")["items"]
    lamps = sorted((contact["speed_dial"], logins[contact["user"]]) for contact in contacts if contact["speed_dial"])
    return [login for _position, login in lamps]


def read_window(office):
    """The same, as the window has them."""
    shown = [node.name for node in office.app.nodes() if node.role == LAMP]
    return [login for name in shown for login, wanted in NAMES.items() if name.startswith(wanted + ",")]


def find_lamp(office, login, words, **options):
    return office.app.find(f"^{NAMES[login]}, {words}", LAMP, **options)


def wait_for_order(office, *order):
    wait_until(lambda: read_window(office) == list(order), lambda: f"{order} in the window; there is:\n{office.app.describe()}")
    wait_until(lambda: read_order(office) == list(order), lambda: f"{order} on the server; there is {read_order(office)}")


def focus(office, login):
    """Goes to a lamp as somebody without a mouse does."""
    order = read_window(office)
    office.app.keys("ctrl+1", "ctrl+4", "Home", *["Right"] * order.index(login))
    find_lamp(office, login, "", state="focused")


def add(office, name):
    app = office.app
    app.find("Name, department, mail address or number", ENTRY_ROLES).type(name)
    app.find(f"^Add {name} to your lamps", BUTTON_ROLES, state="sensitive").click()
    app.find("^Added$", BUTTON_ROLES)  # a button acts a moment after it was activated


def test_lamps_are_added_from_the_directory(office):
    app = office.app
    app.keys("ctrl+4")
    app.find("No lamps yet")
    app.find("^Add lamp", BUTTON_ROLES).click()
    for name in ("Jonas Weberling", "Priya Nairthan"):
        add(office, name)
    app.keys("Escape")
    app.wait_gone("Name, department, mail address or number")
    find_lamp(office, "jonas", "Online")
    wait_for_order(office, "jonas", "priya")


def test_another_device_adds_one_and_it_is_there(office):
    office.peers["mara"].call("PUT", "/speed_dials", {"users": [office.ids[login] for login in ("jonas", "priya", "tomasz")]})
    wait_for_order(office, "jonas", "priya", "tomasz")


def test_what_happens_on_a_line_reaches_its_lamp(office):
    for state, words in (("ringing", "Ringing"), ("off_hook", "On the phone"), ("on_hook", "Online")):
        office.phones.set_line("2041", state)
        find_lamp(office, "jonas", words)
    find_lamp(office, "priya", "Online")


def test_a_lamp_calls(office):
    focus(office, "priya")
    office.app.keys("Return")
    wait_for_call(office.called, "tel:2042")


def test_the_directory_calls(office):
    app = office.app
    app.keys("ctrl+4")
    app.find("^Add lamp", BUTTON_ROLES).click()
    app.find("Name, department, mail address or number", ENTRY_ROLES).type("Priya Nairthan")
    app.find("^Added$", BUTTON_ROLES)
    app.find("^Call$", BUTTON_ROLES, state="sensitive").click()
    wait_for_call(office.called, "tel:2042")
    app.wait_gone("Name, department, mail address or number")


def test_a_chat_from_a_lamp_comes_back_to_the_lamps(office):
    app = office.app
    focus(office, "tomasz")
    app.keys("Menu")
    app.find("^Chat$", "menu item").click()
    app.find("^Message to Tomasz Wilczak")
    app.keys("Escape")
    app.wait_gone("^Message to Tomasz Wilczak")
    find_lamp(office, "tomasz", "Online")


def test_the_order_is_kept(office):
    app = office.app
    focus(office, "tomasz")
    app.keys("alt+Left", "alt+Left")
    wait_for_order(office, "tomasz", "jonas", "priya")
    app.keys("alt+Right")
    wait_for_order(office, "jonas", "tomasz", "priya")
    app.stop()
    office.start_app().find("^Jonas Weberling, Online")
    office.app.keys("ctrl+4")
    wait_for_order(office, "jonas", "tomasz", "priya")


def test_a_lamp_goes_and_the_contact_stays(office):
    app = office.app
    focus(office, "tomasz")
    app.keys("Menu")
    app.find("^Remove from lamps$", "menu item").click()
    wait_for_order(office, "jonas", "priya")
    app.keys("ctrl+1")
    app.find("^Tomasz Wilczak, Online")


TESTS = (test_lamps_are_added_from_the_directory, test_another_device_adds_one_and_it_is_there,
         test_what_happens_on_a_line_reaches_its_lamp, test_a_lamp_calls, test_the_directory_calls,
         test_a_chat_from_a_lamp_comes_back_to_the_lamps, test_the_order_is_kept,
         test_a_lamp_goes_and_the_contact_stays)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(begin=begin)))
