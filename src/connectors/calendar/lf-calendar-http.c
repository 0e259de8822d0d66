/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "lf-calendar-content.h"
#include "lf-calendar-guard.h"
#include "lf-calendar-http.h"
#include "lf-calendar-trouble.h"
#include "lf-error.h"
#include "lf-ical-splitter.h"
#include "lf-timer.h"

#define KEEP_ALIVE_S             2 /* within one reading; the next comes minutes later */
#define DEADLINE_MS              60000
#define MAX_REDIRECTS            5
#define MAX_RETRY_AFTER_S        (24 * 60 * 60)
#define STATUS_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup has no name for it */

struct _LfCalendarHttp
{
  GObject parent_instance;

  LfCalendarSourceConfig *config;  /* owned */
  SoupSession            *session; /* owned */
};

G_DEFINE_FINAL_TYPE (LfCalendarHttp, lf_calendar_http, G_TYPE_OBJECT)

/* One request with its redirects: the task's data. */
typedef struct
{
  LfCalendarHttp   *http;         /* borrowed: the task's source object */
  SoupMessage      *message;      /* owned, nullable: the request on its way */
  GUri             *uri;          /* owned */
  char             *method;       /* owned */
  char             *accept;       /* owned, nullable */
  char             *content_type; /* owned, nullable */
  GBytes           *body;         /* owned, nullable */
  GStrv             headers;      /* owned, nullable */
  char             *bearer;       /* owned, nullable */
  gsize             max_bytes;
  LfCalendarAnswer *answer;   /* owned, nullable until one came */
  GCancellable     *stop;     /* owned */
  GError           *refusal;  /* owned, nullable: why @stop was cancelled */
  GSource          *deadline; /* owned */
  gulong            cancelled_id;
  guint             n_redirects;
  LfCalendarStage   stage;
} Exchange;

static void send_request (GTask *task);

static void
drop_message (Exchange *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
}

static void
exchange_free (Exchange *self)
{
  lf_timer_clear (&self->deadline);
  drop_message (self);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->answer, lf_calendar_answer_free);
  g_clear_object (&self->stop);
  g_clear_error (&self->refusal);
  g_strfreev (self->headers);
  g_free (self->method);
  g_free (self->accept);
  g_free (self->content_type);
  g_free (self->bearer);
  g_free (self);
}

/* Ends the task. */
static void
finish (GTask  *task,
        GError *error)
{
  Exchange     *exchange = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  lf_timer_clear (&exchange->deadline);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, exchange->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&error);
      return;
    }
  if (exchange->refusal != NULL)
    {
      g_clear_error (&error);
      error = g_steal_pointer (&exchange->refusal);
    }
  if (error != NULL && error->domain != LF_ERROR)
    {
      GError *explained = lf_calendar_trouble_explain (error, exchange->uri, exchange->stage);

      g_error_free (error);
      error = explained;
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&exchange->answer), (GDestroyNotify) lf_calendar_answer_free);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Exchange *exchange = user_data;

  lf_timer_clear (&exchange->deadline);
  if (exchange->refusal == NULL)
    exchange->refusal = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE,
                                     "The address did not give its calendar within %d seconds.", DEADLINE_MS / 1000);
  g_cancellable_cancel (exchange->stop);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  Exchange *exchange = user_data;

  g_cancellable_cancel (exchange->stop);
}

/* Before anything is sent: where does this connection really go? */
static void
on_network_event (SoupMessage       *message,
                  GSocketClientEvent event,
                  GIOStream         *connection,
                  gpointer           user_data)
{
  Exchange *exchange = user_data;

  if (exchange->refusal != NULL || (event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED))
    return;
  if (!lf_calendar_guard_check_endpoint (connection, &exchange->refusal))
    g_cancellable_cancel (exchange->stop);
}

/* The part of a host's name that somebody owns: "example.org" of "dav.example.org". */
static const char *
get_domain (const char *host)
{
  const char *domain = soup_tld_get_base_domain (host, NULL);

  return domain != NULL ? domain : host;
}

/* Whether credentials may go to @uri: a redirect, or a server's answer, names other machines of its own
 * domain, as big services do, but none of somebody else. */
static gboolean
is_trusted (LfCalendarHttp *self,
            GUri           *uri)
{
  g_autoptr (GUri) configured = g_uri_parse (self->config->url, SOUP_HTTP_URI_FLAGS, NULL);

  return configured != NULL && g_ascii_strcasecmp (get_domain (g_uri_get_host (uri)), get_domain (g_uri_get_host (configured))) == 0;
}

