/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-contact-menu.h"
#include "lf-fake-client.h"
#include "lf-lamp-grid.h"
#include "lf-lamp-menu.h"
#include "lf-lamp-order.h"
#include "lf-lamp.h"

typedef struct
{
  LfClient  *client;
  GtkWidget *grid;
  GtkWidget *window;
  GString   *acts; /* "call ada;" */
} Fixture;

static void
on_act (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->acts, "%s %s;", g_action_get_name (G_ACTION (action)), g_variant_get_string (parameter, NULL));
}

static void
set_lamps (Fixture *f, const char *users)
{
  g_auto (GStrv) list = g_strsplit (users, " ", 0);

  lf_client_set_speed_dials (f->client, (const char *const *) list);
}

/* Of the people whom lf_fake_client_fill_many() makes. */
static void
set_many_lamps (Fixture *f, guint n)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (users, g_strdup_printf ("u%05u", i));
  g_ptr_array_add (users, NULL);
  lf_client_set_speed_dials (f->client, (const char *const *) users->pdata);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const       names[] = { "chat", "call", "pick-up", "toggle-lamp" };
  g_autoptr (LfClock)            clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->acts = g_string_new (NULL);
  f->client = lf_client_new (clock);
  lf_fake_client_fill (f->client);
  f->grid = g_object_new (LF_TYPE_LAMP_GRID, NULL);
  lf_lamp_grid_set_client (LF_LAMP_GRID (f->grid), f->client);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (names[i], G_VARIANT_TYPE_STRING);

      g_signal_connect (action, "activate", G_CALLBACK (on_act), f);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (f->grid, "win", G_ACTION_GROUP (group));
  f->window = lf_app_test_show (f->grid, 620, 400); /* three columns */
  set_lamps (f, "jonas ada priya farah chloe jack bruno hiro");
  lf_spin_for_ms (50);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lf_app_test_close (f->window);
  g_assert_finalize_object (f->client);
  g_string_free (f->acts, TRUE);
}

static LfContact *
get_contact (Fixture *f, const char *user)
{
  return lf_roster_lookup (lf_client_get_roster (f->client), user);
}

static GtkWidget *
find_lamp (GtkWidget *root, const char *user)
{
  if (LF_IS_LAMP (root) && lf_lamp_get_contact (LF_LAMP (root)) != NULL &&
      g_str_equal (lf_contact_get_user (lf_lamp_get_contact (LF_LAMP (root))), user))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_lamp (child, user);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
assert_order (Fixture *f, const char *users)
{
  GListModel         *lamps = lf_client_get_speed_dials (f->client);
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (lamps); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (lamps, i);

      g_string_append_printf (order, "%s%s", i > 0 ? " " : "", lf_contact_get_user (contact));
    }
  g_assert_cmpstr (order->str, ==, users);
}

static gboolean
press_key (Fixture *f, guint key, GdkModifierType state)
{
  GtkWidget             *view = lf_app_test_find (f->grid, GTK_TYPE_GRID_VIEW, NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);
  gboolean               handled = FALSE;

  for (guint i = 0; !handled && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &handled);
    }
  return handled;
}

static void
focus (Fixture *f, const char *user)
{
  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_parent (find_lamp (f->grid, user))));
}

static gboolean
has_focus (Fixture *f, const char *user)
{
  GtkWidget *lamp = find_lamp (f->grid, user);

  return lamp != NULL && gtk_window_get_focus (GTK_WINDOW (f->window)) == gtk_widget_get_parent (lamp);
}

