/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-accounts.h"
#include "lf-store-lines.h"

typedef struct
{
  GPtrArray             *lines;  /* out, owned: LfLineRow */
  LfWireConnectorPeople *people; /* out, owned */
} ListJob;

static void
list_job_free (gpointer data)
{
  ListJob *job = data;

  g_clear_pointer (&job->lines, g_ptr_array_unref);
  lf_codec_free (&lf_schema_connector_people, job->people);
  g_free (job);
}

static gboolean
run_lines (LfDb *db, gpointer data, GError **error)
{
  ListJob *job = data;

  job->lines = lf_store_lines_list (db, error);
  return job->lines != NULL;
}

static gboolean
run_people (LfDb *db, gpointer data, GError **error)
{
  ListJob   *job = data;
  GPtrArray *items = lf_store_accounts_list_people (db, error);

  if (items == NULL)
    return FALSE;
  job->people = g_new0 (LfWireConnectorPeople, 1);
  job->people->items = items;
  return TRUE;
}

/* The validator of a list is a digest of it: both lists change seldom and are asked for often. */
static void
respond_list (LfHttpRequest *request, const LfSchema *schema, gconstpointer list)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *etag = NULL;

  lf_codec_encode (schema, list, text);
  etag = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text->str, text->len);
  lf_http_request_set_etag (request, etag);
  if (lf_http_request_none_match (request, etag))
    lf_http_request_respond_empty (request, 304);
  else
    lf_http_request_respond (request, 200, schema, list);
}

/* The first whose first line it is. */
static char *
find_primary (const LfLineRow *row)
{
  if (row->is_primary && row->user != NULL)
    return row->user;
  for (guint i = 0; row->shares != NULL && i < row->shares->len; i++)
    if (((LfLineShare *) row->shares->pdata[i])->is_primary)
      return ((LfLineShare *) row->shares->pdata[i])->user;
  return NULL;
}

static void
on_lines_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  ListJob              *job = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  LfWireLines           lines = { items };

  for (guint i = 0; i < job->lines->len; i++)
    {
      const LfLineRow *row = job->lines->pdata[i];
      LfWireLine      *line = g_new0 (LfWireLine, 1);

      line->line = row->line;
      line->address = row->address;
      line->primary_of = find_primary (row);
      g_ptr_array_add (items, line);
    }
  respond_list (request, &lf_schema_lines, &lines);
}

static void
on_people_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  ListJob *job = data;

  respond_list (request, &lf_schema_connector_people, job->people);
}

static void
get_lines (LfServer *server, LfHttpRequest *request)
{
  lf_route_read (server, request, run_lines, g_new0 (ListJob, 1), list_job_free, on_lines_read);
}

static void
get_people (LfServer *server, LfHttpRequest *request)
{
  lf_route_read (server, request, run_people, g_new0 (ListJob, 1), list_job_free, on_people_read);
}

static void
put_line (LfServer *server, LfHttpRequest *request)
{
  const char   *name = lf_http_request_get_param (request, "line");
  const LfLine *line = lf_hub_find_line (server->hub, name);
  gboolean      is_taken_over = line != NULL && line->owner == NULL;

  switch (lf_hub_report_line (server->hub, lf_http_request_get_identity (request), name, lf_http_request_get_body (request)))
    {
    case LF_LINE_TAKEN:
      if (is_taken_over)
        lf_calls_look_again (server->calls);
      lf_calls_take_line (server->calls, name);
      lf_http_request_respond_empty (request, 204);
      break;
    case LF_LINE_UNKNOWN:
      lf_http_request_respond_problem (request, LF_PROBLEM_NOT_FOUND, "There is no such line.", 0);
      break;
    case LF_LINE_OWNED:
      lf_http_request_respond_problem (request, LF_PROBLEM_LINE_OWNED, NULL, 0);
      break;
    default:
      g_assert_not_reached ();
    }
}

const LfRoute lf_routes_connector[] = {
  { "GET", "/connector/lines", LF_ACCESS_PHONE, NULL, get_lines },
  { "GET", "/connector/people", LF_ACCESS_CALENDAR, NULL, get_people },
  { "PUT", "/lines/{line}", LF_ACCESS_PHONE, &lf_schema_line_state, put_line },
  { NULL }
};
