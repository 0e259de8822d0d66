/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-cache.h"
#include "lf-client.h"

G_BEGIN_DECLS

/* What LfClient keeps on disk of a session that is remembered. Without a cache all of it does nothing. */

/**
 * LfKept:
 *
 * The cache of the session, and what has changed since it was last written.
 */
typedef struct _LfKept LfKept;

void     lf_client_cache_attach (LfClient *self, LfCache *cache);
void     lf_client_cache_detach (LfClient *self);                                   /* writes what is left */
void     lf_client_cache_forget (LfClient *self);                                   /* and removes the file */
gboolean lf_client_cache_show (LfClient *self, const LfCacheContents *contents);    /* FALSE: no list was kept */
void     lf_client_cache_touch (LfClient *self, LfCacheKind kind, const char *key); /* it changed, or went */
void     lf_client_cache_touch_person (LfClient *self, const char *user);
void     lf_client_cache_keep_message (LfClient *self, const LfWireMessage *message);
void     lf_client_cache_change (LfClient *self, LfCacheAction action, const char *key, const char *text);
/* Durable, then @callback is called with the result of lf_cache_write_async(). Takes @letter. */
gboolean lf_client_cache_write_letter (LfClient *self, LfLetter *letter, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
