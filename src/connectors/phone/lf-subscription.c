/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-phone-parts.h"
#include "lf-subscription.h"

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>

/* What nua does by itself, and is not done here too: it refreshes in time (at a random point between a
 * quarter and three quarters of the time granted), asks again with the least time that a PBX wants, if that is longer (423),
 * and subscribes anew when the PBX ends a subscription as "deactivated" or "probation". All else is here.
 * RFC 6665 sections 4.1 and 4.4. */

#define FIRST_PAUSE_US (2 * LF_SECOND)
#define MAX_PAUSE_US   (300 * LF_SECOND)
#define DEAD_PAUSE_US  (3600 * LF_SECOND) /* an administrator may have mended it */

struct _LfSubscription
{
  LfNuaHandler               handler; /* first: nua knows the subscription by it */
  LfPhoneUa                 *ua;      /* borrowed */
  LfClock                   *clock;   /* borrowed */
  char                      *uri;
  const LfSubscriptionFuncs *funcs;
  gpointer                   user_data;
  nua_handle_t              *handle;
  guint                      pause; /* call of the clock, or 0 */
  guint                      expires_s;
  guint16                    n_failures;
  guint8                     package; /* LfEventPackage */
  guint8                     state;   /* LfSubscriptionState */
  gboolean                   was_challenged;
  gboolean                   is_list;
};

#define LIST_ACCEPT "multipart/related, application/rlmi+xml, " /* and the type of the package: RFC 4662 section 4.5 */

