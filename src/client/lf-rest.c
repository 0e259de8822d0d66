/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <libsoup/soup.h>

#include "lf-reply.h"
#include "lf-rest.h"
#include "lf-server-address.h"
#include "lf-timer.h"

#define READ_CHUNK_BYTES (32 * 1024)
#define MAX_CONNECTIONS  6

/**
 * LfRest:
 *
 * Every call is one #GTask whose data is a Call: the message, the bytes read so far, a deadline for
 * the whole, and a cancellable of its own that both the deadline and the caller's cancellable pull.
 * The bytes are counted while they are read, after decompression.
 */
struct _LfRest
{
  GObject parent_instance;

  char        *server; /* owned; normalised */
  char        *token;  /* owned, nullable */
  SoupSession *soup;   /* owned */
  guint        deadline_ms;
};

G_DEFINE_FINAL_TYPE (LfRest, lf_rest, G_TYPE_OBJECT)

typedef struct
{
  SoupMessage    *message;     /* owned */
  GInputStream   *stream;      /* owned, nullable until the head of the answer came */
  GByteArray     *text;        /* owned */
  const LfSchema *schema;      /* static, nullable */
  GCancellable   *cancellable; /* owned; the call's own */
  GCancellable   *outer;       /* owned, nullable; the caller's */
  gulong          outer_id;
  GSource        *deadline; /* owned, nullable */
  gboolean        has_timed_out;
  LfReply         reply;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  lf_timer_clear (&call->deadline);
  if (call->outer_id != 0)
    g_cancellable_disconnect (call->outer, call->outer_id);
  g_clear_object (&call->outer);
  g_clear_object (&call->cancellable);
  g_clear_object (&call->message);
  g_clear_object (&call->stream);
  g_byte_array_unref (call->text);
  lf_reply_clear (&call->reply);
  g_free (call);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Call *call = user_data;

  lf_timer_clear (&call->deadline);
  call->has_timed_out = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static Call *
call_new (LfRest         *self,
          SoupMessage    *message,
          const LfSchema *schema,
          GCancellable   *outer)
{
  Call *call = g_new0 (Call, 1);

  call->message = g_object_ref (message);
  call->text = g_byte_array_new ();
  call->schema = schema;
  call->cancellable = g_cancellable_new ();
  if (outer != NULL)
    {
      call->outer = g_object_ref (outer);
      call->outer_id = g_cancellable_connect (outer, G_CALLBACK (on_outer_cancelled),
                                              g_object_ref (call->cancellable), g_object_unref);
    }
  lf_timer_start (&call->deadline, self->deadline_ms, on_deadline_passed, call);
  return call;
}

static void
on_remains_closed (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
}

/* Ends the call without reading what is left: the connection is dropped, never waited for. */
static void
fail_call (GTask  *task,
           GError *error)
{
  Call   *call = g_task_get_task_data (task);
  LfRest *self = g_task_get_source_object (task);

  lf_timer_clear (&call->deadline);
  g_cancellable_cancel (call->cancellable);
  if (call->stream != NULL)
    g_input_stream_close_async (call->stream, G_PRIORITY_DEFAULT, call->cancellable, on_remains_closed, NULL);
  if (call->has_timed_out)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE,
                               "“%s” did not answer within %u seconds.", self->server,
                               MAX (self->deadline_ms / 1000, 1));
      g_error_free (error);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || error->domain == LF_ERROR)
    g_task_return_error (task, error);
  else
    {
      g_task_return_error (task, lf_reply_explain_transport (self->server, error));
      g_error_free (error);
    }
}

static void
finish_call (GTask *task)
{
  Call   *call = g_task_get_task_data (task);
  LfRest *self = g_task_get_source_object (task);
  GError *error = NULL;

  lf_timer_clear (&call->deadline);
  if (lf_reply_decode (&call->reply, self->server, (const char *) call->text->data, call->text->len,
                       call->schema, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_chunk_read (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  Call              *call = g_task_get_task_data (task);
  LfRest            *self = g_task_get_source_object (task);
  GError            *error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (call->stream, result, &error);
  gsize              size;
  gconstpointer      data;

  if (chunk == NULL)
    {
      fail_call (task, error);
      return;
    }
  data = g_bytes_get_data (chunk, &size);
  if (size == 0)
    {
      finish_call (task);
      return;
    }
  if (call->text->len + size > lf_json_limits_reply.max_bytes)
    {
      fail_call (task, g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME,
                                    "The answer of “%s” is longer than %" G_GSIZE_FORMAT " MiB.", self->server,
                                    lf_json_limits_reply.max_bytes / (1024 * 1024)));
      return;
    }
  g_byte_array_append (call->text, data, size);
  g_input_stream_read_bytes_async (call->stream, READ_CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable,
                                   on_chunk_read, g_object_ref (task));
}

static void
on_head_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Call             *call = g_task_get_task_data (task);
  GError           *error = NULL;

  call->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (call->stream == NULL)
    {
      fail_call (task, error);
      return;
    }
  lf_reply_set_head (&call->reply, soup_message_get_status (call->message),
                     soup_message_get_response_headers (call->message));
  g_input_stream_read_bytes_async (call->stream, READ_CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable,
                                   on_chunk_read, g_object_ref (task));
}

/* A message that carries the token, follows no redirect (a token must not travel to another origin)
 * and takes no part in caches. Returns: (nullable): NULL if @path makes no URI */
static SoupMessage *
make_message (LfRest     *self,
              const char *method,
              const char *path)
{
  g_autofree char *uri = g_strconcat (self->server, LF_API_PATH, path, NULL);
  SoupMessage     *message = soup_message_new (method, uri);

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (self->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);
    }
  return message;
}

