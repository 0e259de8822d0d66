/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-phone-link.h"

#include <sofia-sip/nua_tag.h>

#define MAX_MISSES 2

struct _LfPhoneLink
{
  LfNuaHandler            handler; /* first: nua knows the link by it */
  LfPhoneUa              *ua;      /* borrowed */
  LfClock                *clock;   /* borrowed */
  char                   *uri;
  gint64                  every_us;
  const LfPhoneLinkFuncs *funcs;
  gpointer                user_data;
  nua_handle_t           *handle; /* of a question that is not answered yet */
  guint                   call;   /* of the clock: the next question */
  guint                   n_misses;
  gboolean                is_lost;
};

static gboolean on_time_to_ask (gpointer user_data);

static void
ask_after (LfPhoneLink *self, gint64 delay_us)
{
  lf_clock_cancel (self->clock, &self->call);
  self->call = lf_clock_call_after (self->clock, delay_us, on_time_to_ask, self);
}

static void
count_miss (LfPhoneLink *self)
{
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  if (++self->n_misses < MAX_MISSES || self->is_lost)
    return;
  self->is_lost = TRUE;
  self->funcs->lost (self->user_data);
}

static gboolean
on_time_to_ask (gpointer user_data)
{
  LfPhoneLink *self = user_data;

  self->call = 0;
  if (self->handle != NULL) /* nothing came for as long as one waits for the next */
    count_miss (self);
  self->handle = lf_phone_ua_new_handle (self->ua, &self->handler, self->uri);
  nua_options (self->handle, TAG_END ());
  ask_after (self, self->every_us);
  return G_SOURCE_REMOVE;
}

/* Whatever the PBX says, it is there, but for these: sofia-sip makes up 408 when nothing came, and 503 when
 * there is no connection; a PBX that says so itself is no better. */
static void
on_nua_event (LfNuaHandler *handler, nua_event_t event, int status, nua_handle_t *handle, const sip_t *sip)
{
  LfPhoneLink *self = (LfPhoneLink *) handler;

  if (event != nua_r_options || handle != self->handle || status < 200)
    return;
  if (status == 408 || status == 503 || status == 504 || status >= 700)
    {
      count_miss (self);
      return;
    }
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  self->n_misses = 0;
  if (!self->is_lost)
    return;
  self->is_lost = FALSE;
  self->funcs->back (self->user_data);
}

/**
 * lf_phone_link_new:
 * @ua: the connector's user agent; outlives the link
 * @clock: outlives it, too
 * @config: where the PBX is, and how often to ask
 * @funcs: what is told of it
 * @user_data: for @funcs
 *
 * Begins to ask.
 *
 * Returns: (transfer full): a link that is taken to be there
 */
LfPhoneLink *
lf_phone_link_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfPhoneLinkFuncs *funcs, gpointer user_data)
{
  LfPhoneLink *self = g_new0 (LfPhoneLink, 1);

  self->handler.event = on_nua_event;
  self->ua = ua;
  self->clock = clock;
  self->uri = g_strdup_printf ("sip:%s", config->domain);
  self->every_us = config->ping_s * LF_SECOND;
  self->funcs = funcs;
  self->user_data = user_data;
  ask_after (self, 0);
  return self;
}

/**
 * lf_phone_link_free:
 * @self: (transfer full) (nullable): a link
 *
 * Asks no more.
 */
void
lf_phone_link_free (LfPhoneLink *self)
{
  if (self == NULL)
    return;

  lf_clock_cancel (self->clock, &self->call);
  lf_phone_ua_drop_handle (self->ua, &self->handle);
  g_free (self->uri);
  g_free (self);
}

/**
 * lf_phone_link_is_lost:
 * @self: a link
 *
 * Returns: %TRUE while the PBX does not answer
 */
gboolean
lf_phone_link_is_lost (LfPhoneLink *self)
{
  return self->is_lost;
}

/**
 * lf_phone_link_ask_now:
 * @self: a link
 *
 * Asks at once, unless a question is under way: something else was not answered.
 */
void
lf_phone_link_ask_now (LfPhoneLink *self)
{
  if (self->handle == NULL)
    ask_after (self, 0);
}
