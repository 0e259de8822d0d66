# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop client costs its machine, beside a window that does nothing (bench-window).

The real client on a real server, in a private session. CPU time is that of the client's process,
all threads, and so is that of the reference; both start anew in each round, in turns, and the medians
are compared. Prints a table, then one line a figure: NAME VALUE TARGET ok|short.

usage: bench_client.py [ROUNDS]     (LF_BUILD names the build folder)
"""

import concurrent.futures
import http.client
import json
import os
import re
import statistics
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from lfdesktop import App, Desktop, wait_until  # noqa: E402
from peer import Api, Stream, now_text  # noqa: E402

PASSWORD = "a long enough password"
SIZES = (100, 1000, 10000)
TARGETS = {100: 1.9, 1000: 2.4, 10000: 6.0}
CHANGES_TARGET = 3.3
WAKE_UPS_TARGET = 1.0  # a second
N_LINES = 1000
N_GROUPS = 12
N_FAVOURITES = 5
CHANGES_PER_S = 100
IDLE_S = 30.0
QUIET_S = 1.5     # that long asleep, with next to no CPU time used: settled
QUIET_CPU_S = 0.006
STARTED_CPU_S = 0.03  # less than any window takes to open
SETTLE_DEADLINE_S = 90.0
WORKERS = 8


def read_cpu_s(pid):
    """CPU time of the process @pid, with that of threads that have ended (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def is_running(pid):
    """Whether a thread of the process runs, or would if there were a processor for it."""
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/stat", encoding="utf-8") as stat:
                if stat.read().rpartition(")")[2].split()[0] != "S":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True  # a thread that has just ended
    return False


def settle(pid):
    """Waits until the process does nothing. Returns its CPU time, and the seconds until it went quiet."""
    begin = time.monotonic()
    quiet_since, quiet_cpu = begin, read_cpu_s(pid)
    while True:
        time.sleep(0.05)
        now, cpu = time.monotonic(), read_cpu_s(pid)
        if cpu - quiet_cpu > QUIET_CPU_S or is_running(pid):
            quiet_since, quiet_cpu = now, cpu
        elif now - quiet_since >= QUIET_S and cpu > STARTED_CPU_S:
            return cpu, quiet_since - begin
        assert now - begin < SETTLE_DEADLINE_S, f"the program is still busy after {SETTLE_DEADLINE_S:.0f} s"


def count_wake_ups(pid):
    """How often each thread of the process @pid went to sleep so far."""
    counts = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as status:
            counts[task] = sum(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))
    return counts


