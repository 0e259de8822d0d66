/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-badge.h"
#include "lf-fake-calendars.h"
#include "lf-fake-client.h"
#include "lf-own-status.h"
#include "lf-status-editor.h"
#include "lf-time-entry.h"

typedef struct
{
  LfClient  *client;
  GSettings *settings;
  GtkWidget *own;

  LfDesktopCalendars *calendars;

  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (LfClock) clock = lf_clock_new_manual (LF_FAKE_NOW_US);

  f->client = lf_client_new (clock);
  f->settings = g_settings_new (LF_APP_ID);
  g_settings_reset (f->settings, "custom-statuses");
  lf_fake_client_fill (f->client);
  f->own = g_object_new (LF_TYPE_OWN_STATUS, "halign", GTK_ALIGN_START, "valign", GTK_ALIGN_START, NULL);
  lf_own_status_set_client (LF_OWN_STATUS (f->own), f->client, f->settings);
  f->calendars = lf_desktop_calendars_new (f->settings, clock);
  lf_own_status_set_calendars (LF_OWN_STATUS (f->own), f->calendars);
  f->window = lf_app_test_show (f->own, 400, 600);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lf_app_test_close (f->window);
  g_assert_finalize_object (f->client);
  g_assert_finalize_object (f->calendars);
  g_clear_object (&f->settings);
}

static GtkWidget *
get_popover (Fixture *f)
{
  return lf_own_status_get_popover (LF_OWN_STATUS (f->own));
}

static void
open_popover (Fixture *f)
{
  lf_own_status_popup (LF_OWN_STATUS (f->own));
  lf_wait_until (gtk_widget_get_mapped (get_popover (f)), 5000);
}

static GtkWidget *
find_label (GtkWidget *root, const char *text)
{
  if (GTK_IS_LABEL (root) && g_strcmp0 (gtk_label_get_label (GTK_LABEL (root)), text) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Also what is in a popover that is not open. */
static GtkWidget *
find_any (GtkWidget *root, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_any (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The second click: the first opened the popover. */
static void
choose (Fixture *f, const char *label)
{
  GtkWidget *found, *button;

  open_popover (f);
  found = find_label (get_popover (f), label);
  g_assert_nonnull (found);
  button = gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);
}

/* Where the words begin, from the left of the popover. */
static float
get_left (Fixture *f, const char *words)
{
  GtkWidget       *label = find_label (get_popover (f), words);
  graphene_point_t at;

  g_assert_nonnull (label);
  g_assert_true (gtk_widget_compute_point (label, get_popover (f), &GRAPHENE_POINT_INIT (0, 0), &at));

  return at.x;
}

static void
test_choices (Fixture *f, gconstpointer data)
{
  g_test_summary ("Each choice is two clicks away and replaces the one before");
  choose (f, "Available");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-status 1 - - -1");
  choose (f, "Away");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-status 2 - - -1");
  choose (f, "Do not disturb");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-dnd 1");
  choose (f, "Appear offline");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-invisible 1");
  choose (f, "Automatic");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "clear-status");
  g_assert_false (lf_client_get_me (f->client)->dnd.is_on);
  g_assert_false (lf_client_get_me (f->client)->visibility.is_invisible);
  g_assert_cmpint (lf_client_get_me (f->client)->status.choice, ==, LF_CHOICE_AUTOMATIC);
}

/* The own calendar has a meeting from @start_us to @end_us. */
static void
set_meeting (Fixture *f, gint64 start_us, gint64 end_us, LfBusyType type)
{
  const LfBusyPeriod     period = { start_us, end_us, type };
  g_autoptr (LfBusyList) busy = lf_busy_list_new (&period, 1);
  static gint64          rev = 1000;
  const LfCalendar       calendar = { busy, LF_FAKE_NOW_US - LF_DAY, LF_FAKE_NOW_US + LF_DAY, LF_FAKE_NOW_US, ++rev, NULL };
  g_autoptr (LfPresence) presence = lf_presence_with_calendar (lf_contact_get_presence (lf_client_get_own (f->client)), &calendar);

  lf_contact_set_presence (lf_client_get_own (f->client), presence);
}

static gboolean
offers_to_leave (Fixture *f)
{
  gboolean is_offered;

  open_popover (f);
  is_offered = gtk_widget_get_mapped (gtk_widget_get_ancestor (find_label (get_popover (f), "I left the meeting early"), GTK_TYPE_BUTTON));
  gtk_popover_popdown (GTK_POPOVER (get_popover (f)));
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);
  return is_offered;
}

static void
test_left_early (Fixture *f, gconstpointer data)
{
  g_test_summary ("Who is in a meeting may say that it is over for them; nobody else is asked");
  set_meeting (f, LF_FAKE_NOW_US + LF_HOUR, LF_FAKE_NOW_US + 2 * LF_HOUR, LF_BUSY_BUSY);
  g_assert_false (offers_to_leave (f));
  set_meeting (f, LF_FAKE_NOW_US - LF_HOUR, LF_FAKE_NOW_US + LF_HOUR, LF_BUSY_TENTATIVE);
  g_assert_false (offers_to_leave (f));
  set_meeting (f, LF_FAKE_NOW_US - LF_HOUR, LF_FAKE_NOW_US + LF_HOUR, LF_BUSY_BUSY);
  g_assert_true (offers_to_leave (f));
  choose (f, "I left the meeting early");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "leave-early");
}

