/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-timer.h"

/**
 * lf_timer_start:
 * @timer: (inout): where the timer is held; a running one is stopped first
 * @delay_ms: when, milliseconds from now on the monotonic clock
 * @function: called once; it returns %G_SOURCE_REMOVE after setting @timer to %NULL by lf_timer_clear()
 * @user_data: for @function
 *
 * Unlike g_timeout_add() this follows the thread-default main context, so that a whole client can
 * live beside the default one.
 */
void
lf_timer_start (GSource   **timer,
                guint       delay_ms,
                GSourceFunc function,
                gpointer    user_data)
{
  g_return_if_fail (timer != NULL);
  g_return_if_fail (function != NULL);

  lf_timer_clear (timer);
  *timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (*timer, function, user_data, NULL);
  g_source_attach (*timer, g_main_context_get_thread_default ());
}

/**
 * lf_timer_clear:
 * @timer: (inout): where the timer is held; %NULL afterwards
 *
 * Stops and forgets a timer. May be called from the timer's own function, and twice.
 */
void
lf_timer_clear (GSource **timer)
{
  g_return_if_fail (timer != NULL);

  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}
