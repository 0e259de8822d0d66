/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-event.h"
#include "lf-ical-expand.h"

G_BEGIN_DECLS

#define LF_ICAL_MAX_AVAILABILITIES       100 /* of one calendar; those behind count for nothing */
#define LF_ICAL_AVAILABILITY_MAX_PERIODS 100 /* in the window; one that says more is no one's office hours */

/**
 * LfIcalAvailability:
 * @from_s: where it begins, seconds since 1970-01-01 UTC; %G_MININT64 for ever
 * @until_s: where it ends; %G_MAXINT64 for never
 * @rank: its PRIORITY, 1 before 9 before 10: none was given
 * @type: what the time is that it does not name as available
 * @available: (element-type LfIcalEvent): the times that it does name
 *
 * What is left of a VAVAILABILITY: when somebody is there, as with office hours, and when not.
 *
 * Source: RFC 7953 section 3.1.
 */
typedef struct
{
  gint64     from_s;
  gint64     until_s;
  int        rank;
  LfBusyType type;
  GPtrArray *available;
} LfIcalAvailability;

LfIcalAvailability *lf_ical_availability_parse (char *text, const LfIcalContext *context);
void                lf_ical_availability_free (LfIcalAvailability *self);
void                lf_ical_availability_expand (GPtrArray *availabilities, LfIcalWindow *window);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalAvailability, lf_ical_availability_free)

G_END_DECLS
