/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "lf-instant.h"

G_BEGIN_DECLS

/**
 * LfDueItem:
 * @at_us: when it is due
 * @order: breaks ties: what was queued first comes first
 * @index: place in the heap from 1, or 0 while it is not queued
 *
 * Lies inside what is queued; zero it before the first use. Only the queue writes to it.
 */
typedef struct
{
  gint64  at_us;
  guint64 order;
  guint   index;
} LfDueItem;

/**
 * LfDueQueue:
 *
 * Things by the instant at which they are due: a binary heap, whose items know their place, so that
 * moving or removing one costs a logarithm. Items are borrowed: take one out before it is freed.
 */
typedef struct _LfDueQueue LfDueQueue;

LfDueQueue *lf_due_queue_new (void);
void        lf_due_queue_free (LfDueQueue *self);
void        lf_due_queue_set (LfDueQueue *self, LfDueItem *item, gint64 at_us);
void        lf_due_queue_remove (LfDueQueue *self, LfDueItem *item);
LfDueItem  *lf_due_queue_peek (LfDueQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDueQueue, lf_due_queue_free)

G_END_DECLS
