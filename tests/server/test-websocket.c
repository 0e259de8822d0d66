/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-raw.h"
#include "lf-streams.h"
#include "lf-test-util.h"

#define MEMORY_SLACK (16 * 1024 * 1024)

#define FIN          0x80
#define RSV1         0x40
#define CONTINUATION 0x0
#define TEXT         0x1
#define BINARY       0x2
#define CLOSE        0x8
#define PING         0x9

typedef struct
{
  LfRig *rig;
  char  *ada;
  char  *bob;
  char  *token; /* of ada's session */
  char  *bob_token;
  char  *phone; /* a phone connector's */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->ada = lf_rig_add_person (fixture->rig, "ada");
  fixture->bob = lf_rig_add_person (fixture->rig, "bob");
  fixture->phone = lf_rig_add_token (fixture->rig, "phone", "PBX");
  lf_rig_add_contact (fixture->rig, fixture->ada, fixture->bob);
  lf_rig_add_line (fixture->rig, "2041", fixture->bob);
  fixture->rig->config->start_timeout_s = 1;
  fixture->rig->config->ack_timeout_s = 1;
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "ada");
  fixture->bob_token = lf_rig_sign_in (fixture->rig, "bob");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_rig_assert_alive (fixture->rig);
  lf_wait_until (lf_streams_count (fixture->rig->server->streams) == 0, LF_RIG_WAIT_MS);
  g_free (fixture->token);
  g_free (fixture->bob_token);
  g_free (fixture->phone);
  g_free (fixture->ada);
  g_free (fixture->bob);
  lf_rig_free (fixture->rig);
}

/* One frame to an open stream, and the close code it must get. */
typedef struct
{
  const char *why;
  guint8      first_byte;
  const char *payload;
  guint       code;
} Row;

static const Row rows[] = {
  { "not JSON", FIN | TEXT, "hello", LF_CLOSE_BAD_FRAME },
  { "an empty message", FIN | TEXT, "", LF_CLOSE_BAD_FRAME },
  { "no type", FIN | TEXT, "{}", LF_CLOSE_BAD_FRAME },
  { "no such type", FIN | TEXT, "{\"t\":\"shout\"}", LF_CLOSE_BAD_FRAME },
  { "a type that only the server sends", FIN | TEXT, "{\"t\":\"lines\"}", LF_CLOSE_BAD_FRAME },
  { "the same name twice", FIN | TEXT, "{\"t\":\"ack\",\"count\":0,\"count\":0}", LF_CLOSE_BAD_FRAME },
  { "a member is missing", FIN | TEXT, "{\"t\":\"ack\"}", LF_CLOSE_BAD_FRAME },
  { "a member of another type", FIN | TEXT, "{\"t\":\"ack\",\"count\":\"1\"}", LF_CLOSE_BAD_FRAME },
  { "more is acknowledged than was sent", FIN | TEXT, "{\"t\":\"ack\",\"count\":100}", LF_CLOSE_BAD_FRAME },
  { "a negative count", FIN | TEXT, "{\"t\":\"ack\",\"count\":-1}", LF_CLOSE_BAD_FRAME },
  { "started twice", FIN | TEXT, "{\"t\":\"start\"}", LF_CLOSE_BAD_FRAME },
  { "no device is available by itself", FIN | TEXT, "{\"t\":\"reach\",\"state\":\"available\"}", LF_CLOSE_BAD_FRAME },
  { "a mark without a place", FIN | TEXT, "{\"t\":\"delivered\",\"conversation\":\"c1\"}", LF_CLOSE_BAD_FRAME },
  { "a mark before the first message", FIN | TEXT, "{\"t\":\"delivered\",\"conversation\":\"c1\",\"seq\":0}", LF_CLOSE_BAD_FRAME },
  { "nested deeper than 16", FIN | TEXT, "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", LF_CLOSE_BAD_FRAME },
  { "binary", FIN | BINARY, "{}", 1003 },
  { "not UTF-8", FIN | TEXT, "\xff\xfe", 1007 },
  { "a reserved bit: no extension was agreed on", FIN | RSV1 | TEXT, "{}", 1002 },
  { "no such opcode", FIN | 0x3, "{}", 1002 },
  { "a continuation of nothing", FIN | CONTINUATION, "{}", 1002 },
  { "a control frame in parts", PING, "x", 1002 },
  { "half a close code", FIN | CLOSE, "x", 1002 },
};

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("What no proper client sends closes the stream with its exact code");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);

      g_test_message ("%s", rows[i].why);
      lf_raw_send_frame (raw, rows[i].first_byte, rows[i].payload, strlen (rows[i].payload));
      g_assert_cmpuint (lf_raw_hear_close (raw), ==, rows[i].code);
      lf_raw_wait_closed (raw);
    }
}

