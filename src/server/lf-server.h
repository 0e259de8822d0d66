/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"
#include "lf-accounts.h"
#include "lf-admin.h"
#include "lf-calls.h"
#include "lf-config.h"
#include "lf-http-server.h"
#include "lf-hub.h"
#include "lf-metrics-http.h"
#include "lf-router.h"
#include "lf-store.h"

G_BEGIN_DECLS

typedef struct _LfStreams LfStreams;

/**
 * LfServer:
 * @config: settings
 * @clock: the one clock
 * @store: the database
 * @accounts: passwords, sessions and tokens
 * @admin: the command line's other end
 * @hub: presence and who hears of it
 * @calls: calls that are made for people
 * @streams: the WebSockets
 * @router: every route
 * @http: the HTTP engine
 * @metrics: (nullable): the listener of /metrics
 *
 * The parts of a running server, for route handlers. All are there before the first request.
 */
struct _LfServer
{
  LfConfig      *config; /* borrowed */
  LfClock       *clock;
  LfStore       *store;
  LfAccounts    *accounts;
  LfAdminSocket *admin;
  LfHub         *hub;
  LfCalls       *calls;
  LfStreams     *streams;
  LfRouter      *router;
  LfHttpServer  *http;
  LfMetricsHttp *metrics;

  gint64          started_us; /* monotonic: it listens since */
  guint           reclock_id;
  gint64          tidy_due_us; /* monotonic: when old calls are forgotten next */
  guint           reload_id;
  guint           drain_id;
  guint           drain_streams;  /* closed at each look */
  gint64          drain_until_us; /* monotonic */
  GSourceOnceFunc drained;
  gpointer        drained_data;
};

/* Opens the store, loads people, starts listening. @clock is owned by the caller. */
LfServer *lf_server_new (LfConfig *config, LfClock *clock);
gboolean  lf_server_start (LfServer *self, GError **error);
/* Stops taking requests, tells every stream 4009, not all at once; @done is called when all are gone or at the deadline. */
void lf_server_drain (LfServer *self, GSourceOnceFunc done, gpointer user_data);
void lf_server_free (LfServer *self);

/* What is in memory of what belongs to a person: the own telephones. */
void lf_server_fill_me (LfServer *self, LfWireMe *me);
/* Reads @user again and sends `session` {me} to all of the person's streams: after PATCH /me,
 * status, DND or visibility changed. */
void lf_server_tell_me (LfServer *self, const char *user);
/* @user may be seen again: the others hear of the marks that they might not see. @shown: of LfShownMarks. */
void lf_server_tell_marks (LfServer *self, const char *user, const GPtrArray *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfServer, lf_server_free)

G_END_DECLS
