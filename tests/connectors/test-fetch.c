/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "lf-calendar-content.h"
#include "lf-error.h"
#include "lf-ical-splitter.h"
#include "lf-test-util.h"

/* Calendars at addresses, served by a server of the test's own on a free port of 127.0.0.1. */

#define CALENDAR    "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
#define DEADLINE_MS 20000

typedef struct
{
  SoupServer        *server;
  char              *base; /* "http://127.0.0.1:port" */
  guint              n_requests;
  char              *last_if_none_match;
  LfCalendarContent *content;
  GError            *error;
  guint              retry_after_s;
  gboolean           is_done;
} Fixture;

static void
answer_calendar (Fixture *fixture, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char         *tag = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Match");

  g_free (fixture->last_if_none_match);
  fixture->last_if_none_match = g_strdup (tag);
  soup_message_headers_replace (headers, "ETag", "\"v1\"");
  if (g_strcmp0 (tag, "\"v1\"") == 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Last-Modified", "Tue, 24 Nov 2026 08:00:00 GMT");
  soup_server_message_set_response (message, "text/calendar", SOUP_MEMORY_STATIC, CALENDAR, strlen (CALENDAR));
}

static void
answer_huge (SoupServerMessage *message)
{
  gsize length = LF_ICAL_MAX_FEED_BYTES + 1;
  char *body = g_strnfill (length, 'x');

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/calendar", SOUP_MEMORY_TAKE, body, length);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture            *fixture = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  int                 status;

  fixture->n_requests++;
  if (g_str_equal (path, "/good.ics"))
    answer_calendar (fixture, message);
  else if (g_str_equal (path, "/huge.ics"))
    answer_huge (message);
  else if (g_str_equal (path, "/moved.ics"))
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/good.ics");
  else if (g_str_equal (path, "/circle.ics"))
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/circle.ics");
  else if (g_str_equal (path, "/to-http.ics"))
    soup_server_message_set_redirect (message, SOUP_STATUS_MOVED_PERMANENTLY, "http://calendar.example.org/x.ics");
  else if (g_str_equal (path, "/to-file.ics"))
    {
      soup_server_message_set_status (message, SOUP_STATUS_FOUND, NULL);
      soup_message_headers_replace (headers, "Location", "file:///etc/passwd");
    }
  else if (g_str_equal (path, "/nowhere.ics"))
    soup_server_message_set_status (message, SOUP_STATUS_FOUND, NULL);
  else if (g_str_equal (path, "/hang.ics"))
    soup_server_message_pause (message);
  else if (sscanf (path, "/status/%d", &status) == 1)
    {
      soup_server_message_set_status (message, status, NULL);
      if (status == 429)
        soup_message_headers_replace (headers, "Retry-After", "1234");
      if (status == 503)
        soup_message_headers_replace (headers, "Retry-After", "Thu, 31 Dec 2099 23:59:59 GMT"); /* from 3.6 on libsoup takes no year 9999 */
    }
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList            *uris;

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
forget_answer (Fixture *fixture)
{
  g_clear_pointer (&fixture->content, lf_calendar_content_free);
  g_clear_error (&fixture->error);
  fixture->is_done = FALSE;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  forget_answer (fixture);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_free (fixture->base);
  g_free (fixture->last_if_none_match);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->content = lf_calendar_fetch_finish (result, &fixture->retry_after_s, &fixture->error);
  fixture->is_done = TRUE;
}

static void
start_fetch (Fixture *fixture, const char *url, gboolean may_be_private, const char *tag, GCancellable *cancellable)
{
  const LfCalendarSourceConfig config = { .kind = LF_CALENDAR_URL, .url = (char *) url, .may_be_private = may_be_private };
  g_autoptr (LfCalendarHttp)   http = lf_calendar_http_new (&config);

  lf_calendar_fetch_async (http, url, tag, NULL, cancellable, on_fetched, fixture);
}

static void
fetch_with (Fixture *fixture, const char *path, gboolean may_be_private, const char *tag)
{
  g_autofree char *url = g_strconcat (fixture->base, path, NULL);

  forget_answer (fixture);
  start_fetch (fixture, url, may_be_private, tag, NULL);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
}

static void
fetch (Fixture *fixture, const char *path)
{
  fetch_with (fixture, path, TRUE, NULL);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, "/good.ics");
  g_assert_no_error (fixture->error);
  g_assert_cmpmem (g_bytes_get_data (fixture->content->bytes, NULL), g_bytes_get_size (fixture->content->bytes),
                   CALENDAR, strlen (CALENDAR));
  g_assert_cmpstr (fixture->content->tag, ==, "\"v1\"");
  g_assert_cmpstr (fixture->content->modified, ==, "Tue, 24 Nov 2026 08:00:00 GMT");
  g_assert_null (fixture->last_if_none_match);
}

static void
test_unchanged (Fixture *fixture, gconstpointer data)
{
  fetch_with (fixture, "/good.ics", TRUE, "\"v1\"");
  g_assert_no_error (fixture->error);
  g_assert_null (fixture->content->bytes);
  g_assert_cmpstr (fixture->content->tag, ==, "\"v1\"");
  g_assert_cmpstr (fixture->last_if_none_match, ==, "\"v1\"");
}

static void
test_unasked_304 (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("“unchanged” is no answer to somebody who has nothing");

  fetch (fixture, "/status/304");
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_UNAVAILABLE);
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, "/moved.ics");
  g_assert_no_error (fixture->error);
  g_assert_nonnull (fixture->content->bytes);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    LfError     code;
    guint       retry_after_s;
  } rows[] = {
    { "/circle.ics", LF_ERROR_UNAVAILABLE, 0 },
    { "/to-http.ics", LF_ERROR_INSECURE, 0 },
    { "/to-file.ics", LF_ERROR_INSECURE, 0 },
    { "/nowhere.ics", LF_ERROR_UNAVAILABLE, 0 },
    { "/status/401", LF_ERROR_FORBIDDEN, 0 },
    { "/status/403", LF_ERROR_FORBIDDEN, 0 },
    { "/status/404", LF_ERROR_NOT_FOUND, 0 },
    { "/status/410", LF_ERROR_NOT_FOUND, 0 },
    { "/status/429", LF_ERROR_RATE_LIMITED, 1234 },
    { "/status/500", LF_ERROR_UNAVAILABLE, 0 },
    { "/status/503", LF_ERROR_UNAVAILABLE, 86400 },
    { "/status/204", LF_ERROR_UNAVAILABLE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].path);
      fetch (fixture, rows[i].path);
      g_assert_error (fixture->error, LF_ERROR, (int) rows[i].code);
      g_assert_null (strstr (fixture->error->message, "http://"));
      g_assert_cmpuint (fixture->retry_after_s, ==, rows[i].retry_after_s);
    }
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, "/huge.ics");
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_TOO_LARGE);
}

