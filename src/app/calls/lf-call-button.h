/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-contact.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_BUTTON (lf_call_button_get_type ())

/**
 * LfCallButton:
 *
 * Calls a person or a place, by the window's actions: at once, or where there are several numbers by a menu of them.
 */
G_DECLARE_FINAL_TYPE (LfCallButton, lf_call_button, LF, CALL_BUTTON, GtkWidget)

GtkWidget *lf_call_button_new (LfContact *contact);
void       lf_call_button_set_contact (LfCallButton *self, LfContact *contact);

G_END_DECLS
