/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lf-password.h"

#define PASSES       2
#define MEMORY_BYTES (19 * 1024 * 1024)

struct _LfPasswordHasher
{
  GMutex   mutex; /* guards items, is_closed and n_hashed */
  GCond    wake;
  GQueue   items; /* of Item, owned */
  gboolean is_closed;
  guint    n_hashed;

  GThread      *thread;  /* owned */
  GMainContext *context; /* owned; where tasks are answered */
  char         *dummy;   /* owned by the thread: the hash that nobody's password has */
};

typedef struct
{
  GTask   *task;     /* owned */
  char    *hash;     /* owned, nullable */
  char    *password; /* owned, wiped */
  gboolean is_right;
} Item;

static void
item_free (Item *item)
{
  if (item->password != NULL)
    sodium_memzero (item->password, strlen (item->password));
  g_free (item->password);
  g_free (item->hash);
  g_clear_object (&item->task);
  g_free (item);
}

static gboolean
on_verified (gpointer user_data)
{
  Item *item = user_data;

  g_task_return_boolean (item->task, item->is_right);

  return G_SOURCE_REMOVE;
}

static void
answer (LfPasswordHasher *self, Item *item)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_verified, item, (GDestroyNotify) item_free);
  g_source_set_static_name (source, "lf-password-answer");
  g_source_attach (source, self->context);
}

/* Without a hash of its own the password meets one that it cannot match: the same work, the answer no. */
static void
verify (LfPasswordHasher *self, Item *item)
{
  const char *hash = item->hash != NULL ? item->hash : self->dummy;
  gboolean    is_right = hash != NULL && crypto_pwhash_str_verify (hash, item->password, strlen (item->password)) == 0;

  item->is_right = is_right && item->hash != NULL;
  g_mutex_lock (&self->mutex);
  self->n_hashed++;
  g_mutex_unlock (&self->mutex);
}

static gpointer
run_hasher (gpointer user_data)
{
  LfPasswordHasher *self = user_data;
  char              nobody[65];
  guint8            bits[32];

  randombytes_buf (bits, sizeof bits);
  sodium_bin2hex (nobody, sizeof nobody, bits, sizeof bits);
  self->dummy = lf_password_hash (nobody, NULL);

  for (;;)
    {
      Item *item;

      g_mutex_lock (&self->mutex);
      while (self->items.length == 0 && !self->is_closed)
        g_cond_wait (&self->wake, &self->mutex);
      item = self->is_closed ? NULL : g_queue_pop_head (&self->items);
      g_mutex_unlock (&self->mutex);
      if (item == NULL)
        return NULL;

      if (!g_cancellable_is_cancelled (g_task_get_cancellable (item->task)))
        verify (self, item);
      answer (self, item);
    }
}

/**
 * lf_password_hasher_new:
 *
 * Starts the thread. Tasks are answered on the thread-default context of the caller.
 *
 * Returns: (transfer full): the hasher
 */
LfPasswordHasher *
lf_password_hasher_new (void)
{
  LfPasswordHasher *self = g_new0 (LfPasswordHasher, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->items);
  self->context = g_main_context_ref_thread_default ();
  self->thread = g_thread_new ("lf-hasher", run_hasher, self);

  return self;
}

/**
 * lf_password_hasher_free:
 * @self: (nullable): a hasher
 *
 * Ends the thread. Those who still wait are answered with %LF_PROBLEM_UNAVAILABLE.
 */
void
lf_password_hasher_free (LfPasswordHasher *self)
{
  Item *item;

  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->is_closed = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  while ((item = g_queue_pop_head (&self->items)) != NULL)
    {
      g_task_return_new_error (item->task, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "The server is shutting down; try again in a moment.");
      item_free (item);
    }
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self->dummy);
  g_free (self);
}

/**
 * lf_password_hasher_verify_async:
 * @self: a hasher
 * @hash: (nullable): what is stored; %NULL for an unknown person
 * @password: what was typed
 * @cancellable: (nullable): skips the work
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Checks a password. Without @hash the same work is done, and the answer is no.
 */
void
lf_password_hasher_verify_async (LfPasswordHasher   *self,
                                 const char         *hash,
                                 const char         *password,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Item             *item = NULL;
  gboolean          is_full;

  g_return_if_fail (self != NULL && password != NULL);

  g_task_set_source_tag (task, lf_password_hasher_verify_async);
  g_mutex_lock (&self->mutex);
  is_full = self->items.length >= LF_PASSWORD_MAX_WAITING;
  if (!is_full)
    {
      item = g_new0 (Item, 1);
      item->task = g_object_ref (task);
      item->hash = g_strdup (hash);
      item->password = g_strdup (password);
      g_queue_push_tail (&self->items, item);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->mutex);

  if (is_full)
    g_task_return_new_error (task, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "Too many people are signing in; try again in a moment.");
}

/**
 * lf_password_hasher_verify_finish:
 * @self: a hasher
 * @result: what the callback got
 * @is_right: (out): whether the password is the one
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_UNAVAILABLE, or %G_IO_ERROR_CANCELLED, when nothing was checked
 */
gboolean
lf_password_hasher_verify_finish (LfPasswordHasher *self, GAsyncResult *result, gboolean *is_right, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean           answered;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  answered = g_task_propagate_boolean (G_TASK (result), &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  *is_right = answered;
  return TRUE;
}

/**
 * lf_password_hasher_count:
 * @self: a hasher
 *
 * Returns: how many passwords have been hashed to check them
 */
guint
lf_password_hasher_count (LfPasswordHasher *self)
{
  guint n_hashed;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  n_hashed = self->n_hashed;
  g_mutex_unlock (&self->mutex);

  return n_hashed;
}

/**
 * lf_password_hasher_count_waiting:
 * @self: a hasher
 *
 * Returns: how many passwords wait to be checked
 */
guint
lf_password_hasher_count_waiting (LfPasswordHasher *self)
{
  guint n_waiting;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  n_waiting = self->items.length;
  g_mutex_unlock (&self->mutex);

  return n_waiting;
}

/**
 * lf_password_hash:
 * @password: what a person will type
 * @error: return location
 *
 * Makes the hash to store: argon2id with a random salt. Blocks for some 50 ms.
 *
 * Returns: (transfer full) (nullable): the hash, %NULL when memory is short
 */
char *
lf_password_hash (const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  g_return_val_if_fail (password != NULL, NULL);

  if (crypto_pwhash_str (hash, password, strlen (password), PASSES, MEMORY_BYTES) == 0)
    return g_strdup (hash);

  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "There is not enough memory to check passwords.");
  return NULL;
}
