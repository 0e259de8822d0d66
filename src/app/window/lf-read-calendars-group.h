/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_READ_CALENDARS_GROUP (lf_read_calendars_group_get_type ())

/**
 * LfReadCalendarsGroup:
 *
 * The group “Read by the server” of the preferences: the user's calendars that the server's connectors read,
 * and how that goes. It is not seen when there are none.
 */
G_DECLARE_FINAL_TYPE (LfReadCalendarsGroup, lf_read_calendars_group, LF, READ_CALENDARS_GROUP, AdwPreferencesGroup)

void lf_read_calendars_group_set_client (LfReadCalendarsGroup *self, LfClient *client); /* once */

G_END_DECLS
