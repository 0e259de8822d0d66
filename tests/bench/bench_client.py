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
from screen import Screen  # noqa: E402

PASSWORD = "a long enough password"
SIZES = (100, 1000, 10000)
# Multiples of the reference window's CPU time, unless a unit is given.
FIRST_WINDOW_TARGET = 1.4
START_TARGETS = {100: 1.7, 1000: 2.0, 10000: 4.5}
CHANGES_TARGETS = {1000: 2.3, 10000: 2.6}
BURST_TARGET = 0.7
PIXEL_TARGETS_MS = (7, 17)
MEMORY_TARGETS_MIB = {1000: 60, 10000: 80}
IDLE_TARGET = 0.06
WAKE_UPS_TARGET = 10
N_LINES = 1000
N_GROUPS = 12
N_FAVOURITES = 5
CHANGES_PER_S = 100
N_PIXELS = 300
PIXEL_PAUSE_S = 0.06  # a change at a time
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


def read_own_mib(pid):
    """Memory that no other process shares (proc(5), smaps_rollup)."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as rollup:
        return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024


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

    def send(self, path, body):
        """Asks, and waits for nothing: finish() takes the answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request("PUT", f"/api/v1{path}", json.dumps(body), headers)

    def finish(self):
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status < 300, f"PUT: {answer.status} {text[:300]}"

    def put(self, path, body):
        while True:
            try:
                self.send(path, body)
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


def measure_first_window(office):
    """CPU seconds until something is drawn."""
    middle = (300, 0, 1, office.screen.whole[3])
    before = office.screen.read(middle)
    app = office.open_client(1000)
    deadline = time.monotonic() + SETTLE_DEADLINE_S
    while office.screen.read(middle) == before:
        assert time.monotonic() < deadline, "the client drew nothing"
        time.sleep(0.001)
    cpu_s = read_cpu_s(app.process.pid)
    app.stop()
    return cpu_s


def set_lines(office, is_busy_first, per_s=0):
    """All lines to on_hook or off_hook, as two thirds of them are or are not; @per_s 0: as fast as they are taken."""
    begin = time.monotonic()
    for n in range(N_LINES):
        if per_s > 0:
            time.sleep(max(0.0, begin + n / per_s - time.monotonic()))
        office.set_line(n, "off_hook" if (n % 3 == 0) == is_busy_first else "on_hook")


def measure_changes(office, size, per_s):
    """CPU seconds of a settled client with @size contacts for 1,000 changes."""
    app, before_s, _wall_s = office.open_settled_client(size)
    set_lines(office, False, per_s)
    after_s, _wall_s = settle(app.process.pid)
    app.stop()
    set_lines(office, True)
    return after_s - before_s


def measure_pixels(office):
    """Milliseconds from sending a change of a contact in view until its row looks otherwise, sorted."""
    app, _cpu_s, _wall_s = office.open_settled_client(1000)
    before = office.screen.read(office.screen.whole)
    office.set_line(0, "on_hook")
    settle(app.process.pid)
    area = office.screen.find_change(before, office.screen.read(office.screen.whole))
    assert area is not None, "a change of the first contact is not to be seen"
    found = []
    for n in range(N_PIXELS):
        time.sleep(PIXEL_PAUSE_S + (n * 7 % 17) / 1000)  # anywhere within a frame
        before = office.screen.read(area)
        begin = time.monotonic()
        office.phones.send("/lines/0", {"state": "off_hook" if n % 2 == 0 else "on_hook", "since": now_text()})
        while office.screen.read(area) == before:
            assert time.monotonic() - begin < SETTLE_DEADLINE_S, "a change was not drawn"
        found.append((time.monotonic() - begin) * 1000)
        office.phones.finish()
    office.set_line(0, "off_hook")
    app.stop()
    return sorted(found)


def measure_memory(office, size):
    app, _cpu_s, _wall_s = office.open_settled_client(size)
    found = read_own_mib(app.process.pid)
    app.stop()
    return found


def measure_idle(office):
    """Wake-ups and CPU seconds of a settled client with the list open."""
    app, cpu_s, _wall_s = office.open_settled_client(1000)
    before = count_wake_ups(app.process.pid)
    time.sleep(IDLE_S)
    after, cpu_s = count_wake_ups(app.process.pid), read_cpu_s(app.process.pid) - cpu_s
    app.stop()
    return sum(count - before.get(task, 0) for task, count in after.items()), cpu_s


