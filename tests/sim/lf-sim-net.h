/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-trace.h"

G_BEGIN_DECLS

/* The network: what a client's connect() reaches. Bytes take their time, in order within a connection;
 * each connection has its own pace, so that an answer and a frame of the stream overtake each other. */

/**
 * LfSimRoad:
 * @is_open: FALSE: everything waits, and new connections lead to nowhere
 * @is_refused: connections are refused at once
 * @delay_us: at least so long
 * @spread_us: and by a random part of this longer
 *
 * How the server is reached from one machine.
 */
typedef struct
{
  gboolean is_open;
  gboolean is_refused;
  gint64   delay_us;
  gint64   spread_us;
} LfSimRoad;

/**
 * LfSimHarm:
 * @LF_SIM_CUT: both ends hear of it; what is on its way is lost
 * @LF_SIM_CUT_LATER: the same, behind some bytes more in either direction
 * @LF_SIM_LOSE_ANSWERS: what the client sends still arrives, nothing comes back; then a cut
 * @LF_SIM_HALF_OPEN: nothing gets through any more, and nobody is told
 * @LF_SIM_STALL: everything waits for a while
 *
 * What can become of a connection.
 */
typedef enum
{
  LF_SIM_CUT,
  LF_SIM_CUT_LATER,
  LF_SIM_LOSE_ANSWERS,
  LF_SIM_HALF_OPEN,
  LF_SIM_STALL,
} LfSimHarm;

#define LF_SIM_N_HARMS 5

typedef struct _LfSimNet LfSimNet;

LfSimNet *lf_sim_net_new (const char *socket_path, guint32 seed, LfSimTrace *trace);
void      lf_sim_net_free (LfSimNet *self);

/* connect() comes from the machine @name over @road from now on; NULL: from none. Both are borrowed. */
void lf_sim_net_enter (LfSimNet *self, const char *name, const LfSimRoad *road);

gboolean lf_sim_net_pump (LfSimNet *self);        /* whether any byte moved */
gint64   lf_sim_net_get_next_us (LfSimNet *self); /* when it moves by itself, or G_MAXINT64 */

/* @name: NULL for those of everybody. @n: which of them. */
guint lf_sim_net_count_of (LfSimNet *self, const char *name);
void  lf_sim_net_harm (LfSimNet *self, const char *name, guint n, LfSimHarm harm, gint64 amount);
void  lf_sim_net_harm_all (LfSimNet *self, const char *name, LfSimHarm harm);

G_END_DECLS
