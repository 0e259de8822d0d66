/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-conversation-private.h"

/* What can be asked of an LfConversation. */

/**
 * lf_conversation_get_id:
 * @self: a conversation
 *
 * Returns: its id
 */
const char *
lf_conversation_get_id (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  return self->id;
}

/**
 * lf_conversation_get_other:
 * @self: a conversation
 *
 * Returns: user id of the other side
 */
const char *
lf_conversation_get_other (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  return self->other;
}

/**
 * lf_conversation_get_other_name:
 * @self: a conversation
 *
 * Returns: what to call the other side; the user id while the name is not known
 */
const char *
lf_conversation_get_other_name (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  return self->other_name != NULL && *self->other_name != '\0' ? self->other_name : self->other;
}

/**
 * lf_conversation_get_unread:
 * @self: a conversation
 *
 * Returns: how many messages of others the user has not read
 */
guint
lf_conversation_get_unread (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return self->unread;
}

/**
 * lf_conversation_get_last_message:
 * @self: a conversation
 *
 * Returns: (transfer none) (nullable): what was written last, be it still pending
 */
LfMessage *
lf_conversation_get_last_message (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  return self->last;
}

/**
 * lf_conversation_get_is_typing:
 * @self: a conversation
 *
 * Returns: whether the other side is typing
 */
gboolean
lf_conversation_get_is_typing (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), FALSE);

  return self->typing_source != 0;
}

/**
 * lf_conversation_get_has_more:
 * @self: a conversation
 *
 * Returns: whether the server holds older messages
 */
gboolean
lf_conversation_get_has_more (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), FALSE);

  return self->has_more;
}

/**
 * lf_conversation_get_draft:
 * @self: a conversation
 *
 * Returns: (nullable): what the user has begun to write
 */
const char *
lf_conversation_get_draft (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  return self->draft;
}

/**
 * lf_conversation_get_oldest_seq:
 * @self: a conversation
 *
 * Returns: the lowest sequence number held, or 0 while there is none
 */
gint64
lf_conversation_get_oldest_seq (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return lf_message_log_get_n_sequenced (self->log) > 0 ? lf_message_log_get_seq (self->log, 0) : 0;
}

/**
 * lf_conversation_get_last_seq:
 * @self: a conversation
 *
 * Returns: the highest sequence number heard of, held or not; 0 while there is none
 */
gint64
lf_conversation_get_last_seq (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return self->last_seq;
}

/**
 * lf_conversation_get_own_read_seq:
 * @self: a conversation
 *
 * Returns: up to which sequence number the user has read
 */
gint64
lf_conversation_get_own_read_seq (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return self->own_read_seq;
}

/**
 * lf_conversation_get_other_read_seq:
 * @self: a conversation
 *
 * Returns: up to which sequence number the other side has read
 */
gint64
lf_conversation_get_other_read_seq (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return self->other_read_seq;
}

/**
 * lf_conversation_get_other_delivered_seq:
 * @self: a conversation
 *
 * Returns: up to which sequence number a device of the other side has the messages
 */
gint64
lf_conversation_get_other_delivered_seq (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return self->other_delivered_seq;
}

/**
 * lf_conversation_get_summary:
 * @self: a conversation
 *
 * Returns: (transfer none) (nullable): the newest message that the server is known to hold
 */
LfMessage *
lf_conversation_get_summary (LfConversation *self)
{
  guint n_sequenced;

  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);

  n_sequenced = lf_message_log_get_n_sequenced (self->log);
  if (n_sequenced == 0)
    return self->summary;
  if (self->summary != NULL && self->summary->seq > lf_message_log_get_seq (self->log, n_sequenced - 1))
    return self->summary;
  return lf_message_item_get_message (lf_message_log_get_item (self->log, n_sequenced - 1));
}

/**
 * lf_conversation_has_waiting:
 * @self: a conversation
 *
 * Returns: whether something the user wrote is not with the server: it waits, or was refused
 */
gboolean
lf_conversation_has_waiting (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), FALSE);

  return lf_message_log_get_n_items (self->log) > lf_message_log_get_n_sequenced (self->log);
}

/**
 * lf_conversation_contradicts:
 * @self: a conversation
 * @message: as the server holds it
 *
 * Two messages cannot have one sequence number: a server that says so was set back to an earlier state.
 *
 * Returns: whether another message than @message is held under its sequence number
 */
gboolean
lf_conversation_contradicts (LfConversation  *self,
                             const LfMessage *message)
{
  guint position;

  g_return_val_if_fail (LF_IS_CONVERSATION (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (self->summary != NULL && self->summary->seq == message->seq && !g_str_equal (self->summary->id, message->id))
    return TRUE;
  if (!lf_message_log_has_seq (self->log, message->seq))
    return FALSE;
  position = lf_message_log_find (self->log, message->seq);
  return !g_str_equal (lf_message_item_get_message (lf_message_log_get_item (self->log, position))->id, message->id);
}

/**
 * lf_conversation_get_gap_before:
 * @self: a conversation
 *
 * Finds what was missed while the stream was cut: a hole between the messages held, or between them
 * and the last one heard of. What lies before the oldest one held is no hole, but history.
 *
 * Returns: fetch the messages before this sequence number to fill the newest hole; 0 if there is none
 */
gint64
lf_conversation_get_gap_before (LfConversation *self)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), 0);

  return lf_message_log_get_gap_before (self->log, self->last_seq);
}
