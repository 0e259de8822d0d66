/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CONTACT_PAGE (lf_contact_page_get_type ())

/**
 * LfContactPage:
 *
 * The right-hand side: header bar, why-card, busy strip, chat. Properties: "client" (construct by
 * the window), "contact" (nullable), "is-folded": the leaflet shows one page, so the header bar
 * has a back button (win.back).
 */
G_DECLARE_FINAL_TYPE (LfContactPage, lf_contact_page, LF, CONTACT_PAGE, AdwBin)

void       lf_contact_page_set_client (LfContactPage *self, LfClient *client);
LfContact *lf_contact_page_get_contact (LfContactPage *self);
void       lf_contact_page_set_contact (LfContactPage *self, LfContact *contact);
void       lf_contact_page_focus_composer (LfContactPage *self);
void       lf_contact_page_focus_why (LfContactPage *self);

G_END_DECLS
