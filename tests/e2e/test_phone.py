#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call between two telephones of a real PBX, as the window shows it."""

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "connectors", "phone"))

import pbx  # noqa: E402
from lfdesktop import Skip, main  # noqa: E402
from office import PEOPLE, Office, make  # noqa: E402
from test_desktop import BUTTON_ROLES, open_chat, sign_in  # noqa: E402

MARA, JONAS, PRIYA = "2000", "2041", "2042"


class PhoneOffice(Office):
    """The small office, whose lines belong to Kamailio and are watched by lampfield-phone."""

    def __init__(self):
        missing = pbx.find_missing()
        if missing:
            raise Skip("not installed: " + ", ".join(missing))
        super().__init__()
        self.pbx = None
        self.telephones = {}

    def write_secret(self, name, text):
        path = self.session.path(name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def connect_phones(self):
        self.pbx = pbx.Pbx(self.session.path("pbx")).start()
        for line in (MARA, JONAS, PRIYA):
            self.telephones[line] = pbx.Phone(self.pbx, line)
        token = self.write_secret("phone.token", self.server.administrate(
            "token", "create", "--connector", "phone", "--name", "PBX"))
        password = self.write_secret("pbx.password", "pw-lampfield")
        config = self.write_secret("phone.conf", f"[server]\nurl={self.server.address}\ntoken-file={token}\n[pbx]\n"
                                   f"address=127.0.0.1:{self.pbx.port}\ndomain=pbx.test\nlocal-address=127.0.0.1\n"
                                   f"password-file={password}\n[calls]\nmethod=refer\n")
        self.session.spawn([os.path.join(self.build, "src/connectors/phone/lampfield-phone"), "--config", config], name="phone")

    def close(self):
        for telephone in self.telephones.values():
            telephone.stop()
        if self.pbx:
            self.pbx.stop()
        super().close()


def test_everybody_is_online(office):
    for _login, name, _line in PEOPLE[1:]:
        office.app.find(f"^{name}, Online")
    open_chat(office, "Jonas Weberling")
    office.app.find("Off the phone")


def test_who_dials_is_on_the_phone_and_who_is_rung_is_not_yet(office):
    office.telephones[PRIYA].dial(JONAS)
    office.app.find("^Priya Nairthan, On the phone")
    office.app.find("Ringing")
    office.app.find("^Jonas Weberling, Online")


def test_both_are_on_the_phone_until_it_is_over(office):
    office.telephones[JONAS].accept()
    office.app.find("^Jonas Weberling, On the phone")
    office.telephones[PRIYA].hang_up()
    for name in ("Jonas Weberling", "Priya Nairthan"):
        office.app.find(f"^{name}, Online")


def test_a_click_makes_ones_own_telephone_call(office):
    """Mara clicks, picks up, and Jonas's telephone rings; the bar tells how it goes."""
    app = office.app
    open_chat(office, "Jonas Weberling")
    app.find("^Call", BUTTON_ROLES, state="sensitive").click()
    app.find("Your phone is ringing: pick it up")
    office.telephones[MARA].accept()
    app.find("^Calling")
    office.telephones[JONAS].accept()
    app.find("^Connected")
    app.find("^Jonas Weberling, On the phone")
    office.telephones[JONAS].hang_up()
    app.find("Call ended")
    app.find("^Jonas Weberling, Online")


def test_a_call_is_taken_back_in_the_bar(office):
    app = office.app
    app.find("^Call", BUTTON_ROLES, state="sensitive").click()
    app.find("Your phone is ringing: pick it up")
    app.find("^Cancel$", BUTTON_ROLES).click()
    app.find("Call cancelled")


def test_who_is_calling_is_said(office):
    office.telephones[JONAS].dial(MARA)
    office.app.find("is calling you")
    office.telephones[JONAS].hang_up()
    office.app.wait_gone("is calling you")


def test_calls_are_listed_by_person(office):
    app = office.app
    app.find("^Calls, 1 missed call")
    app.keys("ctrl+3")
    app.find(r"^Jonas Weberling, Online\. Missed · .* calls$")
    office.telephones[PRIYA].dial(JONAS)
    app.find(r"^Jonas Weberling, .*\. Missed")
    office.telephones[JONAS].accept()
    app.find(r"^Jonas Weberling, On the phone.*\. Missed")  # how the person is now
    office.telephones[PRIYA].hang_up()
    app.find(r"^Jonas Weberling, Online\. Missed")
    app.find("^Placed$", BUTTON_ROLES).click()
    app.find(r"^Jonas Weberling, Online\. Placed")
    app.find("^Call Jonas Weberling", BUTTON_ROLES).click()
    app.find("Your phone is ringing: pick it up")
    office.telephones[MARA].hang_up()
    app.find("You did not pick up your phone")


TESTS = (test_everybody_is_online, test_who_dials_is_on_the_phone_and_who_is_rung_is_not_yet,
         test_both_are_on_the_phone_until_it_is_over, test_a_click_makes_ones_own_telephone_call,
         test_a_call_is_taken_back_in_the_bar, test_who_is_calling_is_said, test_calls_are_listed_by_person)

if __name__ == "__main__":
    sys.exit(main(TESTS, lambda: make(PhoneOffice, sign_in)))
