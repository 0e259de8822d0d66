/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lampfield-core.h"

/* What the values of core cost, for `meson test --benchmark`: printed, never asserted. */

#define N_CONTACTS 10000
#define N_ROUNDS   1000000
#define NOW        (G_GINT64_CONSTANT (1795486510) * LF_SECOND)

static void
report (const char *what,
        gint64      start_us,
        guint       n_times)
{
  g_print ("%-48s %8.3f us each\n", what, (double) (g_get_monotonic_time () - start_us) / n_times);
}

/* A day of meetings on each of four weeks. */
static LfBusyList *
make_list (guint n_periods)
{
  g_autofree LfBusyPeriod *periods = g_new0 (LfBusyPeriod, n_periods);

  for (guint i = 0; i < n_periods; i++)
    {
      periods[i].start_us = NOW + ((gint64) i - n_periods / 2) * 2 * LF_HOUR - LF_MINUTE;
      periods[i].end_us = periods[i].start_us + LF_HOUR;
      periods[i].type = i % 3 == 0 ? LF_BUSY_TENTATIVE : LF_BUSY_BUSY;
    }
  return lf_busy_list_new (periods, n_periods);
}

static void
bench_resolver (void)
{
  LfCalendar             calendar = { NULL, NOW - LF_DAY, NOW + 7 * LF_DAY, NOW, 1, (char *) "Nextcloud" };
  LfReachability         reachability = { LF_REACHABILITY_ONLINE, NOW, LF_INSTANT_NONE, { (char *) "Note", NULL, NOW + LF_HOUR } };
  g_autoptr (LfPresence) presence = NULL;
  gint64                 start_us, sum = 0;

  calendar.busy = make_list (LF_BUSY_MAX_PERIODS);
  presence = lf_presence_new (NULL, &calendar, &reachability, 1);
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      LfResolved resolved;

      lf_resolve (presence, NOW + i * LF_SECOND, &resolved);
      sum += resolved.status;
    }
  report ("lf_resolve, 400 periods", start_us, N_ROUNDS);
  g_assert_cmpint (sum, >, 0);

  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < 1000; i++)
    lf_busy_list_unref (make_list (LF_BUSY_MAX_PERIODS));
  report ("lf_busy_list_new, 400 periods", start_us, 1000);
  lf_busy_list_unref (calendar.busy);
}

static void
apply_all (LfRoster   *roster,
           char      **users,
           guint       round,
           const char *what)
{
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < N_CONTACTS; i++)
    {
      LfPhone                phone = { (i + round) % 2 == 0 ? LF_PHONE_OFF_HOOK : LF_PHONE_ON_HOOK, NOW + round, LF_INSTANT_NONE, (char *) "2041", (char *) "PBX" };
      LfReachability         reachability = { LF_REACHABILITY_ONLINE, NOW, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
      g_autoptr (LfPresence) presence = lf_presence_new (&phone, NULL, &reachability, round + 1);

      lf_roster_apply_presence (roster, users[i], presence, FALSE);
    }
  report (what, start_us, N_CONTACTS);
}

static void
bench_roster (void)
{
  g_autoptr (LfClock)    clock = lf_clock_new_manual (NOW);
  g_autoptr (LfRoster)   roster = lf_roster_new (clock);
  g_autoptr (LfBusyList) list = make_list (20);
  g_auto (GStrv)         users = g_new0 (char *, N_CONTACTS + 1);
  gint64                 start_us;

  for (guint i = 0; i < N_CONTACTS; i++)
    users[i] = g_strdup_printf ("user-%u", i);
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_CONTACTS; i++)
    lf_roster_ensure (roster, users[i]);
  report ("lf_roster_ensure, 10,000 contacts", start_us, N_CONTACTS);
  apply_all (roster, users, 1, "presence event, no calendar");

  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      LfCalendar calendar = { list, NOW - LF_DAY, NOW + 7 * LF_DAY, NOW - i, 1, (char *) "Nextcloud" };

      lf_roster_apply_calendar (roster, users[i], &calendar);
    }
  report ("calendar of 20 periods", start_us, N_CONTACTS);
  apply_all (roster, users, 2, "presence event, with calendar");

  start_us = g_get_monotonic_time ();
  lf_clock_advance (clock, LF_HOUR);
  report ("everybody's meeting ends at once", start_us, N_CONTACTS);
  start_us = g_get_monotonic_time ();
  lf_roster_mark_cut (roster, lf_clock_get_now_us (clock));
  report ("lf_roster_mark_cut", start_us, N_CONTACTS);
  start_us = g_get_monotonic_time ();
  lf_clock_advance (clock, LF_MINUTE);
  report ("everybody goes stale, twice", start_us, N_CONTACTS);
}

int
main (int    argc,
      char **argv)
{
  bench_resolver ();
  bench_roster ();
  return 0;
}
