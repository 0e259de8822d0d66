/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-parking.h"
#include "lf-server.h"

G_BEGIN_DECLS

/**
 * LfStreams:
 *
 * Every stream of the server: takes over upgraded sockets and speaks the protocol of docs/protocol.md
 * on them.
 */
LfStreams *lf_streams_new (LfServer *server);
void       lf_streams_free (LfStreams *self);
guint      lf_streams_count (LfStreams *self);
LfParking *lf_streams_get_parking (LfStreams *self); /* transfer none */
/* An LfUpgradeFunc. */
void lf_streams_take (LfServer *server, int fd, LfIdentity *identity, const char *address, const guint8 *data, gsize length);
void lf_streams_close_all (LfStreams *self, LfCloseCode code, const char *reason);
/* Closes streams of @session that have not started yet; the hub closes the others. */
void lf_streams_end_session (LfStreams *self, const char *session);

G_END_DECLS
