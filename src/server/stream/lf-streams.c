/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-stream.h"
#include "lf-streams.h"

struct _LfStreams
{
  LfServer   *server;  /* borrowed */
  LfPeerLoop *loop;    /* owned */
  GHashTable *all;     /* owned: set of LfStream, borrowed: those with a socket */
  LfParking  *parking; /* owned */

  LfStreamStats stats;
};

static void
on_stream_gone (LfStream *stream, gpointer user_data)
{
  LfStreams *self = user_data;

  g_hash_table_remove (self->all, stream);
  if (self->server->http != NULL)
    lf_http_server_release_stream (self->server->http, lf_stream_get_address (stream), lf_stream_get_owner (stream));
}

/**
 * lf_streams_new:
 * @server: everything else; outlives the object
 *
 * Returns: (transfer full): the streams, none yet
 */
LfStreams *
lf_streams_new (LfServer *server)
{
  LfStreams *self = g_new0 (LfStreams, 1);

  self->server = server;
  self->loop = lf_peer_loop_new (server->config);
  self->all = g_hash_table_new (NULL, NULL);
  self->parking = lf_parking_new (server->config, server->clock);
  return self;
}

/**
 * lf_streams_free:
 * @self: (nullable): the streams
 *
 * Drops every socket.
 */
void
lf_streams_free (LfStreams *self)
{
  if (self == NULL)
    return;
  lf_peer_loop_free (self->loop);
  lf_parking_free (self->parking);
  g_hash_table_unref (self->all);
  g_free (self);
}

/**
 * lf_streams_count:
 * @self: the streams
 *
 * Returns: sockets that are open
 */
guint
lf_streams_count (LfStreams *self)
{
  return g_hash_table_size (self->all);
}

/**
 * lf_streams_get_parking:
 * @self: the streams
 *
 * Returns: (transfer none): streams that were cut and can be resumed
 */
LfParking *
lf_streams_get_parking (LfStreams *self)
{
  return self->parking;
}

/**
 * lf_streams_get_stats:
 * @self: the streams
 *
 * Returns: (transfer none): what happened since the start; streams count in it
 */
LfStreamStats *
lf_streams_get_stats (LfStreams *self)
{
  return &self->stats;
}

/**
 * lf_streams_get_peer_stats:
 * @self: the streams
 *
 * Returns: (transfer none): what happened on their sockets since the start
 */
const LfPeerStats *
lf_streams_get_peer_stats (LfStreams *self)
{
  return lf_peer_loop_get_stats (self->loop);
}

/**
 * lf_streams_take:
 * @server: everything else
 * @fd: (transfer full): an upgraded socket
 * @identity: whose it is
 * @address: the client's address
 * @data: (array length=length): bytes that came with the upgrade
 * @length: how many
 *
 * Makes a stream of a socket.
 */
void
lf_streams_take (LfServer *server, int fd, LfIdentity *identity, const char *address, const guint8 *data, gsize length)
{
  LfStreams *self = server->streams;
  LfStream  *stream = lf_stream_open (server, self->loop, fd, identity, address, on_stream_gone, self);

  if (stream == NULL)
    {
      lf_http_server_release_stream (server->http, address, identity->user != NULL ? identity->user : identity->session);
      return;
    }
  g_hash_table_add (self->all, stream);
  lf_stream_take (stream, data, length);
}

/**
 * lf_streams_close_some:
 * @self: the streams
 * @n: how many, at most
 * @code: a close code
 * @reason: words for logs, a static string
 *
 * Ends streams that are not closing yet; their sockets follow within seconds.
 *
 * Returns: how many were closed
 */
guint
lf_streams_close_some (LfStreams *self, guint n, LfCloseCode code, const char *reason)
{
  guint          n_closed = 0;
  GHashTableIter iter;
  LfStream      *stream;

  g_hash_table_iter_init (&iter, self->all);
  while (n_closed < n && g_hash_table_iter_next (&iter, (gpointer *) &stream, NULL))
    if (!lf_stream_is_closing (stream))
      {
        lf_stream_close (stream, code, reason);
        n_closed++;
      }
  return n_closed;
}

/**
 * lf_streams_end_session:
 * @self: the streams
 * @session: a session or service token that has ended
 *
 * Ends its streams, started or not.
 */
void
lf_streams_end_session (LfStreams *self, const char *session)
{
  GHashTableIter iter;
  LfStream      *stream;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, (gpointer *) &stream, NULL))
    if (g_str_equal (lf_stream_get_session (stream), session))
      lf_stream_close (stream, LF_CLOSE_SIGNED_OUT, "signed out");
}
