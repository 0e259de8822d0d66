/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "lampfield-core.h"
#include "lf-calendar-worker.h"
#include "lf-test-util.h"

/* The worker process against calendars that were made to harm. The program is the real one. */

#define NOW          "2026-11-24T09:00:00Z"
#define HEAD         "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define TAIL         "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"
#define MEETING      "DTSTART:20261125T100000Z\r\nDTEND:20261125T110000Z\r\n"
#define OLD_MEETING  "DTSTART:20000103T100000Z\r\nDTEND:20000103T110000Z\r\n"

/* The processor time allowed, a start under a sanitizer on a loaded machine, and room besides. */
#define DEADLINE_MS 60000

typedef struct
{
  LfIcalResult *result;
  GError       *error;
  gboolean      is_done;
} Answer;

static LfCalendarNursery *nursery;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->result, lf_ical_result_free);
  g_clear_error (&answer->error);
}

static void
on_expanded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  g_autoptr (GPtrArray) expansions = lf_calendar_worker_expand_finish (result, &answer->error);

  if (expansions != NULL)
    {
      LfCalendarExpansion *only = g_ptr_array_index (expansions, 0);

      answer->result = g_steal_pointer (&only->result);
      answer->error = g_steal_pointer (&only->error);
    }
  answer->is_done = TRUE;
}

static void
start (GString *calendar, GCancellable *cancellable, Answer *answer)
{
  g_autoptr (GBytes) bytes = g_bytes_new (calendar->str, calendar->len);
  LfIcalOptions      options = { .owner_zone = "Europe/Berlin" };
  gint64             now_us;

  g_assert_true (lf_instant_parse (NOW, &now_us));
  options.from_us = now_us - LF_DAY;
  options.to_us = now_us + 14 * LF_DAY;
  *answer = (Answer){ 0 };
  lf_calendar_worker_expand_async (nursery, &options, &bytes, 1, cancellable, on_expanded, answer);
}

static void
repeat (GString *out, const char *text, gsize times)
{
  for (gsize i = 0; i < times; i++)
    g_string_append (out, text);
}

/* Makers of hostile calendars, each between HEAD and TAIL. */

static void
make_long_line (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING "DESCRIPTION:");
  repeat (out, "0123456789abcdef", 20 * 1024 * 1024 / 16);
  g_string_append (out, "\r\nEND:VEVENT\r\n");
}

static void
make_deep (GString *out)
{
  repeat (out, "BEGIN:VEVENT\r\n", 200000);
}

static void
make_many_parts (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING);
  repeat (out, "BEGIN:VALARM\r\nDTSTART:1\r\nEND:VALARM\r\n", 200000);
  g_string_append (out, "END:VEVENT\r\n");
}

static void
make_exdate_lines (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING);
  repeat (out, "EXDATE:20261126T100000Z\r\n", 1000000);
  g_string_append (out, "END:VEVENT\r\n" EVENT (MEETING));
}

static void
make_exdate_list (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING "EXDATE:20261126T100000Z");
  repeat (out, ",20261126T100000Z", 1000000);
  g_string_append (out, "\r\nEND:VEVENT\r\n");
}

static void
make_endless_rule (GString *out)
{
  g_string_append (out, EVENT (OLD_MEETING "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30\r\n") EVENT (MEETING));
}

static void
make_costly_rules (GString *out)
{
  repeat (out, EVENT (OLD_MEETING "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n"), 500);
}

static void
make_huge_numbers (GString *out)
{
  g_string_append (out, EVENT (OLD_MEETING "RRULE:FREQ=DAILY;COUNT=2147483647;INTERVAL=2147483647\r\n")
                          EVENT (OLD_MEETING "RRULE:FREQ=DAILY;COUNT=99999999999999999999\r\n")
                            EVENT (OLD_MEETING "RRULE:FREQ=YEARLY;INTERVAL=0\r\n")
                              EVENT (OLD_MEETING "RRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z;BYDAY=99999MO\r\n") EVENT (MEETING));
}

