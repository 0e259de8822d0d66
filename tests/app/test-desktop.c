/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-application.h"
#include "lf-fake-bus.h"
#include "lf-fake-chat-client.h"
#include "lf-window.h"

#define NAME       "org.freedesktop.Notifications"
#define PATH       "/org/freedesktop/Notifications"
#define LOGIN      "org.freedesktop.login1"
#define LOGIN_PATH "/org/freedesktop/login1"

static const char xml[] =
  "<node><interface name='org.freedesktop.Notifications'>"
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
  "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>"
  "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
  "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
  "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
  "</interface></node>";

static const char login_xml[] =
  "<node><interface name='" LOGIN ".Manager'>"
  "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
  "<method name='GetSession'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
  "<signal name='PrepareForSleep'><arg type='b'/></signal></interface></node>";

#define NOTIFICATION_ID 77

/* One program for all tests, as there is one for a user. */
typedef struct
{
  LfFakeBus     *bus;
  LfApplication *application;
  LfClient      *client;
  GSettings     *settings;
} World;

static GVariant *
answer (LfFakeBus  *bus,
        const char *interface,
        const char *method,
        GVariant   *parameters,
        gpointer    user_data)
{
  const char *const capabilities[] = { "actions", "body", "body-markup", NULL };

  if (g_str_equal (method, "GetCapabilities"))
    return g_variant_new ("(^as)", capabilities);
  if (g_str_equal (method, "GetServerInformation"))
    return g_variant_new ("(ssss)", "fake", "test", "1", "1.2");
  if (g_str_equal (method, "Notify"))
    return g_variant_new ("(u)", NOTIFICATION_ID);
  if (g_str_equal (method, "CloseNotification"))
    return g_variant_new ("()");
  return NULL;
}

static gboolean
has_told (World      *world,
          const char *words)
{
  gboolean is_told = FALSE;

  g_mutex_lock (&world->bus->lock);
  for (guint i = 0; i < world->bus->calls->len; i++)
    {
      const char *call = g_ptr_array_index (world->bus->calls, i);

      is_told = is_told || (g_str_has_prefix (call, "Notify(") && strstr (call, words) != NULL);
    }
  g_mutex_unlock (&world->bus->lock);
  return is_told;
}

static LfContact *
make_own (LfPhoneState state)
{
  LfPhone                phone = { state, LF_INSTANT_NONE, LF_INSTANT_NONE, NULL, NULL };
  LfCalendar             calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
  LfReachability         reachability = { LF_REACHABILITY_ONLINE, LF_INSTANT_NONE, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) presence = lf_presence_new (&phone, &calendar, &reachability, 1);
  LfContact             *own = lf_contact_new ("me");

  lf_contact_set_presence (own, presence);
  lf_contact_resolve (own, 0);
  return own;
}

static void
test_message (gconstpointer data)
{
  World                *world = (World *) data;
  LfConversation       *conversation = lf_fake_client_add_conversation (world->client, "ada");
  g_autoptr (LfContact) own = make_own (LF_PHONE_ON_HOOK);
  g_autoptr (LfContact) busy = make_own (LF_PHONE_DO_NOT_DISTURB);

  g_test_summary ("A message to a conversation not in view is told, read it is closed; not while Do not disturb is on");
  lf_fake_client_add_contact (world->client, "ada", "Ada Lovelace");
  lf_fake_client_set_own (world->client, own);
  lf_fake_client_receive (world->client, conversation, "See <you>", 0);
  lf_wait_until (has_told (world, "'Ada Lovelace', 'See &lt;you&gt;'"), 5000);
  lf_client_mark_read (world->client, conversation);
  lf_wait_until (lf_fake_bus_called (world->bus, "CloseNotification"), 5000);

  lf_fake_client_set_own (world->client, busy);
  lf_fake_client_receive (world->client, conversation, "quiet please", 0);
  lf_spin_for_ms (100);
  g_assert_false (has_told (world, "quiet please"));
  lf_fake_client_set_own (world->client, own);

  g_settings_set_boolean (world->settings, "notify-messages", FALSE);
  lf_fake_client_receive (world->client, conversation, "switched off", 0);
  lf_spin_for_ms (100);
  g_assert_false (has_told (world, "switched off"));
  g_settings_reset (world->settings, "notify-messages");

  g_settings_set_boolean (world->settings, "notify-message-text", FALSE);
  lf_fake_client_receive (world->client, conversation, "a secret", 0);
  lf_wait_until (has_told (world, "New message"), 5000);
  g_assert_false (has_told (world, "a secret"));
  g_settings_reset (world->settings, "notify-message-text");
}

