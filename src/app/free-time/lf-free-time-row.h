/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_FREE_TIME_ROW (lf_free_time_row_get_type ())

/**
 * LfFreeTimeRow:
 *
 * A time at which everybody is free: "Today, 14:00–15:30", with a button that copies the first part
 * of it, as long as is wanted. Signal "copied" (string): that button was pressed; what it put on the
 * clipboard.
 */
G_DECLARE_FINAL_TYPE (LfFreeTimeRow, lf_free_time_row, LF, FREE_TIME_ROW, AdwActionRow)

GtkWidget        *lf_free_time_row_new (const LfFreeTime *time, gint64 length_us, const char *doubtful, gint64 now_us);
const LfFreeTime *lf_free_time_row_get_time (LfFreeTimeRow *self); /* transfer none */
const char       *lf_free_time_row_get_text (LfFreeTimeRow *self); /* transfer none; what is copied */

char *lf_free_time_format_length (gint64 length_us); /* "30 min", "1 h 30 min" */

G_END_DECLS
