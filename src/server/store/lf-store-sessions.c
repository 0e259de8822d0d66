/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-sessions.h"

static LfSessionRow *
session_from_row (LfRows *rows)
{
  LfSessionRow *session = g_new0 (LfSessionRow, 1);

  session->id = g_strdup (lf_rows_get_text (rows, 0));
  session->user = g_strdup (lf_rows_get_text (rows, 1));
  session->device = g_strdup (lf_rows_get_text (rows, 2));
  session->created_at_us = lf_rows_get_int (rows, 3);
  session->last_seen_at_us = lf_rows_get_int (rows, 4);
  session->expires_at_us = lf_rows_get_int (rows, 5);

  return session;
}

static GStrv
collect_texts (LfRows *rows, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError)       failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_strv_builder_add (builder, lf_rows_get_text (rows, 0));
  if (failure == NULL)
    return g_strv_builder_end (builder);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_session_row_free:
 * @self: (nullable): a session
 */
void
lf_session_row_free (LfSessionRow *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->user);
  g_free (self->device);
  g_free (self);
}

/**
 * lf_access_row_free:
 * @self: (nullable): an access token
 */
void
lf_access_row_free (LfAccessRow *self)
{
  if (self == NULL)
    return;

  g_free (self->hash);
  g_free (self->session);
  g_free (self->user);
  g_free (self);
}

/**
 * lf_refresh_row_free:
 * @self: (nullable): a refresh token
 */
void
lf_refresh_row_free (LfRefreshRow *self)
{
  if (self == NULL)
    return;

  g_free (self->hash);
  g_free (self->session);
  g_free (self->user);
  g_free (self->successor);
  g_free (self->salt);
  g_free (self);
}

/**
 * lf_token_row_free:
 * @self: (nullable): a connector's token
 */
void
lf_token_row_free (LfTokenRow *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->hash);
  g_free (self->kind);
  g_free (self->name);
  g_free (self);
}

/**
 * lf_store_sessions_insert:
 * @db: a connection that writes
 * @session: the new session
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_sessions_insert (LfDb *db, const LfSessionRow *session, GError **error)
{
  return lf_db_exec (db, error,
                     "INSERT INTO sessions (id, user_id, device, created_at, last_seen_at, expires_at)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     LF_TEXT (session->id), LF_TEXT (session->user), LF_TEXT (session->device),
                     LF_INT (session->created_at_us), LF_INT (session->last_seen_at_us), LF_INT (session->expires_at_us));
}

/**
 * lf_store_sessions_add_access:
 * @db: a connection that writes
 * @access: a new access token of its session
 * @keep: how many of the session's tokens stay, the newest of them
 * @not_before_us: tokens that expired before this go
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_sessions_add_access (LfDb *db, const LfAccessRow *access, gint64 keep, gint64 not_before_us, GError **error)
{
  return lf_db_exec (db, error, "INSERT INTO access_tokens (hash, session_id, expires_at) VALUES (?1, ?2, ?3)",
                     LF_TEXT (access->hash), LF_TEXT (access->session), LF_INT (access->expires_at_us)) &&
         lf_db_exec (db, error,
                     "DELETE FROM access_tokens WHERE session_id = ?1 AND (expires_at < ?3 OR hash NOT IN"
                     " (SELECT hash FROM access_tokens WHERE session_id = ?1 ORDER BY expires_at DESC, hash LIMIT ?2))",
                     LF_TEXT (access->session), LF_INT (keep), LF_INT (not_before_us));
}

/**
 * lf_store_sessions_list:
 * @db: the connection
 * @user: (nullable): whose, %NULL for all
 * @now_us: wall-clock instant: expired sessions are left out
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfSessionRow) (nullable): sessions, the newest first; it frees them
 */
GPtrArray *
lf_store_sessions_list (LfDb *db, const char *user, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_session_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT id, user_id, device, created_at, last_seen_at, expires_at FROM sessions"
                                               " WHERE (?1 IS NULL OR user_id = ?1) AND expires_at > ?2 ORDER BY created_at DESC, id",
                                            LF_TEXT (user), LF_INT (now_us));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (sessions, session_from_row (rows));
  if (failure == NULL)
    return g_steal_pointer (&sessions);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_sessions_list_access:
 * @db: the connection
 * @not_before_us: tokens that expired before this are left out
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfAccessRow) (nullable): access tokens; it frees them
 */
