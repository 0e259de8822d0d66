/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "lampfield-core.h"
#include "lf-calendar-publisher.h"
#include "lf-calendar-source.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

/* What is told to a server, and when; the server is the test's. */

#define NOW         "2026-11-24T09:00:00Z"
#define DEADLINE_MS 60000
#define CALENDAR(hour) \
  "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261125T" hour "0000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

typedef struct
{
  char                *folder;
  char                *path;
  LfClock             *clock;
  LfCalendarSlots     *slots;
  LfCalendarSource    *source;
  LfFakeServer        *server;
  LfRest              *rest;
  LfCalendarPublisher *publisher;

  guint       n_refusals; /* the next so many calls are refused with @status */
  const char *refused;    /* static, nullable; only with this in the path */
  guint       status;
  char       *last_path;
  GString    *bodies;
  guint       n_calls;
  guint       n_read;
  guint       n_unknown;
  guint       n_late;
  gboolean    is_held; /* the next call is not answered but kept */
  LfFakeConn *held;    /* borrowed, nullable */
} Fixture;

static void
on_request (LfFakeConn *conn, const LfFakeRequest *request, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (request->method, ==, "PUT");
  fixture->n_calls++;
  g_free (fixture->last_path);
  fixture->last_path = g_strdup (request->path);
  g_string_append_printf (fixture->bodies, "%s\n", request->body);
  if (fixture->is_held)
    {
      fixture->is_held = FALSE;
      fixture->held = conn;
      return;
    }
  if (fixture->n_refusals == 0 || (fixture->refused != NULL && strstr (request->path, fixture->refused) == NULL))
    {
      lf_fake_conn_answer (conn, 204, "", NULL, "");
      return;
    }
  fixture->n_refusals--;
  lf_fake_conn_problem (conn, fixture->status, "", fixture->status == 404 ? "not_found" : "unavailable");
}

static void
on_read (LfCalendarSource *source, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_read++;
}

static void
on_person_unknown (LfCalendarPublisher *publisher, const char *name, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (name, ==, "mara-work");
  fixture->n_unknown++;
}

static void
on_told_late (LfCalendarPublisher *publisher, const char *name, const char *user_id, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (name, ==, "mara-work");
  g_assert_cmpstr (user_id, ==, "u-mara");
  fixture->n_late++;
}