static gboolean
on_pause_over (gpointer user_data)
{
  LfSubscription *self = user_data;

  self->pause = 0;
  self->state = LF_SUBSCRIPTION_WAITING;
  self->funcs->turn (self, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Lets go of what there is, and asks for a turn later; at once for 0. */
static void
pause_for (LfSubscription *self, gint64 pause_us, LfSubscriptionState state)
{
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  lf_clock_cancel (self->clock, &self->pause);
  self->state = state;
  self->pause = lf_clock_call_after (self->clock, pause_us, on_pause_over, self);
}

/* Full jitter, as the PBX may have a thousand others like this one. */
static void
back_off (LfSubscription *self, gint64 least_us)
{
  gint64 most_us = MIN (FIRST_PAUSE_US << MIN (self->n_failures, 10), MAX_PAUSE_US);

  self->n_failures = (guint16) MIN (self->n_failures + 1, 100);
  pause_for (self, least_us + (gint64) (g_random_double () * (double) most_us), LF_SUBSCRIPTION_PAUSED);
}

static gint64
get_retry_after_us (const sip_t *sip)
{
  guint64 seconds = sip != NULL && sip->sip_retry_after != NULL ? sip->sip_retry_after->af_delta : 0;

  return (gint64) MIN (seconds, 86400) * LF_SECOND;
}

static void
die (LfSubscription *self, LfSubscriptionTrouble trouble)
{
  pause_for (self, DEAD_PAUSE_US, LF_SUBSCRIPTION_DEAD);
  self->funcs->trouble (self, trouble, self->user_data);
}

/* A challenge after an answer to one is a wrong password. */
static void
take_challenge (LfSubscription *self, const sip_t *sip)
{
  if (!self->was_challenged && lf_phone_ua_authenticate (self->ua, self->handle, sip))
    self->was_challenged = TRUE;
  else
    die (self, LF_SUBSCRIPTION_PASSWORD);
}

static void
take_answer (LfSubscription *self, int status, const sip_t *sip)
{
  if (status < 200)
    return;
  if (status < 300)
    {
      self->was_challenged = FALSE;
      self->n_failures = 0;
      self->state = LF_SUBSCRIPTION_LIVE;
      return;
    }
  switch (status)
    {
    case 401:
    case 407:
      take_challenge (self, sip);
      break;
    case 403:
    case 603:
      die (self, LF_SUBSCRIPTION_REFUSED);
      break;
    case 404:
    case 410:
    case 484:
    case 604:
      die (self, LF_SUBSCRIPTION_UNKNOWN);
      break;
    case 405:
    case 420: /* it wants no such extension */
    case 489:
    case 501:
      die (self, LF_SUBSCRIPTION_UNSUPPORTED);
      break;
    case 481:
      back_off (self, 0);
      self->funcs->trouble (self, LF_SUBSCRIPTION_GONE, self->user_data);
      break;
    default:
      back_off (self, get_retry_after_us (sip));
      self->funcs->trouble (self, LF_SUBSCRIPTION_UNANSWERED, self->user_data);
      break;
    }
}

/* RFC 6665 section 4.1.3. "invariant": the state is what it is, and will not change. */
static void
take_end (LfSubscription *self, const sip_subscription_state_t *ended)
{
  const char *reason = ended->ss_reason != NULL ? ended->ss_reason : "";
  gint64      retry_us = ended->ss_retry_after != NULL ? (gint64) MIN (g_ascii_strtoull (ended->ss_retry_after, NULL, 10), 86400) * LF_SECOND : 0;

  if (g_ascii_strcasecmp (reason, "deactivated") == 0 || g_ascii_strcasecmp (reason, "probation") == 0)
    self->funcs->begun (self, self->user_data);
  else if (g_ascii_strcasecmp (reason, "rejected") == 0)
    die (self, LF_SUBSCRIPTION_REFUSED);
  else if (g_ascii_strcasecmp (reason, "noresource") == 0)
    die (self, LF_SUBSCRIPTION_UNKNOWN);
  else if (g_ascii_strcasecmp (reason, "invariant") == 0)
    {
      lf_phone_ua_drop_handle (self->ua, &self->handle);
      self->state = LF_SUBSCRIPTION_DEAD;
    }
  else if (g_ascii_strcasecmp (reason, "giveup") == 0)
    back_off (self, retry_us);
  else /* "timeout", or one that RFC 6665 does not have */
    {
      self->n_failures = 0;
      back_off (self, retry_us);
    }
}

/* Without its parameters, which say nothing, unless it is of several parts. */
static char *
dup_content_type (const sip_t *sip)
{
  const sip_content_type_t *type = sip->sip_content_type;
  g_autofree char          *parameters = NULL;

  if (type == NULL)
    return NULL;
  if (type->c_params == NULL || !lf_phone_parts_are (type->c_type))
    return g_strdup (type->c_type);
  parameters = g_strjoinv ("; ", (char **) type->c_params);
  return g_strconcat (type->c_type, "; ", parameters, NULL);
}

static void
take_notify (LfSubscription *self, const sip_t *sip)
{
  LfNotifyResult   result = LF_NOTIFY_TAKEN;
  g_autofree char *content_type = sip != NULL ? dup_content_type (sip) : NULL;

  if (sip == NULL)
    return;
  if (sip->sip_payload != NULL && sip->sip_payload->pl_len > 0)
    result = self->funcs->notify (self, content_type, sip->sip_payload->pl_data, sip->sip_payload->pl_len, self->user_data);
  if (sip->sip_subscription_state != NULL && sip->sip_subscription_state->ss_substate != NULL &&
      g_ascii_strcasecmp (sip->sip_subscription_state->ss_substate, "terminated") == 0)
    take_end (self, sip->sip_subscription_state);
  else if (result == LF_NOTIFY_GAP) /* a refresh brings the full state: RFC 4235 section 4.1 */
    lf_subscription_refresh (self);
}

static void
on_nua_event (LfNuaHandler *handler, nua_event_t event, int status, nua_handle_t *handle, const sip_t *sip)
{
  LfSubscription *self = (LfSubscription *) handler;

  if (handle != self->handle)
    return;
  if (event == nua_r_subscribe)
    take_answer (self, status, sip);
  else if (event == nua_i_notify)
    take_notify (self, sip);
}

/**
 * lf_subscription_new:
 * @ua: the connector's user agent; outlives the subscription
 * @clock: outlives it, too
 * @uri: SIP URI of the line
 * @package: what to ask for
 * @expires_s: how long the PBX shall keep it between refreshes
 * @funcs: what is told of it
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a subscription that waits for its turn
 */
LfSubscription *
lf_subscription_new (LfPhoneUa *ua, LfClock *clock, const char *uri, LfEventPackage package, guint expires_s, const LfSubscriptionFuncs *funcs, gpointer user_data)
{
  LfSubscription *self = g_new0 (LfSubscription, 1);

  self->handler.event = on_nua_event;
  self->ua = ua;
  self->clock = clock;
  self->uri = g_strdup (uri);
  self->package = (guint8) package;
  self->expires_s = expires_s;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

/**
 * lf_subscription_free:
 * @self: (transfer full) (nullable): a subscription
 *
 * Ends it.
 */
void
lf_subscription_free (LfSubscription *self)
{
  if (self == NULL)
    return;

  lf_clock_cancel (self->clock, &self->pause);
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  g_free (self->uri);
  g_free (self);
}

/**
 * lf_subscription_begin:
 * @self: a subscription whose turn has come
 *
 * Asks the PBX.
 */
void
lf_subscription_begin (LfSubscription *self)
{
  const char      *type = lf_event_package_get_type (lf_subscription_get_package (self));
  g_autofree char *accept = g_strconcat (self->is_list ? LIST_ACCEPT : "", type, NULL);
  char             expires[12];

  g_snprintf (expires, sizeof expires, "%u", self->expires_s);
  lf_clock_cancel (self->clock, &self->pause);
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  self->state = LF_SUBSCRIPTION_ASKED;
  self->was_challenged = FALSE;
  self->handle = lf_phone_ua_new_handle (self->ua, &self->handler, self->uri);
  nua_subscribe (self->handle,
                 SIPTAG_EVENT_STR (lf_event_package_get_name (lf_subscription_get_package (self))),
                 SIPTAG_ACCEPT_STR (accept),
                 TAG_IF (self->is_list, NUTAG_SUPPORTED ("eventlist")),
                 SIPTAG_EXPIRES_STR (expires),
                 TAG_END ());
  self->funcs->begun (self, self->user_data);
}

/**
 * lf_subscription_set_is_list:
 * @self: a subscription that has not begun
 *
 * Its address is that of a list: one document tells of many (RFC 4662).
 */
void
lf_subscription_set_is_list (LfSubscription *self)
{
  self->is_list = TRUE;
}

/**
 * lf_subscription_refresh:
 * @self: a subscription
 *
 * Has the PBX tell the full state once more, if it is asked already.
 */
void
lf_subscription_refresh (LfSubscription *self)
{
  if (self->handle != NULL && self->state == LF_SUBSCRIPTION_LIVE)
    nua_subscribe (self->handle, TAG_END ());
}

/**
 * lf_subscription_restart:
 * @self: a subscription
 *
 * Asks for a turn at once, whatever its state: the PBX may have forgotten it. What there is stays until
 * then, so that thousands do not take their leave at one moment.
 */
void
lf_subscription_restart (LfSubscription *self)
{
  self->n_failures = 0;
  lf_clock_cancel (self->clock, &self->pause);
  self->state = LF_SUBSCRIPTION_WAITING;
  self->funcs->turn (self, self->user_data);
}

/**
 * lf_subscription_get_state:
 * @self: a subscription
 *
 * Returns: how far it is
 */
LfSubscriptionState
lf_subscription_get_state (LfSubscription *self)
{
  return (LfSubscriptionState) self->state;
}

/**
 * lf_subscription_get_package:
 * @self: a subscription
 *
 * Returns: what it asks for
 */
LfEventPackage
lf_subscription_get_package (LfSubscription *self)
{
  return (LfEventPackage) self->package;
}
