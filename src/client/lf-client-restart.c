/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-chat.h"

/* A server that was restored from a backup, or began anew, knows less than the client. What it says holds:
 * its conversations replace those that are held. What the user wrote and it has not acknowledged stays. */

/**
 * lf_client_restart_chat:
 * @self: the client
 * @chat: whose history is no longer the server's
 * @id: what the server calls the conversation; the same as before if it knows a part of it
 *
 * Forgets what was said to be on the server; what waits is addressed to @id.
 */
void
lf_client_restart_chat (LfClient   *self,
                        LfChat     *chat,
                        const char *id)
{
  g_autoptr (LfConversation) conversation = g_object_ref (chat->conversation);
  g_autofree char           *old = g_strdup (lf_conversation_get_id (conversation));
  g_autofree char           *key = NULL;

  g_debug ("conversation “%s” begins anew", old);
  chat->told_delivered = 0;
  chat->wanted_delivered = 0;
  chat->wanted_read = 0;
  chat->floor_seq = 0;
  lf_client_cache_change (self, LF_CACHE_DROP_MESSAGES, old, NULL);
  if (!g_str_equal (old, id))
    {
      g_hash_table_steal_extended (self->chats, old, (gpointer *) &key, NULL);
      g_hash_table_insert (self->chats, g_strdup (id), chat);
      lf_outbox_move (self->outbox, old, id);
      lf_client_cache_change (self, LF_CACHE_MOVE_LETTERS, old, id);
      lf_client_cache_touch (self, LF_CACHE_CONVERSATION, old);
    }
  lf_client_cache_touch (self, LF_CACHE_CONVERSATION, id);
  lf_conversation_restart (conversation, id);
}

/**
 * lf_client_restart_begin:
 * @self: the client
 *
 * A stream begins with a snapshot: it must know at least what is known here now.
 */
void
lf_client_restart_begin (LfClient *self)
{
  GHashTableIter iter;
  gpointer       value;

  self->sync_oldest_us = G_MAXINT64;
  self->n_synced_chats = 0;
  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LfChat *chat = value;

      chat->floor_seq = lf_conversation_get_last_seq (chat->conversation);
      chat->is_named = FALSE;
    }
}

/* The server has forgotten the conversation. */
static void
drop_chat (LfClient       *self,
           LfConversation *conversation)
{
  g_autofree char *id = g_strdup (lf_conversation_get_id (conversation));
  LfChat          *chat = lf_client_get_chat (self, conversation);
  guint            position;

  if (chat == NULL)
    return;
  lf_client_restart_chat (self, chat, id);
  if (lf_client_get_chat (self, conversation) == NULL || lf_conversation_has_waiting (conversation))
    return;
  g_hash_table_remove (self->chats, id);
  if (g_list_store_find (self->conversations, conversation, &position))
    g_list_store_remove (self->conversations, position);
}

/**
 * lf_client_restart_end:
 * @self: the client
 *
 * The snapshot is whole. It names the latest conversations in which something was said, all of them or
 * %LF_SNAPSHOT_MAX_CHATS: one that is held and later than the oldest of these would be there.
 */
void
lf_client_restart_end (LfClient *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter        iter;
  gpointer              value;

  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LfChat          *chat = value;
      const LfMessage *last = lf_conversation_get_summary (chat->conversation);

      if (!chat->is_named && chat->floor_seq > 0 && (self->n_synced_chats < LF_SNAPSHOT_MAX_CHATS || (last != NULL && last->sent_at_us > self->sync_oldest_us)))
        g_ptr_array_add (gone, g_object_ref (chat->conversation));
      chat->floor_seq = 0;
    }
  for (guint i = 0; i < gone->len; i++)
    drop_chat (self, gone->pdata[i]);
  if (gone->len > 0 && self->session != NULL) /* one may have been begun anew, by a message from here, behind the snapshot */
    lf_client_fetch_conversations (self);
}
