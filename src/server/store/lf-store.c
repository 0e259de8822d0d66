/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include "lf-db-driver.h"
#include "lf-store-lane.h"
#include "lf-store.h"

/* The data folder:
 *
 *   lock           flock()ed by the process that holds the folder; its process id in words
 *   lampfield.db   the database, with -wal and -shm beside it
 *   admin.sock     where the running server takes orders of its administrator
 */
#define LOCK_NAME     "lock"
#define DATABASE_NAME "lampfield.db"

struct _LfStore
{
  GObject parent_instance;

  char        *folder;  /* owned */
  int          lock_fd; /* -1: not held */
  LfStoreLane *writer;  /* owned, nullable until opened */
  LfStoreLane *reader;  /* owned, nullable until opened */
};

G_DEFINE_FINAL_TYPE (LfStore, lf_store, G_TYPE_OBJECT)

static void
set_folder_error (const char *folder, const char *what, int number, GError **error)
{
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "The data folder “%s” cannot be %s: %s.", folder, what,
               g_strerror (number));
}

static void
write_process_id (int fd)
{
  g_autofree char *text = g_strdup_printf ("%d\n", (int) getpid ());

  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, strlen (text), 0) < 0)
    g_debug ("the lock file could not be labelled: %s", g_strerror (errno));
}

/* A lock of the kernel: it goes with the process, however that ends. */
static gboolean
lock_folder (LfStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, LOCK_NAME, NULL);
  char             holder[16] = "";
  ssize_t          length;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    {
      set_folder_error (self->folder, "locked", errno, error);
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    {
      write_process_id (self->lock_fd);
      return TRUE;
    }
  if (errno != EWOULDBLOCK)
    {
      set_folder_error (self->folder, "locked", errno, error);
      return FALSE;
    }

  length = pread (self->lock_fd, holder, sizeof holder - 1, 0);
  holder[MAX (length, 0)] = '\0';
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT,
               "The data folder “%s” is in use by another lampfield-server (process %s); stop that one first, or name another folder.",
               self->folder, length > 0 ? g_strchomp (holder) : "unknown");
  return FALSE;
}

static gboolean
open_database (LfStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, DATABASE_NAME, NULL);
  g_autoptr (LfDb) writer = NULL;
  g_autoptr (LfDb) reader = NULL;
  mode_t           old_mask = umask (0077);

  writer = lf_db_open_sqlite (path, TRUE, error);
  umask (old_mask);
  if (writer == NULL || !lf_db_migrate (writer, g_get_real_time (), error))
    {
      g_prefix_error (error, "The database “%s” cannot be used: ", path);
      return FALSE;
    }
  reader = lf_db_open_sqlite (path, FALSE, error);
  if (reader == NULL)
    return FALSE;

  self->writer = lf_store_lane_new ("lf-store-write", g_steal_pointer (&writer), TRUE);
  self->reader = lf_store_lane_new ("lf-store-read", g_steal_pointer (&reader), FALSE);
  return TRUE;
}

static void
run_async (LfStore            *self,
           LfStoreLane        *lane,
           LfStoreJob          job,
           gpointer            data,
           GDestroyNotify      destroy,
           GCancellable       *cancellable,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  g_autoptr (GTask)  task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, lf_store_run_finish);
  g_task_set_task_data (task, data, destroy);
  /* What is on disk is told, even to a caller who has changed his mind in between. */
  g_task_set_check_cancellable (task, FALSE);
  if (!lf_store_lane_push (lane, job, data, task, &error))
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
lf_store_dispose (GObject *object)
{
  LfStore *self = LF_STORE (object);

  lf_store_close (self);
  g_clear_pointer (&self->writer, lf_store_lane_free);
  g_clear_pointer (&self->reader, lf_store_lane_free);

  G_OBJECT_CLASS (lf_store_parent_class)->dispose (object);
}

static void
lf_store_finalize (GObject *object)
{
  LfStore *self = LF_STORE (object);

  g_free (self->folder);

  G_OBJECT_CLASS (lf_store_parent_class)->finalize (object);
}

static void
lf_store_class_init (LfStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_store_dispose;
  object_class->finalize = lf_store_finalize;
}

static void
lf_store_init (LfStore *self)
{
  self->lock_fd = -1;
}

/**
 * lf_store_new:
 * @folder: the data folder; made with mode 0700 when missing
 * @error: return location
 *
 * Takes the data folder for this process, opens the database in it and brings it to the newest
 * form. Blocks.
 *
 * Returns: (transfer full) (nullable): the store; %NULL with %LF_PROBLEM_CONFLICT when another
 *   process holds the folder, %LF_PROBLEM_STORAGE_FULL, or %LF_PROBLEM_INTERNAL
 */
