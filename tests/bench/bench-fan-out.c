/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>

#include "lf-bench-baseline.h"
#include "lf-bench-load.h"
#include "lf-bench-office.h"
#include "lf-bench-program.h"
#include "lf-bench-report.h"
#include "lf-bench-rest.h"

/* What one presence change costs the server for each watcher it reaches, on the full path: a `reach`
 * frame (or a PUT of a line) is read, checked and folded, the presence encoded and handed to every
 * watcher's stream. Beside it, in the same run and in turns, the bare epoll loop of bench-broadcast
 * does the same deliveries of as many bytes. CPU time is that of the two servers alone.
 *
 * usage: bench-fan-out SERVER BROADCASTER */

#define N_TURNS         7
#define PAUSE_US        0 /* between two changes: the limit of frames a second is not what is measured */
#define DELIVERIES_S    5000
#define LATENCY_CHANGES 50
#define SPARE           64 /* descriptors for everything but connections */

typedef struct
{
  guint  watchers;
  guint  changes; /* a turn */
  double target;  /* times the baseline */
} Case;

static const Case cases[] = {
  { 10, 1200, 1.4 },
  { 100, 300, 1.3 },
  { 1000, 50, 1.3 },
};

#define GROWTH_TARGET  1.3 /* times the cost at few connections */
#define LATENCY_TARGET 1.3 /* times the baseline's */

/* An office whose people are all signed in. */
typedef struct
{
  LfBenchOffice *office;
  LfBenchProgram server;
  LfBenchLoad   *streams;
  gboolean       is_idle[G_N_ELEMENTS (cases)]; /* by watched person */
  gboolean       is_talking[G_N_ELEMENTS (cases)];
} Floor;

static void
open_floor (Floor *self, const char *path, guint n_connections)
{
  guint watchers[G_N_ELEMENTS (cases)];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    watchers[i] = cases[i].watchers;
  self->office = lf_bench_office_new (path, n_connections, 0, watchers, G_N_ELEMENTS (cases));
  lf_bench_program_start_server (&self->server, path, self->office->folder, 0);
  self->streams = lf_bench_load_new (self->server.port, n_connections, (const char *const *) self->office->tokens);
  lf_bench_load_open_streams (self->streams, 0, n_connections);
  if (lf_bench_load_count_live (self->streams) != n_connections)
    g_error ("not everybody is signed in");
}

static void
close_floor (Floor *self)
{
  lf_bench_load_free (self->streams);
  lf_bench_program_stop (&self->server, SIGTERM);
  lf_bench_office_free (self->office);
}

static void
change_reach (Floor *self, guint watched)
{
  lf_bench_load_mark (self->streams);
  self->is_idle[watched] = !self->is_idle[watched];
  lf_bench_load_say (self->streams, watched,
                     self->is_idle[watched] ? "{\"t\":\"reach\",\"state\":\"idle\"}" : "{\"t\":\"reach\",\"state\":\"online\"}");
}

/* Reaches the watchers, and the person's own stream. */
static LfBenchTurn
run_reach (Floor *self, guint watched, guint n_changes, guint period_us)
{
  guint              n_deliveries = cases[watched].watchers + 1;
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  LfBenchTurn        turn;
  double             before_us;

  lf_bench_load_acknowledge_all (self->streams);
  lf_bench_load_turn_until (self->streams, g_get_monotonic_time () + 200000);
  lf_bench_load_set_latencies (self->streams, latencies, 0);
  before_us = lf_bench_program_get_cpu_us (&self->server);
  for (guint i = 0; i < n_changes; i++)
    {
      gint64 next_us = g_get_monotonic_time () + period_us;

      change_reach (self, watched);
      lf_bench_load_wait (self->streams, n_deliveries, 0);
      lf_bench_load_turn_until (self->streams, next_us);
    }
  turn.cpu_us = (lf_bench_program_get_cpu_us (&self->server) - before_us) / n_changes / n_deliveries;
  turn.latency_us = lf_bench_median (latencies);
  lf_bench_load_set_latencies (self->streams, NULL, 0);
  return turn;
}

