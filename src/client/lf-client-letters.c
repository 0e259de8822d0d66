/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-chat.h"
#include "lf-error.h"

/* What the user writes, from the composer to the acknowledgement: it is on disk before it is shown, and
 * leaves the disk when the server has it. */

static LfLetter *
make_letter (LfConversation  *conversation,
             const LfMessage *message)
{
  return lf_letter_new (message->id, lf_conversation_get_id (conversation), lf_conversation_get_other (conversation),
                        message->body, message->sent_at_us);
}

/* ---- answers of the outbox ---- */

static void
on_sent (LfOutbox *outbox,
         gpointer  message,
         gpointer  user_data)
{
  g_autoptr (LfClient) self = g_object_ref (user_data);

  lf_client_apply_message (self, message);
  lf_client_cache_change (self, LF_CACHE_DROP_LETTER, ((const LfWireMessage *) message)->id, NULL);
}

static void
on_refused (LfOutbox     *outbox,
            const char   *conversation,
            const char   *id,
            const GError *error,
            gpointer      user_data)
{
  g_autoptr (LfConversation) known = NULL;
  LfClient                  *self = user_data;
  LfChat                    *chat = g_hash_table_lookup (self->chats, conversation);

  g_debug ("message refused: %s", error->message);
  lf_client_cache_change (self, LF_CACHE_FAIL_LETTER, id, NULL);
  if (chat == NULL)
    return;
  known = g_object_ref (chat->conversation);
  lf_conversation_set_failed (known, id);
}

static void
on_reopened (LfOutbox   *outbox,
             gpointer    conversation,
             const char *old,
             gpointer    user_data)
{
  lf_client_take_conversation (user_data, conversation); /* moves what waits */
}

/**
 * lf_client_letters_begin:
 * @self: the client, with a session that has just begun
 *
 * Listens to the outbox.
 */
