/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-availability.h"
#include "lf-test-util.h"

#define NOW_US (G_GINT64_CONSTANT (1795510800) * LF_SECOND) /* 2026-11-24T09:00:00Z */

typedef struct
{
  LfClock        *clock;
  LfRoster       *roster;
  LfAvailability *monitor;
  LfContact      *contact;
  gint64          rev;
  guint           n_told;
  gboolean        was_armed;
} World;

static void
on_became_available (LfAvailability *monitor,
                     LfContact      *contact,
                     gboolean        was_armed,
                     World          *w)
{
  g_assert_true (contact == w->contact);
  w->n_told++;
  w->was_armed = was_armed;
}

static void
world_begin (World *w)
{
  *w = (World){ .clock = lf_clock_new_manual (NOW_US) };
  w->roster = lf_roster_new (w->clock);
  w->monitor = lf_availability_new (w->roster);
  g_signal_connect (w->monitor, "became-available", G_CALLBACK (on_became_available), w);
  w->contact = lf_roster_ensure (w->roster, "u2");
}

static void
world_end (World *w)
{
  g_assert_finalize_object (w->monitor);
  g_assert_finalize_object (w->roster);
  g_assert_finalize_object (w->clock);
}

static void
tell (World              *w,
      LfPhoneState        phone,
      LfReachabilityState reachability,
      gboolean            is_snapshot)
{
  const LfPhone          p = { .state = phone, .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE };
  const LfReachability   r = { .state = reachability, .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .note.expires_at_us = LF_INSTANT_NONE };
  const LfCalendar       c = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };
  g_autoptr (LfPresence) presence = lf_presence_new (&p, &c, &r, ++w->rev);

  g_assert_true (lf_roster_apply_presence (w->roster, "u2", presence, is_snapshot));
}

/* A meeting in seconds from the beginning; one that ends at 0 is none. */
typedef struct
{
  int from_s;
  int to_s;
} Meeting;

/* @left_s: "I left early" then, which has the server cut off the meeting that goes on; 0: it was not said. */
static void
tell_meetings (World *w, const Meeting *meetings, guint n_meetings, int left_s)
{
  g_autofree LfBusyPeriod *periods = g_new (LfBusyPeriod, n_meetings);
  g_autoptr (LfBusyList)   busy = NULL;
  LfCalendar               calendar = { .known_from_us = NOW_US - LF_DAY, .valid_until_us = NOW_US + LF_DAY, .read_at_us = NOW_US, .rev = ++w->rev };
  gsize                    n_periods = 0;

  for (guint i = 0; i < n_meetings && meetings[i].to_s > 0; i++)
    {
      int to_s = meetings[i].from_s < left_s && left_s < meetings[i].to_s ? left_s : meetings[i].to_s;

      periods[n_periods++] = (LfBusyPeriod){ NOW_US + meetings[i].from_s * LF_SECOND, NOW_US + to_s * LF_SECOND, LF_BUSY_BUSY };
    }
  busy = lf_busy_list_new (periods, n_periods);
  calendar.busy = busy;
  g_assert_true (lf_roster_apply_calendar (w->roster, "u2", &calendar));
}

static void
tell_meeting (World *w, int from_s, int to_s)
{
  const Meeting meeting = { from_s, to_s };

  tell_meetings (w, &meeting, 1, 0);
}

/* The state alone, from now to @until_s: in a meeting or not. */
static void
tell_state (World   *w,
            gint64   until_s,
            gboolean is_meeting)
{
  const LfBusyPeriod     period = { NOW_US - LF_MINUTE, NOW_US + until_s * LF_SECOND, LF_BUSY_BUSY };
  g_autoptr (LfBusyList) busy = lf_busy_list_new (&period, is_meeting ? 1 : 0);
  const LfCalendar       calendar = {
          .busy = busy,
          .known_from_us = lf_clock_get_now_us (w->clock),
          .valid_until_us = NOW_US + until_s * LF_SECOND,
          .read_at_us = NOW_US,
          .rev = ++w->rev,
          .is_state_only = TRUE,
  };

  g_assert_true (lf_roster_apply_calendar (w->roster, "u2", &calendar));
}