static void
make_bad_zone (GString *out)
{
  g_string_append (out, "BEGIN:VTIMEZONE\r\nTZID:Bad\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+9999\r\n"
                        "RRULE:FREQ=SECONDLY\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nEND:VTIMEZONE\r\n"
                        "BEGIN:VEVENT\r\nDTSTART;TZID=Bad:20261125T110000\r\nDTEND;TZID=Bad:20261125T120000\r\nEND:VEVENT\r\n");
}

static void
make_nul (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING);
  g_string_append_len (out, "STATUS:CAN\0CELLED\r\n", 19);
  g_string_append (out, "END:VEVENT\r\n");
}

static void
make_cut_off (GString *out)
{
  g_string_append (out, "BEGIN:VEVENT\r\n" MEETING);
}

static void
make_ends_of_time (GString *out)
{
  g_string_append (out, EVENT ("DTSTART:99991231T230000Z\r\nDURATION:P9999999D\r\nRRULE:FREQ=DAILY\r\n")
                          EVENT ("DTSTART:00010101T000000Z\r\nDTEND:00010101T010000Z\r\nRRULE:FREQ=YEARLY\r\n") EVENT (MEETING));
}

static void
make_binary (GString *out)
{
  g_string_truncate (out, 0);
  for (guint i = 0; i < 5000000; i++)
    g_string_append_c (out, (char) (i * 2654435761u >> 13));
}

static void
make_too_large (GString *out)
{
  repeat (out, "COMMENT:0123456789abcdef0123456789abcdef0123456789abcdef\r\n", 1300000);
}

static void
make_too_many (GString *out)
{
  repeat (out, EVENT (MEETING), LF_ICAL_MAX_EVENTS + 1);
}

static const struct
{
  const char *name;
  void (*make) (GString *out);
  gboolean is_read; /* the one meeting in it is found */
} hostile[] = {
  { "line-of-20-mb", make_long_line, TRUE },
  { "200000-deep", make_deep, FALSE },
  { "200000-parts", make_many_parts, TRUE },
  { "million-exdate-lines", make_exdate_lines, TRUE },
  { "million-exdates-in-a-line", make_exdate_list, TRUE },
  { "endless-rule", make_endless_rule, TRUE },
  { "costly-rules", make_costly_rules, FALSE },
  { "huge-numbers", make_huge_numbers, TRUE },
  { "bad-zone", make_bad_zone, TRUE },
  { "nul-bytes", make_nul, TRUE },
  { "cut-off", make_cut_off, FALSE },
  { "ends-of-time", make_ends_of_time, TRUE },
  { "binary", make_binary, FALSE },
  { "too-large", make_too_large, FALSE },
  { "too-many-events", make_too_many, FALSE },
};

static gboolean
has_meeting (const LfIcalResult *result)
{
  gint64 start_us;

  g_assert_true (lf_instant_parse ("2026-11-25T10:30:00Z", &start_us));
  return lf_busy_list_covers (result->periods, LF_BUSY_BUSY, start_us, NULL);
}

static void
test_hostile (gconstpointer data)
{
  gsize               row = GPOINTER_TO_SIZE (data);
  g_autoptr (GString) bad = g_string_new (HEAD);
  g_autoptr (GString) good = g_string_new (HEAD EVENT (MEETING) TAIL);
  Answer              bad_answer;
  Answer              good_answer;

  g_test_summary ("it ends within its limits, says why, and another's calendar is read beside it");

  hostile[row].make (bad);
  if (hostile[row].make != make_cut_off)
    g_string_append (bad, TAIL);
  start (bad, NULL, &bad_answer);
  start (good, NULL, &good_answer);
  lf_wait_until (bad_answer.is_done && good_answer.is_done, DEADLINE_MS);

  g_assert_no_error (good_answer.error);
  g_assert_true (has_meeting (good_answer.result));
  g_assert_cmpint (bad_answer.result != NULL, ==, hostile[row].is_read);
  if (bad_answer.result != NULL)
    g_assert_true (has_meeting (bad_answer.result));
  else
    {
      g_test_message ("%s", bad_answer.error->message);
      g_assert_true (g_error_matches (bad_answer.error, LF_ERROR, LF_ERROR_BAD_FRAME));
    }
  answer_clear (&bad_answer);
  answer_clear (&good_answer);
}

