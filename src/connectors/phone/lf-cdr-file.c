/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-cdr-file.h"

/* A round, begun by a change in the folder:
 *
 *   look    which file has the name now, and how long it is
 *   open    the first time, or when the file that was read has ended; the one of last time may have another name
 *   read    piece by piece to the end; of a file that has the name no more, to the end for ever
 */
#define PIECE_BYTES   (32 * 1024)
#define MAX_SIBLINGS  1000
#define RATE_LIMIT_MS 200
#define TELL_EVERY    1000
#define ATTRIBUTES    G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_UNIX_INODE
#define SIBLINGS      G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_UNIX_INODE

struct _LfCdrFile
{
  GObject parent_instance;

  GFile                *file;    /* owned */
  GFileMonitor         *monitor; /* owned, nullable */
  GCancellable         *cancellable;
  const LfCdrFileFuncs *funcs;
  gpointer              user_data;
  GFileInputStream     *stream; /* owned, nullable */
  GByteArray           *buffer; /* owned: what was read and is no whole line yet */
  LfCdrPosition         at;     /* of the first byte of @buffer, in the file of @stream */
  LfCdrPosition         from;   /* where to begin in the next file, if it is the same; 0: none was read yet */
  gboolean              is_new; /* all of the next file is to be read */
  gboolean              is_busy;
  gboolean              must_look; /* once more */
  gboolean              is_held;
  gboolean              is_last;      /* the file of @stream has the name no more */
  gboolean              must_see_end; /* the next byte is the end of a line, or the file is another one */
  gboolean              is_mid_line;  /* what comes up to the end of a line belongs to something that was left out */
  guint                 n_dropped;
  gboolean              is_told;
  GError               *fault; /* owned, nullable: what was told */
};

G_DEFINE_FINAL_TYPE (LfCdrFile, lf_cdr_file, G_TYPE_OBJECT)

static void read_on (LfCdrFile *self);
static void look_again (LfCdrFile *self);

static void
tell (LfCdrFile *self, const GError *fault)
{
  gboolean is_same = fault == NULL ? self->fault == NULL : self->fault != NULL && g_error_matches (fault, self->fault->domain, self->fault->code);

  if (self->is_told && is_same)
    return;
  self->is_told = TRUE;
  g_clear_error (&self->fault);
  if (fault != NULL)
    self->fault = g_error_copy (fault);
  self->funcs->state (self->user_data, fault);
}

static void
drop_line (LfCdrFile *self)
{
  if (self->n_dropped++ % TELL_EVERY == 0)
    g_warning ("Lines of “%s” are left out, %u by now: longer than %u bytes, or not UTF-8.", g_file_peek_path (self->file), self->n_dropped, LF_CDR_LINE_MAX_BYTES);
}

static void
take_line (LfCdrFile *self, const char *line, gsize length, const LfCdrPosition *at)
{
  g_autofree char *text = NULL;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  if (self->is_mid_line)
    self->is_mid_line = FALSE;
  else if (length > LF_CDR_LINE_MAX_BYTES || !g_utf8_validate (line, (gssize) length, NULL))
    drop_line (self);
  else if (length > 0)
    {
      text = g_strndup (line, length);
      self->funcs->line (self->user_data, text, at);
    }
}

static void
take_lines (LfCdrFile *self)
{
  const char *begin = (const char *) self->buffer->data;
  const char *end = begin + self->buffer->len;
  const char *at = begin;

  while (at < end && !g_cancellable_is_cancelled (self->cancellable))
    {
      const char         *stop = memchr (at, '\n', (gsize) (end - at));
      const LfCdrPosition place = { self->at.inode, self->at.offset + (at - begin) };

      if (stop == NULL)
        break;
      take_line (self, at, (gsize) (stop - at), &place);
      at = stop + 1;
    }
  if (end - at > LF_CDR_LINE_MAX_BYTES)
    {
      if (!self->is_mid_line)
        drop_line (self);
      self->is_mid_line = TRUE;
      at = end;
    }
  self->at.offset += at - begin;
  g_byte_array_remove_range (self->buffer, 0, (guint) (at - begin));
  if (!g_cancellable_is_cancelled (self->cancellable))
    self->funcs->read (self->user_data, &self->at);
}

static void
end_round (LfCdrFile *self)
{
  self->is_busy = FALSE;
  if (self->must_look)
    look_again (self);
}

static void
seek (LfCdrFile *self, goffset offset)
{
  g_byte_array_set_size (self->buffer, 0);
  self->at.offset = offset;
  self->is_mid_line = FALSE;
  g_seekable_seek (G_SEEKABLE (self->stream), offset, G_SEEK_SET, NULL, NULL); /* of a regular file: cannot fail */
}

