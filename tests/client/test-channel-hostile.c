/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel-world.h"
#include "lf-error.h"
#include "lf-problem.h"
#include "lf-test-util.h"

/* LfHostile peers: each ends as lost, and the channel goes on trying */

static void
say_nothing (LfFakeConn *conn)
{
}

static void
resume_unasked (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO_RESUMED (0));
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
say_strange_state (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"presence\",\"user\":\"u2\",\"rev\":7,\"phone\":{\"state\":\"levitating\"},\"reachability\":{\"state\":\"online\"}}");
}

static void
say_strange_snapshot (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, "{\"t\":\"snapshot\",\"part\":0,\"last\":true,\"contacts\":{},\"presence\":7,\"conversations\":[[]],\"groups\":\"\"}");
}

static void
say_long_name (LfFakeConn *conn)
{
  g_autofree char *name = g_strnfill (10 * 1024, 'W');
  g_autofree char *text = g_strdup_printf ("{\"t\":\"snapshot\",\"part\":0,\"last\":true,\"contacts\":[{\"user\":\"u2\","
                                           "\"person\":{\"id\":\"u2\",\"login\":\"u2\",\"name\":\"%s\",\"addresses\":[]},"
                                           "\"favourite\":false,\"watched\":false,\"speed_dial\":0}],\"presence\":[],\"conversations\":[],\"groups\":[]}",
                                           name);

  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, text);
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
  lf_channel_world_open (conn);
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
  lf_channel_world_open (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_RATE);
}

static void
close_4008 (LfFakeConn *conn)
{
  lf_channel_world_open (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_SLOW);
}

static void
close_4009 (LfFakeConn *conn)
{
  lf_channel_world_open (conn);
  lf_fake_conn_close_code (conn, LF_CLOSE_RESTART);
}

static void
close_unknown (LfFakeConn *conn)
{
  lf_channel_world_open (conn);
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

static const LfHostile hostiles[] = {
  { "a frame before hello", say_early, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "resumed without being asked", resume_unasked, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "hello twice", say_twice, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "no hello", say_nothing, NULL, LF_ERROR_UNAVAILABLE, 2 },
  { "a binary message", say_binary, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "no JSON", say_no_json, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "an array", say_array, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "an empty message", say_empty, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "nested 60,000 deep", say_deep, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a type nobody knows", say_unknown, NULL, LF_ERROR_VERSION, 100 },
  { "members of other kinds", say_wrong_kind, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a state that nobody knows", say_strange_state, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a snapshot of other kinds", say_strange_snapshot, NULL, LF_ERROR_BAD_FRAME, 100 },
  { "a name of 10 KiB", say_long_name, NULL, LF_ERROR_BAD_FRAME, 100 },
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
  const LfHostile *row = data;
  LfChannelWorld   w = { .on_open = row->on_open, .on_upgrade = row->on_upgrade };

  g_test_summary ("A hostile peer is dropped, and tried again after the back-off.");
  g_test_message ("%s", row->why);
  lf_channel_world_begin (&w);
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
  w.on_open = lf_channel_world_open;
  lf_channel_reconnect_now (w.channel);
  lf_wait_until (lf_channel_get_state (w.channel) == LF_CHANNEL_LIVE, 10000);
  g_assert_cmpuint (w.n_stopped, ==, 0);
  lf_channel_world_end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hostiles); i++)
    {
      g_autofree char *path = g_strdup_printf ("/channel/hostile/%02u", i);

      g_test_add_data_func (path, &hostiles[i], test_hostile);
    }
  return g_test_run ();
}
