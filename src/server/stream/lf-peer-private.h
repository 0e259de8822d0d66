/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-due-queue.h"
#include "lf-frame-ring.h"
#include "lf-peer.h"
#include "lf-ws-reader.h"

G_BEGIN_DECLS

/* Shared by a peer and its loop: nothing else includes it. */

struct _LfPeerLoop
{
  const LfConfig *config; /* borrowed */
  int             epoll_fd;
  GSource        *source;  /* owned */
  LfWsPool       *pool;    /* owned */
  LfDueQueue     *due;     /* owned: of LfPeer.due, monotonic */
  GQueue          peers;   /* of LfPeer, by their links */
  GPtrArray      *touched; /* owned: peers with something to write, each once; borrowed */
  GPtrArray      *dead;    /* owned: peers to be freed at the end of the turn */
  LfPeerStats     stats;
};

struct _LfPeer
{
  LfPeerLoop        *loop; /* borrowed */
  int                fd;   /* owned, -1 once closed */
  const LfPeerFuncs *funcs;
  gpointer           owner; /* borrowed, nullable once gone */
  GList              link;
  LfDueItem          due; /* not later than the first of its deadlines */

  LfWsReader reader;
  gint64     last_received_us;
  double     tokens; /* of the rate limit */
  gint64     tokens_us;

  LfFrameRing waiting;
  LfFrameRing outgoing; /* before all that waits */
  gsize       offset;   /* bytes of the first outgoing frame that are written */
  LfFrameRing unacked;
  gint64      n_acked;
  gint64      ack_due_us; /* monotonic, or 0 with nothing unacknowledged */
  LfWsFrame  *pong;       /* owned, nullable: only the latest ping is answered */

  guint       is_touched : 1;
  guint       wants_write : 1;
  guint       wants_room : 1;
  guint       is_closing : 1;  /* a close frame stands in outgoing */
  guint       is_answered : 1; /* the other end closed */
  guint       close_code;      /* 0: not closed by a handshake */
  gint64      close_due_us;
  const char *close_reason; /* static, nullable */
};

void lf_peer_loop_count_close (LfPeerLoop *self, guint code);
void lf_peer_touch (LfPeer *self);
void lf_peer_flush (LfPeer *self);
void lf_peer_receive (LfPeer *self);
void lf_peer_drop (LfPeer *self);
void lf_peer_check_deadlines (LfPeer *self, gint64 now_us);

G_END_DECLS
