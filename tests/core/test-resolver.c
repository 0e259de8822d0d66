/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-resolver.h"

#define HORIZON     900 /* seconds in which random presences live */
#define MAX_PERIODS 12

static LfPresence *
make_presence (LfPhoneState        phone_state,
               LfReachabilityState reachability_state,
               gboolean            is_in_meeting)
{
  LfPhone        phone = { phone_state, 1, LF_INSTANT_NONE, NULL, NULL };
  LfReachability reachability = { reachability_state, 2, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  LfBusyPeriod   period = { 0, LF_HOUR, LF_BUSY_BUSY };
  LfCalendar     calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
  LfPresence    *presence;

  calendar.busy = lf_busy_list_new (&period, is_in_meeting ? 1 : 0);
  presence = lf_presence_new (&phone, &calendar, &reachability, 0);
  lf_busy_list_unref (calendar.busy);
  return presence;
}

static void
test_priority (void)
{
  static const struct
  {
    const char         *why;
    LfPhoneState        phone;
    gboolean            is_in_meeting;
    LfReachabilityState reachability;
    LfDisplayStatus     status;
    LfKind              kind;
    gboolean            is_free_to_talk;
    gboolean            is_free_to_chat;
    gboolean            is_signed_out;
  } rows[] = {
    { "a call beats a meeting", LF_PHONE_OFF_HOOK, TRUE, LF_REACHABILITY_ONLINE, LF_DISPLAY_ON_THE_PHONE, LF_KIND_PHONE, FALSE, TRUE, FALSE },
    { "a held call is a call", LF_PHONE_HELD, FALSE, LF_REACHABILITY_IDLE, LF_DISPLAY_ON_THE_PHONE, LF_KIND_PHONE, FALSE, TRUE, FALSE },
    { "DND stops the chat too", LF_PHONE_DO_NOT_DISTURB, FALSE, LF_REACHABILITY_AVAILABLE, LF_DISPLAY_DO_NOT_DISTURB, LF_KIND_PHONE, FALSE, FALSE, FALSE },
    { "ringing is no claim", LF_PHONE_RINGING, FALSE, LF_REACHABILITY_AVAILABLE, LF_DISPLAY_AVAILABLE, LF_KIND_REACHABILITY, TRUE, TRUE, FALSE },
    { "a ringing phone leaves the meeting", LF_PHONE_RINGING, TRUE, LF_REACHABILITY_ONLINE, LF_DISPLAY_IN_A_MEETING, LF_KIND_CALENDAR, FALSE, TRUE, FALSE },
    { "an unknown phone says nothing", LF_PHONE_UNKNOWN, FALSE, LF_REACHABILITY_ONLINE, LF_DISPLAY_ONLINE, LF_KIND_REACHABILITY, TRUE, TRUE, FALSE },
    { "a meeting beats being available", LF_PHONE_ON_HOOK, TRUE, LF_REACHABILITY_AVAILABLE, LF_DISPLAY_IN_A_MEETING, LF_KIND_CALENDAR, FALSE, TRUE, FALSE },
    { "in a meeting and signed out", LF_PHONE_ON_HOOK, TRUE, LF_REACHABILITY_OFFLINE, LF_DISPLAY_IN_A_MEETING, LF_KIND_CALENDAR, FALSE, FALSE, TRUE },
    { "on the phone, devices unknown", LF_PHONE_OFF_HOOK, FALSE, LF_REACHABILITY_UNKNOWN, LF_DISPLAY_ON_THE_PHONE, LF_KIND_PHONE, FALSE, FALSE, TRUE },
    { "idle can read", LF_PHONE_ON_HOOK, FALSE, LF_REACHABILITY_IDLE, LF_DISPLAY_IDLE, LF_KIND_REACHABILITY, FALSE, TRUE, FALSE },
    { "away cannot", LF_PHONE_ON_HOOK, FALSE, LF_REACHABILITY_AWAY, LF_DISPLAY_AWAY, LF_KIND_REACHABILITY, FALSE, FALSE, FALSE },
    { "offline", LF_PHONE_ON_HOOK, FALSE, LF_REACHABILITY_OFFLINE, LF_DISPLAY_OFFLINE, LF_KIND_REACHABILITY, FALSE, FALSE, TRUE },
    { "unknown", LF_PHONE_UNKNOWN, FALSE, LF_REACHABILITY_UNKNOWN, LF_DISPLAY_UNKNOWN, LF_KIND_REACHABILITY, FALSE, FALSE, TRUE },
  };

  g_test_summary ("Phone, then calendar, then reachability; and who is free to talk or to chat");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfPresence) presence = make_presence (rows[i].phone, rows[i].reachability, rows[i].is_in_meeting);
      LfResolved             resolved;

      g_test_message ("%s", rows[i].why);
      lf_resolve (presence, LF_MINUTE, &resolved);
      g_assert_cmpint (resolved.status, ==, rows[i].status);
      g_assert_cmpint (resolved.kind, ==, rows[i].kind);
      g_assert_cmpint (lf_resolved_is_free_to_talk (&resolved), ==, rows[i].is_free_to_talk);
      g_assert_cmpint (lf_resolved_is_free_to_chat (&resolved), ==, rows[i].is_free_to_chat);
      g_assert_cmpint (resolved.is_signed_out, ==, rows[i].is_signed_out);
      g_assert_cmpint (resolved.reachability, ==, rows[i].reachability);
    }
}

