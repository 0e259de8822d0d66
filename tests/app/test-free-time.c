/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-day-stepper.h"
#include "lf-fake-client.h"
#include "lf-free-time-dialog.h"
#include "lf-free-time-person.h"
#include "lf-free-time-row.h"
#include "lf-person-popover.h"
#include "lf-window-test.h"

#define MIDNIGHT_US   (LF_FAKE_NOW_US / LF_DAY * LF_DAY)
#define AT(day, hour) (MIDNIGHT_US + (day) *LF_DAY + (hour) *LF_HOUR)

typedef struct
{
  LfClient  *client; /* borrowed from the application */
  LfWindow  *window; /* borrowed from the application */
  GtkWidget *dialog; /* borrowed; asked for with Jonas */
} Fixture;

static Fixture *
open_dialog (LfWindowTest *w)
{
  Fixture *f = g_new0 (Fixture, 1);

  lf_fake_client_fill (w->client);
  lf_fake_client_fill_days (w->client);
  gtk_widget_activate_action (GTK_WIDGET (w->window), LF_ACTION_FIND_TIME, "s", "jonas");
  f->client = w->client;
  f->window = w->window;
  f->dialog = lf_window_test_find_toplevel (LF_TYPE_FREE_TIME_DIALOG);
  g_assert_nonnull (f->dialog);
  return f;
}

/* The rows of one type below @root, in order. */
static void
collect (GtkWidget *root, GType type, GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    g_ptr_array_add (found, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

/* It is there also while it is not shown. */
static GtkWidget *
get_popover (Fixture *f)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  collect (f->dialog, LF_TYPE_PERSON_POPOVER, found);
  g_assert_cmpuint (found->len, ==, 1);
  return found->pdata[0];
}

static GPtrArray *
get_rows (Fixture *f, GType type)
{
  GPtrArray *rows = g_ptr_array_new ();

  collect (f->dialog, type, rows);
  return rows;
}

/* The times as the list says them, a line each. */
static char *
read_times (Fixture *f)
{
  g_autoptr (GPtrArray) rows = get_rows (f, LF_TYPE_FREE_TIME_ROW);
  GString              *words = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (words, "%s (%s)\n", adw_preferences_row_get_title (rows->pdata[i]), adw_action_row_get_subtitle (rows->pdata[i]));
  return g_string_free (words, FALSE);
}

static gboolean
says_times (Fixture *f, const char *beginning)
{
  g_autofree char *times = read_times (f);

  return *beginning == '\0' ? *times == '\0' : g_str_has_prefix (times, beginning);
}

static gboolean
says_description (Fixture *f, const char *words)
{
  g_autoptr (GPtrArray) groups = get_rows (f, ADW_TYPE_PREFERENCES_GROUP);

  return g_strcmp0 (adw_preferences_group_get_description (groups->pdata[groups->len - 1]), words) == 0;
}

static char *
read_people (Fixture *f)
{
  g_autoptr (GPtrArray) rows = get_rows (f, LF_TYPE_FREE_TIME_PERSON);
  GString              *words = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (words, "%s: %s\n", lf_free_time_person_get_name (rows->pdata[i]),
                            lf_busy_strip_get_summary (lf_free_time_person_get_strip (rows->pdata[i])));
  return g_string_free (words, FALSE);
}

static gboolean
says_people (Fixture *f, const char *words)
{
  g_autofree char *people = read_people (f);

  return g_str_equal (people, words);
}

/* What changed is gathered in the main loop first. */
#define wait_for(claim, f, words) lf_wait_until (claim (f, words), 5000)

static void
choose_length (Fixture *f, guint i)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (lf_app_test_find (f->dialog, GTK_TYPE_DROP_DOWN, NULL)), i);
}

static void
leave (Fixture *f, guint i)
{
  g_autoptr (GPtrArray) rows = get_rows (f, LF_TYPE_FREE_TIME_PERSON);

  g_signal_emit_by_name (lf_app_test_find (rows->pdata[i], GTK_TYPE_BUTTON, NULL), "clicked");
}

static void
choose_person (Fixture *f, const char *user)
{
  LfContact *contact = lf_roster_lookup (lf_client_get_roster (f->client), user);

  g_signal_emit_by_name (get_popover (f), "chosen", contact);
}

