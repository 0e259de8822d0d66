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
  { "days of the month leave out what a week has besides",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTHDAY=1,31;COUNT=4", "20151231T090000", "20150101T000000", "20151231T090000 20160101T090000 20201231T090000 20210101T090000" },
  { "and are counted from the end, too",
    "FREQ=YEARLY;BYWEEKNO=9;BYMONTHDAY=-1;COUNT=3", "20200229T090000", "20200101T000000", "20200229T090000 20220228T090000 20230228T090000" },
  { "days of the year are those of the calendar's year",
    "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1,-1;COUNT=4", "20151231T090000", "20150101T000000", "20151231T090000 20160101T090000 20201231T090000 20210101T090000" },
  { "with a weekday all of them must hold",
    "FREQ=YEARLY;BYWEEKNO=20,21;BYMONTHDAY=15,16,17,18;BYDAY=FR;COUNT=3", "20200515T090000", "20200101T000000", "20200515T090000 20240517T090000 20250516T090000" },
  { "positions are counted over all weeks of a year",
    "FREQ=YEARLY;BYWEEKNO=10,20;BYDAY=MO,FR;BYSETPOS=1,-1;COUNT=4", "20260302T090000", "20260101T000000", "20260302T090000 20260515T090000 20270308T090000 20270521T090000" },
  { "over times of the day, too",
    "FREQ=YEARLY;BYWEEKNO=10;BYDAY=MO,TU;BYHOUR=9,17;BYSETPOS=2,3;COUNT=4", "20260302T170000", "20260101T000000", "20260302T170000 20260303T090000 20270308T170000 20270309T090000" },
  { "in the year that a week belongs to, whatever the calendar says",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU;BYSETPOS=1", "20180101T090000", "20180101T000000", "20180101T090000 20181231T090000 20191230T090000 20210104T090000 20220103T090000 20230102T090000" },
  { "what is first and last at once comes once",
    "FREQ=YEARLY;BYWEEKNO=30;BYSETPOS=1,-1;COUNT=2", "20260720T090000", "20260101T000000", "20260720T090000 20270726T090000" },
  { "positions long after the start, every third year",
    "FREQ=YEARLY;INTERVAL=3;BYWEEKNO=2,3;BYDAY=WE;BYSETPOS=-1", "20020116T090000", "20260101T000000", "20260114T090000 20290117T090000 20320114T090000 20350117T090000 20380120T090000 20410116T090000" },
  { "a position before the start is no instance",
    "FREQ=YEARLY;BYWEEKNO=10;BYDAY=MO,FR;BYSETPOS=1,2;COUNT=2", "20260304T090000", "20260101T000000", "20260306T090000 20270308T090000" },
  { "no position 0", "FREQ=YEARLY;BYWEEKNO=10;BYSETPOS=0", "20260304T090000", "20260101T000000", NULL },
  { "no position 367", "FREQ=YEARLY;BYWEEKNO=10;BYSETPOS=367", "20260304T090000", "20260101T000000", NULL },
  { "no day 32", "FREQ=YEARLY;BYWEEKNO=10;BYMONTHDAY=32", "20260304T090000", "20260101T000000", NULL },
  { "no day -367", "FREQ=YEARLY;BYWEEKNO=10;BYYEARDAY=-367", "20260304T090000", "20260101T000000", NULL },
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

static void
test_costly (void)
{
  static const char *const rules[] = {
    "FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=200",
    "FREQ=YEARLY;BYWEEKNO=10;BYSETPOS=366",
    "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7;BYSETPOS=1",
  };
  LfIcalTime  start = { read_civil ("20261124T090000"), FALSE, FALSE };
  LfIcalIssue issue;
  gint64      civil_s;

  g_test_summary ("rules by weeks without an instance are given up, too");

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (LfIcalRecur) recur = lf_ical_recur_new (rules[i], &start, 0, &issue);

      g_assert_false (lf_ical_recur_next (recur, &civil_s));
      g_assert_true (lf_ical_recur_was_cut (recur));
    }
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
  g_test_add_func ("/ical/sieve/costly", test_costly);
  return g_test_run ();
}
