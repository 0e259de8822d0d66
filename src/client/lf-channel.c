/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <libsoup/soup.h>

#include "lf-channel-private.h"
#include "lf-error.h"
#include "lf-problem.h"
#include "lf-timer.h"
#include "lf-upgrade.h"

#define CONNECT_DEADLINE_MS 20000
#define HELLO_DEADLINE_MS   10000
#define STABLE_US           (30 * LF_SECOND) /* open for so long: the next back-off starts from the beginning */

G_DEFINE_FINAL_TYPE (LfChannel, lf_channel, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_HELLO,
  SIGNAL_FRAME,
  SIGNAL_CAUGHT_UP,
  SIGNAL_LOST,
  SIGNAL_STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void connect_now (LfChannel *self);

static void
on_lingering_closed (SoupWebsocketConnection *connection,
                     gpointer                 user_data)
{
  g_object_unref (connection);
}

/* Lets the connection go: nothing it says is heard any more. A clean close is sent in the background,
 * within libsoup's own time; a peer that broke the rules is cut off. */
static void
drop_connection (LfChannel *self,
                 gushort    close_code)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

  lf_timer_clear (&self->wait_timer);
  lf_timer_clear (&self->silence_timer);
  lf_timer_clear (&self->ack_timer);
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  self->opened_us = 0;
  self->has_hello = FALSE;
  self->is_pinging = FALSE;
  self->is_resuming = FALSE;
  self->catch_up_n = 0;
  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (close_code != LF_CLOSE_NORMAL || soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_CLOSED)
    return;
  g_signal_connect (g_object_ref (connection), "closed", G_CALLBACK (on_lingering_closed), NULL);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, close_code, NULL);
}

/* The next stream starts from nothing. */
static void
forget_stream (LfChannel *self)
{
  self->can_resume = FALSE;
  g_clear_pointer (&self->stream, g_free);
}

/* Gives up: takes @error. */
static void
give_up (LfChannel *self,
         GError    *error)
{
  drop_connection (self, LF_CLOSE_NORMAL);
  forget_stream (self);
  g_object_ref (self);
  lf_channel_set_state (self, LF_CHANNEL_STOPPED);
  g_signal_emit (self, signals[SIGNAL_STOPPED], 0, error);
  g_error_free (error);
  g_object_unref (self);
}

static gboolean
on_backoff_over (gpointer user_data)
{
  LfChannel *self = user_data;

  lf_timer_clear (&self->wait_timer);
  connect_now (self);
  return G_SOURCE_REMOVE;
}

static guint
choose_backoff_ms (LfChannel *self)
{
  guint wait_ms = lf_channel_draw_backoff_ms (self->failures, self->retry_after_s);

  self->retry_after_s = 0;
  self->failures = MIN (self->failures + 1, LF_CHANNEL_MAX_FAILURES);
  return wait_ms;
}

static gboolean
on_phase_deadline (gpointer user_data)
{
  LfChannel *self = user_data;

  lf_timer_clear (&self->wait_timer);
  lf_channel_lose (self, LF_CLOSE_NORMAL,
                   g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not answer on the stream.",
                                lf_rest_get_server (self->rest)));
  return G_SOURCE_REMOVE;
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (LfChannel) self = user_data;
  g_autoptr (GError)    error = NULL;

  if (lf_session_refresh_finish (LF_SESSION (source), result, &error))
    {
      if (self->state == LF_CHANNEL_CONNECTING && self->connection == NULL && self->attempt == NULL)
        connect_now (self);
      return;
    }
  if (self->state != LF_CHANNEL_CONNECTING || self->connection != NULL || self->attempt != NULL)
    return;
  if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED))
    give_up (self, g_steal_pointer (&error));
  else
    lf_channel_lose (self, LF_CLOSE_NORMAL, g_steal_pointer (&error));
}

static void
refresh_token (LfChannel *self)
{
  drop_connection (self, LF_CLOSE_NORMAL);
  lf_channel_set_state (self, LF_CHANNEL_CONNECTING);
  lf_session_refresh_async (self->session, NULL, on_refreshed, g_object_ref (self));
}

