# SPDX-License-Identifier: GPL-3.0-or-later
"""The office of the tour: the real server with a few people, and a request for every route."""

import contextlib
import os
import sqlite3
import sys
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "service"))

from service import PASSWORD, Server, Session, wait_until  # noqa: E402,F401  # tests take it from here
from wire import DEADLINE_S, Wire  # noqa: E402

API = "/api/v1"
PEOPLE = ("mara", "jonas", "priya", "tomasz")


def instant(offset_s=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


class Office:
    """@ids and @sessions by login; @tokens of connectors and of the administrator by name."""

    def __init__(self, full_disk):
        self.session = Session("lampfield-tour-")
        self.full_flag = self.session.path("disk-is-full")
        self.session.env["LF_FULL_DISK"] = self.full_flag
        self.session.env.pop("G_DEBUG", None)  # what it warns of is wanted here
        self.preload = f"{full_disk}:{os.environ.get('LD_PRELOAD', '')}"
        self.server = Server(self.session)
        self.ids = {}
        self.sessions = {}
        self.tokens = {}
        self.conversation = None
        self.last_call = "none"

    def start(self, **settings):
        """@settings: group → {key: value}. A server that runs is stopped before."""
        self.stop()
        settings = {group: {key.replace("_", "-"): value for key, value in keys.items()}
                    for group, keys in settings.items()}
        settings.setdefault("server", {})["metrics-listen"] = "127.0.0.1:0"
        self.server = Server(self.session, settings)
        self.server.env["LD_PRELOAD"] = self.preload
        self.server.start()

    def stop(self):
        if self.server.process is not None and self.server.process.poll() is None:
            self.server.stop()

    def database(self):
        """The server's own database, by another connection."""
        path = os.path.join(self.server.data, "lampfield.db")
        return contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=DEADLINE_S))

    def wire(self, target="/"):
        """A connection to the listener that serves @target."""
        address = self.server.metrics_address if target == "/metrics" else self.server.address
        return Wire(urllib.parse.urlsplit(address).port)

    def call(self, method, target, who=None, body=None, status=None, headers=()):
        """One request on a connection of its own. @who: a login, a connector's name, or None."""
        target = get_full_target(target)
        with self.wire(target) as wire:
            reply = wire.call(method, target, self.token(who), body, headers)
        assert status is None or reply.status == status, f"{method} {target} gave {reply}, not {status}"
        return reply

    def token(self, who):
        if who in self.sessions:
            return self.sessions[who]["access_token"]
        return self.tokens.get(who)

    def log_in(self, login):
        """A new session; the one before is kept by nobody."""
        credentials = {"user": login, "password": PASSWORD, "device": "tour"}
        self.sessions[login] = self.call("POST", "/auth/login", body=credentials, status=200).body
        self.ids[login] = self.sessions[login]["user"]
        return self.sessions[login]

    def open_stream(self, who):
        wire = self.wire()
        reply = wire.upgrade(self.token(who))
        assert reply.status == 101, reply
        return wire

    def open_live(self, who):
        """Started, and past the snapshot."""
        wire = self.open_stream(who)
        wire.say("start")
        hello = wire.hear("hello", resumed=False)
        if who in self.sessions:
            wire.hear("snapshot", last=True)
        return wire, hello

    def connect_phones(self):
        """A phone connector that can make calls: its stream."""
        wire, _hello = self.open_live("phones")
        wire.say("capabilities", call=True, cancel=True, dnd=True, pickup=True)
        for line in ("2041", "2043"):
            self.call("PUT", f"/lines/{line}", "phones", {"state": "on_hook"}, 204)
        wait_until(lambda: self.call("GET", "/me", "mara", status=200).body["phone"]["lines"][0]["callable"],
                   "the telephone to be callable")
        return wire

    def say_message(self, who, text, client_id=None, status=201):
        target = f"/conversations/{self.conversation}/messages/{client_id or uuid.uuid4()}"
        return self.call("PUT", target, who, {"body": text}, status)

    def prepare(self):
        """People, lines and tokens, before the first start."""
        self.server.add_people(*PEOPLE)
        for line, login in (("2041", "jonas"), ("2043", "mara")):
            self.server.administrate("line", "assign", line, login, "--address", f"tel:{line}", "--pickup-group", "all")
        for name, kind in (("phones", "phone"), ("other phones", "phone"), ("calendars", "calendar")):
            self.tokens[name] = self.server.administrate("token", "create", "--connector", kind, "--name", name)
        self.tokens["administrator"] = self.server.administrate("token", "create", "--admin", "--name", "administrator")


def get_full_target(target):
    """Most paths are given without what all of them begin with."""
    return target if target.startswith("/health") or target == "/metrics" else API + target


