# SPDX-License-Identifier: GPL-3.0-or-later
"""A case of the corpus: a series with its exceptions, as .ics text, and what python3-dateutil makes of it."""

import dataclasses
import datetime
import zoneinfo

from calendar_print import UTC
from made_up_series import Series

# The rules of 2026 as an exporter would write them: the offset from UTC in winter, and for zones with summer
# time its offset and when each begins: month, weekday, and the wall clock's hour before the change.
ZONE_RULES = {
    "Europe/Berlin": ("+0100", "+0200", (3, "-1SU", 2, 0), (10, "-1SU", 3, 0)),
    "America/New_York": ("-0500", "-0400", (3, "2SU", 2, 0), (11, "1SU", 2, 0)),
    "America/Los_Angeles": ("-0800", "-0700", (3, "2SU", 2, 0), (11, "1SU", 2, 0)),
    "Australia/Sydney": ("+1000", "+1100", (10, "1SU", 2, 0), (4, "1SU", 3, 0)),
    "Australia/Lord_Howe": ("+1030", "+1100", (10, "1SU", 2, 0), (4, "1SU", 2, 0)),
    "Asia/Kolkata": ("+0530",),
    "Asia/Tehran": ("+0330",),
    "Asia/Kathmandu": ("+0545",),
    "Asia/Tokyo": ("+0900",),
    "America/Sao_Paulo": ("-0300",),
}


def write_zone(zone_key, tzid=None, first_year=2008):
    """A VTIMEZONE with the rules of @zone_key, under the name @tzid."""
    winter, *rest = ZONE_RULES[zone_key]
    lines = ["BEGIN:VTIMEZONE", "TZID:" + (tzid or zone_key)]
    if not rest:
        lines += ["BEGIN:STANDARD", f"DTSTART:{first_year}0101T000000", "TZOFFSETFROM:" + winter,
                  "TZOFFSETTO:" + winter, "END:STANDARD"]
    else:
        summer, to_summer, to_winter = rest
        for part, before, after, (month, weekday, hour, minute) in (("DAYLIGHT", winter, summer, to_summer),
                                                                     ("STANDARD", summer, winter, to_winter)):
            lines += ["BEGIN:" + part, f"DTSTART:{first_year}0101T{hour:02d}{minute:02d}00",
                      f"RRULE:FREQ=YEARLY;BYDAY={weekday};BYMONTH={month}", "TZOFFSETFROM:" + before,
                      "TZOFFSETTO:" + after, "END:" + part]
    return lines + ["END:VTIMEZONE"]


