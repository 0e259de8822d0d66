/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-raw.h"
#include "lf-streams.h"
#include "lf-test-util.h"

#define N_BEFORE 5 /* marks before the cut; position 1 is the snapshot */
#define N_AFTER  3

typedef struct
{
  LfRig *rig;
  char  *ada;
  char  *bob;
  char  *token; /* of ada's session */
  char  *bob_token;
  char  *session; /* ada's, as the last hello named it */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->ada = lf_rig_add_person (fixture->rig, "ada");
  fixture->bob = lf_rig_add_person (fixture->rig, "bob");
  lf_rig_add_contact (fixture->rig, fixture->ada, fixture->bob);
  fixture->rig->config->device_grace_s = 1;
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "ada");
  fixture->bob_token = lf_rig_sign_in (fixture->rig, "bob");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_rig_assert_alive (fixture->rig);
  g_free (fixture->session);
  g_free (fixture->token);
  g_free (fixture->bob_token);
  g_free (fixture->ada);
  g_free (fixture->bob);
  lf_rig_free (fixture->rig);
}

static LfParking *
get_parking (Fixture *fixture)
{
  return lf_streams_get_parking (fixture->rig->server->streams);
}

static void
wait_parked (Fixture *fixture, guint n)
{
  lf_wait_until (lf_parking_count (get_parking (fixture)) == n, LF_RIG_WAIT_MS);
}

/* Frames that count and cannot be merged, numbered. */
static void
send_marks (Fixture *fixture, gint64 from, gint64 to)
{
  for (gint64 seq = from; seq <= to; seq++)
    {
      LfWireMark mark = { (char *) "c", (char *) "u", seq };

      lf_hub_send (fixture->rig->server->hub, fixture->ada, NULL, LF_FRAME_READ, &mark);
    }
}

static void
hear_marks (LfRaw *raw, gint64 from, gint64 to)
{
  for (gint64 seq = from; seq <= to; seq++)
    {
      g_autofree char *text = lf_raw_hear (raw);
      g_autofree char *wanted = g_strdup_printf ("\"seq\":%" G_GINT64_FORMAT "}", seq);

      if (!g_str_has_prefix (text, "{\"t\":\"read\"") || strstr (text, wanted) == NULL)
        g_error ("Wanted %s, heard %s", wanted, text);
    }
}

/* Nothing else has been sent. */
static void
hear_nothing (LfRaw *raw)
{
  g_autofree char *text = NULL;

  lf_raw_say (raw, "{\"t\":\"ping\",\"n\":99}");
  text = lf_raw_hear (raw);
  g_assert_cmpstr (text, ==, "{\"t\":\"pong\",\"n\":99}");
}

static char *
take_session (const char *hello)
{
  const char *start = strstr (hello, "\"session\":\"") + strlen ("\"session\":\"");

  return g_strndup (start, strcspn (start, "\""));
}

static LfRaw *
open_unheard (Fixture *fixture, const char *token)
{
  LfRaw           *raw = lf_raw_open_stream (fixture->rig, token);
  g_autofree char *hello = NULL;
  g_autofree char *snapshot = NULL;

  lf_raw_say (raw, "{\"t\":\"start\"}");
  hello = lf_raw_hear (raw);
  snapshot = lf_raw_hear (raw);
  g_assert_nonnull (strstr (snapshot, "\"last\":true"));
  g_free (fixture->session);
  fixture->session = take_session (hello);
  return raw;
}

static LfRaw *
open_live (Fixture *fixture, const char *token)
{
  LfRaw *raw = open_unheard (fixture, token);

  lf_raw_say (raw, "{\"t\":\"ack\",\"count\":1}");
  hear_nothing (raw); /* it has been read */
  return raw;
}

static LfRaw *
say_resume (Fixture *fixture, const char *token, const char *session, gint64 count)
{
  LfRaw           *raw = lf_raw_open_stream (fixture->rig, token);
  g_autofree char *text = g_strdup_printf ("{\"t\":\"resume\",\"session\":\"%s\",\"count\":%" G_GINT64_FORMAT "}", session, count);

  lf_raw_say (raw, text);
  return raw;
}

static LfRaw *
resume (Fixture *fixture, gint64 count)
{
  LfRaw           *raw = say_resume (fixture, fixture->token, fixture->session, count);
  g_autofree char *hello = lf_raw_hear (raw);
  g_autofree char *wanted = g_strdup_printf ("\"resumed\":true,\"count\":%" G_GINT64_FORMAT "}", count);

  if (strstr (hello, wanted) == NULL)
    g_error ("Wanted %s, heard %s", wanted, hello);
  return raw;
}