/* A call on a connection that was cut is made again by libsoup, if it is idempotent; but without its
 * body, which has been read. */
static void
on_restarted (SoupMessage *message,
              gpointer     body)
{
  soup_message_set_request_body_from_bytes (message, "application/json", body);
}

static void
on_message_done (gpointer  body,
                 GClosure *closure)
{
  g_bytes_unref (body);
}

static void
lf_rest_dispose (GObject *object)
{
  LfRest *self = LF_REST (object);

  g_clear_object (&self->soup);

  G_OBJECT_CLASS (lf_rest_parent_class)->dispose (object);
}

static void
lf_rest_finalize (GObject *object)
{
  LfRest *self = LF_REST (object);

  g_free (self->server);
  g_free (self->token);

  G_OBJECT_CLASS (lf_rest_parent_class)->finalize (object);
}

static void
lf_rest_class_init (LfRestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_rest_dispose;
  object_class->finalize = lf_rest_finalize;
}

static void
lf_rest_init (LfRest *self)
{
  self->deadline_ms = LF_REST_DEADLINE_MS;
}

/**
 * lf_rest_new:
 * @server: "https://host[:port]", "host[:port]", or http:// with a loopback host
 * @error: return location
 *
 * Makes a caller of one server. It works on the main context that is the thread-default now.
 *
 * Returns: (transfer full) (nullable): it; %LF_ERROR_BAD_REQUEST for what is no address,
 *   %LF_ERROR_INSECURE for http to another machine
 */
LfRest *
lf_rest_new (const char *server,
             GError    **error)
{
  g_autofree char *normalised = NULL;
  LfRest          *self;

  g_return_val_if_fail (server != NULL, NULL);

  normalised = lf_server_address_normalise (server, error);
  if (normalised == NULL)
    return NULL;
  self = g_object_new (LF_TYPE_REST, NULL);
  self->server = g_steal_pointer (&normalised);
  self->soup = soup_session_new_with_options ("user-agent", "lampfield/" LF_VERSION,
                                              "max-conns", 2 * MAX_CONNECTIONS,
                                              "max-conns-per-host", MAX_CONNECTIONS,
                                              "timeout", LF_REST_DEADLINE_MS / 1000,
                                              "idle-timeout", 60,
                                              NULL);
  /* A bearer token is the only way in: a server that asks for Basic or NTLM gets no answer. */
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  if (lf_server_address_is_loopback (self->server))
    soup_session_set_proxy_resolver (self->soup, NULL);
  return self;
}

/**
 * lf_rest_get_server:
 * @self: an #LfRest
 *
 * Returns: the server in its one normalised form
 */
const char *
lf_rest_get_server (LfRest *self)
{
  g_return_val_if_fail (LF_IS_REST (self), NULL);

  return self->server;
}

/**
 * lf_rest_token_is_valid:
 * @token: (nullable): what claims to be a bearer token
 *
 * Returns: %TRUE if it can stand in a header: not empty, visible ASCII alone
 */
