/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel-private.h"
#include "lf-channel-world.h"
#include "lf-error.h"
#include "lf-problem.h"
#include "lf-test-util.h"

/* A peer as it should be */

static void
test_well (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("Start, hello, snapshot; every frame is counted and acknowledged; pings are answered; bye is said.");
  lf_channel_world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  g_assert_cmpuint (w.n_hello, ==, 1);
  g_assert_cmpuint (w.n_frames, ==, 2);
  lf_wait_until (w.last_ack == 2, 5000); /* the snapshot, at once */
  for (guint i = 0; i < 32; i++)
    lf_fake_conn_text (w.conn, PRESENCE);
  lf_wait_until (w.last_ack == 34, 1000); /* by number, long before the time */
  lf_fake_conn_text (w.conn, "{\"t\":\"ping\",\"n\":77}");
  lf_wait_until (w.n_pongs == 1, 5000);
  g_assert_cmpint (w.last_pong, ==, 77);
  lf_fake_conn_text (w.conn, PRESENCE);
  lf_wait_until (w.n_frames == 35, 5000);
  lf_channel_stop (w.channel, "quit");
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_STOPPED);
  lf_wait_until (w.bye != NULL, 5000);
  g_assert_cmpstr (w.bye, ==, "quit");
  g_assert_cmpint (w.last_ack, ==, 35); /* what was applied is not sent again */
  g_assert_cmpuint (w.n_lost, ==, 0);
  lf_channel_world_end (&w);
}

static void
open_half (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, PART (0, false));
}

static void
test_parts (void)
{
  LfChannelWorld w = { .on_open = open_half };

  g_test_summary ("A part of a snapshot is acknowledged before long: the next one may wait for room.");
  lf_channel_world_begin (&w);
  lf_wait_until (w.n_frames == 1, 5000);
  for (guint i = 1; i <= 2; i++) /* time enough, however slow the machine is */
    {
      lf_fake_conn_text (w.conn, "{\"t\":\"ping\",\"n\":77}");
      lf_wait_until (w.n_pongs == i, 5000);
    }
  g_assert_cmpint (w.last_ack, ==, 1);
  lf_fake_conn_text (w.conn, PART (1, true));
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  lf_channel_world_end (&w);
}

static void
test_reconnects (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A stream that is cut comes back by itself, asks to go on, and begins anew if it cannot.");
  lf_channel_world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  lf_fake_server_drop_all (w.server);
  lf_wait_until (w.n_lost == 1, 5000);
  g_assert_false (lf_channel_send (w.channel, LF_FRAME_TYPING, &(LfWireMark){ .conversation = (char *) "c" }));
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_cmpuint (w.n_starts, ==, 2);
  g_assert_cmpuint (w.n_resumes, ==, 1);
  g_assert_cmpint (w.resume_count, ==, 2);
  g_assert_cmpuint (w.n_frames, ==, 4); /* both snapshots */
  g_assert_cmpuint (w.n_caught_up, ==, 0);
  g_assert_cmpuint (w.n_stopped, ==, 0);
  lf_channel_world_end (&w);
}

static void
open_resumed (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO_RESUMED (3));
}

static void
answer_ping (LfChannelWorld *w)
{
  g_autofree char *pong = g_strdup_printf ("{\"t\":\"pong\",\"n\":%" G_GINT64_FORMAT "}", w->last_ping);

  lf_fake_conn_text (w->conn, pong);
}

static void
test_resumes (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A resumed stream is live without a snapshot, counts on, and says when the rest has come; a stop forgets it.");
  lf_channel_world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  lf_fake_conn_text (w.conn, PRESENCE);
  lf_wait_until (w.n_frames == 3, 5000);
  w.on_open = open_resumed;
  lf_fake_server_drop_all (w.server);
  lf_wait_until (w.n_lost == 1, 5000);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_cmpint (w.resume_count, ==, 3);
  lf_wait_until (w.n_pings == 1, 5000);
  lf_fake_conn_text (w.conn, PRESENCE);
  answer_ping (&w);
  lf_wait_until (w.n_pings == 2, 5000); /* something came: is there more? */
  g_assert_cmpint (w.last_ack, ==, 4);
  g_assert_cmpuint (w.n_caught_up, ==, 0);
  answer_ping (&w);
  lf_wait_until (w.n_caught_up == 1, 5000);
  g_assert_cmpuint (w.n_frames, ==, 4);
  g_assert_cmpuint (w.n_hello, ==, 2);
  lf_channel_stop (w.channel, "quit");
  w.on_open = lf_channel_world_open;
  lf_channel_start (w.channel);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  g_assert_cmpuint (w.n_resumes, ==, 1);
  lf_channel_world_end (&w);
}

