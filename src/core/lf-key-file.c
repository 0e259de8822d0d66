/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-key-file.h"

/**
 * lf_key_file_escapes_are_known:
 * @file: a key file
 * @group: one of its groups
 * @key: a key of that group
 *
 * Tells whether every backslash of the value begins an escape of the desktop entry specification
 * (`\s`, `\n`, `\t`, `\r`, `\\`, and `\;` of lists). GLib reads what it does not know half and half, with a
 * value beside the error, and warns of itself when there are two errors: so this is asked first.
 *
 * Returns: %FALSE if one does not exist, or stands at the end; %TRUE if there is no such key
 */
gboolean
lf_key_file_escapes_are_known (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *value = NULL;

  g_return_val_if_fail (file != NULL && group != NULL && key != NULL, FALSE);

  value = g_key_file_get_value (file, group, key, NULL);
  for (const char *at = value; at != NULL && (at = strchr (at, '\\')) != NULL; at += 2)
    if (at[1] == '\0' || strchr ("sntr\\;", at[1]) == NULL)
      return FALSE;
  return TRUE;
}
