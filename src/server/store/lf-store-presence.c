/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-chat.h"
#include "lf-store-presence.h"

#define CLAIM_COLUMNS                                                                                  \
  "users.id, choice, text, emoji, status_expires_at, status_since, is_dnd, dnd_expires_at, dnd_since," \
  " is_invisible, calendar_revision, users.is_place, calendar_view, note_since"

static gboolean
has_expired (gint64 expires_at_us, gint64 now_us)
{
  return expires_at_us != LF_INSTANT_NONE && expires_at_us <= now_us;
}

/* The row comes from a LEFT JOIN: a person who never chose anything has NULLs. */
static LfClaims *
claims_from_row (LfRows *rows, gint64 now_us)
{
  LfClaims *claims = g_new0 (LfClaims, 1);

  claims->user = g_strdup (lf_rows_get_text (rows, 0));
  claims->status.expires_at_us = LF_INSTANT_NONE;
  claims->status_since_us = LF_INSTANT_NONE;
  claims->note_since_us = LF_INSTANT_NONE;
  claims->dnd.expires_at_us = LF_INSTANT_NONE;
  claims->dnd_since_us = LF_INSTANT_NONE;
  claims->is_place = lf_rows_get_int (rows, 11) != 0;
  if (lf_rows_get_text (rows, 1) == NULL)
    return claims;

  if (!has_expired (lf_rows_get_int (rows, 4), now_us))
    {
      claims->status.choice = (LfChoice) CLAMP (lf_rows_get_int (rows, 1), LF_CHOICE_AUTOMATIC, LF_CHOICE_AWAY);
      claims->status.text = g_strdup (lf_rows_get_text (rows, 2));
      claims->status.emoji = g_strdup (lf_rows_get_text (rows, 3));
      claims->status.expires_at_us = lf_rows_get_int (rows, 4);
      claims->status_since_us = lf_rows_get_int (rows, 5);
      if (claims->status.text != NULL || claims->status.emoji != NULL)
        claims->note_since_us = lf_rows_get_int (rows, 13);
    }
  if (lf_rows_get_int (rows, 6) != 0 && !has_expired (lf_rows_get_int (rows, 7), now_us))
    {
      claims->dnd.is_on = TRUE;
      claims->dnd.expires_at_us = lf_rows_get_int (rows, 7);
      claims->dnd_since_us = lf_rows_get_int (rows, 8);
    }
  claims->visibility.is_invisible = lf_rows_get_int (rows, 9) != 0;
  claims->calendar_rev = lf_rows_get_int (rows, 10);
  claims->calendar_view = lf_calendar_view_from_number (lf_rows_get_int (rows, 12));

  return claims;
}

static gboolean
read_all_claims (LfDb *db, gint64 now_us, GPtrArray *list, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT " CLAIM_COLUMNS " FROM users LEFT JOIN claims ON claims.user_id = users.id"
                                         " WHERE users.is_blocked = 0 ORDER BY users.id");
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (list, claims_from_row (rows, now_us));
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
pair_free (LfPair *pair)
{
  g_free (pair->owner);
  g_free (pair->other);
  g_free (pair);
}

static GPtrArray *
read_pairs (LfDb *db, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) pair_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error, sql);
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfPair *pair = g_new0 (LfPair, 1);

      pair->owner = g_strdup (lf_rows_get_text (rows, 0));
      pair->other = g_strdup (lf_rows_get_text (rows, 1));
      g_ptr_array_add (pairs, pair);
    }
  if (failure == NULL)
    return g_steal_pointer (&pairs);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
raise_epoch (LfDb *db, gint64 *epoch, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "INSERT INTO counters (name, value) VALUES ('epoch', 1)"
                                         " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value");

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *epoch = lf_rows_get_int (rows, 0);
  return TRUE;
}

