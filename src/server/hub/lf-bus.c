/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-bus.h"

typedef struct
{
  LfBusFunc func; /* nullable */
  gpointer  user_data;
} LfBusPrivate;

struct _LfLocalBus
{
  LfBus parent_instance;
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LfBus, lf_bus, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (LfLocalBus, lf_local_bus, LF_TYPE_BUS)

static void
lf_bus_class_init (LfBusClass *klass)
{
}

static void
lf_bus_init (LfBus *self)
{
}

/**
 * lf_bus_set_listener:
 * @self: a bus
 * @func: (nullable): what to call for each event; %NULL for nobody any more
 * @user_data: for @func
 *
 * Replaces who hears of what is published.
 */
void
lf_bus_set_listener (LfBus *self, LfBusFunc func, gpointer user_data)
{
  LfBusPrivate *priv = lf_bus_get_instance_private (self);

  g_return_if_fail (LF_IS_BUS (self));

  priv->func = func;
  priv->user_data = user_data;
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

  LF_BUS_GET_CLASS (self)->publish (self, event);
}

/**
 * lf_bus_deliver:
 * @self: a bus
 * @event: what a node published
 *
 * For implementations: tells the listener here.
 */
void
lf_bus_deliver (LfBus *self, const LfBusEvent *event)
{
  LfBusPrivate *priv = lf_bus_get_instance_private (self);

  if (priv->func != NULL)
    priv->func (event, priv->user_data);
}

static void
lf_local_bus_class_init (LfLocalBusClass *klass)
{
  LF_BUS_CLASS (klass)->publish = lf_bus_deliver;
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
