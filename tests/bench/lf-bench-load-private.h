/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-bench-load.h"

G_BEGIN_DECLS

/* The way of a stream: down → connecting → upgrading → starting → live; of a connection of the baseline: bare. */
typedef enum
{
  LINK_DOWN,
  LINK_CONNECTING,
  LINK_UPGRADING,
  LINK_STARTING,
  LINK_LIVE,
  LINK_BARE,
} LfBenchLinkState;

typedef struct
{
  int              fd; /* -1 while down */
  LfBenchLinkState state;
  GByteArray      *rest;  /* owned, nullable: the beginning of something */
  guint            count; /* frames with a position */
  guint            acked;
  guint            n_refused; /* attempts in a row */
  gint64           retry_us;  /* 0: none is due */
} LfBenchLink;

struct _LfBenchLoad
{
  guint              port;
  const char *const *tokens; /* borrowed, nullable */
  int                loop;
  LfBenchLink       *links;
  guint              n_links;
  guint              n_opening;
  guint              n_live;
  guint              n_failures;
  gboolean           bears_cuts;
  gint64             retries_looked_us;

  guint   n_presence;  /* since the last wait */
  gsize   bare_bytes;  /* since the last wait */
  gsize   frame_bytes; /* of the last presence frame */
  GArray *latencies;   /* borrowed, nullable */
  gsize   latency_bytes;
  gint64  marked_us;
};

/* lf-bench-link.c: one stream */
void lf_bench_link_open (LfBenchLoad *self, guint n);
void lf_bench_link_close (LfBenchLoad *self, guint n);
/* A socket that was being connected is, or is not. */
void lf_bench_link_connected (LfBenchLoad *self, guint n);
/* Takes what it can off the front of @data; returns how much. */
gsize lf_bench_link_take (LfBenchLoad *self, guint n, const guint8 *data, gsize length);
void  lf_bench_link_fail (LfBenchLoad *self, guint n, const char *why);
void  lf_bench_link_acknowledge (LfBenchLoad *self, guint n);
void  lf_bench_load_note_latency (LfBenchLoad *self);

G_END_DECLS
