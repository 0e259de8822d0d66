/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-route-fixture.h"

/* Jonas has the calendar; Mara has him in her roster, and Priya is somebody else. */

#define MIN_OF(minutes) ((minutes) *LF_MINUTE)
#define NOTHING         G_MININT

typedef struct
{
  int        start; /* minutes from now */
  int        end;
  LfBusyType type;
} Slot;

static gint64
get_base_us (void)
{
  return g_get_real_time () / LF_SECOND * LF_SECOND;
}

static void
publish (Fixture *fixture, gint64 base_us, int from, int until, const Slot *slots)
{
  g_autoptr (GPtrArray) periods = g_ptr_array_new_with_free_func (g_free);
  LfWireBusyReport      report = { base_us, base_us + MIN_OF (from), base_us + MIN_OF (until), periods };
  g_autoptr (GString)   body = g_string_new (NULL);

  for (; slots->start != slots->end; slots++)
    {
      LfBusyPeriod period = { base_us + MIN_OF (slots->start), base_us + MIN_OF (slots->end), slots->type };

      g_ptr_array_add (periods, g_memdup2 (&period, sizeof period));
    }
  lf_codec_encode (&lf_schema_busy_report, &report, body);
  call_status (fixture, fixture->jonas_token, "PUT", "/me/calendars/desk/busy", body->str, 204);
}

static void
allow (Fixture *fixture, const char *view)
{
  g_autofree char          *body = g_strdup_printf ("{\"calendar\":\"%s\"}", view);
  g_autoptr (LfRawReply)    reply = call_as (fixture, fixture->jonas_token, "PUT", "/me/privacy", body);
  g_autoptr (LfWirePrivacy) privacy = decode (reply, &lf_schema_privacy);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpint (privacy->calendar, !=, LF_CALENDAR_VIEW_DEFAULT);
}

static void
allow_mara (Fixture *fixture, const char *body)
{
  call_status (fixture, fixture->jonas_token, body != NULL ? "PUT" : "DELETE", "/me/permissions/{mara}", body, 204);
}

