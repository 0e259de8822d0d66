# SPDX-License-Identifier: GPL-3.0-or-later
"""What watching a PBX costs, and how long a lamp takes: lampfield-phone between Kamailio and lampfield-server.

10,000 lines on one connector: CPU time to set them up and to refresh them, memory, and how long it takes until
all are true again after the PBX was restarted. Then 2,000 lines that are contacts of one client: from the
PUBLISH of a dialog at the PBX to what the client displays. Prints a table, then one line a figure: NAME VALUE
TARGET ok|short.

usage: bench_phone.py [LINES]     (LF_BUILD names the build folder)
"""

import contextlib
import os
import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("LF_SOURCE", os.path.join(HERE, "..", ".."))
BUILD = os.environ["LF_BUILD"]
os.environ.setdefault("LF_SERVER_PROGRAM", os.path.join(BUILD, "src/server/lampfield-server"))
os.environ.setdefault("LF_PHONE_PROGRAM", os.path.join(BUILD, "src/connectors/phone/lampfield-phone"))
for folder in ("e2e", "service", "connectors/phone"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))

import pbx  # noqa: E402
from service import PASSWORD, Server, Session, peer  # noqa: E402

N_LINES = 10000
N_WATCHED = 2000
PER_S = 500
EXPIRES_S = 120
REFRESH_S = 60
N_SIGNALS = 1000
SIGNALS_PER_S = 50
DEADLINE_S = 180.0
SETUP_TARGET_MS, REFRESH_TARGET_MS, MEMORY_TARGET_MB = 1.0, 0.4, 100.0
P99_TARGET_MS, RESTART_TARGET_S = 300.0, 30.0
FIRST_LINE = 100000
figures = []


def figure(name, value, target):
    figures.append((name, value, target))


def read_cpu_s(pid):
    """CPU time of the process @pid (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def read_resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def wait_for(condition, what, deadline_s=DEADLINE_S):
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"no {what} within {deadline_s:.0f} s")
        time.sleep(0.05)


def fill(server, n_lines, watcher=None):
    """People with a line each, straight into the database: by the command line they would take minutes."""
    server.administrate("user", "list")  # makes the tables
    rows = [(f"u{i}", f"user{i}", FIRST_LINE + i) for i in range(n_lines)]
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "lampfield.db"))) as database, database:
        database.executemany("INSERT INTO users (id, login, login_key, name, sort_key, search_key, addresses, created_at)"
                             " VALUES (?1, ?2, ?2, ?2, ?2, ?2, '', 0)", [row[:2] for row in rows])
        database.executemany("INSERT INTO lines (line, address, user_id, is_primary) VALUES (?1, 'tel:' || ?1, ?2, 1)",
                             [(str(line), user) for user, _login, line in rows])
        if watcher:
            owner = database.execute("SELECT id FROM users WHERE login = ?", (watcher,)).fetchone()[0]
            database.executemany("INSERT INTO contacts (owner_id, user_id, is_favourite, is_watched, speed_dial, added_at)"
                                 " VALUES (?, ?, 0, 0, 0, 0)", [(owner, user) for user, _login, _line in rows])


class Office:
    """Kamailio, a server with @n_lines, and the connector between them."""

    def __init__(self, n_lines, watcher=None, **settings):
        self.session = Session("lampfield-bench-")
        self.server = Server(self.session, {"limits": {"max-streams-per-user": 50}})
        if watcher:
            self.server.add_people(watcher)
        fill(self.server, n_lines, watcher)
        self.token = self.server.administrate("token", "create", "--connector", "phone", "--name", "PBX")
        self.server.start()
        self.pbx = pbx.Pbx(self.session.path("pbx"), memory_mib=768, defines=("WITH_BENCH",)).start()
        self.n_lines = n_lines
        self.settings = settings
        self.connector = None

    def start_connector(self):
        token = self.write("token", self.token)
        password = self.write("password", "pw-lampfield")
        keys = {"address": f"127.0.0.1:{self.pbx.port}", "domain": "pbx.test", "password-file": password,
                "local-address": "127.0.0.1", "subscriptions-per-second": PER_S, "expires-seconds": EXPIRES_S,
                "ping-seconds": 1, "grace-seconds": 1, **self.settings}
        config = self.write("phone.conf", f"[server]\nurl={self.server.address}\ntoken-file={token}\n[pbx]\n" +
                            "".join(f"{key}={value}\n" for key, value in keys.items()))
        self.connector = self.session.spawn([os.environ["LF_PHONE_PROGRAM"], "--config", config], name="phone", env=self.session.env)

    def write(self, name, text):
        path = self.session.path(name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def count_log(self, words):
        return self.pbx.log.count(words)

    def are_known(self, watcher):
        """Whether nobody's phone is unknown: the last first, as they come in no order."""
        for start in range(0, self.n_lines, 200):
            users = ",".join(f"u{i}" for i in range(start, min(start + 200, self.n_lines)))
            items = watcher.call("GET", f"/presence?users={users}")["items"]
            if any(item["phone"]["state"] == "unknown" for item in items):
                return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if self.connector:
            self.connector.terminate()
            self.connector.wait(30)
        self.pbx.stop()
        self.session.close()


