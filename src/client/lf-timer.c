/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-timer.h"

#define FIRST_BACK_OFF_MS 1000
#define MAX_BACK_OFF_MS   60000
#define MAX_DOUBLINGS     10
#define MAX_RETRY_AFTER_S 3600

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
 * lf_timer_start_back_off:
 * @timer: (inout): as for lf_timer_start()
 * @n_failures: (inout): how often it has failed in a row before; one more afterwards
 * @retry_after_s: how long the server asked to be left alone, or 0; an hour is waited at most
 * @function: called once
 * @user_data: for @function
 *
 * Waits up to a second, and up to twice as long each time, to a minute: drawn from the whole of it, so that those who
 * failed together do not come back together.
 */
void
lf_timer_start_back_off (GSource   **timer,
                         guint      *n_failures,
                         guint       retry_after_s,
                         GSourceFunc function,
                         gpointer    user_data)
{
  gint32 most_ms;

  g_return_if_fail (n_failures != NULL);

  most_ms = MIN (FIRST_BACK_OFF_MS << MIN (*n_failures, MAX_DOUBLINGS), MAX_BACK_OFF_MS);
  ++*n_failures;
  lf_timer_start (timer, (guint) g_random_int_range (0, most_ms) + MIN (retry_after_s, MAX_RETRY_AFTER_S) * 1000, function, user_data);
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
