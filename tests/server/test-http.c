/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-raw.h"
#include "lf-test-util.h"

#define MEMORY_SLACK (16 * 1024 * 1024)

typedef struct
{
  LfRig *rig;
  char  *ada;   /* user id */
  char  *token; /* of ada's session */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->ada = lf_rig_add_person (fixture->rig, "ada");
  fixture->rig->config->request_timeout_s = 1;
  fixture->rig->config->keep_alive_s = 1;
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "ada");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_rig_assert_alive (fixture->rig);
  g_free (fixture->token);
  g_free (fixture->ada);
  lf_rig_free (fixture->rig);
}

/* One request as raw bytes, and what must come of it. */
typedef struct
{
  const char *why;
  const char *request; /* see fill_in() */
  LfProblem   problem;
  gboolean    closes;
  gboolean    may_be_below; /* libmicrohttpd may refuse it by itself, before the server sees it */
} Row;

#define LOGIN "POST /api/v1/auth/login HTTP/1.1\r\n"
#define HOST  "Host: x\r\n"
#define JSON  "Content-Type: application/json\r\n"
#define AUTH  "Authorization: Bearer %s\r\n"

static const Row rows[] = {
  { "two Hosts let two parsers disagree about the site", "GET /api/v1/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", LF_PROBLEM_BAD_HEADERS, TRUE },
  { "HTTP/1.1 without a Host", "GET /api/v1/ HTTP/1.1\r\nAccept: */*\r\n\r\n", LF_PROBLEM_BAD_HEADERS, TRUE, TRUE },
  { "a length beside a transfer coding is how requests are smuggled",
    LOGIN HOST JSON "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", LF_PROBLEM_BAD_HEADERS, TRUE },
  { "two lengths", LOGIN HOST JSON "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", LF_PROBLEM_BAD_HEADERS, TRUE },
  { "chunked bodies are refused", LOGIN HOST JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", LF_PROBLEM_BAD_HEADERS, TRUE },
  { "a transfer coding under another name", LOGIN HOST JSON "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}", LF_PROBLEM_BAD_HEADERS, TRUE, TRUE },
  { "two tokens", "GET /api/v1/me HTTP/1.1\r\n" HOST AUTH "Authorization: Bearer b\r\n\r\n", LF_PROBLEM_BAD_HEADERS, TRUE },
  { "web pages of others", "GET /api/v1/ HTTP/1.1\r\n" HOST "Origin: https://evil.example\r\n\r\n", LF_PROBLEM_ORIGIN_REFUSED, FALSE },
  { "even Origin: null", "GET /api/v1/ HTTP/1.1\r\n" HOST "Origin: null\r\n\r\n", LF_PROBLEM_ORIGIN_REFUSED, FALSE },
  { "no content type", LOGIN HOST "Content-Length: %L\r\n\r\n{}", LF_PROBLEM_NOT_JSON, FALSE },
  { "a form", LOGIN HOST "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %L\r\n\r\na=b", LF_PROBLEM_NOT_JSON, FALSE },
  { "another charset", LOGIN HOST "Content-Type: application/json; charset=latin1\r\nContent-Length: %L\r\n\r\n{}", LF_PROBLEM_NOT_JSON, FALSE },
  { "not JSON", LOGIN HOST JSON "Content-Length: %L\r\n\r\nhello", LF_PROBLEM_BAD_JSON, FALSE },
  { "nothing at all", LOGIN HOST JSON "Content-Length: %L\r\n\r\n", LF_PROBLEM_BAD_JSON, FALSE },
  { "two documents", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{}{}", LF_PROBLEM_BAD_JSON, FALSE },
  { "the same name twice", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{\"user\":\"a\",\"user\":\"b\"}", LF_PROBLEM_BAD_JSON, FALSE },
  { "a NUL in a string", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{\"user\":\"\\u0000\"}", LF_PROBLEM_BAD_JSON, FALSE },
  { "not UTF-8", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{\"user\":\"\xff\"}", LF_PROBLEM_BAD_JSON, FALSE },
  { "a number beyond 2^53", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{\"n\":90071992547409930}", LF_PROBLEM_BAD_JSON, FALSE },
  { "nested 17 deep", LOGIN HOST JSON "Content-Length: %L\r\n\r\n[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", LF_PROBLEM_BAD_JSON, FALSE },
  { "members are missing", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{}", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "a wrong type", LOGIN HOST JSON "Content-Length: %L\r\n\r\n{\"user\":1,\"password\":\"long\"}", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "a body where none is wanted", "GET /api/v1/ HTTP/1.1\r\n" HOST "Content-Length: %L\r\n\r\n{}", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "no token", "GET /api/v1/me HTTP/1.1\r\n" HOST "\r\n", LF_PROBLEM_UNAUTHORIZED, FALSE },
  { "an altered token", "GET /api/v1/me HTTP/1.1\r\n" HOST "Authorization: Bearer x%s\r\n\r\n", LF_PROBLEM_UNAUTHORIZED, FALSE },
  { "another scheme", "GET /api/v1/me HTTP/1.1\r\n" HOST "Authorization: Basic YTpi\r\n\r\n", LF_PROBLEM_UNAUTHORIZED, FALSE },
  { "a person on a connector's route", "GET /api/v1/connector/lines HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_FORBIDDEN, FALSE },
  { "no such path", "GET /api/v1/nothing HTTP/1.1\r\n" HOST "\r\n", LF_PROBLEM_NOT_FOUND, FALSE },
  { "an escaped slash is no separator", "GET /api/v1%%2F HTTP/1.1\r\n" HOST "\r\n", LF_PROBLEM_NOT_FOUND, FALSE },
  { "a parameter that is no id", "GET /api/v1/users/%%00 HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_NOT_FOUND, FALSE },
  { "climbing up", "GET /api/v1/../../etc/passwd HTTP/1.1\r\n" HOST "\r\n", LF_PROBLEM_NOT_FOUND, FALSE },
  { "no such method", "DELETE /api/v1/ HTTP/1.1\r\n" HOST "\r\n", LF_PROBLEM_METHOD_NOT_ALLOWED, FALSE },
  { "a query that names something twice", "GET /api/v1/users?q=a&q=b HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "a query that is not UTF-8", "GET /api/v1/users?q=%%ff%%ff HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "no instant", "GET /api/v1/busy?users=a&from=today&to=tomorrow HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "32 days", "GET /api/v1/busy?users=a&from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "nobody", "GET /api/v1/presence?users= HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_BAD_REQUEST, FALSE },
  { "the stream without an upgrade", "GET /api/v1/stream HTTP/1.1\r\n" HOST AUTH "\r\n", LF_PROBLEM_UPGRADE_REQUIRED, FALSE },
  { "another subprotocol",
    "GET /api/v1/stream HTTP/1.1\r\n" HOST AUTH "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: lampfield.v0\r\n\r\n",
    LF_PROBLEM_UPGRADE_REQUIRED, FALSE },
  { "a short key",
    "GET /api/v1/stream HTTP/1.1\r\n" HOST AUTH "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: c2hvcnQ=\r\nSec-WebSocket-Protocol: lampfield.v1\r\n\r\n",
    LF_PROBLEM_UPGRADE_REQUIRED, FALSE },
  { "an upgrade without a token",
    "GET /api/v1/stream HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: lampfield.v1\r\n\r\n",
    LF_PROBLEM_UNAUTHORIZED, FALSE },
};

static char *
replace (const char *text, const char *what, const char *by)
{
  g_auto (GStrv) parts = g_strsplit (text, what, -1);

  return g_strjoinv (by, parts);
}

/* %s: the token; %L: the length of the body; %%: a percent sign. */
static char *
fill_in (const char *request, const char *token)
{
  const char      *body = strstr (request, "\r\n\r\n") + 4;
  g_autofree char *length = g_strdup_printf ("%zu", strlen (body));
  g_autofree char *with_token = replace (request, "%s", token);
  g_autofree char *with_length = replace (with_token, "%L", length);

  return replace (with_length, "%%", "%");
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("What no proper client sends gets its exact answer as problem+json, unless the library refuses it below");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
      g_autofree char       *request = fill_in (rows[i].request, fixture->token);
      g_autoptr (LfRawReply) reply = NULL;

      g_test_message ("%s", rows[i].why);
      lf_raw_send (raw, request);
      reply = lf_raw_read_reply (raw);
      if (rows[i].may_be_below && lf_raw_is_from_below (reply))
        g_assert_cmpuint (reply->status, ==, 400);
      else
        lf_raw_assert_problem (reply, rows[i].problem);
      if (rows[i].closes)
        lf_raw_wait_closed (raw);
      else
        {
          g_autoptr (LfRawReply) next = NULL;

          lf_raw_send (raw, "GET /api/v1/ HTTP/1.1\r\n" HOST "\r\n");
          next = lf_raw_read_reply (raw);
          g_assert_cmpuint (next->status, ==, 200);
        }
    }
}

static void
test_folded (Fixture *fixture, gconstpointer unused)
{
  static const char *const requests[] = {
    "GET /api/v1/ HTTP/1.1\r\n" HOST "Content-Length: 2\r\n x\r\n\r\n{}",
    "GET /api/v1/ HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n x\r\n\r\n0\r\n\r\n",
  };

  g_test_summary ("A length or a transfer coding that a folded line hides is refused, by the engine or by us, and the connection closed");

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
      g_autoptr (LfRawReply) reply = NULL;

      lf_raw_send (raw, requests[i]);
      reply = lf_raw_read_reply (raw);
      g_assert_true (reply->status == 400 || reply->status == 501);
      lf_raw_wait_closed (raw);
    }
}

static void
test_large (Fixture *fixture, gconstpointer unused)
{
  const gsize      sizes[] = { 65537, 300000, 3000000 };
  gsize            before = lf_rig_get_memory ();
  g_autofree char *body = g_strnfill (3000000, 'x');

  g_test_summary ("A body over 64 KiB gets 413, whether it is sent or only announced, and is not kept");

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int is_sent = 0; is_sent < 2; is_sent++)
      {
        g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
        g_autoptr (LfRawReply) reply = NULL;

        if (is_sent && sizes[i] > 1000000)
          continue; /* closed while it is still sent: the answer may be lost to a reset */
        lf_raw_printf (raw, LOGIN HOST JSON "Content-Length: %zu\r\n%s\r\n", sizes[i], is_sent ? "" : "Expect: 100-continue\r\n");
        if (is_sent)
          lf_raw_send_bytes (raw, body, sizes[i]);
        reply = lf_raw_read_reply (raw);
        lf_raw_assert_problem (reply, LF_PROBLEM_TOO_LARGE);
      }
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_deep (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *opening = g_strnfill (30000, '[');
  g_autofree char       *body = g_strconcat (opening, opening, NULL);
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("60,000 open brackets are refused, not followed");
  reply = lf_raw_call (fixture->rig, "POST", "/auth/login", NULL, body);
  lf_raw_assert_problem (reply, LF_PROBLEM_BAD_JSON);
}

static void
test_many_values (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString)    body = g_string_new ("[0");
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("More values than a request may have are refused");
  for (guint i = 0; i < 2500; i++)
    g_string_append (body, ",0");
  g_string_append_c (body, ']');
  reply = lf_raw_call (fixture->rig, "POST", "/auth/login", NULL, body->str);
  lf_raw_assert_problem (reply, LF_PROBLEM_BAD_JSON);
}

static void
test_half_sent (Fixture *fixture, gconstpointer unused)
{
  const char *const halves[] = {
    "", "GET", "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n", LOGIN HOST JSON "Content-Length: 100\r\n\r\n{\"user\":"
  };

  g_test_summary ("A request that is not finished is cut with 408 at its deadline");

  for (gsize i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
      g_autoptr (LfRawReply) reply = NULL;

      lf_raw_send (raw, halves[i]);
      reply = lf_raw_read_reply (raw);
      lf_raw_assert_problem (reply, LF_PROBLEM_REQUEST_TIMEOUT);
      lf_raw_wait_closed (raw);
    }
}

typedef struct
{
  LfRaw *raw;
  guint  n_sent;
} Drip;

static gboolean
on_drip (gpointer user_data)
{
  Drip *drip = user_data;

  if (lf_raw_pump (drip->raw))
    {
      lf_raw_send (drip->raw, "X");
      drip->n_sent++;
    }
  return G_SOURCE_CONTINUE;
}

static void
test_dripping (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);
  Drip              drip = { raw, 0 };
  guint             timer;
  gint64            start_us = g_get_monotonic_time ();

  g_test_summary ("A byte now and then does not keep a request alive");

  lf_raw_send (raw, "GET /api/v1/ HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  timer = g_timeout_add (100, on_drip, &drip);
  lf_raw_wait_closed (raw);
  g_source_remove (timer);
  g_assert_cmpuint (drip.n_sent, >=, 3);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 900000);
  g_assert_true (lf_raw_starts_with (raw, "HTTP/1.1 408 "));
}

static void
test_idle (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      raw = lf_raw_connect (fixture->rig);
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("A connection that waits for its next request is closed without a word");

  lf_raw_send (raw, "GET /api/v1/ HTTP/1.1\r\n" HOST "\r\n");
  reply = lf_raw_read_reply (raw);
  g_assert_cmpuint (reply->status, ==, 200);
  lf_raw_wait_closed (raw);
  g_assert_cmpuint (raw->in->len, ==, 0);
}

static void
test_methods (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) head = lf_raw_call (fixture->rig, "HEAD", "/", NULL, NULL);
  g_autoptr (LfRawReply) options = lf_raw_call (fixture->rig, "OPTIONS", "/me", NULL, NULL);
  g_autofree char       *length = lf_raw_get_header (head, "Content-Length");
  g_autofree char       *allow = lf_raw_get_header (options, "Allow");
  g_autoptr (LfRawReply) stream = lf_raw_call (fixture->rig, "HEAD", "/stream", fixture->token, NULL);
  g_autofree char       *only = lf_raw_get_header (stream, "Allow");

  g_test_summary ("HEAD is GET without a body; a method that is not there says which are");
  g_assert_cmpuint (stream->status, ==, 405);
  g_assert_cmpstr (only, ==, "GET");
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpstr (head->body, ==, "");
  g_assert_cmpint (atoi (length), >, 50);
  lf_raw_assert_problem (options, LF_PROBLEM_METHOD_NOT_ALLOWED);
  g_assert_cmpstr (allow, ==, "GET, HEAD, PATCH");
}

static void
test_pipelined (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);

  g_test_summary ("Requests that come in one packet are answered in order");
  lf_raw_printf (raw, "GET /api/v1/ HTTP/1.1\r\n" HOST "\r\nGET /api/v1/me HTTP/1.1\r\n" HOST "Authorization: Bearer %s\r\n\r\n"
                      "GET /api/v1/nothing HTTP/1.1\r\n" HOST "\r\n",
                 fixture->token);
  for (guint i = 0; i < 3; i++)
    {
      const guint            wanted[] = { 200, 200, 404 };
      g_autoptr (LfRawReply) reply = lf_raw_read_reply (raw);

      g_assert_cmpuint (reply->status, ==, wanted[i]);
    }
}

static void
test_client_gone (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A client that leaves while its request is handled harms nobody");

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);

      lf_raw_printf (raw, "GET /api/v1/me HTTP/1.1\r\n" HOST "Authorization: Bearer %s\r\n\r\n", fixture->token);
      if (i % 2 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  lf_rig_assert_alive (fixture->rig);
}

static void
test_not_reading (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)   raw = lf_raw_connect (fixture->rig);
  g_autoptr (GString) flood = g_string_new (NULL);
  gsize               before = lf_rig_get_memory ();

  g_test_summary ("Whoever asks and asks and never reads is cut, and the answers are not piled up");

  fixture->rig->config->answer_timeout_s = 1;
  while (flood->len < 16 * 1024 * 1024)
    g_string_append (flood, "GET /api/v1/ HTTP/1.1\r\n" HOST "\r\n");
  before = lf_rig_get_memory ();
  lf_raw_send_bytes (raw, flood->str, flood->len); /* ends when the server closes */
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
  lf_raw_wait_closed (raw);
}

static LfHttpRequest *forgotten; /* a reference, until the test answers it */

static void
forget_request (LfServer *server, LfHttpRequest *request)
{
  forgotten = lf_http_request_ref (request);
}

static void
answer_twice (LfServer *server, LfHttpRequest *request)
{
  lf_http_request_respond_empty (request, 204);
  lf_http_request_respond_problem (request, LF_PROBLEM_INTERNAL, NULL, 0);
}

static const LfRoute test_routes[] = {
  { "GET", "/test/forgotten", LF_ACCESS_PUBLIC, NULL, forget_request },
  { "GET", "/test/twice", LF_ACCESS_PUBLIC, NULL, answer_twice },
  { NULL }
};

static void
test_handlers (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) late = NULL;
  g_autoptr (LfRawReply) twice = NULL;
  g_autofree char       *retry = NULL;

  g_test_summary ("A handler that forgets to answer is answered for with 503; of two answers the first counts");

  fixture->rig->config->answer_timeout_s = 1;
  lf_router_add (fixture->rig->server->router, LF_API_PATH, test_routes);
  late = lf_raw_call (fixture->rig, "GET", "/test/forgotten", NULL, NULL);
  lf_raw_assert_problem (late, LF_PROBLEM_UNAVAILABLE);
  retry = lf_raw_get_header (late, "Retry-After");
  g_assert_cmpstr (retry, ==, "5");
  g_assert_true (lf_http_request_is_answered (forgotten));
  lf_http_request_respond_empty (forgotten, 204);
  g_clear_pointer (&forgotten, lf_http_request_unref);
  twice = lf_raw_call (fixture->rig, "GET", "/test/twice", NULL, NULL);
  g_assert_cmpuint (twice->status, ==, 204);
}

static void
test_stop_in_hand (gconstpointer unused)
{
  g_autoptr (LfRig)      rig = lf_rig_new ();
  g_autoptr (LfRaw)      raw = NULL;
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("A server that goes answers what its handlers still have");

  lf_rig_start (rig);
  lf_router_add (rig->server->router, LF_API_PATH, test_routes);
  raw = lf_raw_connect (rig);
  lf_raw_send (raw, "GET /api/v1/test/forgotten HTTP/1.1\r\n" HOST "\r\n");
  lf_wait_until (forgotten != NULL, LF_RIG_WAIT_MS);
  g_clear_pointer (&rig->server, lf_server_free);
  reply = lf_raw_read_reply (raw);
  lf_raw_assert_problem (reply, LF_PROBLEM_UNAVAILABLE);
  g_clear_pointer (&forgotten, lf_http_request_unref);
}

/* A good request with some of its bytes changed, or bytes of no request at all. */
static void
send_noise (Fixture *fixture, LfRaw *raw, guint round)
{
  g_autofree char *good = g_strdup_printf ("PUT /api/v1/me/status HTTP/1.1\r\n" HOST JSON "Authorization: Bearer %s\r\n"
                                           "Content-Length: 41\r\n\r\n{\"choice\":\"away\",\"text\":\"Lunch until one\"}",
                                           fixture->token);
  gsize            length = strlen (good);

  for (guint i = 0; i < 1 + round % 8; i++)
    good[g_test_rand_int_range (0, (int) length)] = (char) g_test_rand_int_range (0, 256);
  if (round % 5 == 0)
    for (gsize i = 0; i < length; i++)
      good[i] = (char) g_test_rand_int_range (0, 256);
  lf_raw_send_bytes (raw, good, length);
}

static void
test_noise (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Requests with changed bytes, and bytes of no request, are answered or cut");

  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);

      send_noise (fixture, raw, round);
      if (round % 20 == 0)
        lf_rig_assert_alive (fixture->rig);
    }
}

