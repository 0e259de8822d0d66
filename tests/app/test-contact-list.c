/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-contact-list.h"
#include "lf-contact-menu.h"
#include "lf-contact-row.h"
#include "lf-fake-client.h"
#include "lf-portrait.h"

typedef struct
{
  LfClient  *client;
  LfRoster  *roster; /* borrowed from client */
  GtkWidget *list;
  GtkWidget *window;
  GString   *acts; /* "win.chat ada;" */
} Fixture;

static void
on_act (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->acts, "%s %s;", g_action_get_name (G_ACTION (action)), g_variant_get_string (parameter, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const       names[] = { "open-contact", "chat", "call", "why", "find-for" };
  g_autoptr (LfClock)            clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->acts = g_string_new (NULL);
  f->client = lf_client_new (clock);
  f->roster = lf_client_get_roster (f->client);
  lf_fake_client_fill (f->client);
  f->list = g_object_new (LF_TYPE_CONTACT_LIST, NULL);
  lf_contact_list_set_client (LF_CONTACT_LIST (f->list), f->client);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (names[i], G_VARIANT_TYPE_STRING);

      g_signal_connect (action, "activate", G_CALLBACK (on_act), f);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (f->list, "win", G_ACTION_GROUP (group));
  f->window = lf_app_test_show (f->list, 344, 900);
  lf_spin_for_ms (50);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lf_app_test_close (f->window);
  g_assert_finalize_object (f->client);
  g_string_free (f->acts, TRUE);
}

static LfContactRow *
find_row (GtkWidget *root, const char *user)
{
  if (LF_IS_CONTACT_ROW (root) && lf_contact_row_get_contact (LF_CONTACT_ROW (root)) != NULL &&
      g_str_equal (lf_contact_get_user (lf_contact_row_get_contact (LF_CONTACT_ROW (root))), user))
    return LF_CONTACT_ROW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      LfContactRow *row = find_row (child, user);

      if (row != NULL)
        return row;
    }

  return NULL;
}

static void
assert_name (Fixture *f, const char *user, const char *name)
{
  GtkWidget *row = GTK_WIDGET (find_row (f->list, user));

  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  /* What has the focus is the item of the list. */
  gtk_test_accessible_assert_property (gtk_widget_get_parent (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

static void
test_row_name (Fixture *f, gconstpointer data)
{
  g_test_summary ("A row's accessible name says all that is seen, and follows");
  assert_name (f, "jonas", "Jonas Weber, On the phone · 4 min, you are told when available");
  assert_name (f, "ada", "Ada Lovelace, On the phone · 4 min, signed out");
  assert_name (f, "farah", "Farah Haddad, In a meeting until 11:00");
  assert_name (f, "bruno", "Bruno Costa, Online, Quarter close, slow to answer");
  assert_name (f, "chloe", "Chloé Dubois, Idle · 25 min, 2 unread messages");
  assert_name (f, "jack", "Jack Price, Unknown");

  lf_fake_client_set_phone (f->client, "farah", LF_PHONE_OFF_HOOK);
  assert_name (f, "farah", "Farah Haddad, On the phone · 4 min");
}

static void
test_row_texts (Fixture *f, gconstpointer data)
{
  GtkWidget       *portrait = lf_app_test_find (GTK_WIDGET (find_row (f->list, "bruno")), LF_TYPE_PORTRAIT, NULL);
  g_autofree char *texts = lf_app_test_read_texts (GTK_WIDGET (find_row (f->list, "bruno")));
  g_autofree char *name = NULL;
  g_autofree char *unread = lf_app_test_read_texts (GTK_WIDGET (find_row (f->list, "chloe")));

  g_test_summary ("A row shows a portrait, name, words with the note, and the count of unread messages");
  g_object_get (portrait, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Bruno Costa");
  g_assert_cmpstr (texts, ==, "Bruno Costa\nOnline · Quarter close, slow to answer\n");
  g_assert_cmpstr (unread, ==, "Chloé Dubois\nIdle · 25 min\n2\n");
}

static gboolean
row_ends_with (Fixture *f, const char *user, const char *words)
{
  g_autofree char *texts = lf_contact_row_get_texts (find_row (f->list, user));

  return g_str_has_suffix (texts, words);
}

static void
test_tick (Fixture *f, gconstpointer data)
{
  g_test_summary ("Ages tick with the roster, and only they");
  lf_clock_advance (lf_client_get_clock (f->client), LF_MINUTE);
  lf_wait_until (row_ends_with (f, "jonas", "5 min"), 5000);
  assert_name (f, "bruno", "Bruno Costa, Online, Quarter close, slow to answer");
}

/* ---- redrawing ---- */

typedef struct
{
  GtkWidget *widget;
  guint      n_changes;
} Watched;

static void
on_label_changed (Watched *watched)
{
  watched->n_changes++;
}

static void
test_only_its_row (Fixture *f, gconstpointer data)
{
  static const char *const users[] = { "jonas", "priya", "ada", "bruno", "chloe", "david", "elif", "farah" };
  Watched                  watched[G_N_ELEMENTS (users)] = { 0 };

  g_test_summary ("A change of status changes its own row alone");
  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      watched[i].widget = GTK_WIDGET (find_row (f->list, users[i]));
      g_signal_connect_swapped (watched[i].widget, "notify", G_CALLBACK (on_label_changed), &watched[i]);
    }

  lf_fake_client_set_phone (f->client, "david", LF_PHONE_OFF_HOOK);
  lf_spin_for_ms (300);
  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      if (g_str_equal (users[i], "david"))
        g_assert_cmpuint (watched[i].n_changes, >, 0);
      else
        g_assert_cmpuint (watched[i].n_changes, ==, 0);
      g_signal_handlers_disconnect_by_data (watched[i].widget, &watched[i]);
    }
}

/* ---- keys ---- */

static gboolean
press (Fixture *f, guint key, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (f->list);
  gboolean               handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &handled);
      if (handled)
        break;
    }

  return handled;
}