static gboolean
on_authenticate (SoupMessage *message,
                 SoupAuth    *auth,
                 gboolean     is_retrying,
                 gpointer     user_data)
{
  LfCalendarHttp *self = ((Exchange *) user_data)->http;

  if (is_retrying || self->config->secret == NULL || self->config->auth == LF_CALENDAR_AUTH_BEARER ||
      !is_trusted (self, soup_message_get_uri (message)))
    return FALSE;
  soup_auth_authenticate (auth, self->config->login != NULL ? self->config->login : "", self->config->secret);
  return TRUE;
}

static void
set_body (SoupMessage *message,
          Exchange    *exchange)
{
  if (exchange->body != NULL)
    soup_message_set_request_body_from_bytes (message, exchange->content_type, exchange->body);
}

static void
on_starting (SoupMessage *message,
             gpointer     user_data)
{
  ((Exchange *) user_data)->stage = LF_CALENDAR_STAGE_ASKED;
}

/* Asked again with credentials, a message has lost its body. */
static void
on_restarted (SoupMessage *message,
              gpointer     user_data)
{
  set_body (message, user_data);
}

/* Seconds from a Retry-After of seconds or of a date. */
static guint
read_retry_after (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  guint64     seconds = 0;

  if (text == NULL)
    return 0;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    {
      g_autoptr (GDateTime) date = soup_date_time_new_from_http_string (text);
      gint64                wait_s = date == NULL ? 0 : g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC;

      seconds = (guint64) MAX (wait_s, 0);
    }
  return (guint) MIN (seconds, MAX_RETRY_AFTER_S);
}

static void
on_body_drained (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange         *exchange = g_task_get_task_data (task);
  GError           *error = NULL;

  exchange->answer->body = lf_calendar_drain_finish (result, &error);
  finish (task, error);
}

/* Goes where a redirect points to, if it may. What was asked with a body is asked so again, as WebDAV
 * does; a form is not sent to another place. */
static void
follow_redirect (GTask *task)
{
  Exchange        *exchange = g_task_get_task_data (task);
  const char      *location = soup_message_headers_get_one (soup_message_get_response_headers (exchange->message), "Location");
  g_autoptr (GUri) uri = NULL;
  GError          *error = NULL;

  if (location != NULL)
    uri = g_uri_parse_relative (exchange->uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL)
    error = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The address redirects to nowhere.");
  else if (++exchange->n_redirects > MAX_REDIRECTS)
    error = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The address redirects more than %d times.", MAX_REDIRECTS);
  else if (lf_calendar_guard_check_uri (uri, &error) && g_str_equal (g_uri_get_scheme (exchange->uri), "https") &&
           !g_str_equal (g_uri_get_scheme (uri), "https"))
    error = g_error_new (LF_ERROR, LF_ERROR_INSECURE, "The address redirects from https to http.");
  if (error != NULL)
    {
      finish (task, error);
      return;
    }
  g_uri_unref (exchange->uri);
  exchange->uri = g_steal_pointer (&uri);
  send_request (task);
}

static void
on_reply_come (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask)        task = user_data;
  g_autoptr (GInputStream) body = NULL;
  Exchange                *exchange = g_task_get_task_data (task);
  SoupMessageHeaders      *headers;
  GError                  *error = NULL;
  guint                    status;

  body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (body == NULL)
    {
      finish (task, error);
      return;
    }
  headers = soup_message_get_response_headers (exchange->message);
  status = soup_message_get_status (exchange->message);
  if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED && !g_str_equal (exchange->method, "POST"))
    {
      follow_redirect (task);
      return;
    }
  exchange->stage = LF_CALENDAR_STAGE_ANSWERED;
  exchange->answer = g_new0 (LfCalendarAnswer, 1);
  exchange->answer->status = status;
  exchange->answer->uri = g_uri_ref (exchange->uri);
  exchange->answer->retry_after_s = read_retry_after (headers);
  exchange->answer->headers = soup_message_headers_ref (headers);
  lf_calendar_drain_async (body, exchange->max_bytes, exchange->stop, on_body_drained, g_steal_pointer (&task));
}

