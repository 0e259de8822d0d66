/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-list-entry.h"

G_BEGIN_DECLS

#define LF_TYPE_LIST_HEADER (lf_list_header_get_type ())

/**
 * LfListHeader:
 *
 * What stands above a section of the contact list: its title, and how many are free.
 */
G_DECLARE_FINAL_TYPE (LfListHeader, lf_list_header, LF, LIST_HEADER, GtkWidget)

GtkWidget *lf_list_header_new (void);
void       lf_list_header_set_entry (LfListHeader *self, LfListEntry *entry);

G_END_DECLS
