/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "lf-clear-after.h"
#include "lf-error-words.h"
#include "lf-status-words.h"
#include "lf-time-of-day.h"

#define NOW         (G_GINT64_CONSTANT (1795516800) * LF_SECOND) /* Tue 2026-11-24 10:40 UTC, 11:40 in Berlin */
#define AT(minutes) (NOW + (minutes) *LF_MINUTE)

typedef struct
{
  const char     *path;
  const char     *claim;
  LfDisplayStatus status;
  gint64          since_us;
  gint64          until_us;
  const char     *words;
} RowCase;

static const RowCase row_cases[] = {
  { "phone/age", "a call tells for how long", LF_DISPLAY_ON_THE_PHONE, AT (-4) - 59 * LF_SECOND, LF_INSTANT_NONE, "On the phone · 4 min" },
  { "phone/new", "a call of seconds tells no age", LF_DISPLAY_ON_THE_PHONE, NOW - 59 * LF_SECOND, LF_INSTANT_NONE, "On the phone" },
  { "phone/unknown", "an unknown since tells no age", LF_DISPLAY_ON_THE_PHONE, LF_INSTANT_NONE, LF_INSTANT_NONE, "On the phone" },
  { "phone/future", "a since ahead of the clock tells no age", LF_DISPLAY_ON_THE_PHONE, AT (3), LF_INSTANT_NONE, "On the phone" },
  { "phone/hours", "hours take the place of 60 minutes", LF_DISPLAY_ON_THE_PHONE, AT (-135), LF_INSTANT_NONE, "On the phone · 2 h" },
  { "meeting/today", "a meeting tells its end in the local zone", LF_DISPLAY_IN_A_MEETING, AT (-10), AT (20), "In a meeting until 12:00" },
  { "meeting/tomorrow", "an end tomorrow says so", LF_DISPLAY_IN_A_MEETING, AT (-10), AT (24 * 60), "In a meeting until tomorrow 11:40" },
  { "meeting/midnight", "an end at midnight is the day that begins", LF_DISPLAY_IN_A_MEETING, AT (-10), AT (2 * 24 * 60 + 740), "In a meeting until Friday" },
  { "meeting/endless", "a meeting without an end tells none", LF_DISPLAY_IN_A_MEETING, AT (-10), LF_INSTANT_NONE, "In a meeting" },
  { "away/age", "away tells for how long", LF_DISPLAY_AWAY, AT (-25), LF_INSTANT_NONE, "Away · 25 min" },
  { "away/days", "days take the place of 24 hours", LF_DISPLAY_AWAY, AT (-3 * 24 * 60 - 5), LF_INSTANT_NONE, "Away · 3 days" },
  { "idle/age", "idle tells for how long", LF_DISPLAY_IDLE, AT (-7), LF_INSTANT_NONE, "Idle · 7 min" },
  { "online", "being online needs no age", LF_DISPLAY_ONLINE, AT (-70), LF_INSTANT_NONE, "Online" },
  { "available", "being available needs no age", LF_DISPLAY_AVAILABLE, AT (-70), LF_INSTANT_NONE, "Available" },
  { "dnd", "do not disturb needs no age", LF_DISPLAY_DO_NOT_DISTURB, AT (-70), LF_INSTANT_NONE, "Do not disturb" },
  { "offline", "offline is told without an age", LF_DISPLAY_OFFLINE, AT (-70), LF_INSTANT_NONE, "Offline" },
  { "unknown", "what is not known is said to be unknown", LF_DISPLAY_UNKNOWN, LF_INSTANT_NONE, LF_INSTANT_NONE, "Unknown" },
};

static void
test_row (gconstpointer data)
{
  const RowCase   *row = data;
  LfResolved       resolved = { .status = row->status, .since_us = row->since_us, .until_us = row->until_us };
  g_autofree char *words = NULL;

  g_test_summary (row->claim);
  words = lf_status_words_format (&resolved, NOW);
  g_assert_cmpstr (words, ==, row->words);
}

static void
test_near_midnight (void)
{
  LfResolved       resolved = { .status = LF_DISPLAY_IN_A_MEETING, .since_us = AT (600), .until_us = AT (740) };
  g_autofree char *words = lf_status_words_format (&resolved, AT (680)); /* at 23:00 */

  g_test_summary ("An end at midnight is a time of day when that is near");
  g_assert_cmpstr (words, ==, "In a meeting until 00:00");
}

