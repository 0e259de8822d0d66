/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-instant.h"
#include "lf-json.h"
#include "lf-oauth-service.h"

#define STATUS_OK           200
#define STATUS_BAD_REQUEST  400
#define STATUS_UNAUTHORIZED 401
#define STATUS_FORBIDDEN    403
#define MAX_ANSWER_BYTES    (8 * 1024 * 1024)
#define MAX_TOKEN_BYTES     (64 * 1024)
#define MAX_TOKEN_S         86400
#define SPARE_S             60 /* before its end a token is not used any more */

struct _LfOauthService
{
  GObject parent_instance;

  LfCalendarSourceConfig *config; /* owned */
  const LfOauthKind      *kind;
  LfCalendarHttp         *http;     /* owned */
  char                   *token;    /* owned, nullable */
  gint64                  until_us; /* monotonic: until when it may be used */
};

/* One question: the task's data. */
typedef struct
{
  GStrv    mails; /* owned */
  gint64   from_us;
  gint64   to_us;
  guint    retry_after_s;
  gboolean is_second; /* the token was refused once already */
} Question;

static void lf_oauth_service_service_init (LfFreeBusyServiceInterface *iface);
static void ask_for_token (GTask *task);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfOauthService, lf_oauth_service, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_FREE_BUSY_SERVICE, lf_oauth_service_service_init))

static void
question_free (Question *self)
{
  g_strfreev (self->mails);
  g_free (self);
}

/* What a status other than 200 means. */
static GError *
explain (LfOauthService         *self,
         const LfCalendarAnswer *answer)
{
  GError *error = NULL;

  if (answer->status == STATUS_FORBIDDEN && self->kind->is_throttled != NULL && self->kind->is_throttled (answer->body))
    return g_error_new (LF_ERROR, LF_ERROR_RATE_LIMITED, "The service asks us to come less often (HTTP %u).", answer->status);
  lf_calendar_answer_to_error (answer, &error);
  return error;
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  LfOauthService              *self = g_task_get_source_object (task);
  Question                    *question = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfCalendarAnswer) answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &error);
  GPtrArray                   *answers = NULL;

  if (answer != NULL)
    {
      question->retry_after_s = answer->retry_after_s;
      if (answer->status == STATUS_UNAUTHORIZED && !question->is_second)
        {
          question->is_second = TRUE;
          g_clear_pointer (&self->token, g_free);
          ask_for_token (task);
          return;
        }
      if (answer->status == STATUS_OK)
        answers = self->kind->read_answer (answer->body, (const char *const *) question->mails, question->from_us, question->to_us, &error);
      else
        error = explain (self, answer);
    }
  if (answers == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answers, (GDestroyNotify) g_ptr_array_unref);
}

static void
ask (GTask *task)
{
  LfOauthService    *self = g_task_get_source_object (task);
  Question          *question = g_task_get_task_data (task);
  g_autofree char   *url = self->kind->dup_url (self->config, (const char *const *) question->mails);
  g_autoptr (GBytes) body = self->kind->write_question ((const char *const *) question->mails, question->from_us, question->to_us);
  const char *const  headers[] = { "Prefer", self->kind->prefer, NULL };
  LfCalendarRequest  request = {
     .method = "POST",
     .url = url,
     .accept = "application/json",
     .content_type = "application/json",
     .body = body,
     .headers = self->kind->prefer != NULL ? headers : NULL,
     .bearer = self->token,
     .max_bytes = MAX_ANSWER_BYTES,
  };

  lf_calendar_http_send_async (self->http, &request, g_task_get_cancellable (task), on_answer, g_object_ref (task));
}

/* RFC 6749 section 5.1 */
static gboolean
take_token (LfOauthService *self,
            GBytes         *document)
{
  static const LfJsonLimits limits = { MAX_TOKEN_BYTES, 200, 8 };
  g_auto (LfJsonDocument)   json = { 0 };
  const LfJsonItem         *token;
  const LfJsonItem         *seconds;
  gsize                     length;
  const char               *text = g_bytes_get_data (document, &length);

  if (!lf_json_document_read (&json, text, length, &limits, NULL) || lf_json_document_get_root (&json)->type != LF_JSON_OBJECT)
    return FALSE;
  token = lf_json_item_find (lf_json_document_get_root (&json), "access_token");
  seconds = lf_json_item_find (lf_json_document_get_root (&json), "expires_in");
  if (token == NULL || token->type != LF_JSON_STRING || token->length == 0 || seconds == NULL || seconds->type != LF_JSON_NUMBER || seconds->number < 1)
    return FALSE;
  g_free (self->token);
  self->token = g_strndup (token->text, token->length);
  self->until_us = g_get_monotonic_time () + (gint64) (MIN (seconds->number, MAX_TOKEN_S) - SPARE_S) * G_USEC_PER_SEC;
  return TRUE;
}

