/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-free-time.h"

#define DAY_US           (G_GINT64_CONSTANT (1763942400) * LF_SECOND) /* Mon 2025-11-24 00:00 UTC */
#define AT(hour, minute) (DAY_US + (hour) *LF_HOUR + (minute) *LF_MINUTE)
#define MAX_PEOPLE       3
#define BUSY(from, to)                     \
  {                                        \
    AT (from, 0), AT (to, 0), LF_BUSY_BUSY \
  }

typedef struct
{
  const char  *claim;
  gint64       now_us;
  int          minutes; /* how long it shall be */
  LfBusyPeriod periods[MAX_PEOPLE][3];
  LfFreeTime   found[3];
  gboolean     has_weekends;
} Row;

static const Row rows[] = {
  { "nobody has anything: the hours of each day", AT (10, 0), 30, { { { 0 } } }, { { AT (10, 0), AT (18, 0), FALSE }, { AT (32, 0), AT (42, 0), FALSE }, { AT (56, 0), AT (66, 0), FALSE } } },
  { "from the next five minutes on", AT (10, 1), 30, { { { 0 } } }, { { AT (10, 5), AT (18, 0), FALSE } } },
  { "between the meetings of two", AT (8, 0), 60, { { BUSY (8, 10) }, { BUSY (12, 17) } }, { { AT (10, 0), AT (12, 0), FALSE }, { AT (17, 0), AT (18, 0), FALSE }, { AT (32, 0), AT (42, 0), FALSE } } },
  { "too short a gap is none", AT (8, 0), 60, { { BUSY (8, 10) }, { { AT (10, 45), AT (17, 30), LF_BUSY_BUSY } } }, { { AT (32, 0), AT (42, 0), FALSE } } },
  { "as long as is wanted is enough", AT (8, 0), 45, { { BUSY (8, 10) }, { { AT (10, 45), AT (18, 0), LF_BUSY_BUSY } } }, { { AT (10, 0), AT (10, 45), FALSE }, { AT (32, 0), AT (42, 0), FALSE } } },
  { "meetings back to back leave no gap", AT (8, 0), 15, { { BUSY (8, 10), BUSY (10, 12) }, { BUSY (12, 18) } }, { { AT (32, 0), AT (42, 0), FALSE } } },
  { "out of office and the whole day keep away", AT (8, 0), 30, { { { AT (8, 0), AT (12, 0), LF_BUSY_OUT_OF_OFFICE } }, { { AT (12, 0), AT (18, 0), LF_BUSY_ALL_DAY } } }, { { AT (32, 0), AT (42, 0), FALSE } } },
  { "who works elsewhere can meet", AT (8, 0), 30, { { { AT (8, 0), AT (18, 0), LF_BUSY_ELSEWHERE } } }, { { AT (8, 0), AT (18, 0), FALSE } } },
  { "what may be is left out where there is room", AT (8, 0), 60, { { { AT (9, 0), AT (12, 0), LF_BUSY_TENTATIVE } } }, { { AT (8, 0), AT (9, 0), FALSE }, { AT (12, 0), AT (18, 0), FALSE }, { AT (32, 0), AT (42, 0), FALSE } } },
  { "and told where there is none", AT (9, 0), 60, { { { AT (9, 30), AT (10, 0), LF_BUSY_TENTATIVE } }, { BUSY (10, 18) } }, { { AT (9, 0), AT (10, 0), TRUE }, { AT (32, 0), AT (42, 0), FALSE } } },
  { "after the hours there is tomorrow", AT (17, 45), 30, { { { 0 } } }, { { AT (32, 0), AT (42, 0), FALSE } } },
  { "Friday is followed by Monday", AT (4 * 24 + 17, 45), 30, { { { 0 } } }, { { AT (7 * 24 + 8, 0), AT (7 * 24 + 18, 0), FALSE } } },
  { "but for whom the weekend counts", AT (4 * 24 + 17, 45), 30, { { { 0 } } }, { { AT (5 * 24 + 8, 0), AT (5 * 24 + 18, 0), FALSE }, { AT (6 * 24 + 8, 0), AT (6 * 24 + 18, 0), FALSE } }, TRUE },
};

