/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-list-entry.h"

G_BEGIN_DECLS

#define LF_TYPE_CONTACT_MODEL (lf_contact_model_get_type ())

/**
 * LfContactModel:
 *
 * The contact list as lines: a #GListModel of #LfListEntry. Favourites, then the groups in their
 * order, then everybody else, each under a header, by name or the free ones first. With a query:
 * the contacts it matches, then those found in the directory.
 *
 * A contact stands in it once. What changes a person's place is applied at once when the user did
 * it, within 250 ms when a status did, and then never while the list is held (pointer or focus in
 * it). A change of status alone touches no line but the header's counts: rows listen to contacts.
 */
G_DECLARE_FINAL_TYPE (LfContactModel, lf_contact_model, LF, CONTACT_MODEL, GObject)

LfContactModel *lf_contact_model_new (LfRoster *roster);
void            lf_contact_model_set_query (LfContactModel *self, const char *query);
const char     *lf_contact_model_get_query (LfContactModel *self); /* nullable */
void            lf_contact_model_set_directory (LfContactModel *self, GListModel *people);
void            lf_contact_model_set_available_first (LfContactModel *self, gboolean available_first);
void            lf_contact_model_set_is_filling (LfContactModel *self, gboolean is_filling);
void            lf_contact_model_set_is_held (LfContactModel *self, gboolean is_held);
void            lf_contact_model_flush (LfContactModel *self);
guint           lf_contact_model_find (LfContactModel *self, const char *user);      /* GTK_INVALID_LIST_POSITION: none */
LfContact      *lf_contact_model_get_contact (LfContactModel *self, guint position); /* transfer none, nullable */
/* From @position, @step contacts on (down when positive), headers skipped, stopping at the ends. */
guint lf_contact_model_move (LfContactModel *self, guint position, int step);

G_END_DECLS