static void
test_stale_reachability (void)
{
  g_autoptr (LfPresence) presence = NULL;
  LfReachability         reachability = { LF_REACHABILITY_ONLINE, 2, 10, { (char *) "Lunch", (char *) "🍜", 20 } };
  LfResolved             resolved;

  g_test_summary ("Stale reachability is unknown and signed out; the note outlives it until its own end");
  presence = lf_presence_new (NULL, NULL, &reachability, 0);
  lf_resolve (presence, 9, &resolved);
  g_assert_cmpint (resolved.status, ==, LF_DISPLAY_ONLINE);
  g_assert_cmpint (resolved.next_change_at_us, ==, 10);
  lf_resolve (presence, 10, &resolved);
  g_assert_cmpint (resolved.status, ==, LF_DISPLAY_UNKNOWN);
  g_assert_cmpuint (resolved.stale, ==, 1u << LF_KIND_REACHABILITY);
  g_assert_cmpint (resolved.since_us, ==, LF_INSTANT_NONE);
  g_assert_true (resolved.is_signed_out);
  g_assert_cmpint (resolved.reachability, ==, LF_REACHABILITY_UNKNOWN);
  g_assert_cmpstr (resolved.note, ==, "Lunch");
  g_assert_cmpstr (resolved.note_emoji, ==, "🍜");
  g_assert_cmpint (resolved.next_change_at_us, ==, 20);
  lf_resolve (presence, 20, &resolved);
  g_assert_null (resolved.note);
  g_assert_null (resolved.note_emoji);
  g_assert_cmpint (resolved.note_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (resolved.next_change_at_us, ==, LF_INSTANT_NONE);
}

static void
test_detail_edge (void)
{
  const LfBusyPeriod periods[] = {
    { 10 * LF_MINUTE, 20 * LF_MINUTE, LF_BUSY_TENTATIVE },
    { 40 * LF_MINUTE, 50 * LF_MINUTE, LF_BUSY_BUSY },
  };
  LfCalendar             calendar = { NULL, 5 * LF_MINUTE, 60 * LF_MINUTE, 0, 1, NULL };
  g_autoptr (LfPresence) presence = NULL;
  gint64                 at_us = 0;
  static const int       expected[] = { 5, 10, 15, 20, 40, 50, 60 };

  g_test_summary ("The why-card wakes for every type of period, the window, the calendar's age, and what all see");
  calendar.busy = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  presence = lf_presence_new (NULL, &calendar, NULL, 0);
  lf_busy_list_unref (calendar.busy);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      at_us = lf_resolve_next_detail_edge (presence, at_us);
      g_assert_cmpint (at_us, ==, expected[i] * LF_MINUTE);
    }
  g_assert_cmpint (lf_resolve_next_detail_edge (presence, at_us), ==, LF_INSTANT_NONE);
}

