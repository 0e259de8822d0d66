/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-bench-rest.h"

#define ANSWER_MS 20000

typedef struct
{
  int      fd;
  GString *in; /* owned */
  gboolean is_busy;
  gint64   since_us;
} Connection;

struct _LfBenchRest
{
  guint       port;
  int         loop;
  Connection *connections;
  guint       n_connections;
  GString    *body;      /* owned: of the last answer */
  GArray     *latencies; /* borrowed, nullable */
};

static void
connect_one (LfBenchRest *self, guint n)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) self->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = n };
  Connection        *connection = &self->connections[n];
  int                on = 1;

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  connection->in = g_string_new (NULL);
  if (connection->fd < 0 || connect (connection->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connection %u fails: %s", n, g_strerror (errno));
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_ctl (self->loop, EPOLL_CTL_ADD, connection->fd, &event);
}

LfBenchRest *
lf_bench_rest_new (guint port, guint n_connections)
{
  LfBenchRest *self = g_new0 (LfBenchRest, 1);

  self->port = port;
  self->loop = epoll_create1 (EPOLL_CLOEXEC);
  self->connections = g_new0 (Connection, n_connections);
  self->n_connections = n_connections;
  self->body = g_string_new (NULL);
  for (guint n = 0; n < n_connections; n++)
    connect_one (self, n);
  return self;
}

void
lf_bench_rest_free (LfBenchRest *self)
{
  for (guint n = 0; n < self->n_connections; n++)
    {
      close (self->connections[n].fd);
      g_string_free (self->connections[n].in, TRUE);
    }
  close (self->loop);
  g_free (self->connections);
  g_string_free (self->body, TRUE);
  g_free (self);
}

void
lf_bench_rest_send (LfBenchRest *self, guint n, gint64 since_us, const char *method, const char *path, const char *token, const char *body)
{
  Connection      *connection = &self->connections[n];
  g_autofree char *request = g_strdup_printf ("%s /api/v1%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
                                              "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                                              method, path, self->port, token, strlen (body), body);

  g_assert_false (connection->is_busy);
  connection->is_busy = TRUE;
  connection->since_us = since_us;
  if (send (connection->fd, request, strlen (request), MSG_NOSIGNAL) != (ssize_t) strlen (request))
    g_error ("connection %u takes nothing: %s", n, g_strerror (errno));
}

gboolean
lf_bench_rest_is_free (LfBenchRest *self, guint n)
{
  return !self->connections[n].is_busy;
}

/* A whole answer, or FALSE. */
static gboolean
take_answer (LfBenchRest *self, Connection *connection)
{
  const char *end = strstr (connection->in->str, "\r\n\r\n");
  const char *length = end != NULL ? strstr (connection->in->str, "Content-Length: ") : NULL;
  gsize       head_bytes = end != NULL ? (gsize) (end - connection->in->str) + 4 : 0;
  gsize       body_bytes = length != NULL && length < end ? g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10) : 0;
  double      latency_us = (double) (g_get_monotonic_time () - connection->since_us);

  if (end == NULL || connection->in->len < head_bytes + body_bytes)
    return FALSE;
  if (!g_str_has_prefix (connection->in->str, "HTTP/1.1 2"))
    g_error ("an answer is not as expected: %s", connection->in->str);
  g_string_truncate (self->body, 0);
  g_string_append_len (self->body, connection->in->str + head_bytes, (gssize) body_bytes);
  g_string_erase (connection->in, 0, (gssize) (head_bytes + body_bytes));
  connection->is_busy = FALSE;
  if (self->latencies != NULL)
    g_array_append_val (self->latencies, latency_us);
  return TRUE;
}

guint
lf_bench_rest_turn (LfBenchRest *self, int timeout_ms)
{
  struct epoll_event events[64];
  int                n_events = epoll_wait (self->loop, events, G_N_ELEMENTS (events), timeout_ms);
  guint              n_answers = 0;

  for (int i = 0; i < n_events; i++)
    {
      Connection *connection = &self->connections[events[i].data.u32];
      char        bytes[16384];
      ssize_t     length = recv (connection->fd, bytes, sizeof bytes, 0);

      if (length <= 0)
        g_error ("connection %u was cut", events[i].data.u32);
      g_string_append_len (connection->in, bytes, length);
      if (take_answer (self, connection))
        n_answers++;
    }
  return n_answers;
}

void
lf_bench_rest_call (LfBenchRest *self, const char *method, const char *path, const char *token, const char *body)
{
  lf_bench_rest_send (self, 0, g_get_monotonic_time (), method, path, token, body);
  while (!lf_bench_rest_is_free (self, 0))
    if (lf_bench_rest_turn (self, ANSWER_MS) == 0)
      g_error ("no answer to %s %s", method, path);
}

const char *
lf_bench_rest_get_body (LfBenchRest *self)
{
  return self->body->str;
}

void
lf_bench_rest_set_latencies (LfBenchRest *self, GArray *latencies)
{
  self->latencies = latencies;
}
