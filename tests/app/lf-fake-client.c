/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-fake-client-private.h"

G_DEFINE_FINAL_TYPE (LfClient, lf_client, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_AS_OF_US,
  PROP_UNREAD,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static int         first_failure = -1; /* for the next client made */

static void
note (LfClient *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_vprintf (self->last, format, args);
  va_end (args);
}

static void
lf_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfClient *self = LF_CLIENT (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_AS_OF_US:
      g_value_set_int64 (value, self->as_of_us);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, lf_client_get_unread (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_client_finalize (GObject *object)
{
  LfClient *self = LF_CLIENT (object);

  g_clear_object (&self->own);
  g_clear_object (&self->telephone);
  g_clear_object (&self->roster);
  g_clear_object (&self->clock);
  g_clear_object (&self->conversations);
  g_ptr_array_unref (self->directory);
  g_string_free (self->last, TRUE);
  if (self->me != NULL)
    lf_codec_free (&lf_schema_me, self->me);
  G_OBJECT_CLASS (lf_client_parent_class)->finalize (object);
}

static void
lf_client_class_init (LfClientClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_client_get_property;
  object_class->finalize = lf_client_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, LF_CLIENT_RECONNECTING, 0, flags);
  props[PROP_AS_OF_US] = g_param_spec_int64 ("as-of-us", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("me-changed", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("message-received", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                LF_TYPE_CONVERSATION, LF_TYPE_MESSAGE_ITEM);
  g_signal_new ("became-available", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  g_signal_new ("signed-out", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  g_signal_new ("notice", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_client_init (LfClient *self)
{
  self->last = g_string_new (NULL);
  self->directory = g_ptr_array_new_with_free_func (g_object_unref);
  self->conversations = g_list_store_new (LF_TYPE_CONVERSATION);
  self->failure = first_failure;
  first_failure = -1;
}

/* ---- what tests drive ---- */

void
lf_fake_client_set_state (LfClient *self, LfClientState state, gint64 as_of_us)
{
  self->as_of_us = as_of_us;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AS_OF_US]);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
lf_fake_client_fail_at_start (LfError code)
{
  first_failure = code;
}

void
lf_fake_client_fail_next (LfClient *self, LfError code)
{
  self->failure = code;
}

const char *
lf_fake_client_get_last (LfClient *self)
{
  return self->last->str;
}

/* ---- lf-client.h ---- */

LfClient *
lf_client_new (LfClock *clock)
{
  LfClient *self = g_object_new (LF_TYPE_CLIENT, NULL);

  self->clock = lf_clock_new_manual (LF_FAKE_NOW_US); /* time stands still, whatever the program brings */
  self->roster = lf_roster_new (self->clock);
  self->telephone = lf_telephone_new (self->roster, self->clock);

  return self;
}

LfTelephone *
lf_client_get_telephone (LfClient *self)
{
  return self->telephone;
}

LfClock *
lf_client_get_clock (LfClient *self)
{
  return self->clock;
}

LfClientState
lf_client_get_state (LfClient *self)
{
  return self->state;
}

gint64
lf_client_get_as_of_us (LfClient *self)
{
  return self->as_of_us;
}

const char *
lf_client_get_server (LfClient *self)
{
  return "https://lampfield.example.org";
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

const LfWireMe *
lf_client_get_me (LfClient *self)
{
  return self->me;
}

GListModel *
lf_client_get_conversations (LfClient *self)
{
  return G_LIST_MODEL (self->conversations);
}

guint
lf_client_get_unread (LfClient *self)
{
  return 0;
}

static void
answer (LfClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  int               failure = self->failure;

  self->failure = -1;
  if (failure >= 0)
    g_task_return_new_error (task, LF_ERROR, failure, "as the <test> & its author want it");
  else
    g_task_return_boolean (task, TRUE);
}

void
lf_client_sign_in_async (LfClient *self, const char *server, const char *login, const char *password, gboolean remember, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "sign-in %s %s %s%s", server, login, password, remember ? " remember" : "");
  answer (self, cancellable, callback, user_data);
}

gboolean
lf_client_sign_in_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_restore_async (LfClient *self, const char *server, const char *login, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "restore %s %s", server, login);
  answer (self, cancellable, callback, user_data);
}

gboolean
lf_client_restore_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_resume_with_token_async (LfClient *self, const char *server, const char *refresh_token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "resume %s %s", server, refresh_token);
  answer (self, cancellable, callback, user_data);
}

gboolean
lf_client_resume_with_token_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_sign_out_async (LfClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "sign-out");
  answer (self, cancellable, callback, user_data);
}

gboolean
lf_client_sign_out_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_disconnect (LfClient *self)
{
}

void
lf_client_reconnect_now (LfClient *self)
{
  note (self, "reconnect-now");
}

void
lf_client_set_status (LfClient *self, LfChoice choice, const char *text, const char *emoji, gint64 expires_at_us)
{
  char *own_text = g_strdup (text);
  char *own_emoji = g_strdup (emoji);

  note (self, "set-status %d %s %s %" G_GINT64_FORMAT, (int) choice, text != NULL ? text : "-", emoji != NULL ? emoji : "-",
        expires_at_us == LF_INSTANT_NONE ? (gint64) -1 : (expires_at_us - LF_FAKE_NOW_US) / LF_MINUTE);
  g_free (self->me->status.text);
  g_free (self->me->status.emoji);
  self->me->status = (LfWireStatus){ choice, own_text, own_emoji, expires_at_us };
  self->me->note_since_us = text != NULL || emoji != NULL ? lf_clock_get_now_us (self->clock) : LF_INSTANT_NONE;
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_client_clear_status (LfClient *self)
{
  lf_client_set_status (self, LF_CHOICE_AUTOMATIC, NULL, NULL, LF_INSTANT_NONE);
  note (self, "clear-status");
}

void
lf_client_set_dnd (LfClient *self, gboolean is_on, gint64 expires_at_us)
{
  note (self, "set-dnd %d", is_on);
  self->me->dnd.is_on = is_on;
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_client_set_invisible (LfClient *self, gboolean is_invisible)
{
  note (self, "set-invisible %d", is_invisible);
  self->me->visibility.is_invisible = is_invisible;
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_client_set_reach (LfClient *self, LfReachabilityState state, gint64 since_us)
{
}

void
lf_client_add_contact (LfClient *self, LfContact *contact, const char *group_id)
{
  note (self, "add-contact %s", lf_contact_get_user (contact));
}

void
lf_client_remove_contact (LfClient *self, LfContact *contact)
{
  note (self, "remove-contact %s", lf_contact_get_user (contact));
}

void
lf_client_set_favourite (LfClient *self, LfContact *contact, gboolean is_favourite)
{
  note (self, "set-favourite %s %d", lf_contact_get_user (contact), is_favourite);
  lf_contact_set_is_favourite (contact, is_favourite);
}

void
lf_client_set_watched (LfClient *self, LfContact *contact, gboolean is_watched)
{
  note (self, "set-watched %s %d", lf_contact_get_user (contact), is_watched);
  lf_contact_set_is_watched (contact, is_watched);
}

void
lf_client_set_armed (LfClient *self, LfContact *contact, gboolean is_armed)
{
  note (self, "set-armed %s %d", lf_contact_get_user (contact), is_armed);
  lf_contact_set_is_armed (contact, is_armed);
}

void
lf_client_move_to_group (LfClient *self, LfContact *contact, const char *group_id)
{
  note (self, "move-to-group %s %s", lf_contact_get_user (contact), group_id != NULL ? group_id : "-");
  lf_contact_set_group (contact, group_id);
}

char *
lf_client_add_group (LfClient *self, const char *name)
{
  note (self, "add-group %s", name);

  return g_strdup ("g3");
}

void
lf_client_set_blocked (LfClient *self, LfContact *contact, gboolean is_blocked)
{
  note (self, "set-blocked %s %d", lf_contact_get_user (contact), is_blocked);
}

gboolean
lf_client_get_is_blocked (LfClient *self, LfContact *contact)
{
  return FALSE;
}

void
lf_client_search_async (LfClient *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GListStore       *found = g_list_store_new (LF_TYPE_CONTACT);
  int               failure = self->failure;

  note (self, "search %s", words);
  self->failure = -1;
  for (guint i = 0; i < self->directory->len; i++)
    if (g_str_match_string (words, lf_contact_get_name (g_ptr_array_index (self->directory, i)), TRUE))
      g_list_store_append (found, g_ptr_array_index (self->directory, i));
  if (failure >= 0)
    {
      g_object_unref (found);
      g_task_return_new_error (task, LF_ERROR, failure, "as the <test> & its author want it");
    }
  else
    g_task_return_pointer (task, found, g_object_unref);
}

GListModel *
lf_client_search_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
lf_client_set_open_contact (LfClient *self, LfContact *contact)
{
}

void
lf_client_open_conversation_async (LfClient *self, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  LfConversation   *conversation = lf_client_lookup_conversation (self, user);

  if (conversation == NULL)
    {
      conversation = lf_conversation_new (user, "mara", user);
      g_list_store_append (self->conversations, conversation);
      g_object_unref (conversation);
    }
  g_task_return_pointer (task, g_object_ref (conversation), g_object_unref);
}

LfConversation *
lf_client_open_conversation_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

LfConversation *
lf_client_lookup_conversation (LfClient *self, const char *user)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->conversations)); i++)
    {
      g_autoptr (LfConversation) conversation = g_list_model_get_item (G_LIST_MODEL (self->conversations), i);

      if (g_strcmp0 (lf_conversation_get_other (conversation), user) == 0)
        return conversation;
    }

  return NULL;
}

LfMessageItem *
lf_client_send (LfClient *self, LfConversation *conversation, const char *body)
{
  g_autofree char      *id = g_uuid_string_random ();
  g_autoptr (LfMessage) message = NULL;

  if (!lf_message_body_is_valid (body))
    return NULL;
  note (self, "send %s", body);
  message = lf_message_new (id, lf_conversation_get_id (conversation), "mara", body, 0, LF_FAKE_NOW_US);

  return lf_conversation_add_pending (conversation, message);
}

void
lf_client_resend (LfClient *self, LfConversation *conversation, LfMessageItem *item)
{
  note (self, "resend %s", lf_message_item_get_message (item)->body);
}

void
lf_client_load_history_async (LfClient *self, LfConversation *conversation, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  answer (self, cancellable, callback, user_data);
}

gboolean
lf_client_load_history_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_mark_read (LfClient *self, LfConversation *conversation)
{
}

void
lf_client_tell_typing (LfClient *self, LfConversation *conversation)
{
}

void
lf_client_leave_early (LfClient *self)
{
  note (self, "leave-early");
}

void
lf_fake_client_add_calendar (LfClient *self, const char *source, gint64 read_at_us, LfCalendarCode code)
{
  LfWireReadCalendar *calendar = g_new0 (LfWireReadCalendar, 1);
  LfWireMe           *me;

  calendar->source = g_strdup (source != NULL ? source : "none");
  calendar->read_at_us = read_at_us;
  calendar->code = code;
  if (self->me->calendars == NULL)
    self->me->calendars = g_ptr_array_new ();
  g_ptr_array_add (self->me->calendars, calendar);
  me = lf_codec_copy (&lf_schema_me, self->me);
  for (guint i = 0; source == NULL && i < me->calendars->len; i++)
    lf_codec_free (&lf_schema_read_calendar, me->calendars->pdata[i]);
  if (source == NULL)
    g_ptr_array_set_size (me->calendars, 0);
  lf_codec_free (&lf_schema_me, self->me);
  self->me = me;
  g_signal_emit_by_name (self, "me-changed");
}
