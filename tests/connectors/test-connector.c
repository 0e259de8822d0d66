/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "lampfield-core.h"
#include "lf-office.h"
#include "lf-test-util.h"

/* The real connector on the real server: from a file or an address to what a colleague is shown. */

static gint64
in_hours (int hours)
{
  return (g_get_real_time () / LF_HOUR + hours) * LF_HOUR;
}

static void
put_calendar (LfOffice *office, const char *name, gint64 start_us)
{
  g_autofree char *calendar = lf_office_make_calendar (start_us);

  lf_office_write (office, name, calendar);
}

static void
test_file (void)
{
  g_autoptr (LfOffice) office = lf_office_new ();
  gint64               first_us = in_hours (3);
  gint64               second_us = in_hours (8);

  g_test_summary ("a meeting in a file is seen, one that moves is seen to move, and no word of it reaches the server");

  put_calendar (office, "mara.ics", first_us);
  lf_office_configure (office, "[mara]\nfile=mara.ics\nzone=Europe/Berlin\n");
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", first_us, TRUE);
  g_assert_false (lf_office_is_busy (office, "mara", second_us));

  put_calendar (office, "mara.ics", second_us);
  lf_office_wait_busy (office, "mara", second_us, TRUE);
  g_assert_false (lf_office_is_busy (office, "mara", first_us));

  g_assert_cmpuint (lf_office_count_files_with (office, "PLANTED"), ==, 0);
  g_assert_cmpuint (lf_office_count_files_with (office, "mara@example.org"), >, 0);
  g_assert_cmpint (lf_office_stop (&office->connector, SIGTERM), ==, 0);
}

static void
test_hostile_neighbour (void)
{
  g_autoptr (LfOffice) office = lf_office_new ();
  g_autoptr (GString)  bad = g_string_new ("BEGIN:VCALENDAR\r\n");
  gint64               first_us = in_hours (3);
  gint64               second_us = in_hours (8);

  g_test_summary ("a calendar that burns its worker does not keep others' from being read, and stays what it was");

  for (guint i = 0; i < 500; i++)
    g_string_append (bad, "BEGIN:VEVENT\r\nDTSTART:20000103T100000Z\r\nDURATION:PT1H\r\n"
                          "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n");
  g_string_append (bad, "END:VCALENDAR\r\n");

  put_calendar (office, "mara.ics", first_us);
  put_calendar (office, "ben.ics", first_us);
  lf_office_configure (office, "[mara]\nfile=mara.ics\n[ben]\nfile=ben.ics\n");
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", first_us, TRUE);
  lf_office_wait_busy (office, "ben", first_us, TRUE);

  lf_office_write (office, "mara.ics", bad->str);
  put_calendar (office, "ben.ics", second_us);
  lf_office_wait_busy (office, "ben", second_us, TRUE);
  g_assert_true (lf_office_is_busy (office, "mara", first_us));
  lf_office_write (office, "mara.ics", "<html>sign in</html>");
  put_calendar (office, "ben.ics", first_us);
  lf_office_wait_busy (office, "ben", first_us, TRUE);
  g_assert_true (lf_office_is_busy (office, "mara", first_us));
}

static void
test_server_gone (void)
{
  g_autoptr (LfOffice) office = lf_office_new ();
  gint64               first_us = in_hours (3);
  gint64               second_us = in_hours (8);

  g_test_summary ("what changed while the server was away is told when it is back");

  put_calendar (office, "mara.ics", first_us);
  lf_office_configure (office, "[mara]\nfile=mara.ics\n");
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", first_us, TRUE);
  g_assert_cmpint (lf_office_stop (&office->server, SIGTERM), ==, 0);
  put_calendar (office, "mara.ics", second_us);
  lf_spin_for_ms (1500); /* the change is seen and cannot be told */
  lf_office_start_server (office);
  lf_office_wait_busy (office, "mara", second_us, TRUE);
}

static void
test_reload (void)
{
  g_autoptr (LfOffice) office = lf_office_new ();
  gint64               at_us = in_hours (3);
  gint64               later_us = in_hours (8);

  g_test_summary ("a new configuration is taken over on SIGHUP, a bad one is not");

  put_calendar (office, "mara.ics", at_us);
  put_calendar (office, "ben.ics", at_us);
  lf_office_configure (office, "[mara]\nfile=mara.ics\n");
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", at_us, TRUE);
  g_assert_false (lf_office_is_busy (office, "ben", at_us));

  lf_office_configure (office, "[mara]\nfiel=mara.ics\n");
  g_subprocess_send_signal (office->connector, SIGHUP);
  put_calendar (office, "mara.ics", later_us);
  lf_office_wait_busy (office, "mara", later_us, TRUE);
  lf_office_configure (office, "[mara]\nfile=mara.ics\n[ben]\nfile=ben.ics\n");
  g_subprocess_send_signal (office->connector, SIGHUP);
  lf_office_wait_busy (office, "ben", at_us, TRUE);
}

static void
test_person_comes (void)
{
  g_autoptr (LfOffice) office = lf_office_new ();
  gint64               at_us = in_hours (3);

  g_test_summary ("a person who is added later is met without a restart");

  put_calendar (office, "mara.ics", at_us);
  put_calendar (office, "zoe.ics", at_us);
  lf_office_configure (office, "[mara]\nfile=mara.ics\n[zoe]\nfile=zoe.ics\n");
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", at_us, TRUE);
  lf_office_add_person (office, "zoe");
  lf_office_wait_busy (office, "zoe", at_us, TRUE);
}

