/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-reply.h"
#include "lf-rest.h"
#include "lf-server-address.h"
#include "lf-test-util.h"

#define INFO "{\"name\":\"lampfield-server\",\"version\":\"0.1.0\",\"api\":1,\"features\":[],\"server_time\":\"2026-11-24T09:00:00Z\"}"
#define JSON "application/json"

typedef struct
{
  gboolean    is_done;
  LfWireInfo *info;
  guint       status;
  guint       retry_after_s;
  gboolean    has_problem;
  LfProblem   problem;
  GError     *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  if (answer->info != NULL)
    lf_codec_free (&lf_schema_info, answer->info);
  g_clear_error (&answer->error);
  *answer = (Answer){ FALSE };
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Answer *answer = user_data;

  answer->has_problem = lf_rest_call_get_problem (LF_REST (source), result, &answer->problem);
  answer->info = lf_rest_call_finish (LF_REST (source), result, &answer->status, NULL, &answer->retry_after_s,
                                      &answer->error);
  answer->is_done = TRUE;
}

static void
call (LfRest       *rest,
      const char   *path,
      GCancellable *cancellable,
      Answer       *answer)
{
  lf_rest_call_async (rest, "GET", path, NULL, NULL, NULL, &lf_schema_info, cancellable, on_answered, answer);
}

/* The hostile answers */

static void
answer_cut_head (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nConte", -1);
  lf_fake_conn_close (conn);
}

static void
answer_cut_body (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nContent-Type: " JSON "\r\nContent-Length: 500\r\n\r\n{\"name\":", -1);
  lf_fake_conn_close (conn);
}

static void
answer_early_close (LfFakeConn *conn)
{
  lf_fake_conn_close (conn);
}

static void
answer_garbage (LfFakeConn *conn)
{
  guint8 garbage[512];

  for (guint i = 0; i < sizeof garbage; i++)
    garbage[i] = i * 37 ^ 0xa5;
  lf_fake_conn_send (conn, garbage, sizeof garbage);
  lf_fake_conn_close (conn);
}

static void
answer_endless_body (LfFakeConn *conn)
{
  g_autofree char *block = g_strnfill (65536, ' ');

  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nContent-Type: " JSON "\r\nConnection: close\r\n\r\n{", -1);
  lf_fake_conn_send_again (conn, block, -1, 0);
}

static void
answer_endless_chunks (LfFakeConn *conn)
{
  g_autofree char *block = g_strnfill (32768, ' ');
  g_autofree char *chunk = g_strconcat ("8000\r\n", block, "\r\n", NULL);

  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nContent-Type: " JSON "\r\nTransfer-Encoding: chunked\r\n\r\n", -1);
  lf_fake_conn_send_again (conn, chunk, -1, 0);
}

static void
answer_endless_headers (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\n", -1);
  lf_fake_conn_send_again (conn, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", -1, 0);
}

static void
answer_endless_line (LfFakeConn *conn)
{
  g_autofree char *block = g_strnfill (4096, 'a');

  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nX-Filler: ", -1);
  lf_fake_conn_send_again (conn, block, -1, 0);
}

static void
answer_endless_continue (LfFakeConn *conn)
{
  lf_fake_conn_send_again (conn, "HTTP/1.1 100 Continue\r\n\r\n", -1, 1);
}

static void
answer_drip (LfFakeConn *conn)
{
  lf_fake_conn_send (conn, "HTTP/1.1 200 OK\r\nContent-Type: " JSON "\r\nContent-Length: 100000\r\n\r\n{", -1);
  lf_fake_conn_send_again (conn, " ", -1, 20);
}

static void
answer_nothing (LfFakeConn *conn)
{
}

static void
answer_redirect_loop (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 302, "Location: /api/v1/\r\n", NULL, "");
}

static void
answer_redirect_away (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 307, "Location: https://elsewhere.invalid/api/v1/\r\n", NULL, "");
}

static void
answer_html (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", "text/html", "<html>" INFO "</html>");
}

static void
answer_no_type (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", NULL, INFO);
}

static void
answer_deep (LfFakeConn *conn)
{
  g_autofree char *text = g_strnfill (100000, '[');

  lf_fake_conn_answer (conn, 200, "", JSON, text);
}