static void
test_cancel (void)
{
  g_autoptr (GString)      calendar = g_string_new (HEAD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer                   answer;

  make_costly_rules (calendar);
  g_string_append (calendar, TAIL);
  start (calendar, cancellable, &answer);
  g_assert_false (answer.is_done);
  g_cancellable_cancel (cancellable);
  lf_wait_until (answer.is_done, DEADLINE_MS);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer_clear (&answer);
}

/* The process that is working for us, or 0 as long as it has not begun. */
static int
find_worker (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", (int) getpid ());
  g_autofree char *text = NULL;
  g_auto (GStrv)   pids = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  pids = g_strsplit (text, " ", -1);
  for (char **pid = pids; *pid != NULL; pid++)
    {
      g_autofree char *command_path = g_strdup_printf ("/proc/%s/cmdline", *pid);
      g_autofree char *command = NULL;
      gsize            length = 0;

      if (**pid != '\0' && g_file_get_contents (command_path, &command, &length, NULL) &&
          memmem (command, length, LF_CALENDAR_WORKER_PROGRAM, strlen (LF_CALENDAR_WORKER_PROGRAM)) != NULL)
        return atoi (*pid);
    }
  return 0;
}

static void
test_inherits_nothing (void)
{
  g_autoptr (GString)      calendar = g_string_new (HEAD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GDir)         dir = NULL;
  g_autofree char         *secret = NULL;
  g_autofree char         *folder = NULL;
  Answer                   answer;
  int                      fd = g_file_open_tmp ("lf-secret-XXXXXX", &secret, NULL);
  int                      pid = 0;

  g_test_summary ("a file that is open in the connector, and not marked for closing, is not open in the worker");

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_SETFD, 0), ==, 0);
  make_costly_rules (calendar);
  g_string_append (calendar, TAIL);
  start (calendar, cancellable, &answer);
  lf_wait_until ((pid = find_worker ()) != 0 || answer.is_done, DEADLINE_MS);
  if (pid == 0)
    g_test_skip ("this kernel does not tell a process of its children");
  else
    {
      folder = g_strdup_printf ("/proc/%d/fd", pid);
      dir = g_dir_open (folder, 0, NULL);
      g_assert_nonnull (dir);
      for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);
          g_autofree char *target = g_file_read_link (path, NULL);

          g_assert_cmpstr (target, !=, secret);
        }
    }
  g_cancellable_cancel (cancellable);
  lf_wait_until (answer.is_done, DEADLINE_MS);
  answer_clear (&answer);
  close (fd);
  g_unlink (secret);
}

static void
test_knows_no_network (void)
{
  g_autoptr (GString) calendar = g_string_new (HEAD TAIL);
  g_autofree char    *path = NULL;
  g_autofree char    *maps = NULL;
  Answer              answer;
  int                 pid;

  g_test_summary ("what is copied for each reading has no library of the network");

  start (calendar, NULL, &answer);
  lf_wait_until (answer.is_done, DEADLINE_MS);
  answer_clear (&answer);
  pid = find_worker ();
  if (pid == 0)
    {
      g_test_skip ("this kernel does not tell a process of its children");
      return;
    }
  path = g_strdup_printf ("/proc/%d/maps", pid);
  g_assert_true (g_file_get_contents (path, &maps, NULL, NULL));
  g_assert_nonnull (strstr (maps, "libical"));
  for (const char *const *library = (const char *const[]){ "libsoup", "libgnutls", "libgio", "libsodium", NULL }; *library != NULL; library++)
    g_assert_null (strstr (maps, *library));
}

typedef struct
{
  int      status;
  gboolean is_over;
} End;

static void
on_end (int status, gpointer user_data)
{
  End *end = user_data;

  end->status = status;
  end->is_over = TRUE;
}