static void
test_times (LfWindowTest *w)
{
  g_autofree Fixture *f = open_dialog (w);
  g_autofree char    *times = NULL;

  g_test_summary ("The times at which the user and the other are free, beginning now, in the hours of the days");
  wait_for (says_people, f, "You: free until 13:00\nJonas Weber: free until 11:00\n");
  wait_for (says_times, f, ("Today, 14:30–16:00 (1 h 30 min)\nToday, 17:00–18:00 (1 h)\n"
                            "Tomorrow, 14:00–15:00 (1 h)\nTomorrow, 16:00–18:00 (2 h)\n"
                            "Thursday, 26 November, 08:00–18:00 (10 h)\n"));
  times = read_times (f);
  g_assert_null (strstr (times, "Saturday"));
  choose_length (f, 5);
  wait_for (says_times, f, "Today, 14:30–18:00 (Perhaps without Jonas Weber)\nTomorrow, 16:00–18:00 (2 h)\n");
}

static void
test_hours (LfWindowTest *w)
{
  g_autofree Fixture *f = open_dialog (w);
  GtkWidget          *check = lf_app_test_find (f->dialog, GTK_TYPE_CHECK_BUTTON, NULL);
  g_autofree char    *times = NULL;

  g_test_summary ("Evenings and weekends count when they are asked for");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  wait_for (says_times, f, "Today, 14:30–16:00 (1 h 30 min)\nToday, 17:00–22:00 (5 h)\n");
  times = read_times (f);
  g_assert_nonnull (strstr (times, "Saturday, 28 November, 07:00–22:00"));
}

static void
test_people (LfWindowTest *w)
{
  g_autofree Fixture *f = open_dialog (w);
  g_autofree char    *times = NULL;

  g_test_summary ("People are added, once each, and taken out; the times follow");
  choose_person (f, "farah");
  choose_person (f, "farah");
  wait_for (says_people, f, "You: free until 13:00\nJonas Weber: free until 11:00\nFarah Haddad: free from 11:00 to 14:00\n");
  wait_for (says_times, f, "Today, 15:15–16:00 (45 min)\nToday, 17:00–18:00 (1 h)\nTomorrow, 14:00–15:00");
  times = read_times (f);
  g_assert_null (strstr (times, "Thursday, 26"));
  leave (f, 0);
  wait_for (says_people, f, "Jonas Weber: free until 11:00\nFarah Haddad: free from 11:00 to 14:00\n");
  leave (f, 0);
  leave (f, 0);
  wait_for (says_description, f, "Add the people who shall meet.");
}

static void
test_unknown (LfWindowTest *w)
{
  static const LfBusyPeriod always = { AT (-1, 0), AT (20, 0), LF_BUSY_BUSY };
  g_autofree Fixture       *f = open_dialog (w);
  g_autofree char          *before = read_times (f);

  g_test_summary ("Who is not known to be free is named, not taken to be free; no time at all is said so");
  choose_person (f, "bruno");
  lf_fake_client_set_busy (f->client, "chloe", NULL, 0, TRUE);
  choose_person (f, "chloe");
  wait_for (says_description, f, "Not counting Bruno Costa, Chloé Dubois: it is not known when they are free.");
  wait_for (says_times, f, before);
  leave (f, 0);
  leave (f, 0);
  wait_for (says_description, f, "No calendar of these people can be seen, so it is not known when they are free.");
  choose_person (f, "jonas");
  lf_fake_client_set_busy (f->client, "jonas", &always, 1, FALSE);
  wait_for (says_times, f, "");
  wait_for (says_description, f, "In the next two weeks there is no time of 30 min at which all are free.");
}

static void
test_days (LfWindowTest *w)
{
  g_autofree Fixture   *f = open_dialog (w);
  LfDayStepper         *stepper = LF_DAY_STEPPER (lf_app_test_find (f->dialog, LF_TYPE_DAY_STEPPER, NULL));
  g_autoptr (GPtrArray) rows = get_rows (f, LF_TYPE_FREE_TIME_ROW);
  g_autofree char      *words = NULL;

  g_test_summary ("A time that is chosen shows its day; the days can be gone through by hand too");
  g_assert_cmpint (lf_day_stepper_get_days (stepper), ==, 0);
  g_signal_emit_by_name (rows->pdata[2], "activate");
  g_assert_cmpint (lf_day_stepper_get_days (stepper), ==, 1);
  wait_for (says_people, f, "You: free from 12:00\nJonas Weber: free until 12:00\n");
  lf_day_stepper_set_days (stepper, 0);
  g_assert_true (gtk_list_box_row_is_selected (rows->pdata[2]));
  words = lf_app_test_read_texts (GTK_WIDGET (stepper));
  g_assert_nonnull (strstr (words, "Today"));
  g_assert_true (lf_day_stepper_set_days (stepper, 99));
  g_assert_cmpint (lf_day_stepper_get_days (stepper), ==, LF_DAY_STEPPER_MAX_DAYS);
  g_assert_false (lf_day_stepper_set_days (stepper, LF_DAY_STEPPER_MAX_DAYS));
}

