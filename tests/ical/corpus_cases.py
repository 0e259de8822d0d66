# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus: named cases, the same ones each time. build-aux/make-ical-oracle expands them by ical.js,
test_oracle.py by the product and by python3-dateutil."""

import datetime
import json
import pathlib
import random

import made_up_series
from calendar_print import UTC
from corpus_model import Case, CorpusSeries, Override, write_zone, zone

ZONED = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Asia/Tehran", "America/Sao_Paulo",
         "Australia/Lord_Howe", "Asia/Kathmandu"]
WINDOWS_NAMES = {
    "Europe/Berlin": "W. Europe Standard Time",
    "America/New_York": "Eastern Standard Time",
    "Australia/Sydney": "AUS Eastern Standard Time",
    "Asia/Kolkata": "India Standard Time",
    "Asia/Tehran": "Iran Standard Time",
    "America/Sao_Paulo": "E. South America Standard Time",
    "Australia/Lord_Howe": "Lord Howe Standard Time",
    "Asia/Kathmandu": "Nepal Standard Time",
}
FIRST = datetime.datetime(2026, 10, 5, tzinfo=UTC)  # both changes of clocks of autumn, and some weeks more
LAST = datetime.datetime(2026, 11, 20, tzinfo=UTC)
OWNER_ZONE = "Europe/Berlin"
FILES = pathlib.Path(__file__).resolve().parent.parent / "data" / "ics"
# Calendars written by hand that are whole, and mean the same whoever their owner is.
FILE_NAMES = ["all-day-series", "apple-floating", "cancelled-series", "custom-zone", "dst-edges", "dst-gap",
              "nextcloud-zones", "outlook-series", "outlook-statuses", "overrides", "this-and-future"]


def hours(number):
    return datetime.timedelta(hours=number)


def days(number):
    return datetime.timedelta(days=number)


def make_case(name, series, first=FIRST, last=LAST, zone_lines=None):
    """A case with the definitions of the zones it names, and of the owner's."""
    if zone_lines is None:
        keys = [series.zone.key, OWNER_ZONE]
        zone_lines = [line for key in dict.fromkeys(keys) if key != "UTC" for line in write_zone(key)]
    return Case(name, zone_lines + series.lines(), first, last, series)


def draw_series(chance, kind, zone_key, **more):
    """A series of which something lies in the window."""
    while True:
        rule = made_up_series.draw_rule(chance, kind, datetime.datetime(2026, 10, 20))
        earliest = datetime.datetime(chance.choice([2024, 2025, 2026]), chance.randint(1, 9), chance.randint(1, 28),
                                     chance.randint(5, 22), chance.choice([0, 15, 30]))
        if more.get("days"):
            earliest = earliest.replace(hour=0, minute=0)
        start = made_up_series.find_start(rule, earliest)
        if start is None:
            continue
        series = CorpusSeries(kind, rule, start, zone(zone_key), **more)
        number = len(list(series.starts(FIRST, LAST)))
        if 0 < number < 120:
            return series


def near(series):
    """Instances in the window, well inside of it."""
    return [at for at in series.starts(FIRST, LAST) if FIRST.replace(tzinfo=None) < at < LAST.replace(tzinfo=None)]


def draw_frequent(chance, zone_key, **more):
    """A series with at least five instances in the window."""
    while True:
        series = draw_series(chance, chance.choice(["daily", "weekly", "weekly", "monthly"]), zone_key, **more)
        if len(near(series)) >= 5:
            return series


def list_rules(chance):
    counts = {"hourly": 10, "daily": 14, "weekly": 22, "monthly": 24, "yearly": 10, "year days": 10, "year weeks": 10}
    for kind, count in counts.items():
        for number in range(count):
            yield f"rule-{kind.replace(' ', '-')}-{number:02d}", draw_series(chance, kind, chance.choice(ZONED))


def list_until(chance):
    for number in range(12):
        series = draw_frequent(chance, chance.choice(ZONED))
        series.rule = series.rule.split(";COUNT")[0]
        last = chance.choice(near(series))
        written = series.to_utc(last).strftime("%Y%m%dT%H%M%SZ")
        yield f"until-{number:02d}", series, f";UNTIL={written}", last


