/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <string.h>

#include "lf-router.h"

/* One row, with its pattern taken apart: segments of the prefix and the pattern together. */
typedef struct
{
  const char    *prefix;   /* borrowed */
  const LfRoute *route;    /* borrowed */
  GStrv          segments; /* owned */
  guint          n_segments;
  LfRouteStats   stats;
} Row;

const guint lf_route_statuses[LF_ROUTE_N_STATUSES] = {
  200, 201, 204, 304, 101, 400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 426, 429, 500, 503, 507, 0
};

struct _LfRouter
{
  GPtrArray   *rows; /* owned Row */
  LfRouteStats lost; /* of requests without a row */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_strfreev (row->segments);
  g_free (row);
}

static gboolean
is_param (const char *segment)
{
  return segment[0] == '{';
}

static gboolean
is_id (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > LF_ID_MAX_CHARS)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._~-", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* NULL where a path is malformed: no leading slash, an empty or badly escaped segment. */
static GStrv
split_path (const char *path)
{
  g_auto (GStrv) segments = NULL;

  if (path[0] != '/')
    return NULL;
  segments = g_strsplit (path + 1, "/", -1);
  for (gsize i = 0; segments[i] != NULL; i++)
    {
      char *plain = g_uri_unescape_segment (segments[i], NULL, "/");

      if (plain == NULL || !g_utf8_validate (plain, -1, NULL))
        {
          g_free (plain);
          return NULL;
        }
      g_free (segments[i]);
      segments[i] = plain;
    }
  return g_steal_pointer (&segments);
}

/* The last segments differ most. */
static gboolean
row_fits (const Row *row, GStrv path, guint n_segments)
{
  if (row->n_segments != n_segments)
    return FALSE;
  for (guint i = n_segments; i > 0; i--)
    if (is_param (row->segments[i - 1]) ? !is_id (path[i - 1]) : !g_str_equal (row->segments[i - 1], path[i - 1]))
      return FALSE;
  return TRUE;
}

static void
take_params (const Row *row, GStrv path, LfRouteMatch *match)
{
  guint n = 0;

  for (gsize i = 0; row->segments[i] != NULL; i++)
    if (is_param (row->segments[i]))
      match->params[n++] = g_strdup (path[i]);
}

static gboolean
method_fits (const char *have, const char *asked)
{
  return g_str_equal (have, asked) || (g_str_equal (have, "GET") && g_str_equal (asked, "HEAD"));
}

/* A literal segment wins over a parameter: "/me/calendars/early_end" over "/me/calendars/{source}". */
static gboolean
is_more_literal (const Row *a, const Row *b)
{
  for (gsize i = 0; a->segments[i] != NULL && b->segments[i] != NULL; i++)
    if (is_param (a->segments[i]) != is_param (b->segments[i]))
      return !is_param (a->segments[i]);
  return FALSE;
}

static Row *
find_row (LfRouter *self, const char *method, GStrv segments)
{
  guint n_segments = g_strv_length (segments);
  Row  *best = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = self->rows->pdata[i];

      if (method_fits (row->route->method, method) && row_fits (row, segments, n_segments) &&
          (best == NULL || is_more_literal (row, best)))
        best = row;
    }
  return best;
}

/* What may be done with a path, or NULL. */
static char *
list_methods (LfRouter *self, GStrv segments)
{
  guint               n_segments = g_strv_length (segments);
  g_autoptr (GString) allow = g_string_new (NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];

      if (!row_fits (row, segments, n_segments))
        continue;
      g_string_append_printf (allow, "%s%s", allow->len > 0 ? ", " : "", row->route->method);
      if (g_str_equal (row->route->method, "GET"))
        g_string_append (allow, ", HEAD");
    }
  return allow->len > 0 ? g_string_free (g_steal_pointer (&allow), FALSE) : NULL;
}

/**
 * lf_router_new:
 *
 * Returns: (transfer full): a router without routes
 */
LfRouter *
lf_router_new (void)
{
  LfRouter *self = g_new0 (LfRouter, 1);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->lost.durations_us.bounds = lf_histogram_durations_us;
  return self;
}

/**
 * lf_router_free:
 * @self: (nullable): a router
 *
 * Frees it.
 */
