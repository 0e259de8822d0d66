/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lf-bench-program.h"

#define START_S 60

/* No limit of a person, a client or an address is what is measured here. */
static const char settings[] = "[limits]\nmax-connections=50000\nmax-connections-per-address=50000\nkeep-alive-s=600\nrequest-timeout-s=300\n"
                               "[stream]\nframes-per-s=10000\nping-s=40\npong-timeout-s=60\nack-timeout-s=300\n"
                               "[presence]\ndevice-lease-s=600\n";

guint
lf_bench_raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_error ("no limit of descriptors: %s", g_strerror (errno));
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  return (guint) MIN (limit.rlim_cur, G_MAXUINT);
}

static cpu_set_t measured_on; /* none: wherever it likes */

void
lf_bench_keep_apart (void)
{
  cpu_set_t own;
  int       first = 0;

  if (sched_getaffinity (0, sizeof own, &own) != 0 || CPU_COUNT (&own) < 2)
    return;
  while (!CPU_ISSET (first, &own))
    first++;
  CPU_SET (first, &measured_on);
  CPU_CLR (first, &own);
  if (sched_setaffinity (0, sizeof own, &own) != 0)
    g_error ("no processor of its own: %s", g_strerror (errno));
}

gboolean
lf_bench_is_apart (void)
{
  return CPU_COUNT (&measured_on) > 0;
}

/* Nothing that is measured outlives who measures. */
static void
set_up_child (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (lf_bench_is_apart ())
    sched_setaffinity (0, sizeof measured_on, &measured_on);
}

static void
start (LfBenchProgram *self, const char *const *arguments, int out, int err)
{
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async_with_fds (NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, set_up_child, NULL, &self->pid,
                               -1, out, err, &error))
    g_error ("%s", error->message);
  if (clock_getcpuclockid (self->pid, &self->clock) != 0)
    g_error ("no CPU clock of “%s”", arguments[0]);
}

static guint
read_port (const char *address_path)
{
  g_autofree char *text = NULL;
  const char      *colon;

  if (!g_file_get_contents (address_path, &text, NULL, NULL) || (colon = strrchr (text, ':')) == NULL)
    return 0;
  return (guint) g_ascii_strtoull (colon + 1, NULL, 10);
}

void
lf_bench_program_start_server (LfBenchProgram *self, const char *path, const char *folder, guint port)
{
  g_autofree char *config = g_build_filename (folder, "server.conf", NULL);
  g_autofree char *address = g_build_filename (folder, "address", NULL);
  g_autofree char *log_path = g_build_filename (folder, "server.log", NULL);
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  gint64           end_us = g_get_monotonic_time () + START_S * G_USEC_PER_SEC;
  int              log_fd = g_open (log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_file_set_contents (config, settings, -1, NULL);
  g_unlink (address); /* of one that was killed */
  start (self, (const char *const[]){ path, "--config", config, "--listen", listen, "--data", folder, NULL }, log_fd, log_fd);
  close (log_fd);
  while ((self->port = read_port (address)) == 0)
    {
      if (g_get_monotonic_time () > end_us || waitpid (self->pid, NULL, WNOHANG) != 0)
        g_error ("the server does not start: see “%s”", log_path);
      g_usleep (5000);
    }
}

void
lf_bench_program_start_broadcaster (LfBenchProgram *self, const char *path, gsize frame_bytes)
{
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, frame_bytes);
  char             line[16] = "";
  int              pipe_fds[2];

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    g_error ("no pipe: %s", g_strerror (errno));
  start (self, (const char *const[]){ path, size, NULL }, pipe_fds[1], -1);
  close (pipe_fds[1]);
  if (read (pipe_fds[0], line, sizeof line - 1) <= 0)
    g_error ("the broadcaster does not start");
  close (pipe_fds[0]);
  self->port = (guint) g_ascii_strtoull (line, NULL, 10);
}

void
lf_bench_program_stop (LfBenchProgram *self, int signal_number)
{
  kill (self->pid, signal_number);
  waitpid (self->pid, NULL, 0);
}

double
lf_bench_program_get_cpu_us (const LfBenchProgram *self)
{
  struct timespec used;

  if (clock_gettime (self->clock, &used) != 0)
    g_error ("no CPU clock of process %d", (int) self->pid);
  return (double) used.tv_sec * 1e6 + (double) used.tv_nsec / 1e3;
}

guint64
lf_bench_program_get_private_kib (const LfBenchProgram *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) self->pid);
  g_autofree char *text = NULL;
  const char      *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = strstr (text, "Private_Dirty:")) == NULL)
    g_error ("“%s” does not tell the memory", path);
  return g_ascii_strtoull (found + strlen ("Private_Dirty:"), NULL, 10);
}

guint
lf_bench_program_count_descriptors (const LfBenchProgram *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) self->pid);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint            n = 0;

  while (folder != NULL && g_dir_read_name (folder) != NULL)
    n++;
  return n;
}
