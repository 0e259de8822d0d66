/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-chat-row.h"
#include "lf-message-markup.h"
#include "lf-portrait.h"
#include "lf-status-words.h"

struct _LfChatRow
{
  AdwBin parent_instance;

  LfClient       *client;        /* owned while bound */
  LfConversation *conversation;  /* owned while bound */
  LfContact      *contact;       /* owned while bound, nullable: not in the roster */
  char           *words;         /* owned, nullable */
  LfPortrait     *portrait;      /* template */
  GtkLabel       *name_label;    /* template */
  GtkLabel       *time_label;    /* template */
  GtkLabel       *snippet_label; /* template */
  GtkLabel       *unread_label;  /* template */
};

G_DEFINE_FINAL_TYPE (LfChatRow, lf_chat_row, ADW_TYPE_BIN)

#define MAX_UNREAD_SHOWN 99

static char *
format_snippet (LfChatRow *self)
{
  LfMessage       *last = lf_conversation_get_last_message (self->conversation);
  const char      *draft = lf_conversation_get_draft (self->conversation);
  g_autofree char *line = NULL;

  if (lf_conversation_get_is_typing (self->conversation))
    return g_strdup (_("typing…"));
  if (draft != NULL && *draft != '\0')
    {
      line = lf_message_markup_snippet (draft);
      /* Translators: start of a message that is not sent yet */
      return g_strdup_printf (_("Draft: %s"), line);
    }
  if (last == NULL)
    return g_strdup (_("No messages yet"));
  line = lf_message_markup_snippet (last->body);
  if (g_strcmp0 (last->sender, lf_conversation_get_other (self->conversation)) == 0)
    return g_steal_pointer (&line);
  /* Translators: the last message of a chat, written by the user */
  return g_strdup_printf (_("You: %s"), line);
}

static void
update_unread (LfChatRow *self,
               guint      n_unread)
{
  g_autofree char *text = n_unread > MAX_UNREAD_SHOWN ? g_strdup_printf ("%d+", MAX_UNREAD_SHOWN)
                                                      : g_strdup_printf ("%u", n_unread);

  gtk_label_set_label (self->unread_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->unread_label), n_unread > 0);
}

static void
write_words (LfChatRow  *self,
             const char *name,
             const char *status,
             const char *snippet,
             const char *time,
             guint       n_unread)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  GString   *words = g_string_new (name);

  if (status != NULL)
    g_string_append_printf (words, ", %s", status);
  if (n_unread > 0)
    {
      g_string_append (words, ", ");
      g_string_append_printf (words, ngettext ("%u unread message", "%u unread messages", n_unread),
                              n_unread);
    }
  g_string_append_printf (words, ". %s", snippet);
  if (time != NULL)
    g_string_append_printf (words, ", %s", time);
  g_free (self->words);
  self->words = g_string_free (words, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
  /* The item of the list view is what takes the focus: it says the same. */
  if (item != NULL && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (item)) == GTK_ACCESSIBLE_ROLE_LIST_ITEM)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

/* Today the time, on other days the day: "10:42", "yesterday", "24 November". */
static char *
format_when (const LfMessage *last,
             gint64           now_us)
{
  g_autofree char *day = lf_status_words_format_day (last->sent_at_us, now_us);
  g_autofree char *today = lf_status_words_format_day (now_us, now_us);

  if (g_strcmp0 (day, today) == 0)
    return lf_status_words_format_time (last->sent_at_us, now_us);
  return g_steal_pointer (&day);
}

static void
on_changed (GObject    *object,
            GParamSpec *pspec,
            LfChatRow  *self)
{
  lf_chat_row_update (self);
}

static void
on_resolved (LfContact *contact,
             LfChatRow *self)
{
  lf_chat_row_update (self);
}

static void
lf_chat_row_dispose (GObject *object)
{
  lf_chat_row_unbind (LF_CHAT_ROW (object));
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CHAT_ROW);
  G_OBJECT_CLASS (lf_chat_row_parent_class)->dispose (object);
}

static void
lf_chat_row_finalize (GObject *object)
{
  LfChatRow *self = LF_CHAT_ROW (object);

  g_clear_pointer (&self->words, g_free);
  G_OBJECT_CLASS (lf_chat_row_parent_class)->finalize (object);
}

static void
lf_chat_row_class_init (LfChatRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_chat_row_dispose;
  object_class->finalize = lf_chat_row_finalize;

  g_type_ensure (LF_TYPE_PORTRAIT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-chat-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfChatRow, portrait);
  gtk_widget_class_bind_template_child (widget_class, LfChatRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfChatRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, LfChatRow, snippet_label);
  gtk_widget_class_bind_template_child (widget_class, LfChatRow, unread_label);
}

