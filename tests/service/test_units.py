#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of data/systemd, as they are installed, under a real systemd: server and calendar connector
run in their sandboxes, publish a calendar, survive a crash and stop in order.
"""

import json
import os
import re
import resource
import sys
import time

from private_systemd import Systemd
from service import PASSWORD, SERVER, SOURCE, Session, Skip, main, wait_until

BUILD = os.environ["LF_BUILD"]
CALENDAR = os.environ["LF_CALENDAR_PROGRAM"]
PHONE = os.environ.get("LF_PHONE_PROGRAM")
UNITS = ("lampfield-server.service", "lampfield-calendar.service") + (("lampfield-phone.service",) if PHONE else ())
EXPOSURE_AT_MOST = 20  # tenths of systemd-analyze's 0.0 (safe) to 10.0 (unsafe)

# What an administrator does by docs/deployment.md; the programs are those under test, so the leak check,
# which needs ptrace(), is off inside of the sandbox.
PREPARE = r"""
mkdir -p "$root"/usr/local/bin "$root{libexec}" "$root"/etc/lampfield "$root"/etc/sysusers.d "$root"/etc/tmpfiles.d
cp {programs} "$root/usr/local/bin/"
cp {worker} "$root{libexec}/"
for unit in {units}; do
  sed 's|^\(ExecStart=\)[^ ]*/|\1/usr/local/bin/|' "{build}/data/$unit" > "$root/etc/systemd/system/$unit"
  mkdir "$root/etc/systemd/system/$unit.d"
  printf '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n' > "$root/etc/systemd/system/$unit.d/test.conf"
done
cp {source}/data/systemd/lampfield.sysusers "$root/etc/sysusers.d/lampfield.conf"
cp {source}/data/systemd/lampfield.tmpfiles "$root/etc/tmpfiles.d/lampfield.conf"
chroot "$root" systemd-sysusers lampfield.conf
chroot "$root" systemd-tmpfiles --create lampfield.conf
cat > "$root/etc/lampfield/server.conf" <<'CONF'
[server]
listen=127.0.0.1:8470
metrics-listen=unix:/run/lampfield/metrics.sock
data=/var/lib/lampfield
CONF
cat > "$root/etc/lampfield/calendar.conf" <<'CONF'
[server]
url=http://127.0.0.1:8470
token-file=calendar.token

