/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lf-accounts-jobs.h"
#include "lf-accounts.h"
#include "lf-token.h"

/* A client that renews at once on several threads gets as many access tokens; more are of no use. */
#define KEPT_ACCESS_TOKENS 8

static void
set_signed_out (GError **error)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED, "The session has ended; sign in again.");
}

static gboolean
add_access_token (LfDb *db, LfWireTokens *tokens, gint64 now_us, char **hash, GError **error)
{
  g_autoptr (LfAccessRow) access = g_new0 (LfAccessRow, 1);

  tokens->access_token = lf_token_make (LF_TOKEN_ACCESS);
  tokens->access_expires_at_us = now_us + LF_ACCESS_TOKEN_US;
  access->hash = lf_token_hash (tokens->access_token);
  access->session = g_strdup (tokens->session);
  access->expires_at_us = tokens->access_expires_at_us;
  if (!lf_store_sessions_add_access (db, access, KEPT_ACCESS_TOKENS, now_us - LF_DAY, error))
    return FALSE;

  *hash = g_steal_pointer (&access->hash);
  return TRUE;
}

static gboolean
add_refresh_token (LfDb *db, const LfWireTokens *tokens, GError **error)
{
  g_autoptr (LfRefreshRow) row = g_new0 (LfRefreshRow, 1);

  row->hash = lf_token_hash (tokens->refresh_token);
  row->session = g_strdup (tokens->session);
  row->expires_at_us = tokens->refresh_expires_at_us;

  return lf_store_refresh_insert (db, row, error);
}

/**
 * lf_accounts_make_room:
 * @db: a connection that writes
 * @user: who is to get one more session
 * @now_us: wall-clock instant
 * @ended: (out): sessions that gave way
 * @error: return location
 *
 * Keeps a person within %LF_MAX_SESSIONS: the device that was unseen for longest gives way, the
 * oldest one of several.
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_accounts_make_room (LfDb *db, const char *user, gint64 now_us, GStrv *ended, GError **error)
{
  g_autoptr (GPtrArray)    sessions = lf_store_sessions_list (db, user, now_us, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (sessions == NULL)
    return FALSE;
  while (sessions->len >= LF_MAX_SESSIONS)
    {
      guint         oldest = 0;
      LfSessionRow *row;

      for (guint i = 1; i < sessions->len; i++)
        if (((LfSessionRow *) g_ptr_array_index (sessions, i))->last_seen_at_us <
            ((LfSessionRow *) g_ptr_array_index (sessions, oldest))->last_seen_at_us)
          oldest = i;
      row = g_ptr_array_index (sessions, oldest);
      if (!lf_store_sessions_remove (db, user, row->id, error))
        return FALSE;
      g_strv_builder_add (builder, row->id);
      g_ptr_array_remove_index (sessions, oldest);
    }

  *ended = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
insert_session (LfDb *db, const LfStartJob *job, const LfWireTokens *tokens, GError **error)
{
  g_autoptr (LfSessionRow) session = g_new0 (LfSessionRow, 1);

  session->id = g_strdup (tokens->session);
  session->user = g_strdup (tokens->user);
  session->device = g_strdup (job->device);
  session->created_at_us = job->now_us;
  session->last_seen_at_us = job->now_us;
  session->expires_at_us = tokens->refresh_expires_at_us;

  return lf_store_sessions_insert (db, session, error);
}

/**
 * lf_accounts_job_find:
 * @db: the connection
 * @data: a #LfFindJob
 * @error: return location
 *
 * Reads the account of a login. That nobody has it is no failure.
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_accounts_job_find (LfDb *db, gpointer data, GError **error)
{
  LfFindJob         *job = data;
  g_autoptr (GError) failure = NULL;

  job->account = lf_store_accounts_get_by_login (db, job->login, &failure);
  if (failure == NULL || g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_accounts_job_start:
 * @db: a connection that writes
 * @data: a #LfStartJob
 * @error: return location
 *
 * Starts a session. While the password was checked the account may have been blocked, or the
 * password changed: then there is none.
 *
 * Returns: %FALSE with %LF_PROBLEM_BAD_CREDENTIALS, or when the database failed
 */