static void
hear_anew (LfRaw *raw)
{
  g_autofree char *hello = lf_raw_hear (raw);
  g_autofree char *snapshot = lf_raw_hear (raw);

  g_assert_nonnull (strstr (hello, "\"resumed\":false,\"count\":0"));
  g_assert_true (g_str_has_prefix (snapshot, "{\"t\":\"snapshot\",\"part\":0"));
}

static void
refuse (Fixture *fixture, const char *token, const char *session, gint64 count)
{
  g_autoptr (LfRaw) raw = say_resume (fixture, token, session, count);

  hear_anew (raw);
}

static void
say_ack (LfRaw *raw, gint64 count)
{
  g_autofree char *text = g_strdup_printf ("{\"t\":\"ack\",\"count\":%" G_GINT64_FORMAT "}", count);

  lf_raw_say (raw, text);
}

/* A live stream that has had the snapshot and @n marks, all heard. */
static LfRaw *
open_with_marks (Fixture *fixture, gint64 n)
{
  LfRaw *raw = open_live (fixture, fixture->token);

  send_marks (fixture, 1, n);
  hear_marks (raw, 1, n);
  return raw;
}

static void
cut (Fixture *fixture, LfRaw *raw)
{
  lf_raw_free (raw);
  wait_parked (fixture, 1);
}

static void
test_every_count (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("After a cut at any count the frames behind it come again, in order and once, then what came meanwhile; positions are kept");
  for (gint64 acked = 0; acked <= 1 + N_BEFORE; acked++)
    for (gint64 count = MAX (acked, 1); count <= 1 + N_BEFORE; count++)
      {
        LfRaw            *older = open_with_marks (fixture, N_BEFORE);
        g_autoptr (LfRaw) raw = NULL;

        say_ack (older, acked);
        hear_nothing (older);
        cut (fixture, older);
        send_marks (fixture, N_BEFORE + 1, N_BEFORE + N_AFTER);
        raw = resume (fixture, count);
        g_assert_cmpuint (lf_parking_count (get_parking (fixture)), ==, 0);
        hear_marks (raw, count, N_BEFORE + N_AFTER);
        hear_nothing (raw);
        send_marks (fixture, 100, 101);
        hear_marks (raw, 100, 101);
        say_ack (raw, 1 + N_BEFORE + N_AFTER + 2);
        hear_nothing (raw);
        say_ack (raw, 1 + N_BEFORE + N_AFTER + 3);
        g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_BAD_FRAME);
      }
}

static void
test_twice (Fixture *fixture, gconstpointer unused)
{
  LfRaw            *raw = open_with_marks (fixture, N_BEFORE);
  g_autoptr (LfRaw) last = NULL;

  g_test_summary ("A resumed stream that is cut can be resumed again, from the same count or a later one");
  cut (fixture, raw);
  raw = resume (fixture, 3);
  cut (fixture, raw); /* before anything was heard of it */
  send_marks (fixture, N_BEFORE + 1, N_BEFORE + 1);
  raw = resume (fixture, 3);
  hear_marks (raw, 3, N_BEFORE + 1);
  cut (fixture, raw);
  last = resume (fixture, 1 + N_BEFORE + 1);
  hear_nothing (last);
}

static void
test_unnoticed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) older = open_with_marks (fixture, N_BEFORE);
  g_autoptr (LfRaw) raw = NULL;

  g_test_summary ("A cut that the server has not noticed can be resumed; the older stream is replaced (4003)");
  raw = resume (fixture, 4);
  hear_marks (raw, 4, N_BEFORE);
  g_assert_cmpuint (lf_raw_hear_close (older), ==, LF_CLOSE_REPLACED);
  hear_nothing (raw);
  g_assert_cmpuint (lf_parking_count (get_parking (fixture)), ==, 0);
}

static void
test_wrong_counts (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    gint64      acked;
    gint64      count;
    const char *why;
  } rows[] = {
    { 0, 0, "the snapshot was not applied" },
    { 3, 2, "those frames were let go" },
    { 0, 1 + N_BEFORE + 1, "more than was sent" },
    { 0, 1000000, "far more than was sent" },
  };

  g_test_summary ("A count that cannot be is answered by resumed: false and a snapshot");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfRaw *raw = open_with_marks (fixture, N_BEFORE);

      g_test_message ("%s", rows[i].why);
      say_ack (raw, rows[i].acked);
      hear_nothing (raw);
      cut (fixture, raw);
      refuse (fixture, fixture->token, fixture->session, rows[i].count);
    }
}

static void
test_foreign (Fixture *fixture, gconstpointer unused)
{
  LfRaw            *raw = open_with_marks (fixture, N_BEFORE);
  g_autofree char  *second = lf_rig_sign_in (fixture->rig, "ada");
  g_autoptr (LfRaw) own = NULL;

  g_test_summary ("A stream is resumed by its own session alone, not by another person or another device");
  cut (fixture, raw);
  refuse (fixture, fixture->bob_token, fixture->session, 2);
  refuse (fixture, second, fixture->session, 2);
  own = resume (fixture, 2);
  hear_marks (own, 2, N_BEFORE);
}

