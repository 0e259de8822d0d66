/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include <string.h>

#include "lf-accounts-jobs.h"
#include "lf-accounts-private.h"
#include "lf-token.h"

/* As many as the store keeps for a session. */
#define MAX_ACCESS_TOKENS 8

/* "Last seen" is stored this often while a session is used. */
#define TOUCH_US (5 * LF_MINUTE)

/* A session in force, with what was given out for it. */
typedef struct
{
  gint64     expires_at_us; /* of its refresh token */
  gint64     touched_at_us; /* when last_seen_at was stored */
  GPtrArray *hashes;        /* of char *, owned: keys of access, the newest last */
} Session;

G_DEFINE_FINAL_TYPE (LfAccounts, lf_accounts, G_TYPE_OBJECT)

enum
{
  SESSION_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void schedule_expiry (LfAccounts *self);

static void
session_free (Session *session)
{
  g_ptr_array_unref (session->hashes);
  g_free (session);
}

static Session *
ensure_session (LfAccounts *self, const char *id, gint64 expires_at_us)
{
  Session *session = g_hash_table_lookup (self->sessions, id);

  if (session == NULL)
    {
      session = g_new0 (Session, 1);
      session->hashes = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->sessions, g_strdup (id), session);
    }
  session->expires_at_us = MAX (session->expires_at_us, expires_at_us);

  return session;
}

static void
add_access (LfAccounts *self, Session *session, const char *hash, const char *user, const char *id, gint64 expires_at_us)
{
  while (session->hashes->len >= MAX_ACCESS_TOKENS)
    {
      g_hash_table_remove (self->access, g_ptr_array_index (session->hashes, 0));
      g_ptr_array_remove_index (session->hashes, 0);
    }
  g_hash_table_replace (self->access, g_strdup (hash), lf_identity_new (LF_IDENTITY_PERSON, user, id, NULL, expires_at_us));
  g_ptr_array_add (session->hashes, g_strdup (hash));
}

/**
 * lf_accounts_take_tokens:
 * @self: accounts
 * @tokens: given out just now, and stored
 * @access_hash: of the access token among them
 *
 * Puts the access token into force.
 */
void
lf_accounts_take_tokens (LfAccounts *self, const LfWireTokens *tokens, const char *access_hash)
{
  Session *session = ensure_session (self, tokens->session, tokens->refresh_expires_at_us);

  session->touched_at_us = lf_clock_get_now_us (self->clock);
  add_access (self, session, access_hash, tokens->user, tokens->session, tokens->access_expires_at_us);
  if (self->expiry_id == 0)
    schedule_expiry (self);
}

static void
drop_session (LfAccounts *self, const char *id)
{
  g_autofree char *kept_id = g_strdup (id);
  Session         *session = g_hash_table_lookup (self->sessions, kept_id);

  if (session == NULL)
    return;

  for (guint i = 0; i < session->hashes->len; i++)
    g_hash_table_remove (self->access, g_ptr_array_index (session->hashes, i));
  g_hash_table_remove (self->sessions, kept_id);
  g_signal_emit (self, signals[SESSION_ENDED], 0, kept_id);
}

/* When refresh families expire */

static void
on_expired_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfAccounts) self = user_data;
  g_autoptr (GError)     error = NULL;
  const LfExpireJob     *job = lf_store_run_finish (LF_STORE (source), result, &error);

  /* Those whose time is over are not let in any more, whether or not they could be removed. */
  if (job == NULL)
    g_debug ("expired sessions stay stored for now: %s", error->message);
  if (self->hasher != NULL)
    schedule_expiry (self);
}