static void
test_unmasked (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);

  g_test_summary ("Frames from a client are masked");
  lf_raw_send_bytes (raw, "\x81\x02{}", 4);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, 1002);
}

static void
test_error_frame (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);
  g_autofree char  *error = NULL;

  g_test_summary ("Before such a close the client hears why");
  lf_raw_say (raw, "nonsense");
  error = lf_raw_hear_type (raw, "error");
  g_assert_nonnull (strstr (error, "\"code\":\"bad_json\""));
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_BAD_FRAME);
}

static void
test_not_started (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) silent = lf_raw_open_stream (fixture->rig, fixture->token);
  g_autoptr (LfRaw) early = lf_raw_open_stream (fixture->rig, fixture->token);

  g_test_summary ("The client speaks first, soon, and says start");
  lf_raw_say (early, "{\"t\":\"ack\",\"count\":0}");
  g_assert_cmpuint (lf_raw_hear_close (early), ==, LF_CLOSE_BAD_FRAME);
  g_assert_cmpuint (lf_raw_hear_close (silent), ==, LF_CLOSE_BAD_FRAME);
}

static void
test_oversize (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) announced = NULL;
  g_autofree char  *payload = g_strnfill (65537, ' ');
  gsize             before = lf_rig_get_memory ();

  g_test_summary ("A message over 64 KiB closes with 1009, and so does the mere announcement of 2^62 bytes");
  lf_raw_send_frame (raw, FIN | TEXT, payload, 65537);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_TOO_LARGE);
  announced = lf_raw_open_live (fixture->rig, fixture->token);
  lf_raw_send_bytes (announced, "\x81\xff\x40\0\0\0\0\0\0\0\1\2\3\4x", 15);
  g_assert_cmpuint (lf_raw_hear_close (announced), ==, LF_CLOSE_TOO_LARGE);
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_largest (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)   raw = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (GString) text = g_string_new ("{\"t\":\"ping\",\"n\":7");
  g_autofree char    *pong = NULL;

  g_test_summary ("A message of exactly 64 KiB in 16 fragments passes, control frames between them");
  while (text->len < 65535)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '}');
  for (guint i = 0; i < 16; i++)
    {
      lf_raw_send_frame (raw, (i == 15 ? FIN : 0) | (i == 0 ? TEXT : CONTINUATION), text->str + i * 4096, 4096);
      lf_raw_send_frame (raw, FIN | PING, "between", 7);
    }
  pong = lf_raw_hear_type (raw, "pong");
  g_assert_cmpstr (pong, ==, "{\"t\":\"pong\",\"n\":7}");
}

