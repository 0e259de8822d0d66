/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-line-tracker.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

/**
 * LfSubscription:
 *
 * One subscription (RFC 6665) to the state of a line, from the first SUBSCRIBE to the last. It begins
 * when its owner says so, keeps itself alive, and asks its owner for another turn when it has to begin
 * anew.
 */
typedef struct _LfSubscription LfSubscription;

/**
 * LfSubscriptionState:
 * @LF_SUBSCRIPTION_WAITING: for its turn
 * @LF_SUBSCRIPTION_ASKED: the PBX has not answered yet
 * @LF_SUBSCRIPTION_LIVE: granted
 * @LF_SUBSCRIPTION_PAUSED: waits before it asks for a turn again
 * @LF_SUBSCRIPTION_DEAD: the PBX does not give it, and will not
 *
 * How far a subscription is.
 */
typedef enum
{
  LF_SUBSCRIPTION_WAITING,
  LF_SUBSCRIPTION_ASKED,
  LF_SUBSCRIPTION_LIVE,
  LF_SUBSCRIPTION_PAUSED,
  LF_SUBSCRIPTION_DEAD,
} LfSubscriptionState;

/**
 * LfSubscriptionTrouble:
 * @LF_SUBSCRIPTION_GONE: the PBX has forgotten it (481)
 * @LF_SUBSCRIPTION_PASSWORD: the PBX does not take the password
 * @LF_SUBSCRIPTION_REFUSED: the PBX does not allow it (403, rejected)
 * @LF_SUBSCRIPTION_UNKNOWN: the PBX does not know the line (404, noresource)
 * @LF_SUBSCRIPTION_UNSUPPORTED: the PBX does not have the event package (489), or wants no such request (405, 420)
 * @LF_SUBSCRIPTION_UNANSWERED: nothing came back, or the PBX is in trouble
 *
 * What can go wrong.
 */
typedef enum
{
  LF_SUBSCRIPTION_GONE,
  LF_SUBSCRIPTION_PASSWORD,
  LF_SUBSCRIPTION_REFUSED,
  LF_SUBSCRIPTION_UNKNOWN,
  LF_SUBSCRIPTION_UNSUPPORTED,
  LF_SUBSCRIPTION_UNANSWERED,
} LfSubscriptionTrouble;

/**
 * LfSubscriptionFuncs:
 * @turn: it wants to begin: lf_subscription_begin() when it may
 * @begun: it was begun anew: documents are counted from the next on
 * @notify: a document came; returns what became of it
 * @trouble: something went wrong
 *
 * What is told of a subscription.
 */
typedef struct
{
  void (*turn) (LfSubscription *self, gpointer user_data);
  void (*begun) (LfSubscription *self, gpointer user_data);
  LfNotifyResult (*notify) (LfSubscription *self, const char *content_type, const char *body, gsize length, gpointer user_data);
  void (*trouble) (LfSubscription *self, LfSubscriptionTrouble trouble, gpointer user_data);
} LfSubscriptionFuncs;

LfSubscription     *lf_subscription_new (LfPhoneUa *ua, LfClock *clock, const char *uri, LfEventPackage package, guint expires_s, const LfSubscriptionFuncs *funcs, gpointer user_data);
void                lf_subscription_free (LfSubscription *self);
void                lf_subscription_set_is_list (LfSubscription *self);
void                lf_subscription_begin (LfSubscription *self);
void                lf_subscription_refresh (LfSubscription *self);
void                lf_subscription_restart (LfSubscription *self);
LfSubscriptionState lf_subscription_get_state (LfSubscription *self);
LfEventPackage      lf_subscription_get_package (LfSubscription *self);

G_END_DECLS
