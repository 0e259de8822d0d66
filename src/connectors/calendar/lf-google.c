/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include <gnutls/abstract.h>

#include "lf-error.h"
#include "lf-instant.h"
#include "lf-json-text.h"
#include "lf-oauth-service.h"

/* Google Calendar, freeBusy, for a service account. Source: Google's reference of the Calendar API, version 3,
 * and of OAuth 2 for server to server applications (RFC 7523). */

#define MAX_PEOPLE 50
#define TOKEN_S    3600
#define SCOPE      "https://www.googleapis.com/auth/calendar.freebusy"
#define GRANT_TYPE "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

static const LfJsonLimits limits = { 8 * 1024 * 1024, 0, 16 };

/* A member of the service account's key file. */
static char *
dup_account_member (const LfCalendarSourceConfig *config,
                    const char                   *name)
{
  g_auto (LfJsonDocument) json = { 0 };
  g_autoptr (GBytes)      document = g_bytes_new_static (config->secret, strlen (config->secret));
  const LfJsonItem       *root = lf_json_read_root (&json, document, &limits);

  return root == NULL ? NULL : lf_json_item_dup_text (root, name);
}

static char *
dup_token_url (const LfCalendarSourceConfig *config)
{
  return config->token_url != NULL ? g_strdup (config->token_url) : dup_account_member (config, "token_uri");
}

/* RFC 7515 section 2: base64url without padding. */
static char *
encode (const void *bytes,
        gsize       length)
{
  char *text = g_base64_encode (bytes, length);

  text[strcspn (text, "=")] = '\0';
  g_strdelimit (text, "+", '-');
  return g_strdelimit (text, "/", '_');
}

/* RS256 (RFC 7518 section 3.3) */
static char *
sign (const char *pem,
      const char *text)
{
  const gnutls_datum_t data = { (unsigned char *) text, (unsigned) strlen (text) };
  const gnutls_datum_t key_data = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_privkey_t     key = NULL;
  gnutls_datum_t       signature = { NULL, 0 };
  char                *encoded = NULL;

  if (gnutls_privkey_init (&key) < 0)
    return NULL;
  if (gnutls_privkey_import_x509_raw (key, &key_data, GNUTLS_X509_FMT_PEM, NULL, 0) >= 0 &&
      gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &signature) >= 0)
    encoded = encode (signature.data, signature.size);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (key);
  return encoded;
}

static char *
write_claims (const char *mail,
              const char *token_url,
              gint64      now_s)
{
  GString     *out = g_string_new (NULL);
  LfJsonWriter writer;

  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  lf_json_writer_name (&writer, "iss");
  lf_json_writer_string (&writer, mail);
  lf_json_writer_name (&writer, "scope");
  lf_json_writer_string (&writer, SCOPE);
  lf_json_writer_name (&writer, "aud");
  lf_json_writer_string (&writer, token_url);
  lf_json_writer_name (&writer, "iat");
  lf_json_writer_int (&writer, now_s);
  lf_json_writer_name (&writer, "exp");
  lf_json_writer_int (&writer, now_s + TOKEN_S);
  lf_json_writer_end (&writer, '}');
  return g_string_free (out, FALSE);
}

/* RFC 7523 section 2.1 */
static char *
dup_form (const LfCalendarSourceConfig *config,
          gint64                        now_us,
          GError                      **error)
{
  static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
  g_autofree char  *mail = dup_account_member (config, "client_email");
  g_autofree char  *pem = dup_account_member (config, "private_key");
  g_autofree char  *token_url = dup_token_url (config);
  g_autofree char  *head = encode (header, strlen (header));
  g_autofree char  *claims = mail == NULL || token_url == NULL ? NULL : write_claims (mail, token_url, now_us / G_USEC_PER_SEC);
  g_autofree char  *body = claims == NULL ? NULL : encode (claims, strlen (claims));
  g_autofree char  *text = body == NULL ? NULL : g_strconcat (head, ".", body, NULL);
  g_autofree char  *signature = text == NULL || pem == NULL ? NULL : sign (pem, text);

  if (signature != NULL)
    return g_strconcat ("grant_type=" GRANT_TYPE "&assertion=", text, ".", signature, NULL);
  g_set_error (error, LF_ERROR, LF_ERROR_FORBIDDEN, "The file of the service account holds no key that can be used.");
  return NULL;
}

static char *
dup_url (const LfCalendarSourceConfig *config,
         const char *const            *mails)
{
  return g_strconcat (config->url, g_str_has_suffix (config->url, "/") ? "" : "/", "calendar/v3/freeBusy", NULL);
}

