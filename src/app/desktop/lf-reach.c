/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-reach.h"

struct _LfReach
{
  GObject parent_instance;

  LfClock            *clock;   /* owned */
  LfIdle             *idle;    /* owned */
  LfSessionWatch     *session; /* owned */
  LfIdleLevel         level;
  gint64              idle_since_us; /* last touch, while idle */
  LfReachabilityState state;
  gint64              since_us;
};

G_DEFINE_FINAL_TYPE (LfReach, lf_reach, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_state (LfReach            *self,
           LfReachabilityState state,
           gint64              since_us)
{
  if (self->state == state)
    return;
  self->state = state;
  self->since_us = since_us;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
update (LfReach *self)
{
  gint64 now_us = lf_clock_get_now_us (self->clock);

  if (lf_session_watch_get_is_locked (self->session) || lf_session_watch_get_is_asleep (self->session))
    set_state (self, LF_REACHABILITY_AWAY, now_us);
  else if (self->level == LF_IDLE_LONG)
    set_state (self, LF_REACHABILITY_AWAY, self->idle_since_us);
  else if (self->level == LF_IDLE_SHORT)
    set_state (self, LF_REACHABILITY_IDLE, self->idle_since_us);
  else
    set_state (self, LF_REACHABILITY_ONLINE, now_us);
}

static void
on_idle_changed (LfIdle  *idle,
                 guint    level,
                 gint64   idle_ms,
                 LfReach *self)
{
  self->level = level;
  self->idle_since_us = lf_clock_get_now_us (self->clock) - idle_ms * 1000;
  update (self);
}

static void
on_session_changed (LfSessionWatch *session,
                    GParamSpec     *pspec,
                    LfReach        *self)
{
  update (self);
}

static void
lf_reach_dispose (GObject *object)
{
  LfReach *self = LF_REACH (object);

  g_clear_object (&self->idle);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (lf_reach_parent_class)->dispose (object);
}

static void
lf_reach_class_init (LfReachClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_reach_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LF_TYPE_REACH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
lf_reach_init (LfReach *self)
{
  self->state = LF_REACHABILITY_ONLINE;
}

/**
 * lf_reach_new:
 * @clock: what says the time
 * @idle: tells how long nothing was touched
 * @session: tells of lock and sleep
 *
 * Returns: (transfer full): online, until one of the two says otherwise
 */
LfReach *
lf_reach_new (LfClock        *clock,
              LfIdle         *idle,
              LfSessionWatch *session)
{
  LfReach *self;

  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (LF_IS_IDLE (idle), NULL);
  g_return_val_if_fail (LF_IS_SESSION_WATCH (session), NULL);

  self = g_object_new (LF_TYPE_REACH, NULL);
  self->clock = g_object_ref (clock);
  self->idle = g_object_ref (idle);
  self->session = g_object_ref (session);
  self->since_us = lf_clock_get_now_us (clock);
  g_signal_connect_object (idle, "changed", G_CALLBACK (on_idle_changed), self, 0);
  g_signal_connect_object (session, "notify", G_CALLBACK (on_session_changed), self, 0);
  return self;
}

/**
 * lf_reach_get_state:
 * @self: a reach
 *
 * Returns: online, idle or away
 */
LfReachabilityState
lf_reach_get_state (LfReach *self)
{
  g_return_val_if_fail (LF_IS_REACH (self), LF_REACHABILITY_UNKNOWN);

  return self->state;
}

/**
 * lf_reach_get_since_us:
 * @self: a reach
 *
 * Returns: since when, microseconds since 1970-01-01 UTC
 */
gint64
lf_reach_get_since_us (LfReach *self)
{
  g_return_val_if_fail (LF_IS_REACH (self), 0);

  return self->since_us;
}
