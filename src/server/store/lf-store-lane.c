/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-db-driver.h"
#include "lf-store-lane.h"

/* So often the log says that the disk is full, while it is. */
#define TELL_FULL_US (60 * G_USEC_PER_SEC)

struct _LfStoreLane
{
  GMutex       mutex; /* guards items, is_closed and stats */
  GCond        wake;
  GQueue       items; /* of LaneItem, owned */
  gboolean     is_closed;
  LfStoreStats stats; /* but n_waiting */

  GThread      *thread;  /* owned, NULL once closed */
  LfDb         *db;      /* owned; of the thread alone */
  GMainContext *context; /* owned; where tasks are answered */
  gboolean      is_writer;
  gint64        full_told_us; /* monotonic, of the thread alone; 0: never */
};

/* Somebody who waits on another thread for one job. */
typedef struct
{
  GMutex   mutex;
  GCond    wake;
  gboolean is_done;
  gboolean is_good;
  GError  *error; /* owned, nullable */
} Waiter;

typedef struct
{
  LfStoreJob job;
  gpointer   data;   /* owned by task, or borrowed from the waiter */
  GTask     *task;   /* owned, NULL for a waiter */
  Waiter    *waiter; /* borrowed, NULL for a task */
  GError    *error;  /* owned: why it failed, NULL if it did not */
} LaneItem;

static void
lane_item_free (LaneItem *item)
{
  g_clear_object (&item->task);
  g_clear_error (&item->error);
  g_free (item);
}

/* On the main context: tasks are answered and let go where their objects live. */
static gboolean
on_group_done (gpointer user_data)
{
  GPtrArray *group = user_data;

  for (guint i = 0; i < group->len; i++)
    {
      LaneItem *item = g_ptr_array_index (group, i);

      if (item->error != NULL)
        g_task_return_error (item->task, g_steal_pointer (&item->error));
      else
        g_task_return_pointer (item->task, item->data, NULL);
    }

  return G_SOURCE_REMOVE;
}

static void
answer_waiter (LaneItem *item)
{
  Waiter *waiter = item->waiter;

  g_mutex_lock (&waiter->mutex);
  waiter->is_good = item->error == NULL;
  waiter->error = g_steal_pointer (&item->error);
  waiter->is_done = TRUE;
  g_cond_signal (&waiter->wake);
  g_mutex_unlock (&waiter->mutex);
}

static void
answer_group (LfStoreLane *self, GPtrArray *group)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) lane_item_free);
  g_autoptr (GSource)   source = NULL;

  for (guint i = 0; i < group->len; i++)
    {
      LaneItem *item = g_ptr_array_index (group, i);

      if (item->task != NULL)
        {
          g_ptr_array_add (tasks, item);
        }
      else
        {
          answer_waiter (item);
          lane_item_free (item);
        }
    }
  if (tasks->len == 0)
    return;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_group_done, g_steal_pointer (&tasks), (GDestroyNotify) g_ptr_array_unref);
  g_source_set_static_name (source, "lf-store-answers");
  g_source_attach (source, self->context);
}

/* TRUE while the transaction lives. A job that failed has been taken back alone, or takes all with it. */
static gboolean
run_in_savepoint (LfStoreLane *self, LaneItem *item)
{
  gboolean is_good;

  if (item->task != NULL && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (item->task), &item->error))
    return TRUE;
  lf_db_begin_job (self->db);
  is_good = item->job (self->db, item->data, &item->error);
  if (!is_good && item->error == NULL)
    g_set_error_literal (&item->error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "A job failed without a reason.");

  return lf_db_end_job (self->db, is_good, is_good ? &item->error : NULL);
}

static void
fail_group (LfStoreLane *self, GPtrArray *group, const GError *error)
{
  g_mutex_lock (&self->mutex);
  self->stats.n_lost += group->len;
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < group->len; i++)
    {
      LaneItem *item = g_ptr_array_index (group, i);

      if (item->error == NULL)
        item->error = g_error_copy (error);
    }
}

static gboolean
commit (LfStoreLane *self, GError **error)
{
  gint64   start_us = g_get_monotonic_time ();
  gboolean is_done = lf_db_commit (self->db, error);

  g_mutex_lock (&self->mutex);
  lf_histogram_add (&self->stats.commits_us, g_get_monotonic_time () - start_us);
  g_mutex_unlock (&self->mutex);
  return is_done;
}