static void
answer_duplicate (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, "{\"name\":\"a\",\"name\":\"b\",\"version\":\"1\",\"api\":1,\"features\":[]}");
}

static void
answer_not_utf8 (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, "{\"name\":\"\xff\xfe\",\"version\":\"1\",\"api\":1}");
}

static void
answer_wrong_kind (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, "{\"name\":[1,2],\"version\":{},\"api\":\"one\",\"features\":7}");
}

static void
answer_array (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, "[]");
}

static void
answer_empty (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, "");
}

static void
answer_two_documents (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "", JSON, INFO INFO);
}

static void
answer_bad_gzip (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 200, "Content-Encoding: gzip\r\n", JSON, "\x1f\x8b\x08\x01 and then none");
}

/* 64 MiB of spaces in some 64 KiB */
static void
answer_bomb (LfFakeConn *conn)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream)   memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream)   packed = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autofree char            *block = g_strnfill (1024 * 1024, ' ');
  g_autofree char            *head = NULL;
  g_autoptr (GBytes)          bytes = NULL;

  for (guint i = 0; i < 64; i++)
    g_output_stream_write_all (packed, block, 1024 * 1024, NULL, NULL, NULL);
  g_output_stream_close (packed, NULL, NULL);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: " JSON "\r\nContent-Encoding: gzip\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          g_bytes_get_size (bytes));
  lf_fake_conn_send (conn, head, -1);
  lf_fake_conn_send (conn, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
answer_basic (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 401, "WWW-Authenticate: Basic realm=\"give it\"\r\n", "text/html", "no");
}

static void
answer_bad_problem (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 401, "", "application/problem+json", "{\"code\":[[[");
}

static void
answer_foreign_code (LfFakeConn *conn)
{
  lf_fake_conn_problem (conn, 400, "", "invented");
}

static void
answer_other_status (LfFakeConn *conn)
{
  lf_fake_conn_problem (conn, 200 + 218, "", "unauthorized");
}

static void
answer_proxy_error (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 502, "", "text/html", "<html>Bad gateway</html>");
}

static void
answer_switch (LfFakeConn *conn)
{
  lf_fake_conn_answer (conn, 101, "Upgrade: websocket\r\nConnection: Upgrade\r\n", JSON, INFO);
}

typedef struct
{
  const char *why;
  void (*answer) (LfFakeConn *conn);
  LfError code;
  guint   deadline_ms;
} BadAnswer;

static const BadAnswer bad_answers[] = {
  { "a head that is cut", answer_cut_head, LF_ERROR_UNAVAILABLE, 10000 },
  { "a body that is cut", answer_cut_body, LF_ERROR_UNAVAILABLE, 10000 },
  { "closed without an answer", answer_early_close, LF_ERROR_UNAVAILABLE, 10000 },
  { "binary garbage for HTTP", answer_garbage, LF_ERROR_UNAVAILABLE, 10000 },
  { "a body without end", answer_endless_body, LF_ERROR_BAD_FRAME, 10000 },
  { "chunks without end", answer_endless_chunks, LF_ERROR_BAD_FRAME, 10000 },
  { "headers without end", answer_endless_headers, LF_ERROR_UNAVAILABLE, 10000 },
  { "one header without end", answer_endless_line, LF_ERROR_UNAVAILABLE, 10000 },
  { "100 Continue for ever", answer_endless_continue, LF_ERROR_UNAVAILABLE, 500 },
  { "a byte at a time", answer_drip, LF_ERROR_UNAVAILABLE, 500 },
  { "silence", answer_nothing, LF_ERROR_UNAVAILABLE, 300 },
  { "a redirect to itself", answer_redirect_loop, LF_ERROR_BAD_FRAME, 10000 },
  { "a redirect elsewhere: the token stays here", answer_redirect_away, LF_ERROR_BAD_FRAME, 10000 },
  { "JSON inside HTML", answer_html, LF_ERROR_BAD_FRAME, 10000 },
  { "JSON that is not said to be", answer_no_type, LF_ERROR_BAD_FRAME, 10000 },
  { "nested 100,000 deep", answer_deep, LF_ERROR_BAD_FRAME, 10000 },
  { "a member twice", answer_duplicate, LF_ERROR_BAD_FRAME, 10000 },
  { "not UTF-8", answer_not_utf8, LF_ERROR_BAD_FRAME, 10000 },
  { "members of other kinds", answer_wrong_kind, LF_ERROR_BAD_FRAME, 10000 },
  { "an array for an object", answer_array, LF_ERROR_BAD_FRAME, 10000 },
  { "an empty document", answer_empty, LF_ERROR_BAD_FRAME, 10000 },
  { "two documents", answer_two_documents, LF_ERROR_BAD_FRAME, 10000 },
  { "gzip that is none", answer_bad_gzip, LF_ERROR_BAD_FRAME, 10000 },
  { "64 MiB in 64 KiB", answer_bomb, LF_ERROR_BAD_FRAME, 20000 },
  { "a request for a password, by a proxy", answer_basic, LF_ERROR_BAD_FRAME, 10000 },
  { "a problem that is no JSON does not sign out", answer_bad_problem, LF_ERROR_BAD_FRAME, 10000 },
  { "a problem that is not in the list", answer_foreign_code, LF_ERROR_BAD_FRAME, 10000 },
  { "a problem of another status does not sign out", answer_other_status, LF_ERROR_BAD_FRAME, 10000 },
  { "an error page of a proxy", answer_proxy_error, LF_ERROR_UNAVAILABLE, 10000 },
  { "101 without having asked", answer_switch, LF_ERROR_UNAVAILABLE, 500 },
};

