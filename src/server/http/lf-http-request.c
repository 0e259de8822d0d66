/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <string.h>

#include "lf-http-private.h"
#include "lf-wire.h"

#define MAX_QUERY_VALUES 32

static const char problem_media_type[] = "application/problem+json";

/* Makes the request of a connection; @target is the escaped path and query. */
LfHttpRequest *
lf_http_request_new (LfHttpConnection *connection, LfServer *server, const char *target)
{
  LfHttpRequest *self = g_new0 (LfHttpRequest, 1);

  self->n_refs = 1;
  self->connection = connection;
  self->server = server;
  self->target = g_strdup (target);
  self->path = g_strndup (target, strcspn (target, "?#"));
  self->address = g_strdup (connection->peer);
  self->stats = lf_router_get_lost (connection->http->router);
  return self;
}

/* Its connection is done with it: whatever a handler answers later goes nowhere. */
void
lf_http_request_detach (LfHttpRequest *self)
{
  self->connection = NULL;
  memset (&self->headers, 0, sizeof self->headers);
  lf_http_request_unref (self);
}

/**
 * lf_http_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
LfHttpRequest *
lf_http_request_ref (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  self->n_refs++;
  return self;
}

/**
 * lf_http_request_unref:
 * @self: a request
 *
 * Drops a reference.
 */
void
lf_http_request_unref (LfHttpRequest *self)
{
  g_return_if_fail (self != NULL && self->n_refs > 0);

  if (--self->n_refs > 0)
    return;
  if (self->decoded != NULL)
    lf_codec_free (self->match.route->body, self->decoded);
  lf_route_match_clear (&self->match);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->identity, lf_identity_unref);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
  g_free (self->problem_detail);
  g_free (self->etag);
  g_free (self->address);
  g_free (self->target);
  g_free (self->path);
  g_free (self);
}

static char *
decode_form (const char *text)
{
  g_autofree char *spaced = g_strdelimit (g_strdup (text), "+", ' ');
  g_autofree char *plain = g_uri_unescape_string (spaced, NULL);

  return plain != NULL && g_utf8_validate (plain, -1, NULL) ? g_steal_pointer (&plain) : NULL;
}

/* Takes the query apart; FALSE when it is malformed, too long or names something twice. */
gboolean
lf_http_request_parse_query (LfHttpRequest *self)
{
  const char    *start = strchr (self->target, '?');
  g_auto (GStrv) pairs = NULL;

  if (start == NULL || start[1] == '\0')
    return TRUE;
  self->query = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pairs = g_strsplit (start + 1, "&", MAX_QUERY_VALUES + 1);
  if (g_strv_length (pairs) > MAX_QUERY_VALUES)
    return FALSE;
  for (gsize i = 0; pairs[i] != NULL; i++)
    {
      char            *equals = strchr (pairs[i], '=');
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;

      if (equals != NULL)
        *equals = '\0';
      name = decode_form (pairs[i]);
      value = decode_form (equals != NULL ? equals + 1 : "");
      if (name == NULL || value == NULL || g_hash_table_contains (self->query, name))
        return FALSE;
      g_hash_table_insert (self->query, g_steal_pointer (&name), g_steal_pointer (&value));
    }
  return TRUE;
}

/**
 * lf_http_request_get_param:
 * @self: a request
 * @name: "user" for a segment "{user}" of its route
 *
 * Returns: its value, an id; borrowed
 */
const char *
lf_http_request_get_param (LfHttpRequest *self, const char *name)
{
  int index;

  g_return_val_if_fail (self != NULL && self->match.route != NULL, "");

  index = lf_route_param_index (self->match.route, name);
  g_return_val_if_fail (index >= 0, "");
  return self->match.params[index];
}

/**
 * lf_http_request_get_query:
 * @self: a request
 * @name: of a value in the query
 *
 * Returns: (nullable): the decoded value; borrowed
 */
const char *
lf_http_request_get_query (LfHttpRequest *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

/**
 * lf_http_request_get_header:
 * @self: a request
 * @name: of a header
 *
 * Returns: (nullable): its value, or %NULL once the client is gone; borrowed
 */
const char *
lf_http_request_get_header (LfHttpRequest *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->connection == NULL)
    return NULL;
  return MHD_lookup_connection_value (self->connection->mhd, MHD_HEADER_KIND, name);
}

/**
 * lf_http_request_get_body:
 * @self: a request
 *
 * Returns: the body, a struct of the route's schema; borrowed
 */
gpointer
lf_http_request_get_body (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->decoded;
}

/**
 * lf_http_request_get_identity:
 * @self: a request
 *
 * Returns: (nullable) (transfer none): who asks; %NULL on public routes
 */
LfIdentity *
lf_http_request_get_identity (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->identity;
}

/**
 * lf_http_request_get_user:
 * @self: a request
 *
 * Returns: (nullable): id of the person who asks
 */
const char *
lf_http_request_get_user (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->identity != NULL ? self->identity->user : NULL;
}

/**
 * lf_http_request_get_session:
 * @self: a request
 *
 * Returns: (nullable): id of the session, or of the service token
 */
