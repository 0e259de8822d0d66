/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* Streams and the devices behind them. */

/**
 * lf_hub_free_gone:
 * @data: (transfer full): a device whose socket is gone
 *
 * Cancels its grace and frees it; for the hub's table.
 */
void
lf_hub_free_gone (gpointer data)
{
  LfGone *gone = data;

  lf_clock_cancel (gone->hub->clock, &gone->call);
  g_free (gone->user);
  g_free (gone->session);
  g_free (gone);
}

static void
drop_device (LfHub *self, const char *user, const char *session)
{
  LfPerson *person = lf_hub_find_person (self, user);

  if (person != NULL && lf_presentity_remove_device (person->presentity, session))
    lf_hub_refold (self, person);
}

static gboolean
on_grace_over (gpointer user_data)
{
  LfGone          *gone = user_data;
  LfHub           *self = gone->hub;
  g_autofree char *user = g_strdup (gone->user);
  g_autofree char *session = g_strdup (gone->session);

  gone->call = 0;
  g_hash_table_remove (self->gone, session);
  drop_device (self, user, session);
  return G_SOURCE_REMOVE;
}

static void
start_grace (LfHub *self, const char *user, const char *session)
{
  LfGone *gone = g_new0 (LfGone, 1);

  gone->hub = self;
  gone->user = g_strdup (user);
  gone->session = g_strdup (session);
  gone->until_mono_us = lf_clock_get_mono_us (self->clock) + self->config->device_grace_s * LF_SECOND;
  gone->call = lf_clock_call_after (self->clock, self->config->device_grace_s * LF_SECOND, on_grace_over, gone);
  g_hash_table_replace (self->gone, g_strdup (session), gone);
}

/* The device behind a stream has gone. */
static void
leave_device (LfHub *self, LfIdentity *identity, gboolean is_bye)
{
  LfPerson *person = lf_hub_find_person (self, identity->user);

  if (person == NULL || !lf_presentity_has_device (person->presentity, identity->session))
    return;
  if (is_bye)
    drop_device (self, identity->user, identity->session);
  else
    start_grace (self, identity->user, identity->session);
}

static void
unlink_sink (LfHub *self, LfSink *sink)
{
  LfPerson *person = lf_hub_find_person (self, sink->identity->user);

  if (g_hash_table_lookup (self->sessions, sink->identity->session) == sink)
    g_hash_table_remove (self->sessions, sink->identity->session);
  if (person != NULL && g_ptr_array_remove (person->sinks, sink))
    lf_hub_update_live (person);
}

/**
 * lf_hub_attach:
 * @self: a hub
 * @sink: a stream; borrowed until it is detached
 *
 * Adds a stream. An older one of the same session is detached and closed.
 */
void
lf_hub_attach (LfHub *self, LfSink *sink)
{
  LfIdentity *identity = sink->identity;
  LfSink     *older;
  LfPerson   *person;

  g_return_if_fail (LF_IS_HUB (self));

  if (identity->kind != LF_IDENTITY_PERSON)
    {
      g_ptr_array_add (self->connectors, sink);
      return;
    }
  older = g_hash_table_lookup (self->sessions, identity->session);
  if (older != NULL)
    {
      unlink_sink (self, older);
      older->funcs->close (older, LF_CLOSE_REPLACED, "a newer stream of this session took over");
    }
  g_hash_table_remove (self->gone, identity->session);
  g_hash_table_insert (self->sessions, g_strdup (identity->session), sink);
  person = lf_hub_ensure_person (self, identity->user);
  g_ptr_array_add (person->sinks, sink);
  lf_hub_update_live (person);
}

/**
 * lf_hub_detach:
 * @self: a hub
 * @sink: a stream that was attached, or has been detached already
 * @is_bye: the device left on purpose
 *
 * Takes a stream away. Its device is offline at once, or at the end of the grace.
 */
void
lf_hub_detach (LfHub *self, LfSink *sink, gboolean is_bye)
{
  LfIdentity *identity = sink->identity;

  g_return_if_fail (LF_IS_HUB (self));

  if (identity->kind != LF_IDENTITY_PERSON)
    {
      if (g_ptr_array_remove (self->connectors, sink) && identity->kind == LF_IDENTITY_CALENDAR)
        lf_hub_doubt_calendars_of (self, identity->session);
      return;
    }
  if (g_hash_table_lookup (self->sessions, identity->session) != sink)
    return;
  unlink_sink (self, sink);
  leave_device (self, identity, is_bye);
}

/**
 * lf_hub_park:
 * @self: a hub
 * @sink: a person's stream that was attached
 * @is_bye: its device is offline at once
 *
 * The socket is gone, the sink stays: it keeps what comes for a resume. Its device is offline at once,
 * or at the end of the grace.
 */
