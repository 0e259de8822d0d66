/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-metrics"

#include "config.h"

#include "lf-histogram.h"

const gint64 lf_histogram_durations_us[LF_HISTOGRAM_N_BUCKETS] = {
  500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, G_MAXINT64
};

const gint64 lf_histogram_sizes[LF_HISTOGRAM_N_BUCKETS] = {
  1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, G_MAXINT64
};

/**
 * lf_histogram_add:
 * @self: a histogram with its bounds set
 * @value: not negative
 *
 * Counts a value.
 */
void
lf_histogram_add (LfHistogram *self, gint64 value)
{
  guint i = 0;

  while (value > self->bounds[i])
    i++;
  self->counts[i]++;
  self->sum += (guint64) value;
}
