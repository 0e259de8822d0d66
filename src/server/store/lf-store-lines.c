/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-lines.h"

static void
share_free (gpointer data)
{
  LfLineShare *share = data;

  g_free (share->user);
  g_free (share);
}

/**
 * lf_line_shares_new:
 *
 * Returns: (transfer full) (element-type LfLineShare): a list without anybody in it
 */
GPtrArray *
lf_line_shares_new (void)
{
  return g_ptr_array_new_with_free_func (share_free);
}

/**
 * lf_line_shares_add:
 * @shares: (element-type LfLineShare): whose a line is besides
 * @user: one more
 * @is_primary: whether it is that person's first line
 *
 * Adds a person who is not in it.
 */
void
lf_line_shares_add (GPtrArray *shares, const char *user, gboolean is_primary)
{
  LfLineShare *share = g_new0 (LfLineShare, 1);

  share->user = g_strdup (user);
  share->is_primary = is_primary;
  g_ptr_array_add (shares, share);
}

/**
 * lf_line_shares_find:
 * @shares: (nullable) (element-type LfLineShare): whose a line is besides
 * @user: id of a person
 *
 * Returns: (transfer none) (nullable): that person's share
 */
const LfLineShare *
lf_line_shares_find (const GPtrArray *shares, const char *user)
{
  for (guint i = 0; shares != NULL && i < shares->len; i++)
    if (g_str_equal (((const LfLineShare *) shares->pdata[i])->user, user))
      return shares->pdata[i];
  return NULL;
}

/**
 * lf_line_row_free:
 * @self: (nullable): a line
 */
void
lf_line_row_free (LfLineRow *self)
{
  if (self == NULL)
    return;

  g_free (self->line);
  g_free (self->address);
  g_free (self->user);
  g_free (self->pickup_group);
  g_clear_pointer (&self->shares, g_ptr_array_unref);
  g_free (self);
}

/* Both in the order of their lines. */
static gboolean
read_shares (LfDb *db, GPtrArray *lines, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT line, user_id, is_primary FROM line_shares ORDER BY line, user_id");
  g_autoptr (GError) failure = NULL;
  guint              at = 0;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    {
      LfLineRow *line;

      while (!g_str_equal (((LfLineRow *) lines->pdata[at])->line, lf_rows_get_text (rows, 0)))
        at++;
      line = lines->pdata[at];
      if (line->shares == NULL)
        line->shares = lf_line_shares_new ();
      lf_line_shares_add (line->shares, lf_rows_get_text (rows, 1), lf_rows_get_int (rows, 2) != 0);
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_store_lines_list:
 * @db: the connection
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfLineRow) (nullable): all lines, by name; it frees them
 */
GPtrArray *
lf_store_lines_list (LfDb *db, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_line_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error, "SELECT line, address, user_id, is_primary, pickup_group FROM lines ORDER BY line");
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfLineRow *line = g_new0 (LfLineRow, 1);

      line->line = g_strdup (lf_rows_get_text (rows, 0));
      line->address = g_strdup (lf_rows_get_text (rows, 1));
      line->user = g_strdup (lf_rows_get_text (rows, 2));
      line->is_primary = lf_rows_get_int (rows, 3) != 0;
      line->pickup_group = g_strdup (lf_rows_get_text (rows, 4));
      g_ptr_array_add (lines, line);
    }
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return read_shares (db, lines, error) ? g_steal_pointer (&lines) : NULL;
}

static gboolean
refuse_unknown (const char *line, GError **error)
{
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no line “%s”.", line);
  return FALSE;
}

/**
 * lf_store_lines_get:
 * @db: the connection
 * @line: its id
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the line; %NULL with %LF_PROBLEM_NOT_FOUND when there is none
 */
LfLineRow *
lf_store_lines_get (LfDb *db, const char *line, GError **error)
{
  g_autoptr (GPtrArray) lines = lf_store_lines_list (db, error);

  if (lines == NULL)
    return NULL;
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (((LfLineRow *) lines->pdata[i])->line, line))
      return g_ptr_array_steal_index (lines, i);

  refuse_unknown (line, error);
  return NULL;
}

/**
 * lf_store_lines_has_primary:
 * @db: the connection
 * @user: id of a person
 * @line: a line that does not count
 * @result: (out): whether another line is that person's first
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_lines_has_primary (LfDb *db, const char *user, const char *line, gboolean *result, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT EXISTS (SELECT 1 FROM lines WHERE user_id = ?1 AND line <> ?2 AND is_primary = 1)"
                                         " OR EXISTS (SELECT 1 FROM line_shares WHERE user_id = ?1 AND line <> ?2 AND is_primary = 1)",
                                         LF_TEXT (user), LF_TEXT (line));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *result = lf_rows_get_int (rows, 0) != 0;
  return TRUE;
}

/* A person has one first line. */
static gboolean
make_room_for_primary (LfDb *db, const char *user, const char *line, GError **error)
{
  return lf_db_exec (db, error, "UPDATE lines SET is_primary = 0 WHERE user_id = ?1 AND line <> ?2", LF_TEXT (user), LF_TEXT (line)) &&
         lf_db_exec (db, error, "UPDATE line_shares SET is_primary = 0 WHERE user_id = ?1 AND line <> ?2", LF_TEXT (user), LF_TEXT (line));
}

