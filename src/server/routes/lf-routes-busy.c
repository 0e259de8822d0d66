/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-busy.h"

#define MAX_USERS 200
#define MAX_RANGE (31 * LF_DAY)

typedef struct
{
  GStrv          users; /* owned */
  gint64         from_us;
  gint64         to_us;
  LfWireBusyList list; /* out */
} BusyJob;

static void
busy_free (gpointer data)
{
  lf_codec_free (&lf_schema_busy, data);
}

static void
busy_job_free (gpointer data)
{
  BusyJob *job = data;

  g_strfreev (job->users);
  g_ptr_array_unref (job->list.items);
  g_free (job);
}

/* Somebody of whom nothing may be seen has no calendar, like somebody who does not exist. */
static LfWireBusy *
make_empty (const char *user)
{
  LfWireBusy *busy = g_new0 (LfWireBusy, 1);

  busy->user = g_strdup (user);
  busy->known_from_us = LF_INSTANT_NONE;
  busy->known_until_us = LF_INSTANT_NONE;
  busy->read_at_us = LF_INSTANT_NONE;
  busy->periods = g_ptr_array_new ();
  return busy;
}

static gboolean
run_busy (LfDb *db, gpointer data, GError **error)
{
  BusyJob *job = data;

  for (guint i = 0; job->users[i] != NULL; i++)
    {
      LfWireBusy *busy = lf_store_busy_read (db, job->users[i], job->from_us, job->to_us, error);

      if (busy == NULL)
        return FALSE;
      g_ptr_array_add (job->list.items, busy);
    }
  return TRUE;
}

/* What whoever may see only the current state gets: the meeting around now or none, until that changes. */
static void
keep_state (LfWireBusy *busy, gint64 now_us)
{
  g_autoptr (GArray)     periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  g_autoptr (LfBusyList) list = NULL;
  gboolean               is_known = busy->known_from_us <= now_us && now_us < busy->known_until_us;
  LfBusyPeriod           meeting;

  for (guint i = 0; i < busy->periods->len; i++)
    g_array_append_vals (periods, busy->periods->pdata[i], 1);
  list = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
  g_ptr_array_set_free_func (busy->periods, g_free);
  g_ptr_array_set_size (busy->periods, 0);
  g_ptr_array_set_free_func (busy->periods, NULL); /* the codec's, as before */
  g_clear_pointer (&busy->source, g_free);
  busy->is_state_only = TRUE;
  busy->known_from_us = is_known ? now_us : LF_INSTANT_NONE;
  busy->known_until_us = is_known ? lf_instant_earlier (busy->known_until_us, lf_busy_list_next_edge (list, LF_BUSY_BUSY, now_us))
                                  : LF_INSTANT_NONE;
  if (is_known && lf_busy_list_covers (list, LF_BUSY_BUSY, now_us, &meeting))
    g_ptr_array_add (busy->periods, g_memdup2 (&meeting, sizeof meeting));
}

/* Who may be seen is asked now, not before the calendars were read: somebody may have hidden meanwhile. */
static void
on_busy_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  BusyJob *job = data;

  for (guint i = 0; job->users[i] != NULL; i++)
    switch (lf_hub_get_calendar_view (server->hub, lf_http_request_get_user (request), job->users[i]))
      {
      case LF_CALENDAR_VIEW_STATE:
        keep_state (job->list.items->pdata[i], lf_clock_get_now_us (server->clock));
        break;
      case LF_CALENDAR_VIEW_NONE:
        busy_free (job->list.items->pdata[i]);
        job->list.items->pdata[i] = make_empty (job->users[i]);
        break;
      case LF_CALENDAR_VIEW_DEFAULT:
      case LF_CALENDAR_VIEW_PERIODS:
      default:
        break;
      }
  lf_http_request_respond (request, 200, &lf_schema_busy_list, &job->list);
}

static void
get_busy (LfServer *server, LfHttpRequest *request)
{
  gint64   from_us;
  gint64   to_us;
  GStrv    users;
  BusyJob *job;

  if (!lf_http_request_read_instant (request, "from", &from_us) || !lf_http_request_read_instant (request, "to", &to_us))
    return;
  if (to_us <= from_us || to_us - from_us > MAX_RANGE)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "“to” must lie after “from”, by at most 31 days.", 0);
      return;
    }
  users = lf_http_request_read_ids (request, "users", MAX_USERS);
  if (users == NULL)
    return;
  job = g_new0 (BusyJob, 1);
  job->users = users;
  job->from_us = from_us;
  job->to_us = to_us;
  job->list.items = g_ptr_array_new_with_free_func (busy_free);
  lf_route_read (server, request, run_busy, job, busy_job_free, on_busy_read);
}

const LfRoute lf_routes_busy[] = {
  { "GET", "/busy", LF_ACCESS_PERSON, NULL, get_busy },
  { NULL }
};