static void
test_live (LfWindowTest *w)
{
  static const LfBusyPeriod meeting = { AT (0, 14), AT (0, 16), LF_BUSY_BUSY };
  g_autofree Fixture       *f = open_dialog (w);
  g_autoptr (GPtrArray)     before = get_rows (f, LF_TYPE_FREE_TIME_ROW);
  g_autoptr (GPtrArray)     same = NULL;

  g_test_summary ("A calendar that changes changes the times; what says the same stays, with the focus");
  gtk_widget_grab_focus (before->pdata[1]);
  lf_fake_client_set_phone (f->client, "jonas", LF_PHONE_ON_HOOK);
  lf_spin_for_ms (100);
  same = get_rows (f, LF_TYPE_FREE_TIME_ROW);
  g_assert_cmpuint (same->len, ==, before->len);
  for (guint i = 0; i < same->len; i++)
    g_assert_true (same->pdata[i] == before->pdata[i]);
  g_assert_true (gtk_widget_is_focus (before->pdata[1]));
  lf_fake_client_set_busy (f->client, "jonas", &meeting, 1, FALSE);
  wait_for (says_times, f, "Today, 10:40–13:00 (2 h 20 min)\nToday, 16:00–18:00 (2 h)\n");
}

static void
test_offline (LfWindowTest *w)
{
  g_autofree Fixture *f = open_dialog (w);
  g_autofree char    *times = read_times (f);

  g_test_summary ("Without the server the age of what is held is told, also beside who is not counted");
  lf_fake_client_set_state (f->client, LF_CLIENT_RECONNECTING, LF_FAKE_NOW_US - 20 * LF_MINUTE);
  wait_for (says_description, f, "Reconnecting… calendars as of 10:20");
  wait_for (says_times, f, times);
  choose_person (f, "bruno");
  wait_for (says_description, f, "Not counting Bruno Costa: it is not known when they are free.\nReconnecting… calendars as of 10:20");
  lf_fake_client_set_state (f->client, LF_CLIENT_ONLINE, 0);
  wait_for (says_description, f, "Not counting Bruno Costa: it is not known when they are free.");
}

static void
on_text_read (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_copy (LfWindowTest *w)
{
  g_autofree Fixture   *f = open_dialog (w);
  g_autoptr (GPtrArray) rows = get_rows (f, LF_TYPE_FREE_TIME_ROW);
  g_autofree char      *text = NULL;

  g_test_summary ("The button of a time copies it, as long as the meeting takes, with day and zone");
  g_signal_emit_by_name (lf_app_test_find (rows->pdata[0], GTK_TYPE_BUTTON, NULL), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->dialog), NULL, on_text_read, &text);
  lf_wait_until (text != NULL, 5000);
  g_assert_cmpstr (text, ==, "Tuesday, 24 November, 14:30–15:00 (UTC)");
  lf_wait_until (lf_app_test_find (f->dialog, g_type_from_name ("AdwToastWidget"), NULL) != NULL, 5000);
}

/* Whom the popover shows, a line each. */
static char *
read_found (GtkWidget *popover)
{
  GtkWidget     *list = lf_app_test_find (popover, GTK_TYPE_LIST_BOX, NULL);
  GString       *words = g_string_new (NULL);
  GtkListBoxRow *row;

  for (int i = 0; list != NULL && (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i)) != NULL; i++)
    {
      GtkLabel *label = GTK_LABEL (lf_app_test_find (GTK_WIDGET (row), GTK_TYPE_LABEL, NULL));

      g_string_append_printf (words, "%s\n", gtk_label_get_label (label));
    }
  return g_string_free (words, FALSE);
}

