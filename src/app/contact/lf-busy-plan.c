/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-busy-plan.h"
#include "lf-status-words.h"

static gint64
instant_of_hour (GTimeZone *zone,
                 GDateTime *day,
                 int        hour)
{
  int                   year, month, day_of_month;
  g_autoptr (GDateTime) midnight = NULL;
  g_autoptr (GDateTime) whole = NULL;

  g_date_time_get_ymd (day, &year, &month, &day_of_month);
  if (hour < 24)
    whole = g_date_time_new (zone, year, month, day_of_month, hour, 0, 0);
  else
    {
      midnight = g_date_time_new (zone, year, month, day_of_month, 0, 0, 0);
      whole = g_date_time_add_days (midnight, 1);
    }
  return g_date_time_to_unix (whole) * LF_SECOND;
}

/* Where the calendar ends to be known, or the end of time for one that says nothing of it. What is planned for
 * another day is taken for true as long as the calendar is not stale today. */
static gint64
get_horizon_us (const LfBusyDay  *day,
                const LfCalendar *calendar)
{
  if (calendar->valid_until_us == LF_INSTANT_NONE)
    return G_MAXINT64;
  return day->is_today || day->now_us >= calendar->valid_until_us ? calendar->valid_until_us
                                                                  : lf_calendar_get_window_end_us (calendar);
}

static GDateTime *
local_time (GTimeZone *zone,
            gint64     at_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / LF_SECOND);

  /* Instants beyond the calendar of GLib cannot be shown; the epoch stands in for them. */
  if (utc == NULL)
    utc = g_date_time_new_from_unix_utc (0);
  return g_date_time_to_timezone (utc, zone);
}

/* Meetings decide how much of the day is drawn; days off and the like do not. */
static gboolean
widens (LfBusyType type)
{
  return type == LF_BUSY_BUSY || type == LF_BUSY_TENTATIVE;
}

static void
widen_to (LfBusyDay          *self,
          const LfBusyPeriod *period,
          gint64              midnight_us,
          gint64              next_midnight_us,
          GTimeZone          *zone)
{
  gint64                start_us = MAX (period->start_us, midnight_us);
  gint64                end_us = MIN (period->end_us, next_midnight_us);
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) end = NULL;

  if (!widens (period->type) || start_us >= end_us)
    return;
  start = local_time (zone, start_us);
  self->first_hour = MIN (self->first_hour, g_date_time_get_hour (start));
  if (end_us == next_midnight_us)
    self->last_hour = 24;
  else
    {
      int hour;

      end = local_time (zone, end_us);
      hour = g_date_time_get_hour (end);
      if (g_date_time_get_minute (end) > 0 || g_date_time_get_second (end) > 0)
        hour++;
      self->last_hour = MAX (self->last_hour, hour);
    }
}

static void
add_periods (LfBusyPlan       *self,
             const LfBusyList *busy)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (busy, &n_periods);
  gint64              joined_until_us = G_MININT64;

  for (gsize i = 0; i < n_periods; i++)
    {
      LfBusyPeriod period = periods[i];

      if (period.type == LF_BUSY_BUSY)
        {
          if (period.start_us < joined_until_us)
            continue;
          lf_busy_list_block_at (busy, period.start_us, &period);
          joined_until_us = period.end_us;
        }
      period.start_us = MAX (period.start_us, self->from_us);
      period.end_us = MIN (period.end_us, self->until_us);
      period.type = periods[i].type;
      if (period.start_us < period.end_us)
        g_array_append_val (self->periods, period);
    }
}

/**
 * lf_busy_day_init:
 * @self: (out caller-allocates): the day
 * @days: how many days after today; 0 is today
 * @now_us: now
 * @zone: the viewer's time zone
 *
 * Shows a day from 8 to 18 o'clock, wider by whole hours where @now_us itself lies outside.
 */
void
lf_busy_day_init (LfBusyDay *self,
                  int        days,
                  gint64     now_us,
                  GTimeZone *zone)
{
  g_autoptr (GDateTime) now = local_time (zone, now_us);
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);

  self->is_today = days == 0;
  self->now_us = now_us;
  self->at_us = days == 0 ? now_us : g_date_time_to_unix (then) * LF_SECOND;
  self->first_hour = LF_BUSY_PLAN_FIRST_HOUR;
  self->last_hour = LF_BUSY_PLAN_LAST_HOUR;
  if (!self->is_today)
    return;
  self->first_hour = MIN (self->first_hour, g_date_time_get_hour (now));
  self->last_hour = MAX (self->last_hour, g_date_time_get_hour (now) + 1);
}

/**
 * lf_busy_day_widen:
 * @self: the day
 * @calendar: what is known of somebody's calendar
 * @zone: the viewer's time zone
 *
 * Makes room, by whole hours, for the meetings and the tentative ones of that day.
 */
