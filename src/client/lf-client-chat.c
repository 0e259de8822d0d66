/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-chat.h"
#include "lf-error.h"
#include "lf-timer.h"

#define MAX_CHATS          20000
#define TYPING_INTERVAL_US (3 * LF_SECOND)
#define MAYBE_LOST_US      (15 * LF_MINUTE) /* a stream is resumed within 10 minutes, and found dead within one */

static void
chat_free (gpointer data)
{
  LfChat *chat = data;

  g_hash_table_remove (chat->client->chat_users, lf_conversation_get_other (chat->conversation));
  g_signal_handlers_disconnect_by_data (chat->conversation, chat->client);
  g_object_unref (chat->conversation);
  g_free (chat);
}

static LfMessage *
make_message (const LfWireMessage *wire)
{
  return lf_message_new (wire->id, wire->conversation, wire->sender, wire->body, wire->seq, wire->sent_at_us);
}

/**
 * lf_client_get_latest_us:
 * @self: the client
 * @conversation: of it
 *
 * Returns: when something was last said there, or when it was made
 */
gint64
lf_client_get_latest_us (LfClient       *self,
                         LfConversation *conversation)
{
  const LfChat    *chat = g_hash_table_lookup (self->chats, lf_conversation_get_id (conversation));
  const LfMessage *last = lf_conversation_get_last_message (conversation);

  if (last != NULL)
    return last->sent_at_us;
  return chat != NULL ? chat->created_at_us : LF_INSTANT_NONE;
}

static int
compare_latest (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  gint64 a_us = lf_client_get_latest_us (user_data, (LfConversation *) a);
  gint64 b_us = lf_client_get_latest_us (user_data, (LfConversation *) b);

  return a_us > b_us ? -1 : a_us < b_us ? 1
                                        : 0;
}

/**
 * lf_client_place_chat:
 * @self: the client
 * @chat: of it
 *
 * Moves a conversation to where its last message puts it, if it is not there.
 */
void
lf_client_place_chat (LfClient *self,
                      LfChat   *chat)
{
  g_autoptr (LfConversation) conversation = g_object_ref (chat->conversation);
  g_autoptr (LfConversation) above = NULL;
  g_autoptr (LfConversation) below = NULL;
  guint                      position;

  if (g_list_store_find (self->conversations, conversation, &position))
    {
      above = position > 0 ? g_list_model_get_item (G_LIST_MODEL (self->conversations), position - 1) : NULL;
      below = g_list_model_get_item (G_LIST_MODEL (self->conversations), position + 1);
      if ((above == NULL || compare_latest (above, conversation, self) <= 0) && (below == NULL || compare_latest (conversation, below, self) <= 0))
        return;
      g_list_store_remove (self->conversations, position);
    }
  g_list_store_insert_sorted (self->conversations, conversation, compare_latest, self);
}

static void
count_unread (LfClient *self)
{
  GHashTableIter iter;
  gpointer       chat;
  guint          unread = 0;

  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &chat))
    unread += lf_conversation_get_unread (((LfChat *) chat)->conversation);
  if (self->unread == unread)
    return;
  self->unread = unread;
  lf_client_notify_unread (self);
}

static void
on_unread_changed (LfConversation *conversation,
                   GParamSpec     *pspec,
                   gpointer        user_data)
{
  LfClient  *self = user_data;
  LfContact *contact = lf_roster_lookup (self->roster, lf_conversation_get_other (conversation));

  if (contact != NULL)
    lf_contact_set_unread (contact, lf_conversation_get_unread (conversation));
  count_unread (self);
  lf_client_cache_touch (self, LF_CACHE_CONVERSATION, lf_conversation_get_id (conversation));
}

/**
 * lf_client_ensure_chat:
 * @self: the client
 * @id: of the conversation
 * @other: the other side
 *
 * There is one conversation with each person. A known one under another id is one that the server has
 * forgotten, or does not know yet.
 *
 * Returns: (transfer none) (nullable): the conversation, new if it was not known; %NULL when there
 *   are absurdly many
 */
