/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-fake-chat-client.h"
#include "lf-wire.h"

#define OWN_USER "me"

struct _LfClient
{
  GObject parent_instance;

  LfClock     *clock;         /* owned */
  LfRoster    *roster;        /* owned */
  GListStore  *conversations; /* owned */
  LfContact   *own;           /* owned, nullable */
  LfTelephone *telephone;     /* owned, made when asked for */
  LfWireMe     me;            /* its id owned, NULL while signed out */
  GString     *log;           /* owned */
  gboolean     refuses;       /* what goes to the server fails */
  LfError      code;          /* and why */
  guint        n_messages;
  guint        unread;
};

G_DEFINE_FINAL_TYPE (LfClient, lf_client, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_UNREAD,
};

static void
note (LfClient   *self,
      const char *verb,
      const char *whom,
      const char *what)
{
  g_string_append_printf (self->log, "%s %s%s%s\n", verb, whom, what == NULL ? "" : " ",
                          what == NULL ? "" : what);
}

static void
lf_client_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  g_value_set_uint (value, prop_id == PROP_UNREAD ? lf_client_get_unread (LF_CLIENT (object)) : LF_CLIENT_ONLINE);
}

static void
lf_client_finalize (GObject *object)
{
  LfClient *self = LF_CLIENT (object);

  g_object_unref (self->conversations);
  g_object_unref (self->roster);
  g_object_unref (self->clock);
  g_clear_object (&self->own);
  g_clear_object (&self->telephone);
  g_free (self->me.person.id);
  g_string_free (self->log, TRUE);
  G_OBJECT_CLASS (lf_client_parent_class)->finalize (object);
}

