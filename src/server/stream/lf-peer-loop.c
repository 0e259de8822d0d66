/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lf-peer-private.h"

#define MAX_EVENTS 256

const guint lf_peer_codes[LF_PEER_N_CODES] = {
  1000, 1002, 1003, 1007, 1008, 1009, 1011, 4001, 4002, 4003, 4006, 4008, 4009, 0
};

typedef struct
{
  GSource     parent;
  LfPeerLoop *loop; /* borrowed */
} LoopSource;

static void
flush_touched (LfPeerLoop *loop)
{
  while (loop->touched->len > 0)
    {
      LfPeer *peer = g_ptr_array_steal_index_fast (loop->touched, loop->touched->len - 1);

      peer->is_touched = FALSE;
      lf_peer_flush (peer);
    }
}

static void
free_dead (LfPeerLoop *loop)
{
  g_ptr_array_set_size (loop->dead, 0);
}

static gboolean
is_due (LfPeerLoop *loop, gint64 now_us)
{
  const LfDueItem *first = lf_due_queue_peek (loop->due);

  return first != NULL && first->at_us <= now_us;
}

static void
check_deadlines (LfPeerLoop *loop, gint64 now_us)
{
  while (is_due (loop, now_us))
    {
      LfDueItem *first = lf_due_queue_peek (loop->due);

      lf_peer_check_deadlines ((LfPeer *) ((char *) first - G_STRUCT_OFFSET (LfPeer, due)), now_us);
    }
}

static gboolean
loop_source_prepare (GSource *source, int *timeout_ms)
{
  LfPeerLoop      *loop = ((LoopSource *) source)->loop;
  const LfDueItem *first = lf_due_queue_peek (loop->due);
  gint64           left_us = first != NULL ? first->at_us - g_source_get_time (source) : G_MAXINT64;

  *timeout_ms = first != NULL ? (int) CLAMP ((left_us + 999) / 1000, 0, G_MAXINT) : -1;
  return loop->touched->len > 0 || loop->dead->len > 0 || left_us <= 0;
}

/* Its descriptor makes it ready, too: GLib sees to that. */
static gboolean
loop_source_check (GSource *source)
{
  LfPeerLoop *loop = ((LoopSource *) source)->loop;

  return loop->touched->len > 0 || loop->dead->len > 0 || is_due (loop, g_source_get_time (source));
}

static gboolean
loop_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  LfPeerLoop        *loop = ((LoopSource *) source)->loop;
  struct epoll_event events[MAX_EVENTS];
  int                n = epoll_wait (loop->epoll_fd, events, MAX_EVENTS, 0);

  for (int i = 0; i < n; i++)
    {
      LfPeer *peer = events[i].data.ptr;

      if (peer->fd >= 0 && (events[i].events & EPOLLOUT) != 0)
        lf_peer_touch (peer);
      if (peer->fd >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        lf_peer_receive (peer);
    }
  check_deadlines (loop, g_source_get_time (source));
  flush_touched (loop);
  free_dead (loop);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_source_funcs = { loop_source_prepare, loop_source_check, loop_source_dispatch, NULL };

/**
 * lf_peer_loop_new:
 * @config: settings; outlive the loop
 *
 * Returns: (transfer full): a loop without peers, attached to the default main context
 */
LfPeerLoop *
lf_peer_loop_new (const LfConfig *config)
{
  LfPeerLoop *self = g_new0 (LfPeerLoop, 1);

  self->config = config;
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  self->pool = lf_ws_pool_new ();
  self->due = lf_due_queue_new ();
  g_queue_init (&self->peers);
  self->touched = g_ptr_array_new ();
  self->dead = g_ptr_array_new_with_free_func (g_free);
  self->source = g_source_new (&loop_source_funcs, sizeof (LoopSource));
  ((LoopSource *) self->source)->loop = self;
  g_source_set_static_name (self->source, "lampfield-streams");
  g_source_add_unix_fd (self->source, self->epoll_fd, G_IO_IN);
  /* Nobody turns the loop inside it. Otherwise GLib takes the descriptor out and puts it back at each
   * dispatch, and wakes itself up for either. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, NULL);
  return self;
}

/**
 * lf_peer_loop_free:
 * @self: (nullable): a loop
 *
 * Drops every peer and frees the loop.
 */
void
lf_peer_loop_free (LfPeerLoop *self)
{
  if (self == NULL)
    return;
  while (self->peers.head != NULL)
    lf_peer_drop (self->peers.head->data);
  free_dead (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->touched);
  g_ptr_array_unref (self->dead);
  lf_ws_pool_free (self->pool);
  lf_due_queue_free (self->due);
  close (self->epoll_fd);
  g_free (self);
}

/**
 * lf_peer_loop_count:
 * @self: a loop
 *
 * Returns: open WebSockets, those that are closing included
 */
guint
lf_peer_loop_count (LfPeerLoop *self)
{
  return self->peers.length;
}

/**
 * lf_peer_loop_get_stats:
 * @self: a loop
 *
 * Returns: (transfer none): what happened since the start
 */
const LfPeerStats *
lf_peer_loop_get_stats (LfPeerLoop *self)
{
  return &self->stats;
}

/* A peer begins to close. */
void
lf_peer_loop_count_close (LfPeerLoop *self, guint code)
{
  guint i = 0;

  while (lf_peer_codes[i] != code && lf_peer_codes[i] != 0)
    i++;
  self->stats.n_closed[i]++;
}