gboolean
lf_accounts_job_start (LfDb *db, gpointer data, GError **error)
{
  LfStartJob              *job = data;
  g_autoptr (LfWireTokens) tokens = g_new0 (LfWireTokens, 1);
  g_autoptr (LfAccount)    account = lf_store_accounts_get (db, job->user, error);
  g_auto (GStrv)           ended = NULL;
  g_autofree char         *access_hash = NULL;

  if (account == NULL)
    return FALSE;
  if (account->is_blocked || g_strcmp0 (account->password_hash, job->password_hash) != 0)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS, "The user or the password is wrong.");
      return FALSE;
    }

  tokens->user = g_strdup (job->user);
  tokens->session = lf_store_make_id ('s');
  tokens->refresh_token = lf_token_make (LF_TOKEN_REFRESH);
  tokens->refresh_expires_at_us = job->now_us + LF_REFRESH_TOKEN_US;
  if (!lf_accounts_make_room (db, job->user, job->now_us, &ended, error) || !insert_session (db, job, tokens, error) ||
      !add_refresh_token (db, tokens, error) || !add_access_token (db, tokens, job->now_us, &access_hash, error))
    return FALSE;

  job->tokens = g_steal_pointer (&tokens);
  job->access_hash = g_steal_pointer (&access_hash);
  job->ended = g_steal_pointer (&ended);
  return TRUE;
}

/* The first use: a successor is made and stored. */
static gboolean
rotate (LfDb *db, const LfRefreshJob *job, const LfRefreshRow *row, LfWireTokens *tokens, GError **error)
{
  g_autofree char *salt = lf_token_make_salt ();
  g_autofree char *hash = NULL;

  tokens->refresh_token = lf_token_derive (job->token, salt);
  tokens->refresh_expires_at_us = job->now_us + LF_REFRESH_TOKEN_US;
  hash = lf_token_hash (tokens->refresh_token);

  return lf_store_refresh_use (db, row->hash, hash, salt, job->now_us, error) && add_refresh_token (db, tokens, error) &&
         lf_store_sessions_extend (db, row->session, job->now_us, tokens->refresh_expires_at_us, error);
}

/**
 * lf_accounts_job_refresh:
 * @db: a connection that writes
 * @data: a #LfRefreshJob
 * @error: return location
 *
 * Renews a session. A token that was used is taken again for 60 s while its successor is unused
 * (the answer was lost on the way); at any other time it has been stolen from somebody: the session
 * ends, and that is stored, so it is no failure here.
 *
 * Returns: %FALSE with %LF_PROBLEM_UNAUTHORIZED, or when the database failed
 */
gboolean
lf_accounts_job_refresh (LfDb *db, gpointer data, GError **error)
{
  LfRefreshJob            *job = data;
  g_autofree char         *hash = lf_token_hash (job->token);
  g_autoptr (LfRefreshRow) row = lf_store_refresh_get (db, hash, error);
  g_autoptr (LfWireTokens) tokens = g_new0 (LfWireTokens, 1);

  if (row == NULL)
    return FALSE;
  if (row->expires_at_us <= job->now_us)
    {
      set_signed_out (error);
      return FALSE;
    }

  tokens->user = g_strdup (row->user);
  tokens->session = g_strdup (row->session);
  if (row->used_at_us == LF_INSTANT_NONE)
    {
      if (!rotate (db, job, row, tokens, error))
        return FALSE;
    }
  else if (!row->is_successor_used && row->salt != NULL && job->now_us <= row->used_at_us + LF_REFRESH_GRACE_US)
    {
      tokens->refresh_token = lf_token_derive (job->token, row->salt);
      tokens->refresh_expires_at_us = row->used_at_us + LF_REFRESH_TOKEN_US;
    }
  else
    {
      if (!lf_store_sessions_remove (db, NULL, row->session, error))
        return FALSE;
      job->revoked = g_steal_pointer (&row->session);
      job->user = g_steal_pointer (&row->user);
      return TRUE;
    }

  if (!add_access_token (db, tokens, job->now_us, &job->access_hash, error))
    return FALSE;
  job->tokens = g_steal_pointer (&tokens);
  return TRUE;
}

