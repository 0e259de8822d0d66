/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-calendar-config.h"
#include "lf-calendar-nursery.h"
#include "lf-calendar-slots.h"
#include "lf-clock.h"
#include "lf-ical-reader.h"
#include "lf-instant.h"

G_BEGIN_DECLS

#define LF_CALENDAR_WINDOW_US (16 * LF_DAY) /* a day back, 14 days on from any moment of the day */

#define LF_TYPE_CALENDAR_SOURCE (lf_calendar_source_get_type ())

/**
 * LfCalendarSource:
 *
 * One calendar of one person: reads it at the start, when its file changes and every few minutes,
 * and keeps what it said last. A reading that fails changes nothing of that: the periods stay until
 * their known_until, and nobody is free by mistake.
 *
 * Signal "failed" (GError): it could not be read; what it said last stays.
 * Signal "read": the calendar was read, or found unchanged; lf_calendar_source_get_read_at_us() moved.
 */
G_DECLARE_FINAL_TYPE (LfCalendarSource, lf_calendar_source, LF, CALENDAR_SOURCE, GObject)

LfCalendarSource             *lf_calendar_source_new (const LfCalendarSourceConfig *config, guint refresh_s, LfClock *clock, LfCalendarSlots *slots, LfCalendarNursery *nursery);
const LfCalendarSourceConfig *lf_calendar_source_get_config (LfCalendarSource *self);
const LfIcalResult           *lf_calendar_source_get_result (LfCalendarSource *self);
gint64                        lf_calendar_source_get_read_at_us (LfCalendarSource *self);
gboolean                      lf_calendar_source_get_is_started (LfCalendarSource *self);
gboolean                      lf_calendar_source_set_mail (LfCalendarSource *self, const char *mail);
void                          lf_calendar_source_read_now (LfCalendarSource *self);
void                          lf_calendar_source_stop (LfCalendarSource *self);

/* The window moves once a day, at midnight UTC: what is published changes with it, and each change makes
 * every watcher ask again. */
gint64 lf_calendar_window_start_us (gint64 now_us);

G_END_DECLS
