/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the connectors have in common in their key files: checks of keys and values, and group [server]. */

#define LF_SETTINGS_ERROR (lf_settings_error_quark ())

/**
 * LfSettingsError:
 * @LF_SETTINGS_ERROR_INVALID: the settings cannot be used; the message says where and why
 *
 * Errors of settings.
 */
typedef enum
{
  LF_SETTINGS_ERROR_INVALID,
} LfSettingsError;

GQuark lf_settings_error_quark (void);

/**
 * LfSettingsFile:
 * @keys: what stands in the file
 * @folder: in which it lies; relative paths are taken from there
 *
 * A key file.
 */
typedef struct
{
  GKeyFile *keys;
  char     *folder;
} LfSettingsFile;

LfSettingsFile *lf_settings_file_load (const char *path, GError **error);
void            lf_settings_file_free (LfSettingsFile *self);
gboolean        lf_settings_file_check_keys (LfSettingsFile *self, const char *group, const char *const *known, GError **error);
char           *lf_settings_file_dup_text (LfSettingsFile *self, const char *group, const char *key);
GStrv           lf_settings_file_dup_list (LfSettingsFile *self, const char *group, const char *key);
char           *lf_settings_file_dup_path (LfSettingsFile *self, const char *group, const char *key);
gboolean        lf_settings_file_read_number (LfSettingsFile *self, const char *group, const char *key, guint least, guint most, guint *number, GError **error);
gboolean        lf_settings_file_read_server (LfSettingsFile *self, const char *server, const char *token_path, char **address, char **token, GError **error);
char           *lf_settings_read_secret (const char *path, const char *what, GError **error);
gboolean        lf_settings_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfSettingsFile, lf_settings_file_free)

G_END_DECLS
