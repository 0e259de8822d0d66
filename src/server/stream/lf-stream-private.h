/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-frame-ring.h"
#include "lf-snapshot.h"
#include "lf-stream.h"

G_BEGIN_DECLS

/**
 * LfStreamState:
 * @LF_STREAM_NEW: upgraded; the client has to say start
 * @LF_STREAM_LOADING: the snapshot is being read
 * @LF_STREAM_SNAPSHOT: its parts are being sent; changes wait
 * @LF_STREAM_LIVE: changes go out as they come
 * @LF_STREAM_GONE: the socket is closed
 */
typedef enum
{
  LF_STREAM_NEW,
  LF_STREAM_LOADING,
  LF_STREAM_SNAPSHOT,
  LF_STREAM_LIVE,
  LF_STREAM_GONE,
} LfStreamState;

struct _LfStream
{
  LfSink        sink;    /* first: the hub knows the stream by it; its identity is owned */
  LfServer     *server;  /* borrowed */
  LfPeer       *peer;    /* borrowed from its loop, NULL once gone */
  char         *address; /* owned */
  LfStreamState state;
  guint         n_refs;
  LfStreamGone  gone;
  gpointer      gone_data;

  LfSnapshot *snapshot;   /* owned, nullable */
  LfFrameRing held;       /* frames that wait behind the snapshot */
  GQueue      changed;    /* users whose presence changed while there was no room, in order; borrowed from the set */
  GHashTable *is_changed; /* owned, nullable: the same as a set, owns the strings */

  gint64   start_due_us; /* monotonic */
  gint64   ping_at_us;
  gint64   pong_due_us; /* 0: none is awaited */
  gint64   ping_n;
  gint64   typing_at_us;
  gboolean is_bye;
};

LfStream *lf_stream_ref (LfStream *self);
void      lf_stream_unref (LfStream *self);
void      lf_stream_refuse (LfStream *self, LfProblem problem, const char *detail);

/* Frames from the client: lf-stream-input.c */
void lf_stream_on_text (LfPeer *peer, const char *text, gsize length, gpointer user_data);
/* Sending: lf-stream-output.c */
void                     lf_stream_send_body (LfStream *self, LfFrameType type, gconstpointer body);
void                     lf_stream_fill (LfStream *self);
void                     lf_stream_become_live (LfStream *self);
extern const LfSinkFuncs lf_stream_sink_funcs;

G_END_DECLS
