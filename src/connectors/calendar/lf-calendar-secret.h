/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_CALENDAR_SEALED_PREFIX    "sealed:"
#define LF_CALENDAR_SECRET_MAX_BYTES (16 * 1024)
#define LF_CALENDAR_KEY_BYTES        32

/* A key that seals the passwords of a configuration. */
typedef struct
{
  guint8 bytes[LF_CALENDAR_KEY_BYTES];
} LfCalendarKey;

gboolean       lf_calendar_key_create (const char *path, GError **error);
LfCalendarKey *lf_calendar_key_load (const char *path, GError **error);
void           lf_calendar_key_free (LfCalendarKey *self);
char          *lf_calendar_secret_seal (const LfCalendarKey *key, const char *group, const char *secret);
char          *lf_calendar_secret_open (const LfCalendarKey *key, const char *group, const char *sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarKey, lf_calendar_key_free)

G_END_DECLS
