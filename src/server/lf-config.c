/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-server"

#include "config.h"

#include <gio/gio.h>

#include "lf-config.h"
#include "lf-key-file.h"

/* A number an administrator can set. */
typedef struct
{
  const char *group;
  const char *key;
  gsize       offset;
  guint       min;
  guint       max;
  guint       fallback;
} Number;

#define NUMBER(group, key, member, min, max, fallback)                       \
  {                                                                          \
    group, key, G_STRUCT_OFFSET (LfConfig, member), (min), (max), (fallback) \
  }

static const Number numbers[] = {
  NUMBER ("limits", "max-connections", max_connections, 16, 200000, 10000),
  NUMBER ("limits", "max-connections-per-address", max_connections_per_address, 4, 200000, 1000),
  NUMBER ("limits", "max-streams-per-user", max_streams_per_user, 1, 1000, 20),
  NUMBER ("limits", "request-timeout-s", request_timeout_s, 1, 300, 10),
  NUMBER ("limits", "keep-alive-s", keep_alive_s, 1, 600, 30),
  NUMBER ("limits", "answer-timeout-s", answer_timeout_s, 1, 300, 30),
  NUMBER ("limits", "drain-timeout-s", drain_timeout_s, 1, 60, 5),
  NUMBER ("limits", "calls-per-minute", calls_per_minute, 1, 1000, 10),
  NUMBER ("stream", "ping-s", ping_s, 1, 40, 20),
  NUMBER ("stream", "pong-timeout-s", pong_timeout_s, 1, 60, 10),
  NUMBER ("stream", "start-timeout-s", start_timeout_s, 1, 60, 10),
  NUMBER ("stream", "ack-timeout-s", ack_timeout_s, 1, 300, 30),
  NUMBER ("stream", "window-frames", window_frames, 16, 4096, 512),
  NUMBER ("stream", "window-bytes", window_bytes, 131072, 4194304, 262144),
  NUMBER ("stream", "resume-s", resume_s, 1, 3600, 600),
  NUMBER ("stream", "parked-streams", parked_streams, 0, 200000, 10000),
  NUMBER ("stream", "parked-bytes", parked_bytes, 1048576, 1073741824, 134217728),
  NUMBER ("stream", "frames-per-s", frames_per_s, 5, 10000, 50),
  NUMBER ("presence", "device-grace-s", device_grace_s, 1, 300, 15),
  NUMBER ("presence", "device-lease-s", device_lease_s, 2, 600, 60),
  NUMBER ("presence", "restart-unknown-s", restart_unknown_s, 0, 600, 75),
  NUMBER ("presence", "connector-silent-s", connector_silent_s, 1, 600, 60),
  NUMBER ("presence", "connector-grace-s", connector_grace_s, 1, 600, 30),
};

static guint *
get_number (LfConfig *self, const Number *number)
{
  return (guint *) ((char *) self + number->offset);
}

static const Number *
find_number (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].group, group) && g_str_equal (numbers[i].key, key))
      return &numbers[i];
  return NULL;
}

static gboolean
check_escapes (GKeyFile *file, const char *group, const char *key, GError **error)
{
  if (lf_key_file_escapes_are_known (file, group, key))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "[%s] %s has an escape that does not exist; a backslash is written “\\\\”.", group, key);
  return FALSE;
}

static gboolean
check_number (const Number *number, gint64 value, GError **error)
{
  if (value >= number->min && value <= number->max)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "[%s] %s is %" G_GINT64_FORMAT "; it must lie between %u and %u.",
               number->group, number->key, value, number->min, number->max);
  return FALSE;
}

