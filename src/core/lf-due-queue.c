/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-due-queue.h"

struct _LfDueQueue
{
  GPtrArray *heap; /* owned; of borrowed LfDueItem; the item at i has the index i + 1 */
  guint64    next_order;
};

static gboolean
is_before (const LfDueItem *a,
           const LfDueItem *b)
{
  return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void
place (LfDueQueue *self,
       LfDueItem  *item,
       guint       index)
{
  item->index = index;
  g_ptr_array_index (self->heap, index - 1) = item;
}

static void
sift_up (LfDueQueue *self,
         LfDueItem  *item)
{
  guint index = item->index;

  while (index > 1)
    {
      LfDueItem *parent = g_ptr_array_index (self->heap, index / 2 - 1);

      if (!is_before (item, parent))
        break;
      place (self, parent, index);
      index /= 2;
    }
  place (self, item, index);
}

static void
sift_down (LfDueQueue *self,
           LfDueItem  *item)
{
  guint index = item->index;

  while (2 * index <= self->heap->len)
    {
      guint      below = 2 * index;
      LfDueItem *child = g_ptr_array_index (self->heap, below - 1);

      if (below < self->heap->len && is_before (g_ptr_array_index (self->heap, below), child))
        child = g_ptr_array_index (self->heap, below++);
      if (!is_before (child, item))
        break;
      place (self, child, index);
      index = below;
    }
  place (self, item, index);
}

/**
 * lf_due_queue_new:
 *
 * Returns: (transfer full): an empty queue
 */
LfDueQueue *
lf_due_queue_new (void)
{
  LfDueQueue *self = g_new0 (LfDueQueue, 1);

  self->heap = g_ptr_array_new ();
  return self;
}

/**
 * lf_due_queue_free:
 * @self: (transfer full): a queue
 *
 * Touches none of the items.
 */
void
lf_due_queue_free (LfDueQueue *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->heap);
  g_free (self);
}

/**
 * lf_due_queue_set:
 * @self: a queue
 * @item: queued here or not at all
 * @at_us: when it is due, or %LF_INSTANT_NONE for never
 *
 * Queues, moves or takes out @item.
 */
void
lf_due_queue_set (LfDueQueue *self,
                  LfDueItem  *item,
                  gint64      at_us)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (item != NULL);

  if (at_us == LF_INSTANT_NONE)
    {
      lf_due_queue_remove (self, item);
      return;
    }
  if (item->index != 0 && item->at_us == at_us)
    return;
  item->at_us = at_us;
  item->order = self->next_order++;
  if (item->index == 0)
    {
      g_ptr_array_add (self->heap, item);
      item->index = self->heap->len;
    }
  sift_up (self, item);
  sift_down (self, item);
}

/**
 * lf_due_queue_remove:
 * @self: a queue
 * @item: queued here or not at all
 *
 * Takes @item out.
 */
void
lf_due_queue_remove (LfDueQueue *self,
                     LfDueItem  *item)
{
  guint      index;
  LfDueItem *last;

  g_return_if_fail (self != NULL);
  g_return_if_fail (item != NULL);

  if (item->index == 0)
    return;
  index = item->index;
  item->index = 0;
  last = g_ptr_array_steal_index (self->heap, self->heap->len - 1);
  if (last == item)
    return;
  place (self, last, index);
  sift_up (self, last);
  sift_down (self, last);
}

/**
 * lf_due_queue_peek:
 * @self: a queue
 *
 * Returns: (transfer none) (nullable): what is due first, still queued
 */
LfDueItem *
lf_due_queue_peek (LfDueQueue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->heap->len > 0 ? g_ptr_array_index (self->heap, 0) : NULL;
}