static GBytes *
write_question (const char *const *mails,
                gint64             from_us,
                gint64             to_us)
{
  GString     *out = g_string_new (NULL);
  LfJsonWriter writer;

  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  lf_json_writer_name (&writer, "timeMin");
  lf_json_writer_instant (&writer, from_us);
  lf_json_writer_name (&writer, "timeMax");
  lf_json_writer_instant (&writer, to_us);
  lf_json_writer_name (&writer, "items");
  lf_json_writer_begin (&writer, '[');
  for (const char *const *mail = mails; *mail != NULL; mail++)
    {
      lf_json_writer_begin (&writer, '{');
      lf_json_writer_name (&writer, "id");
      lf_json_writer_string (&writer, *mail);
      lf_json_writer_end (&writer, '}');
    }
  lf_json_writer_end (&writer, ']');
  lf_json_writer_end (&writer, '}');
  return g_string_free_to_bytes (out);
}

/* The first reason in an array of errors. */
static char *
dup_reason (const LfJsonItem *errors)
{
  if (errors == NULL || errors->type != LF_JSON_ARRAY || errors->length == 0 || errors[1].type != LF_JSON_OBJECT)
    return NULL;
  return lf_json_item_dup_text (&errors[1], "reason");
}

/* Why nothing is known of somebody; %NULL: @periods are what is known. */
static GError *
take_calendar (const LfJsonItem *calendar,
               GArray           *periods)
{
  const LfJsonItem *busy = calendar->type == LF_JSON_OBJECT ? lf_json_item_find (calendar, "busy") : NULL;
  const LfJsonItem *errors = calendar->type == LF_JSON_OBJECT ? lf_json_item_find (calendar, "errors") : NULL;
  const LfJsonItem *item;

  if (errors != NULL && errors->type == LF_JSON_ARRAY && errors->length > 0)
    {
      g_autofree char *reason = dup_reason (errors);

      if (g_strcmp0 (reason, "notFound") == 0)
        return g_error_new (LF_ERROR, LF_ERROR_NOT_FOUND, "Google has no such calendar, or does not let us see it (%s).", reason);
      return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Google does not tell when this person is busy (%s).", reason != NULL ? reason : "no reason");
    }
  if (busy == NULL || busy->type != LF_JSON_ARRAY)
    return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Google does not tell when this person is busy.");
  item = busy + 1;
  for (guint i = 0; i < busy->length; i++, item += item->span)
    {
      g_autofree char *start = item->type == LF_JSON_OBJECT ? lf_json_item_dup_text (item, "start") : NULL;
      g_autofree char *end = item->type == LF_JSON_OBJECT ? lf_json_item_dup_text (item, "end") : NULL;

      if (start == NULL || end == NULL || !lf_free_busy_append (periods, start, end, LF_BUSY_BUSY))
        return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Google's times for this person cannot be read.");
    }
  return NULL;
}

static GPtrArray *
read_answer (GBytes            *document,
             const char *const *mails,
             gint64             from_us,
             gint64             to_us,
             GError           **error)
{
  g_auto (LfJsonDocument) json = { 0 };
  g_autoptr (GPtrArray)   answers = lf_free_busy_answers_new ();
  g_autoptr (GHashTable)  left = lf_free_busy_set_new (mails);
  const LfJsonItem       *calendars = lf_json_read_member (&json, document, &limits, "calendars", LF_JSON_OBJECT);
  const LfJsonItem       *name = calendars == NULL ? NULL : calendars + 1;

  if (calendars == NULL)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Google's answer cannot be read.");
      return NULL;
    }
  for (guint i = 0; i < calendars->length; i++)
    {
      const LfJsonItem  *calendar = name + name->span;
      g_autofree char   *mail = g_strndup (name->text, name->length);
      g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

      if (lf_free_busy_set_take (left, mail))
        lf_free_busy_answers_add (answers, mail, periods, take_calendar (calendar, periods), from_us, to_us);
      name = calendar + calendar->span;
    }
  lf_free_busy_answers_add_missing (answers, left);
  return g_steal_pointer (&answers);
}

/* Google says "less often" with a 403, too. */
static gboolean
is_throttled (GBytes *document)
{
  g_auto (LfJsonDocument) json = { 0 };
  const LfJsonItem       *failure = lf_json_read_member (&json, document, &limits, "error", LF_JSON_OBJECT);
  g_autofree char        *reason = failure == NULL ? NULL : dup_reason (lf_json_item_find (failure, "errors"));

  return reason != NULL && (strstr (reason, "ateLimitExceeded") != NULL || g_str_equal (reason, "quotaExceeded"));
}

const LfOauthKind lf_google_kind = {
  .max_people = MAX_PEOPLE,
  .dup_token_url = dup_token_url,
  .dup_form = dup_form,
  .dup_url = dup_url,
  .write_question = write_question,
  .read_answer = read_answer,
  .is_throttled = is_throttled,
};
