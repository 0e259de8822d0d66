/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-fuzz.h"
#include "lf-http-check.h"

/* What a client sends on a connection, given to the real HTTP engine. A request that passes the check
 * of its head has the one length, and the one host, that a strict reader of the same bytes sees. */

#define MAX_TURNS 50

typedef struct
{
  guint    n_requests;
  gboolean is_first_accepted;
  guint64  body_bytes; /* of the first */
} Seen;

/* What a strict reader sees in the bytes up to the first empty line. */
typedef struct
{
  guint    n_host;
  guint    n_length;
  guint    n_encoding;
  guint64  length;
  gboolean is_length_plain;
  gboolean is_odd; /* CR alone, NUL, no name: where lines or the head end depends on the reader */
} Strict;

static enum MHD_Result
on_request (void *user_data, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *upload, size_t *upload_size, void **request)
{
  Seen                *seen = user_data;
  struct MHD_Response *response;
  LfHttpHeaders        headers;
  LfProblem            problem = LF_N_PROBLEMS;
  const char          *detail = NULL;
  const char          *token;
  gboolean             is_accepted;
  enum MHD_Result      result;

  lf_http_headers_read (&headers, connection);
  is_accepted = lf_http_headers_check (&headers, &problem, &detail);
  g_assert_true (is_accepted || (guint) problem < LF_N_PROBLEMS);
  g_assert_cmpuint (is_accepted ? headers.body_bytes : 0, <=, LF_HTTP_MAX_BODY);
  lf_http_headers_are_json (&headers);
  token = lf_http_headers_get_bearer (&headers);
  g_assert_true (token == NULL || headers.n_authorization > 0);
  if (seen->n_requests++ == 0)
    {
      seen->is_first_accepted = is_accepted;
      seen->body_bytes = headers.body_bytes;
    }
  response = MHD_create_response_from_buffer (0, (void *) "", MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header (response, "Connection", "close");
  result = MHD_queue_response (connection, is_accepted ? 200 : lf_problem_to_status (problem), response);
  MHD_destroy_response (response);
  return result;
}

static Seen seen; /* of the input in hand */

static void
on_connection (void *user_data, struct MHD_Connection *connection, void **socket_data, enum MHD_ConnectionNotificationCode code)
{
  if (code == MHD_CONNECTION_NOTIFY_CLOSED)
    *(gboolean *) user_data = TRUE;
}

static void
on_log (void *user_data, const char *format, va_list arguments)
{
}

static gboolean is_closed;

static struct MHD_Daemon *
get_daemon (void)
{
  static struct MHD_Daemon *daemon; /* lives as long as the process */

  if (daemon == NULL)
    daemon = MHD_start_daemon (MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, &seen,
                               MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, &is_closed,
                               MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_END);
  g_assert_nonnull (daemon);
  return daemon;
}

static void
send_all (const guint8 *data, gsize size)
{
  struct MHD_Daemon      *daemon = get_daemon ();
  struct sockaddr_storage address = { .ss_family = AF_UNIX };
  int                     ends[2];
  guint8                  answer[4096];

  memset (&seen, 0, sizeof seen);
  is_closed = FALSE;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_assert_cmpint (MHD_add_connection (daemon, ends[0], (const struct sockaddr *) &address, sizeof (sa_family_t)), ==, MHD_YES);
  g_assert_cmpint (send (ends[1], data, size, MSG_NOSIGNAL), ==, (gssize) size);
  shutdown (ends[1], SHUT_WR);
  for (guint turn = 0; turn < MAX_TURNS && !is_closed; turn++)
    {
      MHD_run (daemon);
      while (recv (ends[1], answer, sizeof answer, MSG_DONTWAIT) > 0)
        continue;
    }
  close (ends[1]);
  for (guint turn = 0; turn < MAX_TURNS && !is_closed; turn++)
    MHD_run (daemon);
  g_assert_true (is_closed);
}

static void
read_line (Strict *strict, const char *line, gsize length)
{
  const char *colon = memchr (line, ':', length);
  char       *name;

  if (*line == ':' || memchr (line, '\r', length) != NULL || memchr (line, '\0', length) != NULL)
    strict->is_odd = TRUE;
  if (colon == NULL || *line == ' ' || *line == '\t') /* the latter goes on with the line before */
    return;
  name = g_ascii_strdown (line, colon - line);
  g_strchomp (name);
  strict->n_host += g_str_equal (name, "host");
  strict->n_encoding += g_str_equal (name, "transfer-encoding");
  if (g_str_equal (name, "content-length"))
    {
      g_autofree char *value = g_strstrip (g_strndup (colon + 1, length - (gsize) (colon + 1 - line)));

      strict->n_length++;
      strict->is_length_plain = g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &strict->length, NULL);
    }
  g_free (name);
}

static void
read_strictly (Strict *strict, const char *at, const char *end)
{
  gboolean is_request_line = TRUE;

  memset (strict, 0, sizeof *strict);
  while (at < end)
    {
      const char *line_end = memchr (at, '\n', (gsize) (end - at));
      gsize       length = (gsize) ((line_end != NULL ? line_end : end) - at);

      if (length > 0 && at[length - 1] == '\r')
        length--;
      if (length == 0 && !is_request_line) /* empty lines before a request are skipped */
        return;
      if (length > 0 && !is_request_line)
        read_line (strict, at, length);
      if (length > 0)
        {
          strict->is_odd |= is_request_line && (memchr (at, '\r', length) != NULL || memchr (at, '\0', length) != NULL);
          is_request_line = FALSE;
        }
      if (line_end == NULL)
        return;
      at = line_end + 1;
    }
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: bytes of a connection
 * @size: how many
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Strict strict;

  send_all (data, size);
  if (!seen.is_first_accepted)
    return 0;
  read_strictly (&strict, (const char *) data, (const char *) data + size);
  if (strict.is_odd)
    return 0;
  g_assert_cmpuint (strict.n_host, ==, 1);
  g_assert_cmpuint (strict.n_encoding, ==, 0);
  g_assert_cmpuint (strict.n_length, <=, 1);
  g_assert_true (strict.n_length == 0 || strict.is_length_plain);
  g_assert_cmpuint (seen.body_bytes, ==, strict.length);
  return 0;
}