/* Of a value with an escape that does not exist GKeyFile makes a text *and* an error. */
static gboolean
read_text (GKeyFile *file, const char *key, char **text, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char   *value = g_key_file_get_string (file, "server", key, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_free (*text);
  *text = g_steal_pointer (&value);
  return TRUE;
}

static gboolean
read_texts (GKeyFile *file, const char *key, GStrv *texts, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv)     values = g_key_file_get_string_list (file, "server", key, NULL, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_strfreev (*texts);
  *texts = g_steal_pointer (&values);
  return TRUE;
}

static gboolean
read_server_key (LfConfig *self, GKeyFile *file, const char *key, GError **error)
{
  if (g_str_equal (key, "listen"))
    return read_text (file, key, &self->listen, error);
  if (g_str_equal (key, "metrics-listen"))
    return read_text (file, key, &self->metrics_listen, error);
  if (g_str_equal (key, "data"))
    return read_text (file, key, &self->data_dir, error);
  if (g_str_equal (key, "trusted-proxies"))
    return read_texts (file, key, &self->trusted_proxies, error);
  if (g_str_equal (key, "insecure-direct"))
    {
      g_autoptr (GError) local = NULL;

      self->is_insecure_direct = g_key_file_get_boolean (file, "server", key, &local);
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "[server] has no setting “%s”.", key);
  return FALSE;
}

static gboolean
read_key (LfConfig *self, GKeyFile *file, const char *group, const char *key, GError **error)
{
  const Number      *number = find_number (group, key);
  g_autoptr (GError) local = NULL;
  gint64             value;

  if (g_str_equal (group, "server"))
    return read_server_key (self, file, key, error);
  if (g_str_equal (group, "dial-plan"))
    {
      g_autofree char *text = g_key_file_get_string (file, group, key, error);

      return text != NULL && lf_dial_plan_set (self->dial_plan, key, text, error);
    }
  if (number == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "[%s] has no setting “%s”.", group, key);
      return FALSE;
    }
  value = g_key_file_get_int64 (file, group, key, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!check_number (number, value, error))
    return FALSE;
  *get_number (self, number) = (guint) value;
  return TRUE;
}

/**
 * lf_config_new:
 *
 * Returns: (transfer full): every setting at its default; no data folder
 */
LfConfig *
lf_config_new (void)
{
  LfConfig *self = g_new0 (LfConfig, 1);

  self->listen = g_strdup ("127.0.0.1:8470");
  self->trusted_proxies = g_new0 (char *, 1);
  self->dial_plan = lf_dial_plan_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    *get_number (self, &numbers[i]) = numbers[i].fallback;
  return self;
}

/**
 * lf_config_load:
 * @path: a key file
 * @error: a place for an error: of #GFileError, #GKeyFileError or #GIOErrorEnum
 *
 * Reads a configuration. A group or key that does not exist is an error, so that a typing mistake is
 * seen.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
LfConfig *
lf_config_load (const char *path, GError **error)
{
  g_autoptr (LfConfig) self = lf_config_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv)       groups = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "Cannot read the configuration “%s”: ", path);
      return NULL;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, error);

      if (keys == NULL)
        return NULL;
      for (gsize j = 0; keys[j] != NULL; j++)
        if (!check_escapes (file, groups[i], keys[j], error) || !read_key (self, file, groups[i], keys[j], error))
          {
            g_prefix_error (error, "In the configuration “%s”: ", path);
            return NULL;
          }
    }
  return g_steal_pointer (&self);
}

/**
 * lf_config_validate:
 * @self: a configuration
 * @error: a place for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Checks what no single range can say.
 *
 * Returns: %TRUE if a server can start with it
 */
gboolean
lf_config_validate (LfConfig *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!check_number (&numbers[i], *get_number (self, &numbers[i]), error))
      return FALSE;
  for (gsize i = 0; self->trusted_proxies[i] != NULL; i++)
    if (!g_hostname_is_ip_address (self->trusted_proxies[i]))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "[server] trusted-proxies: “%s” is not an IP address.", self->trusted_proxies[i]);
        return FALSE;
      }
  if (!lf_dial_plan_validate (self->dial_plan, error))
    return FALSE;
  if (self->device_lease_s <= self->device_grace_s)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "[presence] device-lease-s must be longer than device-grace-s.");
      return FALSE;
    }
  if (self->data_dir == NULL || *self->data_dir == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "No data folder is named: give --data DIR, or data= in [server].");
      return FALSE;
    }
  return TRUE;
}

/**
 * lf_config_free:
 * @self: (nullable): a configuration
 *
 * Frees it.
 */
void
lf_config_free (LfConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->listen);
  g_free (self->metrics_listen);
  g_free (self->data_dir);
  g_strfreev (self->trusted_proxies);
  lf_dial_plan_free (self->dial_plan);
  g_free (self);
}