def busy_report(*types):
    """A report with a period of each type, one hour after the other."""
    periods = [{"start": instant(3600 * i), "end": instant(3600 * i + 1800), "type": name}
               for i, name in enumerate(types)]
    return {"read_at": instant(), "known_from": instant(-3600), "known_until": instant(86400), "periods": periods}


def call_reports(*call_ids, **members):
    """Reports of calls from line 2041 that nobody answered."""
    return {"items": [{"call_id": call_id, "direction": "inbound", "peer": "2041", "started_at": instant(-60),
                       "ended_at": instant(-50), "provisional": True} | members for call_id in call_ids or ("once",)]}


def list_requests(office):
    """For each operation a request that changes or reads something: operationId → (target, who, body)."""
    jonas, tomasz = office.ids["jonas"], office.ids["tomasz"]
    chat = f"/conversations/{office.conversation}"
    away = {"choice": "away", "text": "Lunch", "expires_at": instant(3600)}
    period = {"start": instant(-3600), "end": instant(3600), "ended_at": instant(-60)}
    return {
        "getInfo": ("/", None, None),
        "openStream": ("/stream", "mara", None),
        "getLive": ("/health/live", None, None),
        "getReady": ("/health/ready", None, None),
        "getMetrics": ("/metrics", None, None),
        "getAuthMethods": ("/auth/methods", None, None),
        "logIn": ("/auth/login", None, {"user": "tomasz", "password": PASSWORD}),
        "refresh": ("/auth/refresh", None, {"refresh_token": office.sessions["mara"]["refresh_token"]}),
        "logOut": ("/auth/logout", "mara", None),
        "listSessions": ("/sessions", "mara", None),
        "endSession": (f"/sessions/{office.sessions['mara']['session']}", "mara", None),
        "getMe": ("/me", "mara", None),
        "patchMe": ("/me", "mara", {"title": "Engineer", "time_zone": "Europe/Berlin"}),
        "setStatus": ("/me/status", "mara", away),
        "clearStatus": ("/me/status", "mara", None),
        "setDnd": ("/me/dnd", "mara", {"on": True}),
        "setVisibility": ("/me/visibility", "mara", {"invisible": True}),
        "putOwnBusy": ("/me/calendars/desk0/busy", "mara", busy_report("busy", "tentative")),
        "forgetOwnBusy": ("/me/calendars/desk0", "mara", None),
        "endEarly": ("/me/calendars/early_end", "mara", period),
        "getPrivacy": ("/me/privacy", "mara", None),
        "setPrivacy": ("/me/privacy", "mara", {"calendar": "state"}),
        "setPermission": (f"/me/permissions/{office.ids['priya']}", "mara", {"blocked": True}),
        "clearPermission": (f"/me/permissions/{tomasz}", "mara", None),
        "listContacts": ("/contacts", "mara", None),
        "putContact": (f"/contacts/{jonas}", "mara", {"favourite": True}),
        "removeContact": (f"/contacts/{jonas}", "mara", None),
        "putSpeedDials": ("/speed_dials", "mara", {"users": []}),
        "putGroup": ("/groups/g1", "mara", {"name": "Friends", "position": 1}),
        "removeGroup": ("/groups/g1", "mara", None),
        "searchUsers": ("/users?q=mara&limit=10", "mara", None),
        "getUser": (f"/users/{jonas}", "mara", None),
        "getPresence": (f"/presence?users={jonas}", "mara", None),
        "getBusy": (f"/busy?users={jonas}&from={instant()}&to={instant(86400)}", "mara", None),
        "listConversations": ("/conversations?limit=10", "mara", None),
        "openConversation": ("/conversations", "mara", {"members": [office.ids["priya"]]}),
        "listMessages": (f"{chat}/messages?before=9&limit=10", "mara", None),
        "putMessage": (f"{chat}/messages/{uuid.uuid4()}", "mara", {"body": "Hello"}),
        "markRead": (f"{chat}/read", "mara", {"seq": 2}),
        "markDelivered": (f"{chat}/delivered", "mara", {"seq": 2}),
        "listLines": ("/connector/lines", "phones", None),
        "listConnectorPeople": ("/connector/people", "calendars", None),
        "makeCall": ("/calls", "mara", {"address": "tel:2041", "user": jonas}),
        "listCalls": ("/calls/history?kind=missed&limit=10", "mara", None),
        "cancelCall": (f"/calls/{office.last_call}", "mara", None),
        "reportCalls": ("/lines/2043/calls", "phones", call_reports()),
        "putLine": ("/lines/2041", "phones", {"state": "on_hook", "since": instant(-5)}),
        "explainPerson": ("/admin/people/jonas/explain", "administrator", None),
        "putBusy": (f"/users/{jonas}/calendars/work0/busy", "calendars", busy_report("busy", "all_day")),
    }