/* What the others of a group are told when @item has taken the transaction with it. Only the disk's state
 * is theirs, too; what else was wrong with it says nothing of them: they may try again. */
static GError *
make_group_error (const LaneItem *item)
{
  int problem = item->error != NULL ? item->error->code : LF_PROBLEM_INTERNAL;

  if (problem == LF_PROBLEM_STORAGE_FULL || problem == LF_PROBLEM_UNAVAILABLE)
    return g_error_copy (item->error);
  g_warning ("A change took others with it: %s", item->error != NULL ? item->error->message : "the database gave the transaction up");
  return g_error_new_literal (LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "Nothing was stored, because of another change; try again.");
}

/* All in one transaction: either it is on disk afterwards, or every job of the group has failed. */
static void
run_group (LfStoreLane *self, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;

  if (lf_db_begin (self->db, TRUE, &error))
    {
      gboolean lives = TRUE;

      for (guint i = 0; lives && i < group->len; i++)
        {
          LaneItem *item = g_ptr_array_index (group, i);

          lives = run_in_savepoint (self, item);
          if (!lives)
            error = make_group_error (item);
        }
      if (lives && commit (self, &error))
        return;
      lf_db_rollback (self->db);
    }

  if (error->code != LF_PROBLEM_STORAGE_FULL && error->code != LF_PROBLEM_UNAVAILABLE)
    g_warning ("%u changes could not be stored: %s", group->len, error->message);
  fail_group (self, group, error);
}

/* Whoever asked is told; but only the administrator can do something about it. */
static void
tell_if_full (LfStoreLane *self, GPtrArray *group)
{
  gint64   now_us = g_get_monotonic_time ();
  gboolean is_full = FALSE;

  for (guint i = 0; i < group->len; i++)
    is_full = is_full || g_error_matches (((LaneItem *) g_ptr_array_index (group, i))->error, LF_SERVER_ERROR, LF_PROBLEM_STORAGE_FULL);
  if (!is_full || (self->full_told_us != 0 && now_us < self->full_told_us + TELL_FULL_US))
    return;
  self->full_told_us = now_us;
  g_message ("The disk of the data folder is full: changes are refused until there is room on it");
}

static void
run_read (LfStoreLane *self, LaneItem *item)
{
  if (item->task != NULL && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (item->task), &item->error))
    return;
  if (!lf_db_begin (self->db, FALSE, &item->error))
    return;

  if (!item->job (self->db, item->data, &item->error) && item->error == NULL)
    g_set_error_literal (&item->error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "A job failed without a reason.");
  lf_db_rollback (self->db);
}

/* Waits for work. An empty group means: closed, and nothing left. */
static GPtrArray *
take_group (LfStoreLane *self)
{
  GPtrArray *group = g_ptr_array_new ();
  guint      max_items = self->is_writer ? LF_STORE_LANE_MAX_GROUP : 1;

  g_mutex_lock (&self->mutex);
  while (self->items.length == 0 && !self->is_closed)
    g_cond_wait (&self->wake, &self->mutex);
  while (self->items.length > 0 && group->len < max_items)
    g_ptr_array_add (group, g_queue_pop_head (&self->items));
  if (group->len > 0)
    lf_histogram_add (&self->stats.groups, group->len);
  g_mutex_unlock (&self->mutex);

  return group;
}

static gpointer
run_lane (gpointer user_data)
{
  LfStoreLane *self = user_data;

  for (;;)
    {
      g_autoptr (GPtrArray) group = take_group (self);

      if (group->len == 0)
        return NULL;
      if (self->is_writer)
        {
          run_group (self, group);
          tell_if_full (self, group);
        }
      else
        {
          run_read (self, g_ptr_array_index (group, 0));
        }
      answer_group (self, group);
    }
}

