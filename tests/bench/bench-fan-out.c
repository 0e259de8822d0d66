/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lf-bench-load.h"
#include "lf-bench-office.h"

/* What one presence change costs the server for each watcher it reaches, on the full path: a `reach`
 * frame is read, checked and folded, the presence encoded and handed to every watcher's stream.
 * Beside it, in the same run and in turns, the bare epoll loop of bench-broadcast does the same
 * deliveries of as many bytes. CPU time is that of the server processes alone.
 *
 * usage: bench-fan-out SERVER BROADCASTER [CONNECTIONS…] */

#define N_TURNS    7
#define PAUSE_US   150 /* between two changes: the limit of frames a second is not what is measured */
#define DEADLINE_S 20

typedef struct
{
  guint  watchers;
  guint  changes; /* a turn */
  double target;  /* times the baseline */
} Case;

static const Case cases[] = {
  { 10, 1500, 1.4 },
  { 100, 400, 1.3 },
  { 1000, 60, 1.3 },
};

typedef struct
{
  GPid      pid;
  clockid_t clock;
  guint     port;
} Program;

static double
read_cpu_us (const Program *program)
{
  struct timespec used;

  if (clock_gettime (program->clock, &used) != 0)
    g_error ("no CPU clock of process %d", (int) program->pid);
  return (double) used.tv_sec * 1e6 + (double) used.tv_nsec / 1e3;
}

/* memory of its own, KiB */
static guint64
read_private_kib (const Program *program)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) program->pid);
  g_autofree char *text = NULL;
  const char      *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = strstr (text, "Private_Dirty:")) == NULL)
    return 0;
  return g_ascii_strtoull (found + strlen ("Private_Dirty:"), NULL, 10);
}

static void
start (Program *program, const char *const *arguments, int *out)
{
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &program->pid,
                                 NULL, out, NULL, &error))
    g_error ("%s", error->message);
  if (clock_getcpuclockid (program->pid, &program->clock) != 0)
    g_error ("no CPU clock of “%s”", arguments[0]);
}

static void
stop (Program *program)
{
  kill (program->pid, SIGTERM);
  waitpid (program->pid, NULL, 0);
}

static void
start_broadcaster (Program *program, const char *path, gsize frame_bytes)
{
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, frame_bytes);
  char             line[16] = "";
  int              out = -1;

  start (program, (const char *const[]){ path, size, NULL }, &out);
  if (read (out, line, sizeof line - 1) <= 0)
    g_error ("the broadcaster does not start");
  program->port = (guint) g_ascii_strtoull (line, NULL, 10);
}

static void
start_server (Program *program, const char *path, const char *folder)
{
  static const char settings[] = "[limits]\nmax-connections=20000\nmax-connections-per-address=20000\n"
                                 "[stream]\nframes-per-s=10000\nping-s=40\n";
  g_autofree char  *config = g_build_filename (folder, "server.conf", NULL);
  g_autofree char  *address = g_build_filename (folder, "address", NULL);
  g_autofree char  *text = NULL;
  gint64            end_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;

  g_file_set_contents (config, settings, -1, NULL);
  start (program, (const char *const[]){ path, "--config", config, "--listen", "127.0.0.1:0", "--data", folder, NULL }, NULL);
  while (!g_file_get_contents (address, &text, NULL, NULL) || strrchr (text, ':') == NULL)
    {
      g_clear_pointer (&text, g_free);
      if (g_get_monotonic_time () > end_us)
        g_error ("the server does not start");
      g_usleep (20000);
    }
  program->port = (guint) g_ascii_strtoull (strrchr (text, ':') + 1, NULL, 10);
}

static void
pause_until (gint64 at_us)
{
  gint64 left_us = at_us - g_get_monotonic_time ();

  if (left_us > 0)
    g_usleep ((gulong) left_us);
}

/* CPU of the server for each delivery, in microseconds */
static double
turn_server (const Program *server, LfBenchLoad *load, guint watched, const Case *row, guint *n_changes)
{
  double before_us;

  lf_bench_load_acknowledge_all (load);
  pause_until (g_get_monotonic_time () + 200000);
  before_us = read_cpu_us (server);
  for (guint i = 0; i < row->changes; i++)
    {
      gint64 next_us = g_get_monotonic_time () + PAUSE_US;

      lf_bench_load_say (load, watched, (*n_changes)++ % 2 == 0 ? "{\"t\":\"reach\",\"state\":\"idle\"}" : "{\"t\":\"reach\",\"state\":\"online\"}");
      lf_bench_load_wait (load, row->watchers + 1, 0); /* the person's own stream hears it, too */
      pause_until (next_us);
    }
  return (read_cpu_us (server) - before_us) / row->changes / (row->watchers + 1);
}

