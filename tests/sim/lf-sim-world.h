/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-clock.h"
#include "lf-sim-net.h"

G_BEGIN_DECLS

/**
 * LfSimNode:
 * @name: for the trace
 * @context: where its code runs
 * @machine: its clocks
 * @road: how it reaches the server
 * @asleep_since_us: the world's time, or -1: suspended, nothing of it runs
 *
 * A machine: a main context with clocks and a way to the network of its own. All of them run on the
 * one thread of the world, in turns.
 */
typedef struct
{
  char         *name;
  GMainContext *context;
  LfSimMachine  machine;
  LfSimRoad     road;
  gint64        asleep_since_us;

  gint64   due_us;      /* when it wants to run by itself */
  GArray  *fds;         /* GPollFD: what it waits for */
  gboolean is_waiting;  /* for these alone: they are those of its last turn */
  gboolean is_runnable; /* it may have something to do without either */
} LfSimNode;

/**
 * LfSimWorld:
 * @trace: what happened
 * @net: the network
 * @random: of whatever is decided here; the product has its own
 *
 * Virtual time and everything that takes place in it. Time moves when no machine has anything to do.
 */
typedef struct
{
  LfSimTrace *trace;
  LfSimNet   *net;
  GRand      *random;
  char       *folder; /* for files */
  GPtrArray  *nodes;  /* LfSimNode, owned */
  GPtrArray  *events; /* what is to happen when, owned */
  guint64     last_event;
  guint64     n_turns;
  void (*watch) (gpointer user_data); /* called after each round */
  void (*tick) (gpointer user_data);  /* called when nothing is left to do at an instant */
  gpointer watch_data;
} LfSimWorld;

LfSimWorld *lf_sim_world_new (guint32 seed, gboolean is_traced);
void        lf_sim_world_free (LfSimWorld *self);

/* @context: NULL: one of its own. */
LfSimNode *lf_sim_world_add_node (LfSimWorld *self, const char *name, GMainContext *context);
/* Between these the calling code is that of @node. */
void lf_sim_world_enter (LfSimWorld *self, LfSimNode *node);
void lf_sim_world_leave (LfSimWorld *self, LfSimNode *node);
void lf_sim_world_suspend (LfSimWorld *self, LfSimNode *node);
void lf_sim_world_resume (LfSimWorld *self, LfSimNode *node);
void lf_sim_world_mend (LfSimWorld *self, LfSimNode *node); /* clocks and network are right again */

void     lf_sim_world_at (LfSimWorld *self, gint64 due_us, GSourceOnceFunc function, gpointer user_data);
void     lf_sim_world_run (LfSimWorld *self, gint64 for_us);
gboolean lf_sim_world_run_until (LfSimWorld *self, gboolean (*is_true) (gpointer), gpointer user_data, gint64 deadline_us);
void     lf_sim_world_fail (LfSimWorld *self, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

/* From @least to @most. */
gint64   lf_sim_world_draw (LfSimWorld *self, gint64 least, gint64 most);
gboolean lf_sim_world_toss (LfSimWorld *self, guint percent);

G_END_DECLS
