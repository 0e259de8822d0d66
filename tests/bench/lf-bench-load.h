/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchLoad:
 *
 * Many loopback connections to one port, in one epoll loop: streams of Lampfield, or connections of
 * the bare broadcaster.
 */
typedef struct _LfBenchLoad LfBenchLoad;

LfBenchLoad *lf_bench_load_new (guint port, guint n_connections);
void         lf_bench_load_free (LfBenchLoad *self);
/* A WebSocket with @token: upgraded, started, snapshot taken. */
void lf_bench_load_open_stream (LfBenchLoad *self, guint n, const char *token);
/* A connection that says @letter. */
void lf_bench_load_open_bare (LfBenchLoad *self, guint n, char letter);
/* One text frame, masked. */
void lf_bench_load_say (LfBenchLoad *self, guint n, const char *text);
void lf_bench_load_send (LfBenchLoad *self, guint n, gconstpointer bytes, gsize length);
/* Reads until @count presence frames, or @count times @bytes of a bare connection, came since the last call. */
void lf_bench_load_wait (LfBenchLoad *self, guint count, gsize bytes);
/* What has come and was not acknowledged yet, on every stream. */
void lf_bench_load_acknowledge_all (LfBenchLoad *self);
/* Bytes of the last presence frame that came, header included. */
gsize lf_bench_load_get_frame_bytes (LfBenchLoad *self);

G_END_DECLS
