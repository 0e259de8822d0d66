/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_ICAL_DAY_S 86400
#define LF_ICAL_MAX_S (G_GINT64_CONSTANT (253402300799)) /* 9999-12-31T23:59:59 */

/**
 * LfIcalTime:
 * @civil_s: the wall clock's reading, as seconds since 1970-01-01T00:00:00 on that wall
 * @is_date: a date without a time of day
 * @is_utc: the wall is in UTC
 *
 * A DATE or DATE-TIME before its zone is applied: plain arithmetic moves it by days.
 */
typedef struct
{
  gint64   civil_s;
  gboolean is_date;
  gboolean is_utc;
} LfIcalTime;

/* A DURATION: days are counted on the wall, seconds on the clock (RFC 5545 section 3.3.6). */
typedef struct
{
  gint64 days;
  gint64 seconds;
} LfIcalDuration;

/* The parts of a civil time. */
typedef struct
{
  int year;
  int month;
  int day;
  int hour;
  int minute;
  int second;
} LfIcalCivil;

gboolean    lf_ical_time_parse (const char *text, LfIcalTime *time);
gboolean    lf_ical_duration_parse (const char *text, LfIcalDuration *duration);
gboolean    lf_ical_offset_parse (const char *text, int *offset_s);
gint64      lf_ical_civil_to_s (const LfIcalCivil *civil);
LfIcalCivil lf_ical_civil_from_s (gint64 civil_s);

G_END_DECLS
