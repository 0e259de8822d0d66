/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-cache.h"
#include "lf-error.h"
#include "lf-keyring.h"
#include "lf-sim-disk.h"

/* The linker puts these in the place of the product's own (--wrap). The keyring is a table. The cache is the real
 * one: its thread works while everything else stands still. */

void     __wrap_lf_keyring_store_async (const char *server, const char *login, const char *token, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean __wrap_lf_keyring_store_finish (GAsyncResult *result, GError **error);
void     __wrap_lf_keyring_lookup_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char    *__wrap_lf_keyring_lookup_finish (GAsyncResult *result, GError **error);
void     __wrap_lf_keyring_clear_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean __wrap_lf_keyring_clear_finish (GAsyncResult *result, GError **error);
void     __wrap_lf_cache_read_async (LfCache *self, GAsyncReadyCallback callback, gpointer user_data);
void     __real_lf_cache_read_async (LfCache *self, GAsyncReadyCallback callback, gpointer user_data);
void     __wrap_lf_cache_write_async (LfCache *self, GPtrArray *changes, gboolean is_durable, GAsyncReadyCallback callback, gpointer user_data);
void     __real_lf_cache_write_async (LfCache *self, GPtrArray *changes, gboolean is_durable, GAsyncReadyCallback callback, gpointer user_data);
void     __wrap_lf_cache_wipe (LfCache *self);
void     __real_lf_cache_wipe (LfCache *self);
void     __wrap_g_async_queue_push (GAsyncQueue *queue, gpointer data);
void     __real_g_async_queue_push (GAsyncQueue *queue, gpointer data);

static GHashTable  *tokens;     /* login → token */
static GAsyncQueue *last_queue; /* borrowed; of the cache that was asked last */
static gboolean     is_crashing;

/* A task that is done at the next turn of its machine. */
static GTask *
begin (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  return g_task_new (NULL, cancellable, callback, user_data);
}

void
__wrap_lf_keyring_store_async (const char *server, const char *login, const char *token, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = begin (cancellable, callback, user_data);

  lf_sim_disk_set_token (login, token);
  g_task_return_boolean (task, TRUE);
}

gboolean
__wrap_lf_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
__wrap_lf_keyring_lookup_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = begin (cancellable, callback, user_data);
  const char       *token = lf_sim_disk_get_token (login);

  if (token != NULL)
    g_task_return_pointer (task, g_strdup (token), g_free);
  else
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_NOT_FOUND, "Nothing is kept.");
}

char *
__wrap_lf_keyring_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
__wrap_lf_keyring_clear_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = begin (cancellable, callback, user_data);

  lf_sim_disk_set_token (login, NULL);
  g_task_return_boolean (task, TRUE);
}

gboolean
__wrap_lf_keyring_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
__wrap_g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  last_queue = queue;
  __real_g_async_queue_push (queue, data);
}

/* Less than nothing waits when the thread does. */
static void
wait_for_thread (void)
{
  while (g_async_queue_length (last_queue) >= 0)
    g_thread_yield ();
}

void
__wrap_lf_cache_read_async (LfCache *self, GAsyncReadyCallback callback, gpointer user_data)
{
  __real_lf_cache_read_async (self, callback, user_data);
  wait_for_thread ();
}

void
__wrap_lf_cache_write_async (LfCache *self, GPtrArray *changes, gboolean is_durable, GAsyncReadyCallback callback, gpointer user_data)
{
  if (is_crashing)
    g_ptr_array_set_size (changes, 0);
  __real_lf_cache_write_async (self, changes, is_durable, callback, user_data);
  wait_for_thread ();
}

void
__wrap_lf_cache_wipe (LfCache *self)
{
  __real_lf_cache_wipe (self);
  wait_for_thread ();
}

/**
 * lf_sim_disk_start:
 * @folder: of all files
 *
 * Desktops keep what they keep in @folder from now on; nothing yet.
 */
void
lf_sim_disk_start (const char *folder)
{
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * lf_sim_disk_get_token:
 * @login: of a desktop
 *
 * Returns: (nullable): the refresh token in its keyring
 */
const char *
lf_sim_disk_get_token (const char *login)
{
  return g_hash_table_lookup (tokens, login);
}

/**
 * lf_sim_disk_set_token:
 * @login: of a desktop
 * @token: (nullable): a refresh token
 *
 * Puts it into the keyring, or empties that.
 */
void
lf_sim_disk_set_token (const char *login, const char *token)
{
  if (token != NULL)
    g_hash_table_replace (tokens, g_strdup (login), g_strdup (token));
  else
    g_hash_table_remove (tokens, login);
}

/**
 * lf_sim_disk_set_is_crashing:
 * @is_it: whether the program ends without writing what it still has to write
 */
void
lf_sim_disk_set_is_crashing (gboolean is_it)
{
  is_crashing = is_it;
}
