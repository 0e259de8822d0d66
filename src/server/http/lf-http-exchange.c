/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <string.h>

#include "lf-http-private.h"
#include "lf-server.h"

/* One request, from its head to its route. */

#define DISCARD_MAX (1024 * 1024) /* of a body that is too long: read and dropped, so that the answer arrives */

static void
set_problem (LfHttpRequest *request, LfProblem problem, const char *detail)
{
  request->has_problem = TRUE;
  request->problem = problem;
  request->problem_detail = g_strdup (detail);
}

/* The client's own address: from a proxy that is trusted, the last entry of what it forwarded. */
static void
find_address (LfHttpServer *self, LfHttpRequest *request)
{
  const char      *list = request->headers.forwarded_for;
  const char      *comma;
  g_autofree char *last = NULL;

  if (list == NULL || !lf_http_server_is_trusted (self, request->connection->peer))
    return;
  comma = strrchr (list, ',');
  last = g_strstrip (g_strdup (comma != NULL ? comma + 1 : list));
  if (!g_hostname_is_ip_address (last))
    return;
  g_free (request->address);
  request->address = g_steal_pointer (&last);
}

static void
check_stream_limits (LfHttpServer *self, LfHttpRequest *request)
{
  LfConfig   *config = self->server->config;
  LfIdentity *identity = request->identity;
  const char *owner = identity->user != NULL ? identity->user : identity->session;
  guint       own = request->connection->is_counted ? 1 : 0; /* this very connection */

  if (lf_http_server_get_count (self->per_user, owner) >= config->max_streams_per_user)
    lf_http_request_respond_problem (request, LF_PROBLEM_RATE_LIMITED, "This account has too many streams open.", 30);
  else if (lf_http_server_get_count (self->per_address, request->address) >= config->max_connections_per_address + own)
    lf_http_request_respond_problem (request, LF_PROBLEM_RATE_LIMITED, "This address has too many connections open.", 30);
}

/* Judges the head, finds the route: what is wrong is noted, to be answered when the body is in. */
void
lf_http_request_check_head (LfHttpServer *self, LfHttpRequest *request, const char *method)
{
  LfProblem      problem;
  const char    *detail = NULL;
  LfHttpHeaders *headers = &request->headers;
  gboolean       is_known;

  lf_http_headers_read (headers, request->connection->mhd);
  if (!lf_http_headers_check (headers, &problem, &detail))
    {
      set_problem (request, problem, detail);
      request->must_close = problem == LF_PROBLEM_BAD_HEADERS;
      return;
    }
  find_address (self, request);
  is_known = lf_router_find (self->router, method, request->path, &request->match);
  request->stats = request->match.stats;
  if (!is_known)
    set_problem (request, LF_PROBLEM_NOT_FOUND, NULL);
  else if (request->match.route == NULL)
    set_problem (request, LF_PROBLEM_METHOD_NOT_ALLOWED, NULL);
  else if (!lf_http_request_parse_query (request))
    set_problem (request, LF_PROBLEM_BAD_REQUEST, "The query is malformed.");
  else if (request->match.route->body == NULL && headers->body_bytes > 0)
    set_problem (request, LF_PROBLEM_BAD_REQUEST, "No body is wanted here.");
  else if (request->match.route->body != NULL && !lf_http_headers_are_json (headers))
    set_problem (request, LF_PROBLEM_NOT_JSON, NULL);
  else if (lf_http_server_is_draining (self))
    set_problem (request, LF_PROBLEM_UNAVAILABLE, "The server is stopping.");
  if (!request->has_problem && request->match.route->handler == NULL)
    {
      request->is_upgrade = TRUE;
      if (!g_str_equal (method, "GET")) /* HEAD finds the row of GET */
        {
          request->match.allow = g_strdup ("GET");
          set_problem (request, LF_PROBLEM_METHOD_NOT_ALLOWED, NULL);
        }
      else if (!lf_http_upgrade_check (request, &detail))
        set_problem (request, LF_PROBLEM_UPGRADE_REQUIRED, detail);
    }
}