/* Jonas's calendar as @token sees it, from @from to @until minutes from now. */
static LfWireBusy *
ask (Fixture *fixture, const char *token, int from, int until)
{
  char                       start[LF_INSTANT_MAX_CHARS];
  char                       end[LF_INSTANT_MAX_CHARS];
  gint64                     base_us = get_base_us ();
  g_autofree char           *path = NULL;
  g_autoptr (LfRawReply)     reply = NULL;
  g_autoptr (LfWireBusyList) list = NULL;

  lf_instant_format (base_us + MIN_OF (from), start);
  lf_instant_format (base_us + MIN_OF (until), end);
  path = g_strdup_printf ("/busy?users={jonas}&from=%s&to=%s", start, end);
  reply = call_as (fixture, token, "GET", path, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  list = decode (reply, &lf_schema_busy_list);
  g_assert_cmpuint (list->items->len, ==, 1);
  return g_ptr_array_steal_index (list->items, 0);
}

static LfCalendarView
get_seen (Fixture *fixture, const char *token)
{
  g_autoptr (LfWireBusy) busy = ask (fixture, token, -60, 600);
  g_autoptr (LfRawReply) presence = call_as (fixture, token, "GET", "/presence?users={jonas}", NULL);
  gboolean               has_calendar = strstr (presence->body, "\"calendar_rev\":0") == NULL;

  g_assert_cmpint (has_calendar, ==, busy->rev != 0);
  if (busy->known_until_us == LF_INSTANT_NONE)
    {
      g_assert_cmpint (busy->rev, ==, 0);
      g_assert_cmpint (busy->read_at_us, ==, LF_INSTANT_NONE);
      g_assert_null (busy->source);
      g_assert_cmpuint (busy->periods->len, ==, 0);
      g_assert_false (busy->is_state_only);
      return LF_CALENDAR_VIEW_NONE;
    }
  g_assert_cmpuint (busy->periods->len, ==, busy->is_state_only ? 1 : 3);
  return busy->is_state_only ? LF_CALENDAR_VIEW_STATE : LF_CALENDAR_VIEW_PERIODS;
}

static const struct
{
  const char    *claim;
  const char    *view;
  const char    *permission; /* of Mara; NULL: taken back */
  LfCalendarView mara;
  LfCalendarView priya;
} who_rows[] = {
  { "at first all see the periods", NULL, NULL, LF_CALENDAR_VIEW_PERIODS, LF_CALENDAR_VIEW_PERIODS },
  { "only the state, for all", "state", NULL, LF_CALENDAR_VIEW_STATE, LF_CALENDAR_VIEW_STATE },
  { "nothing, for all", "none", NULL, LF_CALENDAR_VIEW_NONE, LF_CALENDAR_VIEW_NONE },
  { "an exception gives more", "none", "{\"blocked\":false,\"calendar\":\"periods\"}", LF_CALENDAR_VIEW_PERIODS, LF_CALENDAR_VIEW_NONE },
  { "an exception stays when the rule changes", "periods", "{\"blocked\":false,\"calendar\":\"none\"}", LF_CALENDAR_VIEW_NONE, LF_CALENDAR_VIEW_PERIODS },
  { "an exception gives something between", "none", "{\"blocked\":false,\"calendar\":\"state\"}", LF_CALENDAR_VIEW_STATE, LF_CALENDAR_VIEW_NONE },
  { "a block beats an exception", "periods", "{\"blocked\":true,\"calendar\":\"periods\"}", LF_CALENDAR_VIEW_NONE, LF_CALENDAR_VIEW_PERIODS },
  { "taken back, the rule counts", "state", NULL, LF_CALENDAR_VIEW_STATE, LF_CALENDAR_VIEW_STATE },
  { "a permission that says nothing of it is no exception", "none", "{\"blocked\":false}", LF_CALENDAR_VIEW_NONE, LF_CALENDAR_VIEW_NONE },
  { "the default is the periods", "default", NULL, LF_CALENDAR_VIEW_PERIODS, LF_CALENDAR_VIEW_PERIODS },
};

static void
test_who (Fixture *fixture, gconstpointer unused)
{
  static const Slot slots[] = { { -30, 30, LF_BUSY_BUSY }, { 30, 90, LF_BUSY_TENTATIVE }, { 120, 180, LF_BUSY_BUSY }, { 0 } };
  g_autofree char  *priya_token = lf_rig_sign_in (fixture->rig, "priya");

  g_test_summary ("Who sees what of a calendar: by the rule for all and the exception of one; the person itself sees all");
  publish (fixture, get_base_us (), -120, 900, slots);
  for (guint i = 0; i < G_N_ELEMENTS (who_rows); i++)
    {
      g_test_message ("%s", who_rows[i].claim);
      if (who_rows[i].view != NULL)
        allow (fixture, who_rows[i].view);
      allow_mara (fixture, who_rows[i].permission);
      g_assert_cmpint (get_seen (fixture, fixture->mara_token), ==, who_rows[i].mara);
      g_assert_cmpint (get_seen (fixture, priya_token), ==, who_rows[i].priya);
      g_assert_cmpint (get_seen (fixture, fixture->jonas_token), ==, LF_CALENDAR_VIEW_PERIODS);
    }
}

static const struct
{
  const char *claim;
  Slot        slots[4];
  int         from; /* what the calendar knows */
  int         until;
  int         asked_until;
  int         known_until; /* NOTHING: not known */
  int         meeting;     /* its start; NOTHING: none */
} state_rows[] = {
  { "in a meeting, to its end", { { -30, 30, LF_BUSY_BUSY }, { 60, 90, LF_BUSY_BUSY } }, -120, 900, 600, 30, -30 },
  { "meetings that overlap are one", { { -30, 30, LF_BUSY_BUSY }, { 20, 90, LF_BUSY_BUSY } }, -120, 900, 600, 90, -30 },
  { "between meetings, to the next", { { -60, -30, LF_BUSY_BUSY }, { 60, 90, LF_BUSY_BUSY } }, -120, 900, 600, 60, NOTHING },
  { "no meeting, to the end of what was asked", { { 0 } }, -120, 900, 600, 600, NOTHING },
  { "no meeting, to the end of what is known", { { 700, 730, LF_BUSY_BUSY } }, -120, 300, 600, 300, NOTHING },
  { "a meeting beyond the end of what is known", { { -30, 400, LF_BUSY_BUSY } }, -120, 300, 600, 300, -30 },
  { "what is no meeting is neither told nor an edge",
    { { -30, 30, LF_BUSY_TENTATIVE }, { -30, 40, LF_BUSY_OUT_OF_OFFICE }, { 50, 60, LF_BUSY_ALL_DAY } },
    -120,
    900,
    600,
    600,
    NOTHING },
  { "it says nothing of the time before what is known", { { 100, 130, LF_BUSY_BUSY } }, 60, 900, 600, NOTHING, NOTHING },
  { "it says nothing of the time after what is known", { { -100, -60, LF_BUSY_BUSY } }, -120, -30, 600, NOTHING, NOTHING },
};

static void
test_state (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Whoever sees the state alone is told of the meeting around now and when that changes, and of nothing else");
  allow (fixture, "state");
  for (guint i = 0; i < G_N_ELEMENTS (state_rows); i++)
    {
      gint64                 before_us;
      gint64                 base_us = get_base_us ();
      g_autoptr (LfWireBusy) busy = NULL;

      g_test_message ("%s", state_rows[i].claim);
      publish (fixture, base_us, state_rows[i].from, state_rows[i].until, state_rows[i].slots);
      before_us = g_get_real_time () - LF_MINUTE; /* the wire cuts to milliseconds, and clocks are set */
      busy = ask (fixture, fixture->mara_token, -120, state_rows[i].asked_until);
      g_assert_true (busy->is_state_only);
      g_assert_null (busy->source);
      g_assert_cmpint (busy->rev, >, 0);
      g_assert_cmpint (busy->periods->len, ==, state_rows[i].meeting != NOTHING ? 1 : 0);
      if (state_rows[i].known_until == NOTHING)
        {
          g_assert_cmpint (busy->known_from_us, ==, LF_INSTANT_NONE);
          g_assert_cmpint (busy->known_until_us, ==, LF_INSTANT_NONE);
          continue;
        }
      g_assert_cmpint (busy->known_from_us, >=, before_us);
      g_assert_cmpint (busy->known_from_us, <=, g_get_real_time ());
      g_assert_cmpint (ABS (busy->known_until_us - (base_us + MIN_OF (state_rows[i].known_until))), <, LF_MINUTE);
      if (state_rows[i].meeting != NOTHING)
        g_assert_cmpint (((LfBusyPeriod *) busy->periods->pdata[0])->start_us, ==, base_us + MIN_OF (state_rows[i].meeting));
    }
}

static void
test_not_of_now (Fixture *fixture, gconstpointer unused)
{
  static const Slot      slots[] = { { -30, 30, LF_BUSY_BUSY }, { 60, 90, LF_BUSY_BUSY }, { 0 } };
  g_autoptr (LfWireBusy) later = NULL;
  g_autoptr (LfWireBusy) earlier = NULL;

  g_test_summary ("Whoever sees the state alone learns nothing by asking for another time");
  publish (fixture, get_base_us (), -120, 900, slots);
  allow (fixture, "state");
  later = ask (fixture, fixture->mara_token, 45, 120);
  earlier = ask (fixture, fixture->mara_token, -120, -10);
  g_assert_cmpint (later->known_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpuint (later->periods->len, ==, 0);
  g_assert_cmpint (earlier->known_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpuint (earlier->periods->len, ==, 0);
}

static gint64
hear_calendar (LfRaw *stream)
{
  g_autofree char *text = lf_raw_hear_type (stream, "calendar");
  const char      *rev = strstr (text, "\"calendar_rev\":");

  g_assert_nonnull (rev);
  return g_ascii_strtoll (rev + strlen ("\"calendar_rev\":"), NULL, 10);
}

static void
test_at_once (Fixture *fixture, gconstpointer unused)
{
  static const Slot slots[] = { { -30, 30, LF_BUSY_BUSY }, { 0 } };
  static const Slot longer[] = { { -30, 45, LF_BUSY_BUSY }, { 0 } };
  g_autoptr (LfRaw) mara = NULL;
  g_autofree char  *presence = NULL;
  gint64            rev;
  gint64            next;

  g_test_summary ("A change is told at once: with a new revision, or with 0 to whoever sees nothing any more, who then hears nothing");
  publish (fixture, get_base_us (), -120, 900, slots);
  mara = lf_raw_open_live (fixture->rig, fixture->mara_token);
  allow (fixture, "state");
  rev = hear_calendar (mara);
  g_assert_cmpint (rev, >, 0);
  allow_mara (fixture, "{\"blocked\":false,\"calendar\":\"none\"}");
  g_assert_cmpint (hear_calendar (mara), ==, 0);
  allow (fixture, "periods");
  publish (fixture, get_base_us (), -120, 900, longer);
  call_status (fixture, fixture->jonas_token, "PUT", "/me/dnd", "{\"on\":true}", 200);
  presence = lf_raw_hear (mara); /* nothing stands before it */
  g_assert_nonnull (strstr (presence, "\"t\":\"presence\""));
  g_assert_nonnull (strstr (presence, "\"calendar_rev\":0"));
  allow_mara (fixture, NULL);
  next = hear_calendar (mara);
  g_assert_cmpint (next, >, rev);
  allow (fixture, "periods"); /* as it is: not told */
  allow (fixture, "none");
  g_assert_cmpint (hear_calendar (mara), ==, 0);
}

static void
test_no_calendar (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) mara = lf_raw_open_live (fixture->rig, fixture->mara_token);
  g_autofree char  *presence = NULL;

  g_test_summary ("Whoever never had a calendar can have wishes about it, which nobody hears of");
  allow (fixture, "none");
  allow_mara (fixture, "{\"blocked\":false,\"calendar\":\"state\"}");
  call_status (fixture, fixture->jonas_token, "PUT", "/me/dnd", "{\"on\":true}", 200);
  presence = lf_raw_hear (mara);
  g_assert_nonnull (strstr (presence, "\"t\":\"presence\""));
}

static void
test_kept (Fixture *fixture, gconstpointer unused)
{
  static const Slot         slots[] = { { -30, 30, LF_BUSY_BUSY }, { 30, 90, LF_BUSY_TENTATIVE }, { 120, 180, LF_BUSY_BUSY }, { 0 } };
  g_autofree char          *priya_token = lf_rig_sign_in (fixture->rig, "priya");
  g_autoptr (LfRawReply)    reply = NULL;
  g_autoptr (LfWirePrivacy) privacy = NULL;
  const LfWireException    *exception;

  g_test_summary ("Rule and exceptions outlive the server, and are told to their owner alone");
  publish (fixture, get_base_us (), -120, 900, slots);
  allow (fixture, "none");
  allow_mara (fixture, "{\"blocked\":false,\"calendar\":\"state\"}");
  lf_rig_restart (fixture->rig);
  g_assert_cmpint (get_seen (fixture, fixture->mara_token), ==, LF_CALENDAR_VIEW_STATE);
  g_assert_cmpint (get_seen (fixture, priya_token), ==, LF_CALENDAR_VIEW_NONE);
  reply = call_as (fixture, fixture->jonas_token, "GET", "/me/privacy", NULL);
  privacy = decode (reply, &lf_schema_privacy);
  g_assert_cmpint (privacy->calendar, ==, LF_CALENDAR_VIEW_NONE);
  g_assert_cmpuint (privacy->exceptions->len, ==, 1);
  exception = privacy->exceptions->pdata[0];
  g_assert_cmpstr (exception->user, ==, fixture->mara);
  g_assert_cmpint (exception->calendar, ==, LF_CALENDAR_VIEW_STATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROUTE_TEST ("/privacy/calendar/who", test_who);
  ADD_ROUTE_TEST ("/privacy/calendar/state", test_state);
  ADD_ROUTE_TEST ("/privacy/calendar/not-of-now", test_not_of_now);
  ADD_ROUTE_TEST ("/privacy/calendar/at-once", test_at_once);
  ADD_ROUTE_TEST ("/privacy/calendar/no-calendar", test_no_calendar);
  ADD_ROUTE_TEST ("/privacy/calendar/kept", test_kept);

  return g_test_run ();
}
