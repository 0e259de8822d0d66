/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"

/* A full queue empties within a second; a full disk waits for a person. */
#define RETRY_BUSY_S 1
#define RETRY_FULL_S 60

typedef struct
{
  LfServer      *server;  /* borrowed: outlives its requests */
  LfHttpRequest *request; /* owned */
  LfRouteDone    done;
} Call;

static void
call_free (Call *call)
{
  lf_http_request_unref (call->request);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static Call *
call_new (LfServer *server, LfHttpRequest *request, LfRouteDone done)
{
  Call *call = g_new0 (Call, 1);

  call->server = server;
  call->request = lf_http_request_ref (request);
  call->done = done;

  return call;
}

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call)   call = user_data;
  g_autoptr (GError) error = NULL;
  gpointer           data = lf_store_run_finish (LF_STORE (source), result, &error);

  if (data != NULL)
    call->done (call->server, call->request, data);
  else
    lf_route_respond_error (call->request, error, 0);
}

/**
 * lf_route_read:
 * @server: everything else
 * @request: the request
 * @job: reads
 * @data: (transfer full): of @job, not %NULL
 * @destroy: frees @data
 * @done: called when @job succeeded
 */
void
lf_route_read (LfServer *server, LfHttpRequest *request, LfStoreJob job, gpointer data, GDestroyNotify destroy, LfRouteDone done)
{
  lf_store_read_async (server->store, job, data, destroy, NULL, on_job_done, call_new (server, request, done));
}

/**
 * lf_route_write:
 * @server: everything else
 * @request: the request
 * @job: writes
 * @data: (transfer full): of @job, not %NULL
 * @destroy: frees @data
 * @done: called when what @job did is on disk
 */
void
lf_route_write (LfServer *server, LfHttpRequest *request, LfStoreJob job, gpointer data, GDestroyNotify destroy, LfRouteDone done)
{
  lf_store_write_async (server->store, job, data, destroy, NULL, on_job_done, call_new (server, request, done));
}

/**
 * lf_route_respond_error:
 * @request: the request
 * @error: why it failed
 * @retry_after_s: seconds to wait, 0: what suits the problem
 *
 * Answers with problem+json. The reason of an internal error goes to the log alone.
 */
void
lf_route_respond_error (LfHttpRequest *request, const GError *error, guint retry_after_s)
{
  LfProblem   problem = lf_server_error_to_problem (error);
  const char *detail = error->message;

  if (problem == LF_PROBLEM_INTERNAL)
    {
      g_warning ("A request failed: %s", error->message);
      detail = "The server failed; its log says why.";
    }
  if (retry_after_s == 0 && problem == LF_PROBLEM_UNAVAILABLE)
    retry_after_s = RETRY_BUSY_S;
  if (retry_after_s == 0 && problem == LF_PROBLEM_STORAGE_FULL)
    retry_after_s = RETRY_FULL_S;

  lf_http_request_respond_problem (request, problem, detail, retry_after_s);
}
