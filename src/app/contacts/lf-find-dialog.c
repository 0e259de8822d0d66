/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-call-button.h"
#include "lf-contact-order.h"
#include "lf-contact-row.h"
#include "lf-error-words.h"
#include "lf-find-dialog.h"
#include "lf-found-list.h"
#include "lf-lamp-order.h"
#include "lf-spinner.h"

#define MIN_CHARS 2  /* the directory answers nothing shorter */
#define MAX_KNOWN 30 /* shown at once */

struct _LfFindDialog
{
  AdwWindow parent_instance;

  LfWindow     *window;      /* borrowed: it destroys the dialog with itself */
  LfClient     *client;      /* owned */
  GCancellable *cancellable; /* owned, nullable: the directory is being asked */
  GListModel   *people;      /* owned, nullable; of LfContact: whom it found last */
  char         *searched;    /* owned, nullable: the words shown people were found with */
  gboolean      is_for_lamps;

  GtkEditable   *entry;
  GtkButton     *number_button;
  GtkStack      *stack;
  AdwStatusPage *failed_page;
  GtkListBox    *list;
};

G_DEFINE_FINAL_TYPE (LfFindDialog, lf_find_dialog, ADW_TYPE_WINDOW)

static LfContact *
get_contact (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "contact");
}

static void
on_add_clicked (GtkButton *button, gpointer user_data)
{
  LfFindDialog *self = user_data;
  GtkWidget    *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);
  LfContact    *contact = get_contact (GTK_LIST_BOX_ROW (row));

  if (!self->is_for_lamps)
    lf_client_add_contact (self->client, contact, NULL);
  else if (!lf_lamp_order_add (self->client, contact))
    {
      lf_window_toast (self->window, _("There are as many lamps as can be. Remove one first."));
      return;
    }
  gtk_button_set_label (button, _("Added"));
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  LfFindDialog *self = user_data;
  LfContact    *contact = item;
  GtkWidget    *row = gtk_list_box_row_new ();
  GtkWidget    *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gboolean      is_contact = lf_roster_lookup (lf_client_get_roster (self->client), lf_contact_get_user (contact)) != NULL;
  GtkWidget    *person = lf_contact_row_new (lf_client_get_roster (self->client));

  lf_contact_row_set_contact (LF_CONTACT_ROW (person), contact);
  gtk_widget_set_hexpand (person, TRUE);
  gtk_box_append (GTK_BOX (box), person);
  if (lf_contact_get_addresses (contact) != NULL && lf_contact_get_addresses (contact)[0] != NULL)
    gtk_box_append (GTK_BOX (box), lf_call_button_new (contact));
  if (self->is_for_lamps || !is_contact)
    {
      gboolean         is_lamp = lf_contact_get_speed_dial (contact) > 0;
      GtkWidget       *add = gtk_button_new_with_label (is_lamp ? _("Added") : _("Add"));
      g_autofree char *told = g_strdup_printf (self->is_for_lamps ? _("Add %s to your lamps") : _("Add %s to your contacts"), lf_contact_get_name (contact));

      gtk_widget_set_sensitive (add, !is_lamp);
      gtk_widget_set_valign (add, GTK_ALIGN_CENTER);
      if (!is_lamp)
        gtk_accessible_update_property (GTK_ACCESSIBLE (add), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
      g_signal_connect (add, "clicked", G_CALLBACK (on_add_clicked), self);
      gtk_box_append (GTK_BOX (box), add);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, lf_contact_get_name (contact), -1);
  g_object_set_data_full (G_OBJECT (row), "contact", g_object_ref (contact), g_object_unref);
  lf_window_remember_contact (self->window, contact);

  return row;
}

/* Also found are department, mail and number: whose name it is comes first. */
static void
add_names_first (GListStore *found, GListModel *people, const char *words)
{
  guint n_people = g_list_model_get_n_items (people);

  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n_people; i++)
      {
        g_autoptr (LfContact) contact = g_list_model_get_item (people, i);

        if (g_str_match_string (words, lf_contact_get_name (contact), TRUE) == (pass == 0) && !g_list_store_find (found, contact, NULL))
          g_list_store_append (found, contact);
      }
}