static void
say_reach (LfRaw *raw, const char *state)
{
  g_autofree char *text = g_strdup_printf ("{\"t\":\"reach\",\"state\":\"%s\"}", state);
  g_autofree char *wanted = g_strdup_printf ("\"reachability\":{\"state\":\"%s\"", state);
  g_autofree char *heard = NULL;

  lf_raw_say (raw, text);
  heard = lf_raw_hear_type (raw, "presence"); /* own */
  g_assert_nonnull (strstr (heard, wanted));
}

static void
test_presence (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  LfWireMark        typing = { (char *) "c", fixture->bob, 0 };
  LfRaw            *older;
  g_autoptr (LfRaw) raw = NULL;
  g_autofree char  *heard = NULL;

  g_test_summary ("Presence that changed meanwhile comes once, as it is then; typing does not come");
  older = open_live (fixture, fixture->token);
  cut (fixture, older);
  say_reach (bob, "online");
  lf_hub_send (fixture->rig->server->hub, fixture->ada, NULL, LF_FRAME_TYPING, &typing);
  say_reach (bob, "idle");
  send_marks (fixture, 1, 1);
  say_reach (bob, "away");
  raw = resume (fixture, 1);
  hear_marks (raw, 1, 1);
  heard = lf_raw_hear (raw);
  g_assert_nonnull (strstr (heard, "\"reachability\":{\"state\":\"away\""));
  hear_nothing (raw);
}

/* Ada's, as bob sees it. */
static LfReachabilityState
get_reachability (Fixture *fixture)
{
  g_autoptr (LfPresence) presence = lf_hub_dup_presence (fixture->rig->server->hub, fixture->bob, fixture->ada);

  return presence->reachability.state;
}

static void
test_grace (Fixture *fixture, gconstpointer unused)
{
  LfRaw            *older = open_live (fixture, fixture->token);
  g_autoptr (LfRaw) raw = NULL;
  g_autofree char  *own = NULL;

  g_test_summary ("A device that is cut is offline after the grace; its session resumes and says again how things are");
  say_reach (older, "online");
  cut (fixture, older);
  lf_wait_until (get_reachability (fixture) == LF_REACHABILITY_OFFLINE, LF_RIG_WAIT_MS);
  raw = resume (fixture, 2);
  own = lf_raw_hear (raw);
  g_assert_nonnull (strstr (own, "\"offline\""));
  say_reach (raw, "idle");
}

static void
test_overflow (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Parked, a full window of what cannot be merged is given up whole: a snapshot, not a gap");
  fixture->rig->config->window_frames = 16;
  cut (fixture, open_with_marks (fixture, N_BEFORE));
  send_marks (fixture, N_BEFORE + 1, 16); /* the snapshot is acknowledged */
  g_assert_cmpuint (lf_parking_count (get_parking (fixture)), ==, 1);
  send_marks (fixture, 17, 17);
  g_assert_cmpuint (lf_parking_count (get_parking (fixture)), ==, 0);
  g_assert_cmpuint (lf_parking_get_bytes (get_parking (fixture)), ==, 0);
  send_marks (fixture, 18, 19);
  refuse (fixture, fixture->token, fixture->session, 3);
}

static void
test_slow (Fixture *fixture, gconstpointer unused)
{
  LfRaw            *slow = open_live (fixture, fixture->token);
  g_autoptr (LfRaw) raw = NULL;

  g_test_summary ("A stream that was closed for a full window (4008) is resumed without loss");
  fixture->rig->config->window_frames = 16;
  send_marks (fixture, 1, 17); /* one too many, and kept */
  g_assert_cmpuint (lf_raw_hear_close (slow), ==, LF_CLOSE_SLOW);
  cut (fixture, slow);
  raw = resume (fixture, 1);
  for (gint64 seq = 1; seq <= 17; seq++)
    {
      hear_marks (raw, seq, seq);
      say_ack (raw, 1 + seq);
    }
  hear_nothing (raw);
  send_marks (fixture, 18, 18);
  hear_marks (raw, 18, 18);
}

static void
test_expired (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("When the time is over nothing is kept, and a snapshot is given");
  fixture->rig->config->resume_s = 1;
  cut (fixture, open_with_marks (fixture, N_BEFORE));
  wait_parked (fixture, 0);
  g_assert_null (lf_hub_find_sink (fixture->rig->server->hub, fixture->session));
  refuse (fixture, fixture->token, fixture->session, 3);
}

