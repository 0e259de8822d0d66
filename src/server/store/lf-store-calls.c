/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-calls.h"
#include "lf-store-text.h"

#define SAME_CALL_US (5 * LF_SECOND) /* two reports of one call, under different names, begin within this */

#define RECORD_COLUMNS "c.id, c.kind, c.line, c.address, u.id, COALESCE (u.name, c.name), c.started_at, c.answered_at, c.ended_at, c.is_provisional"
#define RECORD_SOURCE                                                        \
  " FROM calls c LEFT JOIN users u ON u.id = c.peer_id AND u.is_blocked = 0" \
  " AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = u.id AND other_id = c.user_id)"

/**
 * lf_call_outcome_free:
 * @self: (transfer full) (nullable): an outcome
 */
void
lf_call_outcome_free (LfCallOutcome *self)
{
  if (self == NULL)
    return;

  lf_codec_free (&lf_schema_call_record, self->record);
  g_free (self->user);
  g_free (self->removed);
  g_free (self);
}

/**
 * lf_address_row_free:
 * @self: (transfer full) (nullable): an address
 */
void
lf_address_row_free (LfAddressRow *self)
{
  if (self == NULL)
    return;

  g_free (self->user);
  g_free (self->address);
  g_free (self);
}

/**
 * lf_audit_row_free:
 * @self: (transfer full) (nullable): an entry
 */
void
lf_audit_row_free (LfAuditRow *self)
{
  if (self == NULL)
    return;

  g_free (self->user);
  g_free (self->words);
  g_free (self);
}

static void
add_outcome (GPtrArray *outcomes, const char *user, LfWireCallRecord *record, const char *removed)
{
  LfCallOutcome *outcome = g_new0 (LfCallOutcome, 1);

  outcome->user = g_strdup (user);
  outcome->record = record;
  outcome->removed = g_strdup (removed);
  g_ptr_array_add (outcomes, outcome);
}

/* Reads RECORD_COLUMNS. A person whom the reader may not see is a number. */
static LfWireCallRecord *
read_record (LfRows *rows)
{
  LfWireCallRecord *record = g_new0 (LfWireCallRecord, 1);

  record->id = g_strdup (lf_rows_get_text (rows, 0));
  record->kind = (LfCallKind) lf_rows_get_int (rows, 1);
  record->line = g_strdup (lf_rows_get_text (rows, 2));
  record->address = g_strdup (lf_rows_get_text (rows, 3));
  record->user = g_strdup (lf_rows_get_text (rows, 4));
  record->name = g_strdup (lf_rows_get_text (rows, 5));
  record->started_at_us = lf_rows_get_int (rows, 6);
  record->answered_at_us = lf_rows_get_int (rows, 7);
  record->ended_at_us = lf_rows_get_int (rows, 8);
  record->is_provisional = lf_rows_get_int (rows, 9) != 0;
  return record;
}

static LfCallKind
get_kind (const LfWireCallReport *report)
{
  if (report->direction == LF_CALL_OUTGOING)
    return LF_CALL_PLACED;
  return report->answered_at_us != LF_INSTANT_NONE ? LF_CALL_RECEIVED : LF_CALL_MISSED;
}