[ada]
file=/srv/ada.ics
zone=Europe/Berlin
CONF
cat > "$root/etc/lampfield/phone.conf" <<'CONF'
[server]
url=http://127.0.0.1:8470
token-file=phone.token
[pbx]
address=127.0.0.1:5060
local-address=127.0.0.1:5062
password-file=pbx.password
ping-seconds=1
grace-seconds=1
CONF
echo secret > "$root/etc/lampfield/pbx.password"
chmod 600 "$root"/etc/lampfield/*.conf "$root/etc/lampfield/pbx.password"
chmod 644 "$root/etc/lampfield/server.conf"
"""

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1@test
DTSTAMP:20260101T000000Z
DTSTART:{start}
DTEND:{end}
SUMMARY:zanzibar-title
END:VEVENT
END:VCALENDAR
"""


def find_libexec():
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as config:
        return re.search(r'LF_LIBEXECDIR "(.*)"', config.read())[1]


class Office:
    def __init__(self):
        self.session = Session()
        try:
            self.systemd = Systemd(self.session, PREPARE.format(
                programs=" ".join(filter(None, (SERVER, CALENDAR, PHONE))), worker=CALENDAR + "-worker", libexec=find_libexec(),
                units=" ".join(UNITS), build=BUILD, source=SOURCE))
        except BaseException:
            self.session.close()
            raise

    def close(self):
        self.systemd.close()
        self.session.close()

    def administrate(self, *words, given=None):
        return self.systemd.run("lampfield-server", *words, "--config", "/etc/lampfield/server.conf", given=given).stdout

    def wait_for_state(self, unit, state):
        wait_until(lambda: self.systemd.get(unit, "ActiveState") == state,
                   lambda: f"{unit} to be {state}: {self.systemd.journal('-u', unit)}", 60)

    def read_status(self, unit):
        pid = self.systemd.get(unit, "MainPID")
        return self.systemd.run("cat", f"/proc/{pid}/status").stdout

    def check_sandbox(self, unit):
        status = self.read_status(unit)
        assert re.search(r"^CapEff:\s+0+$", status, re.M) and re.search(r"^Seccomp:\s+2$", status, re.M), status
        uid = int(re.search(r"^Uid:\s+(\d+)", status, re.M)[1])
        assert 61184 <= uid <= 65519, f"no dynamic user: {uid}"

    def ask(self, method, path, token=None, body=None):
        """REST from inside of the namespaces, by curl's stand-in: Python."""
        program = ("import json,sys,urllib.request as u;a=json.load(sys.stdin);"
                   "r=u.Request('http://127.0.0.1:8470/api/v1'+a['path'],method=a['method'],headers=a['headers'],"
                   "data=a['body'].encode() if a['body'] else None);print(u.urlopen(r,timeout=30).read().decode())")
        headers = {"Content-Type": "application/json"} if body else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        given = json.dumps({"path": path, "method": method, "headers": headers, "body": body and json.dumps(body)})
        return json.loads(self.systemd.run("/usr/bin/python3", "-c", program, given=given).stdout)


def test_systemd_accepts_the_units(office):
    for unit in UNITS:
        done = office.systemd.run("systemd-analyze", "verify", "--man=no", f"/etc/systemd/system/{unit}", check=False)
        assert done.returncode == 0 and not done.stderr.strip(), done.stderr


def test_they_are_hardly_exposed(office):
    for unit in UNITS:
        done = office.systemd.run("systemd-analyze", "security", "--no-pager", "--offline=true",
                                  f"--threshold={EXPOSURE_AT_MOST}", f"/etc/systemd/system/{unit}", check=False)
        assert done.returncode == 0, done.stdout[-3000:]
        print("# " + re.search(r"Overall exposure.*", done.stdout)[0].strip())


def test_the_server_is_ready_when_systemd_says_so(office):
    office.systemd.run("systemctl", "start", "lampfield-server.service")
    assert office.systemd.get("lampfield-server.service", "ActiveState") == "active"
    assert office.ask("GET", "/")["name"] == "lampfield-server", "READY=1 came before it listens"
    assert office.administrate("user", "add", "ada", "--name", "Ada", "--password-stdin", given=PASSWORD + "\n")


def test_the_server_is_locked_in(office):
    status = office.read_status("lampfield-server.service")
    assert re.search(r"^CapEff:\s+0+$", status, re.M) and re.search(r"^CapBnd:\s+0+$", status, re.M), status
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.M) and re.search(r"^Seccomp:\s+2$", status, re.M), status
    owner = office.systemd.run("stat", "-c", "%U %a", "/var/lib/lampfield", "/run/lampfield").stdout
    assert owner == "lampfield 700\nlampfield 750\n", owner
    pid = office.systemd.get("lampfield-server.service", "MainPID")
    limits = office.systemd.run("cat", f"/proc/{pid}/limits").stdout
    most = min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])  # this test's own, where root may not raise it
    assert re.search(rf"^Max open files\s+{most}\s+{most}", limits, re.M), limits
    mounts = office.systemd.run("cat", f"/proc/{pid}/mounts").stdout
    assert re.search(r"^\S+ / \S+ ro[, ]", mounts, re.M), mounts
    assert re.search(r"^\S+ \S*/var/lib/lampfield \S+ rw[, ]", mounts, re.M), mounts


def test_the_connector_publishes_from_its_sandbox(office):
    token = office.administrate("token", "create", "--connector", "calendar", "--name", "calendars").strip()
    office.systemd.run("install", "-m", "600", "/dev/stdin", "/etc/lampfield/calendar.token", given=token + "\n")
    start = time.time() - 600
    text = ICS.format(start=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start)),
                      end=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start + 7200)))
    office.systemd.run("install", "-m", "644", "/dev/stdin", "/srv/ada.ics", given=text)
    office.systemd.run("systemctl", "start", "lampfield-calendar.service")
    tokens = office.ask("POST", "/auth/login", body={"user": "ada", "password": PASSWORD, "device": "test"})
    office.token = tokens["access_token"]
    moment = "%Y-%m-%dT%H:%M:%SZ"
    query = (f"/busy?users={tokens['user']}&from={time.strftime(moment, time.gmtime(start - 3600))}"
             f"&to={time.strftime(moment, time.gmtime(start + 9000))}")
    wait_until(lambda: office.ask("GET", query, office.token)["items"][0]["periods"],
               lambda: f"a busy period: {office.systemd.journal()}", 90)
    office.check_sandbox("lampfield-calendar.service")