static void
test_private (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("an address of this machine is not asked unless the configuration allows it");

  fetch_with (fixture, "/good.ics", FALSE, NULL);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_FORBIDDEN);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_private_by_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://localhost%s/good.ics", strrchr (fixture->base, ':'));

  g_test_summary ("what counts is the address that a name leads to");

  start_fetch (fixture, url, FALSE, NULL, NULL);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_FORBIDDEN);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_insecure (Fixture *fixture, gconstpointer data)
{
  start_fetch (fixture, "http://calendar.example.org/x.ics", TRUE, NULL, NULL);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_INSECURE);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char         *url = g_strconcat (fixture->base, "/hang.ics", NULL);

  start_fetch (fixture, url, TRUE, NULL, cancellable);
  lf_wait_until (fixture->n_requests == 1, DEADLINE_MS);
  g_assert_false (fixture->is_done);
  g_cancellable_cancel (cancellable);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A certificate that nobody has signed, made for this test; NULL without openssl or a TLS module. */
static GTlsCertificate *
make_certificate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lf-tls-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  const char      *argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                              "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate, NULL };
  GTlsCertificate *made = NULL;
  int              status = -1;

  if (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                    NULL, NULL, NULL, &status, NULL) &&
      status == 0)
    made = g_tls_certificate_new_from_files (certificate, key, NULL);
  g_unlink (key);
  g_unlink (certificate);
  g_rmdir (folder);
  return made;
}

static void
test_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SoupServer)      server = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autofree char            *url = NULL;
  GSList                     *uris;

  g_test_summary ("a server whose certificate nobody vouches for is asked for nothing");

  if (certificate == NULL)
    {
      g_test_skip ("openssl or glib-networking is not installed");
      return;
    }
  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, NULL));
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("https://127.0.0.1:%d/good.ics", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  start_fetch (fixture, url, TRUE, NULL, NULL);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (fixture->error->message, "is not one to trust"));
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
on_file_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->content = lf_calendar_file_read_finish (result, &fixture->error);
  fixture->is_done = TRUE;
}

static void
read_file (Fixture *fixture, const char *path, const char *tag)
{
  forget_answer (fixture);
  lf_calendar_file_read_async (path, tag, NULL, on_file_read, fixture);
  lf_wait_until (fixture->is_done, DEADLINE_MS);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("lf-file-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.ics", NULL);
  g_autofree char *tag = NULL;

  read_file (fixture, path, NULL);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  g_assert_true (g_file_set_contents (path, CALENDAR, -1, NULL));
  read_file (fixture, path, NULL);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (g_bytes_get_size (fixture->content->bytes), ==, strlen (CALENDAR));
  tag = g_strdup (fixture->content->tag);

  read_file (fixture, path, tag);
  g_assert_no_error (fixture->error);
  g_assert_null (fixture->content->bytes);

  g_assert_true (g_file_set_contents (path, CALENDAR CALENDAR, -1, NULL));
  read_file (fixture, path, tag);
  g_assert_cmpuint (g_bytes_get_size (fixture->content->bytes), ==, 2 * strlen (CALENDAR));

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  read_file (fixture, path, NULL);
  g_assert_error (fixture->error, LF_ERROR, LF_ERROR_BAD_FRAME);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

#define ADD(path, function) g_test_add ("/calendar/fetch/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("good", test_good);
  ADD ("unchanged", test_unchanged);
  ADD ("unasked-304", test_unasked_304);
  ADD ("redirect", test_redirect);
  ADD ("refusals", test_refusals);
  ADD ("too-large", test_too_large);
  ADD ("private", test_private);
  ADD ("private-by-name", test_private_by_name);
  ADD ("insecure", test_insecure);
  ADD ("certificate", test_certificate);
  ADD ("cancel", test_cancel);
  ADD ("file", test_file);
  return g_test_run ();
}
