/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-content.h"
#include "lf-error.h"
#include "lf-ical-splitter.h"

#define CHUNK_BYTES (64 * 1024)
#define FILE_ATTRIBUTES                                                                                \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC "," G_FILE_ATTRIBUTE_UNIX_INODE

/**
 * lf_calendar_content_free:
 * @self: (transfer full): a content
 */
void
lf_calendar_content_free (LfCalendarContent *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->tag);
  g_free (self->modified);
  g_free (self);
}

/* One draining: the task's data. */
typedef struct
{
  GByteArray *all; /* owned */
  gsize       max_bytes;
} Drain;

static void
drain_free (Drain *self)
{
  g_byte_array_unref (self->all);
  g_free (self);
}

static void
on_chunk_read (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GBytes) chunk = NULL;
  Drain             *drain = g_task_get_task_data (task);
  GError            *error = NULL;

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (chunk == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_bytes_get_size (chunk) == 0)
    {
      g_task_return_pointer (task, g_byte_array_free_to_bytes (g_byte_array_ref (drain->all)), (GDestroyNotify) g_bytes_unref);
      return;
    }
  if (drain->all->len + g_bytes_get_size (chunk) > drain->max_bytes)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_TOO_LARGE,
                               "The calendar is larger than %" G_GSIZE_FORMAT " MiB.", drain->max_bytes / 1024 / 1024);
      return;
    }
  g_byte_array_append (drain->all, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk_read, g_object_ref (task));
}

/**
 * lf_calendar_drain_async:
 * @stream: what to read, decoded already
 * @max_bytes: most that it may hold
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads a stream to its end, within a limit.
 */
void
lf_calendar_drain_async (GInputStream       *stream,
                         gsize               max_bytes,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Drain            *drain = g_new0 (Drain, 1);

  g_task_set_source_tag (task, lf_calendar_drain_async);
  drain->all = g_byte_array_new ();
  drain->max_bytes = max_bytes;
  g_task_set_task_data (task, drain, (GDestroyNotify) drain_free);
  g_input_stream_read_bytes_async (stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, cancellable, on_chunk_read,
                                   g_steal_pointer (&task));
}

/**
 * lf_calendar_drain_finish:
 * @result: what the callback got
 * @error: set to %LF_ERROR_TOO_LARGE, or as reading does
 *
 * Returns: (transfer full) (nullable): all bytes
 */
GBytes *
lf_calendar_drain_finish (GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* One reading of a file. */
typedef struct
{
  char              *known_tag; /* owned, nullable */
  LfCalendarContent *content;   /* owned */
} FileRead;

static void
file_read_free (FileRead *self)
{
  g_free (self->known_tag);
  g_clear_pointer (&self->content, lf_calendar_content_free);
  g_free (self);
}

static void
on_file_drained (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FileRead         *read = g_task_get_task_data (task);
  GError           *error = NULL;

  read->content->bytes = lf_calendar_drain_finish (result, &error);
  if (read->content->bytes == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&read->content), (GDestroyNotify) lf_calendar_content_free);
}

static void
on_file_opened (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  g_autoptr (GFileInputStream) stream = NULL;
  GError                      *error = NULL;

  stream = g_file_read_finish (G_FILE (source), result, &error);
  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  lf_calendar_drain_async (G_INPUT_STREAM (stream), LF_ICAL_MAX_FEED_BYTES, g_task_get_cancellable (task), on_file_drained,
                           g_object_ref (task));
}

static void
on_file_queried (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask)     task = user_data;
  g_autoptr (GFileInfo) info = NULL;
  FileRead             *read = g_task_get_task_data (task);
  GError               *error = NULL;

  info = g_file_query_info_finish (G_FILE (source), result, &error);
  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* a pipe or device would never end */
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_BAD_FRAME, "It is no regular file.");
      return;
    }
  read->content = g_new0 (LfCalendarContent, 1);
  read->content->tag = g_strdup_printf ("%" G_GUINT64_FORMAT ".%06u-%" G_GOFFSET_FORMAT "-%" G_GUINT64_FORMAT,
                                        g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED),
                                        g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC),
                                        g_file_info_get_size (info),
                                        g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE));
  if (g_strcmp0 (read->content->tag, read->known_tag) == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&read->content), (GDestroyNotify) lf_calendar_content_free);
      return;
    }
  g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_file_opened,
                     g_object_ref (task));
}

/**
 * lf_calendar_file_read_async:
 * @path: an .ics file
 * @tag: (nullable): from the last reading
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads a file, unless its time, size and inode are what they were.
 */
void
lf_calendar_file_read_async (const char         *path,
                             const char         *tag,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  FileRead         *read = g_new0 (FileRead, 1);

  g_task_set_source_tag (task, lf_calendar_file_read_async);
  read->known_tag = g_strdup (tag);
  g_task_set_task_data (task, read, (GDestroyNotify) file_read_free);
  g_file_query_info_async (file, FILE_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, cancellable,
                           on_file_queried, g_steal_pointer (&task));
}

/**
 * lf_calendar_file_read_finish:
 * @result: what the callback got
 * @error: set as opening and reading a file does; %LF_ERROR_TOO_LARGE; %LF_ERROR_BAD_FRAME if it is
 *   no regular file
 *
 * Returns: (transfer full) (nullable): what was read
 */
LfCalendarContent *
lf_calendar_file_read_finish (GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
