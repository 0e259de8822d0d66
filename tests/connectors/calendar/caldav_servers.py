# SPDX-License-Identifier: GPL-3.0-or-later
"""Real CalDAV servers of a test's own on the loopback: Radicale and Xandikos, with a calendar in each."""

import base64
import http.client
import os
import socket
import urllib.parse

from service import wait_until

LOGIN = "mara"
PASSWORD = "tea at four, always"
MKCALENDAR = """<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>"""


def find_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def calendar(*lines):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lampfield//Tests//EN", *lines, "END:VCALENDAR", ""])


def event(uid, *lines):
    return calendar("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


class CaldavServer:
    """What both have in common; @folder is the path of the calendar @name."""

    name = None
    home = None
    is_protected = True

    def __init__(self, session):
        self.session = session
        self.port = find_port()
        self.process = None
        self.n_starts = 0
        self.data = session.path(f"{self.name}-data")
        os.makedirs(self.data, exist_ok=True)
        self.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/"

    def command(self):
        raise NotImplementedError

    def start(self):
        self.n_starts += 1
        self.process = self.session.spawn(self.command(), name=f"{self.name}-{self.n_starts}", env=self.session.env)
        wait_until(self.answers, f"{self.name} to answer", 30)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def answers(self):
        assert self.process.poll() is None, self.session.read_log(f"{self.name}-{self.n_starts}")
        try:
            self.ask("OPTIONS", "/")
            return True
        except OSError:
            return False

    def ask(self, method, path, body=None, kind=None):
        """One request: (status, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()}
            if kind:
                headers["Content-Type"] = kind
            connection.request(method, urllib.parse.quote(path), body=body.encode() if body is not None else None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def make_calendar(self, name):
        status, text = self.ask("MKCALENDAR", f"{self.home}{name}/", MKCALENDAR.format(name=name), "application/xml")
        assert status == 201, f"{self.name}: {status} {text}"

    def put(self, folder, name, text):
        status, answer = self.ask("PUT", f"{self.home}{folder}/{name}.ics", text, "text/calendar; charset=utf-8")
        assert status in (200, 201, 204), f"{self.name}: {name}: {status} {answer}"

    def delete(self, folder, name):
        status, answer = self.ask("DELETE", f"{self.home}{folder}/{name}.ics")
        assert status in (200, 204), f"{self.name}: {name}: {status} {answer}"


class Radicale(CaldavServer):
    name = "radicale"
    home = f"/{LOGIN}/"

    def command(self):
        users = self._write("users", f"{LOGIN}:{PASSWORD}\n")
        config = self._write("config", f"[server]\nhosts=127.0.0.1:{self.port}\n[auth]\ntype=htpasswd\nhtpasswd_filename={users}\n"
                                       f"htpasswd_encryption=plain\ndelay=0\n[rights]\ntype=owner_only\n"
                                       f"[storage]\nfilesystem_folder={self.data}/collections\n[logging]\nlevel=warning\n")
        return ["radicale", "--config", config]

    def _write(self, name, text):
        path = os.path.join(self.data, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Xandikos(CaldavServer):
    name = "xandikos"
    home = f"/{LOGIN}/calendars/"
    is_protected = False

    def command(self):
        return ["xandikos", "-d", os.path.join(self.data, "store"), "--defaults", "--current-user-principal", f"/{LOGIN}/",
                "-l", "127.0.0.1", "-p", str(self.port)]


SERVERS = (Radicale, Xandikos)