/* What there is already of the same call: under its own id, or, for a final report, what was seen of it on the line. */
static gboolean
find_same (LfDb *db, const LfCallRow *entry, char **id, gboolean *is_provisional, GError **error)
{
  const LfWireCallReport *report = entry->report;
  g_autoptr (LfRows)      rows = lf_db_query (db, error,
                                              "SELECT id, is_provisional FROM calls"
                                                   " WHERE user_id = ?1 AND line = ?2 AND (call_id = ?3 OR"
                                                   " (is_provisional <> ?4 AND normal = ?5 AND is_outgoing = ?6"
                                                   " AND started_at BETWEEN ?7 AND ?8))"
                                                   " ORDER BY CASE WHEN call_id = ?3 THEN 0 ELSE 1 END, started_at DESC LIMIT 1",
                                              LF_TEXT (entry->user), LF_TEXT (entry->line), LF_TEXT (report->call_id),
                                              LF_INT (report->is_provisional), LF_TEXT (entry->normal),
                                              LF_INT (report->direction == LF_CALL_OUTGOING),
                                              LF_INT (report->started_at_us - SAME_CALL_US), LF_INT (report->started_at_us + SAME_CALL_US));
  g_autoptr (GError)      failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    {
      *id = g_strdup (lf_rows_get_text (rows, 0));
      *is_provisional = lf_rows_get_int (rows, 1) != 0;
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static LfWireCallRecord *
load_record (LfDb *db, const char *id, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT " RECORD_COLUMNS RECORD_SOURCE " WHERE c.id = ?1", LF_TEXT (id));

  return rows != NULL && lf_rows_next (rows, error) ? read_record (rows) : NULL;
}

/* The oldest beyond the bound go. */
static gboolean
trim (LfDb *db, const char *user, GPtrArray *outcomes, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT id FROM calls WHERE user_id = ?1 ORDER BY started_at DESC, id DESC LIMIT 100 OFFSET ?2",
                                            LF_TEXT (user), LF_INT (LF_CALLS_MAX_PER_PERSON));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (ids, g_strdup (lf_rows_get_text (rows, 0)));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  for (guint i = 0; i < ids->len; i++)
    {
      if (!lf_db_exec (db, error, "DELETE FROM calls WHERE id = ?1", LF_TEXT (ids->pdata[i])))
        return FALSE;
      add_outcome (outcomes, user, NULL, ids->pdata[i]);
    }
  return TRUE;
}

/**
 * lf_store_calls_put:
 * @db: the connection, of a job that writes
 * @entry: a call
 * @now_us: wall-clock instant
 * @outcomes: (element-type LfCallOutcome): where to add what has changed
 * @error: return location
 *
 * Takes a call into somebody's lists. The same call once more changes what is there; a provisional report
 * does not change a final one. A final report takes the place of a provisional one with the same id, or with
 * the same other end and a start within 5 s.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_calls_put (LfDb *db, const LfCallRow *entry, gint64 now_us, GPtrArray *outcomes, GError **error)
{
  const LfWireCallReport *report = entry->report;
  g_autofree char        *id = NULL;
  gboolean                is_provisional = TRUE;
  LfWireCallRecord       *record;

  if (report->started_at_us < now_us - LF_CALLS_MAX_AGE_US)
    return TRUE;
  if (!find_same (db, entry, &id, &is_provisional, error))
    return FALSE;
  if (id != NULL && !is_provisional && report->is_provisional)
    return TRUE;
  if (id == NULL)
    id = g_uuid_string_random ();
  if (!lf_db_exec (db, error,
                   "INSERT INTO calls (id, user_id, line, call_id, kind, is_outgoing, address, normal, peer_id, name, started_at, answered_at, ended_at, is_provisional)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
                   " ON CONFLICT (id) DO UPDATE SET call_id = excluded.call_id, kind = excluded.kind, address = excluded.address,"
                   " normal = excluded.normal, peer_id = excluded.peer_id, name = COALESCE (excluded.name, calls.name), started_at = excluded.started_at,"
                   " answered_at = excluded.answered_at, ended_at = excluded.ended_at, is_provisional = excluded.is_provisional",
                   LF_TEXT (id), LF_TEXT (entry->user), LF_TEXT (entry->line), LF_TEXT (report->call_id), LF_INT (get_kind (report)),
                   LF_INT (report->direction == LF_CALL_OUTGOING), LF_TEXT (report->peer), LF_TEXT (entry->normal), LF_TEXT (entry->peer_user),
                   LF_TEXT (report->peer_name), LF_INT (report->started_at_us), LF_INT (report->answered_at_us), LF_INT (report->ended_at_us),
                   LF_INT (report->is_provisional)))
    return FALSE;
  record = load_record (db, id, error);
  if (record == NULL)
    return FALSE;
  add_outcome (outcomes, entry->user, record, NULL);
  return trim (db, entry->user, outcomes, error);
}

static gboolean
parse_before (const char *before, gint64 *started_at_us, char **id, GError **error)
{
  g_auto (GStrv) parts = NULL;

  *started_at_us = G_MAXINT64;
  if (!lf_cursor_parse (before, 2, &parts, error))
    return FALSE;
  if (before == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (parts[0], 10, G_MININT64, G_MAXINT64, started_at_us, NULL))
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST,
                           "The cursor is not one that this server gave; begin again at the first page.");
      return FALSE;
    }
  *id = g_strdup (parts[1]);
  return TRUE;
}

/**
 * lf_store_calls_list:
 * @db: the connection
 * @user: whose
 * @kind: a #LfCallKind, or -1 for all
 * @before: (nullable): `next` of the page before
 * @limit: most records
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a page, latest first; %NULL with %LF_PROBLEM_BAD_REQUEST for a bad @before
 */
LfWireCallRecordsPage *
lf_store_calls_list (LfDb *db, const char *user, int kind, const char *before, gint64 limit, GError **error)
{
  g_autoptr (LfWireCallRecordsPage) page = g_new0 (LfWireCallRecordsPage, 1);
  g_autofree char                  *before_id = NULL;
  gint64                            before_us;
  g_autoptr (LfRows)                rows = NULL;
  g_autoptr (GError)                failure = NULL;

  page->items = g_ptr_array_new ();
  if (!parse_before (before, &before_us, &before_id, error))
    return NULL;
  rows = lf_db_query (db, error,
                      "SELECT " RECORD_COLUMNS RECORD_SOURCE
                      " WHERE c.user_id = ?1 AND (?2 < 0 OR c.kind = ?2)"
                      " AND (c.started_at < ?3 OR (c.started_at = ?3 AND c.id < ?4))"
                      " ORDER BY c.started_at DESC, c.id DESC LIMIT ?5",
                      LF_TEXT (user), LF_INT (kind), LF_INT (before_us), LF_TEXT (before_id != NULL ? before_id : ""), LF_INT (limit + 1));
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      if (page->items->len == (guint) limit)
        {
          const LfWireCallRecord *last = g_ptr_array_index (page->items, page->items->len - 1);
          g_autofree char        *started_at = g_strdup_printf ("%" G_GINT64_FORMAT, last->started_at_us);

          page->next = lf_cursor_make (started_at, last->id, NULL);
          break;
        }
      g_ptr_array_add (page->items, read_record (rows));
    }
  if (failure == NULL)
    return g_steal_pointer (&page);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_calls_expire:
 * @db: the connection, of a job that writes
 * @before_us: wall-clock instant
 * @error: return location
 *
 * Forgets calls that began before @before_us, and what the audit says of that time.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_calls_expire (LfDb *db, gint64 before_us, GError **error)
{
  return lf_db_exec (db, error, "DELETE FROM calls WHERE started_at < ?1", LF_INT (before_us)) &&
         lf_db_exec (db, error, "DELETE FROM audit WHERE at < ?1", LF_INT (before_us));
}

/**
 * lf_store_calls_find_name:
 * @db: the connection
 * @viewer: who asks
 * @user: who is asked for
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the person's name; %NULL with %LF_PROBLEM_NOT_FOUND for somebody whom
 *   @viewer may not see, or who does not exist
 */
char *
lf_store_calls_find_name (LfDb *db, const char *viewer, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT name FROM users WHERE id = ?1 AND is_blocked = 0"
                                         " AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = users.id AND other_id = ?2)",
                                         LF_TEXT (user), LF_TEXT (viewer));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return NULL;
  if (lf_rows_next (rows, &failure))
    return g_strdup (lf_rows_get_text (rows, 0));
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such person.");
  return NULL;
}

