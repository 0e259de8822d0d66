/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-expiry.h"
#include "lf-route-job.h"
#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-store-presence.h"

#define MAX_EXPIRY_US (400 * LF_DAY)

/* What is to change about a person; all of it borrowed from the request or owned where said. */
typedef struct
{
  const char             *user;
  gint64                  now_us;
  const LfWireMePatch    *patch;      /* nullable */
  LfWireStatus           *status;     /* owned, nullable */
  const LfWireDnd        *dnd;        /* nullable */
  const LfWireVisibility *visibility; /* nullable */
  LfWireMe               *me;         /* out */
  LfClaims               *claims;     /* out */
  GPtrArray              *shown;      /* out; of LfShownMarks */
} MeJob;

static void
me_job_free (MeJob *job)
{
  lf_codec_free (&lf_schema_status, job->status);
  lf_codec_free (&lf_schema_me, job->me);
  lf_claims_free (job->claims);
  g_ptr_array_unref (job->shown);
  g_free (job);
}

static MeJob *
me_job_new (LfServer *server, LfHttpRequest *request)
{
  MeJob *job = g_new0 (MeJob, 1);

  job->user = lf_http_request_get_user (request);
  job->now_us = lf_clock_get_now_us (server->clock);
  job->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_shown_marks_free);

  return job;
}

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  MeJob *job = data;

  job->me = lf_store_accounts_read_me (db, job->user, job->now_us, error);
  return job->me != NULL;
}

static gboolean
run_change (LfDb *db, gpointer data, GError **error)
{
  MeJob *job = data;

  if (job->patch != NULL && !lf_store_accounts_patch (db, job->user, job->patch, error))
    return FALSE;
  if (job->status != NULL && !lf_store_presence_set_status (db, job->user, job->status, job->now_us, error))
    return FALSE;
  if (job->dnd != NULL && !lf_store_presence_set_dnd (db, job->user, job->dnd, job->now_us, error))
    return FALSE;
  if (job->visibility != NULL && !lf_store_presence_set_visibility (db, job->user, job->visibility->is_invisible, job->shown, error))
    return FALSE;
  job->claims = lf_store_presence_get_claims (db, job->user, job->now_us, error);

  return job->claims != NULL && run_read (db, data, error);
}

static void
on_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const MeJob *job = data;

  lf_server_fill_me (server, job->me);
  lf_http_request_respond (request, 200, &lf_schema_me, job->me);
}

static void
on_changed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const MeJob        *job = data;
  LfWireSessionChange change;

  lf_hub_set_claims (server->hub, job->claims);
  if (job->dnd != NULL)
    lf_calls_set_dnd (server->calls, job->user);
  lf_server_fill_me (server, job->me);
  change.me = *job->me;
  lf_expiry_expect (lf_accounts_get_expiry (server->accounts), job->claims->status.expires_at_us);
  lf_expiry_expect (lf_accounts_get_expiry (server->accounts), job->claims->dnd.expires_at_us);
  lf_http_request_respond (request, 200, &lf_schema_me, job->me);
  lf_hub_send (server->hub, job->user, NULL, LF_FRAME_SESSION, &change);
  lf_server_tell_marks (server, job->user, job->shown);
}

static void
change (LfServer *server, LfHttpRequest *request, MeJob *job)
{
  lf_route_write (server, request, run_change, job, (GDestroyNotify) me_job_free, on_changed);
}

static gboolean
check_expiry (LfServer *server, LfHttpRequest *request, gint64 expires_at_us)
{
  gint64 now_us = lf_clock_get_now_us (server->clock);

  if (expires_at_us == LF_INSTANT_NONE || (expires_at_us > now_us && expires_at_us <= now_us + MAX_EXPIRY_US))
    return TRUE;

  lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST,
                                   "Member “expires_at” must lie in the future, and within 400 days; leave it out for no end.", 0);
  return FALSE;
}

/* A note is one line; blank is the same as absent. */
static void
tidy_line (char **text)
{
  if (*text == NULL)
    return;

  g_strdelimit (*text, "\t\r\n", ' ');
  g_strstrip (*text);
  if (**text == '\0')
    g_clear_pointer (text, g_free);
}

static void
get_me (LfServer *server, LfHttpRequest *request)
{
  lf_route_read (server, request, run_read, me_job_new (server, request), (GDestroyNotify) me_job_free, on_read);
}

static void
patch_me (LfServer *server, LfHttpRequest *request)
{
  const LfWireMePatch *patch = lf_http_request_get_body (request);
  MeJob               *job;

  if (patch->time_zone != NULL && *patch->time_zone != '\0')
    {
      g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (patch->time_zone);

      if (zone == NULL)
        {
          lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST,
                                           "Member “time_zone” must be the name of a time zone, such as “Europe/Berlin”.", 0);
          return;
        }
    }

  job = me_job_new (server, request);
  job->patch = patch;
  change (server, request, job);
}

static void
put_status (LfServer *server, LfHttpRequest *request)
{
  const LfWireStatus *body = lf_http_request_get_body (request);
  MeJob              *job;

  if (!check_expiry (server, request, body->expires_at_us))
    return;

  job = me_job_new (server, request);
  job->status = lf_codec_copy (&lf_schema_status, body);
  tidy_line (&job->status->text);
  tidy_line (&job->status->emoji);
  change (server, request, job);
}

static void
delete_status (LfServer *server, LfHttpRequest *request)
{
  MeJob *job = me_job_new (server, request);

  job->status = g_new0 (LfWireStatus, 1);
  job->status->expires_at_us = LF_INSTANT_NONE;
  change (server, request, job);
}

static void
put_dnd (LfServer *server, LfHttpRequest *request)
{
  const LfWireDnd *body = lf_http_request_get_body (request);
  MeJob           *job;

  if (body->is_on && !check_expiry (server, request, body->expires_at_us))
    return;

  job = me_job_new (server, request);
  job->dnd = body;
  change (server, request, job);
}

static void
put_visibility (LfServer *server, LfHttpRequest *request)
{
  MeJob *job = me_job_new (server, request);

  job->visibility = lf_http_request_get_body (request);
  change (server, request, job);
}

const LfRoute lf_routes_me[] = {
  { "GET", "/me", LF_ACCESS_PERSON, NULL, get_me },
  { "PATCH", "/me", LF_ACCESS_PERSON, &lf_schema_me_patch, patch_me },
  { "PUT", "/me/status", LF_ACCESS_PERSON, &lf_schema_status, put_status },
  { "DELETE", "/me/status", LF_ACCESS_PERSON, NULL, delete_status },
  { "PUT", "/me/dnd", LF_ACCESS_PERSON, &lf_schema_dnd, put_dnd },
  { "PUT", "/me/visibility", LF_ACCESS_PERSON, &lf_schema_visibility, put_visibility },
  { NULL }
};