static const char *
get_focused (Fixture *f)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (f->window));
  GtkWidget *row = focus != NULL ? lf_app_test_find (focus, LF_TYPE_CONTACT_ROW, NULL) : NULL;

  return row != NULL ? lf_contact_get_user (lf_contact_row_get_contact (LF_CONTACT_ROW (row))) : NULL;
}

static void
test_keys (Fixture *f, gconstpointer data)
{
  g_test_summary ("Up and Down go from person to person, over headers; Ctrl+Enter calls, Alt+Enter tells why");
  g_assert_true (lf_contact_list_grab_row (LF_CONTACT_LIST (f->list)));
  g_assert_cmpstr (get_focused (f), ==, "jonas");
  g_assert_true (press (f, GDK_KEY_Down, 0));
  g_assert_cmpstr (get_focused (f), ==, "jonas");
  g_assert_true (press (f, GDK_KEY_Down, 0));
  g_assert_cmpstr (get_focused (f), ==, "priya");
  g_assert_true (press (f, GDK_KEY_Down, 0));
  g_assert_cmpstr (get_focused (f), ==, "ada");
  g_assert_true (press (f, GDK_KEY_Up, 0));
  g_assert_cmpstr (get_focused (f), ==, "priya");
  g_assert_true (press (f, GDK_KEY_End, 0));
  g_assert_cmpstr (get_focused (f), ==, "jack");
  g_assert_true (press (f, GDK_KEY_Home, 0));
  g_assert_cmpstr (get_focused (f), ==, "jonas");
  g_assert_cmpstr (f->acts->str, ==, "");

  g_assert_true (press (f, GDK_KEY_Return, GDK_CONTROL_MASK));
  g_assert_true (press (f, GDK_KEY_Return, GDK_ALT_MASK));
  g_assert_cmpstr (f->acts->str, ==, "call jonas;why jonas;");
  g_signal_emit_by_name (lf_app_test_find (f->list, GTK_TYPE_LIST_VIEW, NULL), "activate", 2u);
  g_assert_cmpstr (f->acts->str, ==, "call jonas;why jonas;chat priya;");
}

static void
test_follows_selection (Fixture *f, gconstpointer data)
{
  g_test_summary ("Beside the list the page follows the keys; a selection from elsewhere opens nothing");
  g_object_set (f->list, "follows-selection", TRUE, NULL);
  lf_contact_list_grab_row (LF_CONTACT_LIST (f->list));
  press (f, GDK_KEY_Down, 0);
  press (f, GDK_KEY_Down, 0);
  g_assert_cmpstr (f->acts->str, ==, "open-contact jonas;open-contact priya;");
  lf_contact_list_select (LF_CONTACT_LIST (f->list), lf_roster_lookup (f->roster, "elif"));
  g_assert_cmpstr (f->acts->str, ==, "open-contact jonas;open-contact priya;");
}

