/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-test-util.h"

static gboolean
on_heartbeat (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * lf_wait_begin:
 *
 * Wakes the default main context every 5 ms, so that a wait can look at its deadline.
 *
 * Returns: the source id, to be removed by the caller
 */
guint
lf_wait_begin (void)
{
  return g_timeout_add (5, on_heartbeat, NULL);
}

/**
 * lf_spin_for_ms:
 * @milliseconds: how long
 *
 * Runs the default main context for a while: only to show that something does *not* happen.
 */
void
lf_spin_for_ms (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  guint  timer = lf_wait_begin ();

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

/**
 * lf_test_data_path:
 * @name: a file in tests/data
 *
 * Returns: (transfer full): its absolute path
 */
char *
lf_test_data_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", name, NULL);
}
