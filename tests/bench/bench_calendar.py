# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading calendars costs: lampfield-calendar between a CalDAV server and lampfield-server.

One person with 10,000 events, every other of them repeating: CPU time of the first reading, of a reading that finds
nothing new, and of one that finds one changed event. Then 1,000 people, and what asking for all of them every five
minutes takes. CPU time is that of the connector with all of its processes. At last 100 people who have 75 of each other
as contacts, and all of whom have a meeting that starts at one moment: what the server sends for these 7,500 starts. The CalDAV server is a small one of the
tests' own, as a real one would be slower than what is measured. Prints a table, then one line a figure: NAME VALUE
TARGET ok|short.

usage: bench_calendar.py [EVENTS [PEOPLE]]     (LF_BUILD names the build folder)
"""

import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("LF_SOURCE", os.path.join(HERE, "..", ".."))
BUILD = os.environ["LF_BUILD"]
os.environ.setdefault("LF_SERVER_PROGRAM", os.path.join(BUILD, "src/server/lampfield-server"))
os.environ.setdefault("LF_CALENDAR_PROGRAM", os.path.join(BUILD, "src/connectors/calendar/lampfield-calendar"))
for folder in ("e2e", "service", "connectors/calendar"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))

from caldav_servers import event  # noqa: E402
from caldav_stub import Stub  # noqa: E402
from connector import CalendarOffice, Connector  # noqa: E402
from event_set import EventSet  # noqa: E402
from service import peer, wait_until  # noqa: E402

N_EVENTS, N_PEOPLE = 10000, 1000
N_POLLS, N_CHANGES = 100, 100
N_WATCHERS, N_WATCHED = 100, 75
LEAD_S = 60  # until the meeting: everything is ready by then
POLL_EVERY_S, TELL_EVERY_S = 300, 600  # what the connector does by default: asks, and says that it still reads
DEADLINE_S = 120.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
RULES = ("FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20991231T000000Z",
         "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=YEARLY")
figures = []


def figure(name, value, target):
    figures.append((name, value, target))


def read_cpu_s(pid):
    """CPU time of the process @pid, of those it started, and of theirs that have ended."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    own = sum(int(field) for field in fields[11:15]) * TICK_S
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as children:
        return own + sum(read_cpu_s(child) for child in children.read().split())


def count_worker_faults(pid):
    """Whether workers were started: page faults of the children that ended, of the process they are forked from."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as children:
        nursery = children.read().split()
    with open(f"/proc/{nursery[0]}/stat", encoding="utf-8") as stat:
        return int(stat.read().rpartition(")")[2].split()[8])  # page faults of ended children: none without one


class Office(CalendarOffice):
    """A server, one CalDAV server, and the connector."""

    def __init__(self, logins):
        super().__init__(*logins)
        self.stub = Stub()
        self.dates = EventSet()
        self.random = random.Random(5)

    def import_people(self, count):
        """p0, p1, …; nobody has a password."""
        logins = [f"p{i}" for i in range(count)]
        path = self.session.path("people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("login,name\n" + "".join(f"{login},Person {login}\n" for login in logins))
        self.server.administrate("user", "import", path)
        return logins

    def fill(self, calendar, n_events):
        """One of two repeats; starts lie within two years."""
        for i in range(n_events):
            day, hour = self.random.randrange(-700, 14), self.random.randrange(24)
            lines = [f"DTSTART;TZID=Europe/Berlin:{self.dates.at(day, hour):%Y%m%dT%H%M%S}", "DURATION:PT30M", f"SUMMARY:Event {i}",
                     "DESCRIPTION:" + "Some words of an invitation, which nobody is to see. " * 8]
            if i % 2:
                lines.append("RRULE:" + self.random.choice(RULES))
            calendar.put(f"{i}.ics", event(f"bench-{i}", *lines))

    def group(self, **more):
        return {"caldav": self.stub.address, "allow_private": "true", "zone": "Europe/Berlin", **more}


def measure_one(n_events):
    office = Office(["mara"])
    try:
        calendar = office.stub.add("mara")
        office.fill(calendar, n_events)
        connector = Connector(office, {"mara": office.group()})
        pid = connector.process.pid
        wait_until(lambda: office.busy("mara").get("known_until"), lambda: f"the first reading {connector.log}", DEADLINE_S)
        first_s = read_cpu_s(pid)
        polls, workers = measure_unchanged(office, connector, pid)
        changed = measure_changes(office, calendar, connector, pid, n_events)
    finally:
        office.stub.close()
        office.close()
    print(f"{n_events:,} events of one person, half of them repeating:")
    print(f"    first reading          {first_s:8.2f} s of CPU")
    print(f"    nothing new            {polls * 1000:8.2f} ms, {workers} objects looked at")
    print(f"    one changed event      {changed * 1000:8.2f} ms, {(changed - polls) * 1000:.2f} of them for the event")
    figure("calendar-first-read-cpu-s", first_s, 3.0)
    figure("calendar-unchanged-expansions", workers, 0)
    figure("calendar-changed-event-cpu-ms", (changed - polls) * 1000, 5.0)
    return changed - polls


def measure_unchanged(office, connector, pid):
    """CPU time of a poll, and what beside the one question was asked or started."""
    office.stub.take_requests()
    faults = count_worker_faults(pid)
    before = read_cpu_s(pid)
    for i in range(N_POLLS):
        connector.read_now()
        wait_until(lambda n=i: len(office.stub.requests) > n, "a poll", DEADLINE_S)
        time.sleep(0.05)  # the answer is read
    cost = (read_cpu_s(pid) - before) / N_POLLS
    more = len([request for request in office.stub.take_requests() if request.startswith("REPORT")])
    return cost, more + (count_worker_faults(pid) - faults)


def measure_changes(office, calendar, connector, pid, n_events):
    """One event at a time becomes another; from the question to the report at the server."""
    cost = 0.0
    for i in range(N_CHANGES):
        at = office.dates.at(13 + i // 24, i % 24)
        calendar.put(f"{office.random.randrange(n_events)}.ics", event(f"changed-{i}", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT20M"))
        office.stub.take_requests()
        before = read_cpu_s(pid)
        connector.read_now()
        wait_until(lambda: sum(request.startswith("REPORT") for request in office.stub.requests) >= 2, "the change to be read", DEADLINE_S)
        time.sleep(0.1)  # it is expanded and told
        cost += read_cpu_s(pid) - before
    return cost / N_CHANGES


def measure_many(n_people, n_events, told_s):
    """Each person's calendar asked for once, as it is every five minutes; and the cost of telling of it each ten."""
    office = Office([])
    try:
        logins = office.import_people(n_people)
        for login in logins:
            office.fill(office.stub.add(login), n_events)
        connector = Connector(office, {"all": office.group(caldav=office.stub.address + "{login}/", users="*")})
        pid = connector.process.pid
        wait_until(lambda: sum("REPORT" in request for request in office.stub.requests) >= n_people, "the first reading", DEADLINE_S * 3)
        time.sleep(2)
        poll_s = measure_polls(office, connector, pid)
        memory = read_resident_mb(pid)
    finally:
        office.stub.close()
        office.close()
    share = 100 * (poll_s * n_people / POLL_EVERY_S + told_s * n_people / TELL_EVERY_S)
    print(f"{n_people:,} people with {n_events} events each: {poll_s * 1000:.2f} ms of CPU a poll, {memory:.0f} MB;")
    print(f"    every {POLL_EVERY_S // 60} minutes, and each told of anew every {TELL_EVERY_S // 60}: {share:.2f} % of a core")
    figure(f"calendar-{n_people}-people-percent-of-a-core", share, 5.0)