@dataclasses.dataclass
class Override:
    """An instance with a RECURRENCE-ID; times on the wall of the series' zone."""
    recurrence: datetime.datetime
    start: datetime.datetime
    length: datetime.timedelta
    is_range: bool = False        # RANGE=THISANDFUTURE
    words: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class CorpusSeries(Series):
    length: datetime.timedelta = datetime.timedelta(minutes=45)
    overrides: list = dataclasses.field(default_factory=list)
    words: dict = dataclasses.field(default_factory=dict)   # STATUS and so on
    tzid: str = ""                # written in place of the zone's own name
    length_line: str = ""         # in place of a DTEND
    utc_lists: bool = False       # EXDATE and RDATE in UTC
    periods: list = dataclasses.field(default_factory=list)  # RDATE;VALUE=PERIOD: (start, length)
    exclude_days: bool = False    # EXDATE;VALUE=DATE in a series of times

    def to_utc(self, local):
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def write(self, name, times, as_utc=False):
        line = self.write_time(name, times, as_utc)
        return line.replace(f"TZID={self.zone.key}", "TZID=" + self.tzid) if self.tzid else line

    def write_span(self, start, length, length_line=""):
        yield self.write("DTSTART", [start])
        if length_line:
            yield length_line
        elif self.days:
            yield self.write("DTEND", [start + length])
        else:
            end = (self.to_utc(start) + length).astimezone(self.zone).replace(tzinfo=None)
            yield self.write("DTEND", [end])

    def write_period(self, start, length, has_end):
        """An RDATE with a length of its own, as a duration or by its end."""
        minutes = int(length.total_seconds()) // 60
        line = self.write("RDATE", [start]).replace("RDATE", "RDATE;VALUE=PERIOD", 1)
        return line + (f"/{start + length:%Y%m%dT%H%M%S}" if has_end else f"/PT{minutes}M")

    def lines(self):
        result = ["BEGIN:VEVENT", "UID:series", "DTSTAMP:20260101T000000Z",
                  *self.write_span(self.start, self.length, self.length_line)]
        result += ["RRULE:" + self.rule] if self.rule else []
        for name, times in (("RDATE", self.extra), ("EXDATE", self.excluded)):
            if times and name == "EXDATE" and self.exclude_days:
                result.append("EXDATE;VALUE=DATE:" + ",".join(at.strftime("%Y%m%d") for at in times))
            elif times:
                result.append(self.write(name, times, self.utc_lists))
        result += [self.write_period(*period, number % 2) for number, period in enumerate(self.periods)]
        result += [f"{name}:{value}" for name, value in self.words.items()] + ["END:VEVENT"]
        for override in self.overrides:
            recurrence = self.write("RECURRENCE-ID", [override.recurrence], self.utc_lists)
            if override.is_range:
                recurrence = recurrence.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1)
            result += ["BEGIN:VEVENT", "UID:series", "DTSTAMP:20260101T000000Z", recurrence,
                       *self.write_span(override.start, override.length)]
            result += [f"{name}:{value}" for name, value in override.words.items()] + ["END:VEVENT"]
        return result

    def span(self, start, length):
        """Lengths of days are counted on the wall, others on the clock (RFC 5545 section 3.3.6)."""
        if self.days or self.length_line.startswith("DURATION:P1D"):
            return self.to_utc(start), self.to_utc(start + length)
        return self.to_utc(start), self.to_utc(start) + length

    def expand(self, first, last):
        """The instances by dateutil, as (start, end, is a date, what it says)."""
        margin = datetime.timedelta(days=60)
        if self.rule or self.extra:
            starts = list(self.starts(first - margin, last + margin))
        else:
            starts = [self.start]
        if self.start not in starts and self.start not in self.excluded:
            starts.append(self.start)
        taken = {override.recurrence for override in self.overrides}
        for override in self.overrides:
            yield *self.span(override.start, override.length), bool(self.days), override.words
        for start, length in self.periods:
            yield self.to_utc(start), self.to_utc(start) + length, False, self.words
        for local in starts:
            if local in taken:
                continue
            ranges = [override for override in self.overrides if override.is_range and override.recurrence <= local]
            if ranges:
                latest = max(ranges, key=lambda override: override.recurrence)
                moved = local + (latest.start - latest.recurrence)
                yield *self.span(moved, latest.length), bool(self.days), latest.words
            else:
                yield *self.span(local, self.length), bool(self.days), self.words


@dataclasses.dataclass
class Case:
    name: str
    lines: list
    first: datetime.datetime
    last: datetime.datetime
    series: CorpusSeries = None   # None: nothing for dateutil
    owner_zone: str = "Europe/Berlin"
    file_text: str = ""           # a calendar written by hand, in place of the lines

    def text(self):
        if self.file_text:
            return self.file_text
        return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lampfield//corpus//EN", *self.lines,
                            "END:VCALENDAR", ""])


def decide_type(words, is_date, length):
    """What an instance counts as: the table of docs/calendars.md once more; None for nothing."""
    status = words.get("STATUS", "").upper()
    busy_status = words.get("X-MICROSOFT-CDO-BUSYSTATUS", "").upper()
    if status == "CANCELLED" or busy_status == "FREE":
        return None
    by_status = {"TENTATIVE": "tentative", "BUSY": "busy", "OOF": "out_of_office", "WORKINGELSEWHERE": "elsewhere"}
    if busy_status in by_status:
        found = by_status[busy_status]
    elif words.get("TRANSP", "").upper() == "TRANSPARENT":
        return None
    else:
        found = "tentative" if status == "TENTATIVE" else "busy"
    if found in ("busy", "tentative") and (is_date or length >= datetime.timedelta(days=1)):
        return "all_day"
    return found


def unite(instances, first, last):
    """Instances as (start, end, is a date, words) to what is published of them: cut to the window, those of one
    type united where they touch."""
    periods = []
    for start, end, is_date, words in instances:
        busy_type = decide_type(words, is_date, end - start)
        if busy_type is not None and start < end and end > first and start < last:
            periods.append((busy_type, max(start, first), min(end, last)))
    united = []
    for busy_type, start, end in sorted(periods):
        if united and united[-1][0] == busy_type and start <= united[-1][2]:
            united[-1][2] = max(united[-1][2], end)
        else:
            united.append([busy_type, start, end])
    return sorted((start, end, busy_type) for busy_type, start, end in united)


def zone(key):
    return zoneinfo.ZoneInfo(key)
