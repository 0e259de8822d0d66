/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "lf-launch.h"

static void
say (const char *words)
{
  g_printerr ("lampfield: %s\n", words);
}

/* The token another program hands over on an inherited descriptor: one line, in no argument list. */
static char *
read_token (int fd, GError **error)
{
  char   buffer[LF_TOKEN_MAX_CHARS + 2];
  gsize  length = 0;
  gssize n_read;

  while (length < sizeof buffer - 1 && (n_read = read (fd, buffer + length, sizeof buffer - 1 - length)) != 0)
    {
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       _("cannot read the session from descriptor %d: %s"), fd, g_strerror (errno));
          return NULL;
        }
      length += (gsize) n_read;
    }
  close (fd);
  buffer[length] = '\0';
  g_strchomp (buffer);
  if (*buffer == '\0' || strlen (buffer) > LF_TOKEN_MAX_CHARS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("descriptor %d holds no session token"), fd);
      return NULL;
    }

  return g_strdup (buffer);
}

static gboolean
parse_size (const char *text, int *width, int *height)
{
  char  *end;
  gint64 w = g_ascii_strtoll (text, &end, 10);
  gint64 h = *end == 'x' ? g_ascii_strtoll (end + 1, &end, 10) : 0;

  if (*end != '\0' || w < 360 || w > 8192 || h < 294 || h > 8192)
    return FALSE;

  *width = (int) w;
  *height = (int) h;

  return TRUE;
}

static gboolean
take_session (LfLaunch *launch, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *descriptor = NULL;
  guint64            fd;

  if (!g_variant_dict_lookup (options, "session-fd", "s", &descriptor))
    return TRUE;
  if (launch->server == NULL)
    {
      say (_("--session-fd needs --server"));
      return FALSE;
    }
  /* As a string: GApplication does not tell a number 0 from none. */
  if (!g_ascii_string_to_unsigned (descriptor, 10, 0, G_MAXINT, &fd, &error))
    {
      g_printerr ("lampfield: --session-fd: %s\n", error->message);
      return FALSE;
    }
  launch->refresh_token = read_token ((int) fd, &error);
  if (launch->refresh_token == NULL)
    {
      say (error->message);
      return FALSE;
    }

  return TRUE;
}

/**
 * lf_launch_add_options:
 * @application: the program
 *
 * Adds the options with which the program opens.
 */
void
lf_launch_add_options (GApplication *application)
{
  static const GOptionEntry options[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
      { "background", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start without showing the window"), NULL },
        { "server", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Address of the server"), N_ ("URL") },
          { "session-fd", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Take the session from an open file descriptor"), N_ ("N") },
            { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Write a picture of the window and exit"), N_ ("FILE") },
              { "screenshot-size", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Size of the pictured window"), N_ ("WxH") },
                { "screenshot-page", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("What to picture: contacts, contact, chat, chats, calls, lamps, status, find, find-time, preferences"), N_ ("PAGE") },
                  { NULL } };

  g_application_add_main_option_entries (application, options);
}

/**
 * lf_launch_read:
 * @launch: cleared
 * @options: as they were given
 *
 * Reads the options; what is wrong with them is said on standard error.
 *
 * Returns: %TRUE if the program can go on
 */
gboolean
lf_launch_read (LfLaunch *launch, GVariantDict *options)
{
  g_autofree char *size = NULL;

  launch->is_hidden = g_variant_dict_contains (options, "background");
  g_variant_dict_lookup (options, "server", "s", &launch->server);
  g_variant_dict_lookup (options, "screenshot", "^ay", &launch->shot.path);
  g_variant_dict_lookup (options, "screenshot-page", "s", &launch->shot.page);
  if (g_variant_dict_lookup (options, "screenshot-size", "s", &size) &&
      !parse_size (size, &launch->shot.width, &launch->shot.height))
    {
      say (_("--screenshot-size takes WIDTHxHEIGHT, from 360x294 to 8192x8192"));
      return FALSE;
    }

  return take_session (launch, options);
}

/**
 * lf_launch_clear:
 * @launch: a launch
 *
 * Frees what it holds.
 */
void
lf_launch_clear (LfLaunch *launch)
{
  g_clear_pointer (&launch->server, g_free);
  g_clear_pointer (&launch->refresh_token, g_free);
  g_clear_pointer (&launch->shot.path, g_free);
  g_clear_pointer (&launch->shot.page, g_free);
}
