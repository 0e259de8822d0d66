/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-pbx-private.h"

#define PASSWORD_US (600 * LF_SECOND)

G_DEFINE_FINAL_TYPE (LfPbx, lf_pbx, G_TYPE_OBJECT)

enum
{
  LINE_CHANGED,
  CALL_ENDED,
  HEALTH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * lf_pbx_tell_state:
 * @self: the PBX
 * @line: id of a line
 * @state: another than before
 *
 * Tells everybody.
 */
void
lf_pbx_tell_state (LfPbx *self, const char *line, const LfLineState *state)
{
  g_signal_emit (self, signals[LINE_CHANGED], 0, line, state);
}

/**
 * lf_pbx_tell_call:
 * @self: the PBX
 * @line: id of a line
 * @report: a call that is over
 *
 * Tells everybody.
 */
void
lf_pbx_tell_call (LfPbx *self, const char *line, const LfWireCallReport *report)
{
  g_signal_emit (self, signals[CALL_ENDED], 0, line, report);
}

/**
 * lf_pbx_tell_health:
 * @self: the PBX
 * @health: what is wrong, or no longer
 * @line: (nullable): id of a line
 *
 * Tells everybody.
 */
void
lf_pbx_tell_health (LfPbx *self, LfHealth health, const char *line)
{
  g_signal_emit (self, signals[HEALTH], 0, (int) health, line);
}

/* Turns: while the PBX is away nobody begins, nor while it does not take the password. */

static void
update_turns (LfPbx *self)
{
  lf_phone_turns_set_held (self->turns, self->password_call != 0 || (self->link != NULL && lf_phone_link_is_lost (self->link)));
}

/* Trouble. */

static gboolean
on_password_pause_over (gpointer user_data)
{
  LfPbx *self = user_data;

  self->password_call = 0;
  lf_pbx_resync (self);
  return G_SOURCE_REMOVE;
}

/**
 * lf_pbx_stop_for_password:
 * @self: the PBX
 *
 * It does not take the password. One wrong password locks an account soon enough: nobody else tries it now.
 */
void
lf_pbx_stop_for_password (LfPbx *self)
{
  if (self->password_call != 0)
    return;
  g_warning ("The PBX does not take the password of “%s”: no line can be watched. It is tried again in 10 minutes, or when the configuration is read again.", self->config->user);
  lf_pbx_tell_health (self, LF_HEALTH_BAD_PASSWORD, NULL);
  self->is_locked_out = TRUE;
  self->password_call = lf_clock_call_after (self->clock, PASSWORD_US, on_password_pause_over, self);
  lf_phone_turns_set_careful (self->turns, TRUE);
  update_turns (self);
}

/* Lists. */

static void
on_list_begun (gpointer user_data, LfEventPackage package, const char *key)
{
  const LfPbxLine *line = g_hash_table_lookup (LF_PBX (user_data)->by_key, key);

  if (line != NULL)
    lf_line_tracker_reset (line->tracker, package);
}

static LfNotifyResult
on_list_document (gpointer user_data, LfEventPackage package, const char *key, const char *content_type, const char *body, gsize length)
{
  LfPbxLine *line = g_hash_table_lookup (LF_PBX (user_data)->by_key, key);

  return line != NULL ? lf_pbx_line_take (line, package, content_type, body, length) : LF_NOTIFY_TAKEN;
}

static void
on_list_lost (gpointer user_data, LfEventPackage package, const char *key)
{
  LfPbxLine *line = g_hash_table_lookup (LF_PBX (user_data)->by_key, key);

  if (line != NULL)
    lf_pbx_line_lose (line, package);
}

static void
on_lists_changed (gpointer user_data)
{
  GHashTableIter iter;
  gpointer       line;

  g_hash_table_iter_init (&iter, LF_PBX (user_data)->lines);
  while (g_hash_table_iter_next (&iter, NULL, &line))
    lf_pbx_line_place (line);
}

static void
on_list_trouble (gpointer user_data, LfSubscriptionTrouble trouble)
{
  LfPbx *self = user_data;

  if (trouble == LF_SUBSCRIPTION_GONE)
    lf_phone_memory_miss (self->memory);
  else if (trouble == LF_SUBSCRIPTION_PASSWORD)
    lf_pbx_stop_for_password (self);
  else
    lf_phone_link_ask_now (self->link);
}

static const LfPhoneListsFuncs lists_funcs = { on_list_begun, on_list_document, on_list_lost, on_lists_changed, on_list_trouble };

static void
on_forgotten (gpointer user_data)
{
  lf_pbx_resync (user_data);
}

static void
on_unanswered (gpointer user_data)
{
  lf_phone_link_ask_now (LF_PBX (user_data)->link);
}

static const LfPhoneMemoryFuncs memory_funcs = { on_forgotten, on_unanswered };

/* The link. */

static gboolean
on_grace_over (gpointer user_data)
{
  LfPbx         *self = user_data;
  GHashTableIter iter;
  gpointer       value;

  self->lost_call = 0;
  g_message ("The PBX has been away for %u s: the state of its lines is unknown.", self->config->grace_s);
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < LF_N_PACKAGES; i++)
      lf_pbx_line_lose (value, (LfEventPackage) i);
  return G_SOURCE_REMOVE;
}

