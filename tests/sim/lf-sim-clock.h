/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Virtual time of the whole process: every function of the system that tells or waits for the time is
 * replaced in lf-sim-clock.c, for GLib, libsoup, libmicrohttpd and SQLite as well. It stands still until
 * lf_sim_clock_advance_to() is called. */

/**
 * LfSimMachine:
 * @asleep_us: how long it has been suspended: its monotonic clock stood still
 * @wall_us: how far its wall clock is off
 *
 * The clocks of one machine, as they differ from the world's.
 */
typedef struct
{
  gint64 asleep_us;
  gint64 wall_us;
} LfSimMachine;

void   lf_sim_clock_start (void);
gint64 lf_sim_clock_get_us (void); /* the world's time, from lf_sim_clock_start() on */
void   lf_sim_clock_advance_to (gint64 now_us);
gint64 lf_sim_clock_get_next_us (void); /* the next timer of the kernel's, or G_MAXINT64 */
gint64 lf_sim_clock_get_cpu_us (void);  /* real: CPU time of this process */

/* Whose clocks are read from now on; @machine outlives that. */
void lf_sim_clock_enter (const LfSimMachine *machine);

G_END_DECLS
