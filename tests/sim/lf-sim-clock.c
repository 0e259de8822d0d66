/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "lf-sim-clock.h"

/* Symbols of the executable come before those of shared libraries: so the functions of the system that
 * stand below are the ones that all of them call. Other threads read the time, too, but only while the
 * main thread waits for them. */

#define BOOTED_US     G_GINT64_CONSTANT (1000000000)       /* the machines have been up for so long */
#define BEGIN_WALL_US G_GINT64_CONSTANT (1772438400000000) /* 2026-03-02 08:00 UTC */

/* Symbols that the sanitizer's own start may call. */
#define UNCHECKED __attribute__ ((no_sanitize ("address", "undefined")))

/* A timerfd is an eventfd here; a copy of it is kept, so that it can be written to whatever becomes of
 * the number. */
typedef struct
{
  int    fd;     /* as the program knows it */
  int    copy;   /* owned */
  gint64 due_us; /* world's time, G_MAXINT64: disarmed */
} Timer;

static gboolean            is_virtual;
static gint64              world_us;
static const LfSimMachine *current;
static GArray             *timers; /* of Timer */

UNCHECKED static gboolean
read_us (clockid_t id, gint64 *us)
{
  gint64 asleep_us = current != NULL ? current->asleep_us : 0;
  gint64 wall_us = current != NULL ? current->wall_us : 0;

  if (!is_virtual)
    return FALSE;
  switch (id)
    {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
      *us = BOOTED_US + world_us - asleep_us;
      return TRUE;
    case CLOCK_BOOTTIME:
      *us = BOOTED_US + world_us;
      return TRUE;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      *us = BEGIN_WALL_US + world_us + wall_us;
      return TRUE;
    default:
      return FALSE;
    }
}

UNCHECKED int
clock_gettime (clockid_t id, struct timespec *time)
{
  gint64 us;

  if (!read_us (id, &us))
    return (int) syscall (SYS_clock_gettime, id, time);
  time->tv_sec = us / G_USEC_PER_SEC;
  time->tv_nsec = us % G_USEC_PER_SEC * 1000;
  return 0;
}

UNCHECKED int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
  struct timespec now;

  if (clock_gettime (CLOCK_REALTIME, &now) != 0)
    return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

UNCHECKED time_t
time (time_t *result)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}

static Timer *
find_timer (int fd)
{
  for (guint i = 0; i < timers->len; i++)
    if (g_array_index (timers, Timer, i).fd == fd)
      return &g_array_index (timers, Timer, i);
  return NULL;
}

/* A number that comes again belongs to a timer that has been closed meanwhile. */
int
timerfd_create (clockid_t id, int flags)
{
  int    fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  Timer *known = find_timer (fd);
  Timer  timer = { fd, -1, G_MAXINT64 };

  if (id != CLOCK_BOOTTIME || fd < 0)
    g_error ("only timers of CLOCK_BOOTTIME are simulated");
  timer.copy = dup (fd);
  if (known == NULL)
    {
      g_array_append_val (timers, timer);
      return fd;
    }
  close (known->copy);
  *known = timer;
  return fd;
}

int
timerfd_settime (int fd, int flags, const struct itimerspec *setting, struct itimerspec *old)
{
  Timer  *timer = find_timer (fd);
  gint64  wait_us = setting->it_value.tv_sec * G_USEC_PER_SEC + (setting->it_value.tv_nsec + 999) / 1000;
  guint64 count;

  if (timer == NULL || flags != 0 || old != NULL || setting->it_interval.tv_sec != 0 || setting->it_interval.tv_nsec != 0)
    g_error ("only single timers with a relative time are simulated");
  if (read (fd, &count, sizeof count) < 0 && errno != EAGAIN) /* what expired before is forgotten */
    g_error ("a timer cannot be read");
  timer->due_us = wait_us > 0 ? world_us + wait_us : G_MAXINT64;
  return 0;
}

/* Only power cuts need the disk, and there are none here. */
int
fsync (int fd)
{
  return 0;
}

int
fdatasync (int fd)
{
  return 0;
}

/**
 * lf_sim_clock_start:
 *
 * From now on time is virtual.
 */
void
lf_sim_clock_start (void)
{
  timers = g_array_new (FALSE, FALSE, sizeof (Timer));
  is_virtual = TRUE;
}

/**
 * lf_sim_clock_get_us:
 *
 * Returns: the world's time, microseconds from 0
 */
gint64
lf_sim_clock_get_us (void)
{
  return world_us;
}

/**
 * lf_sim_clock_advance_to:
 * @now_us: the world's time
 *
 * Moves time forward; timers that become due can be read.
 */
void
lf_sim_clock_advance_to (gint64 now_us)
{
  const guint64 one = 1;

  world_us = MAX (world_us, now_us);
  for (guint i = 0; i < timers->len; i++)
    {
      Timer *timer = &g_array_index (timers, Timer, i);

      if (timer->due_us > world_us)
        continue;
      timer->due_us = G_MAXINT64;
      if (write (timer->copy, &one, sizeof one) != sizeof one)
        g_error ("a timer cannot be written");
    }
}

/**
 * lf_sim_clock_get_next_us:
 *
 * Returns: when the next timer is due, or %G_MAXINT64
 */
gint64
lf_sim_clock_get_next_us (void)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < timers->len; i++)
    next_us = MIN (next_us, g_array_index (timers, Timer, i).due_us);
  return next_us;
}

/**
 * lf_sim_clock_get_cpu_us:
 *
 * Returns: CPU time that this process has used
 */
gint64
lf_sim_clock_get_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

/**
 * lf_sim_clock_enter:
 * @machine: (nullable): whose clocks are read from now on
 */
void
lf_sim_clock_enter (const LfSimMachine *machine)
{
  current = machine;
}
