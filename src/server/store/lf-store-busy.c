/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include <stdlib.h>

#include "lf-store-busy.h"

/* A report that only says "read again, nothing new" is told to watchers this often: soon enough that
 * no client shows an old reading while the calendar is read, seldom enough to cost nothing. */
#define TELL_AGAIN_US (10 * LF_MINUTE)
/* A source that is this much older than the person's freshest one has been given up. */
#define GIVEN_UP_US (7 * LF_DAY)

/* periods are stored as text that any database keeps: one "start end type\n" a period, decimal
 * microseconds and the number of the #LfBusyType, in the order of #LfBusyList. */
static char *
periods_to_text (const LfBusyList *list)
{
  GString            *out = g_string_new (NULL);
  gsize               n_periods = 0;
  const LfBusyPeriod *periods = lf_busy_list_get (list, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    g_string_append_printf (out, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d\n", periods[i].start_us, periods[i].end_us,
                            (int) periods[i].type);

  return g_string_free (out, FALSE);
}

static void
periods_append_text (GArray *periods, const char *text)
{
  char *place = (char *) text;

  while (*place != '\0')
    {
      LfBusyPeriod period;
      gint64       type;

      period.start_us = g_ascii_strtoll (place, &place, 10);
      period.end_us = g_ascii_strtoll (place, &place, 10);
      type = g_ascii_strtoll (place, &place, 10);
      period.type = (LfBusyType) CLAMP (type, LF_BUSY_BUSY, LF_BUSY_ALL_DAY);
      g_array_append_val (periods, period);
      if (*place != '\n')
        break;
      place++;
    }
}

static LfBusyList *
list_from_report (const LfWireBusyReport *report)
{
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  guint              n_periods = report->periods != NULL ? report->periods->len : 0;

  for (guint i = 0; i < n_periods; i++)
    g_array_append_vals (periods, g_ptr_array_index (report->periods, i), 1);

  return lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
}

/* A new revision is at least the time, in milliseconds: one that was given out and then lost, when the database
 * was set back to a backup, does not come again for something else. */
static gboolean
raise_revision (LfDb *db, const char *user, gint64 by, gint64 *calendar_rev, GError **error)
{
  gint64             least = by > 0 ? g_get_real_time () / 1000 : 0;
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "INSERT INTO claims (user_id, choice, status_expires_at, status_since, is_dnd, dnd_expires_at,"
                                         " dnd_since, is_invisible, calendar_revision) VALUES (?1, 0, ?2, ?2, 0, ?2, ?2, 0, ?4)"
                                         " ON CONFLICT (user_id) DO UPDATE SET calendar_revision ="
                                         " CASE WHEN claims.calendar_revision + ?3 > ?4 THEN claims.calendar_revision + ?3 ELSE ?4 END"
                                         " RETURNING calendar_revision",
                                         LF_TEXT (user), LF_INT (LF_INSTANT_NONE), LF_INT (by), LF_INT (least));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *calendar_rev = lf_rows_get_int (rows, 0);
  return TRUE;
}

/* What is known of (person, source) now, to tell whether a report says anything new. */
static gboolean
compare_stored (LfDb *db, const char *user, const char *source, const char *name, const LfWireBusyReport *report, const char *text, gboolean *is_new, gint64 *told_at_us, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT periods, name, told_at FROM busy_lists WHERE user_id = ?1 AND source = ?2",
                                         LF_TEXT (user), LF_TEXT (source));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    {
      gint64 told_at = lf_rows_get_int (rows, 2);

      *is_new = g_strcmp0 (lf_rows_get_text (rows, 0), text) != 0 || g_strcmp0 (lf_rows_get_text (rows, 1), name) != 0 ||
                report->read_at_us >= told_at + TELL_AGAIN_US || report->read_at_us < told_at;
      *told_at_us = *is_new ? report->read_at_us : told_at;
    }
  else
    {
      *is_new = TRUE;
      *told_at_us = report->read_at_us;
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
check_source_count (LfDb *db, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT COUNT (*) FROM busy_lists WHERE user_id = ?1", LF_TEXT (user));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;
  if (lf_rows_get_int (rows, 0) <= LF_STORE_BUSY_MAX_SOURCES)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT,
               "This person has %d calendar sources already; publish under the name of one of them.", LF_STORE_BUSY_MAX_SOURCES);
  return FALSE;
}