static void
test_note (void)
{
  LfResolved       resolved = { .note = "Lunch", .note_emoji = "🍕" };
  g_autofree char *both = lf_status_words_format_note (&resolved);
  g_autofree char *text = NULL;
  g_autofree char *emoji = NULL;
  g_autofree char *none = NULL;

  g_test_summary ("A note is its emoji and its text, either alone, or nothing");
  g_assert_cmpstr (both, ==, "🍕 Lunch");
  resolved.note_emoji = NULL;
  text = lf_status_words_format_note (&resolved);
  g_assert_cmpstr (text, ==, "Lunch");
  resolved.note = "";
  resolved.note_emoji = "🍕";
  emoji = lf_status_words_format_note (&resolved);
  g_assert_cmpstr (emoji, ==, "🍕");
  resolved.note_emoji = "";
  none = lf_status_words_format_note (&resolved);
  g_assert_null (none);
}

static LfPresence *
make_presence (LfPhoneState phone_state, const LfBusyPeriod *periods, gsize n_periods)
{
  g_autoptr (LfBusyList) busy = lf_busy_list_new (periods, n_periods);
  LfPhone                phone = { .state = phone_state, .since_us = AT (-4), .valid_until_us = LF_INSTANT_NONE };
  LfCalendar             calendar = { .busy = busy, .known_from_us = AT (-60), .valid_until_us = AT (24 * 60), .read_at_us = AT (-2), .rev = 1 };
  LfReachability         reach = { .state = LF_REACHABILITY_AWAY, .since_us = AT (-25), .valid_until_us = LF_INSTANT_NONE, .note = { .expires_at_us = LF_INSTANT_NONE } };

  return lf_presence_new (&phone, &calendar, &reach, 1);
}

static void
test_phone (void)
{
  static const struct
  {
    LfPhoneState state;
    const char  *words;
  } rows[] = {
    { LF_PHONE_UNKNOWN, "Unknown" },
    { LF_PHONE_ON_HOOK, "Off the phone" },
    { LF_PHONE_RINGING, "Ringing" },
    { LF_PHONE_OFF_HOOK, "On the phone" },
    { LF_PHONE_HELD, "On hold" },
    { LF_PHONE_DO_NOT_DISTURB, "Do not disturb" },
  };

  g_test_summary ("Each state of a phone has words of its own");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfPresence) presence = make_presence (rows[i].state, NULL, 0);
      g_autofree char       *words = lf_status_words_format_kind (presence, LF_KIND_PHONE, NOW);
      g_autofree char       *span = lf_status_words_format_span (presence, LF_KIND_PHONE, NOW);

      g_assert_cmpstr (words, ==, rows[i].words);
      g_assert_cmpstr (span, ==, rows[i].state == LF_PHONE_UNKNOWN ? NULL : "4 min");
    }
}

static void
test_calendar (void)
{
  static const struct
  {
    const char  *claim;
    LfBusyPeriod period;
    const char  *words, *span;
  } rows[] = {
    { "a meeting", { AT (-10), AT (20), LF_BUSY_BUSY }, "In a meeting", "until 12:00" },
    { "a tentative one", { AT (-10), AT (20), LF_BUSY_TENTATIVE }, "Tentative", "until 12:00" },
    { "out of office to the end of Thursday", { AT (-10), AT (2 * 24 * 60 + 740), LF_BUSY_OUT_OF_OFFICE }, "Out of office", "until Friday" },
    { "elsewhere", { AT (-10), AT (20), LF_BUSY_ELSEWHERE }, "Working elsewhere", "until 12:00" },
    { "a whole day", { AT (-700), AT (740), LF_BUSY_ALL_DAY }, "All day: busy", "until tomorrow" },
    { "free until the next meeting", { AT (20), AT (80), LF_BUSY_BUSY }, "Free", "until 12:00" },
    { "free with nothing ahead", { AT (-80), AT (-20), LF_BUSY_BUSY }, "Free", NULL },
  };

  g_test_summary ("Each type of busy period has words of its own, and an end");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfPresence) presence = make_presence (LF_PHONE_ON_HOOK, &rows[i].period, 1);
      g_autofree char       *words = lf_status_words_format_kind (presence, LF_KIND_CALENDAR, NOW);
      g_autofree char       *span = lf_status_words_format_span (presence, LF_KIND_CALENDAR, NOW);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (words, ==, rows[i].words);
      g_assert_cmpstr (span, ==, rows[i].span);
    }
}

