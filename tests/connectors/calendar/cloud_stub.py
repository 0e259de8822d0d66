# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for Microsoft Graph and Google Calendar, as far as they tell when people are busy: tokens, questions in
batches, throttling."""

import base64
import datetime
import json
import os
import secrets
import subprocess
import urllib.parse

from stub_server import StubServer

TENANT, CLIENT_ID, CLIENT_SECRET = "tenant-1", "client-1", "a secret & more"
ACCOUNT = "lampfield@project.example"


def read_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=datetime.timezone.utc)


class CloudStub(StubServer):
    """@people: {mail: [(start, end, type)], or a reason}; types are Graph's."""

    max_people = 0

    def __init__(self, people):
        self.people = people
        self.tokens = set()
        self.n_tokens = 0
        self.lifetime_s = 3600
        self.batches = []
        self.trouble = []  # (status, headers, value), each for one question
        self.left_out = set()
        self.revokes_after = None  # so many questions: then no token is good any more
        super().__init__(self.answer)

    def answer(self, _method, path, headers, body):
        status, more, value = self.decide(path, headers, body)
        return status, [*more, ("Content-Type", "application/json")], json.dumps(value)

    def decide(self, path, headers, body):
        if path == self.token_path:
            if not self.is_entitled(dict(urllib.parse.parse_qsl(body))):
                return 401, [], {"error": "invalid_client"}
            token = secrets.token_urlsafe(16)
            self.tokens.add(token)
            self.n_tokens += 1
            return 200, [], {"token_type": "Bearer", "expires_in": self.lifetime_s, "access_token": token}
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, [], {"error": {"code": "InvalidAuthenticationToken"}}
        if self.trouble:
            return self.trouble.pop(0)
        return 200, [], self.reply(path, headers, json.loads(body))

    def note(self, mails):
        assert 0 < len(mails) <= self.max_people, f"{len(mails)} people at a time"
        self.batches.append(len(mails))
        if len(self.batches) == self.revokes_after:
            self.tokens.clear()
        return [mail for mail in mails if mail not in self.left_out]


class Graph(CloudStub):
    max_people = 20
    token_path = f"/{TENANT}/oauth2/v2.0/token"

    def is_entitled(self, form):
        return form == {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
                        "scope": "https://graph.microsoft.com/.default"}

    def reply(self, path, headers, question):
        assert path.startswith("/v1.0/users/") and path.endswith("/calendar/getSchedule"), path
        assert headers["Prefer"] == 'outlook.timezone="UTC"', headers["Prefer"]
        assert 5 <= question["availabilityViewInterval"] <= 1440
        start, end = (read_time(question[name]["dateTime"]) for name in ("startTime", "endTime"))
        assert datetime.timedelta(0) < end - start <= datetime.timedelta(days=62)
        assert all(question[name]["timeZone"] == "UTC" for name in ("startTime", "endTime"))
        return {"@odata.context": "x", "value": [self.schedule(mail) for mail in self.note(question["schedules"])]}

    def schedule(self, mail):
        known = self.people.get(mail, "ErrorMailRecipientNotFound")
        if isinstance(known, str):
            return {"scheduleId": mail, "availabilityView": "", "error": {"message": "No.", "responseCode": known}}
        return {"scheduleId": mail.upper(), "availabilityView": "0", "workingHours": {"daysOfWeek": ["monday"]}, "scheduleItems": [
            {"status": kind, "isPrivate": False, "start": {"dateTime": f"{begin:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
             "end": {"dateTime": f"{until:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}} for begin, until, kind in known]}


class Google(CloudStub):
    max_people = 50
    token_path = "/token"

    def __init__(self, people, folder):
        super().__init__(people)
        self.folder = folder
        self.key = os.path.join(folder, "google.pem")
        self.run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.key)
        self.public = os.path.join(folder, "google.pub")
        self.run("pkey", "-in", self.key, "-pubout", "-out", self.public)

    @staticmethod
    def run(*words):
        return subprocess.run(["openssl", *words], check=False, capture_output=True, timeout=60).returncode == 0

    def account(self):
        """The file that Google gives out for a service account."""
        with open(self.key, encoding="utf-8") as file:
            return json.dumps({"type": "service_account", "project_id": "project", "private_key_id": "1", "private_key": file.read(),
                               "client_email": ACCOUNT, "token_uri": self.address + "token"})

    def is_entitled(self, form):
        head, body, signature = form["assertion"].split(".")
        claims = json.loads(self.decode(body))
        paths = [os.path.join(self.folder, name) for name in ("signed", "signature")]
        for path, data in zip(paths, (f"{head}.{body}".encode(), self.decode(signature))):
            with open(path, "wb") as file:
                file.write(data)
        return (form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" and json.loads(self.decode(head))["alg"] == "RS256" and
                claims["iss"] == ACCOUNT and claims["aud"] == self.address + "token" and 0 < claims["exp"] - claims["iat"] <= 3600 and
                claims["scope"] == "https://www.googleapis.com/auth/calendar.freebusy" and
                self.run("dgst", "-sha256", "-verify", self.public, "-signature", paths[1], paths[0]))

    @staticmethod
    def decode(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def reply(self, path, headers, question):
        assert path == "/calendar/v3/freeBusy", path
        assert read_time(question["timeMin"]) < read_time(question["timeMax"])
        return {"kind": "calendar#freeBusy", "calendars": {mail: self.calendar(mail) for mail in self.note([item["id"] for item in question["items"]])}}

    def calendar(self, mail):
        known = self.people.get(mail, "notFound")
        if isinstance(known, str):
            return {"errors": [{"domain": "global", "reason": known}], "busy": []}
        return {"busy": [{"start": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "end": f"{until:%Y-%m-%dT%H:%M:%SZ}"} for begin, until, kind in known if kind != "free"]}
