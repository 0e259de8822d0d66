/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-calendar-nursery.h"
#include "lf-calendar-reader.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_FEED (lf_calendar_feed_get_type ())

/**
 * LfCalendarFeed:
 *
 * A calendar that comes in one piece: a file, or an address that gives iCalendar.
 */
G_DECLARE_FINAL_TYPE (LfCalendarFeed, lf_calendar_feed, LF, CALENDAR_FEED, GObject)

LfCalendarReader *lf_calendar_feed_new (const LfCalendarSourceConfig *config, LfCalendarNursery *nursery);

G_END_DECLS
