/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>

#include <gio/gio.h>

#include "lf-raw.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"

/* The program as a service manager sees it: options, exit statuses, signals. */

static const char *program; /* path of lampfield-server: argv[1] */

/* A command line, its exit status, and a part of what it says on standard error. */
typedef struct
{
  const char *arguments[6];
  int         status;
  const char *says;
} Row;

static const Row rows[] = {
  { { "--version" }, 0, "" },
  { { "--help" }, 0, "" },
  { { "--nonsense" }, 2, "--nonsense" },
  { { "dance" }, 2, "“dance” is no option and no command" },
  { { "--check-config" }, 1, "No data folder is named" },
  { { "--check-config", "--data", "/tmp" }, 0, "" },
  { { "--check-config", "--data", "/tmp", "--listen", "0.0.0.0:80" }, 1, "--insecure-direct" },
  { { "--check-config", "--data", "/tmp", "--listen", "somewhere" }, 1, "no address to listen on" },
  { { "--check-config", "--config", "/nonexistent/server.conf" }, 1, "/nonexistent/server.conf" },
  { { "--data", "/proc/nothing" }, 1, "data folder" },
};

static void
test_options (void)
{
  g_test_summary ("Each way to start it wrongly is said plainly, with an exit status that tells");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray)   argv = g_ptr_array_new ();
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GError)      error = NULL;
      g_autofree char        *says = NULL;

      g_ptr_array_add (argv, (gpointer) program);
      for (gsize j = 0; rows[i].arguments[j] != NULL; j++)
        g_ptr_array_add (argv, (gpointer) rows[i].arguments[j]);
      g_ptr_array_add (argv, NULL);
      process = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &says, &error);
      g_assert_no_error (error);
      g_test_message ("%s: %s", rows[i].arguments[0], says);
      g_assert_true (g_subprocess_get_if_exited (process));
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, rows[i].status);
      if (strstr (says, rows[i].says) == NULL)
        g_error ("Wanted “%s” in: %s", rows[i].says, says);
    }
}

static gboolean
read_address (const char *path, LfRig *rig)
{
  g_autofree char *address = NULL;

  if (!g_file_get_contents (path, &address, NULL, NULL) || !g_str_has_prefix (address, "http://127.0.0.1:"))
    return FALSE;
  rig->port = (guint16) atoi (strrchr (address, ':') + 1);
  return rig->port != 0;
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_over = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *is_over = TRUE;
}

static void
test_signal (gconstpointer data)
{
  g_autoptr (LfRig)       prepared = lf_rig_new ();
  g_autofree char        *ada = lf_rig_add_person (prepared, "ada");
  g_autofree char        *path = g_build_filename (prepared->folder, "address", NULL);
  LfRig                   rig = { .folder = prepared->folder };
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char        *token = NULL;
  g_autoptr (LfRaw)       stream = NULL;
  g_autoptr (GError)      error = NULL;
  gboolean                is_over = FALSE;

  g_test_summary ("A signal drains it: streams hear 4009, the address is gone, the exit status is 0");

  lf_store_close (prepared->store);
  g_clear_object (&prepared->store);
  g_assert_true (g_file_set_contents (path, "http://127.0.0.1:1\n", -1, NULL)); /* of a server that was killed */
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program, "--listen", "127.0.0.1:0", "--data", prepared->folder, NULL);
  g_assert_no_error (error);
  lf_wait_until (read_address (path, &rig) && rig.port != 1, LF_RIG_WAIT_MS);
  token = lf_rig_sign_in (&rig, "ada");
  stream = lf_raw_open_live (&rig, token);
  g_subprocess_wait_async (process, NULL, on_exited, &is_over);
  g_subprocess_send_signal (process, GPOINTER_TO_INT (data));
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_RESTART);
  lf_raw_send_frame (stream, 0x88, "\x0f\xa9", 2);
  lf_wait_until (is_over, LF_RIG_WAIT_MS);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    {
      g_printerr ("Name the path of lampfield-server\n");
      return 2;
    }
  program = argv[1];
  g_test_add_func ("/service/options", test_options);
  g_test_add_data_func ("/service/signal/term", GINT_TO_POINTER (SIGTERM), test_signal);
  g_test_add_data_func ("/service/signal/int", GINT_TO_POINTER (SIGINT), test_signal);
  return g_test_run ();
}