def list_extra(chance):
    for number in range(16):
        series = draw_series(chance, chance.choice(["weekly", "monthly"]), chance.choice(ZONED))
        series.extra = [datetime.datetime(2026, 10, chance.randint(6, 28), chance.randint(0, 23), 10)
                        for _ in range(chance.randint(1, 4))]
        series.utc_lists = chance.random() < 0.3
        yield f"rdate-{number:02d}", series
    for number in range(8):
        start = datetime.datetime(2026, 10, chance.randint(6, 28), chance.randint(0, 23), 40)
        yield f"rdate-alone-{number:02d}", CorpusSeries("", "", start, zone(chance.choice(ZONED)), extra=[
            start + days(chance.randint(1, 20)) + hours(chance.randint(0, 5)) for _ in range(3)])


def list_excluded(chance):
    for number in range(28):
        series = draw_frequent(chance, chance.choice(ZONED))
        series.excluded = sorted(chance.sample(near(series), chance.randint(1, 4)))
        if chance.random() < 0.3:
            series.extra = [series.excluded[0] + hours(2)]
        series.utc_lists = chance.random() < 0.3
        yield f"exdate-{number:02d}", series
    for number in range(4):
        series = draw_frequent(chance, chance.choice(ZONED))
        series.start = near(series)[0]
        series.rule = "FREQ=WEEKLY"
        series.excluded = [series.start]
        yield f"exdate-of-start-{number:02d}", series


def draw_override(chance, series, recurrence, is_range=False):
    if series.days:
        moved = recurrence + days(chance.choice([-1, 1, 2]))
        return Override(recurrence, moved, days(chance.choice([1, 2])), is_range)
    moved = recurrence + hours(chance.choice([-3, -1, 1, 2])) + days(chance.choice([0, 0, 1]))
    length = datetime.timedelta(minutes=chance.choice([20, 60, 150]))
    return Override(recurrence, moved, length, is_range)


def list_overrides(chance):
    for number in range(30):
        series = draw_frequent(chance, chance.choice(ZONED))
        series.utc_lists = chance.random() < 0.2
        for recurrence in sorted(chance.sample(near(series), chance.randint(1, 3))):
            override = draw_override(chance, series, recurrence)
            if chance.random() < 0.3:
                override.words = chance.choice([{"STATUS": "CANCELLED"}, {"STATUS": "TENTATIVE"},
                                                {"TRANSP": "TRANSPARENT"}])
            series.overrides.append(override)
        yield f"override-{number:02d}", series
    for number in range(6):
        series = draw_frequent(chance, chance.choice(ZONED))
        moved_into = LAST.replace(tzinfo=None) + days(60)
        series.rule, series.start = "FREQ=WEEKLY", near(series)[0]
        far = next(at for at in series.starts(LAST + days(40), LAST + days(70)) if at > moved_into - days(14))
        series.overrides = [Override(far, series.start + days(2), hours(1))]
        yield f"override-from-afar-{number:02d}", series


def list_ranges(chance):
    for number in range(20):
        series = draw_frequent(chance, chance.choice(ZONED))
        instances = near(series)
        series.overrides = [draw_override(chance, series, instances[chance.randint(1, 3)], True)]
        yield f"this-and-future-{number:02d}", series
    for number in range(6):
        series = draw_frequent(chance, chance.choice(ZONED))
        instances = near(series)
        series.overrides = [draw_override(chance, series, instances[1], True),
                            draw_override(chance, series, instances[3], number % 2 == 0)]
        yield f"this-and-future-twice-{number:02d}", series
    for number in range(6):
        series = draw_frequent(chance, chance.choice(ZONED))
        instances = near(series)
        series.overrides = [draw_override(chance, series, instances[1], True)]
        series.excluded = [instances[3]]
        yield f"this-and-future-exdate-{number:02d}", series


