/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchRest:
 *
 * HTTP connections that are kept open, one request at a time on each. An answer other than 2xx ends the process.
 */
typedef struct _LfBenchRest LfBenchRest;

LfBenchRest *lf_bench_rest_new (guint port, guint n_connections);
void         lf_bench_rest_free (LfBenchRest *self);
/* On a connection that is free. @since_us: monotonic; what the latency counts from */
void     lf_bench_rest_send (LfBenchRest *self, guint n, gint64 since_us, const char *method, const char *path, const char *token, const char *body);
gboolean lf_bench_rest_is_free (LfBenchRest *self, guint n);
/* Takes the answers that come within the time; returns how many. */
guint lf_bench_rest_turn (LfBenchRest *self, int timeout_ms);
/* Sends on connection 0 and waits for the answer. */
void lf_bench_rest_call (LfBenchRest *self, const char *method, const char *path, const char *token, const char *body);
/* Body of the last answer. */
const char *lf_bench_rest_get_body (LfBenchRest *self);
/* (nullable): where to append the microseconds (double) that each answer took. */
void lf_bench_rest_set_latencies (LfBenchRest *self, GArray *latencies);

G_END_DECLS
