/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include <libical/ical.h>

#include "lf-ical-recur.h"
#include "lf-ical-sieve.h"

struct _LfIcalRecur
{
  icalrecur_iterator *iterator; /* owned, nullable */
  LfIcalSieve        *sieve;    /* owned, nullable: in its place for what libical gets wrong */
  LfIcalTime          until;
  gboolean            has_until;
  guint               n_steps;
  gboolean            was_cut;
};

/* What the filter reads of a rule before libical sees it. */
typedef struct
{
  const char *freq;
  const char *until;
  const char *by_day;
  const char *week_start;
  gint64      interval;
  gboolean    has_count;
  gboolean    has_coarse_part; /* BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO: they make sub-daily rules spin */
  gboolean    has_set_pos;     /* BYSETPOS */
} RuleParts;

static const char *const weekday_names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

static struct icaltimetype
to_libical (const LfIcalTime *time)
{
  LfIcalCivil         civil = lf_ical_civil_from_s (time->civil_s);
  struct icaltimetype result = icaltime_null_time ();

  result.year = civil.year;
  result.month = civil.month;
  result.day = civil.day;
  result.is_date = time->is_date;
  if (!time->is_date)
    {
      result.hour = civil.hour;
      result.minute = civil.minute;
      result.second = civil.second;
    }
  return result;
}

static gint64
from_libical (struct icaltimetype time)
{
  LfIcalCivil civil = { time.year, time.month, time.day, time.hour, time.minute, time.second };

  if (time.is_date)
    civil.hour = civil.minute = civil.second = 0;
  return lf_ical_civil_to_s (&civil);
}

/* Reads one NAME=VALUE of a rule. */
static gboolean
read_part (RuleParts  *parts,
           const char *name,
           const char *value)
{
  guint64 number;

  if (g_str_equal (name, "FREQ"))
    parts->freq = value;
  else if (g_str_equal (name, "UNTIL"))
    parts->until = value;
  else if (g_str_equal (name, "BYDAY"))
    parts->by_day = value;
  else if (g_str_equal (name, "WKST"))
    parts->week_start = value;
  else if (g_str_equal (name, "INTERVAL"))
    {
      if (!g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT32, &number, NULL))
        return FALSE;
      parts->interval = (gint64) number;
    }
  else if (g_str_equal (name, "COUNT"))
    {
      if (!g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT32, &number, NULL))
        return FALSE;
      parts->has_count = TRUE;
    }
  else if (g_str_has_prefix (name, "BYMONTH") || g_str_equal (name, "BYYEARDAY") || g_str_equal (name, "BYWEEKNO"))
    parts->has_coarse_part = TRUE;
  else if (g_str_equal (name, "BYSETPOS"))
    parts->has_set_pos = TRUE;
  return TRUE;
}

/* Cuts a rule into @words ("FREQ=WEEKLY"), upper case, changed in place. */
static gboolean
read_parts (char     **words,
            RuleParts *parts)
{
  *parts = (RuleParts){ .interval = 1 };

  for (char **word = words; *word != NULL; word++)
    {
      char *value = strchr (*word, '=');

      if (**word == '\0')
        continue;
      if (value == NULL)
        return FALSE;
      *value++ = '\0';
      if (!read_part (parts, *word, value))
        return FALSE;
    }
  return parts->freq != NULL;
}

static int
find_weekday (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (weekday_names); i++)
    {
      if (strncmp (name, weekday_names[i], 2) == 0)
        return (int) i;
    }
  return -1;
}

/* A weekly rule whose start is on none of its days: libical picks the wrong week for some. Moves the
 * start to the first instance, which is what the rule means. */
