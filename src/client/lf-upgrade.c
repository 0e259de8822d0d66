/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-reply.h"
#include "lf-server-address.h"
#include "lf-upgrade.h"

#define MAX_HEAD_BYTES (16 * 1024)
#define READ_BYTES     4096
#define TURN_BYTES     (64 * 1024)
#define METER_BYTES    (192 * 1024)                           /* a message, what a turn read beyond it, and as much for control frames */
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 section 1.3 */

/**
 * Upgrade:
 *
 * One opening handshake (RFC 6455 section 4.1), done here and not by libsoup so that the connection
 * can be metered: the connection is made, the request written, the head of the answer read up to its
 * empty line, and then libsoup gets the rest.
 */
typedef struct
{
  GSocketClient      *client;  /* owned */
  GIOStream          *stream;  /* owned, nullable */
  char               *key;     /* owned; of this handshake */
  char               *request; /* owned, nullable */
  GByteArray         *head;    /* owned */
  SoupMessageHeaders *headers; /* owned */
  LfMeteredInput     *input;   /* borrowed from the connection made */
  guint               status;
  guint               retry_after_s;
} Upgrade;

static void read_head (GTask *task);

static void
upgrade_free (gpointer data)
{
  Upgrade *upgrade = data;

  g_clear_object (&upgrade->client);
  g_clear_object (&upgrade->stream);
  g_free (upgrade->key);
  g_free (upgrade->request);
  g_byte_array_unref (upgrade->head);
  soup_message_headers_unref (upgrade->headers);
  g_free (upgrade);
}

static char *
make_key (void)
{
  guint32 random[4];

  for (guint i = 0; i < G_N_ELEMENTS (random); i++)
    random[i] = g_random_int ();
  return g_base64_encode ((const guchar *) random, sizeof random);
}

static char *
make_accept (const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8                digest[20];
  gsize                 length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

static char *
make_request (LfRest     *rest,
              const char *key)
{
  const char *server = lf_rest_get_server (rest);
  const char *token = lf_rest_get_token (rest);

  return g_strdup_printf ("GET " LF_API_PATH "/stream HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "User-Agent: lampfield/" LF_VERSION "\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: %s\r\n"
                          "Sec-WebSocket-Protocol: " LF_SUBPROTOCOL "\r\n"
                          "%s%s%s\r\n",
                          strstr (server, "://") + strlen ("://"), key, token != NULL ? "Authorization: Bearer " : "",
                          token != NULL ? token : "", token != NULL ? "\r\n" : "");
}

static void
fail_transport (GTask        *task,
                const GError *cause)
{
  LfRest *rest = g_task_get_source_object (task);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (cause));
  else
    g_task_return_error (task, lf_reply_explain_transport (lf_rest_get_server (rest), cause));
}

static void
fail_refused (GTask *task)
{
  Upgrade    *upgrade = g_task_get_task_data (task);
  const char *server = lf_rest_get_server (g_task_get_source_object (task));

  switch (upgrade->status)
    {
    case 401:
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "“%s” does not take the token.", server);
      break;
    case 403:
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_FORBIDDEN, "“%s” refuses the stream to this token.", server);
      break;
    case 426:
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_VERSION, "“%s” speaks another version of the stream.", server);
      break;
    default:
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not open the stream (status %u).",
                               server, upgrade->status);
      break;
    }
}

static gboolean
is_right_handshake (Upgrade *upgrade)
{
  g_autofree char *accept = make_accept (upgrade->key);
  const char      *given = soup_message_headers_get_one (upgrade->headers, "Sec-WebSocket-Accept");

  return soup_message_headers_header_equals (upgrade->headers, "Upgrade", "websocket") && soup_message_headers_header_contains (upgrade->headers, "Connection", "Upgrade") && g_strcmp0 (given, accept) == 0 && soup_message_headers_get_list (upgrade->headers, "Sec-WebSocket-Extensions") == NULL;
}

/* The head is whole: @length bytes, its empty line included. libsoup reads the first line as a string,
 * so it gets a copy that ends. */
