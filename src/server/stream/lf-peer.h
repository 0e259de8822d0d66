/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-config.h"
#include "lf-frame-ring.h"
#include "lf-problem.h"
#include "lf-ws-frame.h"

G_BEGIN_DECLS

/**
 * LfPeerLoop:
 *
 * All WebSockets of the process: one epoll descriptor as one source of the default main context. At
 * the end of a turn every connection that was written to is flushed by one writev().
 */
typedef struct _LfPeerLoop LfPeerLoop;

/**
 * LfPeer:
 *
 * One WebSocket: its socket, the bounded queue in front of it, and the window of frames that have a
 * position and no acknowledgement. It is freed by its loop some time after `gone` was called.
 */
typedef struct _LfPeer LfPeer;

/**
 * LfPeerWindow:
 * @waiting: frames without a position, in order
 * @unacked: frames with a position and no acknowledgement, in order
 * @n_acked: acknowledged frames before those
 *
 * What stands between a socket and its client: it can be carried from a peer that is cut to the next.
 * Zeroed, it is empty.
 */
typedef struct
{
  LfFrameRing waiting;
  LfFrameRing unacked;
  gint64      n_acked;
} LfPeerWindow;

/* What a peer tells its owner. */
typedef struct
{
  void (*text) (LfPeer *peer, const char *text, gsize length, gpointer owner);
  /* There is room in the window, less than half of it is used: the answer to lf_peer_ask_for_room(). */
  void (*room) (LfPeer *peer, gpointer owner);
  /* The owner's deadlines: acts on those that have come. Returns: the next one, or G_MAXINT64. It may be
   * called early. @now_us: monotonic, as what is returned. */
  gint64 (*due) (LfPeer *peer, gint64 now_us, gpointer owner);
  /* The last call: the socket is closed. @close_code: of the closing handshake, 0
   * if there was none; @reason: words for logs, static, nullable.
   * What lf_peer_take_window() does not take now is gone. */
  void (*gone) (LfPeer *peer, guint close_code, const char *reason, gpointer owner);
} LfPeerFuncs;

#define LF_PEER_N_CODES 14

extern const guint lf_peer_codes[LF_PEER_N_CODES]; /* every close code that is used; the last is 0: any other */

/**
 * LfPeerStats:
 * @n_frames: sent, by kind
 * @n_writes: system calls that wrote them
 * @n_bytes_sent: written
 * @n_bytes_received: read
 * @n_closed: WebSockets closed by this end, by the place of the code in lf_peer_codes
 * @n_cut: whose socket broke without a closing handshake
 *
 * What happened since the start.
 */
typedef struct
{
  guint64 n_frames[LF_WS_N_KINDS];
  guint64 n_writes;
  guint64 n_bytes_sent;
  guint64 n_bytes_received;
  guint64 n_closed[LF_PEER_N_CODES];
  guint64 n_cut;
} LfPeerStats;

LfPeerLoop *lf_peer_loop_new (const LfConfig *config);
void        lf_peer_loop_free (LfPeerLoop *self);
guint       lf_peer_loop_count (LfPeerLoop *self);
/* Borrowed. */
const LfPeerStats *lf_peer_loop_get_stats (LfPeerLoop *self);

/* @fd: taken over. NULL: it cannot be watched, and is closed. */
LfPeer *lf_peer_new (LfPeerLoop *loop, int fd, const LfPeerFuncs *funcs, gpointer owner);
/* Bytes that came with the upgrade, right after lf_peer_new(). */
void lf_peer_take (LfPeer *self, const guint8 *data, gsize length);
/* Queues a frame. FALSE: the window is full, and the peer is closing (4008). */
gboolean lf_peer_send (LfPeer *self, LfWsFrame *frame);
gboolean lf_peer_has_room (LfPeer *self); /* less than half of the window is used */
void     lf_peer_ask_for_room (LfPeer *self);
gboolean lf_peer_is_closing (LfPeer *self);
/* Acknowledges up to @count. FALSE: more than was sent. */
gboolean lf_peer_ack (LfPeer *self, gint64 count);
/* The window leaves the peer, which sends nothing more of it. @window: an empty one. */
void lf_peer_take_window (LfPeer *self, LfPeerWindow *window);
/* A new peer goes on where another broke off: @hello, then every frame of @window that has a position.
 * What waits in it is the caller's to send. */
void lf_peer_go_on (LfPeer *self, LfWsFrame *hello, LfPeerWindow *window);
/* Frames and bytes in the window. */
void lf_peer_measure (LfPeer *self, guint *n_frames, gsize *n_bytes);
/* Sends a close frame behind what is being written, drops the rest. */
void lf_peer_close (LfPeer *self, guint code, const char *reason);
/* A deadline of the owner's has come nearer. @at_us: monotonic. */
void   lf_peer_arm (LfPeer *self, gint64 at_us);
gint64 lf_peer_get_last_received_us (LfPeer *self); /* monotonic */

G_END_DECLS
