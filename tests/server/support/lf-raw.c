/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lf-raw.h"
#include "lf-test-util.h"

#define OPCODE_TEXT  0x1
#define OPCODE_CLOSE 0x8

static const guint8 mask[4] = { 0x1b, 0xad, 0xf0, 0x0d };

static void
connect_to (LfRaw *self, const struct sockaddr *address, socklen_t length)
{
  self->fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (connect (self->fd, address, length), ==, 0);
  g_assert_cmpint (fcntl (self->fd, F_SETFL, O_NONBLOCK), ==, 0);
}

LfRaw *
lf_raw_connect (LfRig *rig)
{
  LfRaw             *self = g_new0 (LfRaw, 1);
  struct sockaddr_in inet = { .sin_family = AF_INET, .sin_port = htons (rig->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct sockaddr_un local = { .sun_family = AF_UNIX };

  if (rig->config != NULL && g_str_has_prefix (rig->config->listen, "unix:"))
    {
      g_strlcpy (local.sun_path, rig->config->listen + strlen ("unix:"), sizeof local.sun_path);
      connect_to (self, (struct sockaddr *) &local, sizeof local);
    }
  else
    connect_to (self, (struct sockaddr *) &inet, sizeof inet);
  self->in = g_byte_array_new ();
  return self;
}

void
lf_raw_free (LfRaw *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_byte_array_unref (self->in);
  g_free (self);
}

gboolean
lf_raw_pump (LfRaw *self)
{
  guint8 buffer[65536];

  while (!self->is_closed)
    {
      ssize_t n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);

      if (n > 0)
        g_byte_array_append (self->in, buffer, (guint) n);
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        self->is_closed = TRUE;
      else
        break;
    }
  return !self->is_closed;
}

/* Stops silently when the other end has closed: what it said before is there to be read. */
static gboolean
send_some (LfRaw *self, const guint8 **bytes, gsize *length)
{
  ssize_t n = send (self->fd, *bytes, *length, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN && errno != EINTR)
    return TRUE;
  if (n > 0)
    {
      *bytes += n;
      *length -= (gsize) n;
    }
  return *length == 0;
}

void
lf_raw_send_bytes (LfRaw *self, gconstpointer bytes, gsize length)
{
  const guint8 *at = bytes;

  lf_wait_until (send_some (self, &at, &length), LF_RIG_WAIT_MS);
}

void
lf_raw_send (LfRaw *self, const char *text)
{
  lf_raw_send_bytes (self, text, strlen (text));
}

void
lf_raw_printf (LfRaw *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  lf_raw_send (self, text);
}

static char *
find_head_end (LfRaw *self)
{
  lf_raw_pump (self);
  return self->in->len > 0 ? g_strstr_len ((char *) self->in->data, self->in->len, "\r\n\r\n") : NULL;
}

gboolean
lf_raw_starts_with (LfRaw *self, const char *text)
{
  gsize length = strlen (text);

  lf_raw_pump (self);
  return self->in->len >= length && memcmp (self->in->data, text, length) == 0;
}

char *
lf_raw_get_header (const LfRawReply *reply, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (reply->head, "\r\n", -1);
  gsize          length = strlen (name);

  for (gsize i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  return NULL;
}

LfRawReply *
lf_raw_read_reply (LfRaw *self)
{
  LfRawReply      *reply = g_new0 (LfRawReply, 1);
  char            *end = NULL;
  gsize            head;
  gsize            body;
  g_autofree char *length = NULL;

  lf_wait_until ((end = find_head_end (self)) != NULL || self->is_closed, LF_RIG_WAIT_MS);
  if (end == NULL)
    g_error ("The connection closed without an answer");
  head = (gsize) (end - (char *) self->in->data);
  reply->head = g_strndup ((char *) self->in->data, head);
  g_assert_true (g_str_has_prefix (reply->head, "HTTP/1.1 "));
  reply->status = (guint) atoi (reply->head + strlen ("HTTP/1.1 "));
  length = lf_raw_get_header (reply, "Content-Length");
  body = length != NULL ? (gsize) atol (length) : 0;
  head += 4;
  lf_wait_until ((lf_raw_pump (self), self->in->len >= head + body || self->is_closed), LF_RIG_WAIT_MS);
  body = MIN (body, self->in->len - head); /* HEAD has a length and no body */
  reply->body = g_strndup ((char *) self->in->data + head, body);
  g_byte_array_remove_range (self->in, 0, (guint) (head + body));
  return reply;
}

void
lf_raw_reply_free (LfRawReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->head);
  g_free (reply->body);
  g_free (reply);
}

void
lf_raw_wait_closed (LfRaw *self)
{
  lf_wait_until (!lf_raw_pump (self), LF_RIG_WAIT_MS);
}

LfRawReply *
lf_raw_call (LfRig *rig, const char *method, const char *path, const char *token, const char *body)
{
  g_autoptr (LfRaw)   raw = lf_raw_connect (rig);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s " LF_API_PATH "%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n", method, path);
  if (token != NULL)
    g_string_append_printf (text, "Authorization: Bearer %s\r\n", token);
  if (body != NULL)
    g_string_append_printf (text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen (body));
  g_string_append_printf (text, "\r\n%s", body != NULL ? body : "");
  lf_raw_send (raw, text->str);
  return lf_raw_read_reply (raw);
}

void
lf_raw_assert_problem (const LfRawReply *reply, LfProblem problem)
{
  g_autofree char          *type = lf_raw_get_header (reply, "Content-Type");
  g_autofree char          *cache = lf_raw_get_header (reply, "Cache-Control");
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfWireProblem) body = NULL;

  g_assert_cmpuint (reply->status, ==, lf_problem_to_status (problem));
  g_assert_cmpstr (type, ==, "application/problem+json");
  g_assert_cmpstr (cache, ==, "no-store");
  body = lf_codec_decode (&lf_schema_problem, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (body->code, ==, lf_problem_to_code (problem));
  g_assert_cmpint (body->status, ==, reply->status);
}

gboolean
lf_raw_is_from_below (const LfRawReply *reply)
{
  g_autofree char *cache = lf_raw_get_header (reply, "Cache-Control");

  return cache == NULL;
}

/* WebSocket */

void
lf_raw_send_upgrade (LfRaw *self, const char *token)
{
  lf_raw_printf (self,
                 "GET " LF_API_PATH "/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Protocol: " LF_SUBPROTOCOL "\r\nAuthorization: Bearer %s\r\n\r\n",
                 token);
}

LfRaw *
lf_raw_open_stream (LfRig *rig, const char *token)
{
  LfRaw                 *self = lf_raw_connect (rig);
  g_autoptr (LfRawReply) reply = NULL;
  g_autofree char       *accept = NULL;
  g_autofree char       *protocol = NULL;

  lf_raw_send_upgrade (self, token);
  reply = lf_raw_read_reply (self);
  g_assert_cmpuint (reply->status, ==, 101);
  accept = lf_raw_get_header (reply, "Sec-WebSocket-Accept");
  protocol = lf_raw_get_header (reply, "Sec-WebSocket-Protocol");
  g_assert_cmpstr (accept, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); /* RFC 6455 section 1.3 */
  g_assert_cmpstr (protocol, ==, LF_SUBPROTOCOL);
  return self;
}

LfRaw *
lf_raw_open_live (LfRig *rig, const char *token)
{
  LfRaw *self = lf_raw_open_stream (rig, token);

  lf_raw_say (self, "{\"t\":\"start\"}");
  for (;;)
    {
      g_autofree char *text = lf_raw_hear_type (self, "snapshot");

      if (strstr (text, "\"last\":true") != NULL)
        return self;
    }
}

void
lf_raw_send_frame (LfRaw *self, guint8 first_byte, gconstpointer payload, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8                 header[10] = { first_byte };
  gsize                  n = 2;

  if (length < 126)
    header[1] = (guint8) (0x80 | length);
  else if (length <= G_MAXUINT16)
    {
      header[1] = 0x80 | 126;
      header[n++] = (guint8) (length >> 8);
      header[n++] = (guint8) length;
    }
  else
    {
      header[1] = 0x80 | 127;
      for (int shift = 56; shift >= 0; shift -= 8)
        header[n++] = (guint8) ((guint64) length >> shift);
    }
  g_byte_array_append (frame, header, (guint) n);
  g_byte_array_append (frame, mask, sizeof mask);
  g_byte_array_append (frame, payload, (guint) length);
  for (gsize i = 0; i < length; i++)
    frame->data[n + sizeof mask + i] ^= mask[i % sizeof mask];
  lf_raw_send_bytes (self, frame->data, frame->len);
}

void
lf_raw_say (LfRaw *self, const char *text)
{
  lf_raw_send_frame (self, 0x80 | OPCODE_TEXT, text, strlen (text));
}

/* A whole frame that has arrived: its bytes, or 0. */
static gsize
measure_frame (LfRaw *self, gsize *header)
{
  const guint8 *in = self->in->data;
  guint64       length;

  if (self->in->len < 2)
    return 0;
  *header = 2 + (in[1] == 126 ? 2 : in[1] == 127 ? 8
                                                 : 0);
  if (self->in->len < *header)
    return 0;
  length = in[1];
  if (in[1] >= 126)
    {
      length = 0;
      for (gsize i = 2; i < *header; i++)
        length = length << 8 | in[i];
    }
  return self->in->len >= *header + length ? *header + (gsize) length : 0;
}

static gsize
pump_frame (LfRaw *self, gsize *header)
{
  lf_raw_pump (self);
  return measure_frame (self, header);
}

/* The opcode of the next frame, or 0 when the connection closed; its payload. */
static guint
read_frame (LfRaw *self, char **payload, gsize *length)
{
  gsize total = 0;
  gsize header = 0;
  guint opcode;

  lf_wait_until ((total = pump_frame (self, &header)) > 0 || self->is_closed, LF_RIG_WAIT_MS);
  if (total == 0)
    return 0;
  opcode = self->in->data[0] & 0x0f;
  *length = total - header;
  *payload = g_strndup ((char *) self->in->data + header, *length);
  if (*length > 0)
    memcpy (*payload, self->in->data + header, *length);
  g_byte_array_remove_range (self->in, 0, (guint) total);
  return opcode;
}

char *
lf_raw_hear (LfRaw *self)
{
  for (;;)
    {
      g_autofree char *payload = NULL;
      gsize            length = 0;
      guint            opcode = read_frame (self, &payload, &length);

      if (opcode == OPCODE_TEXT)
        return g_steal_pointer (&payload);
      if (opcode == 0)
        g_error ("The connection closed where a frame was awaited");
      if (opcode == OPCODE_CLOSE)
        g_error ("Closed with %u where a frame was awaited", (guint) ((guint8) payload[0] << 8 | (guint8) payload[1]));
    }
}

char *
lf_raw_hear_type (LfRaw *self, const char *type)
{
  g_autofree char *start = g_strdup_printf ("{\"t\":\"%s\"", type);

  for (;;)
    {
      g_autofree char *text = lf_raw_hear (self);

      if (g_str_has_prefix (text, start))
        return g_steal_pointer (&text);
    }
}

guint
lf_raw_drop_heard (LfRaw *self)
{
  guint n = 0;
  gsize header = 0;

  while (pump_frame (self, &header) > 0)
    {
      g_autofree char *payload = NULL;
      gsize            length = 0;

      if (read_frame (self, &payload, &length) == OPCODE_TEXT)
        n++;
    }
  return n;
}

guint
lf_raw_hear_close (LfRaw *self)
{
  for (;;)
    {
      g_autofree char *payload = NULL;
      gsize            length = 0;
      guint            opcode = read_frame (self, &payload, &length);

      if (opcode == 0)
        g_error ("The connection closed without a close frame");
      if (opcode == OPCODE_CLOSE)
        lf_raw_send_frame (self, 0x80 | OPCODE_CLOSE, payload, length); /* the other half of the handshake */
      if (opcode == OPCODE_CLOSE)
        return length < 2 ? 1005 : (guint) ((guint8) payload[0] << 8 | (guint8) payload[1]);
    }
}
