/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <glib/gstdio.h>

#include "lf-cache-file.h"
#include "lf-cache.h"
#include "lf-error.h"

#define CLOSE_DEADLINE_US (3 * LF_SECOND) /* a disk that hangs does not hold the program */

typedef enum
{
  JOB_READ,
  JOB_WRITE,
  JOB_WIPE,
  JOB_CLOSE,
} JobKind;

typedef struct
{
  JobKind    kind;
  GTask     *task;    /* owned, nullable */
  GPtrArray *changes; /* owned, nullable; of LfCacheChange, owned */
  gboolean   is_durable;
} Job;

/* What the thread works with. It outlives the cache where the disk does not answer. */
typedef struct
{
  GAsyncQueue *jobs; /* of Job, owned */
  char        *path; /* owned */
  LfCacheFile *file; /* owned, nullable; of the thread alone */
  gboolean     has_told;

  GMutex   mutex; /* guards is_over */
  GCond    over;
  gboolean is_over;
} Worker;

struct _LfCache
{
  GObject parent_instance;

  Worker *worker; /* a reference; NULL once closed */
};

G_DEFINE_FINAL_TYPE (LfCache, lf_cache, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->task);
  g_clear_pointer (&job->changes, g_ptr_array_unref);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
worker_clear (gpointer data)
{
  Worker *worker = data;

  g_async_queue_unref (worker->jobs);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->over);
  g_free (worker->path);
}

static void
worker_unref (Worker *worker)
{
  g_atomic_rc_box_release_full (worker, worker_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_unref)

/* ---- on the thread ---- */

static void
close_file (Worker *worker)
{
  g_clear_pointer (&worker->file, lf_cache_file_close);
}

/* Returns: the contents; NULL with @error */
static LfCacheContents *
try_read (Worker  *worker,
          GError **error)
{
  LfCacheContents *contents;

  if (worker->file == NULL)
    worker->file = lf_cache_file_open (worker->path, error);
  contents = worker->file != NULL ? lf_cache_file_read (worker->file, error) : NULL;
  if (contents == NULL)
    close_file (worker);
  return contents;
}

static LfCacheContents *
read_all (Worker *worker)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (LfCacheContents) contents = try_read (worker, &error);

  if (contents == NULL && lf_cache_file_is_broken (error))
    {
      lf_cache_file_set_aside (worker->path, error);
      g_clear_error (&error);
      contents = try_read (worker, &error);
    }
  if (contents == NULL)
    {
      g_message ("Nothing is kept for the time without a network: “%s”. %s", worker->path, error->message);
      contents = lf_cache_contents_new ();
    }
  return g_steal_pointer (&contents);
}

static void
write_changes (Worker *worker,
               Job    *job)
{
  GError *error = NULL;

  if (worker->file == NULL)
    g_set_error_literal (&error, LF_ERROR, LF_ERROR_STORAGE, "There is no cache.");
  else if (!lf_cache_file_apply (worker->file, job->changes, job->is_durable, &error) && !worker->has_told)
    {
      worker->has_told = TRUE;
      g_message ("The cache “%s” is not up to date. %s", worker->path, error->message);
    }
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    {
      worker->has_told = FALSE;
      g_task_return_boolean (job->task, TRUE);
    }
}

static gpointer
run_jobs (gpointer data)
{
  g_autoptr (Worker) worker = data;
  gboolean           is_over = FALSE;

  while (!is_over)
    {
      g_autoptr (Job) job = g_async_queue_pop (worker->jobs);

      switch (job->kind)
        {
        case JOB_READ:
          g_task_return_pointer (job->task, read_all (worker), (GDestroyNotify) lf_cache_contents_free);
          break;
        case JOB_WRITE:
          write_changes (worker, job);
          break;
        case JOB_WIPE:
          close_file (worker);
          lf_cache_file_remove (worker->path);
          break;
        case JOB_CLOSE:
        default:
          is_over = TRUE;
          break;
        }
    }
  close_file (worker);
  g_mutex_lock (&worker->mutex);
  worker->is_over = TRUE;
  g_cond_signal (&worker->over);
  g_mutex_unlock (&worker->mutex);
  return NULL;
}

/* ---- on the main context ---- */

/* Takes @task and @changes. Tasks have no source object: nothing of the main context ends on the thread. */
static void
push (LfCache   *self,
      JobKind    kind,
      GTask     *task,
      GPtrArray *changes,
      gboolean   is_durable)
{
  Job *job = g_new0 (Job, 1);

  job->kind = kind;
  job->task = task;
  job->changes = changes;
  job->is_durable = is_durable;
  g_async_queue_push (self->worker->jobs, job);
}

