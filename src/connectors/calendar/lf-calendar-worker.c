/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

#include "lf-calendar-job.h"
#include "lf-calendar-worker.h"
#include "lf-error.h"
#include "lf-timer.h"

#define GRACE_S          5                 /* after which a worker that should have ended is waited for no more */
#define MAX_OUTPUT_BYTES (4 * 1024 * 1024) /* of a run of many calendars */

/* One run of a worker, the task's data. Three things go on at once: the input is written, the output
 * is read, the process is awaited; the task returns when all three are done. */
typedef struct
{
  LfCalendarNursery *nursery;    /* owned */
  guint32            worker;     /* its number there, 0: has ended */
  GOutputStream     *input_end;  /* owned: where its input is written */
  GInputStream      *output_end; /* owned: where its output is read */
  GCancellable      *stop;       /* owned; ends the reading and writing */
  GBytes            *input;      /* owned; job line and calendars */
  guint              n_calendars;
  char              *output; /* owned; max_output + 1 */
  gsize              max_output;
  gsize              n_output;
  int                status;   /* of waitpid(2) */
  GSource           *deadline; /* owned */
  gulong             cancelled_id;
  guint              n_pending;
  gboolean           was_late;
} Run;

static void
run_free (Run *self)
{
  lf_timer_clear (&self->deadline);
  g_clear_object (&self->nursery);
  g_clear_object (&self->input_end);
  g_clear_object (&self->output_end);
  g_clear_object (&self->stop);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->output);
  g_free (self);
}

static void
expansion_free (LfCalendarExpansion *self)
{
  g_clear_pointer (&self->result, lf_ical_result_free);
  g_clear_error (&self->error);
  g_free (self);
}

/* Why a worker that did not exit by itself ended. */
static GError *
explain_end (Run *run)
{
  int signal_number = WIFSIGNALED (run->status) ? WTERMSIG (run->status) : 0;

  if (run->was_late || signal_number == SIGALRM)
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

/* A line a calendar, as far as the worker came; the one it died of has the reason. */
static GPtrArray *
read_replies (Run *run)
{
  GPtrArray  *expansions = g_ptr_array_new_with_free_func ((GDestroyNotify) expansion_free);
  const char *at = run->output;
  const char *limit = run->output + MIN (run->n_output, run->max_output);
  gboolean    was_cut = FALSE;

  while (expansions->len < run->n_calendars)
    {
      LfCalendarExpansion *expansion = g_new0 (LfCalendarExpansion, 1);
      const char          *end = memchr (at, '\n', (gsize) (limit - at));

      g_ptr_array_add (expansions, expansion);
      if (end != NULL)
        {
          expansion->result = lf_calendar_reply_decode (at, (gsize) (end - at), &expansion->error);
          at = end + 1;
        }
      else if (!was_cut)
        {
          expansion->error = explain_end (run);
          was_cut = TRUE;
        }
    }
  return expansions;
}

/* One of the three is done. */
static void
finish_part (GTask *task)
{
  Run          *run = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (--run->n_pending > 0)
    return;
  lf_timer_clear (&run->deadline);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, run->cancelled_id);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, read_replies (run), (GDestroyNotify) g_ptr_array_unref);
}

/* Waits no longer for the worker, which has limits of its own; and gives back what waited. */
static void
abandon (GTask *waiting)
{
  g_autoptr (GTask) task = g_object_ref (waiting);
  Run              *run = g_task_get_task_data (task);

  g_cancellable_cancel (run->stop);
  if (run->worker == 0)
    return;
  lf_calendar_nursery_forget (run->nursery, run->worker);
  run->worker = 0;
  g_object_unref (waiting);
  finish_part (task);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Run *run = g_task_get_task_data (user_data);

  lf_timer_clear (&run->deadline);
  run->was_late = TRUE;
  abandon (user_data);
  return G_SOURCE_REMOVE;
}

/* The cancellable may be cancelled from its own callbacks, so the end comes in a turn of its own. */
static gboolean
on_abandon (gpointer user_data)
{
  abandon (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_abandon, g_object_ref (user_data), g_object_unref);
}

/* A worker may end before it has read all of it: a broken pipe is no error of its own. */
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
  g_input_stream_close (G_INPUT_STREAM (source), NULL, NULL); /* one that says more than it may gets a broken pipe */
  finish_part (task);
}

static void
on_worker_ended (int      status,
                 gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run              *run = g_task_get_task_data (task);

  run->worker = 0;
  run->status = status;
  finish_part (task);
}