/**
 * lf_store_busy_put:
 * @db: a connection that writes
 * @user: whose calendar
 * @source: which one, an id
 * @name: (nullable): what people call it
 * @report: what was read; its ranges have been checked
 * @calendar_rev: (out): the person's calendar revision afterwards
 * @changed: (out): whether it rose
 * @error: return location
 *
 * Replaces what a source says. The revision rises when the periods differ, and every ten minutes
 * for a new reading alone.
 *
 * Returns: %FALSE with %LF_PROBLEM_CONFLICT for too many sources
 */
gboolean
lf_store_busy_put (LfDb                   *db,
                   const char             *user,
                   const char             *source,
                   const char             *name,
                   const LfWireBusyReport *report,
                   gint64                 *calendar_rev,
                   gboolean               *changed,
                   GError                **error)
{
  g_autoptr (LfBusyList) list = list_from_report (report);
  g_autofree char       *text = periods_to_text (list);
  gboolean               is_new = FALSE;
  gint64                 told_at_us = 0;

  if (!compare_stored (db, user, source, name, report, text, &is_new, &told_at_us, error) ||
      !lf_db_exec (db, error,
                   "INSERT INTO busy_lists (user_id, source, name, read_at, known_from, known_until, told_at, periods)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                   " ON CONFLICT (user_id, source) DO UPDATE SET name = excluded.name, read_at = excluded.read_at,"
                   " known_from = excluded.known_from, known_until = excluded.known_until, told_at = excluded.told_at,"
                   " periods = excluded.periods",
                   LF_TEXT (user), LF_TEXT (source), LF_TEXT (name), LF_INT (report->read_at_us),
                   LF_INT (report->known_from_us), LF_INT (report->known_until_us), LF_INT (told_at_us), LF_TEXT (text)) ||
      !lf_db_exec (db, error, "DELETE FROM busy_lists WHERE user_id = ?1 AND read_at < ?2", LF_TEXT (user),
                   LF_INT (report->read_at_us - GIVEN_UP_US)) ||
      !check_source_count (db, user, error) || !raise_revision (db, user, is_new ? 1 : 0, calendar_rev, error))
    return FALSE;

  *changed = is_new;
  return TRUE;
}