static void
assert_lamp (Fixture *f, const char *user, const char *name, const char *words, const char *state_class)
{
  GtkWidget       *lamp = find_lamp (f->grid, user);
  g_autofree char *texts = lf_app_test_read_texts (lamp);

  g_test_message ("%s", name);
  gtk_test_accessible_assert_property (lamp, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  /* What has the focus is the item of the grid. */
  gtk_test_accessible_assert_property (gtk_widget_get_parent (lamp), GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  g_assert_nonnull (strstr (texts, words));
  g_assert_true (gtk_widget_has_css_class (lamp, state_class));
}

static void
make_place (Fixture *f, const char *user)
{
  lf_contact_set_person (get_contact (f, user), &(LfPersonFields){ .user = user, .name = "Lobby", .is_place = TRUE });
}

static void
test_words (Fixture *f, gconstpointer data)
{
  GtkWidget *lamp = find_lamp (f->grid, "farah");

  g_test_summary ("A lamp says name, state and since by shape, colour, word and accessible name, and follows");
  assert_lamp (f, "jonas", "Jonas Weber, On the phone, 4 min", "On the phone · 4 min", "on-the-phone");
  assert_lamp (f, "ada", "Ada Lovelace, On the phone, 4 min, signed out", "On the phone · 4 min", "on-the-phone");
  assert_lamp (f, "priya", "Priya Nair, Available", "Available", "available");
  assert_lamp (f, "farah", "Farah Haddad, In a meeting until 11:00", "In a meeting until 11:00", "in-a-meeting");
  assert_lamp (f, "chloe", "Chloé Dubois, Idle, 25 min", "Idle · 25 min", "idle");
  assert_lamp (f, "jack", "Jack Price, Unknown", "Unknown", "unknown");
  assert_lamp (f, "bruno", "Bruno Costa, Online, Quarter close, slow to answer", "Online", "online");
  assert_lamp (f, "hiro", "Hiroshi Tanaka, Do not disturb", "Do not disturb", "do-not-disturb");

  lf_fake_client_set_phone (f->client, "farah", LF_PHONE_RINGING);
  assert_lamp (f, "farah", "Farah Haddad, Ringing, 4 min", "Ringing · 4 min", "ringing");
  g_assert_false (gtk_widget_has_css_class (lamp, "in-a-meeting"));
  lf_fake_client_set_phone (f->client, "farah", LF_PHONE_OFF_HOOK);
  assert_lamp (f, "farah", "Farah Haddad, On the phone, 4 min", "On the phone · 4 min", "on-the-phone");

  make_place (f, "bruno");
  lf_fake_client_set_phone (f->client, "bruno", LF_PHONE_ON_HOOK);
  assert_lamp (f, "bruno", "Lobby, Off the phone, Quarter close, slow to answer", "Off the phone", "online");
}

static void
on_words (LfLamp *lamp, GParamSpec *pspec, guint *n_changes)
{
  (*n_changes)++;
}

static void
test_one_tile (Fixture *f, gconstpointer data)
{
  static const char *const others[] = { "ada", "priya", "farah", "chloe", "jack", "bruno", "hiro" };
  guint                    n_others = 0;
  guint                    n_own = 0;

  g_test_summary ("A change of one lamp is nothing to the others");
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_signal_connect (find_lamp (f->grid, others[i]), "notify::words", G_CALLBACK (on_words), &n_others);
      g_signal_connect (find_lamp (f->grid, others[i]), "notify::contact", G_CALLBACK (on_words), &n_others);
    }
  g_signal_connect (find_lamp (f->grid, "jonas"), "notify::words", G_CALLBACK (on_words), &n_own);
  lf_fake_client_set_phone (f->client, "jonas", LF_PHONE_ON_HOOK);
  g_assert_cmpuint (n_own, ==, 1);
  g_assert_cmpuint (n_others, ==, 0);
  g_signal_handlers_disconnect_by_data (find_lamp (f->grid, "jonas"), &n_own);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_signal_handlers_disconnect_by_data (find_lamp (f->grid, others[i]), &n_others);
}

static void
test_call (Fixture *f, gconstpointer data)
{
  g_test_summary ("A click or Enter on a lamp calls");
  focus (f, "priya");
  gtk_widget_activate (gtk_widget_get_parent (find_lamp (f->grid, "priya")));
  g_assert_cmpstr (f->acts->str, ==, "call priya;");
}

static void
test_keyboard_sort (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char     *claim;
    guint           key;
    GdkModifierType state;
    const char     *outcome;
  } rows[] = {
    { "right", GDK_KEY_Right, GDK_ALT_MASK, "ada jonas priya farah chloe jack bruno hiro" },
    { "right again", GDK_KEY_Right, GDK_ALT_MASK, "ada priya jonas farah chloe jack bruno hiro" },
    { "left", GDK_KEY_Left, GDK_ALT_MASK, "ada jonas priya farah chloe jack bruno hiro" },
    { "down a row", GDK_KEY_Down, GDK_ALT_MASK, "ada priya farah chloe jonas jack bruno hiro" },
    { "down a row", GDK_KEY_Down, GDK_ALT_MASK, "ada priya farah chloe jack bruno hiro jonas" },
    { "not below the last row", GDK_KEY_Down, GDK_ALT_MASK, "ada priya farah chloe jack bruno hiro jonas" },
    { "not behind the last", GDK_KEY_Right, GDK_ALT_MASK, "ada priya farah chloe jack bruno hiro jonas" },
    { "up a row", GDK_KEY_Up, GDK_ALT_MASK, "ada priya farah chloe jonas jack bruno hiro" },
    { "to the beginning", GDK_KEY_Home, GDK_ALT_MASK, "jonas ada priya farah chloe jack bruno hiro" },
    { "not above the first row", GDK_KEY_Up, GDK_ALT_MASK, "jonas ada priya farah chloe jack bruno hiro" },
    { "to the end", GDK_KEY_End, GDK_ALT_MASK, "ada priya farah chloe jack bruno hiro jonas" },
  };

  g_test_summary ("Alt with an arrow sorts, and the keyboard stays on the lamp");
  focus (f, "jonas");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].claim);
      g_assert_true (press_key (f, rows[i].key, rows[i].state));
      assert_order (f, rows[i].outcome);
      g_assert_true (has_focus (f, "jonas"));
      lf_spin_for_ms (20); /* placed anew before the next step counts columns */
      g_assert_true (has_focus (f, "jonas"));
    }
  g_assert_false (press_key (f, GDK_KEY_Right, 0)); /* moves the keyboard */
  g_assert_false (press_key (f, GDK_KEY_a, GDK_ALT_MASK));
  gtk_widget_set_direction (f->grid, GTK_TEXT_DIR_RTL);
  g_assert_true (press_key (f, GDK_KEY_Right, GDK_ALT_MASK));
  assert_order (f, "ada priya farah chloe jack bruno jonas hiro");
}