static void
take_head (GTask *task,
           gsize  length)
{
  Upgrade              *upgrade = g_task_get_task_data (task);
  const char           *server = lf_rest_get_server (g_task_get_source_object (task));
  g_autoptr (GBytes)    ahead = NULL;
  g_autoptr (GIOStream) metered = NULL;
  g_autoptr (GUri)      uri = NULL;
  g_autofree char      *head = g_strndup ((const char *) upgrade->head->data, length);

  if (strlen (head) != length ||
      !soup_headers_parse_response (head, (int) length, upgrade->headers, NULL, &upgrade->status, NULL))
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” does not speak HTTP.", server);
      return;
    }
  upgrade->retry_after_s = lf_reply_parse_retry_after (soup_message_headers_get_one (upgrade->headers, "Retry-After"),
                                                       g_get_real_time () / G_USEC_PER_SEC);
  if (upgrade->status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    {
      fail_refused (task);
      return;
    }
  if (!is_right_handshake (upgrade))
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” opened the stream wrongly.", server);
      return;
    }
  if (g_strcmp0 (soup_message_headers_get_one (upgrade->headers, "Sec-WebSocket-Protocol"), LF_SUBPROTOCOL) != 0)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_VERSION, "“%s” speaks another version of the stream.", server);
      return;
    }
  ahead = g_bytes_new (upgrade->head->data + length, upgrade->head->len - length);
  metered = lf_metered_stream_new (upgrade->stream, ahead, TURN_BYTES, METER_BYTES, &upgrade->input);
  uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  g_task_return_pointer (task,
                         soup_websocket_connection_new (metered, uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL,
                                                        LF_SUBPROTOCOL, NULL),
                         g_object_unref);
}

static void
on_head_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  Upgrade           *upgrade = g_task_get_task_data (task);
  const char        *server = lf_rest_get_server (g_task_get_source_object (task));
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  const guint8      *end;

  if (bytes == NULL)
    {
      fail_transport (task, error);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” closed the connection.", server);
      return;
    }
  g_byte_array_append (upgrade->head, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  end = memmem (upgrade->head->data, upgrade->head->len, "\r\n\r\n", 4);
  if (end != NULL)
    take_head (task, end + 4 - upgrade->head->data);
  else if (upgrade->head->len > MAX_HEAD_BYTES)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "“%s” answers with a head that has no end.", server);
  else
    read_head (g_steal_pointer (&task));
}

/* Takes @task. */
static void
read_head (GTask *task)
{
  Upgrade *upgrade = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (upgrade->stream), READ_BYTES, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_head_read, task);
}

static void
on_request_written (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    read_head (g_steal_pointer (&task));
  else
    fail_transport (task, error);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  Upgrade           *upgrade = g_task_get_task_data (task);

  upgrade->stream = G_IO_STREAM (g_socket_client_connect_to_uri_finish (G_SOCKET_CLIENT (source), result, &error));
  if (upgrade->stream == NULL)
    {
      fail_transport (task, error);
      return;
    }
  upgrade->request = make_request (g_task_get_source_object (task), upgrade->key);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (upgrade->stream), upgrade->request,
                                   strlen (upgrade->request), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_request_written, g_object_ref (task));
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
  g_autoptr (GTask) task = NULL;
  Upgrade          *upgrade;
  const char       *server;

  g_return_if_fail (LF_IS_REST (rest));

  task = g_task_new (rest, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_upgrade_async);
  server = lf_rest_get_server (rest);
  upgrade = g_new0 (Upgrade, 1);
  upgrade->client = g_socket_client_new ();
  upgrade->key = make_key ();
  upgrade->head = g_byte_array_new ();
  upgrade->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_task_set_task_data (task, upgrade, upgrade_free);
  g_socket_client_set_tls (upgrade->client, g_str_has_prefix (server, "https:"));
  g_socket_client_set_enable_proxy (upgrade->client, !lf_server_address_is_loopback (server));
  g_socket_client_connect_to_uri_async (upgrade->client, server, g_str_has_prefix (server, "https:") ? 443 : 80,
                                        cancellable, on_connected, g_object_ref (task));
}

/**
 * lf_upgrade_finish:
 * @rest: the same
 * @result: of the callback
 * @input: (out) (transfer none): the meter of the connection, to be reset with each whole message
 * @retry_after_s: (out): seconds the server asked to wait, or 0; on errors too
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the open connection; %LF_ERROR_UNAUTHORIZED,
 *   %LF_ERROR_FORBIDDEN, %LF_ERROR_VERSION, %LF_ERROR_INSECURE, %LF_ERROR_BAD_FRAME or
 *   %LF_ERROR_UNAVAILABLE
 */
SoupWebsocketConnection *
lf_upgrade_finish (LfRest          *rest,
                   GAsyncResult    *result,
                   LfMeteredInput **input,
                   guint           *retry_after_s,
                   GError         **error)
{
  SoupWebsocketConnection *connection;
  Upgrade                 *upgrade;

  g_return_val_if_fail (g_task_is_valid (result, rest), NULL);

  upgrade = g_task_get_task_data (G_TASK (result));
  *input = upgrade->input;
  *retry_after_s = upgrade->retry_after_s;
  connection = g_task_propagate_pointer (G_TASK (result), error);
  if (connection != NULL) /* one message of exactly the limit still passes */
    soup_websocket_connection_set_max_incoming_payload_size (connection, LF_UPGRADE_MAX_MESSAGE_BYTES + 1);
  return connection;
}