static void
test_search (Fixture *f, gconstpointer data)
{
  static const char *const people[] = { "Priyanka Rao", NULL };
  GtkWidget               *entry;
  gboolean                 is_searching;

  g_test_summary ("The search narrows while words are typed, chooses by keys and chats by Enter; the directory follows");
  lf_fake_client_add_people (f->client, people);
  lf_contact_list_start_search (LF_CONTACT_LIST (f->list));
  entry = lf_app_test_find (f->list, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "pri");
  lf_wait_until (find_row (f->list, "priyanka.rao") != NULL, 5000);
  g_assert_nonnull (find_row (f->list, "priya"));
  g_assert_null (find_row (f->list, "jonas"));
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "search pri");

  g_assert_true (press (f, GDK_KEY_Down, 0)); /* Jack Price is the first */
  g_assert_true (press (f, GDK_KEY_Return, 0));
  g_assert_cmpstr (f->acts->str, ==, "chat priya;");
  g_object_get (f->list, "is-searching", &is_searching, NULL);
  g_assert_false (is_searching);
  g_assert_nonnull (find_row (f->list, "jonas"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_contact_list_get_model (LF_CONTACT_LIST (f->list)))), ==, 16);
}

static void
test_nobody (Fixture *f, gconstpointer data)
{
  GtkStack  *stack = GTK_STACK (lf_app_test_find (f->list, GTK_TYPE_STACK, NULL));
  GtkWidget *entry, *button;

  g_test_summary ("A search that finds nobody says so and offers the directory with the same words");
  lf_contact_list_start_search (LF_CONTACT_LIST (f->list));
  entry = lf_app_test_find (f->list, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "zzz");
  lf_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "nobody") == 0, 5000);
  button = lf_app_test_find (gtk_stack_get_visible_child (stack), GTK_TYPE_BUTTON, "pill");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (f->acts->str, ==, "find-for zzz;");
}

static void
test_long (Fixture *f, gconstpointer data)
{
  g_autofree char *page = g_strnfill (5000, 'x');
  GtkWidget       *entry;

  g_test_summary ("A page that is pasted into the search by mistake is cut");
  lf_contact_list_start_search (LF_CONTACT_LIST (f->list));
  entry = lf_app_test_find (f->list, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), page);
  g_assert_cmpuint (strlen (gtk_editable_get_text (GTK_EDITABLE (entry))), ==, 100);
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  GtkStack *stack = GTK_STACK (lf_app_test_find (f->list, GTK_TYPE_STACK, NULL));

  g_test_summary ("Without contacts the list says what to do; before they are known it waits");
  lf_roster_remove_all (f->roster);
  lf_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "empty") == 0, 5000);
  lf_fake_client_set_state (f->client, LF_CLIENT_CONNECTING, 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "loading");
}

static void
test_first_paint (Fixture *f, gconstpointer data)
{
  GtkStack *stack = GTK_STACK (lf_app_test_find (f->list, GTK_TYPE_STACK, NULL));

  g_test_summary ("The list is there at once when the snapshot is whole: not even a moment of emptiness");
  lf_roster_remove_all (f->roster);
  lf_fake_client_set_state (f->client, LF_CLIENT_CONNECTING, 0);
  lf_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "loading") == 0, 5000);
  lf_roster_ensure (f->roster, "ada");
  lf_fake_client_set_state (f->client, LF_CLIENT_ONLINE, 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "list");
}

/* ---- menu ---- */

static void
append_menu (GString *text, GMenuModel *menu)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
      g_autofree char       *label = NULL;

      if (g_menu_model_get_item_attribute (menu, i, "label", "s", &label))
        g_string_append_printf (text, "%s;", label);
      if (submenu != NULL)
        {
          g_string_append_c (text, '(');
          append_menu (text, submenu);
          g_string_append_c (text, ')');
        }
      if (section != NULL)
        append_menu (text, section);
    }
}

