/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-actions.h"
#include "lf-chat-list.h"
#include "lf-chat-row.h"

struct _LfChatList
{
  AdwBin parent_instance;

  LfClient       *client;    /* owned, nullable */
  char           *open_user; /* owned, nullable: whose conversation is marked */
  GHashTable     *rows;      /* owned; LfChatRow, borrowed: those bound now */
  GtkNoSelection *selection; /* owned, nullable until there is a client */
  GtkStack       *stack;     /* template */
  GtkListView    *list_view; /* template */
};

G_DEFINE_FINAL_TYPE (LfChatList, lf_chat_list, ADW_TYPE_BIN)

static void
update_stack (LfChatList *self)
{
  gboolean is_empty = self->client == NULL ||
                      g_list_model_get_n_items (lf_client_get_conversations (self->client)) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "list");
}

static void
mark_open (LfChatList *self,
           LfChatRow  *row)
{
  lf_chat_row_set_is_open (row, self->open_user != NULL && g_strcmp0 (lf_chat_row_get_user (row), self->open_user) == 0);
}

static void
on_setup (GtkListItemFactory *factory,
          GtkListItem        *item,
          LfChatList         *self)
{
  gtk_list_item_set_child (item, lf_chat_row_new ());
}

static void
on_bind (GtkListItemFactory *factory,
         GtkListItem        *item,
         LfChatList         *self)
{
  LfChatRow *row = LF_CHAT_ROW (gtk_list_item_get_child (item));

  if (self->client == NULL)
    return;
  lf_chat_row_bind (row, self->client, gtk_list_item_get_item (item));
  mark_open (self, row);
  g_hash_table_add (self->rows, row);
}

static void
on_unbind (GtkListItemFactory *factory,
           GtkListItem        *item,
           LfChatList         *self)
{
  LfChatRow *row = LF_CHAT_ROW (gtk_list_item_get_child (item));

  g_hash_table_remove (self->rows, row);
  lf_chat_row_unbind (row);
}

static void
on_row_activated (GtkListView *list_view,
                  guint        position,
                  LfChatList  *self)
{
  g_autoptr (LfConversation) conversation = g_list_model_get_item (G_LIST_MODEL (self->selection),
                                                                   position);

  if (conversation != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_CHAT, "s",
                                lf_conversation_get_other (conversation));
}

static void
on_conversations_changed (GListModel *conversations,
                          guint       position,
                          guint       n_removed,
                          guint       n_added,
                          LfChatList *self)
{
  update_stack (self);
}

static void
on_tick (LfRoster   *roster,
         LfChatList *self)
{
  GHashTableIter iter;
  gpointer       row;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    lf_chat_row_update (row);
}

/* Who is in the roster may be known only after the conversations: look the others up again. */
static void
on_roster_changed (GListModel *roster,
                   guint       position,
                   guint       n_removed,
                   guint       n_added,
                   LfChatList *self)
{
  g_autoptr (GList) rows = g_hash_table_get_keys (self->rows);

  for (GList *at = rows; at != NULL; at = at->next)
    lf_chat_row_rebind (at->data);
}

static void
lf_chat_list_map (GtkWidget *widget)
{
  LfChatList *self = LF_CHAT_LIST (widget);

  GTK_WIDGET_CLASS (lf_chat_list_parent_class)->map (widget);
  if (self->client != NULL)
    on_tick (lf_client_get_roster (self->client), self);
}

static void
lf_chat_list_dispose (GObject *object)
{
  LfChatList *self = LF_CHAT_LIST (object);

  if (self->list_view != NULL)
    lf_chat_list_set_client (self, NULL);
  /* The stack is both the bin's child and one of the template's: let the bin go of it first. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CHAT_LIST);
  G_OBJECT_CLASS (lf_chat_list_parent_class)->dispose (object);
}

static void
lf_chat_list_finalize (GObject *object)
{
  LfChatList *self = LF_CHAT_LIST (object);

  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->open_user, g_free);
  G_OBJECT_CLASS (lf_chat_list_parent_class)->finalize (object);
}

static void
lf_chat_list_class_init (LfChatListClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_chat_list_dispose;
  object_class->finalize = lf_chat_list_finalize;
  widget_class->map = lf_chat_list_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-chat-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LfChatList, stack);
  gtk_widget_class_bind_template_child (widget_class, LfChatList, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
lf_chat_list_init (LfChatList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list_view, factory);
}

/**
 * lf_chat_list_set_client:
 * @self: a list
 * @client: (nullable): whose conversations to show
 *
 * Sets the client.
 */
void
lf_chat_list_set_client (LfChatList *self,
                         LfClient   *client)
{
  g_return_if_fail (LF_IS_CHAT_LIST (self));

  if (self->client == client)
    return;
  if (self->client != NULL)
    {
      gtk_list_view_set_model (self->list_view, NULL);
      g_signal_handlers_disconnect_by_data (lf_client_get_conversations (self->client), self);
      g_signal_handlers_disconnect_by_data (lf_client_get_roster (self->client), self);
    }
  g_clear_object (&self->selection);
  g_set_object (&self->client, client);
  if (client != NULL)
    {
      GListModel *conversations = lf_client_get_conversations (client);

      self->selection = gtk_no_selection_new (g_object_ref (conversations));
      gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
      g_signal_connect_object (conversations, "items-changed",
                               G_CALLBACK (on_conversations_changed), self, 0);
      g_signal_connect_object (lf_client_get_roster (client), "tick", G_CALLBACK (on_tick), self, 0);
      g_signal_connect_object (lf_client_get_roster (client), "items-changed",
                               G_CALLBACK (on_roster_changed), self, 0);
    }
  update_stack (self);
}

/**
 * lf_chat_list_set_open:
 * @self: a list
 * @user: (nullable): id of the person whose page is open
 *
 * Marks the conversation with @user, now and when there is one; %NULL marks none.
 */
void
lf_chat_list_set_open (LfChatList *self,
                       const char *user)
{
  GHashTableIter iter;
  gpointer       row;

  g_return_if_fail (LF_IS_CHAT_LIST (self));

  g_free (self->open_user);
  self->open_user = g_strdup (user);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    mark_open (self, row);
}
