/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include "lf-error.h"
#include "lf-ical-expand.h"
#include "lf-ical-recur.h"
#include "lf-ical-rules.h"
#include "lf-instant.h"

/* All events of one UID. A master lists instances; an override (RECURRENCE-ID) stands in for one of
 * them and counts by itself, wherever it was moved to; one for THISANDFUTURE also changes those after it. */
typedef struct
{
  GPtrArray  *masters;        /* of LfIcalEvent, borrowed */
  GPtrArray  *overrides;      /* of LfIcalEvent, borrowed */
  GHashTable *taken_instants; /* gint64: instances that have an override, or are excluded */
  GHashTable *taken_days;     /* gint64: the same, named by a date alone */
} Series;

/* One master being expanded. */
typedef struct
{
  const LfIcalEvent *master;
  Series            *series;
  LfIcalWindow      *window;
  gint64             first_civil_s; /* instances outside of these two cannot reach the window */
  gint64             last_civil_s;
} Expansion;

static Series *
series_new (void)
{
  Series *self = g_new0 (Series, 1);

  self->masters = g_ptr_array_new ();
  self->overrides = g_ptr_array_new ();
  return self;
}

static void
series_free (Series *self)
{
  g_ptr_array_unref (self->masters);
  g_ptr_array_unref (self->overrides);
  g_clear_pointer (&self->taken_instants, g_hash_table_unref);
  g_clear_pointer (&self->taken_days, g_hash_table_unref);
  g_free (self);
}

static void
add_number (GHashTable *set,
            gint64      number)
{
  g_hash_table_add (set, g_memdup2 (&number, sizeof number));
}

/* Publishes one instance: cut to the window, nothing if it has no length. */
static void
add_instance (LfIcalWindow         *window,
              const LfIcalEvent    *event,
              const LfIcalMoment   *start,
              const LfIcalDuration *length)
{
  gint64       start_s = lf_ical_moment_to_utc_s (start);
  gint64       end_s = lf_ical_moment_add (start, length);
  LfBusyPeriod period;

  if (!event->counts || end_s <= start_s || end_s <= window->from_s || start_s >= window->to_s)
    return;
  if (window->periods->len > LF_ICAL_MAX_INSTANCES)
    return;
  period.type = lf_ical_rules_widen (event->type, start->time.is_date, (end_s - start_s) * LF_SECOND);
  period.start_us = MAX (start_s, window->from_s) * LF_SECOND;
  period.end_us = MIN (end_s, window->to_s) * LF_SECOND;
  g_array_append_val (window->periods, period);
}

/* How far an override moves its instance on the wall. */
static gint64
get_shift_s (const LfIcalEvent *override)
{
  if (override->recurrence.time.is_date)
    return (lf_ical_moment_to_day (&override->start) - lf_ical_moment_to_day (&override->recurrence)) * LF_ICAL_DAY_S;
  return lf_ical_zone_to_civil_s (override->start.zone, lf_ical_moment_to_utc_s (&override->start)) -
         lf_ical_zone_to_civil_s (override->start.zone, lf_ical_moment_to_utc_s (&override->recurrence));
}

/* The latest THISANDFUTURE override before @utc_s. */
static const LfIcalEvent *
find_range (Series *series,
            gint64  utc_s)
{
  const LfIcalEvent *found = NULL;

  for (guint i = 0; i < series->overrides->len; i++)
    {
      const LfIcalEvent *override = g_ptr_array_index (series->overrides, i);
      gint64             at_s;

      if (!override->is_range)
        continue;
      at_s = lf_ical_moment_to_utc_s (&override->recurrence);
      if (at_s <= utc_s && (found == NULL || at_s >= lf_ical_moment_to_utc_s (&found->recurrence)))
        found = override;
    }
  return found;
}

/* Takes one instance of a master's set, unless it is excluded or has an override. */
static void
take_instance (Expansion            *expansion,
               gint64                civil_s,
               const LfIcalMoment   *like,
               const LfIcalDuration *own_length)
{
  const LfIcalEvent    *event = expansion->master;
  const LfIcalDuration *length = own_length != NULL ? own_length : &event->length;
  const LfIcalEvent    *range;
  LfIcalMoment          start = *like;
  gint64                utc_s;
  gint64                day;

  start.time.civil_s = civil_s;
  utc_s = lf_ical_moment_to_utc_s (&start);
  day = lf_ical_moment_to_day (&start);
  if (g_hash_table_contains (expansion->series->taken_instants, &utc_s) ||
      g_hash_table_contains (expansion->series->taken_days, &day))
    return;

  range = find_range (expansion->series, utc_s);
  if (range != NULL)
    {
      start.time.civil_s += get_shift_s (range);
      event = range;
      length = &range->length;
    }
  add_instance (expansion->window, event, &start, length);
}

