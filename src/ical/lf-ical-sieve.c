/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-sieve.h"

#define HOUR_S 3600

#define MAX_NUMBER 366 /* of days of a year, and of positions among them */
#define MAX_DAYS   371 /* of a year of weeks */

/* A set of the numbers from -MAX_NUMBER to MAX_NUMBER: each list of a rule fits into it. */
typedef struct
{
  gboolean is_given;
  guint64  positive[MAX_NUMBER / 64 + 1]; /* bit N: N */
  guint64  negative[MAX_NUMBER / 64 + 1]; /* bit N: -N */
} NumberSet;

struct _LfIcalSieve
{
  NumberSet hours;
  NumberSet minutes;
  NumberSet seconds;
  NumberSet months;
  NumberSet weeks;
  NumberSet year_days;
  NumberSet month_days;
  NumberSet positions;
  NumberSet weekdays;   /* 0 is Monday */
  int       week_start; /* the same */
  gint64    interval;
  gint64    count; /* instances left; 0: without end */
  gboolean  has_count;
  gint64    start_s;
  gint64    start_week_year;
  gint64    step_s;
  gint64    step_at_s; /* the hour or day being looked at; with positions the next year, by one of its days */
  GArray   *offsets;   /* owned; of gint64: instances within an hour or day, seconds from its start */
  guint     next_offset;
  GArray   *chosen; /* owned, nullable; of gint64: with positions, instances of one year */
  guint     next_chosen;
  guint     n_steps;
  gboolean  is_hourly;
  gboolean  was_cut;
};

static const char *const weekday_names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

static gboolean
is_in (const NumberSet *set,
       int              number)
{
  const guint64 *bits = number < 0 ? set->negative : set->positive;
  int            bit = ABS (number);

  return !set->is_given || (bits[bit / 64] >> bit % 64 & 1) != 0;
}

static void
add_number (NumberSet *set,
            int        number)
{
  guint64 *bits = number < 0 ? set->negative : set->positive;
  int      bit = ABS (number);

  bits[bit / 64] |= G_GUINT64_CONSTANT (1) << bit % 64;
}

/* Whether the @number of @n_numbers is meant, counted from the first or the last. */
static gboolean
is_counted (const NumberSet *set,
            int              number,
            int              n_numbers)
{
  return is_in (set, number) || is_in (set, number - n_numbers - 1);
}

/* Reads "1,2,-1": numbers @low to @high, and if @can_be_negative those from -@high to -1. */
static gboolean
read_numbers (const char *text,
              int         low,
              int         high,
              gboolean    can_be_negative,
              NumberSet  *set)
{
  g_auto (GStrv) numbers = g_strsplit (text, ",", -1);

  set->is_given = TRUE;
  if (numbers[0] == NULL)
    return FALSE;
  for (char **number = numbers; *number != NULL; number++)
    {
      const char *digits = *number + (**number == '+');
      gint64      value;

      if (!g_ascii_string_to_signed (digits, 10, can_be_negative ? -high : low, high, &value, NULL) ||
          (value < low && value > -low))
        return FALSE;
      add_number (set, (int) value);
    }
  return TRUE;
}

static int
find_weekday (const char *name)
{
  for (int i = 0; i < (int) G_N_ELEMENTS (weekday_names); i++)
    {
      if (g_str_equal (name, weekday_names[i]))
        return i;
    }
  return -1;
}

static gboolean
read_weekdays (const char *text,
               NumberSet  *set)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  set->is_given = TRUE;
  for (char **name = names; *name != NULL; name++)
    {
      int weekday = find_weekday (*name);

      if (weekday < 0)
        return FALSE;
      add_number (set, weekday);
    }
  return names[0] != NULL;
}

/* Reads one part of a rule; INTERVAL and COUNT were checked before. */
static gboolean
read_part (LfIcalSieve *self,
           const char  *name,
           const char  *value)
{
  if (g_str_equal (name, "FREQ"))
    self->is_hourly = g_str_equal (value, "HOURLY");
  else if (g_str_equal (name, "INTERVAL"))
    self->interval = g_ascii_strtoll (value, NULL, 10);
  else if (g_str_equal (name, "COUNT"))
    {
      self->count = g_ascii_strtoll (value, NULL, 10);
      self->has_count = TRUE;
    }
  else if (g_str_equal (name, "BYHOUR"))
    return read_numbers (value, 0, 23, FALSE, &self->hours);
  else if (g_str_equal (name, "BYMINUTE"))
    return read_numbers (value, 0, 59, FALSE, &self->minutes);
  else if (g_str_equal (name, "BYSECOND"))
    return read_numbers (value, 0, 60, FALSE, &self->seconds);
  else if (g_str_equal (name, "BYMONTH"))
    return read_numbers (value, 1, 12, FALSE, &self->months);
  else if (g_str_equal (name, "BYWEEKNO"))
    return read_numbers (value, 1, 53, TRUE, &self->weeks);
  else if (g_str_equal (name, "BYYEARDAY"))
    return read_numbers (value, 1, 366, TRUE, &self->year_days);
  else if (g_str_equal (name, "BYMONTHDAY"))
    return read_numbers (value, 1, 31, TRUE, &self->month_days);
  else if (g_str_equal (name, "BYSETPOS"))
    return read_numbers (value, 1, MAX_NUMBER, TRUE, &self->positions);
  else if (g_str_equal (name, "BYDAY"))
    return read_weekdays (value, &self->weekdays);
  else if (g_str_equal (name, "WKST"))
    {
      self->week_start = find_weekday (value);
      return self->week_start >= 0;
    }
  return TRUE;
}

