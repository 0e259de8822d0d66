# SPDX-License-Identifier: GPL-3.0-or-later
"""Series drawn from a seed, and what python3-dateutil, an implementation of its own, makes of them."""

import dataclasses
import datetime
import itertools
import zoneinfo

from dateutil.rrule import rruleset, rrulestr

from calendar_print import UTC, format_instant

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Kolkata, Tehran, Kathmandu and Lord Howe are off by parts of an hour; Tehran until 2022 and Sao Paulo until
# 2019 changed their clocks at midnight.
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC", "Asia/Tehran",
         "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"]
MARGIN = datetime.timedelta(days=3)  # more than any offset from UTC, and any all-day event here


@dataclasses.dataclass
class Series:
    kind: str
    rule: str
    start: datetime.datetime      # on the wall of the zone
    zone: zoneinfo.ZoneInfo
    is_floating: bool = False     # written without its zone, which is then the owner's
    days: int = 0                 # an all-day event of that many days; 0: a timed one
    extra: list = dataclasses.field(default_factory=list)
    excluded: list = dataclasses.field(default_factory=list)

    def starts(self, first, last):
        """Starts by dateutil that can reach the window, on the wall, each once."""
        rules = rruleset()
        if self.rule:
            rules.rrule(rrulestr(self.rule, dtstart=self.start))
        else:
            rules.rdate(self.start)
        for local in self.extra:
            rules.rdate(local)
        for local in self.excluded:
            rules.exdate(local)
        until = last.replace(tzinfo=None) + MARGIN
        return itertools.takewhile(lambda local: local <= until,
                                   rules.xafter(first.replace(tzinfo=None) - MARGIN, inc=True))

    def expect_starts(self, first, last):
        """Instants at which a timed series starts in the window, each once: a wall time that is left out when
        clocks go forward may fall on another instance."""
        instants = {local.replace(tzinfo=self.zone).astimezone(UTC) for local in self.starts(first, last)}
        return [format_instant(at) for at in sorted(instants) if first <= at < last]

    def expect_days(self, first, last):
        """Spans of whole days in the window, united where they touch, as (start, end)."""
        spans = []
        for local in self.starts(first, last):
            start, end = (day.replace(tzinfo=self.zone).astimezone(UTC)
                          for day in (local, local + datetime.timedelta(days=self.days)))
            start, end = max(start, first), min(end, last)
            if start >= end:
                continue
            if spans and start <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], end)
            else:
                spans.append([start, end])
        return [(format_instant(start), format_instant(end)) for start, end in spans]

    def write_time(self, name, times, as_utc=False):
        """A property with one or more times; a time that comes twice is written on the wall alone."""
        if self.days:
            return f"{name};VALUE=DATE:" + ",".join(at.strftime("%Y%m%d") for at in times)
        if as_utc:
            return f"{name}:" + ",".join(at.replace(tzinfo=self.zone).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
                                         for at in times)
        zone = "" if self.is_floating else f";TZID={self.zone.key}"
        return f"{name}{zone}:" + ",".join(at.strftime("%Y%m%dT%H%M%S") for at in times)

    def describe(self):
        return (f"{self.kind}: {self.rule} from {self.start} in {self.zone.key}"
                + (f" of {self.days} days" if self.days else "")
                + (f" with {[str(at) for at in self.extra]}" if self.extra else "")
                + (f" without {[str(at) for at in self.excluded]}" if self.excluded else ""))


def join_numbers(numbers):
    return ",".join(map(str, numbers))


def draw_days(chance, most):
    return ",".join(sorted(chance.sample(DAYS, chance.randint(1, most)), key=DAYS.index))


def draw_interval(chance, most, always=False):
    return [f"INTERVAL={chance.randint(1, most)}"] if always or chance.random() < 0.5 else []


def draw_monthly_part(chance):
    return chance.choice([
        lambda: [],
        lambda: ["BYMONTHDAY=" + join_numbers(sorted(chance.sample(range(1, 32), chance.randint(1, 3))))],
        lambda: ["BYMONTHDAY=" + join_numbers(chance.sample([-1, -2, -3, -10, 1, 15], 2))],
        lambda: ["BYDAY=" + draw_days(chance, 2)],
        lambda: ["BYDAY=" + chance.choice(["1", "2", "3", "4", "5", "-1", "-2"]) + chance.choice(DAYS)],
        lambda: ["BYDAY=MO,TU,WE,TH,FR", "BYSETPOS=" + chance.choice(["1", "2", "-1", "-2"])],
    ])()


