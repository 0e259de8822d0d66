/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "lf-http-private.h"
#include "lf-listen.h"
#include "lf-log-limit.h"
#include "lf-log.h"
#include "lf-server.h"

#define CONNECTION_MEMORY (20 * 1024)

G_DEFINE_FINAL_TYPE (LfHttpServer, lf_http_server, G_TYPE_OBJECT)

typedef struct
{
  GSource       parent;
  LfHttpServer *self; /* borrowed: the server destroys the source */
} DaemonSource;

/**
 * lf_http_server_log:
 * @self: an engine
 * @words: what a stranger did: no word of the stranger's own
 * @address: the stranger's
 *
 * Logs what strangers can cause, so many lines in so many seconds.
 */
void
lf_http_server_log (LfHttpServer *self, const char *words, const char *address)
{
  guint n_dropped = 0;
  char  left_out[16];

  if (!lf_log_limit_pass (&self->log_limit, g_get_monotonic_time (), &n_dropped))
    return;
  g_snprintf (left_out, sizeof left_out, "%u", n_dropped);
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, words, "address", address, "left_out", n_dropped > 0 ? left_out : NULL, NULL);
}

/* How many of @key are counted in @table. */
guint
lf_http_server_get_count (GHashTable *table, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (table, key));
}

static void
add_count (GHashTable *table, const char *key, int step)
{
  guint count = lf_http_server_get_count (table, key) + step;

  if (count == 0)
    g_hash_table_remove (table, key);
  else
    g_hash_table_replace (table, g_strdup (key), GUINT_TO_POINTER (count));
}

/* Whether the other end is a proxy whose word on addresses counts. */
gboolean
lf_http_server_is_trusted (LfHttpServer *self, const char *peer)
{
  return self->is_unix || g_strv_contains ((const char *const *) self->server->config->trusted_proxies, peer);
}

static void
release_counts (LfHttpServer *self, const char *address, const char *user)
{
  add_count (self->per_address, address, -1);
  add_count (self->per_user, user, -1);
  self->n_streams--;
}

/* The daemon's callbacks, in the order in which they come */

static enum MHD_Result
on_accept (void *user_data, const struct sockaddr *address, socklen_t length)
{
  LfHttpServer    *self = user_data;
  LfConfig        *config = self->server->config;
  g_autofree char *peer = lf_listen_name_peer (address, length);

  if (self->connections.length + self->n_streams >= config->max_connections)
    {
      self->stats.n_refused_all++;
      lf_http_server_log (self, "A connection was refused: there are too many in all", peer);
      return MHD_NO;
    }
  if (!lf_http_server_is_trusted (self, peer) && lf_http_server_get_count (self->per_address, peer) >= config->max_connections_per_address)
    {
      self->stats.n_refused_address++;
      lf_http_server_log (self, "A connection was refused: there are too many from its address", peer);
      return MHD_NO;
    }
  return MHD_YES;
}

