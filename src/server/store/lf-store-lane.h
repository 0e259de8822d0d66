/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-store.h"

G_BEGIN_DECLS

/**
 * LfStoreLane:
 *
 * A thread with a connection and a bounded queue of jobs. A lane that writes takes the jobs that
 * wait into one transaction and answers them after its COMMIT; one that reads gives each job a
 * transaction, so that it sees one state of the database.
 */
typedef struct _LfStoreLane LfStoreLane;

#define LF_STORE_LANE_MAX_JOBS  1024
#define LF_STORE_LANE_MAX_GROUP 128

LfStoreLane *lf_store_lane_new (const char *thread_name, LfDb *db, gboolean is_writer);
/* @task owns the data, is answered on its own context; UNAVAILABLE when full or closed. */
gboolean lf_store_lane_push (LfStoreLane *self, LfStoreJob job, gpointer data, GTask *task, GError **error);
gboolean lf_store_lane_run_sync (LfStoreLane *self, LfStoreJob job, gpointer data, GError **error);
void     lf_store_lane_get_stats (LfStoreLane *self, LfStoreStats *stats);
/* Runs what waits, then ends the thread and closes the connection. Nothing is taken any more. */
void lf_store_lane_close (LfStoreLane *self);
void lf_store_lane_free (LfStoreLane *self);

G_END_DECLS
