/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"

G_DEFINE_FINAL_TYPE (LfClient, lf_client, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_AS_OF_US,
  PROP_UNREAD,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_ME_CHANGED,
  SIGNAL_MESSAGE_RECEIVED,
  SIGNAL_BECAME_AVAILABLE,
  SIGNAL_SIGNED_OUT,
  SIGNAL_NOTICE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * lf_client_set_state:
 * @self: the client
 * @state: where it stands
 */
void
lf_client_set_state (LfClient     *self,
                     LfClientState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/**
 * lf_client_set_as_of_us:
 * @self: the client
 * @as_of_us: when the last frame came; 0: they come
 */
void
lf_client_set_as_of_us (LfClient *self,
                        gint64    as_of_us)
{
  if (self->as_of_us == as_of_us)
    return;
  self->as_of_us = as_of_us;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AS_OF_US]);
}

/* Lets go of whatever belongs to the session; what is pending ends silently. */
static void
drop_session (LfClient *self)
{
  lf_client_cache_detach (self);
  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  self->lifetime = g_cancellable_new ();
  if (self->channel != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->channel, self);
      lf_channel_stop (self->channel, "signed out");
    }
  if (self->outbox != NULL)
    g_signal_handlers_disconnect_by_data (self->outbox, self);
  if (self->puller != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->puller, self);
      lf_busy_puller_set_live (self->puller, FALSE);
    }
  if (self->availability != NULL)
    g_signal_handlers_disconnect_by_data (self->availability, self);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->outbox != NULL)
    g_object_run_dispose (G_OBJECT (self->outbox));
  if (self->puller != NULL)
    g_object_run_dispose (G_OBJECT (self->puller));
  if (self->availability != NULL)
    g_object_run_dispose (G_OBJECT (self->availability));
  g_clear_object (&self->channel);
  g_clear_object (&self->outbox);
  g_clear_object (&self->puller);
  g_clear_object (&self->availability);
  g_clear_object (&self->session);
  self->has_synced = FALSE;
  self->has_told_disk = FALSE;
  self->is_catching_up = FALSE;
}

/**
 * lf_client_reset:
 * @self: the client
 *
 * Back to the sign-in page.
 */
void
lf_client_reset (LfClient *self)
{
  drop_session (self);
  lf_client_roster_reset (self);
  lf_client_chat_reset (self);
  lf_client_status_reset (self);
  lf_telephone_set_session (self->telephone, NULL);
  g_clear_pointer (&self->login, g_free);
  g_clear_pointer (&self->server, g_free);
  self->is_remembered = FALSE;
  lf_client_set_as_of_us (self, 0);
  lf_client_set_state (self, LF_CLIENT_SIGNED_OUT);
}

/**
 * lf_client_end_by_itself:
 * @self: the client
 * @error: (nullable): why
 *
 * The session ended by itself. What is kept on disk stays: the same user may come back.
 */
void
lf_client_end_by_itself (LfClient     *self,
                         const GError *error)
{
  g_autoptr (GError)   copy = error != NULL ? g_error_copy (error) : NULL;
  g_autoptr (LfClient) guard = g_object_ref (self);

  if (g_error_matches (copy, LF_ERROR, LF_ERROR_UNAUTHORIZED))
    lf_client_forget_token (self);
  lf_client_reset (self);
  g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, copy);
}

static void
on_rotated (LfSession *session,
            gpointer   user_data)
{
  lf_client_remember_token (user_data);
}

static void
on_session_ended (LfSession    *session,
                  const GError *error,
                  gpointer      user_data)
{
  lf_client_end_by_itself (user_data, error);
}

static void
on_became_available (LfAvailability *availability,
                     LfContact      *contact,
                     gboolean        was_armed,
                     gpointer        user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_BECAME_AVAILABLE], 0, contact);
}

/**
 * lf_client_begin_session:
 * @self: the client
 * @session: (transfer full): signed in
 * @login: (nullable): for the keyring
 * @is_remembered: whether the token is kept there
 * @cache: (nullable): what is kept on disk of this account
 * @contents: (nullable): what it holds
 *
 * Signed in: everything of the session comes to life, with what was kept of it.
 */
