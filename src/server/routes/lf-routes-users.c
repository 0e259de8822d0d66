/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-accounts.h"

#define DEFAULT_ITEMS 50
#define MIN_CHARS     2
#define MAX_CHARS     100

/* Borrowed from the request but for what comes out. */
typedef struct
{
  const char       *viewer;
  const char       *user; /* of one person */
  const char       *words;
  const char       *cursor; /* nullable */
  gint64            limit;
  LfWirePerson     *person; /* out */
  LfWirePeoplePage *page;   /* out */
} UsersJob;

static void
users_job_free (UsersJob *job)
{
  lf_codec_free (&lf_schema_person, job->person);
  lf_codec_free (&lf_schema_people_page, job->page);
  g_free (job);
}

static gboolean
run_search (LfDb *db, gpointer data, GError **error)
{
  UsersJob *job = data;

  job->page = lf_store_accounts_search (db, job->viewer, job->words, job->cursor, job->limit, error);
  return job->page != NULL;
}

static gboolean
run_get (LfDb *db, gpointer data, GError **error)
{
  UsersJob *job = data;

  job->person = lf_store_accounts_read_person (db, job->viewer, job->user, error);
  return job->person != NULL;
}

static void
on_found (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const UsersJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_people_page, job->page);
}

static void
on_got (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const UsersJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_person, job->person);
}

static void
get_users (LfServer *server, LfHttpRequest *request)
{
  const char *words = lf_http_request_get_query (request, "q");
  glong       n_chars = words != NULL ? g_utf8_strlen (words, -1) : 0;
  gint64      limit = 0;
  UsersJob   *job;

  if (n_chars < MIN_CHARS || n_chars > MAX_CHARS)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "Search for 2 to 100 characters, in “q”.", 0);
      return;
    }
  if (!lf_http_request_read_int (request, "limit", 1, LF_PAGE_MAX_ITEMS, DEFAULT_ITEMS, &limit))
    return;

  job = g_new0 (UsersJob, 1);
  job->viewer = lf_http_request_get_user (request);
  job->words = words;
  job->cursor = lf_http_request_get_query (request, "cursor");
  job->limit = limit;
  lf_route_read (server, request, run_search, job, (GDestroyNotify) users_job_free, on_found);
}

static void
get_user (LfServer *server, LfHttpRequest *request)
{
  UsersJob *job = g_new0 (UsersJob, 1);

  job->viewer = lf_http_request_get_user (request);
  job->user = lf_http_request_get_param (request, "id");
  lf_route_read (server, request, run_get, job, (GDestroyNotify) users_job_free, on_got);
}

const LfRoute lf_routes_users[] = {
  { "GET", "/users", LF_ACCESS_PERSON, NULL, get_users },
  { "GET", "/users/{id}", LF_ACCESS_PERSON, NULL, get_user },
  { NULL }
};