static void
on_link_lost (gpointer user_data)
{
  LfPbx *self = user_data;

  g_warning ("The PBX does not answer at %s:%u.", self->config->host, self->config->port);
  lf_pbx_tell_health (self, LF_HEALTH_LINK_LOST, NULL);
  if (self->lost_call == 0)
    self->lost_call = lf_clock_call_after (self->clock, self->config->grace_s * LF_SECOND, on_grace_over, self);
  update_turns (self);
}

static void
on_link_back (gpointer user_data)
{
  LfPbx *self = user_data;

  g_message ("The PBX answers; all lines are asked for again.");
  lf_pbx_tell_health (self, LF_HEALTH_OK, NULL);
  lf_clock_cancel (self->clock, &self->lost_call);
  lf_pbx_resync (self);
}

static const LfPhoneLinkFuncs link_funcs = { on_link_lost, on_link_back };

static void
lf_pbx_dispose (GObject *object)
{
  lf_pbx_stop (LF_PBX (object));
  G_OBJECT_CLASS (lf_pbx_parent_class)->dispose (object);
}

static void
lf_pbx_finalize (GObject *object)
{
  LfPbx *self = LF_PBX (object);

  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->by_key);
  lf_phone_turns_free (self->turns);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (lf_pbx_parent_class)->finalize (object);
}

