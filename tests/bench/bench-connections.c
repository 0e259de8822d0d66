/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#include "lf-bench-load.h"
#include "lf-bench-office.h"
#include "lf-bench-program.h"
#include "lf-bench-report.h"

/* Connections: what they cost, how fast they come, and that they come back.
 *
 * usage: bench-connections SERVER */

#define SPARE 64 /* descriptors for everything but connections */

typedef struct
{
  const char    *path; /* of the server */
  guint          n_descriptors;
  LfBenchReport *report;
} Bench;

/* An office of people who are not signed in yet, and its server. */
typedef struct
{
  LfBenchOffice *office;
  LfBenchProgram server;
  LfBenchLoad   *streams;
} Floor;

static void
open_floor (Floor *self, const Bench *bench, guint n_people, guint n_contacts, guint n_watchers)
{
  self->office = lf_bench_office_new (bench->path, n_people, n_contacts, &n_watchers, n_watchers > 0 ? 1 : 0);
  lf_bench_program_start_server (&self->server, bench->path, self->office->folder, 0);
  self->streams = lf_bench_load_new (self->server.port, n_people, (const char *const *) self->office->tokens);
}

static void
close_floor (Floor *self)
{
  lf_bench_load_free (self->streams);
  lf_bench_program_stop (&self->server, SIGTERM);
  lf_bench_office_free (self->office);
}

/* Reads for a while: what is under way arrives, and the server comes to rest. */
static void
settle (Floor *self, guint milliseconds)
{
  lf_bench_load_turn_until (self->streams, g_get_monotonic_time () + milliseconds * 1000);
}

static gboolean
has_descriptors (const Bench *bench, guint n, double target, const char *name)
{
  g_autofree char *why = g_strdup_printf ("the limit of open files, %u, is too small for %u connections", bench->n_descriptors, n);

  if (bench->n_descriptors >= n + SPARE)
    return TRUE;
  lf_bench_report_missing (bench->report, target, why, "%s", name);
  return FALSE;
}

/* The first half makes caches and pools; the second half costs what a connection costs. */
static void
measure_memory (const Bench *bench)
{
  const guint n_half = 1000;
  Floor       office = { 0 };
  guint64     before_kib;
  double      kib;

  open_floor (&office, bench, 2 * n_half, 100, 0);
  lf_bench_load_open_streams (office.streams, 0, n_half);
  settle (&office, 500);
  before_kib = lf_bench_program_get_private_kib (&office.server);
  lf_bench_load_open_streams (office.streams, n_half, n_half);
  settle (&office, 500);
  kib = (double) (lf_bench_program_get_private_kib (&office.server) - before_kib) / n_half;
  printf ("An idle connection with 100 contacts takes %.2f KiB of memory.\n", kib);
  lf_bench_report_at_most (bench->report, kib, 2, "idle-connection-kib");
  close_floor (&office);
}

static void
measure_opening (const Bench *bench)
{
  const guint n = 5000;
  Floor       office = { 0 };
  double      seconds;
  double      cpu_us;

  open_floor (&office, bench, n, 20, 0);
  cpu_us = lf_bench_program_get_cpu_us (&office.server);
  seconds = lf_bench_load_open_streams (office.streams, 0, n);
  cpu_us = lf_bench_program_get_cpu_us (&office.server) - cpu_us;
  printf ("%u connections opened, with a snapshot of 20 contacts each: %.2f s, %.0f/s, %.0f us of server CPU each, %u failed.\n",
          n, seconds, n / seconds, cpu_us / n, lf_bench_load_count_failures (office.streams));
  lf_bench_report_at_least (bench->report, n / seconds, 3000, "connections-opened-a-second");
  lf_bench_report_plain (bench->report, cpu_us / n, "connection-opened-cpu-us");
  lf_bench_report_at_most (bench->report, n - lf_bench_load_count_live (office.streams), 0, "connections-failed");
  close_floor (&office);
}

static void
say_reach (Floor *self, guint n, gboolean is_idle)
{
  lf_bench_load_say (self->streams, n, is_idle ? "{\"t\":\"reach\",\"state\":\"idle\"}" : "{\"t\":\"reach\",\"state\":\"online\"}");
}

/* Everybody is there and one person changes all the time, seen by many, when the server is killed. */
static void
measure_restart (const Bench *bench)
{
  const guint n = 10000;
  const guint n_watchers = 1000;
  Floor       office = { 0 };
  gint64      start_us;
  double      seconds;

  if (!has_descriptors (bench, n, 60, "restart-all-back-s"))
    return;
  open_floor (&office, bench, n, 20, n_watchers);
  lf_bench_load_open_streams (office.streams, 0, n);
  for (guint i = 0; i < 50; i++)
    {
      say_reach (&office, 0, i % 2 == 0);
      settle (&office, 10);
    }
  lf_bench_load_bear_cuts (office.streams);
  say_reach (&office, 0, TRUE);
  start_us = g_get_monotonic_time ();
  lf_bench_program_stop (&office.server, SIGKILL);
  while (lf_bench_load_count_live (office.streams) > 0) /* until everybody has noticed */
    lf_bench_load_turn (office.streams, 5);
  lf_bench_program_start_server (&office.server, bench->path, office.office->folder, office.server.port);
  while (lf_bench_load_count_live (office.streams) < n && g_get_monotonic_time () < start_us + 120 * G_USEC_PER_SEC)
    lf_bench_load_turn (office.streams, 5);
  seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  printf ("%u of %u connections were back %.1f s after kill -9; %u attempts had to be made again.\n",
          lf_bench_load_count_live (office.streams), n, seconds, lf_bench_load_count_failures (office.streams));
  lf_bench_report_at_most (bench->report, seconds, 60, "restart-all-back-s");
  lf_bench_report_at_most (bench->report, n - lf_bench_load_count_live (office.streams), 0, "restart-lost");
  close_floor (&office);
}

