/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <gio/gio.h>

#include "lf-fake-client.h"

struct _LfClient
{
  GObject parent_instance;

  LfClock      *clock;
  LfRoster     *roster;
  LfContact    *own;
  LfWireMe     *me;
  GListStore   *conversations;
  GPtrArray    *directory; /* LfContact * */
  GString      *last;
  LfClientState state;
  gint64        as_of_us;
  int           failure; /* code of the next failure, or -1 */
  gint64        rev;
};

G_DEFINE_FINAL_TYPE (LfClient, lf_client, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_AS_OF_US,
  PROP_UNREAD,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

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
  self->failure = -1;
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
lf_fake_client_fail_next (LfClient *self, LfError code)
{
  self->failure = code;
}

const char *
lf_fake_client_get_last (LfClient *self)
{
  return self->last->str;
}

static LfContact *
add_person (LfClient *self, const char *user, const char *name, const char *department, const char *group)
{
  g_autofree char *address = g_strdup_printf ("tel:+4930%u", 1000 + g_str_hash (user) % 9000);
  const char      *addresses[] = { address, NULL };
  LfContact       *contact = lf_roster_ensure (self->roster, user);

  lf_contact_set_person (contact, &(LfPersonFields){ .user = user, .login = user, .name = name, .department = department, .addresses = addresses });
  lf_contact_set_group (contact, group);

  return contact;
}

void
lf_fake_client_set_phone (LfClient *self, const char *user, LfPhoneState state)
{
  LfContact             *contact = lf_roster_lookup (self->roster, user);
  LfPhone                phone = { .state = state, .since_us = LF_FAKE_NOW_US - 4 * LF_MINUTE - LF_SECOND, .valid_until_us = LF_INSTANT_NONE, .detail = (char *) "2041", .source = (char *) "PBX" };
  g_autoptr (LfPresence) presence = lf_presence_with_phone (lf_contact_get_presence (contact), &phone, ++self->rev);

  lf_roster_apply_presence (self->roster, user, presence, FALSE);
}

void
lf_fake_client_set_reach (LfClient *self, const char *user, LfReachabilityState state, const char *text)
{
  LfContact     *contact = lf_roster_lookup (self->roster, user);
  LfReachability reach = {
    .state = state,
    .since_us = LF_FAKE_NOW_US - 25 * LF_MINUTE,
    .valid_until_us = LF_INSTANT_NONE,
    .note = { .text = (char *) text, .expires_at_us = LF_INSTANT_NONE },
  };
  g_autoptr (LfPresence) presence = lf_presence_with_reachability (lf_contact_get_presence (contact), &reach, ++self->rev);

  lf_roster_apply_presence (self->roster, user, presence, FALSE);
}

static void
set_meeting (LfClient *self, const char *user, gint64 until_us)
{
  LfBusyPeriod           period = { LF_FAKE_NOW_US - 30 * LF_MINUTE, until_us, LF_BUSY_BUSY };
  g_autoptr (LfBusyList) busy = lf_busy_list_new (&period, 1);
  LfCalendar             calendar = {
                .busy = busy,
                .known_from_us = LF_FAKE_NOW_US - LF_DAY,
                .valid_until_us = LF_FAKE_NOW_US + LF_DAY,
                .read_at_us = LF_FAKE_NOW_US - 2 * LF_MINUTE,
                .rev = 1,
                .source = (char *) "Nextcloud",
  };

  lf_roster_apply_calendar (self->roster, user, &calendar);
}

void
lf_fake_client_fill (LfClient *self)
{
  static const LfGroup groups[] = { { (char *) "g1", (char *) "Engineering", 1 }, { (char *) "g2", (char *) "Sales", 2 } };
  static const struct
  {
    const char         *user, *name, *group;
    LfReachabilityState reach;
    const char         *note;
  } people[] = {
    { "jonas", "Jonas Weber", "g1", LF_REACHABILITY_ONLINE, NULL },
    { "priya", "Priya Nair", "g2", LF_REACHABILITY_AVAILABLE, NULL },
    { "ada", "Ada Lovelace", "g1", LF_REACHABILITY_OFFLINE, NULL },
    { "bruno", "Bruno Costa", "g1", LF_REACHABILITY_ONLINE, "Quarter close, slow to answer" },
    { "chloe", "Chloé Dubois", "g1", LF_REACHABILITY_IDLE, NULL },
    { "david", "David Okafor", "g1", LF_REACHABILITY_ONLINE, NULL },
    { "elif", "Elif Yılmaz", "g1", LF_REACHABILITY_AWAY, "Lunch" },
    { "farah", "Farah Haddad", "g2", LF_REACHABILITY_ONLINE, NULL },
    { "greta", "Greta Sørensen", "g2", LF_REACHABILITY_OFFLINE, NULL },
    { "hiro", "Hiroshi Tanaka", "g2", LF_REACHABILITY_ONLINE, NULL },
    { "ines", "Inês Almeida", NULL, LF_REACHABILITY_OFFLINE, NULL },
    { "jack", "Jack Price", NULL, LF_REACHABILITY_UNKNOWN, NULL },
  };

  self->me = g_new0 (LfWireMe, 1);
  self->me->person.id = g_strdup ("mara");
  self->me->person.login = g_strdup ("mara");
  self->me->person.name = g_strdup ("Mara Lind");
  self->me->status.expires_at_us = self->me->dnd.expires_at_us = LF_INSTANT_NONE;
  self->own = lf_contact_new ("mara");
  lf_contact_set_person (self->own, &(LfPersonFields){ .user = "mara", .login = "mara", .name = "Mara Lind" });
  {
    LfPhone                phone = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE };
    LfCalendar             calendar = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };
    LfReachability         reach = { .state = LF_REACHABILITY_ONLINE, .since_us = LF_FAKE_NOW_US - LF_HOUR, .valid_until_us = LF_INSTANT_NONE, .note = { .expires_at_us = LF_INSTANT_NONE } };
    g_autoptr (LfPresence) presence = lf_presence_new (&phone, &calendar, &reach, 1);

    lf_contact_set_presence (self->own, presence);
    lf_contact_resolve (self->own, LF_FAKE_NOW_US);
  }

  lf_roster_set_groups (self->roster, groups, G_N_ELEMENTS (groups));
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      add_person (self, people[i].user, people[i].name, "Office", people[i].group);
      lf_fake_client_set_reach (self, people[i].user, people[i].reach, people[i].note);
    }
  lf_contact_set_is_favourite (lf_roster_lookup (self->roster, "jonas"), TRUE);
  lf_contact_set_is_favourite (lf_roster_lookup (self->roster, "priya"), TRUE);
  lf_contact_set_is_watched (lf_roster_lookup (self->roster, "jonas"), TRUE);
  lf_contact_set_unread (lf_roster_lookup (self->roster, "chloe"), 2);
  lf_fake_client_set_phone (self, "jonas", LF_PHONE_OFF_HOOK);
  lf_fake_client_set_phone (self, "ada", LF_PHONE_OFF_HOOK);
  lf_fake_client_set_phone (self, "hiro", LF_PHONE_DO_NOT_DISTURB);
  set_meeting (self, "farah", LF_FAKE_NOW_US + 20 * LF_MINUTE);
  set_meeting (self, "greta", LF_FAKE_NOW_US + 80 * LF_MINUTE);

  lf_fake_client_set_state (self, LF_CLIENT_ONLINE, 0);
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_fake_client_fill_many (LfClient *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%05u", i);
      g_autofree char *name = g_strdup_printf ("Person %05u", i);

      add_person (self, user, name, NULL, i % 2 == 0 ? "g1" : NULL);
      lf_fake_client_set_reach (self, user, LF_REACHABILITY_ONLINE, NULL);
    }
}

void
lf_fake_client_add_people (LfClient *self, const char *const *names)
{
  for (; *names != NULL; names++)
    {
      g_autofree char *user = g_utf8_strdown (*names, -1);
      LfContact       *contact = lf_contact_new (g_strdelimit (user, " ", '.'));

      lf_contact_set_person (contact, &(LfPersonFields){ .user = user, .login = user, .name = *names });
      g_ptr_array_add (self->directory, contact);
    }
}

/* ---- lf-client.h ---- */

LfClient *
lf_client_new (LfClock *clock)
{
  LfClient *self = g_object_new (LF_TYPE_CLIENT, NULL);

  self->clock = lf_clock_new_manual (LF_FAKE_NOW_US); /* time stands still, whatever the program brings */
  self->roster = lf_roster_new (self->clock);

  return self;
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
    g_task_return_new_error (task, LF_ERROR, failure, "as the test wants it");
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
      g_task_return_new_error (task, LF_ERROR, failure, "as the test wants it");
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
