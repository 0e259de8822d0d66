/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-phone-memory.h"

#define CANARY_S      15              /* a PBX that has forgotten all is noticed within that time */
#define STORM_US      (2 * LF_SECOND) /* so many subscriptions forgotten in so long a time: all are */
#define STORM_GONE    3
#define STORM_CALM_US (30 * LF_SECOND) /* then not again for so long */

struct _LfPhoneMemory
{
  LfPhoneUa                *ua;     /* borrowed */
  LfClock                  *clock;  /* borrowed */
  LfPhoneTurns             *turns;  /* borrowed */
  LfSubscription           *canary; /* owned, nullable */
  LfEventPackage            package;
  const LfPhoneMemoryFuncs *funcs;
  gpointer                  user_data;
  gint64                    gone_us[STORM_GONE];
  guint                     n_gone;
  gint64                    renewed_us; /* monotonic, or 0 */
};

static void
on_turn (LfSubscription *subscription, gpointer user_data)
{
  const LfPhoneMemory *self = user_data;

  lf_phone_turns_add (self->turns, subscription);
}

static void
on_begun (LfSubscription *subscription, gpointer user_data)
{
}

static LfNotifyResult
on_notify (LfSubscription *subscription, const char *content_type, const char *body, gsize length, gpointer user_data)
{
  return LF_NOTIFY_TAKEN;
}

static void
on_trouble (LfSubscription *subscription, LfSubscriptionTrouble trouble, gpointer user_data)
{
  LfPhoneMemory *self = user_data;

  if (trouble == LF_SUBSCRIPTION_UNANSWERED)
    self->funcs->unanswered (self->user_data);
  if (trouble != LF_SUBSCRIPTION_GONE)
    return;
  g_message ("The PBX was restarted; all lines are asked for again.");
  self->funcs->forgotten (self->user_data);
}

static const LfSubscriptionFuncs canary_funcs = { on_turn, on_begun, on_notify, on_trouble };

/**
 * lf_phone_memory_new:
 * @ua: the connector's user agent; outlives this
 * @clock: outlives this, too
 * @turns: outlive this, too
 * @package: that the canary asks for
 * @funcs: what is told
 * @user_data: for @funcs
 *
 * Returns: (transfer full): without a canary yet
 */
LfPhoneMemory *
lf_phone_memory_new (LfPhoneUa *ua, LfClock *clock, LfPhoneTurns *turns, LfEventPackage package, const LfPhoneMemoryFuncs *funcs, gpointer user_data)
{
  LfPhoneMemory *self = g_new0 (LfPhoneMemory, 1);

  self->ua = ua;
  self->clock = clock;
  self->turns = turns;
  self->package = package;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

/**
 * lf_phone_memory_free:
 * @self: (transfer full) (nullable): of a PBX
 *
 * Ends the canary.
 */
void
lf_phone_memory_free (LfPhoneMemory *self)
{
  if (self == NULL)
    return;

  lf_phone_memory_watch (self, NULL);
  g_free (self);
}

/**
 * lf_phone_memory_watch:
 * @self: of a PBX
 * @uri: (nullable): SIP URI of a line, for the canary unless there is one; %NULL: it is not needed any more
 *
 * Begins the canary, or ends it.
 */
void
lf_phone_memory_watch (LfPhoneMemory *self, const char *uri)
{
  if (uri == NULL && self->canary != NULL)
    {
      lf_phone_turns_remove (self->turns, self->canary);
      g_clear_pointer (&self->canary, lf_subscription_free);
    }
  if (uri == NULL || self->canary != NULL)
    return;
  self->canary = lf_subscription_new (self->ua, self->clock, uri, self->package, CANARY_S, &canary_funcs, self);
  lf_phone_turns_add (self->turns, self->canary);
}

/**
 * lf_phone_memory_miss:
 * @self: of a PBX
 *
 * The PBX has forgotten a subscription. Some in a short time mean that it has forgotten all.
 */
void
lf_phone_memory_miss (LfPhoneMemory *self)
{
  gint64 now_us = lf_clock_get_mono_us (self->clock);
  gint64 first_us = self->gone_us[self->n_gone % STORM_GONE];

  self->gone_us[self->n_gone++ % STORM_GONE] = now_us;
  if (self->n_gone < STORM_GONE || now_us - first_us > STORM_US)
    return;
  if (self->renewed_us != 0 && now_us - self->renewed_us < STORM_CALM_US)
    return;
  g_message ("The PBX has forgotten what is watched; all of it is asked for again.");
  self->funcs->forgotten (self->user_data);
}

/**
 * lf_phone_memory_renew:
 * @self: of a PBX
 *
 * Everything is asked for anew, and so is the canary.
 */
void
lf_phone_memory_renew (LfPhoneMemory *self)
{
  self->renewed_us = lf_clock_get_mono_us (self->clock);
  if (self->canary != NULL)
    lf_subscription_restart (self->canary);
}
