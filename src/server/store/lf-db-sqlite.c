/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "lf-db-driver.h"

#define BUSY_TIMEOUT_MS       5000
#define MAX_CACHED_STATEMENTS 256
#define CHECKPOINT_PAGES      16000 /* 64 MiB of the log of writes, until it is folded into the database */
#define WRITER_CACHE_KIB      16384 /* of pages; who writes changes the same ones again and again */
#define TELL_US               (60 * G_USEC_PER_SEC)

/* A connection to SQLite. WAL lets the reader go on beside the writer; synchronous FULL puts every
 * COMMIT on disk before it returns. */
typedef struct
{
  LfDb        base;
  sqlite3    *handle;     /* owned */
  GHashTable *statements; /* SQL (owned) → sqlite3_stmt (owned) */
  gint64      told_us;    /* monotonic: when the log last spoke of trouble; 0: never */
} SqliteDb;

typedef struct
{
  LfRows        base;
  sqlite3_stmt *statement;
  gboolean      is_cached; /* the statement belongs to the connection */
} SqliteRows;

/* The system's number for what went wrong. A COMMIT does not leave it with the connection: the log of writes
 * has it. */
static int
read_errno (sqlite3 *handle, int result)
{
  int           number = sqlite3_system_errno (handle);
  sqlite3_file *log = NULL;

  if (result == SQLITE_IOERR_WRITE &&
      sqlite3_file_control (handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL && log->pMethods != NULL)
    log->pMethods->xFileControl (log, SQLITE_FCNTL_LAST_ERRNO, &number);
  return number;
}

static LfProblem
problem_of_result (sqlite3 *handle, int result)
{
  int number;

  switch (result & 0xff)
    {
    case SQLITE_FULL:
      return LF_PROBLEM_STORAGE_FULL;
    case SQLITE_IOERR:
      /* A quota or a full disk met in the log of writes comes as an I/O error. */
      number = read_errno (handle, result);
      return number == ENOSPC || number == EDQUOT || number == EFBIG ? LF_PROBLEM_STORAGE_FULL : LF_PROBLEM_UNAVAILABLE;
    case SQLITE_CONSTRAINT:
      return LF_PROBLEM_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return LF_PROBLEM_UNAVAILABLE;
    default:
      return LF_PROBLEM_INTERNAL;
    }
}

static gboolean
is_sync_failure (int result)
{
  return result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_DIR_FSYNC;
}

/* After fsync() failed nobody can tell what is on the disk: the kernel may have dropped what it could
 * not write, and the next call would succeed all the same. What was acknowledged before is safe; what
 * would be acknowledged from now on need not be. */
G_NORETURN static void
give_up (sqlite3 *handle)
{
  g_critical ("The disk did not take what was written (fsync: %s); nothing more is acknowledged, the server ends",
              g_strerror (sqlite3_system_errno (handle)));
  _exit (EXIT_FAILURE);
}

/* Whoever asked is told to try again; what can be done about it is the administrator's. */
static void
tell_trouble (SqliteDb *self, int result)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->told_us != 0 && now_us < self->told_us + TELL_US)
    return;
  self->told_us = now_us;
  if ((result & 0xff) == SQLITE_IOERR)
    g_message ("The disk of the data folder fails: %s (code %d, error %d of the system); what needs it is refused meanwhile",
               sqlite3_errmsg (self->handle), result, read_errno (self->handle, result));
  else
    g_message ("Another program holds the database: changes are refused until it lets go");
}

static void
set_unavailable (SqliteDb *self, int result, GError **error)
{
  tell_trouble (self, result);
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE,
                       (result & 0xff) == SQLITE_IOERR
                         ? "The server's disk fails; nothing was stored. Try again in a moment, and tell its administrator."
                         : "The database is held by another program; try again in a moment.");
}

