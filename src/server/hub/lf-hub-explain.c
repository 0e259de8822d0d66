/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* What an administrator asks: which source claims what, and what went wrong with it. */

#define LINE_KEY "line/"

/**
 * lf_hub_free_trouble:
 * @data: (transfer full): a trouble
 *
 * Frees it; for the hub's table.
 */
void
lf_hub_free_trouble (gpointer data)
{
  LfTrouble *trouble = data;

  g_free (trouble->words);
  g_free (trouble->reporter);
  g_free (trouble);
}

/**
 * lf_hub_make_line_key:
 * @line: id of a line
 *
 * Returns: (transfer full): what its trouble is noted under
 */
char *
lf_hub_make_line_key (const char *line)
{
  return g_strconcat (LINE_KEY, line, NULL);
}

/**
 * lf_hub_get_line_of_key:
 * @key: what a trouble is noted under
 *
 * Returns: (nullable): id of the line, within @key; %NULL if it is not a line's
 */
const char *
lf_hub_get_line_of_key (const char *key)
{
  return g_str_has_prefix (key, LINE_KEY) ? key + strlen (LINE_KEY) : NULL;
}

/**
 * lf_hub_note_trouble:
 * @self: a hub
 * @key: id of a session or service token in force, or of lf_hub_make_line_key()
 * @words: what went wrong; nothing that a peer wrote
 *
 * Remembers the last trouble of each source, until the source itself is gone.
 */
void
lf_hub_note_trouble (LfHub *self, const char *key, const char *words)
{
  LfTrouble *trouble;

  g_return_if_fail (LF_IS_HUB (self) && key != NULL && words != NULL);

  trouble = g_new0 (LfTrouble, 1);
  trouble->words = g_strdup (words);
  trouble->at_us = lf_clock_get_now_us (self->clock);
  g_hash_table_replace (self->troubles, g_strdup (key), trouble);
}

/**
 * lf_hub_note_health:
 * @self: the hub
 * @connector: who says so
 * @line: (nullable): id of a line; %NULL: of all that the connector has
 * @words: what is wrong, for an administrator: “says: …”
 *
 * Keeps what a connector says of itself, in place of what was kept before.
 */
void
lf_hub_note_health (LfHub *self, const LfIdentity *connector, const char *line, const char *words)
{
  g_autofree char *key = line != NULL ? lf_hub_make_line_key (line) : g_strdup (connector->session);
  g_autofree char *text = g_strdup_printf ("“%s” %s", connector->name, words);
  LfTrouble       *trouble;

  lf_hub_note_trouble (self, key, text);
  trouble = g_hash_table_lookup (self->troubles, key);
  trouble->reporter = g_strdup (connector->session);
}

/**
 * lf_hub_note_trouble_of_line:
 * @self: the hub
 * @line: a line
 * @words: what its connector did: "was silent for too long"
 *
 * Keeps why nothing is known of a line, for explanations, in place of what was kept before.
 */
void
lf_hub_note_trouble_of_line (LfHub *self, const LfLine *line, const char *words)
{
  g_autofree char *key = lf_hub_make_line_key (line->line);
  g_autofree char *text = g_strdup_printf ("“%s” %s", line->source != NULL ? line->source : "the connector", words);

  lf_hub_note_trouble (self, key, text);
}

/**
 * lf_hub_note_refusal_of_line:
 * @self: the hub
 * @line: a line that has an owner
 * @other: another connector, which reported it
 *
 * Keeps that a report was refused, for explanations.
 */
void
lf_hub_note_refusal_of_line (LfHub *self, const LfLine *line, const LfIdentity *other)
{
  g_autofree char *key = lf_hub_make_line_key (line->line);
  g_autofree char *text = g_strdup_printf ("a report of “%s” was refused: the line is that of “%s”", other->name, line->source);

  lf_hub_note_trouble (self, key, text);
}

/**
 * lf_hub_forget_trouble_of_line:
 * @self: the hub
 * @line: id of a line that is no more
 *
 * Drops what was kept about it.
 */
void
lf_hub_forget_trouble_of_line (LfHub *self, const char *line)
{
  g_autofree char *key = lf_hub_make_line_key (line);

  g_hash_table_remove (self->troubles, key);
}

/**
 * lf_hub_find_trouble:
 * @self: a hub
 * @key: of lf_hub_note_trouble()
 * @at_us: (out): when
 *
 * Returns: (transfer none) (nullable): what went wrong last with that source
 */
const char *
lf_hub_find_trouble (LfHub *self, const char *key, gint64 *at_us)
{
  const LfTrouble *trouble;

  g_return_val_if_fail (LF_IS_HUB (self) && key != NULL, NULL);

  trouble = g_hash_table_lookup (self->troubles, key);
  *at_us = trouble != NULL ? trouble->at_us : LF_INSTANT_NONE;
  return trouble != NULL ? trouble->words : NULL;
}