static gboolean
on_expiry (gpointer user_data)
{
  LfAccounts           *self = user_data;
  LfExpireJob          *job = g_new0 (LfExpireJob, 1);
  g_autoptr (GPtrArray) expired = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  gpointer              id;
  gpointer              session;

  self->expiry_id = 0;
  job->now_us = lf_clock_get_now_us (self->clock);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, &id, &session))
    if (((Session *) session)->expires_at_us <= job->now_us)
      g_ptr_array_add (expired, g_strdup (id));
  for (guint i = 0; i < expired->len; i++)
    drop_session (self, g_ptr_array_index (expired, i));

  lf_store_write_async (self->store, lf_accounts_job_expire, job, (GDestroyNotify) lf_expire_job_free, NULL, on_expired_removed,
                        g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
schedule_expiry (LfAccounts *self)
{
  gint64         next_us = LF_INSTANT_NONE;
  GHashTableIter iter;
  gpointer       session;

  lf_clock_cancel (self->clock, &self->expiry_id);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    next_us = lf_instant_earlier (next_us, ((Session *) session)->expires_at_us);
  if (next_us != LF_INSTANT_NONE)
    self->expiry_id = lf_clock_call_at (self->clock, next_us, on_expiry, self);
}

static void
lf_accounts_dispose (GObject *object)
{
  LfAccounts *self = LF_ACCOUNTS (object);

  lf_accounts_close (self);
  g_clear_object (&self->expiry);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (lf_accounts_parent_class)->dispose (object);
}

static void
lf_accounts_finalize (GObject *object)
{
  LfAccounts *self = LF_ACCOUNTS (object);

  lf_backoff_free (self->backoff);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->access);
  g_hash_table_unref (self->connectors);

  G_OBJECT_CLASS (lf_accounts_parent_class)->finalize (object);
}

static void
lf_accounts_class_init (LfAccountsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_accounts_dispose;
  object_class->finalize = lf_accounts_finalize;

  signals[SESSION_ENDED] = g_signal_new ("session-ended", LF_TYPE_ACCOUNTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_STRING);
}

static void
lf_accounts_init (LfAccounts *self)
{
  self->backoff = lf_backoff_new ();
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) session_free);
  self->access = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) lf_identity_unref);
  self->connectors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) lf_identity_unref);
}

static void
fill_from_load (LfAccounts *self, const LfLoadJob *job)
{
  for (guint i = 0; i < job->sessions->len; i++)
    {
      const LfSessionRow *row = g_ptr_array_index (job->sessions, i);

      ensure_session (self, row->id, row->expires_at_us)->touched_at_us = row->last_seen_at_us;
    }
  for (guint i = 0; i < job->access->len; i++)
    {
      const LfAccessRow *row = g_ptr_array_index (job->access, i);
      Session           *session = g_hash_table_lookup (self->sessions, row->session);

      if (session != NULL)
        add_access (self, session, row->hash, row->user, row->session, row->expires_at_us);
    }
  for (guint i = 0; i < job->connectors->len; i++)
    lf_accounts_add_connector (self, g_ptr_array_index (job->connectors, i));
}

/**
 * lf_accounts_new:
 * @store: where accounts and sessions are kept
 * @clock: what tells when tokens end
 * @error: return location
 *
 * Loads what is in force. Blocks, so call it before the main loop runs.
 *
 * Returns: (transfer full) (nullable): the accounts, %NULL when the database failed
 */