static void
test_address_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_raw_free);
  guint                 n_open = 0;

  g_test_summary ("One address has so many connections, and no more; they come back when they are closed");

  fixture->rig->config->max_connections_per_address = 8;
  for (guint i = 0; i < 12; i++)
    {
      LfRaw *raw = lf_raw_connect (fixture->rig);

      g_ptr_array_add (raws, raw);
      lf_raw_send (raw, "GET /api/v1/ HTTP/1.1\r\n" HOST "\r\n");
    }
  for (guint i = 0; i < raws->len; i++)
    {
      LfRaw *raw = raws->pdata[i];

      lf_wait_until ((lf_raw_pump (raw), raw->in->len > 0 || raw->is_closed), LF_RIG_WAIT_MS);
      if (raw->in->len > 0)
        n_open++;
    }
  g_assert_cmpuint (n_open, ==, 8);
  g_ptr_array_set_size (raws, 0);
  fixture->rig->config->max_connections_per_address = 1000;
}

static void
test_trusted_proxy (gconstpointer unused)
{
  g_autoptr (LfRig) rig = lf_rig_new ();
  g_autofree char  *ada = lf_rig_add_person (rig, "ada");
  g_autofree char  *token = NULL;
  const char *const proxies[] = { "127.0.0.1", NULL };

  g_test_summary ("Behind a trusted proxy the last forwarded address counts, and what a client makes up does not");

  g_strfreev (rig->config->trusted_proxies);
  rig->config->trusted_proxies = g_strdupv ((GStrv) proxies);
  lf_rig_start (rig);
  token = lf_rig_sign_in (rig, "ada");
  rig->config->max_connections_per_address = 1;
  for (guint i = 0; i < 3; i++)
    {
      /* two streams of one address: the second is one too many; another address has its own count */
      static LfRaw          *open[3];
      g_autoptr (LfRawReply) reply = NULL;

      open[i] = lf_raw_connect (rig);
      lf_raw_printf (open[i],
                     "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "X-Forwarded-For: 10.9.9.%u, 192.0.2.%u\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: lampfield.v1\r\nAuthorization: Bearer %s\r\n\r\n",
                     i, i == 2 ? 8u : 7u, token);
      reply = lf_raw_read_reply (open[i]);
      if (i == 1)
        lf_raw_assert_problem (reply, LF_PROBLEM_RATE_LIMITED);
      else
        g_assert_cmpuint (reply->status, ==, 101);
      if (i == 2)
        for (guint j = 0; j < 3; j++)
          lf_raw_free (open[j]);
    }
}

