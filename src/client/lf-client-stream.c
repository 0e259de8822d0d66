/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"

/* What comes on the stream, and its beginnings and ends. */

static void
on_channel_hello (LfChannel *channel,
                  gpointer   hello,
                  gpointer   user_data)
{
  LfClient *self = user_data;

  self->is_catching_up = ((const LfWireHello *) hello)->is_resumed;
  if (!self->is_catching_up)
    lf_client_restart_begin (self);
  lf_clock_set_server_us (self->clock, ((const LfWireHello *) hello)->server_time_us);
  lf_client_status_repeat_reach (self);
}

/* From here on a change is news again. */
static void
on_channel_caught_up (LfChannel *channel,
                      gpointer   user_data)
{
  LfClient *self = user_data;

  self->is_catching_up = FALSE;
  lf_availability_take_snapshot (self->availability);
}

static void
on_channel_frame (LfChannel *channel,
                  gpointer   data,
                  gpointer   user_data)
{
  g_autoptr (LfClient) self = g_object_ref (user_data);
  const LfFrame       *frame = data;

  switch (frame->type)
    {
    case LF_FRAME_SNAPSHOT:
      if (((const LfWireSnapshot *) frame->body)->me != NULL)
        lf_client_status_take_me (self, ((const LfWireSnapshot *) frame->body)->me);
      if (self->channel == channel) /* no handler signed out */
        lf_client_roster_take_snapshot (self, frame->body);
      if (self->channel == channel)
        lf_client_chat_take_snapshot (self, frame->body);
      if (self->channel == channel && ((const LfWireSnapshot *) frame->body)->part == 0)
        lf_telephone_take_snapshot (self->telephone);
      break;
    case LF_FRAME_PRESENCE:
      lf_client_roster_take_presence (self, frame->body, FALSE);
      break;
    case LF_FRAME_CALENDAR:
      lf_client_roster_take_calendar (self, frame->body);
      break;
    case LF_FRAME_CONTACT:
      lf_client_roster_take_change (self, frame->body);
      break;
    case LF_FRAME_MESSAGE:
      lf_client_chat_take_message (self, frame->body);
      break;
    case LF_FRAME_DELIVERED:
    case LF_FRAME_READ:
    case LF_FRAME_TYPING:
      lf_client_chat_take_mark (self, frame->type, frame->body);
      break;
    case LF_FRAME_SESSION:
      lf_client_status_take_me (self, &((const LfWireSessionChange *) frame->body)->me);
      break;
    case LF_FRAME_CALL:
      lf_telephone_take_change (self->telephone, frame->body);
      break;
    case LF_FRAME_LINES: /* for connectors; the channel passes nothing else */
    case LF_FRAME_PEOPLE:
    case LF_FRAME_COMMAND:
    case LF_FRAME_CAPABILITIES:
    case LF_FRAME_HEALTH:
    case LF_FRAME_COMMAND_RESULT:
    case LF_FRAME_START:
    case LF_FRAME_RESUME:
    case LF_FRAME_HELLO:
    case LF_FRAME_ACK:
    case LF_FRAME_REACH:
    case LF_FRAME_BYE:
    case LF_FRAME_PING:
    case LF_FRAME_PONG:
    case LF_FRAME_ERROR:
    default:
      break;
    }
}

static void
go_online (LfClient *self)
{
  LfChannel *channel = self->channel;

  self->has_synced = TRUE;
  lf_busy_puller_set_live (self->puller, TRUE);
  if (self->is_catching_up)
    lf_client_roster_take_resume (self);
  else
    lf_availability_take_snapshot (self->availability);
  if (self->channel != channel) /* a handler signed out */
    return;
  lf_client_set_as_of_us (self, 0);
  if (self->channel == channel)
    lf_client_set_state (self, LF_CLIENT_ONLINE);
}

/* The last frame's instant, by the server's clock. */
static void
go_offline (LfClient *self)
{
  gint64 silence_us = lf_channel_get_silence_us (self->channel);
  gint64 last_us = lf_clock_get_now_us (self->clock) - silence_us;

  self->is_catching_up = FALSE;
  lf_busy_puller_set_live (self->puller, FALSE);
  lf_availability_take_cut (self->availability);
  if (silence_us < 0)
    return;
  if (self->as_of_us == 0) /* attempts that fail do not make what is shown younger */
    lf_client_set_as_of_us (self, last_us);
  lf_client_roster_take_cut (self, last_us);
  lf_client_cache_touch (self, LF_CACHE_ME, LF_CACHE_SINGLE_KEY); /* with the instant of the cut */
}

static void
on_channel_state (LfChannel  *channel,
                  GParamSpec *pspec,
                  gpointer    user_data)
{
  g_autoptr (LfClient) self = g_object_ref (user_data);
  LfChannelState       state = lf_channel_get_state (channel);
  gboolean             is_lost = state == LF_CHANNEL_STOPPED || state == LF_CHANNEL_WAITING;

  switch (state)
    {
    case LF_CHANNEL_LIVE:
      go_online (self);
      if (self->channel == channel) /* no handler signed out */
        lf_client_chat_go_online (self);
      break;
    case LF_CHANNEL_STOPPED:
    case LF_CHANNEL_WAITING:
    case LF_CHANNEL_CONNECTING:
    case LF_CHANNEL_SYNCING:
    default:
      if (is_lost || self->state == LF_CLIENT_ONLINE) /* connecting anew at once, with a new token, is a cut as well */
        go_offline (self);
      if (self->channel == channel)
        lf_client_set_state (self, self->has_synced ? LF_CLIENT_RECONNECTING : LF_CLIENT_CONNECTING);
      break;
    }
}

static void
on_channel_stopped (LfChannel    *channel,
                    const GError *error,
                    gpointer      user_data)
{
  lf_client_end_by_itself (user_data, error);
}

/**
 * lf_client_stream_begin:
 * @self: the client, with a session that begins
 *
 * Listens to the stream.
 */
void
lf_client_stream_begin (LfClient *self)
{
  g_signal_connect (self->channel, "hello", G_CALLBACK (on_channel_hello), self);
  g_signal_connect (self->channel, "frame", G_CALLBACK (on_channel_frame), self);
  g_signal_connect (self->channel, "caught-up", G_CALLBACK (on_channel_caught_up), self);
  g_signal_connect (self->channel, "notify::state", G_CALLBACK (on_channel_state), self);
  g_signal_connect (self->channel, "stopped", G_CALLBACK (on_channel_stopped), self);
}
