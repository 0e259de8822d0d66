/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-ical.h"
#include "lf-error.h"

/* What came out of a splitter. */
typedef struct
{
  LfIcalIssues    issues;
  GString        *text; /* "KIND:lines" of each component */
  LfIcalSplitter *splitter;
} Fixture;

static void
on_component (LfIcalComponentKind kind, char *text, gsize length, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (strlen (text), ==, length);
  g_string_append_printf (fixture->text, "%d:%s", kind, text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const own[] = { "Me@Example.org", NULL };

  fixture->text = g_string_new (NULL);
  fixture->splitter = lf_ical_splitter_new (own, &fixture->issues, on_component, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lf_ical_splitter_free (fixture->splitter);
  g_string_free (fixture->text, TRUE);
}

static void
feed (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lf_ical_splitter_feed (fixture->splitter, text, strlen (text), &error));
  g_assert_no_error (error);
}

static void
finish (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lf_ical_splitter_finish (fixture->splitter, &error));
  g_assert_no_error (error);
}

/* Feeds @piece until it is refused, or @times over. */
static void
assert_refused (Fixture *fixture, const char *piece, gsize times, LfError code)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < times && error == NULL; i++)
    lf_ical_splitter_feed (fixture->splitter, piece, strlen (piece), &error);
  if (error == NULL)
    lf_ical_splitter_finish (fixture->splitter, &error);
  g_assert_error (error, LF_ERROR, (int) code);
}

static void
test_keeps_times_alone (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("of an event only what says when and how busy is kept; of attendees only the owner");

  feed (fixture, "\xEF\xBB\xBF"
                 "begin:vcalendar\r\nX-WR-CALNAME:secret\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:secret\r\nDTSTA\r\n RT:20261124T0"
                 "\r\n\t90000Z\r\nLOCATION:secret\r\n  place\r\nATTENDEE;CN=secret:mailto:other@example.org\r\n"
                 "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:ME@example.org\r\nBEGIN:VALARM\r\nDTSTART:19700101T000000Z\r\n"
                 "END:VALARM\r\nCOMMENT:secret\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nDTSTART:20261124\r\nEND:VTODO\r\n"
                 "END:VCALENDAR\r\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==,
                   "0:DTSTART:20261124T090000Z\nATTENDEE;PARTSTAT=ACCEPTED:MAILTO:ME@example.org\n");
  g_assert_true (lf_ical_issues_is_empty (&fixture->issues));
}

static void
test_zone_parts (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nTZNAME:no\nBEGIN:STANDARD\nTZOFFSETTO:+0100\n"
                 "COMMENT:no\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "2:TZID:X\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD\n");
}

static void
test_long_lines (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (LF_ICAL_MAX_LINE_BYTES, '1');

  g_test_summary ("a long line that is dropped anyway does not matter; one we need is left out and counted");

  feed (fixture, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124\nDESCRIPTION:");
  for (guint i = 0; i < 100; i++)
    feed (fixture, long_text);
  feed (fixture, "\nEXDATE:");
  feed (fixture, long_text);
  feed (fixture, "\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "0:DTSTART:20261124\nUID:1\n");
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_LONG_LINE], ==, 1);
}

static void
test_large_component (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("an event over the limit is left out, the next one is not");

  feed (fixture, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
  for (guint i = 0; i <= LF_ICAL_MAX_COMPONENT_LINES; i++)
    feed (fixture, "EXDATE:20261124\n");
  feed (fixture, "END:VEVENT\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "0:UID:2\n");
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_LARGE_COMPONENT], ==, 1);
}

static void
test_component_bytes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (LF_ICAL_MAX_LINE_BYTES - 100, '1');

  feed (fixture, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
  for (guint i = 0; i < 20; i++)
    {
      feed (fixture, "EXDATE:");
      feed (fixture, long_text);
      feed (fixture, "\n");
    }
  feed (fixture, "END:VEVENT\nEND:VCALENDAR\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "");
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_LARGE_COMPONENT], ==, 1);
}

static void
test_structure (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "BEGIN:VCALENDAR\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nEND:VEVENT\nEND:VCALENDAR\ngarbage\n");
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "0:UID:1\n");
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_BAD_STRUCTURE], ==, 2);
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_BAD_LINE], ==, 1);
}

static void
test_nul (Fixture *fixture, gconstpointer data)
{
  static const char  text[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\0x\nDTSTART:20261124\nEND:VEVENT\nEND:VCALENDAR\n";
  g_autoptr (GError) error = NULL;

  g_assert_true (lf_ical_splitter_feed (fixture->splitter, text, sizeof text - 1, &error));
  finish (fixture);
  g_assert_cmpstr (fixture->text->str, ==, "0:DTSTART:20261124\n");
  g_assert_cmpuint (fixture->issues.counts[LF_ICAL_ISSUE_BAD_LINE], ==, 1);
}

static void
test_depth (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "BEGIN:VCALENDAR\n");
  assert_refused (fixture, "BEGIN:VEVENT\n", 200000, LF_ERROR_BAD_FRAME);
}

static void
test_feed_size (Fixture *fixture, gconstpointer data)
{
  g_autofree char *piece = g_strnfill (1024 * 1024, 'x');

  feed (fixture, "BEGIN:VCALENDAR\nCOMMENT:");
  assert_refused (fixture, piece, 100, LF_ERROR_TOO_LARGE);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "", 1, LF_ERROR_BAD_FRAME);
}

static void
test_outside_of_calendar (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "BEGIN:VEVENT\nEND:VEVENT\n", 1, LF_ERROR_BAD_FRAME);
}

#define ADD(path, function) g_test_add ("/ical/splitter/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-times-alone", test_keeps_times_alone);
  ADD ("zone-parts", test_zone_parts);
  ADD ("long-lines", test_long_lines);
  ADD ("large-component", test_large_component);
  ADD ("component-bytes", test_component_bytes);
  ADD ("structure", test_structure);
  ADD ("nul", test_nul);
  ADD ("depth", test_depth);
  ADD ("feed-size", test_feed_size);
  ADD ("empty", test_empty);
  ADD ("outside-of-calendar", test_outside_of_calendar);
  return g_test_run ();
}
