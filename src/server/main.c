/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-server"

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include <glib-unix.h>

#include "lf-admin.h"
#include "lf-listen.h"
#include "lf-log.h"
#include "lf-notify.h"
#include "lf-server.h"

/* What the command line says. */
typedef struct
{
  char    *listen;
  char    *data;
  char    *config;
  gboolean is_insecure_direct;
  gboolean must_check;
  gboolean must_print_version;
} Options;

/* A running server and the loop around it. */
typedef struct
{
  LfServer  *server;
  GMainLoop *loop;
} Run;

static void
on_drained (gpointer user_data)
{
  Run *run = user_data;

  g_main_loop_quit (run->loop);
}

static gboolean
on_terminate (gpointer user_data)
{
  Run *run = user_data;

  lf_notify_send ("STOPPING=1");
  lf_server_drain (run->server, on_drained, run);
  return G_SOURCE_CONTINUE;
}

/* A loop that hangs is ended and started anew by the service manager. */
static gboolean
on_watchdog (gpointer user_data)
{
  lf_notify_send ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "Where to listen: 127.0.0.1:PORT, [::1]:PORT or unix:PATH; port 0 takes a free one", "ADDRESS" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Folder of the database", "DIR" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "Key file with settings", "FILE" },
    { "insecure-direct", 0, 0, G_OPTION_ARG_NONE, &options->is_insecure_direct, "Allow an address that the network can reach, without TLS", NULL },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &options->must_check, "Check the settings, say what is wrong, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->must_print_version, "Print the version and exit", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Tells who can be reached, and carries chat, for the people of an office.");
  g_option_context_set_description (context, "Administration: lampfield-server user|line|token|session|explain … ; each says its own options with --help.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc == 1)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no option and no command; see --help.", (*argv)[1]);
  return FALSE;
}

/* Settings from the file, overridden by the command line. */
static LfConfig *
make_config (Options *options, GError **error)
{
  g_autoptr (LfConfig) config = options->config != NULL ? lf_config_load (options->config, error) : lf_config_new ();

  if (config == NULL)
    return NULL;
  if (options->listen != NULL)
    {
      g_free (config->listen);
      config->listen = g_steal_pointer (&options->listen);
    }
  if (options->data != NULL)
    {
      g_free (config->data_dir);
      config->data_dir = g_steal_pointer (&options->data);
    }
  config->is_insecure_direct = config->is_insecure_direct || options->is_insecure_direct;
  if (!lf_config_validate (config, error) || !lf_listen_check (config->listen, config->is_insecure_direct, error))
    return NULL;
  if (config->metrics_listen != NULL && !lf_listen_check (config->metrics_listen, config->is_insecure_direct, error))
    return NULL;
  return g_steal_pointer (&config);
}

static gboolean
run_server (LfConfig *config, GError **error)
{
  g_autoptr (LfClock)   clock = lf_clock_new_system ();
  g_autoptr (LfServer)  server = lf_server_new (config, clock);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Run                   run = { server, loop };
  guint                 term_id;
  guint                 int_id;
  guint                 watchdog_ms = lf_notify_get_watchdog_ms ();
  guint                 watchdog_id = 0;

  if (!lf_server_start (server, error))
    return FALSE;
  term_id = g_unix_signal_add (SIGTERM, on_terminate, &run);
  int_id = g_unix_signal_add (SIGINT, on_terminate, &run);
  if (watchdog_ms > 0)
    watchdog_id = g_timeout_add (watchdog_ms, on_watchdog, NULL);
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "Listening", "address", lf_http_server_get_url (server->http), "version", LF_VERSION, NULL);
  lf_notify_send ("READY=1");
  g_main_loop_run (loop);
  g_source_remove (term_id);
  g_source_remove (int_id);
  g_clear_handle_id (&watchdog_id, g_source_remove);
  g_message ("Stopped");
  return TRUE;
}

static void
options_clear (Options *options)
{
  g_free (options->listen);
  g_free (options->data);
  g_free (options->config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

int
main (int argc, char **argv)
{
  g_auto (Options)     options = { 0 };
  g_autoptr (GError)   error = NULL;
  g_autoptr (LfConfig) config = NULL;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error of the write, and answered as a full disk */
  lf_log_start ();
  if (argc > 1 && lf_admin_is_command (argv[1]))
    return lf_admin_run (argc, argv);
  if (!parse_options (&argc, &argv, &options, &error))
    {
      g_printerr ("lampfield-server: %s\n", error->message);
      return 2;
    }
  if (options.must_print_version)
    {
      g_print ("lampfield-server %s\n", LF_VERSION);
      return EXIT_SUCCESS;
    }
  config = make_config (&options, &error);
  if (config != NULL && options.must_check)
    {
      g_print ("The settings are in order.\n");
      return EXIT_SUCCESS;
    }
  if (config == NULL || !run_server (config, &error))
    {
      g_printerr ("lampfield-server: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
