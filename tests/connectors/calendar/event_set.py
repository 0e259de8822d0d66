# SPDX-License-Identifier: GPL-3.0-or-later
"""One set of events, as several programs write them, and the busy periods it means; for both paths that calendars take."""

import datetime
import zoneinfo

from caldav_servers import calendar, event

ZONE = "Europe/Berlin"
OWN = "mara@example.org"
UTC = datetime.timezone.utc
CUSTOM_ZONE = ["BEGIN:VTIMEZONE", "TZID:Somewhere", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0530",
               "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE"]


class EventSet:
    """Objects by name, and what they mean together. All from tomorrow on, an hour apart, so that none is hidden by another."""

    def __init__(self, now=None):
        self.first = (now or datetime.datetime.now(UTC)).date() + datetime.timedelta(days=1)
        self.objects = {}
        self.expected = []
        self._make()

    def at(self, day, hour, zone=UTC):
        return datetime.datetime.combine(self.first + datetime.timedelta(days=day), datetime.time(hour), zone)

    def means(self, start, hours=1, kind="busy"):
        end = start + datetime.timedelta(hours=hours)
        self.expected.append(" ".join(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for moment in (start, end)) + " " + kind)

    def add(self, name, *lines, start=None, day=0, hour=None):
        start = start or f"DTSTART:{self.at(day, hour):%Y%m%dT%H%M%SZ}"
        self.objects[name] = event(f"{name}@lampfield.test", start, "DURATION:PT1H", "SUMMARY:" + name, *lines)

    def _make(self):
        berlin = zoneinfo.ZoneInfo(ZONE)
        kolkata = datetime.timezone(datetime.timedelta(hours=5, minutes=30))

        self.add("busy", hour=0)
        self.means(self.at(0, 0))
        self.add("tentative", "STATUS:TENTATIVE", hour=2)
        self.means(self.at(0, 2), kind="tentative")
        self.add("transparent", "TRANSP:TRANSPARENT", hour=4)
        self.add("cancelled", "STATUS:CANCELLED", hour=4)
        self.add("declined", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}", hour=4)
        self.add("unanswered", f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWN}", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org", hour=6)
        self.means(self.at(0, 6), kind="tentative")
        self.add("out-of-office", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", hour=8)
        self.means(self.at(0, 8), kind="out_of_office")
        self.add("elsewhere", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", hour=10)
        self.means(self.at(0, 10), kind="elsewhere")
        self.add("free", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", hour=12)
        self.add("private", "CLASS:PRIVATE", hour=14)
        self.means(self.at(0, 14))
        self.add("nothing-long", hour=16)
        self.objects["nothing-long"] = self.objects["nothing-long"].replace("PT1H", "PT0S")
        self.add("windows-zone", start=f"DTSTART;TZID=W. Europe Standard Time:{self.at(1, 9):%Y%m%dT%H%M%S}")
        self.means(self.at(1, 9, berlin))
        self.add("vendor-zone", start=f"DTSTART;TZID=/vendor.example/Europe/Berlin:{self.at(1, 12):%Y%m%dT%H%M%S}")
        self.means(self.at(1, 12, berlin))
        self.add("floating", start=f"DTSTART:{self.at(1, 15):%Y%m%dT%H%M%S}")
        self.means(self.at(1, 15, berlin))
        self._make_several(berlin, kolkata)

    def _make_several(self, berlin, kolkata):
        """Those that are more than one component."""
        zoned = event("custom-zone@lampfield.test", f"DTSTART;TZID=Somewhere:{self.at(2, 18):%Y%m%dT%H%M%S}", "DURATION:PT1H")
        self.objects["custom-zone"] = zoned.replace("BEGIN:VEVENT", "\r\n".join([*CUSTOM_ZONE, "BEGIN:VEVENT"]))
        self.means(self.at(2, 18, kolkata))

        self.objects["all-day"] = event("all-day@lampfield.test", f"DTSTART;VALUE=DATE:{self.at(3, 0):%Y%m%d}",
                                        f"DTEND;VALUE=DATE:{self.at(4, 0):%Y%m%d}")
        self.means(self.at(3, 0, berlin), 24, "all_day")

        # Daily on five days: the second is left out, the third moved by three hours, the fourth cancelled.
        uid = "UID:series@lampfield.test"
        one = f"DTSTART;TZID={ZONE}:{{:%Y%m%dT%H%M%S}}"
        self.objects["series"] = calendar(
            "BEGIN:VEVENT", uid, "DTSTAMP:20260101T000000Z", one.format(self.at(5, 9)), "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=5",
            f"EXDATE;TZID={ZONE}:{self.at(6, 9):%Y%m%dT%H%M%S}", "END:VEVENT",
            "BEGIN:VEVENT", uid, "DTSTAMP:20260101T000000Z", f"RECURRENCE-ID;TZID={ZONE}:{self.at(7, 9):%Y%m%dT%H%M%S}",
            one.format(self.at(7, 12)), "DURATION:PT1H", "END:VEVENT",
            "BEGIN:VEVENT", uid, "DTSTAMP:20260101T000000Z", f"RECURRENCE-ID;TZID={ZONE}:{self.at(8, 9):%Y%m%dT%H%M%S}",
            one.format(self.at(8, 9)), "DURATION:PT1H", "STATUS:CANCELLED", "END:VEVENT")
        self.means(self.at(5, 9, berlin))
        self.means(self.at(7, 12, berlin))
        self.means(self.at(9, 9, berlin))

        # An old one that goes on, on the weekday of the eleventh day.
        old = self.at(10, 9) - datetime.timedelta(weeks=100)
        self.objects["weekly"] = event("weekly@lampfield.test", one.format(old), "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
        self.means(self.at(3, 9, berlin))
        self.means(self.at(10, 9, berlin))
        self.objects["past"] = event("past@lampfield.test", f"DTSTART:{self.at(-30, 9):%Y%m%dT%H%M%SZ}", "DURATION:PT1H")
        self.expected.sort()
