/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-banner.h"
#include "lf-chat-list.h"
#include "lf-contact-row.h"
#include "lf-fake-client.h"
#include "lf-find-dialog.h"
#include "lf-preferences.h"
#include "lf-sign-in-page.h"
#include "lf-window-private.h"
#include "lf-window-test.h"

typedef LfWindowTest Fixture;

static GtkWidget *
find_row_titled (GtkWidget *root, const char *title)
{
  if (ADW_IS_PREFERENCES_ROW (root) && g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row_titled (child, title);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
get_sign_in (Fixture *f)
{
  return lf_app_test_find (GTK_WIDGET (f->window), LF_TYPE_SIGN_IN_PAGE, NULL);
}

static GtkWidget *
get_sign_in_button (Fixture *f)
{
  return lf_app_test_find (get_sign_in (f), GTK_TYPE_BUTTON, "pill");
}

static void
type_in (Fixture *f, const char *title, const char *text)
{
  GtkWidget *row = find_row_titled (get_sign_in (f), title);

  g_assert_nonnull (row);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static void
test_sign_in (Fixture *f)
{
  GtkWidget *button = get_sign_in_button (f);

  g_test_summary ("Signing in needs all three; an address without a scheme means https; the account is kept, the password is not");
  g_assert_false (gtk_widget_get_sensitive (button));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->window)), find_row_titled (get_sign_in (f), "Server")));
  type_in (f, "Server", " lampfield.example.org/ ");
  type_in (f, "User name", "mara");
  g_assert_false (gtk_widget_get_sensitive (button));
  type_in (f, "Password", "s3cret");
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "sign-in https://lampfield.example.org mara s3cret remember");
  g_assert_false (gtk_widget_get_sensitive (button));
  lf_fake_client_fill (f->client);
  g_assert_false (gtk_widget_get_mapped (get_sign_in (f) != NULL ? get_sign_in (f) : button));
}

static void
test_sign_in_errors (Fixture *f)
{
  static const struct
  {
    LfError     code;
    const char *words;
  } rows[] = {
    { LF_ERROR_BAD_CREDENTIALS, "User name or password is wrong." },
    { LF_ERROR_INSECURE, "This address would send your password in clear text. Use one that begins with https://." },
    { LF_ERROR_UNAVAILABLE, "The server does not answer. Check the address and your network, then try again." },
    { LF_ERROR_RATE_LIMITED, "Too many attempts. Wait a minute, then try again." },
  };
  GtkWidget   *button = get_sign_in_button (f);
  GtkRevealer *revealer = GTK_REVEALER (lf_app_test_find (get_sign_in (f), GTK_TYPE_REVEALER, NULL));
  GtkLabel    *label = GTK_LABEL (gtk_revealer_get_child (revealer));

  g_test_summary ("What went wrong is said plainly, until something is typed; then it can be tried again");
  type_in (f, "Server", "http://lampfield.example.org");
  type_in (f, "User name", "mara");
  type_in (f, "Password", "wrong");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      lf_fake_client_fail_next (f->client, rows[i].code);
      g_assert_false (gtk_revealer_get_reveal_child (revealer));
      g_signal_emit_by_name (button, "clicked");
      lf_wait_until (gtk_revealer_get_reveal_child (revealer), 5000);
      g_assert_cmpstr (gtk_label_get_label (label), ==, rows[i].words);
      g_assert_true (gtk_widget_get_sensitive (button));
      type_in (f, "Password", i % 2 == 0 ? "again" : "and again");
    }
}

static GtkStack *
get_pages (Fixture *f)
{
  return GTK_STACK (lf_app_test_find (GTK_WIDGET (f->window), GTK_TYPE_STACK, NULL));
}

static void
test_kept (Fixture *f)
{
  g_test_summary ("A kept session is opened without asking; the list follows when it is online");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "restore https://lampfield.example.org mara");
  lf_fake_client_fill (f->client);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_pages (f)), ==, "main");
  lf_spin_for_ms (50);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_pages (f)), ==, "main");
}

static void
test_kept_away (Fixture *f)
{
  GtkStack  *pages = get_pages (f);
  GtkWidget *try;

  g_test_summary ("While the server of a kept session is away no password is asked for; it can be tried now, or left");
  lf_wait_until (lf_app_test_find (gtk_stack_get_visible_child (pages), GTK_TYPE_BUTTON, "pill") != NULL, 5000);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (pages), ==, "wait");
  try = lf_app_test_find (gtk_stack_get_visible_child (pages), GTK_TYPE_BUTTON, "pill");
  lf_client_reconnect_now (f->client);
  lf_fake_client_fail_next (f->client, LF_ERROR_UNAVAILABLE);
  g_signal_emit_by_name (try, "clicked");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "restore https://lampfield.example.org mara");
  lf_spin_for_ms (50);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (pages), ==, "wait");
  g_action_group_activate_action (G_ACTION_GROUP (f->application), "leave-session", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (pages), ==, "sign-in");
}

