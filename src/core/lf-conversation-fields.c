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
