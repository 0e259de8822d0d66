/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel-private.h"
#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-problem.h"
#include "lf-test-util.h"

#define HELLO         "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":false,\"count\":0}"
#define PART(n, last) "{\"t\":\"snapshot\",\"part\":" #n ",\"last\":" #last ",\"contacts\":[],\"presence\":[],\"conversations\":[],\"groups\":[]}"
#define PRESENCE      "{\"t\":\"presence\",\"user\":\"u2\",\"rev\":7,\"phone\":{\"state\":\"on_hook\"},\"reachability\":{\"state\":\"online\"}}"

/* What a test sees of a channel and of the fake's side of it. */
typedef struct
{
  LfFakeServer *server;
  LfRest       *rest;
  LfChannel    *channel;
  void (*on_open) (LfFakeConn *conn); /* after start */
  void (*on_upgrade) (LfFakeConn *conn, const LfFakeRequest *request);
  LfFakeConn *conn; /* the newest stream; not owned */
  guint       n_hello;
  guint       n_frames;
  guint       n_lost;
  guint       n_stopped;
  guint       n_starts;
  guint       n_acks;
  gint64      last_ack;
  gint64      last_pong;
  guint       n_pongs;
  guint       n_pings;
  char       *bye;
  GError     *error; /* the last of lost and stopped */
} World;

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World *w = user_data;

  g_assert_cmpstr (request->path, ==, "/api/v1/stream");
  g_assert_nonnull (strstr (request->head, "\r\nAuthorization: Bearer secret\r\n"));
  if (w->on_upgrade != NULL)
    w->on_upgrade (conn, request);
  else
    lf_fake_conn_upgrade (conn, request);
}

static void
on_client_frame (LfFakeConn    *conn,
                 const LfFrame *frame,
                 gpointer       user_data)
{
  World *w = user_data;

  if (frame->type == LF_FRAME_START)
    {
      w->n_starts++;
      w->conn = conn;
      if (w->on_open != NULL)
        w->on_open (conn);
    }
  else if (frame->type == LF_FRAME_ACK)
    {
      w->n_acks++;
      w->last_ack = ((const LfWireAck *) frame->body)->count;
    }
  else if (frame->type == LF_FRAME_PONG)
    {
      w->n_pongs++;
      w->last_pong = ((const LfWirePing *) frame->body)->n;
    }
  else if (frame->type == LF_FRAME_PING)
    w->n_pings++;
  else if (frame->type == LF_FRAME_BYE)
    {
      g_free (w->bye);
      w->bye = g_strdup (((const LfWireBye *) frame->body)->reason);
    }
}

static void
on_hello (LfChannel *channel,
          gpointer   hello,
          World     *w)
{
  g_assert_cmpstr (((const LfWireHello *) hello)->session, ==, "s1");
  w->n_hello++;
}

static void
on_frame (LfChannel *channel,
          gpointer   frame,
          World     *w)
{
  w->n_frames++;
}

static void
on_lost (LfChannel    *channel,
         const GError *error,
         World        *w)
{
  w->n_lost++;
  g_clear_error (&w->error);
  w->error = g_error_copy (error);
}

static void
on_stopped (LfChannel    *channel,
            const GError *error,
            World        *w)
{
  w->n_stopped++;
  g_clear_error (&w->error);
  w->error = g_error_copy (error);
}

static void
world_begin (World *w)
{
  g_autoptr (GError) error = NULL;

  w->server = lf_fake_server_new (on_request, on_client_frame, w);
  w->rest = lf_rest_new (lf_fake_server_get_address (w->server), &error);
  g_assert_no_error (error);
  lf_rest_set_token (w->rest, "secret");
  w->channel = lf_channel_new (w->rest);
  g_signal_connect (w->channel, "hello", G_CALLBACK (on_hello), w);
  g_signal_connect (w->channel, "frame", G_CALLBACK (on_frame), w);
  g_signal_connect (w->channel, "lost", G_CALLBACK (on_lost), w);
  g_signal_connect (w->channel, "stopped", G_CALLBACK (on_stopped), w);
  lf_channel_start (w->channel);
}

static void
world_end (World *w)
{
  lf_fake_server_free (w->server);
  lf_spin_for_ms (20);
  g_signal_handlers_disconnect_by_data (w->channel, w);
  g_object_run_dispose (G_OBJECT (w->channel));
  lf_spin_for_ms (20); /* attempts in flight end as cancelled */
  g_assert_finalize_object (w->channel);
  g_assert_finalize_object (w->rest);
  g_clear_error (&w->error);
  g_free (w->bye);
}

/* A peer as it should be */

static void
open_well (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, PART (0, false));
  lf_fake_conn_text (conn, PART (1, true));
}

