/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-network-hint.h"
#include "lf-test-util.h"

/* A network that is up or down as the test says. */
#define LF_TYPE_FAKE_MONITOR (lf_fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (LfFakeMonitor, lf_fake_monitor, LF, FAKE_MONITOR, GObject)

struct _LfFakeMonitor
{
  GObject  parent_instance;
  gboolean is_up;
};

static void lf_fake_monitor_iface_init (GNetworkMonitorInterface *iface);

static void
lf_fake_monitor_initable_init (GInitableIface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LfFakeMonitor,
                               lf_fake_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, lf_fake_monitor_initable_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, lf_fake_monitor_iface_init))

enum
{
  PROP_NETWORK_AVAILABLE = 1,
  PROP_NETWORK_METERED,
  PROP_CONNECTIVITY,
};

static void
lf_fake_monitor_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  LfFakeMonitor *self = LF_FAKE_MONITOR (object);

  if (prop_id == PROP_NETWORK_AVAILABLE)
    g_value_set_boolean (value, self->is_up);
  else if (prop_id == PROP_NETWORK_METERED)
    g_value_set_boolean (value, FALSE);
  else
    g_value_set_enum (value, self->is_up ? G_NETWORK_CONNECTIVITY_FULL : G_NETWORK_CONNECTIVITY_LOCAL);
}

static void
lf_fake_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

static void
lf_fake_monitor_class_init (LfFakeMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_fake_monitor_get_property;
  g_object_class_override_property (object_class, PROP_NETWORK_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_NETWORK_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
lf_fake_monitor_init (LfFakeMonitor *self)
{
}

static void
set_up (LfFakeMonitor *monitor,
        gboolean       is_up)
{
  monitor->is_up = is_up;
  g_signal_emit_by_name (monitor, "network-changed", is_up);
}

static void
on_hint (LfNetworkHint *hint,
         guint         *n_hints)
{
  (*n_hints)++;
}

static void
test_hints (void)
{
  LfFakeMonitor *monitor = g_object_new (LF_TYPE_FAKE_MONITOR, NULL);
  LfNetworkHint *hint = lf_network_hint_new (G_NETWORK_MONITOR (monitor));
  guint          n_hints = 0;

  g_test_summary ("A network that comes, changes or wakes gives one hint; one that goes gives none.");
  g_signal_connect (hint, "hint", G_CALLBACK (on_hint), &n_hints);
  set_up (monitor, FALSE);
  for (guint i = 0; i < 5; i++)
    set_up (monitor, TRUE);
  lf_network_hint_wake (hint);
  g_assert_cmpuint (n_hints, ==, 0); /* not before it is quiet */
  lf_wait_until (n_hints == 1, 20000);
  set_up (monitor, FALSE);
  lf_network_hint_wake (hint);
  lf_spin_for_ms (1500);
  g_assert_cmpuint (n_hints, ==, 1);
  set_up (monitor, TRUE); /* another network */
  lf_wait_until (n_hints == 2, 20000);
  lf_network_hint_wake (hint);
  lf_wait_until (n_hints == 3, 20000);
  lf_network_hint_wake (hint); /* goes while it waits */
  g_assert_finalize_object (hint);
  g_assert_finalize_object (monitor);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/network-hint/one-for-all-reasons", test_hints);
  return g_test_run ();
}
