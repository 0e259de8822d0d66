/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lf-fake-server.h"
#include "lf-problem.h"

#define READ_BYTES 16384

struct _LfFakeServer
{
  GSocketService    *service; /* owned */
  char              *address; /* owned */
  LfFakeHandler      handler;
  LfFakeFrameHandler frame_handler; /* nullable */
  gpointer           user_data;
  GPtrArray         *conns;    /* owned; of LfFakeConn, a reference each */
  GPtrArray         *requests; /* owned; of paths */
};

struct _LfFakeConn
{
  gatomicrefcount    n_refs;
  LfFakeServer      *server;      /* borrowed, NULL once dropped */
  GSocketConnection *stream;      /* owned */
  GCancellable      *cancellable; /* owned */
  GByteArray        *in;          /* owned */
  GQueue             out;         /* of GBytes */
  GBytes            *again;       /* owned, nullable: sent for ever */
  GSource           *pause;       /* owned, nullable */
  guint              pause_ms;
  gboolean           is_writing;
  gboolean           is_closing;
  gboolean           is_websocket;
};

static void read_more (LfFakeConn *self);
static void write_next (LfFakeConn *self);

static LfFakeConn *
conn_ref (LfFakeConn *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

static void
conn_unref (LfFakeConn *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_queue_clear_full (&self->out, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->again, g_bytes_unref);
  g_byte_array_unref (self->in);
  g_object_unref (self->stream);
  g_object_unref (self->cancellable);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfFakeConn, conn_unref)

static void
conn_drop (LfFakeConn *self)
{
  LfFakeServer *server = self->server;

  if (server == NULL)
    return;
  self->server = NULL;
  g_cancellable_cancel (self->cancellable);
  if (self->pause != NULL)
    {
      g_source_destroy (self->pause);
      g_clear_pointer (&self->pause, g_source_unref);
    }
  g_socket_close (g_socket_connection_get_socket (self->stream), NULL);
  g_ptr_array_remove_fast (server->conns, self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfFakeConn *self = user_data;

  g_clear_pointer (&self->pause, g_source_unref);
  write_next (self);
  return G_SOURCE_REMOVE;
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (LfFakeConn) self = user_data;

  self->is_writing = FALSE;
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    {
      conn_drop (self);
      return;
    }
  g_bytes_unref (g_queue_pop_head (&self->out));
  if (self->again != NULL && g_queue_is_empty (&self->out) && self->server != NULL)
    {
      self->pause = g_timeout_source_new (self->pause_ms);
      g_source_set_callback (self->pause, on_pause_over, self, NULL);
      g_source_attach (self->pause, NULL);
      return;
    }
  write_next (self);
}

static void
write_next (LfFakeConn *self)
{
  GBytes *bytes;

  if (self->server == NULL || self->is_writing || self->pause != NULL)
    return;
  if (g_queue_is_empty (&self->out) && self->again != NULL)
    g_queue_push_tail (&self->out, g_bytes_ref (self->again));
  bytes = g_queue_peek_head (&self->out);
  if (bytes == NULL)
    {
      if (self->is_closing)
        conn_drop (self);
      return;
    }
  self->is_writing = TRUE;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->stream)),
                                   g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), G_PRIORITY_DEFAULT,
                                   self->cancellable, on_written, conn_ref (self));
}

