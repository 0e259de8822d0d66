/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-log.h"
#include "lf-pbx.h"
#include "lf-phone-link.h"
#include "lf-phone-turns.h"

#define CANARY_S       15              /* a PBX that has forgotten all is noticed within that time */
#define STORM_US       (2 * LF_SECOND) /* so many subscriptions forgotten in so long a time: all are */
#define STORM_GONE     3
#define STORM_CALM_US  (30 * LF_SECOND) /* then not again for so long */
#define PASSWORD_US    (600 * LF_SECOND)
#define TELL_BAD_EVERY 1000

/* A line and how it is watched. */
typedef struct
{
  LfPbx          *pbx; /* borrowed: owns this */
  char           *line;
  char           *uri;
  LfLineTracker  *tracker;
  LfSubscription *subscriptions[LF_N_PACKAGES]; /* owned, nullable: of packages that are not asked for */
  gboolean        is_told;                      /* that something is wrong with it */
} Line;

struct _LfPbx
{
  GObject parent_instance;

  LfClock             *clock;         /* owned */
  const LfPhoneConfig *config;        /* borrowed: outlives this */
  LfPhoneUa           *ua;            /* owned */
  LfPhoneLink         *link;          /* owned */
  GHashTable          *lines;         /* owned: id → Line, owned */
  LfPhoneTurns        *turns;         /* owned */
  LfSubscription      *canary;        /* owned, nullable */
  guint                lost_call;     /* of the end of the grace */
  guint                password_call; /* of the end of the pause after a wrong password */
  gint64               gone_us[STORM_GONE];
  guint                n_gone;
  gint64               resynced_us; /* monotonic, or 0 */
  guint64              n_bad;
  gboolean             is_locked_out; /* the PBX did not take the password last */
};

G_DEFINE_FINAL_TYPE (LfPbx, lf_pbx, G_TYPE_OBJECT)

