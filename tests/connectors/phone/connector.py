# SPDX-License-Identifier: GPL-3.0-or-later
"""lampfield-phone as the tests run it: with a token, a configuration and a log of its own."""

import os

from service import PASSWORD, Server, Session, peer, wait_until

PROGRAM = os.environ["LF_PHONE_PROGRAM"]
DEADLINE_S = 30.0


class Connector:
    """lampfield-phone with the settings given for [pbx]; @calls: those of [calls]."""

    def __init__(self, office, address, **settings):
        self.office = office
        if office.connector:  # of a test that failed
            office.connector.process.kill()
            office.connector.end_token()
        office.connector = self
        office.n_connectors += 1
        self.name = f"connector-{office.n_connectors}"
        token = office.server.administrate("token", "create", "--connector", "phone", "--name", self.name)
        folder = office.session.path(self.name)
        os.makedirs(folder, exist_ok=True)
        calls = settings.pop("calls", {})
        self.password_file = self._write(folder, "password", settings.pop("password", "pw-lampfield"))
        self.token = token
        self.token_file = self._write(folder, "token", token)
        keys = {"address": address, "domain": "pbx.test", "user": "lampfield", "transport": "tcp",
                "password-file": self.password_file, "local-address": "127.0.0.1", "ping-seconds": 1, "grace-seconds": 2,
                "expires-seconds": 60, **{key.replace("_", "-"): value for key, value in settings.items()}}
        self.config = self._write(folder, "phone.conf", "[server]\n" f"url={office.server.address}\ntoken-file={self.token_file}\n[pbx]\n" +
                                  "".join(f"{key}={value}\n" for key, value in keys.items()) +
                                  "[calls]\n" + "".join(f"{key.replace('_', '-')}={value}\n" for key, value in calls.items()))
        self.env = {**office.server.env, "STATE_DIRECTORY": os.path.join(folder, "state")}
        self.run()

    def run(self):
        self.process = self.office.session.spawn([PROGRAM, "--config", self.config], name=self.name, env=self.env)

    @staticmethod
    def _write(folder, name, text):
        path = os.path.join(folder, name)
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

    def end(self):
        """Ends the program; its token, and what it keeps, stay for run()."""
        self.process.terminate()
        code = self.process.wait(DEADLINE_S)
        assert code == 0, f"exit code {code}: {self.log}"

    def stop(self):
        self.end()
        self.office.connector = None
        self.end_token()

    def end_token(self):
        """With its token end its claims: nothing of them is left for the next one."""
        for line in self.office.server.administrate("token", "list").splitlines():
            if self.name in line.split():
                self.office.server.administrate("token", "remove", line.split()[0])
        wait_until(lambda: set(self.office.states().values()) == {"unknown"}, "all lines to be unknown")


class LineOffice:
    """A server where each of @lines is somebody's, and one more person looks at all of them."""

    def __init__(self, lines):
        self.session = Session()
        self.connector = None
        self.n_connectors = 0
        self.server = Server(self.session).start()
        self.server.add_people("watcher", *(f"u{line}" for line in lines))
        for line in lines:
            self.server.administrate("line", "assign", line, f"u{line}", "--address", f"tel:{line}")
        self.watcher = peer.Peer(self.server.address, "watcher", PASSWORD)
        self.ids = {line: self.watcher.call("GET", f"/users?q=u{line}")["items"][0]["id"] for line in lines}

    def close(self):
        self.session.close()

    def states(self):
        """By line, as the watcher sees them."""
        by_id = {item["user"]: item["phone"]["state"]
                 for item in self.watcher.call("GET", "/presence?users=" + ",".join(self.ids.values()))["items"]}
        return {line: by_id[user] for line, user in self.ids.items()}