/**
 * lf_store_busy_forget:
 * @db: a connection that writes
 * @user: whose calendar
 * @source: which one
 * @calendar_rev: (out): the person's calendar revision afterwards
 * @changed: (out): whether the source was there
 * @error: return location
 *
 * Drops what a source said: it no longer counts, neither as busy nor in what is known.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_busy_forget (LfDb *db, const char *user, const char *source, gint64 *calendar_rev, gboolean *changed, GError **error)
{
  if (!lf_db_exec (db, error, "DELETE FROM busy_lists WHERE user_id = ?1 AND source = ?2", LF_TEXT (user), LF_TEXT (source)))
    return FALSE;

  *changed = lf_db_get_changes (db) > 0;
  return !*changed || raise_revision (db, user, 1, calendar_rev, error);
}

/**
 * lf_store_busy_end_early:
 * @db: a connection that writes
 * @user: who left
 * @end: which meeting, and when
 * @calendar_rev: (out): the person's calendar revision afterwards
 * @error: return location
 *
 * Notes "I left early": from ended_at to end the person is in no meeting, whatever the sources say. A
 * meeting that begins at end is another and stays.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_busy_end_early (LfDb *db, const char *user, const LfWireEarlyEnd *end, gint64 *calendar_rev, GError **error)
{
  return lf_db_exec (db, error,
                     "INSERT INTO early_ends (user_id, start_at, end_at, ended_at) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (user_id, start_at, end_at) DO UPDATE SET ended_at = excluded.ended_at",
                     LF_TEXT (user), LF_INT (end->start_us), LF_INT (end->end_us), LF_INT (end->ended_at_us)) &&
         lf_db_exec (db, error,
                     "DELETE FROM early_ends WHERE user_id = ?1 AND (end_at < ?2 OR end_at NOT IN"
                     " (SELECT end_at FROM early_ends WHERE user_id = ?1 ORDER BY end_at DESC LIMIT ?3))",
                     LF_TEXT (user), LF_INT (end->ended_at_us - 31 * LF_DAY), LF_INT (LF_STORE_BUSY_MAX_EARLY_ENDS)) &&
         raise_revision (db, user, 1, calendar_rev, error);
}

static gboolean
read_revision (LfDb *db, const char *user, gint64 *calendar_rev, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT COALESCE (MAX (calendar_revision), 0) FROM claims WHERE user_id = ?1", LF_TEXT (user));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *calendar_rev = lf_rows_get_int (rows, 0);
  return TRUE;
}

/**
 * lf_store_busy_tell_anew:
 * @db: a connection that writes
 * @user: whose calendar
 * @calendar_rev: (out): the person's calendar revision afterwards, 0 for one who never had a calendar
 * @error: return location
 *
 * Raises the revision though the periods stay: what others may see of them is another.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_busy_tell_anew (LfDb *db, const char *user, gint64 *calendar_rev, GError **error)
{
  return read_revision (db, user, calendar_rev, error) &&
         (*calendar_rev == 0 || raise_revision (db, user, 1, calendar_rev, error));
}

static gboolean
apply_early_ends (LfDb *db, const char *user, LfBusyList **list, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT ended_at, end_at FROM early_ends WHERE user_id = ?1", LF_TEXT (user));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    {
      LfBusyList *rest = lf_busy_list_without (*list, lf_rows_get_int (rows, 0), lf_rows_get_int (rows, 1));

      lf_busy_list_unref (*list);
      *list = rest;
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_busy_source_free:
 * @self: (nullable): what a source said
 */
void
lf_busy_source_free (LfBusySource *self)
{
  if (self == NULL)
    return;
  g_free (self->source);
  g_free (self->name);
  lf_busy_list_unref (self->busy);
  g_free (self);
}

static LfBusySource *
source_from_row (LfRows *rows)
{
  LfBusySource      *self = g_new0 (LfBusySource, 1);
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

  self->source = g_strdup (lf_rows_get_text (rows, 0));
  self->name = g_strdup (lf_rows_get_text (rows, 1));
  self->read_at_us = lf_rows_get_int (rows, 2);
  self->known_from_us = lf_rows_get_int (rows, 3);
  self->known_until_us = lf_rows_get_int (rows, 4);
  self->expires_at_us = lf_calendar_get_expiry_us (self->known_until_us, self->read_at_us);
  periods_append_text (periods, lf_rows_get_text (rows, 5));
  self->busy = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
  return self;
}

/**
 * lf_store_busy_list_sources:
 * @db: the connection
 * @user: whose calendars
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfBusySource) (nullable): what each source said last, by
 *   source; it frees them
 */
GPtrArray *
lf_store_busy_list_sources (LfDb *db, const char *user, GError **error)
{
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT source, name, read_at, known_from, known_until, periods FROM busy_lists"
                                               " WHERE user_id = ?1 ORDER BY source",
                                            LF_TEXT (user));
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_busy_source_free);
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (sources, source_from_row (rows));
  if (failure == NULL)
    return g_steal_pointer (&sources);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_busy_find_early_end:
 * @db: the connection
 * @user: who may have left
 * @now_us: wall-clock instant
 * @from_us: (out): when, or %LF_INSTANT_NONE
 * @until_us: (out): when that meeting ends, or %LF_INSTANT_NONE
 * @error: return location
 *
 * Looks for an "I left early" that counts now.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_busy_find_early_end (LfDb *db, const char *user, gint64 now_us, gint64 *from_us, gint64 *until_us, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT ended_at, end_at FROM early_ends WHERE user_id = ?1 AND ended_at <= ?2 AND end_at > ?2"
                                         " ORDER BY end_at DESC LIMIT 1",
                                         LF_TEXT (user), LF_INT (now_us));
  g_autoptr (GError) failure = NULL;
  gboolean           is_there;

  if (rows == NULL)
    return FALSE;
  is_there = lf_rows_next (rows, &failure);
  *from_us = is_there ? lf_rows_get_int (rows, 0) : LF_INSTANT_NONE;
  *until_us = is_there ? lf_rows_get_int (rows, 1) : LF_INSTANT_NONE;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* All sources: periods united, window intersected, the oldest reading counts. */