static gboolean
warns_of_calendar (Fixture *f)
{
  gboolean is_warned;

  open_popover (f);
  is_warned = gtk_widget_get_mapped (gtk_widget_get_ancestor (find_label (get_popover (f), "A calendar of yours cannot be read"), GTK_TYPE_BUTTON));
  gtk_popover_popdown (GTK_POPOVER (get_popover (f)));
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);
  return is_warned;
}

static void
test_unread_calendar (Fixture *f, gconstpointer data)
{
  g_test_summary ("One of the own calendars that the server cannot read is a line of the menu, which leads to the preferences");
  g_assert_false (warns_of_calendar (f));
  lf_fake_client_add_calendar (f->client, "work", LF_FAKE_NOW_US, LF_CALENDAR_CODE_OK);
  g_assert_false (warns_of_calendar (f));
  lf_fake_client_add_calendar (f->client, "home", LF_INSTANT_NONE, LF_CALENDAR_CODE_REFUSED);
  g_assert_true (warns_of_calendar (f));
}

static void
test_note_stays (Fixture *f, gconstpointer data)
{
  g_test_summary ("Another choice keeps the note that is in force");
  lf_client_set_status (f->client, LF_CHOICE_AUTOMATIC, "Quarter close", "📈", LF_FAKE_NOW_US + LF_HOUR);
  choose (f, "Away");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-status 2 Quarter close 📈 60");
  choose (f, "Automatic");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-status 0 Quarter close 📈 60");
}

