/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include <glib-unix.h>

#include "lf-log.h"
#include "lf-phone-connector.h"

/* What the command line said, and the running connector. */
typedef struct
{
  char             *config_path;
  char             *server;
  char             *token_path;
  gboolean          is_check;
  gboolean          is_version;
  GMainLoop        *loop;
  LfPhoneConnector *connector;
} Program;

static void
program_clear (Program *program)
{
  g_free (program->config_path);
  g_free (program->server);
  g_free (program->token_path);
  g_clear_object (&program->connector);
  g_clear_pointer (&program->loop, g_main_loop_unref);
}

static gboolean
parse_arguments (Program *program, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- tell the states of telephone lines");
  const GOptionEntry         entries[] = {
            { "config", 'c', 0, G_OPTION_ARG_FILENAME, &program->config_path, "Configuration: a key file", "FILE" },
            { "server", 0, 0, G_OPTION_ARG_STRING, &program->server, "Address of the server, in place of the configuration's", "URL" },
            { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &program->token_path, "File with the connector's token, in place of the configuration's", "FILE" },
            { "check-config", 0, 0, G_OPTION_ARG_NONE, &program->is_check, "Check the configuration and end", NULL },
            { "version", 0, 0, G_OPTION_ARG_NONE, &program->is_version, "Print the version and end", NULL },
            { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, "On SIGHUP the configuration is read again, and all lines are asked for anew.");
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 || (program->config_path == NULL && !program->is_version))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Give --config FILE; --help says more.");
      return FALSE;
    }
  return TRUE;
}

static LfPhoneConfig *
load_config (Program *program, GError **error)
{
  return lf_phone_config_load (program->config_path, program->server, program->token_path, error);
}

static gboolean
on_hang_up (gpointer user_data)
{
  Program                  *program = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfPhoneConfig) config = load_config (program, &error);

  if (config == NULL)
    g_warning ("The configuration stays as it was: %s", error->message);
  else if (lf_phone_connector_apply (program->connector, g_steal_pointer (&config), &error))
    g_message ("The configuration was read again.");
  else
    g_warning ("No line is watched until the configuration is mended and read again: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_terminate (gpointer user_data)
{
  Program *program = user_data;

  g_main_loop_quit (program->loop);
  return G_SOURCE_CONTINUE;
}

static int
run_connector (Program *program)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfClock)       clock = lf_clock_new_system ();
  g_autoptr (LfPhoneConfig) config = load_config (program, &error);
  guint                     source_ids[3];
  gboolean                  is_good;

  lf_log_start ();
  if (config == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  if (program->is_check)
    {
      printf ("The configuration is good: the PBX is %s:%u.\n", config->host, config->port);
      return 0;
    }
  g_message ("Watching the PBX at %s:%u for %s.", config->host, config->port, config->server);
  program->loop = g_main_loop_new (NULL, FALSE);
  program->connector = lf_phone_connector_new (clock);
  source_ids[0] = g_unix_signal_add (SIGHUP, on_hang_up, program);
  source_ids[1] = g_unix_signal_add (SIGTERM, on_terminate, program);
  source_ids[2] = g_unix_signal_add (SIGINT, on_terminate, program);
  is_good = lf_phone_connector_apply (program->connector, g_steal_pointer (&config), &error);
  if (is_good)
    g_main_loop_run (program->loop);
  else
    fprintf (stderr, "%s\n", error->message);

  for (gsize i = 0; i < G_N_ELEMENTS (source_ids); i++)
    g_source_remove (source_ids[i]);
  lf_phone_connector_stop (program->connector);
  /* what was cancelled ends in its own turn of the loop */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return is_good ? 0 : 2;
}

int
main (int argc, char *argv[])
{
  Program            program = { 0 };
  g_autoptr (GError) error = NULL;
  int                exit_code;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  if (!parse_arguments (&program, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      exit_code = 2;
    }
  else if (program.is_version)
    {
      printf ("lampfield-phone %s\n", LF_VERSION);
      exit_code = 0;
    }
  else
    {
      exit_code = run_connector (&program);
    }
  program_clear (&program);
  return exit_code;
}
