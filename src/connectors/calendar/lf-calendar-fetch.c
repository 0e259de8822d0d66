/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "lf-calendar-content.h"
#include "lf-calendar-guard.h"
#include "lf-error.h"
#include "lf-timer.h"

#define IDLE_TIMEOUT_S           20
#define DEADLINE_MS              60000
#define MAX_REDIRECTS            5
#define MAX_RETRY_AFTER_S        (24 * 60 * 60)
#define MAX_TAG_BYTES            500
#define STATUS_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup has no name for it */

/* One reading of an address, with its redirects: the task's data. */
typedef struct
{
  SoupSession       *session;        /* owned; of this reading alone: no connection outlives its checks */
  SoupMessage       *message;        /* owned, nullable: the request on its way */
  GUri              *uri;            /* owned */
  char              *known_tag;      /* owned, nullable */
  char              *known_modified; /* owned, nullable */
  LfCalendarContent *content;        /* owned, nullable until an answer came */
  GCancellable      *stop;           /* owned */
  GError            *refusal;        /* owned, nullable: why @stop was cancelled */
  GSource           *deadline;       /* owned */
  gulong             cancelled_id;
  guint              n_redirects;
  guint              retry_after_s;
  gboolean           may_be_private;
} Fetch;

static void send_request (GTask *task);

static void
drop_message (Fetch *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
}

static void
fetch_free (Fetch *self)
{
  lf_timer_clear (&self->deadline);
  drop_message (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->content, lf_calendar_content_free);
  g_clear_object (&self->stop);
  g_clear_error (&self->refusal);
  g_free (self->known_tag);
  g_free (self->known_modified);
  g_free (self);
}

/* Ends the task. */
static void
finish (GTask  *task,
        GError *error)
{
  Fetch        *fetch = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  lf_timer_clear (&fetch->deadline);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, fetch->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&error);
      return;
    }
  if (fetch->refusal != NULL)
    {
      g_clear_error (&error);
      error = g_steal_pointer (&fetch->refusal);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&fetch->content), (GDestroyNotify) lf_calendar_content_free);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Fetch *fetch = user_data;

  lf_timer_clear (&fetch->deadline);
  if (fetch->refusal == NULL)
    fetch->refusal = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE,
                                  "The address did not give its calendar within %d seconds.", DEADLINE_MS / 1000);
  g_cancellable_cancel (fetch->stop);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  Fetch *fetch = user_data;

  g_cancellable_cancel (fetch->stop);
}

/* Before anything is sent: where does this connection really go? */
static void
on_network_event (SoupMessage       *message,
                  GSocketClientEvent event,
                  GIOStream         *connection,
                  gpointer           user_data)
{
  Fetch *fetch = user_data;

  if (fetch->may_be_private || fetch->refusal != NULL ||
      (event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED))
    return;
  if (!lf_calendar_guard_check_endpoint (connection, &fetch->refusal))
    g_cancellable_cancel (fetch->stop);
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

static char *
copy_header (SoupMessageHeaders *headers,
             const char         *name)
{
  const char *text = soup_message_headers_get_one (headers, name);

  return text == NULL || strlen (text) > MAX_TAG_BYTES ? NULL : g_strdup (text);
}

/* What a status other than 200, 304 and a redirect means to whoever reads the log. */
static GError *
explain_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN,
                          "The address does not let us read the calendar (HTTP %u); look at its link or password.", status);

    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return g_error_new (LF_ERROR, LF_ERROR_NOT_FOUND,
                          "There is no calendar at the address any more (HTTP %u).", status);

    case STATUS_TOO_MANY_REQUESTS:
      return g_error_new (LF_ERROR, LF_ERROR_RATE_LIMITED, "The address asks us to come less often (HTTP %u).", status);

    default:
      return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The address answered HTTP %u.", status);
    }
}

static void
on_body_drained (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch            *fetch = g_task_get_task_data (task);
  GError           *error = NULL;

  fetch->content->bytes = lf_calendar_drain_finish (result, &error);
  finish (task, error);
}

/* Goes where a redirect points to, if it may. */
static void
follow_redirect (GTask *task)
{
  Fetch           *fetch = g_task_get_task_data (task);
  const char      *location = soup_message_headers_get_one (soup_message_get_response_headers (fetch->message), "Location");
  g_autoptr (GUri) uri = NULL;
  GError          *error = NULL;

  if (location != NULL)
    uri = g_uri_parse_relative (fetch->uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL)
    error = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The address redirects to nowhere.");
  else if (++fetch->n_redirects > MAX_REDIRECTS)
    error = g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The address redirects more than %d times.", MAX_REDIRECTS);
  else if (lf_calendar_guard_check_uri (uri, &error) && g_str_equal (g_uri_get_scheme (fetch->uri), "https") &&
           !g_str_equal (g_uri_get_scheme (uri), "https"))
    error = g_error_new (LF_ERROR, LF_ERROR_INSECURE, "The address redirects from https to http.");
  if (error != NULL)
    {
      finish (task, error);
      return;
    }
  g_uri_unref (fetch->uri);
  fetch->uri = g_steal_pointer (&uri);
  send_request (task);
}

