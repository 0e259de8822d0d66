/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-bench-load-private.h"
#include "lf-bench-program.h"

#define DEADLINE_US    (60 * G_USEC_PER_SEC)
#define MAX_OPENING    128
#define RETRY_EVERY_US 5000

void
lf_bench_load_note_latency (LfBenchLoad *self)
{
  double latency_us = (double) (g_get_monotonic_time () - self->marked_us);

  if (self->latencies != NULL)
    g_array_append_val (self->latencies, latency_us);
}

static void
take_bare (LfBenchLoad *self, gsize length)
{
  self->bare_bytes += length;
  if (self->latency_bytes > 0 && length >= self->latency_bytes)
    lf_bench_load_note_latency (self);
}

static void
take (LfBenchLoad *self, guint n, const guint8 *data, gsize length)
{
  LfBenchLink *link = &self->links[n];
  gsize        taken;

  if (link->rest != NULL)
    {
      g_autoptr (GByteArray) rest = g_steal_pointer (&link->rest);

      g_byte_array_append (rest, data, (guint) length);
      taken = lf_bench_link_take (self, n, rest->data, rest->len);
      if (taken < rest->len && link->state != LINK_DOWN)
        {
          g_byte_array_remove_range (rest, 0, (guint) taken);
          link->rest = g_steal_pointer (&rest);
        }
      return;
    }
  taken = lf_bench_link_take (self, n, data, length);
  if (taken < length && link->state != LINK_DOWN)
    {
      link->rest = g_byte_array_new ();
      g_byte_array_append (link->rest, data + taken, (guint) (length - taken));
    }
}

static void
read_link (LfBenchLoad *self, guint n)
{
  guint8  bytes[65536];
  ssize_t length = recv (self->links[n].fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (length <= 0)
    lf_bench_link_fail (self, n, length == 0 ? "cut" : g_strerror (errno));
  else if (self->links[n].state == LINK_BARE)
    take_bare (self, (gsize) length);
  else
    take (self, n, bytes, (gsize) length);
}

static void
retry_due (LfBenchLoad *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us < self->retries_looked_us + RETRY_EVERY_US)
    return;
  self->retries_looked_us = now_us;
  for (guint n = 0; n < self->n_links; n++)
    if (self->links[n].retry_us != 0 && self->links[n].retry_us <= now_us)
      lf_bench_link_open (self, n);
}

void
lf_bench_load_turn (LfBenchLoad *self, int timeout_ms)
{
  struct epoll_event events[256];
  int                n_events;

  if (self->bears_cuts)
    retry_due (self);
  n_events = epoll_wait (self->loop, events, G_N_ELEMENTS (events), timeout_ms);
  for (int i = 0; i < n_events; i++)
    {
      guint n = events[i].data.u32;

      if (self->links[n].state == LINK_CONNECTING)
        lf_bench_link_connected (self, n);
      else if (self->links[n].state != LINK_DOWN)
        read_link (self, n);
    }
}

void
lf_bench_load_turn_until (LfBenchLoad *self, gint64 at_us)
{
  for (;;)
    {
      gint64 left_us = at_us - g_get_monotonic_time ();

      if (left_us <= 0)
        return;
      if (left_us < 1000)
        {
          lf_bench_load_turn (self, 0);
          g_usleep ((gulong) left_us);
          return;
        }
      lf_bench_load_turn (self, (int) (left_us / 1000));
    }
}

LfBenchLoad *
lf_bench_load_new (guint port, guint n_connections, const char *const *tokens)
{
  LfBenchLoad *self = g_new0 (LfBenchLoad, 1);

  self->port = port;
  self->tokens = tokens;
  self->loop = epoll_create1 (EPOLL_CLOEXEC);
  self->links = g_new0 (LfBenchLink, n_connections);
  self->n_links = n_connections;
  for (guint n = 0; n < n_connections; n++)
    self->links[n].fd = -1;
  return self;
}

void
lf_bench_load_free (LfBenchLoad *self)
{
  lf_bench_load_cut (self, 0, self->n_links);
  close (self->loop);
  g_free (self->links);
  g_free (self);
}

void
lf_bench_load_cut (LfBenchLoad *self, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    lf_bench_link_close (self, i);
}

void
lf_bench_load_bear_cuts (LfBenchLoad *self)
{
  self->bears_cuts = TRUE;
}

guint
lf_bench_load_count_live (LfBenchLoad *self)
{
  return self->n_live;
}

guint
lf_bench_load_count_failures (LfBenchLoad *self)
{
  return self->n_failures;
}

static void
check_deadline (gint64 end_us)
{
  if (g_get_monotonic_time () > end_us)
    g_error ("the server does not answer in time");
}

double
lf_bench_load_open_streams (LfBenchLoad *self, guint first, guint n)
{
  gint64 start_us = g_get_monotonic_time ();
  guint  next = first;

  while (next < first + n || self->n_opening > 0)
    {
      while (self->n_opening < MAX_OPENING && next < first + n)
        lf_bench_link_open (self, next++);
      lf_bench_load_turn (self, 1000);
      check_deadline (start_us + DEADLINE_US);
    }
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

void
lf_bench_load_open_bare (LfBenchLoad *self, guint n, char letter)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) self->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = n };
  LfBenchLink       *link = &self->links[n];

  link->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (link->fd < 0 || connect (link->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connection %u fails: %s", n, g_strerror (errno));
  link->state = LINK_BARE;
  epoll_ctl (self->loop, EPOLL_CTL_ADD, link->fd, &event);
  lf_bench_load_send (self, n, &letter, 1);
}

void
lf_bench_load_send (LfBenchLoad *self, guint n, gconstpointer bytes, gsize length)
{
  if (send (self->links[n].fd, bytes, length, MSG_NOSIGNAL) != (ssize_t) length)
    {
      if (!self->bears_cuts)
        g_error ("connection %u takes nothing: %s", n, g_strerror (errno));
      lf_bench_link_fail (self, n, g_strerror (errno));
    }
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
lf_bench_load_set_reading (LfBenchLoad *self, guint n, gboolean is_reading)
{
  struct epoll_event event = { .events = is_reading ? EPOLLIN : 0, .data.u32 = n };

  epoll_ctl (self->loop, EPOLL_CTL_MOD, self->links[n].fd, &event);
}

int
lf_bench_load_get_descriptor (LfBenchLoad *self, guint n)
{
  return self->links[n].fd;
}

void
lf_bench_load_wait (LfBenchLoad *self, guint count, gsize bytes)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  while (bytes == 0 ? self->n_presence < count : self->bare_bytes < count * bytes)
    {
      lf_bench_load_turn (self, lf_bench_is_apart () ? 0 : 1000);
      check_deadline (end_us);
    }
  self->n_presence = 0;
  self->bare_bytes = 0;
}

void
lf_bench_load_acknowledge_all (LfBenchLoad *self)
{
  for (guint n = 0; n < self->n_links; n++)
    if (self->links[n].state == LINK_LIVE && self->links[n].count > self->links[n].acked)
      lf_bench_link_acknowledge (self, n);
}

gsize
lf_bench_load_get_frame_bytes (LfBenchLoad *self)
{
  return self->frame_bytes;
}

void
lf_bench_load_set_latencies (LfBenchLoad *self, GArray *latencies, gsize bytes)
{
  self->latencies = latencies;
  self->latency_bytes = bytes;
}

void
lf_bench_load_mark (LfBenchLoad *self)
{
  self->marked_us = g_get_monotonic_time ();
}