gboolean
lf_rest_token_is_valid (const char *token)
{
  if (token == NULL || token[0] == '\0')
    return FALSE;
  for (const char *c = token; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return TRUE;
}

/**
 * lf_rest_set_token:
 * @self: an #LfRest
 * @token: (nullable): the bearer token of the calls made from now on; one that is not valid is none
 *
 * Sets what is sent as Authorization. It is never logged.
 */
void
lf_rest_set_token (LfRest     *self,
                   const char *token)
{
  g_autofree char *old = NULL;

  g_return_if_fail (LF_IS_REST (self));

  old = self->token;
  self->token = lf_rest_token_is_valid (token) ? g_strdup (token) : NULL;
}

/**
 * lf_rest_get_token:
 * @self: an #LfRest
 *
 * Returns: (nullable): the bearer token in use
 */
const char *
lf_rest_get_token (LfRest *self)
{
  g_return_val_if_fail (LF_IS_REST (self), NULL);

  return self->token;
}

/**
 * lf_rest_set_deadline_ms:
 * @self: an #LfRest
 * @deadline_ms: how long a whole call may take, milliseconds; for the calls made from now on
 *
 * Changes the deadline of %LF_REST_DEADLINE_MS.
 */
void
lf_rest_set_deadline_ms (LfRest *self,
                         guint   deadline_ms)
{
  g_return_if_fail (LF_IS_REST (self));
  g_return_if_fail (deadline_ms > 0);

  self->deadline_ms = deadline_ms;
}

/**
 * lf_rest_call_async:
 * @self: an #LfRest
 * @method: HTTP method
 * @path: below /api/v1, escaped where needed
 * @headers: (nullable): name, value, …, %NULL
 * @body_schema: (nullable): how @body is written; %NULL for a call without one
 * @body: (nullable): the struct of @body_schema
 * @reply_schema: (nullable): what the answer must be; %NULL when it does not matter
 * @cancellable: (nullable): cancels the call
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Makes one call. Redirects are not followed; the answer is at most 8 MiB after decompression,
 * JSON by its content type, checked strictly, then decoded. Ends by the deadline at the latest.
 */
void
lf_rest_call_async (LfRest             *self,
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
  g_autoptr (GTask)       task = NULL;
  g_autoptr (SoupMessage) message = NULL;
  Call                   *call;

  g_return_if_fail (LF_IS_REST (self));
  g_return_if_fail (method != NULL && path != NULL && path[0] == '/');
  g_return_if_fail ((body_schema == NULL) == (body == NULL));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_rest_call_async);
  message = make_message (self, method, path);
  if (message == NULL)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_BAD_REQUEST, "“%.100s” makes no address.", path);
      return;
    }
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i += 2)
    soup_message_headers_replace (soup_message_get_request_headers (message), headers[i], headers[i + 1]);
  if (body_schema != NULL)
    {
      GBytes *bytes = lf_codec_encode_bytes (body_schema, body);

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
      g_signal_connect_data (message, "restarted", G_CALLBACK (on_restarted), bytes, on_message_done, 0);
    }
  call = call_new (self, message, reply_schema, cancellable);
  g_task_set_task_data (task, call, call_free);
  soup_session_send_async (self->soup, message, G_PRIORITY_DEFAULT, call->cancellable, on_head_read,
                           g_steal_pointer (&task));
}

/**
 * lf_rest_call_finish:
 * @self: an #LfRest
 * @result: of the callback
 * @status: (out) (optional): HTTP status; 0 when there was no answer
 * @etag: (out) (optional) (transfer full) (nullable): the ETag
 * @retry_after_s: (out) (optional): seconds the server asked to wait, or 0
 * @error: return location
 *
 * Ends lf_rest_call_async(). @status, @etag and @retry_after_s are set on errors too.
 *
 * Returns: (transfer full) (nullable): the decoded answer, to be freed by lf_codec_free(); %NULL
 *   without an error when there was none to decode
 */
gpointer
lf_rest_call_finish (LfRest       *self,
                     GAsyncResult *result,
                     guint        *status,
                     char        **etag,
                     guint        *retry_after_s,
                     GError      **error)
{
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  if (status != NULL)
    *status = call != NULL ? call->reply.status : 0;
  if (etag != NULL)
    *etag = call != NULL ? g_strdup (call->reply.etag) : NULL;
  if (retry_after_s != NULL)
    *retry_after_s = call != NULL ? call->reply.retry_after_s : 0;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&call->reply.body);
}

/**
 * lf_rest_call_get_problem:
 * @self: an #LfRest
 * @result: of the callback
 * @problem: (out): the code the server gave
 *
 * Returns: %TRUE if the server refused with a code of the closed list
 */
gboolean
lf_rest_call_get_problem (LfRest       *self,
                          GAsyncResult *result,
                          LfProblem    *problem)
{
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  call = g_task_get_task_data (G_TASK (result));
  if (call == NULL || !call->reply.has_problem)
    return FALSE;
  *problem = call->reply.problem;
  return TRUE;
}

/**
 * lf_rest_escape:
 * @text: a path segment or query value
 *
 * Returns: (transfer full): @text with everything but unreserved characters escaped
 */
char *
lf_rest_escape (const char *text)
{
  return g_uri_escape_string (text, NULL, FALSE);
}