static void
test_well (void)
{
  World w = { .on_open = open_well };

  g_test_summary ("Start, hello, snapshot; every frame is counted and acknowledged; pings are answered; bye is said.");
  world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  g_assert_cmpuint (w.n_hello, ==, 1);
  g_assert_cmpuint (w.n_frames, ==, 2);
  lf_wait_until (w.n_acks == 1, 5000); /* by time */
  g_assert_cmpint (w.last_ack, ==, 2);
  for (guint i = 0; i < 32; i++)
    lf_fake_conn_text (w.conn, PRESENCE);
  lf_wait_until (w.n_acks == 2, 1000); /* by number, long before the time */
  g_assert_cmpint (w.last_ack, ==, 34);
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
  world_end (&w);
}

static void
test_reconnects (void)
{
  World w = { .on_open = open_well };

  g_test_summary ("A stream that is cut comes back by itself, and begins anew.");
  world_begin (&w);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 5000);
  lf_fake_server_drop_all (w.server);
  lf_wait_until (w.n_lost == 1, 5000);
  g_assert_false (lf_channel_send (w.channel, LF_FRAME_TYPING, &(LfWireMark){ .conversation = (char *) "c" }));
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_cmpuint (w.n_starts, ==, 2);
  g_assert_cmpuint (w.n_stopped, ==, 0);
  world_end (&w);
}

/* Hostile peers: each ends as lost, and the channel goes on trying */

static void
say_nothing (LfFakeConn *conn)
{
}

static void
say_early (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, PRESENCE);
}

static void
say_twice (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, HELLO);
}

static void
say_binary (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0x82, HELLO, strlen (HELLO));
}

static void
say_no_json (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, "hello");
}

static void
say_array (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, "[]");
}

static void
say_empty (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, "");
}

static void
say_deep (LfFakeConn *conn)
{
  g_autofree char *text = g_strnfill (60000, '[');

  lf_fake_conn_text (conn, text);
}

static void
say_unknown (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"surprise\"}");
}

static void
say_wrong_kind (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"presence\",\"user\":7,\"rev\":\"x\",\"phone\":[],\"reachability\":null}");
}

static void
say_huge_number (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"calendar\",\"user\":\"u\",\"calendar_rev\":1e400}");
}

static void
say_client_frame (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"ack\",\"count\":1}");
}

static void
say_parts_wrong (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, PART (1, true));
}

static void
say_snapshot_again (LfFakeConn *conn)
{
  open_well (conn);
  lf_fake_conn_text (conn, PART (0, true));
}

static void
say_never_last (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, PART (0, false));
}

static void
say_huge (LfFakeConn *conn)
{
  g_autofree char *text = g_strnfill (70000, ' ');

  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, text);
}

static void
claim_huge (LfFakeConn *conn)
{
  static const guint8 head[] = { 0x81, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  lf_fake_conn_send (conn, head, sizeof head);
}

static void
say_fragments (LfFakeConn *conn)
{
  g_autofree char *block = g_strnfill (60000, ' ');
  g_autofree char *frame = g_malloc (60004);

  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_frame (conn, 0x01, "{", 1);
  memcpy (frame, "\x00\x7e\xea\x60", 4);
  memcpy (frame + 4, block, 60000);
  lf_fake_conn_send_again (conn, frame, 60004, 0);
}

static void
say_tiny_fragments (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0x01, "{", 1);
  lf_fake_conn_send_again (conn, "\x00\x01 \x00\x01 \x00\x01 \x00\x01 \x00\x01 \x00\x01 ", 18, 0);
}

static void
ping_without_end (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_send_again (conn, "\x89\x04noisy\x89\x04noisy", 6, 0);
}

static void
ping_by_frames (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_send_again (conn, "\x81\x12{\"t\":\"ping\",\"n\":1}", 20, 0);
}

static void
say_masked (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "\x81\x82\x01\x01\x01\x01zz", 8);
}

static void
say_reserved (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0xf1, HELLO, strlen (HELLO));
}

static void
say_bad_opcode (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0x8b, "xx", 2);
}

static void
say_bad_utf8 (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0x81, "\xff\xfe\xfd", 3);
}

static void
say_long_control (LfFakeConn *conn)
{
  g_autofree char *text = g_strnfill (300, 'x');

  lf_fake_conn_frame (conn, 0x89, text, 300);
}

static void
say_cut_frame (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "\x81\x7e\x10", 3);
  lf_fake_conn_close (conn);
}

static void
say_short_close (LfFakeConn *conn)
{
  lf_fake_conn_frame (conn, 0x88, "x", 1);
}