static gint64
floor_div (gint64 a,
           gint64 b)
{
  return a / b - (a % b < 0);
}

static int
get_weekday (gint64 day)
{
  return (int) (day + 3 - floor_div (day + 3, 7) * 7); /* 1970-01-01 was a Thursday */
}

static gint64
get_day (gint64 year,
         int    month)
{
  LfIcalCivil civil = { (int) year, month, 1, 0, 0, 0 };

  return floor_div (lf_ical_civil_to_s (&civil), LF_ICAL_DAY_S);
}

static gint64
get_first_day (gint64 year)
{
  return get_day (year, 1);
}

/* The week of a day: it belongs to the year that has four of its days, counted from the week's first
 * (RFC 5545 section 3.3.10, BYWEEKNO). */
static int
get_week (const LfIcalSieve *self,
          gint64             day,
          gint64            *year)
{
  int    in_week = (get_weekday (day) - self->week_start + 7) % 7;
  gint64 fourth_day = day - in_week + 3;

  *year = lf_ical_civil_from_s (fourth_day * LF_ICAL_DAY_S).year;
  return (int) ((fourth_day - get_first_day (*year)) / 7) + 1;
}

static gboolean
is_week_meant (const LfIcalSieve *self,
               gint64             day)
{
  gint64 year;
  gint64 year_of_last;
  int    week;
  int    n_weeks;

  if (!self->weeks.is_given)
    return TRUE;
  week = get_week (self, day, &year);
  if (floor_div (year - self->start_week_year, self->interval) * self->interval != year - self->start_week_year)
    return FALSE;
  n_weeks = get_week (self, get_first_day (year + 1) - 4, &year_of_last); /* 28 December is always in the last */
  return is_counted (&self->weeks, week, n_weeks);
}

/* Whether the month, and the place of the day in it and in its year, are meant. */
static gboolean
is_date_meant (const LfIcalSieve *self,
               gint64             day)
{
  LfIcalCivil civil = lf_ical_civil_from_s (day * LF_ICAL_DAY_S);
  gint64      first_day = get_first_day (civil.year);
  int         n_days = civil.month == 12 ? 31 : (int) (get_day (civil.year, civil.month + 1) - get_day (civil.year, civil.month));

  return is_in (&self->months, civil.month) &&
         is_counted (&self->month_days, civil.day, n_days) &&
         is_counted (&self->year_days, (int) (day - first_day) + 1, (int) (get_first_day (civil.year + 1) - first_day));
}

static gboolean
is_day_meant (const LfIcalSieve *self,
              gint64             day)
{
  return is_in (&self->weekdays, get_weekday (day)) && is_week_meant (self, day) && is_date_meant (self, day);
}

static gboolean
is_step_meant (const LfIcalSieve *self)
{
  gint64 day = floor_div (self->step_at_s, LF_ICAL_DAY_S);

  return is_day_meant (self, day) &&
         (!self->is_hourly || is_in (&self->hours, (int) ((self->step_at_s - day * LF_ICAL_DAY_S) / HOUR_S)));
}

static int
compare_instants (gconstpointer a,
                  gconstpointer b)
{
  const gint64 *left = a;
  const gint64 *right = b;

  return (*left > *right) - (*left < *right);
}

/* Takes the instance at a position, from 0, of those that the offsets make of @days. */
static void
choose (LfIcalSieve  *self,
        const gint64 *days,
        int           n_days,
        gint64        position)
{
  gint64 n_offsets = self->offsets->len;
  gint64 at_s;

  if (position < 0 || position >= n_days * n_offsets)
    return;
  at_s = days[position / n_offsets] * LF_ICAL_DAY_S + g_array_index (self->offsets, gint64, position % n_offsets);
  for (guint i = 0; i < self->chosen->len; i++)
    {
      if (g_array_index (self->chosen, gint64, i) == at_s)
        return; /* it is the third and the last */
    }
  g_array_append_val (self->chosen, at_s);
}

