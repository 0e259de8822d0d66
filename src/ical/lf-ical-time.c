/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-time.h"

#define MAX_DURATION_DAYS (3660 * (gint64) 1000)

/* Reads exactly @n_digits digits. */
static gboolean
take_digits (const char **cursor,
             guint        n_digits,
             int         *number)
{
  int value = 0;

  for (guint i = 0; i < n_digits; i++, (*cursor)++)
    {
      if (!g_ascii_isdigit (**cursor))
        return FALSE;
      value = value * 10 + (**cursor - '0');
    }
  *number = value;
  return TRUE;
}

static gint64
floor_div (gint64 a,
           gint64 b)
{
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; years start in March to put leap days last. */
static gint64
days_from_date (int year,
                int month,
                int day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 era = floor_div (y, 400);
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return era * 146097 + day_of_era - 719468;
}

/**
 * lf_ical_civil_to_s:
 * @civil: parts of a civil time
 *
 * Returns: seconds since 1970-01-01T00:00:00 on the same wall
 */
gint64
lf_ical_civil_to_s (const LfIcalCivil *civil)
{
  g_return_val_if_fail (civil != NULL, 0);

  return days_from_date (civil->year, civil->month, civil->day) * LF_ICAL_DAY_S +
         civil->hour * 3600 + civil->minute * 60 + civil->second;
}

/**
 * lf_ical_civil_from_s:
 * @civil_s: seconds since 1970-01-01T00:00:00 on some wall
 *
 * Returns: the parts
 */
LfIcalCivil
lf_ical_civil_from_s (gint64 civil_s)
{
  gint64 days = floor_div (civil_s, LF_ICAL_DAY_S);
  gint64 second_of_day = civil_s - days * LF_ICAL_DAY_S;
  gint64 shifted = days + 719468;
  gint64 era = floor_div (shifted, 146097);
  gint64 day_of_era = shifted - era * 146097;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint64 march_month = (5 * day_of_year + 2) / 153;
  int    month = (int) (march_month < 10 ? march_month + 3 : march_month - 9);

  return (LfIcalCivil){
    .year = (int) (year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
    .month = month,
    .day = (int) (day_of_year - (153 * march_month + 2) / 5 + 1),
    .hour = (int) (second_of_day / 3600),
    .minute = (int) (second_of_day / 60 % 60),
    .second = (int) (second_of_day % 60),
  };
}

/**
 * lf_ical_time_parse:
 * @text: "20261124" or "20261124T093000" or "20261124T093000Z"
 * @time: (out): the time
 *
 * Reads a DATE or DATE-TIME of the years 1 to 9999. A leap second becomes the second before it.
 *
 * Source: RFC 5545 sections 3.3.4 and 3.3.5.
 *
 * Returns: %FALSE if the text is no such time
 */
gboolean
lf_ical_time_parse (const char *text,
                    LfIcalTime *time)
{
  const char *cursor = text;
  LfIcalCivil civil = { 0 };
  gboolean    is_date = TRUE;
  gboolean    is_utc = FALSE;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (time != NULL, FALSE);

  if (!take_digits (&cursor, 4, &civil.year) || !take_digits (&cursor, 2, &civil.month) ||
      !take_digits (&cursor, 2, &civil.day))
    return FALSE;
  if (civil.year < 1 || !g_date_valid_dmy (civil.day, civil.month, civil.year))
    return FALSE;

  if (*cursor == 'T' || *cursor == 't')
    {
      cursor++;
      is_date = FALSE;
      if (!take_digits (&cursor, 2, &civil.hour) || !take_digits (&cursor, 2, &civil.minute) ||
          !take_digits (&cursor, 2, &civil.second))
        return FALSE;
      if (civil.hour > 23 || civil.minute > 59 || civil.second > 60)
        return FALSE;
      civil.second = MIN (civil.second, 59);
      if (*cursor == 'Z' || *cursor == 'z')
        {
          is_utc = TRUE;
          cursor++;
        }
    }
  if (*cursor != '\0')
    return FALSE;

  time->civil_s = lf_ical_civil_to_s (&civil);
  time->is_date = is_date;
  time->is_utc = is_utc;
  return TRUE;
}

/* Adds one "15M" of a duration: @unit is the letter, @is_time says whether a T stood before. */
static gboolean
add_duration_part (LfIcalDuration *sum,
                   gint64          number,
                   char            unit,
                   gboolean        is_time)
{
  switch (unit)
    {
    case 'W':
      sum->days += 7 * number;
      return !is_time;

    case 'D':
      sum->days += number;
      return !is_time;

    case 'H':
      sum->seconds += 3600 * number;
      return is_time;

    case 'M':
      sum->seconds += 60 * number;
      return is_time;

    case 'S':
      sum->seconds += number;
      return is_time;

    default:
      return FALSE;
    }
}

/**
 * lf_ical_duration_parse:
 * @text: "PT1H30M", "P1W", "-PT15M"
 * @duration: (out): the duration
 *
 * Source: RFC 5545 section 3.3.6.
 *
 * Returns: %FALSE if the text is no duration, or one of more than some ten thousand years
 */
gboolean
lf_ical_duration_parse (const char     *text,
                        LfIcalDuration *duration)
{
  LfIcalDuration sum = { 0, 0 };
  gboolean       is_negative = FALSE;
  gboolean       is_time = FALSE;
  guint          n_parts = 0;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (duration != NULL, FALSE);

  if (*text == '+' || *text == '-')
    is_negative = *text++ == '-';
  if (g_ascii_toupper (*text++) != 'P')
    return FALSE;
  while (*text != '\0')
    {
      gint64 number = 0;
      guint  n_digits = 0;

      if (g_ascii_toupper (*text) == 'T' && !is_time)
        {
          is_time = TRUE;
          text++;
        }
      for (; g_ascii_isdigit (*text) && n_digits < 10; n_digits++, text++)
        number = number * 10 + (*text - '0');
      if (n_digits == 0 || !add_duration_part (&sum, number, g_ascii_toupper (*text), is_time))
        return FALSE;
      text++;
      if (++n_parts > 5 || sum.days > MAX_DURATION_DAYS || sum.seconds > MAX_DURATION_DAYS * LF_ICAL_DAY_S)
        return FALSE;
    }
  if (n_parts == 0)
    return FALSE;
  duration->days = is_negative ? -sum.days : sum.days;
  duration->seconds = is_negative ? -sum.seconds : sum.seconds;
  return TRUE;
}

/**
 * lf_ical_offset_parse:
 * @text: "+0100", "-033000"
 * @offset_s: (out): seconds east of UTC
 *
 * Source: RFC 5545 section 3.3.14.
 *
 * Returns: %FALSE if the text is no offset, or one beyond 24 hours
 */
gboolean
lf_ical_offset_parse (const char *text,
                      int        *offset_s)
{
  const char *cursor = text;
  int         hours = 0;
  int         minutes = 0;
  int         seconds = 0;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (offset_s != NULL, FALSE);

  if (*cursor != '+' && *cursor != '-')
    return FALSE;
  cursor++;
  if (!take_digits (&cursor, 2, &hours) || !take_digits (&cursor, 2, &minutes))
    return FALSE;
  if (*cursor != '\0' && !take_digits (&cursor, 2, &seconds))
    return FALSE;
  if (*cursor != '\0' || hours > 23 || minutes > 59 || seconds > 59)
    return FALSE;
  *offset_s = hours * 3600 + minutes * 60 + seconds;
  if (*text == '-')
    *offset_s = -*offset_s;
  return TRUE;
}
