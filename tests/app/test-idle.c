/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gdk/x11/gdkx.h>

#include "lf-app-test.h"
#include "lf-fake-bus.h"
#include "lf-idle.h"
#include "lf-reach.h"
#include "lf-sleep-delay.h"

#define MUTTER       "org.gnome.Mutter.IdleMonitor"
#define MUTTER_PATH  "/org/gnome/Mutter/IdleMonitor/Core"
#define LOGIN        "org.freedesktop.login1"
#define LOGIN_PATH   "/org/freedesktop/login1"
#define SESSION_PATH "/org/freedesktop/login1/session/_31"
#define SAVER        "org.freedesktop.ScreenSaver"
#define SAVER_PATH   "/org/freedesktop/ScreenSaver"

static const char mutter_xml[] =
  "<node><interface name='" MUTTER "'>"
  "<method name='GetIdletime'><arg type='t' direction='out'/></method>"
  "<method name='AddIdleWatch'><arg type='t' direction='in'/><arg type='u' direction='out'/></method>"
  "<method name='AddUserActiveWatch'><arg type='u' direction='out'/></method>"
  "<method name='RemoveWatch'><arg type='u' direction='in'/></method>"
  "<signal name='WatchFired'><arg type='u'/></signal></interface></node>";

static const char login_xml[] =
  "<node><interface name='" LOGIN ".Manager'>"
  "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
  "<method name='GetSession'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
  "<signal name='PrepareForSleep'><arg type='b'/></signal></interface></node>";

static const char session_xml[] =
  "<node><interface name='" LOGIN ".Session'>"
  "<property name='LockedHint' type='b' access='read'/></interface></node>";

static const char saver_xml[] =
  "<node><interface name='" SAVER "'>"
  "<method name='GetSessionIdleTime'><arg type='u' direction='out'/></method>"
  "<method name='GetActive'><arg type='b' direction='out'/></method>"
  "<signal name='ActiveChanged'><arg type='b'/></signal></interface></node>";

/* What the desktop says; read on the thread of the services. */
typedef struct
{
  gint idle_ms;
  gint is_locked;
} Desktop;

typedef struct
{
  guint  level;
  gint64 idle_ms;
  guint  n_changes;
} Heard;

static GVariant *
answer (LfFakeBus  *bus,
        const char *interface,
        const char *method,
        GVariant   *parameters,
        gpointer    user_data)
{
  Desktop *desktop = user_data;
  guint64  duration_ms;

  if (g_str_equal (method, "GetIdletime"))
    return g_variant_new ("(t)", (guint64) g_atomic_int_get (&desktop->idle_ms));
  if (g_str_equal (method, "AddIdleWatch"))
    {
      g_variant_get (parameters, "(t)", &duration_ms);
      return g_variant_new ("(u)", (guint32) (duration_ms / 1000)); /* the id tells which */
    }
  if (g_str_equal (method, "AddUserActiveWatch"))
    return g_variant_new ("(u)", 7777);
  if (g_str_equal (method, "GetSession"))
    return g_variant_new ("(o)", SESSION_PATH);
  if (g_str_equal (method, "LockedHint"))
    return g_variant_ref_sink (g_variant_new_boolean (g_atomic_int_get (&desktop->is_locked)));
  if (g_str_equal (method, "GetSessionIdleTime"))
    return g_variant_new ("(u)", (guint32) g_atomic_int_get (&desktop->idle_ms));
  if (g_str_equal (method, "GetActive"))
    return g_variant_new ("(b)", FALSE);
  return NULL;
}

static void
on_changed (LfIdle *idle,
            guint   level,
            gint64  idle_ms,
            Heard  *heard)
{
  heard->level = level;
  heard->idle_ms = idle_ms;
  heard->n_changes++;
}

static void
finalize_idle (LfIdle *idle)
{
  lf_wait_until (G_OBJECT (idle)->ref_count == 1, 5000);
  g_assert_finalize_object (idle);
}