static void
wait_s (World *w, gint64 seconds)
{
  lf_clock_advance (w->clock, seconds * LF_SECOND);
}

#define PHONE(state) LF_PHONE_##state
#define REACH(state) LF_REACHABILITY_##state

/* From one presence to another, live: told after 20 s, or never. */
typedef struct
{
  const char         *why;
  LfPhoneState        old_phone;
  LfReachabilityState old_reach;
  LfPhoneState        new_phone;
  LfReachabilityState new_reach;
  gboolean            is_told;
} Edge;

static const Edge edges[] = {
  { "hangs up", PHONE (OFF_HOOK), REACH (ONLINE), PHONE (ON_HOOK), REACH (ONLINE), TRUE },
  { "ends a held call", PHONE (HELD), REACH (ONLINE), PHONE (ON_HOOK), REACH (AVAILABLE), TRUE },
  { "takes DND away, with a phone", PHONE (DO_NOT_DISTURB), REACH (ONLINE), PHONE (ON_HOOK), REACH (ONLINE), TRUE },
  { "takes DND away, without a phone", PHONE (DO_NOT_DISTURB), REACH (ONLINE), PHONE (UNKNOWN), REACH (ONLINE), TRUE },
  { "comes back to the desk", PHONE (ON_HOOK), REACH (AWAY), PHONE (ON_HOOK), REACH (ONLINE), TRUE },
  { "signs in", PHONE (ON_HOOK), REACH (OFFLINE), PHONE (ON_HOOK), REACH (ONLINE), TRUE },
  { "says to be available after being away", PHONE (UNKNOWN), REACH (AWAY), PHONE (UNKNOWN), REACH (AVAILABLE), TRUE },
  { "moves the mouse after five minutes", PHONE (ON_HOOK), REACH (IDLE), PHONE (ON_HOOK), REACH (ONLINE), FALSE },
  { "was unknown", PHONE (ON_HOOK), REACH (UNKNOWN), PHONE (ON_HOOK), REACH (ONLINE), FALSE },
  { "was free already", PHONE (ON_HOOK), REACH (ONLINE), PHONE (ON_HOOK), REACH (AVAILABLE), FALSE },
  { "the phone system is lost: it did not hang up", PHONE (OFF_HOOK), REACH (ONLINE), PHONE (UNKNOWN), REACH (ONLINE), FALSE },
  { "hangs up, but nobody sits there", PHONE (OFF_HOOK), REACH (IDLE), PHONE (ON_HOOK), REACH (IDLE), FALSE },
  { "hangs up and is away", PHONE (OFF_HOOK), REACH (ONLINE), PHONE (ON_HOOK), REACH (AWAY), FALSE },
};

static void
test_edges (void)
{
  g_test_summary ("Free for 20 s on end after being busy, away or offline, and only then.");
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      const Edge *edge = &edges[i];
      World       w;

      g_test_message ("%s", edge->why);
      world_begin (&w);
      lf_contact_set_is_watched (w.contact, TRUE);
      tell (&w, edge->old_phone, edge->old_reach, TRUE);
      lf_availability_take_snapshot (w.monitor);
      wait_s (&w, 60);
      g_assert_cmpuint (w.n_told, ==, 0);
      tell (&w, edge->new_phone, edge->new_reach, FALSE);
      wait_s (&w, 19);
      g_assert_cmpuint (w.n_told, ==, 0);
      wait_s (&w, 2);
      g_assert_cmpuint (w.n_told, ==, edge->is_told);
      g_assert_false (w.was_armed);
      wait_s (&w, 3600);
      g_assert_cmpuint (w.n_told, ==, edge->is_told);
      world_end (&w);
    }
}

static void
test_not_watched (void)
{
  World w;

  g_test_summary ("Nobody is told of who is neither watched nor armed.");
  world_begin (&w);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);
  world_end (&w);
}