static void
add_matching (GListStore *matching, GListModel *people, const char *words)
{
  for (guint i = 0; i < g_list_model_get_n_items (people) && g_list_model_get_n_items (G_LIST_MODEL (matching)) < MAX_KNOWN; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (people, i);

      if (lf_contact_order_matches (contact, words))
        g_list_store_append (matching, contact);
    }
}

/* Whom the directory need not be asked for: the contacts, and of those it found before who still matches. */
static GListStore *
find_known (LfFindDialog *self, const char *words)
{
  g_autoptr (GListStore) matching = g_list_store_new (LF_TYPE_CONTACT);
  GListStore            *found = g_list_store_new (LF_TYPE_CONTACT);

  add_matching (matching, G_LIST_MODEL (lf_client_get_roster (self->client)), words);
  if (self->people != NULL)
    add_matching (matching, self->people, words);
  add_names_first (found, G_LIST_MODEL (matching), words);

  return found;
}

/* The person who is chosen stays so as more are found. */
static void
show_found (LfFindDialog *self, GListStore *found)
{
  GtkListBoxRow        *row = gtk_list_box_get_selected_row (self->list);
  g_autoptr (LfContact) chosen = row != NULL ? g_object_ref (get_contact (row)) : NULL;
  guint                 position = 0;

  if (chosen != NULL && !g_list_store_find (found, chosen, &position))
    position = 0;
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (found), make_row, self, NULL);
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int) position));
  if (g_list_model_get_n_items (G_LIST_MODEL (found)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "found");
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfFindDialog          *self = user_data;
  g_autoptr (GError)     error = NULL;
  g_autoptr (GListModel) people = lf_client_search_finish (LF_CLIENT (source), result, &error);
  g_autoptr (GListStore) found = NULL;

  /* Also where the dialog is gone: held by its question it would outlive its window. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (people != NULL)
    g_set_object (&self->people, people);
  found = find_known (self, gtk_editable_get_text (self->entry));
  if (error != NULL && g_list_model_get_n_items (G_LIST_MODEL (found)) == 0)
    {
      g_autofree char *words = lf_error_words_for_notice (error);
      g_autofree char *escaped = g_markup_escape_text (words, -1);

      adw_status_page_set_description (self->failed_page, escaped); /* it is markup */
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }

  if (people != NULL)
    add_names_first (found, people, gtk_editable_get_text (self->entry));
  show_found (self, found);
  if (g_list_model_get_n_items (G_LIST_MODEL (found)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "nobody");
}

/* A number can be called though nobody is known who has it. */
static void
update_number (LfFindDialog *self, const char *words)
{
  g_autofree char *number = self->is_for_lamps ? NULL : lf_contact_order_read_number (words);
  g_autofree char *label = g_strdup_printf (_("Call %s"), words);

  gtk_widget_set_visible (GTK_WIDGET (self->number_button), number != NULL);
  if (number == NULL)
    return;
  adw_button_content_set_label (ADW_BUTTON_CONTENT (gtk_button_get_child (self->number_button)), label);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->number_button), "s", words);
}

static void
on_search_changed (LfFindDialog *self)
{
  g_autofree char       *words = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autoptr (GListStore) found = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self->searched);
  self->searched = g_strdup (gtk_editable_get_text (self->entry));
  update_number (self, words);
  if (g_utf8_strlen (words, -1) < MIN_CHARS)
    {
      gtk_stack_set_visible_child_name (self->stack, "start");
      return;
    }

  self->cancellable = g_cancellable_new ();
  found = find_known (self, words);
  show_found (self, found);
  if (g_list_model_get_n_items (G_LIST_MODEL (found)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "busy");
  lf_client_search_async (self->client, words, self->cancellable, on_found, self);
}

static void
on_row_activated (LfFindDialog *self, GtkListBoxRow *row)
{
  LfContact *contact = get_contact (row);

  if (self->is_for_lamps)
    {
      gtk_widget_activate (gtk_widget_get_last_child (gtk_list_box_row_get_child (row)));
      return;
    }
  lf_window_open_contact (self->window, contact, LF_WINDOW_FOCUS_COMPOSER);
  gtk_window_close (GTK_WINDOW (self));
}