def draw_hourly(chance, _now):
    parts = draw_interval(chance, 30, always=True)
    if chance.random() < 0.5:
        parts.append("BYDAY=" + draw_days(chance, 4))
    if chance.random() < 0.6:
        parts.append("BYHOUR=" + join_numbers(sorted(chance.sample(range(24), chance.randint(1, 8)))))
    if chance.random() < 0.3:
        parts.append("BYMINUTE=" + join_numbers(sorted(chance.sample([1, 20, 40, 59], 2))))
    return parts


def draw_daily(chance, _now):
    parts = draw_interval(chance, 6)
    if chance.random() < 0.4:
        parts.append("BYDAY=" + draw_days(chance, 5))
    if chance.random() < 0.2:
        parts.append("BYMONTH=" + join_numbers(sorted(chance.sample(range(1, 13), 3))))
    return parts


def draw_weekly(chance, _now):
    return draw_interval(chance, 6) + (["BYDAY=" + draw_days(chance, 4)] if chance.random() < 0.8 else [])


def draw_monthly(chance, _now):
    return draw_interval(chance, 6) + draw_monthly_part(chance)


def draw_yearly(chance, _now):
    parts = draw_monthly_part(chance)
    if parts:
        parts.append(f"BYMONTH={chance.randint(1, 12)}")
    return draw_interval(chance, 6) + parts


def draw_year_days(chance, now):
    """Most of them near the window: the others say nothing in a year's 15 days."""
    around = now.timetuple().tm_yday
    numbers = {min(max(around + chance.randint(-3, 16), 1), 366) for _ in range(chance.randint(1, 5))}
    numbers |= set(chance.sample([1, 59, 60, 61, 100, 365, 366], 2))
    numbers = {number - 367 if chance.random() < 0.3 else number for number in numbers}
    return draw_interval(chance, 2) + ["BYYEARDAY=" + join_numbers(sorted(numbers))]


def draw_year_weeks(chance, now):
    """With its days named: what a week without them means is read in two ways, DTSTART's day or all seven.
    Which year the days of week 1 belong to matters with an INTERVAL alone, so there is none. Weeks -52 and -53
    are left out, as dateutil does not see the days of such a week that lie in the year before."""
    around = now.isocalendar()[1]
    weeks = {(around + chance.randint(-1, 2)) % 53 + 1 for _ in range(chance.randint(1, 3))}
    weeks |= set(chance.sample([1, 2, 26, 52, 53], 1))
    weeks = {week - 54 if week > 2 and chance.random() < 0.3 else week for week in weeks}
    return ["BYWEEKNO=" + join_numbers(sorted(weeks)), "BYDAY=" + draw_days(chance, 4)]


def draw_year_week_days(chance, now):
    """Days of the month or of the year in some weeks: some of both are in the window, others leave room for other years."""
    day = now + datetime.timedelta(days=chance.randint(0, 13))
    weeks = {min(max(day.isocalendar()[1] + move, 1), 53) for move in range(-1, chance.randint(1, 3))}
    weeks = {week - 54 if week > 2 and chance.random() < 0.3 else week for week in weeks}
    if chance.random() < 0.5:
        days = sorted({day.day, *chance.sample(range(1, 32), 6)})
        days = [number - 32 if chance.random() < 0.3 else number for number in days]
        parts = ["BYMONTHDAY=" + join_numbers(days)]
    else:
        around = day.timetuple().tm_yday
        days = sorted({min(max(around + move, 1), 366) for move in (-5, -3, -1, 0, 2, 4)})
        days = [number - 367 if chance.random() < 0.3 else number for number in days]
        parts = ["BYYEARDAY=" + join_numbers(days)]
    if chance.random() < 0.4:
        parts.append("BYDAY=" + draw_days(chance, 5))
    return ["BYWEEKNO=" + join_numbers(sorted(weeks)), *parts]


