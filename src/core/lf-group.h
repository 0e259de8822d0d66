/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfGroup:
 * @id: opaque id
 * @name: what the user calls it
 * @position: place among the groups
 *
 * A group of contacts. The roster holds them by position, then name.
 */
typedef struct
{
  char *id;
  char *name;
  int   position;
} LfGroup;

GArray  *lf_group_array_new (const LfGroup *groups, gsize n_groups);
gboolean lf_group_array_equal (const GArray *a, const GArray *b);

G_END_DECLS
