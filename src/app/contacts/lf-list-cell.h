/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-list-entry.h"

G_BEGIN_DECLS

#define LF_TYPE_LIST_CELL (lf_list_cell_get_type ())

/**
 * LfListCell:
 *
 * What a list view holds for each line: the header of a section or a contact's row, each made when
 * first needed. A press opens the contact.
 */
G_DECLARE_FINAL_TYPE (LfListCell, lf_list_cell, LF, LIST_CELL, GtkWidget)

GtkWidget   *lf_list_cell_new (LfRoster *roster);
LfListEntry *lf_list_cell_get_entry (LfListCell *self);   /* transfer none, nullable */
LfContact   *lf_list_cell_get_contact (LfListCell *self); /* transfer none, nullable */
void         lf_list_cell_set_entry (LfListCell *self, LfListEntry *entry);
void         lf_list_cell_set_is_compact (LfListCell *self, gboolean is_compact);

G_END_DECLS