static void
test_custom (Fixture *f, gconstpointer data)
{
  LfStatusEditor *editor;
  GtkWidget      *entry, *set;

  g_test_summary ("A custom status is one act: emoji, text, away, end; it is offered again afterwards");
  open_popover (f);
  g_signal_emit_by_name (gtk_widget_get_ancestor (find_label (get_popover (f), "New status…"), GTK_TYPE_BUTTON), "clicked");
  editor = LF_STATUS_EDITOR (lf_app_test_find (get_popover (f), LF_TYPE_STATUS_EDITOR, NULL));
  entry = lf_app_test_find (GTK_WIDGET (editor), GTK_TYPE_ENTRY, NULL);
  set = gtk_widget_get_ancestor (find_label (GTK_WIDGET (editor), "Set"), GTK_TYPE_BUTTON);
  g_assert_false (gtk_widget_get_sensitive (set));
  gtk_editable_set_text (GTK_EDITABLE (entry), "  ");
  g_assert_false (gtk_widget_get_sensitive (set));

  gtk_editable_set_text (GTK_EDITABLE (entry), " Lunch ");
  g_assert_null (find_any (GTK_WIDGET (editor), GTK_TYPE_EMOJI_CHOOSER)); /* costly: not before it is wanted */
  lf_wait_until (gtk_widget_get_width (entry) > 0 && !gtk_stack_get_transition_running (GTK_STACK (gtk_widget_get_ancestor (GTK_WIDGET (editor), GTK_TYPE_STACK))), 5000);
  gtk_menu_button_popup (GTK_MENU_BUTTON (lf_app_test_find (GTK_WIDGET (editor), GTK_TYPE_MENU_BUTTON, NULL)));
  g_signal_emit_by_name (find_any (GTK_WIDGET (editor), GTK_TYPE_EMOJI_CHOOSER), "emoji-picked", "🍕");
  gtk_switch_set_active (GTK_SWITCH (lf_app_test_find (GTK_WIDGET (editor), GTK_TYPE_SWITCH, NULL)), TRUE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (lf_app_test_find (GTK_WIDGET (editor), GTK_TYPE_DROP_DOWN, NULL)), LF_CLEAR_AFTER_30_MIN);
  g_assert_true (gtk_widget_get_sensitive (set));
  g_signal_emit_by_name (set, "clicked");
  g_assert_cmpstr (lf_fake_client_get_last (f->client), ==, "set-status 2 Lunch 🍕 30");
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);

  lf_client_clear_status (f->client);
  open_popover (f);
  lf_wait_until (get_left (f, "Available") > 0, 5000); /* laid out */
  g_assert_cmpfloat (get_left (f, "Lunch"), ==, get_left (f, "Available"));
  gtk_popover_popdown (GTK_POPOVER (get_popover (f)));
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);
  choose (f, "Lunch");
  g_assert_true (g_str_has_prefix (lf_fake_client_get_last (f->client), "set-status 2 Lunch 🍕 "));
}

static void
test_at_a_time (Fixture *f, gconstpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (LF_FAKE_NOW_US / LF_SECOND);
  GtkWidget            *editor = g_object_ref_sink (g_object_new (LF_TYPE_STATUS_EDITOR, NULL));
  GtkDropDown          *clear_after = GTK_DROP_DOWN (find_any (editor, GTK_TYPE_DROP_DOWN));
  LfTimeEntry          *entry = LF_TIME_ENTRY (find_any (editor, LF_TYPE_TIME_ENTRY));
  guint                 now_minutes = (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));

  g_test_summary ("A status ends with the day, or at a time that is chosen: today's, or tomorrow's when that is over");
  lf_status_editor_reset (LF_STATUS_EDITOR (editor), LF_FAKE_NOW_US);
  g_assert_cmpuint (gtk_drop_down_get_selected (clear_after), ==, LF_CLEAR_AFTER_TODAY);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (entry)));
  gtk_drop_down_set_selected (clear_after, LF_CLEAR_AFTER_AT_TIME);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (entry)));
  g_assert_cmpuint (lf_time_entry_get_minutes (entry), ==, (guint) (g_date_time_get_hour (now) + 2) % 24 * 60);
  lf_time_entry_set_minutes (entry, (now_minutes + 7) % (24 * 60));
  g_assert_cmpint ((lf_status_editor_get_expiry (LF_STATUS_EDITOR (editor), LF_FAKE_NOW_US) - LF_FAKE_NOW_US) / LF_MINUTE, ==, 7);
  lf_time_entry_set_minutes (entry, (now_minutes + 24 * 60 - 7) % (24 * 60));
  g_assert_cmpint ((lf_status_editor_get_expiry (LF_STATUS_EDITOR (editor), LF_FAKE_NOW_US) - LF_FAKE_NOW_US) / LF_MINUTE, ==, 24 * 60 - 7);
  gtk_editable_set_text (GTK_EDITABLE (find_any (GTK_WIDGET (entry), GTK_TYPE_SPIN_BUTTON)), "99"); /* typed: the latest there is */
  g_assert_cmpuint (lf_time_entry_get_minutes (entry) / 60, ==, 23);
  g_assert_finalize_object (editor);
}

