/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LF_CALENDAR_WORKER_PROGRAM "lampfield-calendar-worker"
#define LF_CALENDAR_NURSERY_FD     3 /* where the nursery finds its socket */
#define LF_CALENDAR_WORKER_WALL_S  20
#define LF_CALENDAR_WORKER_MAX_RUN 64 /* workers at once */

#define LF_TYPE_CALENDAR_NURSERY (lf_calendar_nursery_get_type ())

/**
 * LfCalendarNursery:
 *
 * Where workers come from. Starting a program anew for each calendar costs milliseconds of linking; so it
 * is started once, as a process that reads nothing but orders, and forks a worker for each. Each worker sees
 * one order's calendars and dies. What a fork and its end cost goes with the memory that is mapped, so it is
 * a program of its own, %LF_CALENDAR_WORKER_PROGRAM, that knows iCalendar and nothing of networks.
 *
 * Both ends speak in messages over a socket pair: to the nursery a number, with two descriptors, the
 * worker's input and output; from it a number and how that worker ended.
 */
G_DECLARE_FINAL_TYPE (LfCalendarNursery, lf_calendar_nursery, LF, CALENDAR_NURSERY, GObject)

/* How a worker ended. */
typedef struct
{
  guint32 id;
  gint32  status; /* of waitpid(2) */
} LfCalendarNurseryEnd;

typedef void (*LfCalendarEndFunc) (int status, gpointer user_data);

LfCalendarNursery *lf_calendar_nursery_new (const char *program);
guint32            lf_calendar_nursery_start (LfCalendarNursery *self, int input_fd, int output_fd, LfCalendarEndFunc function, gpointer user_data, GError **error);
void               lf_calendar_nursery_forget (LfCalendarNursery *self, guint32 id);

/* The other process: lives until its socket is closed; its exit code. */
int lf_calendar_nursery_main (int (*run_worker) (void));

G_END_DECLS