static void
test_names (void)
{
  LfDisplayStatus status;

  g_test_summary ("Every display status has one name, which leads back to it");
  for (guint i = 0; i < LF_N_DISPLAY_STATUSES; i++)
    {
      g_assert_true (lf_display_status_from_name (lf_display_status_to_name ((LfDisplayStatus) i), &status));
      g_assert_cmpuint (status, ==, i);
    }
  g_assert_false (lf_display_status_from_name ("busy", &status));
  g_assert_false (lf_display_status_from_name (NULL, &status));
  g_assert_null (lf_display_status_to_name ((LfDisplayStatus) LF_N_DISPLAY_STATUSES));
  g_assert_cmpstr (lf_kind_to_name (LF_KIND_CALENDAR), ==, "calendar");
  g_assert_null (lf_kind_to_name ((LfKind) LF_N_KINDS));
}

/* A random presence and the inputs it was made of, in seconds; -1 is absent. */
typedef struct
{
  LfPhoneState        phone;
  int                 phone_until;
  LfReachabilityState reachability;
  int                 reachability_until;
  int                 calendar_until;
  int                 note_until;
  gboolean            has_note;
  LfBusyPeriod        periods[MAX_PERIODS];
  guint               n_periods;
} Inputs;

static int
pick_until (void)
{
  return g_test_rand_bit () ? -1 : g_test_rand_int_range (0, HORIZON);
}

static gint64
to_instant (int second)
{
  return second < 0 ? LF_INSTANT_NONE : second * LF_SECOND;
}

static LfPresence *
make_random (Inputs *inputs)
{
  LfPhone        phone = { .since_us = 1 };
  LfReachability reachability = { .since_us = 2 };
  LfCalendar     calendar = { .known_from_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };
  LfPresence    *presence;

  *inputs = (Inputs){
    .phone = g_test_rand_bit () ? LF_PHONE_ON_HOOK : (LfPhoneState) g_test_rand_int_range (0, LF_N_PHONE_STATES),
    .phone_until = pick_until (),
    .reachability = (LfReachabilityState) g_test_rand_int_range (0, LF_N_REACHABILITY_STATES),
    .reachability_until = pick_until (),
    .calendar_until = pick_until (),
    .has_note = g_test_rand_bit (),
    .note_until = pick_until (),
    .n_periods = (guint) g_test_rand_int_range (0, MAX_PERIODS),
  };
  for (guint i = 0; i < inputs->n_periods; i++)
    {
      int start = g_test_rand_int_range (0, HORIZON);

      inputs->periods[i] = (LfBusyPeriod){ start * LF_SECOND, (start + g_test_rand_int_range (-5, 120)) * LF_SECOND,
                                           g_test_rand_int_range (0, 4) > 0 ? LF_BUSY_BUSY : LF_BUSY_TENTATIVE };
    }

  phone.state = inputs->phone;
  phone.valid_until_us = to_instant (inputs->phone_until);
  calendar.busy = lf_busy_list_new (inputs->periods, inputs->n_periods);
  calendar.valid_until_us = to_instant (inputs->calendar_until);
  reachability.state = inputs->reachability;
  reachability.valid_until_us = to_instant (inputs->reachability_until);
  reachability.note.text = inputs->has_note ? (char *) "Note" : NULL;
  reachability.note.expires_at_us = to_instant (inputs->note_until);
  presence = lf_presence_new (&phone, &calendar, &reachability, 0);
  lf_busy_list_unref (calendar.busy);
  return presence;
}

static gboolean
is_busy (const Inputs *inputs,
         int           second)
{
  for (guint i = 0; i < inputs->n_periods; i++)
    if (inputs->periods[i].type == LF_BUSY_BUSY && inputs->periods[i].start_us <= second * LF_SECOND &&
        second * LF_SECOND < inputs->periods[i].end_us)
      return TRUE;
  return FALSE;
}

/* Everything that lf_resolve() is made of at one second, as one number: it changes when an input does. */
static guint
take_inputs (const Inputs *inputs,
             int           second)
{
  gboolean is_calendar_stale = inputs->calendar_until >= 0 && inputs->calendar_until <= second;
  guint    held = 0;

  held |= inputs->phone_until >= 0 && inputs->phone_until <= second ? 1 : 0;
  held |= is_calendar_stale ? 2 : 0;
  held |= inputs->reachability_until >= 0 && inputs->reachability_until <= second ? 4 : 0;
  held |= inputs->has_note && (inputs->note_until < 0 || inputs->note_until > second) ? 8 : 0;
  held |= !is_calendar_stale && is_busy (inputs, second) ? 16 : 0;
  return held;
}