/* Runs a worker by hand; what it wrote. */
static char *
run_worker (const char *input, gsize length, int *exit_code)
{
  g_autoptr (GError) error = NULL;
  GString           *output = g_string_new (NULL);
  char               bytes[4096];
  int                to[2];
  int                from[2];
  End                end = { 0 };
  gssize             n_bytes;

  g_assert_cmpint (pipe2 (to, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (from, O_CLOEXEC), ==, 0);
  g_assert_cmpuint (lf_calendar_nursery_start (nursery, to[0], from[1], on_end, &end, &error), !=, 0);
  g_assert_no_error (error);
  close (to[0]);
  close (from[1]);
  g_assert_cmpuint (length, <, 65536); /* what a pipe takes without a reader */
  if (length > 0)
    g_assert_cmpint (write (to[1], input, length), ==, (gssize) length);
  close (to[1]);
  while ((n_bytes = read (from[0], bytes, sizeof bytes)) > 0)
    g_string_append_len (output, bytes, n_bytes);
  close (from[0]);
  lf_wait_until (end.is_over, DEADLINE_MS);
  *exit_code = WIFEXITED (end.status) ? WEXITSTATUS (end.status) : -1;
  return g_string_free (output, FALSE);
}

static void
test_words_stay_inside (void)
{
  static const char *const planted[] = { "PLANTED", "example.org", "secret", "Room", "doctor", "google", "UID", "series" };
  g_autofree char         *folder = lf_test_data_path ("ics");
  g_autoptr (GDir)         dir = g_dir_open (folder, 0, NULL);
  guint                    n_calendars = 0;

  g_test_summary ("of none of the calendars any word comes out of the worker");

  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    {
      g_autofree char    *path = g_build_filename (folder, file, NULL);
      g_autofree char    *text = NULL;
      g_autofree char    *output = NULL;
      g_autoptr (GString) input = g_string_new ("{\"zone\":\"Europe/Berlin\",\"addresses\":[\"mara@example.org\"],"
                                                "\"from\":\"2026-11-23T00:00:00Z\",\"to\":\"2026-12-08T00:00:00Z\"}\n");
      gsize               length;
      int                 exit_code;

      if (!g_str_has_suffix (file, ".ics"))
        continue;
      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      g_string_append_printf (input, "%" G_GSIZE_FORMAT "\n", length);
      g_string_append_len (input, text, length);
      output = run_worker (input->str, input->len, &exit_code);
      g_assert_cmpint (exit_code, ==, 0);
      g_assert_nonnull (strstr (output, "{"));
      for (gsize i = 0; i < G_N_ELEMENTS (planted); i++)
        g_assert_null (strcasestr (output, planted[i]));
      n_calendars++;
    }
  g_assert_cmpuint (n_calendars, >, 10);
}

static void
test_bad_jobs (void)
{
  static const char *const jobs[] = {
    "",
    "\n",
    "{}\n",
    "{\"from\":\"2026-11-23T00:00:00Z\"}\n",
    "no json\n",
    "{\"from\":\"2026-11-23T00:00:00Z\",\"to\":\"2026-11-22T00:00:00Z\"}\n",
    "{\"from\":\"2026-11-23T00:00:00Z\",\"to\":\"2026-11-24T00:00:00Z\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      int              exit_code;
      g_autofree char *output = run_worker (jobs[i], strlen (jobs[i]), &exit_code);

      g_test_message ("%s", jobs[i]);
      g_assert_cmpint (exit_code, ==, 1);
      g_assert_cmpstr (output, ==, "");
    }
}

static void
on_batch_expanded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray        **expansions = user_data;
  g_autoptr (GError) error = NULL;

  *expansions = lf_calendar_worker_expand_finish (result, &error);
  g_assert_no_error (error);
}

