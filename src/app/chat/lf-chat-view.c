/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-chat-view.h"
#include "lf-composer.h"
#include "lf-transcript-view.h"

struct _LfChatView
{
  AdwBin parent_instance;

  LfClient       *client;       /* owned, nullable */
  LfContact      *contact;      /* owned, nullable */
  LfConversation *conversation; /* owned, nullable: not made yet */
  GHashTable     *drafts;       /* owned; user id → text: conversations go at the sign-out, these stay */
  char           *author;       /* owned, nullable: server and user id of whose drafts these are */
  GtkWindow      *window;       /* borrowed while rooted */
  guint           n_unread;     /* as last heard of */
  GHashTable     *waiting;      /* owned; user ids whose conversation is being made */

  LfTranscriptView *transcript_view; /* template */
  GtkLabel         *typing_label;    /* template */
  GtkLabel         *problem_label;   /* template */
  LfComposer       *composer;        /* template */
};

G_DEFINE_FINAL_TYPE (LfChatView, lf_chat_view, ADW_TYPE_BIN)

static void
mark_read (LfChatView *self)
{
  if (self->client != NULL && lf_chat_view_is_in_front (self) &&
      lf_transcript_view_get_is_at_end (self->transcript_view) &&
      lf_conversation_get_unread (self->conversation) > 0)
    lf_client_mark_read (self->client, self->conversation);
}

static void
on_unread_changed (LfConversation *conversation,
                   GParamSpec     *pspec,
                   LfChatView     *self)
{
  gboolean was_read = self->n_unread == 0;

  self->n_unread = lf_conversation_get_unread (conversation);
  if (self->n_unread == 0)
    return;
  if (was_read && !lf_chat_view_is_in_front (self))
    lf_transcript_view_set_unread_seq (self->transcript_view,
                                       lf_conversation_get_own_read_seq (conversation));
  mark_read (self);
}

static void
on_typing_changed (LfConversation *conversation,
                   GParamSpec     *pspec,
                   LfChatView     *self)
{
  g_autofree char *words = NULL;

  if (lf_conversation_get_is_typing (conversation))
    /* Translators: the argument is a person's name */
    words = g_strdup_printf (_("%s is typing…"), lf_contact_get_name (self->contact));
  gtk_label_set_label (self->typing_label, words == NULL ? "" : words);
}

static void
show_conversation (LfChatView     *self,
                   LfConversation *conversation)
{
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_set_object (&self->conversation, conversation);
  lf_transcript_view_set_conversation (self->transcript_view, self->client, conversation,
                                       self->contact == NULL ? NULL : lf_contact_get_name (self->contact));
  gtk_label_set_label (self->typing_label, "");
  if (conversation == NULL)
    return;
  self->n_unread = lf_conversation_get_unread (conversation);
  g_signal_connect_object (conversation, "notify::unread", G_CALLBACK (on_unread_changed), self, 0);
  g_signal_connect_object (conversation, "notify::is-typing", G_CALLBACK (on_typing_changed), self, 0);
  on_typing_changed (conversation, NULL, self);
  mark_read (self);
}

/* What was begun before the session ended is there again. */
static void
give_draft_back (LfChatView     *self,
                 LfConversation *conversation)
{
  const char *draft = g_hash_table_lookup (self->drafts, lf_conversation_get_other (conversation));

  if (draft != NULL && lf_conversation_get_draft (conversation) == NULL)
    lf_conversation_set_draft (conversation, draft);
}

/* A conversation with the person shown may come into being on another device. */
static void
on_conversations_changed (GListModel *conversations,
                          guint       position,
                          guint       n_removed,
                          guint       n_added,
                          LfChatView *self)
{
  LfConversation *conversation = NULL;

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (LfConversation) added = g_list_model_get_item (conversations, i);

      if (added != NULL)
        give_draft_back (self, added);
    }
  if (self->contact != NULL)
    conversation = lf_client_lookup_conversation (self->client, lf_contact_get_user (self->contact));
  if (conversation == self->conversation)
    return;
  show_conversation (self, conversation);
}

/* Drafts are for the eyes of who wrote them, also where two share a computer. */
static void
on_me_changed (LfClient   *client,
               LfChatView *self)
{
  const LfWireMe  *me = lf_client_get_me (client);
  const char      *server = lf_client_get_server (client);
  g_autofree char *author = NULL;

  if (me == NULL || me->person.id == NULL)
    return;
  author = g_strconcat (server != NULL ? server : "", " ", me->person.id, NULL);
  if (self->author != NULL && strcmp (self->author, author) != 0)
    g_hash_table_remove_all (self->drafts);
  g_free (self->author);
  self->author = g_steal_pointer (&author);
}

static void
show_problem (LfChatView *self,
              const char *words)
{
  gtk_label_set_label (self->problem_label, words == NULL ? "" : words);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), words != NULL);
}

static void
clear_sent (LfChatView *self)
{
  lf_composer_set_text (self->composer, NULL);
  show_problem (self, NULL);
  if (self->conversation != NULL)
    lf_conversation_set_draft (self->conversation, NULL);
  if (self->contact != NULL)
    g_hash_table_remove (self->drafts, lf_contact_get_user (self->contact));
  lf_transcript_view_set_unread_seq (self->transcript_view, -1);
  lf_transcript_view_scroll_to_end (self->transcript_view);
}

