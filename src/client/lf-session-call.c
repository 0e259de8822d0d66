/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-session-private.h"

typedef struct
{
  char           *method;
  char           *path;
  char           *token;       /* owned, nullable; the access token it was sent with */
  char          **headers;     /* owned, nullable */
  const LfSchema *body_schema; /* static, nullable */
  gpointer        body;        /* owned copy, nullable */
  const LfSchema *reply_schema;
  gpointer        reply; /* owned until taken, nullable */
  char           *etag;  /* owned, nullable */
  guint           status;
  guint           retry_after_s;
  gboolean        is_second;
} Call;

static void send_call (GTask *task);

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->body != NULL)
    lf_codec_free (call->body_schema, call->body);
  if (call->reply != NULL)
    lf_codec_free (call->reply_schema, call->reply);
  g_strfreev (call->headers);
  g_free (call->method);
  g_free (call->path);
  g_free (call->token);
  g_free (call->etag);
  g_free (call);
}

static void
on_call_refreshed (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  if (lf_session_refresh_finish (LF_SESSION (source), result, &error))
    send_call (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
on_call_answered (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  LfSession        *self = g_task_get_source_object (task);
  Call             *call = g_task_get_task_data (task);
  GError           *error = NULL;
  LfProblem         problem;

  g_clear_pointer (&call->etag, g_free);
  call->reply = lf_rest_call_finish (LF_REST (source), result, &call->status, &call->etag, &call->retry_after_s, &error);
  if (error == NULL)
    {
      if (call->reply == NULL && call->reply_schema != NULL) /* 304, though nothing was asked conditionally */
        g_task_return_error (task, lf_session_make_empty_error (self));
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  if (lf_rest_call_get_problem (LF_REST (source), result, &problem))
    {
      gboolean has_newer = g_strcmp0 (call->token, lf_rest_get_token (self->rest)) != 0;

      /* A server that started again has forgotten the tokens that had expired: the refresh token decides. */
      if (!call->is_second && (problem == LF_PROBLEM_TOKEN_EXPIRED || problem == LF_PROBLEM_UNAUTHORIZED))
        {
          g_error_free (error);
          call->is_second = TRUE;
          if (has_newer)
            send_call (g_steal_pointer (&task)); /* another call refreshed it meanwhile */
          else
            lf_session_refresh_async (self, g_task_get_cancellable (task), on_call_refreshed, g_object_ref (task));
          return;
        }
      if (problem == LF_PROBLEM_UNAUTHORIZED)
        lf_session_end (self, error);
    }
  g_task_return_error (task, error);
}

/* Takes @task. */
static void
send_call (GTask *task)
{
  LfSession *self = g_task_get_source_object (task);
  Call      *call = g_task_get_task_data (task);

  g_free (call->token);
  call->token = g_strdup (lf_rest_get_token (self->rest));
  lf_rest_call_async (self->rest, call->method, call->path, (const char *const *) call->headers, call->body_schema,
                      call->body, call->reply_schema, g_task_get_cancellable (task), on_call_answered, task);
}

/**
 * lf_session_get_clock:
 * @self: an #LfSession
 *
 * Returns: (transfer none): what time it is
 */
LfClock *
lf_session_get_clock (LfSession *self)
{
  g_return_val_if_fail (LF_IS_SESSION (self), NULL);

  return self->clock;
}

/**
 * lf_session_call_async:
 * @self: a signed-in #LfSession
 * @method: HTTP method
 * @path: below /api/v1, escaped where needed
 * @headers: (nullable): name, value, …, %NULL
 * @body_schema: (nullable): how @body is written
 * @body: (nullable): the struct of @body_schema; copied
 * @reply_schema: (nullable): what the answer must be
 * @cancellable: (nullable): cancels the call
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * As lf_rest_call_async(); refreshes first when the token has run out, and once when the server
 * says so.
 */
void
lf_session_call_async (LfSession          *self,
                       const char         *method,
                       const char         *path,
                       const char *const  *headers,
                       const LfSchema     *body_schema,
                       gconstpointer       body,
                       const LfSchema     *reply_schema,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Call             *call;

  g_return_if_fail (LF_IS_SESSION (self));
  g_return_if_fail (method != NULL && path != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_session_call_async);
  if (lf_session_refuse_when_over (self, task))
    return;
  call = g_new0 (Call, 1);
  call->method = g_strdup (method);
  call->path = g_strdup (path);
  call->headers = g_strdupv ((char **) headers);
  call->body_schema = body_schema;
  call->body = body != NULL ? lf_codec_copy (body_schema, body) : NULL;
  call->reply_schema = reply_schema;
  g_task_set_task_data (task, call, call_free);
  if (g_get_monotonic_time () < self->expires_at_mono_us)
    send_call (g_steal_pointer (&task));
  else
    lf_session_refresh_async (self, cancellable, on_call_refreshed, g_steal_pointer (&task));
}

/**
 * lf_session_call_finish:
 * @self: an #LfSession
 * @result: of the callback
 * @status: (out) (optional): HTTP status; 0 when there was no answer
 * @retry_after_s: (out) (optional): seconds the server asked to wait, or 0
 * @error: return location
 *
 * Returns: (transfer full) (nullable): as lf_rest_call_finish()
 */
gpointer
lf_session_call_finish (LfSession    *self,
                        GAsyncResult *result,
                        guint        *status,
                        guint        *retry_after_s,
                        GError      **error)
{
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  if (status != NULL)
    *status = call != NULL ? call->status : 0;
  if (retry_after_s != NULL)
    *retry_after_s = call != NULL ? call->retry_after_s : 0;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&call->reply);
}

/**
 * lf_session_call_get_etag:
 * @self: an #LfSession
 * @result: of the callback
 *
 * Before or after lf_session_call_finish().
 *
 * Returns: (nullable): the ETag of the answer
 */
const char *
lf_session_call_get_etag (LfSession    *self,
                          GAsyncResult *result)
{
  const Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  return call != NULL ? call->etag : NULL;
}

/* For the other file of the class. */

/**
 * lf_session_make_empty_error:
 * @self: the session
 *
 * Returns: (transfer full): %LF_ERROR_BAD_FRAME: an answer that says nothing where something is due
 */
GError *
lf_session_make_empty_error (LfSession *self)
{
  return g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” answers with nothing.", lf_rest_get_server (self->rest));
}

/**
 * lf_session_refuse_when_over:
 * @self: the session
 * @task: to be answered if there is nobody signed in
 *
 * Returns: %TRUE if it was answered
 */
gboolean
lf_session_refuse_when_over (LfSession *self,
                             GTask     *task)
{
  if (!self->is_over && self->refresh != NULL)
    return FALSE;
  g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
  return TRUE;
}
