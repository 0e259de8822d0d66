/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-content.h"
#include "lf-calendar-http.h"
#include "lf-error.h"

#define STATUS_OK           200
#define STATUS_NOT_MODIFIED 304
#define MAX_TAG_BYTES       500

/* One reading of an address: the task's data. */
typedef struct
{
  char *known_tag;      /* owned, nullable */
  char *known_modified; /* owned, nullable */
  guint retry_after_s;
} Fetch;

static void
fetch_free (Fetch *self)
{
  g_free (self->known_tag);
  g_free (self->known_modified);
  g_free (self);
}

/* What to remember of a header; a 304 need not repeat it. */
static char *
copy_header (const LfCalendarAnswer *answer,
             const char             *name,
             const char             *known)
{
  const char *text = lf_calendar_answer_get_header (answer, name);

  if (text == NULL && answer->status == STATUS_NOT_MODIFIED)
    text = known;
  return text == NULL || strlen (text) > MAX_TAG_BYTES ? NULL : g_strdup (text);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  Fetch                       *fetch = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfCalendarAnswer) answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &error);
  LfCalendarContent           *content;

  if (answer != NULL)
    fetch->retry_after_s = answer->retry_after_s;
  if (answer == NULL ||
      (answer->status != STATUS_OK &&
       !(answer->status == STATUS_NOT_MODIFIED && (fetch->known_tag != NULL || fetch->known_modified != NULL)) &&
       !lf_calendar_answer_to_error (answer, &error)))
    {
      g_task_return_error (task, error);
      return;
    }
  content = g_new0 (LfCalendarContent, 1);
  content->tag = copy_header (answer, "ETag", fetch->known_tag);
  content->modified = copy_header (answer, "Last-Modified", fetch->known_modified);
  if (answer->status == STATUS_OK)
    content->bytes = g_bytes_ref (answer->body);
  g_task_return_pointer (task, content, (GDestroyNotify) lf_calendar_content_free);
}

/**
 * lf_calendar_fetch_async:
 * @http: requests to the place
 * @url: where the calendar is
 * @tag: (nullable): ETag from the last reading
 * @modified: (nullable): Last-Modified from the last reading
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads a calendar from an address, unless it says that nothing changed.
 */
void
lf_calendar_fetch_async (LfCalendarHttp     *http,
                         const char         *url,
                         const char         *tag,
                         const char         *modified,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask)     task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GPtrArray) headers = g_ptr_array_new ();
  Fetch                *fetch = g_new0 (Fetch, 1);
  LfCalendarRequest     request = { .method = "GET", .url = url, .accept = "text/calendar, */*;q=0.1" };

  g_return_if_fail (url != NULL);

  g_task_set_source_tag (task, lf_calendar_fetch_async);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  fetch->known_tag = g_strdup (tag);
  fetch->known_modified = g_strdup (modified);
  if (tag != NULL)
    {
      g_ptr_array_add (headers, (gpointer) "If-None-Match");
      g_ptr_array_add (headers, (gpointer) tag);
    }
  if (modified != NULL)
    {
      g_ptr_array_add (headers, (gpointer) "If-Modified-Since");
      g_ptr_array_add (headers, (gpointer) modified);
    }
  g_ptr_array_add (headers, NULL);
  request.headers = (const char *const *) headers->pdata;
  lf_calendar_http_send_async (http, &request, cancellable, on_answer, g_steal_pointer (&task));
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