/* Keys act on what is typed, also before the delay of the entry is over. */
static void
apply_search (LfFindDialog *self)
{
  if (g_strcmp0 (self->searched, gtk_editable_get_text (self->entry)) != 0)
    on_search_changed (self);
}

static void
on_entry_activated (LfFindDialog *self)
{
  GtkListBoxRow *row;

  apply_search (self);
  row = gtk_list_box_get_selected_row (self->list);
  if (row != NULL && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "found") == 0)
    on_row_activated (self, row);
}

/* Who is chosen, or else the number that was typed. */
static void
call_chosen (LfFindDialog *self)
{
  GtkActionable *number = GTK_ACTIONABLE (self->number_button);
  GtkListBoxRow *row;

  apply_search (self);
  row = gtk_list_box_get_selected_row (self->list);
  if (row != NULL && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "found") == 0)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_CALL, "s", lf_contact_get_user (get_contact (row)));
  else if (gtk_widget_get_visible (GTK_WIDGET (number)))
    gtk_widget_activate_action_variant (GTK_WIDGET (self), gtk_actionable_get_action_name (number), gtk_actionable_get_action_target_value (number));
}

/* Up and Down choose, Ctrl+Enter calls. */
static gboolean
on_key_pressed (LfFindDialog *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (!self->is_for_lamps && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && modifiers == GDK_CONTROL_MASK)
    {
      call_chosen (self);
      return TRUE;
    }

  return modifiers == 0 && lf_found_list_step (self->list, key);
}

/* The call is seen in the window: how it goes, and how to end it. */
static void
call (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfFindDialog *self = LF_FIND_DIALOG (widget);

  gtk_widget_activate_action_variant (GTK_WIDGET (self->window), action, parameter);
  gtk_window_close (GTK_WINDOW (self));
}

static void
lf_find_dialog_dispose (GObject *object)
{
  LfFindDialog *self = LF_FIND_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->people);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_find_dialog_parent_class)->dispose (object);
}

static void
lf_find_dialog_finalize (GObject *object)
{
  g_free (LF_FIND_DIALOG (object)->searched);
  G_OBJECT_CLASS (lf_find_dialog_parent_class)->finalize (object);
}

static void
lf_find_dialog_class_init (LfFindDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_find_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_find_dialog_finalize;
  gtk_widget_class_install_action (widget_class, LF_ACTION_CALL, "s", call);
  gtk_widget_class_install_action (widget_class, LF_ACTION_CALL_ADDRESS, "s", call);
  g_type_ensure (LF_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/contacts/lf-find-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LfFindDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, LfFindDialog, number_button);
  gtk_widget_class_bind_template_child (widget_class, LfFindDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, LfFindDialog, failed_page);
  gtk_widget_class_bind_template_child (widget_class, LfFindDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lf_find_dialog_init (LfFindDialog *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  lf_found_list_set_up (self->entry);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

/**
 * lf_find_dialog_new:
 * @window: the window to open people in
 * @words: (nullable): what to begin with
 *
 * Makes the dialog over a window.
 *
 * Returns: (transfer floating): a new dialog
 */
LfFindDialog *
lf_find_dialog_new (LfWindow *window, const char *words)
{
  LfFindDialog *self;

  g_return_val_if_fail (LF_IS_WINDOW (window), NULL);

  self = g_object_new (LF_TYPE_FIND_DIALOG, "transient-for", window, NULL);
  self->window = window;
  self->client = g_object_ref (lf_window_get_client (window));
  if (words != NULL)
    {
      gtk_editable_set_text (self->entry, words);
      gtk_editable_set_position (self->entry, -1);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));

  return self;
}

/**
 * lf_find_dialog_new_for_lamps:
 * @window: whose lamps
 *
 * Makes the dialog that adds lamps: of people and places in the directory.
 *
 * Returns: (transfer floating): a new dialog
 */
LfFindDialog *
lf_find_dialog_new_for_lamps (LfWindow *window)
{
  LfFindDialog *self = lf_find_dialog_new (window, NULL);

  g_return_val_if_fail (self != NULL, NULL);

  self->is_for_lamps = TRUE;
  gtk_window_set_title (GTK_WINDOW (self), _("Add lamp"));

  return self;
}
