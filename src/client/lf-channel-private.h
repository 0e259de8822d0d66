/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "lf-channel.h"
#include "lf-metered-input.h"

/* LfChannel is one class in two files: lf-channel.c makes and ends connections, lf-channel-frames.c
 * deals with what comes on one. */

G_BEGIN_DECLS

/**
 * LfChannel:
 *
 * One connection at a time. Each has its own SoupWebsocketConnection, watched until it is let go;
 * whatever an old one still says is no longer heard. Three timers: the wait (back-off, or a deadline
 * while connecting and synchronising), the silence (when to ping, and the pong's deadline), and the
 * acknowledgement.
 */
struct _LfChannel
{
  GObject parent_instance;

  LfRest                  *rest;       /* owned */
  LfSession               *session;    /* owned, nullable: a static token */
  SoupWebsocketConnection *connection; /* owned, nullable */
  LfMeteredInput          *input;      /* borrowed from @connection */
  GCancellable            *attempt;    /* owned, nullable: of the connection being made */
  LfChannelState           state;
  GSource                 *wait_timer;    /* owned, nullable */
  GSource                 *silence_timer; /* owned, nullable */
  GSource                 *ack_timer;     /* owned, nullable */
  GString                 *buffer;        /* owned; frames are written here */
  gint64                   last_frame_us; /* lf_channel_read_elapsed_us(); 0: none yet */
  gint64                   opened_us;     /* monotonic; 0: not open */
  gint64                   ping_s;
  gint64                   ping_n;
  gint64                   pings_from_us; /* monotonic; start of the window in which pings are counted */
  guint                    n_pings;
  char                    *stream;    /* owned, nullable: the session that the last hello named */
  gint64                   count;     /* counted frames applied since the stream began; kept over a cut */
  gint64                   acked;     /* of these, acknowledged */
  gint64                   next_part; /* of the snapshot */
  guint                    failures;  /* in a row */
  guint                    retry_after_s;
  guint                    deadline_percent; /* of the usual deadlines; 100 but in tests */
  gint64                   catch_up_n;       /* ping behind which nothing of the cut waits; 0: caught up */
  gint64                   catch_up_count;   /* when it was sent */
  guint                    catch_up_rounds;
  gboolean                 can_resume;  /* a whole snapshot was applied, and every frame since */
  gboolean                 is_resuming; /* said resume, not start */
  gboolean                 has_hello;
  gboolean                 is_pinging;
  gboolean                 has_refreshed; /* a second refusal in a row is final */
};

/* lf-channel.c */
/* How many failures in a row it counts as when a server stops: the wait for it is up to 4 s. */
#define LF_CHANNEL_RESTART_FAILURES 2
#define LF_CHANNEL_MAX_FAILURES     6 /* more make no difference */

void lf_channel_set_state (LfChannel *self, LfChannelState state);
void lf_channel_emit_hello (LfChannel *self, const LfWireHello *hello);
void lf_channel_emit_caught_up (LfChannel *self);
void lf_channel_emit_frame (LfChannel *self, const LfFrame *frame);
void lf_channel_lose (LfChannel *self, gushort close_code, GError *error); /* takes @error */
void lf_channel_start_phase (LfChannel *self, guint deadline_ms);          /* lost when it passes */

/* lf-channel-frames.c */
guint  lf_channel_draw_backoff_ms (guint failures, guint retry_after_s);
void   lf_channel_say_first (LfChannel *self); /* start or resume */
gint64 lf_channel_read_elapsed_us (void);      /* since boot, time asleep included */
void   lf_channel_take_message (LfChannel *self, int type, GBytes *message);
void   lf_channel_send_ack (LfChannel *self);
void   lf_channel_on_woke (LfClock *clock, gint64 slept_us, LfChannel *self); /* "woke" of the session's clock */
void   lf_channel_probe (LfChannel *self);
/* For tests: how long it waits for the peer, in percent of the usual deadlines. */
void lf_channel_set_deadline_percent (LfChannel *self, guint percent);

G_END_DECLS
