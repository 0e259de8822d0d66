/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-calendar.h"

#include "lf-instant.h"

/* The usual meetings keep clear of the time around the start, so that only those who are meant to
 * sit in a meeting when the office opens do so. */
#define QUIET_BEFORE_US (10 * LF_MINUTE)
#define QUIET_AFTER_US  (45 * LF_MINUTE)

typedef struct
{
  gint64      start_us;
  gint64      end_us;
  const char *lines; /* of the VEVENT beside its times, each with its CRLF */
  gboolean    is_weekly;
  gboolean    is_off_today; /* weekly, but not this time */
} Meeting;

struct _LfDemoCalendar
{
  char               *path; /* owned */
  const LfDemoPerson *person;
  guint               variety;
  GArray             *meetings; /* of Meeting */
};

static const char plain_lines[] = "SUMMARY:Meeting\r\n";
static const char tentative_lines[] = "SUMMARY:Perhaps\r\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n";
static const char elsewhere_lines[] = "SUMMARY:Home office\r\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\r\n";
static const char free_lines[] = "SUMMARY:Reminder\r\nTRANSP:TRANSPARENT\r\n";

static void
add (LfDemoCalendar *self, gint64 start_us, gint64 end_us, const char *lines, gboolean is_weekly, gint64 now_us)
{
  Meeting meeting = { start_us, end_us, lines, is_weekly, FALSE };

  if (start_us < now_us + QUIET_AFTER_US && end_us > now_us - QUIET_BEFORE_US)
    {
      if (!is_weekly)
        return;
      meeting.is_off_today = TRUE;
    }
  g_array_append_val (self->meetings, meeting);
}

/* A day of up to three meetings, the same at every start. */
static void
add_usual_day (LfDemoCalendar *self, gint64 midnight_us, gint64 now_us)
{
  guint  n = self->variety;
  gint64 morning_us = midnight_us + (8 * 60 + 30 * (n * 3 % 7)) * LF_MINUTE;
  gint64 noon_us = midnight_us + (12 * 60 + 30 * (n * 5 % 5)) * LF_MINUTE;
  gint64 afternoon_us = midnight_us + (15 * 60 + 30 * (n * 7 % 5)) * LF_MINUTE;

  add (self, morning_us, morning_us + (30 + 30 * (n % 3)) * LF_MINUTE, plain_lines, TRUE, now_us);
  if (n % 2 == 0)
    add (self, noon_us, noon_us + 60 * LF_MINUTE, plain_lines, FALSE, now_us);
  add (self, afternoon_us, afternoon_us + (30 + 30 * (n % 2)) * LF_MINUTE,
       n % 4 == 3 ? tentative_lines : plain_lines, FALSE, now_us);
  if (n % 6 == 5)
    add (self, midnight_us + 9 * LF_HOUR, midnight_us + 9 * LF_HOUR + 30 * LF_MINUTE, free_lines, FALSE, now_us);
  if (n % 9 == 4)
    add (self, midnight_us + LF_DAY + 9 * LF_HOUR, midnight_us + LF_DAY + 17 * LF_HOUR, elsewhere_lines, FALSE, now_us);
}

/**
 * lf_demo_calendar_new:
 * @folder: where the file LOGIN.ics goes
 * @person: a colleague, or the visitor
 * @variety: another number, another day
 * @now_us: the instant at which the office opens
 *
 * Makes a colleague's calendar; lf_demo_calendar_write() writes it.
 *
 * Returns: (transfer full): the calendar
 */
