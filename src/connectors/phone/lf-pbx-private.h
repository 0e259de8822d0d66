/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-pbx.h"
#include "lf-phone-link.h"
#include "lf-phone-lists.h"
#include "lf-phone-memory.h"
#include "lf-phone-turns.h"

/* The PBX in two files: lf-pbx.c is what concerns all of it, lf-pbx-line.c what concerns one of its lines. */

G_BEGIN_DECLS

struct _LfPbx
{
  GObject parent_instance;

  LfClock             *clock;         /* owned */
  const LfPhoneConfig *config;        /* borrowed: outlives this */
  LfPhoneUa           *ua;            /* owned */
  LfPhoneLink         *link;          /* owned */
  GHashTable          *lines;         /* owned: id → LfPbxLine, owned */
  GHashTable          *by_key;        /* owned: key → LfPbxLine, borrowed from lines */
  LfPhoneLists        *lists;         /* owned */
  LfPhoneTurns        *turns;         /* owned */
  LfPhoneMemory       *memory;        /* owned */
  guint                lost_call;     /* of the end of the grace */
  guint                password_call; /* of the end of the pause after a wrong password */
  guint64              n_bad;
  gboolean             is_locked_out; /* the PBX did not take the password last */
};

/* A line and how it is watched. */
typedef struct
{
  LfPbx          *pbx; /* borrowed: owns this */
  char           *line;
  char           *uri; /* nullable: the PBX cannot know it */
  char           *key; /* as lists know it; nullable */
  LfLineTracker  *tracker;
  LfSubscription *subscriptions[LF_N_PACKAGES]; /* owned, nullable: a list tells, or the package is not asked for */
  gboolean        is_told;                      /* that something is wrong with it */
} LfPbxLine;

LfPbxLine     *lf_pbx_line_new (LfPbx *pbx, const char *line, const char *uri);
void           lf_pbx_line_free (LfPbxLine *self);
void           lf_pbx_line_begin (LfPbxLine *self);
void           lf_pbx_line_place (LfPbxLine *self);
void           lf_pbx_line_restart (LfPbxLine *self);
void           lf_pbx_line_lose (LfPbxLine *self, LfEventPackage package);
LfNotifyResult lf_pbx_line_take (LfPbxLine *self, LfEventPackage package, const char *content_type, const char *body, gsize length);

void lf_pbx_tell_state (LfPbx *self, const char *line, const LfLineState *state);
void lf_pbx_tell_call (LfPbx *self, const char *line, const LfWireCallReport *report);
void lf_pbx_tell_health (LfPbx *self, LfHealth health, const char *line);
void lf_pbx_stop_for_password (LfPbx *self);

G_END_DECLS
