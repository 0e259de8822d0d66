/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lf-bench-baseline.h"
#include "lf-bench-load.h"
#include "lf-bench-program.h"
#include "lf-bench-report.h"

#define CHILD_FD 3

typedef struct
{
  guint n_changes;
  guint period_us;
} Order;

struct _LfBenchBaseline
{
  GPid pid;
  int  fd;
};

static LfBenchTurn
run (const LfBenchProgram *program, LfBenchLoad *load, guint n_watchers, gsize frame_bytes, const Order *order)
{
  static const char  trigger[] = "......{\"t\":\"reach\",\"state\":\"online\"}"; /* as long as the server's */
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  LfBenchTurn        turn;
  double             before_us = lf_bench_program_get_cpu_us (program);

  lf_bench_load_set_latencies (load, latencies, frame_bytes);
  for (guint i = 0; i < order->n_changes; i++)
    {
      gint64 next_us = g_get_monotonic_time () + order->period_us;

      lf_bench_load_mark (load);
      lf_bench_load_send (load, 0, trigger, sizeof trigger - 1);
      lf_bench_load_wait (load, n_watchers, frame_bytes);
      lf_bench_load_turn_until (load, next_us);
    }
  turn.cpu_us = (lf_bench_program_get_cpu_us (program) - before_us) / order->n_changes / n_watchers;
  turn.latency_us = lf_bench_median (latencies);
  return turn;
}

static void
serve (int fd, const char *path, guint n_connections, guint n_watchers, gsize frame_bytes)
{
  LfBenchProgram program = { 0 };
  LfBenchLoad   *load;
  Order          order;
  char           ready = 'r';

  lf_bench_program_start_broadcaster (&program, path, frame_bytes);
  load = lf_bench_load_new (program.port, n_connections, NULL);
  lf_bench_load_open_bare (load, 0, 't');
  for (guint i = 1; i < n_connections; i++)
    lf_bench_load_open_bare (load, i, i <= n_watchers ? 'w' : 'i');
  g_usleep (200000); /* until all letters are read */
  if (write (fd, &ready, 1) != 1)
    _exit (1);
  while (read (fd, &order, sizeof order) == sizeof order)
    {
      LfBenchTurn turn = run (&program, load, n_watchers, frame_bytes, &order);

      if (write (fd, &turn, sizeof turn) != sizeof turn)
        break;
    }
  lf_bench_program_stop (&program, SIGTERM);
  _exit (0);
}

LfBenchBaseline *
lf_bench_baseline_new (const char *path, guint n_connections, guint n_watchers, gsize frame_bytes)
{
  LfBenchBaseline *self = g_new0 (LfBenchBaseline, 1);
  int              fds[2];
  char             ready;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0 || (self->pid = fork ()) < 0)
    g_error ("no process for the baseline: %s", g_strerror (errno));
  if (self->pid == 0)
    {
      if (dup2 (fds[1], CHILD_FD) != CHILD_FD || close_range (CHILD_FD + 1, G_MAXUINT, 0) != 0)
        g_error ("no descriptors for the baseline: %s", g_strerror (errno));
      serve (CHILD_FD, path, n_connections, n_watchers, frame_bytes);
    }
  close (fds[1]);
  self->fd = fds[0];
  if (read (self->fd, &ready, 1) != 1)
    g_error ("the baseline does not start");
  return self;
}

void
lf_bench_baseline_free (LfBenchBaseline *self)
{
  close (self->fd);
  waitpid (self->pid, NULL, 0);
  g_free (self);
}

LfBenchTurn
lf_bench_baseline_run (LfBenchBaseline *self, guint n_changes, guint period_us)
{
  Order       order = { n_changes, period_us };
  LfBenchTurn turn;

  if (write (self->fd, &order, sizeof order) != sizeof order || read (self->fd, &turn, sizeof turn) != sizeof turn)
    g_error ("the baseline fails");
  return turn;
}
