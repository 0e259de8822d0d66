/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <libsoup/soup.h>

#include "lf-channel.h"
#include "lf-error.h"
#include "lf-problem.h"
#include "lf-timer.h"
#include "lf-upgrade.h"

#define MAX_MESSAGE_BYTES    (64 * 1024)
#define CONNECT_DEADLINE_MS  20000
#define HELLO_DEADLINE_MS    10000
#define SNAPSHOT_DEADLINE_MS 120000
#define PONG_DEADLINE_MS     10000
#define SHORTEST_PING_S      5
#define LONGEST_PING_S       120
#define MAX_PINGS            20 /* within PING_WINDOW_US: more is a flood, each would be answered */
#define PING_WINDOW_US       (10 * LF_SECOND)
#define ACK_FRAMES           32
#define ACK_DELAY_MS         2000
#define BACKOFF_STEP_MS      1000
#define BACKOFF_MAX_MS       60000
#define BACKOFF_MAX_EXPONENT 6
#define STABLE_US            (30 * LF_SECOND) /* open for so long: the next back-off starts from the beginning */

/**
 * LfChannel:
 *
 * One connection at a time. Each has its own SoupWebsocketConnection, watched until it is let go;
 * whatever an old one still says is no longer heard. Three timers: the wait (back-off, or a deadline
 * while connecting and synchronising), the silence (when to ping, and the pong's deadline), and the
 * acknowledgement.
 */
struct _LfChannel
{
  GObject parent_instance;

  LfRest                  *rest;       /* owned */
  LfSession               *session;    /* owned, nullable: a static token */
  SoupWebsocketConnection *connection; /* owned, nullable */
  GCancellable            *attempt;    /* owned, nullable: of the connection being made */
  LfChannelState           state;
  GSource                 *wait_timer;    /* owned, nullable */
  GSource                 *silence_timer; /* owned, nullable */
  GSource                 *ack_timer;     /* owned, nullable */
  GString                 *buffer;        /* owned; frames are written here */
  gint64                   last_frame_us; /* monotonic */
  gint64                   opened_us;     /* monotonic; 0: not open */
  gint64                   ping_s;
  gint64                   ping_n;
  gint64                   pings_from_us; /* monotonic; start of the window in which pings are counted */
  guint                    n_pings;
  gint64                   count;     /* counted frames applied since hello */
  gint64                   acked;     /* of these, acknowledged */
  gint64                   next_part; /* of the snapshot */
  guint                    failures;  /* in a row */
  guint                    retry_after_s;
  gboolean                 has_hello;
  gboolean                 is_pinging;
  gboolean                 has_refreshed; /* a second refusal in a row is final */
};

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
  SIGNAL_LOST,
  SIGNAL_STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void connect_now (LfChannel *self);
static void lose (LfChannel *self, gushort close_code, GError *error);

static void
set_state (LfChannel     *self,
           LfChannelState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

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
  self->count = 0;
  self->acked = 0;
  self->next_part = 0;
  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (close_code != LF_CLOSE_NORMAL || soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_CLOSED)
    return;
  g_signal_connect (g_object_ref (connection), "closed", G_CALLBACK (on_lingering_closed), NULL);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, close_code, NULL);
}