static void
on_count_told (GDBusConnection *bus,
               const char      *sender,
               const char      *path,
               const char      *interface,
               const char      *signal,
               GVariant        *parameters,
               gpointer         count)
{
  g_autoptr (GVariant) entry = NULL;
  const char          *uri;
  gboolean             is_visible;

  g_variant_get (parameters, "(&s@a{sv})", &uri, &entry);
  g_assert_cmpstr (uri, ==, "application://org.lampfield.Lampfield.desktop");
  g_assert_true (g_variant_lookup (entry, "count", "x", count));
  g_assert_true (g_variant_lookup (entry, "count-visible", "b", &is_visible));
  g_assert_cmpint (is_visible, ==, *(gint64 *) count > 0);
}

static void
test_count (gconstpointer data)
{
  World           *world = (World *) data;
  LfConversation  *conversation = lf_fake_client_add_conversation (world->client, "eve");
  LfCallLog       *log = lf_telephone_get_log (lf_client_get_telephone (world->client));
  LfWireCallRecord missed = { .id = (char *) "missed-1", .kind = LF_CALL_MISSED, .started_at_us = 1, .answered_at_us = LF_INSTANT_NONE, .ended_at_us = 2 };
  gint64           count = -1;
  guint            id;

  g_test_summary ("The program's icon tells unread messages and missed calls, and nothing once all is seen");
  id = g_dbus_connection_signal_subscribe (world->bus->service, NULL, "com.canonical.Unity.LauncherEntry", "Update", NULL, NULL,
                                           G_DBUS_SIGNAL_FLAGS_NONE, on_count_told, &count, NULL);
  lf_spin_for_ms (100); /* the bus knows who listens */
  lf_fake_client_receive (world->client, conversation, "one", 0);
  lf_wait_until (count == 1, 5000);
  lf_fake_client_receive (world->client, conversation, "two", 0);
  lf_wait_until (count == 2, 5000);
  lf_call_log_take_record (log, &missed);
  lf_wait_until (count == 3, 5000);
  lf_client_mark_read (world->client, conversation);
  lf_wait_until (count == 1, 5000);
  lf_call_log_take_removed (log, "missed-1");
  lf_wait_until (count == 0, 5000);
  g_dbus_connection_signal_unsubscribe (world->bus->service, id);
}

static void
test_available (gconstpointer data)
{
  World     *world = (World *) data;
  LfContact *contact = lf_fake_client_add_contact (world->client, "bo", "Bo Diddley");

  g_test_summary ("Who became available is told, unless that is switched off");
  g_settings_set_boolean (world->settings, "notify-available", FALSE);
  g_signal_emit_by_name (world->client, "became-available", contact);
  lf_spin_for_ms (100);
  g_assert_false (has_told (world, "Bo Diddley is free to talk"));
  g_settings_reset (world->settings, "notify-available");
  g_signal_emit_by_name (world->client, "became-available", contact);
  lf_wait_until (has_told (world, "Bo Diddley is free to talk"), 5000);
}

static void
test_sign_out (gconstpointer data)
{
  World                *world = (World *) data;
  LfContact            *contact = lf_fake_client_add_contact (world->client, "cy", "Cy Twombly");
  g_autoptr (LfContact) busy = make_own (LF_PHONE_DO_NOT_DISTURB);
  g_autoptr (LfContact) reachable = make_own (LF_PHONE_ON_HOOK);

  g_test_summary ("Signing out ends Do not disturb, but tells of nobody who is not shown any more");
  lf_contact_set_presence (contact, lf_contact_get_presence (reachable));
  lf_contact_resolve (contact, 0);
  lf_fake_client_set_own (world->client, busy);
  g_signal_emit_by_name (world->client, "became-available", contact);
  lf_fake_client_set_own (world->client, NULL);
  lf_spin_for_ms (100);
  g_assert_false (has_told (world, "Cy Twombly is free to talk"));
}

