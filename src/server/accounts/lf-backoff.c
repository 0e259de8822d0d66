/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include "lf-backoff.h"
#include "lf-instant.h"

#define MAX_ENTRIES 20000
#define FORGET_US   (15 * LF_MINUTE)

/* Three views of an attempt: the account from this address, the account from anywhere, and the
 * address whatever the account. The second one waits briefly at most: it is what a stranger could
 * use against somebody. */
typedef enum
{
  VIEW_PAIR,
  VIEW_ACCOUNT,
  VIEW_ADDRESS,
  N_VIEWS,
} View;

static const struct
{
  guint free_attempts;
  guint max_wait_s;
} rules[N_VIEWS] = {
  [VIEW_PAIR] = { 5, 300 },
  [VIEW_ACCOUNT] = { 20, 10 },
  [VIEW_ADDRESS] = { 100, 60 },
};

typedef struct
{
  guint  n_failed;
  gint64 last_us;
} Entry;

struct _LfBackoff
{
  GHashTable *entries; /* "view account address" (owned) → Entry (owned) */
};

static void
make_keys (const char *account, const char *address, char *keys[N_VIEWS])
{
  keys[VIEW_PAIR] = g_strdup_printf ("p%s\n%s", account, address);
  keys[VIEW_ACCOUNT] = g_strdup_printf ("a%s", account);
  keys[VIEW_ADDRESS] = g_strdup_printf ("h%s", address);
}

static void
clear_keys (char *keys[N_VIEWS])
{
  for (View view = VIEW_PAIR; view < N_VIEWS; view++)
    g_free (keys[view]);
}

static gint64
wait_until (const Entry *entry, View view)
{
  guint over;

  if (entry->n_failed < rules[view].free_attempts)
    return 0;
  over = MIN (entry->n_failed - rules[view].free_attempts, 10);

  return entry->last_us + MIN (1u << over, rules[view].max_wait_s) * LF_SECOND;
}

static gboolean
is_old (gpointer key, gpointer value, gpointer user_data)
{
  const Entry  *entry = value;
  const gint64 *mono_us = user_data;

  return entry->last_us + FORGET_US < *mono_us;
}

static gboolean
is_any (gpointer key, gpointer value, gpointer user_data)
{
  guint *n_left = user_data;

  if (*n_left == 0)
    return FALSE;
  (*n_left)--;
  return TRUE;
}

/* A flood of made-up names must not fill the memory: the old go first, then any. */
static void
make_room (LfBackoff *self, gint64 mono_us)
{
  guint n_dropped = MAX_ENTRIES / 10;

  if (g_hash_table_size (self->entries) + N_VIEWS <= MAX_ENTRIES)
    return;
  g_hash_table_foreach_remove (self->entries, is_old, &mono_us);
  if (g_hash_table_size (self->entries) + N_VIEWS > MAX_ENTRIES)
    g_hash_table_foreach_remove (self->entries, is_any, &n_dropped);
}

static void
count_failure (LfBackoff *self, const char *key, gint64 mono_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (self->entries, g_strdup (key), entry);
    }
  if (entry->last_us + FORGET_US < mono_us)
    entry->n_failed = 0;
  entry->n_failed++;
  entry->last_us = mono_us;
}

static void
uncount (LfBackoff *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL && entry->n_failed > 0)
    entry->n_failed--;
}

/**
 * lf_backoff_new:
 *
 * Returns: (transfer full): one that has seen nothing
 */
LfBackoff *
lf_backoff_new (void)
{
  LfBackoff *self = g_new0 (LfBackoff, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/**
 * lf_backoff_free:
 * @self: (nullable): a back-off
 */
void
lf_backoff_free (LfBackoff *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->entries);
  g_free (self);
}

/**
 * lf_backoff_attempt:
 * @self: a back-off
 * @account: the login, folded; whether it exists does not matter
 * @address: the client's
 * @mono_us: monotonic instant
 *
 * Asks to try a password. An attempt counts as failed from its start, so that many at once are
 * slowed down like many in turn.
 *
 * Returns: 0, or the seconds to wait: then the attempt must not be made
 */
guint
lf_backoff_attempt (LfBackoff *self, const char *account, const char *address, gint64 mono_us)
{
  char  *keys[N_VIEWS];
  gint64 until_us = 0;

  g_return_val_if_fail (self != NULL && account != NULL && address != NULL, 0);

  make_keys (account, address, keys);
  for (View view = VIEW_PAIR; view < N_VIEWS; view++)
    {
      const Entry *entry = g_hash_table_lookup (self->entries, keys[view]);

      if (entry != NULL && entry->last_us + FORGET_US >= mono_us)
        until_us = MAX (until_us, wait_until (entry, view));
    }
  if (until_us <= mono_us)
    {
      make_room (self, mono_us);
      for (View view = VIEW_PAIR; view < N_VIEWS; view++)
        count_failure (self, keys[view], mono_us);
    }
  clear_keys (keys);

  return until_us <= mono_us ? 0 : (guint) ((until_us - mono_us + LF_SECOND - 1) / LF_SECOND);
}

/**
 * lf_backoff_succeeded:
 * @self: a back-off
 * @account: the login, folded
 * @address: the client's
 *
 * The password was right: what was held against this account is forgotten.
 */
void
lf_backoff_succeeded (LfBackoff *self, const char *account, const char *address)
{
  char *keys[N_VIEWS];

  g_return_if_fail (self != NULL && account != NULL && address != NULL);

  make_keys (account, address, keys);
  g_hash_table_remove (self->entries, keys[VIEW_PAIR]);
  g_hash_table_remove (self->entries, keys[VIEW_ACCOUNT]);
  uncount (self, keys[VIEW_ADDRESS]);
  clear_keys (keys);
}

/**
 * lf_backoff_take_back:
 * @self: a back-off
 * @account: the login, folded
 * @address: the client's
 *
 * The attempt came to nothing without the password being looked at.
 */
void
lf_backoff_take_back (LfBackoff *self, const char *account, const char *address)
{
  char *keys[N_VIEWS];

  g_return_if_fail (self != NULL && account != NULL && address != NULL);

  make_keys (account, address, keys);
  for (View view = VIEW_PAIR; view < N_VIEWS; view++)
    uncount (self, keys[view]);
  clear_keys (keys);
}
