/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "lf-demo-calendar.h"
#include "lf-instant.h"

/* 2026-11-24 09:10:00 UTC */
#define OPENING_US (G_GINT64_CONSTANT (1795511400) * LF_SECOND)

static char *
write_and_read (const char *folder, guint person)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfDemoCalendar) calendar = lf_demo_calendar_new (folder, lf_demo_people_get (person), person, OPENING_US);
  g_autofree char           *name = g_strconcat (lf_demo_people_get (person)->login, ".ics", NULL);
  g_autofree char           *path = g_build_filename (folder, name, NULL);
  char                      *text = NULL;

  g_assert_true (lf_demo_calendar_write (calendar, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_unlink (path);
  return text;
}

static guint
count (const char *text, const char *words)
{
  guint n = 0;

  for (const char *at = strstr (text, words); at != NULL; at = strstr (at + 1, words))
    n++;
  return n;
}

static void
test_only_those_who_should_meet_at_the_opening (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lampfield-test-XXXXXX", NULL);

  g_test_summary ("when the office opens, and some time after, nobody but the planned ones has a meeting");
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      g_autoptr (LfDemoCalendar) calendar = lf_demo_calendar_new (folder, lf_demo_people_get (i), i, OPENING_US);
      gboolean                   is_planned = lf_demo_people_get (i)->start == LF_DEMO_START_IN_A_MEETING;

      g_assert_cmpint (lf_demo_calendar_is_busy_at (calendar, OPENING_US), ==, is_planned);
      g_assert_cmpint (lf_demo_calendar_is_busy_at (calendar, OPENING_US + 15 * LF_MINUTE), ==, is_planned);
    }
  g_rmdir (folder);
}

static void
test_files_are_whole_and_the_same_each_time (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lampfield-test-XXXXXX", NULL);

  g_test_summary ("each file is one closed VCALENDAR with CRLF lines, and the same opening gives the same file");
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      g_autofree char *text = write_and_read (folder, i);
      g_autofree char *again = write_and_read (folder, i);

      g_assert_cmpstr (text, ==, again);
      g_assert_true (g_str_has_prefix (text, "BEGIN:VCALENDAR\r\n"));
      g_assert_true (g_str_has_suffix (text, "END:VCALENDAR\r\n"));
      g_assert_cmpuint (count (text, "BEGIN:VEVENT"), >, 0);
      g_assert_cmpuint (count (text, "BEGIN:VEVENT"), ==, count (text, "END:VEVENT"));
      g_assert_cmpuint (count (text, "\n"), ==, count (text, "\r\n"));
    }
  g_rmdir (folder);
}

static void
test_an_added_meeting_counts_from_its_start (void)
{
  g_autofree char           *folder = g_dir_make_tmp ("lampfield-test-XXXXXX", NULL);
  g_autoptr (LfDemoCalendar) calendar = lf_demo_calendar_new (folder, lf_demo_people_get (0), 0, OPENING_US);
  gint64                     start_us = OPENING_US + 20 * LF_MINUTE;

  g_test_summary ("a meeting holds its start and not its end");
  lf_demo_calendar_add_meeting (calendar, start_us, start_us + LF_MINUTE);
  g_assert_false (lf_demo_calendar_is_busy_at (calendar, start_us - 1));
  g_assert_true (lf_demo_calendar_is_busy_at (calendar, start_us));
  g_assert_false (lf_demo_calendar_is_busy_at (calendar, start_us + LF_MINUTE));
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/calendar/opening", test_only_those_who_should_meet_at_the_opening);
  g_test_add_func ("/demo/calendar/files", test_files_are_whole_and_the_same_each_time);
  g_test_add_func ("/demo/calendar/added", test_an_added_meeting_counts_from_its_start);
  return g_test_run ();
}
