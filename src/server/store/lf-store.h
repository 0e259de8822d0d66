/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-db.h"
#include "lf-histogram.h"

G_BEGIN_DECLS

/**
 * LfStoreJob:
 * @db: the connection; only inside the call
 * @data: what lf_store_write_async() or lf_store_read_async() was given: plain data in, plain data out
 *
 * A piece of work on a thread of the store. Errors are of #LF_SERVER_ERROR. A write that fails is
 * taken back alone; those of others in the same transaction stay.
 *
 * Returns: %FALSE with @error set to take back what it did
 */
typedef gboolean (*LfStoreJob) (LfDb *db, gpointer data, GError **error);

/**
 * LfStoreStats:
 * @n_waiting: jobs that wait now
 * @n_refused: jobs that were not taken: the queue was full, or closed
 * @n_lost: jobs whose transaction failed as a whole
 * @groups: jobs in each transaction
 * @commits_us: how long each COMMIT took; empty for a thread that reads
 *
 * What a thread of the store has done since the start.
 */
typedef struct
{
  guint       n_waiting;
  guint64     n_refused;
  guint64     n_lost;
  LfHistogram groups;
  LfHistogram commits_us;
} LfStoreStats;

#define LF_TYPE_STORE (lf_store_get_type ())

/**
 * LfStore:
 *
 * The storage of the server: a data folder that one process holds at a time, in it a database, one
 * thread that writes and one that reads. Writes that wait together become one transaction; they
 * are answered on the main context after its COMMIT alone, in the order they were asked for, so
 * nothing is acknowledged before it is on disk. Reads see everything answered before they were asked.
 */
G_DECLARE_FINAL_TYPE (LfStore, lf_store, LF, STORE, GObject)

/* Locks @folder (made, mode 0700, if missing), opens and migrates. LF_SERVER_ERROR: CONFLICT: another
 * process holds the folder; INTERNAL: it cannot be opened, or is of a newer program. Blocks. */
LfStore    *lf_store_new (const char *folder, GError **error);
const char *lf_store_get_folder (LfStore *self);
/* Finishes what waits, answers it later on the main context, closes. Refuses new work from then on. */
void lf_store_close (LfStore *self);

/* LF_PROBLEM_UNAVAILABLE: the queue is full or the store is closed; LF_PROBLEM_STORAGE_FULL: the disk is. */
void lf_store_write_async (LfStore *self, LfStoreJob job, gpointer data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void lf_store_read_async (LfStore *self, LfStoreJob job, gpointer data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Both. Returns: (transfer none): @data, alive until the callback returns; NULL with @error on failure. */
gpointer lf_store_run_finish (LfStore *self, GAsyncResult *result, GError **error);
/* Waits for the job: at start, before the main loop runs, and on the command line. */
gboolean lf_store_run_sync (LfStore *self, LfStoreJob job, gpointer data, GError **error);

/* Of the thread that writes, and of the one that reads. */
void lf_store_get_stats (LfStore *self, LfStoreStats *writer, LfStoreStats *reader);

/* "u" + 20 random characters: an opaque id of 120 bits. */
char *lf_store_make_id (char prefix);

G_END_DECLS
