#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client as other programs use it: the command line and the session bus, with the real server behind it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from lfdesktop import App, DEADLINE_S, main, need, wait_until  # noqa: E402
from office import PASSWORD, Office  # noqa: E402
from test_desktop import BUTTON_ROLES, ENTRY_ROLES, fill_in, install_phone_program, wait_for_call  # noqa: E402

NAME, PATH, INTERFACE = "org.lampfield.Lampfield", "/org/lampfield/Lampfield", "org.lampfield.Lampfield1"


class FitInOffice(Office):
    """The small office, with two people of one name; the window is opened by a test."""

    def start(self, notifications=True):
        super().start(notifications)
        path = self.session.path("more.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("login,name,title,department,mail,addresses,password\n")
            for login in ("robin1", "robin2"):
                file.write(f"{login},Robin Berg,Engineer,Engineering,{login}@sample.invalid,tel:30,{PASSWORD}\n")
            file.write(f"zoe,Zoë Größer,Engineer,Engineering,zoe@sample.invalid,tel:31,{PASSWORD}\n")
        self.server.administrate("user", "import", path)

    def lampfield(self, *words, env=None):
        """Runs the program as in a shell without a display: what it returned and said."""
        environment = dict(self.session.env, **(env or {}))
        environment.pop("DISPLAY")
        return subprocess.run([os.path.join(self.build, "src/app/lampfield"), *words], env=environment, capture_output=True,
                              text=True, check=False, timeout=DEADLINE_S * 2, stdin=subprocess.DEVNULL)

    def ask(self, path, interface, method, parameters=None):
        """Calls a method of the client over the bus: what it answers."""
        from gi.repository import Gio
        answer = Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(NAME, path, interface, method, parameters, None,
                                                                 Gio.DBusCallFlags.NO_AUTO_START, int(DEADLINE_S * 1000), None)
        return answer.unpack()

    def read_state(self):
        from gi.repository import GLib
        return self.ask(PATH, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (INTERFACE, "State")))[0]

    def read_presence(self, login):
        """What a colleague is told by the server."""
        return self.peers["jonas"].call("GET", f"/presence?users={self.ids[login]}")["items"][0]


def make():
    office = FitInOffice()
    try:
        office.start()
    except BaseException:
        office.close()
        raise
    return office


def expect(done, code, *words, out=""):
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{code} was expected: {done.returncode}: {said}"
    for word in words:
        assert word in said, f"“{word}” is not in: {said}"
    if code:
        assert done.stdout == "", f"on standard output: {done.stdout}"
        assert done.stderr.startswith("lampfield: "), done.stderr
    else:
        assert done.stdout.startswith(out), done.stdout


def test_no_client_runs(office):
    for words in (("--who", "jonas", "--json"), ("--status", "away"), ("--dnd", "on"), ("--call", "2041"), ("--chat", "jonas")):
        expect(office.lampfield(*words), 3, "not running")
    expect(office.lampfield("--who", "jonas", env={"LC_ALL": "C.UTF-8", "LANGUAGE": "de",
                                                   "LF_LOCALEDIR": os.path.join(office.build, "po")}), 3, "läuft nicht")


def test_there_is_no_bus(office):
    expect(office.lampfield("--who", "jonas", env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}), 3, "DBUS_SESSION_BUS_ADDRESS")


def test_bad_usage(office):
    expect(office.lampfield("--status", "away", "--for", "soon"), 2, "--for takes a span")
    expect(office.lampfield("--who", "jonas", "--call", "jonas"), 2, "one thing at a time")
    expect(office.lampfield("--note", "Lunch"), 2, "belong to --status")


