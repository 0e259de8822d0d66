/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-conversation-private.h"

/* What waits in an LfConversation, and what is left of it when the server forgot the rest. */

/**
 * lf_conversation_update_last:
 * @self: the conversation
 *
 * The items or the summary have changed: "last-message" follows.
 */
void
lf_conversation_update_last (LfConversation *self)
{
  guint      n_items = lf_message_log_get_n_items (self->log);
  LfMessage *last = self->summary;

  if (n_items > 0)
    {
      LfMessage *newest = lf_message_item_get_message (lf_message_log_get_item (self->log, n_items - 1));

      if (last == NULL || newest->seq == 0 || newest->seq >= last->seq)
        last = newest;
    }
  if (last == self->last)
    return;
  g_clear_pointer (&self->last, lf_message_unref);
  self->last = last != NULL ? lf_message_ref (last) : NULL;
  g_object_notify (G_OBJECT (self), "last-message");
}

/**
 * lf_conversation_place_pending:
 * @self: a conversation
 * @item: an own message without a sequence number, whose id is new here; a reference is taken
 *
 * Shows it at the end.
 */
void
lf_conversation_place_pending (LfConversation *self,
                               LfMessageItem  *item)
{
  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (LF_IS_MESSAGE_ITEM (item) && lf_message_item_get_message (item)->seq == 0);
  g_return_if_fail (lf_conversation_lookup (self, lf_message_item_get_message (item)->id) == NULL);

  g_list_model_items_changed (G_LIST_MODEL (self), lf_message_log_add (self->log, g_object_ref (item)), 0, 1);
  lf_conversation_update_last (self);
}

/* A message that waits belongs to the conversation under its new id. */
static void
rename_waiting (LfConversation *self)
{
  guint n_items = lf_message_log_get_n_items (self->log);

  for (guint i = lf_message_log_get_n_sequenced (self->log); i < n_items; i++)
    {
      LfMessageItem        *item = lf_message_log_get_item (self->log, i);
      const LfMessage      *old = lf_message_item_get_message (item);
      g_autoptr (LfMessage) message = lf_message_new (old->id, self->id, old->sender, old->body, 0, old->sent_at_us);

      lf_message_item_set_message (item, message);
    }
}

/**
 * lf_conversation_restart:
 * @self: a conversation
 * @id: what the server calls it now; the same id if it was set back without forgetting it
 *
 * The server was set back to an earlier state, or began anew: what it was said to hold is forgotten,
 * marks included. What waits to be sent stays in its order.
 */
void
lf_conversation_restart (LfConversation *self,
                         const char     *id)
{
  guint n_gone;

  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (id != NULL);

  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (!g_str_equal (self->id, id))
    {
      g_free (self->id);
      self->id = g_strdup (id);
      rename_waiting (self);
      g_object_notify (G_OBJECT (self), "id");
    }
  self->last_seq = 0;
  self->own_read_seq = 0;
  self->other_read_seq = 0;
  self->other_delivered_seq = 0;
  g_clear_pointer (&self->summary, lf_message_unref);
  lf_conversation_set_has_more (self, FALSE);
  if (self->unread != 0)
    {
      self->unread = 0;
      g_object_notify (G_OBJECT (self), "unread");
    }
  n_gone = lf_message_log_forget (self->log);
  lf_conversation_update_last (self);
  if (n_gone > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_gone, 0);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}
