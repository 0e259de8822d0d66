/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the window on made-up people, without a server, and writes a picture of it:
 *   gallery FILE.png [WxH [light|dark [PAGE [compact]]]]
 * PAGE: contacts, contact, chat, chats, status, status-new, old-note, join, find, find-time, preferences, calendars, calendars-all, sign-in, sign-in-error, sign-in-wait, calls, calling, call-busy, lamps, lamps-empty, lamps:N, search:WORDS, cut, hover, many:N */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <stdlib.h>

#include "lf-app-test.h"
#include "lf-fake-calendars.h"
#include "lf-fake-client.h"
#include "lf-preferences.h"
#include "lf-screenshot.h"
#include "lf-test-util.h"
#include "lf-window-private.h"

static gboolean is_done;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!lf_screenshot_take_finish (result, &error))
    g_printerr ("%s\n", error->message);
  is_done = TRUE;
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* What many contacts cost: until they are drawn, and a status of one of them. */
static void
measure_many (LfWindow *window, LfClient *client, guint n)
{
  gint64 start_us = g_get_monotonic_time ();

  lf_fake_client_fill_many (client, n);
  lf_contact_model_flush (lf_contact_list_get_model (lf_window_get_contact_list (window)));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_print ("%u contacts drawn after %.1f ms\n", n, (g_get_monotonic_time () - start_us) / 1000.0);
  start_us = g_get_monotonic_time ();
  for (int i = 0; i < 5000; i++)
    {
      lf_fake_client_set_phone (client, "david", LF_PHONE_OFF_HOOK);
      lf_fake_client_set_phone (client, "david", LF_PHONE_ON_HOOK);
    }
  g_print ("10000 changes of a row in view: %.1f ms\n", (g_get_monotonic_time () - start_us) / 1000.0);
  start_us = g_get_monotonic_time ();
  lf_contact_model_set_query (lf_contact_list_get_model (lf_window_get_contact_list (window)), "person 0002");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_print ("filtered and drawn: %.1f ms\n", (g_get_monotonic_time () - start_us) / 1000.0);
}

/* Lamps of everybody, in all states; one rings. */
static void
fill_lamps (LfClient *client, guint n)
{
  static const LfPhoneState phones[] = { LF_PHONE_ON_HOOK, LF_PHONE_OFF_HOOK, LF_PHONE_ON_HOOK, LF_PHONE_ON_HOOK, LF_PHONE_DO_NOT_DISTURB };
  g_autoptr (GPtrArray)     users = g_ptr_array_new ();
  GListModel               *roster = G_LIST_MODEL (lf_client_get_roster (client));

  lf_fake_client_fill_many (client, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%05u", i);

      lf_fake_client_set_reach (client, user, LF_REACHABILITY_OFFLINE + i * 7 % 5, NULL);
      lf_fake_client_set_phone (client, user, phones[i % G_N_ELEMENTS (phones)]);
    }
  lf_fake_client_set_phone (client, "bruno", LF_PHONE_RINGING);
  for (guint i = 0; i < MIN (g_list_model_get_n_items (roster), LF_SPEED_DIAL_MAX); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

      g_ptr_array_add (users, (char *) lf_contact_get_user (contact));
    }
  g_ptr_array_add (users, NULL);
  lf_client_set_speed_dials (client, (const char *const *) users->pdata);
}