static void
open_wrongly (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO_RESUMED (7));
}

static void
test_resumes_wrongly (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A server that resumes at another count broke the rules; then the channel starts from nothing.");
  lf_channel_world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  w.on_open = open_wrongly;
  lf_fake_server_drop_all (w.server);
  lf_wait_until (w.n_lost == 2, 15000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_BAD_FRAME);
  w.on_open = lf_channel_world_open;
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 15000);
  g_assert_cmpuint (w.n_resumes, ==, 1);
  g_assert_cmpuint (w.n_starts, ==, 3);
  lf_channel_world_end (&w);
}

/* What ends it for good */

static void
refuse_401 (LfFakeConn          *conn,
            const LfFakeRequest *request)
{
  lf_fake_conn_problem (conn, 401, "", "unauthorized");
}

static void
refuse_403 (LfFakeConn          *conn,
            const LfFakeRequest *request)
{
  lf_fake_conn_problem (conn, 403, "", "forbidden");
}

static void
refuse_426 (LfFakeConn          *conn,
            const LfFakeRequest *request)
{
  lf_fake_conn_problem (conn, 426, "", "upgrade_required");
}

static void
close_4001 (LfFakeConn *conn)
{
  lf_channel_world_open (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_SIGNED_OUT);
}

static void
close_4002 (LfFakeConn *conn)
{
  lf_fake_conn_close_code (conn, LF_CLOSE_TOKEN_EXPIRED);
}

static void
close_4003 (LfFakeConn *conn)
{
  lf_channel_world_open (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_REPLACED);
}

static void
close_4004 (LfFakeConn *conn)
{
  lf_fake_conn_close_code (conn, LF_CLOSE_VERSION);
}

static const LfHostile finals[] = {
  { "401: a static token is refused", NULL, refuse_401, LF_ERROR_UNAUTHORIZED, 100 },
  { "403: not with this token", NULL, refuse_403, LF_ERROR_FORBIDDEN, 100 },
  { "426: another version", NULL, refuse_426, LF_ERROR_VERSION, 100 },
  { "4001: signed out", close_4001, NULL, LF_ERROR_UNAUTHORIZED, 100 },
  { "4002: a static token cannot be refreshed", close_4002, NULL, LF_ERROR_UNAUTHORIZED, 100 },
  { "4003: replaced", close_4003, NULL, LF_ERROR_CONFLICT, 100 },
  { "4004: another version", close_4004, NULL, LF_ERROR_VERSION, 100 },
};

static void
test_final (gconstpointer data)
{
  const LfHostile *row = data;
  LfChannelWorld   w = { .on_open = row->on_open, .on_upgrade = row->on_upgrade };

  g_test_summary ("What cannot get better by trying stops the stream, and says why.");
  g_test_message ("%s", row->why);
  lf_channel_world_begin (&w);
  lf_wait_until (w.n_stopped == 1, 10000);
  g_assert_error (w.error, LF_ERROR, row->code);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_STOPPED);
  lf_channel_reconnect_now (w.channel);
  lf_spin_for_ms (50);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_STOPPED);
  g_assert_cmpuint (lf_fake_server_count (w.server, "/"), ==, 1);
  lf_channel_world_end (&w);
}

static void
test_dead (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A peer that falls silent is pinged, and dropped when it does not answer.");
  lf_channel_world_begin (&w);
  lf_channel_set_deadline_percent (w.channel, 1);
  lf_channel_stop (w.channel, "restart");
  lf_channel_start (w.channel);
  lf_wait_until (w.n_lost == 1, 10000);
  g_assert_cmpuint (w.n_pings, ==, 1);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  lf_channel_world_end (&w);
}

static void
refuse_for_a_minute (LfFakeConn          *conn,
                     const LfFakeRequest *request)
{
  lf_fake_conn_problem (conn, 503, "Retry-After: 60\r\n", "unavailable");
}

static void
test_retry_after (void)
{
  LfChannelWorld w = { .on_upgrade = refuse_for_a_minute };

  g_test_summary ("Retry-After is obeyed: nothing is tried before.");
  lf_channel_world_begin (&w);
  lf_wait_until (w.n_lost == 1, 5000);
  lf_spin_for_ms (1500); /* longer than the back-off alone would be */
  g_assert_cmpuint (lf_fake_server_count (w.server, "/"), ==, 1);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_WAITING);
  lf_channel_world_end (&w);
}