class KeptApi(Api):
    """REST on a connection that is kept, with an answer's time that does not grow with their number."""

    def __init__(self, address, token):
        super().__init__(address, token)
        parts = urllib.parse.urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)

    def put(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        while True:
            try:
                self.connection.request("PUT", f"/api/v1{path}", json.dumps(body), headers)
                answer = self.connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()  # it was idle for too long; the next request opens it again
                continue
            text = answer.read()
            if answer.status != 429:
                break
            time.sleep(float(answer.headers.get("Retry-After", "1")))
        assert answer.status < 300, f"PUT {path}: {answer.status} {text[:300]}"


class Office(Desktop):
    """A server with many people, and one visitor for each size of contact list."""

    def start(self, notifications=False):
        config = self.session.path("server.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[server]\nmetrics-listen=127.0.0.1:0\n")
        self.server.options = ["--config", config]
        super().start(notifications)
        with open(os.path.join(self.server.data, "metrics-address"), encoding="utf-8") as file:
            self.metrics = f"http://{file.read().strip().removeprefix('http://')}/metrics"
        rows = ["login,name,title,department,password"]
        rows += [f"visitor{size},Visitor {size},,,{PASSWORD}" for size in SIZES]
        rows += [f"p{n},Person {n},Engineer,Department {n % 12}," for n in range(max(SIZES))]
        path = self.session.path("people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
        self.server.administrate("user", "import", path)
        for n in range(N_LINES):
            self.server.administrate("line", "assign", str(n), f"p{n}", "--address", f"tel:{n}")
        token = self.server.administrate("token", "create", "--connector", "phone", "--name", "Desk phones")
        self.phones = KeptApi(self.server.address, token)
        self.phones_stream = Stream(self.server.address, token)
        ids = self.list_people()
        for size in SIZES:
            self.fill(size, ids[:size])
        for n in range(N_LINES):
            self.set_line(n, "off_hook" if n % 3 == 0 else "on_hook")

    def list_people(self):
        """Ids of p0, p1, …; only a connector may read them all at once."""
        token = self.server.administrate("token", "create", "--connector", "calendar", "--name", "Calendars")
        people = {person["login"]: person["id"] for person in
                  Api(self.server.address, token).call("GET", "/connector/people")["items"]}
        return [people[f"p{n}"] for n in range(max(SIZES))]

    def login(self, size):
        return Api(self.server.address).call("POST", "/auth/login", {"user": f"visitor{size}", "password": PASSWORD,
                                                                     "device": "bench"})

    def fill(self, size, ids):
        token = self.login(size)["access_token"]
        api = KeptApi(self.server.address, token)
        for n in range(N_GROUPS):
            api.put(f"/groups/g{n}", {"id": f"g{n}", "name": f"Department {n}", "position": n})

        def put(part):
            own = KeptApi(self.server.address, token)
            for n, user in part:
                own.put(f"/contacts/{user}", {"group": f"g{n % N_GROUPS}", "favourite": n < N_FAVOURITES})

        numbered = list(enumerate(ids))
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(put, [numbered[i::WORKERS] for i in range(WORKERS)]))

    def set_line(self, n, state):
        self.phones.put(f"/lines/{n}", {"state": state, "since": now_text()})

    def count_acks(self):
        """How often a client told that it has applied what was sent."""
        with urllib.request.urlopen(self.metrics, timeout=30) as answer:
            found = re.search(r'^lampfield_stream_frames_received_total\{type="ack"\} (\d+)', answer.read().decode(), re.M)
        return int(found[1]) if found else 0

    def open_settled_client(self, size):
        """A client that has its contact list and does nothing more; its CPU time, and the seconds."""
        begin, acks = time.monotonic(), self.count_acks()
        app = self.open_client(size)
        wait_until(lambda: self.count_acks() > acks, "the client to have its list", SETTLE_DEADLINE_S)
        applied_s = time.monotonic() - begin
        cpu_s, quiet_s = settle(app.process.pid)
        return app, cpu_s, applied_s + quiet_s

    def open_client(self, size):
        reader, writer = os.pipe()
        os.write(writer, (self.login(size)["refresh_token"] + "\n").encode())
        os.close(writer)
        app = App(self, "--server", self.server.address, "--session-fd", str(reader), pass_fds=[reader])
        os.close(reader)
        return app


def measure_start(office, kind):
    """CPU seconds and seconds until it settled; @kind: a number of contacts, or the reference."""
    if kind == "reference":
        process = office.session.spawn([os.path.join(office.build, "tests/bench/bench-window")])
        cpu_s, wall_s = settle(process.pid)
    else:
        app, cpu_s, wall_s = office.open_settled_client(kind)
        process = app.process
    process.terminate()
    process.wait()
    return cpu_s, wall_s


def measure_changes(office):
    """CPU seconds of a settled client for 1,000 changes at 100 a second."""
    app, before_s, _wall_s = office.open_settled_client(1000)
    begin = time.monotonic()
    for n in range(N_LINES):
        time.sleep(max(0.0, begin + n / CHANGES_PER_S - time.monotonic()))
        office.set_line(n, "on_hook" if n % 3 == 0 else "off_hook")
    after_s, _wall_s = settle(app.process.pid)
    for n in range(N_LINES):
        office.set_line(n, "off_hook" if n % 3 == 0 else "on_hook")
    app.stop()
    return after_s - before_s


def measure_idle(office):
    """Wake-ups a second, and CPU seconds, of a settled client with the list open."""
    app, cpu_s, _wall_s = office.open_settled_client(1000)
    before = count_wake_ups(app.process.pid)
    time.sleep(IDLE_S)
    after, cpu_s = count_wake_ups(app.process.pid), read_cpu_s(app.process.pid) - cpu_s
    app.stop()
    return sum(count - before.get(task, 0) for task, count in after.items()) / IDLE_S, cpu_s


def check_lists(office):
    """What is measured is really on the screen, all of it: the first group is as large as it should be."""
    for size in SIZES:
        app = office.open_client(size)
        app.find(name=r"^Person \d+, ", deadline_s=60)
        app.find(name="^Person 0, On the phone", deadline_s=60)
        size_of_first = sum(1 for n in range(N_FAVOURITES, size) if n % N_GROUPS == 0)
        app.find(name=f"^Department 0, [0-9]+ of {size_of_first} free", deadline_s=60)
        app.stop()


def print_table(starts, changes, idle, reference_s):
    print(f"\n{'':34}{'CPU s':>9}{'times':>8}{'settled s':>11}")
    print(f"{'reference window':34}{reference_s:9.3f}{1.0:8.2f}{statistics.median(w for _c, w in starts['reference']):11.2f}")
    for size in SIZES:
        cpu_s = statistics.median(c for c, _w in starts[size])
        wall_s = statistics.median(w for _c, w in starts[size])
        print(f"{f'signed in, {size} contacts':34}{cpu_s:9.3f}{cpu_s / reference_s:8.2f}{wall_s:11.2f}")
    print(f"{'1,000 changes, 1,000 contacts':34}{changes:9.3f}{changes / reference_s:8.2f}")
    print(f"{f'idle for {IDLE_S:.0f} s':34}{idle[1]:9.3f}{'':8}  {idle[0]:.2f} wake-ups a second\n")


def print_figure(name, value, target):
    """Where build-aux/bench gathers them, or here."""
    line = f"{name} {value:.2f} {target:g} {'ok' if value <= target else 'short'}"
    if "LF_BENCH_FIGURES" in os.environ:
        with open(os.environ["LF_BENCH_FIGURES"], "a", encoding="utf-8") as figures:
            figures.write(line + "\n")
    else:
        print(line)


def main():
    n_rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    office = Office()
    try:
        office.start()
        starts = {kind: [] for kind in ("reference", *SIZES)}
        changes = []
        for number in range(n_rounds):
            for kind, results in starts.items():
                results.append(measure_start(office, kind))
            if number < 3:
                changes.append(measure_changes(office))
        idle = measure_idle(office)
        check_lists(office)
    finally:
        office.close()
    reference_s = statistics.median(cpu_s for cpu_s, _wall_s in starts["reference"])
    changes_s = statistics.median(changes)
    print_table(starts, changes_s, idle, reference_s)
    for size in SIZES:
        print_figure(f"client-start-{size}", statistics.median(c for c, _w in starts[size]) / reference_s, TARGETS[size])
    print_figure("client-1000-changes", changes_s / reference_s, CHANGES_TARGET)
    print_figure("client-idle-wake-ups-per-s", idle[0], WAKE_UPS_TARGET)


if __name__ == "__main__":
    main()