/* A calendar at an address, which counts who asks for it. */
typedef struct
{
  char *calendar;
  guint n_sent;
  guint n_unchanged;
} Site;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Site            *site = user_data;
  g_autofree char *tag = g_strdup_printf ("\"%u\"", g_str_hash (site->calendar));
  const char      *known = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Match");

  if (g_str_equal (path, "/moved"))
    {
      soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/calendar");
      return;
    }
  if (g_strcmp0 (known, tag) == 0)
    {
      site->n_unchanged++;
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }
  site->n_sent++;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", tag);
  soup_server_message_set_response (message, "text/calendar", SOUP_MEMORY_COPY, site->calendar, strlen (site->calendar));
}

static void
test_address (void)
{
  g_autoptr (LfOffice)   office = lf_office_new ();
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autofree char       *sources = NULL;
  Site                   site = { 0 };
  gint64                 first_us = in_hours (3);
  gint64                 second_us = in_hours (8);
  GSList                *uris;

  g_test_summary ("an address is read through its redirect, asked only for news, and refused where it is not allowed");

  site.calendar = lf_office_make_calendar (first_us);
  soup_server_add_handler (server, NULL, on_request, &site, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (server);
  sources = g_strdup_printf ("[mara]\nurl=http://127.0.0.1:%d/moved\nallow-private=true\n"
                             "[ben]\nurl=http://127.0.0.1:%d/calendar\n",
                             g_uri_get_port (uris->data), g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  lf_office_configure (office, sources);
  lf_office_start_connector (office);
  lf_office_wait_busy (office, "mara", first_us, TRUE);
  g_assert_cmpuint (site.n_sent, ==, 1);

  g_subprocess_send_signal (office->connector, SIGHUP);
  lf_wait_until (site.n_unchanged > 0, LF_OFFICE_DEADLINE_MS);
  g_assert_cmpuint (site.n_sent, ==, 1);
  g_assert_true (lf_office_is_busy (office, "mara", first_us));

  g_free (site.calendar);
  site.calendar = lf_office_make_calendar (second_us);
  g_subprocess_send_signal (office->connector, SIGHUP);
  lf_office_wait_busy (office, "mara", second_us, TRUE);
  g_assert_false (lf_office_is_busy (office, "ben", first_us));
  g_assert_false (lf_office_is_busy (office, "ben", second_us));
  g_free (site.calendar);
}

static char *
run_program (const char *const *argv, int *exit_code)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  char                   *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  *exit_code = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return output;
}

static void
test_print (void)
{
  const char      *program = g_getenv ("LF_CALENDAR_PROGRAM");
  g_autofree char *calendar = lf_test_data_path ("ics/outlook-series.ics");
  g_autofree char *no_calendar = lf_test_data_path ("ics/web-page.ics");
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *bad_zone = NULL;
  g_autofree char *usage = NULL;
  int              exit_code;

  good = run_program ((const char *const[]){ program, "--print", calendar, "--zone", "Europe/Berlin", "--now",
                                             "2026-11-24T09:00:00Z", NULL },
                      &exit_code);
  g_assert_cmpint (exit_code, ==, 0);
  g_assert_cmpstr (good, ==,
                   "2026-11-24T08:30:00Z 2026-11-24T09:15:00Z busy\n"
                   "2026-12-02T13:00:00Z 2026-12-02T14:00:00Z tentative\n"
                   "2026-12-03T08:30:00Z 2026-12-03T09:15:00Z busy\n");
  bad = run_program ((const char *const[]){ program, "--print", no_calendar, NULL }, &exit_code);
  g_assert_cmpint (exit_code, ==, 1);
  g_assert_cmpstr (bad, ==, "");
  bad_zone = run_program ((const char *const[]){ program, "--print", calendar, "--zone", "Berlin", NULL }, &exit_code);
  g_assert_cmpint (exit_code, ==, 2);
  usage = run_program ((const char *const[]){ program, NULL }, &exit_code);
  g_assert_cmpint (exit_code, ==, 2);
}

static void
test_check_config (void)
{
  const char      *program = g_getenv ("LF_CALENDAR_PROGRAM");
  g_autofree char *folder = g_dir_make_tmp ("lf-check-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (folder, "calendar.conf", NULL);
  g_autofree char *token = g_build_filename (folder, "token", NULL);
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  int              exit_code;

  g_assert_true (g_file_set_contents_full (token, "0123456789abcdef0123456789abcdef\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_true (g_file_set_contents (config, "[server]\nurl=https://x.example.org\ntoken-file=token\n[mara]\nfile=x\n", -1, NULL));
  good = run_program ((const char *const[]){ program, "--config", config, "--check-config", NULL }, &exit_code);
  g_assert_cmpint (exit_code, ==, 0);
  g_assert_true (g_file_set_contents (config, "[mara]\nfiel=x\n", -1, NULL));
  bad = run_program ((const char *const[]){ program, "--config", config, "--check-config", NULL }, &exit_code);
  g_assert_cmpint (exit_code, ==, 2);
  g_assert_cmpint (g_unlink (config) + g_unlink (token) + g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/connector/file", test_file);
  g_test_add_func ("/calendar/connector/hostile-neighbour", test_hostile_neighbour);
  g_test_add_func ("/calendar/connector/server-gone", test_server_gone);
  g_test_add_func ("/calendar/connector/reload", test_reload);
  g_test_add_func ("/calendar/connector/person-comes", test_person_comes);
  g_test_add_func ("/calendar/connector/address", test_address);
  g_test_add_func ("/calendar/connector/print", test_print);
  g_test_add_func ("/calendar/connector/check-config", test_check_config);
  return g_test_run ();
}