static gboolean
drop (GtkWidget *target, LfContact *contact)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (target);
  gboolean               handled = FALSE;
  GValue                 value = G_VALUE_INIT;

  g_value_init (&value, LF_TYPE_CONTACT);
  g_value_set_object (&value, contact);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &handled);
    }
  g_value_unset (&value);
  return handled;
}

static void
test_drag (Fixture *f, gconstpointer data)
{
  GtkWidget                     *view = lf_app_test_find (f->grid, GTK_TYPE_GRID_VIEW, NULL);
  GtkWidget                     *lamp = find_lamp (f->grid, "ada");
  g_autoptr (GListModel)         controllers = gtk_widget_observe_controllers (lamp);
  g_autoptr (GdkContentProvider) content = NULL;
  g_autoptr (LfContact)          dragged = NULL;
  GValue                         value = G_VALUE_INIT;

  g_test_summary ("A lamp that is dropped on another takes its place; beside them, the last");
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DRAG_SOURCE (controller))
        g_signal_emit_by_name (controller, "prepare", 4.0, 4.0, &content);
    }
  g_assert_nonnull (content);
  g_value_init (&value, LF_TYPE_CONTACT);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  dragged = g_value_dup_object (&value);
  g_value_unset (&value);
  g_assert_true (dragged == get_contact (f, "ada"));

  g_assert_true (drop (find_lamp (f->grid, "chloe"), dragged));
  assert_order (f, "jonas priya farah chloe ada jack bruno hiro");
  g_assert_true (drop (find_lamp (f->grid, "jonas"), dragged));
  assert_order (f, "ada jonas priya farah chloe jack bruno hiro");
  g_assert_true (drop (view, dragged));
  assert_order (f, "jonas priya farah chloe jack bruno hiro ada");
  g_assert_false (drop (find_lamp (f->grid, "ada"), dragged));
  g_assert_false (drop (view, get_contact (f, "elif"))); /* no lamp of this grid */
  assert_order (f, "jonas priya farah chloe jack bruno hiro ada");
}