static void
test_thresholds (void)
{
  static const guint thresholds_ms[] = { 300000, 900000 };

  g_test_summary ("A source that must be asked is asked when the next threshold can have passed, and no sooner");
  g_assert_cmpint (lf_idle_level_of (299999, thresholds_ms), ==, LF_IDLE_ACTIVE);
  g_assert_cmpint (lf_idle_level_of (300000, thresholds_ms), ==, LF_IDLE_SHORT);
  g_assert_cmpint (lf_idle_level_of (900000, thresholds_ms), ==, LF_IDLE_LONG);
  g_assert_cmpuint (lf_idle_next_look_ms (0, thresholds_ms), ==, 300200);
  g_assert_cmpuint (lf_idle_next_look_ms (240000, thresholds_ms), ==, 60200);
  g_assert_cmpuint (lf_idle_next_look_ms (300000, thresholds_ms), ==, 5000);
  g_assert_cmpuint (lf_idle_next_look_ms (899000, thresholds_ms), ==, 1200);
  g_assert_cmpuint (lf_idle_next_look_ms (G_MAXINT64, thresholds_ms), ==, 5000);
}

static void
test_mutter (LfFakeBus *bus)
{
  static Desktop desktop;
  LfIdle        *idle = lf_idle_new (300000, 900000);
  Heard          heard = { 0, 0, 0 };

  g_test_summary ("The compositor of GNOME tells by itself, and the return too");
  lf_fake_bus_serve (bus, MUTTER, MUTTER_PATH, mutter_xml, answer, &desktop);
  g_signal_connect (idle, "changed", G_CALLBACK (on_changed), &heard);
  lf_idle_start (idle);
  lf_wait_until (lf_idle_is_decided (idle), 5000);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, "the idle monitor of GNOME");
  g_assert_cmpuint (lf_fake_bus_count (bus, "AddIdleWatch"), ==, 2);
  lf_fake_bus_emit (bus, MUTTER_PATH, MUTTER, "WatchFired", g_variant_new ("(u)", 300));
  lf_wait_until (heard.level == LF_IDLE_SHORT, 5000);
  g_assert_cmpint (heard.idle_ms, ==, 300000);
  lf_wait_until (lf_fake_bus_called (bus, "AddUserActiveWatch"), 5000);
  lf_fake_bus_emit (bus, MUTTER_PATH, MUTTER, "WatchFired", g_variant_new ("(u)", 900));
  lf_wait_until (heard.level == LF_IDLE_LONG, 5000);
  lf_fake_bus_emit (bus, MUTTER_PATH, MUTTER, "WatchFired", g_variant_new ("(u)", 7777));
  lf_wait_until (heard.level == LF_IDLE_ACTIVE, 5000);
  lf_fake_bus_emit (bus, MUTTER_PATH, MUTTER, "WatchFired", g_variant_new ("(u)", 4));
  lf_spin_for_ms (50);
  g_assert_cmpuint (heard.n_changes, ==, 3);
  finalize_idle (idle);
  lf_fake_bus_release (bus, MUTTER);
}

static void
test_screensaver (LfFakeBus *bus)
{
  static Desktop desktop;
  LfIdle        *idle = lf_idle_new (20, 400000);
  Heard          heard = { 0, 0, 0 };

  g_test_summary ("A screen saver is understood by how fast it counts; one that never counts is given up");
  lf_fake_bus_serve (bus, SAVER, SAVER_PATH, saver_xml, answer, &desktop);
  lf_idle_start (idle);
  lf_wait_until (lf_idle_is_decided (idle), 5000);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, "the screen saver of the desktop");
  lf_wait_until (g_strcmp0 (lf_idle_get_source (idle), "the screen saver of the desktop") != 0, 5000);
  finalize_idle (idle);

  idle = lf_idle_new (200, 400000);
  g_signal_connect (idle, "changed", G_CALLBACK (on_changed), &heard);
  lf_idle_start (idle);
  lf_wait_until (lf_idle_is_decided (idle), 5000);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, "the screen saver of the desktop");
  g_atomic_int_set (&desktop.idle_ms, 5000);
  lf_wait_until (heard.level == LF_IDLE_SHORT, 5000);
  g_assert_cmpint (heard.idle_ms, ==, 5000);
  finalize_idle (idle);
  lf_fake_bus_release (bus, SAVER);
}