/* The wall clock at an instant of the monotonic one. */
static gint64
to_wall_us (LfHub *self, gint64 mono_us)
{
  return lf_clock_get_now_us (self->clock) + (mono_us - lf_clock_get_mono_us (self->clock));
}

static LfSink *
find_any_sink (LfHub *self, const char *session)
{
  LfSink *sink = lf_hub_find_sink (self, session);

  for (guint i = 0; sink == NULL && i < self->connectors->len; i++)
    if (g_str_equal (((LfSink *) self->connectors->pdata[i])->identity->session, session))
      sink = self->connectors->pdata[i];
  return sink;
}

/**
 * lf_hub_is_connected:
 * @self: a hub
 * @session: a session, or id of a service token
 * @heard_us: (out): when its other end was last heard, or %LF_INSTANT_NONE
 *
 * Returns: %TRUE if it has a stream whose socket is open
 */
gboolean
lf_hub_is_connected (LfHub *self, const char *session, gint64 *heard_us)
{
  LfSink *sink;
  gint64  heard_mono_us = -1;

  g_return_val_if_fail (LF_IS_HUB (self), FALSE);

  sink = find_any_sink (self, session);
  if (sink != NULL)
    heard_mono_us = sink->funcs->get_heard_us (sink);
  /* Peers go by the system's monotonic clock, whatever clock a test has given to the hub. */
  *heard_us = heard_mono_us >= 0 ? lf_clock_get_now_us (self->clock) - (g_get_monotonic_time () - heard_mono_us) : LF_INSTANT_NONE;
  return heard_mono_us >= 0;
}

static LfWireClaim *
claim_new (GPtrArray *claims, LfKind kind, char *id, const char *value, const char *source, gint64 since_us)
{
  LfWireClaim *claim = g_new0 (LfWireClaim, 1);

  claim->id = id;
  claim->kind = kind;
  claim->value = g_strdup (value);
  claim->source = g_strdup (source);
  claim->since_us = since_us;
  claim->heard_us = LF_INSTANT_NONE;
  claim->lease_until_us = LF_INSTANT_NONE;
  claim->trouble_us = LF_INSTANT_NONE;
  g_ptr_array_add (claims, claim);
  return claim;
}

static void
add_trouble (LfHub *self, LfWireClaim *claim, const char *key)
{
  claim->trouble = g_strdup (lf_hub_find_trouble (self, key, &claim->trouble_us));
}

static void
explain_line (LfHub *self, const LfLine *line, const char *user, GPtrArray *claims)
{
  const LfLineOwner *owner = line->owner != NULL ? g_hash_table_lookup (self->owners, line->owner) : NULL;
  g_autofree char   *key = lf_hub_make_line_key (line->line);
  LfWireClaim       *claim = claim_new (claims, LF_KIND_PHONE, g_strdup_printf ("phone/line/%s", line->line),
                                        lf_phone_state_to_name (lf_line_get_state (line, user)), line->source != NULL ? line->source : "", line->since_us);

  claim->detail = g_strdup_printf ("%s, %s%s line%s%s", line->address, line->shares != NULL ? "shared " : "",
                                   lf_line_is_primary_of (line, user) ? "primary" : "secondary",
                                   line->state != lf_line_get_state (line, user) ? "; do_not_disturb of a secondary line counts as on_hook" : "",
                                   line->owner == NULL ? "; no connector reports it" : "");
  if (owner != NULL)
    {
      claim->heard_us = to_wall_us (self, owner->seen_mono_us);
      claim->lease_until_us = claim->heard_us + (self->config->connector_silent_s + self->config->connector_grace_s) * LF_SECOND;
    }
  add_trouble (self, claim, key);
  if (claim->trouble == NULL && line->owner != NULL)
    add_trouble (self, claim, line->owner);
}

