/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-contact-row.h"
#include "lf-list-cell.h"

#define COUNT_CHARS 9 /* "999 / 999" */

struct _LfListCell
{
  GtkWidget parent_instance;

  LfRoster    *roster; /* owned */
  LfListEntry *entry;  /* owned, nullable */
  GtkWidget   *item;   /* borrowed from the list view: the parent, nullable */
  gboolean     is_compact;

  GtkWidget      *row;    /* nullable until a contact is shown */
  GtkWidget      *header; /* nullable until a header is shown */
  GtkLabel       *title;
  GtkInscription *count; /* a label would have the whole window laid out anew at each change */
};

G_DEFINE_FINAL_TYPE (LfListCell, lf_list_cell, GTK_TYPE_WIDGET)

/* The item of the list view is what takes the focus: it says what the line says. */
static void
tell_item (LfListCell *self, const char *words)
{
  if (self->item != NULL && words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->item), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
tell_contact (LfListCell *self)
{
  g_autofree char *words = NULL;

  if (self->row == NULL || self->entry == NULL || lf_list_entry_get_contact (self->entry) == NULL)
    return;

  g_object_get (self->row, "words", &words, NULL);
  tell_item (self, words);
}

static void
update_header (LfListCell *self)
{
  g_autofree char *count = NULL;
  g_autofree char *told = NULL;
  guint            n_free, n_total;

  if (self->entry == NULL || self->header == NULL || lf_list_entry_get_contact (self->entry) != NULL)
    return;

  n_free = lf_list_entry_get_n_free (self->entry);
  n_total = lf_list_entry_get_n_total (self->entry);
  /* Translators: how many people of a group are free, and how many there are. */
  count = g_strdup_printf (C_("free of all", "%u / %u"), n_free, n_total);
  told = g_strdup_printf (ngettext ("%s, %u of %u free", "%s, %u of %u free", n_total),
                          lf_list_entry_get_title (self->entry), n_free, n_total);
  gtk_label_set_label (self->title, lf_list_entry_get_title (self->entry));
  gtk_inscription_set_text (self->count, count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->header), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  tell_item (self, told);
}

static void
ensure_header (LfListCell *self)
{
  if (self->header != NULL)
    return;

  self->header = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, "spacing", 6, NULL);
  gtk_widget_add_css_class (self->header, "section-header");
  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_box_append (GTK_BOX (self->header), GTK_WIDGET (self->title));
  self->count = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_xalign (self->count, 1);
  gtk_inscription_set_min_chars (self->count, COUNT_CHARS);
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "numeric");
  gtk_box_append (GTK_BOX (self->header), GTK_WIDGET (self->count));
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
}

static void
ensure_row (LfListCell *self)
{
  if (self->row != NULL)
    return;

  self->row = lf_contact_row_new (self->roster);
  lf_contact_row_set_is_compact (LF_CONTACT_ROW (self->row), self->is_compact);
  gtk_widget_set_parent (self->row, GTK_WIDGET (self));
  g_signal_connect_object (self->row, "notify::words", G_CALLBACK (tell_contact), self, G_CONNECT_SWAPPED);
}

static void
update_pointed (LfListCell *self)
{
  GtkStateFlags flags;

  if (self->row == NULL || !gtk_widget_get_visible (self->row))
    return;

  flags = self->item != NULL ? gtk_widget_get_state_flags (self->item) : 0;
  lf_contact_row_set_is_pointed (LF_CONTACT_ROW (self->row),
                                 self->entry != NULL &&
                                   (flags & (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_WITHIN)) != 0);
}

static void
on_parent_changed (LfListCell *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (self->item == parent)
    return;

  if (self->item != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->item, self);
      g_object_remove_weak_pointer (G_OBJECT (self->item), (gpointer *) &self->item);
    }
  self->item = parent;
  if (parent != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (parent), (gpointer *) &self->item);
      g_signal_connect_object (parent, "state-flags-changed", G_CALLBACK (update_pointed), self, G_CONNECT_SWAPPED);
    }
  update_pointed (self);
  update_header (self);
  tell_contact (self);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, LfListCell *self)
{
  LfContact *contact = lf_list_cell_get_contact (self);

  if (contact != NULL && n_press == 1)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_OPEN_CONTACT, "s", lf_contact_get_user (contact));
}

