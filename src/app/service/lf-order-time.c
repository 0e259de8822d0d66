/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-order-time.h"

#define MAX_SPAN_US (400 * LF_DAY)
#define MAX_DIGITS  6

/**
 * lf_order_time_read_span:
 * @text: "45m", "1h30m", "2d"
 * @span_us: (out): in microseconds; untouched on failure
 *
 * Reads a span of time: numbers, each with its unit (d, h, m or s), the greater first.
 *
 * Returns: %TRUE if it is one, of a second to 400 days
 */
gboolean
lf_order_time_read_span (const char *text, gint64 *span_us)
{
  static const struct
  {
    char   unit;
    gint64 us;
  } units[] = { { 'd', LF_DAY }, { 'h', LF_HOUR }, { 'm', LF_MINUTE }, { 's', LF_SECOND } };
  gint64 sum_us = 0;
  gsize  next = 0; /* of @units: those before are over */

  g_return_val_if_fail (text != NULL, FALSE);

  while (*text != '\0')
    {
      gint64 number = 0;
      guint  n_digits = 0;

      for (; g_ascii_isdigit (*text) && n_digits <= MAX_DIGITS; text++, n_digits++)
        number = 10 * number + g_ascii_digit_value (*text);
      while (next < G_N_ELEMENTS (units) && units[next].unit != *text)
        next++;
      if (n_digits == 0 || n_digits > MAX_DIGITS || next == G_N_ELEMENTS (units))
        return FALSE;
      sum_us += number * units[next].us;
      next++;
      text++;
    }
  if (sum_us <= 0 || sum_us > MAX_SPAN_US)
    return FALSE;
  *span_us = sum_us;

  return TRUE;
}

/* The digits at @offset, or -1. */
static int
read_digits (const char *text, gsize offset, gsize n_digits)
{
  int number = 0;

  for (gsize i = offset; i < offset + n_digits; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      number = 10 * number + g_ascii_digit_value (text[i]);
    }

  return number;
}

/* "9:05" and "09:05" */
static gboolean
read_time_of_day (const char *text, int *hour, int *minute)
{
  const char *colon = strchr (text, ':');
  gsize       n_hour = colon != NULL ? (gsize) (colon - text) : 0;

  if (n_hour < 1 || n_hour > 2 || strlen (colon) != 3)
    return FALSE;

  *hour = read_digits (text, 0, n_hour);
  *minute = read_digits (colon, 1, 2);

  return *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < 60;
}

/**
 * lf_order_time_read_end:
 * @text: "13:00", "2026-11-30 13:00", "2026-11-30T13:00"
 * @now_us: now, microseconds since 1970-01-01 UTC
 * @end_us: (out): an instant after @now_us; untouched on failure
 *
 * Reads an end by the local clock. Without a day it is the next time that the clock shows it.
 *
 * Returns: %TRUE if it is one, and to come
 */
gboolean
lf_order_time_read_end (const char *text, gint64 now_us, gint64 *end_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);
  g_autoptr (GDateTime) end = NULL;
  gboolean              has_day;
  int                   hour, minute;

  g_return_val_if_fail (text != NULL && now != NULL, FALSE);

  has_day = strlen (text) > 11 && text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ');
  if (!read_time_of_day (has_day ? text + 11 : text, &hour, &minute))
    return FALSE;
  if (has_day)
    end = g_date_time_new_local (read_digits (text, 0, 4), read_digits (text, 5, 2), read_digits (text, 8, 2), hour, minute, 0);
  else
    end = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now), hour, minute, 0);
  if (end != NULL && !has_day && g_date_time_compare (end, now) <= 0)
    {
      g_autoptr (GDateTime) today = g_steal_pointer (&end);

      end = g_date_time_add_days (today, 1);
    }
  if (end == NULL || g_date_time_to_unix (end) * LF_SECOND <= now_us)
    return FALSE;
  *end_us = g_date_time_to_unix (end) * LF_SECOND;

  return TRUE;
}
