/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include <string.h>

#include "lf-route-job.h"
#include "lf-store-roster.h"

/* The ETag of a roster is "r" and its revision. */
#define ANY_REVISION -1

/* Borrowed from the request but for what is owned or comes out. */
typedef struct
{
  const char     *owner;
  const char     *target; /* contact or group */
  LfWireContact  *wanted; /* owned: to be put */
  LfWireGroup    *group;  /* owned: to be put */
  gint64          expected;
  gint64          now_us;
  gint64          revision; /* out */
  gboolean        is_new;   /* out */
  LfWireContacts *roster;   /* out */
  LfWireContact  *contact;  /* out: as it stands afterwards */
  LfWireGroups   *groups;   /* out: as they stand afterwards */
  GStrv           users;    /* owned: who has a speed dial, in order */
  LfWireContacts *changed;  /* out: who has another one */
} RosterJob;

static void
roster_job_free (RosterJob *job)
{
  lf_codec_free (&lf_schema_contact, job->wanted);
  lf_codec_free (&lf_schema_group, job->group);
  lf_codec_free (&lf_schema_contacts, job->roster);
  lf_codec_free (&lf_schema_contact, job->contact);
  lf_codec_free (&lf_schema_groups, job->groups);
  lf_codec_free (&lf_schema_contacts, job->changed);
  g_strfreev (job->users);
  g_free (job);
}

/* One strong tag, "*", or nothing; whatever else it is, it is not the tag of this roster. */
static gboolean
read_expected (LfHttpRequest *request, gint64 *expected)
{
  const char *tag = lf_http_request_get_header (request, "If-Match");
  char       *end = NULL;

  *expected = ANY_REVISION;
  if (tag == NULL || g_str_equal (tag, "*"))
    return TRUE;
  if (g_str_has_prefix (tag, "\"r") && g_ascii_isdigit (tag[2]))
    *expected = g_ascii_strtoll (tag + 2, &end, 10);
  if (end != NULL && g_str_equal (end, "\""))
    return TRUE;

  lf_http_request_respond_problem (request, LF_PROBLEM_PRECONDITION_FAILED, "“If-Match” does not name a state of your contacts; read them again.", 0);
  return FALSE;
}

static RosterJob *
roster_job_new (LfServer *server, LfHttpRequest *request, const char *param)
{
  RosterJob *job;
  gint64     expected = ANY_REVISION;

  if (!read_expected (request, &expected))
    return NULL;

  job = g_new0 (RosterJob, 1);
  job->owner = lf_http_request_get_user (request);
  job->target = param != NULL ? lf_http_request_get_param (request, param) : NULL;
  job->expected = expected;
  job->now_us = lf_clock_get_now_us (server->clock);

  return job;
}

static void
set_etag (LfHttpRequest *request, gint64 revision)
{
  g_autofree char *etag = g_strdup_printf ("r%" G_GINT64_FORMAT, revision);

  lf_http_request_set_etag (request, etag);
}

static gboolean
read_groups (LfDb *db, RosterJob *job, GError **error)
{
  job->groups = g_new0 (LfWireGroups, 1);
  job->groups->items = lf_store_roster_list_groups (db, job->owner, error);
  return job->groups->items != NULL;
}

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  job->roster = lf_store_roster_read (db, job->owner, &job->revision, error);
  return job->roster != NULL;
}

static gboolean
run_put (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  if (!lf_store_roster_put (db, job->owner, job->wanted, job->expected, job->now_us, &job->revision, &job->is_new, error))
    return FALSE;
  job->contact = lf_store_roster_get (db, job->owner, job->target, error);

  return job->contact != NULL;
}

static gboolean
run_put_speed_dials (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  job->changed = g_new0 (LfWireContacts, 1);
  job->changed->items = lf_store_roster_put_speed_dials (db, job->owner, (const char *const *) job->users, job->expected, &job->revision, error);
  return job->changed->items != NULL;
}

static gboolean
run_remove (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  return lf_store_roster_remove (db, job->owner, job->target, job->expected, &job->revision, error);
}

static gboolean
run_put_group (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  return lf_store_roster_put_group (db, job->owner, job->group, job->expected, &job->revision, &job->is_new, error) &&
         read_groups (db, job, error);
}

static gboolean
run_remove_group (LfDb *db, gpointer data, GError **error)
{
  RosterJob *job = data;

  return lf_store_roster_remove_group (db, job->owner, job->target, job->expected, &job->revision, error) &&
         read_groups (db, job, error);
}

static void
on_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob *job = data;
  g_autofree char *etag = g_strdup_printf ("r%" G_GINT64_FORMAT, job->revision);

  set_etag (request, job->revision);
  if (lf_http_request_none_match (request, etag))
    lf_http_request_respond_empty (request, 304);
  else
    lf_http_request_respond (request, 200, &lf_schema_contacts, job->roster);
}

static void
on_put (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob    *job = data;
  LfWireContactChange change = { .contact = job->contact };

  set_etag (request, job->revision);
  lf_http_request_respond (request, job->is_new ? 201 : 200, &lf_schema_contact, job->contact);
  lf_hub_send (server->hub, job->owner, lf_http_request_get_session (request), LF_FRAME_CONTACT, &change);
  if (job->is_new)
    lf_hub_watch (server->hub, job->owner, job->target, LF_WATCH_CONTACT);
}

