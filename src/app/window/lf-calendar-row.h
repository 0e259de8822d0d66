/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_ROW (lf_calendar_row_get_type ())

/**
 * LfCalendarRow:
 *
 * One calendar of this computer in the preferences: its colour, name and account, or what stands in its way, and the
 * switch that lets it count.
 */
G_DECLARE_FINAL_TYPE (LfCalendarRow, lf_calendar_row, LF, CALENDAR_ROW, AdwActionRow)

GtkWidget *lf_calendar_row_new (LfDesktopCalendars *calendars, LfDesktopCalendar *calendar);

G_END_DECLS
