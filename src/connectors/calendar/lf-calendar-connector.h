/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-clock.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_CONNECTOR (lf_calendar_connector_get_type ())

/**
 * LfCalendarConnector:
 *
 * The connector without its command line: learns from the server who is there, reads the
 * calendars of those people, and publishes when they are busy.
 */
G_DECLARE_FINAL_TYPE (LfCalendarConnector, lf_calendar_connector, LF, CALENDAR_CONNECTOR, GObject)

LfCalendarConnector *lf_calendar_connector_new (LfClock *clock);
gboolean             lf_calendar_connector_apply (LfCalendarConnector *self, const LfCalendarConfig *config, GError **error);
void                 lf_calendar_connector_stop (LfCalendarConnector *self);

G_END_DECLS
