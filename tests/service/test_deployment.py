#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/deployment.md does what it says: its commands are run in its order, its configurations are taken,
its settings and metrics exist. Only folders are replaced, and what belongs to root is the test's.
"""

import json
import os
import re
import shutil
import subprocess
import sys

from service import DEADLINE_S, PASSWORD, SAN_OPTIONS, SERVER, SOURCE, Server, Session, Skip, ask, main, read_file

CALENDAR = os.environ["LF_CALENDAR_PROGRAM"]
PHONE = os.environ.get("LF_PHONE_PROGRAM")
BUILD = os.environ["LF_BUILD"]
PAGE = read_file(SOURCE, "docs", "deployment.md")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.M | re.S)
# What a machine has and a test has not: read, not run.
NOT_RUN = ("build-aux/", "meson ", "systemctl ", "systemd-", "apt-get ", "adduser ", "ln ", "cp ", "nginx -t", "curl ")


def blocks(kind):
    """The blocks of one kind, without the indentation of the list they stand in."""
    return [re.sub(f"^{match[1]}", "", match[3], flags=re.M) for match in BLOCK.finditer(PAGE) if match[2] == kind]


class Office:
    def __init__(self):
        self.session = Session()
        self.etc = self.session.path("etc")
        self.run = self.session.path("run")
        self.backups = self.session.path("backups")
        for folder in (self.etc, self.run, self.backups):
            os.makedirs(folder)
        self.server = Server(self.session, name="lib")
        self.places = (("/etc/lampfield", self.etc), ("/run/lampfield", self.run), ("/var/lib/lampfield", self.server.data),
                       ("/var/backups", self.backups), ("metrics-listen=127.0.0.1:8471", "metrics-listen=127.0.0.1:0"),
                       ("https://lampfield.example", "http://127.0.0.1:9"), ("-o lampfield -g lampfield ", ""))
        self.server.config = os.path.join(self.etc, "server.conf")
        self.commands = [line for block in blocks("") for line in block.splitlines()]
        bin_folder = self.session.path("bin")
        os.makedirs(bin_folder)
        for program in filter(None, (SERVER, CALENDAR, PHONE)):
            os.symlink(program, os.path.join(bin_folder, os.path.basename(program)))
        self.env = {**SAN_OPTIONS, **self.session.env, "PATH": f"{bin_folder}:/usr/sbin:{os.environ['PATH']}"}

    def close(self):
        self.session.close()

    def place(self, text):
        for there, here in self.places:
            text = text.replace(there, here)
        return text

    def do(self, command):
        """One line of the page, by the shell, as somebody who follows it would."""
        given = f"{PASSWORD}\n{PASSWORD}\n" if " user " in command else None
        done = subprocess.run(["bash", "-c", self.place(command)], input=given, env=self.env, cwd=self.etc,
                              capture_output=True, text=True, check=False, timeout=DEADLINE_S * 2)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def find(self, start):
        return [line for line in self.commands if line.startswith(start)]


def write(path, text):
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)


def test_the_server_takes_its_configuration(office):
    write(office.server.config, office.place(blocks("ini")[0]))
    check = office.find("lampfield-server --config")
    assert check and "in order" in office.do(check[0])
    office.server.start()
    assert office.server.address == f"unix:{office.run}/http.sock"
    ready = next(line.strip() for line in office.commands if "/health/ready" in line)
    assert "--unix-socket /run/lampfield/http.sock" in ready and "http://localhost/health/ready" in ready
    assert ask(office.server.address, "GET", "/health/ready")[0] == 204


def test_people_are_added_as_shown(office):
    people = next(block for block in blocks("") if block.startswith("login,name"))
    write(os.path.join(office.etc, "people.csv"), people)
    commands = office.find("lampfield-server user") + office.find("lampfield-server line")
    assert len(commands) == 3, commands
    for command in commands:
        office.do(command if " add " not in command else command + " --password-stdin")
    listed = office.do("lampfield-server user list --config /etc/lampfield/server.conf")
    assert all(login in listed for login in ("ada", "bob", "grace")), listed
    answer = ask(office.server.address, "POST", "/api/v1/auth/login",
                 body=json.dumps({"user": "bob", "password": "a first password", "device": "test"}))
    assert answer[0] == 200, answer


def test_the_connector_takes_its_configuration(office):
    token = [line for line in office.commands if "token create" in line]
    assert len(token) == 2 and "--connector calendar" in token[0], token
    office.do(token[0])
    path = os.path.join(office.etc, "calendar.token")
    assert os.stat(path).st_mode & 0o777 == 0o600 and len(read_file(path).strip()) > 30
    write(os.path.join(office.etc, "calendar.conf"), office.place(blocks("ini")[1]))
    assert "1 calendars" in office.do("lampfield-calendar --config /etc/lampfield/calendar.conf --check-config")


def test_the_phone_connector_takes_its_configuration(office):
    if not PHONE:
        raise Skip("lampfield-phone is not built")
    office.do(next(line for line in office.commands if "--connector phone" in line))
    write(os.path.join(office.etc, "pbx.password"), "secret\n")
    write(os.path.join(office.etc, "phone.conf"), office.place(blocks("ini")[2]))
    office.do(next(line for line in office.commands if line.startswith("chmod 600 /etc/lampfield/phone.conf")))
    assert "pbx.example:5060" in office.do("lampfield-phone --config /etc/lampfield/phone.conf --check-config")


def test_every_setting_is_one(office):
    """Each row of the table, with its default, in one file."""
    rows = re.findall(r"^\| \[(\w+)\] ([a-z-]+) \| ([^|]*?) \|", PAGE, re.M)
    assert len(rows) > 25, rows
    groups = {}
    for group, key, default in rows:
        if default and default != "none":
            groups.setdefault(group, []).append(f"{key}={default}\n")
    path = os.path.join(office.etc, "all.conf")
    write(path, "".join(f"[{group}]\n{''.join(lines)}" for group, lines in groups.items()))
    office.do(f"lampfield-server --config {path} --data {office.server.data} --check-config")


def test_every_metric_in_an_alert_is_one(office):
    table = set(re.findall(r"^\| `((?:lampfield|process)_[a-z_]+)`", PAGE, re.M))
    used = {name.removesuffix("_bucket") for name in re.findall(r"\b(lampfield_[a-z_]+)\b", PAGE)}
    assert len(used) > 40 and used <= table, used - table
    try:
        import yaml
    except ImportError:
        raise Skip("python3-yaml is not installed") from None
    scrape = yaml.safe_load(blocks("yaml")[0])
    assert scrape["scrape_configs"][0]["static_configs"][0]["targets"] == [re.search(r"metrics-listen=(\S+)", PAGE)[1]]


def test_a_backup_can_be_gone_back_to(office):
    if not shutil.which("sqlite3"):
        raise Skip("sqlite3 is not installed")
    office.do(office.find("sqlite3 ")[0])
    office.server.administrate("user", "add", "late", "--name", "Late", "--password-stdin", given=PASSWORD + "\n")
    restore = next(block for block in blocks("") if "systemctl stop lampfield-server\n" in block).splitlines()
    assert restore[0] == "systemctl stop lampfield-server" and restore[-1] == "systemctl start lampfield-server"
    office.server.stop()
    for command in restore[1:-1]:
        office.do(command)
    office.server.start()
    listed = office.do("lampfield-server user list --config /etc/lampfield/server.conf")
    assert "grace" in listed and "late" not in listed, listed


def test_no_command_is_passed_over(office):
    """A new command on the page is either run by a test here or known as one that is not."""
    run = ("lampfield-server ", "(umask 077; lampfield-server token", "sqlite3 ", "rm -f /var/lib", "install -o", "chmod 600 /etc/lampfield")
    shown = ("login,", "ada,", "bob,", "time=", "Ada Lovelace", "now ", "next change", "phone (wins)", "…")
    for line in office.commands:
        text = line.strip()
        assert not text or line.startswith(" ") or text.startswith(run + NOT_RUN + shown), f"nobody knows about “{text}”"


def test_what_is_installed_is_where_it_says(office):
    plan = subprocess.run(["meson", "introspect", "--install-plan", BUILD], capture_output=True, text=True, check=True)
    places = {row["destination"].replace("{bindir}", "bin").replace("{prefix}/", "").replace("{datadir}", "share")
              for group in json.loads(plan.stdout).values() for row in group.values()}
    for path in ("lampfield/nginx/lampfield.conf", "systemd/system/lampfield-server.service", "sysusers.d/lampfield.conf",
                 "systemd/system/lampfield-calendar.service", "tmpfiles.d/lampfield.conf"):
        assert any(place.endswith(path) for place in places), (path, sorted(places))
    assert "/usr/share/lampfield/nginx/lampfield.conf" in PAGE
    conf = read_file(SOURCE, "data", "nginx", "lampfield.conf")
    assert conf.count("server_name lampfield.example") == 2, "the page says: twice"
    for value in ("rate=100r/s", "burst=400", "rate=5r/s", "burst=50", "lampfield_connections 1000", "proxy_read_timeout 120s"):
        assert value in conf, f"the table of limits is not that of the file: {value}"
    for unit in ("server", "calendar", "phone"):
        assert f"lampfield-{unit}.service" in PAGE


TESTS = (test_the_server_takes_its_configuration, test_people_are_added_as_shown, test_the_connector_takes_its_configuration,
         test_the_phone_connector_takes_its_configuration, test_every_setting_is_one, test_every_metric_in_an_alert_is_one, test_a_backup_can_be_gone_back_to,
         test_no_command_is_passed_over, test_what_is_installed_is_where_it_says)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