/* The byte before the position that was kept. A file that has taken over the inode is read from its begin. */
static void
check_end_of_line (LfCdrFile *self)
{
  gboolean is_end = self->buffer->data[0] == '\n';

  self->must_see_end = FALSE;
  if (is_end)
    {
      g_byte_array_remove_index (self->buffer, 0);
      self->at.offset++;
    }
  else if (self->from.inode != 0)
    seek (self, 0);
  else
    self->is_mid_line = TRUE; /* the first time, at the end of a file in which a line is being written */
  self->from = (LfCdrPosition){ 0, 0 };
}

static void
close_file (LfCdrFile *self)
{
  if (self->buffer->len > 0 && !self->is_mid_line)
    drop_line (self);
  g_clear_object (&self->stream);
  g_byte_array_set_size (self->buffer, 0);
  self->is_mid_line = FALSE;
  self->is_last = FALSE;
  self->must_look = TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrFile) self = user_data;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GBytes)    bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  tell (self, error);
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    {
      if (bytes != NULL && self->is_last)
        close_file (self);
      end_round (self);
      return;
    }
  g_byte_array_append (self->buffer, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  if (self->must_see_end)
    check_end_of_line (self);
  take_lines (self);
  if (!self->is_held)
    {
      read_on (self);
      return;
    }
  self->must_look = TRUE;
  end_round (self);
}

static void
read_on (LfCdrFile *self)
{
  g_input_stream_read_bytes_async (G_INPUT_STREAM (self->stream), PIECE_BYTES, G_PRIORITY_DEFAULT, self->cancellable, on_read, g_object_ref (self));
}

/* Where reading begins: where it ended, at the begin of a file that is new, or, the first time, at the end. */
static void
begin (LfCdrFile *self, guint64 inode, goffset size)
{
  gboolean is_same = self->from.inode == inode && self->from.offset <= size;
  goffset  offset = is_same ? self->from.offset : self->is_new || self->from.inode != 0 ? 0
                                                                                        : size;

  self->at.inode = inode;
  self->must_see_end = offset > 0;
  if (!is_same || !self->must_see_end)
    self->from = (LfCdrPosition){ 0, 0 };
  seek (self, offset - self->must_see_end);
  self->is_new = TRUE;
  tell (self, NULL);
  self->funcs->read (self->user_data, &(const LfCdrPosition){ inode, offset });
  read_on (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrFile)        self = user_data;
  g_autoptr (GError)           error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  g_autoptr (GFileInfo)        info = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (stream != NULL)
    info = g_file_input_stream_query_info (stream, ATTRIBUTES, NULL, &error); /* of an open file: does not wait */
  if (info == NULL)
    {
      self->is_last = FALSE;
      tell (self, error);
      end_round (self);
      return;
    }
  self->stream = g_steal_pointer (&stream);
  begin (self, g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE), g_file_info_get_size (info));
}

static void
open_file (LfCdrFile *self, GFile *file)
{
  g_file_read_async (file, G_PRIORITY_DEFAULT, self->cancellable, on_opened, g_object_ref (self));
}

/* The file that was read last time has another name by now, or is gone. */
static void
on_siblings (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrFile) self = user_data;
  GList                *infos = g_file_enumerator_next_files_finish (G_FILE_ENUMERATOR (source), result, NULL);
  g_autoptr (GFile)     old = NULL;
  g_autofree char      *name = g_file_get_basename (self->file);

  for (GList *at = infos; at != NULL && old == NULL; at = at->next)
    if (g_file_info_get_attribute_uint64 (at->data, G_FILE_ATTRIBUTE_UNIX_INODE) == self->from.inode &&
        g_str_has_prefix (g_file_info_get_name (at->data), name))
      old = g_file_enumerator_get_child (G_FILE_ENUMERATOR (source), at->data);
  g_list_free_full (infos, g_object_unref);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->is_last = old != NULL;
  open_file (self, old != NULL ? old : self->file);
}

static void
on_folder_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrFile)       self = user_data;
  g_autoptr (GFileEnumerator) siblings = g_file_enumerate_children_finish (G_FILE (source), result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (siblings == NULL)
    open_file (self, self->file);
  else
    g_file_enumerator_next_files_async (siblings, MAX_SIBLINGS, G_PRIORITY_DEFAULT, self->cancellable, on_siblings, g_object_ref (self));
}

static void
find_old (LfCdrFile *self)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->file);

  g_file_enumerate_children_async (folder, SIBLINGS, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_folder_opened, g_object_ref (self));
}