/* Preferences on the page of the calendars, of this computer and those that the server reads, some of them in trouble. */
static void
open_calendars (LfWindow *window, LfClient *client, GSettings *settings, const char *page, int width)
{
  static const struct
  {
    const char      *name;
    const char      *account;
    const char      *colour;
    gboolean         is_ticked;
    LfDesktopTrouble trouble;
  } rows[] = {
    { "Calendar", "mara.lind@example.org", "#3584e4", TRUE, LF_DESKTOP_TROUBLE_NONE },
    { "Product planning and releases, northern region", "mara.lind@example.org", "#33d17a", TRUE, LF_DESKTOP_TROUBLE_NONE },
    { "Team", "mara.lind@example.org", "#f6d32d", TRUE, LF_DESKTOP_TROUBLE_WAITING },
    { "Private", "Nextcloud", "#9141ac", TRUE, LF_DESKTOP_TROUBLE_CREDENTIALS },
    { "Travel", "Nextcloud", "#e01b24", TRUE, LF_DESKTOP_TROUBLE_OFFLINE },
    { "Birthdays & Anniversaries", "On This Computer", NULL, FALSE, LF_DESKTOP_TROUBLE_NONE },
    { "Personal", "On This Computer", "#62a0ea", TRUE, LF_DESKTOP_TROUBLE_TOO_MANY },
  };
  g_autoptr (LfDesktopCalendars) calendars = lf_desktop_calendars_new (NULL, NULL);
  LfPreferences                 *preferences;

  lf_fake_calendars_set_state (calendars, LF_DESKTOP_STATE_READY);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfDesktopCalendar *calendar = lf_desktop_calendar_new (rows[i].name);

      lf_desktop_calendar_set_words (calendar, rows[i].name, rows[i].account, rows[i].colour);
      lf_desktop_calendar_set_state (calendar, rows[i].is_ticked, rows[i].is_ticked);
      lf_desktop_calendar_set_trouble (calendar, rows[i].trouble);
      lf_fake_calendars_add (calendars, calendar);
    }
  lf_fake_client_add_calendar (client, "exchange", LF_FAKE_NOW_US - 4 * LF_MINUTE, LF_CALENDAR_CODE_OK);
  lf_fake_client_add_calendar (client, "mara-private", LF_FAKE_NOW_US - 3 * LF_HOUR, LF_CALENDAR_CODE_REFUSED);
  lf_client_set_calendar_view (client, LF_CALENDAR_VIEW_STATE);
  preferences = lf_preferences_new (GTK_WINDOW (window), settings, client, calendars, NULL);
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), "calendars");
  gtk_window_set_default_size (GTK_WINDOW (preferences), width, g_str_equal (page, "calendars-all") ? 1400 : 600);
  gtk_window_present (GTK_WINDOW (preferences));
}

/* A meeting that can be joined, in the menu of the own status. */
static void
open_join (LfWindow *window, LfClient *client)
{
  const LfBusyPeriod             period = { LF_FAKE_NOW_US - 5 * LF_MINUTE, LF_FAKE_NOW_US + LF_HOUR, LF_BUSY_BUSY };
  g_autoptr (LfBusyList)         busy = lf_busy_list_new (&period, 1);
  const LfCalendar               calendar = { busy, LF_FAKE_NOW_US - LF_DAY, LF_FAKE_NOW_US + LF_DAY, LF_FAKE_NOW_US, 1000, NULL };
  g_autoptr (LfPresence)         presence = lf_presence_with_calendar (lf_contact_get_presence (lf_client_get_own (client)), &calendar);
  g_autoptr (LfDesktopCalendars) calendars = lf_desktop_calendars_new (NULL, NULL);

  lf_contact_set_presence (lf_client_get_own (client), presence);
  lf_fake_calendars_set_link (calendars, "https://meet.example.org/planning");
  lf_own_status_set_calendars (lf_window_get_own_status (window), calendars);
  lf_own_status_popup (lf_window_get_own_status (window));
}

/* Nothing is live there: LF_TEST_PICTURES names the folder. */
static void
picture_sign_in (LfWindow *window, const char *page, const char *name)
{
  g_autoptr (GError) error = g_error_new_literal (LF_ERROR, LF_ERROR_INSECURE, "x");

  if (g_str_equal (page, "sign-in-error"))
    lf_window_show_sign_in_error (window, error);
  if (g_str_equal (page, "sign-in-wait"))
    {
      lf_window_set_is_restoring (window, TRUE);
      lf_window_set_is_waiting (window, TRUE);
    }
  lf_app_test_take_picture (GTK_WIDGET (window), name);
}

