/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-ical.h"
#include "lf-instant.h"

/* Lines, times, durations, rules of what counts: the parts that are functions of their input alone. */

typedef struct
{
  const char *claim;
  const char *text;
  gboolean    is_good;
  const char *instant; /* of the civil time, as if it were UTC */
} TimeRow;

static const TimeRow times[] = {
  { "a date", "20261124", TRUE, "2026-11-24T00:00:00Z" },
  { "a time", "20261124T093001", TRUE, "2026-11-24T09:30:01Z" },
  { "a time in UTC", "20261124T093001Z", TRUE, "2026-11-24T09:30:01Z" },
  { "a leap day", "20280229", TRUE, "2028-02-29T00:00:00Z" },
  { "a leap second is the one before", "20161231T235960Z", TRUE, "2016-12-31T23:59:59Z" },
  { "long ago", "16010101T030000", TRUE, "1601-01-01T03:00:00Z" },
  { "the last second there is", "99991231T235959", TRUE, "9999-12-31T23:59:59Z" },
  { "no leap year", "20270229", FALSE },
  { "no such month", "20261324", FALSE },
  { "no such hour", "20261124T240000", FALSE },
  { "year 0", "00000101", FALSE },
  { "hyphens belong to another standard", "2026-11-24", FALSE },
  { "cut off", "20261124T0930", FALSE },
  { "something behind it", "20261124T093000ZZ", FALSE },
  { "a sign", "-0261124", FALSE },
  { "nothing", "", FALSE },
};

static void
test_times (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      const TimeRow *row = &times[i];
      LfIcalTime     time;
      gint64         wanted_us;

      g_test_message ("%s", row->claim);
      g_assert_cmpint (lf_ical_time_parse (row->text, &time), ==, row->is_good);
      if (!row->is_good)
        continue;
      g_assert_true (lf_instant_parse (row->instant, &wanted_us));
      g_assert_cmpint (time.civil_s, ==, wanted_us / LF_SECOND);
      g_assert_cmpint (time.is_date, ==, strchr (row->text, 'T') == NULL);
      g_assert_cmpint (time.is_utc, ==, g_str_has_suffix (row->text, "Z"));
    }
}

static void
test_civil_round_trip (void)
{
  g_test_summary ("each day of eight centuries is read back from its number");

  for (gint64 day = -100000; day < 200000; day += 7)
    {
      LfIcalCivil civil = lf_ical_civil_from_s (day * LF_ICAL_DAY_S + 3661);

      g_assert_true (g_date_valid_dmy (civil.day, civil.month, civil.year));
      g_assert_cmpint (lf_ical_civil_to_s (&civil), ==, day * LF_ICAL_DAY_S + 3661);
    }
}

