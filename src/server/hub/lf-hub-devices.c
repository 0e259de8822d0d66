/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* Streams and the devices behind them; lines and the connectors behind those. */

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
      g_ptr_array_remove (self->connectors, sink);
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
 *
 * What a device says of itself.
 */
void
lf_hub_set_device (LfHub *self, LfSink *sink, LfReachabilityState state, gint64 since_us)
{
  LfPerson *person = lf_hub_find_person (self, sink->identity->user);

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL || g_hash_table_lookup (self->sessions, sink->identity->session) != sink)
    return;
  if (since_us == LF_INSTANT_NONE)
    since_us = lf_clock_get_now_us (self->clock);
  lf_presentity_set_device (person->presentity, sink->identity->session, state, since_us);
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
}

/* Connectors */

static void
tell_connectors (LfHub *self, LfIdentityKind kind, LfFrameType type)
{
  LfWireEmpty           empty = { NULL };
  g_autoptr (LfWsFrame) frame = lf_ws_frame_new_text (type, &empty);

  for (guint i = 0; i < self->connectors->len; i++)
    {
      LfSink *sink = self->connectors->pdata[i];

      if (sink->identity->kind == kind)
        sink->funcs->send (sink, type, frame);
    }
}

/**
 * lf_hub_tell_lines:
 * @self: a hub
 *
 * The list of lines changed: phone connectors get `lines`.
 */
void
lf_hub_tell_lines (LfHub *self)
{
  g_return_if_fail (LF_IS_HUB (self));

  tell_connectors (self, LF_IDENTITY_PHONE, LF_FRAME_LINES);
}

/**
 * lf_hub_tell_people:
 * @self: a hub
 *
 * The list of people changed: calendar connectors get `people`.
 */
void
lf_hub_tell_people (LfHub *self)
{
  g_return_if_fail (LF_IS_HUB (self));

  tell_connectors (self, LF_IDENTITY_CALENDAR, LF_FRAME_PEOPLE);
}

/* Lines */

/**
 * lf_hub_free_line:
 * @data: (transfer full): a line
 *
 * Frees it; for the hub's table.
 */
void
lf_hub_free_line (gpointer data)
{
  LfLine *line = data;

  g_free (line->line);
  g_free (line->address);
  g_free (line->user);
  g_free (line->owner);
  g_free (line->source);
  g_free (line);
}

static void
refold_owner_of (LfHub *self, const LfLine *line)
{
  LfPerson *person = line->user != NULL ? lf_hub_find_person (self, line->user) : NULL;

  if (person != NULL)
    lf_hub_refold (self, person);
}

static void
unassign (LfHub *self, LfLine *line)
{
  LfPerson *person = line->user != NULL ? lf_hub_find_person (self, line->user) : NULL;

  if (person == NULL)
    return;
  lf_presentity_remove_line (person->presentity, line);
  lf_hub_refold (self, person);
}

/**
 * lf_hub_set_line:
 * @self: a hub
 * @row: a line as it is stored
 *
 * Adds a line, or changes whose it is. What was reported of it stays.
 */
void
lf_hub_set_line (LfHub *self, const LfLineRow *row)
{
  LfLine   *line;
  LfPerson *person;

  g_return_if_fail (LF_IS_HUB (self) && row != NULL);

  person = row->user != NULL ? lf_hub_find_person (self, row->user) : NULL;
  line = g_hash_table_lookup (self->lines, row->line);
  if (line == NULL)
    {
      line = g_new0 (LfLine, 1);
      line->line = g_strdup (row->line);
      line->since_us = LF_INSTANT_NONE;
      g_hash_table_insert (self->lines, g_strdup (row->line), line);
    }
  else if (g_strcmp0 (line->user, row->user) != 0)
    unassign (self, line);
  else if (line->is_primary == row->is_primary && g_str_equal (line->address, row->address))
    return;
  g_free (line->address);
  g_free (line->user);
  line->address = g_strdup (row->address);
  line->user = person != NULL ? g_strdup (row->user) : NULL; /* a closed account's line is nobody's, until it is opened */
  line->is_primary = row->is_primary;
  if (person == NULL)
    return;
  lf_presentity_remove_line (person->presentity, line);
  lf_presentity_add_line (person->presentity, line);
  lf_hub_refold (self, person);
}

/**
 * lf_hub_remove_line:
 * @self: a hub
 * @name: id of a line that is no more
 *
 * Forgets a line.
 */
void
lf_hub_remove_line (LfHub *self, const char *name)
{
  LfLine *line = g_hash_table_lookup (self->lines, name);

  g_return_if_fail (LF_IS_HUB (self));

  if (line == NULL)
    return;
  unassign (self, line);
  lf_hub_forget_trouble_of_line (self, name);
  g_hash_table_remove (self->lines, name);
}