static GArray *
find (LfCalendar *calendars, gsize n_calendars, gint64 now_us, int minutes, gboolean has_weekends, GTimeZone *zone)
{
  const LfCalendar *pointers[MAX_PEOPLE];
  LfFreeTimeQuery   query = { now_us, now_us + 14 * LF_DAY, minutes * LF_MINUTE, zone, 8, 18, has_weekends, 20 };

  for (gsize i = 0; i < n_calendars; i++)
    pointers[i] = &calendars[i];
  return lf_free_time_find (pointers, n_calendars, &query);
}

static void
test_rows (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  g_test_summary ("The next times at which everybody is free, in the hours of the days");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row         *row = &rows[i];
      LfCalendar         calendars[MAX_PEOPLE];
      g_autoptr (GArray) found = NULL;

      g_test_message ("%s", row->claim);
      for (gsize j = 0; j < MAX_PEOPLE; j++)
        calendars[j] = (LfCalendar){ lf_busy_list_new (row->periods[j], 3), DAY_US, DAY_US + 30 * LF_DAY, row->now_us, 1, NULL, FALSE };
      found = find (calendars, MAX_PEOPLE, row->now_us, row->minutes, row->has_weekends, zone);
      for (gsize j = 0; j < G_N_ELEMENTS (row->found) && row->found[j].end_us > 0; j++)
        {
          const LfFreeTime *time = &g_array_index (found, LfFreeTime, j);

          g_assert_cmpuint (found->len, >, j);
          g_assert_cmpint (time->start_us, ==, row->found[j].start_us);
          g_assert_cmpint (time->end_us, ==, row->found[j].end_us);
          g_assert_cmpint (time->is_tentative, ==, row->found[j].is_tentative);
        }
      for (gsize j = 0; j < MAX_PEOPLE; j++)
        lf_busy_list_unref (calendars[j].busy);
    }
}

static void
test_unknown (void)
{
  static const LfBusyPeriod meeting = BUSY (9, 10);
  g_autoptr (GTimeZone)     zone = g_time_zone_new_utc ();
  g_autoptr (LfBusyList)    busy = lf_busy_list_new (&meeting, 1);
  LfCalendar                known = { busy, DAY_US, AT (24, 0), AT (8, 0), 1, NULL, FALSE };
  LfCalendar                short_known = { busy, AT (10, 30), AT (11, 30), AT (8, 0), 1, NULL, FALSE };
  LfCalendar                nothing = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL, FALSE };
  LfCalendar                state = { busy, DAY_US, AT (24, 0), AT (8, 0), 1, NULL, TRUE };
  LfCalendar                pair[2] = { known, short_known };
  g_autoptr (GArray)        found = find (pair, 2, AT (8, 0), 30, FALSE, zone);

  g_test_summary ("Nobody is taken to be free of whom it is not known");
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpint (g_array_index (found, LfFreeTime, 0).start_us, ==, AT (10, 30));
  g_assert_cmpint (g_array_index (found, LfFreeTime, 0).end_us, ==, AT (11, 30));
  g_assert_true (lf_free_time_is_known (&known, AT (8, 0)));
  g_assert_false (lf_free_time_is_known (&known, AT (24, 0)));

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GArray) none = NULL;

      pair[1] = i == 0 ? nothing : state;
      g_assert_false (lf_free_time_is_known (&pair[1], AT (8, 0)));
      none = find (pair, 2, AT (8, 0), 30, FALSE, zone);
      g_assert_cmpuint (none->len, ==, 0);
    }
}

