/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-client.h"
#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_OWN_STATUS_MENU (lf_own_status_menu_get_type ())

/**
 * LfOwnStatusMenu:
 *
 * The user's choice of a status: five by a click, the custom ones used lately, an editor for a new one,
 * and what colleagues see now.
 */
G_DECLARE_FINAL_TYPE (LfOwnStatusMenu, lf_own_status_menu, LF, OWN_STATUS_MENU, GtkPopover)

GtkWidget *lf_own_status_menu_new (LfClient *client, GSettings *settings, LfDesktopCalendars *calendars);
void       lf_own_status_menu_update (LfOwnStatusMenu *self);

G_END_DECLS