void
lf_busy_day_widen (LfBusyDay        *self,
                   const LfCalendar *calendar,
                   GTimeZone        *zone)
{
  g_autoptr (GDateTime) date = local_time (zone, self->at_us);
  gint64                midnight_us = instant_of_hour (zone, date, 0);
  gint64                next_midnight_us = instant_of_hour (zone, date, 24);
  gsize                 n_periods;
  const LfBusyPeriod   *periods = lf_busy_list_get (calendar->busy, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    widen_to (self, &periods[i], midnight_us, next_midnight_us, zone);
}

/**
 * lf_busy_plan_new:
 * @calendar: what is known of a calendar
 * @day: the day to lay out, and its hours
 * @zone: the viewer's time zone
 *
 * Returns: (transfer full): the plan
 */
LfBusyPlan *
lf_busy_plan_new (const LfCalendar *calendar,
                  const LfBusyDay  *day,
                  GTimeZone        *zone)
{
  LfBusyPlan           *self = g_new0 (LfBusyPlan, 1);
  g_autoptr (GDateTime) date = local_time (zone, day->at_us);

  self->day = *day;
  self->from_us = instant_of_hour (zone, date, day->first_hour);
  self->until_us = instant_of_hour (zone, date, day->last_hour);
  self->at_us = day->is_today ? day->at_us : self->from_us;
  self->periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  self->known_from_us = self->known_until_us = self->from_us;
  if (calendar->busy == NULL)
    return self;
  if (!calendar->is_state_only)
    {
      self->known_from_us = CLAMP (calendar->known_from_us, self->from_us, self->until_us);
      self->known_until_us = CLAMP (get_horizon_us (&self->day, calendar), self->from_us, self->until_us);
    }
  else /* where that ends may be the start of the next meeting, which nobody is to see */
    self->known_from_us = self->known_until_us = self->at_us;
  add_periods (self, calendar->busy);
  return self;
}

/**
 * lf_busy_plan_free:
 * @self: (transfer full): a plan
 *
 * Frees @self.
 */
void
lf_busy_plan_free (LfBusyPlan *self)
{
  g_array_unref (self->periods);
  g_free (self);
}

/**
 * lf_busy_plan_position:
 * @self: a plan
 * @at_us: an instant
 *
 * Tells where @at_us stands on the strip.
 *
 * Returns: 0 at the left end to 1 at the right end
 */
double
lf_busy_plan_position (const LfBusyPlan *self,
                       gint64            at_us)
{
  gint64 at = CLAMP (at_us, self->from_us, self->until_us);

  return (double) (at - self->from_us) / (double) (self->until_us - self->from_us);
}

/**
 * lf_busy_plan_period_at:
 * @self: a plan
 * @at_us: an instant
 * @period: (out): the period found
 *
 * Finds what is drawn on top at @at_us: a meeting before anything else.
 *
 * Returns: %TRUE if a period covers @at_us
 */
gboolean
lf_busy_plan_period_at (const LfBusyPlan *self,
                        gint64            at_us,
                        LfBusyPeriod     *period)
{
  gboolean is_found = FALSE;

  for (guint i = 0; i < self->periods->len; i++)
    {
      const LfBusyPeriod *candidate = &g_array_index (self->periods, LfBusyPeriod, i);

      if (at_us < candidate->start_us || at_us >= candidate->end_us)
        continue;
      if (is_found && candidate->type >= period->type)
        continue;
      *period = *candidate;
      is_found = TRUE;
    }
  return is_found;
}

/**
 * lf_busy_plan_is_known:
 * @self: a plan
 * @at_us: an instant
 *
 * Tells whether absence of a period at @at_us means free.
 *
 * Returns: %TRUE inside the known window
 */
gboolean
lf_busy_plan_is_known (const LfBusyPlan *self,
                       gint64            at_us)
{
  return at_us >= self->known_from_us && at_us < self->known_until_us;
}

/* Until when somebody is free who is free at @from_us. */
static char *
describe_free (const LfBusyPlan *self,
               const LfCalendar *calendar,
               gint64            from_us)
{
  gint64           horizon_us = get_horizon_us (&self->day, calendar);
  gint64           edge_us = lf_busy_list_next_edge (calendar->busy, LF_BUSY_BUSY, from_us);
  LfBusyPeriod     absence;
  g_autofree char *time = NULL;

  if (lf_busy_list_covers (calendar->busy, LF_BUSY_OUT_OF_OFFICE, from_us, &absence))
    {
      if (absence.end_us >= MIN (self->until_us, horizon_us))
        return g_strdup (_("out of office"));
      time = lf_status_words_format_time (absence.end_us, self->at_us);
      return g_strdup_printf (_("out of office until %s"), time);
    }
  if (edge_us != LF_INSTANT_NONE && edge_us < MIN (self->until_us, horizon_us))
    {
      time = lf_status_words_format_time (edge_us, self->at_us);
      return g_strdup_printf (_("free until %s"), time);
    }
  if (horizon_us >= self->until_us)
    return g_strdup (self->day.is_today ? _("free for the rest of the day") : _("free all day"));
  time = lf_status_words_format_time (horizon_us, self->at_us);
  return g_strdup_printf (_("free until at least %s"), time);
}

/**
 * lf_busy_plan_summarise:
 * @self: a plan
 * @calendar: the calendar it was made from
 *
 * Says in a few words when the person can be talked to: "free from 11:00 to 13:30", "free until 14:00".
 * Nothing is called free that is not known; of somebody whose current state alone may be seen, nothing beyond now.
 *
 * Returns: (transfer full): translated words
 */
char *
lf_busy_plan_summarise (const LfBusyPlan *self,
                        const LfCalendar *calendar)
{
  gint64           horizon_us = get_horizon_us (&self->day, calendar);
  gint64           edge_us;
  LfBusyPeriod     block;
  g_autofree char *from = NULL;
  g_autofree char *until = NULL;

  if (calendar->busy == NULL || self->at_us < calendar->known_from_us || self->at_us >= horizon_us ||
      (calendar->is_state_only && !self->day.is_today))
    return g_strdup (_("calendar not known"));
  if (!lf_busy_list_block_at (calendar->busy, self->at_us, &block))
    return calendar->is_state_only ? g_strdup (_("free now")) : describe_free (self, calendar, self->at_us);
  from = lf_status_words_format_time (MIN (block.end_us, horizon_us), self->at_us);
  if (block.end_us >= horizon_us)
    return g_strdup_printf (_("busy until at least %s"), from);
  edge_us = lf_busy_list_next_edge (calendar->busy, LF_BUSY_BUSY, block.end_us);
  if (edge_us == LF_INSTANT_NONE || edge_us >= MIN (self->until_us, horizon_us))
    return g_strdup_printf (_("free from %s"), from);
  until = lf_status_words_format_time (edge_us, self->at_us);
  /* Translators: two times, "free from 11:00 to 13:30" */
  return g_strdup_printf (_("free from %s to %s"), from, until);
}

/* The whole sentence, where there is room: "In a meeting until 11:00, then free until 13:30". */
static char *
describe_now (const LfBusyPlan *self,
              const LfCalendar *calendar)
{
  LfBusyPeriod     block;
  g_autofree char *time = NULL;
  g_autofree char *then = NULL;

  if (!self->day.is_today || calendar->busy == NULL || self->at_us < calendar->known_from_us ||
      !lf_busy_list_block_at (calendar->busy, self->at_us, &block) ||
      block.end_us >= MIN (self->until_us, get_horizon_us (&self->day, calendar)))
    return lf_busy_plan_summarise (self, calendar);
  time = lf_status_words_format_time (block.end_us, self->at_us);
  then = describe_free (self, calendar, block.end_us);
  /* Translators: a time, and "free until 13:30" or "free for the rest of the day" */
  return g_strdup_printf (_("In a meeting until %s, then %s"), time, then);
}

/**
 * lf_busy_plan_describe:
 * @self: a plan
 * @calendar: the calendar it was made from
 *
 * The whole strip in words, for screen readers and for the tooltip: what is now and then, and each period.
 *
 * Returns: (transfer full): translated words, one line each
 */
char *
lf_busy_plan_describe (const LfBusyPlan *self,
                       const LfCalendar *calendar)
{
  g_autofree char *now = describe_now (self, calendar);
  GString         *words = g_string_new (now);

  for (guint i = 0; i < self->periods->len; i++)
    {
      const LfBusyPeriod *period = &g_array_index (self->periods, LfBusyPeriod, i);
      g_autofree char    *start = lf_status_words_format_time (period->start_us, self->at_us);
      g_autofree char    *end = lf_status_words_format_time (period->end_us, self->at_us);

      g_string_append_c (words, '\n');
      /* Translators: start, end and kind of a period: "09:00–10:30 busy" */
      g_string_append_printf (words, _("%s–%s %s"), start, end, lf_busy_type_to_words (period->type));
    }
  return g_string_free (words, FALSE);
}

/**
 * lf_busy_type_to_words:
 * @type: a type of busy period
 *
 * Returns: (transfer none): what people call it, in the middle of a sentence
 */
const char *
lf_busy_type_to_words (LfBusyType type)
{
  switch (type)
    {
    case LF_BUSY_BUSY:
      return _("busy");
    case LF_BUSY_TENTATIVE:
      return _("tentative");
    case LF_BUSY_OUT_OF_OFFICE:
      return _("out of office");
    case LF_BUSY_ELSEWHERE:
      return _("working elsewhere");
    case LF_BUSY_ALL_DAY:
      return _("all day");
    default:
      return "";
    }
}
