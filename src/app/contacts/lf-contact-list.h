/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"
#include "lf-contact-model.h"

G_BEGIN_DECLS

#define LF_TYPE_CONTACT_LIST (lf_contact_list_get_type ())

/**
 * LfContactList:
 *
 * The contacts page of the sidebar: search, the list, and what stands there when it is empty.
 * Properties: "is-searching", "is-compact", "available-first", "follows-selection" (moving the
 * selection opens the contact: when the contact page is beside the list).
 */
G_DECLARE_FINAL_TYPE (LfContactList, lf_contact_list, LF, CONTACT_LIST, GtkWidget)

void            lf_contact_list_set_client (LfContactList *self, LfClient *client);
void            lf_contact_list_select (LfContactList *self, LfContact *contact);
void            lf_contact_list_start_search (LfContactList *self);
gboolean        lf_contact_list_grab_row (LfContactList *self);
LfContactModel *lf_contact_list_get_model (LfContactList *self); /* transfer none, nullable */

G_END_DECLS