static void
test_kept_ended (Fixture *f)
{
  GtkRevealer *revealer;

  g_test_summary ("A kept session that has ended leads to the sign-in, which says why");
  lf_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (get_pages (f)), "sign-in") == 0, 5000);
  revealer = GTK_REVEALER (lf_app_test_find (get_sign_in (f), GTK_TYPE_REVEALER, NULL));
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_revealer_get_child (revealer))), ==, "Your session has ended. Please sign in again.");
}

static void
test_phone_link (Fixture *f)
{
  static const char *const on_phone[] = { "jonas", "ada", "hiro" };
  GtkRevealer             *revealer;
  LfClock                 *clock = lf_client_get_clock (f->client);

  g_test_summary ("When nobody's phone is known any more for two minutes, the banner says so; it goes with the first phone");
  lf_fake_client_fill (f->client);
  revealer = GTK_REVEALER (gtk_widget_get_first_child (lf_app_test_find (GTK_WIDGET (f->window), LF_TYPE_BANNER, NULL)));
  lf_clock_advance (clock, LF_MINUTE);
  for (gsize i = 0; i < G_N_ELEMENTS (on_phone); i++)
    lf_fake_client_set_phone (f->client, on_phone[i], LF_PHONE_UNKNOWN);
  lf_clock_advance (clock, LF_MINUTE);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_clock_advance (clock, LF_MINUTE);
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (lf_app_test_find (GTK_WIDGET (revealer), GTK_TYPE_LABEL, NULL))), ==,
                   "Phone link lost: phone states unknown");
  lf_fake_client_set_phone (f->client, "ada", LF_PHONE_ON_HOOK);
  lf_clock_advance (clock, LF_MINUTE);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
}

static void
test_open_contact (Fixture *f)
{
  g_test_summary ("A contact is opened by id, kept out of view when folded, and closed when it leaves the roster");
  lf_fake_client_fill (f->client);
  lf_contact_model_flush (lf_contact_list_get_model (lf_window_get_contact_list (f->window)));
  g_assert_null (lf_window_get_open_contact (f->window));
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_OPEN_CONTACT, "s", "jonas");
  g_assert_true (lf_window_get_open_contact (f->window) == lf_roster_lookup (lf_client_get_roster (f->client), "jonas"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_OPEN_CONTACT, "s", "no such person");
  g_assert_cmpstr (lf_contact_get_user (lf_window_get_open_contact (f->window)), ==, "jonas");
  lf_roster_remove (lf_client_get_roster (f->client), "jonas");
  g_assert_null (lf_window_get_open_contact (f->window));
}

static void
test_fold (Fixture *f)
{
  AdwLeaflet *leaflet = ADW_LEAFLET (lf_app_test_find (GTK_WIDGET (f->window), ADW_TYPE_LEAFLET, NULL));

  g_test_summary ("At 720 pixels list and page stand side by side, under it one at a time; at 360 it is usable");
  lf_fake_client_fill (f->client);
  leaflet = ADW_LEAFLET (lf_app_test_find (GTK_WIDGET (f->window), ADW_TYPE_LEAFLET, NULL));
  g_assert_nonnull (leaflet);
  lf_wait_until (!adw_leaflet_get_folded (leaflet), 5000);

  gtk_window_set_default_size (GTK_WINDOW (f->window), 640, 640);
  lf_wait_until (adw_leaflet_get_folded (leaflet) && gtk_widget_get_width (GTK_WIDGET (leaflet)) <= 640, 5000);
  lf_spin_for_ms (50);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (lf_window_get_contact_list (f->window))), ==, gtk_widget_get_width (GTK_WIDGET (leaflet)));

  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 640);
  lf_wait_until (adw_leaflet_get_folded (leaflet) && gtk_widget_get_width (GTK_WIDGET (leaflet)) <= 360, 5000);
  g_assert_null (lf_window_get_open_contact (f->window));
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_OPEN_CONTACT, "s", "jonas");
  g_assert_cmpstr (lf_contact_get_user (lf_window_get_open_contact (f->window)), ==, "jonas");
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_BACK, NULL);
  g_assert_null (lf_window_get_open_contact (f->window));
}

