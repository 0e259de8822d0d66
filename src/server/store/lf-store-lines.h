/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"

G_BEGIN_DECLS

/* A line of the telephone system and whose it is. */
typedef struct
{
  char    *line;
  char    *address;
  char    *user; /* nullable: nobody's */
  gboolean is_primary;
  char    *pickup_group; /* nullable: its calls are picked up by nobody else */
} LfLineRow;

void lf_line_row_free (LfLineRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfLineRow, lf_line_row_free)

GPtrArray *lf_store_lines_list (LfDb *db, GError **error); /* of LfLineRow, owned, by line */
gboolean   lf_store_lines_assign (LfDb *db, const char *line, const char *address, const char *user, gboolean is_primary, const char *pickup_group, GError **error);
gboolean   lf_store_lines_remove (LfDb *db, const char *line, GError **error);

G_END_DECLS