static void
test_fragments (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      raw = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (GByteArray) flood = g_byte_array_new ();
  gsize                  before = lf_rig_get_memory ();

  g_test_summary ("A message that never ends, a byte at a time, closes with 1009 after 16 fragments");
  lf_raw_send_frame (raw, TEXT, "{", 1);
  for (guint i = 0; i < 60000; i++)
    g_byte_array_append (flood, (const guint8 *) "\x00\x81\x01\x02\x03\x04 ", 7);
  lf_raw_send_bytes (raw, flood->data, flood->len);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_TOO_LARGE);
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_ping_flood (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      raw = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (GByteArray) flood = g_byte_array_new ();
  gsize                  before = lf_rig_get_memory ();

  g_test_summary ("Pings beyond the rate close with 4006, and their answers take no room");
  for (guint i = 0; i < 20000; i++)
    g_byte_array_append (flood, (const guint8 *) "\x89\x84\x01\x02\x03\x04\x65\x66\x67\x68", 10);
  lf_raw_send_bytes (raw, flood->data, flood->len);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_RATE);
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_byte_by_byte (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);
  const guint8      frame[] = "\x81\x92\0\0\0\0{\"t\":\"ping\",\"n\":1}";
  g_autofree char  *pong = NULL;

  g_test_summary ("A message split anywhere, byte by byte, is read as one");
  for (gsize i = 0; i < sizeof frame - 1; i++)
    {
      lf_raw_send_bytes (raw, frame + i, 1);
      lf_rig_assert_alive (fixture->rig); /* a turn of the loop for each */
    }
  pong = lf_raw_hear_type (raw, "pong");
  g_assert_cmpstr (pong, ==, "{\"t\":\"pong\",\"n\":1}");
}

static void
test_with_upgrade (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
  g_autoptr (GString)    text = g_string_new (NULL);
  g_autoptr (LfRawReply) reply = NULL;
  g_autofree char       *hello = NULL;
  const char             start[] = "\x81\x8d\0\0\0\0{\"t\":\"start\"}";

  g_test_summary ("A frame in the packet of the upgrade, half of another with it, is not lost");
  g_string_append_printf (text,
                          "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Protocol: lampfield.v1\r\nAuthorization: Bearer %s\r\n\r\n",
                          fixture->token);
  g_string_append_len (text, start, sizeof start - 1);
  g_string_append_len (text, "\x81\x97\0\0\0\0{\"t\":", 11);
  lf_raw_send_bytes (raw, text->str, text->len);
  reply = lf_raw_read_reply (raw);
  g_assert_cmpuint (reply->status, ==, 101);
  hello = lf_raw_hear (raw);
  g_assert_true (g_str_has_prefix (hello, "{\"t\":\"hello\""));
  lf_raw_send (raw, "\"ping\",\"n\":123456}");
  g_free (lf_raw_hear_type (raw, "pong"));
}

static void
test_noise (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Random bytes, and good frames with bytes changed, end in a close and nothing worse");

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);
      guint8            frame[] = "\x81\xa0\1\2\3\4z oc#8 tj`ga.'dauev#8 iflg`|~\"}}}}}";
      guint8            noise[512];

      for (gsize i = 0; i < sizeof noise; i++)
        noise[i] = (guint8) g_test_rand_int_range (0, 256);
      for (guint i = 0; i < 4; i++)
        frame[g_test_rand_int_range (0, sizeof frame - 1)] = (guint8) g_test_rand_int_range (0, 256);
      if (round % 2 == 0)
        lf_raw_send_bytes (raw, noise, sizeof noise);
      else
        lf_raw_send_bytes (raw, frame, sizeof frame - 1);
    }
}

static void
report_line (Fixture *fixture, gboolean is_off_hook)
{
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "PUT", "/lines/2041", fixture->phone,
                                              is_off_hook ? "{\"state\":\"off_hook\"}" : "{\"state\":\"on_hook\"}");

  g_assert_cmpuint (reply->status, ==, 204);
}

static void
test_no_ack (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_live (fixture->rig, fixture->token);

  g_test_summary ("Whoever acknowledges nothing for too long is closed with 4008");
  report_line (fixture, TRUE);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_SLOW);
}

static void
test_slow_presence (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = NULL;
  gsize             before = lf_rig_get_memory ();
  LfHub            *hub = fixture->rig->server->hub;
  g_autofree char  *last = NULL;
  LfLineRow         line = { (char *) "2041", (char *) "tel:0", fixture->bob, TRUE };
  guint             n_heard = 0;

  g_test_summary ("Presence is coalesced from half of the window on: a slow reader gets the latest, and is not closed for it");

  fixture->rig->config->ack_timeout_s = 60;
  raw = lf_raw_open_live (fixture->rig, fixture->token);
  report_line (fixture, TRUE);
  for (guint i = 1; i <= 20000; i++)
    {
      char address[32];

      g_snprintf (address, sizeof address, "tel:%u", i);
      line.address = address;
      lf_hub_set_line (hub, &line);
    }
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
  lf_spin_for_ms (200);
  n_heard = lf_raw_drop_heard (raw);
  g_assert_cmpuint (n_heard, <=, 512);
  g_assert_cmpuint (n_heard, >=, 200);
  lf_raw_say (raw, "{\"t\":\"ack\",\"count\":200}");
  last = lf_raw_hear_type (raw, "presence");
  g_assert_nonnull (strstr (last, "\"detail\":\"tel:20000\""));
}

