/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"
#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_OWN_STATUS (lf_own_status_get_type ())

/**
 * LfOwnStatus:
 *
 * The user's own name with the status colleagues see; pressed, a popover to choose another: each
 * choice is two clicks away, a custom status is one act, and below stands what colleagues see.
 */
G_DECLARE_FINAL_TYPE (LfOwnStatus, lf_own_status, LF, OWN_STATUS, GtkWidget)

void       lf_own_status_set_client (LfOwnStatus *self, LfClient *client, GSettings *settings);
void       lf_own_status_set_calendars (LfOwnStatus *self, LfDesktopCalendars *calendars);
void       lf_own_status_popup (LfOwnStatus *self);
GtkWidget *lf_own_status_get_popover (LfOwnStatus *self); /* transfer none */

G_END_DECLS
