/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-free-time.h"

/* What of the calendars together keeps people from meeting. */
typedef struct
{
  LfBusyList *busy;      /* owned; somebody is busy, out of office or away all day, all as `busy` */
  LfBusyList *tentative; /* owned; somebody may be busy, as `busy` too */
  gint64      known_from_us;
  gint64      known_until_us;
} Together;

/* Somebody who works elsewhere can still meet. */
static gboolean
keeps_away (LfBusyType type)
{
  return type == LF_BUSY_BUSY || type == LF_BUSY_OUT_OF_OFFICE || type == LF_BUSY_ALL_DAY;
}

static void
add_periods (GArray           *busy,
             GArray           *tentative,
             const LfBusyList *list)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (list, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      LfBusyPeriod period = { periods[i].start_us, periods[i].end_us, LF_BUSY_BUSY };

      if (keeps_away (periods[i].type))
        g_array_append_val (busy, period);
      else if (periods[i].type == LF_BUSY_TENTATIVE)
        g_array_append_val (tentative, period);
    }
}

static LfBusyList *
make_joined (const GArray *periods)
{
  g_autoptr (LfBusyList) list = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);

  return lf_busy_list_join (list);
}

static void
put_together (Together                *together,
              const LfCalendar *const *calendars,
              gsize                    n_calendars,
              gint64                   now_us)
{
  g_autoptr (GArray) busy = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  g_autoptr (GArray) tentative = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

  together->known_from_us = G_MININT64;
  together->known_until_us = G_MAXINT64;
  for (gsize i = 0; i < n_calendars; i++)
    {
      add_periods (busy, tentative, calendars[i]->busy);
      if (calendars[i]->known_from_us != LF_INSTANT_NONE)
        together->known_from_us = MAX (together->known_from_us, calendars[i]->known_from_us);
      if (lf_free_time_is_known (calendars[i], now_us))
        together->known_until_us = MIN (together->known_until_us, lf_calendar_get_window_end_us (calendars[i]));
      else
        together->known_until_us = G_MININT64;
    }
  together->busy = make_joined (busy);
  together->tentative = make_joined (tentative);
}

static void
add_found (GArray  *found,
           gint64   start_us,
           gint64   end_us,
           gint64   least_us,
           gboolean is_tentative)
{
  LfFreeTime time = {
    (start_us + LF_FREE_TIME_STEP_US - 1) / LF_FREE_TIME_STEP_US * LF_FREE_TIME_STEP_US, end_us, is_tentative
  };

  if (time.end_us - time.start_us >= least_us)
    g_array_append_val (found, time);
}

/* Goes along the gaps that @list leaves in [@start_us, @end_us). */
static gboolean
next_gap (const LfBusyList *list,
          gint64           *at_us,
          gint64            until_us,
          gint64           *gap_end_us)
{
  LfBusyPeriod period;
  gint64       edge_us;

  if (lf_busy_list_covers (list, LF_BUSY_BUSY, *at_us, &period))
    *at_us = period.end_us;
  if (*at_us >= until_us)
    return FALSE;
  edge_us = lf_busy_list_next_edge (list, LF_BUSY_BUSY, *at_us);
  *gap_end_us = edge_us == LF_INSTANT_NONE ? until_us : MIN (edge_us, until_us);
  return TRUE;
}

/* Where somebody may be busy for a part of a gap, the rest is offered; all of it where the rest is too short. */
static void
find_in_gap (GArray         *found,
             const Together *together,
             gint64          start_us,
             gint64          end_us,
             gint64          least_us)
{
  guint  n_before = found->len;
  gint64 at_us = start_us;
  gint64 gap_end_us;

  while (next_gap (together->tentative, &at_us, end_us, &gap_end_us))
    {
      add_found (found, at_us, gap_end_us, least_us, FALSE);
      at_us = gap_end_us;
    }
  if (found->len == n_before)
    add_found (found, start_us, end_us, least_us, TRUE);
}

