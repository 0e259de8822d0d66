/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "lf-cdr-reader.h"
#include "lf-cdr-place.h"
#include "lf-test-util.h"

#define WAIT_MS 10000
#define PROBLEM "{\"type\":\"about:blank\",\"title\":\"Bad request\",\"status\":400,\"code\":\"bad_request\"}"

/* A stand-in for the server. */
typedef struct
{
  char           *folder;
  char           *path;
  char           *state; /* path of what is kept */
  SoupServer     *server;
  LfPhoneConfig   config;
  LfClock        *clock;
  LfRest         *rest;
  LfCallReporter *reporter;
  LfCdrReader    *reader;
  GHashTable     *lines;
  GString        *told;   /* "LINE DIRECTION CALL_ID;" of all that was taken */
  const char     *poison; /* nullable: a body that has it is refused with 400 */
  guint           status; /* of answers, 204 unless something is wrong */
  guint           n_asked;
  guint           n_good;
} Fixture;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture                      *fixture = user_data;
  SoupMessageBody              *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes)            bytes = soup_message_body_flatten (body);
  g_autofree char              *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (LfWireCallReports) reports = lf_codec_decode (&lf_schema_call_reports, text, strlen (text), &lf_json_limits_reply, NULL);

  fixture->n_asked++;
  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  g_assert_true (g_str_has_prefix (path, "/api/v1/lines/L"));
  g_assert_nonnull (reports);
  if (fixture->status != 204 || (fixture->poison != NULL && strstr (text, fixture->poison) != NULL))
    {
      soup_server_message_set_status (message, fixture->status != 204 ? fixture->status : 400, NULL);
      soup_server_message_set_response (message, "application/problem+json", SOUP_MEMORY_STATIC, PROBLEM, strlen (PROBLEM));
      return;
    }
  for (guint i = 0; i < reports->items->len; i++)
    {
      const LfWireCallReport *report = reports->items->pdata[i];

      g_string_append_printf (fixture->told, "%.5s %s %s;", path + strlen ("/api/v1/lines/"), report->direction == LF_CALL_OUTGOING ? "to" : "from", report->call_id);
    }
  soup_server_message_set_status (message, 204, NULL);
}

static void
begin (Fixture *fixture)
{
  fixture->reporter = lf_call_reporter_new (fixture->rest, fixture->clock);
  fixture->reader = lf_cdr_reader_new (&fixture->config, fixture->reporter, fixture->clock);
  lf_cdr_reader_set_lines (fixture->reader, fixture->lines);
}

static void
end (Fixture *fixture)
{
  lf_cdr_reader_stop (fixture->reader);
  lf_call_reporter_stop (fixture->reporter);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (fixture->reporter);
  g_assert_finalize_object (fixture->reader);
  fixture->reader = NULL;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  GSList            *uris;
  g_autofree char   *address = NULL;

  fixture->folder = g_dir_make_tmp ("lampfield-cdr-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "Master.csv", NULL);
  fixture->state = g_build_filename (fixture->folder, "call-records", NULL);
  g_setenv ("STATE_DIRECTORY", fixture->folder, TRUE);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (fixture->server);
  address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->rest = lf_rest_new (address, &error);
  g_assert_no_error (error);
  lf_rest_set_token (fixture->rest, "0123456789abcdef0123456789abcdef");
  fixture->config = (LfPhoneConfig){ .domain = (char *) "pbx", .host = (char *) "pbx", .user = (char *) "lampfield", .cdr_file = fixture->path, .cdr_zone = g_time_zone_new_utc () };
  fixture->clock = lf_clock_new_manual (0);
  fixture->told = g_string_new (NULL);
  fixture->status = 204;
  fixture->lines = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (fixture->lines, (char *) "2041", (char *) "L2041");
  g_hash_table_insert (fixture->lines, (char *) "2042", (char *) "L2042");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->reader != NULL)
    end (fixture);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_object_unref (fixture->rest);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  lf_test_remove_folder (fixture->folder);
  g_object_unref (fixture->clock);
  g_time_zone_unref (fixture->config.cdr_zone);
  g_hash_table_unref (fixture->lines);
  g_string_free (fixture->told, TRUE);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->state);
}

static void
append (Fixture *fixture, const char *text)
{
  FILE *file = g_fopen (fixture->path, "a");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, strlen (text), file), ==, strlen (text));
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
append_call (Fixture *fixture, const char *from, const char *to, const char *disposition, const char *id)
{
  g_autofree char *line = g_strdup_printf ("\"\",\"%s\",\"%s\",\"internal\",\"%s\",\"PJSIP/%s-1\",\"PJSIP/%s-1\",\"Dial\",\"\",\"2026-03-02 09:15:00\",,,20,%d,\"%s\",\"\",\"%s\",\"\"\n",
                                           from, to, from, from, to, g_str_equal (disposition, "ANSWERED") ? 5 : 0, disposition, id);

  append (fixture, line);
}

/* How far it would begin after a restart; -1: nothing is kept. */
static goffset
get_kept (Fixture *fixture)
{
  LfCdrPosition position = { 0, -1 };

  lf_clock_advance (fixture->clock, 2 * LF_SECOND);
  g_main_context_iteration (NULL, FALSE);
  lf_cdr_position_load (fixture->state, fixture->path, &position);
  return position.offset;
}

static goffset
get_size (Fixture *fixture)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  return info.st_size;
}

static void
expect (Fixture *fixture, const char *told)
{
  lf_wait_until (strlen (fixture->told->str) >= strlen (told), WAIT_MS);
  g_assert_cmpstr (fixture->told->str, ==, told);
}

