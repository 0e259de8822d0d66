/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-peer-private.h"

#define READ_BYTES    16384
#define CLOSE_WAIT_US (3 * G_USEC_PER_SEC)
#define RATE_BURST    10 /* seconds' worth of frames at once: after a snapshot a client has much to say */

/* It is to be flushed at the end of the turn. */
void
lf_peer_touch (LfPeer *self)
{
  if (self->is_touched || self->fd < 0)
    return;
  self->is_touched = TRUE;
  g_ptr_array_add (self->loop->touched, self);
}

/* Closes the socket. The memory stays until the end of the turn: events in hand may still name it. */
void
lf_peer_drop (LfPeer *self)
{
  if (self->fd < 0)
    return;
  epoll_ctl (self->loop->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL); /* the descriptor may have copies */
  close (self->fd);
  self->fd = -1;
  if (!self->is_closing)
    self->loop->stats.n_cut++;
  self->is_closing = TRUE;
  g_queue_unlink (&self->loop->peers, &self->link);
  lf_due_queue_remove (self->loop->due, &self->due);
  if (self->is_touched)
    g_ptr_array_remove_fast (self->loop->touched, self);
  self->is_touched = FALSE;
  lf_ws_reader_clear (&self->reader, self->loop->pool);
  lf_frame_ring_clear (&self->outgoing);
  g_clear_pointer (&self->pong, lf_ws_frame_unref);
  g_ptr_array_add (self->loop->dead, self);
  self->funcs->gone (self, self->close_code, self->close_reason, self->owner);
  lf_frame_ring_clear (&self->waiting);
  lf_frame_ring_clear (&self->unacked);
}

static gboolean
is_window_at (LfPeer *self, guint numerator, guint denominator)
{
  const LfConfig *config = self->loop->config;
  guint           n_frames;
  gsize           n_bytes;

  lf_peer_measure (self, &n_frames, &n_bytes);
  return n_frames * denominator >= config->window_frames * numerator ||
         n_bytes * denominator >= (gsize) config->window_bytes * numerator;
}

/* Receiving */

static gboolean
on_text (const char *text, gsize length, gpointer user_data)
{
  LfPeer *self = user_data;

  if (!self->is_closing)
    self->funcs->text (self, text, length, self->owner);
  return !self->is_closing;
}

static gboolean
on_ping (const guint8 *payload, gsize length, gpointer user_data)
{
  LfPeer *self = user_data;

  if (self->is_closing)
    return FALSE;
  g_clear_pointer (&self->pong, lf_ws_frame_unref);
  self->pong = lf_ws_frame_new_pong (payload, length);
  lf_peer_touch (self);
  return TRUE;
}

/* A bucket that refills at the sustained rate and holds a few seconds' worth. */
static gboolean
on_frame (gpointer user_data)
{
  LfPeer *self = user_data;
  double  rate = self->loop->config->frames_per_s;
  gint64  now_us = self->last_received_us;

  self->tokens = MIN (rate * RATE_BURST, self->tokens + rate * (double) (now_us - self->tokens_us) / G_USEC_PER_SEC);
  self->tokens_us = now_us;
  if (self->tokens < 1)
    {
      lf_peer_close (self, LF_CLOSE_RATE, "too many frames");
      return FALSE;
    }
  self->tokens -= 1;
  return TRUE;
}

static void
on_close (guint code, gpointer user_data)
{
  LfPeer *self = user_data;

  self->is_answered = TRUE;
  lf_peer_close (self, LF_CLOSE_NORMAL, NULL);
  lf_peer_touch (self);
}

static const LfWsReaderFuncs reader_funcs = { on_text, on_ping, on_frame, on_close };

/* A message that was begun must be whole by then, as a request must. */
static gint64
get_message_due_us (LfPeer *self)
{
  if (self->reader.open_since_us == 0)
    return G_MAXINT64;
  return self->reader.open_since_us + self->loop->config->request_timeout_s * (gint64) G_USEC_PER_SEC;
}

static void
take_bytes (LfPeer *self, const guint8 *data, gsize length)
{
  guint code;

  self->last_received_us = g_get_monotonic_time ();
  self->loop->stats.n_bytes_received += length;
  if (self->is_answered)
    return;
  code = lf_ws_reader_feed (&self->reader, self->loop->pool, data, length, &reader_funcs, self);
  if (code != 0 && self->fd >= 0)
    {
      lf_peer_close (self, code, "not as the protocol says");
      self->is_answered = TRUE; /* what follows cannot be understood: nothing to wait for */
      lf_peer_touch (self);
    }
  else if (self->fd >= 0 && self->reader.open_since_us != 0)
    lf_peer_arm (self, get_message_due_us (self));
}

/* Reads once: the descriptor is level-triggered. */
void
lf_peer_receive (LfPeer *self)
{
  guint8  buffer[READ_BYTES];
  ssize_t n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    take_bytes (self, buffer, (gsize) n);
  else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    lf_peer_drop (self);
}