def list_rare(chance):
    """What stands in the standard and seldom in calendars."""
    for number in range(8):
        series = draw_frequent(chance, chance.choice(ZONED))
        day = near(series)[1].replace(hour=1, minute=5)
        series.periods = [(day, hours(2)), (day + days(1), datetime.timedelta(minutes=30))][:1 + number % 2]
        yield f"rdate-period-{number:02d}", series
    for number in range(6):
        series = draw_frequent(chance, chance.choice(ZONED))
        recurrence = near(series)[2] + datetime.timedelta(minutes=7)
        series.overrides = [draw_override(chance, series, recurrence)]
        yield f"override-of-nothing-{number:02d}", series
    for number in range(4):
        series = draw_frequent(chance, chance.choice(ZONED))
        series.excluded = near(series)[1:3]
        series.exclude_days = True
        yield f"exdate-day-{number:02d}", series
    for number, interval in enumerate((7, 9, 17, 25)):
        start = datetime.datetime(2026, 5 + number, 3, 8, 20)
        yield f"hourly-interval-{number:02d}", CorpusSeries("", f"FREQ=HOURLY;INTERVAL={interval}", start,
                                                            zone(chance.choice(ZONED)))


def list_floating(chance):
    for number in range(16):
        series = draw_frequent(chance, OWNER_ZONE, is_floating=True)
        if number % 2:
            series.excluded = [near(series)[1]]
        if number % 4 == 3:
            series.overrides = [draw_override(chance, series, near(series)[2])]
        yield f"floating-{number:02d}", series


def list_all_day(chance):
    for number in range(30):
        length = chance.choice([1, 1, 2, 3])
        kind = chance.choice(["daily", "weekly", "weekly", "monthly", "monthly", "yearly", "year days"])
        series = draw_series(chance, kind, OWNER_ZONE, is_floating=True, days=length, length=days(length))
        instances = near(series)
        if number % 3 == 1 and instances:
            series.excluded = [instances[0]]
        if number % 3 == 2 and instances:
            series.overrides = [draw_override(chance, series, instances[-1])]
        if number % 5 == 4:
            series.extra = [datetime.datetime(2026, 10, 14)]
        yield f"all-day-{number:02d}", series


OUTLOOK = [
    {"X-MICROSOFT-CDO-BUSYSTATUS": "BUSY"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "FREE"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "TENTATIVE"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "OOF"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "WORKINGELSEWHERE"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "BUSY", "TRANSP": "TRANSPARENT"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "OOF", "STATUS": "TENTATIVE"},
    {"X-MICROSOFT-CDO-BUSYSTATUS": "OOF", "STATUS": "CANCELLED"},
    {"X-MICROSOFT-CDO-INTENDEDSTATUS": "OOF", "X-MICROSOFT-CDO-BUSYSTATUS": "TENTATIVE"},
    {"X-MICROSOFT-CDO-INTENDEDSTATUS": "BUSY", "TRANSP": "OPAQUE", "X-MICROSOFT-CDO-ALLDAYEVENT": "FALSE"},
    {"STATUS": "TENTATIVE", "X-MS-OLK-FORCEINSPECTOROPEN": "TRUE"},
    {"TRANSP": "TRANSPARENT", "X-MICROSOFT-CDO-IMPORTANCE": "1", "X-MICROSOFT-DISALLOW-COUNTER": "FALSE"},
]


def list_outlook(chance):
    for number in range(24):
        words = OUTLOOK[number % len(OUTLOOK)]
        if number < len(OUTLOOK):
            series = draw_frequent(chance, chance.choice(ZONED), words=words)
        else:
            series = draw_series(chance, "monthly", OWNER_ZONE, is_floating=True, days=1, length=days(1), words=words)
            series.words = {**words, "X-MICROSOFT-CDO-ALLDAYEVENT": "TRUE"}
        if number % 3 == 0 and near(series):
            override = draw_override(chance, series, near(series)[-1])
            override.words = chance.choice(OUTLOOK)
            series.overrides = [override]
        yield f"outlook-{number:02d}", series