static void
test_zone (void)
{
  g_autoptr (GTimeZone)  zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (LfBusyList) busy = lf_busy_list_new (NULL, 0);
  gint64                 friday_us = DAY_US + 123 * LF_DAY; /* Fri 2026-03-27 00:00 UTC, before summer time begins */
  LfCalendar             calendar = { busy, friday_us, friday_us + 14 * LF_DAY, friday_us, 1, NULL, FALSE };
  g_autoptr (GArray)     found = NULL;

  g_test_summary ("Hours are the viewer's, also over the change of the clocks");
  if (zone == NULL)
    {
      g_test_skip ("time zones are not installed");
      return;
    }
  found = find (&calendar, 1, friday_us, 60, FALSE, zone);
  g_assert_cmpint (g_array_index (found, LfFreeTime, 0).start_us, ==, friday_us + 7 * LF_HOUR);
  g_assert_cmpint (g_array_index (found, LfFreeTime, 1).start_us, ==, friday_us + 3 * LF_DAY + 6 * LF_HOUR);
  g_assert_cmpint (g_array_index (found, LfFreeTime, 1).end_us, ==, friday_us + 3 * LF_DAY + 16 * LF_HOUR);
}

static gboolean
is_kept_away (const LfCalendar *calendars, gsize n_calendars, gint64 at_us)
{
  for (gsize i = 0; i < n_calendars; i++)
    if (lf_busy_list_covers (calendars[i].busy, LF_BUSY_BUSY, at_us, NULL) ||
        lf_busy_list_covers (calendars[i].busy, LF_BUSY_OUT_OF_OFFICE, at_us, NULL) ||
        lf_busy_list_covers (calendars[i].busy, LF_BUSY_ALL_DAY, at_us, NULL))
      return TRUE;
  return FALSE;
}

/* Minute by minute: what is found is free, and as long a run of free minutes in the hours is found. */
static void
test_random (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  g_test_summary ("Minute by minute, the same as asking each calendar");
  for (guint round = 0; round < 300; round++)
    {
      LfCalendar         calendars[MAX_PEOPLE];
      g_autoptr (GArray) found = NULL;
      gint64             run_us = 0;
      gint64             free_us = 0;
      gint64             found_us = 0;

      for (gsize i = 0; i < MAX_PEOPLE; i++)
        {
          LfBusyPeriod periods[8];

          for (gsize j = 0; j < G_N_ELEMENTS (periods); j++)
            {
              gint64 start_us = AT (7, 0) + g_test_rand_int_range (0, 144) * LF_FREE_TIME_STEP_US;

              periods[j] = (LfBusyPeriod){ start_us, start_us + g_test_rand_int_range (1, 20) * LF_FREE_TIME_STEP_US,
                                           (LfBusyType) g_test_rand_int_range (0, LF_N_BUSY_TYPES) };
              if (periods[j].type == LF_BUSY_TENTATIVE) /* has rows of its own */
                periods[j].type = LF_BUSY_ELSEWHERE;
            }
          calendars[i] = (LfCalendar){ lf_busy_list_new (periods, G_N_ELEMENTS (periods)), DAY_US, AT (24, 0), DAY_US, 1, NULL, FALSE };
        }
      found = find (calendars, MAX_PEOPLE, DAY_US, 30, FALSE, zone);
      for (gint64 at_us = AT (8, 0); at_us <= AT (18, 0); at_us += LF_MINUTE)
        {
          if (at_us < AT (18, 0) && !is_kept_away (calendars, MAX_PEOPLE, at_us))
            {
              run_us += LF_MINUTE;
              continue;
            }
          if (run_us >= 30 * LF_MINUTE)
            free_us += run_us;
          run_us = 0;
        }
      for (guint i = 0; i < found->len; i++)
        {
          const LfFreeTime *time = &g_array_index (found, LfFreeTime, i);

          for (gint64 at_us = time->start_us; at_us < time->end_us; at_us += LF_MINUTE)
            g_assert_false (is_kept_away (calendars, MAX_PEOPLE, at_us));
          found_us += time->end_us - time->start_us;
        }
      g_assert_cmpint (found_us, ==, free_us);
      for (gsize i = 0; i < MAX_PEOPLE; i++)
        lf_busy_list_unref (calendars[i].busy);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/free-time/rows", test_rows);
  g_test_add_func ("/free-time/unknown", test_unknown);
  g_test_add_func ("/free-time/zone", test_zone);
  g_test_add_func ("/free-time/random", test_random);
  return g_test_run ();
}