static void
start_connection (LfHttpServer *self, struct MHD_Connection *mhd, void **context)
{
  LfHttpConnection      *connection = g_new0 (LfHttpConnection, 1);
  const struct sockaddr *address = MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

  connection->http = self;
  connection->mhd = mhd;
  connection->fd = MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  connection->peer = lf_listen_name_peer (address, address != NULL && address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  connection->is_counted = !lf_http_server_is_trusted (self, connection->peer);
  if (connection->is_counted)
    add_count (self->per_address, connection->peer, 1);
  connection->link.data = connection;
  g_queue_push_tail_link (&self->connections, &connection->link);
  lf_http_connection_set_deadline (connection, self->server->config->request_timeout_s);
  *context = connection;
}

static void
end_connection (LfHttpServer *self, void **context)
{
  LfHttpConnection *connection = *context;

  if (connection == NULL)
    return;
  *context = NULL;
  if (connection->request != NULL)
    lf_http_request_detach (g_steal_pointer (&connection->request));
  if (connection->is_counted)
    add_count (self->per_address, connection->peer, -1);
  g_queue_unlink (&self->connections, &connection->link);
  g_free (connection->peer);
  g_free (connection);
}

static void
on_connection (void *user_data, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    start_connection (user_data, mhd, context);
  else
    end_connection (user_data, context);
}

static LfHttpConnection *
get_connection (struct MHD_Connection *mhd)
{
  return MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void *
on_request_line (void *user_data, const char *target, struct MHD_Connection *mhd)
{
  LfHttpServer     *self = user_data;
  LfHttpConnection *connection = get_connection (mhd);

  if (connection->request != NULL)
    lf_http_request_detach (g_steal_pointer (&connection->request));
  connection->request = lf_http_request_new (connection, self->server, target);
  if (connection->n_requests++ > 0)
    lf_http_connection_set_deadline (connection, self->server->config->request_timeout_s);
  return connection->request;
}

static void
on_upgraded (void *user_data, struct MHD_Connection *mhd, void *con_cls, const char *extra, size_t extra_size, MHD_socket socket_fd, struct MHD_UpgradeResponseHandle *handle)
{
  LfHttpServer             *self = user_data;
  g_autoptr (LfHttpRequest) request = lf_http_request_ref (get_connection (mhd)->request);
  g_autofree guint8        *data = g_memdup2 (extra, extra_size);
  LfIdentity               *identity = request->identity;
  int                       fd = fcntl (socket_fd, F_DUPFD_CLOEXEC, 0);

  MHD_upgrade_action (handle, MHD_UPGRADE_ACTION_CLOSE); /* frees the daemon's memory; our copy lives on */
  self->needs_run = TRUE;
  if (fd < 0)
    {
      g_warning ("A WebSocket cannot be kept: %s", g_strerror (errno));
      return;
    }
  lf_http_request_count (request, MHD_HTTP_SWITCHING_PROTOCOLS);
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->n_streams++;
  add_count (self->per_address, request->address, 1);
  add_count (self->per_user, identity->user != NULL ? identity->user : identity->session, 1);
  self->upgrade (self->server, fd, identity, request->address, data, extra_size);
}

static enum MHD_Result
on_access (void *user_data, struct MHD_Connection *mhd, const char *url, const char *method, const char *version, const char *data, size_t *length, void **con_cls)
{
  LfHttpServer     *self = user_data;
  LfHttpConnection *connection = get_connection (mhd);
  LfHttpRequest    *request = connection->request;

  if (request == NULL)
    return MHD_NO;
  if (!request->is_checked)
    {
      request->is_checked = TRUE;
      lf_http_request_check_head (self, request, method);
      if (!lf_http_request_should_answer_early (request))
        return MHD_YES;
      request->must_close = TRUE;
    }
  else if (*length > 0)
    {
      lf_http_request_take_body (request, data, *length);
      *length = 0;
      return MHD_YES;
    }
  if (request->phase == LF_HTTP_READING)
    lf_http_request_handle (self, request);
  if (request->phase == LF_HTTP_HANDLING && (request->is_answered || request->is_upgrade))
    {
      request->phase = LF_HTTP_SENDING;
      lf_http_connection_set_deadline (connection, self->server->config->answer_timeout_s);
      return request->is_answered ? lf_http_request_send (request)
                                  : lf_http_upgrade_send (request, on_upgraded, self);
    }
  if (request->phase == LF_HTTP_HANDLING)
    {
      request->is_suspended = TRUE;
      MHD_suspend_connection (mhd);
    }
  return MHD_YES;
}

static void
on_completed (void *user_data, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode code)
{
  LfHttpServer     *self = user_data;
  LfHttpConnection *connection = get_connection (mhd);

  *con_cls = NULL;
  if (connection == NULL)
    return;
  if (connection->request != NULL)
    lf_http_request_detach (g_steal_pointer (&connection->request));
  lf_http_connection_set_deadline (connection, self->server->config->keep_alive_s);
}

static void
on_daemon_log (void *user_data, const char *format, va_list arguments)
{
  LfHttpServer    *self = user_data;
  g_autofree char *words = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  words = g_strchomp (g_strdup_vprintf (format, arguments));
#pragma GCC diagnostic pop
  if (self->daemon == NULL)
    g_message ("%s", words); /* it does not start */
  else
    g_debug ("%s", words); /* of strangers: their own fault, and as many as they like */
}

/* The daemon in the main loop */

static gboolean
daemon_source_prepare (GSource *source, int *timeout_ms)
{
  LfHttpServer          *self = ((DaemonSource *) source)->self;
  MHD_UNSIGNED_LONG_LONG wait_ms;

  *timeout_ms = -1;
  if (self->needs_run)
    return TRUE;
  if (MHD_get_timeout (self->daemon, &wait_ms) == MHD_YES)
    *timeout_ms = (int) MIN (wait_ms, 60000);
  return *timeout_ms == 0;
}

static gboolean
daemon_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  LfHttpServer *self = ((DaemonSource *) source)->self;

  self->needs_run = FALSE;
  MHD_run (self->daemon);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs daemon_source_funcs = { .prepare = daemon_source_prepare, .dispatch = daemon_source_dispatch };

static void
attach_daemon (LfHttpServer *self)
{
  int epoll_fd = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

  self->source = g_source_new (&daemon_source_funcs, sizeof (DaemonSource));
  ((DaemonSource *) self->source)->self = self;
  g_source_set_static_name (self->source, "lampfield-http");
  g_source_add_unix_fd (self->source, epoll_fd, G_IO_IN);
  g_source_set_can_recurse (self->source, TRUE); /* see lf_peer_loop_new() */
  g_source_attach (self->source, NULL);
}

/* As many descriptors as the system gives; then no more connections than they carry. */
static void
raise_descriptor_limit (LfConfig *config)
{
  const guint   own = 64; /* database, logs, epoll */
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_debug ("The limit of descriptors stays: %s", g_strerror (errno));
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= config->max_connections + own)
    return;
  g_message ("max-connections is lowered from %u to %lu: the limit of open files allows no more",
             config->max_connections, (unsigned long) limit.rlim_cur - own);
  config->max_connections = (guint) MAX (limit.rlim_cur - own, 16);
}

/* Every request that a handler has is told so; suspended connections cannot be closed. */
static void
abandon_requests (LfHttpServer *self)
{
  for (GList *link = self->connections.head; link != NULL; link = link->next)
    {
      LfHttpConnection *connection = link->data;

      if (connection->request != NULL && connection->request->is_suspended)
        lf_http_request_respond_problem (connection->request, LF_PROBLEM_UNAVAILABLE, "The server is stopping.", 5);
    }
}

static void
lf_http_server_dispose (GObject *object)
{
  LfHttpServer *self = LF_HTTP_SERVER (object);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->daemon != NULL)
    {
      abandon_requests (self);
      MHD_run (self->daemon);
      MHD_stop_daemon (g_steal_pointer (&self->daemon));
      if (!self->is_draining)
        self->listen_fd = -1; /* the daemon closed it */
    }
  g_clear_handle_id (&self->sweep_id, g_source_remove); /* the last requests may have set one more */
  if (self->listen_fd >= 0)
    close (self->listen_fd);
  self->listen_fd = -1;
  if (self->is_unix && self->url != NULL)
    g_unlink (self->url + strlen ("unix:"));
  self->is_unix = FALSE;
  G_OBJECT_CLASS (lf_http_server_parent_class)->dispose (object);
}