static void
find_in_day (GArray                *found,
             const Together        *together,
             const LfFreeTimeQuery *query,
             GDateTime             *midnight)
{
  g_autoptr (GDateTime) first = NULL;
  g_autoptr (GDateTime) last = NULL;
  int                   year, month, day;
  gint64                at_us, end_us, gap_end_us;

  if (!query->has_weekends && g_date_time_get_day_of_week (midnight) > 5)
    return;
  g_date_time_get_ymd (midnight, &year, &month, &day);
  first = g_date_time_new (query->zone, year, month, day, query->first_hour, 0, 0);
  last = query->last_hour < 24 ? g_date_time_new (query->zone, year, month, day, query->last_hour, 0, 0)
                               : g_date_time_add_days (midnight, 1);
  at_us = MAX (g_date_time_to_unix (first) * LF_SECOND, MAX (query->from_us, together->known_from_us));
  end_us = MIN (g_date_time_to_unix (last) * LF_SECOND, MIN (query->until_us, together->known_until_us));
  while (next_gap (together->busy, &at_us, end_us, &gap_end_us))
    {
      find_in_gap (found, together, at_us, gap_end_us, query->least_us);
      at_us = gap_end_us;
    }
}

/**
 * lf_free_time_is_known:
 * @calendar: what is known of somebody's calendar
 * @now_us: now
 *
 * Tells whether it is known when that person is free: it is not by a calendar that is stale, nor of somebody whose
 * current state alone may be seen.
 *
 * Returns: %TRUE if the calendar can be searched
 */
gboolean
lf_free_time_is_known (const LfCalendar *calendar,
                       gint64            now_us)
{
  g_return_val_if_fail (calendar != NULL, FALSE);

  return calendar->busy != NULL && !calendar->is_state_only &&
         (calendar->valid_until_us == LF_INSTANT_NONE || now_us < calendar->valid_until_us);
}

/**
 * lf_free_time_is_tentative:
 * @calendar: what is known of somebody's calendar
 * @start_us: first instant
 * @end_us: first instant no longer meant
 *
 * Returns: %TRUE if that person may be busy somewhere in [@start_us, @end_us)
 */
gboolean
lf_free_time_is_tentative (const LfCalendar *calendar,
                           gint64            start_us,
                           gint64            end_us)
{
  gint64 edge_us;

  g_return_val_if_fail (calendar != NULL, FALSE);

  if (lf_busy_list_covers (calendar->busy, LF_BUSY_TENTATIVE, start_us, NULL))
    return TRUE;
  edge_us = lf_busy_list_next_edge (calendar->busy, LF_BUSY_TENTATIVE, start_us);
  return edge_us != LF_INSTANT_NONE && edge_us < end_us;
}

/**
 * lf_free_time_find:
 * @calendars: (array length=n_calendars): what is known of each person's calendar
 * @n_calendars: how many
 * @query: when, and how long
 *
 * Finds when all of them are free: nobody is busy, out of office or has an event of the whole day, and of everybody
 * it is known. Working elsewhere is no hindrance. Where somebody may be busy, what is left of the gap is offered, or
 * the gap as a tentative one if that is too short. A free time ends with the hours of its day.
 *
 * Returns: (transfer full) (element-type LfFreeTime): the earliest @query->n_max, by start; none overlap
 */
GArray *
lf_free_time_find (const LfCalendar *const *calendars,
                   gsize                    n_calendars,
                   const LfFreeTimeQuery   *query)
{
  GArray               *found = g_array_new (FALSE, FALSE, sizeof (LfFreeTime));
  Together              together;
  gint64                until_us;
  g_autoptr (GDateTime) day = NULL;
  int                   year, month, day_of_month;

  g_return_val_if_fail (query != NULL && query->least_us > 0, found);
  g_return_val_if_fail (calendars != NULL || n_calendars == 0, found);

  put_together (&together, calendars, n_calendars, query->from_us);
  until_us = MIN (query->until_us, together.known_until_us);
  if (query->from_us < until_us)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (query->from_us / LF_SECOND);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, query->zone);

      g_date_time_get_ymd (local, &year, &month, &day_of_month);
      day = g_date_time_new (query->zone, year, month, day_of_month, 0, 0, 0);
    }
  while (day != NULL && found->len < query->n_max && g_date_time_to_unix (day) * LF_SECOND < until_us)
    {
      GDateTime *next = g_date_time_add_days (day, 1);

      find_in_day (found, &together, query, day);
      g_date_time_unref (day);
      day = next;
    }
  if (found->len > query->n_max)
    g_array_set_size (found, query->n_max);
  lf_busy_list_unref (together.busy);
  lf_busy_list_unref (together.tentative);
  return found;
}