/* The channel goes in the middle of whatever it does */

static void
on_frame_stop (LfChannel *channel,
               gpointer   frame,
               gpointer   user_data)
{
  lf_channel_stop (channel, "in the middle");
}

static void
test_stop_inside (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A handler may stop the channel from within a frame.");
  lf_channel_world_begin (&w);
  g_signal_connect (w.channel, "frame", G_CALLBACK (on_frame_stop), NULL);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_STOPPED, 5000);
  lf_spin_for_ms (50);
  g_assert_cmpuint (w.n_frames, ==, 1);
  g_assert_cmpuint (w.n_lost, ==, 0);
  lf_channel_world_end (&w);
}

/* What the server has not read makes its end a reset, which the next write meets at once. */
static void
on_snapshot_reset (LfChannel      *channel,
                   const LfFrame  *frame,
                   LfChannelWorld *w)
{
  if (frame->type != LF_FRAME_SNAPSHOT || !((const LfWireSnapshot *) frame->body)->is_last || w->n_starts > 1)
    return;
  lf_channel_send (channel, LF_FRAME_TYPING, &(LfWireMark){ .conversation = (char *) "c" });
  lf_fake_server_drop_all (w->server);
}

static void
test_lost_inside (void)
{
  LfChannelWorld w = { .on_open = lf_channel_world_open };

  g_test_summary ("A stream that is found to be lost when the snapshot is acknowledged comes back, too.");
  lf_channel_world_begin (&w);
  g_signal_connect (w.channel, "frame", G_CALLBACK (on_snapshot_reset), &w);
  lf_wait_until (w.n_lost == 1, 5000);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_WAITING);
  lf_wait_until (w.n_starts == 2 && lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_nonnull (w.channel->connection);
  lf_channel_world_end (&w);
}

static void
test_dispose (void)
{
  g_test_summary ("The channel may be let go in every state.");
  for (guint turns = 0; turns < 40; turns++)
    {
      LfChannelWorld w = { .on_open = lf_channel_world_open };

      lf_channel_world_begin (&w);
      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_object_run_dispose (G_OBJECT (w.channel));
      lf_wait_until (G_OBJECT (w.channel)->ref_count == 1, 5000); /* an attempt ends as cancelled */
      g_assert_finalize_object (w.channel);
      lf_fake_server_free (w.server);
      g_clear_error (&w.error);
      g_free (w.bye);
      g_object_unref (w.rest);
    }
}

#define N_DRAWS 1000

static void
test_backoff (void)
{
  guint in_100_ms[80] = { 0 };

  g_test_summary ("A thousand clients of a server that stops do not come back within the same 100 ms; Retry-After comes on top.");
  for (guint i = 0; i < N_DRAWS; i++)
    {
      guint wait_ms = lf_channel_draw_backoff_ms (LF_CHANNEL_RESTART_FAILURES, 0);

      g_assert_cmpuint (wait_ms, <=, 4000);
      in_100_ms[wait_ms / 100]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (in_100_ms); i++)
    g_assert_cmpuint (in_100_ms[i], <, N_DRAWS / 10); /* 25 on average: no run of luck makes 100 of them */
  for (guint i = 0; i < N_DRAWS; i++)
    {
      guint late_ms = lf_channel_draw_backoff_ms (60, 5);

      g_assert_true (late_ms >= 5000 && late_ms <= 65000);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channel/backoff", test_backoff);
  g_test_add_func ("/channel/well", test_well);
  g_test_add_func ("/channel/parts", test_parts);
  g_test_add_func ("/channel/reconnects", test_reconnects);
  g_test_add_func ("/channel/resumes", test_resumes);
  g_test_add_func ("/channel/resumes/wrongly", test_resumes_wrongly);
  g_test_add_func ("/channel/dead", test_dead);
  g_test_add_func ("/channel/retry-after", test_retry_after);
  g_test_add_func ("/channel/stop-inside", test_stop_inside);
  g_test_add_func ("/channel/lost-inside", test_lost_inside);
  g_test_add_func ("/channel/dispose", test_dispose);
  for (guint i = 0; i < G_N_ELEMENTS (finals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/channel/final/%02u", i);

      g_test_add_data_func (path, &finals[i], test_final);
    }
  return g_test_run ();
}