EDGES = [  # zone, a wall time that is left out or comes twice, what happens then
    ("Europe/Berlin", datetime.datetime(2026, 3, 29, 2, 30), "gap"),
    ("Europe/Berlin", datetime.datetime(2026, 10, 25, 2, 30), "twice"),
    ("America/New_York", datetime.datetime(2026, 3, 8, 2, 30), "gap"),
    ("America/New_York", datetime.datetime(2026, 11, 1, 1, 30), "twice"),
    ("Australia/Sydney", datetime.datetime(2026, 10, 4, 2, 30), "gap"),
    ("Australia/Sydney", datetime.datetime(2026, 4, 5, 2, 30), "twice"),
    ("Australia/Lord_Howe", datetime.datetime(2026, 10, 4, 2, 15), "gap"),
    ("Australia/Lord_Howe", datetime.datetime(2026, 4, 5, 1, 45), "twice"),
]


def list_edges(chance):
    """Around each change of clocks: in the middle of it, beginning and ending by it, and across it."""
    for zone_key, edge, what in EDGES:
        shapes = {
            "single": dict(rule="", start=edge, length_line="DURATION:PT45M"),
            "daily": dict(rule="FREQ=DAILY", start=edge - days(3)),
            "into": dict(rule="FREQ=DAILY", start=edge - days(3) - hours(5), length=hours(5)),
            "across": dict(rule="FREQ=DAILY", start=edge - days(3) - hours(8), length=hours(12)),
            "one-day": dict(rule="FREQ=DAILY;INTERVAL=2", start=edge - days(4) - hours(8), length=days(1),
                            length_line="DURATION:P1D"),
            "24-hours": dict(rule="FREQ=DAILY;INTERVAL=2", start=edge - days(4) - hours(8), length=days(1),
                             length_line="DURATION:PT24H"),
            "exdate": dict(rule="FREQ=DAILY", start=edge - days(3), excluded=[edge]),
        }
        for shape, fields in shapes.items():
            name = f"edge-{zone_key.split('/')[1].lower().replace('_', '-')}-{what}-{shape}"
            series = CorpusSeries("edge", fields.pop("rule"), fields.pop("start"), zone(zone_key), **fields)
            yield name, series, (edge - days(6)).replace(tzinfo=UTC), (edge + days(6)).replace(tzinfo=UTC)


def list_zone_cases(chance):
    """Zones by other names: Windows names with and without a definition, names of one's own, long ones."""
    for zone_key in ZONED:
        for variant in ("defined", "from-1601", "undefined", "custom", "prefixed"):
            series = draw_frequent(chance, zone_key)
            series.tzid = {"custom": "Customized Time Zone", "prefixed": "/vendor.example/20260101/" + zone_key,
                           }.get(variant, WINDOWS_NAMES[zone_key])
            owner = write_zone(OWNER_ZONE)
            own = write_zone(zone_key, series.tzid, 1601 if variant == "from-1601" else 2008)
            name = f"zone-{zone_key.split('/')[1].lower().replace('_', '-')}-{variant}"
            yield make_case(name, series, zone_lines=owner + ([] if variant == "undefined" else own))


def list_files():
    for name in FILE_NAMES:
        meaning = json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))
        first, last = (datetime.datetime.strptime(meaning[end], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
                       for end in ("from", "to"))
        text = (FILES / f"{name}.ics").read_bytes().decode("utf-8")
        yield Case(f"file-{name}", [], first, last, owner_zone=meaning["zone"], file_text=text)


def list_cases():
    chance = random.Random(20261127)
    for group in (list_rules, list_extra, list_excluded, list_overrides, list_ranges, list_floating, list_all_day,
                  list_outlook, list_rare):
        for name, series in group(chance):
            yield make_case(name, series)
    for name, series, until, last in list_until(chance):
        series.rule += until
        case = make_case(name, series)
        # dateutil wants UNTIL without a zone for a start without one
        series.rule = series.rule.replace(until, f";UNTIL={last:%Y%m%dT%H%M%S}")
        yield case
    for name, series, first, last in list_edges(chance):
        yield make_case(name, series, first, last)
    yield from list_zone_cases(chance)
    yield from list_files()
