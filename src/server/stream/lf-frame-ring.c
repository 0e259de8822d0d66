/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-frame-ring.h"

#define FIRST_CAPACITY 8

static guint
get_capacity (const LfFrameRing *self)
{
  return self->capacity > 0 ? self->capacity : LF_FRAME_RING_OWN;
}

static LfWsFrame **
get_slot (LfFrameRing *self, guint index)
{
  guint place = (self->first + index) & (get_capacity (self) - 1);

  return self->capacity > 0 ? &self->slots[place] : &self->own[place];
}

static void
grow (LfFrameRing *self)
{
  guint       capacity = self->capacity == 0 ? FIRST_CAPACITY : self->capacity * 2;
  LfWsFrame **slots = g_new (LfWsFrame *, capacity);

  for (guint i = 0; i < self->length; i++)
    slots[i] = lf_frame_ring_get (self, i);
  if (self->capacity > 0)
    g_free (self->slots);
  self->slots = slots;
  self->capacity = capacity;
  self->first = 0;
}

/**
 * lf_frame_ring_push:
 * @self: a ring
 * @frame: (transfer full): the new last
 *
 * Appends a frame.
 */
void
lf_frame_ring_push (LfFrameRing *self, LfWsFrame *frame)
{
  if (self->length == get_capacity (self))
    grow (self);
  *get_slot (self, self->length) = frame;
  self->length++;
  self->n_bytes += frame->length;
}

/**
 * lf_frame_ring_pop:
 * @self: a ring that is not empty
 *
 * Returns: (transfer full): what was first
 */
LfWsFrame *
lf_frame_ring_pop (LfFrameRing *self)
{
  LfWsFrame *frame;

  g_return_val_if_fail (self->length > 0, NULL);

  frame = *get_slot (self, 0);
  self->first = (self->first + 1) & (get_capacity (self) - 1);
  self->length--;
  self->n_bytes -= frame->length;
  if (self->length == 0 && self->capacity > 0)
    {
      g_free (self->slots);
      self->capacity = 0;
      self->first = 0;
    }
  return frame;
}

/**
 * lf_frame_ring_get:
 * @self: a ring
 * @index: from 0, the first
 *
 * Returns: (transfer none): a frame in it
 */
LfWsFrame *
lf_frame_ring_get (const LfFrameRing *self, guint index)
{
  return *get_slot ((LfFrameRing *) self, index);
}

/**
 * lf_frame_ring_clear:
 * @self: a ring
 *
 * Drops everything in it.
 */
void
lf_frame_ring_clear (LfFrameRing *self)
{
  while (self->length > 0)
    lf_ws_frame_unref (lf_frame_ring_pop (self));
}