/* Makes the row that the updates below touch. */
static gboolean
ensure_claims (LfDb *db, const char *user, GError **error)
{
  return lf_db_exec (db, error,
                     "INSERT INTO claims (user_id, choice, status_expires_at, status_since, is_dnd, dnd_expires_at,"
                     " dnd_since, is_invisible, calendar_revision) VALUES (?1, 0, ?2, ?2, 0, ?2, ?2, 0, 0)"
                     " ON CONFLICT (user_id) DO NOTHING",
                     LF_TEXT (user), LF_INT (LF_INSTANT_NONE));
}

/**
 * lf_claims_free:
 * @self: (nullable): claims
 */
void
lf_claims_free (LfClaims *self)
{
  if (self == NULL)
    return;

  g_free (self->user);
  g_free (self->status.text);
  g_free (self->status.emoji);
  g_free (self);
}

/**
 * lf_store_state_free:
 * @self: (nullable): a state
 */
void
lf_store_state_free (LfStoreState *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->claims, g_ptr_array_unref);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_pointer (&self->talks, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->views, g_ptr_array_unref);
  g_free (self);
}

/**
 * lf_store_presence_read:
 * @db: the connection
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Reads everything the hub knows by heart. The epoch is left at 0.
 *
 * Returns: (transfer full) (nullable): the state
 */
LfStoreState *
lf_store_presence_read (LfDb *db, gint64 now_us, GError **error)
{
  g_autoptr (LfStoreState) state = g_new0 (LfStoreState, 1);

  state->claims = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_claims_free);
  if (!read_all_claims (db, now_us, state->claims, error))
    return NULL;

  state->blocks = read_pairs (db, "SELECT user_id, other_id FROM blocks", error);
  if (state->blocks == NULL)
    return NULL;
  state->watches = read_pairs (db, "SELECT owner_id, user_id FROM contacts", error);
  if (state->watches == NULL)
    return NULL;
  state->talks = read_pairs (db,
                             "SELECT a.user_id, b.user_id FROM members a JOIN members b"
                             " ON a.conversation_id = b.conversation_id AND a.user_id <> b.user_id",
                             error);
  if (state->talks == NULL)
    return NULL;
  state->views = lf_store_privacy_list_exceptions (db, NULL, error);
  if (state->views == NULL)
    return NULL;
  state->lines = lf_store_lines_list (db, error);

  return state->lines != NULL ? g_steal_pointer (&state) : NULL;
}

/**
 * lf_store_presence_load:
 * @db: a connection that writes
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Raises the epoch and reads everything the hub needs before it sends the first frame.
 *
 * Returns: (transfer full) (nullable): the state
 */
LfStoreState *
lf_store_presence_load (LfDb *db, gint64 now_us, GError **error)
{
  gint64        epoch = 0;
  LfStoreState *state;

  if (!raise_epoch (db, &epoch, error))
    return NULL;

  state = lf_store_presence_read (db, now_us, error);
  if (state != NULL)
    state->epoch = epoch;
  return state;
}

/**
 * lf_store_presence_get_claims:
 * @db: the connection
 * @user: id
 * @now_us: wall-clock instant: what has expired by then is absent
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what the person chose, %NULL with %LF_PROBLEM_NOT_FOUND
 */
LfClaims *
lf_store_presence_get_claims (LfDb *db, const char *user, gint64 now_us, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT " CLAIM_COLUMNS " FROM users LEFT JOIN claims ON claims.user_id = users.id"
                                         " WHERE users.id = ?1",
                                         LF_TEXT (user));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return NULL;
  if (lf_rows_next (rows, &failure))
    return claims_from_row (rows, now_us);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such person.");
  return NULL;
}

