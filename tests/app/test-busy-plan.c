/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <stdlib.h>

#include "lf-busy-plan.h"

#define DAY_US           (G_GINT64_CONSTANT (1763942400) * LF_SECOND) /* Mon 2025-11-24 00:00 UTC */
#define AT(hour, minute) (DAY_US + (hour) *LF_HOUR + (minute) *LF_MINUTE)

typedef struct
{
  const char  *claim;
  gint64       now_us;
  LfBusyPeriod periods[4];
  gsize        n_periods;
  gint64       known_until_us;
  int          first_hour;
  int          last_hour;
  guint        n_drawn;
  const char  *summary;
  const char  *sentence; /* first of the description; NULL: the summary */
} Row;

static const Row rows[] = {
  { "a free day", AT (10, 0), { { 0 } }, 0, AT (24, 0), 8, 18, 0, "free for the rest of the day" },
  { "in a meeting", AT (10, 0), { { AT (9, 30), AT (11, 0), LF_BUSY_BUSY } }, 1, AT (24, 0), 8, 18, 1, "free from 11:00", "In a meeting until 11:00, then free for the rest of the day" },
  { "in a meeting before another", AT (10, 0), { { AT (9, 30), AT (11, 0), LF_BUSY_BUSY }, { AT (13, 30), AT (14, 0), LF_BUSY_BUSY } }, 2, AT (24, 0), 8, 18, 2, "free from 11:00 to 13:30", "In a meeting until 11:00, then free until 13:30" },
  { "what may be is no other", AT (10, 0), { { AT (9, 30), AT (11, 0), LF_BUSY_BUSY }, { AT (11, 0), AT (14, 0), LF_BUSY_TENTATIVE } }, 2, AT (24, 0), 8, 18, 2, "free from 11:00", "In a meeting until 11:00, then free for the rest of the day" },
  { "in a meeting, and known until noon", AT (10, 0), { { AT (9, 30), AT (11, 0), LF_BUSY_BUSY } }, 1, AT (12, 0), 8, 18, 1, "free from 11:00", "In a meeting until 11:00, then free until at least 12:00" },
  { "in a meeting until the day is over", AT (10, 0), { { AT (9, 30), AT (24, 0), LF_BUSY_BUSY } }, 1, AT (48, 0), 8, 24, 1, "free from tomorrow 00:00", "free from tomorrow 00:00" },
  { "before a meeting", AT (9, 0), { { AT (9, 30), AT (11, 0), LF_BUSY_BUSY } }, 1, AT (24, 0), 8, 18, 1, "free until 09:30" },
  { "back to back is one", AT (10, 0), { { AT (9, 30), AT (10, 30), LF_BUSY_BUSY }, { AT (10, 30), AT (11, 0), LF_BUSY_BUSY } }, 2, AT (24, 0), 8, 18, 1, "free from 11:00", "In a meeting until 11:00, then free for the rest of the day" },
  { "a gap of 59 s is joined", AT (10, 0), { { AT (9, 30), AT (10, 30), LF_BUSY_BUSY }, { AT (10, 30) + 59 * LF_SECOND, AT (11, 0), LF_BUSY_BUSY } }, 2, AT (24, 0), 8, 18, 1, "free from 11:00", "In a meeting until 11:00, then free for the rest of the day" },
  { "a gap of a minute is not", AT (10, 0), { { AT (9, 30), AT (10, 30), LF_BUSY_BUSY }, { AT (10, 31), AT (11, 0), LF_BUSY_BUSY } }, 2, AT (24, 0), 8, 18, 2, "free from 10:30 to 10:31", "In a meeting until 10:30, then free until 10:31" },
  { "an early and a late meeting widen", AT (10, 0), { { AT (6, 45), AT (7, 15), LF_BUSY_BUSY }, { AT (19, 0), AT (20, 30), LF_BUSY_TENTATIVE } }, 2, AT (24, 0), 6, 21, 2, "free for the rest of the day" },
  { "a holiday does not", AT (10, 0), { { AT (0, 0), AT (24, 0), LF_BUSY_OUT_OF_OFFICE } }, 1, AT (24, 0), 8, 18, 1, "out of office" },
  { "nor does half a one", AT (10, 0), { { AT (0, 0), AT (14, 0), LF_BUSY_OUT_OF_OFFICE } }, 1, AT (24, 0), 8, 18, 1, "out of office until 14:00" },
  { "until midnight", AT (10, 0), { { AT (17, 0), AT (26, 0), LF_BUSY_BUSY } }, 1, AT (48, 0), 8, 24, 1, "free until 17:00" },
  { "tomorrow is not drawn", AT (10, 0), { { AT (34, 0), AT (35, 0), LF_BUSY_BUSY } }, 1, AT (48, 0), 8, 18, 0, "free for the rest of the day" },
  { "now before eight", AT (5, 30), { { 0 } }, 0, AT (24, 0), 5, 18, 0, "free for the rest of the day" },
  { "now in the evening", AT (22, 10), { { 0 } }, 0, AT (24, 0), 8, 23, 0, "free for the rest of the day" },
  { "known until three", AT (10, 0), { { 0 } }, 0, AT (15, 0), 8, 18, 0, "free until at least 15:00" },
  { "busy beyond what is known", AT (10, 0), { { AT (9, 0), AT (16, 0), LF_BUSY_BUSY } }, 1, AT (15, 0), 8, 18, 1, "busy until at least 15:00" },
  { "known no more", AT (10, 0), { { 0 } }, 0, AT (9, 0), 8, 18, 0, "calendar not known" },
};