static void
say_garbage (LfFakeConn *conn)
{
  guint8 garbage[4096];

  for (guint i = 0; i < sizeof garbage; i++)
    garbage[i] = i * 151 ^ i >> 3;
  lf_fake_conn_send (conn, garbage, sizeof garbage);
}

static void
close_early (LfFakeConn *conn)
{
  lf_fake_conn_close (conn);
}

static void
close_after_hello (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_close (conn);
}

static void
close_4006 (LfFakeConn *conn)
{
  open_well (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_RATE);
}

static void
close_4008 (LfFakeConn *conn)
{
  open_well (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_SLOW);
}

static void
close_4009 (LfFakeConn *conn)
{
  open_well (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_RESTART);
}

static void
close_unknown (LfFakeConn *conn)
{
  open_well (conn);
  lf_fake_conn_close_code (conn, 4999);
}

/* Answers to the upgrade */

static void
refuse_busy (LfFakeConn          *conn,
             const LfFakeRequest *request)
{
  lf_fake_conn_problem (conn, 503, "", "unavailable");
}

static void
refuse_redirect (LfFakeConn          *conn,
                 const LfFakeRequest *request)
{
  lf_fake_conn_answer (conn, 302, "Location: /api/v1/stream\r\n", NULL, "");
}

static void
refuse_plain (LfFakeConn          *conn,
              const LfFakeRequest *request)
{
  lf_fake_conn_answer (conn, 200, "", "text/html", "hello");
}

static void
refuse_accept (LfFakeConn          *conn,
               const LfFakeRequest *request)
{
  lf_fake_conn_send (conn, "HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: d3Jvbmc=\r\nSec-WebSocket-Protocol: lampfield.v1\r\n\r\n", -1);
}

static void
refuse_endless (LfFakeConn          *conn,
                const LfFakeRequest *request)
{
  lf_fake_conn_send (conn, "HTTP/1.1 101 Go\r\n", -1);
  lf_fake_conn_send_again (conn, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", -1, 0);
}

static void
refuse_garbage (LfFakeConn          *conn,
                const LfFakeRequest *request)
{
  lf_fake_conn_send (conn, "\x16\x03\x01 this is no HTTP at all\r\n\r\n", -1);
}

static void
refuse_silence (LfFakeConn          *conn,
                const LfFakeRequest *request)
{
}

typedef struct
{
  const char *why;
  void (*on_open) (LfFakeConn *conn);
  void (*on_upgrade) (LfFakeConn *conn, const LfFakeRequest *request);
  int   code; /* of LfError */
  guint deadline_percent;
} Hostile;

static const Hostile hostiles[] = {
  { "a frame before hello", say_early, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "hello twice", say_twice, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "no hello", say_nothing, NULL, LF_ERROR_UNAVAILABLE, 2 },
  { "a binary message", say_binary, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "no JSON", say_no_json, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "an array", say_array, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "an empty message", say_empty, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "nested 60,000 deep", say_deep, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a type nobody knows", say_unknown, NULL, LF_ERROR_VERSION, 100 },
  { "members of other kinds", say_wrong_kind, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a number beyond all bounds", say_huge_number, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a frame that only clients send", say_client_frame, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a snapshot that begins in the middle", say_parts_wrong, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a snapshot after the last part", say_snapshot_again, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a snapshot that never ends", say_never_last, NULL, LF_ERROR_UNAVAILABLE, 1 },
  { "a message over 64 KiB", say_huge, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a message said to have 2^63 bytes", claim_huge, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a message of fragments without end", say_fragments, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a message of tiny fragments without end", say_tiny_fragments, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "control frames without end", ping_without_end, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "ping frames without end", ping_by_frames, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a masked frame", say_masked, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "reserved bits", say_reserved, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "an opcode that is none", say_bad_opcode, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "not UTF-8", say_bad_utf8, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a control frame of 300 bytes", say_long_control, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a frame that is cut", say_cut_frame, NULL, -1, 100 },
  { "a close of one byte", say_short_close, NULL, -1, 100 },
  { "garbage", say_garbage, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "closed before hello", close_early, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "closed after hello", close_after_hello, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "4006: too many", close_4006, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "4008: too slow", close_4008, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "4009: the server restarts", close_4009, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "a close code nobody knows", close_unknown, NULL, LF_ERROR_UNAVAILABLE, 100 },
  { "the upgrade is refused: busy", NULL, refuse_busy, LF_ERROR_UNAVAILABLE, 100 },
  { "the upgrade is sent elsewhere", NULL, refuse_redirect, LF_ERROR_UNAVAILABLE, 100 },
  { "the upgrade is answered like a page", NULL, refuse_plain, LF_ERROR_UNAVAILABLE, 100 },
  { "the upgrade is accepted with a wrong key", NULL, refuse_accept, LF_ERROR_BAD_FRAME, 100 },
  { "a head without end", NULL, refuse_endless, LF_ERROR_UNAVAILABLE, 100 },
  { "no HTTP", NULL, refuse_garbage, LF_ERROR_UNAVAILABLE, 100 },
  { "no answer to the upgrade", NULL, refuse_silence, LF_ERROR_UNAVAILABLE, 1 },
};

static void
test_hostile (gconstpointer data)
{
  const Hostile *row = data;
  World          w = { .on_open = row->on_open, .on_upgrade = row->on_upgrade };

  g_test_summary ("A hostile peer is dropped, and tried again after the back-off.");
  g_test_message ("%s", row->why);
  world_begin (&w);
  lf_channel_set_deadline_percent (w.channel, row->deadline_percent);
  if (row->deadline_percent != 100) /* the first phase has begun already */
    {
      lf_channel_stop (w.channel, "restart");
      lf_channel_start (w.channel);
    }
  lf_wait_until (w.n_lost == 1, 10000);
  if (row->code >= 0)
    g_assert_error (w.error, LF_ERROR, row->code);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_WAITING);
  w.on_upgrade = NULL;
  w.on_open = open_well;
  lf_channel_reconnect_now (w.channel);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_cmpuint (w.n_stopped, ==, 0);
  world_end (&w);
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
  open_well (conn);
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
  open_well (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_REPLACED);
}

static void
close_4004 (LfFakeConn *conn)
{
  lf_fake_conn_close_code (conn, LF_CLOSE_VERSION);
}

static const Hostile finals[] = {
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
  const Hostile *row = data;
  World          w = { .on_open = row->on_open, .on_upgrade = row->on_upgrade };

  g_test_summary ("What cannot get better by trying stops the stream, and says why.");
  g_test_message ("%s", row->why);
  world_begin (&w);
  lf_wait_until (w.n_stopped == 1, 10000);
  g_assert_error (w.error, LF_ERROR, row->code);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_STOPPED);
  lf_channel_reconnect_now (w.channel);
  lf_spin_for_ms (50);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_STOPPED);
  g_assert_cmpuint (lf_fake_server_count (w.server, "/"), ==, 1);
  world_end (&w);
}