def measure_many(office):
    n_lines = office.n_lines
    office.server.add_people("watcher")
    watcher = peer.Peer(office.server.address, "watcher", PASSWORD)
    office.start_connector()
    wait_for(lambda: office.are_known(watcher), "state of all lines")
    setup_s = read_cpu_s(office.connector.pid)
    before = office.count_log("REFRESH")
    began_s = read_cpu_s(office.connector.pid)
    time.sleep(REFRESH_S)
    n_refreshes = office.count_log("REFRESH") - before
    refresh_s = read_cpu_s(office.connector.pid) - began_s
    resident_mb = read_resident_mb(office.connector.pid)
    office.pbx.stop()
    wait_for(lambda: not office.are_known(watcher), "loss of the lines")
    office.pbx.start()
    restarted_s = time.monotonic()
    wait_for(lambda: office.are_known(watcher), "state of all lines after a restart")
    restart_s = time.monotonic() - restarted_s
    print(f"{n_lines} lines on one connector, {PER_S} subscriptions a second, by TCP, each with a challenge")
    print(f"  set up      {setup_s * 1e3 / n_lines:6.3f} ms CPU a line, with the PUT of its state")
    print(f"  refreshed   {refresh_s * 1e3 / max(n_refreshes, 1):6.3f} ms CPU each ({n_refreshes} in {REFRESH_S} s)")
    print(f"  memory      {resident_mb:6.1f} MB")
    print(f"  restart     {restart_s:6.1f} s from the PBX's first answer until all states were true again")
    figure("phone-setup-ms", setup_s * 1e3 / n_lines, SETUP_TARGET_MS)
    figure("phone-refresh-ms", refresh_s * 1e3 / max(n_refreshes, 1), REFRESH_TARGET_MS)
    figure("phone-memory-mb", resident_mb, MEMORY_TARGET_MB)
    figure("phone-restart-s", restart_s, RESTART_TARGET_S)


