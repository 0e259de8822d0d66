/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-calendar-config.h"
#include "lf-calendar-guard.h"
#include "lf-codec.h"
#include "lf-ical-zone.h"
#include "lf-key-file.h"
#include "lf-server-address.h"

/* A key file:
 *
 *   [server]
 *   url=https://lampfield.example.org
 *   token-file=/etc/lampfield/calendar.token
 *
 *   [reading]
 *   refresh-seconds=300
 *
 *   [mara]                        any other group is a calendar; its name is the calendar's id
 *   user=mara                     on the server, and the person's login unless “user” says another
 *   file=/srv/calendars/mara.ics  or url=https://…
 *   addresses=mara@example.org;m.klein@example.org
 *   zone=Europe/Berlin
 *   allow-private=false
 */

#define DEFAULT_REFRESH_S 300
#define MIN_REFRESH_S     30
#define MAX_REFRESH_S     3600
#define MAX_FILE_BYTES    (8 * 1024 * 1024)
#define MAX_TOKEN_BYTES   200

G_DEFINE_QUARK (lf_calendar_config_error, lf_calendar_config_error)

static const char *const server_keys[] = { "url", "token-file", NULL };
static const char *const reading_keys[] = { "refresh-seconds", NULL };
static const char *const source_keys[] = { "user", "file", "url", "addresses", "zone", "allow-private", NULL };

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError    **error,
      const char *format,
      ...)
{
  va_list          arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, LF_CALENDAR_CONFIG_ERROR, LF_CALENDAR_CONFIG_ERROR_INVALID, message);
  return FALSE;
}

/* A misspelt key must not be passed over in silence, nor an escape that does not exist. */
static gboolean
check_keys (GKeyFile          *file,
            const char        *group,
            const char *const *known,
            GError           **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (char **key = keys; key != NULL && *key != NULL; key++)
    {
      g_autoptr (GError) cause = NULL;
      g_autofree char   *text = NULL;

      if (!g_strv_contains (known, *key))
        return fail (error, "In [%s] there is no key “%s”.", group, *key);
      if (!lf_key_file_escapes_are_known (file, group, *key))
        return fail (error, "In [%s] %s has an escape that does not exist; a backslash is written “\\\\”.", group, *key);
      text = g_key_file_get_string (file, group, *key, &cause);
      if (cause != NULL)
        return fail (error, "In [%s]: %s", group, cause->message);
    }
  return TRUE;
}

static char *
get_text (GKeyFile   *file,
          const char *group,
          const char *key)
{
  /* What has a bad escape is refused by check_keys(). */
  g_autofree char *text = lf_key_file_escapes_are_known (file, group, key) ? g_key_file_get_string (file, group, key, NULL) : NULL;

  if (text == NULL || *g_strstrip (text) == '\0')
    return NULL;
  return g_steal_pointer (&text);
}

/* Reads the token; a file that others can read is refused. */
static char *
read_token (const char *path,
            GError    **error)
{
  char        token[MAX_TOKEN_BYTES + 1] = { 0 };
  struct stat status;
  gssize      n_bytes = -1;
  int         fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    {
      fail (error, "The token file “%s” cannot be opened: %s.", path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && (status.st_mode & 027) == 0)
    n_bytes = read (fd, token, MAX_TOKEN_BYTES);
  close (fd);
  if (n_bytes < 0)
    {
      fail (error, "The token file “%s” must be a file that nobody but its owner can write and others cannot read: chmod 600.", path);
      return NULL;
    }
  g_strstrip (token);
  if (strlen (token) < 16 || strpbrk (token, " \t\r\n") != NULL)
    {
      fail (error, "The token file “%s” must hold one token and nothing else.", path);
      return NULL;
    }
  return g_strdup (token);
}

static gboolean
load_server (LfCalendarConfig *self,
             GKeyFile         *file,
             const char       *folder,
             const char       *server,
             const char       *token_path,
             GError          **error)
{
  g_autofree char   *url = server != NULL ? g_strdup (server) : get_text (file, "server", "url");
  g_autofree char   *token_file = get_text (file, "server", "token-file");
  g_autofree char   *path = NULL;
  g_autoptr (GError) cause = NULL;

  if (!check_keys (file, "server", server_keys, error))
    return FALSE;
  if (token_path != NULL)
    path = g_canonicalize_filename (token_path, NULL);
  else if (token_file != NULL)
    path = g_canonicalize_filename (token_file, folder);
  if (url == NULL || path == NULL)
    return fail (error, "[server] needs “url” and “token-file”, unless --server and --token-file give them.");
  self->server = lf_server_address_normalise (url, &cause);
  if (self->server == NULL)
    return fail (error, "In [server]: %s", cause->message);
  self->token = read_token (path, error);
  return self->token != NULL;
}

static gboolean
load_reading (LfCalendarConfig *self,
              GKeyFile         *file,
              GError          **error)
{
  g_autofree char *text = get_text (file, "reading", "refresh-seconds");
  guint64          seconds = DEFAULT_REFRESH_S;

  if (!check_keys (file, "reading", reading_keys, error))
    return FALSE;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, MIN_REFRESH_S, MAX_REFRESH_S, &seconds, NULL))
    return fail (error, "In [reading] “refresh-seconds” must be a number from %d to %d.", MIN_REFRESH_S, MAX_REFRESH_S);
  self->refresh_s = (guint) seconds;
  return TRUE;
}