static void
add_address (GPtrArray *rows, const char *user, const char *address)
{
  LfAddressRow *row = g_new0 (LfAddressRow, 1);

  row->user = g_strdup (user);
  row->address = g_strdup (address);
  g_ptr_array_add (rows, row);
}

/**
 * lf_store_calls_list_addresses:
 * @db: the connection
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfAddressRow) (nullable): the addresses of everybody whose account is
 *   open, and of their lines
 */
GPtrArray *
lf_store_calls_list_addresses (LfDb *db, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_address_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT id, addresses FROM users WHERE is_blocked = 0"
                                               " UNION ALL SELECT user_id, address FROM lines WHERE user_id IS NOT NULL"
                                               " UNION ALL SELECT s.user_id, l.address FROM line_shares s JOIN lines l ON l.line = s.line");
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      const char    *user = lf_rows_get_text (rows, 0);
      g_auto (GStrv) addresses = g_strsplit (lf_rows_get_text (rows, 1), "\n", -1);

      for (guint i = 0; addresses[i] != NULL; i++)
        if (*addresses[i] != '\0')
          add_address (found, user, addresses[i]);
    }
  if (failure == NULL)
    return g_steal_pointer (&found);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_audit_add:
 * @db: the connection, of a job that writes
 * @user: who did it
 * @words: what, in words for the administrator
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Notes what somebody did.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_audit_add (LfDb *db, const char *user, const char *words, gint64 now_us, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();

  return lf_db_exec (db, error, "INSERT INTO audit (id, at, user_id, words) VALUES (?1, ?2, ?3, ?4)",
                     LF_TEXT (id), LF_INT (now_us), LF_TEXT (user), LF_TEXT (words));
}

/**
 * lf_store_audit_list:
 * @db: the connection
 * @limit: most entries
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfAuditRow) (nullable): what was done, latest first
 */
GPtrArray *
lf_store_audit_list (LfDb *db, gint64 limit, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_audit_row_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error,
                                            "SELECT a.at, u.login, a.words FROM audit a LEFT JOIN users u ON u.id = a.user_id"
                                               " ORDER BY a.at DESC, a.id LIMIT ?1",
                                            LF_INT (limit));
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfAuditRow *row = g_new0 (LfAuditRow, 1);

      row->at_us = lf_rows_get_int (rows, 0);
      row->user = g_strdup (lf_rows_get_text (rows, 1));
      row->words = g_strdup (lf_rows_get_text (rows, 2));
      g_ptr_array_add (found, row);
    }
  if (failure == NULL)
    return g_steal_pointer (&found);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
