/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfWsFrame:
 * @n_refs: references
 * @kind: for statistics: a #LfFrameType, or %LF_WS_FRAME_CONTROL
 * @is_counted: it takes a position: every frame but hello, ping, pong and error, and no control frame
 * @length: of @bytes
 * @bytes: the WebSocket frame as it goes onto the wire, header included
 *
 * One frame from server to client, encoded once and shared by every queue it stands in.
 */
typedef struct
{
  guint  n_refs;
  guint8 kind;
  guint8 is_counted;
  gsize  length;
  guint8 bytes[];
} LfWsFrame;

#define LF_WS_FRAME_CONTROL LF_N_FRAME_TYPES /* no frame of ours: close, or the answer to a ping of RFC 6455 */
#define LF_WS_N_KINDS       (LF_N_FRAME_TYPES + 1)

#define LF_WS_MAX_MESSAGE (64 * 1024)

LfWsFrame *lf_ws_frame_new_text (LfFrameType type, gconstpointer body);
LfWsFrame *lf_ws_frame_new_close (guint code, const char *reason);
LfWsFrame *lf_ws_frame_new_pong (const guint8 *payload, gsize length);
LfWsFrame *lf_ws_frame_ref (LfWsFrame *self);
void       lf_ws_frame_unref (LfWsFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfWsFrame, lf_ws_frame_unref)

G_END_DECLS
