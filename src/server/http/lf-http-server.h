/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-config.h"
#include "lf-router.h"

G_BEGIN_DECLS

#define LF_TYPE_HTTP_SERVER (lf_http_server_get_type ())

/**
 * LfHttpServer:
 *
 * HTTP/1.1 on one listening socket, in the default main context: it checks every request strictly,
 * finds its route, asks who the bearer is, decodes the body and calls the route's handler. A request
 * for the stream leaves it by the upgrade function, socket and all.
 */
G_DECLARE_FINAL_TYPE (LfHttpServer, lf_http_server, LF, HTTP_SERVER, GObject)

/**
 * LfUpgradeFunc:
 * @server: everything else
 * @fd: the socket, to be closed by the function's owner
 * @identity: whose stream it is
 * @address: the client's address
 * @data: (array length=length): bytes already read behind the request's head
 *
 * Takes over a connection that was upgraded to a WebSocket.
 */
typedef void (*LfUpgradeFunc) (LfServer *server, int fd, LfIdentity *identity, const char *address, const guint8 *data, gsize length);

/**
 * LfHttpStats:
 * @n_connections: HTTP connections now
 * @n_streams: WebSockets handed over and not released
 * @n_refused_all: connections refused, as there were too many in all
 * @n_refused_address: the same, too many from one address
 * @n_cut: requests that were not whole at their deadline
 *
 * What happened since the start.
 */
typedef struct
{
  guint   n_connections;
  guint   n_streams;
  guint64 n_refused_all;
  guint64 n_refused_address;
  guint64 n_cut;
} LfHttpStats;

LfHttpServer *lf_http_server_new (LfServer *server, LfRouter *router, LfUpgradeFunc upgrade);
gboolean      lf_http_server_start (LfHttpServer *self, const char *listen_on, GError **error);
/* Takes no more connections; requests in hand are still answered. */
void        lf_http_server_quiesce (LfHttpServer *self);
guint       lf_http_server_count_active (LfHttpServer *self);
const char *lf_http_server_get_url (LfHttpServer *self); /* "http://127.0.0.1:8470" or "unix:/path"; once started */
/* What strangers can cause: a line, if there were not too many of them just now. */
void lf_http_server_log (LfHttpServer *self, const char *words, const char *address);
void lf_http_server_get_stats (LfHttpServer *self, LfHttpStats *stats);
/* A WebSocket handed over by the upgrade function is gone: it counts no longer. */
void lf_http_server_release_stream (LfHttpServer *self, const char *address, const char *user);

G_END_DECLS
