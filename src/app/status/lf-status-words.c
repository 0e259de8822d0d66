/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-plain-line.h"
#include "lf-status-words.h"
#include "lf-time-of-day.h"

#define NEAR_US (6 * LF_HOUR) /* so near a time needs no day: nobody takes 00:30 for another one late in the evening */

static GDateTime *
to_local (gint64 at_us)
{
  return g_date_time_new_from_unix_local (at_us / LF_SECOND);
}

/* Whole days of the local calendar from @now_us to @at_us: 0 the same day, 1 tomorrow, -1 yesterday. */
static int
count_days (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = to_local (at_us);
  g_autoptr (GDateTime) now = to_local (now_us);
  GDate                 at_date, now_date;

  if (at == NULL || now == NULL)
    return G_MAXINT;

  g_date_clear (&at_date, 1);
  g_date_clear (&now_date, 1);
  g_date_set_dmy (&at_date, g_date_time_get_day_of_month (at), g_date_time_get_month (at),
                  g_date_time_get_year (at));
  g_date_set_dmy (&now_date, g_date_time_get_day_of_month (now), g_date_time_get_month (now),
                  g_date_time_get_year (now));

  return g_date_days_between (&now_date, &at_date);
}

static gboolean
is_past (gint64 until_us, gint64 now_us)
{
  return until_us != LF_INSTANT_NONE && now_us >= until_us;
}

/* The end of a period: "11:00", "tomorrow 11:00"; one at midnight, unless it is near, is the day that
 * begins: "Friday". */
static char *
format_end (gint64 end_us, gint64 now_us)
{
  g_autoptr (GDateTime) end = to_local (end_us);
  int                   days = count_days (end_us, now_us);

  if (end != NULL && days != 0 && days != G_MAXINT && end_us - now_us >= NEAR_US && g_date_time_get_hour (end) == 0 && g_date_time_get_minute (end) == 0)
    return lf_status_words_format_day (end_us, now_us);

  return lf_status_words_format_time (end_us, now_us);
}

static char *
format_until (gint64 end_us, gint64 now_us)
{
  g_autofree char *end = format_end (end_us, now_us);

  /* Translators: the argument is a time of day or a day: "until 11:00", "until Friday". */
  return g_strdup_printf (_("until %s"), end);
}

static gboolean
calendar_is_known (const LfCalendar *calendar, gint64 now_us)
{
  return calendar->busy != NULL && !is_past (calendar->valid_until_us, now_us) &&
         (calendar->known_from_us == LF_INSTANT_NONE || calendar->known_from_us <= now_us);
}

/* The period to tell of now: a meeting first, then what says most about where the person is. */
static gboolean
find_period (const LfCalendar *calendar, gint64 now_us, LfBusyPeriod *period)
{
  static const LfBusyType order[] = {
    LF_BUSY_BUSY, LF_BUSY_OUT_OF_OFFICE, LF_BUSY_TENTATIVE, LF_BUSY_ELSEWHERE, LF_BUSY_ALL_DAY
  };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      if (!lf_busy_list_covers (calendar->busy, order[i], now_us, period))
        continue;
      if (order[i] == LF_BUSY_BUSY)
        lf_busy_list_block_at (calendar->busy, now_us, period);
      period->type = order[i];
      return TRUE;
    }

  return FALSE;
}

static const char *
name_period (LfBusyType type)
{
  switch (type)
    {
    case LF_BUSY_BUSY:
      return C_("display status", "In a meeting");
    case LF_BUSY_TENTATIVE:
      /* Translators: perhaps in a meeting; the appointment is not settled. */
      return C_("calendar", "Tentative");
    case LF_BUSY_OUT_OF_OFFICE:
      return C_("calendar", "Out of office");
    case LF_BUSY_ELSEWHERE:
      return C_("calendar", "Working elsewhere");
    case LF_BUSY_ALL_DAY:
      return C_("calendar", "All day: busy");
    default:
      return C_("display status", "Unknown");
    }
}

static const char *
name_unknown_phone (LfPhoneReason reason)
{
  switch (reason)
    {
    case LF_PHONE_REASON_UNREGISTERED:
      return C_("phone", "No phone connected");
    case LF_PHONE_REASON_LINK_LOST:
      /* Translators: the server has no connection to the telephone system. */
      return C_("phone", "Phone link lost");
    case LF_PHONE_REASON_NONE:
    default:
      return C_("phone", "Unknown");
    }
}