/* Another file has the name, or the same one is shorter. */
static void
go_on (LfCdrFile *self, guint64 inode, goffset size)
{
  self->is_last = inode != self->at.inode;
  if (!self->is_last && size < self->at.offset + (goffset) self->buffer->len)
    {
      g_message ("“%s” was emptied, and is read from its begin.", g_file_peek_path (self->file));
      seek (self, 0);
      self->must_see_end = FALSE;
      self->funcs->emptied (self->user_data, inode);
    }
  read_on (self);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrFile) self = user_data;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  guint64               inode;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (info != NULL && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "“%s” is no regular file.", g_file_peek_path (self->file));
  if (error != NULL)
    {
      self->is_new = self->is_new || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      if (self->stream == NULL) /* else it was renamed, and the next one is not there yet */
        tell (self, error);
      end_round (self);
      return;
    }
  inode = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE);
  if (self->stream != NULL)
    go_on (self, inode, g_file_info_get_size (info));
  else if (self->from.inode != 0 && self->from.inode != inode)
    find_old (self);
  else
    open_file (self, self->file);
}

static void
look_again (LfCdrFile *self)
{
  self->must_look = self->is_busy || self->is_held;
  if (self->must_look || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->is_busy = TRUE;
  g_file_query_info_async (self->file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_looked, g_object_ref (self));
}

/* The folder itself is named when it comes to be, or may be read. */
static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, LfCdrFile *self)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->file);

  if (g_file_equal (file, self->file) || g_file_equal (file, folder) || (other != NULL && g_file_equal (other, self->file)))
    look_again (self);
}

static void
lf_cdr_file_dispose (GObject *object)
{
  lf_cdr_file_stop (LF_CDR_FILE (object));
  G_OBJECT_CLASS (lf_cdr_file_parent_class)->dispose (object);
}

static void
lf_cdr_file_finalize (GObject *object)
{
  LfCdrFile *self = LF_CDR_FILE (object);

  g_clear_object (&self->stream);
  g_byte_array_unref (self->buffer);
  g_clear_error (&self->fault);
  g_object_unref (self->cancellable);
  g_object_unref (self->file);
  G_OBJECT_CLASS (lf_cdr_file_parent_class)->finalize (object);
}

static void
lf_cdr_file_class_init (LfCdrFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_cdr_file_dispose;
  object_class->finalize = lf_cdr_file_finalize;
}

static void
lf_cdr_file_init (LfCdrFile *self)
{
  self->buffer = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_cdr_file_new:
 * @path: absolute path; the file, and its folder, may come later
 * @from: (nullable): how far it was read before; %NULL: never
 * @funcs: what is told of it
 * @user_data: for @funcs
 *
 * Of a file that was never read, what is in it already is left out. A file that was renamed meanwhile is looked for
 * beside it: its name begins with the same name.
 *
 * Returns: (transfer full): a file that is not read until lf_cdr_file_start()
 */
LfCdrFile *
lf_cdr_file_new (const char *path, const LfCdrPosition *from, const LfCdrFileFuncs *funcs, gpointer user_data)
{
  LfCdrFile *self = g_object_new (LF_TYPE_CDR_FILE, NULL);

  g_return_val_if_fail (path != NULL && funcs != NULL, NULL);

  self->file = g_file_new_for_path (path);
  if (from != NULL)
    self->from = *from;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

/**
 * lf_cdr_file_start:
 * @self: a file
 *
 * Begins to read, unless it has.
 */
void
lf_cdr_file_start (LfCdrFile *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile)  folder = NULL;

  g_return_if_fail (LF_IS_CDR_FILE (self));

  if (self->monitor != NULL)
    return;
  folder = g_file_get_parent (self->file);
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor == NULL)
    {
      tell (self, error);
      return;
    }
  g_file_monitor_set_rate_limit (self->monitor, RATE_LIMIT_MS);
  g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_folder_changed), self, 0);
  look_again (self);
}

/**
 * lf_cdr_file_hold:
 * @self: a file
 * @is_held: whether to read no further
 *
 * Lines of the piece that is being read are told still.
 */
void
lf_cdr_file_hold (LfCdrFile *self, gboolean is_held)
{
  g_return_if_fail (LF_IS_CDR_FILE (self));

  self->is_held = is_held;
  if (!is_held && self->must_look && !self->is_busy)
    look_again (self);
}

/**
 * lf_cdr_file_stop:
 * @self: a file
 *
 * Reads no more, and tells nothing.
 */
void
lf_cdr_file_stop (LfCdrFile *self)
{
  g_return_if_fail (LF_IS_CDR_FILE (self));

  g_cancellable_cancel (self->cancellable);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
}
