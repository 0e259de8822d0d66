/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-stream-private.h"
#include "lf-streams.h"

/* After a cut. The stream outlives its socket as a parked one, which is still a sink of the hub:
 *
 *   unacked   what has a position: sent again behind the count that the client names
 *   held      what had none at the cut, and what came since, but presence
 *   changed   whose presence came since, once each
 *
 * A resume on the next socket moves all of it to the new stream. The cut need not have been noticed:
 * then it is taken from the stream whose socket still seems to be there. */

#define CHANGED_BYTES 128 /* of one person who changed: id, hash entry, link */

static LfParking *
get_parking (LfStream *self)
{
  return lf_streams_get_parking (self->server->streams);
}

/**
 * lf_stream_can_be_parked:
 * @self: a stream whose socket is gone
 *
 * Returns: %TRUE if its client may go on where it broke off: the whole snapshot had been queued, the
 *   session has not ended, the client did not say bye, and no other stream took over
 */
gboolean
lf_stream_can_be_parked (LfStream *self)
{
  return self->state == LF_STREAM_LIVE && !self->is_final && self->sink.identity->kind == LF_IDENTITY_PERSON &&
         lf_hub_find_sink (self->server->hub, self->sink.identity->session) == &self->sink;
}

/* The window leaves the socket: what has no position stands before what was held already. */
static void
draw_in (LfStream *self)
{
  LfPeerWindow window = { 0 };

  lf_peer_take_window (self->peer, &window);
  self->unacked = window.unacked;
  self->n_acked = window.n_acked;
  while (self->held.length > 0)
    lf_frame_ring_push (&window.waiting, lf_frame_ring_pop (&self->held));
  self->held = window.waiting;
}

/**
 * lf_stream_park:
 * @self: (transfer full): a stream whose socket is gone
 *
 * Keeps what the client has not acknowledged, and what comes, for a resume.
 */
void
lf_stream_park (LfStream *self)
{
  draw_in (self);
  self->peer = NULL;
  self->state = LF_STREAM_PARKED;
  lf_parking_add (get_parking (self), self);
  lf_hub_park (self->server->hub, &self->sink, self->is_bye);
}

static gboolean
is_full (LfStream *self)
{
  const LfConfig *config = self->server->config;
  guint           n_frames = self->unacked.length;
  gsize           n_bytes = self->unacked.n_bytes;

  if (self->peer != NULL)
    lf_peer_measure (self->peer, &n_frames, &n_bytes);
  return n_frames + self->held.length >= config->window_frames || n_bytes + self->held.n_bytes >= config->window_bytes;
}

/**
 * lf_stream_keep:
 * @self: a stream that is parked, or whose socket is being closed
 * @frame: what the client is to get; a reference is taken
 *
 * Keeps a frame for a resume. One that does not fit ends the hope of it: nothing is left out.
 */
void
lf_stream_keep (LfStream *self, LfWsFrame *frame)
{
  if (is_full (self))
    {
      lf_stream_give_up (self);
      return;
    }
  lf_frame_ring_push (&self->held, lf_ws_frame_ref (frame));
  if (self->state == LF_STREAM_PARKED)
    lf_parking_weigh (get_parking (self), self);
}

/**
 * lf_stream_give_up:
 * @self: a stream, parked or not
 *
 * It cannot be resumed any more: what it keeps is freed now.
 */
void
lf_stream_give_up (LfStream *self)
{
  self->is_final = TRUE;
  lf_frame_ring_clear (&self->held);
  lf_frame_ring_clear (&self->unacked);
  g_queue_clear (&self->changed);
  g_clear_pointer (&self->is_changed, g_hash_table_unref);
  if (self->state != LF_STREAM_PARKED)
    return;
  lf_parking_discard (get_parking (self), self);
  self->state = LF_STREAM_GONE;
}

/**
 * lf_stream_weigh:
 * @self: a parked stream
 *
 * Returns: about how many bytes it keeps. A frame that others keep, too, counts for each.
 */
gsize
lf_stream_weigh (LfStream *self)
{
  return sizeof *self + (self->unacked.capacity + self->held.capacity) * sizeof (LfWsFrame *) +
         (self->unacked.length + self->held.length) * sizeof (LfWsFrame) + self->unacked.n_bytes + self->held.n_bytes +
         self->changed.length * CHANGED_BYTES;
}

static LfWsFrame *
make_hello (LfStream *self, gboolean is_resumed, gint64 count)
{
  char       *features[] = { NULL };
  LfWireHello hello = {
    .session = self->sink.identity->session,
    .server_time_us = lf_clock_get_now_us (self->server->clock),
    .ping_s = self->server->config->ping_s,
    .window = self->server->config->window_frames,
    .features = features,
    .is_resumed = is_resumed,
    .count = count,
  };

  return lf_ws_frame_new_text (LF_FRAME_HELLO, &hello);
}

/**
 * lf_stream_send_hello:
 * @self: a stream that starts
 *
 * Answers `start`, or a `resume` that cannot be.
 */
void
lf_stream_send_hello (LfStream *self)
{
  g_autoptr (LfWsFrame) hello = make_hello (self, FALSE, 0);

  lf_peer_send (self->peer, hello);
}

/* The stream of this session that @resume can go on from. Only the session's own token gets here. A client that has
 * acknowledged no snapshot of the older stream may never have heard of it: it counts what came on one before, of a
 * server that was killed since. */
static LfStream *
find_older (LfStream *self, const LfWireResume *resume)
{
  const LfIdentity *identity = self->sink.identity;
  LfSink           *sink;
  LfStream         *older;

  if (identity->kind != LF_IDENTITY_PERSON || !g_str_equal (resume->session, identity->session))
    return NULL;
  sink = lf_hub_find_sink (self->server->hub, identity->session);
  older = (LfStream *) sink; /* the first member */
  if (older == NULL || older->is_final || (older->state != LF_STREAM_LIVE && older->state != LF_STREAM_PARKED))
    return NULL;
  if (older->state == LF_STREAM_LIVE)
    draw_in (older);
  if (older->n_acked < older->n_snapshot || resume->count < older->n_acked || resume->count > older->n_acked + older->unacked.length)
    return NULL;
  return older;
}

/**
 * lf_stream_go_on:
 * @self: a stream that starts
 * @resume: which count of frames its client has applied
 *
 * Goes on where the session's last stream broke off: hello, the frames behind the count once more,
 * then what waits. The older stream is closed, if it is not gone yet.
 *
 * Returns: %FALSE if that cannot be
 */
gboolean
lf_stream_go_on (LfStream *self, const LfWireResume *resume)
{
  LfStream             *older = find_older (self, resume);
  LfPeerWindow          window = { 0 };
  g_autoptr (LfWsFrame) hello = NULL;

  if (older == NULL)
    return FALSE;
  while (older->n_acked < resume->count)
    {
      lf_ws_frame_unref (lf_frame_ring_pop (&older->unacked));
      older->n_acked++;
    }
  window.unacked = older->unacked;
  window.n_acked = older->n_acked;
  older->unacked = (LfFrameRing){ 0 };
  self->held = older->held;
  older->held = (LfFrameRing){ 0 };
  self->changed = older->changed;
  g_queue_init (&older->changed);
  self->is_changed = g_steal_pointer (&older->is_changed);
  hello = make_hello (self, TRUE, resume->count);
  lf_peer_go_on (self->peer, hello, &window);
  self->state = LF_STREAM_LIVE;
  lf_hub_attach (self->server->hub, &self->sink);
  lf_stream_fill (self);
  return TRUE;
}