/* Takes one client frame, which is masked, off the input. */
static gboolean
take_frame (LfFakeConn *self)
{
  const guint8       *in = self->in->data;
  gsize               head = 6;
  gsize               length;
  g_autofree char    *text = NULL;
  g_autoptr (LfFrame) frame = NULL;
  g_autoptr (GError)  error = NULL;
  guint8              opcode;

  if (self->in->len < 6)
    return FALSE;
  length = in[1] & 0x7f;
  g_assert_cmphex (in[1] & 0x80, ==, 0x80);
  if (length == 126)
    {
      head = 8;
      if (self->in->len < head)
        return FALSE;
      length = in[2] << 8 | in[3];
    }
  g_assert_cmpuint (length, !=, 127);
  if (self->in->len < head + length)
    return FALSE;
  opcode = in[0] & 0x0f;
  g_assert_cmphex (in[0] & 0x70, ==, 0); /* no extension was agreed */
  text = g_malloc0 (length + 1);
  for (gsize i = 0; i < length; i++)
    text[i] = in[head + i] ^ in[head - 4 + i % 4];
  g_byte_array_remove_range (self->in, 0, head + length);
  if (opcode == 8)
    conn_drop (self);
  else if (opcode == 1 && self->server != NULL)
    {
      frame = lf_frame_decode (text, length, &lf_json_limits_frame, &error);
      g_assert_no_error (error);
      if (self->server->frame_handler != NULL)
        self->server->frame_handler (self, frame, self->server->user_data);
    }
  return self->server != NULL;
}

static gboolean
take_request (LfFakeConn *self)
{
  g_autofree char *head = NULL;
  g_autofree char *body = NULL;
  g_auto (GStrv)   line = NULL;
  char            *end = self->in->len > 0 ? memmem (self->in->data, self->in->len, "\r\n\r\n", 4) : NULL;
  const char      *field;
  gsize            head_length;
  gsize            length = 0;

  if (end == NULL)
    return FALSE;
  head_length = end + 4 - (char *) self->in->data;
  head = g_strndup ((char *) self->in->data, head_length);
  field = strcasestr (head, "\r\nContent-Length:");
  if (field != NULL)
    length = g_ascii_strtoull (field + strlen ("\r\nContent-Length:"), NULL, 10);
  if (self->in->len < head_length + length)
    return FALSE;
  body = g_strndup ((char *) self->in->data + head_length, length);
  g_byte_array_remove_range (self->in, 0, head_length + length);
  line = g_strsplit (head, " ", 3);
  g_assert_cmpuint (g_strv_length (line), ==, 3);
  g_ptr_array_add (self->server->requests, g_strdup (line[1]));
  self->server->handler (self, &(LfFakeRequest){ .method = line[0], .path = line[1], .head = head, .body = body },
                         self->server->user_data);
  return self->server != NULL;
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (LfFakeConn) self = user_data;
  g_autoptr (GBytes)     bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0 || self->server == NULL)
    {
      conn_drop (self);
      return;
    }
  g_byte_array_append (self->in, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  while (self->is_websocket ? take_frame (self) : take_request (self))
    ;
  if (self->server != NULL)
    read_more (self);
}

static void
read_more (LfFakeConn *self)
{
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (self->stream)), READ_BYTES,
                                   G_PRIORITY_DEFAULT, self->cancellable, on_read, conn_ref (self));
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *stream,
             GObject           *source_object,
             gpointer           user_data)
{
  LfFakeServer *server = user_data;
  LfFakeConn   *conn = g_new0 (LfFakeConn, 1);

  g_atomic_ref_count_init (&conn->n_refs);
  conn->server = server;
  conn->stream = g_object_ref (stream);
  conn->cancellable = g_cancellable_new ();
  conn->in = g_byte_array_new ();
  g_queue_init (&conn->out);
  g_ptr_array_add (server->conns, conn);
  read_more (conn);
  return TRUE;
}

/**
 * lf_fake_server_new:
 * @handler: answers requests
 * @frame_handler: (nullable): hears what comes on streams
 * @user_data: for both
 *
 * Returns: (transfer full): a server that listens
 */
