/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"

G_BEGIN_DECLS

char    *lf_text_fold (const char *text);
char    *lf_text_to_pattern (const char *word);
char    *lf_cursor_make (const char *first, const char *second, ...) G_GNUC_NULL_TERMINATED;
gboolean lf_cursor_parse (const char *cursor, guint n_parts, GStrv *parts, GError **error);

G_END_DECLS
