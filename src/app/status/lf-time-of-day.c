/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

#include "lf-time-of-day.h"

/**
 * lf_time_of_day_format_has_halves:
 * @format: how a locale writes a time of day, as strftime() takes it
 *
 * Tells whether that counts hours to 12 twice a day.
 *
 * Returns: %TRUE for "%I:%M:%S %p" and the like
 */
gboolean
lf_time_of_day_format_has_halves (const char *format)
{
  g_return_val_if_fail (format != NULL, FALSE);

  for (const char *at = strchr (format, '%'); at != NULL; at = strchr (at, '%'))
    {
      at++;
      at += strspn (at, "-_0^#EO");
      if (*at != '\0' && strchr ("rpPIl", *at) != NULL)
        return TRUE;
      if (*at != '\0')
        at++;
    }

  return FALSE;
}

/**
 * lf_time_of_day_has_halves:
 *
 * Tells whether hours are counted to 12 where the user lives.
 *
 * Returns: %TRUE if LC_TIME says so
 */
gboolean
lf_time_of_day_has_halves (void)
{
  return lf_time_of_day_format_has_halves (nl_langinfo (T_FMT));
}

/**
 * lf_time_of_day_format:
 * @at: an instant, in the zone to show
 * @has_halves: whether hours are counted to 12
 *
 * Writes hours and minutes.
 *
 * Returns: (transfer full): "10:42", "2:30 PM"
 */
char *
lf_time_of_day_format (GDateTime *at, gboolean has_halves)
{
  g_return_val_if_fail (at != NULL, NULL);

  if (has_halves)
    /* Translators: a time of day where hours are counted to 12, see strftime(3). */
    return g_date_time_format (at, C_("time of day", "%-l:%M %p"));

  /* Translators: a time of day where hours are counted to 24, see strftime(3). */
  return g_date_time_format (at, C_("time of day", "%H:%M"));
}

/**
 * lf_time_of_day_get_hour:
 * @hour: 0 to 24
 * @has_halves: whether hours are counted to 12
 *
 * Tells what a clock calls an hour, for a scale where the half of the day is plain to see.
 *
 * Returns: @hour, or 1 to 12
 */
int
lf_time_of_day_get_hour (int hour, gboolean has_halves)
{
  return has_halves ? (hour + 11) % 12 + 1 : hour;
}
