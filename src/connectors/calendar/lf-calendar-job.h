/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-reader.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/* What the connector and its worker process say to each other:
 *
 *   to the worker      one line of JSON (LfCalendarJob), then each calendar: a line with the number of
 *                      its bytes, and these
 *   from the worker    for each calendar one line of JSON (LfCalendarReply)
 *
 * A reply holds no word of the calendar: starts, ends, types and counts, and the UIDs of a few events that
 * could not be read, for the log.
 */

#define LF_CALENDAR_JOB_MAX_BYTES   (16 * 1024)
#define LF_CALENDAR_REPLY_MAX_BYTES (128 * 1024)

typedef struct
{
  char  *zone;      /* IANA name, nullable */
  GStrv  addresses; /* the owner's */
  gint64 from_us;
  gint64 to_us;
} LfCalendarJob;

typedef struct
{
  char  *name;
  gint64 count;
} LfCalendarIssue;

/* Either an error or a report. */
typedef struct
{
  char             *error;  /* why the calendar could not be read, nullable */
  LfWireBusyReport *report; /* nullable; read_at is the reader's moment */
  gint64            n_events;
  GPtrArray        *issues; /* of LfCalendarIssue */
  GStrv             named;  /* UIDs of events with issues, for the log; nullable */
} LfCalendarReply;

extern const LfSchema     lf_calendar_job_schema;
extern const LfSchema     lf_calendar_reply_schema;
extern const LfJsonLimits lf_calendar_job_limits;
extern const LfJsonLimits lf_calendar_reply_limits;

LF_WIRE_AUTOPTR (LfCalendarJob, lf_calendar_job_schema)
LF_WIRE_AUTOPTR (LfCalendarReply, lf_calendar_reply_schema)

void          lf_calendar_reply_encode (const LfIcalResult *result, gint64 now_us, const GError *error, GString *out);
LfIcalResult *lf_calendar_reply_decode (const char *text, gsize length, GError **error);

G_END_DECLS