/* Acts on what is due, and says when to look again. */
void
lf_peer_check_deadlines (LfPeer *self, gint64 now_us)
{
  gint64 next_us = G_MAXINT64;

  if (self->is_closing && self->close_due_us <= now_us)
    lf_peer_drop (self);
  else if (!self->is_closing && self->unacked.length > 0 && self->ack_due_us <= now_us)
    lf_peer_close (self, LF_CLOSE_SLOW, "no acknowledgement for too long");
  else if (!self->is_closing && get_message_due_us (self) <= now_us)
    lf_peer_close (self, LF_CLOSE_BAD_FRAME, "a message was begun and not finished");
  else if (!self->is_closing)
    next_us = self->funcs->due (self, now_us, self->owner);
  if (self->fd < 0)
    return;
  if (self->is_closing)
    next_us = self->close_due_us;
  else
    {
      next_us = MIN (next_us, get_message_due_us (self));
      if (self->unacked.length > 0)
        next_us = MIN (next_us, self->ack_due_us);
    }
  lf_due_queue_set (self->loop->due, &self->due, MAX (next_us, now_us + 1));
}

/* All of a turn goes out by one call already: waiting for more would only hold the next frame back
 * until the client's delayed acknowledgement, 40 ms. tcp(7); a Unix socket has no such option. */
static void
set_no_delay (int fd)
{
  int on = 1;

  if (setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 && errno != EOPNOTSUPP && errno != ENOPROTOOPT)
    g_debug ("TCP_NODELAY: %s", g_strerror (errno));
}

/**
 * lf_peer_new:
 * @loop: its loop
 * @fd: (transfer full): a non-blocking socket behind a finished upgrade
 * @funcs: what it calls
 * @owner: for @funcs; lives until `gone` was called
 *
 * Takes over a WebSocket.
 *
 * Returns: (transfer none) (nullable): the peer, or %NULL if the socket cannot be watched
 */
