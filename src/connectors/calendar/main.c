/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <glib-unix.h>

#include "lf-calendar-config.h"
#include "lf-calendar-connector.h"
#include "lf-calendar-print.h"
#include "lf-calendar-secret.h"
#include "lf-ical-zone.h"
#include "lf-instant.h"
#include "lf-log.h"

/* What the command line said, and the running connector. */
typedef struct
{
  char                *config_path;
  char                *server;
  char                *token_path;
  char                *print_path;
  char                *seal_group;
  char                *zone;
  char                *now;
  GStrv                addresses;
  gboolean             is_check;
  gboolean             is_version;
  GMainLoop           *loop;
  LfCalendarConnector *connector;
} Program;

static void
program_clear (Program *program)
{
  g_free (program->config_path);
  g_free (program->server);
  g_free (program->token_path);
  g_free (program->print_path);
  g_free (program->seal_group);
  g_free (program->zone);
  g_free (program->now);
  g_strfreev (program->addresses);
  g_clear_object (&program->connector);
  g_clear_pointer (&program->loop, g_main_loop_unref);
}

static gboolean
parse_arguments (Program *program,
                 int     *argc,
                 char  ***argv,
                 GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- publish when people are busy, from their calendars");
  const GOptionEntry         entries[] = {
            { "config", 'c', 0, G_OPTION_ARG_FILENAME, &program->config_path, "Configuration: a key file", "FILE" },
            { "server", 0, 0, G_OPTION_ARG_STRING, &program->server, "Address of the server, in place of the configuration's", "URL" },
            { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &program->token_path, "File with the connector's token, in place of the configuration's", "FILE" },
            { "check-config", 0, 0, G_OPTION_ARG_NONE, &program->is_check, "Check the configuration and end", NULL },
            { "seal", 0, 0, G_OPTION_ARG_STRING, &program->seal_group, "Seal a password from standard input for a group of the configuration, and end", "GROUP" },
            { "print", 'p', 0, G_OPTION_ARG_FILENAME, &program->print_path, "Print what would be published of a calendar, and end", "FILE.ics" },
            { "zone", 'z', 0, G_OPTION_ARG_STRING, &program->zone, "With --print: the owner's time zone, as Europe/Berlin", "ZONE" },
            { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &program->addresses, "With --print: a mail address of the owner", "MAIL" },
            { "now", 0, 0, G_OPTION_ARG_STRING, &program->now, "With --print: the moment to look from, as 2026-11-24T09:00:00Z", "INSTANT" },
            { "version", 0, 0, G_OPTION_ARG_NONE, &program->is_version, "Print the version and end", NULL },
            { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, "On SIGHUP the configuration is read again, and all calendars with it.");
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 || (program->config_path == NULL && (program->seal_group != NULL || (program->print_path == NULL && !program->is_version))))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Give --config FILE or --print FILE.ics; --help says more.");
      return FALSE;
    }
  return TRUE;
}

static LfCalendarConfig *
load_config (Program *program,
             GError **error)
{
  return lf_calendar_config_load (program->config_path, program->server, program->token_path, error);
}

static gboolean
on_hang_up (gpointer user_data)
{
  Program                     *program = user_data;
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfCalendarConfig) config = load_config (program, &error);

  if (config == NULL || !lf_calendar_connector_apply (program->connector, config, &error))
    g_warning ("The configuration stays as it was: %s", error->message);
  else
    g_message ("The configuration was read again: %u calendars.", config->sources->len);
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
run_print (Program *program)
{
  gint64 now_us = g_get_real_time () / 1000 * 1000;

  if (program->zone != NULL && !lf_ical_zone_is_known (program->zone))
    {
      fprintf (stderr, "“%s” is no time zone of this machine; one is called “Europe/Berlin”.\n", program->zone);
      return 2;
    }
  if (program->now != NULL && !lf_instant_parse (program->now, &now_us))
    {
      fprintf (stderr, "“%s” is no instant; one is “2026-11-24T09:00:00Z”.\n", program->now);
      return 2;
    }
  return lf_calendar_print (program->print_path, program->zone, (const char *const *) program->addresses, now_us);
}

/* Reads a secret, without showing it where it is typed. */
static char *
read_secret (void)
{
  struct termios old;
  struct termios silent;
  gboolean       is_typed = tcgetattr (STDIN_FILENO, &old) == 0;
  char          *secret = g_malloc0 (LF_CALENDAR_SECRET_MAX_BYTES + 2);
  gsize          n_read = 0;
  gssize         n_bytes;

  if (is_typed)
    {
      fputs ("Password: ", stderr);
      silent = old;
      silent.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
    }
  while (n_read <= LF_CALENDAR_SECRET_MAX_BYTES &&
         (n_bytes = read (STDIN_FILENO, secret + n_read, LF_CALENDAR_SECRET_MAX_BYTES + 1 - n_read)) > 0)
    {
      n_read += (gsize) n_bytes;
      if (is_typed && secret[n_read - 1] == '\n')
        break;
    }
  if (is_typed)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &old);
      fputs ("\n", stderr);
    }
  g_strchomp (secret);
  return secret;
}

static int
run_seal (Program *program)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *secret = read_secret ();
  g_autofree char   *sealed = lf_calendar_config_seal (program->config_path, program->seal_group, secret, &error);

  memset (secret, 0, strlen (secret));
  if (sealed == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  printf ("%s\n", sealed);
  return 0;
}

static int
run_connector (Program *program)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfClock)          clock = lf_clock_new_system ();
  g_autoptr (LfCalendarConfig) config = NULL;
  guint                        source_ids[3];

  signal (SIGHUP, SIG_IGN); /* one that comes before the configuration is read asks for nothing */
  lf_log_start ();
  config = load_config (program, &error);
  if (config == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  if (program->is_check)
    {
      printf ("The configuration is good: %u calendars.\n", config->sources->len);
      return 0;
    }
  program->loop = g_main_loop_new (NULL, FALSE);
  program->connector = lf_calendar_connector_new (clock);
  if (!lf_calendar_connector_apply (program->connector, config, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  source_ids[0] = g_unix_signal_add (SIGHUP, on_hang_up, program);
  source_ids[1] = g_unix_signal_add (SIGTERM, on_terminate, program);
  source_ids[2] = g_unix_signal_add (SIGINT, on_terminate, program);
  g_message ("Publishing %u calendars to %s.", config->sources->len, config->server);
  g_main_loop_run (program->loop);

  for (gsize i = 0; i < G_N_ELEMENTS (source_ids); i++)
    g_source_remove (source_ids[i]);
  lf_calendar_connector_stop (program->connector);
  /* what was cancelled ends in its own turn of the loop */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return 0;
}

int
main (int   argc,
      char *argv[])
{
  Program            program = { 0 };
  g_autoptr (GError) error = NULL;
  int                exit_code;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* a worker may end before it has read its calendar */
  if (!parse_arguments (&program, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      exit_code = 2;
    }
  else if (program.is_version)
    {
      printf ("lampfield-calendar %s\n", LF_VERSION);
      exit_code = 0;
    }
  else if (program.seal_group != NULL && program.config_path != NULL)
    exit_code = run_seal (&program);
  else if (program.print_path != NULL)
    exit_code = run_print (&program);
  else
    exit_code = run_connector (&program);
  program_clear (&program);
  return exit_code;
}
