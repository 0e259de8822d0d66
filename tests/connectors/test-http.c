/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "lf-calendar-http.h"
#include "lf-error.h"
#include "lf-test-util.h"

/* Requests to a server of the test's own, which wants a password under /locked. */

#define DEADLINE_MS 20000
#define MARA        "Basic bWFyYTpzZWNyZXQ=" /* mara:secret */

typedef struct
{
  SoupServer       *server;
  guint16           port;
  GString          *seen;    /* "METHOD path authorization body" a line */
  GHashTable       *callers; /* ports that requests came from */
  LfCalendarAnswer *answer;
  GError           *error;
  gboolean          is_done;
} Fixture;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture            *fixture = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char         *authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");
  SoupMessageBody    *body = soup_server_message_get_request_body (message);
  g_autofree char    *elsewhere = g_strdup_printf ("http://localhost:%u/locked", fixture->port);

  g_hash_table_add (fixture->callers, GUINT_TO_POINTER (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (message)))));
  g_string_append_printf (fixture->seen, "%s %s %s %.*s\n", soup_server_message_get_method (message), path,
                          authorization != NULL ? authorization : "-", (int) body->length, body->data != NULL ? body->data : "");
  if (g_str_equal (path, "/moved"))
    soup_server_message_set_redirect (message, SOUP_STATUS_MOVED_PERMANENTLY, "/locked");
  else if (g_str_equal (path, "/away"))
    soup_server_message_set_redirect (message, SOUP_STATUS_TEMPORARY_REDIRECT, elsewhere);
  else if (g_str_equal (path, "/locked") && g_strcmp0 (authorization, MARA) != 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
      soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"calendars\"");
    }
  else
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_replace (headers, "Retry-After", "7");
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "0123456789", 10);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GSList *uris;

  fixture->seen = g_string_new (NULL);
  fixture->callers = g_hash_table_new (NULL, NULL);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (fixture->server);
  fixture->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->answer, lf_calendar_answer_free);
  g_clear_error (&fixture->error);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_string_free (fixture->seen, TRUE);
  g_hash_table_unref (fixture->callers);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &fixture->error);
  fixture->is_done = TRUE;
}

static void
send (Fixture *fixture, LfCalendarHttp *http, LfCalendarRequest *request)
{
  g_clear_pointer (&fixture->answer, lf_calendar_answer_free);
  g_clear_error (&fixture->error);
  fixture->is_done = FALSE;
  lf_calendar_http_send_async (http, request, NULL, on_answer, fixture);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
}

static void
ask (Fixture *fixture, LfCalendarAuth auth, const char *secret, const char *path, LfCalendarRequest *request)
{
  g_autofree char             *url = g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);
  const LfCalendarSourceConfig config = { .url = url, .login = (char *) "mara", .secret = (char *) secret, .auth = auth, .may_be_private = TRUE };
  g_autoptr (LfCalendarHttp)   http = lf_calendar_http_new (&config);

  request->url = url;
  g_string_truncate (fixture->seen, 0);
  send (fixture, http, request);
}

static void
test_password (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char    *claim;
    LfCalendarAuth auth;
    const char    *secret;
    const char    *path;
    guint          status;
    const char    *last; /* the last request's authorization */
  } rows[] = {
    { "asked for, it is given", LF_CALENDAR_AUTH_ANY, "secret", "/locked", 200, MARA },
    { "behind a redirect of the same machine too", LF_CALENDAR_AUTH_BASIC, "secret", "/moved", 200, MARA },
    { "not to another machine", LF_CALENDAR_AUTH_ANY, "secret", "/away", 401, " -" },
    { "a wrong one is sent once", LF_CALENDAR_AUTH_ANY, "wrong", "/locked", 401, "bWFyYTp3cm9uZw==" },
    { "none is none", LF_CALENDAR_AUTH_ANY, NULL, "/locked", 401, " -" },
    { "not in the clear where NTLM is wanted", LF_CALENDAR_AUTH_NTLM, "secret", "/locked", 401, " -" },
    { "not before it is asked for", LF_CALENDAR_AUTH_ANY, "secret", "/open", 200, " -" },
    { "a token goes at once", LF_CALENDAR_AUTH_BEARER, "token", "/open", 200, "Bearer token" },
    { "a token with a newline goes nowhere", LF_CALENDAR_AUTH_BEARER, "to\nken", "/open", 200, " -" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfCalendarRequest request = { .method = "GET" };
      g_auto (GStrv)    lines = NULL;

      g_test_message ("%s", rows[i].claim);
      ask (fixture, rows[i].auth, rows[i].secret, rows[i].path, &request);
      g_assert_no_error (fixture->error);
      g_assert_cmpuint (fixture->answer->status, ==, rows[i].status);
      lines = g_strsplit (g_strchomp (fixture->seen->str), "\n", -1);
      g_assert_cmpuint (g_strv_length (lines), <=, 3);
      g_assert_nonnull (strstr (lines[g_strv_length (lines) - 1], rows[i].last));
    }
}

