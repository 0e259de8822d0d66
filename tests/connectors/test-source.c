/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "lampfield-core.h"
#include "lf-calendar-source.h"
#include "lf-test-util.h"

/* A source on a real file, read by the real worker; the clock is the test's. */

#define NOW         "2026-11-24T09:00:00Z"
#define DEADLINE_MS 60000

#define CALENDAR(lines) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define MORNING         CALENDAR ("DTSTART:20261125T080000Z\r\nDTEND:20261125T090000Z\r\n")
#define INVITED         CALENDAR ("DTSTART:20261125T080000Z\r\nDTEND:20261125T090000Z\r\nATTENDEE;PARTSTAT=DECLINED:mailto:mara@example.org\r\n")
#define LATER           CALENDAR ("DTSTART:20261210T080000Z\r\nDTEND:20261210T090000Z\r\n")

typedef struct
{
  char             *folder;
  char             *path;
  LfClock          *clock;
  LfCalendarSlots  *slots;
  LfCalendarSource *source;
  guint             n_read;
} Fixture;

static gint64
instant (const char *text)
{
  gint64 at_us;

  g_assert_true (lf_instant_parse (text, &at_us));
  return at_us;
}

static void
on_read (LfCalendarSource *source, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_read++;
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
  LfCalendarSourceConfig        config = { .name = (char *) "mara", .user = (char *) "mara", .zone = (char *) "Europe/Berlin" };

  fixture->folder = g_dir_make_tmp ("lf-source-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "mara.ics", NULL);
  write_file (fixture, MORNING);
  fixture->clock = lf_clock_new_manual (instant (NOW));
  fixture->slots = lf_calendar_slots_new (1, 1);
  config.path = fixture->path;
  fixture->source = lf_calendar_source_new (&config, 3600, fixture->clock, fixture->slots, nursery);
  g_signal_connect (fixture->source, "read", G_CALLBACK (on_read), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lf_calendar_source_stop (fixture->source);
  /* a reading that goes on holds the source until it has ended */
  g_object_add_weak_pointer (G_OBJECT (fixture->source), (gpointer *) &fixture->source);
  g_object_unref (fixture->source);
  lf_wait_until (fixture->source == NULL, DEADLINE_MS);
  lf_calendar_slots_unref (fixture->slots);
  g_object_unref (fixture->clock);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
read_again (Fixture *fixture)
{
  guint n_read = fixture->n_read;

  lf_calendar_source_read_now (fixture->source);
  lf_wait_until (fixture->n_read > n_read, DEADLINE_MS);
}

static gboolean
is_busy_at (Fixture *fixture, const char *text)
{
  const LfIcalResult *result = lf_calendar_source_get_result (fixture->source);

  return lf_busy_list_covers (result->periods, LF_BUSY_BUSY, instant (text), NULL);
}

static void
test_read (Fixture *fixture, gconstpointer data)
{
  const LfIcalResult *result;

  g_assert_null (lf_calendar_source_get_result (fixture->source));
  read_again (fixture);
  result = lf_calendar_source_get_result (fixture->source);
  g_assert_true (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
  g_assert_cmpint (lf_calendar_source_get_read_at_us (fixture->source), ==, instant (NOW));
  g_assert_cmpint (result->known_from_us, ==, instant ("2026-11-23T00:00:00Z"));
  g_assert_cmpint (result->known_until_us, ==, instant ("2026-12-09T00:00:00Z"));
}

static void
test_file_changes (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("a changed file is read by itself, long before the interval is over");

  read_again (fixture);
  write_file (fixture, CALENDAR ("DTSTART:20261126T080000Z\r\nDTEND:20261126T090000Z\r\n"));
  lf_wait_until (fixture->n_read >= 2 && is_busy_at (fixture, "2026-11-26T08:30:00Z"), DEADLINE_MS);
  g_assert_false (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
}

static void
test_unchanged_moves_read_at (Fixture *fixture, gconstpointer data)
{
  read_again (fixture);
  lf_clock_advance (fixture->clock, 10 * LF_MINUTE);
  read_again (fixture);
  g_assert_cmpint (lf_calendar_source_get_read_at_us (fixture->source), ==, instant (NOW) + 10 * LF_MINUTE);
  g_assert_true (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
}

static void
test_window_moves (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("the next day the same file is looked at in another window");

  write_file (fixture, LATER);
  read_again (fixture);
  g_assert_false (is_busy_at (fixture, "2026-12-10T08:30:00Z"));
  lf_clock_advance (fixture->clock, 2 * LF_DAY);
  read_again (fixture);
  g_assert_true (is_busy_at (fixture, "2026-12-10T08:30:00Z"));
}

/* Takes the warnings of a source, which would otherwise end the test. */
static void
on_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  GString *warnings = user_data;

  g_string_append_printf (warnings, "%s\n", message);
}

/* What was known stays, whatever becomes of the file. */
static void
assert_kept (Fixture *fixture, const char *text, GString *warnings, const char *words)
{
  guint n_read = fixture->n_read;

  lf_clock_advance (fixture->clock, LF_MINUTE);
  if (text == NULL)
    g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  else
    write_file (fixture, text);
  lf_calendar_source_read_now (fixture->source);
  lf_wait_until (strstr (warnings->str, words) != NULL, DEADLINE_MS);
  g_assert_cmpuint (fixture->n_read, ==, n_read);
  g_assert_cmpint (lf_calendar_source_get_read_at_us (fixture->source), ==, instant (NOW));
  g_assert_true (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
}

static void
test_failures_keep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) warnings = g_string_new (NULL);
  guint               handler_id;

  g_test_summary ("a broken, cut off or missing calendar makes nobody free");

  read_again (fixture);
  handler_id = g_log_set_handler ("lf-calendar", G_LOG_LEVEL_WARNING, on_warning, warnings);
  assert_kept (fixture, "<html>", warnings, "no iCalendar");
  assert_kept (fixture, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", warnings, "cut off");
  assert_kept (fixture, NULL, warnings, "No such file");
  g_assert_nonnull (strstr (warnings->str, "“mara”"));
  g_log_remove_handler ("lf-calendar", handler_id);
}

static void
test_own_mail (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("the address under which the server knows the person decides whose answer counts");

  write_file (fixture, INVITED);
  read_again (fixture);
  g_assert_true (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
  g_assert_true (lf_calendar_source_set_mail (fixture->source, "mara@example.org"));
  g_assert_false (lf_calendar_source_set_mail (fixture->source, "mara@example.org"));
  read_again (fixture);
  g_assert_false (is_busy_at (fixture, "2026-11-25T08:30:00Z"));
}

static void
test_stop_while_waiting (Fixture *fixture, gconstpointer data)
{
  lf_calendar_source_read_now (fixture->source);
  lf_calendar_source_stop (fixture->source);
  lf_calendar_source_read_now (fixture->source);
  lf_spin_for_ms (200);
  g_assert_cmpuint (fixture->n_read, ==, 0);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  guint *n_requests = user_data;
  guint  status = (guint) g_ascii_strtoull (path + 1, NULL, 10);

  n_requests[status == 401 ? 0 : 1]++;
  soup_server_message_set_status (message, status, NULL);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LfCalendarNursery) nursery = lf_calendar_nursery_new (g_getenv ("LF_CALENDAR_WORKER"));
  g_autoptr (SoupServer)        server = soup_server_new (NULL, NULL);
  LfCalendarSource             *sources[2];
  guint                         n_requests[2] = { 0 };
  GSList                       *uris;

  g_test_summary ("a refused password is not sent again and again, which would lock the account; other troubles are tried again");

  soup_server_add_handler (server, NULL, on_request, n_requests, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (server);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char       *url = g_strdup_printf ("http://127.0.0.1:%d/%s", g_uri_get_port (uris->data), i == 0 ? "401" : "500");
      LfCalendarSourceConfig config = { .name = (char *) "mara", .user = (char *) "mara", .kind = LF_CALENDAR_URL, .url = url, .may_be_private = TRUE };

      sources[i] = lf_calendar_source_new (&config, 1, fixture->clock, fixture->slots, nursery);
      lf_calendar_source_read_now (sources[i]);
    }
  lf_wait_until (n_requests[1] >= 3, DEADLINE_MS);
  g_assert_cmpuint (n_requests[0], ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      lf_calendar_source_stop (sources[i]);
      g_object_add_weak_pointer (G_OBJECT (sources[i]), (gpointer *) &sources[i]);
      g_object_unref (sources[i]);
      lf_wait_until (sources[i] == NULL, DEADLINE_MS);
    }
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
count (gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_slots (void)
{
  g_autoptr (LfCalendarSlots) slots = lf_calendar_slots_new (2, 1);
  guint                       counts[4] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    lf_calendar_slots_take (slots, FALSE, count, &counts[i]);
  g_assert_cmpuint (counts[0] + counts[1], ==, 2);
  g_assert_cmpuint (counts[2] + counts[3], ==, 0);
  g_assert_true (lf_calendar_slots_forget (slots, &counts[2]));
  g_assert_false (lf_calendar_slots_forget (slots, &counts[2]));
  lf_calendar_slots_release (slots, FALSE);
  g_assert_cmpuint (counts[2], ==, 0);
  g_assert_cmpuint (counts[3], ==, 1);
}

static void
test_slow_slots (void)
{
  g_autoptr (LfCalendarSlots) slots = lf_calendar_slots_new (3, 2);
  guint                       slow[4] = { 0 };
  guint                       quick[4] = { 0 };

  g_test_summary ("slow ones get some slots and no more; while others wait, one");

  for (gsize i = 0; i < G_N_ELEMENTS (slow); i++)
    lf_calendar_slots_take (slots, TRUE, count, &slow[i]);
  g_assert_cmpuint (slow[0] + slow[1], ==, 2);
  g_assert_cmpuint (slow[2], ==, 0);
  g_assert_false (lf_calendar_slots_slow_down (slots));
  for (gsize i = 0; i < G_N_ELEMENTS (quick); i++)
    lf_calendar_slots_take (slots, FALSE, count, &quick[i]);
  g_assert_cmpuint (quick[0], ==, 1);
  g_assert_true (lf_calendar_slots_is_wanted (slots));
  lf_calendar_slots_release (slots, TRUE);
  g_assert_cmpuint (quick[1], ==, 1);
  lf_calendar_slots_release (slots, TRUE); /* the last of the slow ones: the next is theirs */
  g_assert_cmpuint (slow[2], ==, 1);
  g_assert_cmpuint (quick[2], ==, 0);
  lf_calendar_slots_release (slots, FALSE);
  lf_calendar_slots_release (slots, FALSE);
  g_assert_cmpuint (quick[2] + quick[3], ==, 2);
  g_assert_false (lf_calendar_slots_is_wanted (slots));
  g_assert_cmpuint (slow[3], ==, 0);
  g_assert_true (lf_calendar_slots_slow_down (slots)); /* one of the quick ones */
  lf_calendar_slots_release (slots, TRUE);
  g_assert_cmpuint (slow[3], ==, 1);
  g_assert_false (lf_calendar_slots_forget (slots, &slow[3]));
}

#define ADD(path, function) g_test_add ("/calendar/source/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a source that fails warns */
  ADD ("read", test_read);
  ADD ("file-changes", test_file_changes);
  ADD ("unchanged-moves-read-at", test_unchanged_moves_read_at);
  ADD ("window-moves", test_window_moves);
  ADD ("failures-keep", test_failures_keep);
  ADD ("own-mail", test_own_mail);
  ADD ("stop-while-waiting", test_stop_while_waiting);
  ADD ("refused", test_refused);
  g_test_add_func ("/calendar/slots", test_slots);
  g_test_add_func ("/calendar/slots/slow", test_slow_slots);
  return g_test_run ();
}
