/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_BUSY_PLAN_FIRST_HOUR 8
#define LF_BUSY_PLAN_LAST_HOUR  18

/**
 * LfBusyDay:
 * @at_us: an instant of the day: now, when it is today
 * @now_us: now
 * @first_hour: wall-clock hour at which it is shown to begin, in the viewer's zone
 * @last_hour: wall-clock hour at which it is shown to end, up to 24
 * @is_today: the day is that of now
 *
 * What part of which day is laid out; of several people the same.
 */
typedef struct
{
  gint64   at_us;
  gint64   now_us;
  int      first_hour;
  int      last_hour;
  gboolean is_today;
} LfBusyDay;

void lf_busy_day_init (LfBusyDay *self, int days, gint64 now_us, GTimeZone *zone);
void lf_busy_day_widen (LfBusyDay *self, const LfCalendar *calendar, GTimeZone *zone);

/**
 * LfBusyPlan:
 * @from_us: left end of the strip
 * @until_us: right end
 * @day: the day and its hours
 * @known_from_us: start of what is known, cut to the strip
 * @known_until_us: end of what is known, cut to the strip; not after @known_from_us: nothing is
 * @at_us: what words say the state of: now, or the left end on another day
 * @periods: array of #LfBusyPeriod, cut to the strip, sorted by start; meetings less than a minute
 *   apart are joined
 *
 * One day of a person's calendar, laid out for the busy strip. No drawing, no widgets.
 */
typedef struct
{
  gint64    from_us;
  gint64    until_us;
  LfBusyDay day;
  gint64    known_from_us;
  gint64    known_until_us;
  gint64    at_us;
  GArray   *periods;
} LfBusyPlan;

LfBusyPlan *lf_busy_plan_new (const LfCalendar *calendar, const LfBusyDay *day, GTimeZone *zone);
void        lf_busy_plan_free (LfBusyPlan *self);
double      lf_busy_plan_position (const LfBusyPlan *self, gint64 at_us);
gboolean    lf_busy_plan_period_at (const LfBusyPlan *self, gint64 at_us, LfBusyPeriod *period);
gboolean    lf_busy_plan_is_known (const LfBusyPlan *self, gint64 at_us);
char       *lf_busy_plan_summarise (const LfBusyPlan *self, const LfCalendar *calendar);
char       *lf_busy_plan_describe (const LfBusyPlan *self, const LfCalendar *calendar);
const char *lf_busy_type_to_words (LfBusyType type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfBusyPlan, lf_busy_plan_free)

G_END_DECLS
