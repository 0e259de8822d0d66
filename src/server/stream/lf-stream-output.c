/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-stream-private.h"
#include "lf-streams.h"

/* What goes to a client: at once while there is room; behind the snapshot; or, for presence, as one
 * entry per person, encoded when room frees. */

static LfStream *
from_sink (LfSink *sink)
{
  return (LfStream *) sink; /* the first member */
}

static gboolean
is_live (LfStream *self)
{
  return self->state == LF_STREAM_LIVE && self->held.length == 0;
}

static void
remember (LfStream *self, const char *user)
{
  char *own;

  if (self->is_changed == NULL)
    self->is_changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_contains (self->is_changed, user))
    return;
  lf_streams_get_stats (self->server->streams)->n_deferred++;
  if (self->peer != NULL)
    lf_peer_ask_for_room (self->peer);
  own = g_strdup (user);
  g_hash_table_add (self->is_changed, own);
  g_queue_push_tail (&self->changed, own);
}

static LfWsFrame *
encode_next_changed (LfStream *self)
{
  const char *user = g_queue_pop_head (&self->changed);
  LfWsFrame  *frame = lf_hub_encode_presence (self->server->hub, self->sink.identity->user, user);

  g_hash_table_remove (self->is_changed, user);
  if (self->changed.length == 0)
    g_clear_pointer (&self->is_changed, g_hash_table_unref);
  return frame;
}

static void
hold (LfStream *self, LfWsFrame *frame)
{
  const LfConfig *config = self->server->config;

  if (self->held.length < config->window_frames && self->held.n_bytes + frame->length <= config->window_bytes)
    {
      lf_frame_ring_push (&self->held, lf_ws_frame_ref (frame));
      return;
    }
  lf_stream_give_up (self);
  lf_peer_close (self->peer, LF_CLOSE_SLOW, "too much waits");
}

/* The socket is gone, or about to be: what comes now is for a resume. */
static gboolean
is_cut (LfStream *self)
{
  return self->state == LF_STREAM_PARKED || lf_peer_is_closing (self->peer);
}

static void
sink_send (LfSink *sink, LfFrameType type, LfWsFrame *frame)
{
  LfStream *self = from_sink (sink);

  if (self->state == LF_STREAM_GONE || self->is_final)
    return;
  if (type == LF_FRAME_TYPING && (!is_live (self) || !lf_peer_has_room (self->peer)))
    {
      lf_streams_get_stats (self->server->streams)->n_typing_dropped++;
      return;
    }
  if (is_cut (self))
    lf_stream_keep (self, frame);
  else if (!is_live (self))
    hold (self, frame);
  else if (!lf_peer_send (self->peer, frame))
    lf_frame_ring_push (&self->held, lf_ws_frame_ref (frame)); /* the window is full: the first that waits for a resume */
}

static void
sink_presence (LfSink *sink, const char *user, LfWsFrame *frame)
{
  LfStream *self = from_sink (sink);
  gboolean  waits = self->is_changed != NULL && g_hash_table_contains (self->is_changed, user);

  if (self->state == LF_STREAM_GONE || self->is_final)
    return;
  if (waits)
    {
      lf_streams_get_stats (self->server->streams)->n_coalesced++;
      return;
    }
  if (is_live (self) && lf_peer_has_room (self->peer))
    lf_peer_send (self->peer, frame);
  else
    remember (self, user);
  if (self->state == LF_STREAM_PARKED)
    lf_parking_weigh (lf_streams_get_parking (self->server->streams), self);
}

static void
sink_close (LfSink *sink, LfCloseCode code, const char *reason)
{
  LfStream *self = from_sink (sink);

  self->is_final = TRUE;
  lf_stream_close (self, code, reason);
  lf_parking_remove (lf_streams_get_parking (self->server->streams), self);
}

static gint64
sink_get_heard_us (LfSink *sink)
{
  LfStream *self = from_sink (sink);

  return self->peer != NULL ? lf_peer_get_last_received_us (self->peer) : -1;
}

const LfSinkFuncs lf_stream_sink_funcs = { sink_send, sink_presence, sink_close, sink_get_heard_us };

/* Encodes a frame for this stream alone. */
void
lf_stream_send_body (LfStream *self, LfFrameType type, gconstpointer body)
{
  g_autoptr (LfWsFrame) frame = lf_ws_frame_new_text (type, body);

  lf_peer_send (self->peer, frame);
}

/* The next thing that waits, or NULL: parts of the snapshot, then what was held, then presence. */
static LfWsFrame *
take_next (LfStream *self)
{
  LfWsFrame *frame;
  gboolean   is_last = FALSE;

  if (self->state == LF_STREAM_SNAPSHOT)
    {
      frame = lf_snapshot_next (self->snapshot, &is_last);
      self->n_snapshot++;
      if (is_last)
        lf_stream_become_live (self);
      return frame;
    }
  if (self->state != LF_STREAM_LIVE)
    return NULL;
  if (self->held.length > 0)
    return lf_frame_ring_pop (&self->held);
  if (self->changed.length > 0)
    return encode_next_changed (self);
  return NULL;
}

/* There is room: sends what waits until half of the window is used. */
void
lf_stream_fill (LfStream *self)
{
  while (lf_peer_has_room (self->peer))
    {
      g_autoptr (LfWsFrame) frame = take_next (self);

      if (frame == NULL)
        return;
      lf_peer_send (self->peer, frame);
    }
  lf_peer_ask_for_room (self->peer);
}

/* The snapshot is out. */
void
lf_stream_become_live (LfStream *self)
{
  g_clear_pointer (&self->snapshot, lf_snapshot_free);
  self->state = LF_STREAM_LIVE;
}
