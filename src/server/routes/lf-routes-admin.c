/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-explain.h"
#include "lf-route-job.h"

static void
on_explained (LfServer *server, LfHttpRequest *request, gpointer data)
{
  g_autoptr (LfWireExplanation) explanation = lf_explain_make (data, server->hub, TRUE);

  lf_http_request_respond (request, 200, &lf_schema_explanation, explanation);
}

/* What is asked about a person here shows more than colleagues see: the log keeps who asked. */
static void
get_explanation (LfServer *server, LfHttpRequest *request)
{
  const LfIdentity *identity = lf_http_request_get_identity (request);
  const char       *who = lf_http_request_get_param (request, "id");
  LfExplainJob     *job = lf_explain_job_new (who, lf_clock_get_now_us (server->clock));

  g_message ("Audit: the token “%s” (%s) asks for an explanation of %s", identity->name, identity->session, who);
  lf_route_read (server, request, lf_explain_job_run, job, (GDestroyNotify) lf_explain_job_free, on_explained);
}

const LfRoute lf_routes_admin[] = {
  { "GET", "/admin/people/{id}/explain", LF_ACCESS_ADMIN, NULL, get_explanation },
  { NULL }
};