static void
lf_chat_row_init (LfChatRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_chat_row_new:
 *
 * Returns: (transfer floating): a row bound to nothing
 */
GtkWidget *
lf_chat_row_new (void)
{
  return g_object_new (LF_TYPE_CHAT_ROW, NULL);
}

/**
 * lf_chat_row_bind:
 * @self: a row
 * @client: whose roster tells who the other side is
 * @conversation: what to show
 *
 * Shows @conversation and follows it.
 */
void
lf_chat_row_bind (LfChatRow      *self,
                  LfClient       *client,
                  LfConversation *conversation)
{
  LfContact *contact;

  g_return_if_fail (LF_IS_CHAT_ROW (self));
  g_return_if_fail (LF_IS_CLIENT (client));
  g_return_if_fail (LF_IS_CONVERSATION (conversation));

  lf_chat_row_unbind (self);
  self->client = g_object_ref (client);
  self->conversation = g_object_ref (conversation);
  contact = lf_roster_lookup (lf_client_get_roster (client), lf_conversation_get_other (conversation));
  g_set_object (&self->contact, contact);
  g_signal_connect_object (conversation, "notify", G_CALLBACK (on_changed), self, 0);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "resolved", G_CALLBACK (on_resolved), self, 0);
      g_signal_connect_object (contact, "notify::name", G_CALLBACK (on_changed), self, 0);
    }
  lf_chat_row_update (self);
}

/**
 * lf_chat_row_rebind:
 * @self: a row
 *
 * Looks the other side up again: the roster has changed.
 */
void
lf_chat_row_rebind (LfChatRow *self)
{
  LfContact *contact;

  g_return_if_fail (LF_IS_CHAT_ROW (self));

  if (self->conversation == NULL)
    return;
  contact = lf_roster_lookup (lf_client_get_roster (self->client),
                              lf_conversation_get_other (self->conversation));
  if (contact != self->contact)
    {
      g_autoptr (LfClient)       client = g_object_ref (self->client);
      g_autoptr (LfConversation) conversation = g_object_ref (self->conversation);

      lf_chat_row_bind (self, client, conversation);
    }
}

/**
 * lf_chat_row_unbind:
 * @self: a row
 *
 * Lets go of the conversation.
 */
void
lf_chat_row_unbind (LfChatRow *self)
{
  g_return_if_fail (LF_IS_CHAT_ROW (self));

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_clear_object (&self->conversation);
  g_clear_object (&self->contact);
  g_clear_object (&self->client);
}

/**
 * lf_chat_row_update:
 * @self: a row
 *
 * Writes the row anew: when what it shows changed, and when a minute has passed.
 */
void
lf_chat_row_update (LfChatRow *self)
{
  LfMessage       *last;
  const char      *name;
  gint64           now_us;
  guint            n_unread;
  g_autofree char *snippet = NULL;
  g_autofree char *time = NULL;
  g_autofree char *status = NULL;

  g_return_if_fail (LF_IS_CHAT_ROW (self));

  if (self->conversation == NULL)
    return;
  now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  last = lf_conversation_get_last_message (self->conversation);
  n_unread = lf_conversation_get_unread (self->conversation);
  name = self->contact != NULL ? lf_contact_get_name (self->contact)
                               : lf_conversation_get_other_name (self->conversation);
  if (name == NULL)
    name = lf_conversation_get_other (self->conversation);
  snippet = format_snippet (self);
  if (last != NULL)
    time = format_when (last, now_us);
  if (self->contact != NULL)
    {
      status = lf_status_words_format (lf_contact_get_resolved (self->contact), now_us);
      lf_badge_set_resolved (lf_portrait_get_badge (self->portrait), lf_contact_get_resolved (self->contact));
    }
  gtk_widget_set_visible (GTK_WIDGET (lf_portrait_get_badge (self->portrait)), self->contact != NULL);
  lf_portrait_set_name (self->portrait, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->time_label, time == NULL ? "" : time);
  gtk_label_set_label (self->snippet_label, snippet);
  if (n_unread > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "lf-has-unread");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "lf-has-unread");
  update_unread (self, n_unread);
  write_words (self, name, status, snippet, time, n_unread);
}

/**
 * lf_chat_row_get_user:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): id of the other side; %NULL while bound to nothing
 */
const char *
lf_chat_row_get_user (LfChatRow *self)
{
  g_return_val_if_fail (LF_IS_CHAT_ROW (self), NULL);

  return self->conversation != NULL ? lf_conversation_get_other (self->conversation) : NULL;
}

/**
 * lf_chat_row_set_is_open:
 * @self: a row, in a list
 * @is_open: its conversation is the one beside the list
 *
 * Marks the row of the list, for the eye and for screen readers.
 */
void
lf_chat_row_set_is_open (LfChatRow *self,
                         gboolean   is_open)
{
  GtkWidget *item;

  g_return_if_fail (LF_IS_CHAT_ROW (self));

  item = gtk_widget_get_parent (GTK_WIDGET (self));
  if (item == NULL)
    return;
  if (is_open)
    gtk_widget_add_css_class (item, "lf-open");
  else
    gtk_widget_remove_css_class (item, "lf-open");
  gtk_accessible_update_state (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_STATE_SELECTED, is_open, -1);
}

/**
 * lf_chat_row_dup_words:
 * @self: a row
 *
 * Returns: (transfer full): the row as a screen reader says it; empty while bound to nothing
 */
char *
lf_chat_row_dup_words (LfChatRow *self)
{
  g_return_val_if_fail (LF_IS_CHAT_ROW (self), NULL);

  return g_strdup (self->words == NULL ? "" : self->words);
}