LfChat *
lf_client_ensure_chat (LfClient   *self,
                       const char *id,
                       const char *other)
{
  LfChat    *chat = g_hash_table_lookup (self->chats, id);
  LfContact *contact = lf_roster_lookup (self->roster, other);

  if (chat != NULL)
    return chat;
  chat = g_hash_table_lookup (self->chat_users, other);
  if (chat != NULL)
    {
      g_autoptr (LfConversation) conversation = g_object_ref (chat->conversation);

      lf_client_restart_chat (self, chat, id);
      return lf_client_get_chat (self, conversation);
    }
  if (g_hash_table_size (self->chats) >= MAX_CHATS)
    return NULL;
  chat = g_new0 (LfChat, 1);
  chat->client = self;
  chat->conversation = lf_conversation_new (id, lf_session_get_user (self->session), other);
  chat->created_at_us = lf_clock_get_now_us (self->clock);
  if (contact != NULL)
    lf_conversation_set_other_name (chat->conversation, lf_contact_get_name (contact));
  g_signal_connect (chat->conversation, "notify::unread", G_CALLBACK (on_unread_changed), self);
  g_hash_table_insert (self->chats, g_strdup (id), chat);
  g_hash_table_insert (self->chat_users, (char *) lf_conversation_get_other (chat->conversation), chat);
  return chat;
}

/**
 * lf_client_get_chat:
 * @self: the client
 * @conversation: a conversation
 *
 * Returns: (transfer none) (nullable): what is kept beside it; %NULL if it is none of this session
 */
LfChat *
lf_client_get_chat (LfClient       *self,
                    LfConversation *conversation)
{
  LfChat *chat = g_hash_table_lookup (self->chats, lf_conversation_get_id (conversation));

  return chat != NULL && chat->conversation == conversation ? chat : NULL;
}

/* The sender learns that a device of the user has the messages. */
static void
tell_delivered (LfClient *self,
                LfChat   *chat,
                gint64    seq)
{
  const LfWireMark mark = { .conversation = (char *) lf_conversation_get_id (chat->conversation), .seq = seq };

  chat->wanted_delivered = MAX (chat->wanted_delivered, seq);
  if (seq <= chat->told_delivered || !lf_channel_send (self->channel, LF_FRAME_DELIVERED, &mark))
    return;
  chat->told_delivered = seq;
  chat->told_us = g_get_monotonic_time ();
}

/**
 * lf_client_take_conversation:
 * @self: the client
 * @wire: a conversation as the server sums it up
 *
 * Returns: (transfer none) (nullable): the conversation; %NULL for one without another side
 */