/* FALSE: it has been answered. */
static gboolean
authenticate (LfHttpServer *self, LfHttpRequest *request)
{
  const LfRoute     *route = request->match.route;
  const char        *token = lf_http_headers_get_bearer (&request->headers);
  g_autoptr (GError) error = NULL;

  if (route->access == LF_ACCESS_PUBLIC)
    return TRUE;
  if (token != NULL)
    request->identity = lf_accounts_authenticate (self->server->accounts, token, &error);
  if (request->identity == NULL)
    {
      LfProblem problem = error != NULL ? lf_server_error_to_problem (error) : LF_PROBLEM_UNAUTHORIZED;

      lf_http_request_respond_problem (request, problem, NULL, 0);
      return FALSE;
    }
  if ((route->access & (1u << request->identity->kind)) == 0)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_FORBIDDEN, NULL, 0);
      return FALSE;
    }
  if (request->identity->kind == LF_IDENTITY_PHONE)
    lf_hub_connector_seen (self->server->hub, request->identity->session);
  return TRUE;
}

/* FALSE: it has been answered. */
static gboolean
decode_body (LfHttpRequest *request)
{
  const LfSchema    *schema = request->match.route->body;
  const char        *text = request->body != NULL ? (const char *) request->body->data : "";
  gsize              length = request->body != NULL ? request->body->len : 0;
  g_autoptr (GError) error = NULL;

  if (schema == NULL)
    return TRUE;
  if (!lf_json_check (text, length, &lf_json_limits_request, &error))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_JSON, error->message, 0);
      return FALSE;
    }
  request->decoded = lf_codec_decode (schema, text, length, &lf_json_limits_request, &error);
  if (request->decoded == NULL)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, error->message, 0);
      return FALSE;
    }
  g_clear_pointer (&request->body, g_byte_array_unref);
  return TRUE;
}

/* A report of a source that is refused is told to whoever asks for an explanation. */
void
lf_http_request_note_trouble (LfHttpRequest *request)
{
  const LfRoute   *route = request->match.route;
  g_autofree char *words = NULL;

  if (request->identity == NULL || route == NULL ||
      !((1u << request->identity->kind & LF_ACCESS_CONNECTOR) != 0 || g_str_has_prefix (route->pattern, "/me/calendars/")))
    return;
  words = g_strdup_printf ("%s %s was answered with %d %s", route->method, route->pattern, lf_problem_to_status (request->problem),
                           lf_problem_to_code (request->problem));
  lf_hub_note_trouble (request->server->hub, request->identity->session, words);
}

/* The request is whole: who asks, what the body says, and then its route. */
void
lf_http_request_handle (LfHttpServer *self, LfHttpRequest *request)
{
  request->phase = LF_HTTP_HANDLING;
  request->whole_at_us = g_get_monotonic_time ();
  lf_http_connection_set_deadline (request->connection, self->server->config->answer_timeout_s);
  if (request->has_problem)
    {
      if (request->problem == LF_PROBLEM_BAD_HEADERS)
        lf_http_server_log (self, request->problem_detail, request->address);
      lf_http_request_respond_problem (request, request->problem, request->problem_detail,
                                       request->problem == LF_PROBLEM_UNAVAILABLE ? 5 : 0);
      return;
    }
  if (!authenticate (self, request) || !decode_body (request))
    return;
  if (request->is_upgrade)
    check_stream_limits (self, request);
  else
    request->match.route->handler (self->server, request);
}

/* Whether the rest of a body is worth waiting for, only to answer on a connection that stays whole. */
gboolean
lf_http_request_should_answer_early (LfHttpRequest *request)
{
  return request->has_problem &&
         (request->problem == LF_PROBLEM_BAD_HEADERS || request->headers.body_bytes > DISCARD_MAX ||
          (request->headers.expect != NULL && request->headers.body_bytes > 0));
}

/**
 * lf_http_request_log:
 * @self: a request
 * @words: what its sender did: no word of the sender's own
 *
 * Logs what strangers can cause, with the client's address.
 */
void
lf_http_request_log (LfHttpRequest *self, const char *words)
{
  g_return_if_fail (self != NULL && words != NULL);

  lf_http_server_log (self->server->http, words, self->address);
}

/* A piece of the body; dropped when it will not be looked at. */
void
lf_http_request_take_body (LfHttpRequest *request, const char *data, gsize length)
{
  if (request->has_problem)
    return;
  if (request->body == NULL)
    request->body = g_byte_array_sized_new ((guint) request->headers.body_bytes);
  if (request->body->len + length > LF_HTTP_MAX_BODY)
    set_problem (request, LF_PROBLEM_TOO_LARGE, "A body may have 65536 bytes.");
  else
    g_byte_array_append (request->body, (const guint8 *) data, (guint) length);
}
