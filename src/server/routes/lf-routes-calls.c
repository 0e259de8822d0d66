/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-calls.h"
#include "lf-route-job.h"
#include "lf-store-calls.h"

#define KEY_HEADER    "Idempotency-Key"
#define RETRY_CALL_S  10
#define DEFAULT_ITEMS 50
#define AHEAD_US      LF_HOUR /* clocks of telephone systems differ */

typedef struct
{
  gint64      now_us;
  const char *user;

  LfCallPlan *plan; /* owned, nullable */

  int                    kind;
  const char            *before; /* nullable */
  gint64                 limit;
  LfWireCallRecordsPage *page; /* out */

  const char              *line;
  const LfWireCallReports *reports;
  GPtrArray               *people;   /* owned, nullable: whose line it is; of char *, owned */
  LfDialPlan              *dial;     /* borrowed from the configuration */
  LfAddressBook           *book;     /* owned */
  GPtrArray               *outcomes; /* owned, out: of LfCallOutcome */
} CallsJob;

static void
calls_job_free (CallsJob *job)
{
  lf_call_plan_free (job->plan);
  lf_codec_free (&lf_schema_call_records_page, job->page);
  g_clear_pointer (&job->people, g_ptr_array_unref);
  g_clear_pointer (&job->book, lf_address_book_unref);
  g_clear_pointer (&job->outcomes, g_ptr_array_unref);
  g_free (job);
}

static CallsJob *
calls_job_new (LfServer *server, LfHttpRequest *request)
{
  CallsJob *job = g_new0 (CallsJob, 1);

  job->now_us = lf_clock_get_now_us (server->clock);
  job->user = lf_http_request_get_user (request);
  return job;
}

/* Calls that are made for somebody */

static gboolean
run_note_call (LfDb *db, gpointer data, GError **error)
{
  CallsJob        *job = data;
  g_autofree char *words = g_strdup_printf ("asked line %s to call %s (%s)", job->plan->line, job->plan->to_dial, job->plan->address);

  if (job->plan->other != NULL)
    job->plan->name = lf_store_calls_find_name (db, job->user, job->plan->other, error);
  return (job->plan->other == NULL || job->plan->name != NULL) && lf_store_audit_add (db, job->user, words, job->now_us, error);
}

static void
respond_error (LfHttpRequest *request, const GError *error)
{
  lf_route_respond_error (request, error, g_error_matches (error, LF_SERVER_ERROR, LF_PROBLEM_RATE_LIMITED) ? RETRY_CALL_S : 0);
}

static void
on_call_noted (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const CallsJob    *job = data;
  g_autoptr (GError) error = NULL;
  const LfWireCall  *call = lf_calls_start (server->calls, job->plan, lf_http_request_get_body (request), &error);

  if (call != NULL)
    lf_http_request_respond (request, 202, &lf_schema_call, call);
  else
    respond_error (request, error);
}

static void
post_call (LfServer *server, LfHttpRequest *request)
{
  const char              *key = lf_http_request_get_header (request, KEY_HEADER);
  const char              *user = lf_http_request_get_user (request);
  const LfWireCallRequest *body = lf_http_request_get_body (request);
  g_autoptr (LfCallPlan)   plan = NULL;
  g_autoptr (GError)       error = NULL;
  gboolean                 is_other = FALSE;
  const LfWireCall        *repeated;
  CallsJob                *job;

  if (key == NULL || !lf_codec_id_is_valid (key))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "A call needs the header Idempotency-Key: 1 to 64 letters and digits.", 0);
      return;
    }
  repeated = lf_calls_find_repeated (server->calls, user, key, body, &is_other);
  if (is_other)
    lf_http_request_respond_problem (request, LF_PROBLEM_CONFLICT, "Another call was made with this Idempotency-Key.", 0);
  else if (repeated != NULL)
    lf_http_request_respond (request, 202, &lf_schema_call, repeated);
  if (is_other || repeated != NULL)
    return;
  plan = lf_calls_plan (server->calls, user, key, body, &error);
  if (plan == NULL)
    {
      respond_error (request, error);
      return;
    }
  job = calls_job_new (server, request);
  job->plan = g_steal_pointer (&plan);
  lf_route_write (server, request, run_note_call, job, (GDestroyNotify) calls_job_free, on_call_noted);
}

static void
delete_call (LfServer *server, LfHttpRequest *request)
{
  if (lf_calls_cancel (server->calls, lf_http_request_get_user (request), lf_http_request_get_param (request, "id")))
    lf_http_request_respond_empty (request, 204);
  else
    lf_http_request_respond_problem (request, LF_PROBLEM_NOT_FOUND, "You have no such call.", 0);
}

/* Calls that were */

static gboolean
run_list (LfDb *db, gpointer data, GError **error)
{
  CallsJob *job = data;

  job->page = lf_store_calls_list (db, job->user, job->kind, job->before, job->limit, error);
  return job->page != NULL;
}

static void
on_listed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const CallsJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_call_records_page, job->page);
}

