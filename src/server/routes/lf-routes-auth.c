/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-log.h"
#include "lf-route-job.h"

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfHttpRequest) request = user_data;
  g_autoptr (GError)        error = NULL;
  guint                     retry_after_s = 0;
  g_autoptr (LfWireTokens)  tokens = lf_accounts_login_finish (LF_ACCOUNTS (source), result, &retry_after_s, &error);

  if (tokens != NULL)
    {
      lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "Somebody signed in", "user", tokens->user, "session", tokens->session,
                    "address", lf_http_request_get_address (request), NULL);
      lf_http_request_respond (request, 200, &lf_schema_tokens, tokens);
      return;
    }
  if (g_error_matches (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS)) /* without the login: passwords are typed there, too */
    lf_http_request_log (request, "A sign-in was refused: unknown user or wrong password");
  lf_route_respond_error (request, error, retry_after_s);
}

static void
post_login (LfServer *server, LfHttpRequest *request)
{
  lf_accounts_login_async (server->accounts, lf_http_request_get_body (request), lf_http_request_get_address (request), NULL, on_signed_in,
                           lf_http_request_ref (request));
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfHttpRequest) request = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfWireTokens)  tokens = lf_accounts_refresh_finish (LF_ACCOUNTS (source), result, &error);

  if (tokens != NULL)
    lf_http_request_respond (request, 200, &lf_schema_tokens, tokens);
  else
    lf_route_respond_error (request, error, 0);
}

static void
post_refresh (LfServer *server, LfHttpRequest *request)
{
  const LfWireRefresh *body = lf_http_request_get_body (request);

  lf_accounts_refresh_async (server->accounts, body->refresh_token, NULL, on_refreshed, lf_http_request_ref (request));
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfHttpRequest) request = user_data;
  g_autoptr (GError)        error = NULL;

  if (lf_accounts_end_session_finish (LF_ACCOUNTS (source), result, &error))
    lf_http_request_respond_empty (request, 204);
  else
    lf_route_respond_error (request, error, 0);
}

static void
post_logout (LfServer *server, LfHttpRequest *request)
{
  lf_accounts_end_session_async (server->accounts, lf_http_request_get_user (request), lf_http_request_get_session (request), NULL,
                                 on_signed_out, lf_http_request_ref (request));
}

static void
get_methods (LfServer *server, LfHttpRequest *request)
{
  char         *names[] = { (char *) "password", NULL };
  LfWireMethods methods = { .methods = names };

  lf_http_request_respond (request, 200, &lf_schema_methods, &methods);
}

const LfRoute lf_routes_auth[] = {
  { "POST", "/auth/login", LF_ACCESS_PUBLIC, &lf_schema_login, post_login },
  { "POST", "/auth/refresh", LF_ACCESS_PUBLIC, &lf_schema_refresh, post_refresh },
  { "POST", "/auth/logout", LF_ACCESS_PERSON, NULL, post_logout },
  { "GET", "/auth/methods", LF_ACCESS_PUBLIC, NULL, get_methods },
  { NULL }
};
