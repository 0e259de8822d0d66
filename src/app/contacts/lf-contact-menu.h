/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

GMenuModel *lf_contact_menu_new (LfRoster *roster, LfContact *contact);
char       *lf_contact_menu_escape (const char *text); /* transfer full */
void        lf_contact_menu_keep_focus (GtkPopover *popover, GtkWidget *home);

G_END_DECLS