static void
move_to_first_weekday (const RuleParts *parts,
                       LfIcalTime      *start)
{
  gint64 day = start->civil_s / LF_ICAL_DAY_S - (start->civil_s % LF_ICAL_DAY_S < 0);
  int    weekday = (int) (((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday; 0 is Monday */
  int    week_start = MAX (find_weekday (parts->week_start), 0);
  int    in_week = (weekday - week_start + 7) % 7;
  int    best = G_MAXINT;

  for (const char *cursor = parts->by_day; cursor != NULL; cursor = strchr (cursor, ','))
    {
      int found;
      int position;

      cursor += *cursor == ',';
      found = find_weekday (cursor);
      if (found < 0)
        return; /* libical will refuse it */
      position = (found - week_start + 7) % 7;
      if (position < in_week)
        position += 7 * (int) MIN (parts->interval, 1000);
      best = MIN (best, position);
    }
  if (best != G_MAXINT)
    start->civil_s += (gint64) (best - in_week) * LF_ICAL_DAY_S;
}

/* libical gets the rule without UNTIL, which is ours to apply. */
static char *
join_without_until (char **words)
{
  GString *rule = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    {
      if (**word == '\0' || g_str_equal (*word, "UNTIL"))
        continue;
      if (rule->len > 0)
        g_string_append_c (rule, ';');
      g_string_append_printf (rule, "%s=%s", *word, *word + strlen (*word) + 1);
    }
  return g_string_free (rule, FALSE);
}

static gboolean
is_refused (const RuleParts *parts)
{
  if (g_str_equal (parts->freq, "SECONDLY") || g_str_equal (parts->freq, "MINUTELY"))
    return TRUE;
  if (!g_str_equal (parts->freq, "HOURLY"))
    return FALSE;
  /* “the fifth Monday of an hour” is as endless a search as the 30th of February */
  return parts->has_coarse_part || parts->has_set_pos || parts->interval > 24 * 366 ||
         (parts->by_day != NULL && strpbrk (parts->by_day, "0123456789") != NULL);
}

/* Makes the iterator, and lets it begin near @from_civil_s where the rule allows. */
static icalrecur_iterator *
make_iterator (const char       *rule,
               const RuleParts  *parts,
               const LfIcalTime *start,
               gint64            from_civil_s)
{
  struct icalrecurrencetype recurrence;
  icalrecur_iterator       *iterator;
  LfIcalTime                from = *start;

  icalerror_set_errors_are_fatal (0);
  recurrence = icalrecurrencetype_from_string (rule);
  if (recurrence.freq == ICAL_NO_RECURRENCE)
    {
      icalrecurrencetype_clear (&recurrence);
      return NULL;
    }
  iterator = icalrecur_iterator_new (recurrence, to_libical (start));
  if (iterator == NULL || parts->has_count || from_civil_s <= start->civil_s)
    return iterator;

  from.civil_s = from_civil_s;
  icalrecur_iterator_set_start (iterator, to_libical (&from));
  return iterator;
}

/**
 * lf_ical_recur_new:
 * @rule: the value of an RRULE
 * @start: DTSTART on the wall clock of its zone; a UTC time counts as UTC's wall
 * @from_civil_s: instances before this one may be left out, on the same wall
 * @issue: (out): why there is no iterator
 *
 * Prepares to list the instances of a rule. Rules that cost more than they can mean are refused:
 * SECONDLY and MINUTELY, HOURLY with parts of months or longer or with BYSETPOS, and texts over
 * %LF_ICAL_RECUR_MAX_CHARS. Never from two threads at once: libical has state of its own.
 *
 * Source: RFC 5545 section 3.3.10.
 *
 * Returns: (transfer full) (nullable): the instances, or %NULL with @issue set
 */
LfIcalRecur *
lf_ical_recur_new (const char       *rule,
                   const LfIcalTime *start,
                   gint64            from_civil_s,
                   LfIcalIssue      *issue)
{
  g_autofree char        *upper = NULL;
  g_autofree char        *bare = NULL;
  g_auto (GStrv)          words = NULL;
  g_autoptr (LfIcalRecur) self = NULL;
  RuleParts               parts;
  LfIcalTime              first = *start;

  g_return_val_if_fail (rule != NULL, NULL);
  g_return_val_if_fail (issue != NULL, NULL);

  *issue = LF_ICAL_ISSUE_REFUSED_RULE;
  if (strlen (rule) > LF_ICAL_RECUR_MAX_CHARS)
    return NULL;
  upper = g_ascii_strup (rule, -1);
  words = g_strsplit (upper, ";", -1);
  *issue = LF_ICAL_ISSUE_BAD_RULE;
  if (!read_parts (words, &parts))
    return NULL;
  if (is_refused (&parts))
    {
      *issue = LF_ICAL_ISSUE_REFUSED_RULE;
      return NULL;
    }

  self = g_new0 (LfIcalRecur, 1);
  if (parts.until != NULL)
    {
      if (!lf_ical_time_parse (parts.until, &self->until))
        return NULL;
      self->has_until = TRUE;
    }
  /* libical holds it in a short; such a rule comes once within any calendar's life */
  if (parts.interval > G_MAXINT16)
    return g_steal_pointer (&self);
  if (lf_ical_sieve_is_needed (words))
    {
      self->sieve = lf_ical_sieve_new (words, start, from_civil_s, issue);
      return self->sieve == NULL ? NULL : g_steal_pointer (&self);
    }
  if (g_str_equal (parts.freq, "WEEKLY"))
    move_to_first_weekday (&parts, &first);
  bare = join_without_until (words);
  self->iterator = make_iterator (bare, &parts, &first, from_civil_s);
  return self->iterator == NULL ? NULL : g_steal_pointer (&self);
}

/**
 * lf_ical_recur_free:
 * @self: (transfer full): instances
 */
void
lf_ical_recur_free (LfIcalRecur *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->iterator, icalrecur_iterator_free);
  g_clear_pointer (&self->sieve, lf_ical_sieve_free);
  g_free (self);
}

/**
 * lf_ical_recur_next:
 * @self: instances
 * @civil_s: (out): the next one, on the wall clock of the rule's zone
 *
 * Returns: %FALSE when there are no more, or %LF_ICAL_RECUR_MAX_STEPS were looked at
 */
gboolean
lf_ical_recur_next (LfIcalRecur *self,
                    gint64      *civil_s)
{
  struct icaltimetype next;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (civil_s != NULL, FALSE);

  if (self->iterator == NULL && self->sieve == NULL)
    return FALSE;
  if (self->n_steps++ >= LF_ICAL_RECUR_MAX_STEPS)
    {
      self->was_cut = TRUE;
      return FALSE;
    }
  if (self->sieve != NULL)
    {
      gboolean is_found = lf_ical_sieve_next (self->sieve, civil_s);

      self->was_cut = lf_ical_sieve_was_cut (self->sieve);
      return is_found;
    }
  next = icalrecur_iterator_next (self->iterator);
  if (icaltime_is_null_time (next))
    return FALSE;
  *civil_s = from_libical (next);
  return TRUE;
}

/**
 * lf_ical_recur_get_until:
 * @self: instances
 * @until: (out): the last moment at which an instance may start
 *
 * Returns: %FALSE if the rule has no UNTIL
 */
gboolean
lf_ical_recur_get_until (const LfIcalRecur *self,
                         LfIcalTime        *until)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (until != NULL, FALSE);

  if (self->has_until)
    *until = self->until;
  return self->has_until;
}

/**
 * lf_ical_recur_was_cut:
 * @self: instances
 *
 * Returns: %TRUE if lf_ical_recur_next() gave up before the rule ended
 */
gboolean
lf_ical_recur_was_cut (const LfIcalRecur *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->was_cut;
}
