/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-config.h"
#include "lf-calendar-guard.h"
#include "lf-codec.h"
#include "lf-ical-zone.h"
#include "lf-settings-file.h"

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

static const char *const reading_keys[] = { "refresh-seconds", NULL };
static const char *const source_keys[] = { "user", "file", "url", "addresses", "zone", "allow-private", NULL };

static gboolean
load_reading (LfCalendarConfig *self,
              LfSettingsFile   *file,
              GError          **error)
{
  self->refresh_s = DEFAULT_REFRESH_S;
  return lf_settings_file_check_keys (file, "reading", reading_keys, error) &&
         lf_settings_file_read_number (file, "reading", "refresh-seconds", MIN_REFRESH_S, MAX_REFRESH_S, &self->refresh_s, error);
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
    return lf_settings_fail (error, "“%s” is no name for a calendar: 1 to %d letters, digits, “.”, “_”, “~” or “-”.",
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
    return lf_settings_fail (error, "In [%s] “url” is no address of a calendar.", group);
  if (!lf_calendar_guard_check_uri (uri, &cause))
    return lf_settings_fail (error, "In [%s]: %s", group, cause->message);
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
    return lf_settings_fail (error, "[%s] needs either “file” or “url”.", group);
  if (source->url != NULL && !check_url (source, group, error))
    return FALSE;
  if (source->zone != NULL && !lf_ical_zone_is_known (source->zone))
    return lf_settings_fail (error, "In [%s] “%s” is no time zone of this machine; one is called “Europe/Berlin”.", group, source->zone);
  if (source->addresses != NULL && g_strv_length (source->addresses) > LF_CALENDAR_MAX_ADDRESSES)
    return lf_settings_fail (error, "[%s] has more than %d addresses.", group, LF_CALENDAR_MAX_ADDRESSES);
  for (char **address = source->addresses; address != NULL && *address != NULL; address++)
    {
      if (strchr (g_strstrip (*address), '@') == NULL || strlen (*address) > LF_STRV_MAX_CHARS)
        return lf_settings_fail (error, "In [%s] “%s” is no mail address.", group, *address);
    }
  return TRUE;
}

static gboolean
load_source (LfCalendarConfig *self,
             LfSettingsFile   *file,
             const char       *group,
             GError          **error)
{
  g_autoptr (LfCalendarSourceConfig) source = g_new0 (LfCalendarSourceConfig, 1);
  g_autoptr (GError)                 cause = NULL;

  if (!lf_settings_file_check_keys (file, group, source_keys, error))
    return FALSE;
  source->name = g_strdup (group);
  source->user = lf_settings_file_dup_text (file, group, "user");
  if (source->user == NULL)
    source->user = g_strdup (group);
  source->path = lf_settings_file_dup_path (file, group, "file");
  source->url = lf_settings_file_dup_text (file, group, "url");
  source->zone = lf_settings_file_dup_text (file, group, "zone");
  source->addresses = g_key_file_get_string_list (file->keys, group, "addresses", NULL, NULL);
  if (g_key_file_has_key (file->keys, group, "allow-private", NULL))
    {
      source->may_be_private = g_key_file_get_boolean (file->keys, group, "allow-private", &cause);
      if (cause != NULL)
        return lf_settings_fail (error, "In [%s] “allow-private” must be true or false.", group);
    }
  if (!check_source (source, group, error))
    return FALSE;
  if (self->sources->len >= LF_CALENDAR_MAX_SOURCES)
    return lf_settings_fail (error, "There are more than %d calendars.", LF_CALENDAR_MAX_SOURCES);
  g_ptr_array_add (self->sources, g_steal_pointer (&source));
  return TRUE;
}

static gboolean
load_groups (LfCalendarConfig *self,
             LfSettingsFile   *file,
             GError          **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file->keys, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      if (g_str_equal (*group, "server") || g_str_equal (*group, "reading"))
        continue;
      if (!load_source (self, file, *group, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * lf_calendar_config_load:
 * @path: a key file
 * @server: (nullable): address of the server instead of the file's
 * @token_path: (nullable): the token file instead of the file's
 * @error: set to %LF_SETTINGS_ERROR_INVALID, or as reading the file does
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
  g_autoptr (LfSettingsFile)   file = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = lf_settings_file_load (path, error);
  if (file == NULL)
    return NULL;

  self = g_new0 (LfCalendarConfig, 1);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_calendar_source_config_free);
  if (!lf_settings_file_read_server (file, server, token_path, &self->server, &self->token, error) ||
      !load_reading (self, file, error) || !load_groups (self, file, error))
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