static void
on_bad_request (LfFakeConn          *conn,
                const LfFakeRequest *request,
                gpointer             user_data)
{
  ((const BadAnswer *) user_data)->answer (conn);
}

static void
test_hostile (gconstpointer data)
{
  const BadAnswer         *row = data;
  g_autoptr (LfFakeServer) server = lf_fake_server_new (on_bad_request, NULL, (gpointer) row);
  g_autoptr (GError)       error = NULL;
  LfRest                  *rest = lf_rest_new (lf_fake_server_get_address (server), &error);
  Answer                   answer = { FALSE };

  g_test_summary ("A hostile answer ends as an error with a sentence, within the deadline.");
  g_test_message ("%s", row->why);
  g_assert_no_error (error);
  lf_rest_set_token (rest, "secret");
  lf_rest_set_deadline_ms (rest, row->deadline_ms);
  call (rest, "/", NULL, &answer);
  lf_wait_until (answer.is_done, 30000);
  g_assert_null (answer.info);
  g_assert_error (answer.error, LF_ERROR, (int) row->code);
  g_assert_true (g_utf8_validate (answer.error->message, -1, NULL));
  g_assert_null (strstr (answer.error->message, "secret"));
  g_assert_cmpuint (lf_fake_server_count (server, "/"), ==, 1);
  answer_clear (&answer);
  lf_spin_for_ms (20); /* whatever is left of the connection goes without harm */
  g_assert_finalize_object (rest);
}

/* Good answers and refusals */

static void
on_good_request (LfFakeConn          *conn,
                 const LfFakeRequest *request,
                 gpointer             user_data)
{
  g_assert_nonnull (strstr (request->head, "\r\nAuthorization: Bearer secret\r\n"));
  if (g_str_equal (request->path, "/api/v1/"))
    lf_fake_conn_answer (conn, 200, "", "application/json; charset=utf-8", INFO);
  else if (g_str_equal (request->path, "/api/v1/none"))
    lf_fake_conn_answer (conn, 204, "", NULL, "");
  else if (g_str_equal (request->path, "/api/v1/limited"))
    lf_fake_conn_problem (conn, 429, "Retry-After: 7\r\n", "rate_limited");
  else if (g_str_equal (request->path, "/api/v1/expired"))
    lf_fake_conn_problem (conn, 401, "", "token_expired");
  else if (g_str_equal (request->path, "/api/v1/busy"))
    lf_fake_conn_problem (conn, 503, "Retry-After: 99999999999\r\n", "unavailable");
}

