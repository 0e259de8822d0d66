/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-network-hint.h"
#include "lf-timer.h"

#define QUIET_MS 1000 /* a network that comes up says so several times */

struct _LfNetworkHint
{
  GObject parent_instance;

  GNetworkMonitor *monitor; /* owned */
  GSource         *timer;   /* owned, nullable: until the reasons have ceased */
};

G_DEFINE_FINAL_TYPE (LfNetworkHint, lf_network_hint, G_TYPE_OBJECT)

enum
{
  SIGNAL_HINT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
on_quiet (gpointer user_data)
{
  LfNetworkHint *self = user_data;

  lf_timer_clear (&self->timer);
  if (g_network_monitor_get_network_available (self->monitor))
    g_signal_emit (self, signals[SIGNAL_HINT], 0);
  return G_SOURCE_REMOVE;
}

static void
wait_for_quiet (LfNetworkHint *self)
{
  lf_timer_start (&self->timer, QUIET_MS, on_quiet, self);
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    gpointer         user_data)
{
  wait_for_quiet (user_data);
}

static void
lf_network_hint_dispose (GObject *object)
{
  LfNetworkHint *self = LF_NETWORK_HINT (object);

  lf_timer_clear (&self->timer);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (lf_network_hint_parent_class)->dispose (object);
}

static void
lf_network_hint_class_init (LfNetworkHintClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_network_hint_dispose;

  signals[SIGNAL_HINT] = g_signal_new ("hint", LF_TYPE_NETWORK_HINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

static void
lf_network_hint_init (LfNetworkHint *self)
{
}

/**
 * lf_network_hint_new:
 * @monitor: what knows of the network: g_network_monitor_get_default()
 *
 * Returns: (transfer full): a hint that listens
 */
LfNetworkHint *
lf_network_hint_new (GNetworkMonitor *monitor)
{
  LfNetworkHint *self;

  g_return_val_if_fail (G_IS_NETWORK_MONITOR (monitor), NULL);

  self = g_object_new (LF_TYPE_NETWORK_HINT, NULL);
  self->monitor = g_object_ref (monitor);
  g_signal_connect (monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  return self;
}

/**
 * lf_network_hint_wake:
 * @self: a hint
 *
 * The machine woke from sleep, as the desktop's session says.
 */
void
lf_network_hint_wake (LfNetworkHint *self)
{
  g_return_if_fail (LF_IS_NETWORK_HINT (self));

  wait_for_quiet (self);
}