static void
test_actions (Fixture *f)
{
  static const struct
  {
    const char *action, *asked;
  } rows[] = {
    { LF_ACTION_TOGGLE_FAVOURITE, "set-favourite chloe 1" },
    { LF_ACTION_TOGGLE_FAVOURITE, "set-favourite chloe 0" },
    { LF_ACTION_TOGGLE_WATCHED, "set-watched chloe 1" },
    { LF_ACTION_TOGGLE_ARMED, "set-armed chloe 1" },
    { LF_ACTION_ADD, "add-contact chloe" },
  };

  g_test_summary ("The actions do what they are called, and nothing for an unknown person");
  lf_fake_client_fill (f->client);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (f->window), rows[i].action, "s", "chloe");
      g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, rows[i].asked);
    }
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_MOVE_TO_GROUP, "(ss)", "chloe", "g2");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "move-to-group chloe g2");
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_MOVE_TO_GROUP, "(ss)", "chloe", "");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "move-to-group chloe -");
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_TOGGLE_WATCHED, "s", "no such person");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "move-to-group chloe -");
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_RECONNECT, NULL);
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "reconnect-now");
  g_action_group_activate_action (G_ACTION_GROUP (f->application), "do-not-disturb", NULL);
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-dnd 1");
}

static void
press (Fixture *f, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->window));
  gboolean               handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
    }
}

static void
test_arrows (Fixture *f)
{
  GtkWidget *focus;

  g_test_summary ("Down leads to the list when the keyboard is nowhere; a long own status does not widen the sidebar");
  lf_fake_client_fill (f->client);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  press (f, GDK_KEY_Down);
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (lf_window_get_contact_list (f->window))));

  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (lf_window_get_contact_list (f->window))), ==, 344);
  lf_contact_set_person (lf_client_get_own (f->client), &(LfPersonFields){ .user = "mara", .name = "Mara-Theresia von Lindenberg-Hohenau" });
  lf_spin_for_ms (100);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (lf_window_get_contact_list (f->window))), ==, 344);
}

static AdwMessageDialog *
find_question (Fixture *f)
{
  g_autoptr (GListModel) toplevels = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (ADW_IS_MESSAGE_DIALOG (toplevel) && gtk_widget_get_mapped (toplevel))
        return ADW_MESSAGE_DIALOG (toplevel);
    }

  return NULL;
}

static void
answer (Fixture *f, const char *response)
{
  AdwMessageDialog *dialog = find_question (f);

  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog)); /* a press would have closed it first */
}

static void
test_back_to_chats (Fixture *f)
{
  GtkWidget *chats;
  GtkWidget *focus;

  g_test_summary ("Back leads from a page to the chats when those are in view");
  lf_fake_client_fill (f->client);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_VIEW, "s", "chats");
  chats = lf_app_test_find (GTK_WIDGET (f->window), LF_TYPE_CHAT_LIST, NULL);
  lf_wait_until (gtk_widget_get_mapped (chats), 5000);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_CHAT, "s", "jonas");
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_true (focus == NULL || !gtk_widget_is_ancestor (focus, chats));
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_BACK, NULL);
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, chats));
}

static void
test_questions (Fixture *f)
{
  g_test_summary ("Removing and blocking ask first; no is no");
  if (adw_get_minor_version () >= 5)
    {
      g_test_skip ("this libadwaita has deprecated AdwMessageDialog, whose labels warn of their own width");
      return;
    }
  lf_fake_client_fill (f->client);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_REMOVE, "s", "ada");
  lf_wait_until (find_question (f) != NULL, 5000);
  answer (f, "cancel");
  g_assert_null (find_question (f));
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "");

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_REMOVE, "s", "ada");
  lf_wait_until (find_question (f) != NULL, 5000);
  answer (f, "remove");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "remove-contact ada");
  g_assert_null (find_question (f));

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_BLOCK, "s", "ada");
  lf_wait_until (find_question (f) != NULL, 5000);
  answer (f, "block");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-blocked ada 1");
  g_assert_null (find_question (f));

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_NEW_GROUP, "s", "ada");
  lf_wait_until (find_question (f) != NULL, 5000);
  g_assert_false (adw_message_dialog_get_response_enabled (find_question (f), "create"));
  gtk_editable_set_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (find_question (f))), "Board");
  answer (f, "create");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "move-to-group ada g3");
  g_assert_null (find_question (f));
}