/**
 * lf_store_presence_set_status:
 * @db: a connection that writes
 * @user: id
 * @status: choice, note and expiry: one act
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Stores what the person chose. Its since changes only with the choice, and that of the note with the note.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_presence_set_status (LfDb *db, const char *user, const LfWireStatus *status, gint64 now_us, GError **error)
{
  return ensure_claims (db, user, error) &&
         lf_db_exec (db, error,
                     "UPDATE claims SET status_since = CASE WHEN choice = ?2 AND status_since > ?6"
                     " AND (status_expires_at = ?6 OR status_expires_at > ?7) THEN status_since ELSE ?7 END,"
                     " note_since = CASE WHEN COALESCE (text, '') = COALESCE (?3, '') AND COALESCE (emoji, '') = COALESCE (?4, '')"
                     " AND (status_expires_at = ?6 OR status_expires_at > ?7) THEN note_since ELSE ?7 END,"
                     " choice = ?2, text = ?3, emoji = ?4, status_expires_at = ?5 WHERE user_id = ?1",
                     LF_TEXT (user), LF_INT (status->choice), LF_TEXT (status->text), LF_TEXT (status->emoji),
                     LF_INT (status->expires_at_us), LF_INT (LF_INSTANT_NONE), LF_INT (now_us));
}

/**
 * lf_store_presence_set_dnd:
 * @db: a connection that writes
 * @user: id
 * @dnd: on or off, and until when
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Stores the switch. Its since is kept while it stays on.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_presence_set_dnd (LfDb *db, const char *user, const LfWireDnd *dnd, gint64 now_us, GError **error)
{
  return ensure_claims (db, user, error) &&
         lf_db_exec (db, error,
                     "UPDATE claims SET dnd_since = CASE WHEN is_dnd = 1 AND ?2 = 1"
                     " AND (dnd_expires_at = ?4 OR dnd_expires_at > ?5) THEN dnd_since ELSE ?5 END,"
                     " is_dnd = ?2, dnd_expires_at = ?3 WHERE user_id = ?1",
                     LF_TEXT (user), LF_INT (dnd->is_on ? 1 : 0), LF_INT (dnd->is_on ? dnd->expires_at_us : LF_INSTANT_NONE),
                     LF_INT (LF_INSTANT_NONE), LF_INT (now_us));
}

/**
 * lf_store_presence_set_visibility:
 * @db: a connection that writes
 * @user: id
 * @is_invisible: whether the person appears offline to everybody
 * @shown: (nullable): as for lf_store_chat_show_marks()
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_presence_set_visibility (LfDb *db, const char *user, gboolean is_invisible, GPtrArray *shown, GError **error)
{
  return ensure_claims (db, user, error) &&
         lf_db_exec (db, error, "UPDATE claims SET is_invisible = ?2 WHERE user_id = ?1", LF_TEXT (user), LF_INT (is_invisible)) &&
         (is_invisible || lf_store_chat_show_marks (db, user, shown, error));
}

/**
 * lf_store_presence_set_calendar_view:
 * @db: a connection that writes
 * @user: id
 * @view: what everybody without an exception sees of the person's calendar
 * @error: return location
 *
 * A change raises the revision of the calendar.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_presence_set_calendar_view (LfDb *db, const char *user, LfCalendarView view, GError **error)
{
  gint64 calendar_rev;

  return ensure_claims (db, user, error) &&
         lf_db_exec (db, error, "UPDATE claims SET calendar_view = ?2 WHERE user_id = ?1 AND calendar_view <> ?2", LF_TEXT (user),
                     LF_INT (view == LF_CALENDAR_VIEW_PERIODS ? LF_CALENDAR_VIEW_DEFAULT : view)) &&
         (lf_db_get_changes (db) == 0 || lf_store_busy_tell_anew (db, user, &calendar_rev, error));
}

static gboolean
end_expired (LfDb *db, gint64 now_us, GHashTable *users, GError **error)
{
  static const char *const statements[] = {
    "UPDATE claims SET choice = 0, text = NULL, emoji = NULL, status_expires_at = ?1, status_since = ?2"
    " WHERE status_expires_at > ?1 AND status_expires_at <= ?2 RETURNING user_id",
    "UPDATE claims SET is_dnd = 0, dnd_expires_at = ?1, dnd_since = ?2"
    " WHERE dnd_expires_at > ?1 AND dnd_expires_at <= ?2 RETURNING user_id",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autoptr (LfRows) rows = lf_db_query (db, error, statements[i], LF_INT (LF_INSTANT_NONE), LF_INT (now_us));
      g_autoptr (GError) failure = NULL;

      if (rows == NULL)
        return FALSE;
      while (lf_rows_next (rows, &failure))
        g_hash_table_add (users, g_strdup (lf_rows_get_text (rows, 0)));
      if (failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_next_expiry (LfDb *db, gint64 now_us, gint64 *next_us, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT MIN (at) FROM (SELECT MIN (status_expires_at) AS at FROM claims WHERE status_expires_at > ?1"
                                         " UNION ALL SELECT MIN (dnd_expires_at) AS at FROM claims WHERE dnd_expires_at > ?1) AS ends",
                                         LF_INT (now_us));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *next_us = lf_rows_get_text (rows, 0) != NULL ? lf_rows_get_int (rows, 0) : LF_INSTANT_NONE;
  return TRUE;
}

/**
 * lf_store_presence_expire:
 * @db: a connection that writes
 * @now_us: wall-clock instant
 * @next_us: (out): when to ask again, %LF_INSTANT_NONE: when something with an expiry is set
 * @error: return location
 *
 * Ends the statuses and switches whose time is over.
 *
 * Returns: (transfer full) (element-type LfClaims) (nullable): the claims of the people concerned,
 *   as they are now; it frees them
 */