static void
test_meeting_first (void)
{
  static const LfBusyPeriod periods[] = {
    { AT (-700), AT (740), LF_BUSY_ALL_DAY },
    { AT (-10), AT (20), LF_BUSY_BUSY },
    { AT (-30), AT (50), LF_BUSY_TENTATIVE },
  };
  g_autoptr (LfPresence) presence = make_presence (LF_PHONE_ON_HOOK, periods, G_N_ELEMENTS (periods));
  g_autofree char       *words = lf_status_words_format_kind (presence, LF_KIND_CALENDAR, NOW);

  g_test_summary ("Of overlapping periods the meeting is told");
  g_assert_cmpstr (words, ==, "In a meeting");
}

static void
test_stale (void)
{
  g_autoptr (LfPresence) fresh = make_presence (LF_PHONE_OFF_HOOK, NULL, 0);
  g_autoptr (LfPresence) stale = lf_presence_with_validity (fresh, AT (-3), NOW);
  g_autoptr (LfPresence) phoneless = make_presence (LF_PHONE_UNKNOWN, NULL, 0);
  g_autoptr (LfPresence) cut = lf_presence_with_validity (phoneless, AT (-3), NOW);
  g_autofree char       *none = lf_status_words_format_caveat (fresh, LF_KIND_PHONE, NOW);
  g_autofree char       *phone = lf_status_words_format_caveat (stale, LF_KIND_PHONE, NOW);
  g_autofree char       *no_phone = lf_status_words_format_caveat (cut, LF_KIND_PHONE, NOW);
  g_autofree char       *words = lf_status_words_format_kind (stale, LF_KIND_PHONE, NOW);
  g_autofree char       *span = lf_status_words_format_span (stale, LF_KIND_PHONE, NOW);
  g_autofree char       *reach = lf_status_words_format_caveat (stale, LF_KIND_REACHABILITY, NOW);
  g_autofree char       *calendar = lf_status_words_format_caveat (fresh, LF_KIND_CALENDAR, AT (12));
  g_autofree char       *old = lf_status_words_format_caveat (fresh, LF_KIND_CALENDAR, AT (21));

  g_test_summary ("What is no longer true is unknown, and it is said since when; never off the phone");
  g_assert_null (none);
  g_assert_null (no_phone);
  g_assert_cmpstr (words, ==, "Unknown");
  g_assert_null (span);
  g_assert_cmpstr (phone, ==, "phone link lost 3 min ago");
  g_assert_cmpstr (reach, ==, "connection lost just now");
  g_assert_null (calendar);
  g_assert_cmpstr (old, ==, "calendar last read 11:38");
}

static void
test_times (void)
{
  static const struct
  {
    gint64      at_us;
    const char *time, *day;
  } rows[] = {
    { NOW, "11:40", "today" },
    { AT (-24 * 60), "yesterday 11:40", "yesterday" },
    { AT (24 * 60), "tomorrow 11:40", "tomorrow" },
    { AT (3 * 24 * 60), "Fri 11:40", "Friday" },
    { AT (-3 * 24 * 60), "21 Nov 11:40", "Saturday" },
    { AT (10 * 24 * 60), "4 Dec 11:40", "4 December" },
    { AT (-365 * 24 * 60), "24 Nov 11:40", "24 November 2025" },
  };
  g_autofree char *as_of = lf_status_words_format_as_of (AT (-58), NOW);
  g_autofree char *after_midnight = lf_status_words_format_time (AT (760), AT (690)); /* at 23:10 */
  g_autofree char *before_midnight = lf_status_words_format_time (AT (690), AT (760));

  g_test_summary ("Instants are told in the local zone, other days by name, unless they are near");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *time = lf_status_words_format_time (rows[i].at_us, NOW);
      g_autofree char *day = lf_status_words_format_day (rows[i].at_us, NOW);

      g_assert_cmpstr (time, ==, rows[i].time);
      g_assert_cmpstr (day, ==, rows[i].day);
    }
  g_assert_cmpstr (as_of, ==, "as of 10:42");
  g_assert_cmpstr (after_midnight, ==, "00:20");
  g_assert_cmpstr (before_midnight, ==, "23:10");
}