/* The name goes into addresses of the API, so it is an id there. */
static gboolean
check_name (const char *name,
            GError    **error)
{
  gsize length = strlen (name);

  for (const char *at = name; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("._~-", *at) == NULL)
        length = 0;
    }
  if (length == 0 || length > LF_ID_MAX_CHARS || g_str_equal (name, ".") || g_str_equal (name, ".."))
    return fail (error, "“%s” is no name for a calendar: 1 to %d letters, digits, “.”, “_”, “~” or “-”.",
                 name, LF_ID_MAX_CHARS);
  return TRUE;
}

static gboolean
check_url (LfCalendarSourceConfig *source,
           const char             *group,
           GError                **error)
{
  g_autoptr (GUri)   uri = NULL;
  g_autoptr (GError) cause = NULL;

  if (g_ascii_strncasecmp (source->url, "webcal://", 9) == 0)
    {
      char *https = g_strconcat ("https://", source->url + 9, NULL);

      g_free (source->url);
      source->url = https;
    }
  uri = g_uri_parse (source->url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL)
    return fail (error, "In [%s] “url” is no address of a calendar.", group);
  if (!lf_calendar_guard_check_uri (uri, &cause))
    return fail (error, "In [%s]: %s", group, cause->message);
  return TRUE;
}

static gboolean
check_source (LfCalendarSourceConfig *source,
              const char             *group,
              GError                **error)
{
  if (!check_name (source->name, error))
    return FALSE;
  if ((source->path == NULL) == (source->url == NULL))
    return fail (error, "[%s] needs either “file” or “url”.", group);
  if (source->url != NULL && !check_url (source, group, error))
    return FALSE;
  if (source->zone != NULL && !lf_ical_zone_is_known (source->zone))
    return fail (error, "In [%s] “%s” is no time zone of this machine; one is called “Europe/Berlin”.", group, source->zone);
  if (source->addresses != NULL && g_strv_length (source->addresses) > LF_CALENDAR_MAX_ADDRESSES)
    return fail (error, "[%s] has more than %d addresses.", group, LF_CALENDAR_MAX_ADDRESSES);
  for (char **address = source->addresses; address != NULL && *address != NULL; address++)
    {
      if (strchr (g_strstrip (*address), '@') == NULL || strlen (*address) > LF_STRV_MAX_CHARS)
        return fail (error, "In [%s] “%s” is no mail address.", group, *address);
    }
  return TRUE;
}

static gboolean
load_source (LfCalendarConfig *self,
             GKeyFile         *file,
             const char       *group,
             const char       *folder,
             GError          **error)
{
  g_autoptr (LfCalendarSourceConfig) source = g_new0 (LfCalendarSourceConfig, 1);
  g_autofree char                   *path = get_text (file, group, "file");
  g_autoptr (GError)                 cause = NULL;

  if (!check_keys (file, group, source_keys, error))
    return FALSE;
  source->name = g_strdup (group);
  source->user = get_text (file, group, "user");
  if (source->user == NULL)
    source->user = g_strdup (group);
  source->path = path == NULL ? NULL : g_canonicalize_filename (path, folder);
  source->url = get_text (file, group, "url");
  source->zone = get_text (file, group, "zone");
  source->addresses = g_key_file_get_string_list (file, group, "addresses", NULL, NULL);
  if (g_key_file_has_key (file, group, "allow-private", NULL))
    {
      source->may_be_private = g_key_file_get_boolean (file, group, "allow-private", &cause);
      if (cause != NULL)
        return fail (error, "In [%s] “allow-private” must be true or false.", group);
    }
  if (!check_source (source, group, error))
    return FALSE;
  if (self->sources->len >= LF_CALENDAR_MAX_SOURCES)
    return fail (error, "There are more than %d calendars.", LF_CALENDAR_MAX_SOURCES);
  g_ptr_array_add (self->sources, g_steal_pointer (&source));
  return TRUE;
}

