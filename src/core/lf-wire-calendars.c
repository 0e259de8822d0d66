/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire-calendars.h"
#include "lf-wire-table.h"

const char *const lf_calendar_code_names[LF_N_CALENDAR_CODES + 1] = {
  [LF_CALENDAR_CODE_OK] = "ok",
  [LF_CALENDAR_CODE_REFUSED] = "calendar_refused",
  [LF_CALENDAR_CODE_GONE] = "calendar_gone",
  [LF_CALENDAR_CODE_UNREADABLE] = "calendar_unreadable",
};

static const LfField read_calendar_fields[] = {
  ID (LfWireReadCalendar, source, "source", REQ),
  INSTANT (LfWireReadCalendar, read_at_us, "read_at"),
  ENUM (LfWireReadCalendar, code, "code", lf_calendar_code_names),
  END
};
SCHEMA (lf_schema_read_calendar, "read calendar", LfWireReadCalendar, read_calendar_fields);

/**
 * lf_calendar_code_from_health:
 * @health: what a calendar connector says of a calendar
 *
 * Returns: what its owner is told; %LF_CALENDAR_CODE_OK for whatever is not about calendars
 */
LfCalendarCode
lf_calendar_code_from_health (LfHealth health)
{
  if (health == LF_HEALTH_CALENDAR_REFUSED)
    return LF_CALENDAR_CODE_REFUSED;
  if (health == LF_HEALTH_CALENDAR_GONE)
    return LF_CALENDAR_CODE_GONE;
  if (health == LF_HEALTH_CALENDAR_UNREADABLE)
    return LF_CALENDAR_CODE_UNREADABLE;
  return LF_CALENDAR_CODE_OK;
}
