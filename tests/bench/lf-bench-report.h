/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchReport:
 *
 * The figures of one program, a line each: NAME VALUE TARGET ok|short. They are appended to the file
 * that the environment names by LF_BENCH_FIGURES, so that build-aux/bench shows those of all programs
 * together; without it they go to standard output.
 */
typedef struct _LfBenchReport LfBenchReport;

LfBenchReport *lf_bench_report_new (void);
void           lf_bench_report_free (LfBenchReport *self); /* writes them */

G_GNUC_PRINTF (4, 5)
void lf_bench_report_at_most (LfBenchReport *self, double value, double target, const char *name, ...);
G_GNUC_PRINTF (4, 5)
void lf_bench_report_at_least (LfBenchReport *self, double value, double target, const char *name, ...);
G_GNUC_PRINTF (3, 4)
void lf_bench_report_plain (LfBenchReport *self, double value, const char *name, ...); /* without a target */
/* Was not measured, and why: it counts as short. */
G_GNUC_PRINTF (4, 5)
void lf_bench_report_missing (LfBenchReport *self, double target, const char *why, const char *name, ...);

/* Of @values (array of double), which is sorted by it; @share from 0 to 1. */
double lf_bench_quantile (GArray *values, double share);
double lf_bench_median (GArray *values);

G_END_DECLS
