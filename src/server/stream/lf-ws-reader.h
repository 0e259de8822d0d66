/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-problem.h"

G_BEGIN_DECLS

#define LF_WS_MAX_FRAGMENTS 16

/**
 * LfWsPool:
 *
 * Parser contexts, lent while a message is open. One serves all connections that are between messages.
 */
typedef struct _LfWsPool LfWsPool;

/**
 * LfWsReader:
 * @context: (nullable): the lent context, while a message or frame is open
 * @open_since_us: monotonic start of what is open, or 0
 *
 * The receiving half of one connection. Zeroed at first.
 */
typedef struct
{
  struct _LfWsContext *context;
  gint64               open_since_us;
} LfWsReader;

/* What a reader finds. @user_data is the caller's. Each may say FALSE to stop reading for good. */
typedef struct
{
  gboolean (*text) (const char *text, gsize length, gpointer user_data);
  gboolean (*ping) (const guint8 *payload, gsize length, gpointer user_data);
  gboolean (*frame) (gpointer user_data);         /* a frame began, of any kind: for rate limits */
  void (*close) (guint code, gpointer user_data); /* the peer closes: 1005 without a code */
} LfWsReaderFuncs;

LfWsPool *lf_ws_pool_new (void);
void      lf_ws_pool_free (LfWsPool *self);
/* Returns 0, or the close code to fail the connection with. */
guint lf_ws_reader_feed (LfWsReader *self, LfWsPool *pool, const guint8 *data, gsize length, const LfWsReaderFuncs *funcs, gpointer user_data);
void  lf_ws_reader_clear (LfWsReader *self, LfWsPool *pool);

G_END_DECLS
