/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include <string.h>

#include <wslay/wslay.h>

#include "lf-ws-frame.h"
#include "lf-ws-reader.h"

#define MAX_IDLE    8 /* contexts kept for the next who needs one */
#define MASK_BYTES  4
#define STEP        4096 /* so many bytes at once: bounds the pongs that the parser queues */
#define UNSUPPORTED 1003 /* RFC 6455 section 7.4.1 */
#define NO_STATUS   1005
#define PROTOCOL    1002

/* A parser with what it needs to know about the bytes it was fed. It is clean, and can be lent to
 * another connection, when all of them belong to whole frames of whole messages. */
typedef struct _LfWsContext
{
  wslay_event_context_ptr ws;
  const guint8           *data; /* borrowed: what is being fed */
  gsize                   left;
  guint64                 n_fed;
  guint64                 n_consumed;  /* by whole frames */
  guint64                 frame_bytes; /* of the open frame, header included */
  gboolean                is_in_message;
  gboolean                ends_message; /* the open frame is the last of its message */
  guint                   n_fragments;
  guint                   fail_code; /* ours; 0: none */
  gboolean                is_stopped;
  const LfWsReaderFuncs  *funcs;
  gpointer                user_data;
} LfWsContext;

struct _LfWsPool
{
  GPtrArray *idle; /* owned: LfWsContext */
};

static void
fail (LfWsContext *self, guint code)
{
  if (self->fail_code == 0)
    self->fail_code = code;
  self->is_stopped = TRUE;
  wslay_event_shutdown_read (self->ws);
}

static ssize_t
on_receive (wslay_event_context_ptr ws, uint8_t *buffer, size_t length, int flags, void *user_data)
{
  LfWsContext *self = user_data;
  gsize        n = MIN (length, self->left);

  if (n == 0)
    {
      wslay_event_set_error (ws, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
  memcpy (buffer, self->data, n);
  self->data += n;
  self->left -= n;
  self->n_fed += n;
  return (ssize_t) n;
}

/* The parser queues pongs and close frames of its own; we write ours, in our order, so these vanish. */
static ssize_t
on_send (wslay_event_context_ptr ws, const uint8_t *data, size_t length, int flags, void *user_data)
{
  return (ssize_t) length;
}

static gsize
get_header_bytes (guint64 payload_bytes)
{
  return 2 + MASK_BYTES + (payload_bytes < 126 ? 0 : payload_bytes <= G_MAXUINT16 ? 2
                                                                                  : 8);
}

static void
on_frame_start (wslay_event_context_ptr ws, const struct wslay_event_on_frame_recv_start_arg *frame, void *user_data)
{
  LfWsContext *self = user_data;

  self->frame_bytes = get_header_bytes (frame->payload_length) + frame->payload_length;
  if (self->is_stopped || !self->funcs->frame (self->user_data))
    {
      fail (self, 0);
      return;
    }
  if (frame->opcode == WSLAY_BINARY_FRAME)
    fail (self, UNSUPPORTED);
  if (wslay_is_ctrl_frame (frame->opcode))
    return;
  self->is_in_message = TRUE;
  self->ends_message = frame->fin;
  if (++self->n_fragments > LF_WS_MAX_FRAGMENTS)
    fail (self, LF_CLOSE_TOO_LARGE);
}

static void
on_frame_end (wslay_event_context_ptr ws, void *user_data)
{
  LfWsContext *self = user_data;

  self->n_consumed += self->frame_bytes;
  if (self->is_in_message && self->ends_message)
    {
      self->is_in_message = FALSE;
      self->ends_message = FALSE;
      self->n_fragments = 0;
    }
}

static void
on_message (wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *message, void *user_data)
{
  LfWsContext *self = user_data;
  gboolean     goes_on = TRUE;

  if (self->is_stopped)
    return;
  if (message->opcode == WSLAY_TEXT_FRAME)
    goes_on = self->funcs->text ((const char *) message->msg, message->msg_length, self->user_data);
  else if (message->opcode == WSLAY_PING)
    goes_on = self->funcs->ping (message->msg, message->msg_length, self->user_data);
  else if (message->opcode == WSLAY_CONNECTION_CLOSE)
    {
      if (message->msg_length == 1)
        fail (self, PROTOCOL);
      else
        self->funcs->close (message->status_code != 0 ? message->status_code : NO_STATUS, self->user_data);
      goes_on = FALSE;
    }
  if (!goes_on)
    fail (self, 0);
}

static LfWsContext *
context_new (void)
{
  static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_receive,
    .send_callback = on_send,
    .on_frame_recv_start_callback = on_frame_start,
    .on_frame_recv_end_callback = on_frame_end,
    .on_msg_recv_callback = on_message,
  };
  LfWsContext *self = g_new0 (LfWsContext, 1);

  if (wslay_event_context_server_init (&self->ws, &callbacks, self) != 0)
    g_error ("No memory for a WebSocket parser");
  wslay_event_config_set_max_recv_msg_length (self->ws, LF_WS_MAX_MESSAGE);
  return self;
}

static void
context_free (gpointer data)
{
  LfWsContext *self = data;

  wslay_event_context_free (self->ws);
  g_free (self);
}

static LfWsContext *
lend (LfWsPool *pool)
{
  if (pool->idle->len > 0)
    return g_ptr_array_steal_index_fast (pool->idle, pool->idle->len - 1);
  return context_new ();
}

static gboolean
is_clean (const LfWsContext *self)
{
  return !self->is_in_message && self->n_fed == self->n_consumed;
}

/* Returns 0, or the close code to fail with. */
static guint
feed_step (LfWsContext *self, const guint8 *data, gsize length)
{
  int result;

  self->data = data;
  self->left = length;
  result = wslay_event_recv (self->ws);
  if (self->fail_code != 0)
    return self->fail_code;
  if (self->is_stopped)
    return 0;
  /* flushes the parser's own replies into on_send(); a close among them tells what it refused */
  if (wslay_event_send (self->ws) != 0 || result != 0)
    return PROTOCOL;
  if (wslay_event_get_close_sent (self->ws))
    return wslay_event_get_status_code_sent (self->ws);
  return 0;
}

/**
 * lf_ws_pool_new:
 *
 * Returns: (transfer full): an empty pool
 */
LfWsPool *
lf_ws_pool_new (void)
{
  LfWsPool *self = g_new0 (LfWsPool, 1);

  self->idle = g_ptr_array_new_with_free_func (context_free);
  return self;
}

/**
 * lf_ws_pool_free:
 * @self: (nullable): a pool, with nothing lent
 *
 * Frees it.
 */
void
lf_ws_pool_free (LfWsPool *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->idle);
  g_free (self);
}