/* Makes the instances of the year of weeks that @day lies in. */
static void
choose_of_year (LfIcalSieve *self,
                gint64       day)
{
  gint64 days[MAX_DAYS];
  int    n_days = 0;
  gint64 year;
  gint64 year_of_day;

  get_week (self, day, &year);
  for (gint64 at = get_first_day (year) - 6; n_days < MAX_DAYS && at < get_first_day (year + 1) + 6; at++)
    {
      get_week (self, at, &year_of_day);
      if (year_of_day == year && is_day_meant (self, at))
        days[n_days++] = at;
    }
  g_array_set_size (self->chosen, 0);
  self->next_chosen = 0;
  for (int number = 1; number <= MAX_NUMBER; number++)
    {
      if (is_in (&self->positions, number))
        choose (self, days, n_days, number - 1);
      if (is_in (&self->positions, -number))
        choose (self, days, n_days, n_days * (gint64) self->offsets->len - number);
    }
  g_array_sort (self->chosen, compare_instants);
}

static gboolean
is_listed (const NumberSet *set,
           int              number,
           int              otherwise)
{
  return set->is_given ? is_in (set, number) : number == otherwise;
}

/* Makes the instances of one hour or day: what is not listed is as in the start. */
static void
set_offsets (LfIcalSieve      *self,
             const LfIcalTime *start)
{
  LfIcalCivil civil = lf_ical_civil_from_s (start->civil_s);

  self->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (int hour = 0; hour < (self->is_hourly ? 1 : 24); hour++)
    {
      if (!self->is_hourly && !is_listed (&self->hours, hour, civil.hour))
        continue;
      for (int minute = 0; minute < 60; minute++)
        {
          if (!is_listed (&self->minutes, minute, civil.minute))
            continue;
          for (int second = 0; second < 60; second++)
            {
              gint64 offset_s = hour * HOUR_S + minute * 60 + second;

              if (is_listed (&self->seconds, second, civil.second))
                g_array_append_val (self->offsets, offset_s);
            }
        }
    }
}

/* With positions: which year to look at. Some weeks from its start no week is of another. */
static void
set_year (LfIcalSieve *self,
          gint64       year)
{
  self->step_at_s = (get_first_day (year) + 100) * LF_ICAL_DAY_S;
}

/* The first hour or day to look at; without a COUNT those long before are left out. */
static void
set_first_step (LfIcalSieve *self,
                gint64       from_civil_s)
{
  gint64 unit_s = self->is_hourly ? HOUR_S : LF_ICAL_DAY_S;

  if (self->positions.is_given)
    {
      gint64 year = self->start_week_year;
      gint64 from_year = lf_ical_civil_from_s (from_civil_s).year - 1; /* its last days may be among that year's weeks */

      if (!self->has_count && from_year > year)
        year += (from_year - year) / self->interval * self->interval;
      set_year (self, year);
      return;
    }
  self->step_s = self->is_hourly ? self->interval * HOUR_S : LF_ICAL_DAY_S;
  self->step_at_s = floor_div (self->start_s, unit_s) * unit_s;
  if (!self->has_count && from_civil_s > self->start_s)
    self->step_at_s += MAX (floor_div (from_civil_s - self->start_s, self->step_s) - 1, 0) * self->step_s;
}

/**
 * lf_ical_sieve_is_needed:
 * @words: the parts of a rule, upper case: a name, a zero byte and a value each; NULL-terminated
 *
 * Returns: %TRUE for rules by the hour, and by weeks of the year unless they number weekdays, which they must not
 */
gboolean
lf_ical_sieve_is_needed (char **words)
{
  gboolean has_weeks = FALSE;
  gboolean is_yearly = FALSE;

  g_return_val_if_fail (words != NULL, FALSE);

  for (char **word = words; *word != NULL; word++)
    {
      const char *value = *word + strlen (*word) + 1;

      if (**word == '\0')
        continue;
      if (g_str_equal (*word, "FREQ") && g_str_equal (value, "HOURLY"))
        return TRUE;
      if (g_str_equal (*word, "FREQ"))
        is_yearly = g_str_equal (value, "YEARLY");
      else if (g_str_equal (*word, "BYWEEKNO"))
        has_weeks = TRUE;
      else if (g_str_equal (*word, "BYDAY") && strpbrk (value, "0123456789") != NULL)
        return FALSE;
    }
  return has_weeks && is_yearly;
}

/**
 * lf_ical_sieve_new:
 * @words: as of lf_ical_sieve_is_needed(), which was %TRUE
 * @start: DTSTART on the wall clock of its zone
 * @from_civil_s: instances before this one may be left out, on the same wall
 * @issue: (out): why there is no sieve
 *
 * Source: RFC 5545 section 3.3.10.
 *
 * Returns: (transfer full) (nullable): the instances, or %NULL with @issue set
 */