static gboolean
read_kind (const char *word, int *kind)
{
  *kind = -1;
  if (word == NULL)
    return TRUE;
  for (int i = 0; i < LF_N_CALL_KINDS; i++)
    if (g_str_equal (lf_call_kind_names[i], word))
      *kind = i;
  return *kind >= 0;
}

static void
get_history (LfServer *server, LfHttpRequest *request)
{
  gint64    limit = 0;
  int       kind = -1;
  CallsJob *job;

  if (!read_kind (lf_http_request_get_query (request, "kind"), &kind))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "Parameter “kind” is missed, received or placed; leave it out for all.", 0);
      return;
    }
  if (!lf_http_request_read_int (request, "limit", 1, LF_PAGE_MAX_ITEMS, DEFAULT_ITEMS, &limit))
    return;
  job = calls_job_new (server, request);
  job->kind = kind;
  job->limit = limit;
  job->before = lf_http_request_get_query (request, "before");
  lf_route_read (server, request, run_list, job, (GDestroyNotify) calls_job_free, on_listed);
}

static gboolean
put_report (LfDb *db, CallsJob *job, char *user, const LfWireCallReport *report, GError **error)
{
  g_autofree char *normal = report->peer != NULL ? lf_address_normalise (job->dial, report->peer, LF_ADDRESS_SIGNALLED, NULL) : NULL;
  const LfCallRow  entry = { user, job->line, report, normal, lf_address_book_find (job->book, normal) };

  return lf_store_calls_put (db, &entry, job->now_us, job->outcomes, error);
}

static gboolean
run_put_reports (LfDb *db, gpointer data, GError **error)
{
  CallsJob *job = data;

  for (guint i = 0; i < job->people->len; i++)
    for (guint j = 0; j < job->reports->items->len; j++)
      if (!put_report (db, job, job->people->pdata[i], job->reports->items->pdata[j], error))
        return FALSE;
  return TRUE;
}

static void
on_reports_put (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const CallsJob *job = data;

  lf_http_request_respond_empty (request, 204);
  for (guint i = 0; i < job->outcomes->len; i++)
    {
      const LfCallOutcome *outcome = job->outcomes->pdata[i];
      LfWireCallChange     change = { .record = outcome->record, .removed = outcome->removed };

      lf_hub_send (server->hub, outcome->user, NULL, LF_FRAME_CALL, &change);
    }
}

/* What is wrong with a report, or NULL. */
static const char *
check_report (const LfWireCallReport *report, gint64 now_us)
{
  if (report->direction == LF_CALL_NO_DIRECTION)
    return "A call is inbound or outbound.";
  if (report->started_at_us > now_us + AHEAD_US)
    return "A call began in the future: set the clock of the telephone system.";
  if ((report->answered_at_us != LF_INSTANT_NONE && report->answered_at_us < report->started_at_us) ||
      (report->ended_at_us != LF_INSTANT_NONE && report->ended_at_us < MAX (report->started_at_us, report->answered_at_us)))
    return "A call begins, is answered, and ends, in this order.";
  return NULL;
}

static void
post_reports (LfServer *server, LfHttpRequest *request)
{
  const char              *name = lf_http_request_get_param (request, "line");
  const LfLine            *line = lf_hub_find_line (server->hub, name);
  const LfWireCallReports *reports = lf_http_request_get_body (request);
  g_autoptr (GPtrArray)    people = NULL;
  CallsJob                *job;

  if (line == NULL)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_NOT_FOUND, "There is no such line.", 0);
      return;
    }
  if (line->owner != NULL && !g_str_equal (line->owner, lf_http_request_get_session (request)))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_LINE_OWNED, NULL, 0);
      return;
    }
  job = calls_job_new (server, request);
  for (guint i = 0; i < reports->items->len; i++)
    {
      const char *fault = check_report (reports->items->pdata[i], job->now_us);

      if (fault == NULL)
        continue;
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, fault, 0);
      calls_job_free (job);
      return;
    }
  job->line = name;
  job->reports = reports;
  people = lf_line_list_people (line);
  job->people = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < people->len; i++)
    g_ptr_array_add (job->people, g_strdup (people->pdata[i]));
  job->dial = server->config->dial_plan;
  job->book = lf_address_book_ref (lf_calls_get_book (server->calls));
  job->outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_call_outcome_free);
  lf_route_write (server, request, run_put_reports, job, (GDestroyNotify) calls_job_free, on_reports_put);
}

const LfRoute lf_routes_calls[] = {
  { "POST", "/calls", LF_ACCESS_PERSON, &lf_schema_call_request, post_call },
  { "GET", "/calls/history", LF_ACCESS_PERSON, NULL, get_history },
  { "DELETE", "/calls/{id}", LF_ACCESS_PERSON, NULL, delete_call },
  { "POST", "/lines/{line}/calls", LF_ACCESS_PHONE, &lf_schema_call_reports, post_reports },
  { NULL }
};