LfStore *
lf_store_new (const char *folder, GError **error)
{
  g_autoptr (LfStore) self = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  if (sodium_init () < 0)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "The system gives no random numbers.");
      return NULL;
    }

  self = g_object_new (LF_TYPE_STORE, NULL);
  self->folder = g_canonicalize_filename (folder, NULL);
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      set_folder_error (self->folder, "made", errno, error);
      return NULL;
    }
  if (!lock_folder (self, error) || !open_database (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lf_store_get_folder:
 * @self: a store
 *
 * Returns: (transfer none): the absolute path of the data folder
 */
const char *
lf_store_get_folder (LfStore *self)
{
  g_return_val_if_fail (LF_IS_STORE (self), NULL);

  return self->folder;
}

/**
 * lf_store_close:
 * @self: a store
 *
 * Runs what waits (it is answered when the main context runs next), closes the database and gives
 * the folder free. New work is refused with %LF_PROBLEM_UNAVAILABLE. Blocks; may be called twice.
 */
void
lf_store_close (LfStore *self)
{
  g_return_if_fail (LF_IS_STORE (self));

  /* The writer last: it alone may fold the log of writes into the database. */
  if (self->reader != NULL)
    lf_store_lane_close (self->reader);
  if (self->writer != NULL)
    lf_store_lane_close (self->writer);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

/**
 * lf_store_write_async:
 * @self: a store
 * @job: runs on the thread that writes
 * @data: (transfer full): what @job reads and fills
 * @destroy: (nullable): frees @data, on the main context
 * @cancellable: (nullable): skips the job if it has not begun
 * @callback: called after the COMMIT
 * @user_data: for @callback
 *
 * Asks for a change. Ends with lf_store_run_finish().
 */
void
lf_store_write_async (LfStore            *self,
                      LfStoreJob          job,
                      gpointer            data,
                      GDestroyNotify      destroy,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (LF_IS_STORE (self) && job != NULL);

  run_async (self, self->writer, job, data, destroy, cancellable, callback, user_data);
}

/**
 * lf_store_read_async:
 * @self: a store
 * @job: runs on the thread that reads; it cannot write
 * @data: (transfer full): what @job reads and fills
 * @destroy: (nullable): frees @data, on the main context
 * @cancellable: (nullable): skips the job if it has not begun
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks for something stored. Ends with lf_store_run_finish().
 */
void
lf_store_read_async (LfStore            *self,
                     LfStoreJob          job,
                     gpointer            data,
                     GDestroyNotify      destroy,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_return_if_fail (LF_IS_STORE (self) && job != NULL);

  run_async (self, self->reader, job, data, destroy, cancellable, callback, user_data);
}

/**
 * lf_store_run_finish:
 * @self: a store
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer none) (nullable): the job's data, alive until the callback returns; %NULL with
 *   an error of %LF_SERVER_ERROR, or %G_IO_ERROR_CANCELLED
 */
gpointer
lf_store_run_finish (LfStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lf_store_run_sync:
 * @self: a store
 * @job: runs on the thread that writes
 * @data: what @job reads and fills
 * @error: return location
 *
 * Runs a job and waits for its COMMIT: at start, before the main loop runs, and on the command line.
 *
 * Returns: whether it succeeded
 */
gboolean
lf_store_run_sync (LfStore *self, LfStoreJob job, gpointer data, GError **error)
{
  g_return_val_if_fail (LF_IS_STORE (self) && job != NULL, FALSE);

  return lf_store_lane_run_sync (self->writer, job, data, error);
}

/**
 * lf_store_get_stats:
 * @self: an open store
 * @writer: (out): of the thread that writes
 * @reader: (out): of the thread that reads
 *
 * Copies the counts.
 */
void
lf_store_get_stats (LfStore *self, LfStoreStats *writer, LfStoreStats *reader)
{
  g_return_if_fail (LF_IS_STORE (self));

  lf_store_lane_get_stats (self->writer, writer);
  lf_store_lane_get_stats (self->reader, reader);
}

/**
 * lf_store_make_id:
 * @prefix: a letter that tells people what kind of thing it names
 *
 * Makes an opaque id: the prefix and 120 random bits in base64url. Any thread.
 *
 * Returns: (transfer full): the id
 */
char *
lf_store_make_id (char prefix)
{
  guint8 bits[15];
  char   text[24];

  randombytes_buf (bits, sizeof bits);
  sodium_bin2base64 (text, sizeof text, bits, sizeof bits, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

  return g_strdup_printf ("%c%s", prefix, text);
}