void
lf_hub_park (LfHub *self, LfSink *sink, gboolean is_bye)
{
  g_return_if_fail (LF_IS_HUB (self));

  if (g_hash_table_lookup (self->sessions, sink->identity->session) == sink)
    leave_device (self, sink->identity, is_bye);
}

/**
 * lf_hub_unpark:
 * @self: a hub
 * @sink: a parked stream, or one that was detached already
 *
 * Takes the sink away. Its device has left before.
 */
void
lf_hub_unpark (LfHub *self, LfSink *sink)
{
  g_return_if_fail (LF_IS_HUB (self));

  if (g_hash_table_lookup (self->sessions, sink->identity->session) == sink)
    unlink_sink (self, sink);
}

/**
 * lf_hub_find_sink:
 * @self: a hub
 * @session: a person's session
 *
 * Returns: (transfer none) (nullable): its stream, with a socket or parked
 */
LfSink *
lf_hub_find_sink (LfHub *self, const char *session)
{
  g_return_val_if_fail (LF_IS_HUB (self), NULL);

  return g_hash_table_lookup (self->sessions, session);
}

/**
 * lf_hub_set_device:
 * @self: a hub
 * @sink: a person's stream
 * @state: online, idle or away
 * @since_us: of @state, or %LF_INSTANT_NONE
 * @is_on_the_phone: a call is held there; %FALSE also for not known
 *
 * What a device says of itself.
 */
void
lf_hub_set_device (LfHub *self, LfSink *sink, LfReachabilityState state, gint64 since_us, gboolean is_on_the_phone)
{
  LfPerson *person = lf_hub_find_person (self, sink->identity->user);

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL || g_hash_table_lookup (self->sessions, sink->identity->session) != sink)
    return;
  if (since_us == LF_INSTANT_NONE)
    since_us = lf_clock_get_now_us (self->clock);
  lf_presentity_set_device (person->presentity, sink->identity->session, state, since_us);
  lf_presentity_set_device_phone (person->presentity, sink->identity->session, is_on_the_phone, lf_clock_get_now_us (self->clock));
  lf_hub_refold (self, person);
}

/**
 * lf_hub_end_session:
 * @self: a hub
 * @session: a session, or a service token
 *
 * It was signed out or revoked: its streams are closed, its device is offline at once.
 */
void
lf_hub_end_session (LfHub *self, const char *session)
{
  LfSink *sink = g_hash_table_lookup (self->sessions, session);
  LfGone *gone = g_hash_table_lookup (self->gone, session);

  g_return_if_fail (LF_IS_HUB (self));

  if (gone != NULL)
    {
      g_autofree char *user = g_strdup (gone->user);

      g_hash_table_remove (self->gone, session);
      drop_device (self, user, session);
    }
  if (sink != NULL)
    {
      unlink_sink (self, sink);
      drop_device (self, sink->identity->user, session);
      sink->funcs->close (sink, LF_CLOSE_SIGNED_OUT, "signed out");
    }
  for (guint i = self->connectors->len; i > 0; i--)
    {
      LfSink *connector = self->connectors->pdata[i - 1];

      if (g_str_equal (connector->identity->session, session))
        {
          g_ptr_array_remove_index (self->connectors, i - 1);
          connector->funcs->close (connector, LF_CLOSE_SIGNED_OUT, "the service token was revoked");
        }
    }
  lf_hub_forget_owner (self, session, "lost its service token");
  g_hash_table_remove (self->troubles, session);
  lf_hub_drop_calendars_of (self, session);
}

/**
 * lf_hub_has_sessions:
 * @self: a hub
 * @user: id of a person
 *
 * Returns: %TRUE if the person has a stream, with a socket or parked
 */
gboolean
lf_hub_has_sessions (LfHub *self, const char *user)
{
  const LfPerson *person;

  g_return_val_if_fail (LF_IS_HUB (self) && user != NULL, FALSE);

  person = lf_hub_find_person (self, user);
  return person != NULL && person->sinks->len > 0;
}

/**
 * lf_hub_is_dnd:
 * @self: a hub
 * @user: id of a person
 *
 * Returns: %TRUE if the person has switched on “do not disturb”
 */
gboolean
lf_hub_is_dnd (LfHub *self, const char *user)
{
  const LfPerson *person;
  const LfClaims *claims;

  g_return_val_if_fail (LF_IS_HUB (self) && user != NULL, FALSE);

  person = lf_hub_find_person (self, user);
  claims = person != NULL ? lf_presentity_get_claims (person->presentity) : NULL;
  return claims != NULL && claims->dnd.is_on &&
         (claims->dnd.expires_at_us == LF_INSTANT_NONE || claims->dnd.expires_at_us > lf_clock_get_now_us (self->clock));
}