LfFakeServer *
lf_fake_server_new (LfFakeHandler      handler,
                    LfFakeFrameHandler frame_handler,
                    gpointer           user_data)
{
  LfFakeServer              *self = g_new0 (LfFakeServer, 1);
  g_autoptr (GInetAddress)   loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError)         error = NULL;

  self->handler = handler;
  self->frame_handler = frame_handler;
  self->user_data = user_data;
  self->conns = g_ptr_array_new_with_free_func ((GDestroyNotify) conn_unref);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &bound, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("http://127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

/**
 * lf_fake_server_drop_all:
 * @self: a server
 *
 * Cuts every connection, as a crash would.
 */
void
lf_fake_server_drop_all (LfFakeServer *self)
{
  while (self->conns->len > 0)
    conn_drop (self->conns->pdata[0]);
}

/**
 * lf_fake_server_free:
 * @self: a server
 *
 * Stops it.
 */
void
lf_fake_server_free (LfFakeServer *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  lf_fake_server_drop_all (self);
  g_object_unref (self->service);
  g_ptr_array_unref (self->conns);
  g_ptr_array_unref (self->requests);
  g_free (self->address);
  g_free (self);
}

/**
 * lf_fake_server_get_address:
 * @self: a server
 *
 * Returns: its address
 */
const char *
lf_fake_server_get_address (LfFakeServer *self)
{
  return self->address;
}

/**
 * lf_fake_server_count:
 * @self: a server
 * @path_prefix: how the path begins
 *
 * Returns: how many such requests came
 */
guint
lf_fake_server_count (LfFakeServer *self,
                      const char   *path_prefix)
{
  guint n = 0;

  for (guint i = 0; i < self->requests->len; i++)
    n += g_str_has_prefix (self->requests->pdata[i], path_prefix);
  return n;
}

/**
 * lf_fake_conn_send:
 * @self: a connection
 * @data: bytes
 * @length: how many, or -1 for a string
 *
 * Queues bytes.
 */
void
lf_fake_conn_send (LfFakeConn *self,
                   const void *data,
                   gssize      length)
{
  g_queue_push_tail (&self->out, g_bytes_new (data, length < 0 ? strlen (data) : (gsize) length));
  write_next (self);
}

/**
 * lf_fake_conn_send_again:
 * @self: a connection
 * @data: bytes
 * @length: how many, or -1 for a string
 * @pause_ms: between two of them
 *
 * Sends the same bytes for ever, once what is queued has left.
 */
void
lf_fake_conn_send_again (LfFakeConn *self,
                         const void *data,
                         gssize      length,
                         guint       pause_ms)
{
  self->again = g_bytes_new (data, length < 0 ? strlen (data) : (gsize) length);
  self->pause_ms = pause_ms;
  write_next (self);
}

/**
 * lf_fake_conn_close:
 * @self: a connection
 *
 * Closes when what is queued is sent.
 */
void
lf_fake_conn_close (LfFakeConn *self)
{
  self->is_closing = TRUE;
  write_next (self);
}

/**
 * lf_fake_conn_answer:
 * @self: a connection
 * @status: HTTP status
 * @headers: more lines, each with CRLF
 * @type: (nullable): content type
 * @body: text
 *
 * Answers a request.
 */
void
lf_fake_conn_answer (LfFakeConn *self,
                     guint       status,
                     const char *headers,
                     const char *type,
                     const char *body)
{
  g_autofree char *field = type != NULL ? g_strdup_printf ("Content-Type: %s\r\n", type) : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %u Answer\r\n%s%sContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                                           status, headers, field, strlen (body), body);

  lf_fake_conn_send (self, text, -1);
}

/**
 * lf_fake_conn_answer_wire:
 * @self: a connection
 * @schema: of @body
 * @body: a struct
 *
 * Answers 200 with it.
 */
void
lf_fake_conn_answer_wire (LfFakeConn     *self,
                          const LfSchema *schema,
                          gconstpointer   body)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lf_codec_encode (schema, body, text);
  lf_fake_conn_answer (self, 200, "", "application/json", text->str);
}

/**
 * lf_fake_conn_problem:
 * @self: a connection
 * @status: HTTP status
 * @headers: more lines, each with CRLF
 * @code: of the closed list
 *
 * Answers with a problem.
 */
