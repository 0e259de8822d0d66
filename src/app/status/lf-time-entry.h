/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LF_TYPE_TIME_ENTRY (lf_time_entry_get_type ())

/**
 * LfTimeEntry:
 *
 * A time of day to type or to step to: hours and minutes, with a choice of the half of the day where
 * hours are counted to 12.
 */
G_DECLARE_FINAL_TYPE (LfTimeEntry, lf_time_entry, LF, TIME_ENTRY, GtkWidget)

void  lf_time_entry_set_has_halves (LfTimeEntry *self, gboolean has_halves);
void  lf_time_entry_set_minutes (LfTimeEntry *self, guint minutes);
guint lf_time_entry_get_minutes (LfTimeEntry *self); /* since midnight, 0 to 1439 */

G_END_DECLS