LfChat *
lf_client_take_conversation (LfClient                 *self,
                             const LfWireConversation *wire)
{
  g_autofree char           *own = g_strdup (lf_session_get_user (self->session));
  g_autoptr (LfConversation) conversation = NULL;
  gint64                     told_delivered = 0;
  gint64                     own_read = 0;
  const LfWireMember        *other = NULL;
  g_autoptr (LfMessage)      last = wire->last_message != NULL ? make_message (wire->last_message) : NULL;
  LfChat                    *chat;

  for (guint i = 0; i < wire->members->len && other == NULL; i++)
    if (g_strcmp0 (((const LfWireMember *) wire->members->pdata[i])->user, own) != 0)
      other = wire->members->pdata[i];
  chat = other != NULL ? lf_client_ensure_chat (self, wire->id, other->user) : NULL;
  if (chat == NULL)
    return NULL;
  conversation = g_object_ref (chat->conversation);
  if (last != NULL && lf_conversation_contradicts (conversation, last))
    lf_client_restart_chat (self, chat, wire->id);
  chat = lf_client_get_chat (self, conversation);
  if (chat == NULL) /* a handler signed out */
    return NULL;
  chat->created_at_us = wire->created_at_us;
  chat->is_named = TRUE;
  if (other->name != NULL)
    lf_conversation_set_other_name (conversation, other->name);
  for (guint i = 0; i < wire->members->len; i++)
    {
      const LfWireMember *member = wire->members->pdata[i];

      lf_conversation_apply_delivered (conversation, member->user, member->delivered_seq);
      lf_conversation_apply_read (conversation, member->user, member->read_seq);
      if (g_strcmp0 (member->user, own) == 0)
        {
          told_delivered = member->delivered_seq;
          own_read = member->read_seq;
        }
    }
  lf_conversation_apply_summary (conversation, wire->last_seq, own_read, CLAMP (wire->unread, 0, G_MAXINT), last);
  if (lf_conversation_get_oldest_seq (conversation) == 0)
    lf_conversation_set_has_more (conversation, wire->last_seq > 0);
  chat = lf_client_get_chat (self, conversation);
  if (chat == NULL) /* a handler signed out */
    return NULL;
  chat->told_delivered = told_delivered;                          /* what was told since comes again, and does no harm */
  if (own_read < lf_conversation_get_own_read_seq (conversation)) /* read while the server was away */
    chat->wanted_read = lf_conversation_get_own_read_seq (conversation);
  tell_delivered (self, chat, wire->last_seq);
  lf_client_place_chat (self, chat);
  lf_client_cache_touch (self, LF_CACHE_CONVERSATION, wire->id);
  return lf_client_get_chat (self, conversation);
}

/**
 * lf_client_apply_message:
 * @self: the client
 * @wire: a message with its sequence number
 *
 * Returns: (transfer none) (nullable): its conversation, if the message was new there
 */
LfChat *
lf_client_apply_message (LfClient            *self,
                         const LfWireMessage *wire)
{
  g_autoptr (LfConversation) conversation = NULL;
  g_autoptr (LfMessage)      message = make_message (wire);
  LfChat                    *chat = g_hash_table_lookup (self->chats, wire->conversation);
  gboolean                   is_new;

  if (chat == NULL)
    return NULL;
  conversation = g_object_ref (chat->conversation);
  if (lf_conversation_contradicts (conversation, message))
    {
      lf_client_restart_chat (self, chat, wire->conversation);
      if (self->session != NULL)
        lf_client_fetch_conversations (self);
    }
  is_new = lf_conversation_apply_message (conversation, message);
  chat = lf_client_get_chat (self, conversation);
  if (chat == NULL) /* a handler signed out */
    return NULL;
  lf_client_place_chat (self, chat);
  lf_client_cache_keep_message (self, wire);
  lf_client_cache_touch (self, LF_CACHE_CONVERSATION, wire->conversation);
  return is_new ? lf_client_get_chat (self, conversation) : NULL;
}

/* What the server holds falls only when it was set back: the number of messages, or a mark of the other side. */
static gboolean
is_set_back (LfChat                   *chat,
             const LfWireConversation *wire)
{
  gboolean is_less = wire->last_seq < chat->floor_seq;

  for (guint i = 0; i < wire->members->len; i++)
    {
      const LfWireMember *member = wire->members->pdata[i];

      if (g_strcmp0 (member->user, lf_conversation_get_other (chat->conversation)) == 0)
        is_less = is_less || member->delivered_seq < lf_conversation_get_other_delivered_seq (chat->conversation) ||
                  member->read_seq < lf_conversation_get_other_read_seq (chat->conversation);
    }
  return is_less;
}

/**
 * lf_client_chat_take_snapshot:
 * @self: the client
 * @snapshot: one part
 *
 * Applies the conversations of a part.
 */
void
lf_client_chat_take_snapshot (LfClient             *self,
                              const LfWireSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->conversations->len && self->session != NULL; i++)
    {
      const LfWireConversation *wire = snapshot->conversations->pdata[i];
      LfChat                   *chat = g_hash_table_lookup (self->chats, wire->id);

      if (chat != NULL && is_set_back (chat, wire))
        lf_client_restart_chat (self, chat, wire->id);
      if (self->session == NULL) /* a handler signed out */
        return;
      self->n_synced_chats++;
      if (wire->last_message != NULL)
        self->sync_oldest_us = MIN (self->sync_oldest_us, wire->last_message->sent_at_us);
      lf_client_take_conversation (self, wire);
    }
  if (snapshot->is_last && self->session != NULL)
    lf_client_restart_end (self);
}