static void
set_error (SqliteDb *self, int result, GError **error)
{
  sqlite3  *handle = self->handle;
  LfProblem problem = problem_of_result (handle, result);

  if (is_sync_failure (result))
    give_up (handle);
  switch ((int) problem)
    {
    case LF_PROBLEM_STORAGE_FULL:
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_STORAGE_FULL,
                           "The server's disk is full; nothing was stored. Ask its administrator to make room.");
      break;
    case LF_PROBLEM_CONFLICT:
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT,
                           "This contradicts what is stored already.");
      g_debug ("constraint: %s", sqlite3_errmsg (handle));
      break;
    case LF_PROBLEM_UNAVAILABLE:
      set_unavailable (self, result, error);
      break;
    default:
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "The database failed: %s.",
                   sqlite3_errmsg (handle));
      break;
    }
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static sqlite3_stmt *
prepare (SqliteDb *self, const char *sql, gboolean *is_cached, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  gboolean      is_taken = statement != NULL && sqlite3_stmt_busy (statement);
  int           result;

  if (statement != NULL && !is_taken)
    {
      *is_cached = TRUE;
      return statement;
    }

  statement = NULL;
  result = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (result != SQLITE_OK)
    {
      set_error (self, result, error);
      return NULL;
    }

  *is_cached = !is_taken && g_hash_table_size (self->statements) < MAX_CACHED_STATEMENTS;
  if (*is_cached)
    g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

static int
bind_values (sqlite3_stmt *statement, const LfDbValue *values)
{
  int result = SQLITE_OK;

  for (int i = 0; result == SQLITE_OK && values[i].kind != LF_DB_VALUE_END; i++)
    {
      if (values[i].kind == LF_DB_VALUE_INT)
        result = sqlite3_bind_int64 (statement, i + 1, values[i].number);
      else
        result = sqlite3_bind_text (statement, i + 1, values[i].text, -1, SQLITE_TRANSIENT);
    }

  return result;
}

static void
sqlite_free_rows (LfRows *rows)
{
  SqliteRows *self = (SqliteRows *) rows;

  if (self->is_cached)
    {
      sqlite3_reset (self->statement);
      sqlite3_clear_bindings (self->statement);
    }
  else
    {
      sqlite3_finalize (self->statement);
    }
  g_free (self);
}

static LfRows *
sqlite_query (LfDb *db, const char *sql, const LfDbValue *values, GError **error)
{
  SqliteDb     *self = (SqliteDb *) db;
  gboolean      is_cached = FALSE;
  sqlite3_stmt *statement = prepare (self, sql, &is_cached, error);
  SqliteRows   *rows;
  int           result;

  if (statement == NULL)
    return NULL;
  if (db->job == LF_DB_JOB_PENDING && !sqlite3_stmt_readonly (statement) && !lf_db_guard (db, error))
    {
      if (!is_cached)
        sqlite3_finalize (statement);
      return NULL;
    }

  rows = g_new0 (SqliteRows, 1);
  rows->base.db = db;
  rows->statement = statement;
  rows->is_cached = is_cached;

  result = bind_values (statement, values);
  if (result != SQLITE_OK)
    {
      set_error (self, result, error);
      sqlite_free_rows (&rows->base);
      return NULL;
    }

  return &rows->base;
}

static gboolean
sqlite_next (LfRows *rows, GError **error)
{
  SqliteRows *self = (SqliteRows *) rows;
  SqliteDb   *db = (SqliteDb *) rows->db;
  int         result = sqlite3_step (self->statement);

  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    set_error (db, result, error);

  return FALSE;
}

static gint64
sqlite_get_int (LfRows *rows, int column)
{
  return sqlite3_column_int64 (((SqliteRows *) rows)->statement, column);
}

static const char *
sqlite_get_text (LfRows *rows, int column)
{
  return (const char *) sqlite3_column_text (((SqliteRows *) rows)->statement, column);
}

static gint64
sqlite_get_changes (LfDb *db)
{
  return sqlite3_changes64 (((SqliteDb *) db)->handle);
}

static gint64
sqlite_get_total_changes (LfDb *db)
{
  return sqlite3_total_changes64 (((SqliteDb *) db)->handle);
}

static gboolean
sqlite_begin (LfDb *db, gboolean is_write, GError **error)
{
  return is_write ? lf_db_exec (db, error, "BEGIN IMMEDIATE") : lf_db_exec (db, error, "BEGIN");
}

static gboolean
sqlite_is_in_transaction (LfDb *db)
{
  return !sqlite3_get_autocommit (((SqliteDb *) db)->handle);
}

static void
sqlite_close (LfDb *db)
{
  SqliteDb *self = (SqliteDb *) db;

  g_clear_pointer (&self->statements, g_hash_table_unref);
  if (sqlite3_close (self->handle) != SQLITE_OK)
    g_warning ("The database was closed while rows were read");
  g_free (self);
}

static const LfDbDriver driver = {
  .query = sqlite_query,
  .next = sqlite_next,
  .get_int = sqlite_get_int,
  .get_text = sqlite_get_text,
  .free_rows = sqlite_free_rows,
  .get_changes = sqlite_get_changes,
  .get_total_changes = sqlite_get_total_changes,
  .begin = sqlite_begin,
  .is_in_transaction = sqlite_is_in_transaction,
  .close = sqlite_close,
};

/* In place of SQLite's own hook, which keeps quiet about what fails: the log of writes is folded into
 * the database now and then. A reader may be in the way, or the disk full: then it is done later. */
static int
on_committed (void *unused, sqlite3 *handle, const char *name, int n_pages)
{
  int result = n_pages >= CHECKPOINT_PAGES ? sqlite3_wal_checkpoint_v2 (handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) : SQLITE_OK;

  if (is_sync_failure (result))
    give_up (handle);
  if (result != SQLITE_OK)
    g_debug ("the log of writes is folded into the database later: %s", sqlite3_errstr (result));
  return SQLITE_OK;
}

/* The settings hold for a connection, not for the file: each one makes them. */
static gboolean
configure (LfDb *db, gboolean is_writer, GError **error)
{
  static const char *const settings[] = {
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA synchronous = FULL",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
  };

  if (is_writer && (!lf_db_exec (db, error, "PRAGMA journal_mode = WAL") ||
                    !lf_db_exec (db, error, "PRAGMA cache_size = -" G_STRINGIFY (WRITER_CACHE_KIB))))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!lf_db_exec (db, error, settings[i]))
      return FALSE;

  return is_writer || lf_db_exec (db, error, "PRAGMA query_only = ON");
}

/**
 * lf_db_open_sqlite:
 * @path: the file; a writer makes it when missing
 * @is_writer: %FALSE: this connection cannot change anything
 * @error: return location
 *
 * Opens a connection. It may be used by one thread at a time.
 *
 * Returns: (transfer full) (nullable): the connection, %NULL with @error set
 */
LfDb *
lf_db_open_sqlite (const char *path, gboolean is_writer, GError **error)
{
  SqliteDb *self = g_new0 (SqliteDb, 1);
  int       flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int       result;

  self->base.driver = &driver;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  result = sqlite3_open_v2 (path, &self->handle, is_writer ? flags | SQLITE_OPEN_CREATE : flags, NULL);
  if (result != SQLITE_OK)
    {
      set_error (self, result, error);
      sqlite_close (&self->base);
      return NULL;
    }

  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  if (is_writer)
    sqlite3_wal_hook (self->handle, on_committed, NULL);
  if (!configure (&self->base, is_writer, error))
    {
      sqlite_close (&self->base);
      return NULL;
    }

  return &self->base;
}
