/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-contact-list.h"
#include "lf-contact-model.h"
#include "lf-contact-row.h"

/* The list in two files: lf-contact-list.c is the widget, lf-contact-list-keys.c selection, keys and menu. */

G_BEGIN_DECLS

struct _LfContactList
{
  GtkWidget parent_instance;

  LfClient           *client;    /* owned, nullable */
  LfContactModel     *model;     /* owned, nullable */
  GtkSingleSelection *selection; /* owned, nullable */
  GCancellable       *search;    /* owned, nullable: the directory is being asked */
  GtkWidget          *menu;      /* nullable until first asked for */
  GtkEventController *motion;    /* borrowed from the list view */
  GtkEventController *focus;     /* borrowed from the list view */
  gboolean            is_searching;
  gboolean            is_compact;
  gboolean            available_first;
  gboolean            follows_selection;
  gboolean            is_quiet; /* the selection is being set from here */

  GtkWidget *search_bar;
  GtkWidget *search_entry;
  GtkStack  *stack;
  GtkWidget *scroller;
  GtkWidget *list_view;
};

GtkWidget *lf_contact_list_find_row (LfContactList *self, guint position); /* nullable */
LfContact *lf_contact_list_get_selected (LfContactList *self);             /* transfer none, nullable */
void       lf_contact_list_select_quietly (LfContactList *self, guint position);
void       lf_contact_list_scroll_to (LfContactList *self, guint position);
gboolean   lf_contact_list_focus_position (LfContactList *self, guint position);
gboolean   lf_contact_list_move_selection (LfContactList *self, int step, gboolean takes_focus);
void       lf_contact_list_activate_on_selected (LfContactList *self, const char *action);
void       lf_contact_list_apply_search (LfContactList *self);
void       lf_contact_list_install_keys (LfContactList *self);

G_END_DECLS