static void
send_text (LfChatView *self,
           const char *text)
{
  if (lf_client_send (self->client, self->conversation, text) == NULL)
    {
      show_problem (self, _("This message cannot be sent: it is empty, too long, or not text."));
      return;
    }
  clear_sent (self);
}

static const char *
explain (const GError *error)
{
  if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND) ||
      g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN))
    return _("Not sent: this person cannot be written to.");
  if (g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED))
    return _("Not sent: too much at once. Wait a moment, then send it again.");
  return _("Not sent: the server cannot be reached. Your text is kept; send it again later.");
}

/* While its conversation is being made, a text can be neither changed nor sent again. */
static void
update_waiting (LfChatView *self)
{
  gboolean is_waiting = self->contact != NULL &&
                        g_hash_table_contains (self->waiting, lf_contact_get_user (self->contact));

  gtk_widget_set_sensitive (GTK_WIDGET (self->composer), !is_waiting);
}

typedef struct
{
  LfChatView *view; /* owned */
  char       *user; /* owned */
  char       *text; /* owned */
} FirstMessage;

static void
first_message_free (FirstMessage *first)
{
  g_object_unref (first->view);
  g_free (first->user);
  g_free (first->text);
  g_free (first);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FirstMessage, first_message_free)

static void
on_conversation_made (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (FirstMessage)   first = user_data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfConversation) conversation = NULL;
  LfChatView                *self = first->view;
  gboolean                   is_shown;

  conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, &error);
  g_hash_table_remove (self->waiting, first->user);
  if (self->composer == NULL)
    return;
  is_shown = self->contact != NULL && g_strcmp0 (lf_contact_get_user (self->contact), first->user) == 0;
  update_waiting (self);
  if (conversation == NULL)
    {
      g_debug ("open conversation: %s", error->message);
      if (is_shown)
        show_problem (self, explain (error));
      return;
    }
  if (is_shown)
    {
      if (self->conversation != conversation)
        show_conversation (self, conversation);
      send_text (self, first->text);
      lf_chat_view_take_focus (self);
      return;
    }
  lf_client_send (LF_CLIENT (source), conversation, first->text);
  g_hash_table_remove (self->drafts, first->user);
}

static void
on_send (LfComposer *composer,
         const char *text,
         LfChatView *self)
{
  FirstMessage *first;

  if (self->client == NULL || self->contact == NULL ||
      g_hash_table_contains (self->waiting, lf_contact_get_user (self->contact)))
    return;
  if (self->conversation != NULL)
    {
      send_text (self, text);
      return;
    }
  first = g_new0 (FirstMessage, 1);
  first->view = g_object_ref (self);
  first->user = g_strdup (lf_contact_get_user (self->contact));
  first->text = g_strdup (text);
  g_hash_table_add (self->waiting, g_strdup (first->user));
  show_problem (self, NULL);
  update_waiting (self);
  lf_client_open_conversation_async (self->client, first->user, NULL, on_conversation_made, first);
}

static void
on_typing (LfComposer *composer,
           LfChatView *self)
{
  if (self->client != NULL && self->conversation != NULL)
    lf_client_tell_typing (self->client, self->conversation);
}

static void
on_draft_changed (LfComposer *composer,
                  LfChatView *self)
{
  g_autofree char *text = lf_composer_dup_text (composer);

  show_problem (self, NULL);
  if (self->conversation != NULL)
    lf_conversation_set_draft (self->conversation, *text == '\0' ? NULL : text);
  if (self->contact == NULL)
    return;
  if (*text == '\0')
    g_hash_table_remove (self->drafts, lf_contact_get_user (self->contact));
  else
    g_hash_table_replace (self->drafts, g_strdup (lf_contact_get_user (self->contact)),
                          g_steal_pointer (&text));
}

static void
on_at_end_changed (LfTranscriptView *transcript_view,
                   GParamSpec       *pspec,
                   LfChatView       *self)
{
  mark_read (self);
}

static void
on_end_wanted (LfTranscriptView *transcript_view,
               LfChatView       *self)
{
  lf_chat_view_take_focus (self);
}

static void
on_active_changed (GtkWindow  *window,
                   GParamSpec *pspec,
                   LfChatView *self)
{
  mark_read (self);
}

static void
lf_chat_view_root (GtkWidget *widget)
{
  LfChatView *self = LF_CHAT_VIEW (widget);
  GtkRoot    *root;

  GTK_WIDGET_CLASS (lf_chat_view_parent_class)->root (widget);
  root = gtk_widget_get_root (widget);
  if (!GTK_IS_WINDOW (root))
    return;
  self->window = GTK_WINDOW (root);
  g_signal_connect (root, "notify::is-active", G_CALLBACK (on_active_changed), self);
}