static void
test_on_end (void)
{
  World w;

  g_test_summary ("A call within the 20 s begins the wait anew.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 15);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 1);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  tell (&w, LF_PHONE_RINGING, LF_REACHABILITY_ONLINE, FALSE); /* still free: it may be you who calls */
  wait_s (&w, 19);
  g_assert_cmpuint (w.n_told, ==, 0);
  wait_s (&w, 2);
  g_assert_cmpuint (w.n_told, ==, 1);
  world_end (&w);
}

static void
test_meetings (void)
{
  World w;

  g_test_summary ("A meeting that ends tells; a gap before the next does not, unless that is called off.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  tell_meeting (&w, 0, 600);
  lf_availability_take_snapshot (w.monitor);
  wait_s (&w, 619);
  g_assert_cmpuint (w.n_told, ==, 0);
  wait_s (&w, 2);
  g_assert_cmpuint (w.n_told, ==, 1);
  world_end (&w);

  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  tell_meeting (&w, 70, 600);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 69);
  g_assert_cmpuint (w.n_told, ==, 0);
  tell_meeting (&w, 7000, 7600); /* put off: still free when it would have begun */
  wait_s (&w, 2);
  g_assert_cmpuint (w.n_told, ==, 1);
  world_end (&w);

  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  tell_meeting (&w, 70, 600);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 300);
  g_assert_cmpuint (w.n_told, ==, 0);
  wait_s (&w, 321);
  g_assert_cmpuint (w.n_told, ==, 1); /* after the meeting */
  world_end (&w);
}

/* Armed in the first meeting of a row, which ends after 600 s: told 20 s after what the list says is the end. */
static const struct
{
  const char *why;
  Meeting     meetings[3];
  int         left_early_s; /* 0: it is not said */
  int         end_s;
} joined[] = {
  { "a meeting alone", { { 0, 600 } }, 0, 600 },
  { "the next follows without a gap", { { 0, 600 }, { 600, 1200 } }, 0, 1200 },
  { "three, one after the other", { { 0, 600 }, { 600, 1200 }, { 1200, 1800 } }, 0, 1800 },
  { "they overlap", { { 0, 600 }, { 300, 1200 } }, 0, 1200 },
  { "a gap shorter than the 20 s", { { 0, 600 }, { 610, 1200 } }, 0, 1200 },
  { "a gap in which the 20 s pass, with the next within 60 s", { { 0, 600 }, { 659, 1200 } }, 0, 1200 },
  { "a gap after whose 20 s the next is 60 s away", { { 0, 600 }, { 680, 1200 } }, 0, 1200 },
  { "a gap after whose 20 s the next is further away", { { 0, 600 }, { 682, 1200 } }, 0, 600 },
  { "two such gaps", { { 0, 600 }, { 640, 1200 }, { 1250, 1800 } }, 0, 1800 },
  { "left early, and nothing follows", { { 0, 600 } }, 200, 200 },
  { "left early, while the next is far away", { { 0, 600 }, { 600, 1200 } }, 200, 200 },
  { "left early, while the next is less than 60 s away", { { 0, 600 }, { 600, 1200 } }, 560, 1200 },
  { "left early, and the next is 60 s away after the 20 s", { { 0, 600 }, { 600, 1200 } }, 521, 1200 },
  { "the second is left early", { { 0, 600 }, { 600, 1200 } }, 700, 700 },
  { "the second is left early, shortly before the third", { { 0, 600 }, { 600, 1200 }, { 1200, 1800 } }, 1190, 1800 },
};

static void
test_joined (void)
{
  g_test_summary ("Armed in a meeting: not told in a short gap, nor when the next is near, but 20 s after the true end.");
  for (guint i = 0; i < G_N_ELEMENTS (joined); i++)
    {
      World w;
      int   now_s = 60;

      g_test_message ("%s", joined[i].why);
      world_begin (&w);
      tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
      tell_meetings (&w, joined[i].meetings, G_N_ELEMENTS (joined[i].meetings), 0);
      lf_availability_take_snapshot (w.monitor);
      wait_s (&w, now_s);
      lf_availability_set_armed (w.monitor, w.contact, TRUE);
      if (joined[i].left_early_s != 0)
        {
          wait_s (&w, joined[i].left_early_s - now_s);
          now_s = joined[i].left_early_s;
          tell_meetings (&w, joined[i].meetings, G_N_ELEMENTS (joined[i].meetings), now_s);
        }
      wait_s (&w, joined[i].end_s + 19 - now_s);
      g_assert_cmpuint (w.n_told, ==, 0);
      wait_s (&w, 2);
      g_assert_cmpuint (w.n_told, ==, 1);
      g_assert_true (w.was_armed);
      wait_s (&w, 3600);
      g_assert_cmpuint (w.n_told, ==, 1);
      world_end (&w);
    }
}

