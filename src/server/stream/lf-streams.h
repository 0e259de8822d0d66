/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-parking.h"
#include "lf-server.h"

G_BEGIN_DECLS

/**
 * LfStreamStats:
 *
 * What happened on streams since the start.
 */
typedef struct
{
  guint64 n_received[LF_N_FRAME_TYPES]; /* frames of clients, by type */
  guint64 n_refused;                    /* frames that are not as the protocol says */
  guint64 n_deferred;                   /* presence that waits for room */
  guint64 n_coalesced;                  /* presence that took the place of one that waits */
  guint64 n_typing_dropped;             /* signs of typing that found no room */
  guint64 n_started;                    /* streams that began anew, as their clients asked */
  guint64 n_resumed;                    /* streams that went on after a cut */
  guint64 n_resume_failed;              /* streams that could not: a snapshot instead */
} LfStreamStats;

/**
 * LfStreams:
 *
 * Every stream of the server: takes over upgraded sockets and speaks the protocol of docs/protocol.md
 * on them.
 */
LfStreams *lf_streams_new (LfServer *server);
void       lf_streams_free (LfStreams *self);
guint      lf_streams_count (LfStreams *self);
/* What happened since the start, to be counted on by the streams. Borrowed. */
LfStreamStats     *lf_streams_get_stats (LfStreams *self);
const LfPeerStats *lf_streams_get_peer_stats (LfStreams *self);
LfParking         *lf_streams_get_parking (LfStreams *self); /* transfer none */
/* An LfUpgradeFunc. */
void  lf_streams_take (LfServer *server, int fd, LfIdentity *identity, const char *address, const guint8 *data, gsize length);
guint lf_streams_close_some (LfStreams *self, guint n, LfCloseCode code, const char *reason);
/* Closes streams of @session that have not started yet; the hub closes the others. */
void lf_streams_end_session (LfStreams *self, const char *session);

G_END_DECLS
