/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-metered-input.h"

struct _LfMeteredInput
{
  GInputStream parent_instance;

  GIOStream    *base;       /* owned; closed with this stream */
  GInputStream *input;      /* borrowed from @base */
  GBytes       *ahead;      /* owned, nullable: read first */
  gsize         turn_bytes; /* most that is read without a pause */
  gsize         max_bytes;  /* most that is read without a reset */
  gsize         n_turn;
  gsize         n_since_reset;
};

static void lf_metered_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfMeteredInput, lf_metered_input, G_TYPE_INPUT_STREAM, G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, lf_metered_input_pollable_init))

static gssize
take_ahead (LfMeteredInput *self,
            void           *buffer,
            gsize           count)
{
  gsize         size;
  gconstpointer data = g_bytes_get_data (self->ahead, &size);
  gsize         n = MIN (size, count);
  GBytes       *rest = NULL;

  memcpy (buffer, data, n);
  if (n < size)
    rest = g_bytes_new_from_bytes (self->ahead, n, size - n);
  g_bytes_unref (self->ahead);
  self->ahead = rest;
  return n;
}

static gssize
lf_metered_input_read_nonblocking (GPollableInputStream *stream,
                                   void                 *buffer,
                                   gsize                 count,
                                   GError              **error)
{
  LfMeteredInput *self = LF_METERED_INPUT (stream);
  gssize          n;

  if (self->n_since_reset >= self->max_bytes)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "A message has no end.");
      return -1;
    }
  if (self->n_turn >= self->turn_bytes)
    {
      self->n_turn = 0;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "A pause, to work on what has come.");
      return -1;
    }
  count = MIN (count, MIN (self->turn_bytes - self->n_turn, self->max_bytes - self->n_since_reset));
  if (self->ahead != NULL)
    n = take_ahead (self, buffer, count);
  else
    n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (self->input), buffer, count, NULL, error);
  if (n > 0)
    {
      self->n_turn += n;
      self->n_since_reset += n;
    }
  else
    self->n_turn = 0;
  return n;
}

static gboolean
lf_metered_input_can_poll (GPollableInputStream *stream)
{
  LfMeteredInput *self = LF_METERED_INPUT (stream);

  return g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (self->input));
}

static gboolean
lf_metered_input_is_readable (GPollableInputStream *stream)
{
  LfMeteredInput *self = LF_METERED_INPUT (stream);

  return self->ahead != NULL || g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (self->input));
}

static GSource *
lf_metered_input_create_source (GPollableInputStream *stream,
                                GCancellable         *cancellable)
{
  LfMeteredInput     *self = LF_METERED_INPUT (stream);
  g_autoptr (GSource) child = NULL;

  if (self->ahead != NULL)
    child = g_timeout_source_new (0);
  else
    child = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (self->input), NULL);
  return g_pollable_source_new_full (self, child, cancellable);
}

/* libsoup reads what can be read; this is for whoever else holds the stream. */
static gssize
lf_metered_input_read (GInputStream *stream,
                       void         *buffer,
                       gsize         count,
                       GCancellable *cancellable,
                       GError      **error)
{
  return lf_metered_input_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer, count, error);
}

static void
on_base_closed (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
}

/* Closing TLS says good-bye, which may wait for the peer: not here. */
static gboolean
lf_metered_input_close (GInputStream *stream,
                        GCancellable *cancellable,
                        GError      **error)
{
  LfMeteredInput *self = LF_METERED_INPUT (stream);

  if (!g_io_stream_is_closed (self->base) && !g_io_stream_has_pending (self->base))
    g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, NULL, on_base_closed, NULL);
  return TRUE;
}

static void
lf_metered_input_finalize (GObject *object)
{
  LfMeteredInput *self = LF_METERED_INPUT (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->ahead, g_bytes_unref);

  G_OBJECT_CLASS (lf_metered_input_parent_class)->finalize (object);
}

static void
lf_metered_input_class_init (LfMeteredInputClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = lf_metered_input_finalize;
  stream_class->read_fn = lf_metered_input_read;
  stream_class->close_fn = lf_metered_input_close;
}

static void
lf_metered_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = lf_metered_input_can_poll;
  iface->is_readable = lf_metered_input_is_readable;
  iface->create_source = lf_metered_input_create_source;
  iface->read_nonblocking = lf_metered_input_read_nonblocking;
}

static void
lf_metered_input_init (LfMeteredInput *self)
{
}

/**
 * lf_metered_stream_new:
 * @base: a connection whose input can be polled
 * @read_ahead: (nullable): what was read of it already
 * @turn_bytes: most that is read in one turn of the main loop
 * @max_bytes: most that is read between two calls of lf_metered_input_reset()
 * @input: (out) (transfer none): its metered input, for the resets
 *
 * Returns: (transfer full): the connection, metered
 */
GIOStream *
lf_metered_stream_new (GIOStream       *base,
                       GBytes          *read_ahead,
                       gsize            turn_bytes,
                       gsize            max_bytes,
                       LfMeteredInput **input)
{
  g_autoptr (LfMeteredInput) self = g_object_new (LF_TYPE_METERED_INPUT, NULL);

  g_return_val_if_fail (G_IS_IO_STREAM (base), NULL);
  g_return_val_if_fail (turn_bytes > 0 && max_bytes > 0, NULL);

  self->base = g_object_ref (base);
  self->input = g_io_stream_get_input_stream (base);
  self->ahead = read_ahead != NULL && g_bytes_get_size (read_ahead) > 0 ? g_bytes_ref (read_ahead) : NULL;
  self->turn_bytes = turn_bytes;
  self->max_bytes = max_bytes;
  *input = self;
  return g_simple_io_stream_new (G_INPUT_STREAM (self), g_io_stream_get_output_stream (base));
}

/**
 * lf_metered_input_reset:
 * @self: the input of a metered stream
 *
 * What was read has become a whole message: the count begins anew.
 */
void
lf_metered_input_reset (LfMeteredInput *self)
{
  g_return_if_fail (LF_IS_METERED_INPUT (self));

  self->n_since_reset = 0;
}