static void
test_interval (void)
{
  World w;

  g_test_summary ("At most one in ten minutes for a contact.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  for (guint i = 0; i < 10; i++) /* a call a minute */
    {
      tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
      wait_s (&w, 30);
      tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
      wait_s (&w, 30);
    }
  g_assert_cmpuint (w.n_told, ==, 1);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 60);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 30);
  g_assert_cmpuint (w.n_told, ==, 2);
  world_end (&w);
}

static void
test_snapshot (void)
{
  World w;

  g_test_summary ("A snapshot is no news, nor is a calendar pulled because of it, nor what ran when the stream was cut.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  tell_meeting (&w, 0, 3600);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_take_cut (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_set_quiet (w.monitor, TRUE);
  tell_meeting (&w, 7200, 7300);
  lf_availability_set_quiet (w.monitor, FALSE);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);

  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 10);
  lf_availability_take_cut (w.monitor);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);
  world_end (&w);
}

static void
test_stale (void)
{
  World w;

  g_test_summary ("What goes stale while the stream is cut is no news, nor after.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_take_cut (w.monitor);
  lf_roster_mark_cut (w.roster, NOW_US);
  wait_s (&w, 31); /* the phone is unknown: displayed as online */
  g_assert_cmpint (lf_contact_get_resolved (w.contact)->status, ==, LF_DISPLAY_ONLINE);
  wait_s (&w, 600);
  g_assert_cmpuint (w.n_told, ==, 0);
  world_end (&w);
}

static void
test_calendar_gone (void)
{
  static const struct
  {
    const char *claim;
    gint64      rev;
  } rows[] = {
    { "nobody may see it any more, or there is none", 0 },
    { "its source is known of no more", 100 },
  };

  g_test_summary ("A meeting that is no longer known of has not ended; one that is left early has.");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const LfCalendar none = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE, .rev = rows[i].rev };
      World            w;

      g_test_message ("%s", rows[i].claim);
      world_begin (&w);
      lf_contact_set_is_watched (w.contact, TRUE);
      tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
      tell_meeting (&w, 0, 3600);
      lf_availability_take_snapshot (w.monitor);
      g_assert_true (lf_roster_apply_calendar (w.roster, "u2", &none));
      g_assert_cmpint (lf_contact_get_resolved (w.contact)->status, ==, LF_DISPLAY_ONLINE);
      wait_s (&w, 60);
      g_assert_cmpuint (w.n_told, ==, 0);
      w.rev = 200;
      tell_meeting (&w, 0, 3600);
      tell_meeting (&w, 7200, 7300);
      wait_s (&w, 21);
      g_assert_cmpuint (w.n_told, ==, 1);
      world_end (&w);
    }
}

static void
test_last_day (void)
{
  World w;

  g_test_summary ("A server in the last hours of the year 9999 does no harm.");
  world_begin (&w);
  lf_clock_set_server_us (w.clock, G_GINT64_CONSTANT (253402300000) * LF_SECOND);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_set_armed (w.monitor, w.contact, TRUE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 21);
  g_assert_cmpuint (w.n_told, ==, 1);
  world_end (&w);
}