/* How long the main loop would sleep now, or -1 for as long as nobody calls. */
static int
get_sleep_ms (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD       fds[64];
  int           priority;
  int           timeout_ms;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_assert_cmpint (g_main_context_query (context, priority, &timeout_ms, fds, G_N_ELEMENTS (fds)), <=, (int) G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return timeout_ms;
}

static void
test_asleep (Fixture *fixture, gconstpointer unused)
{
  gint64 until_us = g_get_monotonic_time () + LF_RIG_WAIT_MS * G_GINT64_CONSTANT (1000);

  g_test_summary ("A server with nobody connected does not wake up to look whether somebody is late");
  for (int sleep_ms = get_sleep_ms (); sleep_ms >= 0 && sleep_ms < 5000; sleep_ms = get_sleep_ms ())
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/http/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("refused", test_refused);
  ADD ("folded", test_folded);
  ADD ("body/large", test_large);
  ADD ("body/deep", test_deep);
  ADD ("body/many-values", test_many_values);
  ADD ("deadline/half-sent", test_half_sent);
  ADD ("deadline/dripping", test_dripping);
  ADD ("deadline/idle", test_idle);
  ADD ("methods", test_methods);
  ADD ("pipelined", test_pipelined);
  ADD ("client-gone", test_client_gone);
  ADD ("asleep", test_asleep);
  ADD ("not-reading", test_not_reading);
  ADD ("handlers", test_handlers);
  ADD ("noise", test_noise);
  ADD ("limit/address", test_address_limit);
  g_test_add_data_func ("/http/stop-in-hand", NULL, test_stop_in_hand);
  g_test_add_data_func ("/http/limit/trusted-proxy", NULL, test_trusted_proxy);
  return g_test_run ();
}
