/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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

static const char *program;

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

  answer->result = lf_calendar_worker_expand_finish (result, &answer->error);
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
  lf_calendar_worker_expand_async (program, &options, bytes, cancellable, on_expanded, answer);
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
          memmem (command, length, LF_CALENDAR_WORKER_MODE, strlen (LF_CALENDAR_WORKER_MODE)) != NULL)
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

/* Runs a worker by hand; what it wrote. */
static char *
run_worker (const char *input, gsize length, int *exit_code)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                      program, LF_CALENDAR_WORKER_MODE, NULL);
  g_autoptr (GBytes)      bytes = g_bytes_new (input, length);
  g_autoptr (GBytes)      output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate (process, bytes, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  *exit_code = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
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
      g_assert_cmpint (exit_code, ==, 0);
      g_assert_nonnull (strstr (output, "\"error\":\""));
    }
}

int
main (int argc, char *argv[])
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("LF_CALENDAR_PROGRAM");
  g_assert_nonnull (program);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *path = g_strconcat ("/calendar/worker/hostile/", hostile[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_hostile);
    }
  g_test_add_func ("/calendar/worker/cancel", test_cancel);
  g_test_add_func ("/calendar/worker/inherits-nothing", test_inherits_nothing);
  g_test_add_func ("/calendar/worker/words-stay-inside", test_words_stay_inside);
  g_test_add_func ("/calendar/worker/bad-jobs", test_bad_jobs);
  return g_test_run ();
}
