/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-wire-calls.h"

G_BEGIN_DECLS

extern const char *const lf_demo_outside_numbers[]; /* NULL-terminated */

GPtrArray *lf_demo_history_new (gint64 now_us); /* transfer full; of LfWireCallReport */

G_END_DECLS