static void
lf_list_cell_dispose (GObject *object)
{
  LfListCell *self = LF_LIST_CELL (object);

  lf_list_cell_set_entry (self, NULL);
  if (self->item != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->item, self);
      g_object_remove_weak_pointer (G_OBJECT (self->item), (gpointer *) &self->item);
      self->item = NULL;
    }
  g_clear_pointer (&self->row, gtk_widget_unparent);
  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (lf_list_cell_parent_class)->dispose (object);
}

static void
lf_list_cell_class_init (LfListCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_list_cell_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lf_list_cell_init (LfListCell *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self, "notify::parent", G_CALLBACK (on_parent_changed), NULL);
}

/**
 * lf_list_cell_new:
 * @roster: whose clock rows follow
 *
 * Makes an empty cell.
 *
 * Returns: (transfer floating): a new cell
 */
GtkWidget *
lf_list_cell_new (LfRoster *roster)
{
  LfListCell *self;

  g_return_val_if_fail (LF_IS_ROSTER (roster), NULL);

  self = g_object_new (LF_TYPE_LIST_CELL, NULL);
  self->roster = g_object_ref (roster);

  return GTK_WIDGET (self);
}

/**
 * lf_list_cell_get_entry:
 * @self: a cell
 *
 * Returns: (transfer none) (nullable): the line it shows
 */
LfListEntry *
lf_list_cell_get_entry (LfListCell *self)
{
  g_return_val_if_fail (LF_IS_LIST_CELL (self), NULL);

  return self->entry;
}

/**
 * lf_list_cell_get_contact:
 * @self: a cell
 *
 * Returns: (transfer none) (nullable): whom it shows, %NULL for a header
 */
LfContact *
lf_list_cell_get_contact (LfListCell *self)
{
  g_return_val_if_fail (LF_IS_LIST_CELL (self), NULL);

  return self->entry != NULL ? lf_list_entry_get_contact (self->entry) : NULL;
}

/**
 * lf_list_cell_set_entry:
 * @self: a cell
 * @entry: (nullable): the line to show
 *
 * Shows a line, or lets go of the one shown.
 */
void
lf_list_cell_set_entry (LfListCell *self, LfListEntry *entry)
{
  LfContact *contact;

  g_return_if_fail (LF_IS_LIST_CELL (self));

  if (self->entry == entry)
    return;

  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_set_object (&self->entry, entry);

  contact = lf_list_cell_get_contact (self);
  if (contact != NULL)
    ensure_row (self);
  else if (entry != NULL)
    ensure_header (self);
  if (self->row != NULL)
    {
      lf_contact_row_set_contact (LF_CONTACT_ROW (self->row), contact);
      gtk_widget_set_visible (self->row, contact != NULL);
    }
  if (self->header != NULL)
    gtk_widget_set_visible (self->header, entry != NULL && contact == NULL);
  if (entry != NULL && contact == NULL)
    g_signal_connect_object (entry, "notify", G_CALLBACK (update_header), self, G_CONNECT_SWAPPED);
  update_header (self);
  tell_contact (self);
  update_pointed (self);
}

/**
 * lf_list_cell_set_is_compact:
 * @self: a cell
 * @is_compact: low rows
 *
 * Chooses the height of rows.
 */
void
lf_list_cell_set_is_compact (LfListCell *self, gboolean is_compact)
{
  g_return_if_fail (LF_IS_LIST_CELL (self));

  self->is_compact = is_compact;
  if (self->row != NULL)
    lf_contact_row_set_is_compact (LF_CONTACT_ROW (self->row), is_compact);
}
