/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calls.h"

G_BEGIN_DECLS

/* LfCalls is one class in two files: lf-calls.c (calls on their way), lf-calls-phones.c (connectors, and what
 * belongs to a person's telephones). */

/* A call, and the request that it came of. */
typedef struct
{
  LfCalls      *calls; /* borrowed: owns this */
  LfWireCall    wire;  /* its strings are owned */
  char         *user;
  char         *slot; /* user and key, by which it is found again */
  char         *connector;
  LfCommandKind kind;
  char         *request;  /* as it was encoded */
  gint64        since_us; /* monotonic: of the start; once ended, of the end */
  guint         call_id;  /* of the clock: it has failed, or is forgotten */
} LfLiveCall;

struct _LfCalls
{
  GObject parent_instance;

  LfHub          *hub;    /* owned */
  LfClock        *clock;  /* owned */
  const LfConfig *config; /* borrowed: outlives this */
  LfAddressBook  *book;   /* owned, nullable */

  GHashTable *calls;  /* owned: id → LfLiveCall, owned; under way, or ended a little while ago */
  GHashTable *slots;  /* owned: slot → LfLiveCall, borrowed */
  GHashTable *lines;  /* owned: line → LfLiveCall under way, borrowed */
  GQueue      recent; /* of LfLiveCall, borrowed, by their start: for the limit of each person */
  GQueue      ended;  /* of LfLiveCall, borrowed, by their end */
  guint64     n_ended[LF_N_CALL_STATES];

  GHashTable *connectors; /* owned: token with a stream → LfWireCapabilities, owned */
  GHashTable *dnd;        /* owned: line → what its telephone was told last, owned */
  GHashTable *told;       /* owned: user with a stream → digest of what was told of the own telephones */
  GHashTable *in_call;    /* owned: set of lines whose owner was told of a call */
  guint       look_call;
};

/* lf-calls.c */
void lf_calls_fail_by (LfCalls *self, const char *connector, LfCallReason reason);
void lf_calls_tell (LfCalls *self, const LfLiveCall *call);

/* lf-calls-phones.c */
const LfWireCapabilities *lf_calls_get_capabilities (LfCalls *self, const LfLine *line); /* nullable */
void                      lf_calls_free_dnd (gpointer data);
void                      lf_calls_take_dnd_result (LfCalls *self, const char *connector, const LfWireCommandResult *result);

G_END_DECLS
