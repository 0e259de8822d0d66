/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-cache-change.h"

G_BEGIN_DECLS

#define LF_TYPE_CACHE (lf_cache_get_type ())

/**
 * LfCache:
 *
 * What one account on one server looked like when it was last seen, and what its user wrote that the
 * server has not acknowledged: in a file of the user's, so that both are there without a network, and
 * after any end of the program. A thread of its own reads and writes the file: plain data in, plain data
 * out. Without a file (no room, no rights, held by another process) it holds nothing and says so in the log;
 * a file that is damaged or of another version is set aside and begun anew.
 */
G_DECLARE_FINAL_TYPE (LfCache, lf_cache, LF, CACHE, GObject)

LfCache *lf_cache_new (const char *server, const char *login);
char    *lf_cache_make_path (const char *server, const char *login); /* where the file is */

/* Everything; of a cache without a file nothing. LF_ERROR never. */
void             lf_cache_read_async (LfCache *self, GAsyncReadyCallback callback, gpointer user_data);
LfCacheContents *lf_cache_read_finish (LfCache *self, GAsyncResult *result);

/* All of the changes or none. Durable: on disk, else safe from the end of the program. Calls are done in their order. */
void     lf_cache_write_async (LfCache *self, GPtrArray *changes, gboolean is_durable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_cache_write_finish (LfCache *self, GAsyncResult *result, GError **error);

/* Forgets the account: the file is removed, nothing is written any more. */
void lf_cache_wipe (LfCache *self);

G_END_DECLS