LfDemoCalendar *
lf_demo_calendar_new (const char *folder, const LfDemoPerson *person, guint variety, gint64 now_us)
{
  LfDemoCalendar       *self = g_new0 (LfDemoCalendar, 1);
  g_autofree char      *name = g_strconcat (person->login, ".ics", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                                          g_date_time_get_day_of_month (now), 0, 0, 0);

  self->path = g_build_filename (folder, name, NULL);
  self->person = person;
  self->variety = variety;
  self->meetings = g_array_new (FALSE, TRUE, sizeof (Meeting));
  add_usual_day (self, g_date_time_to_unix (midnight) * LF_SECOND, now_us);
  if (person->start == LF_DEMO_START_IN_A_MEETING)
    {
      gint64 half_hour_us = 30 * LF_MINUTE;
      gint64 begun_us = (now_us - 5 * LF_MINUTE) / half_hour_us * half_hour_us;

      lf_demo_calendar_add_meeting (self, begun_us, (now_us / half_hour_us + 2 + variety % 2) * half_hour_us);
    }
  return self;
}

/**
 * lf_demo_calendar_free:
 * @self: a calendar
 *
 * Frees @self; the file stays.
 */
void
lf_demo_calendar_free (LfDemoCalendar *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->path);
  g_array_unref (self->meetings);
  g_free (self);
}

/**
 * lf_demo_calendar_add_meeting:
 * @self: a calendar
 * @start_us: first instant of the meeting
 * @end_us: first instant after it
 *
 * Adds a meeting; seen by others when lf_demo_calendar_write() has written the file.
 */
void
lf_demo_calendar_add_meeting (LfDemoCalendar *self, gint64 start_us, gint64 end_us)
{
  Meeting meeting = { start_us, end_us, plain_lines, FALSE, FALSE };

  g_return_if_fail (self != NULL && start_us < end_us);

  g_array_append_val (self->meetings, meeting);
}

/**
 * lf_demo_calendar_is_busy_at:
 * @self: a calendar
 * @at_us: an instant
 *
 * Returns: whether a meeting covers @at_us
 */
gboolean
lf_demo_calendar_is_busy_at (LfDemoCalendar *self, gint64 at_us)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->meetings->len; i++)
    {
      const Meeting *meeting = &g_array_index (self->meetings, Meeting, i);

      if (!meeting->is_off_today && meeting->lines == plain_lines &&
          at_us >= meeting->start_us && at_us < meeting->end_us)
        return TRUE;
    }
  return FALSE;
}

static void
append_instant (GString *out, const char *name, gint64 instant_us)
{
  g_autoptr (GDateTime) instant = g_date_time_new_from_unix_utc (instant_us / LF_SECOND);
  g_autofree char      *text = g_date_time_format (instant, "%Y%m%dT%H%M%SZ");

  g_string_append_printf (out, "%s:%s\r\n", name, text);
}

static void
append_meeting (GString *out, const Meeting *meeting, const char *login, guint number)
{
  /* A weekly one began four weeks ago, as in a calendar that is really used. */
  gint64 shift_us = meeting->is_weekly ? -28 * LF_DAY : 0;

  g_string_append_printf (out, "BEGIN:VEVENT\r\nUID:%s-%u@sample.invalid\r\n", login, number);
  append_instant (out, "DTSTAMP", meeting->start_us + shift_us);
  append_instant (out, "DTSTART", meeting->start_us + shift_us);
  append_instant (out, "DTEND", meeting->end_us + shift_us);
  if (meeting->is_weekly)
    g_string_append (out, "RRULE:FREQ=WEEKLY;COUNT=12\r\n");
  if (meeting->is_off_today)
    append_instant (out, "EXDATE", meeting->start_us);
  g_string_append_printf (out, "%sEND:VEVENT\r\n", meeting->lines);
}

/**
 * lf_demo_calendar_write:
 * @self: a calendar
 * @error: return location: a %G_FILE_ERROR
 *
 * Replaces the file by what the calendar now holds.
 *
 * Returns: %TRUE if it is written
 */
gboolean
lf_demo_calendar_write (LfDemoCalendar *self, GError **error)
{
  g_autoptr (GString) text = g_string_new ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Lampfield//Sample office//EN\r\n");

  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->meetings->len; i++)
    append_meeting (text, &g_array_index (self->meetings, Meeting, i), self->person->login, i);
  g_string_append (text, "END:VCALENDAR\r\n");
  return g_file_set_contents (self->path, text->str, (gssize) text->len, error);
}