static void
offer (Fixture *fixture, const char *user_id)
{
  lf_calendar_publisher_offer (fixture->publisher, "mara-work", user_id, lf_calendar_source_get_result (fixture->source),
                               lf_calendar_source_get_read_at_us (fixture->source));
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LfCalendarNursery) nursery = lf_calendar_nursery_new (g_getenv ("LF_CALENDAR_WORKER"));
  LfCalendarSourceConfig        config = { .name = (char *) "mara-work", .user = (char *) "mara" };
  gint64                        now_us;

  g_assert_true (lf_instant_parse (NOW, &now_us));
  fixture->folder = g_dir_make_tmp ("lf-publisher-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "mara.ics", NULL);
  write_file (fixture, CALENDAR ("08"));
  fixture->bodies = g_string_new (NULL);
  fixture->clock = lf_clock_new_manual (now_us);
  fixture->slots = lf_calendar_slots_new (1, 1);
  config.path = fixture->path;
  fixture->source = lf_calendar_source_new (&config, 3600, fixture->clock, fixture->slots, nursery);
  g_signal_connect (fixture->source, "read", G_CALLBACK (on_read), fixture);
  fixture->server = lf_fake_server_new (on_request, NULL, fixture);
  fixture->rest = lf_rest_new (lf_fake_server_get_address (fixture->server), NULL);
  lf_rest_set_token (fixture->rest, "0123456789abcdef0123456789abcdef");
  fixture->publisher = lf_calendar_publisher_new (fixture->rest);
  g_signal_connect (fixture->publisher, "person-unknown", G_CALLBACK (on_person_unknown), fixture);
  g_signal_connect (fixture->publisher, "told-late", G_CALLBACK (on_told_late), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lf_calendar_publisher_stop (fixture->publisher);
  g_object_add_weak_pointer (G_OBJECT (fixture->publisher), (gpointer *) &fixture->publisher);
  g_object_unref (fixture->publisher);
  lf_wait_until (fixture->publisher == NULL, DEADLINE_MS);
  lf_calendar_source_stop (fixture->source);
  g_object_add_weak_pointer (G_OBJECT (fixture->source), (gpointer *) &fixture->source);
  g_object_unref (fixture->source);
  lf_wait_until (fixture->source == NULL, DEADLINE_MS);
  g_object_unref (fixture->rest);
  lf_fake_server_free (fixture->server);
  lf_calendar_slots_unref (fixture->slots);
  g_object_unref (fixture->clock);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_string_free (fixture->bodies, TRUE);
  g_free (fixture->last_path);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Reads the source once more and offers what it says. */
static void
read_and_offer (Fixture *fixture, const char *user_id)
{
  guint n_read = fixture->n_read;

  lf_calendar_source_read_now (fixture->source);
  lf_wait_until (fixture->n_read > n_read, DEADLINE_MS);
  offer (fixture, user_id);
}

static void
test_report (Fixture *fixture, gconstpointer data)
{
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  g_assert_cmpstr (fixture->last_path, ==, "/api/v1/users/u-mara/calendars/mara-work/busy");
  g_assert_cmpstr (fixture->bodies->str, ==,
                   "{\"read_at\":\"2026-11-24T09:00:00Z\",\"known_from\":\"2026-11-23T00:00:00Z\","
                   "\"known_until\":\"2026-12-09T00:00:00Z\",\"periods\":[{\"start\":\"2026-11-25T08:00:00Z\","
                   "\"end\":\"2026-11-25T09:00:00Z\",\"type\":\"busy\"}]}\n");
}

static void
test_no_news (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("the same again is told only when the last report is seven minutes old");

  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  lf_clock_advance (fixture->clock, 6 * LF_MINUTE);
  read_and_offer (fixture, "u-mara");
  lf_spin_for_ms (300);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  lf_clock_advance (fixture->clock, LF_MINUTE);
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
  g_assert_nonnull (strstr (fixture->bodies->str, "\"read_at\":\"2026-11-24T09:07:00Z\""));
}

static void
test_news (Fixture *fixture, gconstpointer data)
{
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  write_file (fixture, CALENDAR ("14"));
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
  g_assert_nonnull (strstr (fixture->bodies->str, "\"start\":\"2026-11-25T14:00:00Z\""));
}

static void
test_other_person (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("a person made anew has another id and is told everything");

  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  offer (fixture, "u-mara-2");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
  g_assert_cmpstr (fixture->last_path, ==, "/api/v1/users/u-mara-2/calendars/mara-work/busy");
}

static void
ignore_log (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

static void
test_server_busy (Fixture *fixture, gconstpointer data)
{
  guint handler_id = g_log_set_handler ("lf-calendar", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE, ignore_log, NULL);

  g_test_summary ("a server that cannot take a report gets it later, and the latest one");

  fixture->n_refusals = 2;
  fixture->status = 503;
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls >= 1, DEADLINE_MS);
  write_file (fixture, CALENDAR ("14"));
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls >= 3 && strstr (fixture->bodies->str, "T14:00:00Z") != NULL, DEADLINE_MS);
  lf_spin_for_ms (300);
  g_assert_cmpuint (fixture->n_refusals, ==, 0);
  g_log_remove_handler ("lf-calendar", handler_id);
}

static void
test_person_unknown (Fixture *fixture, gconstpointer data)
{
  guint handler_id = g_log_set_handler ("lf-calendar", G_LOG_LEVEL_MESSAGE, ignore_log, NULL);

  fixture->n_refusals = 1;
  fixture->status = 404;
  read_and_offer (fixture, "u-gone");
  lf_wait_until (fixture->n_unknown == 1, DEADLINE_MS);
  offer (fixture, "u-gone"); /* the server's list still has that one */
  lf_spin_for_ms (100);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
  g_log_remove_handler ("lf-calendar", handler_id);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  read_and_offer (fixture, "u-mara");
  lf_calendar_publisher_forget (fixture->publisher, "mara-work", NULL);
  lf_calendar_publisher_forget (fixture->publisher, "never there", NULL);
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
}

static void
test_forget_and_offer (Fixture *fixture, gconstpointer data)
{
  guint handler_id = g_log_set_handler ("lf-calendar", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE, ignore_log, NULL);

  g_test_summary ("the answer to what was forgotten meanwhile is not taken for the answer to what was offered since");

  read_and_offer (fixture, "u-mara");
  lf_calendar_publisher_forget (fixture->publisher, "mara-work", NULL);
  fixture->n_refusals = 1;
  fixture->refused = "u-mara-2";
  fixture->status = 503;
  offer (fixture, "u-mara-2");
  lf_wait_until (fixture->n_refusals == 0, DEADLINE_MS);
  lf_wait_until (fixture->n_calls == 3, DEADLINE_MS);
  g_assert_cmpstr (fixture->last_path, ==, "/api/v1/users/u-mara-2/calendars/mara-work/busy");
  g_log_remove_handler ("lf-calendar", handler_id);
}

static void
test_told_late (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("what is forgotten while it is told is said to have been told when that is over, unless it is there again");

  fixture->is_held = TRUE;
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->held != NULL, DEADLINE_MS);
  lf_calendar_publisher_forget (fixture->publisher, "mara-work", "u-mara");
  g_assert_cmpuint (fixture->n_late, ==, 0);
  lf_fake_conn_answer (g_steal_pointer (&fixture->held), 204, "", NULL, "");
  lf_wait_until (fixture->n_late == 1, DEADLINE_MS);

  fixture->is_held = TRUE;
  offer (fixture, "u-mara");
  lf_wait_until (fixture->held != NULL, DEADLINE_MS);
  lf_calendar_publisher_forget (fixture->publisher, "mara-work", NULL);
  offer (fixture, "u-mara");
  lf_fake_conn_answer (g_steal_pointer (&fixture->held), 204, "", NULL, "");
  lf_wait_until (fixture->n_calls == 3, DEADLINE_MS);
  lf_calendar_publisher_forget (fixture->publisher, "never there", NULL);
  g_assert_cmpuint (fixture->n_late, ==, 1);
}

static void
test_clock_set_back (Fixture *fixture, gconstpointer data)
{
  gint64 now_us = lf_clock_get_now_us (fixture->clock);

  g_test_summary ("what was read by a clock that went ahead is told again by the right one");

  lf_clock_set_server_us (fixture->clock, now_us + 3 * LF_HOUR);
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 1, DEADLINE_MS);
  lf_clock_set_server_us (fixture->clock, now_us);
  read_and_offer (fixture, "u-mara");
  lf_wait_until (fixture->n_calls == 2, DEADLINE_MS);
  g_assert_nonnull (strstr (fixture->bodies->str, "\"read_at\":\"2026-11-24T09:00:00Z\""));
}

#define ADD(path, function) g_test_add ("/calendar/publisher/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a server that refuses is warned of */
  ADD ("report", test_report);
  ADD ("no-news", test_no_news);
  ADD ("news", test_news);
  ADD ("other-person", test_other_person);
  ADD ("server-busy", test_server_busy);
  ADD ("person-unknown", test_person_unknown);
  ADD ("forget", test_forget);
  ADD ("forget-and-offer", test_forget_and_offer);
  ADD ("told-late", test_told_late);
  ADD ("clock-set-back", test_clock_set_back);
  return g_test_run ();
}