static void
on_reply_come (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask)        task = user_data;
  g_autoptr (GInputStream) body = NULL;
  Fetch                   *fetch = g_task_get_task_data (task);
  SoupMessageHeaders      *headers;
  GError                  *error = NULL;
  guint                    status;

  body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (body == NULL)
    {
      finish (task, error);
      return;
    }
  headers = soup_message_get_response_headers (fetch->message);
  status = soup_message_get_status (fetch->message);
  if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED)
    {
      follow_redirect (task);
      return;
    }
  if (status != SOUP_STATUS_OK &&
      !(status == SOUP_STATUS_NOT_MODIFIED && (fetch->known_tag != NULL || fetch->known_modified != NULL)))
    {
      fetch->retry_after_s = read_retry_after (headers);
      finish (task, explain_status (status));
      return;
    }

  fetch->content = g_new0 (LfCalendarContent, 1);
  fetch->content->tag = copy_header (headers, "ETag");
  fetch->content->modified = copy_header (headers, "Last-Modified");
  if (status == SOUP_STATUS_NOT_MODIFIED)
    {
      /* a 304 need not repeat them */
      if (fetch->content->tag == NULL)
        fetch->content->tag = g_strdup (fetch->known_tag);
      if (fetch->content->modified == NULL)
        fetch->content->modified = g_strdup (fetch->known_modified);
      finish (task, NULL);
      return;
    }
  lf_calendar_drain_async (body, fetch->stop, on_body_drained, g_steal_pointer (&task));
}

static void
send_request (GTask *task)
{
  Fetch              *fetch = g_task_get_task_data (task);
  SoupMessageHeaders *headers;

  drop_message (fetch);
  fetch->message = soup_message_new_from_uri ("GET", fetch->uri);
  soup_message_add_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (fetch->message, "network-event", G_CALLBACK (on_network_event), fetch);
  headers = soup_message_get_request_headers (fetch->message);
  soup_message_headers_replace (headers, "Accept", "text/calendar, */*;q=0.1");
  if (fetch->known_tag != NULL)
    soup_message_headers_replace (headers, "If-None-Match", fetch->known_tag);
  if (fetch->known_modified != NULL)
    soup_message_headers_replace (headers, "If-Modified-Since", fetch->known_modified);
  soup_session_send_async (fetch->session, fetch->message, G_PRIORITY_DEFAULT, fetch->stop, on_reply_come,
                           g_object_ref (task));
}

/**
 * lf_calendar_fetch_async:
 * @url: an https address, or one of http on loopback
 * @may_be_private: it may lead to this machine or a private network
 * @tag: (nullable): ETag from the last reading
 * @modified: (nullable): Last-Modified from the last reading
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads a calendar from an address, unless it says that nothing changed. At most five redirects
 * are followed; each connection is checked before a byte is sent. Proxies are not used.
 */
void
lf_calendar_fetch_async (const char         *url,
                         gboolean            may_be_private,
                         const char         *tag,
                         const char         *modified,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Fetch            *fetch = g_new0 (Fetch, 1);
  GError           *error = NULL;

  g_return_if_fail (url != NULL);

  g_task_set_source_tag (task, lf_calendar_fetch_async);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  fetch->may_be_private = may_be_private;
  fetch->known_tag = g_strdup (tag);
  fetch->known_modified = g_strdup (modified);
  fetch->stop = g_cancellable_new ();
  fetch->uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, &error);
  if (fetch->uri == NULL || !lf_calendar_guard_check_uri (fetch->uri, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  fetch->session = soup_session_new_with_options ("user-agent", "lampfield-calendar/" LF_VERSION,
                                                  "timeout", IDLE_TIMEOUT_S, "proxy-resolver", NULL, NULL);
  lf_timer_start (&fetch->deadline, DEADLINE_MS, on_deadline_passed, fetch);
  if (cancellable != NULL)
    fetch->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), fetch, NULL);
  send_request (task);
}

/**
 * lf_calendar_fetch_finish:
 * @result: what the callback got
 * @retry_after_s: (out) (optional): seconds the address asked to wait, or 0; set on errors too
 * @error: set to %LF_ERROR_INSECURE, %LF_ERROR_FORBIDDEN, %LF_ERROR_NOT_FOUND,
 *   %LF_ERROR_RATE_LIMITED, %LF_ERROR_TOO_LARGE, %LF_ERROR_UNAVAILABLE, or as the network does
 *
 * Returns: (transfer full) (nullable): what was read
 */
LfCalendarContent *
lf_calendar_fetch_finish (GAsyncResult *result,
                          guint        *retry_after_s,
                          GError      **error)
{
  Fetch *fetch;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  fetch = g_task_get_task_data (G_TASK (result));
  if (retry_after_s != NULL)
    *retry_after_s = fetch->retry_after_s;
  return g_task_propagate_pointer (G_TASK (result), error);
}
