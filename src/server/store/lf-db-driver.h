/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"

G_BEGIN_DECLS

/**
 * LfDbDriver:
 *
 * What differs between databases. A connection and its rows begin with the structs below.
 */
typedef struct
{
  LfRows *(*query) (LfDb *self, const char *sql, const LfDbValue *values, GError **error);
  gboolean (*next) (LfRows *rows, GError **error);
  gint64 (*get_int) (LfRows *rows, int column);
  const char *(*get_text) (LfRows *rows, int column);
  void (*free_rows) (LfRows *rows);
  gint64 (*get_changes) (LfDb *self);
  gint64 (*get_total_changes) (LfDb *self);
  gboolean (*begin) (LfDb *self, gboolean is_write, GError **error);
  gboolean (*is_in_transaction) (LfDb *self);
  void (*close) (LfDb *self);
} LfDbDriver;

/* How much of the running job can be taken back without the rest of the transaction. */
typedef enum
{
  LF_DB_JOB_NONE,    /* no job runs, or all of it goes with the transaction */
  LF_DB_JOB_PENDING, /* nothing was changed yet: the first change opens a savepoint */
  LF_DB_JOB_GUARDED, /* a savepoint is open */
} LfDbJob;

struct _LfDb
{
  const LfDbDriver *driver;
  LfDbJob           job;
  gint64            job_changes; /* get_total_changes() when the job began */
};

struct _LfRows
{
  LfDb *db; /* borrowed */
};

LfDb    *lf_db_open_sqlite (const char *path, gboolean is_writer, GError **error);
gboolean lf_db_begin (LfDb *self, gboolean is_write, GError **error);
gboolean lf_db_commit (LfDb *self, GError **error);
void     lf_db_rollback (LfDb *self);
gboolean lf_db_is_in_transaction (LfDb *self);
void     lf_db_begin_job (LfDb *self);
gboolean lf_db_guard (LfDb *self, GError **error);
gboolean lf_db_end_job (LfDb *self, gboolean is_good, GError **error);
void     lf_db_close (LfDb *self);

/* lf-store-schema.c: brings the database to the newest form; refuses one that is newer still. */
gboolean lf_db_migrate (LfDb *self, gint64 now_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDb, lf_db_close)

G_END_DECLS
