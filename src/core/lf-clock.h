/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LF_TYPE_CLOCK (lf_clock_get_type ())

/**
 * LfClock:
 *
 * The one place that says what time it is. A system clock is the local wall clock plus the offset
 * learnt from the server (`hello.server_time`), monotonic in between: the wall clock is read when
 * the offset is set, and the monotonic clock carries it on. A manual clock stands still until a
 * test advances it; calls made by lf_clock_call_at() and lf_clock_call_after() follow it.
 *
 * Signal "woke" (gint64): the machine has been asleep for so many microseconds; told by a system clock while
 * calls wait, before any that became due meanwhile.
 */
G_DECLARE_FINAL_TYPE (LfClock, lf_clock, LF, CLOCK, GObject)

LfClock *lf_clock_new_system (void);
LfClock *lf_clock_new_manual (gint64 now_us);
gint64   lf_clock_get_now_us (LfClock *self);
gint64   lf_clock_get_mono_us (LfClock *self);
void     lf_clock_set_server_us (LfClock *self, gint64 server_now_us);
void     lf_clock_advance (LfClock *self, gint64 step_us);
guint    lf_clock_call_at (LfClock *self, gint64 at_us, GSourceFunc function, gpointer user_data);
guint    lf_clock_call_after (LfClock *self, gint64 delay_us, GSourceFunc function, gpointer user_data);
void     lf_clock_cancel (LfClock *self, guint *call_id);

G_END_DECLS