/* "Call Chat|Move to the end|Remove from lamps|" */
static char *
read_menu (GMenuModel *menu)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);

      for (int j = 0; j < g_menu_model_get_n_items (section); j++)
        {
          g_autofree char *label = NULL;

          g_menu_model_get_item_attribute (section, j, G_MENU_ATTRIBUTE_LABEL, "s", &label);
          g_string_append_printf (text, "%s%s", j > 0 ? " " : "", label);
        }
      g_string_append_c (text, '|');
    }
  return g_string_free (text, FALSE);
}

static void
assert_menu (Fixture *f, const char *user, const char *items)
{
  g_autoptr (GMenuModel) menu = lf_lamp_menu_new (f->client, get_contact (f, user));
  g_autofree char       *text = read_menu (menu);

  g_assert_cmpstr (text, ==, items);
}

static void
test_menu (Fixture *f, gconstpointer data)
{
  g_test_summary ("Picking up is offered while it rings where the user may; nobody chats with a place");
  assert_menu (f, "jonas", "Call Chat|Move to the end|Remove from lamps|");
  assert_menu (f, "ada", "Call Chat|Move to the beginning Move to the end|Remove from lamps|");
  assert_menu (f, "hiro", "Call Chat|Move to the beginning|Remove from lamps|");

  lf_fake_client_set_phone (f->client, "jonas", LF_PHONE_RINGING);
  lf_fake_client_set_phone (f->client, "ada", LF_PHONE_RINGING);
  assert_menu (f, "jonas", "Call Chat|Move to the end|Remove from lamps|"); /* not configured */
  lf_fake_client_fill_calls (f->client);                                    /* now for jonas */
  assert_menu (f, "jonas", "Pick up Call Chat|Move to the end|Remove from lamps|");
  assert_menu (f, "ada", "Call Chat|Move to the beginning Move to the end|Remove from lamps|");
  lf_fake_client_set_phone (f->client, "jonas", LF_PHONE_OFF_HOOK);
  assert_menu (f, "jonas", "Call Chat|Move to the end|Remove from lamps|");

  make_place (f, "hiro");
  assert_menu (f, "hiro", "Call|Move to the beginning|Remove from lamps|");
}