LfAccounts *
lf_accounts_new (LfStore *store, LfClock *clock, GError **error)
{
  g_autoptr (LfAccounts) self = NULL;
  g_auto (LfLoadJob)     job = { 0 };

  g_return_val_if_fail (LF_IS_STORE (store) && LF_IS_CLOCK (clock), NULL);

  job.now_us = lf_clock_get_now_us (clock);
  if (!lf_store_run_sync (store, lf_accounts_job_load, &job, error))
    return NULL;

  self = g_object_new (LF_TYPE_ACCOUNTS, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->hasher = lf_password_hasher_new ();
  self->expiry = lf_expiry_new (store, clock);
  fill_from_load (self, &job);
  schedule_expiry (self);

  return g_steal_pointer (&self);
}

/**
 * lf_accounts_get_store:
 * @self: accounts
 *
 * Returns: (transfer none): where they are kept
 */
LfStore *
lf_accounts_get_store (LfAccounts *self)
{
  g_return_val_if_fail (LF_IS_ACCOUNTS (self), NULL);

  return self->store;
}

/**
 * lf_accounts_get_clock:
 * @self: accounts
 *
 * Returns: (transfer none): the clock they live by
 */
LfClock *
lf_accounts_get_clock (LfAccounts *self)
{
  g_return_val_if_fail (LF_IS_ACCOUNTS (self), NULL);

  return self->clock;
}

/**
 * lf_accounts_get_expiry:
 * @self: accounts
 *
 * Returns: (transfer none): what ends statuses at their time
 */
LfExpiry *
lf_accounts_get_expiry (LfAccounts *self)
{
  g_return_val_if_fail (LF_IS_ACCOUNTS (self), NULL);

  return self->expiry;
}

/**
 * lf_accounts_close:
 * @self: accounts
 *
 * Ends the hashing thread and the timer. Sign-ins that wait are answered with
 * %LF_PROBLEM_UNAVAILABLE. May be called twice.
 */
void
lf_accounts_close (LfAccounts *self)
{
  g_return_if_fail (LF_IS_ACCOUNTS (self));

  if (self->clock != NULL)
    lf_clock_cancel (self->clock, &self->expiry_id);
  if (self->expiry != NULL)
    lf_expiry_close (self->expiry);
  g_clear_pointer (&self->hasher, lf_password_hasher_free);
}

static void
on_touched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (lf_store_run_finish (LF_STORE (source), result, &error) == NULL)
    g_debug ("when a device was last seen is stored later: %s", error->message);
}

/* Now and then, and without anybody waiting for it. */
static void
touch_session (LfAccounts *self, const char *id, gint64 now_us)
{
  Session    *session = g_hash_table_lookup (self->sessions, id);
  LfTouchJob *job;

  if (session == NULL || now_us < session->touched_at_us + TOUCH_US)
    return;

  session->touched_at_us = now_us;
  job = g_new0 (LfTouchJob, 1);
  job->session = g_strdup (id);
  job->now_us = now_us;
  lf_store_write_async (self->store, lf_accounts_job_touch, job, (GDestroyNotify) lf_touch_job_free, NULL, on_touched, NULL);
}

/**
 * lf_accounts_authenticate:
 * @self: accounts
 * @token: what a client sent behind "Bearer "
 * @error: return location
 *
 * Tells whose token it is.
 *
 * Returns: (transfer full) (nullable): the identity; %NULL with %LF_PROBLEM_TOKEN_EXPIRED for an
 *   access token that can be renewed, %LF_PROBLEM_UNAUTHORIZED for anything else
 */
LfIdentity *
lf_accounts_authenticate (LfAccounts *self, const char *token, GError **error)
{
  g_autofree char  *hash = NULL;
  const LfIdentity *identity = NULL;
  gint64            now_us;

  g_return_val_if_fail (LF_IS_ACCOUNTS (self), NULL);

  now_us = lf_clock_get_now_us (self->clock);
  if (token != NULL && strlen (token) <= LF_TOKEN_MAX_CHARS)
    {
      hash = lf_token_hash (token);
      identity = g_hash_table_lookup (self->access, hash);
      if (identity == NULL)
        identity = g_hash_table_lookup (self->connectors, hash);
    }
  if (identity == NULL)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED, "The token is not known; sign in.");
      return NULL;
    }
  if (identity->expires_at_us != LF_INSTANT_NONE && identity->expires_at_us <= now_us)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_TOKEN_EXPIRED, "The access token has expired; refresh it and repeat.");
      return NULL;
    }

  if (identity->kind == LF_IDENTITY_PERSON)
    touch_session (self, identity->session, now_us);
  return lf_identity_ref (identity);
}

/**
 * lf_accounts_drop_sessions:
 * @self: accounts
 * @sessions: ids of sessions that are stored no longer
 *
 * Takes their tokens out of force and emits "session-ended" for each.
 */
void
lf_accounts_drop_sessions (LfAccounts *self, const char *const *sessions)
{
  g_return_if_fail (LF_IS_ACCOUNTS (self));

  for (; sessions != NULL && *sessions != NULL; sessions++)
    drop_session (self, *sessions);
}

