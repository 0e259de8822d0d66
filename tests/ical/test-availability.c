/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-ical.h"
#include "lf-instant.h"
#include "lf-presence.h"

/* Office hours and the like (VAVAILABILITY): what they make of the time outside. */

#define FROM "2026-11-23T00:00:00Z" /* a Monday */
#define TO   "2026-11-30T00:00:00Z"

#define HOURS     "BEGIN:AVAILABLE\nUID:1\nDTSTART;TZID=Europe/Berlin:20261102T090000\nDTEND;TZID=Europe/Berlin:20261102T170000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU\nEND:AVAILABLE\n"
#define ALL(text) "BEGIN:VAVAILABILITY\nUID:a\n" text "END:VAVAILABILITY\n"

typedef struct
{
  const char *claim;
  const char *from;
  const char *to;
  const char *calendar;
  const char *expected; /* "MM-DDTHH:MM MM-DDTHH:MM type", by commas */
  const char *issue;    /* nullable: the only one */
} Row;

static const Row rows[] = {
  { "outside of the hours, within the window, somebody is away", FROM, TO,
    ALL (HOURS),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T08:00 out_of_office,11-24T16:00 11-30T00:00 out_of_office", NULL },
  { "it holds from its start to its end", FROM, TO,
    ALL ("DTSTART:20261123T060000Z\nDTEND:20261124T120000Z\n" HOURS),
    "11-23T06:00 11-23T08:00 out_of_office,11-23T16:00 11-24T08:00 out_of_office", NULL },
  { "or as long as it takes", FROM, TO,
    ALL ("DTSTART;TZID=Europe/Berlin:20261123T170000\nDURATION:P1D\n" HOURS),
    "11-23T16:00 11-24T08:00 out_of_office", NULL },
  { "or until its end", FROM, TO,
    ALL ("DTEND:20261123T120000Z\n" HOURS), "11-23T00:00 11-23T08:00 out_of_office", NULL },
  { "without hours it is all of its time", FROM, TO,
    ALL ("DTSTART:20261123T060000Z\nDTEND:20261124T120000Z\n"), "11-23T06:00 11-24T12:00 out_of_office", NULL },
  { "what is perhaps is perhaps", FROM, "2026-11-24T00:00:00Z",
    ALL ("BUSYTYPE:BUSY-TENTATIVE\n" HOURS), "11-23T00:00 11-23T08:00 tentative,11-23T16:00 11-24T00:00 tentative", NULL },
  { "nobody sits in a meeting all night", FROM, "2026-11-24T00:00:00Z",
    ALL ("busytype:busy\n" HOURS), "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", NULL },
  { "a type that nobody knows is the usual one", FROM, "2026-11-24T00:00:00Z",
    ALL ("BUSYTYPE:X-NAPPING\n" HOURS), "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", NULL },
  { "hours stay on the wall when clocks change", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z",
    ALL ("BEGIN:AVAILABLE\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDURATION:PT8H\nRRULE:FREQ=DAILY\nEND:AVAILABLE\n"),
    "10-24T00:00 10-24T07:00 out_of_office,10-24T15:00 10-25T08:00 out_of_office,10-25T16:00 10-26T08:00 out_of_office,10-26T16:00 10-27T00:00 out_of_office", NULL },
  { "a meeting in the hours, and one at night, stay what they are", FROM, "2026-11-24T00:00:00Z",
    "BEGIN:VEVENT\nUID:m\nDTSTART:20261123T100000Z\nDTEND:20261123T110000Z\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:n\nDTSTART:20261123T200000Z\nDTEND:20261123T210000Z\nEND:VEVENT\n" ALL (HOURS),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T10:00 11-23T11:00 busy,11-23T16:00 11-24T00:00 out_of_office,11-23T20:00 11-23T21:00 busy", NULL },
  { "the higher priority holds alone: away in the hours, there at night", FROM, "2026-11-25T00:00:00Z",
    ALL ("PRIORITY:5\n" HOURS)
      ALL ("PRIORITY:1\nDTSTART:20261123T120000Z\nDTEND:20261123T200000Z\nBEGIN:AVAILABLE\nDTSTART:20261123T180000Z\nDTEND:20261123T210000Z\nEND:AVAILABLE\n"),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T12:00 11-23T18:00 out_of_office,11-23T20:00 11-24T08:00 out_of_office,11-24T16:00 11-25T00:00 out_of_office", NULL },
  { "also over a stronger type", FROM, "2026-11-24T00:00:00Z",
    ALL ("PRIORITY:2\nBUSYTYPE:BUSY-TENTATIVE\nDTSTART:20261123T000000Z\nDURATION:PT4H\n") ALL ("PRIORITY:3\n" HOURS),
    "11-23T00:00 11-23T04:00 tentative,11-23T04:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", NULL },
  { "none is the lowest", FROM, "2026-11-24T00:00:00Z",
    ALL (HOURS) ALL ("PRIORITY:9\nDTSTART:20261123T000000Z\nDTEND:20261124T000000Z\nBEGIN:AVAILABLE\nDTSTART:20261123T000000Z\nDURATION:PT23H\nEND:AVAILABLE\n"),
    "11-23T23:00 11-24T00:00 out_of_office", NULL },
  { "of one priority any counts, and the stronger type", FROM, "2026-11-24T00:00:00Z",
    ALL (HOURS) ALL ("BUSYTYPE:BUSY-TENTATIVE\nDTSTART:20261123T060000Z\nDTEND:20261123T100000Z\n"),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T08:00 11-23T10:00 tentative,11-23T16:00 11-24T00:00 out_of_office", NULL },
  { "hours have exceptions, extra times and moved ones", FROM, "2026-11-28T00:00:00Z",
    ALL ("BEGIN:AVAILABLE\nUID:1\nDTSTART:20261123T090000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261124T090000Z\nRDATE:20261127T120000Z\nEND:AVAILABLE\n"
         "BEGIN:AVAILABLE\nUID:1\nRECURRENCE-ID:20261125T090000Z\nDTSTART:20261125T150000Z\nDTEND:20261125T160000Z\nEND:AVAILABLE\n"),
    "11-23T00:00 11-23T09:00 out_of_office,11-23T17:00 11-25T15:00 out_of_office,11-25T16:00 11-26T09:00 out_of_office,"
    "11-26T17:00 11-27T12:00 out_of_office,11-27T20:00 11-28T00:00 out_of_office",
    NULL },
  { "alarms and strangers inside say nothing", FROM, "2026-11-24T00:00:00Z",
    ALL ("BEGIN:X-LUNCH\nDTSTART:20261123T020000Z\nDURATION:PT1H\nBEGIN:AVAILABLE\nDTSTART:20261123T030000Z\nDURATION:PT1H\nEND:AVAILABLE\nEND:X-LUNCH\n"
         "BEGIN:AVAILABLE\nBEGIN:VALARM\nDTSTART:20261123T040000Z\nEND:VALARM\nDTSTART:20261123T080000Z\nDURATION:PT8H\nEND:AVAILABLE\n"),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", NULL },
  { "a zone that nobody knows is the owner's", FROM, "2026-11-24T00:00:00Z",
    ALL ("BEGIN:AVAILABLE\nDTSTART;TZID=Mars/Olympus:20261123T090000\nDURATION:PT8H\nEND:AVAILABLE\n"),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", "unknown_zone" },
  { "with a rule that is refused it counts for nothing", FROM, TO,
    ALL ("BEGIN:AVAILABLE\nDTSTART:20261123T080000Z\nDURATION:PT8H\nRRULE:FREQ=SECONDLY\nEND:AVAILABLE\n"), "", "refused_rule" },
  { "with a rule that spins", FROM, TO,
    ALL ("BEGIN:AVAILABLE\nDTSTART:20261123T080000Z\nDURATION:PT8H\nRRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30\nEND:AVAILABLE\n"), "", "refused_rule" },
  { "with a rule that is none", FROM, TO,
    ALL (HOURS "BEGIN:AVAILABLE\nDTSTART:20261123T080000Z\nDURATION:PT8H\nRRULE:FREQ=SOMETIMES\nEND:AVAILABLE\n"), "", "bad_rule" },
  { "with hours without a start", FROM, TO, ALL (HOURS "BEGIN:AVAILABLE\nDURATION:PT8H\nEND:AVAILABLE\n"), "", "no_start" },
  { "with a bound that is no time", FROM, TO, ALL ("DTSTART:tomorrow\n" HOURS), "", "bad_time" },
  { "with an end before its start", FROM, TO, ALL ("DTSTART:20261124T000000Z\nDTEND:20261123T000000Z\n" HOURS), "", "bad_time" },
  { "with a length that is none", FROM, TO, ALL ("DTSTART:20261124T000000Z\nDURATION:long\n" HOURS), "", "bad_time" },
  { "with hours that are not ended", FROM, TO, ALL ("BEGIN:AVAILABLE\nDTSTART:20261123T080000Z\nDURATION:PT8H\n"), "", "bad_structure" },
  { "with more holes than a week has", FROM, TO,
    ALL ("BEGIN:AVAILABLE\nDTSTART:20261101T080000Z\nDURATION:PT8M\nRRULE:FREQ=HOURLY\nEND:AVAILABLE\n"), "", "cut_rule" },
  { "one that is bad takes nothing from another", FROM, "2026-11-24T00:00:00Z",
    ALL ("PRIORITY:1\nBEGIN:AVAILABLE\nDTSTART:20261123T080000Z\nRRULE:FREQ=SECONDLY\nEND:AVAILABLE\n") ALL (HOURS),
    "11-23T00:00 11-23T08:00 out_of_office,11-23T16:00 11-24T00:00 out_of_office", "refused_rule" },
};

static LfIcalResult *
read_calendar (const char *components, const char *from, const char *to)
{
  g_autoptr (GError)       error = NULL;
  g_autofree char         *text = g_strdup_printf ("BEGIN:VCALENDAR\n%sEND:VCALENDAR\n", components);
  LfIcalOptions            options = { .owner_zone = "Europe/Berlin" };
  g_autoptr (LfIcalReader) reader = NULL;
  LfIcalResult            *result;

  g_assert_true (lf_instant_parse (from, &options.from_us));
  g_assert_true (lf_instant_parse (to, &options.to_us));
  reader = lf_ical_reader_new (&options);
  g_assert_true (lf_ical_reader_feed (reader, text, strlen (text), &error));
  result = lf_ical_reader_finish (reader, &error);
  g_assert_no_error (error);
  return result;
}

static char *
describe (const LfIcalResult *result)
{
  GString            *text = g_string_new (NULL);
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      char start[LF_INSTANT_MAX_CHARS];
      char end[LF_INSTANT_MAX_CHARS];

      lf_instant_format (periods[i].start_us, start);
      lf_instant_format (periods[i].end_us, end);
      g_string_append_printf (text, "%s%.11s %.11s %s", i > 0 ? "," : "", start + 5, end + 5, lf_busy_type_names[periods[i].type]);
    }
  return g_string_free (text, FALSE);
}

static void
test_row (gconstpointer data)
{
  const Row               *row = data;
  g_autoptr (LfIcalResult) result = read_calendar (row->calendar, row->from, row->to);
  g_autofree char         *described = describe (result);

  g_test_summary (row->claim);

  g_assert_cmpstr (described, ==, row->expected);
  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    {
      if (g_strcmp0 (lf_ical_issue_to_name (i), row->issue) == 0)
        g_assert_cmpuint (result->issues.counts[i], >, 0);
      else
        g_assert_cmpuint (result->issues.counts[i], ==, 0);
    }
}

static void
test_meetings_first (void)
{
  g_autoptr (GString)      calendar = g_string_new (ALL (HOURS));
  g_autoptr (LfIcalResult) result = NULL;
  gsize                    n_periods;
  gint64                   to_us;

  g_test_summary ("where the list is too short for both, the time outside is left out, and no meeting");

  for (guint i = 0; i < 399; i++)
    g_string_append_printf (calendar, "BEGIN:VEVENT\nUID:%u\nDTSTART:202611%02uT%02u%02u00Z\nDURATION:PT1M\nEND:VEVENT\n", i, 23 + i / 100, i % 100 / 5, i % 5 * 10);
  result = read_calendar (calendar->str, FROM, TO);
  g_assert_true (lf_instant_parse (TO, &to_us));
  g_assert_cmpint (result->known_until_us, ==, to_us);
  lf_busy_list_get (result->periods, &n_periods);
  g_assert_cmpuint (n_periods, ==, 399);
}

static void
test_many (void)
{
  g_autoptr (GString)      calendar = g_string_new (NULL);
  g_autoptr (LfIcalResult) result = NULL;
  g_autofree char         *described = NULL;

  g_test_summary ("of more than may be, those behind count for nothing");

  for (guint i = 0; i < 10 * LF_ICAL_MAX_AVAILABILITIES; i++)
    g_string_append_printf (calendar, ALL ("DTSTART:202611%sT000000Z\nDURATION:PT1H\n"), i < LF_ICAL_MAX_AVAILABILITIES ? "23" : "24");
  result = read_calendar (calendar->str, FROM, TO);
  described = describe (result);
  g_assert_cmpstr (described, ==, "11-23T00:00 11-23T01:00 out_of_office");
  g_assert_cmpuint (result->n_events, ==, LF_ICAL_MAX_AVAILABILITIES);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ical/availability/%02" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/ical/availability/meetings-first", test_meetings_first);
  g_test_add_func ("/ical/availability/many", test_many);
  return g_test_run ();
}