const char *
lf_http_request_get_session (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->identity != NULL ? self->identity->session : NULL;
}

/**
 * lf_http_request_get_address:
 * @self: a request
 *
 * Returns: the client's address, as the trusted proxy tells it where there is one
 */
const char *
lf_http_request_get_address (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, "");

  return self->address;
}

static gboolean
refuse_query (LfHttpRequest *self, const char *name, const char *wanted)
{
  g_autofree char *detail = g_strdup_printf ("“%s” in the query must be %s.", name, wanted);

  lf_http_request_respond_problem (self, LF_PROBLEM_BAD_REQUEST, detail, 0);
  return FALSE;
}

/**
 * lf_http_request_read_int:
 * @self: a request
 * @name: of a value in the query
 * @min: smallest allowed
 * @max: largest allowed
 * @fallback: when it is absent
 * @value: (out): the number
 *
 * Reads a number of the query.
 *
 * Returns: %FALSE when it is malformed: the request has been answered
 */
gboolean
lf_http_request_read_int (LfHttpRequest *self, const char *name, gint64 min, gint64 max, gint64 fallback, gint64 *value)
{
  const char      *text = lf_http_request_get_query (self, name);
  g_autofree char *wanted = NULL;

  if (text == NULL)
    {
      *value = fallback;
      return TRUE;
    }
  if (g_ascii_string_to_signed (text, 10, min, max, value, NULL))
    return TRUE;
  wanted = g_strdup_printf ("a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  return refuse_query (self, name, wanted);
}

/**
 * lf_http_request_read_instant:
 * @self: a request
 * @name: of a value in the query
 * @instant_us: (out): microseconds since 1970-01-01 UTC
 *
 * Reads an instant of the query.
 *
 * Returns: %FALSE when it is absent or malformed: the request has been answered
 */
gboolean
lf_http_request_read_instant (LfHttpRequest *self, const char *name, gint64 *instant_us)
{
  const char *text = lf_http_request_get_query (self, name);

  if (text != NULL && lf_instant_parse (text, instant_us))
    return TRUE;
  return refuse_query (self, name, "an instant like 2026-03-02T09:00:00Z");
}

static gboolean
is_id (const char *text)
{
  gsize length = strlen (text);

  return length > 0 && length <= LF_ID_MAX_CHARS &&
         strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-") == length;
}

/**
 * lf_http_request_read_ids:
 * @self: a request
 * @name: of a value in the query
 * @max: most ids
 *
 * Reads a comma-separated list of ids.
 *
 * Returns: (transfer full) (nullable): ids without doubles; %NULL when there is none, one is
 *   malformed or there are too many: the request has been answered
 */
GStrv
lf_http_request_read_ids (LfHttpRequest *self, const char *name, guint max)
{
  const char              *text = lf_http_request_get_query (self, name);
  g_autoptr (GHashTable)   seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           parts = NULL;
  g_autofree char         *wanted = g_strdup_printf ("1 to %u ids, separated by commas", max);

  parts = g_strsplit (text != NULL ? text : "", ",", (int) max + 2);
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      if (!is_id (parts[i]))
        {
          refuse_query (self, name, wanted);
          return NULL;
        }
      if (g_hash_table_add (seen, parts[i]))
        g_strv_builder_add (builder, parts[i]);
    }
  if (parts[0] == NULL || g_strv_length (parts) > max)
    {
      refuse_query (self, name, wanted);
      return NULL;
    }
  return g_strv_builder_end (builder);
}

/**
 * lf_http_request_set_etag:
 * @self: a request that is not answered yet
 * @etag: the validator, without quotes
 *
 * Sets the ETag of the answer.
 */
void
lf_http_request_set_etag (LfHttpRequest *self, const char *etag)
{
  g_return_if_fail (self != NULL && etag != NULL);

  g_free (self->etag);
  self->etag = g_strdup (etag);
}

static gboolean
names_etag (const char *list, const char *etag)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", etag);
  g_autofree char *weak = g_strdup_printf ("W/\"%s\"", etag);

  return lf_http_has_token (list, quoted) || lf_http_has_token (list, weak) || lf_http_has_token (list, "*");
}

/**
 * lf_http_request_none_match:
 * @self: a request
 * @etag: the current validator, without quotes
 *
 * Returns: %TRUE if the client has this version already: answer 304
 */
gboolean
lf_http_request_none_match (LfHttpRequest *self, const char *etag)
{
  const char *have = lf_http_request_get_header (self, "If-None-Match");

  return have != NULL && names_etag (have, etag);
}

/**
 * lf_http_request_match:
 * @self: a request
 * @etag: the current validator, without quotes
 *
 * Returns: %FALSE if the client wants to change another version: answer 412
 */
gboolean
lf_http_request_match (LfHttpRequest *self, const char *etag)
{
  const char *wanted = lf_http_request_get_header (self, "If-Match");

  return wanted == NULL || names_etag (wanted, etag);
}

/**
 * lf_http_request_is_answered:
 * @self: a request
 *
 * Returns: %TRUE if it has its answer, or its client is gone
 */
gboolean
lf_http_request_is_answered (LfHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->is_answered || self->connection == NULL;
}