static gboolean
is_past_until (const LfIcalRecur  *recur,
               const LfIcalMoment *like,
               gint64              civil_s)
{
  LfIcalMoment start = *like;
  LfIcalTime   until;

  if (!lf_ical_recur_get_until (recur, &until))
    return FALSE;
  start.time.civil_s = civil_s;
  /* a series of dates, or an UNTIL that is one: its whole day is in */
  if ((until.is_date || start.time.is_date) && civil_s < until.civil_s - until.civil_s % LF_ICAL_DAY_S + LF_ICAL_DAY_S)
    return FALSE;
  if (until.is_utc)
    return lf_ical_moment_to_utc_s (&start) > until.civil_s;
  return civil_s > until.civil_s;
}

static void
expand_rule (Expansion  *expansion,
             const char *rule)
{
  const LfIcalMoment     *start = &expansion->master->start;
  LfIcalIssue             issue;
  gint64                  civil_s;
  g_autoptr (LfIcalRecur) recur = lf_ical_recur_new (rule, &start->time, expansion->first_civil_s, &issue);

  if (recur == NULL)
    {
      lf_ical_issues_add (expansion->window->issues, issue);
      lf_ical_issues_name (expansion->window->issues, expansion->master->uid);
      return;
    }
  while (lf_ical_recur_next (recur, &civil_s) && civil_s <= expansion->last_civil_s &&
         expansion->window->periods->len <= LF_ICAL_MAX_INSTANCES)
    {
      if (civil_s < expansion->first_civil_s)
        continue;
      if (is_past_until (recur, start, civil_s))
        break;
      take_instance (expansion, civil_s, start, NULL);
    }
  if (!lf_ical_recur_was_cut (recur))
    return;
  lf_ical_issues_add (expansion->window->issues, LF_ICAL_ISSUE_CUT_RULE);
  lf_ical_issues_name (expansion->window->issues, expansion->master->uid);
}

/* The bounds of instances that can reach the window, by their own length or after being moved. */
static void
set_bounds (Expansion *expansion)
{
  const LfIcalEvent *master = expansion->master;
  gint64             longest_s = master->length.days * LF_ICAL_DAY_S + master->length.seconds;
  gint64             latest_s = 0;
  gint64             earliest_s = 0;

  for (guint i = 0; i < expansion->series->overrides->len; i++)
    {
      const LfIcalEvent *override = g_ptr_array_index (expansion->series->overrides, i);

      if (!override->is_range)
        continue;
      longest_s = MAX (longest_s, override->length.days * LF_ICAL_DAY_S + override->length.seconds);
      latest_s = MAX (latest_s, get_shift_s (override));
      earliest_s = MIN (earliest_s, get_shift_s (override));
    }
  /* two days more than enough for any offset from UTC */
  expansion->first_civil_s = expansion->window->from_s - longest_s - latest_s - 2 * LF_ICAL_DAY_S;
  expansion->last_civil_s = expansion->window->to_s - earliest_s + 2 * LF_ICAL_DAY_S;
}

static void
expand_master (const LfIcalEvent *master,
               Series            *series,
               LfIcalWindow      *window)
{
  Expansion expansion = { .master = master, .series = series, .window = window };

  set_bounds (&expansion);
  take_instance (&expansion, master->start.time.civil_s, &master->start, NULL);
  for (guint i = 0; master->rules != NULL && i < master->rules->len; i++)
    expand_rule (&expansion, g_ptr_array_index (master->rules, i));
  for (guint i = 0; master->extras != NULL && i < master->extras->len; i++)
    {
      const LfIcalExtra *extra = &g_array_index (master->extras, LfIcalExtra, i);

      take_instance (&expansion, extra->start.time.civil_s, &extra->start, extra->has_length ? &extra->length : NULL);
    }
}

/* Notes that a master does not count at a moment. Dates name whole days, and in a series of dates so do times. */
static void
take_moment (Series             *series,
             const LfIcalMoment *moment,
             gboolean            is_series_of_dates)
{
  if (moment->time.is_date)
    add_number (series->taken_days, lf_ical_moment_to_day (moment));
  else
    {
      add_number (series->taken_instants, lf_ical_moment_to_utc_s (moment));
      if (is_series_of_dates)
        add_number (series->taken_days, lf_ical_moment_to_day (moment));
    }
}