/* The token is refused: a new one if there can be one. Takes @error. */
static void
renew_token (LfChannel *self,
             GError    *error)
{
  if (self->session == NULL || self->has_refreshed)
    {
      give_up (self, error);
      return;
    }
  g_error_free (error);
  self->has_refreshed = TRUE;
  refresh_token (self);
}

static void
on_message (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  g_autoptr (LfChannel) self = g_object_ref (user_data);

  if (connection != self->connection)
    return;
  lf_metered_input_reset (self->input);
  lf_channel_take_message (self, type, message);
}

/* The connection ended with a close code; 0 for none. */
static void
take_close (LfChannel *self,
            gushort    code)
{
  const char *server = lf_rest_get_server (self->rest);

  switch (code)
    {
    case LF_CLOSE_SIGNED_OUT:
      give_up (self, g_error_new (LF_ERROR, LF_ERROR_UNAUTHORIZED, "“%s” has signed this device out.", server));
      break;
    case LF_CLOSE_TOKEN_EXPIRED:
      renew_token (self, g_error_new (LF_ERROR, LF_ERROR_UNAUTHORIZED, "“%s” does not take the token.", server));
      break;
    case LF_CLOSE_REPLACED:
      give_up (self, g_error_new (LF_ERROR, LF_ERROR_CONFLICT, "Lampfield was opened elsewhere with this session."));
      break;
    case LF_CLOSE_VERSION:
      give_up (self, g_error_new (LF_ERROR, LF_ERROR_VERSION, "“%s” speaks another version of the stream.", server));
      break;
    case LF_CLOSE_RESTART: /* everybody was told: they are not to come back together */
      self->failures = MAX (self->failures, LF_CHANNEL_RESTART_FAILURES);
      lf_channel_lose (self, LF_CLOSE_NORMAL, g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” is being restarted.", server));
      break;
    case LF_CLOSE_RATE:
      self->failures = MAX (self->failures, 3);
      G_GNUC_FALLTHROUGH;
    default:
      lf_channel_lose (self, LF_CLOSE_NORMAL,
                       g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The connection to “%s” was lost (%u).", server, code));
      break;
    }
}

static void
on_closed (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  g_autoptr (LfChannel) self = g_object_ref (user_data);

  if (connection == self->connection)
    take_close (self, soup_websocket_connection_get_close_code (connection));
}

/* The transport failed, or libsoup or the meter found what breaks the rules. A peer that said why it
 * closes, and then cut us off, is believed. */
static void
on_error (SoupWebsocketConnection *connection,
          GError                  *error,
          gpointer                 user_data)
{
  g_autoptr (LfChannel) self = g_object_ref (user_data);
  gushort               code = soup_websocket_connection_get_close_code (connection);

  if (connection != self->connection)
    return;
  if (error->domain == SOUP_WEBSOCKET_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    lf_channel_lose (self, LF_CLOSE_BAD_FRAME,
                     g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” broke the rules of the stream: %s.",
                                  lf_rest_get_server (self->rest), error->message));
  else
    take_close (self, code);
}

static void
on_upgraded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfChannel)               self = user_data;
  GError                             *error = NULL;
  LfMeteredInput                     *input;
  guint                               retry_after_s;
  g_autoptr (SoupWebsocketConnection) connection =
    lf_upgrade_finish (LF_REST (source), result, &input, &retry_after_s, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* stopped, or the deadline said so already */
    {
      g_error_free (error);
      return;
    }
  g_clear_object (&self->attempt);
  self->retry_after_s = retry_after_s;
  if (connection == NULL)
    {
      if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED))
        renew_token (self, error);
      else if (g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN) || g_error_matches (error, LF_ERROR, LF_ERROR_VERSION))
        give_up (self, error);
      else
        lf_channel_lose (self, LF_CLOSE_NORMAL, error);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  self->opened_us = g_get_monotonic_time ();
  self->input = input;
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  lf_channel_start_phase (self, HELLO_DEADLINE_MS);
  lf_channel_say_first (self);
}