static gboolean
push_item (LfStoreLane *self, LaneItem *item, GError **error)
{
  gboolean is_closed;
  gboolean is_full;

  g_mutex_lock (&self->mutex);
  is_closed = self->is_closed;
  is_full = self->items.length >= LF_STORE_LANE_MAX_JOBS;
  if (!is_closed && !is_full)
    {
      if (self->items.length == 0) /* else the thread is at work, or woken already */
        g_cond_signal (&self->wake);
      g_queue_push_tail (&self->items, item);
    }
  else
    self->stats.n_refused++;
  g_mutex_unlock (&self->mutex);
  if (!is_closed && !is_full)
    return TRUE;

  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE,
                       is_closed ? "The server is shutting down; try again in a moment."
                                 : "The server has too much to store; try again in a moment.");
  return FALSE;
}

/**
 * lf_store_lane_new:
 * @thread_name: at most 15 bytes, for debuggers
 * @db: (transfer full): the connection
 * @is_writer: whether its jobs write
 *
 * Starts the thread. Tasks are answered on the thread-default context of the caller.
 *
 * Returns: (transfer full): the lane
 */
LfStoreLane *
lf_store_lane_new (const char *thread_name, LfDb *db, gboolean is_writer)
{
  LfStoreLane *self = g_new0 (LfStoreLane, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->items);
  self->db = db;
  self->is_writer = is_writer;
  self->stats.groups.bounds = lf_histogram_sizes;
  self->stats.commits_us.bounds = lf_histogram_durations_us;
  self->context = g_main_context_ref_thread_default ();
  self->thread = g_thread_new (thread_name, run_lane, self);

  return self;
}

/**
 * lf_store_lane_push:
 * @self: a lane
 * @job: what to run on the thread
 * @data: its data, owned by @task
 * @task: answered with @data or an error
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_UNAVAILABLE when the queue is full or the lane closed; @task is
 *   then left to the caller
 */
gboolean
lf_store_lane_push (LfStoreLane *self, LfStoreJob job, gpointer data, GTask *task, GError **error)
{
  LaneItem *item = g_new0 (LaneItem, 1);

  item->job = job;
  item->data = data;
  item->task = g_object_ref (task);
  if (push_item (self, item, error))
    return TRUE;

  lane_item_free (item);
  return FALSE;
}

/**
 * lf_store_lane_run_sync:
 * @self: a lane
 * @job: what to run on the thread
 * @data: its data
 * @error: return location
 *
 * Runs @job and waits for its end, after the COMMIT when it writes.
 *
 * Returns: whether it succeeded
 */
gboolean
lf_store_lane_run_sync (LfStoreLane *self, LfStoreJob job, gpointer data, GError **error)
{
  LaneItem *item = g_new0 (LaneItem, 1);
  Waiter    waiter = { 0 };

  item->job = job;
  item->data = data;
  item->waiter = &waiter;
  g_mutex_init (&waiter.mutex);
  g_cond_init (&waiter.wake);

  if (push_item (self, item, error))
    {
      g_mutex_lock (&waiter.mutex);
      while (!waiter.is_done)
        g_cond_wait (&waiter.wake, &waiter.mutex);
      g_mutex_unlock (&waiter.mutex);
      if (waiter.error != NULL)
        g_propagate_error (error, waiter.error);
    }
  else
    {
      lane_item_free (item);
    }

  g_mutex_clear (&waiter.mutex);
  g_cond_clear (&waiter.wake);
  return waiter.is_good;
}

/**
 * lf_store_lane_get_stats:
 * @self: a lane
 * @stats: (out): what it has done so far
 *
 * Copies the counts. Any thread.
 */
void
lf_store_lane_get_stats (LfStoreLane *self, LfStoreStats *stats)
{
  g_mutex_lock (&self->mutex);
  *stats = self->stats;
  stats->n_waiting = self->items.length;
  g_mutex_unlock (&self->mutex);
}

/**
 * lf_store_lane_close:
 * @self: a lane
 *
 * Runs what waits, ends the thread and closes the connection. May be called twice.
 */
void
lf_store_lane_close (LfStoreLane *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->is_closed = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);

  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->db, lf_db_close);
}

/**
 * lf_store_lane_free:
 * @self: (nullable): a lane
 *
 * Closes and frees.
 */
void
lf_store_lane_free (LfStoreLane *self)
{
  if (self == NULL)
    return;

  lf_store_lane_close (self);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self);
}