/**
 * lf_accounts_job_end:
 * @db: a connection that writes
 * @data: a #LfEndJob
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND, or when the database failed
 */
gboolean
lf_accounts_job_end (LfDb *db, gpointer data, GError **error)
{
  const LfEndJob *job = data;

  return lf_store_sessions_remove (db, job->user, job->session, error);
}

/**
 * lf_accounts_job_touch:
 * @db: a connection that writes
 * @data: a #LfTouchJob
 * @error: return location
 *
 * Notes when a session was last seen; one that has ended meanwhile stays so.
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_accounts_job_touch (LfDb *db, gpointer data, GError **error)
{
  const LfTouchJob *job = data;

  return lf_store_sessions_touch (db, job->session, job->now_us, error);
}

/**
 * lf_accounts_job_expire:
 * @db: a connection that writes
 * @data: a #LfExpireJob
 * @error: return location
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_accounts_job_expire (LfDb *db, gpointer data, GError **error)
{
  LfExpireJob *job = data;

  job->ended = lf_store_sessions_remove_expired (db, job->now_us, error);
  return job->ended != NULL;
}

/**
 * lf_accounts_job_load:
 * @db: a connection that writes
 * @data: a #LfLoadJob
 * @error: return location
 *
 * Reads the sessions and tokens in force; those that expired meanwhile go.
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_accounts_job_load (LfDb *db, gpointer data, GError **error)
{
  LfLoadJob     *job = data;
  g_auto (GStrv) ended = lf_store_sessions_remove_expired (db, job->now_us, error);

  if (ended == NULL)
    return FALSE;
  job->sessions = lf_store_sessions_list (db, NULL, job->now_us, error);
  if (job->sessions == NULL)
    return FALSE;
  job->access = lf_store_sessions_list_access (db, job->now_us - LF_DAY, error);
  if (job->access == NULL)
    return FALSE;
  job->connectors = lf_store_tokens_list (db, error);

  return job->connectors != NULL;
}

/**
 * lf_find_job_free:
 * @job: a job's data
 */
void
lf_find_job_free (LfFindJob *job)
{
  g_free (job->login);
  lf_account_free (job->account);
  g_free (job);
}

/**
 * lf_start_job_free:
 * @job: a job's data
 */
void
lf_start_job_free (LfStartJob *job)
{
  g_free (job->user);
  g_free (job->password_hash);
  g_free (job->device);
  lf_codec_free (&lf_schema_tokens, job->tokens);
  g_free (job->access_hash);
  g_strfreev (job->ended);
  g_free (job);
}

/**
 * lf_refresh_job_free:
 * @job: a job's data
 */
void
lf_refresh_job_free (LfRefreshJob *job)
{
  sodium_memzero (job->token, strlen (job->token));
  g_free (job->token);
  lf_codec_free (&lf_schema_tokens, job->tokens);
  g_free (job->access_hash);
  g_free (job->revoked);
  g_free (job->user);
  g_free (job);
}

/**
 * lf_end_job_free:
 * @job: a job's data
 */
void
lf_end_job_free (LfEndJob *job)
{
  g_free (job->user);
  g_free (job->session);
  g_free (job);
}

/**
 * lf_touch_job_free:
 * @job: a job's data
 */
void
lf_touch_job_free (LfTouchJob *job)
{
  g_free (job->session);
  g_free (job);
}

/**
 * lf_expire_job_free:
 * @job: a job's data
 */
void
lf_expire_job_free (LfExpireJob *job)
{
  g_strfreev (job->ended);
  g_free (job);
}

/**
 * lf_load_job_clear:
 * @job: a job's data
 */
void
lf_load_job_clear (LfLoadJob *job)
{
  g_clear_pointer (&job->sessions, g_ptr_array_unref);
  g_clear_pointer (&job->access, g_ptr_array_unref);
  g_clear_pointer (&job->connectors, g_ptr_array_unref);
}
