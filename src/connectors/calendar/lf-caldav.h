/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-calendar-nursery.h"
#include "lf-calendar-reader.h"

G_BEGIN_DECLS

#define LF_CALDAV_MAX_CALENDARS 100

#define LF_TYPE_CALDAV (lf_caldav_get_type ())

/**
 * LfCaldav:
 *
 * Somebody's calendars on a CalDAV server: finds them, sees by one question whether any changed, and
 * makes one answer of all that count. One's own count, but for those whose events hold nobody; or those
 * that the configuration names.
 */
G_DECLARE_FINAL_TYPE (LfCaldav, lf_caldav, LF, CALDAV, GObject)

LfCalendarReader *lf_caldav_new (const LfCalendarSourceConfig *config, LfCalendarNursery *nursery);

G_END_DECLS