enum
{
  LINE_CHANGED,
  CALL_ENDED,
  HEALTH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Changes the line's state by what @change does, and tells if it is another then. */
static void
tell_if_changed (Line *line, const LfLineState *old)
{
  const LfLineState *state = lf_line_tracker_get_state (line->tracker);

  if (!lf_line_state_equal (old, state))
    g_signal_emit (line->pbx, signals[LINE_CHANGED], 0, line->line, state);
}

static void
on_call_ended (const LfWireCallReport *report, gpointer user_data)
{
  const Line *line = user_data;

  g_signal_emit (line->pbx, signals[CALL_ENDED], 0, line->line, report);
}

static void
tell_health (LfPbx *self, LfHealth health, const char *line)
{
  g_signal_emit (self, signals[HEALTH], 0, (int) health, line);
}

static void
lose (Line *line, LfEventPackage package)
{
  LfLineState old;

  lf_line_state_copy (&old, lf_line_tracker_get_state (line->tracker));
  lf_line_tracker_lose (line->tracker, package, lf_clock_get_now_us (line->pbx->clock));
  tell_if_changed (line, &old);
  lf_line_state_clear (&old);
}

/* Turns: while the PBX is away nobody begins, nor while it does not take the password. */

static void
update_turns (LfPbx *self)
{
  lf_phone_turns_set_held (self->turns, self->password_call != 0 || (self->link != NULL && lf_phone_link_is_lost (self->link)));
}

static void
drop_subscription (LfPbx *self, LfSubscription **subscription)
{
  if (*subscription != NULL)
    lf_phone_turns_remove (self->turns, *subscription);
  g_clear_pointer (subscription, lf_subscription_free);
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

/* One wrong password locks an account soon enough: nobody else tries it now. */
static void
stop_for_password (LfPbx *self)
{
  if (self->password_call != 0)
    return;
  g_warning ("The PBX does not take the password of “%s”: no line can be watched. It is tried again in 10 minutes, or when the configuration is read again.", self->config->user);
  tell_health (self, LF_HEALTH_BAD_PASSWORD, NULL);
  self->is_locked_out = TRUE;
  self->password_call = lf_clock_call_after (self->clock, PASSWORD_US, on_password_pause_over, self);
  lf_phone_turns_set_careful (self->turns, TRUE);
  update_turns (self);
}

/* Some that the PBX has forgotten in a short time mean that it has forgotten all. */
static void
count_gone (LfPbx *self)
{
  gint64 now_us = lf_clock_get_mono_us (self->clock);
  gint64 first_us = self->gone_us[self->n_gone % STORM_GONE];

  self->gone_us[self->n_gone++ % STORM_GONE] = now_us;
  if (self->n_gone < STORM_GONE || now_us - first_us > STORM_US)
    return;
  if (self->resynced_us != 0 && now_us - self->resynced_us < STORM_CALM_US)
    return;
  g_message ("The PBX has forgotten what is watched; all of it is asked for again.");
  lf_pbx_resync (self);
}

static void
tell_line (Line *line, LfHealth health, const char *words)
{
  if (line->is_told)
    return;
  line->is_told = TRUE;
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, words, "line", line->line, NULL);
  tell_health (line->pbx, health, line->line);
}

static gboolean
has_live_subscription (Line *line)
{
  for (guint i = 0; i < LF_N_PACKAGES; i++)
    if (line->subscriptions[i] != NULL && lf_subscription_get_state (line->subscriptions[i]) != LF_SUBSCRIPTION_DEAD)
      return TRUE;
  return FALSE;
}

static void
on_line_trouble (LfSubscription *subscription, LfSubscriptionTrouble trouble, gpointer user_data)
{
  Line  *line = user_data;
  LfPbx *self = line->pbx;

  switch (trouble)
    {
    case LF_SUBSCRIPTION_GONE:
      count_gone (self);
      return;
    case LF_SUBSCRIPTION_UNANSWERED:
      lf_phone_link_ask_now (self->link);
      return;
    case LF_SUBSCRIPTION_PASSWORD:
      stop_for_password (self);
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
  lose (line, lf_subscription_get_package (subscription));
}

/* News. */

static void
tell_bad (Line *line, const GError *error)
{
  if (line->pbx->n_bad++ % TELL_BAD_EVERY == 0)
    lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "The PBX sent a document that cannot be read; the state stays", "line", line->line,
                  "why", error->message, NULL);
  if (!line->is_told)
    tell_health (line->pbx, LF_HEALTH_BAD_DOCUMENTS, line->line);
  line->is_told = TRUE;
}

static LfNotifyResult
on_line_notify (LfSubscription *subscription, const char *content_type, const char *body, gsize length, gpointer user_data)
{
  Line              *line = user_data;
  LfPbx             *self = line->pbx;
  g_autoptr (GError) error = NULL;
  LfLineState        old;
  LfNotifyResult     result;

  lf_line_state_copy (&old, lf_line_tracker_get_state (line->tracker));
  result = lf_line_tracker_take (line->tracker, lf_subscription_get_package (subscription), content_type, body, length,
                                 lf_clock_get_now_us (self->clock), &error);
  if (self->is_locked_out)
    tell_health (self, LF_HEALTH_OK, NULL);
  self->is_locked_out = FALSE;
  lf_phone_turns_set_careful (self->turns, FALSE); /* who is told something is let in */
  if (result == LF_NOTIFY_TAKEN)
    {
      if (line->is_told)
        tell_health (self, LF_HEALTH_OK, line->line);
      line->is_told = FALSE;
      tell_if_changed (line, &old);
    }
  else if (result == LF_NOTIFY_BAD)
    tell_bad (line, error);
  lf_line_state_clear (&old);
  return result;
}

static void
on_line_turn (LfSubscription *subscription, gpointer user_data)
{
  const Line *line = user_data;

  lf_phone_turns_add (line->pbx->turns, subscription);
}

static void
on_line_begun (LfSubscription *subscription, gpointer user_data)
{
  const Line *line = user_data;

  lf_line_tracker_reset (line->tracker, lf_subscription_get_package (subscription));
}

static const LfSubscriptionFuncs line_funcs = { on_line_turn, on_line_begun, on_line_notify, on_line_trouble };

/* The canary: a subscription of a short life. It is refreshed every few seconds, and a PBX that restarted
 * between two questions does not know it. */

static void
on_canary_turn (LfSubscription *subscription, gpointer user_data)
{
  const LfPbx *self = user_data;

  lf_phone_turns_add (self->turns, subscription);
}

static void
on_canary_begun (LfSubscription *subscription, gpointer user_data)
{
}

static LfNotifyResult
on_canary_notify (LfSubscription *subscription, const char *content_type, const char *body, gsize length, gpointer user_data)
{
  return LF_NOTIFY_TAKEN;
}

static void
on_canary_trouble (LfSubscription *subscription, LfSubscriptionTrouble trouble, gpointer user_data)
{
  LfPbx *self = user_data;

  if (trouble == LF_SUBSCRIPTION_UNANSWERED)
    lf_phone_link_ask_now (self->link);
  if (trouble != LF_SUBSCRIPTION_GONE)
    return;
  g_message ("The PBX was restarted; all lines are asked for again.");
  lf_pbx_resync (self);
}

static const LfSubscriptionFuncs canary_funcs = { on_canary_turn, on_canary_begun, on_canary_notify, on_canary_trouble };

static void
ensure_canary (LfPbx *self, const char *uri)
{
  LfEventPackage package = (self->config->packages & (1u << LF_PACKAGE_DIALOG)) != 0 ? LF_PACKAGE_DIALOG : LF_PACKAGE_PRESENCE;

  if (self->canary != NULL)
    return;
  self->canary = lf_subscription_new (self->ua, self->clock, uri, package, CANARY_S, &canary_funcs, self);
  lf_phone_turns_add (self->turns, self->canary);
}

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
      lose (value, (LfEventPackage) i);
  return G_SOURCE_REMOVE;
}