static void
set_authorization (LfCalendarHttp     *self,
                   Exchange           *exchange,
                   SoupMessageHeaders *headers)
{
  g_autofree char *value = NULL;
  const char      *token = exchange->bearer;

  if (token == NULL && self->config->auth == LF_CALENDAR_AUTH_BEARER && is_trusted (self, exchange->uri))
    token = self->config->secret;
  if (token == NULL || strpbrk (token, "\r\n") != NULL)
    return;
  value = g_strconcat ("Bearer ", token, NULL);
  soup_message_headers_replace (headers, "Authorization", value);
}

static void
send_request (GTask *task)
{
  LfCalendarHttp     *self = g_task_get_source_object (task);
  Exchange           *exchange = g_task_get_task_data (task);
  SoupMessageHeaders *headers;

  drop_message (exchange);
  exchange->stage = LF_CALENDAR_STAGE_CONNECTING;
  exchange->message = soup_message_new_from_uri (exchange->method, exchange->uri);
  soup_message_add_flags (exchange->message, SOUP_MESSAGE_NO_REDIRECT);
  /* it changes nothing (RFC 3253 section 3.6); libsoup does not know, and would make a connection for each */
  if (g_str_equal (exchange->method, "REPORT"))
    soup_message_add_flags (exchange->message, SOUP_MESSAGE_IDEMPOTENT);
  if (!self->config->may_be_private)
    g_signal_connect (exchange->message, "network-event", G_CALLBACK (on_network_event), exchange);
  if (exchange->bearer == NULL)
    g_signal_connect (exchange->message, "authenticate", G_CALLBACK (on_authenticate), exchange);
  headers = soup_message_get_request_headers (exchange->message);
  if (exchange->accept != NULL)
    soup_message_headers_replace (headers, "Accept", exchange->accept);
  for (char **header = exchange->headers; header != NULL && header[0] != NULL && header[1] != NULL; header += 2)
    soup_message_headers_replace (headers, header[0], header[1]);
  set_authorization (self, exchange, headers);
  g_signal_connect (exchange->message, "starting", G_CALLBACK (on_starting), exchange);
  g_signal_connect (exchange->message, "restarted", G_CALLBACK (on_restarted), exchange);
  set_body (exchange->message, exchange);
  soup_session_send_async (self->session, exchange->message, G_PRIORITY_DEFAULT, exchange->stop, on_reply_come,
                           g_object_ref (task));
}

static void
lf_calendar_http_dispose (GObject *object)
{
  LfCalendarHttp *self = LF_CALENDAR_HTTP (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lf_calendar_http_parent_class)->dispose (object);
}

static void
lf_calendar_http_finalize (GObject *object)
{
  LfCalendarHttp *self = LF_CALENDAR_HTTP (object);

  lf_calendar_source_config_free (self->config);
  G_OBJECT_CLASS (lf_calendar_http_parent_class)->finalize (object);
}

static void
lf_calendar_http_class_init (LfCalendarHttpClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_calendar_http_dispose;
  object_class->finalize = lf_calendar_http_finalize;
}

static void
lf_calendar_http_init (LfCalendarHttp *self)
{
}

/* libsoup offers Basic and Digest by itself; what the configuration asks for is taken alone. */
static void
choose_auth (SoupSession   *session,
             LfCalendarAuth auth)
{
  const GType types[] = { SOUP_TYPE_AUTH_BASIC, SOUP_TYPE_AUTH_DIGEST, SOUP_TYPE_AUTH_NTLM, SOUP_TYPE_AUTH_NEGOTIATE };
  GType       wanted = G_TYPE_NONE;

  if (auth == LF_CALENDAR_AUTH_ANY)
    {
      soup_session_add_feature_by_type (session, SOUP_TYPE_AUTH_NTLM);
      return;
    }
  if (auth == LF_CALENDAR_AUTH_BASIC)
    wanted = SOUP_TYPE_AUTH_BASIC;
  else if (auth == LF_CALENDAR_AUTH_NTLM)
    wanted = SOUP_TYPE_AUTH_NTLM;
  else if (auth == LF_CALENDAR_AUTH_NEGOTIATE)
    wanted = SOUP_TYPE_AUTH_NEGOTIATE;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (types[i] == wanted && !soup_session_has_feature (session, types[i]))
        soup_session_add_feature_by_type (session, types[i]);
      else if (types[i] != wanted && soup_session_has_feature (session, types[i]))
        soup_session_remove_feature_by_type (session, types[i]);
    }
}

/**
 * lf_calendar_http_new:
 * @config: a group with an address
 *
 * Returns: (transfer full): requests to it
 */
