/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>

#include "lf-bench-report.h"
#include "lf-busy-puller.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

/* Many clients that hear at once of one edit of a calendar: when does the server hear from them?
 *
 * usage: bench-calendar */

#define N_WATCHERS   1000
#define BINS         5   /* of a second; over so many the clients spread */
#define FAIR_SHARE   0.3 /* of all pulls within one second, at most; 0.2 is even */
#define LEAST_SPREAD 4   /* seconds that hold the middle 90 %; 4.5 is even */
#define WAIT_MS      30000

typedef struct
{
  GArray  *pulls; /* of double, owned: seconds since the edit */
  gint64   edit_us;
  gboolean is_signed_in;
} World;

static void
on_request (LfFakeConn *conn, const LfFakeRequest *request, gpointer user_data)
{
  World *world = user_data;
  double at_s = (double) (g_get_monotonic_time () - world->edit_us) / G_USEC_PER_SEC;

  if (g_str_has_prefix (request->path, "/api/v1/busy?"))
    {
      g_array_append_val (world->pulls, at_s);
      lf_fake_conn_answer (conn, 200, "", "application/json", "{\"items\":[]}");
    }
  else
    lf_fake_conn_answer (conn, 200, "", "application/json",
                         "{\"user\":\"u1\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2099-11-24T09:15:00Z\","
                         "\"refresh_token\":\"r\",\"refresh_expires_at\":\"2099-12-24T09:00:00Z\"}");
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((World *) user_data)->is_signed_in = lf_session_login_finish (LF_SESSION (source), result, NULL);
}

/* The most that fall into one second, of all. */
static double
find_peak_share (GArray *pulls)
{
  guint most = 0;

  for (guint i = 0, first = 0; i < pulls->len; i++)
    {
      while (g_array_index (pulls, double, i) - g_array_index (pulls, double, first) > 1)
        first++;
      most = MAX (most, i - first + 1);
    }
  return (double) most / pulls->len;
}

/* The pullers of as many clients; what they ask for arrives at a server on a socket. */
static void
measure_pulls (LfBenchReport *report)
{
  World                 world = { .pulls = g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autoptr (LfClock)   clock = lf_clock_new_system ();
  LfFakeServer         *server = lf_fake_server_new (on_request, NULL, &world);
  g_autoptr (LfSession) session = lf_session_new (lf_fake_server_get_address (server), clock, NULL);
  g_autoptr (GPtrArray) pullers = g_ptr_array_new_with_free_func (g_object_unref);
  guint                 per_s[BINS + 1] = { 0 };
  double                share, spread_s;

  lf_session_login_async (session, "mara", "x", "desk", NULL, on_signed_in, &world);
  lf_wait_until (world.is_signed_in, WAIT_MS);
  for (guint i = 0; i < N_WATCHERS; i++)
    {
      g_ptr_array_add (pullers, lf_busy_puller_new (session, clock));
      lf_busy_puller_set_live (pullers->pdata[i], TRUE);
    }
  world.edit_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_WATCHERS; i++)
    lf_busy_puller_want (pullers->pdata[i], "jonas", LF_BUSY_LATER);
  lf_wait_until (world.pulls->len == N_WATCHERS, WAIT_MS);

  share = find_peak_share (world.pulls);
  spread_s = lf_bench_quantile (world.pulls, 0.95) - lf_bench_quantile (world.pulls, 0.05);
  for (guint i = 0; i < world.pulls->len; i++)
    per_s[MIN ((guint) g_array_index (world.pulls, double, i), BINS)]++;
  printf ("%u clients hear of one edit; their pulls arrive", N_WATCHERS);
  for (guint i = 0; i < BINS; i++)
    printf (" %u", per_s[i]);
  printf (" a second, %u later; at most %.0f %% within any second.\n", per_s[BINS], 100 * share);
  lf_bench_report_at_least (report, spread_s, LEAST_SPREAD, "calendar-pulls-spread-s");
  lf_bench_report_at_most (report, share, FAIR_SHARE, "calendar-pulls-in-one-second");
  g_ptr_array_set_size (pullers, 0);
  lf_fake_server_free (server);
  g_array_unref (world.pulls);
}

int
main (int argc, char **argv)
{
  LfBenchReport *report = lf_bench_report_new ();

  measure_pulls (report);
  lf_bench_report_free (report);
  return 0;
}
