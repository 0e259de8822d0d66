/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-chat.h"
#include "lf-error.h"

#define HISTORY_ITEMS 50
#define GAP_ITEMS     200

/* A request about one conversation; the table may have dropped it when the answer comes. */
typedef struct
{
  LfClient       *client;       /* owned */
  LfConversation *conversation; /* owned */
  gint64          seq;
} Errand;

static Errand *
errand_new (LfClient       *self,
            LfConversation *conversation,
            gint64          seq)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->client = g_object_ref (self);
  errand->conversation = g_object_ref (conversation);
  errand->seq = seq;
  return errand;
}

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_object_unref (errand->client);
  g_object_unref (errand->conversation);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static char *
make_path (LfConversation *conversation,
           const char     *tail)
{
  g_autofree char *id = lf_rest_escape (lf_conversation_get_id (conversation));

  return g_strconcat ("/conversations/", id, tail, NULL);
}

static char *
make_history_path (LfConversation *conversation,
                   gint64          before,
                   guint           limit)
{
  g_autofree char *tail = before > 0
                            ? g_strdup_printf ("/messages?before=%" G_GINT64_FORMAT "&limit=%u", before, limit)
                            : g_strdup_printf ("/messages?limit=%u", limit);

  return make_path (conversation, tail);
}

/* A page may hold nothing but messages of the conversation it was asked for. */
static void
apply_page (LfClient                 *self,
            LfConversation           *conversation,
            const LfWireMessagesPage *page)
{
  for (guint i = page->items->len; i > 0 && self->session != NULL; i--)
    {
      const LfWireMessage *wire = page->items->pdata[i - 1];

      if (g_strcmp0 (wire->conversation, lf_conversation_get_id (conversation)) == 0)
        lf_client_apply_message (self, wire);
    }
}

static void
on_read_told (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Errand) errand = user_data;
  g_autoptr (GError) error = NULL;
  guint              retry_after_s = 0;
  LfChat            *chat;

  lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  chat = LF_SESSION (source) == errand->client->session ? lf_client_get_chat (errand->client, errand->conversation) : NULL;
  if (chat == NULL)
    return;
  chat->is_reading = FALSE;
  if (error != NULL)
    {
      g_debug ("read mark not told: %s", error->message);
      lf_client_repeat_errand (errand->client, error, retry_after_s);
    }
  else if (chat->wanted_read <= errand->seq)
    chat->wanted_read = 0;
  else
    lf_client_send_read (errand->client, chat);
}

/**
 * lf_client_send_read:
 * @self: the client
 * @chat: of it
 *
 * Tells how far the user has read, unless that is told or being told.
 */
void
lf_client_send_read (LfClient *self,
                     LfChat   *chat)
{
  const LfWireSeq  body = { .seq = chat->wanted_read };
  g_autofree char *path = NULL;

  if (chat->wanted_read == 0 || chat->is_reading)
    return;
  chat->is_reading = TRUE;
  path = make_path (chat->conversation, "/read");
  lf_session_call_async (self->session, "PUT", path, NULL, &lf_schema_seq, &body, NULL, self->lifetime, on_read_told,
                         errand_new (self, chat->conversation, body.seq));
}

static void
on_gap_fetched (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Errand)             errand = user_data;
  g_autoptr (GError)             error = NULL;
  guint                          retry_after_s = 0;
  g_autoptr (LfWireMessagesPage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  LfClient                      *self = errand->client;
  LfChat                        *chat;

  chat = LF_SESSION (source) == self->session ? lf_client_get_chat (self, errand->conversation) : NULL;
  if (chat == NULL)
    return;
  chat->is_filling = FALSE;
  if (page == NULL)
    {
      g_debug ("missed messages not fetched: %s", error->message);
      lf_client_repeat_errand (self, error, retry_after_s);
      return;
    }
  apply_page (self, errand->conversation, page);
  chat = self->session != NULL ? lf_client_get_chat (self, errand->conversation) : NULL;
  if (chat != NULL && lf_conversation_get_gap_before (chat->conversation) != errand->seq) /* else it cannot be closed */
    lf_client_fill_gap (self, chat);
}

/**
 * lf_client_fill_gap:
 * @self: the client
 * @chat: of it
 *
 * Fetches what was missed while the stream was cut, newest first, until no hole is left.
 */
void
lf_client_fill_gap (LfClient *self,
                    LfChat   *chat)
{
  gint64           before = lf_conversation_get_gap_before (chat->conversation);
  g_autofree char *path = NULL;

  if (before == 0 || chat->is_filling)
    return;
  chat->is_filling = TRUE;
  path = make_history_path (chat->conversation, before, GAP_ITEMS);
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_messages_page, self->lifetime,
                         on_gap_fetched, errand_new (self, chat->conversation, before));
}

static void
on_conversations_fetched (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr (LfClient)                self = user_data;
  g_autoptr (GError)                  error = NULL;
  guint                               retry_after_s = 0;
  g_autoptr (LfWireConversationsPage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);

  if (LF_SESSION (source) != self->session)
    return;
  self->is_fetching_chats = FALSE;
  if (page == NULL)
    {
      g_debug ("conversations not fetched: %s", error->message);
      self->must_fetch_chats = TRUE;
      lf_client_repeat_errand (self, error, retry_after_s);
    }
  for (guint i = 0; page != NULL && i < page->items->len && self->session != NULL; i++)
    lf_client_take_conversation (self, page->items->pdata[i]);
  if (page != NULL && self->must_fetch_chats && LF_SESSION (source) == self->session)
    lf_client_fetch_conversations (self);
}

/**
 * lf_client_fetch_conversations:
 * @self: the client, signed in
 *
 * Fetches a conversation that was begun meanwhile, on another device or by somebody who is no contact;
 * again when one is named while the list is on its way.
 */
