# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks lampfield-calendar what it would publish of a calendar."""

import datetime
import os
import subprocess

UTC = datetime.timezone.utc
# what --print looks at, around --now: lf-calendar-print.c
WINDOW = (datetime.timedelta(days=-1), datetime.timedelta(days=14))


def format_instant(instant):
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def expand(program, folder, lines, owner_zone, now):
    """The periods of a calendar's components, (start, end, type) as printed, and until when they are known."""
    path = os.path.join(folder, "calendar.ics")
    with open(path, "w", encoding="utf-8", newline="\r\n") as file:
        file.write("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]))
    done = subprocess.run([program, "--print", path, "--zone", owner_zone, "--now", format_instant(now)],
                          capture_output=True, text=True, timeout=120, check=True)
    # lines with == are remarks of a sanitizer; one that found something fails the program
    notes = [line for line in done.stderr.splitlines() if not line.startswith("==")]
    known_until = notes[0].split(" to ")[1].split()[0]
    return [tuple(line.split()) for line in done.stdout.splitlines()], known_until, notes[1:]
