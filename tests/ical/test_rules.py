#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expands made-up series by lampfield-calendar and by python3-dateutil, an implementation of its own,
and wants the same times from both.

    test_rules.py PROGRAM [SEED]
"""

import collections
import datetime
import random
import sys
import tempfile
import zoneinfo

try:
    import made_up_series
except ImportError:
    print("skipped: python3-dateutil is not installed")
    sys.exit(77)
from calendar_print import UTC, WINDOW, expand, format_instant

CALENDARS = 48
# Periods of two series must not touch, or they would be united: each timed one has seconds of the minute for
# itself, each all-day one a type.
TIMED_EACH = 14
ALL_DAY = [("BUSY", "all_day"), ("OOF", "out_of_office"), ("WORKINGELSEWHERE", "elsewhere")]
MAX_PERIODS = 360  # of the 400 that a calendar may publish


def draw_timed(chance, now, second, owner_zone, budget):
    """A timed series that fits into what may be published, and what is expected of it."""
    first, last = now + WINDOW[0], now + WINDOW[1]
    while True:
        series = made_up_series.draw_series(chance, now, second, owner_zone)
        if series is None:
            continue
        expected = series.expect_starts(first, last)
        if len(expected) <= budget:
            return series, expected


def draw_all_day(chance, now, owner_zone):
    series = None
    while series is None:
        series = made_up_series.draw_series(chance, now, 0, owner_zone, days=chance.randint(1, 2))
    return series, series.expect_days(now + WINDOW[0], now + WINDOW[1])


def draw_calendar(chance, now, owner_zone):
    """Lines of the calendar, and a row for each series: itself, what tells its periods, what is expected."""
    lines, rows = [], []
    budget = MAX_PERIODS
    for number in range(TIMED_EACH):
        series, expected = draw_timed(chance, now, 4 * number, owner_zone, budget)
        budget -= len(expected)
        lines += made_up_series.write_series(chance, number, series, ["DURATION:PT2S"])
        rows.append((series, f":{4 * number:02d}Z", expected))
    for word, busy_type in ALL_DAY:
        series, expected = draw_all_day(chance, now, owner_zone)
        lines += made_up_series.write_series(chance, busy_type, series, [
            f"DURATION:P{series.days}D", "X-MICROSOFT-CDO-BUSYSTATUS:" + word])
        rows.append((series, busy_type, expected))
    return lines, rows


def pick(periods, mark):
    """Of all periods those of one series: starts of a timed one, (start, end) of an all-day one."""
    if mark.startswith(":"):
        return [start for start, _, busy_type in periods if busy_type == "busy" and start.endswith(mark)]
    return [(start, end) for start, end, busy_type in periods if busy_type == mark]


def check_calendar(program, folder, chance, counts):
    """Counts what was compared, by kind; returns what differs."""
    owner_zone = zoneinfo.ZoneInfo(chance.choice(made_up_series.ZONES))
    now = datetime.datetime(chance.randint(2016, 2030), chance.randint(1, 12), chance.randint(1, 28), 12, tzinfo=UTC)
    lines, rows = draw_calendar(chance, now, owner_zone)
    periods, known_until, notes = expand(program, folder, lines, owner_zone.key, now)
    if known_until != format_instant(now + WINDOW[1]):
        return [f"the window was cut at {known_until}"]
    wrong = [f"of the calendar at {now}: {note}" for note in notes]
    for series, mark, expected in rows:
        got = pick(periods, mark)
        for label in labels_of(series):
            counts[label] += len(expected)
        counts["all"] += len(expected)
        if got != expected:
            wrong.append(f"{series.describe()}, window at {now}:\n  only ours   {sorted(set(got) - set(expected))}\n"
                         f"  only theirs {sorted(set(expected) - set(got))}")
    if sum(len(pick(periods, mark)) for _, mark, _ in rows) != len(periods):
        wrong.append(f"periods that no series has, window at {now}")
    return wrong


def labels_of(series):
    """What a series shows; each of these must have been compared somewhere."""
    labels = [series.kind, series.zone.key, "all-day" if series.days else "timed"]
    labels += ["RDATE"] if series.extra else []
    labels += ["EXDATE"] if series.excluded else []
    labels += ["floating"] if series.is_floating else []
    return labels


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261124
    chance = random.Random(seed)
    counts, wrong = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(CALENDARS):
            wrong += check_calendar(program, folder, chance, counts)
    for text in wrong[:10]:
        print(text)
    total = counts.pop("all")
    print("Times compared: " + ", ".join(f"{label} {count}" for label, count in sorted(counts.items())))
    needed = [*made_up_series.KINDS, *made_up_series.ZONES, "all-day", "timed", "RDATE", "EXDATE", "floating"]
    missing = [label for label in needed if counts[label] == 0]
    if missing:
        print("Never compared: " + ", ".join(missing))
    print(f"{total} times of {CALENDARS * (TIMED_EACH + len(ALL_DAY))} series compared, {len(wrong)} differences "
          f"(seed {seed})")
    sys.exit(1 if wrong or missing else 0)


if __name__ == "__main__":
    main()
