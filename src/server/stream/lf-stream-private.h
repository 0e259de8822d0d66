/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-frame-ring.h"
#include "lf-parking.h"
#include "lf-snapshot.h"
#include "lf-stream.h"

G_BEGIN_DECLS

/**
 * LfStreamState:
 * @LF_STREAM_NEW: upgraded; the client has to say start
 * @LF_STREAM_LOADING: the snapshot is being read
 * @LF_STREAM_SNAPSHOT: its parts are being sent; changes wait
 * @LF_STREAM_LIVE: changes go out as they come
 * @LF_STREAM_PARKED: the socket is closed; what comes is kept for a resume
 * @LF_STREAM_GONE: the socket is closed, and nothing is kept
 */
typedef enum
{
  LF_STREAM_NEW,
  LF_STREAM_LOADING,
  LF_STREAM_SNAPSHOT,
  LF_STREAM_LIVE,
  LF_STREAM_PARKED,
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
  gint64      n_snapshot; /* parts of the snapshot, which are its first positions */
  LfFrameRing held;       /* frames that wait behind the snapshot, or for a resume */
  GQueue      changed;    /* users whose presence changed while there was no room, in order; borrowed from the set */
  GHashTable *is_changed; /* owned, nullable: the same as a set, owns the strings */

  gint64   start_due_us; /* monotonic */
  gint64   ping_at_us;
  gint64   pong_due_us; /* 0: none is awaited */
  gint64   ping_n;
  gint64   typing_at_us;
  gboolean is_bye;
  gboolean is_final; /* it cannot be resumed */

  LfFrameRing unacked; /* while parked: frames with a position and no acknowledgement */
  gint64      n_acked;
  GList       parked_link; /* in LfParking; its data is NULL while it stands in no list */
  gint64      parked_until_us;
  gsize       parked_bytes;
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
/* After a cut: lf-stream-resume.c */
void     lf_stream_park (LfStream *self);
gboolean lf_stream_can_be_parked (LfStream *self);
void     lf_stream_keep (LfStream *self, LfWsFrame *frame);
void     lf_stream_give_up (LfStream *self);
gsize    lf_stream_weigh (LfStream *self);
gboolean lf_stream_go_on (LfStream *self, const LfWireResume *resume);
void     lf_stream_send_hello (LfStream *self);

G_END_DECLS