static void
test_banner (Fixture *f)
{
  GtkRevealer *revealer;

  g_test_summary ("A lost connection is told after two seconds, with the time the statuses are of; then it goes");
  lf_fake_client_fill (f->client);
  revealer = GTK_REVEALER (gtk_widget_get_first_child (lf_app_test_find (GTK_WIDGET (f->window), LF_TYPE_BANNER, NULL)));
  lf_fake_client_set_state (f->client, LF_CLIENT_RECONNECTING, LF_FAKE_NOW_US - 8 * LF_MINUTE);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_wait_until (gtk_revealer_get_reveal_child (revealer), 5000);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (lf_app_test_find (GTK_WIDGET (revealer), GTK_TYPE_LABEL, NULL))), ==,
                   "Reconnecting… statuses as of 10:32");
  lf_fake_client_set_state (f->client, LF_CLIENT_ONLINE, 0);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
}

static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
test_old_note (Fixture *f)
{
  GtkRevealer *revealer;
  LfClock     *clock = lf_client_get_clock (f->client);
  GtkWidget   *keep, *clear;

  g_test_summary ("A note that has stood for three hours may have been forgotten: clear it, or keep it and hear no more");
  lf_fake_client_fill (f->client);
  revealer = GTK_REVEALER (gtk_widget_get_first_child (lf_app_test_find (GTK_WIDGET (f->window), LF_TYPE_BANNER, NULL)));
  lf_client_set_status (f->client, LF_CHOICE_AUTOMATIC, "Quarter close", "📈", LF_INSTANT_NONE);
  lf_clock_advance (clock, 3 * LF_HOUR - LF_MINUTE);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_clock_advance (clock, LF_MINUTE);
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (lf_app_test_find (GTK_WIDGET (revealer), GTK_TYPE_LABEL, NULL))), ==,
                   "Your status “Quarter close” is 3 h old");
  lf_fake_client_set_state (f->client, LF_CLIENT_SIGNED_OUT, 0);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_fake_client_set_state (f->client, LF_CLIENT_ONLINE, 0);
  keep = find_button (GTK_WIDGET (revealer), "Keep");
  clear = find_button (GTK_WIDGET (revealer), "Clear");
  g_signal_emit_by_name (keep, "clicked");
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_clock_advance (clock, LF_HOUR);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));

  lf_client_set_status (f->client, LF_CHOICE_AWAY, NULL, "🍕", LF_INSTANT_NONE); /* another one */
  lf_clock_advance (clock, 4 * LF_HOUR);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (lf_app_test_find (GTK_WIDGET (revealer), GTK_TYPE_LABEL, NULL))), ==,
                   "Your status “🍕” is 4 h old");
  g_signal_emit_by_name (clear, "clicked");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "clear-status");
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  lf_client_set_status (f->client, LF_CHOICE_AWAY, NULL, NULL, LF_INSTANT_NONE); /* no note */
  lf_clock_advance (clock, 4 * LF_HOUR);
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
}

static void
test_dialogs_end (Fixture *f)
{
  g_test_summary ("What was asked about colleagues closes with the session, however it ends");
  lf_fake_client_fill (f->client);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_FOR, "s", "ann");
  g_assert_nonnull (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG));
  lf_fake_client_set_state (f->client, LF_CLIENT_SIGNED_OUT, 0);
  lf_wait_until (lf_window_test_find_toplevel (LF_TYPE_FIND_DIALOG) == NULL, 5000);

  if (adw_get_minor_version () >= 5)
    return; /* as in test_questions */
  lf_fake_client_set_state (f->client, LF_CLIENT_ONLINE, 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_NEW_GROUP, "s", "ada");
  lf_wait_until (find_question (f) != NULL, 5000);
  lf_fake_client_set_state (f->client, LF_CLIENT_SIGNED_OUT, 0);
  lf_wait_until (find_question (f) == NULL, 5000);
}

static void
test_size (Fixture *f)
{
  g_test_summary ("The size of the window is kept");
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 650);
  lf_wait_until (gtk_widget_get_width (GTK_WIDGET (f->window)) >= 900 && gtk_widget_get_width (GTK_WIDGET (f->window)) < 1000, 5000);
  gtk_widget_set_visible (GTK_WIDGET (f->window), FALSE);
  g_assert_cmpint (g_settings_get_int (lf_application_get_settings (f->application), "window-width"), ==, 900);
  g_assert_cmpint (g_settings_get_int (lf_application_get_settings (f->application), "window-height"), ==, 650);
}

/* Stands for what ties the program to the desktop: it tells what notices idleness. */
#define TEST_TYPE_DESKTOP (test_desktop_get_type ())
G_DECLARE_FINAL_TYPE (TestDesktop, test_desktop, TEST, DESKTOP, GObject)