/* The connector of these lines is silent or gone: nothing is known of them, and another may take them. */
void
lf_hub_forget_owner (LfHub *self, const char *token, const char *why)
{
  GHashTableIter iter;
  LfLine        *line;

  if (!g_hash_table_remove (self->owners, token))
    return;
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
    {
      if (g_strcmp0 (line->owner, token) != 0)
        continue;
      lf_hub_note_trouble_of_line (self, line, why);
      g_clear_pointer (&line->owner, g_free);
      g_clear_pointer (&line->source, g_free);
      line->state = LF_PHONE_UNKNOWN;
      line->since_us = LF_INSTANT_NONE;
      refold_owner_of (self, line);
    }
}

static void arm_owners (LfHub *self);

static gboolean
on_owners_due (gpointer user_data)
{
  LfHub                *self = user_data;
  gint64                limit_us = (self->config->connector_silent_s + self->config->connector_grace_s) * LF_SECOND;
  gint64                mono_us = lf_clock_get_mono_us (self->clock);
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  const char           *token;
  LfLineOwner          *owner;

  self->owners_call = 0;
  g_hash_table_iter_init (&iter, self->owners);
  while (g_hash_table_iter_next (&iter, (gpointer *) &token, (gpointer *) &owner))
    if (owner->seen_mono_us + limit_us <= mono_us)
      g_ptr_array_add (silent, g_strdup (token));
  for (guint i = 0; i < silent->len; i++)
    {
      g_message ("A phone connector has been silent for %" G_GINT64_FORMAT " s: its lines are unknown now", limit_us / LF_SECOND);
      lf_hub_forget_owner (self, silent->pdata[i], "was silent for too long");
    }
  arm_owners (self);
  return G_SOURCE_REMOVE;
}

/* One call, for when the first connector will have been silent for too long. */
static void
arm_owners (LfHub *self)
{
  gint64         limit_us = (self->config->connector_silent_s + self->config->connector_grace_s) * LF_SECOND;
  gint64         first_us = G_MAXINT64;
  GHashTableIter iter;
  LfLineOwner   *owner;

  if (self->owners_call != 0)
    return;
  g_hash_table_iter_init (&iter, self->owners);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &owner))
    first_us = MIN (first_us, owner->seen_mono_us + limit_us);
  if (first_us != G_MAXINT64)
    self->owners_call = lf_clock_call_after (self->clock, MAX (first_us - lf_clock_get_mono_us (self->clock), 0),
                                             on_owners_due, self);
}

/**
 * lf_hub_connector_seen:
 * @self: a hub
 * @token: id of a phone connector's service token
 *
 * A sign of life: a request or a frame.
 */
void
lf_hub_connector_seen (LfHub *self, const char *token)
{
  LfLineOwner *owner = g_hash_table_lookup (self->owners, token);

  g_return_if_fail (LF_IS_HUB (self));

  if (owner != NULL)
    owner->seen_mono_us = lf_clock_get_mono_us (self->clock);
}

/**
 * lf_hub_report_line:
 * @self: a hub
 * @connector: who reports
 * @name: id of the line
 * @state: what it is doing
 *
 * Takes a line's state and folds it into the person's.
 *
 * Returns: what became of it
 */
LfLineReport
lf_hub_report_line (LfHub *self, LfIdentity *connector, const char *name, const LfWireLineState *state)
{
  LfLine      *line = g_hash_table_lookup (self->lines, name);
  LfLineOwner *owner;

  g_return_val_if_fail (LF_IS_HUB (self) && connector != NULL && state != NULL, LF_LINE_UNKNOWN);

  if (line == NULL)
    return LF_LINE_UNKNOWN;
  if (line->owner != NULL && !g_str_equal (line->owner, connector->session))
    {
      lf_hub_note_refusal_of_line (self, line, connector);
      return LF_LINE_OWNED;
    }
  owner = g_hash_table_lookup (self->owners, connector->session);
  if (owner == NULL)
    {
      owner = g_new0 (LfLineOwner, 1);
      g_hash_table_insert (self->owners, g_strdup (connector->session), owner);
    }
  owner->seen_mono_us = lf_clock_get_mono_us (self->clock);
  if (line->owner == NULL)
    {
      line->owner = g_strdup (connector->session);
      line->source = g_strdup (connector->name);
    }
  line->state = state->state;
  line->since_us = state->since_us != LF_INSTANT_NONE ? state->since_us : lf_clock_get_now_us (self->clock);
  arm_owners (self);
  refold_owner_of (self, line);
  return LF_LINE_TAKEN;
}
