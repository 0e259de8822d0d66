/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-instant.h"

#define MIN_INSTANT (G_GINT64_CONSTANT (-62135596800) * LF_SECOND)          /* 0001-01-01T00:00:00Z */
#define MAX_INSTANT (G_GINT64_CONSTANT (253402300799) * LF_SECOND + 999999) /* the end of the year 9999 */

#define DAYS_PER_ERA 146097 /* 400 Gregorian years */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static gboolean
read_number (const char *text,
             guint       n_digits,
             int        *number)
{
  int value = 0;

  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = value * 10 + (text[i] - '0');
    }
  *number = value;
  return TRUE;
}

static gboolean
is_leap_year (int year)
{
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
get_days_in_month (int year,
                   int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return month == 2 && is_leap_year (year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year. */
static gint64
count_days (int year,
            int month,
            int day)
{
  int shifted = month <= 2 ? year - 1 : year;
  int era = shifted / 400;
  int year_of_era = shifted - era * 400;
  int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return (gint64) era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
         day_of_year - DAYS_TO_1970;
}

static void
split_days (gint64 days,
            int   *year,
            int   *month,
            int   *day)
{
  gint64 shifted = days + DAYS_TO_1970;
  int    era = (int) (shifted / DAYS_PER_ERA);
  int    day_of_era = (int) (shifted - (gint64) era * DAYS_PER_ERA);
  int    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int    shifted_month = (5 * day_of_year + 2) / 153;

  *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = era * 400 + year_of_era + (*month <= 2 ? 1 : 0);
}

/* ".5", ".25" or ".125" in microseconds; moves *text behind it. */
static gboolean
read_fraction (const char **text,
               int         *fraction_us)
{
  int scale = 100000;
  int value = 0;

  if (**text != '.')
    {
      *fraction_us = 0;
      return TRUE;
    }
  (*text)++;
  if (!g_ascii_isdigit (**text))
    return FALSE;
  for (; g_ascii_isdigit (**text); (*text)++)
    {
      if (scale < 1000)
        return FALSE;
      value += (**text - '0') * scale;
      scale /= 10;
    }
  *fraction_us = value;
  return TRUE;
}

/**
 * lf_instant_parse:
 * @text: "2026-03-02T10:00:00Z", with at most three digits of a fraction
 * @instant_us: (out): microseconds since 1970-01-01 UTC; untouched on failure
 *
 * Reads an instant as the contract writes it: UTC, upper-case `T` and `Z`, years 0001 to 9999.
 * A leap second, an offset, a lower-case letter or a fraction finer than milliseconds is refused.
 *
 * Source: RFC 3339 section 5.6, narrowed.
 *
 * Returns: %TRUE if @text is such an instant
 */
gboolean
lf_instant_parse (const char *text,
                  gint64     *instant_us)
{
  const char *rest;
  int         year, month, day, hour, minute, second, fraction_us;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (instant_us != NULL, FALSE);

  /* Short-circuits at the NUL of a text that is too short. */
  if (!read_number (text, 4, &year) || text[4] != '-' ||
      !read_number (text + 5, 2, &month) || text[7] != '-' ||
      !read_number (text + 8, 2, &day) || text[10] != 'T' ||
      !read_number (text + 11, 2, &hour) || text[13] != ':' ||
      !read_number (text + 14, 2, &minute) || text[16] != ':' ||
      !read_number (text + 17, 2, &second))
    return FALSE;

  rest = text + 19;
  if (!read_fraction (&rest, &fraction_us) || strcmp (rest, "Z") != 0)
    return FALSE;

  if (year < 1 || month < 1 || month > 12 || day < 1 || day > get_days_in_month (year, month) ||
      hour > 23 || minute > 59 || second > 59)
    return FALSE;

  *instant_us = count_days (year, month, day) * LF_DAY + hour * LF_HOUR + minute * LF_MINUTE +
                second * LF_SECOND + fraction_us;
  return TRUE;
}

/* So many digits and the character behind them; returns where the next stands. */
static char *
write_number (char *at,
              int   number,
              guint n_digits,
              char  separator)
{
  for (guint i = n_digits; i > 0; i--)
    {
      at[i - 1] = (char) ('0' + number % 10);
      number /= 10;
    }
  at[n_digits] = separator;
  return at + n_digits + 1;
}

/**
 * lf_instant_format:
 * @instant_us: microseconds since 1970-01-01 UTC; not %LF_INSTANT_NONE
 * @buffer: (out): gets the text and its NUL
 *
 * Writes an instant as the contract wants it: UTC with `Z`, and with milliseconds only when they are
 * not zero. Microseconds below are cut off. An instant outside the years 0001 to 9999 is written as
 * the nearest one inside.
 */
void
lf_instant_format (gint64 instant_us,
                   char   buffer[LF_INSTANT_MAX_CHARS])
{
  gint64 days, rest_us;
  int    year, month, day, milliseconds;
  char  *at;

  instant_us = CLAMP (instant_us, MIN_INSTANT, MAX_INSTANT);
  days = instant_us / LF_DAY;
  rest_us = instant_us % LF_DAY;
  if (rest_us < 0)
    {
      days--;
      rest_us += LF_DAY;
    }
  split_days (days, &year, &month, &day);

  at = write_number (buffer, year, 4, '-');
  at = write_number (at, month, 2, '-');
  at = write_number (at, day, 2, 'T');
  at = write_number (at, (int) (rest_us / LF_HOUR), 2, ':');
  at = write_number (at, (int) (rest_us % LF_HOUR / LF_MINUTE), 2, ':');
  milliseconds = (int) (rest_us % LF_SECOND / 1000);
  at = write_number (at, (int) (rest_us % LF_MINUTE / LF_SECOND), 2, milliseconds != 0 ? '.' : 'Z');
  if (milliseconds != 0)
    at = write_number (at, milliseconds, 3, 'Z');
  *at = '\0';
}

/**
 * lf_instant_earlier:
 * @a_us: an instant, or %LF_INSTANT_NONE for never
 * @b_us: another
 *
 * Returns: the earlier of two ends; %LF_INSTANT_NONE only if both are never
 */
gint64
lf_instant_earlier (gint64 a_us,
                    gint64 b_us)
{
  if (a_us == LF_INSTANT_NONE)
    return b_us;
  if (b_us == LF_INSTANT_NONE)
    return a_us;
  return MIN (a_us, b_us);
}
