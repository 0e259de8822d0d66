/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-caldav-request.h"
#include "lf-error.h"

#define STATUS_MULTISTATUS 207
#define MAX_BATCH_BYTES    (16 * 1024 * 1024)
#define PROLOGUE           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define NAMES              " xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:CS=\"http://calendarserver.org/ns/\""

/* One question: the task's data. */
typedef struct
{
  char    *url; /* owned, nullable: where the answer came from */
  guint    retry_after_s;
  gboolean was_refused; /* by a status, rather than by the network */
} Question;

static void
question_free (Question *self)
{
  g_free (self->url);
  g_free (self);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  Question                    *question = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfCalendarAnswer) answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &error);
  LfDavMultistatus            *said = NULL;

  if (answer != NULL)
    {
      question->retry_after_s = answer->retry_after_s;
      question->url = g_uri_to_string (answer->uri);
      question->was_refused = answer->status != STATUS_MULTISTATUS;
      if (answer->status == STATUS_MULTISTATUS)
        said = lf_dav_multistatus_parse (answer->body, &error);
      else
        lf_calendar_answer_to_error (answer, &error);
    }
  if (said == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, said, (GDestroyNotify) lf_dav_multistatus_free);
}

static void
ask (LfCalendarHttp     *http,
     const char         *method,
     const char         *url,
     const char         *depth,
     GString            *text,
     gsize               max_bytes,
     GCancellable       *cancellable,
     GAsyncReadyCallback callback,
     gpointer            user_data)
{
  g_autoptr (GTask)       task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GBytes)      body = g_string_free_to_bytes (text);
  const char *const       headers[] = { "Depth", depth, NULL };
  const LfCalendarRequest request = { method, url, "application/xml, text/xml", "application/xml; charset=utf-8", body, headers, NULL, max_bytes };

  g_task_set_source_tag (task, ask);
  g_task_set_task_data (task, g_new0 (Question, 1), (GDestroyNotify) question_free);
  lf_calendar_http_send_async (http, &request, cancellable, on_answer, g_steal_pointer (&task));
}

/**
 * lf_caldav_describe_async:
 * @http: requests to the server
 * @url: a resource
 * @depth: "0" for it alone, "1" for those below it too
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Source: RFC 4791 sections 5.2 and 6.2, RFC 5397, RFC 6578 section 4, RFC 6638 section 9.1.
 */
void
lf_caldav_describe_async (LfCalendarHttp     *http,
                          const char         *url,
                          const char         *depth,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  ask (http, "PROPFIND", url, depth,
       g_string_new (PROLOGUE "<D:propfind" NAMES "><D:prop><D:resourcetype/><D:displayname/><D:owner/><D:current-user-principal/>"
                              "<D:sync-token/><CS:getctag/><C:calendar-home-set/><C:supported-calendar-component-set/>"
                              "<C:schedule-calendar-transp/></D:prop></D:propfind>"),
       MAX_BATCH_BYTES, cancellable, callback, user_data);
}

/**
 * lf_caldav_list_async:
 * @http: requests to the server
 * @url: a calendar
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 */
void
lf_caldav_list_async (LfCalendarHttp     *http,
                      const char         *url,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  ask (http, "PROPFIND", url, "1",
       g_string_new (PROLOGUE "<D:propfind" NAMES "><D:prop><D:getetag/><D:resourcetype/></D:prop></D:propfind>"), 0, cancellable,
       callback, user_data);
}

/**
 * lf_caldav_changes_async:
 * @http: requests to the server
 * @url: a calendar
 * @token: from the last answer, or ""
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Source: RFC 6578 section 3.
 */
void
lf_caldav_changes_async (LfCalendarHttp     *http,
                         const char         *url,
                         const char         *token,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GString         *body = g_string_new (PROLOGUE "<D:sync-collection" NAMES "><D:sync-token>");
  g_autofree char *escaped = g_markup_escape_text (token, -1);

  g_string_append (body, escaped);
  g_string_append (body, "</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>");
  ask (http, "REPORT", url, "0", body, 0, cancellable, callback, user_data);
}

/**
 * lf_caldav_fetch_async:
 * @http: requests to the server
 * @url: a calendar
 * @hrefs: (array length=n_hrefs): objects of it, as the server named them
 * @n_hrefs: how many
 * @cancellable: (nullable): ends it
 * @callback: called at the end; %LF_ERROR_TOO_LARGE is worth asking for fewer
 * @user_data: for @callback
 *
 * Source: RFC 4791 section 7.9.
 */
void
lf_caldav_fetch_async (LfCalendarHttp     *http,
                       const char         *url,
                       const char *const  *hrefs,
                       guint               n_hrefs,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GString *body = g_string_new (PROLOGUE "<C:calendar-multiget" NAMES "><D:prop><D:getetag/><C:calendar-data/></D:prop>");

  for (guint i = 0; i < n_hrefs; i++)
    {
      g_autofree char *escaped = g_markup_escape_text (hrefs[i], -1);

      g_string_append_printf (body, "<D:href>%s</D:href>", escaped);
    }
  g_string_append (body, "</C:calendar-multiget>");
  ask (http, "REPORT", url, "1", body, MAX_BATCH_BYTES, cancellable, callback, user_data);
}

/**
 * lf_caldav_finish:
 * @result: what the callback got
 * @url: (out) (optional): where the answer came from, after redirects
 * @retry_after_s: (inout): raised to the seconds the server asked to wait
 * @error: set as lf_calendar_http_send_finish() and lf_calendar_answer_to_error() do, and to
 *   %LF_ERROR_BAD_FRAME
 *
 * Returns: (transfer full) (nullable): the answer
 */
LfDavMultistatus *
lf_caldav_finish (GAsyncResult *result,
                  char        **url,
                  guint        *retry_after_s,
                  GError      **error)
{
  Question *question = g_task_get_task_data (G_TASK (result));

  *retry_after_s = MAX (*retry_after_s, question->retry_after_s);
  if (url != NULL)
    *url = g_strdup (question->url);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lf_caldav_was_refused:
 * @result: what the callback got
 *
 * Returns: %TRUE if the server answered, and with another status than 207
 */
gboolean
lf_caldav_was_refused (GAsyncResult *result)
{
  return ((Question *) g_task_get_task_data (G_TASK (result)))->was_refused;
}
