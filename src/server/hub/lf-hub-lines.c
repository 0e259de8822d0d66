/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* Lines, and the connectors behind them. */

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
  g_clear_pointer (&line->shares, g_ptr_array_unref);
  g_free (line->owner);
  g_free (line->source);
  g_free (line->pickup_group);
  g_free (line->peer);
  g_free (line->peer_name);
  g_free (line);
}

/* @direction and the two others only mean something during a call. */
static void
set_peer (LfLine *line, LfCallDirection direction, const char *peer, const char *peer_name)
{
  line->direction = direction;
  g_free (line->peer);
  g_free (line->peer_name);
  line->peer = g_strdup (peer);
  line->peer_name = g_strdup (peer_name);
}

static gboolean
is_in_call (LfPhoneState state)
{
  return state == LF_PHONE_RINGING || state == LF_PHONE_OFF_HOOK || state == LF_PHONE_HELD;
}

static void
refold_people_of (LfHub *self, const LfLine *line)
{
  g_autoptr (GPtrArray) people = lf_line_list_people (line);

  for (guint i = 0; i < people->len; i++)
    lf_hub_refold (self, lf_hub_find_person (self, people->pdata[i]));
}

/* Nobody's, until it is assigned again. @former: (out container): whose it was, to be folded anew. */
static void
take_away (LfHub *self, LfLine *line, GPtrArray *former)
{
  g_autoptr (GPtrArray) people = lf_line_list_people (line);

  for (guint i = 0; i < people->len; i++)
    {
      LfPerson *person = lf_hub_find_person (self, people->pdata[i]);

      lf_presentity_remove_line (person->presentity, line);
      g_ptr_array_add (former, person);
    }
  g_clear_pointer (&line->user, g_free);
  g_clear_pointer (&line->shares, g_ptr_array_unref);
}

/* A closed account's line is nobody's, until it is opened. */
static void
hand_out (LfHub *self, LfLine *line, const LfLineRow *row)
{
  g_autoptr (GPtrArray) people = NULL;

  if (row->user != NULL && lf_hub_find_person (self, row->user) != NULL)
    line->user = g_strdup (row->user);
  line->is_primary = row->is_primary;
  for (guint i = 0; row->shares != NULL && i < row->shares->len; i++)
    {
      const LfLineShare *share = row->shares->pdata[i];

      if (lf_hub_find_person (self, share->user) == NULL)
        continue;
      if (line->shares == NULL)
        line->shares = lf_line_shares_new ();
      lf_line_shares_add (line->shares, share->user, share->is_primary);
    }
  people = lf_line_list_people (line);
  for (guint i = 0; i < people->len; i++)
    lf_presentity_add_line (lf_hub_find_person (self, people->pdata[i])->presentity, line);
}

static gboolean
are_same (const GPtrArray *a, const GPtrArray *b)
{
  guint n_a = a != NULL ? a->len : 0;

  if (n_a != (b != NULL ? b->len : 0))
    return FALSE;
  for (guint i = 0; i < n_a; i++)
    {
      const LfLineShare *share = a->pdata[i];
      const LfLineShare *other = lf_line_shares_find (b, share->user);

      if (other == NULL || other->is_primary != share->is_primary)
        return FALSE;
    }
  return TRUE;
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
  g_autoptr (GPtrArray) former = g_ptr_array_new ();
  LfLine               *line;

  g_return_if_fail (LF_IS_HUB (self) && row != NULL);

  line = g_hash_table_lookup (self->lines, row->line);
  if (line == NULL)
    {
      line = g_new0 (LfLine, 1);
      line->line = g_strdup (row->line);
      line->since_us = LF_INSTANT_NONE;
      g_hash_table_insert (self->lines, g_strdup (row->line), line);
    }
  else if (g_strcmp0 (line->user, row->user) == 0 && line->is_primary == row->is_primary && g_str_equal (line->address, row->address) &&
           g_strcmp0 (line->pickup_group, row->pickup_group) == 0 && are_same (line->shares, row->shares))
    return;
  take_away (self, line, former);
  g_free (line->address);
  g_free (line->pickup_group);
  line->address = g_strdup (row->address);
  line->pickup_group = g_strdup (row->pickup_group);
  hand_out (self, line, row);
  for (guint i = 0; i < former->len; i++)
    lf_hub_refold (self, former->pdata[i]);
  refold_people_of (self, line);
}

/**
 * lf_hub_drop_lines_of:
 * @self: a hub
 * @person: who is about to go
 *
 * The person's lines are others' or nobody's.
 */
