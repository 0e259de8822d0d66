/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-histogram.h"
#include "lf-http-request.h"

G_BEGIN_DECLS

typedef struct _LfServer LfServer;

/**
 * LfAccess:
 * @LF_ACCESS_PUBLIC: no token is asked for
 * @LF_ACCESS_PERSON: the access token of a person's session
 * @LF_ACCESS_PHONE: the service token of a phone connector
 * @LF_ACCESS_CALENDAR: the service token of a calendar connector
 * @LF_ACCESS_ADMIN: the service token of an administrator
 *
 * Who may call a route: flags.
 */
typedef enum
{
  LF_ACCESS_PUBLIC = 0,
  LF_ACCESS_PERSON = 1 << LF_IDENTITY_PERSON,
  LF_ACCESS_PHONE = 1 << LF_IDENTITY_PHONE,
  LF_ACCESS_CALENDAR = 1 << LF_IDENTITY_CALENDAR,
  LF_ACCESS_ADMIN = 1 << LF_IDENTITY_ADMIN,
} LfAccess;

#define LF_ACCESS_CONNECTOR (LF_ACCESS_PHONE | LF_ACCESS_CALENDAR)

/**
 * LfRouteHandler:
 * @server: everything else
 * @request: borrowed; take a reference to answer later
 *
 * Answers @request, at once or later.
 */
typedef void (*LfRouteHandler) (LfServer *server, LfHttpRequest *request);

/**
 * LfRoute:
 * @method: "GET", "PUT", ... (HEAD is answered wherever GET is)
 * @pattern: below the router's prefix: "/contacts/{user}"; a parameter is a whole segment, an id
 * @access: who may: #LfAccess flags, or %LF_ACCESS_PUBLIC
 * @body: schema of the request's body, or %NULL: a body is refused
 * @handler: called with the decoded body
 *
 * A row of a route table; tables end with a %NULL method.
 */
typedef struct
{
  const char     *method;
  const char     *pattern;
  guint           access;
  const LfSchema *body;
  LfRouteHandler  handler;
} LfRoute;

#define LF_ROUTE_MAX_PARAMS 3
#define LF_ROUTE_N_STATUSES 22

extern const guint lf_route_statuses[LF_ROUTE_N_STATUSES]; /* every status of an answer; the last is 0: any other */

/**
 * LfRouteStats:
 * @n_answers: answers, by the place of their status in lf_route_statuses
 * @durations_us: from the request's last byte to its answer
 *
 * What happened on a route since the start.
 */
typedef struct
{
  guint64     n_answers[LF_ROUTE_N_STATUSES];
  LfHistogram durations_us;
} LfRouteStats;

/**
 * LfRouteMatch:
 * @route: (nullable): the row; %NULL: no such path, or no such method on it
 * @allow: (nullable): with no @route, the methods the path knows ("GET, PUT, HEAD"); owned
 * @params: unescaped values in the order of the pattern; owned
 * @stats: of the row; of what leads nowhere where there is none; borrowed
 *
 * What a path and method lead to.
 */
typedef struct
{
  const LfRoute *route;
  char          *allow;
  char          *params[LF_ROUTE_MAX_PARAMS];
  LfRouteStats  *stats;
} LfRouteMatch;

typedef struct _LfRouter LfRouter;

LfRouter *lf_router_new (void);
void      lf_router_free (LfRouter *self);
void      lf_router_add (LfRouter *self, const char *prefix, const LfRoute *routes);
gboolean  lf_router_find (LfRouter *self, const char *method, const char *path, LfRouteMatch *match);
/* Calls @function for each row, with its prefix: for tests of the documentation. */
void lf_router_foreach (LfRouter *self,
                        void (*function) (const char *prefix, const LfRoute *route, gpointer user_data),
                        gpointer user_data);
/* Calls @function for each row, and last for what leads to no row: then @prefix and @route are NULL. */
void lf_router_foreach_stats (LfRouter *self,
                              void (*function) (const char *prefix, const LfRoute *route, const LfRouteStats *stats, gpointer user_data),
                              gpointer user_data);
/* Counts an answer of @status, @duration_us after the request was whole. */
void lf_route_stats_add (LfRouteStats *self, guint status, gint64 duration_us);
/* Of requests that lead to no row. */
LfRouteStats *lf_router_get_lost (LfRouter *self);
void          lf_route_match_clear (LfRouteMatch *match);
/* Place of {name} in the pattern, or -1. */
int lf_route_param_index (const LfRoute *route, const char *name);

/* The route tables of src/server/routes */
extern const LfRoute lf_routes_admin[], lf_routes_auth[], lf_routes_busy[], lf_routes_calendars[], lf_routes_calls[], lf_routes_connector[],
  lf_routes_contacts[], lf_routes_conversations[], lf_routes_health[], lf_routes_me[], lf_routes_presence[],
  lf_routes_privacy[], lf_routes_root[], lf_routes_sessions[], lf_routes_users[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRouter, lf_router_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfRouteMatch, lf_route_match_clear)

G_END_DECLS
