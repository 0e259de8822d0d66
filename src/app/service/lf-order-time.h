/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/* Times as people type them on a command line. */
gboolean lf_order_time_read_span (const char *text, gint64 *span_us);
gboolean lf_order_time_read_end (const char *text, gint64 now_us, gint64 *end_us);

G_END_DECLS
