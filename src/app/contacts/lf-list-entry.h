/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_LIST_ENTRY (lf_list_entry_get_type ())

/**
 * LfListEntry:
 *
 * One line of the contact list: a contact, or the header of a section. Properties: "contact"
 * (nullable: a header has none), "title" (nullable), "n-free" and "n-total" (of a header).
 */
G_DECLARE_FINAL_TYPE (LfListEntry, lf_list_entry, LF, LIST_ENTRY, GObject)

LfListEntry *lf_list_entry_new_contact (LfContact *contact);
LfListEntry *lf_list_entry_new_header (const char *title);
LfContact   *lf_list_entry_get_contact (LfListEntry *self); /* transfer none, nullable */
const char  *lf_list_entry_get_title (LfListEntry *self);   /* nullable */
guint        lf_list_entry_get_n_free (LfListEntry *self);
guint        lf_list_entry_get_n_total (LfListEntry *self);
void         lf_list_entry_set_title (LfListEntry *self, const char *title);
void         lf_list_entry_set_counts (LfListEntry *self, guint n_free, guint n_total);

G_END_DECLS
