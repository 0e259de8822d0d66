/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <signal.h>
#include <string.h>

#include "lf-calendar-job.h"
#include "lf-calendar-worker.h"
#include "lf-error.h"
#include "lf-timer.h"

/* One run of a worker, the task's data. Three things go on at once: the input is written, the output
 * is read, the process is awaited; the task returns when all three are done. */
typedef struct
{
  GSubprocess  *process; /* owned */
  GCancellable *stop;    /* owned; ends the reading and writing */
  GBytes       *input;   /* owned; job line and calendar */
  char         *output;  /* owned; LF_CALENDAR_REPLY_MAX_BYTES + 1 */
  gsize         n_output;
  GSource      *deadline; /* owned */
  gulong        cancelled_id;
  guint         n_pending;
  gboolean      was_late;
} Run;

static void
run_free (Run *self)
{
  lf_timer_clear (&self->deadline);
  g_clear_object (&self->process);
  g_clear_object (&self->stop);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->output);
  g_free (self);
}

static void
kill_worker (Run *run)
{
  g_subprocess_force_exit (run->process);
  g_cancellable_cancel (run->stop);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Run *run = user_data;

  lf_timer_clear (&run->deadline);
  run->was_late = TRUE;
  kill_worker (run);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  kill_worker (user_data);
}

/* Why a worker that did not exit by itself ended. */
static GError *
explain_end (Run *run)
{
  int signal_number = g_subprocess_get_if_signaled (run->process) ? g_subprocess_get_term_sig (run->process) : 0;

  if (run->was_late)
    return g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME,
                        "The calendar could not be read within %d seconds.", LF_CALENDAR_WORKER_WALL_S);
  if (signal_number == SIGXCPU || signal_number == SIGKILL)
    return g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME,
                        "The calendar takes more than %d seconds of processor time to read.", LF_CALENDAR_WORKER_CPU_S);
  if (signal_number != 0)
    return g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME,
                        "The calendar could not be read: its worker ended by signal %d, perhaps for want of memory.", signal_number);
  return g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "The calendar could not be read: its worker failed.");
}

/* One of the three is done. */
static void
finish_part (GTask *task)
{
  Run          *run = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError       *error = NULL;
  LfIcalResult *result;

  if (--run->n_pending > 0)
    return;
  lf_timer_clear (&run->deadline);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, run->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (!g_subprocess_get_successful (run->process))
    {
      g_task_return_error (task, explain_end (run));
      return;
    }
  result = lf_calendar_reply_decode (run->output, run->n_output, &error);
  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, (GDestroyNotify) lf_ical_result_free);
}

/* A worker may refuse a calendar before it has read all of it: a broken pipe is no error of its own. */
static void
on_input_written (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL); /* a pipe: does not block */
  finish_part (task);
}

static void
on_output_read (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Run              *run = g_task_get_task_data (task);

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &run->n_output, NULL);
  if (run->n_output > LF_CALENDAR_REPLY_MAX_BYTES)
    kill_worker (run);
  finish_part (task);
}

static void
on_process_ended (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Run              *run = g_task_get_task_data (task);

  g_subprocess_wait_finish (run->process, result, NULL);
  finish_part (task);
}

/* The job line and the calendar in one piece. */
static GBytes *
make_input (const LfIcalOptions *options,
            GBytes              *calendar)
{
  static const char *const none[] = { NULL };
  LfCalendarJob            job = {
               .zone = (char *) options->owner_zone,
               .addresses = (char **) (options->own_addresses != NULL ? options->own_addresses : none),
               .from_us = options->from_us,
               .to_us = options->to_us,
  };
  GString    *input = g_string_new (NULL);
  gsize       length;
  const char *bytes = g_bytes_get_data (calendar, &length);

  lf_codec_encode (&lf_calendar_job_schema, &job, input);
  g_string_append_c (input, '\n');
  g_string_append_len (input, bytes, length);
  return g_string_free_to_bytes (input);
}

/* No descriptor but its own two is inherited, and no variable but those that change how it computes. */
static GSubprocess *
start_worker (const char *program,
              GError    **error)
{
  static const char *const        kept[] = { "TZDIR", "G_DEBUG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS" };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_auto (GStrv)                  environment = g_environ_setenv (NULL, "LC_ALL", "C.UTF-8", TRUE);
  const char                     *argv[] = { program != NULL ? program : "/proc/self/exe", LF_CALENDAR_WORKER_MODE, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      if (g_getenv (kept[i]) != NULL)
        environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_cwd (launcher, "/");
  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

/**
 * lf_calendar_worker_expand_async:
 * @program: (nullable): path of the connector's binary; %NULL for the running program
 * @options: how to read; not needed after the call
 * @calendar: the calendar's bytes
 * @cancellable: (nullable): kills the worker
 * @callback: called when the worker has ended
 * @user_data: for @callback
 *
 * Reads a calendar in a process of its own, which may use so much processor time, memory and wall
 * time and no more. Its output is bounded and checked.
 */
void
lf_calendar_worker_expand_async (const char          *program,
                                 const LfIcalOptions *options,
                                 GBytes              *calendar,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError           *error = NULL;
  Run              *run;
  gconstpointer     bytes;
  gsize             length;

  g_return_if_fail (options != NULL);
  g_return_if_fail (calendar != NULL);

  g_task_set_source_tag (task, lf_calendar_worker_expand_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  run = g_new0 (Run, 1);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  run->process = start_worker (program, &error);
  if (run->process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  run->stop = g_cancellable_new ();
  run->input = make_input (options, calendar);
  run->output = g_malloc (LF_CALENDAR_REPLY_MAX_BYTES + 1);
  run->n_pending = 3;
  lf_timer_start (&run->deadline, LF_CALENDAR_WORKER_WALL_S * 1000, on_deadline_passed, run);
  if (cancellable != NULL)
    run->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), run, NULL);

  bytes = g_bytes_get_data (run->input, &length);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (run->process), bytes, length, G_PRIORITY_DEFAULT,
                                   run->stop, on_input_written, g_object_ref (task));
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (run->process), run->output, LF_CALENDAR_REPLY_MAX_BYTES + 1,
                                 G_PRIORITY_DEFAULT, run->stop, on_output_read, g_object_ref (task));
  g_subprocess_wait_async (run->process, NULL, on_process_ended, g_object_ref (task));
}

/**
 * lf_calendar_worker_expand_finish:
 * @result: what the callback got
 * @error: set to %LF_ERROR_BAD_FRAME with a sentence for the log if the calendar could not be read
 *
 * Returns: (transfer full) (nullable): what the calendar says
 */
LfIcalResult *
lf_calendar_worker_expand_finish (GAsyncResult *result,
                                  GError      **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
