# SPDX-License-Identifier: GPL-3.0-or-later
"""lampfield-calendar as the tests run it: with a token, a configuration and a log of its own."""

import os
import signal
import subprocess

from service import PASSWORD, Server, Session, peer, wait_until  # noqa: F401

PROGRAM = os.environ["LF_CALENDAR_PROGRAM"]
DEADLINE_S = 30.0


class Connector:
    """lampfield-calendar; @groups: {name: {key: value}}, where the value of "password" is sealed; @sealed: {file: (group, secret)}."""

    def __init__(self, office, groups, name="calendar", sealed=()):
        self.office = office
        self.name = name
        self.folder = office.session.path(name)
        os.makedirs(self.folder, exist_ok=True)
        self.token = office.server.administrate("token", "create", "--connector", "calendar", "--name", name)
        self.token_file = self._write("token", self.token)
        self.config = os.path.join(self.folder, "calendar.conf")
        self.env = {**getattr(office.server, "env", office.session.env), "G_MESSAGES_DEBUG": "all"}
        self.configure(groups, dict(sealed))
        self.process = office.session.spawn([PROGRAM, "--config", self.config], name=name, env=self.env)

    def configure(self, groups, sealed=()):
        server = f"[server]\nurl={self.office.server.address}\ntoken-file={self.token_file}\n"
        secrets = "[secrets]\nkey-file=calendar.key\n"
        text = ""
        self._write("calendar.conf", server + secrets)
        for name in sealed:
            self._write(name, self.seal(*sealed[name]))
        for name, keys in groups.items():
            keys = {key.replace("_", "-"): value for key, value in keys.items()}
            for key in ("password", "client-secret"):
                if key in keys:
                    keys[key] = self.seal(name, keys[key])
            text += f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
        has_secrets = os.path.exists(os.path.join(self.folder, "calendar.key"))
        self._write("calendar.conf", server + (secrets if has_secrets else "") + text)

    def seal(self, group, secret):
        done = subprocess.run([PROGRAM, "--config", self.config, "--seal", group], input=secret + "\n", env=self.env, text=True,
                              capture_output=True, check=False, timeout=DEADLINE_S)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def read_now(self):
        """Reads its configuration again, and with it all calendars."""
        self.process.send_signal(signal.SIGHUP)

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
        return path

    @property
    def log(self):
        return self.office.session.read_log(self.name)

    def wait_for_log(self, words):
        wait_until(lambda: words in self.log or self.process.poll() is not None, f"“{words}” in the log")
        assert words in self.log, self.log

    def stop(self):
        self.process.terminate()
        code = self.process.wait(DEADLINE_S)
        assert code == 0, f"exit code {code}: {self.log}"


class CalendarOffice:
    """A server with people, one of whom looks at the others' calendars."""

    def __init__(self, *logins):
        self.session = Session()
        self.server = Server(self.session).start()
        self.server.add_people("watcher", *logins)
        self.watcher = peer.Peer(self.server.address, "watcher", PASSWORD)
        self.ids = {login: self.watcher.call("GET", f"/users?q={login}")["items"][0]["id"] for login in logins}

    def close(self):
        self.session.close()

    def busy(self, login):
        """What the watcher sees of a calendar."""
        return self.watcher.read_busy(self.ids[login])

    def periods(self, login):
        return self.watcher.read_periods(self.ids[login])