void
lf_hub_drop_lines_of (LfHub *self, LfPerson *person)
{
  const char    *user = lf_presentity_get_user (person->presentity);
  GHashTableIter iter;
  LfLine        *line;

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
    {
      const LfLineShare *share = lf_line_shares_find (line->shares, user);

      if (share != NULL && line->shares->len == 1)
        g_clear_pointer (&line->shares, g_ptr_array_unref);
      else if (share != NULL)
        g_ptr_array_remove (line->shares, (gpointer) share);
      else if (g_strcmp0 (line->user, user) == 0)
        g_clear_pointer (&line->user, g_free);
      else
        continue;
      lf_presentity_remove_line (person->presentity, line);
    }
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
  g_autoptr (GPtrArray) former = g_ptr_array_new ();
  LfLine               *line = g_hash_table_lookup (self->lines, name);

  g_return_if_fail (LF_IS_HUB (self));

  if (line == NULL)
    return;
  take_away (self, line, former);
  for (guint i = 0; i < former->len; i++)
    lf_hub_refold (self, former->pdata[i]);
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
      line->reason = LF_PHONE_REASON_LINK_LOST;
      set_peer (line, LF_CALL_NO_DIRECTION, NULL, NULL);
      refold_people_of (self, line);
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

static LfLineOwner *
ensure_owner (LfHub *self, const char *token)
{
  LfLineOwner *owner = g_hash_table_lookup (self->owners, token);

  if (owner != NULL)
    return owner;
  owner = g_new0 (LfLineOwner, 1);
  owner->seen_mono_us = lf_clock_get_mono_us (self->clock);
  g_hash_table_insert (self->owners, g_strdup (token), owner);
  return owner;
}

static LfPhoneReason
get_reason (const LfLineOwner *owner, const LfWireLineState *state)
{
  if (state->state != LF_PHONE_UNKNOWN)
    return LF_PHONE_REASON_NONE;
  if (state->is_unregistered)
    return LF_PHONE_REASON_UNREGISTERED;
  return owner->has_lost_link ? LF_PHONE_REASON_LINK_LOST : LF_PHONE_REASON_NONE;
}

/**
 * lf_hub_report_line:
 * @self: a hub
 * @connector: who reports
 * @name: id of the line
 * @state: what it is doing
 *
 * Takes a line's state and folds it into the presence of all whose it is.
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
  owner = ensure_owner (self, connector->session);
  owner->seen_mono_us = lf_clock_get_mono_us (self->clock);
  if (line->owner == NULL)
    {
      line->owner = g_strdup (connector->session);
      line->source = g_strdup (connector->name);
    }
  line->state = state->state;
  line->since_us = state->since_us != LF_INSTANT_NONE ? state->since_us : lf_clock_get_now_us (self->clock);
  line->reason = get_reason (owner, state);
  if (is_in_call (state->state))
    set_peer (line, state->direction, state->peer, state->peer_name);
  else
    set_peer (line, LF_CALL_NO_DIRECTION, NULL, NULL);
  arm_owners (self);
  refold_people_of (self, line);
  return LF_LINE_TAKEN;
}

/**
 * lf_hub_find_line:
 * @self: a hub
 * @name: id of a line
 *
 * Returns: (transfer none) (nullable): the line as it is now; until the hub hears something else
 */
const LfLine *
lf_hub_find_line (LfHub *self, const char *name)
{
  g_return_val_if_fail (LF_IS_HUB (self), NULL);

  return g_hash_table_lookup (self->lines, name);
}

/**
 * lf_hub_list_lines:
 * @self: a hub
 * @user: (nullable): whose; %NULL: everybody's
 *
 * Returns: (transfer container) (element-type LfLine): the lines as they are now, in no order
 */
GPtrArray *
lf_hub_list_lines (LfHub *self, const char *user)
{
  GPtrArray      *found = g_ptr_array_new ();
  GHashTableIter  iter;
  LfLine         *line;
  const LfPerson *person;

  g_return_val_if_fail (LF_IS_HUB (self), found);

  if (user == NULL)
    {
      g_hash_table_iter_init (&iter, self->lines);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
        g_ptr_array_add (found, line);
      return found;
    }
  person = lf_hub_find_person (self, user);
  if (person != NULL)
    g_ptr_array_extend (found, (GPtrArray *) lf_presentity_get_lines (person->presentity), NULL, NULL);
  return found;
}

/* The latest stream of a token. */
static LfSink *
find_connector (LfHub *self, const char *token)
{
  for (guint i = self->connectors->len; i > 0; i--)
    if (g_str_equal (((LfSink *) self->connectors->pdata[i - 1])->identity->session, token))
      return self->connectors->pdata[i - 1];
  return NULL;
}

/**
 * lf_hub_has_connector:
 * @self: a hub
 * @token: id of a connector's service token
 *
 * Returns: %TRUE if it has a stream now
 */
gboolean
lf_hub_has_connector (LfHub *self, const char *token)
{
  g_return_val_if_fail (LF_IS_HUB (self) && token != NULL, FALSE);

  return find_connector (self, token) != NULL;
}

/**
 * lf_hub_send_to_connector:
 * @self: a hub
 * @token: id of a connector's service token
 * @type: of a frame
 * @body: its body
 *
 * Sends a frame to a connector.
 *
 * Returns: %FALSE if it has no stream now
 */
gboolean
lf_hub_send_to_connector (LfHub *self, const char *token, LfFrameType type, gconstpointer body)
{
  g_autoptr (LfWsFrame) frame = NULL;
  LfSink               *sink;

  g_return_val_if_fail (LF_IS_HUB (self) && token != NULL, FALSE);

  sink = find_connector (self, token);
  if (sink == NULL)
    return FALSE;
  frame = lf_ws_frame_new_text (type, body);
  sink->funcs->send (sink, type, frame);
  return TRUE;
}

static const char *const health_words[LF_N_HEALTHS] = {
  [LF_HEALTH_OK] = "",
  [LF_HEALTH_LINK_LOST] = "says: the telephone system does not answer. Is it running, and may the connector reach it?",
  [LF_HEALTH_BAD_PASSWORD] = "says: the telephone system does not take the password. Mend password-file, then restart the connector",
  [LF_HEALTH_LINE_UNKNOWN] = "says: the telephone system does not know the line. Mend its address, or remove it",
  [LF_HEALTH_LINE_REFUSED] = "says: the telephone system does not let it watch the line. Allow it there",
  [LF_HEALTH_NO_EVENT_PACKAGE] = "says: the telephone system does not have what is asked of the line. Change “packages”",
  [LF_HEALTH_BAD_DOCUMENTS] = "says: the telephone system sends what cannot be read. The log of the connector has more",
  [LF_HEALTH_NO_CALL_RECORDS] = "says: the file of call records cannot be read. May its account read the file and its folder? Its log names the file",
  [LF_HEALTH_CALENDAR_REFUSED] = "", /* of calendars: lf-hub-sources.c */
  [LF_HEALTH_CALENDAR_GONE] = "",
  [LF_HEALTH_CALENDAR_UNREADABLE] = "",
  [LF_HEALTH_CALENDAR_DROPPED] = "",
};

/* All is well: nothing that was said before holds any more. */
static void
forget_health (LfHub *self, const char *token)
{
  GHashTableIter iter;
  const LfLine  *line;

  g_hash_table_remove (self->troubles, token);
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
    if (g_strcmp0 (line->owner, token) == 0)
      lf_hub_forget_trouble_of_line (self, line->line);
}

/**
 * lf_hub_take_health:
 * @self: a hub
 * @connector: a phone connector
 * @health: what is wrong with it or with a line, or no longer
 *
 * Keeps it for explanations. What is said of a line that is another connector's is left.
 */
void
lf_hub_take_health (LfHub *self, const LfIdentity *connector, const LfWireHealth *health)
{
  const LfLine *line = health->line != NULL ? g_hash_table_lookup (self->lines, health->line) : NULL;
  LfLineOwner  *owner;

  g_return_if_fail (LF_IS_HUB (self) && connector != NULL);

  if (health->source != NULL || health->user != NULL || health->code >= LF_HEALTH_CALENDAR_REFUSED)
    return; /* of calendars, which are none of its business */
  if (health->line == NULL)
    {
      owner = ensure_owner (self, connector->session);
      owner->has_lost_link = health->code == LF_HEALTH_LINK_LOST;
      arm_owners (self);
    }
  else if (line == NULL || (line->owner != NULL && !g_str_equal (line->owner, connector->session)))
    return;
  if (health->code == LF_HEALTH_OK && health->line == NULL)
    forget_health (self, connector->session);
  else if (health->code == LF_HEALTH_OK)
    lf_hub_forget_trouble_of_line (self, health->line);
  if (*health_words[health->code] != '\0')
    lf_hub_note_health (self, connector, health->line, health_words[health->code]);
}
