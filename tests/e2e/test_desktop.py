#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, as a person at the desk sees it: one window, kept open from test to test."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lfdesktop import main, need, wait_until  # noqa: E402
from office import PASSWORD, make  # noqa: E402

ENTRY_ROLES = ("text", "entry", "password text")
BUTTON_ROLES = ("push button", "toggle button", "button")
CONTROL_ROLES = BUTTON_ROLES + ENTRY_ROLES + ("check box", "switch", "combo box", "menu item", "radio button", "slider")
BECOMES_AVAILABLE_S = 45.0


def fill_in(app, address, password):
    app.find("^Server", ENTRY_ROLES).type(address)
    app.find("^User name", ENTRY_ROLES).type("mara")
    app.find("^Password", ENTRY_ROLES).type(password)
    app.find("^Sign in$", BUTTON_ROLES, state="sensitive").click()


def sign_in(office):
    """The window of Mara, who has just typed her password."""
    fill_in(office.start_app(), office.server.address, PASSWORD)


def open_chat(office, name):
    """Ctrl+F, the name, Down, Enter: as somebody without a mouse does it."""
    app = office.app
    app.keys("ctrl+f")
    entry = app.find("Search colleagues", ENTRY_ROLES)
    entry.type(name)
    app.find(f"^{name}", deadline_s=10)
    app.keys("Down", "Return")
    composer = app.find(f"^Message to {name}", deadline_s=15)
    entry = app.lookup("Search colleagues", ENTRY_ROLES)
    if entry is not None:
        entry.type("")
    return composer


def send(office, body):
    composer = office.app.find("^Message to ")
    composer.type(body)
    office.app.find("^Send", BUTTON_ROLES, state="sensitive").click()


def test_a_wrong_password_is_said_plainly(office):
    app = office.start_app()
    fill_in(app, office.server.address, "wrong")
    app.find("User name or password is wrong")


def test_sign_in_by_typing_shows_the_contacts(office):
    fill_in(office.app, office.server.address, PASSWORD)
    for name in ("Jonas Weberling", "Priya Nairthan", "Tomasz Wilczak"):
        office.app.find(f"^{name}, Online")


def test_a_line_that_goes_off_hook_is_on_the_phone(office):
    office.phones.set_line("2041", "ringing")
    office.phones.set_line("2041", "off_hook")
    office.app.find("^Jonas Weberling, On the phone")
    office.phones.set_line("2041", "on_hook")
    office.app.find("^Jonas Weberling, Online")


def test_a_meeting_that_starts_is_shown_until_it_ends(office):
    office.start_calendar()
    office.peers["mara"].call("GET", f"/presence?users={office.ids['jonas']}")
    office.write_calendar((-600, 1800))
    row = office.app.find("^Jonas Weberling, In a meeting until", deadline_s=60)
    assert "Secret" not in row.name, "a title has left the owner's calendar"
    office.write_calendar()
    office.app.find("^Jonas Weberling, Online", deadline_s=60)


def test_a_custom_status_is_seen_by_another(office):
    office.peers["jonas"].call("PUT", "/me/status", {"choice": "away", "text": "Lunch until one", "emoji": "🥗"})
    office.app.find("^Jonas Weberling, Away.*Lunch until one")
    office.peers["jonas"].call("DELETE", "/me/status")
    office.app.find("^Jonas Weberling, Online")


def is_of_mara(office, accept):
    """A test for presence frames about the person at the window."""
    return lambda frame: frame["t"] == "presence" and frame["user"] == office.ids["mara"] and accept(frame)


def test_the_own_status_is_seen_by_colleagues(office):
    jonas = office.peers["jonas"].stream
    office.app.keys("ctrl+shift+s")
    office.app.find("^Do not disturb$", "radio button").click()
    jonas.wait_for(is_of_mara(office, lambda f: f["phone"]["state"] == "do_not_disturb"))
    jonas.forget()
    office.app.keys("ctrl+shift+s")
    office.app.find("^Automatic$", "radio button").click()
    jonas.wait_for(is_of_mara(office, lambda f: f["phone"]["state"] != "do_not_disturb"))


