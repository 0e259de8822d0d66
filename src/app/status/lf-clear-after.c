/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-clear-after.h"

/* The local midnight @days after the one that began the day of @now_us. */
static gint64
find_midnight (gint64 now_us, int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);
  g_autoptr (GDateTime) later = now != NULL ? g_date_time_add_days (now, days) : NULL;
  g_autoptr (GDateTime) midnight = NULL;

  if (later != NULL)
    midnight = g_date_time_new_local (g_date_time_get_year (later), g_date_time_get_month (later),
                                      g_date_time_get_day_of_month (later), 0, 0, 0);

  return midnight != NULL ? g_date_time_to_unix (midnight) * LF_SECOND : LF_INSTANT_NONE;
}

/**
 * lf_clear_after_get_expiry:
 * @clear_after: what the user chose
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Tells when a status set now shall end. Today ends at the local midnight, this week at the one
 * between Sunday and Monday.
 *
 * Returns: an instant, or %LF_INSTANT_NONE for never
 */
gint64
lf_clear_after_get_expiry (LfClearAfter clear_after, gint64 now_us)
{
  switch (clear_after)
    {
    case LF_CLEAR_AFTER_30_MIN:
      return now_us + 30 * LF_MINUTE;
    case LF_CLEAR_AFTER_1_H:
      return now_us + LF_HOUR;
    case LF_CLEAR_AFTER_4_H:
      return now_us + 4 * LF_HOUR;
    case LF_CLEAR_AFTER_TODAY:
      return find_midnight (now_us, 1);
    case LF_CLEAR_AFTER_THIS_WEEK:
      {
        g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);

        return now != NULL ? find_midnight (now_us, 8 - g_date_time_get_day_of_week (now)) : LF_INSTANT_NONE;
      }
    case LF_CLEAR_AFTER_AT_TIME:
    case LF_CLEAR_AFTER_NEVER:
    default:
      return LF_INSTANT_NONE;
    }
}

/**
 * lf_clear_after_get_next:
 * @minutes: a local time of day, minutes since midnight, 0 to 1439
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Tells when a clock on the wall will show that time next; where a change of clocks leaves it out,
 * when they change.
 *
 * Returns: an instant after @now_us, at most a day and an hour on
 */
gint64
lf_clear_after_get_next (guint minutes, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);

  g_return_val_if_fail (minutes < 24 * 60, LF_INSTANT_NONE);

  for (int days = 0; now != NULL && days < 2; days++)
    {
      g_autoptr (GDateTime) day = g_date_time_add_days (now, days);
      g_autoptr (GDateTime) at = day == NULL ? NULL
                                             : g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                                                      g_date_time_get_day_of_month (day), (int) minutes / 60,
                                                                      (int) minutes % 60, 0);

      if (at != NULL && g_date_time_to_unix (at) * LF_SECOND > now_us)
        return g_date_time_to_unix (at) * LF_SECOND;
    }

  return LF_INSTANT_NONE;
}