/* What devices say of calls: no more than that there is one. */
static void
explain_device_calls (LfPerson *person, GPtrArray *claims)
{
  g_autoptr (GPtrArray) devices = lf_presentity_list_devices (person->presentity);

  for (guint i = 0; i < devices->len; i++)
    {
      const LfDevice *device = devices->pdata[i];

      if (device->is_on_the_phone)
        claim_new (claims, LF_KIND_PHONE, g_strdup_printf ("phone/device/%s", device->session),
                   lf_phone_state_to_name (LF_PHONE_OFF_HOOK), device->session, device->phone_since_us)
          ->detail = g_strdup ("its microphone is in use");
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b, gpointer user)
{
  guint rank_a = lf_line_get_rank (*(LfLine *const *) a, user);
  guint rank_b = lf_line_get_rank (*(LfLine *const *) b, user);

  return rank_a < rank_b ? -1 : rank_a > rank_b;
}

static void
explain_phone (LfHub *self, LfPerson *person, gint64 now_us, GPtrArray *claims)
{
  const LfClaims       *own = lf_presentity_get_claims (person->presentity);
  const GPtrArray      *lines = lf_presentity_get_lines (person->presentity);
  const char           *user = lf_presentity_get_user (person->presentity);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  guint                 n_above = 0; /* lines that stand above a call at a device */

  if (own != NULL && own->dnd.is_on && (own->dnd.expires_at_us == LF_INSTANT_NONE || own->dnd.expires_at_us > now_us))
    claim_new (claims, LF_KIND_PHONE, g_strdup ("phone/own"), lf_phone_state_to_name (LF_PHONE_DO_NOT_DISTURB), "own choice",
               own->dnd_since_us)
      ->lease_until_us = own->dnd.expires_at_us;
  for (guint i = 0; i < lines->len; i++)
    g_ptr_array_add (sorted, lines->pdata[i]);
  g_ptr_array_sort_with_data (sorted, compare_lines, (gpointer) user); /* stable: lines that say the same stay in their order */
  while (n_above < sorted->len && lf_line_get_rank (sorted->pdata[n_above], user) <= lf_phone_state_get_rank (LF_PHONE_OFF_HOOK))
    explain_line (self, sorted->pdata[n_above++], user, claims);
  explain_device_calls (person, claims);
  for (guint i = n_above; i < sorted->len; i++)
    explain_line (self, sorted->pdata[i], user, claims);
}

static void
explain_device (LfHub *self, const LfDevice *device, GPtrArray *claims)
{
  const LfGone *gone = g_hash_table_lookup (self->gone, device->session);
  LfWireClaim  *claim = claim_new (claims, LF_KIND_REACHABILITY, g_strdup_printf ("reachability/device/%s", device->session),
                                   lf_reachability_state_to_name (device->state), device->session, device->since_us);

  if (lf_hub_is_connected (self, device->session, &claim->heard_us))
    {
      claim->detail = g_strdup ("its stream is open");
      claim->lease_until_us = claim->heard_us + self->config->device_lease_s * LF_SECOND;
    }
  else
    {
      claim->detail = g_strdup ("its socket is gone; offline at the end of the lease unless it comes back");
      claim->lease_until_us = gone != NULL ? to_wall_us (self, gone->until_mono_us) : LF_INSTANT_NONE;
    }
  add_trouble (self, claim, device->session);
}

static void
explain_reachability (LfHub *self, LfPerson *person, gint64 now_us, GPtrArray *claims)
{
  const LfClaims       *own = lf_presentity_get_claims (person->presentity);
  const LfReachability *reachability = &lf_presentity_get_presence (person->presentity)->reachability;
  g_autoptr (GPtrArray) devices = lf_presentity_list_devices (person->presentity);

  if (own != NULL && own->status.choice != LF_CHOICE_AUTOMATIC &&
      (own->status.expires_at_us == LF_INSTANT_NONE || own->status.expires_at_us > now_us))
    {
      LfReachabilityState state = own->status.choice == LF_CHOICE_AVAILABLE ? LF_REACHABILITY_AVAILABLE : LF_REACHABILITY_AWAY;
      LfWireClaim        *claim = claim_new (claims, LF_KIND_REACHABILITY, g_strdup ("reachability/own"), lf_reachability_state_to_name (state),
                                             "own choice", own->status_since_us);

      claim->lease_until_us = own->status.expires_at_us;
      if (devices->len == 0)
        claim->detail = g_strdup ("counts once a device is there");
    }
  for (guint i = 0; i < devices->len; i++)
    explain_device (self, devices->pdata[i], claims);
  if (own != NULL && own->is_place)
    claim_new (claims, LF_KIND_REACHABILITY, g_strdup ("reachability/place"), lf_reachability_state_to_name (reachability->state), "its line",
               reachability->since_us)
      ->detail = g_strdup ("a place is there as long as its telephone is known");
}

/**
 * lf_hub_explain:
 * @self: a hub
 * @user: id of a person
 * @claims: (element-type LfWireClaim): claims of phone and reachability are added, of each kind in order
 *
 * Tells what the person's presence is folded from. The source of a device is its session.
 *
 * Returns: (transfer full) (nullable): the presence as it is folded, %NULL if nobody has that id
 */
LfPresence *
lf_hub_explain (LfHub *self, const char *user, GPtrArray *claims)
{
  LfPerson *person;
  gint64    now_us;

  g_return_val_if_fail (LF_IS_HUB (self) && claims != NULL, NULL);

  person = lf_hub_find_person (self, user);
  if (person == NULL)
    return NULL;
  now_us = lf_clock_get_now_us (self->clock);
  explain_phone (self, person, now_us, claims);
  explain_reachability (self, person, now_us, claims);
  return lf_presence_ref (lf_presentity_get_presence (person->presentity));
}
