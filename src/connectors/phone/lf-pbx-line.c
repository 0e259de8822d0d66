/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-log.h"
#include "lf-pbx-private.h"

#define TELL_BAD_EVERY 1000

static void
tell_if_changed (LfPbxLine *line, const LfLineState *old)
{
  const LfLineState *state = lf_line_tracker_get_state (line->tracker);

  if (!lf_line_state_equal (old, state))
    lf_pbx_tell_state (line->pbx, line->line, state);
}

static void
on_call_ended (const LfWireCallReport *report, gpointer user_data)
{
  const LfPbxLine *line = user_data;

  lf_pbx_tell_call (line->pbx, line->line, report);
}

/**
 * lf_pbx_line_lose:
 * @line: a line
 * @package: of events
 *
 * Nothing is known of it any more by that package.
 */
void
lf_pbx_line_lose (LfPbxLine *line, LfEventPackage package)
{
  LfLineState old;

  lf_line_state_copy (&old, lf_line_tracker_get_state (line->tracker));
  lf_line_tracker_lose (line->tracker, package, lf_clock_get_now_us (line->pbx->clock));
  tell_if_changed (line, &old);
  lf_line_state_clear (&old);
}

/* Trouble. */

static void
tell_line (LfPbxLine *line, LfHealth health, const char *words)
{
  if (line->is_told)
    return;
  line->is_told = TRUE;
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, words, "line", line->line, NULL);
  lf_pbx_tell_health (line->pbx, health, line->line);
}

static gboolean
has_live_subscription (LfPbxLine *line)
{
  for (guint i = 0; i < LF_N_PACKAGES; i++)
    if (lf_phone_lists_has (line->pbx->lists, (LfEventPackage) i, line->key) ||
        (line->subscriptions[i] != NULL && lf_subscription_get_state (line->subscriptions[i]) != LF_SUBSCRIPTION_DEAD))
      return TRUE;
  return FALSE;
}

static void
on_line_trouble (LfSubscription *subscription, LfSubscriptionTrouble trouble, gpointer user_data)
{
  LfPbxLine *line = user_data;
  LfPbx     *self = line->pbx;

  switch (trouble)
    {
    case LF_SUBSCRIPTION_GONE:
      lf_phone_memory_miss (self->memory);
      return;
    case LF_SUBSCRIPTION_UNANSWERED:
      lf_phone_link_ask_now (self->link);
      return;
    case LF_SUBSCRIPTION_PASSWORD:
      lf_pbx_stop_for_password (self);
      break;
    case LF_SUBSCRIPTION_REFUSED:
      tell_line (line, LF_HEALTH_LINE_REFUSED, "The PBX does not let the connector watch a line");
      break;
    case LF_SUBSCRIPTION_UNKNOWN:
      tell_line (line, LF_HEALTH_LINE_UNKNOWN, "The PBX does not know a line");
      break;
    case LF_SUBSCRIPTION_UNSUPPORTED:
    default:
      if (!has_live_subscription (line))
        tell_line (line, LF_HEALTH_NO_EVENT_PACKAGE, "The PBX does not have the event package for a line");
      break;
    }
  lf_pbx_line_lose (line, lf_subscription_get_package (subscription));
}

/* News. */

static void
tell_bad (LfPbxLine *line, const GError *error)
{
  if (line->pbx->n_bad++ % TELL_BAD_EVERY == 0)
    lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "The PBX sent a document that cannot be read; the state stays", "line", line->line,
                  "why", error->message, NULL);
  if (!line->is_told)
    lf_pbx_tell_health (line->pbx, LF_HEALTH_BAD_DOCUMENTS, line->line);
  line->is_told = TRUE;
}

/**
 * lf_pbx_line_take:
 * @line: a line
 * @package: of events
 * @content_type: (nullable): media type of @body
 * @body: what the PBX says of the line
 * @length: of @body
 *
 * Takes news, by its own subscription or by a list.
 *
 * Returns: what became of it
 */
LfNotifyResult
lf_pbx_line_take (LfPbxLine *line, LfEventPackage package, const char *content_type, const char *body, gsize length)
{
  LfPbx             *self = line->pbx;
  g_autoptr (GError) error = NULL;
  LfLineState        old;
  LfNotifyResult     result;

  lf_line_state_copy (&old, lf_line_tracker_get_state (line->tracker));
  result = lf_line_tracker_take (line->tracker, package, content_type, body, length, lf_clock_get_now_us (self->clock), &error);
  if (self->is_locked_out)
    lf_pbx_tell_health (self, LF_HEALTH_OK, NULL);
  self->is_locked_out = FALSE;
  lf_phone_turns_set_careful (self->turns, FALSE); /* who is told something is let in */
  if (result == LF_NOTIFY_TAKEN)
    {
      if (line->is_told)
        lf_pbx_tell_health (self, LF_HEALTH_OK, line->line);
      line->is_told = FALSE;
      tell_if_changed (line, &old);
    }
  else if (result == LF_NOTIFY_BAD)
    tell_bad (line, error);
  lf_line_state_clear (&old);
  return result;
}

