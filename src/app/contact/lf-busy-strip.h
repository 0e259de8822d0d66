/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-busy-plan.h"

G_BEGIN_DECLS

#define LF_TYPE_BUSY_STRIP (lf_busy_strip_get_type ())

/**
 * LfBusyStrip:
 *
 * A day of somebody's calendar as a strip, with a marker at now. Types of period differ by pattern
 * as well as colour; what is not known is hatched. Property "summary" (string): "free from 11:00".
 */
G_DECLARE_FINAL_TYPE (LfBusyStrip, lf_busy_strip, LF, BUSY_STRIP, GtkWidget)

GtkWidget  *lf_busy_strip_new (void);
void        lf_busy_strip_update (LfBusyStrip *self, const LfCalendar *calendar, const LfBusyDay *day, gint64 now_us);
void        lf_busy_strip_set_mark (LfBusyStrip *self, gint64 start_us, gint64 end_us);
const char *lf_busy_strip_get_summary (LfBusyStrip *self);

G_END_DECLS
