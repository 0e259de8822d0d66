/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-bench-load.h"

#define DEADLINE_MS 20000
#define ACK_EVERY   32

typedef struct
{
  int         fd;
  gboolean    is_stream;
  GByteArray *in;    /* owned: an unfinished frame */
  guint       count; /* frames with a position */
  guint       acked;
} Connection;

struct _LfBenchLoad
{
  guint       port;
  int         loop;
  Connection *connections;
  guint       n_connections;
  guint       n_presence; /* since the last wait */
  gsize       bare_bytes; /* since the last wait */
  gsize       frame_bytes;
  gboolean    has_snapshot; /* of the stream that is being opened */
};

static void
acknowledge (LfBenchLoad *self, guint n)
{
  Connection      *connection = &self->connections[n];
  g_autofree char *ack = g_strdup_printf ("{\"t\":\"ack\",\"count\":%u}", connection->count);

  lf_bench_load_say (self, n, ack);
  connection->acked = connection->count;
}

static void
take_text (LfBenchLoad *self, guint n, const char *text, gsize length, gsize frame_bytes)
{
  Connection *connection = &self->connections[n];

  if (g_str_has_prefix (text, "{\"t\":\"ping\""))
    {
      g_autofree char *pong = g_strndup (text, length);

      pong[7] = 'o'; /* pong carries what ping did */
      lf_bench_load_say (self, n, pong);
      return;
    }
  if (g_str_has_prefix (text, "{\"t\":\"hello\"") || g_str_has_prefix (text, "{\"t\":\"pong\""))
    return;
  connection->count++;
  if (connection->count - connection->acked >= ACK_EVERY)
    acknowledge (self, n);
  if (g_str_has_prefix (text, "{\"t\":\"snapshot\""))
    self->has_snapshot = g_strstr_len (text, (gssize) length, "\"last\":true") != NULL;
  else if (g_str_has_prefix (text, "{\"t\":\"presence\""))
    {
      self->n_presence++;
      self->frame_bytes = frame_bytes;
    }
}

/* Takes the whole frames off the front of what came. */
static void
take_frames (LfBenchLoad *self, guint n)
{
  GByteArray *in = self->connections[n].in;

  while (in->len >= 2)
    {
      gsize header = 2;
      gsize length = in->data[1] & 0x7f;

      if (length == 126)
        header = 4;
      else if (length == 127)
        header = 10;
      if (in->len < header)
        return;
      if (header > 2)
        length = 0;
      for (gsize i = 2; i < header; i++)
        length = length << 8 | in->data[i];
      if (in->len < header + length)
        return;
      if ((in->data[0] & 0x0f) == 8)
        g_error ("the server closed stream %u: %u", n, length >= 2 ? (guint) (in->data[header] << 8 | in->data[header + 1]) : 0);
      if ((in->data[0] & 0x0f) == 1)
        take_text (self, n, (const char *) in->data + header, length, header + length);
      g_byte_array_remove_range (in, 0, (guint) (header + length));
    }
}

static void
read_connection (LfBenchLoad *self, guint n)
{
  Connection *connection = &self->connections[n];
  guint8      bytes[65536];
  ssize_t     length = recv (connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (length == 0 || (length < 0 && errno != EAGAIN))
    g_error ("connection %u is lost: %s", n, length == 0 ? "closed" : g_strerror (errno));
  if (length < 0)
    return;
  if (!connection->is_stream)
    {
      self->bare_bytes += (gsize) length;
      return;
    }
  g_byte_array_append (connection->in, bytes, (guint) length);
  take_frames (self, n);
}

static void
turn (LfBenchLoad *self, gint64 end_us)
{
  struct epoll_event events[256];
  int                n_events = epoll_wait (self->loop, events, G_N_ELEMENTS (events), 1000);

  for (int i = 0; i < n_events; i++)
    read_connection (self, events[i].data.u32);
  if (g_get_monotonic_time () > end_us)
    g_error ("the server does not answer in time");
}

static void
open_connection (LfBenchLoad *self, guint n)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) self->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  Connection        *connection = &self->connections[n];

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->fd < 0 || connect (connection->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connection %u fails: %s", n, g_strerror (errno));
}