/**
 * lf_ws_reader_feed:
 * @self: a reader
 * @pool: where contexts come from
 * @data: (array length=length): bytes from the peer
 * @length: how many
 * @funcs: what to call with what is found; may free the caller's own state only after this returns
 * @user_data: for @funcs
 *
 * Parses bytes. Unmasked frames, unknown opcodes, reserved bits, bad UTF-8, messages over
 * %LF_WS_MAX_MESSAGE bytes or %LF_WS_MAX_FRAGMENTS fragments and binary messages fail the connection.
 *
 * Source: RFC 6455 sections 5 and 7.4.1.
 *
 * Returns: 0 if all is well (or a function stopped the reading), else a close code
 */
guint
lf_ws_reader_feed (LfWsReader *self, LfWsPool *pool, const guint8 *data, gsize length, const LfWsReaderFuncs *funcs, gpointer user_data)
{
  guint code = 0;

  if (self->context == NULL)
    self->context = lend (pool);
  self->context->funcs = funcs;
  self->context->user_data = user_data;
  while (length > 0 && code == 0 && !self->context->is_stopped)
    {
      gsize step = MIN (length, STEP);

      code = feed_step (self->context, data, step);
      data += step;
      length -= step;
    }
  if (code != 0 || self->context->is_stopped)
    {
      lf_ws_reader_clear (self, pool);
      return code;
    }
  if (!is_clean (self->context))
    {
      if (self->open_since_us == 0)
        self->open_since_us = g_get_monotonic_time ();
      return 0;
    }
  self->open_since_us = 0;
  if (pool->idle->len < MAX_IDLE)
    g_ptr_array_add (pool->idle, g_steal_pointer (&self->context));
  else
    lf_ws_reader_clear (self, pool);
  return 0;
}

/**
 * lf_ws_reader_clear:
 * @self: a reader
 * @pool: where its context came from
 *
 * Drops a context that is not clean.
 */
void
lf_ws_reader_clear (LfWsReader *self, LfWsPool *pool)
{
  g_clear_pointer (&self->context, context_free);
  self->open_since_us = 0;
}
