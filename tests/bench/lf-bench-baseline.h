/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchBaseline:
 *
 * The bare epoll loop of bench-broadcast, and who loads it: both in processes of their own, so that
 * this one has its descriptors for the server's connections.
 */
typedef struct _LfBenchBaseline LfBenchBaseline;

/* One turn: what one delivery took. */
typedef struct
{
  double cpu_us;     /* of the broadcaster */
  double latency_us; /* the median, from the trigger to the watcher; as the load sees it */
} LfBenchTurn;

LfBenchBaseline *lf_bench_baseline_new (const char *path, guint n_connections, guint n_watchers, gsize frame_bytes);
void             lf_bench_baseline_free (LfBenchBaseline *self);
/* @n_changes triggers, @period_us apart at least, each after all deliveries of the one before. */
LfBenchTurn lf_bench_baseline_run (LfBenchBaseline *self, guint n_changes, guint period_us);

G_END_DECLS