static void
test_menu_keys (Fixture *f, gconstpointer data)
{
  GtkWidget *popover;

  g_test_summary ("The Menu key opens the menu of the lamp; its items act");
  focus (f, "ada");
  g_assert_true (press_key (f, GDK_KEY_Menu, 0));
  popover = lf_app_test_find (f->grid, GTK_TYPE_POPOVER_MENU, NULL);
  g_assert_true (gtk_widget_get_visible (popover));
  g_assert_true (gtk_widget_activate_action (popover, LF_ACTION_LAMP_LAST, "s", "ada"));
  assert_order (f, "jonas priya farah chloe jack bruno hiro ada");
  g_assert_true (gtk_widget_activate_action (popover, LF_ACTION_LAMP_FIRST, "s", "ada"));
  assert_order (f, "ada jonas priya farah chloe jack bruno hiro");
  g_assert_true (gtk_widget_activate_action (popover, LF_ACTION_PICK_UP, "s", "ada"));
  g_assert_cmpstr (f->acts->str, ==, "pick-up ada;");
  gtk_popover_popdown (GTK_POPOVER (popover));
  g_assert_true (press_key (f, GDK_KEY_F10, GDK_SHIFT_MASK));
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
test_order (Fixture *f, gconstpointer data)
{
  const char *const none[] = { NULL };
  GtkWidget        *button;

  g_test_summary ("Lamps come and go one by one; there is one of each, and an end to them");
  g_assert_true (lf_lamp_order_add (f->client, get_contact (f, "elif")));
  g_assert_true (lf_lamp_order_add (f->client, get_contact (f, "elif")));
  assert_order (f, "jonas ada priya farah chloe jack bruno hiro elif");
  lf_lamp_order_remove (f->client, get_contact (f, "farah"));
  lf_lamp_order_remove (f->client, get_contact (f, "farah"));
  assert_order (f, "jonas ada priya chloe jack bruno hiro elif");
  g_assert_false (lf_lamp_order_move (f->client, get_contact (f, "farah"), 0));
  g_assert_false (lf_lamp_order_move (f->client, get_contact (f, "elif"), 90));

  lf_client_set_speed_dials (f->client, none);
  button = lf_app_test_find (f->grid, GTK_TYPE_BUTTON, "suggested-action");
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, LF_ACTION_ADD_LAMP);
  lf_spin_for_ms (20);
  g_assert_true (gtk_widget_get_mapped (button));

  lf_fake_client_fill_many (f->client, LF_SPEED_DIAL_MAX);
  set_many_lamps (f, LF_SPEED_DIAL_MAX);
  g_assert_false (lf_lamp_order_add (f->client, get_contact (f, "elif")));
  g_assert_true (lf_lamp_order_add (f->client, get_contact (f, "u00007")));
}

static void
test_hundred (Fixture *f, gconstpointer data)
{
  const int width = 1366, height = 640; /* what a laptop's screen of 1366 x 768 leaves between the bars */

  g_test_summary ("A hundred lamps are in view on a laptop, and twenty are large");
  gtk_window_set_default_size (GTK_WINDOW (f->window), width, height);
  lf_fake_client_fill_many (f->client, 100);
  set_many_lamps (f, 20);
  lf_spin_for_ms (50);
  g_assert_false (gtk_widget_has_css_class (find_lamp (f->grid, "u00019"), "compact"));
  set_many_lamps (f, 100);
  lf_spin_for_ms (100);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%05u", i);
      GtkWidget       *lamp = find_lamp (f->grid, user);
      graphene_rect_t  bounds;

      g_assert_nonnull (lamp);
      g_assert_true (gtk_widget_has_css_class (lamp, "compact"));
      g_assert_true (gtk_widget_compute_bounds (lamp, f->grid, &bounds));
      g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, width);
      g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, height);
    }
}

static void
test_contact_menu (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *user, *item;
  } rows[] = { { "jonas", "Remove from lamps" }, { "elif", "Add to lamps" } };

  g_test_summary ("The menu of a contact adds a lamp or takes it away");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GMenuModel) menu = lf_contact_menu_new (lf_client_get_roster (f->client), get_contact (f, rows[i].user));
      g_autofree char       *text = read_menu (menu);

      g_assert_nonnull (strstr (text, rows[i].item));
      g_assert_nonnull (strstr (text, "Chat"));
    }
  make_place (f, "elif");
  {
    g_autoptr (GMenuModel) menu = lf_contact_menu_new (lf_client_get_roster (f->client), get_contact (f, "elif"));
    g_autofree char       *text = read_menu (menu);

    g_assert_null (strstr (text, "Chat"));
  }
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

#define ADD(path, function) g_test_add ("/lamps/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("words", test_words);
  ADD ("one-tile", test_one_tile);
  ADD ("call", test_call);
  ADD ("keyboard-sort", test_keyboard_sort);
  ADD ("drag", test_drag);
  ADD ("menu", test_menu);
  ADD ("menu-keys", test_menu_keys);
  ADD ("order", test_order);
  ADD ("hundred", test_hundred);
  ADD ("contact-menu", test_contact_menu);

  return g_test_run ();
}