void
lf_fake_conn_problem (LfFakeConn *self,
                      guint       status,
                      const char *headers,
                      const char *code)
{
  g_autofree char *body = g_strdup_printf ("{\"type\":\"about:blank\",\"title\":\"A title.\",\"status\":%u,"
                                           "\"code\":\"%s\",\"detail\":\"The fake refuses: %s.\"}",
                                           status, code, code);

  lf_fake_conn_answer (self, status, headers, "application/problem+json", body);
}

/**
 * lf_fake_conn_upgrade:
 * @self: a connection
 * @request: for the stream
 *
 * Accepts a WebSocket, and checks what was asked for.
 */
void
lf_fake_conn_upgrade (LfFakeConn          *self,
                      const LfFakeRequest *request)
{
  const char           *field = strcasestr (request->head, "\r\nSec-WebSocket-Key:");
  g_autofree char      *key = NULL;
  g_autofree char      *reply = NULL;
  g_autofree char      *accept = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8                digest[20];
  gsize                 length = sizeof digest;

  g_assert_nonnull (field);
  g_assert_null (strcasestr (request->head, "\r\nSec-WebSocket-Extensions:"));
  g_assert_null (strcasestr (request->head, "\r\nOrigin:"));
  g_assert_nonnull (strstr (request->head, LF_SUBPROTOCOL));
  field += strlen ("\r\nSec-WebSocket-Key:");
  key = g_strstrip (g_strndup (field, strcspn (field, "\r")));
  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);
  reply = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: " LF_SUBPROTOCOL "\r\n\r\n",
                           accept);
  self->is_websocket = TRUE;
  lf_fake_conn_send (self, reply, -1);
}

/**
 * lf_fake_conn_frame:
 * @self: an upgraded connection
 * @first_byte: FIN, reserved bits and opcode
 * @payload: bytes
 * @length: how many
 *
 * Sends one WebSocket frame, whatever it is.
 */
void
lf_fake_conn_frame (LfFakeConn *self,
                    guint8      first_byte,
                    const void *payload,
                    gsize       length)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8                 head[10] = { first_byte };
  gsize                  head_length = 2;

  if (length < 126)
    head[1] = length;
  else if (length < 65536)
    {
      head[1] = 126;
      head[2] = length >> 8;
      head[3] = length & 0xff;
      head_length = 4;
    }
  else
    {
      head[1] = 127;
      for (guint i = 0; i < 8; i++)
        head[2 + i] = (guint64) length >> (56 - 8 * i) & 0xff;
      head_length = 10;
    }
  g_byte_array_append (out, head, head_length);
  if (length > 0)
    g_byte_array_append (out, payload, length);
  lf_fake_conn_send (self, out->data, out->len);
}

/**
 * lf_fake_conn_text:
 * @self: an upgraded connection
 * @text: a message
 *
 * Sends one text message.
 */
void
lf_fake_conn_text (LfFakeConn *self,
                   const char *text)
{
  lf_fake_conn_frame (self, 0x81, text, strlen (text));
}

/**
 * lf_fake_conn_wire:
 * @self: an upgraded connection
 * @type: of the frame
 * @body: its struct
 *
 * Sends one frame of the protocol.
 */
void
lf_fake_conn_wire (LfFakeConn   *self,
                   LfFrameType   type,
                   gconstpointer body)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lf_frame_encode (type, body, text);
  lf_fake_conn_text (self, text->str);
}

/**
 * lf_fake_conn_close_code:
 * @self: an upgraded connection
 * @code: close code
 *
 * Sends a close frame, then closes.
 */
void
lf_fake_conn_close_code (LfFakeConn *self,
                         guint       code)
{
  guint8 payload[2] = { code >> 8, code & 0xff };

  lf_fake_conn_frame (self, 0x88, payload, sizeof payload);
  lf_fake_conn_close (self);
}