/* Gives up: takes @error. */
static void
give_up (LfChannel *self,
         GError    *error)
{
  drop_connection (self, LF_CLOSE_NORMAL);
  g_object_ref (self);
  set_state (self, LF_CHANNEL_STOPPED);
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

/* Full jitter: a random time between nothing and a doubling limit, never before Retry-After. */
static guint
choose_backoff_ms (LfChannel *self)
{
  guint limit_ms = MIN (BACKOFF_STEP_MS << MIN (self->failures, BACKOFF_MAX_EXPONENT), BACKOFF_MAX_MS);
  guint wait_ms = g_random_int_range (0, limit_ms + 1);

  wait_ms += self->retry_after_s * 1000;
  self->retry_after_s = 0;
  self->failures = MIN (self->failures + 1, BACKOFF_MAX_EXPONENT);
  return wait_ms;
}

/* Ends the connection and tries again later: takes @error. */
static void
lose (LfChannel *self,
      gushort    close_code,
      GError    *error)
{
  if (self->opened_us != 0 && g_get_monotonic_time () - self->opened_us > STABLE_US)
    self->failures = 0;
  drop_connection (self, close_code);
  self->has_refreshed = FALSE;
  lf_timer_start (&self->wait_timer, choose_backoff_ms (self), on_backoff_over, self);
  g_debug ("stream lost: %s", error->message);
  g_object_ref (self);
  set_state (self, LF_CHANNEL_WAITING);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, error);
  g_error_free (error);
  g_object_unref (self);
}

static void
lose_bad_frame (LfChannel  *self,
                const char *what)
{
  lose (self, LF_CLOSE_BAD_FRAME,
        g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” sent what is not understood: %s.",
                     lf_rest_get_server (self->rest), what));
}

static gboolean
on_phase_deadline (gpointer user_data)
{
  LfChannel *self = user_data;

  lf_timer_clear (&self->wait_timer);
  lose (self, LF_CLOSE_NORMAL,
        g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not answer on the stream.",
                     lf_rest_get_server (self->rest)));
  return G_SOURCE_REMOVE;
}