int
main (int argc, char **argv)
{
  static const char *const  people[] = { "Anna Keller", "Andrei Popescu", "Anouk Janssen", NULL };
  g_autoptr (LfApplication) application = lf_application_new ();
  LfScreenshotPlan          plan = { .path = argv[1], .page = (char *) (argc > 4 ? argv[4] : "contact") };
  LfWindow                 *window;
  LfClient                 *client;

  lf_app_test_speak ();
  if (argc > 2)
    sscanf (argv[2], "%dx%d", &plan.width, &plan.height);
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      argc > 3 && g_str_equal (argv[3], "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                                : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_settings_set_boolean (lf_application_get_settings (application), "is-compact", argc > 5);
  g_settings_set (lf_application_get_settings (application), "custom-statuses", "a(ssb)", NULL);
  client = lf_application_get_client (application);
  lf_application_present (application);
  window = LF_WINDOW (gtk_application_get_windows (GTK_APPLICATION (application))->data);
  gtk_window_set_default_size (GTK_WINDOW (window), plan.width, plan.height);
  if (g_str_has_prefix (plan.page, "sign-in"))
    {
      picture_sign_in (window, plan.page, plan.path);
      return 0;
    }
  lf_fake_client_fill (client);
  lf_fake_client_add_people (client, people);
  if (g_str_has_prefix (plan.page, "call"))
    lf_fake_client_fill_calls (client);
  if (g_str_equal (plan.page, "calling"))
    lf_fake_client_set_call (client, "jonas", LF_CALL_RINGING_YOU, LF_CALL_REASON_NONE);
  if (g_str_equal (plan.page, "call-busy"))
    lf_fake_client_set_call (client, "jonas", LF_CALL_BUSY, LF_CALL_REASON_NONE);
  if (g_str_has_prefix (plan.page, "many:"))
    measure_many (window, client, (guint) atoi (plan.page + 5));
  if (g_str_has_prefix (plan.page, "search:"))
    {
      lf_window_show_view (window, "contacts");
      lf_contact_list_start_search (lf_window_get_contact_list (window));
      gtk_editable_set_text (GTK_EDITABLE (find_type (GTK_WIDGET (lf_window_get_contact_list (window)), GTK_TYPE_SEARCH_ENTRY)), plan.page + 7);
    }
  if (g_str_has_prefix (plan.page, "lamps"))
    {
      if (!g_str_equal (plan.page, "lamps-empty"))
        fill_lamps (client, g_str_has_prefix (plan.page, "lamps:") ? (guint) atoi (plan.page + 6) : 0);
      plan.page = (char *) "lamps";
    }
  if (g_str_equal (plan.page, "hover"))
    {
      lf_spin_for_ms (200);
      lf_contact_list_grab_row (lf_window_get_contact_list (window));
    }
  if (g_str_equal (plan.page, "find-time"))
    lf_fake_client_fill_days (client);
  if (g_str_equal (plan.page, "status-new"))
    {
      lf_own_status_popup (lf_window_get_own_status (window));
      lf_client_set_status (client, LF_CHOICE_AWAY, "Lunch", "🍕", LF_FAKE_NOW_US + LF_HOUR);
      lf_spin_for_ms (300);
    }
  if (g_str_equal (plan.page, "join"))
    open_join (window, client);
  if (g_str_has_prefix (plan.page, "calendars"))
    open_calendars (window, client, lf_application_get_settings (application), plan.page, plan.width);
  lf_screenshot_take_async (window, &plan, on_done, NULL);
  if (g_str_equal (plan.page, "old-note"))
    {
      lf_client_set_status (client, LF_CHOICE_AUTOMATIC, "Quarter close", "📈", LF_INSTANT_NONE);
      lf_clock_advance (lf_client_get_clock (client), 3 * LF_HOUR);
    }
  if (g_str_equal (plan.page, "cut"))
    {
      lf_spin_for_ms (200);
      lf_fake_client_set_state (client, LF_CLIENT_RECONNECTING, LF_FAKE_NOW_US);
      lf_spin_for_ms (2500);
      lf_fake_client_set_state (client, LF_CLIENT_ONLINE, LF_FAKE_NOW_US);
    }
  lf_wait_until (is_done, 20000);
  gtk_window_destroy (GTK_WINDOW (window));
  g_application_quit (G_APPLICATION (application));

  return 0;
}