GPtrArray *
lf_store_presence_expire (LfDb *db, gint64 now_us, gint64 *next_us, GError **error)
{
  g_autoptr (GHashTable) users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray)  changed = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_claims_free);
  gint64                 next = LF_INSTANT_NONE;
  GHashTableIter         iter;
  gpointer               user;

  if (!end_expired (db, now_us, users, error) || !read_next_expiry (db, now_us, &next, error))
    return NULL;

  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, &user, NULL))
    {
      LfClaims *claims = lf_store_presence_get_claims (db, user, now_us, error);

      if (claims == NULL)
        return NULL;
      g_ptr_array_add (changed, claims);
    }

  *next_us = next;
  return g_steal_pointer (&changed);
}

/**
 * lf_store_presence_set_blocked:
 * @db: a connection that writes
 * @user: who decides
 * @other: about whom
 * @is_blocked: whether @other is to see nothing of @user
 * @shown: (nullable): as for lf_store_chat_show_marks()
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_presence_set_blocked (LfDb *db, const char *user, const char *other, gboolean is_blocked, GPtrArray *shown, GError **error)
{
  static const char block[] = "INSERT INTO blocks (user_id, other_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
  static const char unblock[] = "DELETE FROM blocks WHERE user_id = ?1 AND other_id = ?2";

  if (!lf_db_exec (db, error, is_blocked ? block : unblock, LF_TEXT (user), LF_TEXT (other)))
    return FALSE;
  if (lf_db_get_changes (db) == 0)
    return TRUE;

  return (is_blocked || lf_store_chat_show_marks (db, user, shown, error)) &&
         lf_db_exec (db, error,
                     "UPDATE users SET roster_revision = roster_revision + 1 WHERE id = ?2 AND EXISTS"
                     " (SELECT 1 FROM contacts WHERE owner_id = ?2 AND user_id = ?1)",
                     LF_TEXT (user), LF_TEXT (other));
}

/**
 * lf_store_presence_list_blocked:
 * @db: the connection
 * @user: who decided
 * @error: return location
 *
 * Returns: (transfer full) (nullable): ids of those whom @user blocked
 */
GStrv
lf_store_presence_list_blocked (LfDb *db, const char *user, GError **error)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error, "SELECT other_id FROM blocks WHERE user_id = ?1 ORDER BY other_id", LF_TEXT (user));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (others, g_strdup (lf_rows_get_text (rows, 0)));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  g_ptr_array_add (others, NULL);
  g_ptr_array_set_free_func (others, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&others), FALSE);
}
