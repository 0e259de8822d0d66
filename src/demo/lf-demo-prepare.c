/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include <glib/gstdio.h>

#include "lf-demo-calendar.h"
#include "lf-demo-people.h"
#include "lf-demo-prepare.h"

#define MAIL_DOMAIN "sample.invalid"
#define FOLDER_MODE 0700
#define FILE_MODE   0600

/* Runs "lampfield-server WORDS…" as an administrator would. */
static char *
administrate (const char *const *argv, GError **error)
{
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
  g_autofree char        *output = NULL;
  g_autofree char        *complaint = NULL;

  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, &output, &complaint, error))
    return NULL;
  if (!g_subprocess_get_successful (process))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "“%s %s %s” failed: %s", argv[0], argv[1], argv[2],
                   g_strstrip (complaint));
      return NULL;
    }
  return g_steal_pointer (&output);
}

static gboolean
write_secret (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, FILE_MODE, error);
}

static void
append_row (GString *out, const LfDemoPerson *person, const char *password)
{
  g_string_append_printf (out, "%s,%s,\"%s\",%s,%s@" MAIL_DOMAIN ",tel:%s,%s\n", person->login, person->name,
                          person->title, person->department, person->login, person->line, password);
}

static gboolean
import_people (const char *program, const char *data, const char *folder, const char *password, GError **error)
{
  g_autoptr (GString) rows = g_string_new ("login,name,title,department,mail,addresses,password\n");
  g_autofree char    *path = g_build_filename (folder, "people.csv", NULL);
  g_autofree char    *output = NULL;

  append_row (rows, lf_demo_people_visitor (), password);
  for (guint i = 0; i < lf_demo_people_count (); i++)
    append_row (rows, lf_demo_people_get (i), password);
  if (!write_secret (folder, "people.csv", rows->str, error))
    return FALSE;
  output = administrate ((const char *const[]){ program, "user", "import", path, "--data", data, NULL }, error);
  return output != NULL;
}

/* Who works together may pick up each other's calls. */
static gboolean
assign_line (const char *program, const char *data, const LfDemoPerson *person, GError **error)
{
  g_autofree char *address = g_strconcat ("tel:", person->line, NULL);
  g_autofree char *output = administrate ((const char *const[]){ program, "line", "assign", person->line, person->login,
                                                                 "--address", address, "--pickup-group",
                                                                 person->department, "--data", data, NULL },
                                          error);

  return output != NULL;
}

static gboolean
make_token (const char *program, const char *data, const char *folder, const char *kind, const char *name, GError **error)
{
  g_autofree char *file = g_strconcat (kind, ".token", NULL);
  g_autofree char *token = administrate ((const char *const[]){ program, "token", "create", "--connector", kind,
                                                                "--name", name, "--data", data, NULL },
                                         error);

  return token != NULL && write_secret (folder, file, g_strstrip (token), error);
}

static gboolean
write_calendar (const char *calendars, const LfDemoPerson *person, guint variety, GString *config, GError **error)
{
  g_autoptr (LfDemoCalendar) calendar = lf_demo_calendar_new (calendars, person, variety, g_get_real_time ());

  g_string_append_printf (config, "[%s]\nfile=%s/%s.ics\n\n", person->login, calendars, person->login);
  return lf_demo_calendar_write (calendar, error);
}

/* One .ics file a person, and the connector's configuration that names them. */
static gboolean
write_calendars (const char *folder, GError **error)
{
  g_autofree char    *calendars = g_build_filename (folder, "calendars", NULL);
  g_autoptr (GString) config = g_string_new (NULL);

  if (g_mkdir_with_parents (calendars, FOLDER_MODE) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "“%s” cannot be made: %s", calendars,
                   g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      if (!write_calendar (calendars, lf_demo_people_get (i), i, config, error))
        return FALSE;
    }
  return write_calendar (calendars, lf_demo_people_visitor (), lf_demo_people_count (), config, error) &&
         write_secret (folder, "calendar.conf", config->str, error);
}

/**
 * lf_demo_prepare:
 * @server_program: path of lampfield-server
 * @data: the server's data folder
 * @folder: where passwords, tokens and calendars are put; made if absent
 * @error: return location: a %G_FILE_ERROR or %G_IO_ERROR
 *
 * Does what an administrator would do before the first day: accounts, lines, tokens of the
 * connectors, calendars.
 *
 * Returns: %TRUE if everything is there
 */
gboolean
lf_demo_prepare (const char *server_program, const char *data, const char *folder, GError **error)
{
  g_autofree char *password = g_uuid_string_random ();

  if (g_mkdir_with_parents (folder, FOLDER_MODE) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "“%s” cannot be made: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  if (!write_secret (folder, "password", password, error) || !write_calendars (folder, error) ||
      !import_people (server_program, data, folder, password, error))
    return FALSE;
  if (!assign_line (server_program, data, lf_demo_people_visitor (), error))
    return FALSE;
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      if (!assign_line (server_program, data, lf_demo_people_get (i), error))
        return FALSE;
    }
  return make_token (server_program, data, folder, "phone", "Desk phones", error) &&
         make_token (server_program, data, folder, "calendar", "Calendars", error);
}
