/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfClearAfter:
 *
 * When a custom status ends by itself, as offered to the user, in this order.
 */
typedef enum
{
  LF_CLEAR_AFTER_NEVER,
  LF_CLEAR_AFTER_30_MIN,
  LF_CLEAR_AFTER_1_H,
  LF_CLEAR_AFTER_4_H,
  LF_CLEAR_AFTER_TODAY,
  LF_CLEAR_AFTER_THIS_WEEK,
  LF_CLEAR_AFTER_AT_TIME, /* the user says which: lf_clear_after_get_next() */
} LfClearAfter;

gint64 lf_clear_after_get_expiry (LfClearAfter clear_after, gint64 now_us);
gint64 lf_clear_after_get_next (guint minutes, gint64 now_us);

G_END_DECLS