LfCalendarHttp *
lf_calendar_http_new (const LfCalendarSourceConfig *config)
{
  LfCalendarHttp *self;

  g_return_val_if_fail (config != NULL && config->url != NULL, NULL);

  self = g_object_new (LF_TYPE_CALENDAR_HTTP, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->session = soup_session_new_with_options ("user-agent", "lampfield-calendar/" LF_VERSION, "timeout", LF_CALENDAR_SILENCE_S,
                                                 "idle-timeout", KEEP_ALIVE_S, "max-conns", 1, "max-conns-per-host", 1,
                                                 "proxy-resolver", NULL, NULL);
  choose_auth (self->session, config->auth);
  return self;
}

/**
 * lf_calendar_http_send_async:
 * @self: requests to a place
 * @request: what to ask; not needed after the call
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Asks. At most five redirects are followed, but for POST, and none from https to http.
 */
void
lf_calendar_http_send_async (LfCalendarHttp          *self,
                             const LfCalendarRequest *request,
                             GCancellable            *cancellable,
                             GAsyncReadyCallback      callback,
                             gpointer                 user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Exchange         *exchange = g_new0 (Exchange, 1);
  GError           *error = NULL;

  g_return_if_fail (LF_IS_CALENDAR_HTTP (self));
  g_return_if_fail (request != NULL && request->method != NULL && request->url != NULL);

  g_task_set_source_tag (task, lf_calendar_http_send_async);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->http = self;
  exchange->method = g_strdup (request->method);
  exchange->accept = g_strdup (request->accept);
  exchange->content_type = g_strdup (request->content_type);
  exchange->body = request->body == NULL ? NULL : g_bytes_ref (request->body);
  exchange->headers = g_strdupv ((char **) request->headers);
  exchange->bearer = g_strdup (request->bearer);
  exchange->max_bytes = request->max_bytes == 0 ? LF_ICAL_MAX_FEED_BYTES : request->max_bytes;
  exchange->stop = g_cancellable_new ();
  exchange->uri = g_uri_parse (request->url, SOUP_HTTP_URI_FLAGS, &error);
  if (exchange->uri == NULL || !lf_calendar_guard_check_uri (exchange->uri, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  lf_timer_start (&exchange->deadline, DEADLINE_MS, on_deadline_passed, exchange);
  if (cancellable != NULL)
    exchange->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), exchange, NULL);
  send_request (task);
}

/**
 * lf_calendar_http_send_finish:
 * @self: requests to a place
 * @result: what the callback got
 * @error: set to %LF_ERROR_INSECURE, %LF_ERROR_FORBIDDEN for an address that is not to be asked,
 *   %LF_ERROR_TOO_LARGE, %LF_ERROR_UNAVAILABLE, or as the network does
 *
 * Returns: (transfer full) (nullable): the answer, of any status
 */
LfCalendarAnswer *
lf_calendar_http_send_finish (LfCalendarHttp *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lf_calendar_answer_get_header:
 * @self: an answer
 * @name: of a header
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
lf_calendar_answer_get_header (const LfCalendarAnswer *self,
                               const char             *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return soup_message_headers_get_one (self->headers, name);
}

/**
 * lf_calendar_answer_to_error:
 * @self: an answer whose status is of no use
 * @error: set to %LF_ERROR_FORBIDDEN, %LF_ERROR_NOT_FOUND, %LF_ERROR_RATE_LIMITED or %LF_ERROR_UNAVAILABLE
 *
 * Says what the status means to whoever reads the log.
 *
 * Returns: %FALSE
 */
gboolean
lf_calendar_answer_to_error (const LfCalendarAnswer *self,
                             GError                **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  switch (self->status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      g_set_error (error, LF_ERROR, LF_ERROR_FORBIDDEN,
                   "The address does not let us read the calendar (HTTP %u); look at its link or password.", self->status);
      break;

    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      g_set_error (error, LF_ERROR, LF_ERROR_NOT_FOUND,
                   "There is no calendar at the address any more (HTTP %u).", self->status);
      break;

    case STATUS_TOO_MANY_REQUESTS:
      g_set_error (error, LF_ERROR, LF_ERROR_RATE_LIMITED, "The address asks us to come less often (HTTP %u).", self->status);
      break;

    default:
      g_set_error (error, LF_ERROR, LF_ERROR_UNAVAILABLE, "The address answered HTTP %u.", self->status);
    }
  return FALSE;
}

/**
 * lf_calendar_answer_free:
 * @self: (transfer full): an answer
 */
void
lf_calendar_answer_free (LfCalendarAnswer *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self);
}