static gboolean
on_silence (gpointer user_data)
{
  LfChannel *self = user_data;
  LfWirePing ping = { .n = ++self->ping_n };

  lf_timer_clear (&self->silence_timer);
  if (self->is_pinging)
    {
      lose (self, LF_CLOSE_NORMAL,
            g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” fell silent.", lf_rest_get_server (self->rest)));
      return G_SOURCE_REMOVE;
    }
  self->is_pinging = TRUE;
  lf_channel_send (self, LF_FRAME_PING, &ping);
  lf_timer_start (&self->silence_timer, PONG_DEADLINE_MS, on_silence, self);
  return G_SOURCE_REMOVE;
}

static void
watch_silence (LfChannel *self)
{
  self->is_pinging = FALSE;
  lf_timer_start (&self->silence_timer, self->ping_s * 1500, on_silence, self);
}

static void
send_ack (LfChannel *self)
{
  LfWireAck ack = { .count = self->count };

  lf_timer_clear (&self->ack_timer);
  if (self->count > self->acked && lf_channel_send (self, LF_FRAME_ACK, &ack))
    self->acked = self->count;
}

static gboolean
on_ack_due (gpointer user_data)
{
  send_ack (user_data);
  return G_SOURCE_REMOVE;
}

/* The frame has been applied. */
static void
count_frame (LfChannel *self)
{
  self->count++;
  if (self->count - self->acked >= ACK_FRAMES)
    send_ack (self);
  else if (self->ack_timer == NULL)
    lf_timer_start (&self->ack_timer, ACK_DELAY_MS, on_ack_due, self);
}

static void
take_hello (LfChannel         *self,
            const LfWireHello *hello)
{
  self->has_hello = TRUE;
  self->has_refreshed = FALSE;
  self->ping_s = CLAMP (hello->ping_s, SHORTEST_PING_S, LONGEST_PING_S);
  watch_silence (self);
  lf_timer_start (&self->wait_timer, SNAPSHOT_DEADLINE_MS, on_phase_deadline, self);
  set_state (self, LF_CHANNEL_SYNCING);
  if (self->has_hello) /* unless a handler stopped it */
    g_signal_emit (self, signals[SIGNAL_HELLO], 0, hello);
}

/* Returns: FALSE if the connection is gone, or another frame of this kind may not come now */
static gboolean
check_order (LfChannel     *self,
             const LfFrame *frame)
{
  const LfWireSnapshot *snapshot = frame->body;

  if (frame->type != LF_FRAME_SNAPSHOT)
    return TRUE;
  if (self->state == LF_CHANNEL_LIVE || snapshot->part != self->next_part)
    return FALSE;
  self->next_part++;
  return TRUE;
}

static void
deliver_frame (LfChannel     *self,
               const LfFrame *frame)
{
  SoupWebsocketConnection *connection = self->connection;

  if (!check_order (self, frame))
    {
      lose_bad_frame (self, "a snapshot out of order");
      return;
    }
  g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
  if (self->connection != connection) /* a handler stopped or lost it */
    return;
  count_frame (self);
  if (frame->type == LF_FRAME_SNAPSHOT && ((const LfWireSnapshot *) frame->body)->is_last)
    {
      lf_timer_clear (&self->wait_timer);
      set_state (self, LF_CHANNEL_LIVE);
    }
}

static void
take_error_frame (LfChannel              *self,
                  const LfWireErrorFrame *body)
{
  g_debug ("the server says: %s", body->code != NULL ? body->code : "error");
}

static void
answer_ping (LfChannel        *self,
             const LfWirePing *ping)
{
  if (self->last_frame_us - self->pings_from_us > PING_WINDOW_US)
    {
      self->pings_from_us = self->last_frame_us;
      self->n_pings = 0;
    }
  if (++self->n_pings > MAX_PINGS)
    lose_bad_frame (self, "a flood of pings");
  else
    lf_channel_send (self, LF_FRAME_PONG, ping);
}

static void
take_frame (LfChannel     *self,
            const LfFrame *frame)
{
  self->last_frame_us = g_get_monotonic_time ();
  if (!self->has_hello && frame->type != LF_FRAME_HELLO && frame->type != LF_FRAME_ERROR)
    {
      lose_bad_frame (self, "a frame before hello");
      return;
    }
  if (self->has_hello)
    watch_silence (self);
  switch (frame->type)
    {
    case LF_FRAME_HELLO:
      if (self->has_hello)
        lose_bad_frame (self, "a second hello");
      else
        take_hello (self, frame->body);
      break;
    case LF_FRAME_PING:
      answer_ping (self, frame->body);
      break;
    case LF_FRAME_PONG:
      break;
    case LF_FRAME_ERROR:
      take_error_frame (self, frame->body);
      break;
    case LF_FRAME_SNAPSHOT:
    case LF_FRAME_PRESENCE:
    case LF_FRAME_CALENDAR:
    case LF_FRAME_MESSAGE:
    case LF_FRAME_DELIVERED:
    case LF_FRAME_READ:
    case LF_FRAME_TYPING:
    case LF_FRAME_CONTACT:
    case LF_FRAME_SESSION:
    case LF_FRAME_LINES:
    case LF_FRAME_PEOPLE:
      deliver_frame (self, frame);
      break;
    case LF_FRAME_START:
    case LF_FRAME_RESUME:
    case LF_FRAME_ACK:
    case LF_FRAME_REACH:
    case LF_FRAME_BYE:
    default:
      lose_bad_frame (self, "a frame that only clients send");
      break;
    }
}

static void
on_message (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  g_autoptr (LfChannel) self = g_object_ref (user_data);
  g_autoptr (LfFrame)   frame = NULL;
  g_autoptr (GError)    error = NULL;
  const char           *text;
  gsize                 length;

  if (connection != self->connection)
    return;
  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      lose_bad_frame (self, "a binary message");
      return;
    }
  text = g_bytes_get_data (message, &length);
  frame = lf_frame_decode (text, length, &lf_json_limits_frame, &error);
  if (frame == NULL)
    lose (self, LF_CLOSE_BAD_FRAME, g_steal_pointer (&error));
  else
    take_frame (self, frame);
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
    lose (self, LF_CLOSE_NORMAL, g_steal_pointer (&error));
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
  drop_connection (self, LF_CLOSE_NORMAL);
  self->has_refreshed = TRUE;
  set_state (self, LF_CHANNEL_CONNECTING);
  lf_session_refresh_async (self->session, NULL, on_refreshed, g_object_ref (self));
}