static void
test_answers (void)
{
  g_autoptr (LfFakeServer) server = lf_fake_server_new (on_good_request, NULL, NULL);
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfRest)       rest = lf_rest_new (lf_fake_server_get_address (server), &error);
  Answer                   answer = { FALSE };

  g_test_summary ("Answers are decoded; refusals become the error the server meant.");
  lf_rest_set_token (rest, "secret");
  call (rest, "/", NULL, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (answer.info->name, ==, "lampfield-server");
  answer_clear (&answer);

  lf_rest_call_async (rest, "GET", "/none", NULL, NULL, NULL, NULL, NULL, on_answered, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_no_error (answer.error);
  g_assert_null (answer.info);
  g_assert_cmpuint (answer.status, ==, 204);
  answer_clear (&answer);

  call (rest, "/none", NULL, &answer); /* where something is due */
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_BAD_FRAME);
  answer_clear (&answer);

  call (rest, "/limited", NULL, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_RATE_LIMITED);
  g_assert_cmpuint (answer.retry_after_s, ==, 7);
  g_assert_cmpstr (answer.error->message, ==, "The fake refuses: rate_limited.");
  answer_clear (&answer);

  call (rest, "/expired", NULL, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_true (answer.has_problem);
  g_assert_cmpint (answer.problem, ==, LF_PROBLEM_TOKEN_EXPIRED);
  answer_clear (&answer);

  call (rest, "/busy", NULL, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  g_assert_cmpuint (answer.retry_after_s, ==, 0);
  answer_clear (&answer);
}

static void
test_cancel (void)
{
  static const BadAnswer   silence = { "silence", answer_nothing, LF_ERROR_UNAVAILABLE, 10000 };
  g_autoptr (LfFakeServer) server = lf_fake_server_new (on_bad_request, NULL, (gpointer) &silence);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  LfRest                  *rest = lf_rest_new (lf_fake_server_get_address (server), NULL);
  Answer                   answer = { FALSE };
  Answer                   never_sent = { FALSE };

  g_test_summary ("A cancelled call ends as cancelled; the caller may go first.");
  g_cancellable_cancel (cancelled);
  call (rest, "/", cancelled, &never_sent);
  call (rest, "/", cancellable, &answer);
  g_object_add_weak_pointer (G_OBJECT (rest), (gpointer *) &rest);
  g_object_unref (rest); /* the calls keep it until they end */
  lf_wait_until (never_sent.is_done && lf_fake_server_count (server, "/") == 1, 5000);
  g_assert_error (never_sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_cancellable_cancel (cancellable);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer_clear (&answer);
  answer_clear (&never_sent);
  lf_wait_until (rest == NULL, 5000);
}

static void
test_gone (void)
{
  g_autoptr (LfFakeServer) server = lf_fake_server_new (on_good_request, NULL, NULL);
  g_autoptr (LfRest)       rest = lf_rest_new (lf_fake_server_get_address (server), NULL);
  Answer                   answer = { FALSE };

  g_test_summary ("A server that is not there is unavailable, and named.");
  g_clear_pointer (&server, lf_fake_server_free);
  call (rest, "/", NULL, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (answer.error->message, "127.0.0.1"));
  answer_clear (&answer);
}

/* Answers the first request, cuts the connection at the second, and answers the third. */
static void
on_cut_request (LfFakeConn          *conn,
                const LfFakeRequest *request,
                gpointer             user_data)
{
  GPtrArray *bodies = user_data;

  g_ptr_array_add (bodies, g_strdup (request->body));
  if (bodies->len == 2)
    lf_fake_conn_close (conn);
  else
    lf_fake_conn_answer (conn, 200, "", JSON, INFO);
}

static void
test_made_again (void)
{
  g_autoptr (GPtrArray)    bodies = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LfFakeServer) server = lf_fake_server_new (on_cut_request, NULL, bodies);
  g_autoptr (LfRest)       rest = lf_rest_new (lf_fake_server_get_address (server), NULL);
  LfWireSeq                mark = { .seq = 12 };
  Answer                   answer = { FALSE };

  g_test_summary ("A call that libsoup makes again, for its connection was cut, has its body again.");
  for (guint i = 0; i < 2; i++)
    {
      answer_clear (&answer);
      lf_rest_call_async (rest, "PUT", "/mark", NULL, &lf_schema_seq, &mark, &lf_schema_info, NULL, on_answered, &answer);
      lf_wait_until (answer.is_done, 5000);
      g_assert_no_error (answer.error);
    }
  g_assert_cmpuint (bodies->len, ==, 3);
  for (guint i = 0; i < bodies->len; i++)
    g_assert_cmpstr (bodies->pdata[i], ==, "{\"seq\":12}");
  answer_clear (&answer);
}

typedef struct
{
  const char *text;
  const char *normalised; /* NULL: refused */
  int         code;       /* of LfError */
} Address;

static const Address addresses[] = {
  { "lampfield.example.org", "https://lampfield.example.org", 0 },
  { " https://lampfield.example.org/ ", "https://lampfield.example.org", 0 },
  { "HTTPS://lampfield.example.org:8443", "https://lampfield.example.org:8443", 0 },
  { "http://127.0.0.1:8080", "http://127.0.0.1:8080", 0 },
  { "http://localhost:8080", "http://localhost:8080", 0 },
  { "https://LAMPFIELD.Example.org:443", "https://lampfield.example.org", 0 },
  { "http://[::1]:8080", "http://[::1]:8080", 0 },
  { "http://lampfield.example.org", NULL, LF_ERROR_INSECURE },
  { "http://10.0.0.1", NULL, LF_ERROR_INSECURE },
  { "http://127.0.0.1.example.org", NULL, LF_ERROR_INSECURE },
  { "http://localhost.example.org", NULL, LF_ERROR_INSECURE },
  { "ftp://lampfield.example.org", NULL, LF_ERROR_BAD_REQUEST },
  { "äääääääääääääääääääääääääääääääääääääääääääääääää ääääääääääää", NULL, LF_ERROR_BAD_REQUEST },
  { "https://user:password@lampfield.example.org", NULL, LF_ERROR_BAD_REQUEST },
  { "https://lampfield.example.org/path", NULL, LF_ERROR_BAD_REQUEST },
  { "https://lampfield.example.org?a=b", NULL, LF_ERROR_BAD_REQUEST },
  { "https://", NULL, LF_ERROR_BAD_REQUEST },
  { "", NULL, LF_ERROR_BAD_REQUEST },
  { "a b c", NULL, LF_ERROR_BAD_REQUEST },
  { "https://exa\nmple.org", NULL, LF_ERROR_BAD_REQUEST },
};

static void
test_addresses (void)
{
  g_test_summary ("What a person types becomes one form; clear text goes to this machine alone.");
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *normalised = lf_server_address_normalise (addresses[i].text, &error);

      g_test_message ("“%s”", addresses[i].text);
      g_assert_cmpstr (normalised, ==, addresses[i].normalised);
      if (normalised == NULL)
        {
          g_assert_error (error, LF_ERROR, addresses[i].code);
          g_assert_true (g_utf8_validate (error->message, -1, NULL)); /* it is shown */
        }
    }
}

static void
test_retry_after (void)
{
  g_test_summary ("Retry-After is seconds or a date, at most an hour; nonsense is none.");
  g_assert_cmpuint (lf_reply_parse_retry_after (NULL, 0), ==, 0);
  g_assert_cmpuint (lf_reply_parse_retry_after ("0", 0), ==, 0);
  g_assert_cmpuint (lf_reply_parse_retry_after ("120", 0), ==, 120);
  g_assert_cmpuint (lf_reply_parse_retry_after ("86400", 0), ==, 3600);
  g_assert_cmpuint (lf_reply_parse_retry_after ("-1", 0), ==, 0);
  g_assert_cmpuint (lf_reply_parse_retry_after ("soon", 0), ==, 0);
  g_assert_cmpuint (lf_reply_parse_retry_after ("Sun, 06 Nov 1994 08:49:37 GMT", 784111747), ==, 30);
  g_assert_cmpuint (lf_reply_parse_retry_after ("Sun, 06 Nov 1994 08:49:37 GMT", 784111800), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rest/addresses", test_addresses);
  g_test_add_func ("/rest/retry-after", test_retry_after);
  g_test_add_func ("/rest/answers", test_answers);
  g_test_add_func ("/rest/cancel", test_cancel);
  g_test_add_func ("/rest/gone", test_gone);
  g_test_add_func ("/rest/made-again", test_made_again);
  for (guint i = 0; i < G_N_ELEMENTS (bad_answers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/rest/hostile/%02u", i);

      g_test_add_data_func (path, &bad_answers[i], test_hostile);
    }
  return g_test_run ();
}
