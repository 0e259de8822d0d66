/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchLoad:
 *
 * Many loopback connections to one port, in one epoll loop: streams of Lampfield that acknowledge and
 * answer pings as a client does, or connections of the bare broadcaster. Whatever is not as expected
 * ends the process: a figure of a server that fails is none.
 */
typedef struct _LfBenchLoad LfBenchLoad;

/* @tokens: (nullable): of stream n; outlive the load */
LfBenchLoad *lf_bench_load_new (guint port, guint n_connections, const char *const *tokens);
void         lf_bench_load_free (LfBenchLoad *self);

/* WebSockets @first to @first + @n, many at once: upgraded, started, snapshot taken. Returns the seconds it took. */
double lf_bench_load_open_streams (LfBenchLoad *self, guint first, guint n);
/* A connection that says @letter. */
void lf_bench_load_open_bare (LfBenchLoad *self, guint n, char letter);
/* Cuts connections off, without a word. */
void lf_bench_load_cut (LfBenchLoad *self, guint first, guint n);
/* From here on a stream that the server cuts comes back as a client does: after a random time between 0 and
 * min (60 s, 1 s · 2ⁿ), where n counts the failures. */
void  lf_bench_load_bear_cuts (LfBenchLoad *self);
guint lf_bench_load_count_live (LfBenchLoad *self);
guint lf_bench_load_count_failures (LfBenchLoad *self); /* attempts that were refused */

/* One text frame, masked. */
void lf_bench_load_say (LfBenchLoad *self, guint n, const char *text);
void lf_bench_load_send (LfBenchLoad *self, guint n, gconstpointer bytes, gsize length);
/* A slow reader is one that does not read, for now. */
void lf_bench_load_set_reading (LfBenchLoad *self, guint n, gboolean is_reading);
int  lf_bench_load_get_descriptor (LfBenchLoad *self, guint n);

/* Reads what there is, for so long at most. */
void lf_bench_load_turn (LfBenchLoad *self, int timeout_ms);
void lf_bench_load_turn_until (LfBenchLoad *self, gint64 at_us);
/* Reads until @count presence frames, or @count times @bytes of a bare connection, came since the last call. */
void lf_bench_load_wait (LfBenchLoad *self, guint count, gsize bytes);
/* What has come and was not acknowledged yet, on every stream. */
void lf_bench_load_acknowledge_all (LfBenchLoad *self);
/* Bytes of the last presence frame that came, header included. */
gsize lf_bench_load_get_frame_bytes (LfBenchLoad *self);
/* (nullable): where to append, for each presence frame or piece of @bytes, the microseconds (double) since
 * lf_bench_load_mark(). */
void lf_bench_load_set_latencies (LfBenchLoad *self, GArray *latencies, gsize bytes);
void lf_bench_load_mark (LfBenchLoad *self);

G_END_DECLS
