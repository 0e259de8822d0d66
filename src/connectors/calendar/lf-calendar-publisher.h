/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-reader.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_PUBLISHER (lf_calendar_publisher_get_type ())

/**
 * LfCalendarPublisher:
 *
 * Tells the server what the calendars say: one call at a time, only what changed or grew old, and
 * again with back-off while the server is gone.
 *
 * Signal "person-unknown" (const char *source name): the server knows no such person any more.
 * Signal "told-late" (const char *source name, const char *user id): what was forgotten while it was told has been told.
 */
G_DECLARE_FINAL_TYPE (LfCalendarPublisher, lf_calendar_publisher, LF, CALENDAR_PUBLISHER, GObject)

LfCalendarPublisher *lf_calendar_publisher_new (LfRest *rest);
void                 lf_calendar_publisher_offer (LfCalendarPublisher *self, const char *name, const char *user_id, const LfIcalResult *result, gint64 read_at_us);
void                 lf_calendar_publisher_tell_again (LfCalendarPublisher *self);
void                 lf_calendar_publisher_forget (LfCalendarPublisher *self, const char *name, const char *user_id);
void                 lf_calendar_publisher_stop (LfCalendarPublisher *self);

G_END_DECLS
