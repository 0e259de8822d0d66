/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <string.h>

#include "lf-http-check.h"

#define MAX_FIELDS 64

static gboolean
is_token (const char *text, gsize length)
{
  if (length == 0)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL))
      return FALSE;
  return TRUE;
}

static gboolean
is_name (const char *key, const char *name)
{
  return g_ascii_strcasecmp (key, name) == 0;
}

/* libmicrohttpd 0.9 joins a folded line to the *name* of the header before it: what a proxy reads as
 * "Content-Length: 3 x" comes here as "Content-Lengthx". Such a request has a length that we do not
 * see, so its body would be taken for the next request. */
static gboolean
hides_a_header (const char *key)
{
  static const char *const names[] = { "Content-Length", "Transfer-Encoding", "Host" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (key, names[i], strlen (names[i])) == 0 && key[strlen (names[i])] != '\0')
      return TRUE;
  return FALSE;
}

static enum MHD_Result
on_field (void *user_data, enum MHD_ValueKind kind, const char *key, size_t key_size, const char *value, size_t value_size)
{
  LfHttpHeaders *self = user_data;

  self->n_fields++;
  if (!is_token (key, key_size) || hides_a_header (key) || (value != NULL && strlen (value) != value_size))
    {
      self->is_malformed = TRUE;
      return MHD_YES;
    }
  if (value == NULL)
    value = "";
  if (is_name (key, "Host"))
    self->n_host++;
  else if (is_name (key, "Content-Length"))
    {
      self->n_length++;
      self->length = value;
    }
  else if (is_name (key, "Transfer-Encoding"))
    self->n_encoding++;
  else if (is_name (key, "Origin"))
    self->n_origin++;
  else if (is_name (key, "Authorization"))
    {
      self->n_authorization++;
      self->authorization = value;
    }
  else if (is_name (key, "Content-Type"))
    {
      self->n_type++;
      self->type = value;
    }
  else if (is_name (key, "Expect"))
    self->expect = value;
  else if (is_name (key, "X-Forwarded-For"))
    self->forwarded_for = value;
  return MHD_YES;
}

/**
 * lf_http_headers_read:
 * @self: (out caller-allocates): the headers
 * @connection: a connection whose head has been read
 *
 * Collects the headers; lf_http_headers_check() judges them.
 */
void
lf_http_headers_read (LfHttpHeaders *self, struct MHD_Connection *connection)
{
  memset (self, 0, sizeof *self);
  MHD_get_connection_values_n (connection, MHD_HEADER_KIND, on_field, self);
}

static gboolean
refuse (LfProblem *problem, const char **detail, LfProblem why, const char *words)
{
  *problem = why;
  *detail = words;
  return FALSE;
}

/**
 * lf_http_headers_check:
 * @self: headers
 * @problem: (out): what to answer
 * @detail: (out): words for people
 *
 * The strict check of a request's head. The parser underneath is lax: it takes two Hosts, two
 * lengths, a length beside a transfer coding, and then two parsers in a row can disagree about where
 * a request ends. Chunked bodies are refused altogether.
 *
 * Source: RFC 9112 sections 3.2, 6.1 and 6.3.
 *
 * Returns: %FALSE to refuse; after %LF_PROBLEM_BAD_HEADERS the connection must be closed
 */
gboolean
lf_http_headers_check (LfHttpHeaders *self, LfProblem *problem, const char **detail)
{
  if (self->is_malformed)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "A header is malformed.");
  if (self->n_fields > MAX_FIELDS)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "There are more than 64 headers.");
  if (self->n_host != 1)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "Exactly one Host header is wanted.");
  if (self->n_encoding > 0)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "Transfer-Encoding is not taken; send Content-Length.");
  if (self->n_length > 1)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "There is more than one Content-Length.");
  if (self->n_length == 1 && (strlen (self->length) > 18 || !g_ascii_string_to_unsigned (self->length, 10, 0, G_MAXINT64, &self->body_bytes, NULL)))
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "Content-Length is not a number.");
  if (self->n_authorization > 1 || self->n_type > 1)
    return refuse (problem, detail, LF_PROBLEM_BAD_HEADERS, "A header that may stand once is there twice.");
  if (self->n_origin > 0)
    return refuse (problem, detail, LF_PROBLEM_ORIGIN_REFUSED, NULL);
  if (self->body_bytes > LF_HTTP_MAX_BODY)
    return refuse (problem, detail, LF_PROBLEM_TOO_LARGE, "A body may have 65536 bytes.");
  return TRUE;
}

/**
 * lf_http_headers_are_json:
 * @self: headers
 *
 * Returns: %TRUE if Content-Type is application/json, in UTF-8 if it names a charset
 */
gboolean
lf_http_headers_are_json (const LfHttpHeaders *self)
{
  g_autofree char *type = NULL;
  char            *parameter;

  if (self->type == NULL)
    return FALSE;
  type = g_ascii_strdown (self->type, -1);
  parameter = strchr (type, ';');
  if (parameter != NULL)
    *parameter++ = '\0';
  if (!g_str_equal (g_strstrip (type), "application/json"))
    return FALSE;
  return parameter == NULL || g_str_equal (g_strstrip (parameter), "charset=utf-8") || g_str_equal (parameter, "charset=\"utf-8\"");
}

/**
 * lf_http_headers_get_bearer:
 * @self: headers
 *
 * Returns: (nullable): the token of "Authorization: Bearer TOKEN"; borrowed
 */
const char *
lf_http_headers_get_bearer (const LfHttpHeaders *self)
{
  const char *scheme = "Bearer ";

  if (self->authorization == NULL || g_ascii_strncasecmp (self->authorization, scheme, strlen (scheme)) != 0)
    return NULL;
  return self->authorization + strlen (scheme);
}

/**
 * lf_http_has_token:
 * @list: (nullable): the value of a header that is a comma-separated list
 * @token: a member, compared without case
 *
 * Returns: %TRUE if @list names @token
 */
gboolean
lf_http_has_token (const char *list, const char *token)
{
  g_auto (GStrv) members = NULL;

  if (list == NULL)
    return FALSE;
  members = g_strsplit (list, ",", 32);
  for (gsize i = 0; members[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (members[i]), token) == 0)
      return TRUE;
  return FALSE;
}