void
lf_client_letters_begin (LfClient *self)
{
  g_signal_connect (self->outbox, "sent", G_CALLBACK (on_sent), self);
  g_signal_connect (self->outbox, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (self->outbox, "reopened", G_CALLBACK (on_reopened), self);
}

/**
 * lf_client_letters_take_kept:
 * @self: the client
 * @letters: (element-type LfLetter): of its cache
 *
 * What was written before the program ended is shown, and sent.
 */
void
lf_client_letters_take_kept (LfClient        *self,
                             const GPtrArray *letters)
{
  for (guint i = 0; i < letters->len && self->session != NULL; i++)
    {
      const LfLetter       *letter = letters->pdata[i];
      LfChat               *chat = lf_client_ensure_chat (self, letter->conversation, letter->user);
      g_autoptr (LfMessage) message = NULL;

      if (chat == NULL)
        continue;
      message = lf_message_new (letter->id, letter->conversation, lf_session_get_user (self->session), letter->body, 0,
                                letter->written_at_us);
      lf_conversation_add_pending (chat->conversation, message);
      if (letter->is_failed)
        lf_conversation_set_failed (chat->conversation, letter->id);
      else
        lf_outbox_add (self->outbox, letter); /* the file holds no more than the outbox did */
      lf_client_place_chat (self, chat);
    }
}

/* ---- writing ---- */

/* A message on its way to the disk. */
typedef struct
{
  LfClient       *client;       /* owned */
  LfSession      *session;      /* owned; it may have ended meanwhile */
  LfConversation *conversation; /* owned */
  LfMessageItem  *item;         /* owned */
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_object_unref (writing->client);
  g_object_unref (writing->session);
  g_object_unref (writing->conversation);
  g_object_unref (writing->item);
  g_free (writing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

/* Shown as pending, and sent in its turn. */
static void
show_letter (LfClient       *self,
             LfConversation *conversation,
             LfMessageItem  *item)
{
  g_autoptr (LfLetter) letter = make_letter (conversation, lf_message_item_get_message (item));
  LfChat              *chat;

  lf_outbox_add (self->outbox, letter); /* leaves in a later turn */
  if (lf_conversation_lookup (conversation, letter->id) != NULL)
    lf_conversation_set_pending (conversation, letter->id);
  else
    lf_conversation_place_pending (conversation, item);
  chat = lf_client_get_chat (self, conversation);
  if (chat == NULL) /* a handler signed out */
    return;
  lf_client_place_chat (self, chat);
  lf_client_cache_touch (self, LF_CACHE_CONVERSATION, lf_conversation_get_id (conversation));
}

static void
on_letter_written (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Writing) writing = user_data;
  g_autoptr (GError)  error = NULL;
  LfClient           *self = writing->client;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !self->has_told_disk && self->session == writing->session)
    {
      self->has_told_disk = TRUE;
      lf_client_emit_notice (self, error);
    }
  if (self->session == writing->session && lf_client_get_chat (self, writing->conversation) != NULL)
    show_letter (self, writing->conversation, writing->item);
}

static void
write_letter (LfClient       *self,
              LfConversation *conversation,
              LfMessageItem  *item)
{
  Writing *writing = g_new (Writing, 1);

  writing->client = g_object_ref (self);
  writing->session = g_object_ref (self->session);
  writing->conversation = g_object_ref (conversation);
  writing->item = g_object_ref (item);
  if (lf_client_cache_write_letter (self, make_letter (conversation, lf_message_item_get_message (item)), on_letter_written, writing))
    return;
  writing_free (writing);
  show_letter (self, conversation, item);
}

static gboolean
refuse_full (LfClient *self)
{
  g_autoptr (GError) error = NULL;

  if (lf_outbox_get_n_pending (self->outbox) < LF_OUTBOX_MAX_MESSAGES)
    return FALSE;
  error = g_error_new (LF_ERROR, LF_ERROR_TOO_LARGE, "%d messages wait to be sent; write again when they have left.",
                       LF_OUTBOX_MAX_MESSAGES);
  lf_client_emit_notice (self, error);
  return TRUE;
}

/**
 * lf_client_send:
 * @self: an #LfClient
 * @conversation: where
 * @body: text
 *
 * Sends a message, online or not. It is shown as pending at once, or, where the session is kept, as soon
 * as it is on disk; it leaves in its turn.
 *
 * Returns: (transfer none) (nullable): its place; %NULL for a body that is empty or longer than
 *   %LF_MESSAGE_MAX_CHARS characters, or when too many wait (with a "notice")
 */
LfMessageItem *
lf_client_send (LfClient       *self,
                LfConversation *conversation,
                const char     *body)
{
  g_autoptr (LfMessage)     message = NULL;
  g_autoptr (LfMessageItem) item = NULL;
  g_autofree char          *id = NULL;
  LfChat                   *chat;

  g_return_val_if_fail (LF_IS_CLIENT (self) && LF_IS_CONVERSATION (conversation), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  chat = lf_client_get_chat (self, conversation);
  if (chat == NULL || !lf_message_body_is_valid (body) || refuse_full (self))
    return NULL;
  id = g_uuid_string_random ();
  message = lf_message_new (id, lf_conversation_get_id (conversation), lf_session_get_user (self->session), body, 0,
                            lf_clock_get_now_us (self->clock));
  chat->typing_told_us = 0;
  item = lf_message_item_new (message, LF_MESSAGE_PENDING, TRUE);
  write_letter (self, conversation, item);
  return item; /* the conversation has it, or will have it when it is written */
}

/**
 * lf_client_resend:
 * @self: an #LfClient
 * @conversation: where
 * @item: a failed message
 *
 * Sends it again, as the same message.
 */
void
lf_client_resend (LfClient       *self,
                  LfConversation *conversation,
                  LfMessageItem  *item)
{
  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONVERSATION (conversation));
  g_return_if_fail (LF_IS_MESSAGE_ITEM (item));

  if (lf_client_get_chat (self, conversation) == NULL || lf_message_item_get_state (item) != LF_MESSAGE_FAILED || refuse_full (self))
    return;
  write_letter (self, conversation, item);
}
