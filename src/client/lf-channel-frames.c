/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <time.h>

#include "lf-channel-private.h"
#include "lf-error.h"
#include "lf-problem.h"
#include "lf-timer.h"

#define BACKOFF_STEP_MS      1000
#define BACKOFF_MAX_MS       60000
#define SNAPSHOT_DEADLINE_MS 120000
#define PONG_DEADLINE_MS     10000
#define SHORTEST_PING_S      5
#define LONGEST_PING_S       120
#define MAX_PINGS            20 /* within PING_WINDOW_US: more is a flood, each would be answered */
#define PING_WINDOW_US       (10 * LF_SECOND)
#define LEASE_US             (60 * LF_SECOND) /* of a stream: nothing heard for so long, and the server gives it up */
#define ACK_FRAMES           32
#define ACK_DELAY_MS         2000
#define MAX_CATCH_UP_ROUNDS  64

static void
lose_bad_frame (LfChannel  *self,
                const char *what)
{
  lf_channel_lose (self, LF_CLOSE_BAD_FRAME,
                   g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” sent what is not understood: %s.",
                                lf_rest_get_server (self->rest), what));
}

static void
lose_silent (LfChannel *self)
{
  lf_channel_lose (self, LF_CLOSE_NORMAL,
                   g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” fell silent.", lf_rest_get_server (self->rest)));
}

/* The stream has not been heard of for so long that it is over: the machine has been asleep. Whatever
 * still comes of it is old. */
static gboolean
lose_if_outlived (LfChannel *self)
{
  gint64 lease_us = MAX (LEASE_US, 2 * self->ping_s * LF_SECOND);

  if (!self->has_hello || lf_channel_get_silence_us (self) < lease_us)
    return FALSE;
  lose_silent (self);
  return TRUE;
}

static gboolean
on_silence (gpointer user_data)
{
  LfChannel *self = user_data;
  LfWirePing ping = { .n = ++self->ping_n };

  lf_timer_clear (&self->silence_timer);
  if (self->is_pinging)
    {
      lose_silent (self);
      return G_SOURCE_REMOVE;
    }
  self->is_pinging = TRUE;
  lf_timer_start (&self->silence_timer, PONG_DEADLINE_MS * self->deadline_percent / 100, on_silence, self);
  lf_channel_send (self, LF_FRAME_PING, &ping);
  return G_SOURCE_REMOVE;
}

/**
 * lf_channel_on_woke:
 * @clock: of the session
 * @slept_us: for how long
 * @self: the channel
 *
 * The machine has been asleep. A stream that cannot have lived through it is lost at once; one that has been
 * silent for long is asked now.
 */
void
lf_channel_on_woke (LfClock   *clock,
                    gint64     slept_us,
                    LfChannel *self)
{
  if (!lose_if_outlived (self) && self->has_hello && !self->is_pinging &&
      lf_channel_get_silence_us (self) >= self->ping_s * 3 / 2 * LF_SECOND)
    on_silence (self);
}

static void
watch_silence (LfChannel *self)
{
  self->is_pinging = FALSE;
  lf_timer_start (&self->silence_timer, self->ping_s * 1500 * self->deadline_percent / 100, on_silence, self);
}

/**
 * lf_channel_probe:
 * @self: the channel, with an open stream
 *
 * Asks the peer for a sign of life now; it is lost without one, as after a silence.
 */
void
lf_channel_probe (LfChannel *self)
{
  if (!self->is_pinging)
    on_silence (self);
}

/**
 * lf_channel_get_silence_us:
 * @self: an #LfChannel
 *
 * Returns: how long ago the last frame came, microseconds, time asleep included; -1 if none has come yet
 */
gint64
lf_channel_get_silence_us (LfChannel *self)
{
  g_return_val_if_fail (LF_IS_CHANNEL (self), -1);

  return self->last_frame_us != 0 ? lf_channel_read_elapsed_us () - self->last_frame_us : -1;
}

/**
 * lf_channel_send_ack:
 * @self: the channel
 *
 * Acknowledges what has been applied.
 */
void
lf_channel_send_ack (LfChannel *self)
{
  LfWireAck ack = { .count = self->count };

  lf_timer_clear (&self->ack_timer);
  if (self->count > self->acked && lf_channel_send (self, LF_FRAME_ACK, &ack))
    self->acked = self->count;
}

static gboolean
on_ack_due (gpointer user_data)
{
  lf_channel_send_ack (user_data);
  return G_SOURCE_REMOVE;
}

/* The frame has been applied. */
static void
count_frame (LfChannel *self)
{
  self->count++;
  if (self->count - self->acked >= ACK_FRAMES)
    lf_channel_send_ack (self);
  else if (self->ack_timer == NULL)
    lf_timer_start (&self->ack_timer, ACK_DELAY_MS, on_ack_due, self);
}

/* A part of a snapshot may fill half of the window, and the next one waits for room: it is acknowledged as soon as what
 * has come with it is read. */
static void
hurry_ack (LfChannel *self)
{
  lf_timer_start (&self->ack_timer, 0, on_ack_due, self);
}

/* Asks for a pong that comes behind everything that waits: the server fills the window when it hears the
 * acknowledgement, and answers then. Another frame before the pong may have filled it: asks again. */
static void
ask_for_rest (LfChannel *self)
{
  LfWirePing ping = { .n = ++self->ping_n };

  self->catch_up_n = self->ping_n;
  self->catch_up_count = self->count;
  lf_channel_send_ack (self);
  lf_channel_send (self, LF_FRAME_PING, &ping);
}

static void
take_pong (LfChannel        *self,
           const LfWirePing *pong)
{
  if (self->catch_up_n == 0 || pong->n != self->catch_up_n)
    return;
  if (self->count != self->catch_up_count && ++self->catch_up_rounds < MAX_CATCH_UP_ROUNDS)
    {
      ask_for_rest (self);
      return;
    }
  self->catch_up_n = 0;
  lf_channel_emit_caught_up (self);
}

/* The server goes on behind the last frame applied: nothing is read again. */
static void
go_on (LfChannel         *self,
       const LfWireHello *hello)
{
  SoupWebsocketConnection *connection = self->connection;

  lf_timer_clear (&self->wait_timer);
  self->acked = self->count;
  lf_channel_emit_hello (self, hello);
  if (self->connection != connection) /* a handler stopped it */
    return;
  lf_channel_set_state (self, LF_CHANNEL_LIVE);
  if (self->connection != connection)
    return;
  self->catch_up_rounds = 0;
  ask_for_rest (self);
}

static void
begin (LfChannel         *self,
       const LfWireHello *hello)
{
  self->can_resume = FALSE;
  self->count = 0;
  self->acked = 0;
  self->next_part = 0;
  g_free (self->stream);
  self->stream = g_strdup (hello->session);
  if (self->session != NULL)
    lf_channel_start_phase (self, SNAPSHOT_DEADLINE_MS);
  else
    lf_timer_clear (&self->wait_timer); /* services get no snapshot */
  lf_channel_set_state (self, LF_CHANNEL_SYNCING);
  if (self->has_hello) /* unless a handler stopped it */
    lf_channel_emit_hello (self, hello);
}

static void
take_hello (LfChannel         *self,
            const LfWireHello *hello)
{
  if (hello->is_resumed && (!self->is_resuming || hello->count != self->count || g_strcmp0 (hello->session, self->stream) != 0))
    {
      lose_bad_frame (self, "a resume that was not asked for");
      return;
    }
  self->has_hello = TRUE;
  self->has_refreshed = FALSE;
  self->ping_s = CLAMP (hello->ping_s, SHORTEST_PING_S, LONGEST_PING_S);
  watch_silence (self);
  if (hello->is_resumed)
    go_on (self, hello);
  else
    begin (self, hello);
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
  lf_channel_emit_frame (self, frame);
  if (self->connection != connection) /* a handler stopped or lost it */
    return;
  if (frame->type != LF_FRAME_SNAPSHOT || !((const LfWireSnapshot *) frame->body)->is_last)
    {
      count_frame (self);
      if (frame->type == LF_FRAME_SNAPSHOT)
        hurry_ack (self);
      return;
    }
  self->count++;
  self->can_resume = TRUE;
  lf_channel_send_ack (self); /* only then the server can go on from here */
  if (self->connection != connection)
    return;
  lf_timer_clear (&self->wait_timer);
  lf_channel_set_state (self, LF_CHANNEL_LIVE);
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

/* Microseconds since boot. Time asleep counts: what was heard before suspend is old afterwards. */
gint64
lf_channel_read_elapsed_us (void)
{
  struct timespec elapsed;

  if (clock_gettime (CLOCK_BOOTTIME, &elapsed) != 0)
    return g_get_monotonic_time ();
  return (gint64) elapsed.tv_sec * G_USEC_PER_SEC + elapsed.tv_nsec / 1000;
}

static void
take_frame (LfChannel     *self,
            const LfFrame *frame)
{
  if (lose_if_outlived (self))
    return;
  self->last_frame_us = lf_channel_read_elapsed_us ();
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
      take_pong (self, frame->body);
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
    case LF_FRAME_CALL:
    case LF_FRAME_COMMAND:
      deliver_frame (self, frame);
      break;
    case LF_FRAME_START:
    case LF_FRAME_RESUME:
    case LF_FRAME_ACK:
    case LF_FRAME_REACH:
    case LF_FRAME_BYE:
    case LF_FRAME_CAPABILITIES:
    case LF_FRAME_HEALTH:
    case LF_FRAME_COMMAND_RESULT:
    default:
      lose_bad_frame (self, "a frame that only clients send");
      break;
    }
}

/**
 * lf_channel_send:
 * @self: an #LfChannel
 * @type: of a frame that clients send
 * @body: the struct of lf_frame_get_schema()
 *
 * Sends one frame on the open stream. This may be when its loss is noticed: then the channel is in
 * another state behind the call.
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
  if (!self->has_hello && type != LF_FRAME_START && type != LF_FRAME_RESUME)
    return FALSE;
  g_string_truncate (self->buffer, 0);
  lf_frame_encode (type, body, self->buffer);
  soup_websocket_connection_send_text (self->connection, self->buffer->str);
  return TRUE;
}

/* Full jitter: a random time between nothing and a doubling limit, never before Retry-After. */
guint
lf_channel_draw_backoff_ms (guint failures, guint retry_after_s)
{
  guint limit_ms = MIN (BACKOFF_STEP_MS << MIN (failures, LF_CHANNEL_MAX_FAILURES), BACKOFF_MAX_MS);

  return (guint) g_random_int_range (0, (gint32) limit_ms + 1) + retry_after_s * 1000;
}

/**
 * lf_channel_say_first:
 * @self: the channel, upgraded
 *
 * Goes on where the last stream was cut, if it can; else starts.
 */
void
lf_channel_say_first (LfChannel *self)
{
  LfWireResume resume = { .session = self->stream, .count = self->count };

  self->is_resuming = self->can_resume;
  if (self->is_resuming)
    lf_channel_send (self, LF_FRAME_RESUME, &resume);
  else
    lf_channel_send (self, LF_FRAME_START, &(LfWireEmpty){ NULL });
}

/**
 * lf_channel_take_message:
 * @self: the channel
 * @type: text or binary, of #SoupWebsocketDataType
 * @message: whole
 *
 * Checks, decodes and applies one message of the open connection. What cannot be understood ends it.
 */
void
lf_channel_take_message (LfChannel *self,
                         int        type,
                         GBytes    *message)
{
  g_autoptr (LfFrame) frame = NULL;
  g_autoptr (GError)  error = NULL;
  const char         *text;
  gsize               length;

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      lose_bad_frame (self, "a binary message");
      return;
    }
  text = g_bytes_get_data (message, &length);
  frame = lf_frame_decode (text, length, &lf_json_limits_frame, &error);
  if (frame == NULL)
    lf_channel_lose (self, LF_CLOSE_BAD_FRAME, g_steal_pointer (&error));
  else
    take_frame (self, frame);
}

/**
 * lf_channel_set_deadline_percent:
 * @self: the channel
 * @percent: of the usual deadlines
 *
 * Shortens what the channel waits for its peer, so that a test need not wait as long.
 */
void
lf_channel_set_deadline_percent (LfChannel *self,
                                 guint      percent)
{
  self->deadline_percent = percent;
}
