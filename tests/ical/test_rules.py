#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expands made-up repeat rules by lampfield-calendar and by python3-dateutil, an implementation of its own,
and wants the same times from both.

    test_rules.py PROGRAM [SEED]
"""

import datetime
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

try:
    from dateutil.rrule import rrulestr
except ImportError:
    print("skipped: python3-dateutil is not installed")
    sys.exit(77)

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"]
CALENDARS = 24
RULES_EACH = 18  # one a minute of the hour: periods of two rules never touch, and stay below 400
WINDOW = (datetime.timedelta(days=-1), datetime.timedelta(days=14))


def days(chance, most):
    return ",".join(sorted(chance.sample(DAYS, chance.randint(1, most)), key=DAYS.index))


def monthly_part(chance):
    return chance.choice([
        lambda: [],
        lambda: ["BYMONTHDAY=" + ",".join(map(str, sorted(chance.sample(range(1, 32), chance.randint(1, 3)))))],
        lambda: ["BYMONTHDAY=" + ",".join(map(str, chance.sample([-1, -2, -3, -10, 1, 15], 2)))],
        lambda: ["BYDAY=" + days(chance, 2)],
        lambda: ["BYDAY=" + chance.choice(["1", "2", "3", "4", "5", "-1", "-2"]) + chance.choice(DAYS)],
        lambda: ["BYDAY=MO,TU,WE,TH,FR", "BYSETPOS=" + chance.choice(["1", "2", "-1", "-2"])],
    ])()


def make_rule(chance):
    freq = chance.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"])
    parts = ["FREQ=" + freq]
    if chance.random() < 0.5:
        parts.append(f"INTERVAL={chance.randint(1, 6)}")
    if freq == "DAILY" and chance.random() < 0.4:
        parts.append("BYDAY=" + days(chance, 5))
    if freq == "DAILY" and chance.random() < 0.2:
        parts.append("BYMONTH=" + ",".join(map(str, sorted(chance.sample(range(1, 13), 3)))))
    if freq == "WEEKLY" and chance.random() < 0.8:
        parts.append("BYDAY=" + days(chance, 4))
    if freq == "MONTHLY":
        parts += monthly_part(chance)
    if freq == "YEARLY":
        parts += monthly_part(chance)
        if len(parts) > 1 and any(part.startswith("BY") for part in parts):
            parts.append(f"BYMONTH={chance.randint(1, 12)}")
    if chance.random() < 0.3:
        parts.append("WKST=" + chance.choice(["MO", "SU"]))
    if chance.random() < 0.2:
        parts.append(f"COUNT={chance.randint(1, 400)}")
    return ";".join(parts)


def make_start(chance, rule, now, minute):
    """A start that is an instance of its own rule, as every exporter writes it; None if the rule has none."""
    start = datetime.datetime(now.year - chance.randint(0, 6), chance.randint(1, 12), chance.randint(1, 28),
                              chance.randint(0, 23), minute)
    try:
        return next(iter(rrulestr(rule, dtstart=start).xafter(start, inc=True, count=1)), None)
    except ValueError:
        return None


def expect(rule, start, zone, first, last):
    """Starts in the window, as instants."""
    found = []
    margin = datetime.timedelta(days=2)
    for local in rrulestr(rule, dtstart=start).xafter(first.replace(tzinfo=None) - margin, inc=True):
        if local > last.replace(tzinfo=None) + margin:
            break
        at = local.replace(tzinfo=zone).astimezone(datetime.timezone.utc)
        if first <= at < last:
            found.append(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return found


def expand(program, folder, events, zone, now):
    path = os.path.join(folder, "rules.ics")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, (rule, start) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", start.strftime("DTSTART:%Y%m%dT%H%M%S"), "DURATION:PT20S",
                  "RRULE:" + rule, "END:VEVENT"]
    with open(path, "w", encoding="ascii", newline="\r\n") as file:
        file.write("\n".join(lines + ["END:VCALENDAR", ""]))
    done = subprocess.run([program, "--print", path, "--zone", zone.key, "--now", now.strftime("%Y-%m-%dT%H:%M:%SZ")],
                          capture_output=True, text=True, timeout=120, check=True)
    known = done.stderr.split(" to ")[1].split()[0]
    return [line.split()[0] for line in done.stdout.splitlines()], known


def check_calendar(program, folder, chance):
    """Returns how many times were compared, and what differs."""
    zone = zoneinfo.ZoneInfo(chance.choice(ZONES))
    now = datetime.datetime(2026, chance.randint(1, 12), chance.randint(1, 28), 12, tzinfo=datetime.timezone.utc)
    first, last = now + WINDOW[0], now + WINDOW[1]
    events = []
    while len(events) < RULES_EACH:
        rule = make_rule(chance)
        start = make_start(chance, rule, now, 3 * len(events))
        if start is not None:
            events.append((rule, start))

    got, known = expand(program, folder, events, zone, now)
    if known != last.strftime("%Y-%m-%dT%H:%M:%SZ"):
        return 0, [f"the window was cut at {known}"]
    wrong, compared = [], 0
    for number, (rule, start) in enumerate(events):
        minute = datetime.datetime(2000, 1, 1, 0, 3 * number)
        # the minute of the hour says whose period it is; Kolkata is half an hour off
        shift = 30 if zone.key == "Asia/Kolkata" else 0
        mark = f":{(minute.minute - shift) % 60:02d}:00Z"
        mine = [at for at in got if at.endswith(mark)]
        theirs = expect(rule, start, zone, first, last)
        compared += len(theirs)
        if mine != theirs:
            wrong.append(f"{rule} from {start} in {zone.key}, window at {now}:\n  ours   {mine}\n  theirs {theirs}")
    return compared, wrong


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261124
    chance = random.Random(seed)
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(CALENDARS):
            compared, differing = check_calendar(program, folder, chance)
            total += compared
            wrong += differing
    for text in wrong[:10]:
        print(text)
    print(f"{total} times of {CALENDARS * RULES_EACH} rules compared, {len(wrong)} rules differ (seed {seed})")
    sys.exit(1 if wrong or total == 0 else 0)


if __name__ == "__main__":
    main()
