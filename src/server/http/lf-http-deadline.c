/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lf-http-private.h"

/* What becomes of a connection that takes too long. The daemon knows idle time alone, and a byte now
 * and then would keep a request for ever. */

#define SLACK_MS 250 /* deadlines that lie close together are seen to at once */

static gboolean on_sweep (gpointer user_data);

/* One timer for all connections, and none where there is no connection. */
static void
arm_sweep (LfHttpServer *self, gint64 due_us)
{
  gint64 wait_us = MAX (due_us - g_get_monotonic_time (), 0);

  if (self->sweep_id != 0 && self->sweep_due_us <= due_us)
    return;
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  self->sweep_due_us = due_us;
  self->sweep_id = g_timeout_add ((guint) (wait_us / 1000) + SLACK_MS, on_sweep, self);
}

/* So long from now. */
void
lf_http_connection_set_deadline (LfHttpConnection *connection, guint seconds)
{
  connection->deadline_us = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  arm_sweep (connection->http, connection->deadline_us);
}

/* A 408 for who has begun a request; then the socket is shut down and the daemon sees its end. */
static void
cut_connection (LfHttpConnection *connection)
{
  static const char body[] = "{\"type\":\"about:blank\",\"title\":\"The request took too long to arrive\","
                             "\"status\":408,\"code\":\"request_timeout\"}";
  LfHttpRequest    *request = connection->request;
  gboolean          is_reading = request != NULL ? request->phase == LF_HTTP_READING : connection->n_requests == 0;

  if (is_reading)
    {
      g_autofree char *reply = g_strdup_printf ("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nCache-Control: no-store\r\n"
                                                "Content-Type: application/problem+json\r\nContent-Length: %zu\r\n\r\n%s",
                                                sizeof body - 1, body);

      if (send (connection->fd, reply, strlen (reply), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        g_debug ("A late client was not told: %s", g_strerror (errno));
    }
  connection->is_cut = TRUE;
  shutdown (connection->fd, SHUT_RDWR);
  connection->http->needs_run = TRUE;
  if (!is_reading)
    return;
  connection->http->stats.n_cut++;
  lf_http_server_log (connection->http, "A request was cut at its deadline", connection->peer);
}

static gboolean
on_sweep (gpointer user_data)
{
  LfHttpServer *self = user_data;
  gint64        now_us = g_get_monotonic_time ();
  gint64        next_us = G_MAXINT64;

  self->sweep_id = 0;
  for (GList *link = self->connections.head, *next; link != NULL; link = next)
    {
      LfHttpConnection *connection = link->data;

      next = link->next;
      if (connection->is_cut)
        continue;
      if (connection->deadline_us > now_us)
        next_us = MIN (next_us, connection->deadline_us);
      else if (connection->request != NULL && connection->request->phase == LF_HTTP_HANDLING)
        lf_http_request_respond_problem (connection->request, LF_PROBLEM_UNAVAILABLE, "The answer took too long.", 5);
      else
        cut_connection (connection);
    }
  if (next_us != G_MAXINT64)
    arm_sweep (self, next_us);
  return G_SOURCE_REMOVE;
}
