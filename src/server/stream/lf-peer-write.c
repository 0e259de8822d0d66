/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "lf-peer-private.h"

/* The way of a frame:
 *
 *   lf_peer_send() → waiting → (takes its position) → socket
 *                                      └→ unacked, until the client's ack
 *
 * waiting and unacked together are the window. What goes out before all that waits stands in outgoing:
 * a frame whose first bytes are written, the answer to a ping, a close frame, what is sent again. */

#define MAX_IOV 64

static void
set_wants_write (LfPeer *self, gboolean wants_write)
{
  struct epoll_event event = { .events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = self };

  if (self->wants_write == (guint) wants_write)
    return;
  self->wants_write = (guint) wants_write;
  if (epoll_ctl (self->loop->epoll_fd, EPOLL_CTL_MOD, self->fd, &event) != 0)
    g_warning ("A WebSocket cannot be watched: %s", g_strerror (errno));
}

/* The first byte of a frame is written: from here on it counts. @frame: (transfer full) */
static void
take_position (LfPeer *self, LfWsFrame *frame)
{
  if (!frame->is_counted)
    {
      lf_ws_frame_unref (frame);
      return;
    }
  if (self->unacked.length == 0)
    {
      self->ack_due_us = g_get_monotonic_time () + self->loop->config->ack_timeout_s * G_USEC_PER_SEC;
      lf_peer_arm (self, self->ack_due_us);
    }
  lf_frame_ring_push (&self->unacked, frame);
}

static guint
collect (LfPeer *self, struct iovec *parts)
{
  guint n_begun = MIN (self->outgoing.length, MAX_IOV);
  guint n_fresh = self->is_closing ? 0 : MIN (self->waiting.length, MAX_IOV - n_begun);

  for (guint i = 0; i < n_begun + n_fresh; i++)
    {
      LfWsFrame *frame = i < n_begun ? lf_frame_ring_get (&self->outgoing, i) : lf_frame_ring_get (&self->waiting, i - n_begun);
      gsize      skip = i == 0 ? self->offset : 0;

      parts[i].iov_base = frame->bytes + skip;
      parts[i].iov_len = frame->length - skip;
    }
  return n_begun + n_fresh;
}

/* Each frame is let go once, when its last byte is written. */
static void
release_written (LfPeer *self, gsize n_written)
{
  while (n_written > 0)
    {
      gboolean   is_fresh = self->outgoing.length == 0;
      LfWsFrame *frame = lf_frame_ring_get (is_fresh ? &self->waiting : &self->outgoing, 0);
      gsize      left = frame->length - self->offset;
      gboolean   is_whole = n_written >= left;

      if (is_whole)
        self->loop->stats.n_frames[frame->kind]++;
      if (is_fresh)
        {
          lf_frame_ring_pop (&self->waiting);
          if (!is_whole)
            lf_frame_ring_push (&self->outgoing, lf_ws_frame_ref (frame));
          take_position (self, frame);
        }
      else if (is_whole)
        lf_ws_frame_unref (lf_frame_ring_pop (&self->outgoing));
      self->offset = is_whole ? 0 : self->offset + n_written;
      n_written -= MIN (n_written, left);
    }
}

/* One frame is the usual case, and send() is the cheaper call. */
static ssize_t
write_parts (LfPeer *self, struct iovec *parts, guint n_parts)
{
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };

  if (n_parts == 1)
    return send (self->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Writes until nothing is left or the socket is full. FALSE: the connection is dead. */
static gboolean
write_out (LfPeer *self)
{
  struct iovec parts[MAX_IOV];
  guint        n_parts;

  if (self->pong != NULL && self->outgoing.length < 2 && !self->is_closing)
    lf_frame_ring_push (&self->outgoing, g_steal_pointer (&self->pong));
  while ((n_parts = collect (self, parts)) > 0)
    {
      ssize_t n = write_parts (self, parts, n_parts);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        break;
      if (n < 0)
        return FALSE;
      self->loop->stats.n_writes++;
      self->loop->stats.n_bytes_sent += (guint64) n;
      release_written (self, (gsize) n);
    }
  set_wants_write (self, n_parts > 0);
  return TRUE;
}

/* Writes what there is. */
void
lf_peer_flush (LfPeer *self)
{
  if (self->fd < 0)
    return;
  if (!write_out (self))
    {
      lf_peer_drop (self);
      return;
    }
  if (self->is_closing && self->is_answered && self->outgoing.length == 0)
    lf_peer_drop (self);
  else if (self->wants_room && lf_peer_has_room (self))
    {
      self->wants_room = FALSE;
      self->funcs->room (self, self->owner);
    }
}
