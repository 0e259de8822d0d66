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

static gboolean
is_in_sight (GtkWidget *row, GtkWidget *viewport)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (row, viewport, &bounds) && bounds.origin.y >= 0 &&
         bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (viewport);
}

static gboolean
press (GtkWidget *dialog, guint key, GdkModifierType modifiers)
{
  GtkWidget             *entry = lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (entry);
  gboolean               is_handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !is_handled; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, modifiers, &is_handled);
    }

  return is_handled;
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
  g_assert_true (press (dialog, GDK_KEY_Return, GDK_CONTROL_MASK));
  assert_asked (f, "Which phone shall call 2060?");
  lf_wait_until (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG) == NULL, 5000);

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "0800 555");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  g_assert_true (press (dialog, GDK_KEY_Return, GDK_CONTROL_MASK));
  assert_asked (f, "Which phone shall call 0800 555?");
  lf_wait_until (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG) == NULL, 5000);
}

static void
test_keys (LfWindowTest *f)
{
  GtkWidget     *dialog, *list, *viewport;
  GtkListBoxRow *row;

  g_test_summary ("Whom the keys choose is seen, though there are more than the dialog has room for");
  lf_fake_client_fill (f->client);
  lf_fake_client_fill_many (f->client, 40);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "person");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  lf_wait_until (lf_app_test_find (dialog, LF_TYPE_CONTACT_ROW, NULL) != NULL, 5000);
  gtk_test_widget_wait_for_draw (dialog);
  list = lf_app_test_find (dialog, GTK_TYPE_LIST_BOX, NULL);
  viewport = gtk_widget_get_ancestor (list, GTK_TYPE_VIEWPORT);
  for (guint i = 0; i < 25; i++)
    g_assert_true (press (dialog, GDK_KEY_Down, 0));
  row = gtk_list_box_get_selected_row (GTK_LIST_BOX (list));
  g_assert_cmpint (gtk_list_box_row_get_index (row), ==, 25);
  lf_wait_until (is_in_sight (GTK_WIDGET (row), viewport), 5000);
  for (guint i = 0; i < 25; i++)
    g_assert_true (press (dialog, GDK_KEY_Up, 0));
  lf_wait_until (is_in_sight (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)), viewport), 5000);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static guint
count_dialogs (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  guint             n = 0;

  for (GList *l = toplevels; l != NULL; l = l->next)
    n += LF_IS_FIND_DIALOG (l->data);

  return n;
}

static void
test_again (LfWindowTest *f)
{
  GtkWidget *dialog;

  g_test_summary ("Who searches in the desktop again and again gets one dialog, with the newest words");
  lf_fake_client_fill (f->client);
  for (guint i = 0; i < 20; i++)
    gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", i < 19 ? "hiro" : "bruno");
  g_assert_cmpuint (count_dialogs (), ==, 1);
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL))), ==, "bruno");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_closed (LfWindowTest *f)
{
  GtkWidget *dialog;

  g_test_summary ("A dialog that is closed while the directory is asked goes at once: its window may be next");
  lf_fake_client_fill (f->client);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "hiro");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  g_signal_emit_by_name (lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL), "activate");
  if (dialog != NULL) /* Enter opened the contact and closed it else */
    gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_null (dialog);
  lf_spin_for_ms (50);
}

static void
test_long (LfWindowTest *f)
{
  g_autofree char *page = g_strnfill (200000, 'x');
  GtkWidget       *dialog;
  GtkEditable     *entry;
  gint64           before_us;

  for (guint i = 1; i < 200000; i += 2)
    page[i] = ' ';
  g_test_summary ("A page that is pasted by mistake is cut, and does not hold the program up");
  lf_fake_client_fill (f->client);
  lf_fake_client_fill_many (f->client, 500);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "");
  dialog = lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG);
  entry = GTK_EDITABLE (lf_app_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL));
  before_us = g_get_monotonic_time ();
  gtk_editable_set_text (entry, page);
  g_signal_emit_by_name (entry, "activate");
  g_test_message ("%" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - before_us) / 1000);
  g_assert_cmpint (g_utf8_strlen (gtk_editable_get_text (entry), -1), ==, 100);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);
  lf_window_test_add ("/find/directory", test_find);
  lf_window_test_add ("/find/known", test_find_known);
  lf_window_test_add ("/find/keys", test_keys);
  lf_window_test_add ("/find/again", test_again);
  lf_window_test_add ("/find/closed", test_closed);
  lf_window_test_add ("/find/long", test_long);
  return g_test_run ();
}