static double
turn_baseline (const Program *baseline, LfBenchLoad *load, const Case *row, gsize frame_bytes)
{
  static const char trigger[] = "......{\"t\":\"reach\",\"state\":\"online\"}";
  double            before_us = read_cpu_us (baseline);

  for (guint i = 0; i < row->changes; i++)
    {
      gint64 next_us = g_get_monotonic_time () + PAUSE_US;

      lf_bench_load_send (load, 0, trigger, sizeof trigger - 1);
      lf_bench_load_wait (load, row->watchers + 1, frame_bytes);
      pause_until (next_us);
    }
  return (read_cpu_us (baseline) - before_us) / row->changes / (row->watchers + 1);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
find_median (double *values)
{
  qsort (values, N_TURNS, sizeof *values, compare);
  return values[N_TURNS / 2];
}

static gboolean
run_case (const Program *server, LfBenchLoad *streams, const char *broadcaster, guint n_connections, guint n, GString *lines)
{
  const Case  *row = &cases[n];
  gsize        frame_bytes;
  Program      baseline = { 0 };
  LfBenchLoad *bare;
  double       server_us[N_TURNS], baseline_us[N_TURNS], ratios[N_TURNS];
  guint        n_changes = 0;
  gboolean     is_good;

  lf_bench_load_say (streams, n, "{\"t\":\"reach\",\"state\":\"online\"}");
  lf_bench_load_wait (streams, row->watchers + 1, 0);
  frame_bytes = lf_bench_load_get_frame_bytes (streams);
  start_broadcaster (&baseline, broadcaster, frame_bytes);
  bare = lf_bench_load_new (baseline.port, n_connections);
  lf_bench_load_open_bare (bare, 0, 't');
  for (guint i = 1; i < n_connections; i++)
    lf_bench_load_open_bare (bare, i, i <= row->watchers + 1 ? 'w' : 'i');
  g_usleep (200000);

  for (guint i = 0; i < N_TURNS; i++)
    {
      server_us[i] = turn_server (server, streams, n, row, &n_changes);
      baseline_us[i] = turn_baseline (&baseline, bare, row, frame_bytes);
      ratios[i] = server_us[i] / baseline_us[i];
    }
  lf_bench_load_free (bare);
  stop (&baseline);

  is_good = find_median (ratios) <= row->target;
  printf ("%11u  %8u  %12.2f  %14.2f  %6.2f\n", n_connections, row->watchers, find_median (server_us), find_median (baseline_us), ratios[N_TURNS / 2]);
  g_string_append_printf (lines, "fan-out-%u-of-%u %.2f %.2f %s\n", row->watchers, n_connections, ratios[N_TURNS / 2], row->target, is_good ? "ok" : "short");
  return is_good;
}

static void
run_office (const char *server_path, const char *broadcaster, guint n_connections, GString *lines)
{
  guint          watchers[G_N_ELEMENTS (cases)];
  LfBenchOffice *office;
  LfBenchLoad   *streams;
  Program        server = { 0 };
  guint64        before_kib;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    watchers[i] = cases[i].watchers;
  office = lf_bench_office_new (server_path, n_connections, watchers, G_N_ELEMENTS (cases));
  start_server (&server, server_path, office->folder);
  streams = lf_bench_load_new (server.port, n_connections);
  before_kib = read_private_kib (&server);
  for (guint i = 0; i < n_connections; i++)
    lf_bench_load_open_stream (streams, i, office->tokens[i]);
  g_string_append_printf (lines, "memory-kib-a-stream-%u %.2f - -\n", n_connections, (double) (read_private_kib (&server) - before_kib) / n_connections);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (cases[i].watchers + G_N_ELEMENTS (cases) < n_connections)
      run_case (&server, streams, broadcaster, n_connections, i, lines);
  lf_bench_load_free (streams);
  stop (&server);
  lf_bench_office_free (office);
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  struct rlimit       limit;

  if (argc < 3)
    {
      fprintf (stderr, "usage: bench-fan-out SERVER BROADCASTER [CONNECTIONS…]\n");
      return 2;
    }
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  printf ("Server CPU for each delivery of one presence change, microseconds; median of %d turns\n\n", N_TURNS);
  printf ("connections  watchers  lampfield us  bare epoll us   ratio\n");
  if (argc == 3)
    run_office (argv[1], argv[2], 2000, lines);
  for (int i = 3; i < argc; i++)
    run_office (argv[1], argv[2], (guint) g_ascii_strtoull (argv[i], NULL, 10), lines);
  printf ("\n%s", lines->str);
  return 0;
}