def check_lists(office):
    """What is measured is really on the screen, all of it: the first group is as large as it should be."""
    for size in SIZES:
        app = office.open_client(size)
        app.find(name=r"^Person \d+, ", deadline_s=60)
        app.find(name="^Person 0, On the phone", deadline_s=60)
        size_of_first = sum(1 for n in range(N_FAVOURITES, size) if n % N_GROUPS == 0)
        app.find(name=f"^Department 0, [0-9]+ of {size_of_first} free", deadline_s=60)
        app.stop()


class Report:
    """The table for people, line by line, and the figures after it."""

    def __init__(self, reference_s):
        self.reference_s = reference_s
        self.figures = []
        print(f"\n{'':38}{'CPU s':>9}{'times':>8}")
        print(f"{'reference window, settled':38}{reference_s:9.3f}{1.0:8.2f}")

    def add_cpu(self, words, name, cpu_s, target, more=""):
        times = cpu_s / self.reference_s
        print(f"{words:38}{cpu_s:9.3f}{times:8.2f}{more}")
        self.figures.append((name, times, target))

    def add(self, words, name, value, unit, target):
        print(f"{words:38}{value:17.1f} {unit}")
        self.figures.append((name, value, target))

    def finish(self):
        """Where build-aux/bench gathers them, or here."""
        lines = [f"{name} {value:.2f} {target:g} {'ok' if value <= target else 'short'}"
                 for name, value, target in self.figures]
        print()
        if "LF_BENCH_FIGURES" in os.environ:
            with open(os.environ["LF_BENCH_FIGURES"], "a", encoding="utf-8") as figures:
                figures.write("\n".join(lines) + "\n")
        else:
            print("\n".join(lines))


def report(found):
    median = statistics.median
    starts = found["starts"]
    table = Report(median(cpu_s for cpu_s, _wall_s in starts["reference"]))
    table.add_cpu("first window", "client-first-window", median(found["first"]), FIRST_WINDOW_TARGET)
    for size, target in START_TARGETS.items():
        table.add_cpu(f"settled, {size} contacts", f"client-start-{size}", median(c for c, _w in starts[size]), target,
                      f"   after {median(w for _c, w in starts[size]):.2f} s")
    for size, target in CHANGES_TARGETS.items():
        table.add_cpu(f"1,000 changes, 100/s, {size} contacts", f"client-1000-changes-of-{size}",
                      median(found["changes"][size]), target)
    table.add_cpu("burst of 1,000 changes, 1000 contacts", "client-burst", median(found["burst"]), BURST_TARGET)
    pixels = found["pixels"]
    table.add("change sent until drawn, median", "client-pixel-median-ms", median(pixels), "ms", PIXEL_TARGETS_MS[0])
    table.add("the same, 95th percentile", "client-pixel-p95-ms", pixels[len(pixels) * 95 // 100], "ms", PIXEL_TARGETS_MS[1])
    for size, target in MEMORY_TARGETS_MIB.items():
        table.add(f"own memory, {size} contacts", f"client-memory-{size}-mib", median(found["memory"][size]), "MiB", target)
    table.add_cpu(f"idle for {IDLE_S:.0f} s", "client-idle", found["idle"][1], IDLE_TARGET)
    table.add("wake-ups meanwhile", "client-idle-wake-ups", found["idle"][0], "", WAKE_UPS_TARGET)
    table.finish()


def measure(office, n_rounds):
    found = {"starts": {kind: [] for kind in ("reference", *SIZES)}, "first": [], "burst": [],
             "changes": {size: [] for size in CHANGES_TARGETS}, "memory": {size: [] for size in MEMORY_TARGETS_MIB}}
    for number in range(n_rounds):
        for kind, results in found["starts"].items():
            results.append(measure_start(office, kind))
        found["first"].append(measure_first_window(office))
        if number >= 3:
            continue
        found["burst"].append(measure_changes(office, 1000, 0))
        for size, results in found["changes"].items():
            results.append(measure_changes(office, size, CHANGES_PER_S))
        for size, results in found["memory"].items():
            results.append(measure_memory(office, size))
    found["pixels"] = measure_pixels(office)
    found["idle"] = measure_idle(office)
    check_lists(office)
    return found


def main():
    office = Office()
    try:
        office.start()
        office.screen = Screen(office.session.env["DISPLAY"])
        found = measure(office, int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    finally:
        office.close()
    report(found)


if __name__ == "__main__":
    main()
