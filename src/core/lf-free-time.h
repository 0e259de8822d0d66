/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-presence.h"

G_BEGIN_DECLS

#define LF_FREE_TIME_STEP_US (5 * LF_MINUTE) /* a free time starts at a multiple of this */

/**
 * LfFreeTime:
 * @start_us: first instant at which everybody is free
 * @end_us: first instant at which somebody no longer is
 * @is_tentative: somebody has a `tentative` period in it
 *
 * A half-open interval [start, end).
 */
typedef struct
{
  gint64   start_us;
  gint64   end_us;
  gboolean is_tentative;
} LfFreeTime;

/**
 * LfFreeTimeQuery:
 * @from_us: first instant looked at: now
 * @until_us: first instant no longer looked at
 * @least_us: how long the free time must be; more than 0
 * @zone: in which days and hours are counted
 * @first_hour: hour of the day at which it may start, 0 to 23
 * @last_hour: hour of the day by which it must end, up to 24
 * @has_weekends: Saturdays and Sundays count too
 * @n_max: how many are wanted, the earliest first
 */
typedef struct
{
  gint64     from_us;
  gint64     until_us;
  gint64     least_us;
  GTimeZone *zone;
  int        first_hour;
  int        last_hour;
  gboolean   has_weekends;
  guint      n_max;
} LfFreeTimeQuery;

gboolean lf_free_time_is_known (const LfCalendar *calendar, gint64 now_us);
gboolean lf_free_time_is_tentative (const LfCalendar *calendar, gint64 start_us, gint64 end_us);
GArray  *lf_free_time_find (const LfCalendar *const *calendars, gsize n_calendars, const LfFreeTimeQuery *query);

G_END_DECLS