/**
 * lf_accounts_add_sessions:
 * @self: accounts
 * @access: (element-type LfAccessRow): tokens of new sessions that are stored and end with them
 *
 * Puts them into force.
 */
void
lf_accounts_add_sessions (LfAccounts *self, const GPtrArray *access)
{
  g_return_if_fail (LF_IS_ACCOUNTS (self) && access != NULL);

  for (guint i = 0; i < access->len; i++)
    {
      const LfAccessRow *row = g_ptr_array_index (access, i);
      Session           *session = ensure_session (self, row->session, row->expires_at_us);

      session->touched_at_us = lf_clock_get_now_us (self->clock);
      add_access (self, session, row->hash, row->user, row->session, row->expires_at_us);
    }
  if (access->len > 0)
    schedule_expiry (self); /* they may end before all others */
}

/**
 * lf_accounts_add_connector:
 * @self: accounts
 * @token: a service token that is stored: a connector's or an administrator's
 *
 * Puts it into force.
 */
void
lf_accounts_add_connector (LfAccounts *self, const LfTokenRow *token)
{
  LfIdentityKind kind;

  g_return_if_fail (LF_IS_ACCOUNTS (self) && token != NULL);

  if (!lf_identity_kind_from_service (token->kind, &kind))
    {
      g_warning ("The token “%s” is for “%s”, which this program does not know; it is not in force", token->name, token->kind);
      return;
    }
  g_hash_table_replace (self->connectors, g_strdup (token->hash), lf_identity_new (kind, NULL, token->id, token->name, LF_INSTANT_NONE));
}

/**
 * lf_accounts_remove_connector:
 * @self: accounts
 * @id: of a token that is stored no longer
 *
 * Takes it out of force and emits "session-ended" for it.
 */
void
lf_accounts_remove_connector (LfAccounts *self, const char *id)
{
  GHashTableIter iter;
  gpointer       identity;

  g_return_if_fail (LF_IS_ACCOUNTS (self) && id != NULL);

  g_hash_table_iter_init (&iter, self->connectors);
  while (g_hash_table_iter_next (&iter, NULL, &identity))
    if (g_str_equal (((LfIdentity *) identity)->session, id))
      {
        g_hash_table_iter_remove (&iter);
        g_signal_emit (self, signals[SESSION_ENDED], 0, id);
        return;
      }
}

/**
 * lf_accounts_has_connector:
 * @self: accounts
 * @id: of a service token
 *
 * Returns: %TRUE if that token is in force
 */
gboolean
lf_accounts_has_connector (LfAccounts *self, const char *id)
{
  GHashTableIter    iter;
  const LfIdentity *identity;

  g_return_val_if_fail (LF_IS_ACCOUNTS (self) && id != NULL, FALSE);

  g_hash_table_iter_init (&iter, self->connectors);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &identity))
    if (g_str_equal (identity->session, id))
      return TRUE;
  return FALSE;
}

/**
 * lf_accounts_count_hashes:
 * @self: accounts
 *
 * Returns: how many passwords have been hashed to check them
 */
guint
lf_accounts_count_hashes (LfAccounts *self)
{
  g_return_val_if_fail (LF_IS_ACCOUNTS (self), 0);

  return self->hasher != NULL ? lf_password_hasher_count (self->hasher) : 0;
}

/**
 * lf_accounts_get_stats:
 * @self: accounts
 * @stats: (out): what happened since the start
 *
 * Copies the counts.
 */
void
lf_accounts_get_stats (LfAccounts *self, LfAccountsStats *stats)
{
  g_return_if_fail (LF_IS_ACCOUNTS (self) && stats != NULL);

  *stats = self->stats;
  stats->n_sessions = g_hash_table_size (self->sessions);
  stats->n_connectors = g_hash_table_size (self->connectors);
  if (self->hasher == NULL)
    return;
  stats->n_hashes_waiting = lf_password_hasher_count_waiting (self->hasher);
  stats->n_hashes = lf_password_hasher_count (self->hasher);
}