def test_the_phone_connector_runs_in_its_sandbox(office):
    """There is no PBX: it listens for one, asks for it, and says that it does not answer."""
    if not PHONE:
        raise Skip("lampfield-phone is not built")
    unit = "lampfield-phone.service"
    token = office.administrate("token", "create", "--connector", "phone", "--name", "phones").strip()
    office.systemd.run("install", "-m", "600", "/dev/stdin", "/etc/lampfield/phone.token", given=token + "\n")
    office.systemd.run("systemctl", "start", unit)
    wait_until(lambda: "The PBX does not answer at 127.0.0.1:5060" in office.systemd.journal("-u", unit),
               lambda: f"the connector to ask: {office.systemd.journal('-u', unit)}", 60)
    office.check_sandbox(unit)
    sockets = office.systemd.run("cat", "/proc/net/tcp").stdout
    assert f"0100007F:{5062:04X}" in sockets, sockets


def test_the_journal_has_fields_and_no_secrets(office):
    rows = [json.loads(line) for line in office.systemd.run(
        "journalctl", "--no-pager", "-o", "json", "-u", "lampfield-server.service").stdout.splitlines()]
    started = [row for row in rows if row.get("MESSAGE") == "Listening"]
    assert started and started[0]["LAMPFIELD_ADDRESS"] == "http://127.0.0.1:8470", rows
    assert started[0]["PRIORITY"] == "5" and started[0]["GLIB_DOMAIN"] == "lf-server"
    assert any(row.get("MESSAGE") == "Somebody signed in" and "LAMPFIELD_SESSION" in row for row in rows), rows
    whole = office.systemd.run("journalctl", "--no-pager", "-o", "export", check=True).stdout
    for secret in (PASSWORD, office.token, "zanzibar-title"):
        assert secret not in whole, f"“{secret}” stands in the journal"


def test_an_abort_is_followed_by_a_new_start(office):
    """As libmicrohttpd ends the process: SIGABRT, from inside and past the filter of system calls."""
    unit = "lampfield-server.service"
    before = office.systemd.get(unit, "MainPID")
    office.systemd.run("kill", "-ABRT", before)
    wait_until(lambda: office.systemd.get(unit, "MainPID") not in ("0", before), "a new process", 60)
    office.wait_for_state(unit, "active")
    assert office.systemd.get(unit, "NRestarts") == "1"
    assert office.ask("GET", "/me", office.token)["person"]["login"] == "ada", "the session is still there"


def test_a_server_that_hangs_is_started_anew(office):
    """Stopped by a signal it sends no WATCHDOG=1: the limit is lowered, so that the test need not wait a minute."""
    unit = "lampfield-server.service"
    office.systemd.run("install", "-m", "644", "/dev/stdin", f"/etc/systemd/system/{unit}.d/watchdog.conf",
                       given="[Service]\nWatchdogSec=4\n")
    office.systemd.run("systemctl", "daemon-reload")
    office.systemd.run("systemctl", "restart", unit)
    before = office.systemd.get(unit, "MainPID")
    office.systemd.run("kill", "-STOP", before)
    wait_until(lambda: office.systemd.get(unit, "MainPID") not in ("0", before),
               lambda: f"a new process: {office.systemd.journal('-u', unit)}", 90)
    office.wait_for_state(unit, "active")


def test_it_stops_in_order(office):
    for unit in reversed(UNITS):
        office.systemd.run("systemctl", "stop", unit)
        assert office.systemd.get(unit, "ActiveState") == "inactive", office.systemd.journal("-u", unit)
        assert office.systemd.get(unit, "ExecMainStatus") == "0", office.systemd.journal("-u", unit)
    assert not os.path.exists(office.systemd.root + "/run/lampfield")


TESTS = (test_systemd_accepts_the_units, test_they_are_hardly_exposed, test_the_server_is_ready_when_systemd_says_so,
         test_the_server_is_locked_in, test_the_connector_publishes_from_its_sandbox,
         test_the_phone_connector_runs_in_its_sandbox,
         test_the_journal_has_fields_and_no_secrets, test_an_abort_is_followed_by_a_new_start,
         test_a_server_that_hangs_is_started_anew, test_it_stops_in_order)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