def test_a_custom_status_is_set_as_one_act(office):
    jonas = office.peers["jonas"].stream
    jonas.forget()
    office.app.keys("ctrl+shift+s")
    office.app.find("^New status", BUTTON_ROLES).click()
    office.app.find("^Text of the status", ENTRY_ROLES).type("Back at three")
    office.app.find("^Show me as away", ("check box", "switch")).click()
    office.app.find("^Set$", BUTTON_ROLES, state="sensitive").click()
    frame = jonas.wait_for(is_of_mara(office, lambda f: f["reachability"].get("note") is not None))
    assert frame["reachability"]["note"]["text"] == "Back at three", frame
    assert frame["reachability"]["state"] == "away", frame
    jonas.forget()
    office.app.keys("ctrl+shift+s")
    office.app.find("^Automatic$", "radio button").click()
    jonas.wait_for(is_of_mara(office, lambda f: f["reachability"]["state"] == "online"))


def test_a_message_goes_out_with_its_marks(office):
    priya = office.peers["priya"]
    open_chat(office, "Priya Nairthan")
    send(office, "Shall we meet at ten?")
    frame = priya.stream.wait_for(lambda f: f["t"] == "message" and f["body"] == "Shall we meet at ten?")
    office.app.find(r"Shall we meet at ten\?.*\((sent|delivered)\)")
    mark = {"seq": frame["seq"]}
    priya.call("PUT", f"/conversations/{frame['conversation']}/delivered", mark)
    office.app.find(r"Shall we meet at ten\?.*\(delivered\)")
    priya.call("PUT", f"/conversations/{frame['conversation']}/read", mark)
    office.app.find(r"Shall we meet at ten\?.*\(read\)")


def test_typing_and_the_answer_are_seen(office):
    priya = office.peers["priya"]
    conversation = priya.conversation_with(office.ids["mara"])
    priya.stream.send({"t": "typing", "conversation": conversation})
    office.app.find("Priya Nairthan is typing|typing…")
    priya.write(conversation, "Ten is fine.")
    office.app.find("Ten is fine")
    priya.stream.wait_for(lambda f: f["t"] in ("read", "delivered") and f["user"] == office.ids["mara"])


def test_a_notification_comes_when_a_watched_contact_becomes_available(office):
    tomasz = office.peers["tomasz"]
    tomasz.call("PUT", "/me/dnd", {"on": True})
    office.app.find("^Tomasz Wilczak, Do not disturb")
    office.run(need("dunstctl"), "close-all")
    tomasz.call("PUT", "/me/dnd", {"on": False})
    office.app.find("^Tomasz Wilczak, Online")
    wait_until(lambda: office.run(need("dunstctl"), "count", "displayed") != "0", "a notification",
               BECOMES_AVAILABLE_S)
    office.run(need("dunstctl"), "action", "0")
    office.app.find("^Message to Tomasz Wilczak")
    office.run(need("dunstctl"), "close-all")
    texts = wait_until(office.notifications, "the notification in dunst's history")
    assert any("Tomasz Wilczak" in entry["summary"] + entry["body"] for entry in texts), texts


def install_phone_program(office):
    """A program for calls that writes down what it is to call; the path of what it writes."""
    called = office.session.path("called")
    script = office.session.path("fake-phone")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nprintf '%s' \"$1\" > {called}.new && mv {called}.new {called}\n")
    os.chmod(script, 0o755)
    folder = os.path.join(office.session.env["XDG_DATA_HOME"], "applications")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "fake-phone.desktop"), "w", encoding="utf-8") as file:
        file.write(f"[Desktop Entry]\nType=Application\nName=Fake phone\nExec={script} %u\n"
                   "MimeType=x-scheme-handler/tel;x-scheme-handler/sip;\n")
    office.run(need("update-desktop-database"), folder)
    return called


def wait_for_call(called, address):
    wait_until(lambda: os.path.exists(called), "the phone program to be started")
    with open(called, encoding="utf-8") as file:
        assert file.read() == address
    os.unlink(called)


def test_a_call_starts_the_desktops_phone_program(office):
    called = install_phone_program(office)
    open_chat(office, "Priya Nairthan")
    office.app.find("^Call", BUTTON_ROLES, state="sensitive").click()
    wait_for_call(called, "tel:2042")


def test_keys_are_heard_after_a_submenu_was_left(office):
    app = office.app
    open_chat(office, "Priya Nairthan")
    app.keys("ctrl+1", "ctrl+f", "Escape")
    for key, seen in (("Menu", "^Block"), ("", "^New group")):
        if key:
            office.xdotool("key", key)
        else:
            app.find("^Move to group", "menu item").click()
        app.find(seen, "menu item")
    office.xdotool("key", "Escape", "Escape")
    app.wait_gone("^New group", "menu item")
    office.xdotool("key", "ctrl+f")
    app.find("Search colleagues", ENTRY_ROLES, deadline_s=10)
    office.xdotool("key", "Escape")


