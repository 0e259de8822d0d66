/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-metrics"

#include "config.h"

#include "lf-exposition.h"
#include "lf-metrics-http.h"
#include "lf-metrics.h"
#include "lf-server.h"

struct _LfMetricsHttp
{
  LfServer     *server; /* borrowed */
  LfRouter     *router; /* owned */
  LfHttpServer *http;   /* owned */
};

static void
get_metrics (LfServer *server, LfHttpRequest *request)
{
  lf_http_request_respond_text (request, LF_EXPOSITION_MEDIA_TYPE, lf_metrics_render (server));
}

const LfRoute lf_routes_metrics[] = {
  { "GET", "/metrics", LF_ACCESS_PUBLIC, NULL, get_metrics },
  { NULL }
};

/**
 * lf_metrics_http_new:
 * @server: everything else; outlives the object
 *
 * Returns: (transfer full): a listener that does not listen yet
 */
LfMetricsHttp *
lf_metrics_http_new (LfServer *server)
{
  LfMetricsHttp *self = g_new0 (LfMetricsHttp, 1);

  self->server = server;
  self->router = lf_router_new ();
  lf_router_add (self->router, "", lf_routes_metrics);
  self->http = lf_http_server_new (server, self->router, NULL);
  return self;
}

/**
 * lf_metrics_http_start:
 * @self: a listener
 * @error: a place for a #GIOErrorEnum
 *
 * Opens the address that the configuration has for it.
 *
 * Returns: %FALSE if it cannot be had
 */
gboolean
lf_metrics_http_start (LfMetricsHttp *self, GError **error)
{
  return lf_http_server_start (self->http, self->server->config->metrics_listen, error);
}

/**
 * lf_metrics_http_get_url:
 * @self: a listener that was started
 *
 * Returns: where it listens
 */
const char *
lf_metrics_http_get_url (LfMetricsHttp *self)
{
  return lf_http_server_get_url (self->http);
}

/**
 * lf_metrics_http_free:
 * @self: (nullable): a listener
 *
 * Closes it.
 */
void
lf_metrics_http_free (LfMetricsHttp *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->http);
  lf_router_free (self->router);
  g_free (self);
}