static void
lf_http_server_finalize (GObject *object)
{
  LfHttpServer *self = LF_HTTP_SERVER (object);

  g_hash_table_unref (self->per_address);
  g_hash_table_unref (self->per_user);
  g_free (self->url);
  G_OBJECT_CLASS (lf_http_server_parent_class)->finalize (object);
}

static void
lf_http_server_class_init (LfHttpServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_http_server_dispose;
  object_class->finalize = lf_http_server_finalize;
}

static void
lf_http_server_init (LfHttpServer *self)
{
  self->listen_fd = -1;
  g_queue_init (&self->connections);
  self->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->per_user = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lf_http_server_new:
 * @server: what handlers are given; outlives the object
 * @router: every route; outlives the object
 * @upgrade: (nullable): takes over WebSockets, if @router has a route of them
 *
 * Makes an engine that does not listen yet.
 *
 * Returns: (transfer full): it
 */
LfHttpServer *
lf_http_server_new (LfServer *server, LfRouter *router, LfUpgradeFunc upgrade)
{
  LfHttpServer *self = g_object_new (LF_TYPE_HTTP_SERVER, NULL);

  self->server = server;
  self->router = router;
  self->upgrade = upgrade;
  return self;
}

/**
 * lf_http_server_start:
 * @self: an engine
 * @listen_on: an address: see lf_listen_open()
 * @error: a place for a #GIOErrorEnum
 *
 * Opens the address and serves it from the default main context.
 *
 * Returns: %FALSE if the address cannot be had
 */
gboolean
lf_http_server_start (LfHttpServer *self, const char *listen_on, GError **error)
{
  LfConfig *config;

  g_return_val_if_fail (LF_IS_HTTP_SERVER (self) && self->daemon == NULL && listen_on != NULL, FALSE);

  config = self->server->config;
  self->is_unix = g_str_has_prefix (listen_on, "unix:");
  raise_descriptor_limit (config);
  self->listen_fd = lf_listen_open (listen_on, config->is_insecure_direct, &self->url, error);
  if (self->listen_fd < 0)
    return FALSE;
  self->daemon = MHD_start_daemon (MHD_USE_EPOLL | MHD_ALLOW_UPGRADE | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
                                   on_accept, self, on_access, self,
                                   MHD_OPTION_EXTERNAL_LOGGER, on_daemon_log, self,
                                   MHD_OPTION_LISTEN_SOCKET, self->listen_fd,
                                   MHD_OPTION_NOTIFY_CONNECTION, on_connection, self,
                                   MHD_OPTION_URI_LOG_CALLBACK, on_request_line, self,
                                   MHD_OPTION_NOTIFY_COMPLETED, on_completed, self,
                                   MHD_OPTION_CONNECTION_LIMIT, config->max_connections + 16,
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY,
                                   MHD_OPTION_CONNECTION_TIMEOUT, 0u,
                                   MHD_OPTION_END);
  if (self->daemon == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The HTTP engine does not start; its own message stands above.");
      return FALSE;
    }
  attach_daemon (self);
  return TRUE;
}

/**
 * lf_http_server_quiesce:
 * @self: an engine
 *
 * Takes no more connections; requests in hand are still answered, new ones on open connections get 503.
 */
void
lf_http_server_quiesce (LfHttpServer *self)
{
  g_return_if_fail (LF_IS_HTTP_SERVER (self));

  if (self->is_draining || self->daemon == NULL)
    return;
  self->is_draining = TRUE;
  self->listen_fd = MHD_quiesce_daemon (self->daemon);
}

/**
 * lf_http_server_count_active:
 * @self: an engine
 *
 * Returns: requests that are being handled or answered
 */
guint
lf_http_server_count_active (LfHttpServer *self)
{
  guint n = 0;

  g_return_val_if_fail (LF_IS_HTTP_SERVER (self), 0);

  for (GList *link = self->connections.head; link != NULL; link = link->next)
    {
      LfHttpConnection *connection = link->data;

      if (connection->request != NULL && connection->request->phase != LF_HTTP_READING)
        n++;
    }
  return n;
}

/**
 * lf_http_server_get_url:
 * @self: an engine that was started
 *
 * Returns: where it listens: "http://127.0.0.1:8470" or "unix:/path"
 */
const char *
lf_http_server_get_url (LfHttpServer *self)
{
  g_return_val_if_fail (LF_IS_HTTP_SERVER (self), NULL);

  return self->url;
}

/**
 * lf_http_server_release_stream:
 * @self: an engine
 * @address: the client's address, as the upgrade function was given it
 * @user: its user id, or the id of its service token
 *
 * A WebSocket is gone: it counts no longer.
 */
void
lf_http_server_release_stream (LfHttpServer *self, const char *address, const char *user)
{
  g_return_if_fail (LF_IS_HTTP_SERVER (self) && self->n_streams > 0);

  release_counts (self, address, user);
}

/**
 * lf_http_server_get_stats:
 * @self: an engine
 * @stats: (out): what happened since the start
 *
 * Copies the counts.
 */
void
lf_http_server_get_stats (LfHttpServer *self, LfHttpStats *stats)
{
  g_return_if_fail (LF_IS_HTTP_SERVER (self) && stats != NULL);

  *stats = self->stats;
  stats->n_connections = self->connections.length;
  stats->n_streams = self->n_streams;
}

/* The connection of an answered request goes on. */
void
lf_http_server_resume (LfHttpServer *self, LfHttpConnection *connection)
{
  MHD_resume_connection (connection->mhd);
  self->needs_run = TRUE;
}

/* The server is stopping. */
gboolean
lf_http_server_is_draining (LfHttpServer *self)
{
  return self->is_draining;
}
