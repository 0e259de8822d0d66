/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include <string.h>

#include "lf-ws-frame.h"

/* RFC 6455 section 5.2, from server to client (no mask):
 *
 *   byte 0   FIN, three reserved bits, four bits of opcode
 *   byte 1   0 and the length, or 126 and two bytes of length, or 127 and eight
 *   payload
 */
#define FIN          0x80
#define OPCODE_TEXT  0x1
#define OPCODE_CLOSE 0x8
#define OPCODE_PONG  0xa
#define MAX_HEADER   10
#define MAX_CONTROL  125

static LfWsFrame *
make (guint8 opcode, const void *payload, gsize length)
{
  guint8     header[MAX_HEADER] = { FIN | opcode };
  gsize      n = 2;
  LfWsFrame *self;

  if (length < 126)
    header[1] = (guint8) length;
  else if (length <= G_MAXUINT16)
    {
      header[1] = 126;
      header[n++] = (guint8) (length >> 8);
      header[n++] = (guint8) length;
    }
  else
    {
      header[1] = 127;
      for (int shift = 56; shift >= 0; shift -= 8)
        header[n++] = (guint8) ((guint64) length >> shift);
    }
  self = g_malloc (sizeof *self + n + length);
  self->n_refs = 1;
  self->kind = LF_WS_FRAME_CONTROL;
  self->is_counted = FALSE;
  self->length = n + length;
  memcpy (self->bytes, header, n);
  if (length > 0)
    memcpy (self->bytes + n, payload, length);
  return self;
}

static gboolean
takes_position (LfFrameType type)
{
  return type != LF_FRAME_HELLO && type != LF_FRAME_PING && type != LF_FRAME_PONG && type != LF_FRAME_ERROR;
}

/**
 * lf_ws_frame_new_text:
 * @type: of the frame
 * @body: struct of its schema
 *
 * Encodes a frame.
 *
 * Returns: (transfer full): it
 */
LfWsFrame *
lf_ws_frame_new_text (LfFrameType type, gconstpointer body)
{
  g_autoptr (GString) text = g_string_sized_new (256);
  LfWsFrame          *self;

  lf_frame_encode (type, body, text);
  self = make (OPCODE_TEXT, text->str, text->len);
  self->kind = (guint8) type;
  self->is_counted = takes_position (type);
  return self;
}

/**
 * lf_ws_frame_new_close:
 * @code: a close code
 * @reason: (nullable): words for logs, at most 123 bytes
 *
 * Encodes a close frame.
 *
 * Returns: (transfer full): it
 */
LfWsFrame *
lf_ws_frame_new_close (guint code, const char *reason)
{
  guint8 payload[MAX_CONTROL];
  gsize  length = reason != NULL ? MIN (strlen (reason), MAX_CONTROL - 2) : 0;

  payload[0] = (guint8) (code >> 8);
  payload[1] = (guint8) code;
  if (length > 0)
    memcpy (payload + 2, reason, length);
  return make (OPCODE_CLOSE, payload, length + 2);
}

/**
 * lf_ws_frame_new_pong:
 * @payload: of the ping
 * @length: at most 125
 *
 * Encodes the answer to a ping.
 *
 * Returns: (transfer full): it
 */
LfWsFrame *
lf_ws_frame_new_pong (const guint8 *payload, gsize length)
{
  g_return_val_if_fail (length <= MAX_CONTROL, NULL);

  return make (OPCODE_PONG, payload, length);
}

/**
 * lf_ws_frame_ref:
 * @self: a frame
 *
 * Returns: (transfer full): @self
 */
LfWsFrame *
lf_ws_frame_ref (LfWsFrame *self)
{
  self->n_refs++;
  return self;
}

/**
 * lf_ws_frame_unref:
 * @self: a frame
 *
 * Drops a reference.
 */
void
lf_ws_frame_unref (LfWsFrame *self)
{
  if (--self->n_refs == 0)
    g_free (self);
}