/* As if the pointer was touched. */
static void
touch (const char *xdotool)
{
  const char *const  argv[] = { xdotool, "mousemove_relative", "3", "3", NULL };
  g_autoptr (GError) error = NULL;
  int                status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
test_xss (void)
{
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");
  LfIdle          *idle = NULL;
  Heard            heard = { 0, 0, 0 };

  g_test_summary ("The X server is asked where the desktop says nothing");
  if (xdotool == NULL || !GDK_IS_X11_DISPLAY (gdk_display_get_default ()))
    {
      g_test_skip ("xdotool or an X server is missing");
      return;
    }
  idle = lf_idle_new (400, 400000);
  g_signal_connect (idle, "changed", G_CALLBACK (on_changed), &heard);
  touch (xdotool);
  lf_idle_start (idle);
  lf_wait_until (lf_idle_is_decided (idle), 5000);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, "the X server");
  lf_wait_until (heard.level == LF_IDLE_SHORT, 5000);
  g_assert_cmpint (heard.idle_ms, >=, 400);
  touch (xdotool);
  /* Within 5 s the return is looked for; the pointer must not have been left alone before that. */
  for (guint i = 0; i < 100 && heard.level != LF_IDLE_ACTIVE; i++)
    {
      touch (xdotool);
      lf_spin_for_ms (100);
    }
  g_assert_cmpuint (heard.level, ==, LF_IDLE_ACTIVE);
  finalize_idle (idle);
}

static void
emit_locked (LfFakeBus *bus,
             gboolean   is_locked)
{
  GVariantBuilder changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (&changed, "{sv}", "LockedHint", g_variant_new_boolean (is_locked));
  lf_fake_bus_emit (bus, SESSION_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                    g_variant_new ("(sa{sv}as)", LOGIN ".Session", &changed, NULL));
}

static void
test_session (LfFakeBus *bus)
{
  static Desktop  desktop = { 0, TRUE };
  LfSessionWatch *session = lf_session_watch_new ();

  g_test_summary ("A lock that is there is seen, and each change of lock and sleep");
  lf_fake_bus_serve (bus, LOGIN, LOGIN_PATH, login_xml, answer, &desktop);
  lf_fake_bus_serve (bus, LOGIN, SESSION_PATH, session_xml, answer, &desktop);
  lf_session_watch_start (session);
  lf_wait_until (lf_session_watch_get_is_locked (session), 5000);
  emit_locked (bus, FALSE);
  lf_wait_until (!lf_session_watch_get_is_locked (session), 5000);
  lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", TRUE));
  lf_wait_until (lf_session_watch_get_is_asleep (session), 5000);
  lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", FALSE));
  lf_wait_until (!lf_session_watch_get_is_asleep (session), 5000);
  lf_wait_until (lf_fake_bus_is_inhibited (bus), 5000);
  lf_wait_until (G_OBJECT (session)->ref_count == 1, 5000);
  g_assert_finalize_object (session);
  lf_wait_until (!lf_fake_bus_is_inhibited (bus), 5000);
  g_atomic_int_set (&desktop.is_locked, FALSE);
}

static void
test_late_lock (LfFakeBus *bus)
{
  g_autoptr (GDBusConnection) system = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  LfSleepDelay               *delay = lf_sleep_delay_new (system);

  g_test_summary ("A lock that comes when the machine goes to sleep already is not held");
  lf_sleep_delay_take (delay);
  lf_sleep_delay_let_go_soon (delay);
  lf_spin_for_ms (300);
  g_assert_false (lf_fake_bus_is_inhibited (bus));
  lf_sleep_delay_take (delay);
  lf_wait_until (lf_fake_bus_is_inhibited (bus), 5000);
  g_object_run_dispose (G_OBJECT (delay));
  lf_wait_until (!lf_fake_bus_is_inhibited (bus), 5000);
  g_assert_finalize_object (delay);
}

static void
test_sleep_delay (LfFakeBus *bus)
{
  LfSessionWatch *session = lf_session_watch_new ();

  g_test_summary ("Sleep is held off until what is to be told is told, for two seconds at most; awake again, the next is");
  lf_session_watch_start (session);
  lf_wait_until (lf_fake_bus_is_inhibited (bus), 5000);
  g_assert_true (lf_fake_bus_called (bus, "Inhibit('sleep', 'Lampfield', "));
  lf_session_watch_let_sleep (session); /* nobody wants to sleep */
  lf_spin_for_ms (50);
  g_assert_true (lf_fake_bus_is_inhibited (bus));
  for (guint i = 0; i < 2; i++)
    {
      lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", TRUE));
      lf_wait_until (lf_session_watch_get_is_asleep (session), 5000);
      g_assert_true (lf_fake_bus_is_inhibited (bus));
      if (i == 0)
        lf_session_watch_let_sleep (session);
      lf_wait_until (!lf_fake_bus_is_inhibited (bus), 10000);
      lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", FALSE));
      lf_wait_until (lf_fake_bus_is_inhibited (bus), 5000);
    }
  lf_wait_until (G_OBJECT (session)->ref_count == 1, 5000);
  g_assert_finalize_object (session);
  lf_fake_bus_release (bus, LOGIN);
}