static LfBusyPlan *
make_plan_of_day (const LfCalendar *calendar, int days, gint64 now_us, GTimeZone *zone)
{
  LfBusyDay day;

  lf_busy_day_init (&day, days, now_us, zone);
  lf_busy_day_widen (&day, calendar, zone);
  return lf_busy_plan_new (calendar, &day, zone);
}

static LfBusyPlan *
make_plan (const LfCalendar *calendar, gint64 now_us, GTimeZone *zone)
{
  return make_plan_of_day (calendar, 0, now_us, zone);
}

static void
test_plans (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  g_test_summary ("The day from 8 to 18, wider where meetings lie outside; nothing unknown is called free");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row             *row = &rows[i];
      g_autoptr (LfBusyList) busy = lf_busy_list_new (row->periods, row->n_periods);
      LfCalendar             calendar = { busy, DAY_US, row->known_until_us, row->now_us, 1, NULL };
      g_autoptr (LfBusyPlan) plan = make_plan (&calendar, row->now_us, zone);
      g_autofree char       *summary = lf_busy_plan_summarise (plan, &calendar);
      g_autofree char       *words = NULL;

      g_test_message ("%s", row->claim);
      g_assert_cmpint (plan->day.first_hour, ==, row->first_hour);
      g_assert_cmpint (plan->day.last_hour, ==, row->last_hour);
      g_assert_cmpuint (plan->periods->len, ==, row->n_drawn);
      g_assert_cmpstr (summary, ==, row->summary);
      words = lf_busy_plan_describe (plan, &calendar);
      words[strcspn (words, "\n")] = '\0';
      g_assert_cmpstr (words, ==, row->sentence != NULL ? row->sentence : row->summary);
    }
}

