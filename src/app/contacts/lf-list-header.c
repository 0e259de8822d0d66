/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-list-header.h"

#define COUNT_CHARS 9 /* "999 / 999" */

struct _LfListHeader
{
  GtkWidget parent_instance;

  LfListEntry    *entry; /* owned, nullable */
  GtkLabel       *title;
  GtkInscription *count; /* a label would have the whole window laid out anew at each change */
};

G_DEFINE_FINAL_TYPE (LfListHeader, lf_list_header, GTK_TYPE_WIDGET)

static void
update (LfListHeader *self)
{
  GtkWidget       *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *count = NULL;
  g_autofree char *told = NULL;
  guint            n_free, n_total;

  if (self->entry == NULL)
    return;

  n_free = lf_list_entry_get_n_free (self->entry);
  n_total = lf_list_entry_get_n_total (self->entry);
  /* Translators: how many people of a group are free, and how many there are. */
  count = g_strdup_printf (C_("free of all", "%u / %u"), n_free, n_total);
  told = g_strdup_printf (ngettext ("%s, %u of %u free", "%s, %u of %u free", n_total),
                          lf_list_entry_get_title (self->entry), n_free, n_total);
  gtk_label_set_label (self->title, lf_list_entry_get_title (self->entry));
  gtk_inscription_set_text (self->count, count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  /* The item of the list view is what takes the focus: it says what the header says. */
  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
}

static void
lf_list_header_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lf_list_header_parent_class)->root (widget);
  update (LF_LIST_HEADER (widget));
}

static void
lf_list_header_dispose (GObject *object)
{
  LfListHeader *self = LF_LIST_HEADER (object);
  GtkWidget    *child;

  lf_list_header_set_entry (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (lf_list_header_parent_class)->dispose (object);
}

static void
lf_list_header_class_init (LfListHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_list_header_dispose;
  widget_class->root = lf_list_header_root;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
lf_list_header_init (LfListHeader *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (widget)), 6);
  gtk_widget_add_css_class (widget, "section-header");
  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->title), widget);
  self->count = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_xalign (self->count, 1);
  gtk_inscription_set_min_chars (self->count, COUNT_CHARS);
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->count), widget);
}

/**
 * lf_list_header_new:
 *
 * Makes an empty header.
 *
 * Returns: (transfer floating): a new header
 */
GtkWidget *
lf_list_header_new (void)
{
  return g_object_new (LF_TYPE_LIST_HEADER, NULL);
}

/**
 * lf_list_header_set_entry:
 * @self: a header
 * @entry: (nullable): the line to show, a header's
 *
 * Shows a section and follows its counts, until another is set.
 */
void
lf_list_header_set_entry (LfListHeader *self, LfListEntry *entry)
{
  g_return_if_fail (LF_IS_LIST_HEADER (self));

  if (self->entry == entry)
    return;

  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_set_object (&self->entry, entry);
  if (entry != NULL)
    g_signal_connect_object (entry, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
