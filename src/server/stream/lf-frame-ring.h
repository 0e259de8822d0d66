/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ws-frame.h"

G_BEGIN_DECLS

#define LF_FRAME_RING_OWN 2 /* a power of two */

/**
 * LfFrameRing:
 *
 * A queue of references to frames: a ring that grows by doubling and gives its memory back when it
 * is empty, so that an idle stream holds none. A frame or two, the usual case, take none either.
 * Zeroed, it is empty; it may be moved.
 */
typedef struct
{
  union
  {
    LfWsFrame  *own[LF_FRAME_RING_OWN];
    LfWsFrame **slots; /* owned; with a capacity */
  };
  guint capacity; /* of @slots, a power of two; 0: the ring's own */
  guint first;
  guint length;
  gsize n_bytes; /* of all frames in it */
} LfFrameRing;

void       lf_frame_ring_push (LfFrameRing *self, LfWsFrame *frame); /* transfer full */
LfWsFrame *lf_frame_ring_pop (LfFrameRing *self);                    /* transfer full; not from an empty one */
LfWsFrame *lf_frame_ring_get (const LfFrameRing *self, guint index); /* transfer none */
void       lf_frame_ring_clear (LfFrameRing *self);

G_END_DECLS