static void
test_sleep (gconstpointer data)
{
  World                 *world = (World *) data;
  g_autoptr (LfContact)  own = make_own (LF_PHONE_ON_HOOK);
  LfReachability         away = { LF_REACHABILITY_AWAY, LF_INSTANT_NONE, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) told = lf_presence_with_reachability (lf_contact_get_presence (own), &away, 2);

  /* Whether it is online then depends on when the screen was touched last: see test-idle.c. */
  g_test_summary ("Sleep is away, and waits until the server has heard so; awake again it connects at once");
  lf_fake_client_set_own (world->client, own);
  lf_wait_until (lf_fake_bus_called (world->bus, "GetSession"), 5000);
  lf_wait_until (lf_fake_bus_is_inhibited (world->bus), 5000);
  lf_fake_bus_emit (world->bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", TRUE));
  lf_wait_until (strstr (lf_fake_client_get_log (world->client), "reach away\n") != NULL, 5000);
  g_assert_null (strstr (lf_fake_client_get_log (world->client), "reconnect"));
  g_assert_true (lf_fake_bus_is_inhibited (world->bus));
  lf_contact_set_presence (own, told);
  lf_contact_resolve (own, 0);
  g_assert_false (lf_fake_bus_is_inhibited (world->bus));
  lf_fake_bus_emit (world->bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", FALSE));
  lf_wait_until (strstr (lf_fake_client_get_log (world->client), "reconnect now\n") != NULL, 5000);
}

static GtkWindow *
get_window (World *world)
{
  return gtk_application_get_active_window (GTK_APPLICATION (world->application));
}

static void
test_background (gconstpointer data)
{
  World     *world = (World *) data;
  GtkWindow *window = NULL;

  g_test_summary ("Closing the window keeps the program running when the user said so, and says so once");
  lf_application_present (world->application);
  window = get_window (world);
  g_assert_nonnull (window);
  g_settings_set_boolean (world->settings, "run-in-background", TRUE);
  gtk_window_close (window);
  lf_wait_until (!gtk_widget_get_visible (GTK_WIDGET (window)), 5000);
  lf_wait_until (has_told (world, "Lampfield keeps running"), 5000);
  g_assert_true (g_settings_get_boolean (world->settings, "has-told-background"));
  lf_fake_bus_forget (world->bus);
  lf_application_present (world->application);
  g_assert_true (get_window (world) == window);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window)));
  gtk_window_close (window);
  lf_wait_until (!gtk_widget_get_visible (GTK_WIDGET (window)), 5000);
  lf_spin_for_ms (100);
  g_assert_false (has_told (world, "Lampfield keeps running"));
  lf_application_present (world->application);
  g_settings_set_boolean (world->settings, "run-in-background", FALSE);
  gtk_window_close (window);
  lf_wait_until (get_window (world) == NULL, 5000);
}

static gboolean
on_end (gpointer application)
{
  g_action_group_activate_action (application, "quit", NULL);
  return G_SOURCE_REMOVE;
}

int
main (int   argc,
      char *argv[])
{
  World              world = { NULL, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  int                status;

  world.bus = lf_fake_bus_new ();
  lf_fake_bus_serve (world.bus, NAME, PATH, xml, answer, NULL);
  lf_fake_bus_serve (world.bus, LOGIN, LOGIN_PATH, login_xml, answer, NULL);
  lf_app_test_init (&argc, &argv);
  world.application = g_object_new (LF_TYPE_APPLICATION, "application-id", "org.lampfield.Test", "flags",
                                    G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/lampfield/Lampfield", NULL);
  g_application_register (G_APPLICATION (world.application), NULL, &error);
  g_assert_no_error (error);
  g_application_hold (G_APPLICATION (world.application));
  world.client = lf_application_get_client (world.application);
  world.settings = lf_application_get_settings (world.application);

  g_test_add_data_func ("/desktop/count", &world, test_count);
  g_test_add_data_func ("/desktop/message", &world, test_message);
  g_test_add_data_func ("/desktop/available", &world, test_available);
  g_test_add_data_func ("/desktop/sign-out", &world, test_sign_out);
  g_test_add_data_func ("/desktop/sleep", &world, test_sleep);
  g_test_add_data_func ("/desktop/background", &world, test_background);
  status = g_test_run ();
  g_idle_add (on_end, world.application);
  g_assert_cmpint (g_application_run (G_APPLICATION (world.application), 0, NULL), ==, 0);
  lf_wait_until (G_OBJECT (world.application)->ref_count == 1, 5000);
  g_assert_finalize_object (world.application);
  lf_fake_bus_free (world.bus);
  return status;
}