/* Several overrides of one instance: the highest SEQUENCE counts, of equal ones the last. */
static void
keep_latest_overrides (Series *series)
{
  g_autoptr (GHashTable) by_instant = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter         iter;
  gpointer               event;

  for (guint i = 0; i < series->overrides->len; i++)
    {
      LfIcalEvent *override = g_ptr_array_index (series->overrides, i);
      gint64       at_s = lf_ical_moment_to_utc_s (&override->recurrence);
      LfIcalEvent *other = g_hash_table_lookup (by_instant, &at_s);

      if (other == NULL || other->sequence <= override->sequence)
        g_hash_table_replace (by_instant, g_memdup2 (&at_s, sizeof at_s), override);
    }
  g_ptr_array_set_size (series->overrides, 0);
  g_hash_table_iter_init (&iter, by_instant);
  while (g_hash_table_iter_next (&iter, NULL, &event))
    g_ptr_array_add (series->overrides, event);
}

/* Looks at the masters: the highest SEQUENCE, and whether they are dates. Returns %FALSE if the latest
 * of them is cancelled: then its exceptions do not take place either. */
static gboolean
survey_masters (const Series *series,
                gint64       *sequence,
                gboolean     *is_of_dates)
{
  gboolean is_cancelled = FALSE;

  *sequence = G_MININT64;
  *is_of_dates = FALSE;
  for (guint i = 0; i < series->masters->len; i++)
    {
      const LfIcalEvent *master = g_ptr_array_index (series->masters, i);

      if (master->sequence >= *sequence)
        is_cancelled = master->is_cancelled;
      *sequence = MAX (*sequence, master->sequence);
      *is_of_dates = *is_of_dates || master->start.time.is_date;
    }
  return !is_cancelled;
}

static void
expand_series (Series       *series,
               LfIcalWindow *window)
{
  gint64   sequence;
  gboolean is_of_dates;

  if (!survey_masters (series, &sequence, &is_of_dates))
    return;
  if (series->overrides->len > 0)
    keep_latest_overrides (series);
  series->taken_instants = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  series->taken_days = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < series->overrides->len; i++)
    {
      const LfIcalEvent *override = g_ptr_array_index (series->overrides, i);

      take_moment (series, &override->recurrence, is_of_dates);
      add_instance (window, override, &override->start, &override->length);
    }
  for (guint i = 0; i < series->masters->len; i++)
    {
      const LfIcalEvent *master = g_ptr_array_index (series->masters, i);

      if (master->sequence < sequence)
        continue; /* an older version of the same event */
      for (guint j = 0; master->excluded != NULL && j < master->excluded->len; j++)
        take_moment (series, &g_array_index (master->excluded, LfIcalMoment, j), master->start.time.is_date);
      expand_master (master, series, window);
    }
}

/**
 * lf_ical_expand:
 * @events: (element-type LfIcalEvent): all events of one calendar
 * @window: from when to when, and where the periods go
 * @error: set to %LF_ERROR_TOO_LARGE if there are more than %LF_ICAL_MAX_INSTANCES periods
 *
 * Lists the periods in which the events hold their owner: repeat rules are expanded, exceptions
 * taken out, moved instances put where they were moved to.
 *
 * Returns: %TRUE if the list is whole
 */
gboolean
lf_ical_expand (GPtrArray    *events,
                LfIcalWindow *window,
                GError      **error)
{
  g_autoptr (GPtrArray)  all = NULL;
  g_autoptr (GHashTable) by_uid = NULL;

  g_return_val_if_fail (events != NULL, FALSE);
  g_return_val_if_fail (window != NULL, FALSE);

  all = g_ptr_array_new_with_free_func ((GDestroyNotify) series_free);
  by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < events->len; i++)
    {
      LfIcalEvent *event = g_ptr_array_index (events, i);
      Series      *series = event->uid == NULL ? NULL : g_hash_table_lookup (by_uid, event->uid);

      if (series == NULL)
        {
          series = series_new ();
          g_ptr_array_add (all, series);
          if (event->uid != NULL)
            g_hash_table_insert (by_uid, event->uid, series);
        }
      g_ptr_array_add (event->has_recurrence ? series->overrides : series->masters, event);
    }
  for (guint i = 0; i < all->len && window->periods->len <= LF_ICAL_MAX_INSTANCES; i++)
    expand_series (g_ptr_array_index (all, i), window);

  if (window->periods->len > LF_ICAL_MAX_INSTANCES)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE,
                   "The calendar has more than %d busy periods in its window.", LF_ICAL_MAX_INSTANCES);
      return FALSE;
    }
  return TRUE;
}