/* The same by a connector that reports the person's line; CPU for each delivery. */
static double
run_line (Floor *self, LfBenchRest *rest, guint watched, guint n_changes)
{
  g_autofree char *path = g_strdup_printf ("/lines/%u", watched);
  double           before_us;

  lf_bench_load_acknowledge_all (self->streams);
  lf_bench_load_turn_until (self->streams, g_get_monotonic_time () + 200000);
  before_us = lf_bench_program_get_cpu_us (&self->server);
  for (guint i = 0; i < n_changes; i++)
    {
      self->is_talking[watched] = !self->is_talking[watched];
      lf_bench_rest_call (rest, "PUT", path, self->office->phone_token,
                          self->is_talking[watched] ? "{\"state\":\"off_hook\"}" : "{\"state\":\"on_hook\"}");
      lf_bench_load_wait (self->streams, cases[watched].watchers + 1, 0);
    }
  return (lf_bench_program_get_cpu_us (&self->server) - before_us) / n_changes / (cases[watched].watchers + 1);
}

static LfBenchBaseline *
start_baseline (Floor *self, const char *path, guint n_connections, guint watched)
{
  change_reach (self, watched);
  lf_bench_load_wait (self->streams, cases[watched].watchers + 1, 0);
  return lf_bench_baseline_new (path, n_connections, cases[watched].watchers + 1, lf_bench_load_get_frame_bytes (self->streams));
}

typedef struct
{
  GArray *server_us;
  GArray *other_us;
  GArray *ratios;
} Pairs;

