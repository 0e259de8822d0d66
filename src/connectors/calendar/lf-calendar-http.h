/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-calendar-config.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_HTTP (lf_calendar_http_get_type ())

/**
 * LfCalendarHttp:
 *
 * Requests to one place of the configuration, with its credentials. Each connection is checked before a
 * byte is sent (lf-calendar-guard), each answer is bounded, each request has a deadline of a minute.
 * Credentials go to the domain of the configured address alone. Proxies are not used.
 */
G_DECLARE_FINAL_TYPE (LfCalendarHttp, lf_calendar_http, LF, CALENDAR_HTTP, GObject)

/**
 * LfCalendarRequest:
 * @method: "GET", "POST", "PROPFIND", "REPORT"
 * @url: an address
 * @accept: (nullable): what may come
 * @content_type: (nullable): of @body
 * @body: (nullable): what to send
 * @headers: (nullable) (array zero-terminated=1): further ones: name, value, name, value
 * @bearer: (nullable): a token, in place of the credentials of the configuration
 * @max_bytes: most bytes of an answer, decoded; 0 is %LF_ICAL_MAX_FEED_BYTES
 *
 * One request; all borrowed for the call.
 */
typedef struct
{
  const char        *method;
  const char        *url;
  const char        *accept;
  const char        *content_type;
  GBytes            *body;
  const char *const *headers;
  const char        *bearer;
  gsize              max_bytes;
} LfCalendarRequest;

/**
 * LfCalendarAnswer:
 * @status: of HTTP
 * @body: what came; empty for a redirect that is not followed
 * @uri: where it came from, after redirects
 * @retry_after_s: seconds the other end asked to wait, at most a day, or 0
 *
 * An answer, of whatever status.
 */
typedef struct _LfCalendarAnswer LfCalendarAnswer;
struct _LfCalendarAnswer
{
  guint   status;
  GBytes *body;
  GUri   *uri;
  guint   retry_after_s;
  /*< private >*/
  gpointer headers;
};

LfCalendarHttp   *lf_calendar_http_new (const LfCalendarSourceConfig *config);
void              lf_calendar_http_send_async (LfCalendarHttp *self, const LfCalendarRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfCalendarAnswer *lf_calendar_http_send_finish (LfCalendarHttp *self, GAsyncResult *result, GError **error);
const char       *lf_calendar_answer_get_header (const LfCalendarAnswer *self, const char *name);
gboolean          lf_calendar_answer_to_error (const LfCalendarAnswer *self, GError **error);
void              lf_calendar_answer_free (LfCalendarAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarAnswer, lf_calendar_answer_free)

G_END_DECLS