LfPeer *
lf_peer_new (LfPeerLoop *loop, int fd, const LfPeerFuncs *funcs, gpointer owner)
{
  LfPeer            *self = g_new0 (LfPeer, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };

  if (epoll_ctl (loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    {
      g_warning ("A WebSocket cannot be watched: %s", g_strerror (errno));
      close (fd);
      g_free (self);
      return NULL;
    }
  set_no_delay (fd);
  self->loop = loop;
  self->fd = fd;
  self->funcs = funcs;
  self->owner = owner;
  self->link.data = self;
  self->last_received_us = g_get_monotonic_time ();
  self->tokens_us = self->last_received_us;
  self->tokens = loop->config->frames_per_s * RATE_BURST;
  g_queue_push_tail_link (&loop->peers, &self->link);
  lf_peer_arm (self, self->last_received_us);
  return self;
}

/**
 * lf_peer_take:
 * @self: a new peer
 * @data: (array length=length): bytes that came with the upgrade
 * @length: how many
 *
 * Parses what was read before the peer was made.
 */
void
lf_peer_take (LfPeer *self, const guint8 *data, gsize length)
{
  if (self->fd >= 0 && length > 0)
    take_bytes (self, data, length);
}

/**
 * lf_peer_send:
 * @self: a peer
 * @frame: a frame; a reference is taken
 *
 * Queues a frame. One that counts and finds the whole window used closes the peer: nothing is
 * dropped in silence. Frames without a position, answers to pings above all, may use as much again:
 * whoever asks and never reads must not fill the memory.
 *
 * Returns: %FALSE if it was not queued
 */
gboolean
lf_peer_send (LfPeer *self, LfWsFrame *frame)
{
  if (self->is_closing)
    return FALSE;
  if (is_window_at (self, frame->is_counted ? 1 : 2, 1))
    {
      lf_peer_close (self, LF_CLOSE_SLOW, "the window is full");
      return FALSE;
    }
  lf_frame_ring_push (&self->waiting, lf_ws_frame_ref (frame));
  lf_peer_touch (self);
  return TRUE;
}

/**
 * lf_peer_has_room:
 * @self: a peer
 *
 * Returns: %TRUE if less than half of the window is used
 */
gboolean
lf_peer_has_room (LfPeer *self)
{
  return !self->is_closing && !is_window_at (self, 1, 2);
}

/**
 * lf_peer_ask_for_room:
 * @self: a peer
 *
 * Has `room` called, once, at the end of a turn in which something was written or acknowledged and
 * less than half of the window is used.
 */
void
lf_peer_ask_for_room (LfPeer *self)
{
  self->wants_room = TRUE;
}

/**
 * lf_peer_is_closing:
 * @self: a peer
 *
 * Returns: %TRUE if nothing can be sent any more
 */
gboolean
lf_peer_is_closing (LfPeer *self)
{
  return self->is_closing;
}

/**
 * lf_peer_ack:
 * @self: a peer
 * @count: of frames that the client has applied, from the beginning
 *
 * Lets go of acknowledged frames. An older count says nothing new.
 *
 * Returns: %FALSE if @count is more than was sent
 */
gboolean
lf_peer_ack (LfPeer *self, gint64 count)
{
  if (count > self->n_acked + self->unacked.length)
    return FALSE;
  if (count <= self->n_acked)
    return TRUE;
  while (self->n_acked < count)
    {
      lf_ws_frame_unref (lf_frame_ring_pop (&self->unacked));
      self->n_acked++;
    }
  self->ack_due_us = self->unacked.length > 0 ? g_get_monotonic_time () + self->loop->config->ack_timeout_s * G_USEC_PER_SEC : 0;
  lf_peer_touch (self); /* there may be room now */
  return TRUE;
}

/* Nothing goes out behind the frame whose first bytes are out already. */
static void
drop_unsent (LfPeer *self)
{
  LfWsFrame *begun = self->offset > 0 ? lf_ws_frame_ref (lf_frame_ring_get (&self->outgoing, 0)) : NULL;

  lf_frame_ring_clear (&self->outgoing);
  if (begun != NULL)
    lf_frame_ring_push (&self->outgoing, begun);
}

/**
 * lf_peer_close:
 * @self: a peer
 * @code: a close code
 * @reason: (nullable): words for logs, a static string
 *
 * Starts the closing handshake, which has a deadline of its own. What no byte of has been written is
 * not sent any more, but for an error frame that was queued last; it stays in the window, for a resume.
 */
void
lf_peer_close (LfPeer *self, guint code, const char *reason)
{
  LfWsFrame *last = NULL;

  if (self->is_closing)
    return;
  self->close_code = code;
  self->close_reason = reason;
  if (self->waiting.length > 0 && !lf_frame_ring_get (&self->waiting, self->waiting.length - 1)->is_counted)
    last = lf_ws_frame_ref (lf_frame_ring_get (&self->waiting, self->waiting.length - 1));
  drop_unsent (self);
  if (last != NULL)
    lf_frame_ring_push (&self->outgoing, last);
  lf_frame_ring_push (&self->outgoing, lf_ws_frame_new_close (code, reason));
  lf_peer_loop_count_close (self->loop, code);
  self->is_closing = TRUE;
  self->close_due_us = g_get_monotonic_time () + CLOSE_WAIT_US;
  lf_peer_arm (self, self->close_due_us);
  lf_peer_touch (self);
}

/**
 * lf_peer_take_window:
 * @self: a peer
 * @window: (out caller-allocates): an empty one
 *
 * Moves what is not acknowledged and what waits out of the peer. Frames that do not count are
 * dropped: they belong to the socket. Only for a peer that is closed or about to be.
 */
void
lf_peer_take_window (LfPeer *self, LfPeerWindow *window)
{
  while (self->waiting.length > 0)
    {
      LfWsFrame *frame = lf_frame_ring_pop (&self->waiting);

      if (frame->is_counted)
        lf_frame_ring_push (&window->waiting, frame);
      else
        lf_ws_frame_unref (frame);
    }
  window->unacked = self->unacked;
  window->n_acked = self->n_acked;
  self->unacked = (LfFrameRing){ 0 };
}

/**
 * lf_peer_go_on:
 * @self: a peer that has sent nothing yet
 * @hello: its first frame; a reference is taken
 * @window: of a peer that was cut; its unacknowledged frames are taken
 *
 * Sends what was not acknowledged again, in its old positions.
 */
void
lf_peer_go_on (LfPeer *self, LfWsFrame *hello, LfPeerWindow *window)
{
  lf_frame_ring_push (&self->outgoing, lf_ws_frame_ref (hello));
  for (guint i = 0; i < window->unacked.length; i++)
    lf_frame_ring_push (&self->outgoing, lf_ws_frame_ref (lf_frame_ring_get (&window->unacked, i)));
  self->unacked = window->unacked;
  self->n_acked = window->n_acked;
  window->unacked = (LfFrameRing){ 0 };
  if (self->unacked.length > 0)
    {
      self->ack_due_us = g_get_monotonic_time () + self->loop->config->ack_timeout_s * G_USEC_PER_SEC;
      lf_peer_arm (self, self->ack_due_us);
    }
  lf_peer_touch (self);
}

/**
 * lf_peer_measure:
 * @self: a peer
 * @n_frames: (out): that wait or are not acknowledged
 * @n_bytes: (out): of these
 *
 * Tells how much of the window is used.
 */
void
lf_peer_measure (LfPeer *self, guint *n_frames, gsize *n_bytes)
{
  *n_frames = self->waiting.length + self->unacked.length;
  *n_bytes = self->waiting.n_bytes + self->unacked.n_bytes;
}

/**
 * lf_peer_arm:
 * @self: a peer
 * @at_us: monotonic time
 *
 * Sees to it that deadlines are looked at by @at_us. Looking early does no harm, so a deadline that
 * moves away needs no call.
 */
void
lf_peer_arm (LfPeer *self, gint64 at_us)
{
  if (self->fd >= 0 && (self->due.index == 0 || at_us < self->due.at_us))
    lf_due_queue_set (self->loop->due, &self->due, at_us);
}

/**
 * lf_peer_get_last_received_us:
 * @self: a peer
 *
 * Returns: monotonic time of the last bytes from the other end
 */
gint64
lf_peer_get_last_received_us (LfPeer *self)
{
  return self->last_received_us;
}
