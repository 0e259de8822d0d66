/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-fake-bus.h"
#include "lf-notifier.h"
#include "lf-test-util.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

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
  "<signal name='ActivationToken'><arg type='u'/><arg type='s'/></signal>"
  "</interface></node>";

/* What the server has on its screen. */
typedef struct
{
  guint32  n_ids;
  guint32  id; /* of the last Notify */
  guint32  replaces;
  char    *summary;
  char    *body;
  char   **actions;
  gboolean has_markup;
  gboolean hangs;     /* Notify is not answered until it is let go */
  gboolean is_let_go; /* by the program's main loop */
  gboolean gave_up;   /* it was not, for seconds */
} Screen;

typedef struct
{
  LfFakeBus  *bus;
  Screen      screen;
  LfNotifier *notifier;
  LfClock    *clock;
  LfRoster   *roster;
  char       *chosen; /* "user choice token" */
} Fixture;

/* GIO keeps one connection for the whole process, so there is one bus for all tests. */
static LfFakeBus *the_bus;

static GMutex hang_lock;
static GCond  hang_cond;

/* Runs on the thread of the service. */
static void
hang (Screen *screen)
{
  gint64 end_us = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&hang_lock);
  while (screen->hangs && !screen->is_let_go && !screen->gave_up)
    screen->gave_up = !g_cond_wait_until (&hang_cond, &hang_lock, end_us);
  g_mutex_unlock (&hang_lock);
}

static void
let_go (Screen *screen)
{
  g_mutex_lock (&hang_lock);
  screen->is_let_go = TRUE;
  g_cond_signal (&hang_cond);
  g_mutex_unlock (&hang_lock);
}

static GVariant *
answer (LfFakeBus  *bus,
        const char *interface,
        const char *method,
        GVariant   *parameters,
        gpointer    user_data)
{
  Fixture *f = *(Fixture **) user_data;

  if (g_str_equal (method, "GetCapabilities"))
    {
      const char *const capabilities[] = { "actions", "body", f->screen.has_markup ? "body-markup" : NULL, NULL };

      return g_variant_new ("(^as)", capabilities);
    }
  if (g_str_equal (method, "GetServerInformation"))
    return g_variant_new ("(ssss)", "fake", "test", "1", "1.2");
  if (g_str_equal (method, "Notify"))
    {
      hang (&f->screen);
      g_free (f->screen.summary);
      g_free (f->screen.body);
      g_strfreev (f->screen.actions);
      g_variant_get (parameters, "(susss^as@a{sv}i)", NULL, &f->screen.replaces, NULL, &f->screen.summary,
                     &f->screen.body, &f->screen.actions, NULL, NULL);
      f->screen.id = f->screen.replaces != 0 ? f->screen.replaces : ++f->screen.n_ids;
      return g_variant_new ("(u)", f->screen.id);
    }
  if (g_str_equal (method, "CloseNotification"))
    return g_variant_new ("()");
  return NULL;
}

static Fixture *the_fixture;