static void
lf_pbx_class_init (LfPbxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_pbx_dispose;
  object_class->finalize = lf_pbx_finalize;

  /**
   * LfPbx::line-changed:
   * @self: the PBX
   * @line: id of a line
   * @state: its #LfLineState, borrowed
   *
   * The state of a line is another.
   */
  signals[LINE_CHANGED] = g_signal_new ("line-changed", LF_TYPE_PBX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);

  /* "call-ended": (line, LfWireCallReport, borrowed): a call of a line is over */
  signals[CALL_ENDED] = g_signal_new ("call-ended", LF_TYPE_PBX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);

  /**
   * LfPbx::health:
   * @self: the PBX
   * @health: #LfHealth
   * @line: (nullable): id of a line
   *
   * Something is wrong with the line, or with all of it; or no longer.
   */
  signals[HEALTH] = g_signal_new ("health", LF_TYPE_PBX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
lf_pbx_init (LfPbx *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) lf_pbx_line_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * lf_pbx_new:
 * @config: where it is, and how it is watched; outlives the PBX
 * @clock: what time it is
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the PBX, of which no line is watched yet; %NULL when the connector
 *   cannot listen
 */
LfPbx *
lf_pbx_new (const LfPhoneConfig *config, LfClock *clock, GError **error)
{
  g_autoptr (LfPbx) self = g_object_new (LF_TYPE_PBX, NULL);

  self->clock = g_object_ref (clock);
  self->config = config;
  self->turns = lf_phone_turns_new (clock, config->per_s);
  lf_phone_turns_set_careful (self->turns, TRUE);
  self->ua = lf_phone_ua_new (config, error);
  if (self->ua == NULL)
    return NULL;

  self->memory = lf_phone_memory_new (self->ua, clock, self->turns, (config->packages & (1u << LF_PACKAGE_DIALOG)) != 0 ? LF_PACKAGE_DIALOG : LF_PACKAGE_PRESENCE,
                                      &memory_funcs, self);
  self->lists = lf_phone_lists_new (self->ua, clock, config, self->turns, &lists_funcs, self);
  self->link = lf_phone_link_new (self->ua, clock, config, &link_funcs, self);
  return g_steal_pointer (&self);
}

/**
 * lf_pbx_get_ua:
 * @self: the PBX, not stopped
 *
 * Returns: (transfer none): the connector as a SIP user agent
 */
LfPhoneUa *
lf_pbx_get_ua (LfPbx *self)
{
  g_return_val_if_fail (LF_IS_PBX (self), NULL);

  return self->ua;
}

/**
 * lf_pbx_set_line:
 * @self: the PBX
 * @line: id of a line
 * @address: what is dialled to reach it
 *
 * Watches a line, if it is not watched yet at that address.
 */
void
lf_pbx_set_line (LfPbx *self, const char *line, const char *address)
{
  g_autofree char *uri = NULL;
  LfPbxLine       *known;

  g_return_if_fail (LF_IS_PBX (self) && line != NULL);

  uri = lf_phone_config_make_uri (self->config, address != NULL ? address : line);
  known = g_hash_table_lookup (self->lines, line);
  if (known != NULL && g_strcmp0 (known->uri, uri) == 0)
    return;

  known = lf_pbx_line_new (self, line, uri);
  g_hash_table_replace (self->lines, known->line, known);
  lf_pbx_line_begin (known);
}

static gboolean
is_not_kept (gpointer line, gpointer value, gpointer lines)
{
  return !g_hash_table_contains (lines, line);
}

/**
 * lf_pbx_keep_lines:
 * @self: the PBX
 * @lines: a set of ids
 *
 * Watches no other lines than these any more.
 */
void
lf_pbx_keep_lines (LfPbx *self, GHashTable *lines)
{
  g_return_if_fail (LF_IS_PBX (self));

  if (g_hash_table_foreach_remove (self->lines, is_not_kept, lines) > 0 && g_hash_table_size (self->lines) == 0)
    lf_phone_memory_watch (self->memory, NULL);
}

/**
 * lf_pbx_get_state:
 * @self: the PBX
 * @line: id of a line
 *
 * Returns: (transfer none) (nullable): its state, %NULL when it is not watched
 */
const LfLineState *
lf_pbx_get_state (LfPbx *self, const char *line)
{
  const LfPbxLine *known;

  g_return_val_if_fail (LF_IS_PBX (self), NULL);

  known = g_hash_table_lookup (self->lines, line);
  return known != NULL ? lf_line_tracker_get_state (known->tracker) : NULL;
}

/**
 * lf_pbx_resync:
 * @self: the PBX
 *
 * Begins every subscription anew, at the usual pace. The states stay until the PBX has told them.
 */
void
lf_pbx_resync (LfPbx *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_return_if_fail (LF_IS_PBX (self));

  lf_clock_cancel (self->clock, &self->password_call);
  lf_phone_memory_renew (self->memory);
  lf_phone_lists_restart (self->lists);
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    lf_pbx_line_restart (value);
  update_turns (self);
}

/**
 * lf_pbx_stop:
 * @self: the PBX
 *
 * Takes leave of it. Nothing is told any more.
 */
void
lf_pbx_stop (LfPbx *self)
{
  g_return_if_fail (LF_IS_PBX (self));

  if (self->ua == NULL)
    return;
  lf_clock_cancel (self->clock, &self->lost_call);
  lf_clock_cancel (self->clock, &self->password_call);
  g_hash_table_remove_all (self->lines);
  g_clear_pointer (&self->lists, lf_phone_lists_free);
  g_clear_pointer (&self->memory, lf_phone_memory_free);
  g_clear_pointer (&self->link, lf_phone_link_free);
  g_clear_pointer (&self->ua, lf_phone_ua_free);
}
