/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gdk/wayland/gdkwayland.h>
#include <glib/gstdio.h>
#include <gtk/gtk.h>

#include "lf-fake-bus.h"
#include "lf-fake-compositor.h"
#include "lf-idle.h"
#include "lf-test-util.h"

#define SAVER      "org.freedesktop.ScreenSaver"
#define SAVER_PATH "/org/freedesktop/ScreenSaver"
#define COMPOSITOR "the Wayland compositor"
#define NEXT       "the screen saver of the desktop"

static const char saver_xml[] =
  "<node><interface name='" SAVER "'>"
  "<method name='GetSessionIdleTime'><arg type='u' direction='out'/></method></interface></node>";

typedef struct
{
  LfFakeBus        *bus;
  LfFakeCompositor *compositor;
  GdkDisplay       *display; /* the default one */
} World;

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
  return g_variant_new ("(u)", 0);
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

static LfIdle *
start (World *world,
       Heard *heard)
{
  LfIdle *idle = lf_idle_new (300000, 900000);

  g_signal_connect (idle, "changed", G_CALLBACK (on_changed), heard);
  lf_idle_start (idle);
  lf_wait_until (lf_idle_is_decided (idle), 5000);
  return idle;
}

static void
finish (LfIdle *idle,
        World  *world)
{
  lf_wait_until (G_OBJECT (idle)->ref_count == 1, 5000);
  g_assert_finalize_object (idle);
  lf_wait_until (lf_fake_compositor_count_watches (world->compositor) == 0, 5000);
}

static void
test_levels (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle;

  g_test_summary ("The compositor tells of both durations, and of the return once");
  lf_fake_compositor_offer_idle (world->compositor);
  idle = start (world, &heard);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, COMPOSITOR);
  lf_wait_until (lf_fake_compositor_count_watches (world->compositor) == 2, 5000);
  for (guint i = 0; i < 2; i++)
    {
      lf_fake_compositor_pass_ms (world->compositor, 299999);
      lf_fake_compositor_pass_ms (world->compositor, 300000);
      lf_wait_until (heard.level == LF_IDLE_SHORT, 5000);
      g_assert_cmpint (heard.idle_ms, ==, 300000);
      lf_fake_compositor_touch (world->compositor);
      lf_wait_until (heard.level == LF_IDLE_ACTIVE, 5000);
    }
  lf_fake_compositor_pass_ms (world->compositor, 300000);
  lf_fake_compositor_pass_ms (world->compositor, 900000);
  lf_wait_until (heard.level == LF_IDLE_LONG, 5000);
  g_assert_cmpint (heard.idle_ms, ==, 900000);
  lf_fake_compositor_touch (world->compositor);
  lf_wait_until (heard.level == LF_IDLE_ACTIVE, 5000);
  lf_spin_for_ms (50);
  g_assert_cmpuint (heard.n_changes, ==, 7);
  finish (idle, world);
  lf_fake_compositor_withdraw_idle (world->compositor);
}

static void
test_not_offered (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle = start (world, &heard);

  g_test_summary ("Where the compositor does not offer it, the next source is taken");
  g_assert_cmpstr (lf_idle_get_source (idle), ==, NEXT);
  finish (idle, world);
}

static void
test_deaf (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle = NULL;

  g_test_summary ("A compositor that does not answer is waited for three seconds, not for ever");
  lf_fake_compositor_set_is_deaf (world->compositor, TRUE);
  idle = start (world, &heard);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, NEXT);
  lf_fake_compositor_set_is_deaf (world->compositor, FALSE);
  finish (idle, world);
}

