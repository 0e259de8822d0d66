/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-key-file.h"
#include "lf-server-address.h"
#include "lf-settings-file.h"

/* [server] of every connector:
 *
 *   url=https://lampfield.example.org
 *   token-file=/etc/lampfield/calendar.token
 */

#define MAX_FILE_BYTES   (8 * 1024 * 1024)
#define MAX_SECRET_BYTES 200
#define MIN_TOKEN_BYTES  16

G_DEFINE_QUARK (lf_settings_error, lf_settings_error)

static const char *const server_keys[] = { "url", "token-file", NULL };

/**
 * lf_settings_fail:
 * @error: return location
 * @format: as of printf()
 * @...: for @format
 *
 * Sets %LF_SETTINGS_ERROR_INVALID.
 *
 * Returns: %FALSE
 */
gboolean
lf_settings_fail (GError **error, const char *format, ...)
{
  va_list          arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, LF_SETTINGS_ERROR, LF_SETTINGS_ERROR_INVALID, message);
  return FALSE;
}

/* GKeyFile would mix two groups of one name without a word. */
static gboolean
check_no_group_twice (const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv)         lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_strstrip (*line);
      if (**line == '[' && !g_hash_table_add (seen, g_strdup (*line)))
        return lf_settings_fail (error, "The group %s is there twice.", *line);
    }
  return TRUE;
}

/**
 * lf_settings_file_load:
 * @path: a key file
 * @error: set to %LF_SETTINGS_ERROR_INVALID, or as reading the file does
 *
 * Returns: (transfer full) (nullable): the file, whose groups and keys are not looked at yet
 */
LfSettingsFile *
lf_settings_file_load (const char *path, GError **error)
{
  g_autoptr (LfSettingsFile) self = g_new0 (LfSettingsFile, 1);
  g_autofree char           *text = NULL;
  g_autofree char           *absolute = g_canonicalize_filename (path, NULL);
  gsize                      length = 0;

  self->keys = g_key_file_new ();
  self->folder = g_path_get_dirname (absolute);
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length > MAX_FILE_BYTES)
    {
      lf_settings_fail (error, "The configuration is larger than %d MiB.", MAX_FILE_BYTES / 1024 / 1024);
      return NULL;
    }
  if (!g_key_file_load_from_data (self->keys, text, length, G_KEY_FILE_NONE, error) || !check_no_group_twice (text, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lf_settings_file_free:
 * @self: (transfer full) (nullable): a file
 *
 * Frees it.
 */
void
lf_settings_file_free (LfSettingsFile *self)
{
  if (self == NULL)
    return;

  g_key_file_unref (self->keys);
  g_free (self->folder);
  g_free (self);
}

/**
 * lf_settings_file_check_keys:
 * @self: a file
 * @group: a group, which need not be there
 * @known: the keys that it may have, %NULL-terminated
 * @error: return location
 *
 * Refuses a misspelt key, which must not be passed over in silence, and an escape that does not exist.
 *
 * Returns: %FALSE with %LF_SETTINGS_ERROR_INVALID
 */
gboolean
lf_settings_file_check_keys (LfSettingsFile *self, const char *group, const char *const *known, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->keys, group, NULL, NULL);

  for (char **key = keys; key != NULL && *key != NULL; key++)
    {
      g_autoptr (GError) cause = NULL;
      g_autofree char   *text = NULL;

      if (!g_strv_contains (known, *key))
        return lf_settings_fail (error, "In [%s] there is no key “%s”.", group, *key);
      if (!lf_key_file_escapes_are_known (self->keys, group, *key))
        return lf_settings_fail (error, "In [%s] %s has an escape that does not exist; a backslash is written “\\\\”.", group, *key);
      text = g_key_file_get_string (self->keys, group, *key, &cause);
      if (cause != NULL)
        return lf_settings_fail (error, "In [%s]: %s", group, cause->message);
    }
  return TRUE;
}

/**
 * lf_settings_file_dup_text:
 * @self: a file whose keys of @group have been checked
 * @group: a group
 * @key: a key
 *
 * Returns: (transfer full) (nullable): the value without blanks around it, %NULL when there is none
 */
char *
lf_settings_file_dup_text (LfSettingsFile *self, const char *group, const char *key)
{
  /* What has a bad escape is refused by lf_settings_file_check_keys(). */
  g_autofree char *text = lf_key_file_escapes_are_known (self->keys, group, key) ? g_key_file_get_string (self->keys, group, key, NULL) : NULL;

  if (text == NULL || *g_strstrip (text) == '\0')
    return NULL;
  return g_steal_pointer (&text);
}

/**
 * lf_settings_file_dup_list:
 * @self: a file whose keys of @group have been checked
 * @group: a group
 * @key: a key whose values are separated by ";"
 *
 * Returns: (transfer full) (nullable): the values without blanks around them, %NULL when there are none
 */
GStrv
lf_settings_file_dup_list (LfSettingsFile *self, const char *group, const char *key)
{
  g_auto (GStrv)           values = lf_key_file_escapes_are_known (self->keys, group, key) ? g_key_file_get_string_list (self->keys, group, key, NULL, NULL) : NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  gboolean                 is_empty = TRUE;

  for (char **value = values; value != NULL && *value != NULL; value++)
    {
      if (*g_strstrip (*value) == '\0')
        continue;
      g_strv_builder_add (kept, *value);
      is_empty = FALSE;
    }
  return is_empty ? NULL : g_strv_builder_end (kept);
}

/**
 * lf_settings_file_dup_path:
 * @self: a file whose keys of @group have been checked
 * @group: a group
 * @key: a key whose value is a path
 *
 * Returns: (transfer full) (nullable): the absolute path
 */
char *
lf_settings_file_dup_path (LfSettingsFile *self, const char *group, const char *key)
{
  g_autofree char *text = lf_settings_file_dup_text (self, group, key);

  return text != NULL ? g_canonicalize_filename (text, self->folder) : NULL;
}

/**
 * lf_settings_file_read_number:
 * @self: a file whose keys of @group have been checked
 * @group: a group
 * @key: a key
 * @least: smallest value
 * @most: largest value
 * @number: (inout): stays as it is when there is no such key
 * @error: return location
 *
 * Returns: %FALSE with %LF_SETTINGS_ERROR_INVALID
 */
gboolean
lf_settings_file_read_number (LfSettingsFile *self, const char *group, const char *key, guint least, guint most, guint *number, GError **error)
{
  g_autofree char *text = lf_settings_file_dup_text (self, group, key);
  guint64          value = 0;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, least, most, &value, NULL))
    return lf_settings_fail (error, "In [%s] “%s” must be a number from %u to %u.", group, key, least, most);
  *number = (guint) value;
  return TRUE;
}