/* What was handed over is written, if the disk does that in time. */
static void
lf_cache_dispose (GObject *object)
{
  LfCache           *self = LF_CACHE (object);
  g_autoptr (Worker) worker = NULL;
  gint64             end_us = g_get_monotonic_time () + CLOSE_DEADLINE_US;

  if (self->worker != NULL)
    {
      push (self, JOB_CLOSE, NULL, NULL, FALSE);
      worker = g_steal_pointer (&self->worker);
      g_mutex_lock (&worker->mutex);
      while (!worker->is_over && g_cond_wait_until (&worker->over, &worker->mutex, end_us))
        ;
      if (!worker->is_over)
        g_message ("The disk with “%s” does not answer.", worker->path);
      g_mutex_unlock (&worker->mutex);
    }

  G_OBJECT_CLASS (lf_cache_parent_class)->dispose (object);
}

static void
lf_cache_class_init (LfCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_cache_dispose;
}

static void
lf_cache_init (LfCache *self)
{
}

/**
 * lf_cache_make_path:
 * @server: normalised address
 * @login: login name
 *
 * Returns: (transfer full): the file of that account, in the user's data folder
 */
char *
lf_cache_make_path (const char *server,
                    const char *login)
{
  g_autofree char *folded = NULL;
  g_autofree char *account = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (server != NULL && login != NULL, NULL);

  folded = g_utf8_casefold (login, -1);
  account = g_strconcat (server, "\n", folded, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, account, -1);
  name = g_strdup_printf ("%.32s.db", digest);
  return g_build_filename (g_get_user_data_dir (), "lampfield", "accounts", name, NULL);
}

/**
 * lf_cache_new:
 * @server: normalised address
 * @login: login name
 *
 * Returns: (transfer full): the cache of that account; begin with lf_cache_read_async(), which opens it
 */
LfCache *
lf_cache_new (const char *server,
              const char *login)
{
  LfCache *self;

  g_return_val_if_fail (server != NULL && login != NULL, NULL);

  self = g_object_new (LF_TYPE_CACHE, NULL);
  self->worker = g_atomic_rc_box_new0 (Worker);
  self->worker->jobs = g_async_queue_new_full (job_free);
  self->worker->path = lf_cache_make_path (server, login);
  g_mutex_init (&self->worker->mutex);
  g_cond_init (&self->worker->over);
  g_thread_unref (g_thread_new ("lf-cache", run_jobs, g_atomic_rc_box_acquire (self->worker)));
  return self;
}

/**
 * lf_cache_read_async:
 * @self: a cache
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Opens the file and reads all of it.
 */
void
lf_cache_read_async (LfCache            *self,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  GTask *task;

  g_return_if_fail (LF_IS_CACHE (self));

  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, lf_cache_read_async);
  push (self, JOB_READ, task, NULL, FALSE);
}

/**
 * lf_cache_read_finish:
 * @self: a cache
 * @result: of the callback
 *
 * Returns: (transfer full): what it holds, perhaps nothing
 */
LfCacheContents *
lf_cache_read_finish (LfCache      *self,
                      GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/**
 * lf_cache_write_async:
 * @self: a cache that was read
 * @changes: (transfer full) (element-type LfCacheChange): what to do; the array frees its items
 * @is_durable: must outlive a power cut too
 * @callback: called when it is written, or cannot be
 * @user_data: for @callback
 *
 * Writes changes in the order of the calls.
 */
void
lf_cache_write_async (LfCache            *self,
                      GPtrArray          *changes,
                      gboolean            is_durable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GTask *task;

  g_return_if_fail (LF_IS_CACHE (self));
  g_return_if_fail (changes != NULL);

  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, lf_cache_write_async);
  push (self, JOB_WRITE, task, changes, is_durable);
}

/**
 * lf_cache_write_finish:
 * @self: a cache
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if all of it is written; %LF_ERROR_STORAGE, or %LF_ERROR_BAD_FRAME for a file that
 *   was damaged meanwhile: nothing is changed
 */
gboolean
lf_cache_write_finish (LfCache      *self,
                       GAsyncResult *result,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_cache_wipe:
 * @self: a cache
 *
 * Removes the file. Later writes fail.
 */
void
lf_cache_wipe (LfCache *self)
{
  g_return_if_fail (LF_IS_CACHE (self));

  push (self, JOB_WIPE, NULL, NULL, FALSE);
}
