/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>

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

/**
 * lf_test_remove_folder:
 * @path: a folder
 *
 * Removes it with all that is in it.
 */
void
lf_test_remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        lf_test_remove_folder (inside);
      else
        g_unlink (inside);
    }
  g_rmdir (path);
}

/**
 * lf_test_begin_data_folder:
 *
 * Gives the program a data folder of its own, before it has asked for the user's.
 *
 * Returns: (transfer full): its path, to be removed at the end
 */
char *
lf_test_begin_data_folder (void)
{
  g_autoptr (GError) error = NULL;
  char              *path = g_dir_make_tmp ("lampfield-data-XXXXXX", &error);

  g_assert_no_error (error);
  g_setenv ("XDG_DATA_HOME", path, TRUE);
  g_assert_cmpstr (g_get_user_data_dir (), ==, path);
  return path;
}
