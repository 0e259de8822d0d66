/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-db-driver.h"

/**
 * lf_db_exec_values:
 * @self: a connection
 * @sql: one statement; the same text every time, so that it is prepared once
 * @values: what to bind, in order
 * @error: return location
 *
 * Runs a statement to its end; rows it yields are passed over.
 *
 * Returns: %TRUE unless it failed: %LF_PROBLEM_CONFLICT for a broken constraint,
 *   %LF_PROBLEM_STORAGE_FULL, %LF_PROBLEM_UNAVAILABLE when locked or when the disk fails, else %LF_PROBLEM_INTERNAL
 */
gboolean
lf_db_exec_values (LfDb *self, const char *sql, const LfDbValue *values, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query_values (self, sql, values, error);
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;

  while (lf_rows_next (rows, &failure))
    ;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_db_query_values:
 * @self: a connection
 * @sql: one statement; the same text every time
 * @values: what to bind, in order
 * @error: return location
 *
 * Starts a query. Nothing has run before the first lf_rows_next().
 *
 * Returns: (transfer full) (nullable): the rows, %NULL with @error set
 */
LfRows *
lf_db_query_values (LfDb *self, const char *sql, const LfDbValue *values, GError **error)
{
  g_return_val_if_fail (self != NULL && sql != NULL && values != NULL, NULL);

  return self->driver->query (self, sql, values, error);
}

/**
 * lf_db_get_changes:
 * @self: a connection
 *
 * Returns: how many rows the last INSERT, UPDATE or DELETE touched
 */
gint64
lf_db_get_changes (LfDb *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->driver->get_changes (self);
}

/**
 * lf_rows_next:
 * @self: running rows
 * @error: return location
 *
 * Goes to the next row.
 *
 * Returns: %FALSE at the end, and on a failure with @error set
 */
gboolean
lf_rows_next (LfRows *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->db->driver->next (self, error);
}

/**
 * lf_rows_get_int:
 * @self: rows that stand on one
 * @column: from 0
 *
 * Returns: the number, 0 for NULL
 */
gint64
lf_rows_get_int (LfRows *self, int column)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->db->driver->get_int (self, column);
}

/**
 * lf_rows_get_text:
 * @self: rows that stand on one
 * @column: from 0
 *
 * Returns: (transfer none) (nullable): the text, valid until the next row
 */
const char *
lf_rows_get_text (LfRows *self, int column)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->db->driver->get_text (self, column);
}

/**
 * lf_rows_free:
 * @self: (nullable): rows
 *
 * Ends the query.
 */
void
lf_rows_free (LfRows *self)
{
  if (self != NULL)
    self->db->driver->free_rows (self);
}

/**
 * lf_db_begin:
 * @self: a connection outside a transaction
 * @is_write: whether it will write: then the lock is taken at once
 * @error: return location
 *
 * Returns: %TRUE once the transaction has begun
 */
gboolean
lf_db_begin (LfDb *self, gboolean is_write, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->driver->begin (self, is_write, error);
}

/**
 * lf_db_commit:
 * @self: a connection in a transaction
 * @error: return location
 *
 * Returns: %TRUE once everything of the transaction is on disk
 */
gboolean
lf_db_commit (LfDb *self, GError **error)
{
  return lf_db_exec (self, error, "COMMIT");
}

/**
 * lf_db_rollback:
 * @self: a connection
 *
 * Takes the running transaction back, if there is one.
 */
void
lf_db_rollback (LfDb *self)
{
  g_autoptr (GError) error = NULL;

  if (lf_db_is_in_transaction (self) && !lf_db_exec (self, &error, "ROLLBACK"))
    g_warning ("A transaction could not be taken back: %s", error->message);
}

/**
 * lf_db_begin_job:
 * @self: a connection in a transaction
 *
 * Begins a job that can be taken back without the rest of the transaction.
 */
void
lf_db_begin_job (LfDb *self)
{
  self->job = LF_DB_JOB_PENDING;
  self->job_changes = self->driver->get_total_changes (self);
}

/**
 * lf_db_guard:
 * @self: a connection
 * @error: return location
 *
 * For drivers, before a statement that changes something: opens the savepoint of a job that has not got
 * one yet.
 *
 * Returns: %FALSE with @error set
 */
gboolean
lf_db_guard (LfDb *self, GError **error)
{
  if (self->job != LF_DB_JOB_PENDING)
    return TRUE;

  self->job = LF_DB_JOB_GUARDED;
  if (lf_db_exec (self, error, "SAVEPOINT job"))
    return TRUE;
  self->job = LF_DB_JOB_PENDING;
  return FALSE;
}

/**
 * lf_db_settle:
 * @self: the connection of a running job, which has not changed anything yet
 *
 * Gives up that the job can be taken back alone: if it fails after it has changed something, the whole
 * transaction does, with all other jobs in it. As long as a job could be taken back alone, the database
 * keeps a copy of each page before it changes it; a job that has checked everything beforehand can save
 * that. Outside a job nothing is done.
 */
void
lf_db_settle (LfDb *self)
{
  g_return_if_fail (self->job != LF_DB_JOB_GUARDED);

  self->job = LF_DB_JOB_NONE;
}

/**
 * lf_db_end_job:
 * @self: the connection of a running job
 * @is_good: whether it did what it should; %FALSE: it is taken back
 * @error: return location
 *
 * Ends a job.
 *
 * Returns: %FALSE when the whole transaction is to be taken back; @error is then set, unless @is_good was
 *   %FALSE
 */
gboolean
lf_db_end_job (LfDb *self, gboolean is_good, GError **error)
{
  gboolean is_guarded = self->job == LF_DB_JOB_GUARDED;

  self->job = LF_DB_JOB_NONE;
  if (!lf_db_is_in_transaction (self))
    return FALSE;
  if (!is_guarded)
    return is_good || self->driver->get_total_changes (self) == self->job_changes;
  if (is_good)
    return lf_db_exec (self, error, "RELEASE job");

  return lf_db_exec (self, NULL, "ROLLBACK TO job") && lf_db_exec (self, NULL, "RELEASE job");
}

/**
 * lf_db_is_in_transaction:
 * @self: a connection
 *
 * Returns: whether a transaction runs; a database may end one by itself when a disk fails
 */
gboolean
lf_db_is_in_transaction (LfDb *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->driver->is_in_transaction (self);
}

/**
 * lf_db_close:
 * @self: (nullable): a connection without running rows
 *
 * Closes and frees.
 */
void
lf_db_close (LfDb *self)
{
  if (self != NULL)
    self->driver->close (self);
}