static void
test_lines (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Both ends of a call are told when they are lines, in their order; the connector's own calls are not");
  append (fixture, "");
  begin (fixture);
  lf_wait_until (get_kept (fixture) == 0, WAIT_MS);
  append_call (fixture, "2041", "2042", "ANSWERED", "a");
  expect (fixture, "L2041 to a;L2042 from a;");
  append_call (fixture, "lampfield", "2041", "ANSWERED", "b");
  append_call (fixture, "trunk", "2042", "NO ANSWER", "c");
  append_call (fixture, "2041", "555", "BUSY", "d");
  append_call (fixture, "555", "556", "BUSY", "e");
  append_call (fixture, "2041", "2041", "BUSY", "f");
  append_call (fixture, "2041", "2042", "NO ANSWER", "a"); /* one of several that rang */
  append_call (fixture, "2041", "2042", "ANSWERED", "lampfield-1");
  append_call (fixture, "2041", "2042", "NO ANSWER", "lampfield-2");
  append_call (fixture, "2041", "555", "BUSY", "g");
  expect (fixture, "L2041 to a;L2042 from a;L2042 from c;L2041 to d;L2041 to f;L2042 from a;L2041 to lampfield-1;L2042 from lampfield-1;L2042 from lampfield-2;L2041 to g;");
  lf_wait_until (get_kept (fixture) == get_size (fixture), WAIT_MS);
}

static void
test_waits_for_the_server (Fixture *fixture, gconstpointer unused)
{
  goffset first;

  g_test_summary ("A call counts as read when the server has it: one that it has not is told again, after a restart, too");
  append (fixture, "");
  begin (fixture);
  lf_wait_until (get_kept (fixture) == 0, WAIT_MS);
  append_call (fixture, "2041", "555", "BUSY", "a");
  expect (fixture, "L2041 to a;");
  first = get_size (fixture);
  lf_wait_until (get_kept (fixture) == first, WAIT_MS);
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_WARNING, "*is told again*");
  fixture->status = 503;
  append_call (fixture, "2041", "555", "BUSY", "b");
  append_call (fixture, "2041", "555", "BUSY", "c");
  lf_wait_until (fixture->n_asked >= 2, WAIT_MS);
  lf_spin_for_ms (100);
  end (fixture);
  g_test_assert_expected_messages ();
  g_assert_cmpint (get_kept (fixture), ==, first);
  fixture->status = 204;
  begin (fixture);
  expect (fixture, "L2041 to a;L2041 to b;L2041 to c;");
  lf_wait_until (get_kept (fixture) == get_size (fixture), WAIT_MS);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("One call that the server refuses takes none of those with it that were told together, and is not told again");
  append (fixture, "");
  begin (fixture);
  lf_wait_until (get_kept (fixture) == 0, WAIT_MS);
  fixture->poison = "poison";
  append_call (fixture, "2041", "555", "BUSY", "a");
  append_call (fixture, "2041", "555", "BUSY", "poison");
  append_call (fixture, "2041", "555", "BUSY", "b");
  expect (fixture, "L2041 to a;L2041 to b;");
  lf_wait_until (get_kept (fixture) == get_size (fixture), WAIT_MS);
  g_assert_cmpuint (fixture->n_asked, <=, 4);
}

static void
test_is_held (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char    *end_id = NULL;

  g_test_summary ("While the server takes nothing the file is read no further than a bound, and later all of it is told");
  append (fixture, "");
  begin (fixture);
  lf_wait_until (get_kept (fixture) == 0, WAIT_MS);
  fixture->status = 503;
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_WARNING, "*is told again*");
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      append_call (fixture, "2041", "555", "BUSY", id);
      g_string_append_printf (expected, "L2041 to %u;", i);
    }
  lf_wait_until (lf_call_reporter_get_n_waiting (fixture->reporter) >= LF_CDR_READER_MAX, WAIT_MS);
  lf_spin_for_ms (500);
  g_assert_cmpuint (lf_call_reporter_get_n_waiting (fixture->reporter), <, LF_CDR_READER_MAX + 400);
  g_test_assert_expected_messages ();
  fixture->status = 204;
  lf_clock_advance (fixture->clock, 60 * LF_SECOND);
  expect (fixture, expected->str);
  lf_wait_until (get_kept (fixture) == get_size (fixture), WAIT_MS);
}

static void
on_health (LfCdrReader *reader, gboolean is_good, Fixture *fixture)
{
  fixture->n_good += is_good ? 1 : 100;
}

static void
test_health (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A file that cannot be read is told with its name, and works once it is there; lines that are no records are counted");
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_WARNING, "*Master.csv*cannot be read*may the connector's account read*");
  begin (fixture);
  g_signal_connect (fixture->reader, "health", G_CALLBACK (on_health), fixture);
  lf_wait_until (fixture->n_good == 100, WAIT_MS);
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_MESSAGE, "*are read from*Master.csv*");
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_WARNING, "*Master.csv*cannot be read*loguniqueid=yes*There are 1*");
  append (fixture, "nonsense\nnonsense\n");
  append_call (fixture, "2041", "555", "BUSY", "a");
  expect (fixture, "L2041 to a;");
  g_assert_cmpuint (fixture->n_good, ==, 101);
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/phone/cdr/reader/lines", Fixture, NULL, set_up, test_lines, tear_down);
  g_test_add ("/phone/cdr/reader/waits-for-the-server", Fixture, NULL, set_up, test_waits_for_the_server, tear_down);
  g_test_add ("/phone/cdr/reader/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/phone/cdr/reader/is-held", Fixture, NULL, set_up, test_is_held, tear_down);
  g_test_add ("/phone/cdr/reader/health", Fixture, NULL, set_up, test_health, tear_down);

  return g_test_run ();
}
