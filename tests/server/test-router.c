/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-log-limit.h"
#include "lf-router.h"

static const LfRoute routes[] = {
  { "GET", "/", 0, NULL, NULL },
  { "GET", "/users/{id}", 0, NULL, NULL },
  { "PUT", "/me/calendars/{source}/busy", 0, NULL, NULL },
  { "PUT", "/me/calendars/early_end", 0, NULL, NULL },
  { "PUT", "/me/{kind}/early_end", 0, NULL, NULL },
  { "DELETE", "/users/{id}", 0, NULL, NULL },
  { "PUT", "/a/{x}/b/{y}", 0, NULL, NULL },
  { NULL }
};

/* A path and where it leads: the pattern, or the methods that are allowed, or nowhere. */
typedef struct
{
  const char *method;
  const char *path;
  const char *pattern;
  const char *allow;
  const char *first;
} Row;

static const Row rows[] = {
  { "GET", "/p/", "/", NULL, NULL },
  { "HEAD", "/p/", "/", NULL, NULL },
  { "GET", "/p", NULL, NULL, NULL },
  { "GET", "", NULL, NULL, NULL },
  { "GET", "*", NULL, NULL, NULL },
  { "GET", "/p/users/u1", "/users/{id}", NULL, "u1" },
  { "GET", "/p/users/u%31", "/users/{id}", NULL, "u1" },
  { "DELETE", "/p/users/u1", "/users/{id}", NULL, "u1" },
  { "PUT", "/p/users/u1", NULL, "GET, HEAD, DELETE", NULL },
  { "GET", "/p/users/", NULL, NULL, NULL },
  { "GET", "/p/users/u1/", NULL, NULL, NULL },
  { "GET", "/p/users/a%2Fb", NULL, NULL, NULL },
  { "GET", "/p/users/%00", NULL, NULL, NULL },
  { "GET", "/p/users/%zz", NULL, NULL, NULL },
  { "GET", "/p/users/%ff", NULL, NULL, NULL },
  { "GET", "/p/users/0123456789012345678901234567890123456789012345678901234567890123", "/users/{id}", NULL,
    "0123456789012345678901234567890123456789012345678901234567890123" },
  { "GET", "/p/users/01234567890123456789012345678901234567890123456789012345678901234", NULL, NULL, NULL },
  { "PUT", "/p/me/calendars/desk/busy", "/me/calendars/{source}/busy", NULL, "desk" },
  { "PUT", "/p/me/calendars/early_end", "/me/calendars/early_end", NULL, NULL },
  { "PUT", "/p/a/1/b/2", "/a/{x}/b/{y}", NULL, "1" },
};

static void
test_find (void)
{
  g_autoptr (LfRouter) router = lf_router_new ();

  g_test_summary ("A path leads to its row, with its parameters, or tells which methods there are");
  lf_router_add (router, "/p", routes);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (LfRouteMatch) match = { 0 };
      gboolean              is_found = lf_router_find (router, rows[i].method, rows[i].path, &match);

      g_test_message ("%s %s", rows[i].method, rows[i].path);
      g_assert_cmpint (is_found, ==, rows[i].pattern != NULL || rows[i].allow != NULL);
      g_assert_cmpstr (match.route != NULL ? match.route->pattern : NULL, ==, rows[i].pattern);
      g_assert_cmpstr (match.allow, ==, rows[i].allow);
      g_assert_cmpstr (match.params[0], ==, rows[i].first);
    }
}

static void
test_param_index (void)
{
  g_test_summary ("A parameter is found by its whole name");
  g_assert_cmpint (lf_route_param_index (&routes[6], "x"), ==, 0);
  g_assert_cmpint (lf_route_param_index (&routes[6], "y"), ==, 1);
  g_assert_cmpint (lf_route_param_index (&routes[2], "sour"), ==, -1);
  g_assert_cmpint (lf_route_param_index (&routes[0], "x"), ==, -1);
}

static void
test_log_limit (void)
{
  LfLogLimit limit = { 0 };
  guint      n_dropped = 0;
  guint      n_passed = 0;
  gint64     now_us = 1000;

  g_test_summary ("Ten lines in ten seconds pass, and the next one says how many did not");
  for (guint i = 0; i < 100; i++)
    if (lf_log_limit_pass (&limit, now_us, &n_dropped))
      n_passed++;
  g_assert_cmpuint (n_passed, ==, 10);
  g_assert_true (lf_log_limit_pass (&limit, now_us + 11 * G_USEC_PER_SEC, &n_dropped));
  g_assert_cmpuint (n_dropped, ==, 90);
  g_assert_true (lf_log_limit_pass (&limit, now_us + 11 * G_USEC_PER_SEC, &n_dropped));
  g_assert_cmpuint (n_dropped, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/find", test_find);
  g_test_add_func ("/router/param-index", test_param_index);
  g_test_add_func ("/router/log-limit", test_log_limit);
  return g_test_run ();
}