static void
test_slow_messages (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = NULL;
  LfWireMark        mark = { (char *) "c1", fixture->bob, 1 };
  gsize             before = lf_rig_get_memory ();

  g_test_summary ("What cannot be coalesced fills the window: then 4008, and no more memory than the window");

  fixture->rig->config->ack_timeout_s = 60;
  raw = lf_raw_open_live (fixture->rig, fixture->token);
  for (guint i = 0; i < 20000; i++)
    {
      mark.seq = i + 1;
      lf_hub_send (fixture->rig->server->hub, fixture->ada, NULL, LF_FRAME_READ, &mark);
    }
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_SLOW);
}

static void
test_not_reading (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = NULL;
  g_autofree char  *body = g_strnfill (8000, 'x');
  LfWireMessage     message = { (char *) "c1", (char *) "m1", 1, fixture->bob, body, 0 };
  gsize             before = lf_rig_get_memory ();

  g_test_summary ("Whoever does not read at all is dropped, its socket with it, and the memory stays");

  raw = lf_raw_open_live (fixture->rig, fixture->token);
  for (guint i = 0; i < 5000; i++)
    lf_hub_send (fixture->rig->server->hub, fixture->ada, NULL, LF_FRAME_MESSAGE, &message);
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
  lf_wait_until (lf_streams_count (fixture->rig->server->streams) == 0, LF_RIG_WAIT_MS);
}

static void
test_typing_dropped (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = NULL;
  LfWireMark        mark = { (char *) "c1", fixture->bob, 0 };
  g_autofree char  *pong = NULL;

  g_test_summary ("Signs of typing are dropped when half of the window is used, and never close a stream");

  fixture->rig->config->ack_timeout_s = 60;
  raw = lf_raw_open_live (fixture->rig, fixture->token);
  for (guint i = 0; i < 2000; i++)
    lf_hub_send (fixture->rig->server->hub, fixture->ada, NULL, LF_FRAME_TYPING, &mark);
  lf_raw_say (raw, "{\"t\":\"ping\",\"n\":5}");
  pong = lf_raw_hear_type (raw, "pong");
  g_assert_nonnull (pong);
}

static void
test_too_many_streams (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      first = lf_raw_open_stream (fixture->rig, fixture->phone);
  g_autoptr (LfRaw)      second = lf_raw_open_stream (fixture->rig, fixture->phone);
  g_autoptr (LfRaw)      third = lf_raw_connect (fixture->rig);
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("One token has so many streams, and no more");
  fixture->rig->config->max_streams_per_user = 2;
  lf_raw_send_upgrade (third, fixture->phone);
  reply = lf_raw_read_reply (third);
  lf_raw_assert_problem (reply, LF_PROBLEM_RATE_LIMITED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/websocket/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("refused", test_refused);
  ADD ("unmasked", test_unmasked);
  ADD ("error-frame", test_error_frame);
  ADD ("not-started", test_not_started);
  ADD ("message/oversize", test_oversize);
  ADD ("message/largest", test_largest);
  ADD ("message/fragments", test_fragments);
  ADD ("message/byte-by-byte", test_byte_by_byte);
  ADD ("message/with-upgrade", test_with_upgrade);
  ADD ("ping-flood", test_ping_flood);
  ADD ("noise", test_noise);
  ADD ("window/no-ack", test_no_ack);
  ADD ("window/presence", test_slow_presence);
  ADD ("window/messages", test_slow_messages);
  ADD ("window/not-reading", test_not_reading);
  ADD ("window/typing", test_typing_dropped);
  ADD ("limit/streams", test_too_many_streams);
  return g_test_run ();
}
