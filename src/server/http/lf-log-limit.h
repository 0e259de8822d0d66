/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfLogLimit:
 * @window_start_us: monotonic start of the current window
 * @n_passed: lines let through in it
 * @n_dropped: lines held back since the last that passed
 *
 * Keeps what strangers can cause from filling the log: so many lines in so many seconds.
 */
typedef struct
{
  gint64 window_start_us;
  guint  n_passed;
  guint  n_dropped;
} LfLogLimit;

gboolean lf_log_limit_pass (LfLogLimit *self, gint64 now_us, guint *n_dropped);

G_END_DECLS