/**
 * lf_store_lines_assign:
 * @db: the connection
 * @line: its id
 * @address: what the telephone system calls it: "2041", "sip:2041@pbx.example"
 * @user: (nullable): whose it is
 * @is_primary: whether it is that person's first line; another one that was is so no longer
 * @pickup_group: (nullable): name of the group whose lines may take each other's calls
 * @error: return location
 *
 * Makes a line, or changes it. Who shares it still does, unless it is @user.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_lines_assign (LfDb *db, const char *line, const char *address, const char *user, gboolean is_primary, const char *pickup_group, GError **error)
{
  if (is_primary && user != NULL && !make_room_for_primary (db, user, line, error))
    return FALSE;
  if (user != NULL && !lf_db_exec (db, error, "DELETE FROM line_shares WHERE line = ?1 AND user_id = ?2", LF_TEXT (line), LF_TEXT (user)))
    return FALSE;

  return lf_db_exec (db, error,
                     "INSERT INTO lines (line, address, user_id, is_primary, pickup_group) VALUES (?1, ?2, ?3, ?4, ?5)"
                     " ON CONFLICT (line) DO UPDATE SET address = excluded.address, user_id = excluded.user_id,"
                     " is_primary = excluded.is_primary, pickup_group = excluded.pickup_group",
                     LF_TEXT (line), LF_TEXT (address), LF_TEXT (user), LF_INT (is_primary && user != NULL), LF_TEXT (pickup_group));
}

/**
 * lf_store_lines_share:
 * @db: the connection
 * @line: its id
 * @user: whose it is to be, too
 * @is_primary: whether it is that person's first line; another one that was is so no longer
 * @error: return location
 *
 * Shares a line, or changes how.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such line, and with %LF_PROBLEM_CONFLICT when it was
 *   assigned to @user or too many share it
 */
gboolean
lf_store_lines_share (LfDb *db, const char *line, const char *user, gboolean is_primary, GError **error)
{
  g_autoptr (LfLineRow) row = lf_store_lines_get (db, line, error);

  if (row == NULL)
    return FALSE;
  if (g_strcmp0 (row->user, user) == 0)
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT, "Line “%s” is assigned to this person already.", line);
      return FALSE;
    }
  if (row->shares != NULL && row->shares->len >= LF_LINE_MAX_SHARES && lf_line_shares_find (row->shares, user) == NULL)
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT, "Line “%s” is shared by %d people; more cannot be.", line, LF_LINE_MAX_SHARES);
      return FALSE;
    }
  return (!is_primary || make_room_for_primary (db, user, line, error)) &&
         lf_db_exec (db, error,
                     "INSERT INTO line_shares (line, user_id, is_primary) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (line, user_id) DO UPDATE SET is_primary = excluded.is_primary",
                     LF_TEXT (line), LF_TEXT (user), LF_INT (is_primary));
}

/**
 * lf_store_lines_unshare:
 * @db: the connection
 * @line: its id
 * @user: whose it is to be no longer
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when it is not shared with that person
 */
gboolean
lf_store_lines_unshare (LfDb *db, const char *line, const char *user, GError **error)
{
  if (!lf_db_exec (db, error, "DELETE FROM line_shares WHERE line = ?1 AND user_id = ?2", LF_TEXT (line), LF_TEXT (user)))
    return FALSE;
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "Line “%s” is not shared with this person.", line);
  return FALSE;
}

/**
 * lf_store_lines_release:
 * @db: the connection
 * @user: who is no longer there
 * @error: return location
 *
 * The lines of @user are others' or nobody's.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_lines_release (LfDb *db, const char *user, GError **error)
{
  return lf_db_exec (db, error, "UPDATE lines SET user_id = NULL, is_primary = 0 WHERE user_id = ?1", LF_TEXT (user)) &&
         lf_db_exec (db, error, "DELETE FROM line_shares WHERE user_id = ?1", LF_TEXT (user));
}

/**
 * lf_store_lines_remove:
 * @db: the connection
 * @line: its id
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such line
 */
gboolean
lf_store_lines_remove (LfDb *db, const char *line, GError **error)
{
  if (!lf_db_exec (db, error, "DELETE FROM lines WHERE line = ?1", LF_TEXT (line)))
    return FALSE;
  return lf_db_get_changes (db) > 0 || refuse_unknown (line, error);
}