static void
test_withdrawn (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle = NULL;

  g_test_summary ("What the compositor withdraws makes nobody idle for ever: the next source is taken");
  lf_fake_compositor_offer_idle (world->compositor);
  idle = start (world, &heard);
  lf_wait_until (lf_fake_compositor_count_watches (world->compositor) == 2, 5000);
  lf_fake_compositor_pass_ms (world->compositor, 300000);
  lf_wait_until (heard.level == LF_IDLE_SHORT, 5000);
  lf_fake_compositor_withdraw_idle (world->compositor);
  lf_wait_until (g_strcmp0 (lf_idle_get_source (idle), NEXT) == 0, 5000);
  g_assert_cmpuint (heard.level, ==, LF_IDLE_ACTIVE);
  finish (idle, world);
}

static void
test_seat (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle = NULL;

  g_test_summary ("Without keyboard and pointer nothing can be told: the next source is taken");
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, 0);
      g_test_trap_assert_passed ();
      return;
    }
  lf_fake_compositor_offer_idle (world->compositor);
  idle = start (world, &heard);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, COMPOSITOR);
  lf_fake_compositor_withdraw_seat (world->compositor);
  lf_wait_until (g_strcmp0 (lf_idle_get_source (idle), NEXT) == 0, 5000);
  finish (idle, world);
  idle = start (world, &heard);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, NEXT);
  finish (idle, world);
}

static void
test_closed (World *world)
{
  Heard   heard = { 0, 0, 0 };
  LfIdle *idle = NULL;

  g_test_summary ("When the display is closed, the next source is taken");
  lf_fake_compositor_offer_idle (world->compositor);
  idle = start (world, &heard);
  g_assert_cmpstr (lf_idle_get_source (idle), ==, COMPOSITOR);
  gdk_display_close (world->display);
  lf_wait_until (g_strcmp0 (lf_idle_get_source (idle), NEXT) == 0, 5000);
  lf_wait_until (G_OBJECT (idle)->ref_count == 1, 5000);
  g_assert_finalize_object (idle);
}

static void
test_cut (World *world)
{
  Heard heard = { 0, 0, 0 };

  g_test_summary ("A compositor that dies takes the program along, as GTK has it, and nothing else happens");
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, 0);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*Gdk-Message*");
      g_test_trap_assert_stderr_unmatched ("*Sanitizer*");
      return;
    }
  lf_fake_compositor_offer_idle (world->compositor);
  start (world, &heard);
  lf_fake_compositor_drop_clients (world->compositor);
  lf_spin_for_ms (30000);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *runtime = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));
  World            world = { NULL, NULL, NULL };
  int              status;

  if (runtime == NULL)
    {
      g_print ("1..0 # SKIP there is no XDG_RUNTIME_DIR\n");
      return 77;
    }
  g_setenv ("GDK_BACKEND", "wayland", TRUE);
  g_unsetenv ("DISPLAY");
  world.bus = lf_fake_bus_new ();
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE); /* the bus of a test takes it away */
  world.compositor = lf_fake_compositor_new ();
  gtk_test_init (&argc, &argv, NULL);
  world.display = gdk_display_get_default ();
  g_assert_true (GDK_IS_WAYLAND_DISPLAY (world.display));
  lf_fake_bus_serve (world.bus, SAVER, SAVER_PATH, saver_xml, answer, NULL);
  g_test_add_data_func ("/idle-wayland/levels", &world, (GTestDataFunc) test_levels);
  g_test_add_data_func ("/idle-wayland/not-offered", &world, (GTestDataFunc) test_not_offered);
  g_test_add_data_func ("/idle-wayland/deaf", &world, (GTestDataFunc) test_deaf);
  g_test_add_data_func ("/idle-wayland/withdrawn", &world, (GTestDataFunc) test_withdrawn);
  g_test_add_data_func ("/idle-wayland/seat", &world, (GTestDataFunc) test_seat);
  g_test_add_data_func ("/idle-wayland/cut", &world, (GTestDataFunc) test_cut);
  g_test_add_data_func ("/idle-wayland/closed", &world, (GTestDataFunc) test_closed);
  status = g_test_run ();
  lf_fake_compositor_free (world.compositor);
  lf_fake_bus_free (world.bus);
  return status;
}