static gboolean
read_sources (LfDb *db, const char *user, LfWireBusy *busy, GArray *periods, GError **error)
{
  g_autoptr (GPtrArray) sources = lf_store_busy_list_sources (db, user, error);
  g_autoptr (GString)   names = g_string_new (NULL);

  if (sources == NULL)
    return FALSE;
  for (guint i = 0; i < sources->len; i++)
    {
      const LfBusySource *source = sources->pdata[i];
      gsize               n_periods = 0;
      const LfBusyPeriod *own = lf_busy_list_get (source->busy, &n_periods);

      busy->read_at_us = i == 0 ? source->read_at_us : MIN (busy->read_at_us, source->read_at_us);
      busy->known_from_us = i == 0 ? source->known_from_us : MAX (busy->known_from_us, source->known_from_us);
      busy->known_until_us = i == 0 ? source->known_until_us : MIN (busy->known_until_us, source->known_until_us);
      g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", source->name != NULL ? source->name : source->source);
      g_array_append_vals (periods, own, (guint) n_periods);
    }

  if (sources->len > 0)
    busy->source = g_utf8_substring (names->str, 0, MIN (g_utf8_strlen (names->str, -1), LF_NAME_MAX_CHARS));
  return TRUE;
}

/**
 * lf_store_busy_read:
 * @db: the connection
 * @user: whose calendar; it is not checked who may see it
 * @from_us: start of the window asked for
 * @to_us: its end
 * @error: return location
 *
 * Reads the intersection over the person's sources: known is what all of them know, busy is what
 * any of them says. Outside [known_from, known_until) there are no periods, and that says nothing.
 *
 * Returns: (transfer full) (nullable): the calendar; known_* are %LF_INSTANT_NONE when nothing is known
 */
LfWireBusy *
lf_store_busy_read (LfDb *db, const char *user, gint64 from_us, gint64 to_us, GError **error)
{
  g_autoptr (LfWireBusy) busy = g_new0 (LfWireBusy, 1);
  g_autoptr (GArray)     periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  g_autoptr (LfBusyList) list = NULL;
  g_autoptr (LfBusyList) cut = NULL;
  const LfBusyPeriod    *found;
  gsize                  n_found = 0;

  busy->user = g_strdup (user);
  busy->periods = g_ptr_array_new ();
  busy->known_from_us = LF_INSTANT_NONE;
  busy->known_until_us = LF_INSTANT_NONE;
  busy->read_at_us = LF_INSTANT_NONE;
  if (!read_revision (db, user, &busy->rev, error) || !read_sources (db, user, busy, periods, error))
    return NULL;

  if (busy->known_from_us != LF_INSTANT_NONE)
    {
      busy->known_from_us = MAX (busy->known_from_us, from_us);
      busy->known_until_us = MIN (busy->known_until_us, to_us);
    }
  if (busy->known_from_us >= busy->known_until_us)
    {
      busy->known_from_us = LF_INSTANT_NONE;
      busy->known_until_us = LF_INSTANT_NONE;
      return g_steal_pointer (&busy);
    }

  list = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
  if (!apply_early_ends (db, user, &list, error))
    return NULL;
  cut = lf_busy_list_cut (list, busy->known_from_us, busy->known_until_us);
  found = lf_busy_list_get (cut, &n_found);
  for (gsize i = 0; i < n_found; i++)
    g_ptr_array_add (busy->periods, g_memdup2 (&found[i], sizeof found[i]));

  return g_steal_pointer (&busy);
}
