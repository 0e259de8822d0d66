/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-desktop-reading.h"

/* Reads the objects of one calendar by the rules of src/ical, in a thread: plain data in, plain data out. What a
 * hostile rule may cost is bounded by the reader, which refuses those that never end, and by the limits here. */

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define TAIL "END:VCALENDAR\r\n"

typedef struct
{
  GPtrArray     *objects; /* owned */
  GPtrArray     *zones;   /* owned */
  LfIcalOptions *options; /* owned */
} Job;

static GMutex one_at_a_time; /* libical sets itself up at its first use, which two threads must not do at once */

static void
free_job (gpointer data)
{
  Job *job = data;

  g_ptr_array_unref (job->objects);
  g_ptr_array_unref (job->zones);
  lf_ical_options_free (job->options);
  g_free (job);
}

static void
clear_object (gpointer data)
{
  LfDesktopObject *self = data;

  g_free (self->uid);
  g_free (self->rid);
  g_free (self->text);
  g_free (self->link);
}

/**
 * lf_desktop_object_new:
 * @uid: which series it belongs to
 * @rid: (nullable): of an instance that was changed: which
 * @text: the VEVENT
 * @link: (nullable): where the meeting is joined
 *
 * Returns: (transfer full): an event
 */
LfDesktopObject *
lf_desktop_object_new (const char *uid, const char *rid, const char *text, const char *link)
{
  LfDesktopObject *self;

  g_return_val_if_fail (uid != NULL && text != NULL, NULL);

  self = g_atomic_rc_box_new0 (LfDesktopObject);
  self->uid = g_strdup (uid);
  self->rid = g_strdup (rid);
  self->text = g_strdup (text);
  self->link = g_strdup (link);
  return self;
}

/**
 * lf_desktop_object_ref:
 * @self: an event
 *
 * Returns: (transfer full): @self
 */
LfDesktopObject *
lf_desktop_object_ref (LfDesktopObject *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * lf_desktop_object_unref:
 * @self: (transfer full): an event
 */
void
lf_desktop_object_unref (LfDesktopObject *self)
{
  g_atomic_rc_box_release_full (self, clear_object);
}

static void
free_meeting (gpointer data)
{
  LfDesktopMeeting *meeting = data;

  g_free (meeting->link);
  g_free (meeting);
}

/**
 * lf_desktop_reading_free:
 * @self: (transfer full): what was read
 */
void
lf_desktop_reading_free (LfDesktopReading *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->result, lf_ical_result_free);
  g_clear_pointer (&self->meetings, g_ptr_array_unref);
  g_free (self);
}

static gboolean
feed (LfIcalReader *reader, const char *text, GError **error)
{
  return lf_ical_reader_feed (reader, text, strlen (text), error);
}

/* @uid NULL: everything; @only not NULL: that one alone. */
static LfIcalResult *
read_some (const Job *job, const char *uid, const LfDesktopObject *only, GError **error)
{
  g_autoptr (LfIcalReader) reader = lf_ical_reader_new (job->options);

  if (!feed (reader, HEAD, error))
    return NULL;
  for (guint i = 0; i < job->zones->len; i++)
    if (!feed (reader, job->zones->pdata[i], error))
      return NULL;
  for (guint i = 0; i < job->objects->len; i++)
    {
      const LfDesktopObject *object = job->objects->pdata[i];

      if ((only == NULL || object == only) && (uid == NULL || g_str_equal (object->uid, uid)) && !feed (reader, object->text, error))
        return NULL;
    }
  if (!feed (reader, TAIL, error))
    return NULL;

  return lf_ical_reader_finish (reader, error);
}

static void
add_meetings (GPtrArray *meetings, const LfIcalResult *result, const char *link)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      LfDesktopMeeting *meeting = g_new (LfDesktopMeeting, 1);

      *meeting = (LfDesktopMeeting){ periods[i].start_us, periods[i].end_us, g_strdup (link) };
      g_ptr_array_add (meetings, meeting);
    }
}

/* Changed instances go first, as the first meeting found is taken: a series is read with them, for where they went. */
static void
find_meetings (const Job *job, GPtrArray *meetings)
{
  guint n_links = 0;

  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < job->objects->len && n_links < LF_DESKTOP_MAX_LINKS; i++)
      {
        const LfDesktopObject   *object = job->objects->pdata[i];
        g_autoptr (LfIcalResult) result = NULL;

        if (object->link == NULL || (object->rid == NULL) != (pass == 1))
          continue;
        n_links++;
        result = read_some (job, object->uid, pass == 0 ? object : NULL, NULL);
        if (result != NULL)
          add_meetings (meetings, result, object->link);
      }
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job                   *job = data;
  g_autoptr (LfDesktopReading) reading = g_new0 (LfDesktopReading, 1);
  GError                      *error = NULL;

  g_mutex_lock (&one_at_a_time);
  reading->result = read_some (job, NULL, NULL, &error);
  reading->meetings = g_ptr_array_new_with_free_func (free_meeting);
  if (reading->result != NULL)
    find_meetings (job, reading->meetings);
  g_mutex_unlock (&one_at_a_time);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&reading), (GDestroyNotify) lf_desktop_reading_free);
}

/**
 * lf_desktop_reading_run_async:
 * @objects: (transfer full) (element-type LfDesktopObject): all of a calendar
 * @zones: (transfer full) (element-type utf8): VTIMEZONEs of zones that are not well known
 * @options: how to read
 * @cancellable: (nullable): to end it
 * @callback: when it is read
 * @user_data: for @callback
 *
 * Reads a calendar.
 */
void
lf_desktop_reading_run_async (GPtrArray *objects, GPtrArray *zones, const LfIcalOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Job              *job;

  g_return_if_fail (objects != NULL && zones != NULL && options != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_desktop_reading_run_async);
  job = g_new (Job, 1);
  *job = (Job){ objects, zones, lf_ical_options_copy (options) };
  g_task_set_task_data (task, job, free_job);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * lf_desktop_reading_run_finish:
 * @result: as the callback got it
 * @error: set as by lf_ical_reader_feed() if the calendar cannot be read
 *
 * Returns: (transfer full) (nullable): what was read
 */
LfDesktopReading *
lf_desktop_reading_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
