/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server-error.h"

G_BEGIN_DECLS

/**
 * LfDb:
 *
 * One connection to the database, used by one thread of #LfStore. The SQL is the part that SQLite
 * and PostgreSQL share (numbered parameters `?1`, BIGINT, TEXT, ON CONFLICT, RETURNING); what
 * differs stands behind the driver. Statements are prepared once and kept.
 */
typedef struct _LfDb LfDb;

/**
 * LfRows:
 *
 * The rows of a running query. Borrowed from the connection's cache of statements: the same query
 * cannot be open twice; freeing it resets the statement.
 */
typedef struct _LfRows LfRows;

/* One bound parameter: LF_TEXT (string, nullable) or LF_INT (number). */
typedef struct
{
  enum
  {
    LF_DB_VALUE_END,
    LF_DB_VALUE_TEXT,
    LF_DB_VALUE_INT,
  } kind;
  const char *text;
  gint64      number;
} LfDbValue;

#define LF_TEXT(value)    ((LfDbValue){ .kind = LF_DB_VALUE_TEXT, .text = (value) })
#define LF_INT(value)     ((LfDbValue){ .kind = LF_DB_VALUE_INT, .number = (value) })
#define LF_DB_VALUES(...) ((const LfDbValue[]){ __VA_ARGS__ __VA_OPT__ (, ){ .kind = LF_DB_VALUE_END } })

/* lf_db_exec (db, error, sql, LF_TEXT (id), LF_INT (now_us)): runs one statement.
 * lf_db_query (db, error, sql, ...): rows; then while (lf_rows_next (rows, error)) ... */
#define lf_db_exec(db, error, sql, ...)  lf_db_exec_values ((db), (sql), LF_DB_VALUES (__VA_ARGS__), (error))
#define lf_db_query(db, error, sql, ...) lf_db_query_values ((db), (sql), LF_DB_VALUES (__VA_ARGS__), (error))

gboolean    lf_db_exec_values (LfDb *self, const char *sql, const LfDbValue *values, GError **error);
LfRows     *lf_db_query_values (LfDb *self, const char *sql, const LfDbValue *values, GError **error);
gint64      lf_db_get_changes (LfDb *self);              /* rows touched by the last lf_db_exec() */
gboolean    lf_rows_next (LfRows *self, GError **error); /* FALSE at the end and on errors */
gint64      lf_rows_get_int (LfRows *self, int column);
const char *lf_rows_get_text (LfRows *self, int column); /* nullable; until the next row */
void        lf_rows_free (LfRows *self);
/* For a job that writes much and often: what follows cannot fail but with the disk. */
void lf_db_settle (LfDb *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRows, lf_rows_free)

G_END_DECLS
