/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDARS_GROUP (lf_calendars_group_get_type ())

/**
 * LfCalendarsGroup:
 *
 * The group “On this computer” of the preferences: the calendars that the desktop knows, or why there are none.
 */
G_DECLARE_FINAL_TYPE (LfCalendarsGroup, lf_calendars_group, LF, CALENDARS_GROUP, AdwPreferencesGroup)

void lf_calendars_group_set_calendars (LfCalendarsGroup *self, LfDesktopCalendars *calendars); /* once */

G_END_DECLS