/* The job line and the calendars in one piece. */
static GBytes *
make_input (const LfIcalOptions *options,
            GBytes *const       *calendars,
            guint                n_calendars)
{
  static const char *const none[] = { NULL };
  LfCalendarJob            job = {
               .zone = (char *) options->owner_zone,
               .addresses = (char **) (options->own_addresses != NULL ? options->own_addresses : none),
               .from_us = options->from_us,
               .to_us = options->to_us,
  };
  GString *input = g_string_new (NULL);

  lf_codec_encode (&lf_calendar_job_schema, &job, input);
  g_string_append_c (input, '\n');
  for (guint i = 0; i < n_calendars; i++)
    {
      gsize       length;
      const char *bytes = g_bytes_get_data (calendars[i], &length);

      g_string_append_printf (input, "%" G_GSIZE_FORMAT "\n", length);
      g_string_append_len (input, bytes, (gssize) length);
    }
  return g_string_free_to_bytes (input);
}

/* Makes the two pipes and gives their far ends to a worker. */
static gboolean
start_worker (GTask   *task,
              GError **error)
{
  Run *run = g_task_get_task_data (task);
  int  input[2] = { -1, -1 };
  int  output[2] = { -1, -1 };

  if (!g_unix_open_pipe (input, FD_CLOEXEC, error))
    return FALSE;
  if (!g_unix_open_pipe (output, FD_CLOEXEC, error))
    {
      close (input[0]);
      close (input[1]);
      return FALSE;
    }
  run->worker = lf_calendar_nursery_start (run->nursery, input[0], output[1], on_worker_ended, task, error);
  if (run->worker != 0)
    g_object_ref (task); /* until it has ended */
  close (input[0]);
  close (output[1]);
  run->input_end = g_unix_output_stream_new (input[1], TRUE);
  run->output_end = g_unix_input_stream_new (output[0], TRUE);
  g_unix_set_fd_nonblocking (input[1], TRUE, NULL);
  return run->worker != 0;
}

/**
 * lf_calendar_worker_expand_async:
 * @nursery: where workers come from
 * @options: how to read; not needed after the call
 * @calendars: (array length=n_calendars): the bytes of each; not needed after the call
 * @n_calendars: 1 to %LF_CALENDAR_WORKER_MAX_BATCH, all of one person
 * @cancellable: (nullable): ends it
 * @callback: called when the worker has ended
 * @user_data: for @callback
 *
 * Reads calendars in a process of its own, which may use so much processor time, memory and wall
 * time and no more. Its output is bounded and checked.
 */
void
lf_calendar_worker_expand_async (LfCalendarNursery   *nursery,
                                 const LfIcalOptions *options,
                                 GBytes *const       *calendars,
                                 guint                n_calendars,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError           *error = NULL;
  Run              *run;
  gconstpointer     bytes;
  gsize             length;

  g_return_if_fail (LF_IS_CALENDAR_NURSERY (nursery));
  g_return_if_fail (options != NULL);
  g_return_if_fail (n_calendars > 0 && n_calendars <= LF_CALENDAR_WORKER_MAX_BATCH);

  g_task_set_source_tag (task, lf_calendar_worker_expand_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  run = g_new0 (Run, 1);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  run->nursery = g_object_ref (nursery);
  if (!start_worker (task, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  run->stop = g_cancellable_new ();
  run->input = make_input (options, calendars, n_calendars);
  run->n_calendars = n_calendars;
  run->max_output = MIN ((gsize) n_calendars * LF_CALENDAR_REPLY_MAX_BYTES, MAX_OUTPUT_BYTES);
  run->output = g_malloc (run->max_output + 1);
  run->n_pending = 3;
  lf_timer_start (&run->deadline, (LF_CALENDAR_WORKER_WALL_S + GRACE_S) * 1000, on_deadline_passed, task);
  if (cancellable != NULL)
    run->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);

  bytes = g_bytes_get_data (run->input, &length);
  g_output_stream_write_all_async (run->input_end, bytes, length, G_PRIORITY_DEFAULT, run->stop, on_input_written,
                                   g_object_ref (task));
  g_input_stream_read_all_async (run->output_end, run->output, run->max_output + 1, G_PRIORITY_DEFAULT, run->stop,
                                 on_output_read, g_object_ref (task));
}

/**
 * lf_calendar_worker_expand_finish:
 * @result: what the callback got
 * @error: set as starting a worker does, or if it was cancelled
 *
 * Returns: (transfer full) (element-type LfCalendarExpansion) (nullable): what came of each calendar, in
 *   order; an error among them is %LF_ERROR_BAD_FRAME with a sentence for the log
 */
GPtrArray *
lf_calendar_worker_expand_finish (GAsyncResult *result,
                                  GError      **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
