/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-reply.h"
#include "lf-wire.h"

#define MAX_RETRY_AFTER_S 3600
#define MAX_DETAIL_CHARS  300

/**
 * lf_reply_clear:
 * @self: a reply
 *
 * Frees what the reply holds, the body too if nobody took it.
 */
void
lf_reply_clear (LfReply *self)
{
  if (self->body != NULL)
    lf_codec_free (self->schema, g_steal_pointer (&self->body));
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->location, g_free);
}

/**
 * lf_reply_parse_retry_after:
 * @value: (nullable): of the header: seconds or an HTTP date
 * @now_s: the time, seconds since 1970
 *
 * Source: RFC 9110 section 10.2.3.
 *
 * Returns: seconds to wait, at most an hour; 0 for none or one that makes no sense
 */
guint
lf_reply_parse_retry_after (const char *value,
                            gint64      now_s)
{
  g_autoptr (GDateTime) date = NULL;
  guint64               seconds;

  if (value == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &seconds, NULL))
    return MIN (seconds, MAX_RETRY_AFTER_S);
  date = soup_date_time_new_from_http_string (value);
  if (date == NULL)
    return 0;
  return CLAMP (g_date_time_to_unix (date) - now_s, 0, MAX_RETRY_AFTER_S);
}

/**
 * lf_reply_set_head:
 * @self: a zeroed reply
 * @status: HTTP status
 * @headers: of the answer
 *
 * Takes what matters of the head.
 */
void
lf_reply_set_head (LfReply            *self,
                   guint               status,
                   SoupMessageHeaders *headers)
{
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  self->status = status;
  self->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  self->location = g_strdup (soup_message_headers_get_one (headers, "Location"));
  self->retry_after_s = lf_reply_parse_retry_after (soup_message_headers_get_one (headers, "Retry-After"),
                                                    g_get_real_time () / G_USEC_PER_SEC);
  self->is_json = type != NULL && g_ascii_strcasecmp (type, "application/json") == 0;
  self->is_problem = type != NULL && g_ascii_strcasecmp (type, "application/problem+json") == 0;
}

/* A sentence by the peer, fit to be shown: one line, bounded. */
static char *
tidy_sentence (const char *text)
{
  g_autofree char *cut = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_DETAIL_CHARS));

  for (char *c = cut; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_steal_pointer (&cut);
}

static void
set_problem_error (LfReply    *self,
                   const char *server,
                   const char *text,
                   gsize       length,
                   GError    **error)
{
  g_autoptr (GError)        cause = NULL;
  g_autoptr (LfWireProblem) body = lf_codec_decode (&lf_schema_problem, text, length, &lf_json_limits_reply, &cause);
  g_autofree char          *sentence = NULL;
  const char               *words;

  if (body == NULL)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                   "“%s” refused with status %u and a reason that cannot be read: %s", server, self->status,
                   cause->message);
      return;
    }
  self->has_problem = body->code != NULL && lf_problem_from_code (body->code, &self->problem) && lf_problem_to_status (self->problem) == self->status;
  words = body->detail != NULL && body->detail[0] != '\0' ? body->detail : body->title;
  if (words == NULL || words[0] == '\0')
    words = self->has_problem ? lf_problem_to_title (self->problem) : "The server refused without a reason.";
  sentence = tidy_sentence (words);
  if (self->has_problem)
    g_set_error_literal (error, LF_ERROR, lf_problem_to_error (self->problem), sentence);
  else
    g_set_error (error, LF_ERROR, self->status >= 500 ? LF_ERROR_UNAVAILABLE : LF_ERROR_BAD_FRAME,
                 "“%s” refused with status %u: %s", server, self->status, sentence);
}

/* An error that is none of ours: a proxy, or no Lampfield server at all. */
static void
set_foreign_error (LfReply    *self,
                   const char *server,
                   GError    **error)
{
  if (self->status >= 300 && self->status < 400)
    {
      g_autofree char *to = tidy_sentence (self->location != NULL && g_utf8_validate (self->location, -1, NULL) ? self->location : "elsewhere");

      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” sends us on to “%s”; use the address of the server itself.",
                   server, to);
    }
  else if (self->status == 429)
    g_set_error (error, LF_ERROR, LF_ERROR_RATE_LIMITED, "“%s” asks us to wait.", server);
  else if (self->status >= 500)
    g_set_error (error, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” is not ready (status %u).", server, self->status);
  else
    g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                 "“%s” does not answer like a Lampfield server (status %u).", server, self->status);
}

/**
 * lf_reply_decode:
 * @self: a reply whose head is set
 * @server: for messages
 * @text: (nullable): the body
 * @length: of @text, bytes
 * @schema: (nullable): what a success must carry
 * @error: return location
 *
 * Checks and decodes the body: nothing of it is used before the strict check passed.
 *
 * Returns: %TRUE for a success, with @self->body set where one was due; else the error the server
 *   meant, or %LF_ERROR_BAD_FRAME
 */
gboolean
lf_reply_decode (LfReply        *self,
                 const char     *server,
                 const char     *text,
                 gsize           length,
                 const LfSchema *schema,
                 GError        **error)
{
  if (self->status == 304 || (self->status == 204 && schema == NULL))
    return TRUE;
  if (self->status < 200 || self->status >= 300)
    {
      if (self->is_problem)
        set_problem_error (self, server, text, length, error);
      else
        set_foreign_error (self, server, error);
      return FALSE;
    }
  if (schema == NULL)
    return TRUE;
  if (!self->is_json)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                   "“%s” does not answer like a Lampfield server (no JSON).", server);
      return FALSE;
    }
  self->schema = schema;
  self->body = lf_codec_decode (schema, text, length, &lf_json_limits_reply, error);
  return self->body != NULL;
}

/**
 * lf_reply_explain_transport:
 * @server: whom we called
 * @cause: an error of sockets, names or TLS
 *
 * Returns: (transfer full): the #LF_ERROR a person can act on: %LF_ERROR_INSECURE for a certificate
 *   that is not trusted, %LF_ERROR_UNAVAILABLE for the rest
 */
GError *
lf_reply_explain_transport (const char   *server,
                            const GError *cause)
{
  g_autofree char *words = tidy_sentence (cause->message);

  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (LF_ERROR, LF_ERROR_INSECURE,
                        "The certificate of “%s” is not trusted: %s. Ask whoever runs the server.", server, words);
  if (cause->domain == G_RESOLVER_ERROR)
    return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE,
                        "No machine is found under “%s”; check the address and the network.", server);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not answer.", server);
  return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” cannot be reached: %s.", server, words);
}