void
lf_router_free (LfRouter *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * lf_router_add:
 * @self: a router
 * @prefix: what stands before each pattern; borrowed for good
 * @routes: table that ends with a %NULL method; borrowed for good
 *
 * Adds the rows of a table.
 */
void
lf_router_add (LfRouter *self, const char *prefix, const LfRoute *routes)
{
  g_return_if_fail (self != NULL && prefix != NULL && routes != NULL);

  for (; routes->method != NULL; routes++)
    {
      Row             *row = g_new0 (Row, 1);
      g_autofree char *whole = g_strconcat (prefix, routes->pattern, NULL);

      row->prefix = prefix;
      row->route = routes;
      row->segments = g_strsplit (whole + 1, "/", -1);
      row->n_segments = g_strv_length (row->segments);
      row->stats.durations_us.bounds = lf_histogram_durations_us;
      g_ptr_array_add (self->rows, row);
    }
}

/**
 * lf_router_find:
 * @self: a router
 * @method: of the request
 * @path: of the request, escaped, without query
 * @match: (out caller-allocates): what it leads to
 *
 * Finds the row for a request.
 *
 * Returns: %FALSE when no row has such a path, whatever the method
 */
gboolean
lf_router_find (LfRouter *self, const char *method, const char *path, LfRouteMatch *match)
{
  g_auto (GStrv) segments = NULL;
  Row           *row;

  g_return_val_if_fail (self != NULL && method != NULL && path != NULL && match != NULL, FALSE);

  memset (match, 0, sizeof *match);
  match->stats = &self->lost;
  segments = split_path (path);
  if (segments == NULL)
    return FALSE;
  row = find_row (self, method, segments);
  if (row == NULL)
    {
      match->allow = list_methods (self, segments);
      return match->allow != NULL;
    }
  match->route = row->route;
  match->stats = &row->stats;
  take_params (row, segments, match);
  return TRUE;
}

/**
 * lf_router_foreach:
 * @self: a router
 * @function: (scope call): called with each row
 * @user_data: for @function
 *
 * Lists the routes, in the order in which they were added.
 */
void
lf_router_foreach (LfRouter *self, void (*function) (const char *prefix, const LfRoute *route, gpointer user_data), gpointer user_data)
{
  g_return_if_fail (self != NULL && function != NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];

      function (row->prefix, row->route, user_data);
    }
}

/**
 * lf_router_foreach_stats:
 * @self: a router
 * @function: (scope call): called with each row, and last with what leads nowhere
 * @user_data: for @function
 *
 * Tells what happened on each route.
 */
void
lf_router_foreach_stats (LfRouter *self,
                         void (*function) (const char *prefix, const LfRoute *route, const LfRouteStats *stats, gpointer user_data),
                         gpointer user_data)
{
  g_return_if_fail (self != NULL && function != NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];

      function (row->prefix, row->route, &row->stats, user_data);
    }
  function (NULL, NULL, &self->lost, user_data);
}

/**
 * lf_router_get_lost:
 * @self: a router
 *
 * Returns: (transfer none): the counts of requests that lead to no row
 */
LfRouteStats *
lf_router_get_lost (LfRouter *self)
{
  return &self->lost;
}

/**
 * lf_route_stats_add:
 * @self: counts of a route
 * @status: of the answer
 * @duration_us: from the request's last byte to its answer
 *
 * Counts an answer.
 */
void
lf_route_stats_add (LfRouteStats *self, guint status, gint64 duration_us)
{
  guint i = 0;

  while (lf_route_statuses[i] != status && lf_route_statuses[i] != 0)
    i++;
  self->n_answers[i]++;
  lf_histogram_add (&self->durations_us, MAX (duration_us, 0));
}

/**
 * lf_route_match_clear:
 * @match: a match
 *
 * Frees what it owns.
 */
void
lf_route_match_clear (LfRouteMatch *match)
{
  g_clear_pointer (&match->allow, g_free);
  for (guint i = 0; i < LF_ROUTE_MAX_PARAMS; i++)
    g_clear_pointer (&match->params[i], g_free);
  match->route = NULL;
}

/**
 * lf_route_param_index:
 * @route: a row
 * @name: "user" for a segment "{user}" of its pattern
 *
 * Returns: the place among the parameters, or -1
 */
int
lf_route_param_index (const LfRoute *route, const char *name)
{
  const char *at = route->pattern;
  gsize       length = strlen (name);

  for (int n = 0; (at = strchr (at, '{')) != NULL; n++)
    {
      at++;
      if (strncmp (at, name, length) == 0 && at[length] == '}')
        return n;
    }
  return -1;
}
