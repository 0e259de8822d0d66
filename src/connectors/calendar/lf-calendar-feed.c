/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-content.h"
#include "lf-calendar-feed.h"
#include "lf-calendar-worker.h"

struct _LfCalendarFeed
{
  GObject parent_instance;

  LfCalendarSourceConfig *config;  /* owned */
  LfCalendarNursery      *nursery; /* owned */

  char    *tag;      /* owned, nullable: of what was read last */
  char    *modified; /* owned, nullable */
  gint64   from_us;  /* the window it was read for */
  gboolean is_outdated;
};

/* One reading: the task's data. */
typedef struct
{
  LfIcalOptions     *options; /* owned */
  LfCalendarContent *content; /* owned, nullable */
  guint              retry_after_s;
} Reading;

static void lf_calendar_feed_reader_init (LfCalendarReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfCalendarFeed, lf_calendar_feed, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_CALENDAR_READER, lf_calendar_feed_reader_init))

static void
reading_free (Reading *self)
{
  g_clear_pointer (&self->options, lf_ical_options_free);
  g_clear_pointer (&self->content, lf_calendar_content_free);
  g_free (self);
}

static void
on_expanded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask)     task = user_data;
  LfCalendarFeed       *self = g_task_get_source_object (task);
  Reading              *reading = g_task_get_task_data (task);
  GError               *error = NULL;
  g_autoptr (GPtrArray) expansions = lf_calendar_worker_expand_finish (result, &error);
  LfCalendarExpansion  *only = expansions == NULL ? NULL : g_ptr_array_index (expansions, 0);

  if (only == NULL || only->result == NULL)
    {
      g_task_return_error (task, only == NULL ? error : g_steal_pointer (&only->error));
      return;
    }
  g_free (self->tag);
  g_free (self->modified);
  self->tag = self->is_outdated ? NULL : g_steal_pointer (&reading->content->tag);
  self->modified = self->is_outdated ? NULL : g_steal_pointer (&reading->content->modified);
  self->from_us = reading->options->from_us;
  g_task_return_pointer (task, g_steal_pointer (&only->result), (GDestroyNotify) lf_ical_result_free);
}

/* The bytes are there, or are what they were. */
static void
take_content (GTask             *task,
              LfCalendarContent *content,
              GError            *error)
{
  LfCalendarFeed *self = g_task_get_source_object (task);
  Reading        *reading = g_task_get_task_data (task);

  if (content == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reading->content = content;
  if (content->bytes == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  lf_calendar_worker_expand_async (self->nursery, reading->options, &content->bytes, 1, g_task_get_cancellable (task),
                                   on_expanded, g_object_ref (task));
  g_clear_pointer (&content->bytes, g_bytes_unref); /* the worker's run has its own; it may be large */
}

static void
on_file_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  GError            *error = NULL;
  LfCalendarContent *content = lf_calendar_file_read_finish (result, &error);

  take_content (task, content, error);
}

static void
on_fetched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  Reading           *reading = g_task_get_task_data (task);
  GError            *error = NULL;
  LfCalendarContent *content = lf_calendar_fetch_finish (result, &reading->retry_after_s, &error);

  take_content (task, content, error);
}

static void
lf_calendar_feed_read_async (LfCalendarReader    *reader,
                             const LfIcalOptions *options,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  LfCalendarFeed   *self = LF_CALENDAR_FEED (reader);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Reading          *reading = g_new0 (Reading, 1);
  const char       *tag;
  const char       *modified;

  g_task_set_source_tag (task, lf_calendar_feed_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  reading->options = lf_ical_options_copy (options);

  self->is_outdated = FALSE;
  /* in another window the same bytes mean other periods */
  tag = self->from_us == options->from_us ? self->tag : NULL;
  modified = self->from_us == options->from_us ? self->modified : NULL;
  if (self->config->path != NULL)
    lf_calendar_file_read_async (self->config->path, tag, cancellable, on_file_read, g_steal_pointer (&task));
  else
    {
      g_autoptr (LfCalendarHttp) http = lf_calendar_http_new (self->config);

      lf_calendar_fetch_async (http, self->config->url, tag, modified, cancellable, on_fetched, g_steal_pointer (&task));
    }
}

static gboolean
lf_calendar_feed_read_finish (LfCalendarReader *reader,
                              GAsyncResult     *result,
                              LfIcalResult    **said,
                              guint            *retry_after_s,
                              GError          **error)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));

  *retry_after_s = reading->retry_after_s;
  *said = NULL;
  if (g_task_had_error (G_TASK (result)))
    {
      g_task_propagate_pointer (G_TASK (result), error);
      return FALSE;
    }
  *said = g_task_propagate_pointer (G_TASK (result), error);
  return TRUE;
}

static void
lf_calendar_feed_forget (LfCalendarReader *reader)
{
  LfCalendarFeed *self = LF_CALENDAR_FEED (reader);

  self->is_outdated = TRUE;
  g_clear_pointer (&self->tag, g_free);
  g_clear_pointer (&self->modified, g_free);
}

static void
lf_calendar_feed_reader_init (LfCalendarReaderInterface *iface)
{
  iface->read_async = lf_calendar_feed_read_async;
  iface->read_finish = lf_calendar_feed_read_finish;
  iface->forget = lf_calendar_feed_forget;
}

static void
lf_calendar_feed_finalize (GObject *object)
{
  LfCalendarFeed *self = LF_CALENDAR_FEED (object);

  lf_calendar_source_config_free (self->config);
  g_object_unref (self->nursery);
  g_free (self->tag);
  g_free (self->modified);
  G_OBJECT_CLASS (lf_calendar_feed_parent_class)->finalize (object);
}

static void
lf_calendar_feed_class_init (LfCalendarFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_calendar_feed_finalize;
}

static void
lf_calendar_feed_init (LfCalendarFeed *self)
{
}

/**
 * lf_calendar_feed_new:
 * @config: a group of %LF_CALENDAR_FILE or %LF_CALENDAR_URL
 * @nursery: where workers come from
 *
 * Returns: (transfer full): a reader of that calendar
 */
LfCalendarReader *
lf_calendar_feed_new (const LfCalendarSourceConfig *config,
                      LfCalendarNursery            *nursery)
{
  LfCalendarFeed *self;

  g_return_val_if_fail (config != NULL, NULL);
  g_return_val_if_fail (LF_IS_CALENDAR_NURSERY (nursery), NULL);

  self = g_object_new (LF_TYPE_CALENDAR_FEED, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->nursery = g_object_ref (nursery);
  return LF_CALENDAR_READER (self);
}