/**
 * lf_client_chat_take_message:
 * @self: the client
 * @wire: a message that has just been stored
 *
 * A message came live: another's, or the user's own from here or another device.
 */
void
lf_client_chat_take_message (LfClient            *self,
                             const LfWireMessage *wire)
{
  g_autoptr (LfConversation) conversation = NULL;
  gboolean                   is_own = g_strcmp0 (wire->sender, lf_session_get_user (self->session)) == 0;
  gboolean                   is_known = g_hash_table_contains (self->chats, wire->conversation);
  LfMessageItem             *item;
  LfChat                    *chat;

  if (!is_known)
    {
      lf_client_fetch_conversations (self);
      chat = is_own ? NULL : lf_client_ensure_chat (self, wire->conversation, wire->sender);
      if (chat == NULL)
        return;
      lf_conversation_set_has_more (chat->conversation, wire->seq > 1);
    }
  chat = lf_client_apply_message (self, wire);
  if (chat == NULL || is_own)
    return;
  tell_delivered (self, chat, wire->seq);
  conversation = g_object_ref (chat->conversation);
  item = lf_conversation_lookup (conversation, wire->id);
  if (item != NULL)
    lf_client_emit_received (self, conversation, item);
}

/**
 * lf_client_chat_take_mark:
 * @self: the client
 * @type: delivered, read or typing
 * @mark: by whom, how far
 *
 * Applies a mark of the other side, or of another device of the user.
 */
void
lf_client_chat_take_mark (LfClient         *self,
                          LfFrameType       type,
                          const LfWireMark *mark)
{
  g_autoptr (LfConversation) conversation = NULL;
  LfChat                    *chat = g_hash_table_lookup (self->chats, mark->conversation);

  if (chat == NULL || mark->user == NULL)
    return;
  conversation = g_object_ref (chat->conversation);
  if (type == LF_FRAME_DELIVERED)
    lf_conversation_apply_delivered (conversation, mark->user, mark->seq);
  else if (type == LF_FRAME_READ)
    lf_conversation_apply_read (conversation, mark->user, mark->seq);
  else if (g_strcmp0 (mark->user, lf_conversation_get_other (conversation)) == 0)
    lf_conversation_apply_typing (conversation);
  if (type != LF_FRAME_TYPING)
    lf_client_cache_touch (self, LF_CACHE_CONVERSATION, mark->conversation);
}

/**
 * lf_client_chat_take_contact:
 * @self: the client
 * @contact: who came into the roster, or whose name changed
 *
 * Gives contact and conversation what each knows of the other.
 */
void
lf_client_chat_take_contact (LfClient  *self,
                             LfContact *contact)
{
  LfConversation            *known = lf_client_lookup_conversation (self, lf_contact_get_user (contact));
  g_autoptr (LfConversation) conversation = known != NULL ? g_object_ref (known) : NULL;

  if (conversation == NULL)
    return;
  lf_conversation_set_other_name (conversation, lf_contact_get_name (contact));
  lf_contact_set_unread (contact, lf_conversation_get_unread (conversation));
}

/**
 * lf_client_chat_take_kept:
 * @self: the client
 * @contents: of its cache
 *
 * Shows the conversations as they were when they were kept.
 */