static const char *
name_phone (const LfPhone *phone, gint64 now_us)
{
  if (is_past (phone->valid_until_us, now_us))
    return C_("phone", "Unknown");

  switch (phone->state)
    {
    case LF_PHONE_ON_HOOK:
      return C_("phone", "Off the phone");
    case LF_PHONE_RINGING:
      return C_("phone", "Ringing");
    case LF_PHONE_OFF_HOOK:
      return C_("phone", "On the phone");
    case LF_PHONE_HELD:
      /* Translators: in a call that is on hold. */
      return C_("phone", "On hold");
    case LF_PHONE_DO_NOT_DISTURB:
      return C_("display status", "Do not disturb");
    case LF_PHONE_UNKNOWN:
    default:
      return name_unknown_phone (phone->reason);
    }
}

static const char *
name_reachability (const LfReachability *reachability, gint64 now_us)
{
  if (is_past (reachability->valid_until_us, now_us))
    return C_("display status", "Unknown");

  switch (reachability->state)
    {
    case LF_REACHABILITY_OFFLINE:
      return C_("display status", "Offline");
    case LF_REACHABILITY_ONLINE:
      return C_("display status", "Online");
    case LF_REACHABILITY_IDLE:
      return C_("display status", "Idle");
    case LF_REACHABILITY_AWAY:
      return C_("display status", "Away");
    case LF_REACHABILITY_AVAILABLE:
      return C_("display status", "Available");
    case LF_REACHABILITY_UNKNOWN:
    default:
      return C_("display status", "Unknown");
    }
}

static char *
format_calendar_caveat (const LfCalendar *calendar, gint64 now_us)
{
  g_autofree char *time = NULL;

  if (calendar->read_at_us == LF_INSTANT_NONE || now_us - calendar->read_at_us < LF_CALENDAR_OLD_US)
    return NULL;

  time = lf_status_words_format_time (calendar->read_at_us, now_us);

  return g_strdup_printf (_("calendar last read %s"), time);
}

/**
 * lf_status_words_get_name:
 * @status: a display status
 *
 * The state in words, without times: "On the phone". Also the accessible name of a badge.
 *
 * Returns: a translated string, static
 */
const char *
lf_status_words_get_name (LfDisplayStatus status)
{
  switch (status)
    {
    case LF_DISPLAY_OFFLINE:
      return C_("display status", "Offline");
    case LF_DISPLAY_AWAY:
      return C_("display status", "Away");
    case LF_DISPLAY_IDLE:
      /* Translators: signed in, but no key or mouse was touched for some minutes. */
      return C_("display status", "Idle");
    case LF_DISPLAY_ONLINE:
      return C_("display status", "Online");
    case LF_DISPLAY_AVAILABLE:
      /* Translators: the person says: I can be reached. */
      return C_("display status", "Available");
    case LF_DISPLAY_IN_A_MEETING:
      return C_("display status", "In a meeting");
    case LF_DISPLAY_ON_THE_PHONE:
      return C_("display status", "On the phone");
    case LF_DISPLAY_DO_NOT_DISTURB:
      return C_("display status", "Do not disturb");
    case LF_DISPLAY_UNKNOWN:
    default:
      return C_("display status", "Unknown");
    }
}

/**
 * lf_status_words_format:
 * @resolved: what is displayed
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * The words of a row: the state, and for how long or until when where that tells something.
 *
 * Returns: (transfer full): "On the phone · 4 min", "In a meeting until 11:00", "Available"
 */
char *
lf_status_words_format (const LfResolved *resolved, gint64 now_us)
{
  const char      *name;
  g_autofree char *age = NULL;

  g_return_val_if_fail (resolved != NULL, NULL);

  name = lf_status_words_get_name (resolved->status);
  switch (resolved->status)
    {
    case LF_DISPLAY_IN_A_MEETING:
      if (resolved->until_us != LF_INSTANT_NONE)
        {
          g_autofree char *end = format_end (resolved->until_us, now_us);

          /* Translators: the argument is a time of day, or a day. */
          return g_strdup_printf (_("In a meeting until %s"), end);
        }
      break;
    case LF_DISPLAY_ON_THE_PHONE:
    case LF_DISPLAY_IDLE:
    case LF_DISPLAY_AWAY:
      age = lf_status_words_format_age (resolved->since_us, now_us);
      /* Translators: a state, and for how long: "On the phone · 4 min". */
      if (age != NULL)
        return g_strdup_printf (C_("state and age", "%s · %s"), name, age);
      break;
    case LF_DISPLAY_UNKNOWN:
    case LF_DISPLAY_OFFLINE:
    case LF_DISPLAY_ONLINE:
    case LF_DISPLAY_AVAILABLE:
    case LF_DISPLAY_DO_NOT_DISTURB:
    default:
      break;
    }

  return g_strdup (name);
}

/**
 * lf_status_words_format_note:
 * @resolved: what is displayed
 *
 * The note in force with its emoji before it.
 *
 * Returns: (transfer full) (nullable): "🍕 Lunch", or %NULL when there is none
 */