static void
on_token (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  LfOauthService              *self = g_task_get_source_object (task);
  Question                    *question = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfCalendarAnswer) answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &error);

  if (answer != NULL)
    {
      question->retry_after_s = answer->retry_after_s;
      if (answer->status == STATUS_BAD_REQUEST || answer->status == STATUS_UNAUTHORIZED)
        error = g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN,
                             "The service gives us no token (HTTP %u); look at the account and its secret.", answer->status);
      else if (answer->status != STATUS_OK)
        lf_calendar_answer_to_error (answer, &error);
      else if (!take_token (self, answer->body))
        error = g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "The service's token cannot be read.");
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    ask (task);
}

static void
ask_for_token (GTask *task)
{
  LfOauthService    *self = g_task_get_source_object (task);
  GError            *error = NULL;
  g_autofree char   *url = self->kind->dup_token_url (self->config);
  g_autofree char   *form = self->kind->dup_form (self->config, g_get_real_time (), &error);
  g_autoptr (GBytes) body = form == NULL ? NULL : g_bytes_new (form, strlen (form));
  LfCalendarRequest  request = {
     .method = "POST",
     .url = url,
     .accept = "application/json",
     .content_type = "application/x-www-form-urlencoded",
     .body = body,
     .max_bytes = MAX_TOKEN_BYTES,
  };

  if (form == NULL || url == NULL)
    g_task_return_error (task, error != NULL ? error : g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN, "The account does not say where tokens are given."));
  else
    lf_calendar_http_send_async (self->http, &request, g_task_get_cancellable (task), on_token, g_object_ref (task));
}

static void
lf_oauth_service_query_async (LfFreeBusyService  *service,
                              const char *const  *mails,
                              gint64              from_us,
                              gint64              to_us,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  LfOauthService   *self = LF_OAUTH_SERVICE (service);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question         *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, lf_oauth_service_query_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  question->mails = g_strdupv ((char **) mails);
  question->from_us = from_us;
  question->to_us = to_us;
  if (self->token == NULL || g_get_monotonic_time () >= self->until_us)
    ask_for_token (task);
  else
    ask (task);
}

static GPtrArray *
lf_oauth_service_query_finish (LfFreeBusyService *service,
                               GAsyncResult      *result,
                               guint             *retry_after_s,
                               GError           **error)
{
  *retry_after_s = ((Question *) g_task_get_task_data (G_TASK (result)))->retry_after_s;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static guint
lf_oauth_service_get_max_people (LfFreeBusyService *service)
{
  return LF_OAUTH_SERVICE (service)->kind->max_people;
}

static void
lf_oauth_service_service_init (LfFreeBusyServiceInterface *iface)
{
  iface->get_max_people = lf_oauth_service_get_max_people;
  iface->query_async = lf_oauth_service_query_async;
  iface->query_finish = lf_oauth_service_query_finish;
}

static void
lf_oauth_service_finalize (GObject *object)
{
  LfOauthService *self = LF_OAUTH_SERVICE (object);

  lf_calendar_source_config_free (self->config);
  g_object_unref (self->http);
  g_free (self->token);
  G_OBJECT_CLASS (lf_oauth_service_parent_class)->finalize (object);
}

static void
lf_oauth_service_class_init (LfOauthServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_oauth_service_finalize;
}

static void
lf_oauth_service_init (LfOauthService *self)
{
}

/**
 * lf_oauth_service_new:
 * @config: a group of %LF_CALENDAR_GRAPH or %LF_CALENDAR_GOOGLE
 * @kind: what is particular to that one
 *
 * Returns: (transfer full): the service
 */
LfFreeBusyService *
lf_oauth_service_new (const LfCalendarSourceConfig *config,
                      const LfOauthKind            *kind)
{
  LfOauthService *self;

  g_return_val_if_fail (config != NULL && config->url != NULL && kind != NULL, NULL);

  self = g_object_new (LF_TYPE_OAUTH_SERVICE, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->kind = kind;
  self->http = lf_calendar_http_new (config);
  return LF_FREE_BUSY_SERVICE (self);
}
