/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-reply.h"
#include "lf-rest-private.h"
#include "lf-upgrade.h"

static void
on_upgraded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask)                   task = user_data;
  LfRest                             *rest = g_task_get_source_object (task);
  SoupMessage                        *message = g_task_get_task_data (task);
  g_autoptr (GError)                  cause = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
    soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &cause);
  guint status = soup_message_get_status (message);

  if (connection != NULL && g_strcmp0 (soup_websocket_connection_get_protocol (connection), LF_SUBPROTOCOL) == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&connection), g_object_unref);
      return;
    }
  if (connection != NULL)
    {
      soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, NULL);
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_VERSION, "“%s” speaks another version of the stream.",
                               lf_rest_get_server (rest));
    }
  else if (status == 0 || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                 ? g_steal_pointer (&cause)
                                 : lf_reply_explain_transport (lf_rest_get_server (rest), cause));
  else if (status == 401)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "“%s” does not take the token.",
                             lf_rest_get_server (rest));
  else if (status == 403)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_FORBIDDEN, "“%s” refuses the stream to this token.",
                             lf_rest_get_server (rest));
  else if (status == 426)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_VERSION, "“%s” speaks another version of the stream.",
                             lf_rest_get_server (rest));
  else
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not open the stream (status %u).",
                             lf_rest_get_server (rest), status);
}

/**
 * lf_upgrade_async:
 * @rest: carries the server and the token
 * @cancellable: (nullable): cancels the attempt
 * @callback: called when the stream is open or refused
 * @user_data: for @callback
 *
 * Makes one connection to the stream. Bounding the time is the caller's, by @cancellable.
 */
void
lf_upgrade_async (LfRest             *rest,
                  GCancellable       *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer            user_data)
{
  static const char *const protocols[] = { LF_SUBPROTOCOL, NULL };
  g_autoptr (GTask)        task = NULL;
  SoupMessage             *message;

  g_return_if_fail (LF_IS_REST (rest));

  task = g_task_new (rest, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_upgrade_async);
  message = lf_rest_new_message (rest, "GET", "/stream");
  g_task_set_task_data (task, message, g_object_unref);
  soup_message_disable_feature (message, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  soup_session_websocket_connect_async (lf_rest_get_soup (rest), message, NULL, (char **) protocols,
                                        G_PRIORITY_DEFAULT, cancellable, on_upgraded, g_steal_pointer (&task));
}

/**
 * lf_upgrade_finish:
 * @rest: the same
 * @result: of the callback
 * @status: (out): HTTP status; 0 when there was no answer
 * @retry_after_s: (out): seconds the server asked to wait, or 0
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the open connection; %LF_ERROR_UNAUTHORIZED,
 *   %LF_ERROR_FORBIDDEN, %LF_ERROR_VERSION, %LF_ERROR_INSECURE or %LF_ERROR_UNAVAILABLE
 */
SoupWebsocketConnection *
lf_upgrade_finish (LfRest       *rest,
                   GAsyncResult *result,
                   guint        *status,
                   guint        *retry_after_s,
                   GError      **error)
{
  SoupMessage *message;

  g_return_val_if_fail (g_task_is_valid (result, rest), NULL);

  message = g_task_get_task_data (G_TASK (result));
  *status = soup_message_get_status (message);
  *retry_after_s = lf_reply_parse_retry_after (
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After"),
    g_get_real_time () / G_USEC_PER_SEC);
  return g_task_propagate_pointer (G_TASK (result), error);
}
