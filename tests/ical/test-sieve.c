/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lampfield-ical.h"
#include "lf-ical-recur.h"

#define MAX_LISTED 6

/* Rules that libical 3.0.16 gets wrong and lf-ical-sieve answers: the first instances from a moment on. */

typedef struct
{
  const char *claim;
  const char *rule;
  const char *start;
  const char *from;
  const char *expected; /* NULL: refused */
} Row;

static const Row rows[] = {
  { "an interval that does not divide the day goes on over midnight, from the start of the series",
    "FREQ=HOURLY;INTERVAL=15", "20160125T193000", "20161218T000000", "20161218T073000 20161218T223000 20161219T133000 20161220T043000 20161220T193000 20161221T103000" },
  { "BYHOUR leaves hours out, it adds none",
    "FREQ=HOURLY;INTERVAL=5;BYHOUR=0,5,11;COUNT=3", "20261124T000000", "20261124T000000", "20261124T000000 20261124T050000 20261125T110000" },
  { "BYMINUTE adds instances, none of them before the start",
    "FREQ=HOURLY;INTERVAL=3;BYMINUTE=15,45;COUNT=3", "20261124T093000", "20261124T000000", "20261124T094500 20261124T121500 20261124T124500" },
  { "weeks 52 and 53 of one rule: the days of a week stay together over New Year",
    "FREQ=YEARLY;BYWEEKNO=1,52,53;BYDAY=TH,SU", "20141225T090000", "20161220T000000", "20161229T090000 20170101T090000 20170105T090000 20170108T090000 20171228T090000 20171231T090000" },
  { "a year without a week 53 is passed over",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;COUNT=3", "20151228T090000", "20150101T000000", "20151228T090000 20201228T090000 20261228T090000" },
  { "weeks are counted from the end, too",
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR;COUNT=3", "20151231T090000", "20150101T000000", "20160101T090000 20161230T090000 20171229T090000" },
  { "a week without its days means the day of the start",
    "FREQ=YEARLY;BYWEEKNO=20;COUNT=2", "20260513T090000", "20260101T000000", "20260513T090000 20270519T090000" },
  { "weeks from Sunday on",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU;COUNT=2", "20260104T090000", "20260101T000000", "20260104T090000 20270103T090000" },
  { "every other year",
    "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=10;BYDAY=MO;COUNT=2", "20260302T090000", "20260101T000000", "20260302T090000 20280306T090000" },
  { "no such hour", "FREQ=HOURLY;BYHOUR=24", "20261124T090000", "20261124T000000", NULL },
  { "no hour before midnight", "FREQ=HOURLY;BYHOUR=-1", "20261124T090000", "20261124T000000", NULL },
  { "an empty list", "FREQ=HOURLY;BYHOUR=", "20261124T090000", "20261124T000000", NULL },
  { "no such weekday", "FREQ=YEARLY;BYWEEKNO=3;BYDAY=XX", "20261124T090000", "20261124T000000", NULL },
  { "no week 0", "FREQ=YEARLY;BYWEEKNO=0", "20261124T090000", "20261124T000000", NULL },
  { "no week 54", "FREQ=YEARLY;BYWEEKNO=54", "20261124T090000", "20261124T000000", NULL },
  { "dates have no hours", "FREQ=HOURLY;INTERVAL=2", "20261124", "20261124T000000", NULL },
  { "positions among instances of an hour", "FREQ=HOURLY;BYMINUTE=1,2;BYSETPOS=1", "20261124T090000", "20261124T000000", NULL },
};

static gint64
read_civil (const char *text)
{
  LfIcalTime time;

  g_assert_true (lf_ical_time_parse (text, &time));
  return time.civil_s;
}

static void
test_row (gconstpointer data)
{
  const Row              *row = data;
  g_autoptr (LfIcalRecur) recur = NULL;
  g_autoptr (GString)     listed = g_string_new (NULL);
  LfIcalTime              start;
  LfIcalIssue             issue;
  gint64                  from_s = read_civil (row->from);
  gint64                  civil_s;

  g_test_summary (row->claim);

  g_assert_true (lf_ical_time_parse (row->start, &start));
  recur = lf_ical_recur_new (row->rule, &start, from_s, &issue);
  if (row->expected == NULL)
    {
      g_assert_null (recur);
      g_assert_true (issue == LF_ICAL_ISSUE_BAD_RULE || issue == LF_ICAL_ISSUE_REFUSED_RULE);
      return;
    }
  g_assert_nonnull (recur);
  for (guint n_listed = 0; n_listed < MAX_LISTED && lf_ical_recur_next (recur, &civil_s);)
    {
      LfIcalCivil civil = lf_ical_civil_from_s (civil_s);

      if (civil_s < from_s)
        continue; /* it may begin somewhat earlier */
      g_string_append_printf (listed, "%s%04d%02d%02dT%02d%02d%02d", listed->len > 0 ? " " : "", civil.year, civil.month,
                              civil.day, civil.hour, civil.minute, civil.second);
      n_listed++;
    }
  g_assert_cmpstr (listed->str, ==, row->expected);
  g_assert_false (lf_ical_recur_was_cut (recur));
}

static void
test_endless (void)
{
  LfIcalTime              start = { read_civil ("20261124T090000"), FALSE, FALSE };
  LfIcalIssue             issue;
  gint64                  civil_s;
  g_autoptr (LfIcalRecur) recur = lf_ical_recur_new ("FREQ=HOURLY;INTERVAL=24;BYHOUR=8", &start, 0, &issue);

  g_test_summary ("a rule that has no instance is given up, and says so");

  g_assert_false (lf_ical_recur_next (recur, &civil_s));
  g_assert_true (lf_ical_recur_was_cut (recur));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ical/sieve/%02" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/ical/sieve/endless", test_endless);
  return g_test_run ();
}