char *
lf_status_words_format_note (const LfResolved *resolved)
{
  g_autofree char *text = NULL;
  g_autofree char *emoji = NULL;
  gboolean         has_text, has_emoji;

  g_return_val_if_fail (resolved != NULL, NULL);

  text = lf_plain_line_new (resolved->note);
  emoji = lf_plain_line_new (resolved->note_emoji);
  has_text = text != NULL && *text != '\0';
  has_emoji = emoji != NULL && *emoji != '\0';

  if (has_text && has_emoji)
    return g_strconcat (emoji, " ", text, NULL);
  if (has_text)
    return g_steal_pointer (&text);
  if (has_emoji)
    return g_steal_pointer (&emoji);

  return NULL;
}

/**
 * lf_status_words_format_kind:
 * @presence: what is known of a person
 * @kind: which of the three
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * What one kind alone says, whether it wins or not.
 *
 * Returns: (transfer full): "On hold", "Tentative", "Free", "Away"
 */
char *
lf_status_words_format_kind (const LfPresence *presence, LfKind kind, gint64 now_us)
{
  LfBusyPeriod period;

  g_return_val_if_fail (presence != NULL, NULL);

  switch (kind)
    {
    case LF_KIND_PHONE:
      return g_strdup (name_phone (&presence->phone, now_us));
    case LF_KIND_CALENDAR:
      if (!calendar_is_known (&presence->calendar, now_us))
        return g_strdup (C_("calendar", "Unknown"));
      if (find_period (&presence->calendar, now_us, &period))
        return g_strdup (name_period (period.type));
      /* Translators: nothing is in the calendar now. */
      return g_strdup (C_("calendar", "Free"));
    case LF_KIND_REACHABILITY:
    default:
      return g_strdup (name_reachability (&presence->reachability, now_us));
    }
}

/**
 * lf_status_words_format_span:
 * @presence: what is known of a person
 * @kind: which of the three
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * For how long one kind has been what it is, or until when it will be.
 *
 * Returns: (transfer full) (nullable): "4 min", "until 11:00", or %NULL when nobody knows
 */
char *
lf_status_words_format_span (const LfPresence *presence, LfKind kind, gint64 now_us)
{
  LfBusyPeriod period;
  gint64       next_us;

  g_return_val_if_fail (presence != NULL, NULL);

  switch (kind)
    {
    case LF_KIND_PHONE:
      if (presence->phone.state == LF_PHONE_UNKNOWN || is_past (presence->phone.valid_until_us, now_us))
        return NULL;
      return lf_status_words_format_age (presence->phone.since_us, now_us);
    case LF_KIND_CALENDAR:
      if (!calendar_is_known (&presence->calendar, now_us))
        return NULL;
      if (find_period (&presence->calendar, now_us, &period))
        return format_until (period.end_us, now_us);
      next_us = lf_busy_list_next_edge (presence->calendar.busy, LF_BUSY_BUSY, now_us);
      return next_us == LF_INSTANT_NONE ? NULL : format_until (next_us, now_us);
    case LF_KIND_REACHABILITY:
    default:
      if (presence->reachability.state == LF_REACHABILITY_UNKNOWN ||
          is_past (presence->reachability.valid_until_us, now_us))
        return NULL;
      return lf_status_words_format_age (presence->reachability.since_us, now_us);
    }
}

/**
 * lf_status_words_format_caveat:
 * @presence: what is known of a person
 * @kind: which of the three
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Why one kind should not be trusted now, if so.
 *
 * Returns: (transfer full) (nullable): "phone link lost 3 min ago", or %NULL when all is well
 */
char *
lf_status_words_format_caveat (const LfPresence *presence, LfKind kind, gint64 now_us)
{
  g_autofree char *age = NULL;

  g_return_val_if_fail (presence != NULL, NULL);

  switch (kind)
    {
    case LF_KIND_PHONE:
      /* Who has no telephone has lost no link. */
      if (presence->phone.state == LF_PHONE_UNKNOWN || !is_past (presence->phone.valid_until_us, now_us))
        return NULL;
      age = lf_status_words_format_age (presence->phone.valid_until_us, now_us);
      return age != NULL ? g_strdup_printf (_("phone link lost %s ago"), age)
                         : g_strdup (_("phone link lost just now"));
    case LF_KIND_CALENDAR:
      return format_calendar_caveat (&presence->calendar, now_us);
    case LF_KIND_REACHABILITY:
    default:
      if (!is_past (presence->reachability.valid_until_us, now_us))
        return NULL;
      age = lf_status_words_format_age (presence->reachability.valid_until_us, now_us);
      return age != NULL ? g_strdup_printf (_("connection lost %s ago"), age)
                         : g_strdup (_("connection lost just now"));
    }
}

