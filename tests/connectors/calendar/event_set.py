# SPDX-License-Identifier: GPL-3.0-or-later
"""One set of events, as several programs write them, and the busy periods it means; for both paths that calendars take."""

import datetime
import typing
import zoneinfo

from caldav_servers import calendar

ZONE = "Europe/Berlin"
OWN = "mara@example.org"
UTC = datetime.timezone.utc
BERLIN = zoneinfo.ZoneInfo(ZONE)
KOLKATA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
CUSTOM_ZONE = ("BEGIN:VTIMEZONE", "TZID:Somewhere", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0530",
               "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE")
LOCAL = "%Y%m%dT%H%M%S"
STAMP = "DTSTAMP:20260101T000000Z"


class Row(typing.NamedTuple):
    """An event of an hour: what it says of itself, how it writes its start, and what it counts as; None: nothing."""

    lines: tuple = ()
    counts: str = "busy"
    zone: datetime.tzinfo = UTC
    start: str = f"DTSTART:{LOCAL}Z"
    head: tuple = ()
    duration: str = "PT1H"

    def make(self, uid, start):
        return calendar(*self.head, "BEGIN:VEVENT", f"UID:{uid}", STAMP, start.astimezone(self.zone).strftime(self.start),
                        f"DURATION:{self.duration}", "SUMMARY:Secret project", *self.lines, "END:VEVENT")


ROWS = {
    "busy": Row(),
    "tentative": Row(("STATUS:TENTATIVE",), "tentative"),
    "transparent": Row(("TRANSP:TRANSPARENT",), None),
    "cancelled": Row(("STATUS:CANCELLED",), None),
    "declined": Row((f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}",), None),
    "unanswered": Row((f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWN}", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org"), "tentative"),
    "out-of-office": Row(("X-MICROSOFT-CDO-BUSYSTATUS:OOF",), "out_of_office"),
    "elsewhere": Row(("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",), "elsewhere"),
    "free": Row(("X-MICROSOFT-CDO-BUSYSTATUS:FREE",), None),
    "private": Row(("CLASS:PRIVATE",)),
    "nothing-long": Row(counts=None, duration="PT0S"),
    "windows-zone": Row(zone=BERLIN, start=f"DTSTART;TZID=W. Europe Standard Time:{LOCAL}"),
    "vendor-zone": Row(zone=BERLIN, start=f"DTSTART;TZID=/vendor.example/Europe/Berlin:{LOCAL}"),
    "floating": Row(zone=BERLIN, start=f"DTSTART:{LOCAL}"),
    "custom-zone": Row(zone=KOLKATA, start=f"DTSTART;TZID=Somewhere:{LOCAL}", head=CUSTOM_ZONE),
}
IN_BERLIN = Row(zone=BERLIN, start=f"DTSTART;TZID={ZONE}:{LOCAL}")


def make_all_day(uid, day):
    return calendar("BEGIN:VEVENT", f"UID:{uid}", STAMP, f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                    f"DTEND;VALUE=DATE:{day + datetime.timedelta(days=1):%Y%m%d}", "END:VEVENT")


def make_series(uid, first):
    """Daily on five days from @first on: the second is left out, the third moved by three hours, the fourth cancelled."""
    local = first.astimezone(BERLIN).replace(tzinfo=None)

    def write(name, day, hours=0):
        return f"{name};TZID={ZONE}:{local + datetime.timedelta(days=day, hours=hours):{LOCAL}}"

    return calendar(
        "BEGIN:VEVENT", f"UID:{uid}", STAMP, write("DTSTART", 0), "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=5", write("EXDATE", 1), "END:VEVENT",
        "BEGIN:VEVENT", f"UID:{uid}", STAMP, write("RECURRENCE-ID", 2), write("DTSTART", 2, 3), "DURATION:PT1H", "END:VEVENT",
        "BEGIN:VEVENT", f"UID:{uid}", STAMP, write("RECURRENCE-ID", 3), write("DTSTART", 3), "DURATION:PT1H", "STATUS:CANCELLED", "END:VEVENT")


def make_weekly(uid, start):
    """An old one that goes on, on the weekday and at the hour of @start."""
    old = start.astimezone(BERLIN).replace(tzinfo=None) - datetime.timedelta(weeks=100)
    return IN_BERLIN._replace(lines=("RRULE:FREQ=WEEKLY",)).make(uid, old.replace(tzinfo=BERLIN))


class EventSet:
    """Objects by name, and what they mean together. All from tomorrow on, hours apart, so that none is hidden by another."""

    def __init__(self, now=None):
        self.first = (now or datetime.datetime.now(UTC)).date() + datetime.timedelta(days=1)
        self.objects = {}
        self.expected = []
        for i, (name, row) in enumerate(ROWS.items()):
            start = self.at(0, 0) + datetime.timedelta(hours=2 * i)
            self.objects[name] = row.make(f"{name}@lampfield.test", start)
            if row.counts:
                self.means(start, kind=row.counts)
        self._make_others()
        self.expected.sort()

    def at(self, day, hour, zone=UTC):
        return datetime.datetime.combine(self.first + datetime.timedelta(days=day), datetime.time(hour), zone)

    def means(self, start, hours=1, kind="busy"):
        end = start + datetime.timedelta(hours=hours)
        self.expected.append(" ".join(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for moment in (start, end)) + " " + kind)

    def _make_others(self):
        self.objects["all-day"] = make_all_day("all-day@lampfield.test", self.at(3, 0))
        self.means(self.at(3, 0, BERLIN), 24, "all_day")
        self.objects["series"] = make_series("series@lampfield.test", self.at(5, 9, BERLIN))
        self.means(self.at(5, 9, BERLIN))
        self.means(self.at(7, 12, BERLIN))
        self.means(self.at(9, 9, BERLIN))
        self.objects["weekly"] = make_weekly("weekly@lampfield.test", self.at(10, 9, BERLIN))
        self.means(self.at(3, 9, BERLIN))
        self.means(self.at(10, 9, BERLIN))
        self.objects["past"] = ROWS["busy"].make("past@lampfield.test", self.at(-30, 9))


def list_steps(now):
    """The same events as they lie around @now, to be put one after the other in place of each other.

    Yields (name, text, whether it makes a meeting); that alternates, so that every step can be seen.
    """
    uid = "now@lampfield.test"
    start = now.replace(second=0, microsecond=0) - datetime.timedelta(minutes=10)
    meeting = [(name, row.make(uid, start)) for name, row in ROWS.items() if row.counts == "busy"]
    none = [(name, row.make(uid, start)) for name, row in ROWS.items() if row.counts != "busy"]
    meeting.append(("weekly", make_weekly(uid, start)))
    none.append(("all-day", make_all_day(uid, now.astimezone(BERLIN))))
    series = (("series", 0, 0, meeting), ("series, left out", 1, 0, none), ("series, moved away", 2, 0, none),
              ("series, moved here", 2, 3, meeting), ("series, cancelled", 3, 0, none), ("series, the last", 4, 0, meeting))
    for name, days, hours, steps in series:
        local = start.astimezone(BERLIN).replace(tzinfo=None) - datetime.timedelta(days=days, hours=hours)
        steps.append((name, make_series(uid, local.replace(tzinfo=BERLIN))))
    while len(meeting) < len(none):
        meeting.append(meeting[0])
    for pair in zip(meeting, none):
        for (name, text), is_meeting in zip(pair, (True, False)):
            yield name, text, is_meeting