static void
test_position (void)
{
  static const LfBusyPeriod periods[] = { { AT (9, 0), AT (12, 0), LF_BUSY_ALL_DAY }, { AT (10, 0), AT (11, 0), LF_BUSY_BUSY } };
  g_autoptr (GTimeZone)     zone = g_time_zone_new_utc ();
  g_autoptr (LfBusyList)    busy = lf_busy_list_new (periods, 2);
  LfCalendar                calendar = { busy, AT (9, 0), AT (17, 0), AT (9, 0), 1, NULL };
  g_autoptr (LfBusyPlan)    plan = make_plan (&calendar, AT (10, 0), zone);
  g_autofree char          *words = lf_busy_plan_describe (plan, &calendar);
  LfBusyPeriod              period;

  g_test_summary ("Positions are shares of the day; a meeting lies above an event of the whole day");
  g_assert_cmpfloat_with_epsilon (lf_busy_plan_position (plan, AT (8, 0)), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (lf_busy_plan_position (plan, AT (13, 0)), 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (lf_busy_plan_position (plan, AT (30, 0)), 1, 1e-9);
  g_assert_true (lf_busy_plan_period_at (plan, AT (10, 30), &period));
  g_assert_cmpint (period.type, ==, LF_BUSY_BUSY);
  g_assert_true (lf_busy_plan_period_at (plan, AT (9, 30), &period));
  g_assert_cmpint (period.type, ==, LF_BUSY_ALL_DAY);
  g_assert_false (lf_busy_plan_period_at (plan, AT (13, 0), &period));
  g_assert_false (lf_busy_plan_is_known (plan, AT (8, 30)));
  g_assert_true (lf_busy_plan_is_known (plan, AT (16, 59)));
  g_assert_false (lf_busy_plan_is_known (plan, AT (17, 0)));
  g_assert_cmpstr (words, ==, "In a meeting until 11:00, then free until at least 17:00\n09:00–12:00 all day\n10:00–11:00 busy");
}

static void
test_nothing (void)
{
  g_autoptr (GTimeZone)  zone = g_time_zone_new_utc ();
  LfCalendar             calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
  g_autoptr (LfBusyPlan) plan = make_plan (&calendar, AT (10, 0), zone);
  g_autofree char       *summary = lf_busy_plan_summarise (plan, &calendar);

  g_test_summary ("A calendar of which nothing is known is not a free one");
  g_assert_cmpstr (summary, ==, "calendar not known");
  g_assert_false (lf_busy_plan_is_known (plan, AT (10, 0)));
}

static void
test_state_only (void)
{
  static const LfBusyPeriod meeting = { AT (9, 0), AT (11, 0), LF_BUSY_BUSY };
  g_autoptr (GTimeZone)     zone = g_time_zone_new_utc ();

  g_test_summary ("Of somebody whose current state alone may be seen, nothing says when the next meeting starts");
  for (guint is_busy = 0; is_busy < 2; is_busy++)
    {
      g_autoptr (LfBusyList) busy = lf_busy_list_new (&meeting, is_busy);
      LfCalendar             calendar = { busy, AT (10, 0), AT (11, 0), AT (10, 0), 1, NULL, TRUE };
      g_autoptr (LfBusyPlan) plan = make_plan (&calendar, AT (10, 30), zone);
      g_autofree char       *words = lf_busy_plan_describe (plan, &calendar);

      g_assert_cmpstr (words, ==, is_busy ? "busy until at least 11:00\n09:00–11:00 busy" : "free now");
      g_assert_cmpuint (plan->periods->len, ==, is_busy);
      g_assert_false (lf_busy_plan_is_known (plan, AT (10, 45)));
    }
}

static void
test_other_days (void)
{
  static const LfBusyPeriod periods[] = {
    { AT (24 + 8, 0), AT (24 + 10, 0), LF_BUSY_BUSY },
    { AT (24 + 19, 0), AT (24 + 19, 30), LF_BUSY_BUSY },
    { AT (48 + 13, 0), AT (48 + 14, 0), LF_BUSY_BUSY },
    { AT (72, 0), AT (96, 0), LF_BUSY_OUT_OF_OFFICE },
  };
  static const struct
  {
    int         days;
    gint64      valid_until_us;
    gboolean    is_state_only;
    int         last_hour;
    const char *summary;
  } days[] = {
    { 0, AT (34, 0), FALSE, 18, "free for the rest of the day" },
    { 1, AT (34, 0), FALSE, 20, "free from 10:00 to 19:00" },
    { 2, AT (34, 0), FALSE, 18, "free until 13:00" }, /* further ahead than a calendar may stay unread */
    { 3, AT (34, 0), FALSE, 18, "out of office" },
    { 4, AT (34, 0), FALSE, 18, "free until at least 12:00" },
    { 5, AT (34, 0), FALSE, 18, "calendar not known" },
    { 2, AT (9, 0), FALSE, 18, "calendar not known" }, /* stale */
    { 2, AT (34, 0), TRUE, 18, "calendar not known" },
  };
  g_autoptr (GTimeZone)  zone = g_time_zone_new_utc ();
  g_autoptr (LfBusyList) busy = lf_busy_list_new (periods, G_N_ELEMENTS (periods));

  g_test_summary ("Another day begins with its hours, whatever the time is now, and is known as far as was read");
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      LfCalendar             calendar = { busy, DAY_US, days[i].valid_until_us, AT (10, 0), 1, NULL, days[i].is_state_only, AT (108, 0) };
      g_autoptr (LfBusyPlan) plan = make_plan_of_day (&calendar, days[i].days, AT (10, 0), zone);
      g_autofree char       *summary = lf_busy_plan_summarise (plan, &calendar);

      g_assert_cmpint (plan->from_us, ==, AT (24 * days[i].days + 8, 0));
      g_assert_cmpint (plan->day.last_hour, ==, days[i].last_hour);
      g_assert_cmpstr (summary, ==, days[i].summary);
    }
}

static void
test_zone (void)
{
  static const LfBusyPeriod period = { AT (13, 0), AT (14, 0), LF_BUSY_BUSY };
  g_autoptr (GTimeZone)     zone = g_time_zone_new_identifier ("America/New_York");
  g_autoptr (LfBusyList)    busy = lf_busy_list_new (&period, 1);
  LfCalendar                calendar = { busy, DAY_US, AT (48, 0), AT (9, 0), 1, NULL };
  g_autoptr (LfBusyPlan)    plan = NULL;

  g_test_summary ("The day is the viewer's, wherever the meeting is");
  if (zone == NULL)
    {
      g_test_skip ("time zones are not installed");
      return;
    }
  plan = make_plan (&calendar, AT (14, 30), zone);
  g_assert_cmpint (plan->day.first_hour, ==, 8);
  g_assert_cmpint (plan->from_us, ==, AT (13, 0)); /* 8 o'clock in New York */
  g_assert_cmpfloat_with_epsilon (lf_busy_plan_position (plan, AT (14, 0)), 0.1, 1e-9);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/busy-plan/plans", test_plans);
  g_test_add_func ("/busy-plan/position", test_position);
  g_test_add_func ("/busy-plan/nothing", test_nothing);
  g_test_add_func ("/busy-plan/state-only", test_state_only);
  g_test_add_func ("/busy-plan/other-days", test_other_days);
  g_test_add_func ("/busy-plan/zone", test_zone);
  return g_test_run ();
}
