/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "lf-demo-office.h"
#include "lf-demo-prepare.h"

#define DEFAULT_SEED 7

typedef struct
{
  GMainLoop *loop;
  int        session_fd; /* -1: nobody waits for the session */
  int        status;
} Run;

static char *option_folder;
static char *option_data;
static char *option_server;
static char *option_program = (char *) "lampfield-server";
static int   option_session_fd = -1;
static int   option_seed = DEFAULT_SEED;

static const GOptionEntry entries[] = {
  { "folder", 'f', 0, G_OPTION_ARG_FILENAME, &option_folder, "Where the office keeps passwords, tokens and calendars", "DIR" },
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &option_data, "prepare: data folder of the server", "DIR" },
  { "server-program", 0, 0, G_OPTION_ARG_FILENAME, &option_program, "prepare: path of lampfield-server", "FILE" },
  { "server", 's', 0, G_OPTION_ARG_STRING, &option_server, "live: address of the server", "URL" },
  { "session-fd", 0, 0, G_OPTION_ARG_INT, &option_session_fd, "live: descriptor that gets the visitor's refresh token", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "live: the same seed lets the same things happen", "N" },
  { 0 }
};

static void
on_opened (LfDemoOffice *office, const char *refresh_token, gpointer user_data)
{
  Run             *run = user_data;
  g_autofree char *line = g_strconcat (refresh_token, "\n", NULL);

  g_message ("The sample office is open");
  if (run->session_fd < 0)
    return;
  if (write (run->session_fd, line, strlen (line)) != (ssize_t) strlen (line))
    {
      g_printerr ("lampfield-demo: the session could not be handed over: %s\n", g_strerror (errno));
      run->status = 1;
      g_main_loop_quit (run->loop);
    }
  g_close (run->session_fd, NULL);
  run->session_fd = -1;
}

static void
on_failed (LfDemoOffice *office, const GError *error, gpointer user_data)
{
  Run *run = user_data;

  g_printerr ("lampfield-demo: the office cannot open: %s\n", error->message);
  run->status = 1;
  g_main_loop_quit (run->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static int
live (void)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (GMainLoop)    loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (LfDemoOffice) office = lf_demo_office_new (option_server, option_folder, (guint32) option_seed, &error);
  Run                      run = { loop, option_session_fd, 0 };

  if (office == NULL)
    {
      g_printerr ("lampfield-demo: %s\n", error->message);
      return 1;
    }
  g_signal_connect (office, "opened", G_CALLBACK (on_opened), &run);
  g_signal_connect (office, "failed", G_CALLBACK (on_failed), &run);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  lf_demo_office_open (office);
  g_main_loop_run (loop);
  lf_demo_office_close (office);
  return run.status;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("prepare|live");
  g_autoptr (GError)         error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context,
                                "A sample office that lives through Lampfield's public API.\n"
                                "  prepare --folder DIR --data DIR   makes accounts, lines, tokens and calendars\n"
                                "  live --folder DIR --server URL    lets everybody work until it is stopped");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("lampfield-demo: %s\n", error->message);
      return 2;
    }
  if (argc == 2 && strcmp (argv[1], "prepare") == 0 && option_folder != NULL && option_data != NULL)
    {
      if (lf_demo_prepare (option_program, option_data, option_folder, &error))
        return 0;
      g_printerr ("lampfield-demo: %s\n", error->message);
      return 1;
    }
  if (argc == 2 && strcmp (argv[1], "live") == 0 && option_folder != NULL && option_server != NULL)
    return live ();
  g_printerr ("lampfield-demo: say “prepare” with --folder and --data, or “live” with --folder and --server\n");
  return 2;
}