struct _TestDesktop
{
  GObject parent_instance;

  const char *source;
};

G_DEFINE_FINAL_TYPE (TestDesktop, test_desktop, G_TYPE_OBJECT)

static void
test_desktop_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, TEST_DESKTOP (object)->source);
}

static void
test_desktop_class_init (TestDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = test_desktop_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1, g_param_spec_string ("idle-source", NULL, NULL, NULL, G_PARAM_READABLE));
}

static void
test_desktop_init (TestDesktop *self)
{
  self->source = "a test";
}

static void
test_preferences (Fixture *f)
{
  g_autoptr (TestDesktop)        desktop = g_object_new (TEST_TYPE_DESKTOP, NULL);
  g_autoptr (LfDesktopCalendars) calendars = lf_desktop_calendars_new (lf_application_get_settings (f->application), lf_client_get_clock (f->client));
  GtkWidget                     *preferences = GTK_WIDGET (lf_preferences_new (GTK_WINDOW (f->window), lf_application_get_settings (f->application), f->client, calendars, G_OBJECT (desktop)));
  GtkWidget                     *row = find_row_titled (preferences, "Compact list");
  gboolean                       is_compact;

  g_test_summary ("A preference takes effect at once");
  g_assert_nonnull (row);
  gtk_switch_set_active (GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row))), TRUE);
  g_object_get (lf_window_get_contact_list (f->window), "is-compact", &is_compact, NULL);
  g_assert_true (is_compact);
  g_settings_reset (lf_application_get_settings (f->application), "is-compact");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row_titled (preferences, "Idle and away"))), ==, "a test");
  desktop->source = "another";
  g_object_notify (G_OBJECT (desktop), "idle-source");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row_titled (preferences, "Idle and away"))), ==, "another");
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
on_started_hidden (GApplication *application, gpointer n_activated)
{
  GtkWidget *window = GTK_WIDGET (lf_application_get_window (LF_APPLICATION (application)));

  g_assert_nonnull (window);
  if (++*(guint *) n_activated == 1)
    {
      lf_spin_for_ms (100);
      g_assert_false (gtk_widget_get_visible (window));
      g_assert_cmpstr (lf_fake_client_get_last (lf_application_get_client (LF_APPLICATION (application))), ==, "restore https://lampfield.example.org mara");
      g_application_activate (application); /* as a second start does */
      return;
    }
  g_assert_true (gtk_widget_get_visible (window));
  g_application_quit (application);
}

static void
test_hidden (void)
{
  const char           *argv[] = { "lampfield", "--background", NULL };
  g_autoptr (GSettings) settings = g_settings_new (LF_APP_ID);
  LfApplication        *application = lf_application_new ();
  guint                 n_activated = 0;

  g_test_summary ("Started in the background it signs in without a window; a second start shows it");
  g_settings_set_string (settings, "server", "https://lampfield.example.org");
  g_settings_set_string (settings, "user", "mara");
  g_application_set_flags (G_APPLICATION (application), g_application_get_flags (G_APPLICATION (application)) | G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (application, "activate", G_CALLBACK (on_started_hidden), &n_activated);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 2, (char **) argv), ==, 0);
  g_assert_cmpuint (n_activated, ==, 2);
  g_assert_finalize_object (application);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

  lf_window_test_add ("/window/sign-in/all", test_sign_in);
  lf_window_test_add ("/window/sign-in/errors", test_sign_in_errors);
  lf_window_test_add_kept ("/window/kept/online", 0, test_kept);
  lf_window_test_add_kept ("/window/kept/away", LF_ERROR_UNAVAILABLE, test_kept_away);
  lf_window_test_add_kept ("/window/kept/ended", LF_ERROR_UNAUTHORIZED, test_kept_ended);
  lf_window_test_add ("/window/phone-link", test_phone_link);
  lf_window_test_add ("/window/open-contact", test_open_contact);
  lf_window_test_add ("/window/fold", test_fold);
  lf_window_test_add ("/window/actions", test_actions);
  lf_window_test_add ("/window/arrows", test_arrows);
  lf_window_test_add ("/window/back-to-chats", test_back_to_chats);
  lf_window_test_add ("/window/questions", test_questions);
  lf_window_test_add ("/window/banner", test_banner);
  lf_window_test_add ("/window/old-note", test_old_note);
  lf_window_test_add ("/window/dialogs-end", test_dialogs_end);
  lf_window_test_add ("/window/size", test_size);
  lf_window_test_add ("/window/preferences", test_preferences);
  g_test_add_func ("/window/hidden", test_hidden);

  return g_test_run ();
}
