/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

/* Calendars of a desktop that are what the test says, in place of lf-desktop-calendars.c. */

void lf_fake_calendars_set_state (LfDesktopCalendars *self, LfDesktopState state);
void lf_fake_calendars_add (LfDesktopCalendars *self, LfDesktopCalendar *calendar); /* (transfer full) */
void lf_fake_calendars_set_link (LfDesktopCalendars *self, const char *link);       /* nullable */

G_END_DECLS