static void
test_clear_after (void)
{
  const gint64 sunday = AT (5 * 24 * 60); /* Sun 2026-11-29 11:40 in Berlin */

  g_test_summary ("A custom status ends when it was told to, days and weeks at the local midnight");
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_NEVER, NOW), ==, LF_INSTANT_NONE);
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_30_MIN, NOW), ==, AT (30));
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_1_H, NOW), ==, AT (60));
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_4_H, NOW), ==, AT (240));
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_TODAY, NOW), ==, AT (740));
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_THIS_WEEK, NOW), ==, AT (740 + 5 * 24 * 60));
  g_assert_cmpint (lf_clear_after_get_expiry (LF_CLEAR_AFTER_THIS_WEEK, sunday), ==, AT (740 + 5 * 24 * 60));
  g_assert_cmpint (lf_clear_after_get_next (11 * 60 + 41, NOW), ==, AT (1));
  g_assert_cmpint (lf_clear_after_get_next (11 * 60 + 40, NOW), ==, AT (24 * 60)); /* now is over: tomorrow */
  g_assert_cmpint (lf_clear_after_get_next (0, NOW), ==, AT (740));
  g_assert_cmpint (lf_clear_after_get_next (23 * 60 + 59, NOW), ==, AT (739));
  /* 00:00 on 28 March 2027, when clocks go from 2:00 to 3:00: there is no 2:30 */
  g_assert_cmpint (lf_clear_after_get_next (2 * 60 + 30, G_GINT64_CONSTANT (1806188400) * LF_SECOND), ==,
                   G_GINT64_CONSTANT (1806195600) * LF_SECOND);
}

static const struct
{
  const char *claim;
  const char *format;
  gboolean    has_halves;
} clocks[] = {
  { "the C locale counts to 24", "%H:%M:%S", FALSE },
  { "Germany counts to 24", "%T", FALSE },
  { "America counts to 12", "%r", TRUE },
  { "India counts to 12", "%I:%M:%S %p", TRUE },
  { "with padding, too", "%-I:%M:%S", TRUE },
  { "a percent sign is none", "%%I %H", FALSE },
  { "an end within is no end", "%H:%", FALSE },
};

static void
test_clock (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GDateTime) at = g_date_time_new (zone, 2026, 11, 24, 14, 5, 0);
  g_autofree char      *long_day = lf_time_of_day_format (at, FALSE);
  g_autofree char      *halves = lf_time_of_day_format (at, TRUE);

  g_test_summary ("Times of day are written as where the user lives");
  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_test_message ("%s", clocks[i].claim);
      g_assert_cmpint (lf_time_of_day_format_has_halves (clocks[i].format), ==, clocks[i].has_halves);
    }
  g_assert_cmpstr (long_day, ==, "14:05");
  g_assert_cmpstr (halves, ==, "2:05 PM");
  g_assert_cmpint (lf_time_of_day_get_hour (0, TRUE), ==, 12);
  g_assert_cmpint (lf_time_of_day_get_hour (12, TRUE), ==, 12);
  g_assert_cmpint (lf_time_of_day_get_hour (13, TRUE), ==, 1);
  g_assert_cmpint (lf_time_of_day_get_hour (13, FALSE), ==, 13);
}

static void
test_errors (void)
{
  static const LfError plain[] = {
    LF_ERROR_BAD_CREDENTIALS, LF_ERROR_INSECURE, LF_ERROR_UNAVAILABLE, LF_ERROR_RATE_LIMITED, LF_ERROR_VERSION, LF_ERROR_KEYRING
  };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError)     bad = g_error_new_literal (LF_ERROR, LF_ERROR_BAD_FRAME, "not JSON");
  g_autofree char       *words = lf_error_words_for_sign_in (bad);

  g_test_summary ("Each failure of a sign-in has words of its own, none of them technical where it can be helped");
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (LF_ERROR, plain[i], "SECRET DETAIL");
      char              *told = lf_error_words_for_sign_in (error);

      g_assert_null (strstr (told, "SECRET DETAIL"));
      g_assert_true (g_hash_table_add (seen, told));
    }
  g_assert_nonnull (strstr (words, "No Lampfield server was found"));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Europe/Berlin", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (row_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/status-words/row/", row_cases[i].path, NULL);

      g_test_add_data_func (path, &row_cases[i], test_row);
    }
  g_test_add_func ("/status-words/near-midnight", test_near_midnight);
  g_test_add_func ("/status-words/note", test_note);
  g_test_add_func ("/status-words/kind/phone", test_phone);
  g_test_add_func ("/status-words/kind/calendar", test_calendar);
  g_test_add_func ("/status-words/kind/meeting-first", test_meeting_first);
  g_test_add_func ("/status-words/stale", test_stale);
  g_test_add_func ("/status-words/times", test_times);
  g_test_add_func ("/status-words/clear-after", test_clear_after);
  g_test_add_func ("/status-words/clock", test_clock);
  g_test_add_func ("/status-words/errors", test_errors);

  return g_test_run ();
}