static void
test_dead (void)
{
  World w = { .on_open = open_well };

  g_test_summary ("A peer that falls silent is pinged, and dropped when it does not answer.");
  world_begin (&w);
  lf_channel_set_deadline_percent (w.channel, 1);
  lf_channel_stop (w.channel, "restart");
  lf_channel_start (w.channel);
  lf_wait_until (w.n_lost == 1, 10000);
  g_assert_cmpuint (w.n_pings, ==, 1);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  world_end (&w);
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
  World w = { .on_upgrade = refuse_for_a_minute };

  g_test_summary ("Retry-After is obeyed: nothing is tried before.");
  world_begin (&w);
  lf_wait_until (w.n_lost == 1, 5000);
  lf_spin_for_ms (1500); /* longer than the back-off alone would be */
  g_assert_cmpuint (lf_fake_server_count (w.server, "/"), ==, 1);
  g_assert_cmpint (lf_channel_get_state (w.channel), ==, LF_CHANNEL_WAITING);
  world_end (&w);
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
  World w = { .on_open = open_well };

  g_test_summary ("A handler may stop the channel from within a frame.");
  world_begin (&w);
  g_signal_connect (w.channel, "frame", G_CALLBACK (on_frame_stop), NULL);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_STOPPED, 5000);
  lf_spin_for_ms (50);
  g_assert_cmpuint (w.n_frames, ==, 1);
  g_assert_cmpuint (w.n_lost, ==, 0);
  world_end (&w);
}

static void
test_dispose (void)
{
  g_test_summary ("The channel may be let go in every state.");
  for (guint turns = 0; turns < 40; turns++)
    {
      World w = { .on_open = open_well };

      world_begin (&w);
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channel/well", test_well);
  g_test_add_func ("/channel/reconnects", test_reconnects);
  g_test_add_func ("/channel/dead", test_dead);
  g_test_add_func ("/channel/retry-after", test_retry_after);
  g_test_add_func ("/channel/stop-inside", test_stop_inside);
  g_test_add_func ("/channel/dispose", test_dispose);
  for (guint i = 0; i < G_N_ELEMENTS (hostiles); i++)
    {
      g_autofree char *path = g_strdup_printf ("/channel/hostile/%02u", i);

      g_test_add_data_func (path, &hostiles[i], test_hostile);
    }
  for (guint i = 0; i < G_N_ELEMENTS (finals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/channel/final/%02u", i);

      g_test_add_data_func (path, &finals[i], test_final);
    }
  return g_test_run ();
}