static void
test_finding (LfWindowTest *w)
{
  static const char *const names[] = { "Anna Keller", "Andrei Popescu", NULL };
  g_autofree Fixture      *f = open_dialog (w);
  GtkWidget               *popover = get_popover (f);
  GtkEditable             *entry = GTK_EDITABLE (lf_app_test_find (popover, GTK_TYPE_SEARCH_ENTRY, NULL));
  g_autofree char         *first = NULL;
  g_autofree char         *found = NULL;
  g_autofree char         *people = NULL;
  g_autofree char         *labels = NULL;

  g_test_summary ("People are found among the contacts and in the directory; Enter adds the first");
  lf_fake_client_add_people (f->client, names);
  gtk_popover_popup (GTK_POPOVER (popover));
  lf_wait_until (gtk_widget_get_mapped (popover), 5000);
  first = read_found (popover);
  g_assert_true (g_str_has_prefix (first, "Priya Nair\n")); /* Jonas, the other favourite, is in already */
  gtk_editable_set_text (entry, "an");
  lf_wait_until ((g_free (found), found = read_found (popover), strstr (found, "Anna Keller") != NULL), 5000);
  g_assert_nonnull (strstr (found, "Andrei Popescu"));
  g_assert_null (strstr (found, "Bruno"));
  gtk_editable_set_text (entry, "anna");
  lf_wait_until ((g_free (found), found = read_found (popover), g_str_equal (found, "Anna Keller\n")), 5000);
  g_signal_emit_by_name (entry, "activate");
  lf_wait_until ((g_free (people), people = read_people (f), g_str_has_suffix (people, "Anna Keller: calendar not known\n")), 5000);
  gtk_popover_popup (GTK_POPOVER (popover));
  lf_wait_until (gtk_widget_get_mapped (popover), 5000);
  gtk_editable_set_text (entry, "bruno");
  g_signal_emit_by_name (entry, "activate"); /* at once: not the first of those shown before */
  lf_wait_until ((g_free (people), people = read_people (f), strstr (people, "Bruno Costa") != NULL), 5000);
  lf_wait_until (!gtk_widget_get_mapped (popover), 5000);
  lf_fake_client_fail_next (f->client, LF_ERROR_UNAVAILABLE);
  gtk_popover_popup (GTK_POPOVER (popover));
  lf_wait_until (gtk_widget_get_mapped (popover), 5000);
  gtk_editable_set_text (entry, "zzz");
  lf_wait_until ((g_free (labels), labels = lf_app_test_read_texts (popover), strstr (labels, "does not answer") != NULL), 5000);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
test_closed (LfWindowTest *w)
{
  static const char *const names[] = { "Anna Keller", NULL };
  g_autofree Fixture      *f = open_dialog (w);
  GtkWidget               *popover = get_popover (f);
  GtkEditable             *entry = GTK_EDITABLE (lf_app_test_find (popover, GTK_TYPE_SEARCH_ENTRY, NULL));

  g_test_summary ("The dialog can be closed while the directory is asked");
  lf_fake_client_add_people (f->client, names);
  gtk_popover_popup (GTK_POPOVER (popover));
  lf_wait_until (gtk_widget_get_mapped (popover), 5000);
  gtk_editable_set_text (entry, "zz");
  g_signal_emit_by_name (entry, "activate");
  gtk_editable_set_text (entry, "anna");
  g_signal_emit_by_name (entry, "activate");
  gtk_window_destroy (GTK_WINDOW (f->dialog));
  lf_spin_for_ms (50);
}

static void
test_many (LfWindowTest *w)
{
  g_autofree Fixture   *f = open_dialog (w);
  g_autoptr (GPtrArray) rows = NULL;

  g_test_summary ("There is an end to how many can be added, and the dialog goes when the user signs out");
  lf_fake_client_fill_many (f->client, 40);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%05u", i);

      choose_person (f, user);
    }
  rows = get_rows (f, LF_TYPE_FREE_TIME_PERSON);
  g_assert_cmpuint (rows->len, ==, LF_FREE_TIME_MAX_PEOPLE);
  lf_wait_until (!gtk_widget_get_sensitive (lf_app_test_find (f->dialog, GTK_TYPE_MENU_BUTTON, NULL)), 5000);
  lf_fake_client_set_state (f->client, LF_CLIENT_SIGNED_OUT, 0);
  g_assert_null (lf_window_test_find_toplevel (LF_TYPE_FREE_TIME_DIALOG));
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_FIND_TIME, "s", "");
  g_assert_null (lf_window_test_find_toplevel (LF_TYPE_FREE_TIME_DIALOG));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  lf_app_test_init (&argc, &argv);
  lf_window_test_add ("/free-time/times", test_times);
  lf_window_test_add ("/free-time/hours", test_hours);
  lf_window_test_add ("/free-time/people", test_people);
  lf_window_test_add ("/free-time/unknown", test_unknown);
  lf_window_test_add ("/free-time/days", test_days);
  lf_window_test_add ("/free-time/live", test_live);
  lf_window_test_add ("/free-time/offline", test_offline);
  lf_window_test_add ("/free-time/copy", test_copy);
  lf_window_test_add ("/free-time/finding", test_finding);
  lf_window_test_add ("/free-time/closed", test_closed);
  lf_window_test_add ("/free-time/many", test_many);
  return g_test_run ();
}