/* Its answer is made. */
void
lf_http_request_count (LfHttpRequest *self, guint status)
{
  lf_route_stats_add (self->stats, status, g_get_monotonic_time () - self->whole_at_us);
}

static void
finish (LfHttpRequest *self, guint status)
{
  lf_http_request_count (self, status);
  self->status = status;
  self->is_answered = TRUE;
  if (self->is_suspended)
    {
      self->is_suspended = FALSE;
      lf_http_server_resume (self->connection->http, self->connection);
    }
}

/**
 * lf_http_request_respond:
 * @self: a request
 * @status: 200 or 201
 * @schema: of @value
 * @value: the answer
 *
 * Answers with JSON. Ignored when it has been answered or nobody listens any more.
 */
void
lf_http_request_respond (LfHttpRequest *self, guint status, const LfSchema *schema, gconstpointer value)
{
  g_return_if_fail (self != NULL && schema != NULL && value != NULL);

  if (lf_http_request_is_answered (self))
    return;
  self->answer = g_string_sized_new (256);
  self->media_type = "application/json";
  lf_codec_encode (schema, value, self->answer);
  finish (self, status);
}

/**
 * lf_http_request_respond_text:
 * @self: a request
 * @media_type: a static string
 * @text: (transfer full): the answer
 *
 * Answers with text that is no JSON. Ignored when it has been answered or nobody listens any more.
 */
void
lf_http_request_respond_text (LfHttpRequest *self, const char *media_type, GString *text)
{
  g_return_if_fail (self != NULL && media_type != NULL && text != NULL);

  if (lf_http_request_is_answered (self))
    {
      g_string_free (text, TRUE);
      return;
    }
  self->answer = text;
  self->media_type = media_type;
  finish (self, MHD_HTTP_OK);
}

/**
 * lf_http_request_respond_empty:
 * @self: a request
 * @status: 204 or 304
 *
 * Answers without a body.
 */
void
lf_http_request_respond_empty (LfHttpRequest *self, guint status)
{
  g_return_if_fail (self != NULL);

  if (!lf_http_request_is_answered (self))
    finish (self, status);
}

/**
 * lf_http_request_respond_problem:
 * @self: a request
 * @problem: what is wrong
 * @detail: (nullable): a sentence for people, without secrets
 * @retry_after_s: when to try again, or 0
 *
 * Answers with problem+json (RFC 9457).
 */
void
lf_http_request_respond_problem (LfHttpRequest *self, LfProblem problem, const char *detail, guint retry_after_s)
{
  LfWireProblem body = { 0 };

  g_return_if_fail (self != NULL);

  if (lf_http_request_is_answered (self))
    return;
  body.type = (char *) "about:blank";
  body.title = (char *) lf_problem_to_title (problem);
  body.status = lf_problem_to_status (problem);
  body.code = (char *) lf_problem_to_code (problem);
  body.detail = (char *) detail;
  self->answer = g_string_sized_new (256);
  lf_codec_encode (&lf_schema_problem, &body, self->answer);
  self->media_type = problem_media_type;
  self->problem = problem;
  self->retry_after_s = retry_after_s;
  lf_http_request_note_trouble (self);
  finish (self, (guint) body.status);
}

static void
add_headers (LfHttpRequest *self, struct MHD_Response *response)
{
  MHD_add_response_header (response, "Cache-Control", "no-store");
  MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  if (self->answer != NULL)
    MHD_add_response_header (response, "Content-Type", self->media_type);
  if (self->etag != NULL && self->media_type != problem_media_type)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", self->etag);

      MHD_add_response_header (response, "ETag", quoted);
    }
  if (self->retry_after_s > 0)
    {
      char seconds[16];

      g_snprintf (seconds, sizeof seconds, "%u", self->retry_after_s);
      MHD_add_response_header (response, "Retry-After", seconds);
    }
  if (self->status == MHD_HTTP_UNAUTHORIZED)
    MHD_add_response_header (response, "WWW-Authenticate", "Bearer");
  if (self->status == MHD_HTTP_METHOD_NOT_ALLOWED && self->match.allow != NULL)
    MHD_add_response_header (response, "Allow", self->match.allow);
  if (self->status == MHD_HTTP_UPGRADE_REQUIRED)
    {
      MHD_add_response_header (response, "Upgrade", "websocket");
      MHD_add_response_header (response, "Sec-WebSocket-Version", "13");
    }
  if (self->must_close || lf_http_server_is_draining (self->connection->http))
    MHD_add_response_header (response, "Connection", "close");
}

/* Hands the answer to the daemon. */
enum MHD_Result
lf_http_request_send (LfHttpRequest *self)
{
  gsize                length = self->answer != NULL ? self->answer->len : 0;
  char                *bytes = self->answer != NULL ? self->answer->str : (char *) "";
  struct MHD_Response *response = MHD_create_response_from_buffer (length, bytes, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result      result;

  if (response == NULL)
    return MHD_NO;
  add_headers (self, response);
  result = MHD_queue_response (self->connection->mhd, self->status, response);
  MHD_destroy_response (response);
  return result;
}
