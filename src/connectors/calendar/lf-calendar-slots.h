/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfCalendarSlots:
 *
 * How many calendars may be read at the same time: bounds memory and processes, first come first
 * served. Main context only.
 */
typedef struct _LfCalendarSlots LfCalendarSlots;

typedef void (*LfCalendarSlotFunc) (gpointer user_data);

LfCalendarSlots *lf_calendar_slots_new (guint n_slots);
LfCalendarSlots *lf_calendar_slots_ref (LfCalendarSlots *self);
void             lf_calendar_slots_unref (LfCalendarSlots *self);
void             lf_calendar_slots_take (LfCalendarSlots *self, LfCalendarSlotFunc function, gpointer user_data);
gboolean         lf_calendar_slots_forget (LfCalendarSlots *self, gpointer user_data);
void             lf_calendar_slots_release (LfCalendarSlots *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarSlots, lf_calendar_slots_unref)

G_END_DECLS
