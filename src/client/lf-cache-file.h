/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-cache-change.h"

G_BEGIN_DECLS

#define LF_CACHE_SCHEMA_VERSION 1
#define LF_CACHE_MAX_MESSAGES   50  /* kept of one conversation, the newest */
#define LF_CACHE_MAX_FAILED     200 /* refused letters that wait for the user, the newest */

/**
 * LfCacheFile:
 *
 * The SQLite file of a cache. It belongs to the one thread that writes; all of it may block.
 */
typedef struct _LfCacheFile LfCacheFile;

LfCacheFile     *lf_cache_file_open (const char *path, GError **error);
void             lf_cache_file_close (LfCacheFile *self);
LfCacheContents *lf_cache_file_read (LfCacheFile *self, GError **error);
gboolean         lf_cache_file_apply (LfCacheFile *self, GPtrArray *changes, gboolean is_durable, GError **error);
void             lf_cache_file_set_max_pages (LfCacheFile *self, guint max_pages);
gboolean         lf_cache_file_is_broken (const GError *error); /* what the file holds is damaged or not ours */
void             lf_cache_file_set_aside (const char *path, const GError *error);
void             lf_cache_file_remove (const char *path);

G_END_DECLS
