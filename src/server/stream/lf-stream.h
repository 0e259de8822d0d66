/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-peer.h"
#include "lf-server.h"

G_BEGIN_DECLS

/**
 * LfStream:
 *
 * The protocol on one WebSocket: what stands between a peer and the hub. It frees itself when its
 * socket is gone and nothing that it asked of the store is on its way.
 */
typedef struct _LfStream LfStream;

/* Called once when the socket is gone, before the stream is freed. */
typedef void (*LfStreamGone) (LfStream *self, gpointer user_data);

LfStream   *lf_stream_open (LfServer *server, LfPeerLoop *loop, int fd, LfIdentity *identity, const char *address, LfStreamGone gone, gpointer user_data); /* transfer none, nullable */
void        lf_stream_take (LfStream *self, const guint8 *data, gsize length);
gboolean    lf_stream_is_closing (LfStream *self);
void        lf_stream_close (LfStream *self, LfCloseCode code, const char *reason);
const char *lf_stream_get_session (LfStream *self);
const char *lf_stream_get_address (LfStream *self);
const char *lf_stream_get_owner (LfStream *self); /* user id, or id of the service token */

G_END_DECLS
