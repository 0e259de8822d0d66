/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-stream-private.h"
#include "lf-streams.h"

static gint64
spread (guint seconds)
{
  return (gint64) (seconds * G_USEC_PER_SEC * g_random_double_range (0.8, 1.2));
}

/* A reference: jobs of the store hold one. */
LfStream *
lf_stream_ref (LfStream *self)
{
  self->n_refs++;
  return self;
}

/* Drops a reference; with the last, the stream goes. */
void
lf_stream_unref (LfStream *self)
{
  if (--self->n_refs > 0)
    return;
  g_clear_pointer (&self->snapshot, lf_snapshot_free);
  lf_frame_ring_clear (&self->held);
  lf_frame_ring_clear (&self->unacked);
  g_queue_clear (&self->changed);
  g_clear_pointer (&self->is_changed, g_hash_table_unref);
  lf_identity_unref (self->sink.identity);
  g_free (self->address);
  g_free (self);
}

/* What the client sent is not as the protocol says: it hears why, and the stream ends. */
void
lf_stream_refuse (LfStream *self, LfProblem problem, const char *detail)
{
  LfWireErrorFrame error = { (char *) lf_problem_to_code (problem), (char *) detail };

  self->is_final = TRUE;
  lf_streams_get_stats (self->server->streams)->n_refused++;
  lf_stream_send_body (self, LF_FRAME_ERROR, &error);
  lf_stream_close (self, LF_CLOSE_BAD_FRAME, lf_problem_to_code (problem));
}

static void
on_room (LfPeer *peer, gpointer user_data)
{
  lf_stream_fill (user_data);
}

static void
send_ping (LfStream *self, gint64 now_us)
{
  const LfConfig *config = self->server->config;
  LfWirePing      ping = { ++self->ping_n };

  lf_stream_send_body (self, LF_FRAME_PING, &ping);
  self->ping_at_us = now_us + spread (config->ping_s);
  self->pong_due_us = now_us + config->pong_timeout_s * G_USEC_PER_SEC;
}

static gint64
on_due (LfPeer *peer, gint64 now_us, gpointer user_data)
{
  LfStream *self = user_data;
  gint64    lease_us = self->server->config->device_lease_s * (gint64) G_USEC_PER_SEC;

  if (self->state == LF_STREAM_NEW)
    {
      if (self->start_due_us <= now_us)
        lf_stream_refuse (self, LF_PROBLEM_REQUEST_TIMEOUT, "No start within its time.");
    }
  else if (lf_peer_get_last_received_us (peer) + lease_us <= now_us)
    {
      self->is_bye = TRUE; /* the lease is over already: no further grace */
      lf_stream_close (self, LF_CLOSE_SLOW, "nothing was heard for too long");
    }
  else if (self->pong_due_us != 0 && self->pong_due_us <= now_us)
    lf_stream_close (self, LF_CLOSE_SLOW, "a ping was not answered");
  else if (self->pong_due_us == 0 && self->ping_at_us <= now_us)
    send_ping (self, now_us);
  if (self->state == LF_STREAM_NEW)
    return self->start_due_us;
  return MIN (lf_peer_get_last_received_us (peer) + lease_us, self->pong_due_us != 0 ? self->pong_due_us : self->ping_at_us);
}

/* For whoever asks why a device or a connector is not there. */
static void
note_end (LfStream *self, guint code, const char *reason)
{
  g_autofree char *words = NULL;

  if (code == LF_CLOSE_NORMAL || code == LF_CLOSE_SIGNED_OUT || code == LF_CLOSE_REPLACED || code == LF_CLOSE_RESTART)
    return;
  words = code == 0 ? g_strdup ("its connection broke") : g_strdup_printf ("its stream was closed with %u: %s", code, reason);
  lf_hub_note_trouble (self->server->hub, self->sink.identity->session, words);
}

