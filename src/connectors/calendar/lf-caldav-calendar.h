/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-caldav-request.h"
#include "lf-calendar-nursery.h"
#include "lf-ical-reader.h"

G_BEGIN_DECLS

#define LF_TYPE_CALDAV_CALENDAR (lf_caldav_calendar_get_type ())

/**
 * LfCaldavCalendar:
 *
 * One calendar of a CalDAV server, kept in step: what each of its objects says, by address and ETag.
 * Only what changed is fetched and expanded; all of it again when the window has moved past what was
 * expanded, about once a week.
 */
G_DECLARE_FINAL_TYPE (LfCaldavCalendar, lf_caldav_calendar, LF, CALDAV_CALENDAR, GObject)

LfCaldavCalendar *lf_caldav_calendar_new (const char *url);
gboolean          lf_caldav_calendar_is_current (LfCaldavCalendar *self, const LfDavResponse *told, gint64 until_us);
void              lf_caldav_calendar_sync_async (LfCaldavCalendar *self, LfCalendarHttp *http, LfCalendarNursery *nursery, const LfDavResponse *told, const LfIcalOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean          lf_caldav_calendar_sync_finish (LfCaldavCalendar *self, GAsyncResult *result, guint *retry_after_s, GError **error);
void              lf_caldav_calendar_collect (LfCaldavCalendar *self, GArray *periods, LfIcalResult *result);

G_END_DECLS