static void
on_link_lost (gpointer user_data)
{
  LfPbx *self = user_data;

  g_warning ("The PBX does not answer at %s:%u.", self->config->host, self->config->port);
  tell_health (self, LF_HEALTH_LINK_LOST, NULL);
  if (self->lost_call == 0)
    self->lost_call = lf_clock_call_after (self->clock, self->config->grace_s * LF_SECOND, on_grace_over, self);
  update_turns (self);
}

static void
on_link_back (gpointer user_data)
{
  LfPbx *self = user_data;

  g_message ("The PBX answers; all lines are asked for again.");
  tell_health (self, LF_HEALTH_OK, NULL);
  lf_clock_cancel (self->clock, &self->lost_call);
  lf_pbx_resync (self);
}

static const LfPhoneLinkFuncs link_funcs = { on_link_lost, on_link_back };

static void
free_line (gpointer data)
{
  Line *line = data;

  for (guint i = 0; i < LF_N_PACKAGES; i++)
    drop_subscription (line->pbx, &line->subscriptions[i]);
  lf_line_tracker_free (line->tracker);
  g_free (line->line);
  g_free (line->uri);
  g_free (line);
}

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
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_line);
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
  Line            *known;

  g_return_if_fail (LF_IS_PBX (self) && line != NULL);

  uri = lf_phone_config_make_uri (self->config, address != NULL ? address : line);
  known = g_hash_table_lookup (self->lines, line);
  if (known != NULL && g_strcmp0 (known->uri, uri) == 0)
    return;

  known = g_new0 (Line, 1);
  known->pbx = self;
  known->line = g_strdup (line);
  known->uri = g_steal_pointer (&uri);
  known->tracker = lf_line_tracker_new ();
  lf_line_tracker_set_call_func (known->tracker, on_call_ended, known);
  g_hash_table_replace (self->lines, known->line, known);
  if (known->uri == NULL)
    {
      tell_line (known, LF_HEALTH_LINE_UNKNOWN, "The address of a line is none that a PBX could know");
      return;
    }
  for (guint i = 0; i < LF_N_PACKAGES; i++)
    if ((self->config->packages & (1u << i)) != 0)
      {
        known->subscriptions[i] = lf_subscription_new (self->ua, self->clock, known->uri, (LfEventPackage) i, self->config->expires_s,
                                                       &line_funcs, known);
        lf_phone_turns_add (self->turns, known->subscriptions[i]);
      }
  ensure_canary (self, known->uri);
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
    drop_subscription (self, &self->canary);
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
  const Line *known;

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

  self->resynced_us = lf_clock_get_mono_us (self->clock);
  lf_clock_cancel (self->clock, &self->password_call);
  if (self->canary != NULL)
    lf_subscription_restart (self->canary);
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < LF_N_PACKAGES; i++)
      if (((const Line *) value)->subscriptions[i] != NULL)
        lf_subscription_restart (((const Line *) value)->subscriptions[i]);
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
  drop_subscription (self, &self->canary);
  g_clear_pointer (&self->link, lf_phone_link_free);
  g_clear_pointer (&self->ua, lf_phone_ua_free);
}
