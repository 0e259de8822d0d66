/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-lines.h"

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
  g_free (self);
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
  if (failure == NULL)
    return g_steal_pointer (&lines);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
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
 * Makes a line, or changes it.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_lines_assign (LfDb *db, const char *line, const char *address, const char *user, gboolean is_primary, const char *pickup_group, GError **error)
{
  if (is_primary && user != NULL &&
      !lf_db_exec (db, error, "UPDATE lines SET is_primary = 0 WHERE user_id = ?1 AND line <> ?2", LF_TEXT (user), LF_TEXT (line)))
    return FALSE;

  return lf_db_exec (db, error,
                     "INSERT INTO lines (line, address, user_id, is_primary, pickup_group) VALUES (?1, ?2, ?3, ?4, ?5)"
                     " ON CONFLICT (line) DO UPDATE SET address = excluded.address, user_id = excluded.user_id,"
                     " is_primary = excluded.is_primary, pickup_group = excluded.pickup_group",
                     LF_TEXT (line), LF_TEXT (address), LF_TEXT (user), LF_INT (is_primary && user != NULL), LF_TEXT (pickup_group));
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
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no line “%s”.", line);
  return FALSE;
}
