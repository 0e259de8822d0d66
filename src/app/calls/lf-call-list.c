/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-call-list.h"
#include "lf-call-row.h"

struct _LfCallList
{
  AdwBin parent_instance;

  LfClient       *client;   /* owned, nullable */
  GSettings      *settings; /* owned, nullable */
  GHashTable     *rows;     /* owned; LfCallRow, borrowed: those bound now */
  GtkNoSelection *selection;

  GtkStack      *stack;
  AdwStatusPage *empty_page;
  GtkListView   *list_view;
  GtkWidget     *kinds[LF_N_CALL_KINDS];
  GtkWidget     *all_button;
};

G_DEFINE_FINAL_TYPE (LfCallList, lf_call_list, ADW_TYPE_BIN)

static LfCallLog *
get_log (LfCallList *self)
{
  return lf_telephone_get_log (lf_client_get_telephone (self->client));
}

static void
update_stack (LfCallList *self)
{
  gboolean has_line = lf_telephone_has_line (lf_client_get_telephone (self->client));
  gboolean is_empty = g_list_model_get_n_items (lf_call_log_get_entries (get_log (self))) == 0;

  adw_status_page_set_title (self->empty_page, has_line ? _("No calls") : _("No phone"));
  adw_status_page_set_description (self->empty_page, has_line ? _("Calls of your phone are listed here.")
                                                              : _("No line of the telephone system is yours. Ask the administrator of your server."));
  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "list");
}

/* What the user has before the eyes is not missed any more. */
static void
mark_seen (LfCallList *self)
{
  gint64 now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || lf_call_log_get_n_missed (get_log (self)) == 0)
    return;
  lf_call_log_set_seen_us (get_log (self), now_us);
  if (self->settings != NULL)
    g_settings_set_int64 (self->settings, "calls-seen", now_us);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, LfCallList *self)
{
  gtk_list_item_set_child (item, lf_call_row_new ());
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, LfCallList *self)
{
  LfCallRow *row = LF_CALL_ROW (gtk_list_item_get_child (item));

  lf_call_row_bind (row, self->client, gtk_list_item_get_item (item));
  g_hash_table_add (self->rows, row);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, LfCallList *self)
{
  LfCallRow *row = LF_CALL_ROW (gtk_list_item_get_child (item));

  g_hash_table_remove (self->rows, row);
  lf_call_row_unbind (row);
}

/* A person's page, where there is one; a number is called. */
static void
on_row_activated (GtkListView *list_view, guint position, LfCallList *self)
{
  g_autoptr (LfCallEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  LfContact              *contact = lf_call_entry_get_contact (entry);

  if (contact != NULL && lf_roster_lookup (lf_client_get_roster (self->client), lf_contact_get_user (contact)) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_OPEN_CONTACT, "s", lf_contact_get_user (contact));
  else if (lf_call_entry_get_latest (entry)->address != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_CALL_ADDRESS, "s", lf_call_entry_get_latest (entry)->address);
}

static void
on_edge_reached (LfCallList *self, GtkPositionType edge)
{
  if (edge == GTK_POS_BOTTOM)
    lf_call_log_read_more (get_log (self));
}

static void
on_kind_toggled (LfCallList *self, GtkToggleButton *button)
{
  int kind = LF_CALL_LOG_ALL;

  if (self->client == NULL || !gtk_toggle_button_get_active (button))
    return;
  for (int i = 0; i < LF_N_CALL_KINDS; i++)
    if (self->kinds[i] == GTK_WIDGET (button))
      kind = i;
  lf_call_log_set_kind (get_log (self), kind);
}

static void
on_tick (LfCallList *self)
{
  GHashTableIter iter;
  gpointer       row;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    lf_call_row_update (row);
}

static void
on_log_changed (LfCallList *self)
{
  update_stack (self);
  mark_seen (self);
}

static void
lf_call_list_map (GtkWidget *widget)
{
  LfCallList *self = LF_CALL_LIST (widget);

  GTK_WIDGET_CLASS (lf_call_list_parent_class)->map (widget);
  if (self->client == NULL)
    return;
  on_tick (self);
  mark_seen (self);
}

static void
lf_call_list_dispose (GObject *object)
{
  LfCallList *self = LF_CALL_LIST (object);

  if (self->list_view != NULL)
    gtk_list_view_set_model (self->list_view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->settings);
  g_clear_object (&self->client);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CALL_LIST);
  G_OBJECT_CLASS (lf_call_list_parent_class)->dispose (object);
}

static void
lf_call_list_finalize (GObject *object)
{
  g_hash_table_unref (LF_CALL_LIST (object)->rows);
  G_OBJECT_CLASS (lf_call_list_parent_class)->finalize (object);
}

static void
lf_call_list_class_init (LfCallListClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_call_list_dispose;
  object_class->finalize = lf_call_list_finalize;
  widget_class->map = lf_call_list_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/calls/lf-call-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LfCallList, stack);
  gtk_widget_class_bind_template_child (widget_class, LfCallList, empty_page);
  gtk_widget_class_bind_template_child (widget_class, LfCallList, list_view);
  gtk_widget_class_bind_template_child (widget_class, LfCallList, all_button);
  gtk_widget_class_bind_template_child_full (widget_class, "missed_button", FALSE, G_STRUCT_OFFSET (LfCallList, kinds[LF_CALL_MISSED]));
  gtk_widget_class_bind_template_child_full (widget_class, "received_button", FALSE, G_STRUCT_OFFSET (LfCallList, kinds[LF_CALL_RECEIVED]));
  gtk_widget_class_bind_template_child_full (widget_class, "placed_button", FALSE, G_STRUCT_OFFSET (LfCallList, kinds[LF_CALL_PLACED]));
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_toggled);
}

static void
lf_call_list_init (LfCallList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list_view, factory);
}

/**
 * lf_call_list_set_client:
 * @self: a list
 * @client: whose calls to show
 * @settings: (nullable): where it is kept up to when calls were looked at
 *
 * Sets the client. Once.
 */
void
lf_call_list_set_client (LfCallList *self, LfClient *client, GSettings *settings)
{
  g_return_if_fail (LF_IS_CALL_LIST (self) && LF_IS_CLIENT (client) && self->client == NULL);

  self->client = g_object_ref (client);
  g_set_object (&self->settings, settings);
  if (settings != NULL)
    lf_call_log_set_seen_us (get_log (self), g_settings_get_int64 (settings, "calls-seen"));
  self->selection = gtk_no_selection_new (g_object_ref (lf_call_log_get_entries (get_log (self))));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (lf_call_log_get_entries (get_log (self)), "items-changed", G_CALLBACK (on_log_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lf_client_get_telephone (client), "lines-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lf_client_get_roster (client), "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  update_stack (self);
}
