/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-caldav-discovery.h"
#include "lf-caldav-objects.h"
#include "lf-caldav-request.h"
#include "lf-calendar-guard.h"
#include "lf-error.h"

#define WELL_KNOWN "/.well-known/caldav" /* RFC 6764 section 5 */
#define MAX_STEPS  4                     /* address, well-known, principal, home */

/* One search: the task's data. */
typedef struct
{
  LfCalendarHttp *http;          /* owned */
  char           *start;         /* owned */
  char           *principal;     /* owned, nullable: path */
  gboolean        is_well_known; /* asked already */
  guint           n_steps;
  guint           retry_after_s;
} Search;

static void
search_free (Search *self)
{
  g_clear_object (&self->http);
  g_free (self->start);
  g_free (self->principal);
  g_free (self);
}

static void ask (GTask *task, const char *url);

/**
 * lf_caldav_resolve:
 * @base: where the answer came from
 * @href: what stands in it
 *
 * Returns: (transfer full) (nullable): the address, %NULL if it is none that may be asked
 */
char *
lf_caldav_resolve (const char *base,
                   const char *href)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GUri) from = g_uri_parse (base, G_URI_FLAGS_ENCODED, NULL);

  if (from != NULL)
    uri = g_uri_parse_relative (from, href, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || !lf_calendar_guard_check_uri (uri, NULL) ||
      (g_str_equal (g_uri_get_scheme (from), "https") && !g_str_equal (g_uri_get_scheme (uri), "https")))
    return NULL;
  return g_uri_to_string (uri);
}

static void
found (GTask      *task,
       const char *base,
       const char *href,
       gboolean    is_home)
{
  Search                   *search = g_task_get_task_data (task);
  g_autoptr (LfCaldavPlace) place = g_new0 (LfCaldavPlace, 1);

  place->url = lf_caldav_resolve (base, href);
  place->is_home = is_home;
  place->principal = g_steal_pointer (&search->principal);
  if (place->url == NULL)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_INSECURE, "The server names calendars at an address that is not asked.");
  else
    g_task_return_pointer (task, g_steal_pointer (&place), (GDestroyNotify) lf_caldav_place_free);
}

/* Nothing here: RFC 6764 names a place to begin at. */
static void
try_well_known (GTask  *task,
                GError *error)
{
  Search          *search = g_task_get_task_data (task);
  g_autofree char *url = lf_caldav_resolve (search->start, WELL_KNOWN);

  if (search->is_well_known || url == NULL || (error != NULL && !g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND) && !g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) && !g_error_matches (error, LF_ERROR, LF_ERROR_BAD_FRAME)))
    {
      if (error == NULL)
        error = g_error_new (LF_ERROR, LF_ERROR_NOT_FOUND, "There is no CalDAV server at the address.");
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  search->is_well_known = TRUE;
  ask (task, url);
}

/* Goes on to what an answer points to. */
static void
follow (GTask               *task,
        const char          *base,
        const LfDavResponse *response)
{
  Search          *search = g_task_get_task_data (task);
  g_autofree char *next = NULL;

  if (response->is_calendar)
    {
      found (task, base, response->href, FALSE);
      return;
    }
  if (search->principal == NULL && response->principal != NULL)
    search->principal = lf_caldav_dup_path (response->principal);
  if (response->home != NULL)
    {
      found (task, base, response->home, TRUE);
      return;
    }
  next = response->principal == NULL ? NULL : lf_caldav_resolve (base, response->principal);
  if (next == NULL || ++search->n_steps > MAX_STEPS)
    try_well_known (task, NULL);
  else
    ask (task, next);
}

static void
on_described (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  Search                      *search = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autofree char             *base = NULL;
  g_autoptr (LfDavMultistatus) answer = lf_caldav_finish (result, &base, &search->retry_after_s, &error);

  if (answer == NULL || answer->responses->len == 0)
    try_well_known (task, error);
  else
    follow (task, base, g_ptr_array_index (answer->responses, 0));
}

static void
ask (GTask      *task,
     const char *url)
{
  Search *search = g_task_get_task_data (task);

  lf_caldav_describe_async (search->http, url, "0", g_task_get_cancellable (task), on_described, g_object_ref (task));
}

/**
 * lf_caldav_discover_async:
 * @http: requests to the server
 * @url: a calendar, a home of calendars, a principal, or any address of the server
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Looks where somebody's calendars are.
 *
 * Source: RFC 6764 section 6, RFC 5397, RFC 4791 section 6.2.1.
 */
void
lf_caldav_discover_async (LfCalendarHttp     *http,
                          const char         *url,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Search           *search = g_new0 (Search, 1);

  g_task_set_source_tag (task, lf_caldav_discover_async);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  search->http = g_object_ref (http);
  search->start = g_strdup (url);
  ask (task, url);
}

/**
 * lf_caldav_discover_finish:
 * @result: what the callback got
 * @retry_after_s: (inout): raised to the seconds the server asked to wait
 * @error: set to %LF_ERROR_NOT_FOUND, or as lf_caldav_finish() does
 *
 * Returns: (transfer full) (nullable): where they are
 */
LfCaldavPlace *
lf_caldav_discover_finish (GAsyncResult *result,
                           guint        *retry_after_s,
                           GError      **error)
{
  Search *search = g_task_get_task_data (G_TASK (result));

  *retry_after_s = MAX (*retry_after_s, search->retry_after_s);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lf_caldav_place_free:
 * @self: (transfer full): a place
 */
void
lf_caldav_place_free (LfCaldavPlace *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->url);
  g_free (self->principal);
  g_free (self);
}
