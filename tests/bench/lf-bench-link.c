/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-bench-load-private.h"

#define ACK_EVERY      32
#define RETRY_FIRST_US (1 * G_USEC_PER_SEC)
#define RETRY_MAX_US   (60 * G_USEC_PER_SEC)

static void
set_events (LfBenchLoad *self, guint n, guint events, int operation)
{
  struct epoll_event event = { .events = events, .data.u32 = n };

  if (epoll_ctl (self->loop, operation, self->links[n].fd, &event) != 0)
    g_error ("connection %u cannot be watched: %s", n, g_strerror (errno));
}

void
lf_bench_link_close (LfBenchLoad *self, guint n)
{
  LfBenchLink *link = &self->links[n];

  if (link->state == LINK_DOWN)
    return;
  if (link->state == LINK_LIVE)
    self->n_live--;
  else if (link->state != LINK_BARE)
    self->n_opening--;
  close (link->fd);
  link->fd = -1;
  link->state = LINK_DOWN;
  link->count = link->acked = 0;
  g_clear_pointer (&link->rest, g_byte_array_unref);
}

/* It comes back as a client does, or was not to fail at all. */
void
lf_bench_link_fail (LfBenchLoad *self, guint n, const char *why)
{
  LfBenchLink *link = &self->links[n];
  gboolean     was_live = link->state == LINK_LIVE;

  lf_bench_link_close (self, n);
  if (!self->bears_cuts)
    {
      if (was_live)
        g_error ("stream %u was lost: %s", n, why);
      if (self->n_failures++ == 0)
        printf ("The first attempt that failed: %s\n", why);
      return;
    }
  if (!was_live)
    {
      self->n_failures++;
      link->n_refused++;
    }
  link->retry_us = g_get_monotonic_time () + 1 +
                   (gint64) g_random_double_range (0, (double) MIN (RETRY_FIRST_US << MIN (link->n_refused, 6), RETRY_MAX_US));
}

void
lf_bench_link_open (LfBenchLoad *self, guint n)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) self->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  LfBenchLink       *link = &self->links[n];

  link->retry_us = 0;
  link->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (link->fd < 0)
    g_error ("no socket %u: %s", n, g_strerror (errno));
  link->state = LINK_CONNECTING;
  self->n_opening++;
  if (connect (link->fd, (struct sockaddr *) &address, sizeof address) != 0 && errno != EINPROGRESS)
    lf_bench_link_fail (self, n, g_strerror (errno));
  else
    set_events (self, n, EPOLLOUT, EPOLL_CTL_ADD);
}

void
lf_bench_link_connected (LfBenchLoad *self, guint n)
{
  LfBenchLink     *link = &self->links[n];
  int              error = 0;
  socklen_t        error_bytes = sizeof error;
  g_autofree char *request = NULL;

  getsockopt (link->fd, SOL_SOCKET, SO_ERROR, &error, &error_bytes);
  if (error != 0)
    {
      lf_bench_link_fail (self, n, g_strerror (error));
      return;
    }
  request = g_strdup_printf ("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                             "Sec-WebSocket-Protocol: lampfield.v1\r\nAuthorization: Bearer %s\r\n\r\n",
                             self->port, self->tokens[n]);
  set_events (self, n, EPOLLIN, EPOLL_CTL_MOD);
  link->state = LINK_UPGRADING;
  lf_bench_load_send (self, n, request, strlen (request));
}

void
lf_bench_link_acknowledge (LfBenchLoad *self, guint n)
{
  LfBenchLink *link = &self->links[n];
  char         ack[64];

  g_snprintf (ack, sizeof ack, "{\"t\":\"ack\",\"count\":%u}", link->count);
  link->acked = link->count;
  lf_bench_load_say (self, n, ack);
}

static gsize
take_head (LfBenchLoad *self, guint n, const guint8 *data, gsize length)
{
  const char *end = g_strstr_len ((const char *) data, (gssize) length, "\r\n\r\n");

  if (end == NULL)
    return 0;
  if (length < 12 || memcmp (data, "HTTP/1.1 101", 12) != 0)
    {
      g_autofree char *why = g_strndup ((const char *) data, (gsize) (strchr ((const char *) data, '\r') - (const char *) data));

      lf_bench_link_fail (self, n, why);
      return 0;
    }
  self->links[n].state = LINK_STARTING;
  lf_bench_load_say (self, n, "{\"t\":\"start\"}");
  return (gsize) (end - (const char *) data) + 4;
}

static gboolean
is_of (const char *text, gsize length, const char *beginning)
{
  return length > strlen (beginning) && memcmp (text, beginning, strlen (beginning)) == 0;
}

static void
take_snapshot (LfBenchLoad *self, guint n, const char *text, gsize length)
{
  LfBenchLink *link = &self->links[n];

  if (g_strstr_len (text, (gssize) MIN (length, 100), "\"last\":true") == NULL)
    return;
  self->n_opening--;
  self->n_live++;
  link->state = LINK_LIVE;
  link->n_refused = 0;
  lf_bench_link_acknowledge (self, n);
}

static void
take_text (LfBenchLoad *self, guint n, const char *text, gsize length, gsize frame_bytes)
{
  LfBenchLink *link = &self->links[n];

  if (is_of (text, length, "{\"t\":\"ping\""))
    {
      g_autofree char *pong = g_strndup (text, length);

      pong[7] = 'o'; /* pong carries what ping did */
      lf_bench_load_say (self, n, pong);
      return;
    }
  if (is_of (text, length, "{\"t\":\"hello\"") || is_of (text, length, "{\"t\":\"pong\""))
    return;
  link->count++;
  if (is_of (text, length, "{\"t\":\"presence\""))
    {
      self->n_presence++;
      self->frame_bytes = frame_bytes;
      lf_bench_load_note_latency (self);
    }
  if (is_of (text, length, "{\"t\":\"snapshot\""))
    take_snapshot (self, n, text, length);
  else if (link->count - link->acked >= ACK_EVERY)
    lf_bench_link_acknowledge (self, n);
}

/* One whole frame, or nothing. RFC 6455 section 5.2, from the server: without a mask. */
static gsize
take_frame (LfBenchLoad *self, guint n, const guint8 *data, gsize length)
{
  gsize header = 2;
  gsize payload;

  if (length < 2)
    return 0;
  payload = data[1] & 0x7f;
  if (payload == 126)
    header = 4;
  else if (payload == 127)
    header = 10;
  if (length < header)
    return 0;
  if (header > 2)
    payload = 0;
  for (gsize i = 2; i < header; i++)
    payload = payload << 8 | data[i];
  if (length < header + payload)
    return 0;
  if ((data[0] & 0x0f) == 8)
    {
      g_autofree char *why = g_strdup_printf ("closed with %u", payload >= 2 ? (guint) (data[header] << 8 | data[header + 1]) : 0);

      lf_bench_link_fail (self, n, why);
      return 0;
    }
  if ((data[0] & 0x0f) == 1)
    take_text (self, n, (const char *) data + header, payload, header + payload);
  return header + payload;
}

gsize
lf_bench_link_take (LfBenchLoad *self, guint n, const guint8 *data, gsize length)
{
  LfBenchLink *link = &self->links[n];
  gsize        taken = 0;
  gsize        step = 0;

  do
    {
      if (link->state == LINK_UPGRADING)
        step = take_head (self, n, data + taken, length - taken);
      else if (link->state == LINK_STARTING || link->state == LINK_LIVE)
        step = take_frame (self, n, data + taken, length - taken);
      else
        return length;
      taken += step;
    }
  while (step > 0 && taken < length);
  return taken;
}
