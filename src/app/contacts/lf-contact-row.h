/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_CONTACT_ROW (lf_contact_row_get_type ())

/**
 * LfContactRow:
 *
 * One person in a list: avatar with badge, name, words of the display status and note; a bell when
 * watched, a pill with unread messages; Call and Chat under the pointer and the focus. It listens
 * to its contact alone, and to the roster's tick while it is on the screen. Its accessible name
 * says everything it shows; so does, in a list view, that of the item the row is in.
 *
 * Properties: "contact" (nullable), "is-compact"; "words" (nullable, read only): its accessible name.
 */
G_DECLARE_FINAL_TYPE (LfContactRow, lf_contact_row, LF, CONTACT_ROW, GtkWidget)

GtkWidget *lf_contact_row_new (LfRoster *roster);
LfContact *lf_contact_row_get_contact (LfContactRow *self);
void       lf_contact_row_set_contact (LfContactRow *self, LfContact *contact);
void       lf_contact_row_set_is_compact (LfContactRow *self, gboolean is_compact);
char      *lf_contact_row_get_texts (LfContactRow *self); /* transfer full */

G_END_DECLS