static void
test_body (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes)       body = g_bytes_new_static ("<propfind/>", 11);
  static const char *const headers[] = { "Depth", "1", NULL };
  LfCalendarRequest        request = { .method = "PROPFIND", .content_type = "application/xml", .body = body, .headers = headers };

  g_test_summary ("a question with a body is asked again where a redirect points to, but no form is sent there");

  ask (fixture, LF_CALENDAR_AUTH_ANY, "secret", "/moved", &request);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->answer->status, ==, 200);
  g_assert_cmpuint (fixture->answer->retry_after_s, ==, 7);
  g_assert_cmpuint (g_bytes_get_size (fixture->answer->body), ==, 10);
  g_assert_true (g_str_has_suffix (g_uri_get_path (fixture->answer->uri), "/locked"));
  g_assert_nonnull (strstr (fixture->seen->str, "PROPFIND /locked " MARA " <propfind/>"));

  request.method = "POST";
  ask (fixture, LF_CALENDAR_AUTH_ANY, "secret", "/moved", &request);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->answer->status, ==, 301);
}

static void
test_bound (Fixture *fixture, gconstpointer data)
{
  LfCalendarRequest request = { .method = "GET", .max_bytes = 9 };

  ask (fixture, LF_CALENDAR_AUTH_ANY, NULL, "/open", &request);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_TOO_LARGE);
  request.max_bytes = 10;
  ask (fixture, LF_CALENDAR_AUTH_ANY, NULL, "/open", &request);
  g_assert_no_error (fixture->error);
}

static void
test_one_connection (Fixture *fixture, gconstpointer data)
{
  static const char *const     methods[] = { "PROPFIND", "REPORT", "REPORT", "GET" };
  g_autofree char             *url = g_strdup_printf ("http://127.0.0.1:%u/open", fixture->port);
  const LfCalendarSourceConfig config = { .url = url, .may_be_private = TRUE };
  g_autoptr (LfCalendarHttp)   http = lf_calendar_http_new (&config);

  g_test_summary ("the questions of a reading go through one connection, whatever they are");

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      LfCalendarRequest request = { .method = methods[i], .url = url };

      send (fixture, http, &request);
      g_assert_no_error (fixture->error);
    }
  g_assert_cmpuint (g_hash_table_size (fixture->callers), ==, 1);
}

static void
test_words (void)
{
  static const struct
  {
    guint status;
    int   code;
  } rows[] = { { 401, LF_ERROR_FORBIDDEN }, { 403, LF_ERROR_FORBIDDEN }, { 404, LF_ERROR_NOT_FOUND }, { 410, LF_ERROR_NOT_FOUND }, { 429, LF_ERROR_RATE_LIMITED }, { 500, LF_ERROR_UNAVAILABLE }, { 204, LF_ERROR_UNAVAILABLE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const LfCalendarAnswer answer = { .status = rows[i].status };
      g_autoptr (GError)     error = NULL;

      g_assert_false (lf_calendar_answer_to_error (&answer, &error));
      g_assert_error (error, LF_ERROR, rows[i].code);
    }
}

#define ADD(path, function) g_test_add ("/calendar/http/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("password", test_password);
  ADD ("body", test_body);
  ADD ("bound", test_bound);
  ADD ("one-connection", test_one_connection);
  g_test_add_func ("/calendar/http/words", test_words);
  return g_test_run ();
}
