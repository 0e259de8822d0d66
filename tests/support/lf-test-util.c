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
 * lf_wait_patience:
 *
 * How many times longer than on a quiet machine a wait may take: LF_TEST_PATIENCE, which build-aux/test
 * sets, since other things may be running beside the tests. A wait that succeeds takes no longer.
 *
 * Returns: from 1 to 100
 */
guint
lf_wait_patience (void)
{
  const char *text = g_getenv ("LF_TEST_PATIENCE");

  return text != NULL ? (guint) CLAMP (g_ascii_strtoull (text, NULL, 10), 1, 100) : 1;
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