static void
pairs_init (Pairs *self)
{
  self->server_us = g_array_new (FALSE, FALSE, sizeof (double));
  self->other_us = g_array_new (FALSE, FALSE, sizeof (double));
  self->ratios = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
pairs_clear (Pairs *self)
{
  g_array_unref (self->server_us);
  g_array_unref (self->other_us);
  g_array_unref (self->ratios);
}

static void
pairs_add (Pairs *self, double server_us, double other_us)
{
  double ratio = server_us / other_us;

  g_array_append_val (self->server_us, server_us);
  g_array_append_val (self->other_us, other_us);
  g_array_append_val (self->ratios, ratio);
}

static double
pairs_print (Pairs *self, const char *what, guint n_connections, guint watchers)
{
  double ratio = lf_bench_median (self->ratios);

  printf ("%-22s  %11u  %8u  %10.2f  %11.2f  %6.2f\n", what, n_connections, watchers, lf_bench_median (self->server_us),
          lf_bench_median (self->other_us), ratio);
  fflush (stdout);
  return ratio;
}

static void
measure_case (Floor *self, const char *broadcaster, guint n_connections, guint watched, LfBenchReport *report)
{
  const Case      *row = &cases[watched];
  LfBenchBaseline *baseline = start_baseline (self, broadcaster, n_connections, watched);
  LfBenchRest     *rest = lf_bench_rest_new (self->server.port, 1);
  Pairs            reach, line;

  pairs_init (&reach);
  pairs_init (&line);
  for (guint i = 0; i < N_TURNS; i++)
    {
      double server_us = run_reach (self, watched, row->changes, PAUSE_US).cpu_us;
      double baseline_us = lf_bench_baseline_run (baseline, row->changes, PAUSE_US).cpu_us;

      pairs_add (&reach, server_us, baseline_us);
      pairs_add (&line, run_line (self, rest, watched, row->changes / 3), baseline_us);
    }
  lf_bench_baseline_free (baseline);
  lf_bench_rest_free (rest);
  lf_bench_report_at_most (report, pairs_print (&reach, "CPU, by reach", n_connections, row->watchers), row->target,
                           "fan-out-%u-of-%u", row->watchers, n_connections);
  lf_bench_report_plain (report, pairs_print (&line, "CPU, by PUT /lines", n_connections, row->watchers), "fan-out-line-%u-of-%u",
                         row->watchers, n_connections);
  pairs_clear (&reach);
  pairs_clear (&line);
}

static void
measure_latency (Floor *self, const char *broadcaster, guint n_connections, guint watched, LfBenchReport *report)
{
  guint            watchers = cases[watched].watchers;
  guint            period_us = G_USEC_PER_SEC * watchers / DELIVERIES_S;
  LfBenchBaseline *baseline = start_baseline (self, broadcaster, n_connections, watched);
  Pairs            pairs;

  pairs_init (&pairs);
  for (guint i = 0; i < N_TURNS; i++)
    {
      double server_us = run_reach (self, watched, LATENCY_CHANGES, period_us).latency_us;

      pairs_add (&pairs, server_us, lf_bench_baseline_run (baseline, LATENCY_CHANGES, period_us).latency_us);
    }
  lf_bench_baseline_free (baseline);
  lf_bench_report_at_most (report, pairs_print (&pairs, "p50 latency, 5,000/s", n_connections, watchers), LATENCY_TARGET,
                           "latency-p50-%u-of-%u", watchers, n_connections);
  pairs_clear (&pairs);
}

static void
measure_office (const char *server, const char *broadcaster, guint n_connections, LfBenchReport *report)
{
  Floor office = { 0 };

  open_floor (&office, server, n_connections);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    measure_case (&office, broadcaster, n_connections, i, report);
  if (n_connections == 2000)
    measure_latency (&office, broadcaster, n_connections, 1, report);
  close_floor (&office);
}

/* A connection that hears nothing costs nothing: the same change among few and among many of them. */
static void
measure_growth (const char *server, const char *broadcaster, guint n_few, guint n_many, LfBenchReport *report)
{
  Floor few = { 0 };
  Floor many = { 0 };

  open_floor (&few, server, n_few);
  open_floor (&many, server, n_many);
  for (guint watched = 0; cases[watched].watchers < n_few; watched++)
    {
      guint            watchers = cases[watched].watchers;
      LfBenchBaseline *baseline = start_baseline (&many, broadcaster, n_many, watched);
      Pairs            growth, absolute;

      pairs_init (&growth);
      pairs_init (&absolute);
      for (guint i = 0; i < N_TURNS; i++)
        {
          double few_us = run_reach (&few, watched, cases[watched].changes, PAUSE_US).cpu_us;
          double many_us = run_reach (&many, watched, cases[watched].changes, PAUSE_US).cpu_us;

          pairs_add (&growth, many_us, few_us);
          pairs_add (&absolute, many_us, lf_bench_baseline_run (baseline, cases[watched].changes, PAUSE_US).cpu_us);
        }
      lf_bench_baseline_free (baseline);
      pairs_print (&absolute, "CPU, by reach", n_many, watchers);
      lf_bench_report_at_most (report, pairs_print (&growth, "CPU, beside that of 500", n_many, watchers), GROWTH_TARGET,
                               "fan-out-%u-of-%u-beside-%u", watchers, n_many, n_few);
      pairs_clear (&growth);
      pairs_clear (&absolute);
    }
  close_floor (&many);
  close_floor (&few);
}

int
main (int argc, char **argv)
{
  LfBenchReport *report = lf_bench_report_new ();
  guint          n_descriptors = lf_bench_raise_descriptors ();

  if (argc < 3)
    {
      fprintf (stderr, "usage: bench-fan-out SERVER BROADCASTER\n");
      return 2;
    }
  lf_bench_keep_apart ();
  printf ("One delivery of one presence change, microseconds; medians of %d turns, in turns with the bare epoll loop\n\n", N_TURNS);
  printf ("%-22s  connections  watchers   lampfield  beside it    ratio\n", "");
  measure_office (argv[1], argv[2], 2000, report);
  measure_office (argv[1], argv[2], 5000, report);
  if (n_descriptors >= 10500 + SPARE)
    measure_growth (argv[1], argv[2], 500, 10000, report);
  else
    lf_bench_report_missing (report, GROWTH_TARGET, "the limit of open files is too small for 10,500 connections", "fan-out-of-10000-beside-500");
  lf_bench_report_free (report);
  return 0;
}
