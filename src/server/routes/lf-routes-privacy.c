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
  const char      *user;
  const char      *other; /* permissions alone */
  LfWirePermission permission;
  LfCalendarView   view; /* of everybody */
  gint64           now_us;
  LfWirePrivacy   *privacy;      /* out */
  LfClaims        *claims;       /* out */
  GPtrArray       *shown;        /* out; of LfShownMarks */
  gint64           calendar_rev; /* out */
} PrivacyJob;

static void
privacy_job_free (PrivacyJob *job)
{
  lf_codec_free (&lf_schema_privacy, job->privacy);
  lf_claims_free (job->claims);
  g_clear_pointer (&job->shown, g_ptr_array_unref);
  g_free (job);
}

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  PrivacyJob           *job = data;
  g_autoptr (GPtrArray) exceptions = lf_store_privacy_list_exceptions (db, job->user, error);

  if (exceptions == NULL)
    return FALSE;
  job->claims = lf_store_presence_get_claims (db, job->user, job->now_us, error);
  if (job->claims == NULL)
    return FALSE;
  job->privacy = g_new0 (LfWirePrivacy, 1);
  job->privacy->calendar = job->claims->calendar_view != LF_CALENDAR_VIEW_DEFAULT ? job->claims->calendar_view : LF_CALENDAR_VIEW_PERIODS;
  job->privacy->exceptions = g_ptr_array_new ();
  for (guint i = 0; i < exceptions->len; i++)
    {
      LfCalendarException *exception = exceptions->pdata[i];
      LfWireException     *wire = g_new0 (LfWireException, 1);

      wire->user = g_steal_pointer (&exception->other);
      wire->calendar = exception->view;
      g_ptr_array_add (job->privacy->exceptions, wire);
    }
  job->privacy->blocked = lf_store_presence_list_blocked (db, job->user, error);
  return job->privacy->blocked != NULL;
}

static gboolean
run_change (LfDb *db, gpointer data, GError **error)
{
  const PrivacyJob *job = data;

  return lf_store_presence_set_calendar_view (db, job->user, job->view, error) && run_read (db, data, error);
}

/* Whom one cannot see one can still take something from, if that person stands in one's roster: nothing new is learnt. */
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
  PrivacyJob             *job = data;
  const LfWirePermission *permission = &job->permission;
  gboolean                is_nothing = !permission->is_blocked && permission->calendar == LF_CALENDAR_VIEW_DEFAULT;

  return (is_nothing || check_known (db, job, error)) &&
         lf_store_presence_set_blocked (db, job->user, job->other, permission->is_blocked, job->shown, error) &&
         lf_store_privacy_set_exception (db, job->user, job->other, permission->calendar, &job->calendar_rev, error);
}

static void
on_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const PrivacyJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_privacy, job->privacy);
}

static void
on_changed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const PrivacyJob *job = data;

  lf_hub_set_claims (server->hub, job->claims);
  on_read (server, request, data);
}

static void
on_set (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const PrivacyJob *job = data;

  lf_hub_set_calendar_exception (server->hub, job->user, job->other, job->permission.calendar);
  lf_hub_set_blocked (server->hub, job->user, job->other, job->permission.is_blocked);
  if (job->calendar_rev != 0)
    lf_hub_set_calendar (server->hub, job->user, job->calendar_rev);
  lf_http_request_respond_empty (request, 204);
  lf_server_tell_marks (server, job->user, job->shown);
}

static PrivacyJob *
privacy_job_new (LfServer *server, LfHttpRequest *request)
{
  PrivacyJob *job = g_new0 (PrivacyJob, 1);

  job->user = lf_http_request_get_user (request);
  job->now_us = lf_clock_get_now_us (server->clock);
  return job;
}

static void
set_permission (LfServer *server, LfHttpRequest *request, const LfWirePermission *permission)
{
  PrivacyJob *job;
  const char *other = lf_http_request_get_param (request, "user");

  if (g_str_equal (lf_http_request_get_user (request), other))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "You always see all that is your own: name somebody else.", 0);
      return;
    }

  job = privacy_job_new (server, request);
  job->other = other;
  job->permission = *permission;
  job->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_shown_marks_free);
  lf_route_write (server, request, run_set, job, (GDestroyNotify) privacy_job_free, on_set);
}

static void
get_privacy (LfServer *server, LfHttpRequest *request)
{
  lf_route_read (server, request, run_read, privacy_job_new (server, request), (GDestroyNotify) privacy_job_free, on_read);
}

static void
put_privacy (LfServer *server, LfHttpRequest *request)
{
  const LfWirePrivacy *body = lf_http_request_get_body (request);
  PrivacyJob          *job = privacy_job_new (server, request);

  job->view = body->calendar;
  lf_route_write (server, request, run_change, job, (GDestroyNotify) privacy_job_free, on_changed);
}

static void
put_permission (LfServer *server, LfHttpRequest *request)
{
  set_permission (server, request, lf_http_request_get_body (request));
}

static void
delete_permission (LfServer *server, LfHttpRequest *request)
{
  static const LfWirePermission nothing = { FALSE, LF_CALENDAR_VIEW_DEFAULT };

  set_permission (server, request, &nothing);
}

const LfRoute lf_routes_privacy[] = {
  { "GET", "/me/privacy", LF_ACCESS_PERSON, NULL, get_privacy },
  { "PUT", "/me/privacy", LF_ACCESS_PERSON, &lf_schema_privacy_request, put_privacy },
  { "PUT", "/me/permissions/{user}", LF_ACCESS_PERSON, &lf_schema_permission, put_permission },
  { "DELETE", "/me/permissions/{user}", LF_ACCESS_PERSON, NULL, delete_permission },
  { NULL }
};
