/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-presence.h"
#include "lf-ws-frame.h"

G_BEGIN_DECLS

/**
 * LfBusTopic:
 * @LF_BUS_PRESENCE: phone, reachability or note of @user changed
 * @LF_BUS_CALENDAR: the calendar revision of @user changed
 * @LF_BUS_FRAME: a frame for the streams of @user
 *
 * What a node tells the others, itself among them.
 */
typedef enum
{
  LF_BUS_PRESENCE,
  LF_BUS_CALENDAR,
  LF_BUS_FRAME,
} LfBusTopic;

/**
 * LfBusEvent:
 * @topic: what
 * @user: whose
 * @except_session: (nullable): a session that is not to hear of it
 * @type: of a frame
 * @frame: (nullable): the frame
 *
 * One publication; everything is borrowed for the call.
 */
typedef struct
{
  LfBusTopic  topic;
  const char *user;
  const char *except_session;
  LfFrameType type;
  LfWsFrame  *frame;
} LfBusEvent;

#define LF_TYPE_BUS (lf_bus_get_type ())

/**
 * LfBus:
 *
 * Carries what changed to every node. One listener hears of it, by a plain call: every change of
 * presence goes this way, and a signal would cost more than all that is done about it.
 */
G_DECLARE_DERIVABLE_TYPE (LfBus, lf_bus, LF, BUS, GObject)

struct _LfBusClass
{
  GObjectClass parent_class;

  void (*publish) (LfBus *self, const LfBusEvent *event);
};

typedef void (*LfBusFunc) (const LfBusEvent *event, gpointer user_data);

void lf_bus_set_listener (LfBus *self, LfBusFunc func, gpointer user_data);
void lf_bus_publish (LfBus *self, const LfBusEvent *event);
void lf_bus_deliver (LfBus *self, const LfBusEvent *event);

#define LF_TYPE_LOCAL_BUS (lf_local_bus_get_type ())

/**
 * LfLocalBus:
 *
 * The bus of a server that is alone: what is published is delivered at once.
 */
G_DECLARE_FINAL_TYPE (LfLocalBus, lf_local_bus, LF, LOCAL_BUS, LfBus)

LfBus *lf_local_bus_new (void);

G_END_DECLS
