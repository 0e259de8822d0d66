/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-contact-row.h"
#include "lf-fake-client.h"
#include "lf-find-dialog.h"
#include "lf-window-private.h"
#include "lf-window-test.h"

static gboolean
has_status_words (GtkWidget *root, const char *words)
{
  if (ADW_IS_STATUS_PAGE (root) && g_strcmp0 (adw_status_page_get_description (ADW_STATUS_PAGE (root)), words) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (has_status_words (child, words))
      return TRUE;

  return FALSE;
}

static void
test_find (LfWindowTest *f)
{
  static const char *const people[] = { "Anna Keller", NULL };
  GtkWidget               *dialog, *add, *stack;

  g_test_summary ("Anybody is found in the directory and added; a directory that fails says so");
  lf_fake_client_fill (f->client);
  lf_fake_client_add_people (f->client, people);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "ann");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  g_assert_nonnull (dialog);
  lf_wait_until (lf_app_test_find (dialog, LF_TYPE_CONTACT_ROW, NULL) != NULL, 5000);
  g_assert_nonnull (lf_window_lookup_contact (f->window, "anna.keller"));
  add = gtk_widget_get_last_child (gtk_widget_get_parent (lf_app_test_find (dialog, LF_TYPE_CONTACT_ROW, NULL)));
  gtk_test_accessible_assert_property (add, GTK_ACCESSIBLE_PROPERTY_LABEL, "Add Anna Keller to your contacts");
  g_signal_emit_by_name (add, "clicked");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "add-contact anna.keller");

  lf_fake_client_fail_next (f->client, LF_ERROR_UNAVAILABLE);
  gtk_editable_set_text (GTK_EDITABLE (lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL)), "anno");
  stack = gtk_widget_get_ancestor (lf_app_test_find (dialog, GTK_TYPE_LIST_BOX, NULL), GTK_TYPE_STACK);
  lf_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "failed") == 0, 5000);

  /* What a server says is text, not markup. */
  lf_fake_client_fail_next (f->client, LF_ERROR_BAD_REQUEST);
  gtk_editable_set_text (GTK_EDITABLE (lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL)), "annu");
  lf_wait_until (has_status_words (dialog, "as the &lt;test&gt; &amp; its author want it"), 5000);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Whom the dialog shows, a line each. */
static char *
read_found (GtkWidget *dialog)
{
  GtkWidget     *list = lf_app_test_find (dialog, GTK_TYPE_LIST_BOX, NULL);
  GString       *words = g_string_new (NULL);
  GtkListBoxRow *row;

  for (int i = 0; list != NULL && (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i)) != NULL; i++)
    g_string_append_printf (words, "%s\n", lf_contact_get_name (g_object_get_data (G_OBJECT (row), "contact")));
  return g_string_free (words, FALSE);
}

static gboolean
shows (GtkWidget *dialog, const char *names)
{
  g_autofree char *found = read_found (dialog);

  return g_str_equal (found, names);
}

static void
press_ctrl_enter (GtkWidget *dialog)
{
  GtkWidget             *entry = lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (entry);
  gboolean               is_handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !is_handled; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Return, 36, GDK_CONTROL_MASK, &is_handled);
    }
  g_assert_true (is_handled);
}

/* The call has got as far as the question by which telephone. */
static void
assert_asked (LfWindowTest *f, const char *question)
{
  GtkWidget *dialog = lf_window_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG);

  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), ==, question);
  lf_window_close_dialogs (f->window);
}

static void
test_find_known (LfWindowTest *f)
{
  static const char *const people[] = { "Hiroshige Utagawa", NULL };
  GtkWidget               *dialog, *entry;

  g_test_summary ("Contacts are found at once, without a network and by number; Ctrl+Enter calls, also a number of nobody");
  lf_fake_client_fill (f->client);
  lf_fake_client_fill_calls (f->client);
  g_settings_set_string (lf_window_get_settings (f->window), "call-with", "ask");
  lf_fake_client_add_people (f->client, people);
  lf_fake_client_fail_next (f->client, LF_ERROR_UNAVAILABLE);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "hiro");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  entry = lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
  lf_wait_until (shows (dialog, "Hiroshi Tanaka\n"), 5000);
  gtk_editable_set_text (GTK_EDITABLE (entry), "hiros");
  lf_wait_until (shows (dialog, "Hiroshi Tanaka\nHiroshige Utagawa\n"), 5000);
  gtk_editable_set_text (GTK_EDITABLE (entry), "hiroshig");
  lf_wait_until (shows (dialog, "Hiroshige Utagawa\n"), 5000);
  gtk_editable_set_text (GTK_EDITABLE (entry), "030 20-60");
  lf_wait_until (shows (dialog, ""), 5000);
  gtk_editable_set_text (GTK_EDITABLE (entry), "20-60");
  lf_wait_until (shows (dialog, "Hiroshige Utagawa\n"), 5000);
  if (adw_get_minor_version () >= 5)
    return; /* AdwMessageDialog is deprecated there, and its labels warn of their own width */
  press_ctrl_enter (dialog);
  assert_asked (f, "Which phone shall call 2060?");
  lf_wait_until (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG) == NULL, 5000);

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "0800 555");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  press_ctrl_enter (dialog);
  assert_asked (f, "Which phone shall call 0800 555?");
  lf_wait_until (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG) == NULL, 5000);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);
  lf_window_test_add ("/find/directory", test_find);
  lf_window_test_add ("/find/known", test_find_known);
  return g_test_run ();
}