static void
on_chosen (LfNotifier *notifier,
           const char *user,
           guint       choice,
           const char *token,
           Fixture    *f)
{
  g_free (f->chosen);
  f->chosen = g_strdup_printf ("%s %u %s", user, choice, token == NULL ? "-" : token);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  if (the_bus == NULL)
    {
      the_bus = lf_fake_bus_new ();
      lf_fake_bus_serve (the_bus, NAME, PATH, xml, answer, &the_fixture);
    }
  the_fixture = f;
  f->bus = the_bus;
  f->screen.has_markup = TRUE;
  f->screen.n_ids = g_test_rand_int_range (1, 1000);
  lf_fake_bus_forget (f->bus);
  f->clock = lf_clock_new_manual (G_GINT64_CONSTANT (1763978520) * LF_SECOND);
  f->roster = lf_roster_new (f->clock);
  f->notifier = lf_notifier_new ();
  g_signal_connect (f->notifier, "chosen", G_CALLBACK (on_chosen), f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  lf_wait_until (G_OBJECT (f->notifier)->ref_count == 1, 5000);
  g_assert_finalize_object (f->notifier);
  g_assert_finalize_object (f->roster);
  g_assert_finalize_object (f->clock);
  g_free (f->screen.summary);
  g_free (f->screen.body);
  g_strfreev (f->screen.actions);
  g_free (f->chosen);
}

static LfContact *
add_contact (Fixture            *f,
             LfReachabilityState state)
{
  LfPhone                phone = { LF_PHONE_ON_HOOK, LF_INSTANT_NONE, LF_INSTANT_NONE, NULL, NULL };
  LfCalendar             calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
  LfReachability         reachability = { state, LF_INSTANT_NONE, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) presence = lf_presence_new (&phone, &calendar, &reachability, 1);
  LfPersonFields         fields = { "ada", "ada", "Ada Lovelace", NULL, NULL, NULL, NULL };
  LfContact             *contact = lf_roster_ensure (f->roster, "ada");

  lf_contact_set_person (contact, &fields);
  lf_roster_apply_presence (f->roster, "ada", presence, TRUE);
  return contact;
}

static void
test_available (Fixture      *f,
                gconstpointer data)
{
  LfContact *contact = add_contact (f, LF_REACHABILITY_ONLINE);

  g_test_summary ("Who has become available is told with Call and Chat, and acting on it says which");
  lf_notifier_tell_available (f->notifier, contact);
  lf_wait_until (f->screen.summary != NULL, 5000);
  g_assert_cmpstr (f->screen.summary, ==, "Ada Lovelace is free to talk");
  g_assert_cmpstr (f->screen.body, ==, "Online");
  g_assert_true (g_strv_contains ((const char *const *) f->screen.actions, "default"));
  g_assert_true (g_strv_contains ((const char *const *) f->screen.actions, "call"));
  g_assert_true (g_strv_contains ((const char *const *) f->screen.actions, "chat"));
  lf_fake_bus_emit (f->bus, PATH, NAME, "ActivationToken", g_variant_new ("(us)", f->screen.id, "token-1"));
  lf_fake_bus_emit (f->bus, PATH, NAME, "ActionInvoked", g_variant_new ("(us)", f->screen.id, "call"));
  lf_wait_until (f->chosen != NULL, 5000);
  g_assert_cmpstr (f->chosen, ==, "ada 2 token-1");
}

static void
test_message (Fixture      *f,
              gconstpointer data)
{
  g_test_summary ("A message is told with its text escaped; a second takes its place; read, it is closed");
  lf_notifier_tell_message (f->notifier, "ada", "Ada Lovelace", "<img src='x'> & more", 1);
  lf_wait_until (f->screen.summary != NULL, 5000);
  g_assert_cmpstr (f->screen.summary, ==, "Ada Lovelace");
  g_assert_cmpstr (f->screen.body, ==, "&lt;img src=&apos;x&apos;&gt; &amp; more");
  g_assert_cmpuint (f->screen.replaces, ==, 0);
  lf_notifier_tell_message (f->notifier, "ada", "Ada Lovelace", "second", 2);
  lf_wait_until (g_strcmp0 (f->screen.body, "second") == 0, 5000);
  g_assert_cmpstr (f->screen.summary, ==, "Ada Lovelace (2 messages)");
  g_assert_cmpuint (f->screen.replaces, !=, 0);
  lf_notifier_withdraw_message (f->notifier, "ada");
  lf_wait_until (lf_fake_bus_called (f->bus, "CloseNotification"), 5000);
}

static void
test_plain (Fixture      *f,
            gconstpointer data)
{
  g_test_summary ("A server without markup gets the text as it is; without “show text” only who wrote");
  f->screen.has_markup = FALSE;
  lf_notifier_tell_message (f->notifier, "ada", "Ada", "1 < 2", 1);
  lf_wait_until (f->screen.summary != NULL, 5000);
  g_assert_cmpstr (f->screen.body, ==, "1 < 2");
  lf_notifier_set_shows_text (f->notifier, FALSE);
  lf_notifier_tell_message (f->notifier, "ada", "Ada", "secret", 1);
  lf_wait_until (g_strcmp0 (f->screen.body, "1 < 2") != 0, 5000);
  g_assert_cmpstr (f->screen.body, ==, "New message");
}

static void
test_quiet (Fixture      *f,
            gconstpointer data)
{
  LfContact *contact = add_contact (f, LF_REACHABILITY_ONLINE);

  g_test_summary ("While the user is not to be disturbed nothing pops up; who is free is told afterwards");
  lf_notifier_set_is_quiet (f->notifier, TRUE);
  lf_notifier_tell_message (f->notifier, "bo", "Bo", "text", 1);
  lf_notifier_tell_available (f->notifier, contact);
  lf_spin_for_ms (100);
  g_assert_false (lf_fake_bus_called (f->bus, "Notify"));
  lf_notifier_set_is_quiet (f->notifier, FALSE);
  lf_wait_until (lf_fake_bus_called (f->bus, "Notify"), 5000);
  g_assert_cmpstr (f->screen.summary, ==, "Ada Lovelace is free to talk");
  g_assert_cmpuint (lf_fake_bus_count (f->bus, "Notify"), ==, 1);
}

static void
test_quiet_gone (Fixture      *f,
                 gconstpointer data)
{
  LfContact *contact = add_contact (f, LF_REACHABILITY_ONLINE);

  g_test_summary ("Who is free no more when the quiet ends is not told");
  lf_notifier_set_is_quiet (f->notifier, TRUE);
  lf_notifier_tell_available (f->notifier, contact);
  add_contact (f, LF_REACHABILITY_AWAY);
  lf_notifier_set_is_quiet (f->notifier, FALSE);
  lf_spin_for_ms (100);
  g_assert_false (lf_fake_bus_called (f->bus, "Notify"));
}

static void
test_closed (Fixture      *f,
             gconstpointer data)
{
  g_test_summary ("One that the user has closed is not replaced but made anew");
  lf_notifier_tell_message (f->notifier, "ada", "Ada", "one", 1);
  lf_wait_until (f->screen.summary != NULL, 5000);
  lf_fake_bus_emit (f->bus, PATH, NAME, "NotificationClosed", g_variant_new ("(uu)", f->screen.id, 2));
  lf_spin_for_ms (100);
  lf_notifier_tell_message (f->notifier, "ada", "Ada", "two", 1);
  lf_wait_until (g_strcmp0 (f->screen.body, "two") == 0, 5000);
  g_assert_cmpuint (f->screen.replaces, ==, 0);
}

static void
test_hanging (Fixture      *f,
              gconstpointer data)
{
  g_test_summary ("A server that hangs holds nothing up; what was withdrawn meanwhile is closed when it comes");
  f->screen.hangs = TRUE;
  lf_notifier_tell_message (f->notifier, "ada", "Ada", "text", 1);
  lf_wait_until (lf_fake_bus_called (f->bus, "Notify"), 9000);
  lf_notifier_withdraw (f->notifier, "ada");
  let_go (&f->screen);
  lf_wait_until (lf_fake_bus_called (f->bus, "CloseNotification"), 5000);
  g_assert_false (f->screen.gave_up);
}

static void
test_signed_out (Fixture      *f,
                 gconstpointer data)
{
  LfContact *contact = add_contact (f, LF_REACHABILITY_ONLINE);

  g_test_summary ("After the sign-out nothing is left on the screen, and nobody is told of later");
  lf_notifier_tell_message (f->notifier, "bo", "Bo", "text", 1);
  lf_wait_until (f->screen.summary != NULL, 5000);
  lf_notifier_set_is_quiet (f->notifier, TRUE);
  lf_notifier_tell_available (f->notifier, contact);
  lf_notifier_withdraw_all (f->notifier);
  lf_notifier_set_is_quiet (f->notifier, FALSE);
  lf_wait_until (lf_fake_bus_called (f->bus, "CloseNotification"), 5000);
  g_assert_cmpuint (lf_fake_bus_count (f->bus, "Notify"), ==, 1);
}

static void
test_no_server (void)
{
  LfNotifier *notifier = lf_notifier_new ();

  g_test_summary ("Without a notification server nothing happens, quietly");
  g_assert_null (the_bus);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  lf_notifier_tell_message (notifier, "ada", "Ada", "text", 1);
  lf_wait_until (G_OBJECT (notifier)->ref_count == 1, 10000);
  lf_notifier_tell_message (notifier, "ada", "Ada", "text", 1);
  lf_wait_until (G_OBJECT (notifier)->ref_count == 1, 10000);
  g_assert_finalize_object (notifier);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notifier/no-server", test_no_server);
  g_test_add ("/notifier/available", Fixture, NULL, set_up, test_available, tear_down);
  g_test_add ("/notifier/message", Fixture, NULL, set_up, test_message, tear_down);
  g_test_add ("/notifier/plain", Fixture, NULL, set_up, test_plain, tear_down);
  g_test_add ("/notifier/quiet", Fixture, NULL, set_up, test_quiet, tear_down);
  g_test_add ("/notifier/quiet-gone", Fixture, NULL, set_up, test_quiet_gone, tear_down);
  g_test_add ("/notifier/closed", Fixture, NULL, set_up, test_closed, tear_down);
  g_test_add ("/notifier/hanging", Fixture, NULL, set_up, test_hanging, tear_down);
  g_test_add ("/notifier/signed-out", Fixture, NULL, set_up, test_signed_out, tear_down);
  status = g_test_run ();
  if (the_bus != NULL)
    lf_fake_bus_free (the_bus);
  return status;
}