static void
test_freed (Fixture *fixture, gconstpointer unused)
{
  LfRaw *bye;

  g_test_summary ("A new start, a bye and a logout free what was kept at once");
  cut (fixture, open_with_marks (fixture, N_BEFORE));
  lf_raw_free (lf_raw_open_live (fixture->rig, fixture->token));
  wait_parked (fixture, 1); /* the second one; the first was let go */
  bye = open_with_marks (fixture, N_BEFORE);
  wait_parked (fixture, 0);
  lf_raw_say (bye, "{\"t\":\"bye\",\"reason\":\"quit\"}");
  g_assert_cmpuint (lf_raw_hear_close (bye), ==, LF_CLOSE_NORMAL);
  lf_raw_free (bye);
  refuse (fixture, fixture->token, fixture->session, 3);
  wait_parked (fixture, 1);
  lf_raw_reply_free (lf_raw_call (fixture->rig, "POST", "/auth/logout", fixture->token, NULL));
  wait_parked (fixture, 0);
  g_assert_cmpuint (lf_parking_get_bytes (get_parking (fixture)), ==, 0);
}

static void
test_removed (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A person who is removed while a stream is parked takes it along");
  cut (fixture, open_with_marks (fixture, N_BEFORE));
  lf_hub_remove_person (fixture->rig->server->hub, fixture->ada);
  g_assert_cmpuint (lf_parking_count (get_parking (fixture)), ==, 0);
  g_assert_null (lf_hub_find_sink (fixture->rig->server->hub, fixture->session));
}

static void
test_unheard (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A count may be one of a stream before a restart, as long as no snapshot of this one was acknowledged");
  lf_raw_free (open_unheard (fixture, fixture->token));
  wait_parked (fixture, 1);
  refuse (fixture, fixture->token, fixture->session, 1);
}

static void
test_before_last (Fixture *fixture, gconstpointer unused)
{
  LfRaw           *raw = lf_raw_open_stream (fixture->rig, fixture->token);
  g_autofree char *hello = NULL;
  g_autofree char *session = NULL;

  g_test_summary ("A stream that broke before the end of the snapshot is not kept");
  lf_raw_say (raw, "{\"t\":\"start\"}");
  hello = lf_raw_hear (raw);
  session = take_session (hello);
  lf_raw_free (raw);
  refuse (fixture, fixture->token, session, 0);
}

#define N_SESSIONS 5

static void
test_bounded (Fixture *fixture, gconstpointer unused)
{
  char             *tokens[N_SESSIONS];
  char             *sessions[N_SESSIONS];
  LfParking        *parking = get_parking (fixture);
  g_autoptr (LfRaw) kept = NULL;

  g_test_summary ("How many streams are kept, and how much, is bounded: the oldest go first");
  fixture->rig->config->parked_streams = 3;
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      LfRaw *raw;

      tokens[i] = lf_rig_sign_in (fixture->rig, "ada");
      raw = open_live (fixture, tokens[i]);
      sessions[i] = g_strdup (fixture->session);
      lf_raw_free (raw);
      lf_wait_until (lf_parking_count (parking) == MIN (i + 1, 3) && lf_streams_count (fixture->rig->server->streams) == 0, LF_RIG_WAIT_MS);
    }
  refuse (fixture, tokens[1], sessions[1], 1);
  wait_parked (fixture, 3); /* the refused one is parked in its turn, and another has gone for it */
  lf_raw_free (open_live (fixture, tokens[1]));
  lf_wait_until (lf_parking_count (parking) == 3 && lf_streams_count (fixture->rig->server->streams) == 0, LF_RIG_WAIT_MS);
  fixture->rig->config->parked_bytes = (guint) lf_parking_get_bytes (parking) + 4096;
  send_marks (fixture, 1, 40); /* to each of them */
  g_assert_cmpuint (lf_parking_get_bytes (parking), <=, fixture->rig->config->parked_bytes);
  g_assert_cmpuint (lf_parking_count (parking), <, 3);
  g_assert_cmpuint (lf_parking_count (parking), >, 0);
  kept = say_resume (fixture, tokens[1], sessions[1], 1);
  {
    g_autofree char *hello = lf_raw_hear (kept);

    g_assert_nonnull (strstr (hello, "\"resumed\":true"));
  }
  hear_marks (kept, 1, 40);
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      g_free (tokens[i]);
      g_free (sessions[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/resume/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("every-count", test_every_count);
  ADD ("twice", test_twice);
  ADD ("unnoticed", test_unnoticed);
  ADD ("wrong-counts", test_wrong_counts);
  ADD ("foreign", test_foreign);
  ADD ("presence", test_presence);
  ADD ("grace", test_grace);
  ADD ("overflow", test_overflow);
  ADD ("slow", test_slow);
  ADD ("expired", test_expired);
  ADD ("freed", test_freed);
  ADD ("removed", test_removed);
  ADD ("before-last", test_before_last);
  ADD ("unheard", test_unheard);
  ADD ("bounded", test_bounded);
  return g_test_run ();
}
