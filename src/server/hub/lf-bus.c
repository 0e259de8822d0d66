/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-bus.h"

G_DEFINE_INTERFACE (LfBus, lf_bus, G_TYPE_OBJECT)

struct _LfLocalBus
{
  GObject parent_instance;
};

static void lf_local_bus_bus_init (LfBusInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfLocalBus, lf_local_bus, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_BUS, lf_local_bus_bus_init))

enum
{
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
lf_bus_default_init (LfBusInterface *iface)
{
  signals[SIGNAL_EVENT] = g_signal_new ("event", LF_TYPE_BUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/**
 * lf_bus_publish:
 * @self: a bus
 * @event: what changed
 *
 * Tells every node, this one among them.
 */
void
lf_bus_publish (LfBus *self, const LfBusEvent *event)
{
  g_return_if_fail (LF_IS_BUS (self) && event != NULL);

  LF_BUS_GET_IFACE (self)->publish (self, event);
}

/**
 * lf_bus_deliver:
 * @self: a bus
 * @event: what a node published
 *
 * For implementations: emits "event" here.
 */
void
lf_bus_deliver (LfBus *self, const LfBusEvent *event)
{
  g_return_if_fail (LF_IS_BUS (self) && event != NULL);

  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

static void
lf_local_bus_bus_init (LfBusInterface *iface)
{
  iface->publish = lf_bus_deliver;
}

static void
lf_local_bus_class_init (LfLocalBusClass *klass)
{
}

static void
lf_local_bus_init (LfLocalBus *self)
{
}

/**
 * lf_local_bus_new:
 *
 * Returns: (transfer full): a bus within this process
 */
LfBus *
lf_local_bus_new (void)
{
  return g_object_new (LF_TYPE_LOCAL_BUS, NULL);
}
