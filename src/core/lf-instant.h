/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LF_INSTANT_NONE:
 *
 * The absent instant (JSON null). Instants are wall-clock microseconds since 1970-01-01 UTC,
 * held in gint64. As a `since` it means unknown; as an `until` or `valid_until`, never.
 */
#define LF_INSTANT_NONE G_MININT64

#define LF_SECOND (G_GINT64_CONSTANT (1000000))
#define LF_MINUTE (60 * LF_SECOND)
#define LF_HOUR   (60 * LF_MINUTE)
#define LF_DAY    (24 * LF_HOUR)

#define LF_INSTANT_MAX_CHARS 28 /* "9999-12-31T23:59:59.999Z" and its NUL */

gboolean lf_instant_parse (const char *text, gint64 *instant_us);
void     lf_instant_format (gint64 instant_us, char buffer[LF_INSTANT_MAX_CHARS]);
gint64   lf_instant_earlier (gint64 a_us, gint64 b_us);

G_END_DECLS