static void
on_closed (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  g_autoptr (LfChannel) self = g_object_ref (user_data);
  const char           *server = lf_rest_get_server (self->rest);
  gushort               code;

  if (connection != self->connection)
    return;
  code = soup_websocket_connection_get_close_code (connection);
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
    case LF_CLOSE_RATE:
      self->failures = MAX (self->failures, 3);
      G_GNUC_FALLTHROUGH;
    default:
      lose (self, LF_CLOSE_NORMAL,
            g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The connection to “%s” was lost (%u).", server, code));
      break;
    }
}

static void
on_upgraded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfChannel)               self = user_data;
  GError                             *error = NULL;
  guint                               status;
  guint                               retry_after_s;
  g_autoptr (SoupWebsocketConnection) connection =
    lf_upgrade_finish (LF_REST (source), result, &status, &retry_after_s, &error);

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
        lose (self, LF_CLOSE_NORMAL, error);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  self->opened_us = g_get_monotonic_time ();
  soup_websocket_connection_set_max_incoming_payload_size (self->connection, MAX_MESSAGE_BYTES);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  lf_timer_start (&self->wait_timer, HELLO_DEADLINE_MS, on_phase_deadline, self);
  lf_channel_send (self, LF_FRAME_START, &(LfWireEmpty){ NULL });
}

static void
connect_now (LfChannel *self)
{
  drop_connection (self, LF_CLOSE_NORMAL);
  self->attempt = g_cancellable_new ();
  lf_timer_start (&self->wait_timer, CONNECT_DEADLINE_MS, on_phase_deadline, self);
  lf_upgrade_async (self->rest, self->attempt, on_upgraded, g_object_ref (self));
  set_state (self, LF_CHANNEL_CONNECTING);
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
  signals[SIGNAL_LOST] = g_signal_new ("lost", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_ERROR);
  signals[SIGNAL_STOPPED] = g_signal_new ("stopped", LF_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_channel_init (LfChannel *self)
{
  self->buffer = g_string_new (NULL);
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
 * lf_channel_get_last_frame_mono_us:
 * @self: an #LfChannel
 *
 * Returns: when the last frame came, microseconds of the monotonic clock; 0 for none yet
 */
gint64
lf_channel_get_last_frame_mono_us (LfChannel *self)
{
  g_return_val_if_fail (LF_IS_CHANNEL (self), 0);

  return self->last_frame_us;
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
      send_ack (self);
      lf_channel_send (self, LF_FRAME_BYE, &bye);
    }
  drop_connection (self, LF_CLOSE_NORMAL);
  set_state (self, LF_CHANNEL_STOPPED);
}

/**
 * lf_channel_reconnect_now:
 * @self: an #LfChannel
 *
 * Ends a back-off early: the network came back, or the person asked. Does nothing otherwise.
 */
void
lf_channel_reconnect_now (LfChannel *self)
{
  g_return_if_fail (LF_IS_CHANNEL (self));

  if (self->state == LF_CHANNEL_WAITING)
    connect_now (self);
}

/**
 * lf_channel_send:
 * @self: an #LfChannel
 * @type: of a frame that clients send
 * @body: the struct of lf_frame_get_schema()
 *
 * Sends one frame on the open stream.
 *
 * Returns: %FALSE if the stream is not open: nothing was sent and nothing is queued
 */
gboolean
lf_channel_send (LfChannel    *self,
                 LfFrameType   type,
                 gconstpointer body)
{
  g_return_val_if_fail (LF_IS_CHANNEL (self), FALSE);

  if (self->connection == NULL || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  if (!self->has_hello && type != LF_FRAME_START)
    return FALSE;
  g_string_truncate (self->buffer, 0);
  lf_frame_encode (type, body, self->buffer);
  soup_websocket_connection_send_text (self->connection, self->buffer->str);
  return TRUE;
}
