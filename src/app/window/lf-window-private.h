/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-banner.h"
#include "lf-call-bar.h"
#include "lf-call-list.h"
#include "lf-chat-list.h"
#include "lf-contact-list.h"
#include "lf-contact-page.h"
#include "lf-lamp-grid.h"
#include "lf-own-status.h"
#include "lf-view-button.h"
#include "lf-window.h"

/* What the other files of the window, and lf-application.c, use of it. */

G_BEGIN_DECLS

struct _LfWindow
{
  AdwApplicationWindow parent_instance;

  LfClient   *client;   /* owned, nullable until made whole */
  GSettings  *settings; /* owned, nullable until made whole */
  GHashTable *met;      /* user id -> LfContact *: people met in a search */
  gboolean    is_restoring;
  gboolean    is_from_lamps; /* the page was opened from there, and goes back there */

  AdwToastOverlay *toasts;
  GtkStack        *pages;
  GtkWidget       *wait_box;
  AdwLeaflet      *leaflet;
  GtkWidget       *sidebar;
  AdwClamp        *sidebar_clamp;
  LfOwnStatus     *own_status;
  AdwHeaderBar    *sidebar_header;
  GtkWidget       *separator;
  GtkWidget       *search_button;
  GtkWidget       *add_lamp_button;
  LfBanner        *banner;
  GtkStack        *views;
  GtkWidget       *view_bar;
  LfViewButton    *chats_button;
  LfViewButton    *calls_button;
  LfContactList   *contact_list;
  LfChatList      *chat_list;
  LfCallList      *call_list;
  LfCallBar       *call_bar;
  LfLampGrid      *lamp_grid;
  GtkStack        *content;
  LfContactPage   *contact_page; /* nullable until first shown */
};

GHashTable    *lf_window_get_met (LfWindow *self); /* user id -> LfContact */
LfContactList *lf_window_get_contact_list (LfWindow *self);
LfOwnStatus   *lf_window_get_own_status (LfWindow *self);
void           lf_window_show_view (LfWindow *self, const char *view);
gboolean       lf_window_get_is_folded (LfWindow *self);
gboolean       lf_window_go_back (LfWindow *self);
gboolean       lf_window_shows_lamps (LfWindow *self);
void           lf_window_update_room (LfWindow *self);
void           lf_window_update_open_contact (LfWindow *self);
void           lf_window_follow_view (LfWindow *self);
void           lf_window_follow_view_button (LfWindow *self, GtkToggleButton *button);
void           lf_window_set_is_restoring (LfWindow *self, gboolean is_restoring);
void           lf_window_set_is_waiting (LfWindow *self, gboolean is_waiting);
void           lf_window_show_sign_in_error (LfWindow *self, const GError *error);
gboolean       lf_window_has_unsent (LfWindow *self);
void           lf_window_close_dialogs (LfWindow *self);
void           lf_window_restore_size (LfWindow *self);
void           lf_window_save_size (LfWindow *self);
void           lf_window_follow_counts (LfClient *client, LfViewButton *chats, LfViewButton *calls);
void           lf_window_install_actions (GtkWidgetClass *widget_class);
void           lf_window_install_keys (GtkApplication *application);

G_END_DECLS
