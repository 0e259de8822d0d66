/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"

G_BEGIN_DECLS

#define LF_LINE_MAX_SHARES 100

/* Somebody whose line it is besides the person it was assigned to. */
typedef struct
{
  char    *user;
  gboolean is_primary; /* of that person's lines */
} LfLineShare;

/* A line of the telephone system and whose it is. */
typedef struct
{
  char      *line;
  char      *address;
  char      *user; /* nullable: nobody's */
  gboolean   is_primary;
  char      *pickup_group; /* nullable: its calls are picked up by nobody else */
  GPtrArray *shares;       /* nullable: nobody's; of LfLineShare, owned */
} LfLineRow;

void lf_line_row_free (LfLineRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfLineRow, lf_line_row_free)

GPtrArray         *lf_line_shares_new (void);
void               lf_line_shares_add (GPtrArray *shares, const char *user, gboolean is_primary);
const LfLineShare *lf_line_shares_find (const GPtrArray *shares, const char *user); /* @shares nullable */

GPtrArray *lf_store_lines_list (LfDb *db, GError **error); /* of LfLineRow, owned, by line */
gboolean   lf_store_lines_assign (LfDb *db, const char *line, const char *address, const char *user, gboolean is_primary, const char *pickup_group, GError **error);
gboolean   lf_store_lines_share (LfDb *db, const char *line, const char *user, gboolean is_primary, GError **error);
gboolean   lf_store_lines_unshare (LfDb *db, const char *line, const char *user, GError **error);
LfLineRow *lf_store_lines_get (LfDb *db, const char *line, GError **error);
gboolean   lf_store_lines_has_primary (LfDb *db, const char *user, const char *line, gboolean *result, GError **error);
gboolean   lf_store_lines_release (LfDb *db, const char *user, GError **error);
gboolean   lf_store_lines_remove (LfDb *db, const char *line, GError **error);

G_END_DECLS
