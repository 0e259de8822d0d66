/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"

static const char *const features[] = { "presence", "calendars", "chat", "stream", NULL };

static void
get_info (LfServer *server, LfHttpRequest *request)
{
  LfWireInfo info = {
    .name = (char *) "lampfield-server",
    .version = (char *) LF_VERSION,
    .api = 1,
    .features = (GStrv) features,
    .server_time_us = lf_clock_get_now_us (server->clock),
  };

  lf_http_request_respond (request, 200, &lf_schema_info, &info);
}

/* A route without a handler: the HTTP engine hands its socket to the streams. */
const LfRoute lf_routes_root[] = {
  { "GET", "/", LF_ACCESS_PUBLIC, NULL, get_info },
  { "GET", "/stream", LF_ACCESS_PERSON | LF_ACCESS_CONNECTOR, NULL, NULL },
  { NULL }
};

static void
get_live (LfServer *server, LfHttpRequest *request)
{
  lf_http_request_respond_empty (request, 204);
}

/* From a table: without one, no database is asked. */
static gboolean
run_little (LfDb *db, gpointer data, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT COUNT (*) FROM counters");

  return rows != NULL && lf_rows_next (rows, error);
}

static void
on_store_answered (LfServer *server, LfHttpRequest *request, gpointer data)
{
  lf_http_request_respond_empty (request, 204);
}

static void
get_ready (LfServer *server, LfHttpRequest *request)
{
  lf_route_read (server, request, run_little, g_new0 (char, 1), g_free, on_store_answered);
}

const LfRoute lf_routes_health[] = {
  { "GET", "/health/live", LF_ACCESS_PUBLIC, NULL, get_live },
  { "GET", "/health/ready", LF_ACCESS_PUBLIC, NULL, get_ready },
  { NULL }
};
