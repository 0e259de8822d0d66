/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-session.h"

/* LfSession is one class in two files: lf-session.c keeps the tokens, lf-session-call.c makes calls
 * with them. */

G_BEGIN_DECLS

/**
 * LfSession:
 *
 * The refresh is a state machine of its own: one request in flight, any number of waiters. It is
 * not cancelled by a waiter that goes, since its answer carries the only valid token.
 */
struct _LfSession
{
  GObject parent_instance;

  LfRest       *rest;               /* owned; carries the access token */
  LfRest       *auth;               /* owned; without a token, with the refresh's own deadline */
  LfClock      *clock;              /* owned */
  char         *user;               /* owned, nullable */
  char         *refresh;            /* owned, nullable */
  gint64        expires_at_mono_us; /* of the access token */
  GPtrArray    *waiters;            /* of GTask, owned */
  guint         tries;              /* of the refresh in flight; 0: none */
  gboolean      is_refreshing;
  gboolean      has_request; /* while refreshing: sent and not answered; else the next try is timed */
  gboolean      is_over;
  GSource      *timer;    /* owned, nullable: the next refresh, or the next try */
  GCancellable *lifetime; /* owned; pulled by dispose */
};

void     lf_session_end (LfSession *self, const GError *error);
GError  *lf_session_make_empty_error (LfSession *self);
gboolean lf_session_refuse_when_over (LfSession *self, GTask *task);

G_END_DECLS
