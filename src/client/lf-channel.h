/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-rest.h"
#include "lf-session.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfChannelState:
 * @LF_CHANNEL_STOPPED: not started, stopped by its owner, or given up ("stopped" said why)
 * @LF_CHANNEL_CONNECTING: the connection is being made, or hello is awaited
 * @LF_CHANNEL_SYNCING: hello came, the snapshot is not complete
 * @LF_CHANNEL_LIVE: the snapshot is complete, or the stream was resumed; changes arrive
 * @LF_CHANNEL_WAITING: the connection was lost or refused; tried again after the back-off
 */
typedef enum
{
  LF_CHANNEL_STOPPED,
  LF_CHANNEL_CONNECTING,
  LF_CHANNEL_SYNCING,
  LF_CHANNEL_LIVE,
  LF_CHANNEL_WAITING,
} LfChannelState;

#define LF_TYPE_CHANNEL (lf_channel_get_type ())

/**
 * LfChannel:
 *
 * The stream to one server (WebSocket, design: subprotocol lampfield.v1): connects, says start, or
 * resume where a stream with a snapshot was cut, checks and decodes what arrives, acknowledges it, answers pings, finds dead connections, and
 * reconnects by itself with full jitter. The desktop client, the connectors and the sample office
 * all use this one class. A service does:
 *
 * |[<!-- language="C" -->
 *   g_autoptr (LfRest) rest = lf_rest_new (server, &error);
 *   lf_rest_set_token (rest, token);                       // the connector's static token
 *   channel = lf_channel_new (rest);
 *   g_signal_connect (channel, "frame", G_CALLBACK (on_frame), self);     // LF_FRAME_LINES, LF_FRAME_PEOPLE
 *   g_signal_connect (channel, "stopped", G_CALLBACK (on_stopped), self); // the token was revoked: give up
 *   lf_channel_start (channel);
 * ]|
 * and calls lf_rest_call_async() on the same rest. After each hello (the state leaves
 * @LF_CHANNEL_CONNECTING) a service reads its lists again: changes during a cut are not repeated.
 *
 * Property "state" (uint, #LfChannelState).
 *
 * Signals:
 * - "hello" (const LfWireHello *): the stream is open; send what must be repeated (reach).
 * - "frame" (const LfFrame *): every frame but hello, ping, pong and error, in order; borrowed.
 * - "caught-up": after a hello with @is_resumed, what changed during the cut has come.
 * - "lost" (GError *): an open stream was cut, or an attempt failed; it will be tried again.
 * - "stopped" (GError *): it will not be tried again: LF_ERROR_UNAUTHORIZED (signed out, token
 *   refused), LF_ERROR_CONFLICT (replaced by a newer stream of this session), LF_ERROR_FORBIDDEN,
 *   LF_ERROR_VERSION.
 */
G_DECLARE_FINAL_TYPE (LfChannel, lf_channel, LF, CHANNEL, GObject)

LfChannel     *lf_channel_new (LfRest *rest);                   /* a static token: refused means stopped */
LfChannel     *lf_channel_new_for_session (LfSession *session); /* an expired token is refreshed */
LfChannelState lf_channel_get_state (LfChannel *self);
gint64         lf_channel_get_silence_us (LfChannel *self);
void           lf_channel_start (LfChannel *self);
void           lf_channel_stop (LfChannel *self, const char *reason); /* says bye; reason for logs */
void           lf_channel_reconnect_now (LfChannel *self);            /* ends a back-off early; probes an open stream */
/* FALSE when the stream is not open: nothing is queued here. */
gboolean lf_channel_send (LfChannel *self, LfFrameType type, gconstpointer body);

G_END_DECLS
