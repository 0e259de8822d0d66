/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include "lf-log-limit.h"

#define WINDOW_US (10 * G_USEC_PER_SEC)
#define MAX_LINES 10

/**
 * lf_log_limit_pass:
 * @self: a limit, zeroed at first
 * @now_us: monotonic time
 * @n_dropped: (out): lines held back since the last that passed
 *
 * Asks whether another line may be written.
 *
 * Returns: %TRUE if so
 */
gboolean
lf_log_limit_pass (LfLogLimit *self, gint64 now_us, guint *n_dropped)
{
  if (self->window_start_us == 0 || now_us - self->window_start_us > WINDOW_US)
    {
      self->window_start_us = now_us;
      self->n_passed = 0;
    }
  if (self->n_passed >= MAX_LINES)
    {
      self->n_dropped++;
      return FALSE;
    }
  self->n_passed++;
  *n_dropped = self->n_dropped;
  self->n_dropped = 0;
  return TRUE;
}