LfIcalSieve *
lf_ical_sieve_new (char            **words,
                   const LfIcalTime *start,
                   gint64            from_civil_s,
                   LfIcalIssue      *issue)
{
  g_autoptr (LfIcalSieve) self = NULL;

  g_return_val_if_fail (words != NULL, NULL);
  g_return_val_if_fail (start != NULL, NULL);
  g_return_val_if_fail (issue != NULL, NULL);

  *issue = LF_ICAL_ISSUE_BAD_RULE;
  self = g_new0 (LfIcalSieve, 1);
  self->interval = 1;
  self->start_s = start->civil_s;
  for (char **word = words; *word != NULL; word++)
    {
      if (**word != '\0' && !read_part (self, *word, *word + strlen (*word) + 1))
        return NULL;
    }
  if (start->is_date && (self->is_hourly || self->hours.is_given || self->minutes.is_given || self->seconds.is_given))
    return NULL;

  /* a week without its days means the day of the start */
  if (!self->is_hourly && !self->weekdays.is_given && !self->month_days.is_given && !self->year_days.is_given)
    {
      self->weekdays.is_given = TRUE;
      add_number (&self->weekdays, get_weekday (floor_div (start->civil_s, LF_ICAL_DAY_S)));
    }
  get_week (self, floor_div (start->civil_s, LF_ICAL_DAY_S), &self->start_week_year);
  set_offsets (self, start);
  self->chosen = g_array_new (FALSE, FALSE, sizeof (gint64));
  set_first_step (self, from_civil_s);
  return g_steal_pointer (&self);
}

/**
 * lf_ical_sieve_free:
 * @self: (transfer full): instances
 */
void
lf_ical_sieve_free (LfIcalSieve *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->offsets, g_array_unref);
  g_clear_pointer (&self->chosen, g_array_unref);
  g_free (self);
}

/* Takes one of the current hour or day; none is left at its end. */
static gboolean
take_offset (LfIcalSieve *self,
             gint64      *civil_s)
{
  while (self->next_offset < self->offsets->len)
    {
      gint64 at_s = self->step_at_s + g_array_index (self->offsets, gint64, self->next_offset++);

      if (at_s < self->start_s)
        continue;
      *civil_s = at_s;
      return TRUE;
    }
  return FALSE;
}

/* Gives up after so many hours or days. */
static gboolean
count_steps (LfIcalSieve *self,
             guint        n_steps)
{
  self->n_steps += n_steps;
  self->was_cut = self->n_steps > LF_ICAL_SIEVE_MAX_STEPS;
  return !self->was_cut;
}

/* The next one of those that have their positions in their year. */
static gboolean
take_chosen (LfIcalSieve *self,
             gint64      *civil_s)
{
  for (;;)
    {
      gint64 year;

      while (self->next_chosen < self->chosen->len)
        {
          *civil_s = g_array_index (self->chosen, gint64, self->next_chosen++);
          if (*civil_s >= self->start_s)
            return TRUE;
        }
      if (self->step_at_s > LF_ICAL_MAX_S || !count_steps (self, MAX_DAYS))
        return FALSE;
      get_week (self, floor_div (self->step_at_s, LF_ICAL_DAY_S), &year);
      choose_of_year (self, floor_div (self->step_at_s, LF_ICAL_DAY_S));
      set_year (self, year + self->interval);
    }
}

/**
 * lf_ical_sieve_next:
 * @self: instances
 * @civil_s: (out): the next one, on the wall clock of the rule's zone
 *
 * Returns: %FALSE when there are no more, or %LF_ICAL_SIEVE_MAX_STEPS hours or days were looked at
 */
gboolean
lf_ical_sieve_next (LfIcalSieve *self,
                    gint64      *civil_s)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (civil_s != NULL, FALSE);

  if (self->has_count && self->count == 0)
    return FALSE;
  if (self->positions.is_given)
    {
      if (!take_chosen (self, civil_s))
        return FALSE;
      self->count -= self->has_count;
      return TRUE;
    }
  for (; self->step_at_s <= LF_ICAL_MAX_S; self->step_at_s += self->step_s, self->next_offset = 0)
    {
      if (self->next_offset == 0 && !count_steps (self, 1))
        return FALSE;
      if ((self->next_offset > 0 || is_step_meant (self)) && take_offset (self, civil_s))
        {
          self->count -= self->has_count;
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * lf_ical_sieve_was_cut:
 * @self: instances
 *
 * Returns: %TRUE if lf_ical_sieve_next() gave up before the rule ended
 */
gboolean
lf_ical_sieve_was_cut (const LfIcalSieve *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->was_cut;
}