class Badges(threading.Thread):
    """What a client displays: login → (status, when, by the monotonic clock)."""

    def __init__(self, address, login):
        super().__init__(daemon=True)
        self.process = subprocess.Popen([os.path.join(BUILD, "tests/bench/bench-badge"), address, login], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(PASSWORD + "\n")
        self.process.stdin.flush()
        self.changed = threading.Condition()
        self.shown = {}
        self.n_contacts = 0
        self.start()

    def run(self):
        for line in self.process.stdout:
            words = line.split()
            with self.changed:
                if words[0] == "online":
                    self.n_contacts = int(words[1])
                else:
                    self.shown[words[0]] = (words[1], int(words[2]) / 1e6)
                self.changed.notify_all()

    def close(self):
        self.process.kill()
        self.process.wait()


class Publisher:
    """Tells Kamailio of dialogs, as its own dialog module does, by UDP."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(5)
        self.local = self.socket.getsockname()[1]
        self.tags = {}
        self.n = 0

    def publish(self, line, state):
        """Returns when it was sent, by the monotonic clock."""
        self.n += 1
        body = (f'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{self.n}" state="full" '
                f'entity="sip:{line}@pbx.test"><dialog id="d{line}" call-id="d{line}" direction="initiator">'
                f"<state>{state}</state></dialog></dialog-info>")
        match = f"SIP-If-Match: {self.tags.pop(line)}\r\n" if line in self.tags else ""
        self.socket.send((f"PUBLISH sip:{line}@pbx.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.local};branch=z9hG4bK{self.n}\r\n"
                          f"From: <sip:{line}@pbx.test>;tag={self.n}\r\nTo: <sip:{line}@pbx.test>\r\nCall-ID: p{self.n}@bench\r\n"
                          f"CSeq: 1 PUBLISH\r\nMax-Forwards: 70\r\nEvent: dialog\r\nExpires: 3600\r\n{match}"
                          f"Content-Type: application/dialog-info+xml\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        sent_s = time.monotonic()
        answer = self.socket.recv(4096).decode()
        assert answer.startswith("SIP/2.0 200"), answer
        if state != "terminated":  # Kamailio forgets what is over
            self.tags[line] = next(row.split(":", 1)[1].strip() for row in answer.split("\r\n") if row.lower().startswith("sip-etag"))
        return sent_s


def measure_badges(office):
    office.start_connector()
    watcher = peer.Peer(office.server.address, "watcher", PASSWORD)
    wait_for(lambda: office.are_known(watcher), "state of all lines")
    badges = Badges(office.server.address, "watcher")
    wait_for(lambda: badges.n_contacts == N_WATCHED, "contacts of the client")
    publisher = Publisher(office.pbx.port)
    choose = random.Random(1)
    delays_ms = []
    talking = set()
    for _signal in range(N_SIGNALS):
        began = time.monotonic()
        number = choose.randrange(N_WATCHED)
        wanted = "offline" if number in talking else "on_the_phone"
        sent_s = publisher.publish(FIRST_LINE + number, "terminated" if number in talking else "confirmed")
        talking ^= {number}
        with badges.changed:
            while badges.shown.get(f"user{number}", ("", 0))[0] != wanted:
                if not badges.changed.wait(20):
                    raise SystemExit(f"the lamp of {number} did not become {wanted}: {badges.shown.get(f'user{number}')}")
            delays_ms.append((badges.shown[f"user{number}"][1] - sent_s) * 1e3)
        time.sleep(max(0, began + 1 / SIGNALS_PER_S - time.monotonic()))
    badges.close()
    delays_ms.sort()
    p50, p99 = delays_ms[len(delays_ms) // 2], delays_ms[len(delays_ms) * 99 // 100]
    print(f"\n{N_WATCHED} lines, contacts of one client: {N_SIGNALS} signals, {SIGNALS_PER_S} a second at most")
    print(f"  from the PUBLISH at the PBX to the display: median {p50:.1f} ms, 99 % within {p99:.1f} ms, the slowest {delays_ms[-1]:.1f} ms")
    figure("phone-signal-to-badge-p99-ms", p99, P99_TARGET_MS)


def main():
    missing = pbx.find_missing()
    if missing:
        raise SystemExit("not installed: " + ", ".join(missing))
    with Office(int(sys.argv[1]) if len(sys.argv) > 1 else N_LINES) as office:
        measure_many(office)
    with Office(N_WATCHED, "watcher") as office:
        measure_badges(office)
    lines = [f"{name} {value:.3f} {target:g} {'ok' if value <= target else 'short'}" for name, value, target in figures]
    if "LF_BENCH_FIGURES" in os.environ:
        with open(os.environ["LF_BENCH_FIGURES"], "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
    else:
        print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
