/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-wire.h"
#include "lf-wire-calls.h"

G_BEGIN_DECLS

/* In `me`: the calendars that the server's connectors read for that person, for the person alone */

/**
 * LfCalendarCode:
 * @LF_CALENDAR_CODE_OK: it can be read
 * @LF_CALENDAR_CODE_REFUSED: the connector is not let in: a password, a link or a permission
 * @LF_CALENDAR_CODE_GONE: there is no calendar any more where it was
 * @LF_CALENDAR_CODE_UNREADABLE: it cannot be read now, or not at all
 *
 * Why a calendar cannot be read: the part of #LfHealth that its owner is told.
 */
typedef enum
{
  LF_CALENDAR_CODE_OK,
  LF_CALENDAR_CODE_REFUSED,
  LF_CALENDAR_CODE_GONE,
  LF_CALENDAR_CODE_UNREADABLE,
} LfCalendarCode;

#define LF_N_CALENDAR_CODES 4

#define LF_MAX_READ_CALENDARS 16

/**
 * LfWireReadCalendar:
 * @source: what the connector calls it; never an address
 * @read_at_us: when it was last read, or %LF_INSTANT_NONE
 * @code: why it cannot be read now
 */
typedef struct
{
  char          *source;
  gint64         read_at_us;
  LfCalendarCode code;
} LfWireReadCalendar;

extern const char *const lf_calendar_code_names[LF_N_CALENDAR_CODES + 1];
extern const LfSchema    lf_schema_read_calendar;

LfCalendarCode lf_calendar_code_from_health (LfHealth health);

G_END_DECLS