static void
on_speed_dials_put (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob *job = data;

  set_etag (request, job->revision);
  lf_http_request_respond_empty (request, 204);
  for (guint i = 0; i < job->changed->items->len; i++)
    {
      LfWireContactChange change = { .contact = job->changed->items->pdata[i] };

      lf_hub_send (server->hub, job->owner, lf_http_request_get_session (request), LF_FRAME_CONTACT, &change);
    }
}

static void
on_removed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob    *job = data;
  LfWireContactChange change = { .removed = (char *) job->target };

  lf_hub_unwatch (server->hub, job->owner, job->target, LF_WATCH_CONTACT);
  set_etag (request, job->revision);
  lf_http_request_respond_empty (request, 204);
  lf_hub_send (server->hub, job->owner, lf_http_request_get_session (request), LF_FRAME_CONTACT, &change);
}

static void
on_group_put (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob    *job = data;
  LfWireContactChange change = { .groups = job->groups };

  set_etag (request, job->revision);
  lf_http_request_respond (request, job->is_new ? 201 : 200, &lf_schema_group, job->group);
  lf_hub_send (server->hub, job->owner, lf_http_request_get_session (request), LF_FRAME_CONTACT, &change);
}

static void
on_group_removed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const RosterJob    *job = data;
  LfWireContactChange change = { .groups = job->groups };

  set_etag (request, job->revision);
  lf_http_request_respond_empty (request, 204);
  lf_hub_send (server->hub, job->owner, lf_http_request_get_session (request), LF_FRAME_CONTACT, &change);
}

static void
get_contacts (LfServer *server, LfHttpRequest *request)
{
  RosterJob *job = g_new0 (RosterJob, 1);

  job->owner = lf_http_request_get_user (request);
  lf_route_read (server, request, run_read, job, (GDestroyNotify) roster_job_free, on_read);
}

static void
put_contact (LfServer *server, LfHttpRequest *request)
{
  const LfWireContact *body = lf_http_request_get_body (request);
  RosterJob           *job = roster_job_new (server, request, "user");

  if (job == NULL)
    return;

  job->wanted = g_new0 (LfWireContact, 1);
  job->wanted->user = g_strdup (job->target);
  job->wanted->group = g_strdup (body->group);
  job->wanted->is_favourite = body->is_favourite;
  job->wanted->is_watched = body->is_watched;
  job->wanted->speed_dial = body->speed_dial;
  lf_route_write (server, request, run_put, job, (GDestroyNotify) roster_job_free, on_put);
}

static void
put_speed_dials (LfServer *server, LfHttpRequest *request)
{
  const LfWireSpeedDials *body = lf_http_request_get_body (request);
  RosterJob              *job = roster_job_new (server, request, NULL);

  if (job == NULL)
    return;

  job->users = g_strdupv (body->users);
  lf_route_write (server, request, run_put_speed_dials, job, (GDestroyNotify) roster_job_free, on_speed_dials_put);
}

static void
delete_contact (LfServer *server, LfHttpRequest *request)
{
  RosterJob *job = roster_job_new (server, request, "user");

  if (job != NULL)
    lf_route_write (server, request, run_remove, job, (GDestroyNotify) roster_job_free, on_removed);
}

static void
put_group (LfServer *server, LfHttpRequest *request)
{
  const LfWireGroup *body = lf_http_request_get_body (request);
  g_autofree char   *name = g_strdup (body->name);
  RosterJob         *job;

  g_strdelimit (name, "\t\r\n", ' ');
  g_strstrip (name);
  if (*name == '\0')
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "Member “name” must not be blank.", 0);
      return;
    }
  job = roster_job_new (server, request, "group");
  if (job == NULL)
    return;

  job->group = g_new0 (LfWireGroup, 1);
  job->group->id = g_strdup (job->target);
  job->group->name = g_steal_pointer (&name);
  job->group->position = body->position;
  lf_route_write (server, request, run_put_group, job, (GDestroyNotify) roster_job_free, on_group_put);
}

static void
delete_group (LfServer *server, LfHttpRequest *request)
{
  RosterJob *job = roster_job_new (server, request, "group");

  if (job != NULL)
    lf_route_write (server, request, run_remove_group, job, (GDestroyNotify) roster_job_free, on_group_removed);
}

const LfRoute lf_routes_contacts[] = {
  { "GET", "/contacts", LF_ACCESS_PERSON, NULL, get_contacts },
  { "PUT", "/contacts/{user}", LF_ACCESS_PERSON, &lf_schema_contact_request, put_contact },
  { "DELETE", "/contacts/{user}", LF_ACCESS_PERSON, NULL, delete_contact },
  { "PUT", "/speed_dials", LF_ACCESS_PERSON, &lf_schema_speed_dials, put_speed_dials },
  { "PUT", "/groups/{group}", LF_ACCESS_PERSON, &lf_schema_group, put_group },
  { "DELETE", "/groups/{group}", LF_ACCESS_PERSON, NULL, delete_group },
  { NULL }
};