void
lf_client_fetch_conversations (LfClient *self)
{
  self->must_fetch_chats = self->is_fetching_chats;
  if (self->is_fetching_chats)
    return;
  self->is_fetching_chats = TRUE;
  lf_session_call_async (self->session, "GET", "/conversations", NULL, NULL, NULL, &lf_schema_conversations_page,
                         self->lifetime, on_conversations_fetched, g_object_ref (self));
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)              task = user_data;
  LfClient                      *self = g_task_get_source_object (task);
  GError                        *error = NULL;
  g_autoptr (LfWireConversation) wire = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  LfChat                        *chat;

  if (wire == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  chat = LF_SESSION (source) == self->session ? lf_client_take_conversation (self, wire) : NULL;
  if (chat == NULL || g_strcmp0 (lf_conversation_get_other (chat->conversation), g_task_get_task_data (task)) != 0)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_BAD_FRAME, "The server opened another conversation.");
  else
    g_task_return_pointer (task, g_object_ref (chat->conversation), g_object_unref);
}

/* Without the server the conversation gets a name of its own. It does not know it: the outbox, when it
 * sends what was written there, has it opened. */
static void
begin_unknown (LfClient   *self,
               const char *user,
               GTask      *task)
{
  g_autofree char *id = g_uuid_string_random ();
  LfChat          *chat = lf_client_ensure_chat (self, id, user);

  if (chat != NULL)
    g_task_return_pointer (task, g_object_ref (chat->conversation), g_object_unref);
  else
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "There are too many conversations.");
}

/**
 * lf_client_open_conversation_async:
 * @self: an #LfClient
 * @user: the other side
 * @cancellable: (nullable): cancels the call
 * @callback: called when the conversation is there
 * @user_data: for @callback
 *
 * Finds the conversation with a person, or has the server make it; while the stream is lost, when what is
 * written there is sent.
 */
void
lf_client_open_conversation_async (LfClient           *self,
                                   const char         *user,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_autoptr (GTask)               task = NULL;
  const char                     *members[] = { user, NULL };
  const LfWireConversationRequest body = { .members = (char **) members };
  LfConversation                 *known;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (user != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_client_open_conversation_async);
  g_task_set_task_data (task, g_strdup (user), g_free);
  known = lf_client_lookup_conversation (self, user);
  if (known != NULL)
    g_task_return_pointer (task, g_object_ref (known), g_object_unref);
  else if (self->session == NULL)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
  else if (self->state == LF_CLIENT_RECONNECTING)
    begin_unknown (self, user, task);
  else
    lf_session_call_async (self->session, "POST", "/conversations", NULL, &lf_schema_conversation_request, &body,
                           &lf_schema_conversation, cancellable, on_opened, g_steal_pointer (&task));
}

/**
 * lf_client_open_conversation_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the conversation; %LF_ERROR_NOT_FOUND for who may not be
 *   written to, %LF_ERROR_UNAVAILABLE, %LF_ERROR_UNAUTHORIZED
 */
LfConversation *
lf_client_open_conversation_finish (LfClient     *self,
                                    GAsyncResult *result,
                                    GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_history_fetched (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask)              task = user_data;
  LfClient                      *self = g_task_get_source_object (task);
  LfConversation                *conversation = g_task_get_task_data (task);
  GError                        *error = NULL;
  g_autoptr (LfWireMessagesPage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (lf_client_get_chat (self, conversation) != NULL)
    {
      apply_page (self, conversation, page);
      lf_conversation_set_has_more (conversation, page->next != NULL && page->items->len > 0);
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * lf_client_load_history_async:
 * @self: an #LfClient
 * @conversation: whose history
 * @cancellable: (nullable): cancels the call
 * @callback: called when a page of older messages is in the conversation
 * @user_data: for @callback
 *
 * Fetches the messages before the oldest that is held; nothing if there are no more.
 */
void
lf_client_load_history_async (LfClient           *self,
                              LfConversation     *conversation,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char  *path = NULL;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONVERSATION (conversation));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_client_load_history_async);
  g_task_set_task_data (task, g_object_ref (conversation), g_object_unref);
  if (self->session == NULL || lf_client_get_chat (self, conversation) == NULL)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
      return;
    }
  if (!lf_conversation_get_has_more (conversation))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  path = make_history_path (conversation, lf_conversation_get_oldest_seq (conversation), HISTORY_ITEMS);
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_messages_page, cancellable,
                         on_history_fetched, g_steal_pointer (&task));
}

/**
 * lf_client_load_history_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if there was nothing to fetch or it is there; %LF_ERROR_UNAVAILABLE,
 *   %LF_ERROR_NOT_FOUND, %LF_ERROR_UNAUTHORIZED
 */
gboolean
lf_client_load_history_finish (LfClient     *self,
                               GAsyncResult *result,
                               GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_client_mark_read:
 * @self: an #LfClient
 * @conversation: what is in front of the user
 *
 * Marks it read up to its last message, here at once and on the server, if need be when the stream is
 * back.
 */
void
lf_client_mark_read (LfClient       *self,
                     LfConversation *conversation)
{
  g_autofree char *own = NULL;
  LfChat          *chat;
  gint64           seq;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONVERSATION (conversation));

  chat = lf_client_get_chat (self, conversation);
  seq = lf_conversation_get_last_seq (conversation);
  if (chat == NULL || seq <= lf_conversation_get_own_read_seq (conversation))
    return;
  own = g_strdup (lf_session_get_user (self->session));
  chat->wanted_read = seq;
  lf_client_send_read (self, chat);
  lf_conversation_apply_read (conversation, own, seq);
}