/* Minute blocks walked second by second: the slow way to what the block shown must be. */
static void
find_block (const Inputs *inputs,
            int           second,
            int          *start,
            int          *end)
{
  int gap = 0;

  *start = second;
  *end = second + 1;
  for (int at = second - 1; at >= -1 && gap < 60; at--)
    {
      gap = is_busy (inputs, at) ? 0 : gap + 1;
      if (gap == 0)
        *start = at;
    }
  gap = 0;
  for (int at = second + 1; at <= HORIZON + 200 && gap < 60; at++)
    {
      gap = is_busy (inputs, at) ? 0 : gap + 1;
      if (gap == 0)
        *end = at + 1;
    }
}

static void
check_slowly (const Inputs     *inputs,
              const LfResolved *resolved,
              int               second)
{
  static const LfDisplayStatus by_reachability[] = {
    LF_DISPLAY_UNKNOWN, LF_DISPLAY_OFFLINE, LF_DISPLAY_ONLINE, LF_DISPLAY_IDLE, LF_DISPLAY_AWAY, LF_DISPLAY_AVAILABLE
  };
  guint           held = take_inputs (inputs, second);
  LfDisplayStatus status;
  LfKind          kind;

  if ((held & 1) == 0 && inputs->phone == LF_PHONE_DO_NOT_DISTURB)
    {
      status = LF_DISPLAY_DO_NOT_DISTURB;
      kind = LF_KIND_PHONE;
    }
  else if ((held & 1) == 0 && (inputs->phone == LF_PHONE_OFF_HOOK || inputs->phone == LF_PHONE_HELD))
    {
      status = LF_DISPLAY_ON_THE_PHONE;
      kind = LF_KIND_PHONE;
    }
  else if ((held & 16) != 0)
    {
      int start, end;

      status = LF_DISPLAY_IN_A_MEETING;
      kind = LF_KIND_CALENDAR;
      find_block (inputs, second, &start, &end);
      g_assert_cmpint (resolved->since_us, ==, start * LF_SECOND);
      g_assert_cmpint (resolved->until_us, ==, end * LF_SECOND);
    }
  else
    {
      status = (held & 4) != 0 ? LF_DISPLAY_UNKNOWN : by_reachability[inputs->reachability];
      kind = LF_KIND_REACHABILITY;
    }
  g_assert_cmpint (resolved->status, ==, status);
  g_assert_cmpint (resolved->kind, ==, kind);
  g_assert_cmpuint (resolved->stale, ==, held & 7);
  g_assert_cmpint (resolved->note != NULL, ==, (held & 8) != 0);
  if (kind != LF_KIND_CALENDAR)
    g_assert_cmpint (resolved->until_us, ==, LF_INSTANT_NONE);
}

static void
test_random (void)
{
  g_test_summary ("Random presences agree with a slow resolver; next_change_at is the first second at which an input changes");
  for (guint round = 0; round < 200; round++)
    {
      Inputs                 inputs;
      g_autoptr (LfPresence) presence = make_random (&inputs);
      gint64                 next_us = LF_INSTANT_NONE;

      /* Backwards, so that the next change is known. */
      for (int second = HORIZON + 200; second >= 0; second--)
        {
          LfResolved resolved;

          lf_resolve (presence, second * LF_SECOND, &resolved);
          check_slowly (&inputs, &resolved, second);
          g_assert_cmpint (resolved.next_change_at_us, ==, next_us);
          if (second > 0 && take_inputs (&inputs, second) != take_inputs (&inputs, second - 1))
            next_us = second * LF_SECOND;
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolver/priority", test_priority);
  g_test_add_func ("/resolver/stale-reachability", test_stale_reachability);
  g_test_add_func ("/resolver/detail-edge", test_detail_edge);
  g_test_add_func ("/resolver/names", test_names);
  g_test_add_func ("/resolver/random", test_random);
  return g_test_run ();
}