static void
test_armed (void)
{
  World w;

  g_test_summary ("Armed while busy: told once, live or 20 s after a snapshot; ends with the day.");
  world_begin (&w);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_set_armed (w.monitor, w.contact, TRUE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 21);
  g_assert_cmpuint (w.n_told, ==, 1);
  g_assert_true (w.was_armed);
  g_assert_false (lf_contact_get_is_armed (w.contact));
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 1200);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 1); /* once */
  world_end (&w);

  world_begin (&w);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_set_armed (w.monitor, w.contact, TRUE);
  lf_availability_take_cut (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);
  lf_availability_take_snapshot (w.monitor);
  wait_s (&w, 19);
  g_assert_cmpuint (w.n_told, ==, 0);
  wait_s (&w, 2);
  g_assert_cmpuint (w.n_told, ==, 1);
  world_end (&w);

  world_begin (&w);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  lf_availability_set_armed (w.monitor, w.contact, TRUE); /* while free: that is no promise for a snapshot */
  lf_availability_take_cut (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_AVAILABLE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);
  wait_s (&w, 25 * 3600);
  g_assert_false (lf_contact_get_is_armed (w.contact)); /* the day is over */
  world_end (&w);
}

static void
test_armed_again (void)
{
  World w;

  g_test_summary ("Who arms within ten minutes of the last is told when they are over.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 21);
  g_assert_cmpuint (w.n_told, ==, 1);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  lf_availability_set_armed (w.monitor, w.contact, TRUE);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  wait_s (&w, 300);
  g_assert_cmpuint (w.n_told, ==, 1);
  wait_s (&w, 310);
  g_assert_cmpuint (w.n_told, ==, 2);
  g_assert_true (w.was_armed);
  world_end (&w);
}

static void
test_removed (void)
{
  World w;

  g_test_summary ("Who leaves the roster meanwhile is not told of.");
  world_begin (&w);
  lf_contact_set_is_watched (w.contact, TRUE);
  tell (&w, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, TRUE);
  lf_availability_take_snapshot (w.monitor);
  tell (&w, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, FALSE);
  lf_roster_remove (w.roster, "u2");
  wait_s (&w, 60);
  g_assert_cmpuint (w.n_told, ==, 0);
  world_end (&w);
}

static const struct
{
  const char *why;
  gboolean    is_pulled;
  gboolean    is_meeting;
  gboolean    is_told;
} states[] = {
  { "free, as it turns out", TRUE, FALSE, TRUE },
  { "the next meeting has begun", TRUE, TRUE, FALSE },
  { "nothing is heard: it may have begun", FALSE, FALSE, FALSE },
};

static void
test_state_only (void)
{
  g_test_summary ("After the meeting of somebody whose current state alone may be seen, the next state decides.");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      World w;

      g_test_message ("%s", states[i].why);
      world_begin (&w);
      lf_contact_set_is_watched (w.contact, TRUE);
      tell (&w, PHONE (ON_HOOK), REACH (ONLINE), TRUE);
      tell_state (&w, 60, TRUE);
      lf_availability_take_snapshot (w.monitor);
      g_assert_cmpint (lf_contact_get_resolved (w.contact)->status, ==, LF_DISPLAY_IN_A_MEETING);
      wait_s (&w, 63);
      if (states[i].is_pulled)
        tell_state (&w, 3600, states[i].is_meeting);
      wait_s (&w, 60);
      g_assert_cmpuint (w.n_told, ==, states[i].is_told);
      world_end (&w);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/availability/edges", test_edges);
  g_test_add_func ("/availability/state-only", test_state_only);
  g_test_add_func ("/availability/not-watched", test_not_watched);
  g_test_add_func ("/availability/on-end", test_on_end);
  g_test_add_func ("/availability/meetings", test_meetings);
  g_test_add_func ("/availability/joined", test_joined);
  g_test_add_func ("/availability/interval", test_interval);
  g_test_add_func ("/availability/snapshot", test_snapshot);
  g_test_add_func ("/availability/stale", test_stale);
  g_test_add_func ("/availability/calendar-gone", test_calendar_gone);
  g_test_add_func ("/availability/last-day", test_last_day);
  g_test_add_func ("/availability/armed", test_armed);
  g_test_add_func ("/availability/armed-again", test_armed_again);
  g_test_add_func ("/availability/removed", test_removed);
  return g_test_run ();
}