static void
lf_chat_view_unroot (GtkWidget *widget)
{
  LfChatView *self = LF_CHAT_VIEW (widget);

  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  self->window = NULL;
  GTK_WIDGET_CLASS (lf_chat_view_parent_class)->unroot (widget);
}

static void
lf_chat_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lf_chat_view_parent_class)->map (widget);
  mark_read (LF_CHAT_VIEW (widget));
}

static void
lf_chat_view_dispose (GObject *object)
{
  LfChatView *self = LF_CHAT_VIEW (object);

  if (self->composer != NULL)
    {
      lf_chat_view_set_contact (self, NULL);
      lf_chat_view_set_client (self, NULL);
    }
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CHAT_VIEW);
  G_OBJECT_CLASS (lf_chat_view_parent_class)->dispose (object);
}

static void
lf_chat_view_finalize (GObject *object)
{
  LfChatView *self = LF_CHAT_VIEW (object);

  g_clear_pointer (&self->drafts, g_hash_table_unref);
  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_clear_pointer (&self->author, g_free);
  G_OBJECT_CLASS (lf_chat_view_parent_class)->finalize (object);
}

static void
lf_chat_view_class_init (LfChatViewClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_chat_view_dispose;
  object_class->finalize = lf_chat_view_finalize;
  widget_class->root = lf_chat_view_root;
  widget_class->unroot = lf_chat_view_unroot;
  widget_class->map = lf_chat_view_map;

  g_type_ensure (LF_TYPE_COMPOSER);
  g_type_ensure (LF_TYPE_TRANSCRIPT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-chat-view.ui");
  gtk_widget_class_bind_template_child (widget_class, LfChatView, transcript_view);
  gtk_widget_class_bind_template_child (widget_class, LfChatView, typing_label);
  gtk_widget_class_bind_template_child (widget_class, LfChatView, problem_label);
  gtk_widget_class_bind_template_child (widget_class, LfChatView, composer);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_typing);
  gtk_widget_class_bind_template_callback (widget_class, on_draft_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_at_end_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_end_wanted);
}

static void
lf_chat_view_init (LfChatView *self)
{
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_chat_view_new:
 *
 * Returns: (transfer floating): a view of nobody
 */
GtkWidget *
lf_chat_view_new (void)
{
  return g_object_new (LF_TYPE_CHAT_VIEW, NULL);
}

/**
 * lf_chat_view_set_client:
 * @self: a view
 * @client: (nullable): what sends and fetches
 *
 * Sets the client; to be done before a contact is shown.
 */
void
lf_chat_view_set_client (LfChatView *self,
                         LfClient   *client)
{
  g_return_if_fail (LF_IS_CHAT_VIEW (self));

  if (self->client == client)
    return;
  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (lf_client_get_conversations (self->client), self);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_set_object (&self->client, client);
  if (client == NULL)
    return;
  g_signal_connect_object (lf_client_get_conversations (client), "items-changed",
                           G_CALLBACK (on_conversations_changed), self, 0);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (on_me_changed), self, 0);
  on_me_changed (client, self);
}

/**
 * lf_chat_view_set_contact:
 * @self: a view
 * @contact: (nullable): with whom
 *
 * Shows the conversation with @contact, with the draft that was left there.
 */
void
lf_chat_view_set_contact (LfChatView *self,
                          LfContact  *contact)
{
  LfConversation *conversation = NULL;
  const char     *draft = NULL;

  g_return_if_fail (LF_IS_CHAT_VIEW (self));

  if (self->contact == contact)
    return;
  g_set_object (&self->contact, contact);
  show_problem (self, NULL);
  if (contact != NULL)
    {
      if (self->client != NULL)
        conversation = lf_client_lookup_conversation (self->client, lf_contact_get_user (contact));
      if (conversation != NULL)
        give_draft_back (self, conversation);
      draft = conversation != NULL ? lf_conversation_get_draft (conversation)
                                   : g_hash_table_lookup (self->drafts, lf_contact_get_user (contact));
      lf_composer_set_name (self->composer, lf_contact_get_name (contact));
    }
  show_conversation (self, conversation);
  lf_composer_set_text (self->composer, draft);
  update_waiting (self);
}

/**
 * lf_chat_view_get_conversation:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): the conversation shown, or %NULL if it is not made yet
 */
LfConversation *
lf_chat_view_get_conversation (LfChatView *self)
{
  g_return_val_if_fail (LF_IS_CHAT_VIEW (self), NULL);

  return self->conversation;
}

/**
 * lf_chat_view_is_in_front:
 * @self: a view
 *
 * Returns: %TRUE if the user has this conversation before the eyes: it is mapped in a focused window
 */
gboolean
lf_chat_view_is_in_front (LfChatView *self)
{
  g_return_val_if_fail (LF_IS_CHAT_VIEW (self), FALSE);

  return self->conversation != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
         self->window != NULL && gtk_window_is_active (self->window);
}

/**
 * lf_chat_view_take_focus:
 * @self: a view
 *
 * Puts the keyboard focus into the composer.
 */
void
lf_chat_view_take_focus (LfChatView *self)
{
  g_return_if_fail (LF_IS_CHAT_VIEW (self));

  lf_composer_take_focus (self->composer);
}