void
lf_client_begin_session (LfClient              *self,
                         LfSession             *session,
                         const char            *login,
                         gboolean               is_remembered,
                         LfCache               *cache,
                         const LfCacheContents *contents)
{
  drop_session (self);
  self->session = session;
  g_free (self->login);
  self->login = g_strdup (login);
  g_free (self->server);
  self->server = g_strdup (lf_rest_get_server (lf_session_get_rest (session)));
  self->is_remembered = is_remembered && login != NULL;
  self->channel = lf_channel_new_for_session (session);
  self->outbox = lf_outbox_new (session);
  self->puller = lf_busy_puller_new (session, self->clock);
  self->availability = lf_availability_new (self->roster);
  g_signal_connect (session, "rotated", G_CALLBACK (on_rotated), self);
  g_signal_connect (session, "ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect (self->availability, "became-available", G_CALLBACK (on_became_available), self);
  lf_telephone_set_session (self->telephone, session);
  lf_client_stream_begin (self);
  lf_client_roster_begin (self);
  lf_client_letters_begin (self);
  lf_client_remember_token (self);
  if (cache != NULL)
    lf_client_cache_attach (self, cache);
  if (contents != NULL && lf_client_cache_show (self, contents))
    {
      self->has_synced = TRUE;
      lf_client_set_as_of_us (self, contents->as_of_us != LF_INSTANT_NONE ? contents->as_of_us : 0);
    }
  lf_client_set_state (self, self->has_synced ? LF_CLIENT_RECONNECTING : LF_CLIENT_CONNECTING);
  if (self->channel != NULL) /* no handler signed out */
    lf_channel_start (self->channel);
}

static void
lf_client_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  LfClient *self = LF_CLIENT (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_AS_OF_US:
      g_value_set_int64 (value, self->as_of_us);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lf_client_dispose (GObject *object)
{
  LfClient *self = LF_CLIENT (object);

  self->is_disposed = TRUE;
  drop_session (self);
  lf_client_chat_reset (self);
  lf_client_roster_reset (self);
  lf_client_status_reset (self);
  if (self->telephone != NULL)
    g_object_run_dispose (G_OBJECT (self->telephone));

  G_OBJECT_CLASS (lf_client_parent_class)->dispose (object);
}

static void
lf_client_finalize (GObject *object)
{
  LfClient *self = LF_CLIENT (object);

  g_clear_object (&self->lifetime);
  g_clear_object (&self->telephone);
  g_clear_object (&self->roster);
  g_clear_object (&self->own_roster);
  g_clear_object (&self->conversations);
  g_clear_object (&self->dials.shown);
  g_clear_object (&self->clock);
  g_hash_table_unref (self->chats);
  g_hash_table_unref (self->chat_users);
  g_hash_table_unref (self->blocked);
  g_hash_table_unref (self->exceptions);
  g_hash_table_unref (self->unheard);
  g_ptr_array_unref (self->settling);
  g_free (self->login);
  g_free (self->server);
  g_free (self->open_user);

  G_OBJECT_CLASS (lf_client_parent_class)->finalize (object);
}

static void
lf_client_class_init (LfClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_client_get_property;
  object_class->dispose = lf_client_dispose;
  object_class->finalize = lf_client_finalize;

  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, LF_CLIENT_SIGNED_OUT, LF_CLIENT_RECONNECTING,
                                         LF_CLIENT_SIGNED_OUT,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_AS_OF_US] = g_param_spec_int64 ("as-of-us", NULL, NULL, G_MININT64, G_MAXINT64, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_ME_CHANGED] = g_signal_new ("me-changed", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE_RECEIVED] = g_signal_new ("message-received", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                                   NULL, NULL, G_TYPE_NONE, 2, LF_TYPE_CONVERSATION,
                                                   LF_TYPE_MESSAGE_ITEM);
  signals[SIGNAL_BECAME_AVAILABLE] = g_signal_new ("became-available", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                                   NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  signals[SIGNAL_SIGNED_OUT] = g_signal_new ("signed-out", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", LF_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_client_init (LfClient *self)
{
  self->lifetime = g_cancellable_new ();
  self->conversations = g_list_store_new (LF_TYPE_CONVERSATION);
  self->dials.shown = g_list_store_new (LF_TYPE_CONTACT);
  self->blocked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->exceptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unheard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->settling = g_ptr_array_new_with_free_func (g_object_unref);
  self->reach = LF_REACHABILITY_ONLINE;
  self->reach_since_us = LF_INSTANT_NONE;
  g_queue_init (&self->edits);
  lf_client_chat_reset (self);
}

/**
 * lf_client_new:
 * @clock: what time it is; learns the server's
 *
 * Returns: (transfer full): a signed-out client on the main context that is the thread-default now
 */
LfClient *
lf_client_new (LfClock *clock)
{
  LfClient *self;

  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_CLIENT, NULL);
  self->clock = g_object_ref (clock);
  self->roster = lf_roster_new (clock);
  self->own_roster = lf_roster_new (clock);
  lf_client_dials_begin (self);
  self->telephone = lf_telephone_new (self->roster, clock);
  return self;
}

/**
 * lf_client_get_clock:
 * @self: an #LfClient
 *
 * Returns: (transfer none): the clock, on the server's time once connected
 */
LfClock *
lf_client_get_clock (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->clock;
}

/**
 * lf_client_get_state:
 * @self: an #LfClient
 *
 * Returns: where it stands
 */
LfClientState
lf_client_get_state (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), LF_CLIENT_SIGNED_OUT);

  return self->state;
}

/**
 * lf_client_get_as_of_us:
 * @self: an #LfClient
 *
 * Returns: when the last frame came, by the server's clock, while the stream is lost; else 0
 */
gint64
lf_client_get_as_of_us (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), 0);

  return self->as_of_us;
}

