/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-busy.h"
#include "lf-store-privacy.h"

/**
 * lf_calendar_view_from_number:
 * @number: as stored
 *
 * Returns: what it stands for; nothing may be seen where that is not known
 */
LfCalendarView
lf_calendar_view_from_number (gint64 number)
{
  return number >= 0 && number < LF_N_CALENDAR_VIEWS ? (LfCalendarView) number : LF_CALENDAR_VIEW_NONE;
}

/**
 * lf_store_privacy_set_exception:
 * @db: a connection that writes
 * @user: whose calendar
 * @other: who sees it
 * @view: what of it; %LF_CALENDAR_VIEW_DEFAULT: what everybody sees
 * @calendar_rev: (out): the raised revision of the calendar; 0: nothing changed for anybody
 * @error: return location
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_privacy_set_exception (LfDb *db, const char *user, const char *other, LfCalendarView view, gint64 *calendar_rev, GError **error)
{
  static const char set[] = "INSERT INTO calendar_views (user_id, other_id, view) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (user_id, other_id) DO UPDATE SET view = excluded.view"
                            " WHERE calendar_views.view <> excluded.view";
  static const char clear[] = "DELETE FROM calendar_views WHERE user_id = ?1 AND other_id = ?2";
  gboolean          is_done = view == LF_CALENDAR_VIEW_DEFAULT
                                ? lf_db_exec (db, error, clear, LF_TEXT (user), LF_TEXT (other))
                                : lf_db_exec (db, error, set, LF_TEXT (user), LF_TEXT (other), LF_INT (view));

  *calendar_rev = 0;
  return is_done && (lf_db_get_changes (db) == 0 || lf_store_busy_tell_anew (db, user, calendar_rev, error));
}

static void
exception_free (LfCalendarException *exception)
{
  g_free (exception->owner);
  g_free (exception->other);
  g_free (exception);
}

/**
 * lf_store_privacy_list_exceptions:
 * @db: the connection
 * @user: (nullable): who decided; %NULL: everybody
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfCalendarException) (nullable): who sees something else of a
 *   calendar than everybody, by owner; it frees them
 */
GPtrArray *
lf_store_privacy_list_exceptions (LfDb *db, const char *user, GError **error)
{
  g_autoptr (GPtrArray) exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) exception_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT user_id, other_id, view FROM calendar_views WHERE ?1 IS NULL OR user_id = ?1"
                                               " ORDER BY user_id, other_id",
                                            LF_TEXT (user));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfCalendarException *exception = g_new0 (LfCalendarException, 1);

      exception->owner = g_strdup (lf_rows_get_text (rows, 0));
      exception->other = g_strdup (lf_rows_get_text (rows, 1));
      exception->view = lf_calendar_view_from_number (lf_rows_get_int (rows, 2));
      g_ptr_array_add (exceptions, exception);
    }
  if (failure == NULL)
    return g_steal_pointer (&exceptions);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