static void
test_halves (Fixture *f, gconstpointer data)
{
  LfTimeEntry *entry = g_object_ref_sink (g_object_new (LF_TYPE_TIME_ENTRY, NULL));

  g_test_summary ("Where hours are counted to 12, every time of a day can be chosen");
  g_assert_null (find_any (GTK_WIDGET (entry), GTK_TYPE_DROP_DOWN));
  lf_time_entry_set_has_halves (entry, TRUE);
  g_assert_nonnull (find_any (GTK_WIDGET (entry), GTK_TYPE_DROP_DOWN));
  for (guint minutes = 0; minutes < 24 * 60; minutes += 30)
    {
      lf_time_entry_set_minutes (entry, minutes);
      g_assert_cmpuint (lf_time_entry_get_minutes (entry), ==, minutes);
    }
  g_assert_finalize_object (entry);
}

static void
test_seen (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_test_summary ("The popover tells what colleagues see of each kind, also when appearing offline");
  open_popover (f);
  before = lf_app_test_read_texts (lf_app_test_find (get_popover (f), GTK_TYPE_GRID, "seen"));
  g_assert_cmpstr (before, ==, "Phone\nOff the phone\nCalendar\nUnknown\nReachability\nOnline · 1 h\n");
  lf_client_set_invisible (f->client, TRUE);
  after = lf_app_test_read_texts (lf_app_test_find (get_popover (f), GTK_TYPE_GRID, "seen"));
  g_assert_cmpstr (after, ==, "Phone\nHidden\nCalendar\nHidden\nReachability\nOffline\n");
  gtk_test_accessible_assert_property (lf_app_test_find (f->own, LF_TYPE_BADGE, NULL), GTK_ACCESSIBLE_PROPERTY_LABEL, "Offline");
}

static void
test_join (Fixture *f, gconstpointer data)
{
  GtkWidget *label, *separator;

  g_test_summary ("A meeting that can be joined is one click away, apart from the choices; without one nothing is offered");
  open_popover (f);
  label = find_label (get_popover (f), "Join the meeting");
  g_assert_nonnull (label);
  g_assert_false (gtk_widget_get_mapped (label));
  separator = gtk_widget_get_prev_sibling (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON));
  g_assert_true (GTK_IS_SEPARATOR (separator));
  g_assert_false (gtk_widget_get_mapped (separator));
  gtk_popover_popdown (GTK_POPOVER (get_popover (f)));
  lf_wait_until (!gtk_widget_get_mapped (get_popover (f)), 5000);
  lf_fake_calendars_set_link (f->calendars, "x-lampfield-test://meeting");
  open_popover (f);
  g_assert_true (gtk_widget_get_mapped (label) && gtk_widget_get_mapped (separator));
  gtk_popover_popdown (GTK_POPOVER (get_popover (f)));
  choose (f, "Join the meeting");
}

static void
test_button (Fixture *f, gconstpointer data)
{
  GtkWidget *button = lf_app_test_find (f->own, GTK_TYPE_MENU_BUTTON, NULL);

  g_test_summary ("The button shows and tells the own status");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Your status: Online");
  g_assert_nonnull (find_label (f->own, "Mara Lind"));
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/own-status/choices", test_choices);
  ADD ("/own-status/left-early", test_left_early);
  ADD ("/own-status/unread-calendar", test_unread_calendar);
  ADD ("/own-status/join", test_join);
  ADD ("/own-status/note-stays", test_note_stays);
  ADD ("/own-status/custom", test_custom);
  ADD ("/own-status/at-a-time", test_at_a_time);
  ADD ("/own-status/halves", test_halves);
  ADD ("/own-status/seen", test_seen);
  ADD ("/own-status/button", test_button);

  return g_test_run ();
}