def measure_polls(office, connector, pid):
    """CPU time of one poll, of everybody's once."""
    office.stub.take_requests()
    before = read_cpu_s(pid)
    connector.read_now()
    wait_until(lambda: len(office.stub.requests) >= len(office.stub.homes), "all polls", DEADLINE_S)
    time.sleep(1)
    return (read_cpu_s(pid) - before) / len(office.stub.take_requests())


def measure_starts():
    """Frames that the server sends around a moment at which everybody's meeting starts, pings aside."""
    office = Office([])
    streams = []
    try:
        office.import_people(N_WATCHERS)
        sessions = office.server.administrate("session", "create", "--count", str(N_WATCHERS)).splitlines()
        tokens = [line.split("\t")[1] for line in sessions if line.startswith("p")]
        apis = [peer.Api(office.server.address, token) for token in tokens]
        ids = [api.call("GET", "/me")["person"]["id"] for api in apis]
        for i, api in enumerate(apis):
            for k in range(1, N_WATCHED + 1):
                api.call("PUT", f"/contacts/{ids[(i + k) % N_WATCHERS]}", {})
        start_s = time.time() + LEAD_S
        for api in apis:
            api.call("PUT", "/me/calendars/bench/busy", make_report(start_s))
        streams = [peer.Stream(office.server.address, token) for token in tokens]
        for stream in streams:
            stream.wait_for(lambda frame: frame["t"] == "snapshot" and frame["last"])
        assert time.time() < start_s - 5, "this machine is too slow to be ready for the meeting"
        time.sleep(start_s - 3 - time.time())
        for stream in streams:
            stream.forget()
        time.sleep(13)
        n_frames = sum(len(stream.frames) for stream in streams)
        apis[0].call("PUT", "/me/calendars/bench/busy", make_report(start_s + 7200))  # what is sent is seen
        wait_until(lambda: sum(len(stream.frames) for stream in streams) >= n_frames + N_WATCHED, "a message to all who look", DEADLINE_S)
    finally:
        for stream in streams:
            stream.close()
        office.stub.close()
        office.close()
    print(f"{N_WATCHERS * N_WATCHED:,} meeting starts at one moment: {n_frames} messages from the server")
    figure("calendar-meeting-starts-messages", n_frames, 0)


def make_report(start_s):
    return {"read_at": peer.now_text(), "known_from": peer.now_text(-86400), "known_until": peer.now_text(14 * 86400),
            "periods": [{"start": peer.now_text(start_s - time.time()), "end": peer.now_text(start_s - time.time() + 3600), "type": "busy"}]}


def read_resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def main():
    n_events = int(sys.argv[1]) if len(sys.argv) > 1 else N_EVENTS
    n_people = int(sys.argv[2]) if len(sys.argv) > 2 else N_PEOPLE
    told_s = measure_one(n_events)
    measure_many(n_people, 50, told_s)
    measure_starts()
    lines = [f"{name} {value:.3g} {target:g} {'ok' if value <= target else 'short'}" for name, value, target in figures]
    if "LF_BENCH_FIGURES" in os.environ:
        with open(os.environ["LF_BENCH_FIGURES"], "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
    else:
        print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
