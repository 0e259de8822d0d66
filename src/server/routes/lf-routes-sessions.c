/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-sessions.h"

typedef struct
{
  const char         *user;    /* borrowed from the request */
  const char         *current; /* borrowed from the request */
  gint64              now_us;
  LfWireSessionsPage *page; /* out */
} ListJob;

static void
list_job_free (ListJob *job)
{
  lf_codec_free (&lf_schema_sessions_page, job->page);
  g_free (job);
}

static gboolean
run_list (LfDb *db, gpointer data, GError **error)
{
  ListJob              *job = data;
  g_autoptr (GPtrArray) rows = lf_store_sessions_list (db, job->user, job->now_us, error);

  if (rows == NULL)
    return FALSE;

  job->page = g_new0 (LfWireSessionsPage, 1);
  job->page->items = g_ptr_array_new ();
  for (guint i = 0; i < rows->len; i++)
    {
      const LfSessionRow *row = g_ptr_array_index (rows, i);
      LfWireSession      *session = g_new0 (LfWireSession, 1);

      session->id = g_strdup (row->id);
      session->device = g_strdup (row->device);
      session->created_at_us = row->created_at_us;
      session->last_seen_at_us = row->last_seen_at_us;
      session->is_current = g_str_equal (row->id, job->current);
      g_ptr_array_add (job->page->items, session);
    }

  return TRUE;
}

static void
on_listed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const ListJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_sessions_page, job->page);
}

static void
get_sessions (LfServer *server, LfHttpRequest *request)
{
  ListJob *job = g_new0 (ListJob, 1);

  job->user = lf_http_request_get_user (request);
  job->current = lf_http_request_get_session (request);
  job->now_us = lf_clock_get_now_us (server->clock);
  lf_route_read (server, request, run_list, job, (GDestroyNotify) list_job_free, on_listed);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfHttpRequest) request = user_data;
  g_autoptr (GError)        error = NULL;

  if (lf_accounts_end_session_finish (LF_ACCOUNTS (source), result, &error))
    lf_http_request_respond_empty (request, 204);
  else
    lf_route_respond_error (request, error, 0);
}

static void
delete_session (LfServer *server, LfHttpRequest *request)
{
  lf_accounts_end_session_async (server->accounts, lf_http_request_get_user (request), lf_http_request_get_param (request, "id"), NULL,
                                 on_ended, lf_http_request_ref (request));
}

const LfRoute lf_routes_sessions[] = {
  { "GET", "/sessions", LF_ACCESS_PERSON, NULL, get_sessions },
  { "DELETE", "/sessions/{id}", LF_ACCESS_PERSON, NULL, delete_session },
  { NULL }
};