static void
test_menu (Fixture *f, gconstpointer data)
{
  g_autoptr (LfContact)  stranger = lf_contact_new ("x");
  g_autoptr (GMenuModel) menu = lf_contact_menu_new (f->roster, lf_roster_lookup (f->roster, "jonas"));
  g_autoptr (GMenuModel) other = lf_contact_menu_new (f->roster, stranger);
  g_autoptr (GString)    text = g_string_new (NULL);
  g_autoptr (GString)    other_text = g_string_new (NULL);

  g_test_summary ("The menu offers what can be done with this person now");
  append_menu (text, menu);
  append_menu (other_text, other);
  g_assert_cmpstr (text->str, ==, "Chat;Call;Find a time…;Stop notifying me;Remove from favourites;Add to lamps;Move to group;(Sales;No group;New group…;)Remove from contacts…;Block…;");
  g_assert_cmpstr (other_text->str, ==, "Chat;Call;Find a time…;Add to contacts;");
}

static void
test_compact (Fixture *f, gconstpointer data)
{
  int              before = gtk_widget_get_allocated_height (GTK_WIDGET (find_row (f->list, "jonas")));
  g_autofree char *texts = NULL;

  g_test_summary ("Compact rows are 36 pixels high with all on one line, comfortable ones 52");
  g_object_set (f->list, "is-compact", TRUE, NULL);
  gtk_test_widget_wait_for_draw (f->window);
  lf_spin_for_ms (50);
  g_assert_cmpint (before, ==, 52);
  texts = lf_app_test_read_texts (GTK_WIDGET (find_row (f->list, "jonas")));
  g_assert_cmpstr (texts, ==, "Jonas Weber   On the phone · 4 min\n");
  g_assert_cmpint (gtk_widget_get_allocated_height (GTK_WIDGET (find_row (f->list, "jonas"))), ==, 36);
}

static void
test_hostile_names (Fixture *f, gconstpointer data)
{
  g_autofree char *endless = g_strnfill (10 * 1024, 'W');
  const struct
  {
    const char *claim;
    const char *name;
    const char *shown;
  } rows[] = {
    { "markup is text", "<b>Jonas</b> &amp; <span size='999999'>", "<b>Jonas</b> &amp; <span size='999999'>" },
    { "markup that ends nowhere is text", "</span><a href=\"x\">", "</span><a href=\"x\">" },
    { "what follows is not turned round", "Jonas\u202e\u2066\u2067", "Jonas" },
    { "no line of its own, nothing unseen", "Jonas\n\tOnline\u200b\x07", "Jonas Online" },
    { "as long as it likes", endless, endless },
  };
  LfContact *jonas = lf_roster_lookup (f->roster, "jonas");

  g_test_summary ("Whatever a server calls a colleague, the row stays as high and the list as wide as they are");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *label = g_strconcat (rows[i].shown, ", On the phone · 4 min, you are told when available", NULL);
      GtkWidget       *row;
      int              least = 0;

      g_test_message ("%s", rows[i].claim);
      lf_contact_set_person (jonas, &(LfPersonFields){ .user = "jonas", .login = "jonas", .name = rows[i].name });
      gtk_test_widget_wait_for_draw (f->window);
      lf_wait_until (find_row (f->list, "jonas") != NULL, 5000);
      row = GTK_WIDGET (find_row (f->list, "jonas"));
      assert_name (f, "jonas", label);
      gtk_widget_measure (f->list, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      g_assert_cmpint (least, <=, 344);
      g_assert_cmpint (gtk_widget_get_allocated_height (row), ==, 52);
    }
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/contact-list/row/name", test_row_name);
  ADD ("/contact-list/row/texts", test_row_texts);
  ADD ("/contact-list/row/tick", test_tick);
  ADD ("/contact-list/row/only-its-row", test_only_its_row);
  ADD ("/contact-list/keys", test_keys);
  ADD ("/contact-list/follows-selection", test_follows_selection);
  ADD ("/contact-list/search", test_search);
  ADD ("/contact-list/long", test_long);
  ADD ("/contact-list/nobody", test_nobody);
  ADD ("/contact-list/empty", test_empty);
  ADD ("/contact-list/first-paint", test_first_paint);
  ADD ("/contact-list/menu", test_menu);
  ADD ("/contact-list/compact", test_compact);
  ADD ("/contact-list/hostile-names", test_hostile_names);

  return g_test_run ();
}