static GPtrArray *
expand_batch (GString **calendars, guint n_calendars)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GPtrArray            *expansions = NULL;
  LfIcalOptions         options = { .owner_zone = "Europe/Berlin" };
  gint64                now_us;

  g_assert_true (lf_instant_parse (NOW, &now_us));
  options.from_us = now_us - LF_DAY;
  options.to_us = now_us + 14 * LF_DAY;
  for (guint i = 0; i < n_calendars; i++)
    g_ptr_array_add (all, g_bytes_new (calendars[i]->str, calendars[i]->len));
  lf_calendar_worker_expand_async (nursery, &options, (GBytes *const *) all->pdata, n_calendars, NULL, on_batch_expanded, &expansions);
  lf_wait_until (expansions != NULL, DEADLINE_MS);
  g_assert_cmpuint (expansions->len, ==, n_calendars);
  return expansions;
}

static void
test_batch (void)
{
  g_autoptr (GString)        good = g_string_new (HEAD EVENT (MEETING) TAIL);
  g_autoptr (GString)        broken = g_string_new (HEAD "BEGIN:VEVENT\r\n");
  g_autoptr (GString)        costly = g_string_new (HEAD);
  g_autoptr (GPtrArray)      expansions = NULL;
  GString                   *calendars[] = { good, broken, good, costly, good };
  const LfCalendarExpansion *one;

  g_test_summary ("of many calendars each is told of alone; one that kills the worker leaves those behind it unread, not empty");

  make_costly_rules (costly);
  g_string_append (costly, TAIL);
  expansions = expand_batch (calendars, G_N_ELEMENTS (calendars));
  one = g_ptr_array_index (expansions, 0);
  g_assert_true (has_meeting (one->result));
  one = g_ptr_array_index (expansions, 1);
  g_assert_error (one->error, LF_ERROR, LF_ERROR_BAD_FRAME);
  one = g_ptr_array_index (expansions, 2);
  g_assert_true (has_meeting (one->result));
  one = g_ptr_array_index (expansions, 3);
  g_assert_error (one->error, LF_ERROR, LF_ERROR_BAD_FRAME);
  g_assert_nonnull (strstr (one->error->message, "processor time"));
  one = g_ptr_array_index (expansions, 4);
  g_assert_null (one->result);
  g_assert_null (one->error);
}

static void
test_nursery_dies (void)
{
  g_autoptr (GString)   good = g_string_new (HEAD EVENT (MEETING) TAIL);
  g_autoptr (GString)   costly = g_string_new (HEAD);
  g_autoptr (GPtrArray) expansions = NULL;
  Answer                answer;

  g_test_summary ("when the process that starts workers is killed, what waited fails, and the next calendar gets another");

  make_costly_rules (costly);
  g_string_append (costly, TAIL);
  start (costly, NULL, &answer);
  g_assert_cmpint (find_worker (), >, 0);
  g_assert_cmpint (kill (find_worker (), SIGKILL), ==, 0);
  g_test_expect_message ("lf-calendar", G_LOG_LEVEL_WARNING, "*starts workers ended*");
  lf_wait_until (answer.is_done, DEADLINE_MS);
  g_test_assert_expected_messages ();
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_BAD_FRAME);
  answer_clear (&answer);
  expansions = expand_batch (&good, 1);
  g_assert_true (has_meeting (((LfCalendarExpansion *) g_ptr_array_index (expansions, 0))->result));
}

int
main (int argc, char *argv[])
{
  int exit_code;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("LF_CALENDAR_WORKER"));
  nursery = lf_calendar_nursery_new (g_getenv ("LF_CALENDAR_WORKER"));
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *path = g_strconcat ("/calendar/worker/hostile/", hostile[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_hostile);
    }
  g_test_add_func ("/calendar/worker/cancel", test_cancel);
  g_test_add_func ("/calendar/worker/inherits-nothing", test_inherits_nothing);
  g_test_add_func ("/calendar/worker/knows-no-network", test_knows_no_network);
  g_test_add_func ("/calendar/worker/words-stay-inside", test_words_stay_inside);
  g_test_add_func ("/calendar/worker/bad-jobs", test_bad_jobs);
  g_test_add_func ("/calendar/worker/batch", test_batch);
  g_test_add_func ("/calendar/worker/nursery-dies", test_nursery_dies);
  exit_code = g_test_run ();
  g_assert_finalize_object (nursery);
  return exit_code;
}
