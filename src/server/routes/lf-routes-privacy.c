/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-store-presence.h"
#include "lf-store-roster.h"

/* Borrowed from the request but for what comes out. */
typedef struct
{
  const char    *user;
  const char    *other;
  gboolean       is_blocked;
  LfWirePrivacy *privacy; /* out */
  GPtrArray     *shown;   /* out; of LfShownMarks */
} PrivacyJob;

static void
privacy_job_free (PrivacyJob *job)
{
  lf_codec_free (&lf_schema_privacy, job->privacy);
  g_clear_pointer (&job->shown, g_ptr_array_unref);
  g_free (job);
}

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  PrivacyJob *job = data;

  job->privacy = g_new0 (LfWirePrivacy, 1);
  job->privacy->blocked = lf_store_presence_list_blocked (db, job->user, error);
  return job->privacy->blocked != NULL;
}

/* Whom one cannot see one can still block, if that person stands in one's roster: nothing new is learnt. */
static gboolean
check_known (LfDb *db, const PrivacyJob *job, GError **error)
{
  g_autoptr (LfWireContact) contact = NULL;
  g_autoptr (GError)        failure = NULL;

  if (lf_store_accounts_check_visible (db, job->user, job->other, &failure))
    return TRUE;
  if (g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND))
    contact = lf_store_roster_get (db, job->user, job->other, NULL);
  if (contact != NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
run_set (LfDb *db, gpointer data, GError **error)
{
  const PrivacyJob *job = data;

  return (!job->is_blocked || check_known (db, job, error)) &&
         lf_store_presence_set_blocked (db, job->user, job->other, job->is_blocked, job->shown, error);
}

static void
on_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const PrivacyJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_privacy, job->privacy);
}

static void
on_set (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const PrivacyJob *job = data;

  lf_hub_set_blocked (server->hub, job->user, job->other, job->is_blocked);
  lf_http_request_respond_empty (request, 204);
  lf_server_tell_marks (server, job->user, job->shown);
}

static void
set_blocked (LfServer *server, LfHttpRequest *request, gboolean is_blocked)
{
  PrivacyJob *job;
  const char *user = lf_http_request_get_user (request);
  const char *other = lf_http_request_get_param (request, "user");

  if (g_str_equal (user, other))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "You cannot block yourself.", 0);
      return;
    }

  job = g_new0 (PrivacyJob, 1);
  job->user = user;
  job->other = other;
  job->is_blocked = is_blocked;
  job->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_shown_marks_free);
  lf_route_write (server, request, run_set, job, (GDestroyNotify) privacy_job_free, on_set);
}

static void
get_privacy (LfServer *server, LfHttpRequest *request)
{
  PrivacyJob *job = g_new0 (PrivacyJob, 1);

  job->user = lf_http_request_get_user (request);
  lf_route_read (server, request, run_read, job, (GDestroyNotify) privacy_job_free, on_read);
}

static void
put_permission (LfServer *server, LfHttpRequest *request)
{
  const LfWirePermission *body = lf_http_request_get_body (request);

  set_blocked (server, request, body->is_blocked);
}

static void
delete_permission (LfServer *server, LfHttpRequest *request)
{
  set_blocked (server, request, FALSE);
}

const LfRoute lf_routes_privacy[] = {
  { "GET", "/me/privacy", LF_ACCESS_PERSON, NULL, get_privacy },
  { "PUT", "/me/permissions/{user}", LF_ACCESS_PERSON, &lf_schema_permission, put_permission },
  { "DELETE", "/me/permissions/{user}", LF_ACCESS_PERSON, NULL, delete_permission },
  { NULL }
};
