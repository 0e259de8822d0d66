/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-message-log.h"

struct _LfMessageLog
{
  GPtrArray  *items;       /* owned; of owned LfMessageItem */
  guint       n_sequenced; /* how many of them, from the front, have a sequence number */
  GHashTable *by_id;       /* owned; owned message id → borrowed LfMessageItem */
};

/**
 * lf_message_log_new:
 *
 * Returns: (transfer full): an empty log
 */
LfMessageLog *
lf_message_log_new (void)
{
  LfMessageLog *self = g_new0 (LfMessageLog, 1);

  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * lf_message_log_free:
 * @self: (transfer full): a log
 */
void
lf_message_log_free (LfMessageLog *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->items);
  g_free (self);
}

/**
 * lf_message_log_get_n_items:
 * @self: a log
 *
 * Returns: how many items there are
 */
guint
lf_message_log_get_n_items (LfMessageLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

/**
 * lf_message_log_get_n_sequenced:
 * @self: a log
 *
 * Returns: how many of the items, from the front, have a sequence number
 */
guint
lf_message_log_get_n_sequenced (LfMessageLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_sequenced;
}

/**
 * lf_message_log_get_item:
 * @self: a log
 * @position: a position
 *
 * Returns: (transfer none) (nullable): the item there; %NULL behind the end
 */
LfMessageItem *
lf_message_log_get_item (LfMessageLog *self,
                         guint         position)
{
  g_return_val_if_fail (self != NULL, NULL);

  return position < self->items->len ? g_ptr_array_index (self->items, position) : NULL;
}

/**
 * lf_message_log_get_seq:
 * @self: a log
 * @position: a position that holds an item
 *
 * Returns: its sequence number, or 0 if it waits
 */
gint64
lf_message_log_get_seq (LfMessageLog *self,
                        guint         position)
{
  g_return_val_if_fail (self != NULL && position < self->items->len, 0);

  return lf_message_item_get_message (g_ptr_array_index (self->items, position))->seq;
}

/**
 * lf_message_log_lookup:
 * @self: a log
 * @message_id: id of a message
 *
 * Returns: (transfer none) (nullable): the item of that message
 */
LfMessageItem *
lf_message_log_lookup (LfMessageLog *self,
                       const char   *message_id)
{
  g_return_val_if_fail (self != NULL && message_id != NULL, NULL);

  return g_hash_table_lookup (self->by_id, message_id);
}

/**
 * lf_message_log_find:
 * @self: a log
 * @seq: a sequence number
 *
 * Returns: the first position whose sequence number is @seq or more; where those end if there is none
 */
guint
lf_message_log_find (LfMessageLog *self,
                     gint64        seq)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, 0);

  high = self->n_sequenced;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (lf_message_log_get_seq (self, middle) >= seq)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * lf_message_log_has_seq:
 * @self: a log
 * @seq: a sequence number
 *
 * Returns: whether an item has it
 */
gboolean
lf_message_log_has_seq (LfMessageLog *self,
                        gint64        seq)
{
  guint position = lf_message_log_find (self, seq);

  return position < self->n_sequenced && lf_message_log_get_seq (self, position) == seq;
}

/**
 * lf_message_log_get_gap_before:
 * @self: a log
 * @last_seq: the highest sequence number heard of
 *
 * Returns: the sequence number behind the newest hole between the oldest item and @last_seq, 0 if
 *   there is none
 */
gint64
lf_message_log_get_gap_before (LfMessageLog *self,
                               gint64        last_seq)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->n_sequenced == 0)
    return 0;
  if (lf_message_log_get_seq (self, self->n_sequenced - 1) < last_seq)
    return last_seq + 1;
  for (guint i = self->n_sequenced - 1; i > 0; i--)
    if (lf_message_log_get_seq (self, i - 1) < lf_message_log_get_seq (self, i) - 1)
      return lf_message_log_get_seq (self, i);
  return 0;
}

/**
 * lf_message_log_add:
 * @self: a log
 * @item: (transfer full): an item, whose id and sequence number are new here
 *
 * Returns: where it was put
 */
guint
lf_message_log_add (LfMessageLog  *self,
                    LfMessageItem *item)
{
  LfMessage *message;
  guint      position;

  g_return_val_if_fail (self != NULL && LF_IS_MESSAGE_ITEM (item), 0);

  message = lf_message_item_get_message (item);
  position = message->seq > 0 ? lf_message_log_find (self, message->seq) : self->items->len;
  g_ptr_array_insert (self->items, (int) position, item);
  g_hash_table_insert (self->by_id, g_strdup (message->id), item);
  if (message->seq > 0)
    self->n_sequenced++;
  return position;
}

/**
 * lf_message_log_move_up:
 * @self: a log
 * @item: one that waited and has just got a sequence number, which is new here
 * @from: (out): where it was
 *
 * Returns: where it is now, not after @from
 */
guint
lf_message_log_move_up (LfMessageLog  *self,
                        LfMessageItem *item,
                        guint         *from)
{
  guint to;

  g_return_val_if_fail (self != NULL && LF_IS_MESSAGE_ITEM (item) && from != NULL, 0);

  *from = self->n_sequenced;
  while (*from < self->items->len && g_ptr_array_index (self->items, *from) != item)
    (*from)++;
  g_return_val_if_fail (*from < self->items->len, 0);

  to = lf_message_log_find (self, lf_message_item_get_message (item)->seq);
  g_ptr_array_insert (self->items, (int) to, g_object_ref (item));
  g_ptr_array_remove_index (self->items, *from + 1);
  self->n_sequenced++;
  return to;
}

/**
 * lf_message_log_forget:
 * @self: a log
 *
 * Lets go of all items that have a sequence number; those that wait stay.
 *
 * Returns: how many went
 */
guint
lf_message_log_forget (LfMessageLog *self)
{
  guint n_gone;

  g_return_val_if_fail (self != NULL, 0);

  n_gone = self->n_sequenced;
  for (guint i = 0; i < n_gone; i++)
    g_hash_table_remove (self->by_id, lf_message_item_get_message (g_ptr_array_index (self->items, i))->id);
  if (n_gone > 0)
    g_ptr_array_remove_range (self->items, 0, n_gone);
  self->n_sequenced = 0;
  return n_gone;
}