static void
on_gone (LfPeer *peer, guint close_code, const char *reason, gpointer user_data)
{
  LfStream *self = user_data;

  note_end (self, close_code, reason != NULL ? reason : "");
  if (lf_stream_can_be_parked (self))
    {
      self->gone (self, self->gone_data);
      lf_stream_park (self); /* the reference passes */
      return;
    }
  self->peer = NULL;
  if (self->state != LF_STREAM_NEW)
    lf_hub_detach (self->server->hub, &self->sink, self->is_bye);
  if (self->sink.identity->kind == LF_IDENTITY_PHONE && !lf_hub_has_connector (self->server->hub, self->sink.identity->session))
    lf_calls_take_gone (self->server->calls, self->sink.identity->session);
  self->state = LF_STREAM_GONE;
  self->gone (self, self->gone_data);
  lf_stream_unref (self);
}

static const LfPeerFuncs peer_funcs = { lf_stream_on_text, on_room, on_due, on_gone };

/**
 * lf_stream_open:
 * @server: everything else
 * @loop: of all WebSockets
 * @fd: (transfer full): an upgraded socket
 * @identity: whose it is
 * @address: the client's address
 * @gone: called once when the socket is gone
 * @user_data: for @gone
 *
 * Takes over a socket and waits for the client to start.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the socket cannot be used
 */
LfStream *
lf_stream_open (LfServer *server, LfPeerLoop *loop, int fd, LfIdentity *identity, const char *address, LfStreamGone gone, gpointer user_data)
{
  LfStream *self = g_new0 (LfStream, 1);
  gint64    now_us = g_get_monotonic_time ();

  self->n_refs = 1;
  self->sink.funcs = &lf_stream_sink_funcs;
  self->sink.identity = lf_identity_ref (identity);
  self->server = server;
  self->address = g_strdup (address);
  self->gone = gone;
  self->gone_data = user_data;
  g_queue_init (&self->changed);
  self->start_due_us = now_us + server->config->start_timeout_s * G_USEC_PER_SEC;
  self->ping_at_us = now_us + spread (server->config->ping_s);
  self->peer = lf_peer_new (loop, fd, &peer_funcs, self);
  if (self->peer == NULL)
    g_clear_pointer (&self, lf_stream_unref);
  return self;
}

/**
 * lf_stream_take:
 * @self: a new stream
 * @data: (array length=length): bytes that came with the upgrade
 * @length: how many
 *
 * Reads what the client sent before it saw the upgrade's answer.
 */
void
lf_stream_take (LfStream *self, const guint8 *data, gsize length)
{
  lf_peer_take (self->peer, data, length);
}

/**
 * lf_stream_is_closing:
 * @self: a stream
 *
 * Returns: %TRUE if nothing can be sent any more
 */
gboolean
lf_stream_is_closing (LfStream *self)
{
  return self->peer == NULL || lf_peer_is_closing (self->peer);
}

/**
 * lf_stream_close:
 * @self: a stream
 * @code: a close code
 * @reason: words for logs
 *
 * Ends the stream.
 */
void
lf_stream_close (LfStream *self, LfCloseCode code, const char *reason)
{
  if (self->peer != NULL)
    lf_peer_close (self->peer, code, reason);
}

/**
 * lf_stream_get_session:
 * @self: a stream
 *
 * Returns: id of its session or service token
 */
const char *
lf_stream_get_session (LfStream *self)
{
  return self->sink.identity->session;
}

/**
 * lf_stream_get_address:
 * @self: a stream
 *
 * Returns: the client's address
 */
const char *
lf_stream_get_address (LfStream *self)
{
  return self->address;
}

/**
 * lf_stream_get_owner:
 * @self: a stream
 *
 * Returns: user id, or id of the service token
 */
const char *
lf_stream_get_owner (LfStream *self)
{
  LfIdentity *identity = self->sink.identity;

  return identity->user != NULL ? identity->user : identity->session;
}
