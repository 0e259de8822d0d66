/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-contact-list.h"
#include "lf-own-status.h"
#include "lf-view-button.h"
#include "lf-window.h"

/* What the other files of the window, and lf-application.c, use of it. */

G_BEGIN_DECLS

GHashTable    *lf_window_get_met (LfWindow *self); /* user id -> LfContact */
LfContactList *lf_window_get_contact_list (LfWindow *self);
LfOwnStatus   *lf_window_get_own_status (LfWindow *self);
void           lf_window_show_view (LfWindow *self, const char *view);
gboolean       lf_window_get_is_folded (LfWindow *self);
gboolean       lf_window_go_back (LfWindow *self);
void           lf_window_set_is_restoring (LfWindow *self, gboolean is_restoring);
void           lf_window_set_is_waiting (LfWindow *self, gboolean is_waiting);
void           lf_window_show_sign_in_error (LfWindow *self, const GError *error);
gboolean       lf_window_has_unsent (LfWindow *self);
void           lf_window_close_dialogs (LfWindow *self);
void           lf_window_restore_size (LfWindow *self);
void           lf_window_save_size (LfWindow *self);
void           lf_window_follow_counts (LfClient *client, LfViewButton *chats, LfViewButton *calls);
void           lf_window_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