GPtrArray *
lf_store_sessions_list_access (LfDb *db, gint64 not_before_us, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_access_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT access_tokens.hash, session_id, user_id, access_tokens.expires_at"
                                               " FROM access_tokens JOIN sessions ON sessions.id = session_id"
                                               " WHERE access_tokens.expires_at >= ?1",
                                            LF_INT (not_before_us));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfAccessRow *token = g_new0 (LfAccessRow, 1);

      token->hash = g_strdup (lf_rows_get_text (rows, 0));
      token->session = g_strdup (lf_rows_get_text (rows, 1));
      token->user = g_strdup (lf_rows_get_text (rows, 2));
      token->expires_at_us = lf_rows_get_int (rows, 3);
      g_ptr_array_add (tokens, token);
    }
  if (failure == NULL)
    return g_steal_pointer (&tokens);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_sessions_extend:
 * @db: a connection that writes
 * @session: id
 * @now_us: when it was last seen
 * @expires_at_us: end of its refresh family
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_sessions_extend (LfDb *db, const char *session, gint64 now_us, gint64 expires_at_us, GError **error)
{
  return lf_db_exec (db, error, "UPDATE sessions SET last_seen_at = ?2, expires_at = ?3 WHERE id = ?1", LF_TEXT (session),
                     LF_INT (now_us), LF_INT (expires_at_us));
}

/**
 * lf_store_sessions_touch:
 * @db: a connection that writes
 * @session: id
 * @now_us: when it was last seen
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_sessions_touch (LfDb *db, const char *session, gint64 now_us, GError **error)
{
  return lf_db_exec (db, error, "UPDATE sessions SET last_seen_at = ?2 WHERE id = ?1", LF_TEXT (session), LF_INT (now_us));
}

/**
 * lf_store_sessions_remove:
 * @db: a connection that writes
 * @user: (nullable): whose it must be
 * @session: id
 * @error: return location
 *
 * Ends a session, with all its tokens.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when it is not there, or another's
 */
gboolean
lf_store_sessions_remove (LfDb *db, const char *user, const char *session, GError **error)
{
  if (!lf_db_exec (db, error, "DELETE FROM sessions WHERE id = ?1 AND (?2 IS NULL OR user_id = ?2)", LF_TEXT (session), LF_TEXT (user)))
    return FALSE;
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such session.");
  return FALSE;
}

/**
 * lf_store_sessions_remove_user:
 * @db: a connection that writes
 * @user: id
 * @error: return location
 *
 * Ends all sessions of a person.
 *
 * Returns: (transfer full) (nullable): their ids
 */
GStrv
lf_store_sessions_remove_user (LfDb *db, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "DELETE FROM sessions WHERE user_id = ?1 RETURNING id", LF_TEXT (user));

  return collect_texts (rows, error);
}

/**
 * lf_store_sessions_remove_expired:
 * @db: a connection that writes
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Ends the sessions whose refresh family has expired.
 *
 * Returns: (transfer full) (nullable): their ids
 */
GStrv
lf_store_sessions_remove_expired (LfDb *db, gint64 now_us, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "DELETE FROM sessions WHERE expires_at <= ?1 RETURNING id", LF_INT (now_us));

  return collect_texts (rows, error);
}

/**
 * lf_store_refresh_insert:
 * @db: a connection that writes
 * @token: a refresh token that has not been used
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_refresh_insert (LfDb *db, const LfRefreshRow *token, GError **error)
{
  return lf_db_exec (db, error,
                     "INSERT INTO refresh_tokens (hash, session_id, successor, salt, used_at, expires_at)"
                     " VALUES (?1, ?2, NULL, NULL, ?3, ?4)",
                     LF_TEXT (token->hash), LF_TEXT (token->session), LF_INT (LF_INSTANT_NONE), LF_INT (token->expires_at_us)) &&
         lf_db_exec (db, error, "DELETE FROM refresh_tokens WHERE session_id = ?1 AND expires_at < ?2 AND used_at > ?3",
                     LF_TEXT (token->session), LF_INT (token->expires_at_us - 30 * LF_DAY), LF_INT (LF_INSTANT_NONE));
}

/**
 * lf_store_refresh_get:
 * @db: the connection
 * @hash: of the token
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the token with its session's user and whether its successor was used;
 *   %NULL with %LF_PROBLEM_UNAUTHORIZED when it is unknown
 */