void
lf_client_chat_take_kept (LfClient              *self,
                          const LfCacheContents *contents)
{
  const GPtrArray *conversations = contents->documents[LF_CACHE_CONVERSATION];
  GHashTableIter   iter;
  gpointer         chat;

  for (guint i = 0; i < conversations->len && self->session != NULL; i++)
    lf_client_take_conversation (self, conversations->pdata[i]);
  for (guint i = 0; i < contents->messages->len; i++)
    {
      const LfWireMessage  *wire = contents->messages->pdata[i];
      g_autoptr (LfMessage) message = make_message (wire);

      chat = g_hash_table_lookup (self->chats, wire->conversation);
      if (chat != NULL)
        lf_conversation_apply_message (((LfChat *) chat)->conversation, message);
    }
  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &chat))
    {
      LfConversation *conversation = ((LfChat *) chat)->conversation;

      lf_conversation_set_has_more (conversation, lf_conversation_get_last_seq (conversation) > 0 && lf_conversation_get_oldest_seq (conversation) != 1);
    }
}

/* What was told shortly before a cut may not have arrived, and what came while nothing could be told is not told
 * yet. A stream that lived on for longer has brought it. */
static void
tell_delivered_again (LfClient *self)
{
  gint64         sure_us = g_get_monotonic_time () - MAYBE_LOST_US;
  GHashTableIter iter;
  LfChat        *chat;

  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chat))
    {
      if (chat->told_us != 0 && chat->told_us >= sure_us)
        chat->told_delivered = 0;
      tell_delivered (self, chat, chat->wanted_delivered);
    }
}

/**
 * lf_client_chat_go_online:
 * @self: the client
 *
 * The snapshot is complete, or the stream goes on: what waited is sent, what was missed is fetched.
 */
void
lf_client_chat_go_online (LfClient *self)
{
  if (self->is_catching_up)
    tell_delivered_again (self);
  lf_outbox_retry_now (self->outbox);
  lf_client_run_errands (self);
}

/**
 * lf_client_chat_reset:
 * @self: the client
 *
 * Signed out: there are no conversations.
 */
void
lf_client_chat_reset (LfClient *self)
{
  lf_timer_clear (&self->errand_timer);
  self->is_fetching_chats = FALSE;
  self->must_fetch_chats = FALSE;
  if (self->chat_users == NULL)
    self->chat_users = g_hash_table_new (g_str_hash, g_str_equal);
  if (self->chats == NULL)
    self->chats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, chat_free);
  g_hash_table_remove_all (self->chats);
  g_list_store_remove_all (self->conversations);
  count_unread (self);
}

/**
 * lf_client_get_conversations:
 * @self: an #LfClient
 *
 * Returns: (transfer none): a list of #LfConversation, the latest first
 */
GListModel *
lf_client_get_conversations (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return G_LIST_MODEL (self->conversations);
}

/**
 * lf_client_get_unread:
 * @self: an #LfClient
 *
 * Returns: how many messages are unread in all conversations
 */
guint
lf_client_get_unread (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), 0);

  return self->unread;
}

/**
 * lf_client_lookup_conversation:
 * @self: an #LfClient
 * @user: the other side
 *
 * Returns: (transfer none) (nullable): the conversation with that user
 */
LfConversation *
lf_client_lookup_conversation (LfClient   *self,
                               const char *user)
{
  LfChat *chat;

  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);
  g_return_val_if_fail (user != NULL, NULL);

  chat = g_hash_table_lookup (self->chat_users, user);
  return chat != NULL ? chat->conversation : NULL;
}

/**
 * lf_client_tell_typing:
 * @self: an #LfClient
 * @conversation: where the user types
 *
 * Tells the other side, at most every three seconds, and only while online.
 */
void
lf_client_tell_typing (LfClient       *self,
                       LfConversation *conversation)
{
  LfChat    *chat;
  LfWireMark mark = { NULL };
  gint64     now_us;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONVERSATION (conversation));

  chat = lf_client_get_chat (self, conversation);
  now_us = g_get_monotonic_time ();
  if (chat == NULL || self->state != LF_CLIENT_ONLINE || (chat->typing_told_us != 0 && now_us - chat->typing_told_us < TYPING_INTERVAL_US))
    return;
  mark.conversation = (char *) lf_conversation_get_id (conversation);
  if (lf_channel_send (self->channel, LF_FRAME_TYPING, &mark))
    chat->typing_told_us = now_us;
}