/**
 * lf_status_words_format_age:
 * @since_us: an instant, or %LF_INSTANT_NONE
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * How long ago that was, in whole minutes, hours or days: never seconds, so that it ticks once a
 * minute at most.
 *
 * Returns: (transfer full) (nullable): "4 min", or %NULL under a minute, in the future or unknown
 */
char *
lf_status_words_format_age (gint64 since_us, gint64 now_us)
{
  gint64 minutes;

  if (since_us == LF_INSTANT_NONE || since_us > now_us)
    return NULL;

  minutes = (now_us - since_us) / LF_MINUTE;
  if (minutes < 1)
    return NULL;
  if (minutes < 60)
    return g_strdup_printf (_("%d min"), (int) minutes);
  if (minutes < 24 * 60)
    /* Translators: hours. */
    return g_strdup_printf (_("%d h"), (int) (minutes / 60));

  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) (minutes / (24 * 60))),
                          (int) MIN (minutes / (24 * 60), G_MAXINT));
}

/**
 * lf_status_words_format_time:
 * @at_us: an instant
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * A time of day as the user's locale writes it, with the day when that is another one and some hours away.
 *
 * Returns: (transfer full): "10:42", "2:30 PM", "tomorrow 10:42", "Fri 10:42", "24 Nov 10:42"
 */
char *
lf_status_words_format_time (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = to_local (at_us);
  int                   days = count_days (at_us, now_us);
  g_autofree char      *time = at != NULL ? lf_time_of_day_format (at, lf_time_of_day_has_halves ()) : NULL;
  g_autofree char      *day = NULL;

  if (time == NULL)
    return g_strdup (C_("display status", "Unknown"));

  if (days == 0 || ABS (at_us - now_us) < NEAR_US)
    return g_steal_pointer (&time);
  if (days == 1)
    /* Translators: the argument is a time of day. */
    return g_strdup_printf (_("tomorrow %s"), time);
  if (days == -1)
    /* Translators: the argument is a time of day. */
    return g_strdup_printf (_("yesterday %s"), time);

  /* Translators: a day and its month, short, see strftime(3). */
  day = g_date_time_format (at, days > 1 && days < 7 ? "%a" : _("%-d %b"));

  /* Translators: a day and a time of day: "Fri 10:42", "24 Nov 10:42". */
  return day != NULL ? g_strdup_printf (C_("day and time", "%s %s"), day, time) : g_steal_pointer (&time);
}

/**
 * lf_status_words_format_day:
 * @at_us: an instant
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * The day of an instant, near ones by name.
 *
 * Returns: (transfer full): "today", "yesterday", "Friday", "24 November", "24 November 2025"
 */
char *
lf_status_words_format_day (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = to_local (at_us);
  g_autoptr (GDateTime) now = to_local (now_us);
  int                   days = count_days (at_us, now_us);
  char                 *text;

  if (at == NULL || now == NULL)
    return g_strdup (C_("display status", "Unknown"));

  if (days == 0)
    return g_strdup (_("today"));
  if (days == 1)
    return g_strdup (_("tomorrow"));
  if (days == -1)
    return g_strdup (_("yesterday"));

  if (ABS (days) < 7)
    text = g_date_time_format (at, "%A");
  else if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: a day and its month, see strftime(3). */
    text = g_date_time_format (at, _("%-d %B"));
  else
    text = g_date_time_format (at, _("%-d %B %Y"));

  return text != NULL ? text : g_strdup (C_("display status", "Unknown"));
}

/**
 * lf_status_words_format_date:
 * @at_us: an instant
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * The day of an instant as a heading, also with the day of the week.
 *
 * Returns: (transfer full): "Today", "Tomorrow", "Monday, 30 November"
 */
char *
lf_status_words_format_date (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = to_local (at_us);
  int                   days = count_days (at_us, now_us);
  char                 *text;

  if (days == 0)
    return g_strdup (C_("heading", "Today"));
  if (days == 1)
    return g_strdup (C_("heading", "Tomorrow"));

  /* Translators: a day of the week, a day and its month, see strftime(3). */
  text = at != NULL ? g_date_time_format (at, _("%A, %-d %B")) : NULL;

  return text != NULL ? text : g_strdup (C_("display status", "Unknown"));
}

/**
 * lf_status_words_format_as_of:
 * @at_us: when it was last true
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Says how old a statement is.
 *
 * Returns: (transfer full): "as of 10:42"
 */
char *
lf_status_words_format_as_of (gint64 at_us, gint64 now_us)
{
  g_autofree char *time = lf_status_words_format_time (at_us, now_us);

  return g_strdup_printf (_("as of %s"), time);
}