LfRefreshRow *
lf_store_refresh_get (LfDb *db, const char *hash, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT t.hash, t.session_id, sessions.user_id, t.successor, t.salt, t.used_at, t.expires_at,"
                                         " COALESCE (next.used_at, ?2) FROM refresh_tokens t JOIN sessions ON sessions.id = t.session_id"
                                         " LEFT JOIN refresh_tokens next ON next.hash = t.successor WHERE t.hash = ?1",
                                         LF_TEXT (hash), LF_INT (LF_INSTANT_NONE));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return NULL;
  if (lf_rows_next (rows, &failure))
    {
      LfRefreshRow *token = g_new0 (LfRefreshRow, 1);

      token->hash = g_strdup (lf_rows_get_text (rows, 0));
      token->session = g_strdup (lf_rows_get_text (rows, 1));
      token->user = g_strdup (lf_rows_get_text (rows, 2));
      token->successor = g_strdup (lf_rows_get_text (rows, 3));
      token->salt = g_strdup (lf_rows_get_text (rows, 4));
      token->used_at_us = lf_rows_get_int (rows, 5);
      token->expires_at_us = lf_rows_get_int (rows, 6);
      token->is_successor_used = lf_rows_get_int (rows, 7) != LF_INSTANT_NONE;
      return token;
    }

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED, "The session has ended; sign in again.");
  return NULL;
}

/**
 * lf_store_refresh_use:
 * @db: a connection that writes
 * @hash: of the token that was used
 * @successor: hash of the one given for it
 * @salt: what @successor was made with
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_refresh_use (LfDb *db, const char *hash, const char *successor, const char *salt, gint64 now_us, GError **error)
{
  return lf_db_exec (db, error, "UPDATE refresh_tokens SET successor = ?2, salt = ?3, used_at = ?4 WHERE hash = ?1", LF_TEXT (hash),
                     LF_TEXT (successor), LF_TEXT (salt), LF_INT (now_us));
}

/**
 * lf_store_tokens_insert:
 * @db: a connection that writes
 * @token: a connector's token
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_tokens_insert (LfDb *db, const LfTokenRow *token, GError **error)
{
  return lf_db_exec (db, error, "INSERT INTO connector_tokens (id, hash, kind, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                     LF_TEXT (token->id), LF_TEXT (token->hash), LF_TEXT (token->kind), LF_TEXT (token->name), LF_INT (token->created_at_us));
}

/**
 * lf_store_tokens_remove:
 * @db: a connection that writes
 * @id: of the token
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such token
 */
gboolean
lf_store_tokens_remove (LfDb *db, const char *id, GError **error)
{
  if (!lf_db_exec (db, error, "DELETE FROM connector_tokens WHERE id = ?1", LF_TEXT (id)))
    return FALSE;
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no token “%s”.", id);
  return FALSE;
}

/**
 * lf_store_tokens_list:
 * @db: the connection
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfTokenRow) (nullable): all connector tokens; it frees them
 */
GPtrArray *
lf_store_tokens_list (LfDb *db, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_token_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error, "SELECT id, hash, kind, name, created_at FROM connector_tokens ORDER BY created_at, id");
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfTokenRow *token = g_new0 (LfTokenRow, 1);

      token->id = g_strdup (lf_rows_get_text (rows, 0));
      token->hash = g_strdup (lf_rows_get_text (rows, 1));
      token->kind = g_strdup (lf_rows_get_text (rows, 2));
      token->name = g_strdup (lf_rows_get_text (rows, 3));
      token->created_at_us = lf_rows_get_int (rows, 4);
      g_ptr_array_add (tokens, token);
    }
  if (failure == NULL)
    return g_steal_pointer (&tokens);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