/**
 * lf_settings_read_secret:
 * @path: a file
 * @what: for messages: "token"
 * @error: return location
 *
 * Reads a secret of up to 200 bytes that stands alone in a file. A file that others can read is refused.
 *
 * Returns: (transfer full) (nullable): it, without blanks around it, %NULL with %LF_SETTINGS_ERROR_INVALID
 */
char *
lf_settings_read_secret (const char *path, const char *what, GError **error)
{
  char        secret[MAX_SECRET_BYTES + 1] = { 0 };
  struct stat status;
  gssize      n_bytes = -1;
  int         fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    {
      lf_settings_fail (error, "The %s file “%s” cannot be opened: %s.", what, path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && (status.st_mode & 027) == 0)
    n_bytes = read (fd, secret, MAX_SECRET_BYTES);
  close (fd);
  if (n_bytes < 0)
    {
      lf_settings_fail (error, "The %s file “%s” must be a file that nobody but its owner can write and others cannot read: chmod 600.", what, path);
      return NULL;
    }
  g_strstrip (secret);
  if (*secret == '\0' || strpbrk (secret, " \t\r\n") != NULL)
    {
      lf_settings_fail (error, "The %s file “%s” must hold one %s and nothing else.", what, path, what);
      return NULL;
    }
  return g_strdup (secret);
}

/**
 * lf_settings_file_read_server:
 * @self: a file
 * @server: (nullable): address of the server instead of the file's
 * @token_path: (nullable): the token file instead of the file's
 * @address: (out): address of the server
 * @token: (out): the connector's token
 * @error: return location
 *
 * Reads [server].
 *
 * Returns: %FALSE with %LF_SETTINGS_ERROR_INVALID
 */
gboolean
lf_settings_file_read_server (LfSettingsFile *self, const char *server, const char *token_path, char **address, char **token, GError **error)
{
  g_autofree char   *url = server != NULL ? g_strdup (server) : lf_settings_file_dup_text (self, "server", "url");
  g_autofree char   *path = token_path != NULL ? g_canonicalize_filename (token_path, NULL) : lf_settings_file_dup_path (self, "server", "token-file");
  g_autofree char   *normal = NULL;
  g_autofree char   *secret = NULL;
  g_autoptr (GError) cause = NULL;

  if (!lf_settings_file_check_keys (self, "server", server_keys, error))
    return FALSE;
  if (url == NULL || path == NULL)
    return lf_settings_fail (error, "[server] needs “url” and “token-file”, unless --server and --token-file give them.");
  normal = lf_server_address_normalise (url, &cause);
  if (normal == NULL)
    return lf_settings_fail (error, "In [server]: %s", cause->message);
  secret = lf_settings_read_secret (path, "token", error);
  if (secret == NULL)
    return FALSE;
  if (strlen (secret) < MIN_TOKEN_BYTES)
    return lf_settings_fail (error, "The token file “%s” must hold one token and nothing else.", path);
  *address = g_steal_pointer (&normal);
  *token = g_steal_pointer (&secret);
  return TRUE;
}
