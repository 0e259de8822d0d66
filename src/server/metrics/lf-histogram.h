/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_HISTOGRAM_N_BUCKETS 12

/**
 * LfHistogram:
 * @bounds: (array length=%LF_HISTOGRAM_N_BUCKETS): the largest value of each bucket, ascending; the
 *   last is %G_MAXINT64; borrowed for good
 * @counts: values in each bucket alone
 * @sum: of all values
 *
 * How values are spread. Adding one is a few comparisons and two additions.
 */
typedef struct
{
  const gint64 *bounds;
  guint64       counts[LF_HISTOGRAM_N_BUCKETS];
  guint64       sum;
} LfHistogram;

extern const gint64 lf_histogram_durations_us[LF_HISTOGRAM_N_BUCKETS]; /* 0.5 ms to 5 s */
extern const gint64 lf_histogram_sizes[LF_HISTOGRAM_N_BUCKETS];        /* 1 to 1024 */

void lf_histogram_add (LfHistogram *self, gint64 value);

G_END_DECLS