static LfNotifyResult
on_line_notify (LfSubscription *subscription, const char *content_type, const char *body, gsize length, gpointer user_data)
{
  return lf_pbx_line_take (user_data, lf_subscription_get_package (subscription), content_type, body, length);
}

static void
on_line_turn (LfSubscription *subscription, gpointer user_data)
{
  const LfPbxLine *line = user_data;

  lf_phone_turns_add (line->pbx->turns, subscription);
}

static void
on_line_begun (LfSubscription *subscription, gpointer user_data)
{
  const LfPbxLine *line = user_data;

  lf_line_tracker_reset (line->tracker, lf_subscription_get_package (subscription));
}

static const LfSubscriptionFuncs line_funcs = { on_line_turn, on_line_begun, on_line_notify, on_line_trouble };

/* How it is watched. */

static void
drop_subscription (LfPbxLine *line, LfEventPackage package)
{
  if (line->subscriptions[package] != NULL)
    lf_phone_turns_remove (line->pbx->turns, line->subscriptions[package]);
  g_clear_pointer (&line->subscriptions[package], lf_subscription_free);
}

/* What a list tells needs no subscription of the line's own; documents are counted anew from then on. */
static void
leave_to_list (LfPbxLine *line, LfEventPackage package)
{
  if (line->subscriptions[package] == NULL)
    return;
  drop_subscription (line, package);
  lf_line_tracker_reset (line->tracker, package);
}

/**
 * lf_pbx_line_place:
 * @line: a line
 *
 * Has it watched by lists or by itself, as it is now known which lines are on lists.
 */
void
lf_pbx_line_place (LfPbxLine *line)
{
  LfPbx *self = line->pbx;

  for (guint i = 0; i < LF_N_PACKAGES; i++)
    {
      LfEventPackage package = (LfEventPackage) i;

      if (line->uri == NULL || (self->config->packages & (1u << i)) == 0)
        continue;
      if (lf_phone_lists_has (self->lists, package, line->key))
        leave_to_list (line, package);
      else if (line->subscriptions[i] == NULL && lf_phone_lists_is_settled (self->lists, package))
        {
          line->subscriptions[i] = lf_subscription_new (self->ua, self->clock, line->uri, package, self->config->expires_s, &line_funcs, line);
          lf_phone_turns_add (self->turns, line->subscriptions[i]);
        }
    }
}

/**
 * lf_pbx_line_new:
 * @pbx: of which it is a line; outlives it
 * @line: id
 * @uri: (nullable): its SIP URI
 *
 * Returns: (transfer full): a line that is not watched yet
 */
LfPbxLine *
lf_pbx_line_new (LfPbx *pbx, const char *line, const char *uri)
{
  LfPbxLine *self = g_new0 (LfPbxLine, 1);

  self->pbx = pbx;
  self->line = g_strdup (line);
  self->uri = g_strdup (uri);
  self->tracker = lf_line_tracker_new ();
  lf_line_tracker_set_call_func (self->tracker, on_call_ended, self);
  return self;
}

/**
 * lf_pbx_line_free:
 * @line: (transfer full): a line
 *
 * Watches it no more.
 */
void
lf_pbx_line_free (LfPbxLine *line)
{
  for (guint i = 0; i < LF_N_PACKAGES; i++)
    drop_subscription (line, (LfEventPackage) i);
  if (line->key != NULL && g_hash_table_lookup (line->pbx->by_key, line->key) == line)
    g_hash_table_remove (line->pbx->by_key, line->key);
  lf_line_tracker_free (line->tracker);
  g_free (line->line);
  g_free (line->uri);
  g_free (line->key);
  g_free (line);
}

/* Two lines with one address: a list tells of the first, the other one is watched by itself. */
static char *
find_key (LfPbx *self, const char *uri)
{
  g_autofree char *key = lf_phone_config_make_peer (self->config, uri);

  return key != NULL && !g_hash_table_contains (self->by_key, key) ? g_steal_pointer (&key) : NULL;
}

/* A list may have told of the line before it was a line. */
static void
refresh_lists (const LfPbxLine *line)
{
  for (guint i = 0; line->key != NULL && i < LF_N_PACKAGES; i++)
    lf_phone_lists_refresh (line->pbx->lists, (LfEventPackage) i, line->key);
}

/**
 * lf_pbx_line_begin:
 * @line: a line that the PBX has as one of its own
 *
 * Begins to watch it.
 */
void
lf_pbx_line_begin (LfPbxLine *line)
{
  if (line->uri == NULL)
    {
      tell_line (line, LF_HEALTH_LINE_UNKNOWN, "The address of a line is none that a PBX could know");
      return;
    }
  line->key = find_key (line->pbx, line->uri);
  if (line->key != NULL)
    g_hash_table_insert (line->pbx->by_key, line->key, line);
  lf_pbx_line_place (line);
  refresh_lists (line);
  lf_phone_memory_watch (line->pbx->memory, line->uri);
}

/**
 * lf_pbx_line_restart:
 * @line: a line
 *
 * Asks for it anew, in its turn.
 */
void
lf_pbx_line_restart (LfPbxLine *line)
{
  for (guint i = 0; i < LF_N_PACKAGES; i++)
    if (line->subscriptions[i] != NULL)
      lf_subscription_restart (line->subscriptions[i]);
}
