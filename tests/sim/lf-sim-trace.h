/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What happened, a line each with the world's time. The hash of all lines tells whether two runs were
 * the same; the last lines are kept for whoever wants to know how it came to a failure. */

typedef struct _LfSimTrace LfSimTrace;

LfSimTrace *lf_sim_trace_new (gboolean is_printed);
void        lf_sim_trace_free (LfSimTrace *self);
void        lf_sim_trace_add (LfSimTrace *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void        lf_sim_trace_print_tail (LfSimTrace *self);
guint64     lf_sim_trace_get_hash (LfSimTrace *self);

guint64 lf_sim_digest (guint64 digest, gconstpointer bytes, gsize length); /* begin with LF_SIM_DIGEST */

#define LF_SIM_DIGEST G_GUINT64_CONSTANT (0xcbf29ce484222325)

G_END_DECLS