static void
connect_now (LfChannel *self)
{
  if (self->session != NULL && lf_rest_get_token (self->rest) == NULL) /* a session that was kept */
    {
      refresh_token (self);
      return;
    }
  drop_connection (self, LF_CLOSE_NORMAL);
  self->attempt = g_cancellable_new ();
  lf_channel_start_phase (self, CONNECT_DEADLINE_MS);
  lf_upgrade_async (self->rest, self->attempt, on_upgraded, g_object_ref (self));
  lf_channel_set_state (self, LF_CHANNEL_CONNECTING);
}

static void
lf_channel_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  LfChannel *self = LF_CHANNEL (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lf_channel_dispose (GObject *object)
{
  LfChannel *self = LF_CHANNEL (object);

  drop_connection (self, LF_CLOSE_NORMAL);
  self->state = LF_CHANNEL_STOPPED;

  G_OBJECT_CLASS (lf_channel_parent_class)->dispose (object);
}

static void
lf_channel_finalize (GObject *object)
{
  LfChannel *self = LF_CHANNEL (object);

  g_clear_object (&self->rest);
  g_clear_object (&self->session);
  g_free (self->stream);
  g_string_free (self->buffer, TRUE);

  G_OBJECT_CLASS (lf_channel_parent_class)->finalize (object);
}

static void
lf_channel_class_init (LfChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_channel_get_property;
  object_class->dispose = lf_channel_dispose;
  object_class->finalize = lf_channel_finalize;

  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, LF_CHANNEL_STOPPED, LF_CHANNEL_WAITING,
                                         LF_CHANNEL_STOPPED,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_HELLO] = g_signal_new ("hello", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                        1, G_TYPE_POINTER);
  signals[SIGNAL_FRAME] = g_signal_new ("frame", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                        1, G_TYPE_POINTER);
  signals[SIGNAL_CAUGHT_UP] = g_signal_new ("caught-up", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
  signals[SIGNAL_LOST] = g_signal_new ("lost", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_ERROR);
  signals[SIGNAL_STOPPED] = g_signal_new ("stopped", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_channel_init (LfChannel *self)
{
  self->buffer = g_string_new (NULL);
  self->deadline_percent = 100;
}

/**
 * lf_channel_new:
 * @rest: carries the server and a static token
 *
 * Makes the stream of a service. A refused token is final: "stopped".
 *
 * Returns: (transfer full): it, not started
 */
LfChannel *
lf_channel_new (LfRest *rest)
{
  LfChannel *self;

  g_return_val_if_fail (LF_IS_REST (rest), NULL);

  self = g_object_new (LF_TYPE_CHANNEL, NULL);
  self->rest = g_object_ref (rest);
  return self;
}

/**
 * lf_channel_new_for_session:
 * @session: a signed-in session
 *
 * Makes the stream of a person. A refused token is refreshed once.
 *
 * Returns: (transfer full): it, not started
 */
LfChannel *
lf_channel_new_for_session (LfSession *session)
{
  LfChannel *self;

  g_return_val_if_fail (LF_IS_SESSION (session), NULL);

  self = lf_channel_new (lf_session_get_rest (session));
  self->session = g_object_ref (session);
  g_signal_connect_object (lf_session_get_clock (session), "woke", G_CALLBACK (lf_channel_on_woke), self, 0);
  return self;
}

/**
 * lf_channel_get_state:
 * @self: an #LfChannel
 *
 * Returns: where the stream stands
 */
LfChannelState
lf_channel_get_state (LfChannel *self)
{
  g_return_val_if_fail (LF_IS_CHANNEL (self), LF_CHANNEL_STOPPED);

  return self->state;
}

/**
 * lf_channel_start:
 * @self: an #LfChannel
 *
 * Connects, and keeps connected until lf_channel_stop() or "stopped". Does nothing when started.
 */
void
lf_channel_start (LfChannel *self)
{
  g_return_if_fail (LF_IS_CHANNEL (self));

  if (self->state != LF_CHANNEL_STOPPED)
    return;
  self->failures = 0;
  self->has_refreshed = FALSE;
  connect_now (self);
}

/**
 * lf_channel_stop:
 * @self: an #LfChannel
 * @reason: for the server's log: "quit", "suspend"
 *
 * Says bye and closes. No signal but the change of "state" follows.
 */
void
lf_channel_stop (LfChannel  *self,
                 const char *reason)
{
  LfWireBye bye = { .reason = (char *) reason };

  g_return_if_fail (LF_IS_CHANNEL (self));
  g_return_if_fail (reason != NULL);

  if (self->state == LF_CHANNEL_STOPPED)
    return;
  if (self->has_hello)
    {
      lf_channel_send_ack (self);
      lf_channel_send (self, LF_FRAME_BYE, &bye);
    }
  drop_connection (self, LF_CLOSE_NORMAL);
  forget_stream (self);
  lf_channel_set_state (self, LF_CHANNEL_STOPPED);
}

/**
 * lf_channel_reconnect_now:
 * @self: an #LfChannel
 *
 * Ends a back-off early: the network came back, or the person asked. An open stream is asked for a sign
 * of life: it may have died with the network that was.
 */
void
lf_channel_reconnect_now (LfChannel *self)
{
  g_return_if_fail (LF_IS_CHANNEL (self));

  if (self->state == LF_CHANNEL_WAITING)
    connect_now (self);
  else if (self->has_hello)
    lf_channel_probe (self);
}

/* For the other file of the class. */

/**
 * lf_channel_set_state:
 * @self: the channel
 * @state: where it stands
 */
void
lf_channel_set_state (LfChannel     *self,
                      LfChannelState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/**
 * lf_channel_emit_hello:
 * @self: the channel
 * @hello: what came
 */
void
lf_channel_emit_hello (LfChannel         *self,
                       const LfWireHello *hello)
{
  g_signal_emit (self, signals[SIGNAL_HELLO], 0, hello);
}

/**
 * lf_channel_emit_caught_up:
 * @self: the channel
 */
void
lf_channel_emit_caught_up (LfChannel *self)
{
  g_signal_emit (self, signals[SIGNAL_CAUGHT_UP], 0);
}

/**
 * lf_channel_emit_frame:
 * @self: the channel
 * @frame: what came
 */
void
lf_channel_emit_frame (LfChannel     *self,
                       const LfFrame *frame)
{
  g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
}

/**
 * lf_channel_lose:
 * @self: the channel
 * @close_code: what to tell the peer
 * @error: (transfer full): why
 *
 * Ends the connection and tries again after the back-off. Whoever broke the rules is not resumed: the
 * same would come again.
 */
void
lf_channel_lose (LfChannel *self,
                 gushort    close_code,
                 GError    *error)
{
  if (self->opened_us != 0 && g_get_monotonic_time () - self->opened_us > STABLE_US)
    self->failures = 0;
  drop_connection (self, close_code);
  if (close_code == LF_CLOSE_BAD_FRAME)
    forget_stream (self);
  self->has_refreshed = FALSE;
  lf_timer_start (&self->wait_timer, choose_backoff_ms (self), on_backoff_over, self);
  g_debug ("stream lost: %s", error->message);
  g_object_ref (self);
  lf_channel_set_state (self, LF_CHANNEL_WAITING);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, error);
  g_error_free (error);
  g_object_unref (self);
}

/**
 * lf_channel_start_phase:
 * @self: the channel
 * @deadline_ms: how long what is awaited may take
 *
 * The connection is lost unless another phase begins in time.
 */
void
lf_channel_start_phase (LfChannel *self,
                        guint      deadline_ms)
{
  lf_timer_start (&self->wait_timer, deadline_ms * self->deadline_percent / 100, on_phase_deadline, self);
}