def test_nobody_is_signed_in(office):
    app = office.start_app()
    app.find("^Sign in$")
    expect(office.lampfield("--who", "jonas"), 3, "Nobody is signed in")
    expect(office.lampfield("--status", "away"), 3, "Nobody is signed in")
    expect(office.lampfield("lampfield:person?user=jonas"), 0)
    app.find("as soon as you are signed in")
    fill_in(app, office.server.address, PASSWORD)
    app.find("^Jonas Weberling, Online")
    app.find("^Message", ENTRY_ROLES)  # the link led to his page


def test_a_status_is_set_and_seen_by_a_colleague(office):
    expect(office.lampfield("--status", "away", "--note", "Lunch", "--emoji", "🍕", "--for", "45m"), 0)
    seen = office.read_presence("mara")["reachability"]
    assert seen["state"] == "away" and seen["note"]["text"] == "Lunch" and seen["note"]["emoji"] == "🍕", seen
    end = time.mktime(time.strptime(seen["note"]["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert 40 * 60 < end - time.time() <= 45 * 60, seen
    office.app.find("^Your status: Away")
    expect(office.lampfield("--status", "automatic"), 0)
    seen = office.read_presence("mara")["reachability"]
    assert seen["state"] == "online" and not seen.get("note"), seen
    expect(office.lampfield("--dnd", "on", "--until", time.strftime("%H:%M", time.gmtime(time.time() + 600)), env={"TZ": "UTC"}), 0)
    assert office.read_presence("mara")["phone"]["state"] == "do_not_disturb"
    expect(office.lampfield("--dnd", "off"), 0)
    expect(office.lampfield("--status", "busy"), 2, "automatic, available or away")
    expect(office.lampfield("--status", "automatic", "--for", "1h"), 2, "nothing to end")


def test_a_phone_off_the_hook_is_told(office):
    office.phones.set_line("2041", "off_hook")
    office.app.find("^Jonas Weberling, On the phone")
    done = office.lampfield("--who", "jonas", "--json")
    expect(done, 0)
    person = json.loads(done.stdout)
    assert person["login"] == "jonas" and person["status"] == "on_the_phone" and person["kind"] == "phone", person
    assert person["contact"] is True and person["addresses"] == ["tel:2041"] and "as_of" not in person, person
    expect(office.lampfield("--who", "Jonas Weberling"), 0, out="Jonas Weberling: On the phone")
    office.phones.set_line("2041", "on_hook")
    office.app.find("^Jonas Weberling, Online")
    expect(office.lampfield("--who", "jonas"), 0, out="Jonas Weberling: Online\n")


def test_nobody_and_several_are_told_apart(office):
    expect(office.lampfield("--who", "Nobody Atall"), 1, "Nobody is called “Nobody Atall”")
    for words in (("--who", "Robin Berg"), ("--who", "Robin Berg", "--json"), ("--call", "Robin Berg"), ("--chat", "robin")):
        expect(office.lampfield(*words), 1, "more than one person", "robin1: Robin Berg", "robin2: Robin Berg")
    done = office.lampfield("--who", "robin2", "--json")
    expect(done, 0)
    assert json.loads(done.stdout)["status"] == "offline", done.stdout
    for words in (("zoe",), ("Zoë Größer",)):  # also where no locale is named, as in a crontab
        done = office.lampfield("--who", *words, "--json", env={"LC_ALL": "C"})
        expect(done, 0)
        assert json.loads(done.stdout)["name"] == "Zoë Größer", done.stdout
    expect(office.lampfield("--call", "Robin", "Berg"), 2, "one word too many")
    expect(office.lampfield("--call", "Nobody Atall"), 1, "Nobody is called")
    expect(office.lampfield("--who", " "), 2, "1 to 100 characters")


def test_nothing_moves_the_terminal(office):
    office.peers["jonas"].call("PUT", "/me/status", {"choice": "away", "text": "a\u202eb"})
    office.app.find("^Jonas Weberling, Away")
    done = office.lampfield("--who", "jonas")
    expect(done, 0, out="Jonas Weberling: Away")
    assert "\u202e" not in done.stdout and "ab" in done.stdout, done.stdout
    office.peers["jonas"].call("DELETE", "/me/status")
    expect(office.lampfield("--who", "x\x1b[2Jy"), 2)
    office.app.find("^Jonas Weberling, Online")


def test_the_chat_opens_in_the_running_window(office):
    expect(office.lampfield("--chat", "robin1"), 0)
    office.app.find("^Robin Berg$")
    expect(office.lampfield("--chat", "jonas"), 0)
    office.app.find("^Message", ENTRY_ROLES)
    second = subprocess.run([os.path.join(office.build, "src/app/lampfield")], env=office.session.env, timeout=DEADLINE_S, check=False)
    assert second.returncode == 0 and office.app.process.poll() is None  # it raised the window of the first, and ended


def test_the_search_of_the_shell(office):
    """As GNOME Shell asks: results while one types, what to show of them, and the one that is chosen."""
    from gi.repository import GLib

    def ask(method, signature, *values):
        return office.ask(PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2", method, GLib.Variant(signature, values))

    office.phones.set_line("2042", "off_hook")
    office.app.find("^Priya Nairthan, On the phone")
    first = ask("GetInitialResultSet", "(as)", ["pri"])[0]
    results = ask("GetSubsearchResultSet", "(asas)", first, ["priya", "nair"])[0]
    assert results == [f"chat:{office.ids['priya']}", f"call:{office.ids['priya']}"], results
    metas = ask("GetResultMetas", "(as)", results)[0]
    assert [meta["name"] for meta in metas] == ["Priya Nairthan", "Call Priya Nairthan"], metas
    assert metas[0]["description"].startswith("On the phone") and metas[0]["gicon"] == "user-busy-symbolic", metas
    assert ask("GetInitialResultSet", "(as)", ["robin"])[0] == []  # no contact: the directory is not asked
    ask("ActivateResult", "(sasu)", results[0], ["priya"], 0)
    office.app.find("^Off the phone|On the phone")
    ask("LaunchSearch", "(asu)", ["robin"], 0)
    office.app.find("Robin Berg", deadline_s=20)
    office.app.keys("Escape")
    office.phones.set_line("2042", "on_hook")
    office.app.find("^Priya Nairthan, Online")


def test_what_the_page_shows_works(office):
    with open(os.path.join(office.source, "docs", "dbus.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```\n(.*?)^```$", file.read(), re.S | re.M)
    shown = [block for block in blocks if block.startswith(("busctl ", "gdbus "))]
    assert len(shown) == 2, blocks
    for block in shown:
        if shutil.which(block.split()[0]):
            office.run("bash", "-c", block)
    office.app.find("^Your status: Away")
    expect(office.lampfield("--status", "automatic"), 0)


def test_a_link_leads_to_a_person(office):
    expect(office.lampfield("lampfield:chat?user=robin1"), 0)
    office.app.find("^Robin Berg$")
    expect(office.lampfield("lampfield:person?user=jonas%40sample.invalid"), 0)
    office.app.find("^Jonas Weberling$")


def test_a_link_that_means_harm_does_nothing(office):
    before = office.read_presence("mara")
    for link in ("lampfield:status?choice=away", "tel:*21*0900123%23"):
        expect(office.lampfield(link), 0)
        office.app.find("does not know what this link means")
        office.app.wait_gone("does not know what this link means")
    expect(office.lampfield("lampfield:chat?user=Robin%20Berg"), 0)  # a name is too little
    office.app.find("leads to nobody")
    assert office.app.lookup("^Call .*[?]$") is None
    assert office.read_presence("mara") == before


def answer(office, question, word):
    """Clicks the button of a dialog that has @word in its name."""
    dialog = office.app.find(question, "dialog")
    next(node for node in dialog.walk() if node.role in BUTTON_ROLES and word in node.name).click()


def test_a_link_asks_before_it_calls(office):
    """The program opens telephone links itself, here, and another one calls: no link goes round for ever."""
    called = install_phone_program(office)
    with open(os.path.join(office.build, "data", NAME + ".desktop"), encoding="utf-8") as file:
        entry = file.read().replace("Exec=lampfield", f"Exec={os.path.join(office.build, 'src/app/lampfield')}")
    folder = os.path.join(office.session.env["XDG_DATA_HOME"], "applications")
    with open(os.path.join(folder, NAME + ".desktop"), "w", encoding="utf-8") as file:
        file.write(entry)
    with open(os.path.join(office.session.env["XDG_CONFIG_HOME"], "mimeapps.list"), "w", encoding="utf-8") as file:
        file.write(f"[Default Applications]\nx-scheme-handler/tel={NAME}.desktop\n")
    office.run(need("update-desktop-database"), folder)
    office.run(need("gio"), "open", "tel:+49-30-1234")
    office.app.find("asks for a call to [+]49301234")
    expect(office.lampfield("lampfield:call?user=jonas"), 0)  # there is one question already
    answer(office, "^Call [+]49301234[?]$", "Cancel")
    office.app.wait_gone("^Call [+]49301234[?]$")
    expect(office.lampfield("lampfield:call?user=jonas"), 0)
    office.app.find("^Call Jonas Weberling[?]$")
    assert not os.path.exists(called), "it was called without a click"
    answer(office, "^Call Jonas Weberling[?]$", "Call")
    wait_for_call(called, "tel:2041")
    expect(office.lampfield("--call", "2042"), 0)
    wait_for_call(called, "tel:2042")
    os.unlink(os.path.join(folder, "fake-phone.desktop"))
    office.run(need("update-desktop-database"), folder)
    expect(office.lampfield("--call", "2042"), 0)
    answer(office, "^No program for calls$", "lose")


def test_without_the_server(office):
    office.server.kill()
    wait_until(lambda: office.read_state() == "reconnecting", "the client to miss the server")
    expect(office.lampfield("--who", "jonas"), 0, "(as of ", out="Jonas Weberling: ")
    done = office.lampfield("--who", "jonas", "--json")
    assert "as_of" in json.loads(done.stdout), done.stdout
    expect(office.lampfield("--who", "robin1"), 3, "does not answer")
    expect(office.lampfield("--status", "away"), 3, "does not answer")
    expect(office.lampfield("--call", "robin1"), 3, "does not answer")


def test_it_ends_cleanly(office):
    """What is on the bus goes with the program, and nothing is left of it."""
    office.app.stop()
    # Whole stacks, so that tests/lsan.supp can tell GLib's own tables from a leak of ours.
    options = office.session.env.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=0:malloc_context_size=30"
    office.app = App(office, name="again", env={"ASAN_OPTIONS": options})
    office.app.find("^Jonas Weberling, ", deadline_s=60)
    expect(office.lampfield("--who", "jonas"), 0, "(as of ", out="Jonas Weberling: ")
    office.app.keys("ctrl+q")
    assert office.app.process.wait(timeout=2 * DEADLINE_S) == 0, office.session.read_log("again")[-3000:]
    expect(office.lampfield("--who", "jonas"), 3, "not running")


TESTS = (test_no_client_runs, test_there_is_no_bus, test_bad_usage, test_nobody_is_signed_in,
         test_a_status_is_set_and_seen_by_a_colleague, test_a_phone_off_the_hook_is_told, test_nobody_and_several_are_told_apart,
         test_nothing_moves_the_terminal, test_the_chat_opens_in_the_running_window, test_the_search_of_the_shell, test_what_the_page_shows_works,
         test_a_link_leads_to_a_person, test_a_link_that_means_harm_does_nothing, test_a_link_asks_before_it_calls, test_without_the_server,
         test_it_ends_cleanly)

if __name__ == "__main__":
    sys.exit(main(TESTS, make))
