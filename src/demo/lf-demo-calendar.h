/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-demo-people.h"

G_BEGIN_DECLS

/**
 * LfDemoCalendar:
 *
 * One colleague's calendar as an .ics file: the day's usual meetings, and those added since.
 */
typedef struct _LfDemoCalendar LfDemoCalendar;

LfDemoCalendar *lf_demo_calendar_new (const char *folder, const LfDemoPerson *person, guint variety, gint64 now_us);
void            lf_demo_calendar_free (LfDemoCalendar *self);
void            lf_demo_calendar_add_meeting (LfDemoCalendar *self, gint64 start_us, gint64 end_us);
gboolean        lf_demo_calendar_is_busy_at (LfDemoCalendar *self, gint64 at_us);
gboolean        lf_demo_calendar_write (LfDemoCalendar *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDemoCalendar, lf_demo_calendar_free)

G_END_DECLS