static void
watch (LfBenchLoad *self, guint n)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = n };

  epoll_ctl (self->loop, EPOLL_CTL_ADD, self->connections[n].fd, &event);
}

LfBenchLoad *
lf_bench_load_new (guint port, guint n_connections)
{
  LfBenchLoad *self = g_new0 (LfBenchLoad, 1);

  self->port = port;
  self->loop = epoll_create1 (EPOLL_CLOEXEC);
  self->connections = g_new0 (Connection, n_connections);
  self->n_connections = n_connections;
  for (guint n = 0; n < n_connections; n++)
    {
      self->connections[n].fd = -1;
      self->connections[n].in = g_byte_array_new ();
    }
  return self;
}

void
lf_bench_load_free (LfBenchLoad *self)
{
  for (guint n = 0; n < self->n_connections; n++)
    {
      if (self->connections[n].fd >= 0)
        close (self->connections[n].fd);
      g_byte_array_unref (self->connections[n].in);
    }
  close (self->loop);
  g_free (self->connections);
  g_free (self);
}

void
lf_bench_load_send (LfBenchLoad *self, guint n, gconstpointer bytes, gsize length)
{
  if (send (self->connections[n].fd, bytes, length, MSG_NOSIGNAL) != (ssize_t) length)
    g_error ("connection %u takes nothing: %s", n, g_strerror (errno));
}

void
lf_bench_load_say (LfBenchLoad *self, guint n, const char *text)
{
  guint8 frame[512];
  gsize  length = strlen (text);
  gsize  header = length < 126 ? 6 : 8;

  g_assert_cmpuint (length, <, sizeof frame - 8);
  frame[0] = 0x81;
  frame[1] = 0x80 | (length < 126 ? (guint8) length : 126);
  if (length >= 126)
    {
      frame[2] = (guint8) (length >> 8);
      frame[3] = (guint8) length;
    }
  memset (frame + header - 4, 0, 4); /* a mask of zeros is a mask */
  memcpy (frame + header, text, length);
  lf_bench_load_send (self, n, frame, header + length);
}

void
lf_bench_load_open_stream (LfBenchLoad *self, guint n, const char *token)
{
  gint64           end_us = g_get_monotonic_time () + DEADLINE_MS * 1000;
  g_autofree char *request = g_strdup_printf ("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                              "Sec-WebSocket-Protocol: lampfield.v1\r\nAuthorization: Bearer %s\r\n\r\n",
                                              self->port, token);
  char             head[2048] = "";
  gsize            length = 0;

  open_connection (self, n);
  self->connections[n].is_stream = TRUE;
  lf_bench_load_send (self, n, request, strlen (request));
  while (strstr (head, "\r\n\r\n") == NULL)
    {
      ssize_t got = recv (self->connections[n].fd, head + length, 1, 0);

      if (got != 1 || ++length == sizeof head - 1)
        g_error ("no upgrade: %s", head);
    }
  if (!g_str_has_prefix (head, "HTTP/1.1 101"))
    g_error ("no upgrade: %s", head);
  watch (self, n);
  self->has_snapshot = FALSE;
  lf_bench_load_say (self, n, "{\"t\":\"start\"}");
  while (!self->has_snapshot)
    turn (self, end_us);
  acknowledge (self, n);
}

void
lf_bench_load_open_bare (LfBenchLoad *self, guint n, char letter)
{
  open_connection (self, n);
  watch (self, n);
  lf_bench_load_send (self, n, &letter, 1);
}

void
lf_bench_load_wait (LfBenchLoad *self, guint count, gsize bytes)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_MS * 1000;

  while (bytes == 0 ? self->n_presence < count : self->bare_bytes < count * bytes)
    turn (self, end_us);
  self->n_presence = 0;
  self->bare_bytes = 0;
}

void
lf_bench_load_acknowledge_all (LfBenchLoad *self)
{
  for (guint n = 0; n < self->n_connections; n++)
    if (self->connections[n].is_stream && self->connections[n].count > self->connections[n].acked)
      acknowledge (self, n);
}

gsize
lf_bench_load_get_frame_bytes (LfBenchLoad *self)
{
  return self->frame_bytes;
}