static void
test_reach (LfFakeBus *bus)
{
  static Desktop      desktop;
  const gint64        start_us = G_GINT64_CONSTANT (1763978520) * LF_SECOND;
  g_autoptr (LfClock) clock = lf_clock_new_manual (start_us);
  LfIdle             *idle = lf_idle_new (300000, 900000);
  LfSessionWatch     *session = lf_session_watch_new ();
  LfReach            *reach = lf_reach_new (clock, idle, session);

  g_test_summary ("Online, idle after 5 minutes, away after 15, away at once when locked; since the last touch");
  g_assert_cmpint (lf_reach_get_state (reach), ==, LF_REACHABILITY_ONLINE);
  lf_clock_advance (clock, 5 * LF_MINUTE);
  g_signal_emit_by_name (idle, "changed", (guint) LF_IDLE_SHORT, G_GINT64_CONSTANT (300000));
  g_assert_cmpint (lf_reach_get_state (reach), ==, LF_REACHABILITY_IDLE);
  g_assert_cmpint (lf_reach_get_since_us (reach), ==, start_us);
  lf_clock_advance (clock, 10 * LF_MINUTE);
  g_signal_emit_by_name (idle, "changed", (guint) LF_IDLE_LONG, G_GINT64_CONSTANT (900000));
  g_assert_cmpint (lf_reach_get_state (reach), ==, LF_REACHABILITY_AWAY);
  g_assert_cmpint (lf_reach_get_since_us (reach), ==, start_us);
  g_signal_emit_by_name (idle, "changed", (guint) LF_IDLE_ACTIVE, G_GINT64_CONSTANT (0));
  g_assert_cmpint (lf_reach_get_state (reach), ==, LF_REACHABILITY_ONLINE);
  g_assert_cmpint (lf_reach_get_since_us (reach), ==, start_us + 15 * LF_MINUTE);

  lf_fake_bus_serve (bus, LOGIN, LOGIN_PATH "2", login_xml, answer, &desktop);
  lf_session_watch_start (session);
  lf_wait_until (G_OBJECT (session)->ref_count <= 2, 5000);
  lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", TRUE));
  lf_wait_until (lf_reach_get_state (reach) == LF_REACHABILITY_AWAY, 5000);
  lf_fake_bus_emit (bus, LOGIN_PATH, LOGIN ".Manager", "PrepareForSleep", g_variant_new ("(b)", FALSE));
  lf_wait_until (lf_reach_get_state (reach) == LF_REACHABILITY_ONLINE, 5000);
  g_assert_finalize_object (reach);
  g_assert_finalize_object (idle);
  lf_wait_until (G_OBJECT (session)->ref_count == 1, 5000);
  g_assert_finalize_object (session);
  lf_fake_bus_release (bus, LOGIN);
}

int
main (int   argc,
      char *argv[])
{
  LfFakeBus *bus = lf_fake_bus_new ();
  int        status;

  g_unsetenv ("XDG_SESSION_ID");
  lf_app_test_init (&argc, &argv);
  g_test_add_func ("/idle/thresholds", test_thresholds);
  g_test_add_data_func ("/idle/mutter", bus, (GTestDataFunc) test_mutter);
  g_test_add_data_func ("/idle/screensaver", bus, (GTestDataFunc) test_screensaver);
  g_test_add_func ("/idle/xss", test_xss);
  g_test_add_data_func ("/idle/session", bus, (GTestDataFunc) test_session);
  g_test_add_data_func ("/idle/late-lock", bus, (GTestDataFunc) test_late_lock);
  g_test_add_data_func ("/idle/sleep-delay", bus, (GTestDataFunc) test_sleep_delay);
  g_test_add_data_func ("/idle/reach", bus, (GTestDataFunc) test_reach);
  status = g_test_run ();
  lf_fake_bus_free (bus);
  return status;
}