static gboolean
load_groups (LfCalendarConfig *self,
             GKeyFile         *file,
             const char       *folder,
             GError          **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      if (g_str_equal (*group, "server") || g_str_equal (*group, "reading"))
        continue;
      if (!load_source (self, file, *group, folder, error))
        return FALSE;
    }
  return TRUE;
}

/* GKeyFile would mix two groups of one name without a word. */
static gboolean
check_no_group_twice (const char *text,
                      GError    **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv)         lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_strstrip (*line);
      if (**line == '[' && !g_hash_table_add (seen, g_strdup (*line)))
        return fail (error, "The group %s is there twice.", *line);
    }
  return TRUE;
}

/**
 * lf_calendar_config_load:
 * @path: a key file
 * @server: (nullable): address of the server instead of the file's
 * @token_path: (nullable): the token file instead of the file's
 * @error: set to %LF_CALENDAR_CONFIG_ERROR_INVALID, or as reading the file does
 *
 * Reads and checks the whole configuration. Relative paths in it are taken from its own folder.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
LfCalendarConfig *
lf_calendar_config_load (const char *path,
                         const char *server,
                         const char *token_path,
                         GError    **error)
{
  g_autoptr (LfCalendarConfig) self = NULL;
  g_autoptr (GKeyFile)         file = g_key_file_new ();
  g_autofree char             *text = NULL;
  g_autofree char             *folder = NULL;
  g_autofree char             *absolute = NULL;
  gsize                        length = 0;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length > MAX_FILE_BYTES)
    {
      fail (error, "The configuration is larger than %d MiB.", MAX_FILE_BYTES / 1024 / 1024);
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, error) || !check_no_group_twice (text, error))
    return NULL;

  self = g_new0 (LfCalendarConfig, 1);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_calendar_source_config_free);
  absolute = g_canonicalize_filename (path, NULL);
  folder = g_path_get_dirname (absolute);
  if (!load_server (self, file, folder, server, token_path, error) || !load_reading (self, file, error) ||
      !load_groups (self, file, folder, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * lf_calendar_config_free:
 * @self: (transfer full): a configuration
 */
void
lf_calendar_config_free (LfCalendarConfig *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->server);
  g_free (self->token);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

/**
 * lf_calendar_source_config_copy:
 * @self: one calendar
 *
 * Returns: (transfer full): a copy
 */
LfCalendarSourceConfig *
lf_calendar_source_config_copy (const LfCalendarSourceConfig *self)
{
  LfCalendarSourceConfig *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (LfCalendarSourceConfig, 1);
  copy->name = g_strdup (self->name);
  copy->user = g_strdup (self->user);
  copy->path = g_strdup (self->path);
  copy->url = g_strdup (self->url);
  copy->addresses = g_strdupv (self->addresses);
  copy->zone = g_strdup (self->zone);
  copy->may_be_private = self->may_be_private;
  return copy;
}

/**
 * lf_calendar_source_config_free:
 * @self: (transfer full): one calendar
 */
void
lf_calendar_source_config_free (LfCalendarSourceConfig *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->name);
  g_free (self->user);
  g_free (self->path);
  g_free (self->url);
  g_strfreev (self->addresses);
  g_free (self->zone);
  g_free (self);
}

/**
 * lf_calendar_source_config_same:
 * @self: one calendar
 * @other: another
 *
 * Returns: %TRUE if nothing differs, so that a new configuration need not start it again
 */
gboolean
lf_calendar_source_config_same (const LfCalendarSourceConfig *self,
                                const LfCalendarSourceConfig *other)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return g_str_equal (self->name, other->name) && g_str_equal (self->user, other->user) &&
         g_strcmp0 (self->path, other->path) == 0 && g_strcmp0 (self->url, other->url) == 0 &&
         g_strcmp0 (self->zone, other->zone) == 0 && self->may_be_private == other->may_be_private &&
         g_strv_equal (self->addresses != NULL ? (const char *const *) self->addresses : none,
                       other->addresses != NULL ? (const char *const *) other->addresses : none);
}