static void
lf_client_class_init (LfClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_client_get_property;
  object_class->finalize = lf_client_finalize;
  g_object_class_install_property (object_class, PROP_STATE,
                                   g_param_spec_uint ("state", NULL, NULL, 0, 9, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_UNREAD,
                                   g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_signal_new ("me-changed", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("message-received", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, LF_TYPE_CONVERSATION, LF_TYPE_MESSAGE_ITEM);
  g_signal_new ("became-available", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  g_signal_new ("signed-out", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  g_signal_new ("notice", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_client_init (LfClient *self)
{
  self->log = g_string_new (NULL);
  self->conversations = g_list_store_new (LF_TYPE_CONVERSATION);
}

LfClient *
lf_fake_client_new (LfClock *clock)
{
  LfClient *self = g_object_new (LF_TYPE_CLIENT, NULL);

  self->clock = g_object_ref (clock);
  self->roster = lf_roster_new (clock);
  return self;
}

LfContact *
lf_fake_client_add_contact (LfClient   *self,
                            const char *user,
                            const char *name)
{
  const char *const addresses[] = { "tel:+49-30-1234", "sip:2041@pbx.example", NULL };
  LfPersonFields    fields = { user, user, name, "Team lead", "Engineering", NULL, addresses };
  LfContact        *contact = lf_roster_ensure (self->roster, user);

  lf_contact_set_person (contact, &fields);
  return contact;
}

LfConversation *
lf_fake_client_add_conversation (LfClient *self, const char *user)
{
  g_autofree char           *id = g_strconcat ("with-", user, NULL);
  g_autoptr (LfConversation) conversation = lf_conversation_new (id, OWN_USER, user);

  g_list_store_insert (self->conversations, 0, conversation);
  return conversation;
}

void
lf_fake_client_set_own (LfClient *self, LfContact *own)
{
  g_set_object (&self->own, own);
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_fake_client_receive (LfClient       *self,
                        LfConversation *conversation,
                        const char     *body,
                        gint64          at_us)
{
  g_autofree char      *id = g_strdup_printf ("their-%u", ++self->n_messages);
  g_autoptr (LfMessage) message = lf_message_new (id, lf_conversation_get_id (conversation),
                                                  lf_conversation_get_other (conversation), body,
                                                  lf_conversation_get_last_seq (conversation) + 1, at_us);

  lf_conversation_apply_message (conversation, message);
  self->unread++;
  g_object_notify (G_OBJECT (self), "unread");
  g_signal_emit_by_name (self, "message-received", conversation, lf_conversation_lookup (conversation, id));
}

void
lf_fake_client_acknowledge (LfClient       *self,
                            LfConversation *conversation,
                            LfMessageItem  *item,
                            gint64          at_us)
{
  const LfMessage      *pending = lf_message_item_get_message (item);
  g_autoptr (LfMessage) message = lf_message_new (pending->id, pending->conversation, pending->sender, pending->body,
                                                  lf_conversation_get_last_seq (conversation) + 1, at_us);

  lf_conversation_apply_message (conversation, message);
}

void
lf_fake_client_set_refuses (LfClient *self, gboolean refuses)
{
  self->refuses = refuses;
  self->code = LF_ERROR_UNAVAILABLE;
}

void
lf_fake_client_refuse_with (LfClient *self, LfError code)
{
  self->refuses = TRUE;
  self->code = code;
}

const char *
lf_fake_client_get_log (LfClient *self)
{
  return self->log->str;
}

void
lf_fake_client_clear_log (LfClient *self)
{
  g_string_truncate (self->log, 0);
}

/* The public functions of the library, as far as the program calls them. */

LfClock *
lf_client_get_clock (LfClient *self)
{
  return self->clock;
}

LfClientState
lf_client_get_state (LfClient *self)
{
  return LF_CLIENT_ONLINE;
}

LfRoster *
lf_client_get_roster (LfClient *self)
{
  return self->roster;
}

LfContact *
lf_client_get_own (LfClient *self)
{
  return self->own;
}

GListModel *
lf_client_get_conversations (LfClient *self)
{
  return G_LIST_MODEL (self->conversations);
}

LfConversation *
lf_client_lookup_conversation (LfClient   *self,
                               const char *user)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->conversations)); i++)
    {
      g_autoptr (LfConversation) conversation = g_list_model_get_item (G_LIST_MODEL (self->conversations), i);

      if (g_strcmp0 (lf_conversation_get_other (conversation), user) == 0)
        return conversation;
    }
  return NULL;
}

void
lf_client_open_conversation_async (LfClient           *self,
                                   const char         *user,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  note (self, "open", user, NULL);
  if (self->refuses)
    g_task_return_new_error (task, LF_ERROR, self->code, "The server is gone");
  else
    g_task_return_pointer (task, g_object_ref (lf_fake_client_add_conversation (self, user)), g_object_unref);
}

LfConversation *
lf_client_open_conversation_finish (LfClient     *self,
                                    GAsyncResult *result,
                                    GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

LfMessageItem *
lf_client_send (LfClient       *self,
                LfConversation *conversation,
                const char     *body)
{
  g_autofree char      *id = g_strdup_printf ("own-%u", ++self->n_messages);
  g_autoptr (LfMessage) message = NULL;

  if (!lf_message_body_is_valid (body))
    return NULL;
  note (self, "send", lf_conversation_get_other (conversation), body);
  message = lf_message_new (id, lf_conversation_get_id (conversation), OWN_USER, body, 0,
                            lf_clock_get_now_us (self->clock));
  return lf_conversation_add_pending (conversation, message);
}

void
lf_client_resend (LfClient       *self,
                  LfConversation *conversation,
                  LfMessageItem  *item)
{
  note (self, "resend", lf_conversation_get_other (conversation), lf_message_item_get_message (item)->body);
  lf_conversation_set_pending (conversation, lf_message_item_get_message (item)->id);
}

void
lf_client_load_history_async (LfClient           *self,
                              LfConversation     *conversation,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  note (self, "history", lf_conversation_get_other (conversation), NULL);
  if (self->refuses)
    {
      g_task_return_new_error (task, LF_ERROR, self->code, "The server is gone");
      return;
    }
  lf_conversation_set_has_more (conversation, FALSE);
  g_task_return_boolean (task, TRUE);
}

gboolean
lf_client_load_history_finish (LfClient     *self,
                               GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_mark_read (LfClient *self, LfConversation *conversation)
{
  note (self, "read", lf_conversation_get_other (conversation), NULL);
  self->unread -= MIN (self->unread, lf_conversation_get_unread (conversation));
  lf_conversation_apply_read (conversation, OWN_USER, lf_conversation_get_last_seq (conversation));
  g_object_notify (G_OBJECT (self), "unread");
}

void
lf_client_tell_typing (LfClient *self, LfConversation *conversation)
{
  note (self, "typing", lf_conversation_get_other (conversation), NULL);
}

void
lf_client_set_open_contact (LfClient  *self,
                            LfContact *contact)
{
  note (self, "page", contact == NULL ? "nobody" : lf_contact_get_user (contact), NULL);
}

void
lf_client_set_armed (LfClient *self, LfContact *contact, gboolean is_armed)
{
  note (self, is_armed ? "arm" : "disarm", lf_contact_get_user (contact), NULL);
  lf_contact_set_is_armed (contact, is_armed);
}

void
lf_client_set_watched (LfClient *self, LfContact *contact, gboolean is_watched)
{
  note (self, is_watched ? "watch" : "unwatch", lf_contact_get_user (contact), NULL);
  lf_contact_set_is_watched (contact, is_watched);
}

void
lf_client_set_reach (LfClient           *self,
                     LfReachabilityState state,
                     gint64              since_us)
{
  note (self, "reach", lf_reachability_state_to_name (state), NULL);
}

void
lf_client_reconnect_now (LfClient *self)
{
  note (self, "reconnect", "now", NULL);
}

LfClient *
lf_client_new (LfClock *clock)
{
  return lf_fake_client_new (clock);
}

LfTelephone *
lf_client_get_telephone (LfClient *self)
{
  if (self->telephone == NULL)
    self->telephone = lf_telephone_new (self->roster, self->clock);
  return self->telephone;
}

gint64
lf_client_get_as_of_us (LfClient *self)
{
  return LF_INSTANT_NONE;
}

const LfWireMe *
lf_client_get_me (LfClient *self)
{
  return self->me.person.id != NULL ? &self->me : NULL;
}

const char *
lf_client_get_server (LfClient *self)
{
  return NULL;
}

void
lf_fake_client_set_user (LfClient *self, const char *user)
{
  g_free (self->me.person.id);
  self->me.person.id = g_strdup (user);
  g_signal_emit_by_name (self, "me-changed");
}

guint
lf_client_get_unread (LfClient *self)
{
  return self->unread;
}

void
lf_client_disconnect (LfClient *self)
{
  note (self, "disconnect", "now", NULL);
}

/* Nobody is signed in by a fake: these end at once. */

static void
refuse (LfClient           *self,
        GCancellable       *cancellable,
        GAsyncReadyCallback callback,
        gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "This is a fake");
}

static gboolean
finish (GAsyncResult *result,
        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_sign_in_async (LfClient           *self,
                         const char         *server,
                         const char         *login,
                         const char         *password,
                         gboolean            remember,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  refuse (self, cancellable, callback, user_data);
}

gboolean
lf_client_sign_in_finish (LfClient     *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return finish (result, error);
}

void
lf_client_restore_async (LfClient           *self,
                         const char         *server,
                         const char         *login,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  refuse (self, cancellable, callback, user_data);
}

gboolean
lf_client_restore_finish (LfClient     *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return finish (result, error);
}

void
lf_client_resume_with_token_async (LfClient           *self,
                                   const char         *server,
                                   const char         *refresh_token,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  refuse (self, cancellable, callback, user_data);
}

gboolean
lf_client_resume_with_token_finish (LfClient     *self,
                                    GAsyncResult *result,
                                    GError      **error)
{
  return finish (result, error);
}

void
lf_client_sign_out_async (LfClient           *self,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  refuse (self, cancellable, callback, user_data);
}

gboolean
lf_client_sign_out_finish (LfClient     *self,
                           GAsyncResult *result,
                           GError      **error)
{
  return finish (result, error);
}

void
lf_client_search_async (LfClient           *self,
                        const char         *words,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  refuse (self, cancellable, callback, user_data);
}

GListModel *
lf_client_search_finish (LfClient     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  finish (result, error);
  return NULL;
}

void
lf_client_set_status (LfClient   *self,
                      LfChoice    choice,
                      const char *text,
                      const char *emoji,
                      gint64      expires_at_us)
{
  note (self, "status", text == NULL ? "" : text, NULL);
}

void
lf_client_clear_status (LfClient *self)
{
  note (self, "status", "cleared", NULL);
}

void
lf_client_set_dnd (LfClient *self, gboolean is_on, gint64 expires_at_us)
{
  note (self, "dnd", is_on ? "on" : "off", NULL);
}

void
lf_client_leave_early (LfClient *self)
{
}

void
lf_client_set_invisible (LfClient *self, gboolean is_invisible)
{
  note (self, "invisible", is_invisible ? "on" : "off", NULL);
}

void
lf_client_add_contact (LfClient *self, LfContact *contact, const char *group_id)
{
  note (self, "add", lf_contact_get_user (contact), NULL);
}

void
lf_client_remove_contact (LfClient  *self,
                          LfContact *contact)
{
  note (self, "remove", lf_contact_get_user (contact), NULL);
}

void
lf_client_set_favourite (LfClient *self, LfContact *contact, gboolean is_favourite)
{
  note (self, is_favourite ? "favour" : "unfavour", lf_contact_get_user (contact), NULL);
}

void
lf_client_move_to_group (LfClient *self, LfContact *contact, const char *group_id)
{
  note (self, "move", lf_contact_get_user (contact), group_id);
}

char *
lf_client_add_group (LfClient *self, const char *name)
{
  note (self, "group", name, NULL);
  return g_strdup (name);
}

void
lf_client_set_blocked (LfClient *self, LfContact *contact, gboolean is_blocked)
{
  note (self, is_blocked ? "block" : "unblock", lf_contact_get_user (contact), NULL);
}