def draw_year_week_positions(chance, now):
    """Weeks that lie in one year of the calendar alone: dateutil counts positions in that, while a week at New Year
    is one of the year that it belongs to; so there may be an INTERVAL, too."""
    around = now.isocalendar()[1]
    weeks = {min(max(around + move, 2), 51) for move in range(-1, chance.randint(1, 3))}
    weeks = {week - 53 if week > 3 and chance.random() < 0.2 else week for week in weeks}
    positions = chance.sample([*range(1, 9), *range(-8, 0)], chance.randint(1, 5))
    parts = ["BYWEEKNO=" + join_numbers(sorted(weeks)), "BYDAY=" + draw_days(chance, 4), "BYSETPOS=" + join_numbers(positions)]
    return draw_interval(chance, 2) + parts


KINDS = {
    "hourly": ("HOURLY", draw_hourly),
    "daily": ("DAILY", draw_daily),
    "weekly": ("WEEKLY", draw_weekly),
    "monthly": ("MONTHLY", draw_monthly),
    "yearly": ("YEARLY", draw_yearly),
    "year days": ("YEARLY", draw_year_days),
    "year weeks": ("YEARLY", draw_year_weeks),
    "days of year weeks": ("YEARLY", draw_year_week_days),
    "positions in year weeks": ("YEARLY", draw_year_week_positions),
}
WEIGHTS = {"hourly": 2, "daily": 2, "weekly": 4, "monthly": 4, "yearly": 2, "year days": 3, "year weeks": 3,
           "days of year weeks": 3, "positions in year weeks": 3}


def draw_rule(chance, kind, now):
    freq, draw_parts = KINDS[kind]
    parts = [f"FREQ={freq}", *draw_parts(chance, now)]
    if chance.random() < 0.3:
        parts.append("WKST=" + chance.choice(["MO", "SU"]))
    if chance.random() < 0.2:
        parts.append(f"COUNT={chance.randint(1, 400)}")
    return ";".join(parts)


def find_start(rule, earliest):
    """A start that is an instance of its own rule, as every exporter writes it; None if the rule has none."""
    try:
        return next(iter(rrulestr(rule, dtstart=earliest).xafter(earliest, inc=True, count=1)), None)
    except ValueError:
        return None


def draw_series(chance, now, second, owner_zone, days=0):
    """A series; @second of the minute marks a timed one. None if what was drawn has no instance."""
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    if days:
        kind = chance.choice(["daily", "weekly", "monthly", "yearly", "year days", "year weeks", "days of year weeks", "positions in year weeks"])
    years = chance.randint(0, 2 if kind == "hourly" else 6)
    time = (0, 0, 0) if days else (chance.randint(0, 23), chance.choice([0, 15, 30, 45]), second)
    rule = draw_rule(chance, kind, now)
    start = find_start(rule, datetime.datetime(now.year - years, chance.randint(1, 12), chance.randint(1, 28), *time))
    if start is None:
        return None
    is_floating = days > 0 or chance.random() < 0.3
    zone = owner_zone if is_floating else zoneinfo.ZoneInfo(chance.choice(ZONES))
    series = Series(kind, rule, start, zone, is_floating, days)
    first = now.replace(tzinfo=None)
    if chance.random() < 0.4:
        series.extra = [(first + datetime.timedelta(days=chance.randint(-2, 15))).replace(
            hour=0 if days else chance.randint(0, 23), minute=0 if days else 5, second=0 if days else second)
                        for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.4:
        near = list(series.starts(now - MARGIN, now + 5 * MARGIN))
        series.excluded = chance.sample(near, min(len(near), chance.randint(1, 4)))
    return series


def write_series(chance, number, series, end_lines):
    """The lines of its VEVENT. EXDATE and RDATE come as lists or line by line, on the wall or in UTC."""
    lines = ["BEGIN:VEVENT", f"UID:{number}", series.write_time("DTSTART", [series.start]), *end_lines,
             "RRULE:" + series.rule]
    for name, times in (("RDATE", series.extra), ("EXDATE", series.excluded)):
        as_utc = not series.is_floating and chance.random() < 0.3
        if chance.random() < 0.5:
            lines += [series.write_time(name, [at], as_utc) for at in times]
        elif times:
            lines.append(series.write_time(name, times, as_utc))
    return lines + ["END:VEVENT"]