static void
test_durations (void)
{
  static const struct
  {
    const char *text;
    gboolean    is_good;
    gint64      days;
    gint64      seconds;
  } rows[] = {
    { "PT1H30M", TRUE, 0, 5400 },
    { "P1D", TRUE, 1, 0 },
    { "P2W", TRUE, 14, 0 },
    { "P1DT12H", TRUE, 1, 43200 },
    { "-PT15M", TRUE, 0, -900 },
    { "+PT15S", TRUE, 0, 15 },
    { "P", FALSE },
    { "PT", FALSE },
    { "1H", FALSE },
    { "P1H", FALSE },
    { "PT1D", FALSE },
    { "PT1", FALSE },
    { "P99999999999D", FALSE },
    { "P9999999999W", FALSE },
    { "P1DT1H1M1S1S1S", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfIcalDuration duration = { 0, 0 };

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (lf_ical_duration_parse (rows[i].text, &duration), ==, rows[i].is_good);
      g_assert_cmpint (duration.days, ==, rows[i].days);
      g_assert_cmpint (duration.seconds, ==, rows[i].seconds);
    }
}

static void
test_offsets (void)
{
  int offset_s = 0;

  g_assert_true (lf_ical_offset_parse ("+0545", &offset_s));
  g_assert_cmpint (offset_s, ==, 5 * 3600 + 45 * 60);
  g_assert_true (lf_ical_offset_parse ("-003030", &offset_s));
  g_assert_cmpint (offset_s, ==, -1830);
  g_assert_false (lf_ical_offset_parse ("0100", &offset_s));
  g_assert_false (lf_ical_offset_parse ("+9900", &offset_s));
  g_assert_false (lf_ical_offset_parse ("+01", &offset_s));
}

static void
test_lines (void)
{
  g_autofree char *text = g_strdup ("dtstart;tzid=\"Über: all; zones\";x-empty=;VALUE=DATE-TIME:2026:11;x");
  LfIcalLine       line;

  g_assert_true (lf_ical_line_parse (text, &line));
  g_assert_cmpstr (line.name, ==, "DTSTART");
  g_assert_cmpstr (lf_ical_line_get_param (&line, "TZID"), ==, "Über: all; zones");
  g_assert_cmpstr (lf_ical_line_get_param (&line, "X-EMPTY"), ==, "");
  g_assert_cmpstr (lf_ical_line_get_param (&line, "VALUE"), ==, "DATE-TIME");
  g_assert_null (lf_ical_line_get_param (&line, "RANGE"));
  g_assert_cmpstr (line.value, ==, "2026:11;x");
}

static void
test_bad_lines (void)
{
  static const char *const rows[] = {
    "",
    "DTSTART",
    ":value",
    "A B:1",
    "DTSTART;TZID:1",
    "DTSTART;TZID=\"open:1",
    "DTSTART;=1:2",
    "DTSTART;TZID=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup (rows[i]);
      LfIcalLine       line;

      g_test_message ("%s", rows[i]);
      g_assert_false (lf_ical_line_parse (text, &line));
    }
}

#define NOTHING -1

static void
test_what_counts (void)
{
  static const struct
  {
    const char *claim;
    LfIcalClaim says;
    int         type;
  } rows[] = {
    { "an event that says nothing is busy", { 0 }, LF_BUSY_BUSY },
    { "cancelled", { .status = "CANCELLED", .busy_status = "BUSY" }, NOTHING },
    { "declined", { .part = LF_ICAL_PART_DECLINED, .busy_status = "OOF" }, NOTHING },
    { "the busy status beats transparency", { .transp = "TRANSPARENT", .busy_status = "OOF" }, LF_BUSY_OUT_OF_OFFICE },
    { "the busy status beats STATUS", { .status = "TENTATIVE", .busy_status = "busy" }, LF_BUSY_BUSY },
    { "free", { .transp = "OPAQUE", .busy_status = "FREE" }, NOTHING },
    { "an unknown busy status is none", { .transp = "TRANSPARENT", .busy_status = "WHATEVER" }, NOTHING },
    { "transparent", { .transp = "transparent" }, NOTHING },
    { "elsewhere", { .busy_status = "WORKINGELSEWHERE" }, LF_BUSY_ELSEWHERE },
    { "tentative by STATUS", { .status = "TENTATIVE" }, LF_BUSY_TENTATIVE },
    { "not answered lowers", { .busy_status = "BUSY", .part = LF_ICAL_PART_NEEDS_ACTION }, LF_BUSY_TENTATIVE },
    { "maybe lowers", { .part = LF_ICAL_PART_TENTATIVE }, LF_BUSY_TENTATIVE },
    { "not answered does not touch out of office", { .busy_status = "OOF", .part = LF_ICAL_PART_NEEDS_ACTION }, LF_BUSY_OUT_OF_OFFICE },
    { "accepted never raises", { .status = "TENTATIVE", .part = LF_ICAL_PART_ACCEPTED }, LF_BUSY_TENTATIVE },
    { "accepted does not make a free one busy", { .transp = "TRANSPARENT", .part = LF_ICAL_PART_ACCEPTED }, NOTHING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfBusyType type = LF_BUSY_BUSY;
      gboolean   counts = lf_ical_rules_resolve (&rows[i].says, &type);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpint (counts ? (int) type : NOTHING, ==, rows[i].type);
    }
}

static void
test_whole_days (void)
{
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_BUSY, TRUE, LF_DAY), ==, LF_BUSY_ALL_DAY);
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_BUSY, FALSE, LF_DAY), ==, LF_BUSY_ALL_DAY);
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_BUSY, FALSE, LF_DAY - 1), ==, LF_BUSY_BUSY);
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_TENTATIVE, TRUE, LF_DAY), ==, LF_BUSY_ALL_DAY);
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_OUT_OF_OFFICE, TRUE, 5 * LF_DAY), ==, LF_BUSY_OUT_OF_OFFICE);
  g_assert_cmpint (lf_ical_rules_widen (LF_BUSY_ELSEWHERE, TRUE, LF_DAY), ==, LF_BUSY_ELSEWHERE);
}

static void
test_issues (void)
{
  LfIcalIssues     issues = { 0 };
  g_autofree char *text = NULL;

  g_assert_true (lf_ical_issues_is_empty (&issues));
  g_assert_null (lf_ical_issues_to_text (&issues));
  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    {
      LfIcalIssue issue;

      g_assert_true (lf_ical_issue_from_name (lf_ical_issue_to_name (i), &issue));
      g_assert_cmpint (issue, ==, i);
    }
  lf_ical_issues_add (&issues, LF_ICAL_ISSUE_BAD_TIME);
  lf_ical_issues_add (&issues, LF_ICAL_ISSUE_BAD_TIME);
  lf_ical_issues_add (&issues, LF_ICAL_ISSUE_BAD_LINE);
  text = lf_ical_issues_to_text (&issues);
  g_assert_cmpstr (text, ==, "unreadable lines: 1; unreadable dates or times: 2");

  lf_ical_issues_name (&issues, NULL);
  lf_ical_issues_name (&issues, "");
  lf_ical_issues_name (&issues, "a\n“b”\x01");
  lf_ical_issues_name (&issues, "a\n“b”\x01");
  g_assert_cmpuint (issues.n_named, ==, 1);
  g_assert_true (g_str_is_ascii (issues.named[0]));
  g_assert_null (strchr (issues.named[0], '\n'));
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *uid = g_strnfill (100 + i, (char) ('a' + i));

      lf_ical_issues_name (&issues, uid);
    }
  g_assert_cmpuint (issues.n_named, ==, LF_ICAL_MAX_NAMED);
  g_assert_cmpuint (strlen (issues.named[1]), ==, LF_ICAL_NAME_MAX_CHARS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ical/values/times", test_times);
  g_test_add_func ("/ical/values/civil-round-trip", test_civil_round_trip);
  g_test_add_func ("/ical/values/durations", test_durations);
  g_test_add_func ("/ical/values/offsets", test_offsets);
  g_test_add_func ("/ical/values/lines", test_lines);
  g_test_add_func ("/ical/values/bad-lines", test_bad_lines);
  g_test_add_func ("/ical/values/what-counts", test_what_counts);
  g_test_add_func ("/ical/values/whole-days", test_whole_days);
  g_test_add_func ("/ical/values/issues", test_issues);
  return g_test_run ();
}