/**
 * lf_client_get_telephone:
 * @self: an #LfClient
 *
 * Returns: (transfer none): the user's own telephones, and the lists of calls
 */
LfTelephone *
lf_client_get_telephone (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->telephone;
}

/**
 * lf_client_get_session:
 * @self: an #LfClient
 *
 * Returns: (transfer none) (nullable): what other parts of the program publish by; another after each sign-in
 */
LfSession *
lf_client_get_session (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->session;
}

/**
 * lf_client_get_server:
 * @self: an #LfClient
 *
 * Returns: (nullable): the server, normalised, from the sign-in on
 */
const char *
lf_client_get_server (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->server;
}

/**
 * lf_client_get_known_at_us:
 * @self: the client
 *
 * Returns: the instant that what is held is of: now, or the cut; %LF_INSTANT_NONE when nothing is held
 */
gint64
lf_client_get_known_at_us (LfClient *self)
{
  if (self->as_of_us != 0)
    return self->as_of_us;
  if (self->state != LF_CLIENT_ONLINE)
    return LF_INSTANT_NONE;
  return lf_clock_get_now_us (self->clock) - MAX (lf_channel_get_silence_us (self->channel), 0);
}

/**
 * lf_client_disconnect:
 * @self: an #LfClient
 *
 * Says bye and closes the stream; the session stays. lf_client_reconnect_now() goes on.
 */
void
lf_client_disconnect (LfClient *self)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->channel != NULL)
    lf_channel_stop (self->channel, "quit");
}

/**
 * lf_client_reconnect_now:
 * @self: an #LfClient
 *
 * Connects now instead of at the end of the back-off, or again after lf_client_disconnect().
 */
void
lf_client_reconnect_now (LfClient *self)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->channel == NULL)
    return;
  lf_channel_start (self->channel);
  lf_channel_reconnect_now (self->channel);
}

/* For the other files of the class. */

/**
 * lf_client_emit_notice:
 * @self: the client
 * @error: what the user should read once
 */
void
lf_client_emit_notice (LfClient     *self,
                       const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, error);
}

/**
 * lf_client_emit_me_changed:
 * @self: the client
 */
void
lf_client_emit_me_changed (LfClient *self)
{
  if (self->telephone != NULL)
    lf_telephone_take_own_phone (self->telephone, self->me != NULL ? self->me->phone : NULL);
  g_signal_emit (self, signals[SIGNAL_ME_CHANGED], 0);
}

/**
 * lf_client_emit_received:
 * @self: the client
 * @conversation: where
 * @item: another's message that came live
 */
void
lf_client_emit_received (LfClient       *self,
                         LfConversation *conversation,
                         LfMessageItem  *item)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE_RECEIVED], 0, conversation, item);
}

/**
 * lf_client_notify_unread:
 * @self: the client
 */
void
lf_client_notify_unread (LfClient *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNREAD]);
}
