/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-accounts.h"
#include "lf-store-busy.h"

#define MAX_WINDOW (400 * LF_DAY)

/* All borrowed from the request, which the job outlives in no case. */
typedef struct
{
  const char             *user;
  const char             *source;
  const char             *name; /* nullable: what the source is called */
  const LfWireBusyReport *report;
  const LfWireEarlyEnd   *end;
  gint64                  rev;     /* out */
  gboolean                changed; /* out */
} CalendarJob;

static gboolean
run_put (LfDb *db, gpointer data, GError **error)
{
  CalendarJob          *job = data;
  g_autoptr (LfAccount) account = lf_store_accounts_get (db, job->user, error);

  return account != NULL && lf_store_busy_put (db, job->user, job->source, job->name, job->report, &job->rev, &job->changed, error);
}

static gboolean
run_forget (LfDb *db, gpointer data, GError **error)
{
  CalendarJob *job = data;

  return lf_store_busy_forget (db, job->user, job->source, &job->rev, &job->changed, error);
}

static gboolean
run_end_early (LfDb *db, gpointer data, GError **error)
{
  CalendarJob *job = data;

  job->changed = TRUE;
  return lf_store_busy_end_early (db, job->user, job->end, &job->rev, error);
}

/* Whose token was revoked while the report was stored reads nothing any longer. */
static gboolean
is_in_force (LfServer *server, const LfIdentity *identity)
{
  return identity->kind == LF_IDENTITY_PERSON || lf_accounts_has_connector (server->accounts, identity->session);
}

static void
on_calendar_stored (LfServer *server, LfHttpRequest *request, gpointer data)
{
  CalendarJob      *job = data;
  const LfIdentity *identity = lf_http_request_get_identity (request);

  lf_http_request_respond_empty (request, 204);
  if (job->report != NULL && is_in_force (server, identity))
    lf_hub_note_calendar (server->hub, job->user, job->source, identity, job->report->read_at_us);
  if (job->changed)
    lf_hub_set_calendar (server->hub, job->user, job->rev);
}

/* What no schema can say of a report. NULL: it is in order. */
static const char *
find_fault (const LfWireBusyReport *report, gint64 now_us)
{
  if (report->known_until_us <= report->known_from_us || report->known_until_us - report->known_from_us > MAX_WINDOW)
    return "“known_until” must lie after “known_from”, by at most 400 days.";
  if (report->read_at_us > now_us + 5 * LF_MINUTE)
    return "“read_at” lies in the future.";
  for (guint i = 0; i < report->periods->len; i++)
    {
      const LfBusyPeriod *period = report->periods->pdata[i];

      if (period->end_us <= period->start_us)
        return "A period must end after it starts.";
    }
  return NULL;
}

static void
put_calendar (LfServer *server, LfHttpRequest *request, const char *user, const char *name)
{
  const LfWireBusyReport *report = lf_http_request_get_body (request);
  const char             *fault = find_fault (report, lf_clock_get_now_us (server->clock));
  CalendarJob            *job;

  if (fault != NULL)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, fault, 0);
      return;
    }
  job = g_new0 (CalendarJob, 1);
  job->user = user;
  job->source = lf_http_request_get_param (request, "source");
  job->name = name;
  job->report = report;
  lf_route_write (server, request, run_put, job, g_free, on_calendar_stored);
}

/* By the person's own desktop. */
static void
put_own (LfServer *server, LfHttpRequest *request)
{
  put_calendar (server, request, lf_http_request_get_user (request), NULL);
}

/* The person's own desktop no longer publishes it. */
static void
delete_own (LfServer *server, LfHttpRequest *request)
{
  CalendarJob *job = g_new0 (CalendarJob, 1);

  job->user = lf_http_request_get_user (request);
  job->source = lf_http_request_get_param (request, "source");
  lf_route_write (server, request, run_forget, job, g_free, on_calendar_stored);
}

/* By the calendar connector, for anybody. */
static void
put_of_person (LfServer *server, LfHttpRequest *request)
{
  put_calendar (server, request, lf_http_request_get_param (request, "id"), lf_http_request_get_identity (request)->name);
}

static void
put_early_end (LfServer *server, LfHttpRequest *request)
{
  const LfWireEarlyEnd *end = lf_http_request_get_body (request);
  gint64                now_us = lf_clock_get_now_us (server->clock);
  CalendarJob          *job;

  if (end->end_us <= end->start_us || end->ended_at_us < end->start_us || end->ended_at_us > end->end_us ||
      end->ended_at_us > now_us + LF_MINUTE || end->end_us - end->start_us > 31 * LF_DAY)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST,
                                       "“ended_at” must lie between “start” and “end”, and not in the future.", 0);
      return;
    }
  job = g_new0 (CalendarJob, 1);
  job->user = lf_http_request_get_user (request);
  job->end = end;
  lf_route_write (server, request, run_end_early, job, g_free, on_calendar_stored);
}

const LfRoute lf_routes_calendars[] = {
  { "PUT", "/me/calendars/{source}/busy", LF_ACCESS_PERSON, &lf_schema_busy_report, put_own },
  { "DELETE", "/me/calendars/{source}", LF_ACCESS_PERSON, NULL, delete_own },
  { "PUT", "/me/calendars/early_end", LF_ACCESS_PERSON, &lf_schema_early_end, put_early_end },
  { "PUT", "/users/{id}/calendars/{source}/busy", LF_ACCESS_CALENDAR, &lf_schema_busy_report, put_of_person },
  { NULL }
};
