/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfCalendarSlots:
 *
 * How many calendars may be read at the same time: bounds memory and processes, first come first
 * served. Those that are slow have a bound of their own, below that of all: however many there are, some
 * slots are left to the others. Main context only.
 */
typedef struct _LfCalendarSlots LfCalendarSlots;

typedef void (*LfCalendarSlotFunc) (gpointer user_data);

LfCalendarSlots *lf_calendar_slots_new (guint n_slots, guint max_slow);
LfCalendarSlots *lf_calendar_slots_ref (LfCalendarSlots *self);
void             lf_calendar_slots_unref (LfCalendarSlots *self);
void             lf_calendar_slots_take (LfCalendarSlots *self, gboolean is_slow, LfCalendarSlotFunc function, gpointer user_data);
gboolean         lf_calendar_slots_forget (LfCalendarSlots *self, gpointer user_data);
gboolean         lf_calendar_slots_slow_down (LfCalendarSlots *self);
gboolean         lf_calendar_slots_is_wanted (LfCalendarSlots *self);
void             lf_calendar_slots_release (LfCalendarSlots *self, gboolean is_slow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarSlots, lf_calendar_slots_unref)

G_END_DECLS