def is_nameless(node):
    """GTK gives the class for a name where nobody gave one."""
    return not node.name.strip() or re.match(r"(Gtk|Adw|Lf)[A-Z]", node.name)


def is_part_of_sign_in(node):
    """The page left behind; its button to show the password is libadwaita's own, and has no name in 1.2."""
    parent = node.accessible.parent
    while parent is not None and parent.name != "LfSignInPage":
        parent = parent.parent
    return parent is not None


def test_the_keyboard_shortcuts_are_shown(office):
    office.app.keys("ctrl+question")
    office.app.find(name="^Find anybody$")
    office.app.keys("Escape")
    office.app.wait_gone(name="^Find anybody$")


def test_every_control_has_a_name(office):
    nameless = [node for node in office.app.nodes()
                if node.role in CONTROL_ROLES and "focusable" in node.states and is_nameless(node)
                and not is_part_of_sign_in(node)]
    assert not nameless, f"{nameless}"


def test_the_keyboard_alone_reaches_the_controls(office):
    app = office.app
    app.keys("ctrl+f")
    reached = []
    for _ in range(25):
        app.keys("Tab")
        node = wait_until(lambda: next((n for n in app.nodes() if "focused" in n.states), None), "something focused")
        reached.append((node.role, node.name))
    assert len(set(reached)) >= 6, f"Tab reached only {set(reached)}"
    nameless = [(role, name) for role, name in reached
                if role not in ("list", "list item") and (not name.strip() or re.match(r"(Gtk|Adw|Lf)[A-Z]", name))]
    assert not nameless, nameless


def test_a_whole_chat_needs_no_mouse(office):
    jonas = office.peers["jonas"].stream
    jonas.forget()
    office.app.keys("ctrl+f")
    office.app.find("Search colleagues", ENTRY_ROLES, state="focused")
    office.app.write("Jonas")
    wait_until(lambda: not office.app.lookup("^Tomasz Wilczak,"), "the list to be filtered")
    office.app.keys("Down", "Return")
    office.app.find("^Message to Jonas", state="focused")
    office.app.write("By keyboard")
    office.app.keys("Return")
    jonas.wait_for(lambda f: f["t"] == "message" and f["body"] == "By keyboard")
    office.app.keys("ctrl+f")
    office.app.find("Search colleagues", ENTRY_ROLES).type("")


def test_a_message_to_another_chat_is_notified(office):
    priya = office.peers["priya"]
    open_chat(office, "Jonas Weberling")
    office.run(need("dunstctl"), "close-all")
    priya.write(priya.conversation_with(office.ids["mara"]), "Look here, please")
    wait_until(lambda: office.run(need("dunstctl"), "count", "displayed") != "0", "a notification")
    office.run(need("dunstctl"), "action", "0")
    office.app.find("^Message to Priya Nairthan")
    office.run(need("dunstctl"), "close-all")
    wait_until(lambda: any("Priya Nairthan" in entry["summary"] for entry in office.notifications()),
               "the notification to name the sender")


def test_a_new_start_needs_no_password(office):
    office.app.stop()
    office.start_app()
    office.app.find("^Priya Nairthan, Online")


def test_the_client_lives_through_the_death_of_the_server(office):
    office.server.kill()
    office.app.find(r"as of \d")
    office.app.find("^Priya Nairthan")
    office.server.start()
    office.reconnect_peers()
    office.app.wait_gone(r"as of \d", deadline_s=90)
    office.app.find("^Priya Nairthan, Online", deadline_s=90)


def test_a_message_written_without_a_server_arrives_once(office):
    priya = office.peers["priya"]
    open_chat(office, "Priya Nairthan")
    office.server.kill()
    office.app.find(r"as of \d")
    send(office, "Written in the dark")
    office.app.find(r"Written in the dark.*waiting")
    office.server.start()
    office.reconnect_peers()
    office.app.find(r"Written in the dark.*\((sent|delivered)\)", deadline_s=90)
    conversation = priya.conversation_with(office.ids["mara"])
    page = priya.call("GET", f"/conversations/{conversation}/messages?limit=50")
    bodies = [message["body"] for message in page["items"]]
    assert bodies.count("Written in the dark") == 1, bodies


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    sys.exit(main(TESTS, make))
