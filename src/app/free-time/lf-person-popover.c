/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-contact-order.h"
#include "lf-error-words.h"
#include "lf-found-list.h"
#include "lf-person-popover.h"
#include "lf-portrait.h"

#define MIN_CHARS 2 /* the directory answers nothing shorter */
#define MAX_SHOWN 8

struct _LfPersonPopover
{
  GtkPopover parent_instance;

  LfClient      *client;      /* owned, nullable */
  LfPersonFilter leaves_out;  /* borrowed from the parent, with its data */
  gpointer       filter_data; /* borrowed from the parent */
  GCancellable  *cancellable; /* owned, nullable: the directory is being asked */
  GListStore    *people;      /* owned; of LfContact, those shown */
  char          *searched;    /* owned, nullable: the words they were found with */

  GtkEditable *entry;       /* template */
  GtkListBox  *list;        /* template */
  GtkLabel    *empty_label; /* template */
};

G_DEFINE_FINAL_TYPE (LfPersonPopover, lf_person_popover, GTK_TYPE_POPOVER)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  LfContact *contact = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *portrait = lf_portrait_new ();
  GtkWidget *name = gtk_label_new (lf_contact_get_name (contact));

  lf_portrait_set_name (LF_PORTRAIT (portrait), lf_contact_get_name (contact));
  lf_portrait_set_size (LF_PORTRAIT (portrait), 24, 8);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_box_append (GTK_BOX (box), portrait);
  gtk_box_append (GTK_BOX (box), name);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, lf_contact_get_name (contact), -1);
  return row;
}

static void
add (LfPersonPopover *self,
     LfContact       *contact)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->people)) < MAX_SHOWN && !lf_contact_get_is_place (contact) &&
      !g_list_store_find (self->people, contact, NULL) && !self->leaves_out (contact, self->filter_data))
    g_list_store_append (self->people, contact);
}

/* Favourites first. */
static void
add_contacts (LfPersonPopover *self,
              const char      *words)
{
  GListModel *roster = G_LIST_MODEL (lf_client_get_roster (self->client));
  guint       n_contacts = g_list_model_get_n_items (roster);

  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n_contacts; i++)
      {
        g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

        if (lf_contact_get_is_favourite (contact) == (pass == 0) &&
            (*words == '\0' || lf_contact_order_matches (contact, words)))
          add (self, contact);
      }
}

/* The first is chosen by Enter. */
static void
show_found (LfPersonPopover *self,
            const char      *nobody)
{
  gboolean is_any = g_list_model_get_n_items (G_LIST_MODEL (self->people)) > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->list), is_any);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_label), !is_any);
  gtk_label_set_label (self->empty_label, nobody);
  if (is_any && gtk_list_box_get_selected_row (self->list) == NULL)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  LfPersonPopover       *self = user_data;
  g_autoptr (GError)     error = NULL;
  g_autoptr (GListModel) people = lf_client_search_finish (LF_CLIENT (source), result, &error);
  g_autofree char       *trouble = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  for (guint i = 0; people != NULL && i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (people, i);

      add (self, contact);
    }
  if (error != NULL)
    trouble = lf_error_words_for_notice (error);
  show_found (self, error != NULL ? trouble : _("Nobody found"));
}

static void
end_search (LfPersonPopover *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
update (LfPersonPopover *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  end_search (self);
  g_free (self->searched);
  self->searched = g_strdup (gtk_editable_get_text (self->entry));
  if (self->client == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self))) /* the delay of the entry outlasts it */
    return;
  g_list_store_remove_all (self->people);
  add_contacts (self, words);
  if (g_utf8_strlen (words, -1) < MIN_CHARS)
    {
      show_found (self, *words == '\0' ? _("Type a name") : _("Nobody found"));
      return;
    }
  show_found (self, _("Searching…"));
  self->cancellable = g_cancellable_new ();
  lf_client_search_async (self->client, words, self->cancellable, on_found, self);
}

static void
choose (LfPersonPopover *self,
        GtkListBoxRow   *row)
{
  g_autoptr (LfContact) contact = NULL;

  if (row == NULL)
    return;
  contact = g_list_model_get_item (G_LIST_MODEL (self->people), (guint) gtk_list_box_row_get_index (row));
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, contact);
}

static void
on_row_activated (LfPersonPopover *self,
                  GtkListBoxRow   *row)
{
  choose (self, row);
}

/* Also before the delay of the entry is over: never somebody who matches no longer. */
static void
on_entry_activated (LfPersonPopover *self)
{
  if (g_strcmp0 (self->searched, gtk_editable_get_text (self->entry)) != 0)
    update (self);
  choose (self, gtk_list_box_get_selected_row (self->list));
}

static gboolean
on_key_pressed (LfPersonPopover *self,
                guint            key,
                guint            code,
                GdkModifierType  state)
{
  return lf_found_list_step (self->list, key);
}

static void
lf_person_popover_map (GtkWidget *widget)
{
  LfPersonPopover *self = LF_PERSON_POPOVER (widget);

  GTK_WIDGET_CLASS (lf_person_popover_parent_class)->map (widget);
  gtk_editable_set_text (self->entry, "");
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* Its dialog may be gone before it is, and could not be asked any more who is left out. */
static void
lf_person_popover_unmap (GtkWidget *widget)
{
  end_search (LF_PERSON_POPOVER (widget));
  GTK_WIDGET_CLASS (lf_person_popover_parent_class)->unmap (widget);
}

static void
lf_person_popover_dispose (GObject *object)
{
  LfPersonPopover *self = LF_PERSON_POPOVER (object);

  end_search (self);
  g_clear_object (&self->client);
  g_clear_object (&self->people);
  G_OBJECT_CLASS (lf_person_popover_parent_class)->dispose (object);
}

static void
lf_person_popover_finalize (GObject *object)
{
  g_free (LF_PERSON_POPOVER (object)->searched);
  G_OBJECT_CLASS (lf_person_popover_parent_class)->finalize (object);
}

static void
lf_person_popover_class_init (LfPersonPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_person_popover_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_person_popover_finalize;
  widget_class->map = lf_person_popover_map;
  widget_class->unmap = lf_person_popover_unmap;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", LF_TYPE_PERSON_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/free-time/lf-person-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, LfPersonPopover, entry);
  gtk_widget_class_bind_template_child (widget_class, LfPersonPopover, list);
  gtk_widget_class_bind_template_child (widget_class, LfPersonPopover, empty_label);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
lf_person_popover_init (LfPersonPopover *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->people = g_list_store_new (LF_TYPE_CONTACT);
  gtk_widget_init_template (GTK_WIDGET (self));
  lf_found_list_set_up (self->entry);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->people), make_row, self, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

/**
 * lf_person_popover_set_client:
 * @self: a popover
 * @client: whose contacts and directory
 * @leaves_out: tells who is not to be shown; called until the popover goes
 * @user_data: for @leaves_out
 *
 * To be done once, before it is shown.
 */
void
lf_person_popover_set_client (LfPersonPopover *self,
                              LfClient        *client,
                              LfPersonFilter   leaves_out,
                              gpointer         user_data)
{
  g_return_if_fail (LF_IS_PERSON_POPOVER (self));
  g_return_if_fail (LF_IS_CLIENT (client) && leaves_out != NULL);

  g_set_object (&self->client, client);
  self->leaves_out = leaves_out;
  self->filter_data = user_data;
}