/* Everybody goes without a word and comes back, again and again. */
static void
measure_cycles (const Bench *bench)
{
  const guint n = 1000;
  const guint n_cycles = 10;
  Floor       office = { 0 };
  guint64     first_kib = 0, last_kib = 0;
  guint       first_fds = 0, last_fds = 0;

  open_floor (&office, bench, n, 20, 0);
  for (guint i = 0; i <= n_cycles; i++)
    {
      lf_bench_load_open_streams (office.streams, 0, n);
      settle (&office, 200);
      last_kib = lf_bench_program_get_private_kib (&office.server);
      last_fds = lf_bench_program_count_descriptors (&office.server);
      if (i == 0)
        {
          first_kib = last_kib;
          first_fds = last_fds;
        }
      lf_bench_load_cut (office.streams, 0, n);
      settle (&office, 200);
    }
  printf ("%u connections cut and opened again %u times: memory from %.1f to %.1f MiB, descriptors from %u to %u.\n", n, n_cycles,
          (double) first_kib / 1024, (double) last_kib / 1024, first_fds, last_fds);
  lf_bench_report_at_most (bench->report, (double) last_kib / (double) first_kib, 1.1, "reconnects-memory-ratio");
  lf_bench_report_at_most (bench->report, (double) last_fds - first_fds, 0, "reconnects-descriptors-more");
  close_floor (&office);
}

static guint
count_segments (int fd)
{
  struct tcp_info info = { 0 };
  socklen_t       length = sizeof info;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    g_error ("no TCP_INFO: %s", g_strerror (errno));
  return info.tcpi_data_segs_in;
}

/* Changes of many people that stand in the server's sockets at once: as few writes as may be to one
 * who watches them all. Each write is a TCP segment on loopback, as nothing is held back. */
static void
measure_burst (const Bench *bench)
{
  const guint n = 200;
  Floor       office = { 0 };
  guint       before;
  guint       n_writes;

  open_floor (&office, bench, n + 1, n, 0);
  lf_bench_load_open_streams (office.streams, 0, n + 1);
  settle (&office, 500);
  kill (office.server.pid, SIGSTOP);
  before = count_segments (lf_bench_load_get_descriptor (office.streams, 0));
  for (guint i = 1; i <= n; i++)
    say_reach (&office, i, TRUE);
  kill (office.server.pid, SIGCONT);
  lf_bench_load_wait (office.streams, n * (n + 1), 0);
  n_writes = count_segments (lf_bench_load_get_descriptor (office.streams, 0)) - before;
  printf ("A burst of %u changes came to one watcher in %u writes.\n", n, n_writes);
  lf_bench_report_at_most (bench->report, n_writes, n - 1, "burst-of-%u-writes", n);
  close_floor (&office);
}

/* The 99th percentile over everybody who reads, microseconds. */
static double
find_p99_us (Floor *self, guint n_changes, guint n_deliveries, guint period_us)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));

  lf_bench_load_set_latencies (self->streams, latencies, 0);
  for (guint i = 0; i < n_changes; i++)
    {
      gint64 next_us = g_get_monotonic_time () + period_us;

      lf_bench_load_mark (self->streams);
      say_reach (self, 0, i % 2 == 0);
      lf_bench_load_wait (self->streams, n_deliveries, 0);
      lf_bench_load_turn_until (self->streams, next_us);
    }
  lf_bench_load_set_latencies (self->streams, NULL, 0);
  return lf_bench_quantile (latencies, 0.99);
}

static void
measure_slow_readers (const Bench *bench)
{
  const guint n = 2000;
  const guint n_slow = 200;
  const guint n_changes = 400; /* of more than a window, which is 512 frames, is half used */
  const guint period_us = 20000;
  Floor       office = { 0 };
  guint64     before_kib;
  double      before_us, after_us, kib;

  open_floor (&office, bench, n, 0, n - 1);
  lf_bench_load_open_streams (office.streams, 0, n);
  before_us = find_p99_us (&office, n_changes, n, period_us);
  lf_bench_load_acknowledge_all (office.streams);
  settle (&office, 500);
  before_kib = lf_bench_program_get_private_kib (&office.server);
  for (guint i = 0; i < n_slow; i++)
    lf_bench_load_set_reading (office.streams, n - 1 - i, FALSE);
  after_us = find_p99_us (&office, n_changes, n - n_slow, period_us);
  kib = (double) ((gint64) lf_bench_program_get_private_kib (&office.server) - (gint64) before_kib) / n_slow;
  printf ("%u of %u do not read: each takes %.1f KiB of memory; p99 for the others %.0f us, before %.0f us.\n", n_slow, n, kib,
          after_us, before_us);
  lf_bench_report_at_most (bench->report, kib, 256, "slow-reader-kib");
  lf_bench_report_at_most (bench->report, after_us / before_us, 2, "slow-readers-p99-of-others");
  close_floor (&office);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };

  if (argc != 2)
    {
      fprintf (stderr, "usage: bench-connections SERVER\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  bench.path = argv[1];
  bench.n_descriptors = lf_bench_raise_descriptors ();
  bench.report = lf_bench_report_new ();
  measure_memory (&bench);
  measure_opening (&bench);
  measure_burst (&bench);
  measure_cycles (&bench);
  measure_slow_readers (&bench);
  measure_restart (&bench);
  lf_bench_report_free (bench.report);
  return 0;
}
