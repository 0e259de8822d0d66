/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"
#include "lf-ical-issue.h"
#include "lf-ical-time.h"
#include "lf-ical-zone.h"

G_BEGIN_DECLS

/* A time with the zone it is read in. */
typedef struct
{
  LfIcalTime  time;
  LfIcalZone *zone; /* borrowed from the zones of the calendar */
} LfIcalMoment;

/* One RDATE: a start, and an own length if it was a period. */
typedef struct
{
  LfIcalMoment   start;
  LfIcalDuration length;
  gboolean       has_length;
} LfIcalExtra;

/**
 * LfIcalEvent:
 * @uid: (nullable): which series it belongs to
 * @sequence: a higher one replaces a lower one
 * @start: DTSTART
 * @length: to the end; exact unless the event is of dates or has a DURATION in days
 * @recurrence: RECURRENCE-ID, if @has_recurrence
 * @is_range: the changes go for this instance and all later ones
 * @is_cancelled: it does not take place; of a series, none of it does
 * @counts: it holds its owner, as @type
 * @rules: (nullable): values of its RRULEs
 * @extras: (nullable): its RDATEs, #LfIcalExtra
 * @excluded: (nullable): its EXDATEs, #LfIcalMoment
 *
 * What is left of a VEVENT: when, and how its owner is busy. No words.
 */
typedef struct
{
  char          *uid;
  gint64         sequence;
  LfIcalMoment   start;
  LfIcalDuration length;
  LfIcalMoment   recurrence;
  gboolean       has_recurrence;
  gboolean       is_range;
  gboolean       is_cancelled;
  gboolean       counts;
  LfBusyType     type;
  GPtrArray     *rules;
  GArray        *extras;
  GArray        *excluded;
} LfIcalEvent;

/* What the reading of one calendar's components shares. */
typedef struct
{
  LfIcalZones       *zones;         /* borrowed */
  LfIcalIssues      *issues;        /* borrowed */
  const char *const *own_addresses; /* borrowed, nullable */
} LfIcalContext;

LfIcalEvent *lf_ical_event_parse (char *text, const LfIcalContext *context);
void         lf_ical_event_free (LfIcalEvent *self);
gboolean     lf_ical_moment_parse (const LfIcalContext *context, const char *text, const char *tzid, LfIcalMoment *moment);
gint64       lf_ical_moment_to_utc_s (const LfIcalMoment *self);
gint64       lf_ical_moment_to_day (const LfIcalMoment *self);
gint64       lf_ical_moment_add (const LfIcalMoment *self, const LfIcalDuration *length);
gboolean     lf_ical_free_busy_parse (char *text, const LfIcalContext *context, GArray *periods, gint64 *from_s, gint64 *until_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalEvent, lf_ical_event_free)

G_END_DECLS
