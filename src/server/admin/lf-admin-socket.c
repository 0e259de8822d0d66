/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-admin-socket.h"

#define SOCKET_NAME "admin.sock"
#define DEADLINE_S  60
#define CHUNK_BYTES (64 * 1024)
#define MAX_CALLS   4

/* Each connection: the client writes one JSON object (lf-admin-order.c) and shuts its side down;
 * the server answers with one and closes. */

struct _LfAdminSocket
{
  GObject parent_instance;

  LfAccounts     *accounts;    /* owned */
  GSocketService *service;     /* owned, NULL once closed */
  GCancellable   *cancellable; /* owned */
  char           *path;        /* owned */
  guint           n_calls;
};

G_DEFINE_FINAL_TYPE (LfAdminSocket, lf_admin_socket, G_TYPE_OBJECT)

enum
{
  EXPLAIN,
  PERSON_CHANGED,
  PERSON_REMOVED,
  PEOPLE_CHANGED,
  LINE_CHANGED,
  LINE_REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One order on its way. */
typedef struct
{
  LfAdminSocket     *self;       /* owned */
  GSocketConnection *connection; /* owned */
  GString           *text;       /* owned: read so far */
  LfAdminOrder      *order;      /* owned, nullable until read */
  GBytes            *answer;     /* owned, nullable until made */
} Call;

static void read_more (Call *call);

static void
call_free (Call *call)
{
  call->self->n_calls--;
  g_io_stream_close (G_IO_STREAM (call->connection), NULL, NULL);
  g_object_unref (call->connection);
  g_string_free (call->text, TRUE);
  lf_codec_free (&lf_schema_admin_order, call->order);
  g_clear_pointer (&call->answer, g_bytes_unref);
  g_object_unref (call->self);
  g_free (call);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_debug ("an administrator left before the answer: %s", error->message);
  call_free (user_data);
}

static void
answer (Call *call, const LfAdminReply *reply)
{
  call->answer = lf_codec_encode_bytes (&lf_schema_admin_reply, reply);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (call->connection)), g_bytes_get_data (call->answer, NULL),
                                   g_bytes_get_size (call->answer), G_PRIORITY_DEFAULT, call->self->cancellable, on_written, call);
}

static void
answer_error (Call *call, const char *message)
{
  LfAdminReply reply = { .is_good = FALSE, .error = (char *) message };

  answer (call, &reply);
}

static void
tell (LfAdminSocket *self, LfAdminOutcome *outcome)
{
  const LfAdminOrder *order = outcome->order;

  lf_accounts_add_sessions (self->accounts, outcome->access);
  lf_accounts_drop_sessions (self->accounts, (const char *const *) outcome->ended); /* of those, too, if there were too many */
  if (outcome->token != NULL)
    lf_accounts_add_connector (self->accounts, outcome->token);
  if (order->command == LF_ADMIN_TOKEN_REMOVE)
    lf_accounts_remove_connector (self->accounts, order->id);

  if (outcome->explain != NULL || outcome->connectors != NULL)
    g_signal_emit (self, signals[EXPLAIN], 0, outcome);
  for (guint i = 0; i < outcome->claims->len; i++)
    g_signal_emit (self, signals[PERSON_CHANGED], 0, g_ptr_array_index (outcome->claims, i));
  if (outcome->closed != NULL)
    g_signal_emit (self, signals[PERSON_REMOVED], 0, outcome->closed);
  if (outcome->claims->len > 0 || outcome->closed != NULL || order->is_update)
    g_signal_emit (self, signals[PEOPLE_CHANGED], 0);
  if (outcome->line != NULL)
    g_signal_emit (self, signals[LINE_CHANGED], 0, outcome->line);
  if (order->command == LF_ADMIN_LINE_REMOVE)
    g_signal_emit (self, signals[LINE_REMOVED], 0, order->line);
}

static void
on_executed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call              *call = user_data;
  g_autoptr (GError) error = NULL;
  LfAdminOutcome    *outcome = lf_store_run_finish (LF_STORE (source), result, &error);

  if (outcome == NULL)
    {
      answer_error (call, error->message);
      return;
    }

  tell (call->self, outcome);
  answer (call, outcome->reply);
}

static void
execute (Call *call)
{
  LfAccounts        *accounts = call->self->accounts;
  LfAdminOutcome    *outcome;
  g_autoptr (GError) error = NULL;

  call->order = lf_codec_decode (&lf_schema_admin_order, call->text->str, call->text->len, &lf_admin_limits, &error);
  if (call->order == NULL)
    {
      answer_error (call, error->message);
      return;
    }

  outcome = lf_admin_outcome_new (call->order, lf_clock_get_now_us (lf_accounts_get_clock (accounts)));
  lf_store_write_async (lf_accounts_get_store (accounts), lf_admin_execute, outcome, (GDestroyNotify) lf_admin_outcome_free, NULL,
                        on_executed, call);
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call              *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (chunk == NULL)
    {
      g_debug ("an administrator's order did not arrive: %s", error->message);
      call_free (call);
      return;
    }
  if (g_bytes_get_size (chunk) == 0)
    {
      execute (call);
      return;
    }

  g_string_append_len (call->text, g_bytes_get_data (chunk, NULL), (gssize) g_bytes_get_size (chunk));
  if (call->text->len > lf_admin_limits.max_bytes)
    answer_error (call, "The order is too large; import the file in parts.");
  else
    read_more (call);
}

static void
read_more (Call *call)
{
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (call->connection)), CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   call->self->cancellable, on_chunk_read, call);
}

/* The folder's and the socket's modes keep others out already; the kernel says who it is. */
static gboolean
is_allowed (GSocketConnection *connection)
{
  g_autoptr (GCredentials) credentials = g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);
  uid_t                    user = credentials != NULL ? g_credentials_get_unix_user (credentials, NULL) : (uid_t) -1;

  return user == 0 || user == geteuid ();
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  LfAdminSocket *self = user_data;
  Call          *call;

  if (!is_allowed (connection))
    {
      g_warning ("Somebody else tried to give an administrator's order");
      return TRUE;
    }
  if (self->n_calls >= MAX_CALLS)
    return TRUE;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), DEADLINE_S);
  call = g_new0 (Call, 1);
  call->self = g_object_ref (self);
  call->connection = g_object_ref (connection);
  call->text = g_string_new (NULL);
  self->n_calls++;
  read_more (call);

  return TRUE;
}

static void
lf_admin_socket_dispose (GObject *object)
{
  LfAdminSocket *self = LF_ADMIN_SOCKET (object);

  lf_admin_socket_close (self);
  g_clear_object (&self->accounts);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (lf_admin_socket_parent_class)->dispose (object);
}

static void
lf_admin_socket_class_init (LfAdminSocketClass *klass)
{
  GType type = LF_TYPE_ADMIN_SOCKET;

  G_OBJECT_CLASS (klass)->dispose = lf_admin_socket_dispose;

  signals[EXPLAIN] = g_signal_new ("explain", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[PERSON_CHANGED] = g_signal_new ("person-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[PERSON_REMOVED] = g_signal_new ("person-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PEOPLE_CHANGED] = g_signal_new ("people-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LINE_CHANGED] = g_signal_new ("line-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[LINE_REMOVED] = g_signal_new ("line-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lf_admin_socket_init (LfAdminSocket *self)
{
  self->cancellable = g_cancellable_new ();
}

static char *
make_path (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, SOCKET_NAME, NULL);

  /* sun_path of <sys/un.h> has room for 107 bytes and a NUL. */
  if (strlen (path) <= 107)
    return g_steal_pointer (&path);

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "The path “%s” is too long for a socket; use a data folder with a shorter path.", path);
  return NULL;
}

static gboolean
listen_there (LfAdminSocket *self, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  mode_t                     old_mask;
  gboolean                   is_bound;

  /* What a killed server left: this process holds the folder's lock, so nobody listens there. */
  g_unlink (self->path);
  old_mask = umask (0177);
  is_bound = g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                            NULL, NULL, error);
  umask (old_mask);
  if (!is_bound)
    g_prefix_error (error, "The administrator's socket “%s” cannot be made: ", self->path);

  return is_bound;
}

/**
 * lf_admin_socket_new:
 * @accounts: accounts of a store that this process holds
 * @error: return location
 *
 * Listens in the data folder.
 *
 * Returns: (transfer full) (nullable): the socket, %NULL when it cannot be made
 */
LfAdminSocket *
lf_admin_socket_new (LfAccounts *accounts, GError **error)
{
  g_autoptr (LfAdminSocket) self = NULL;

  g_return_val_if_fail (LF_IS_ACCOUNTS (accounts), NULL);

  self = g_object_new (LF_TYPE_ADMIN_SOCKET, NULL);
  self->accounts = g_object_ref (accounts);
  self->path = make_path (lf_store_get_folder (lf_accounts_get_store (accounts)), error);
  if (self->path == NULL)
    return NULL;
  self->service = g_socket_service_new ();
  g_signal_connect_object (self->service, "incoming", G_CALLBACK (on_incoming), self, 0);

  return listen_there (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * lf_admin_socket_close:
 * @self: the socket
 *
 * Takes no more orders. May be called twice.
 */
void
lf_admin_socket_close (LfAdminSocket *self)
{
  g_return_if_fail (LF_IS_ADMIN_SOCKET (self));

  if (self->service == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  g_unlink (self->path);
}

static GString *
read_all (GInputStream *input, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GBytes) chunk = g_input_stream_read_bytes (input, CHUNK_BYTES, NULL, error);

      if (chunk == NULL)
        return NULL;
      if (g_bytes_get_size (chunk) == 0)
        return g_steal_pointer (&text);
      g_string_append_len (text, g_bytes_get_data (chunk, NULL), (gssize) g_bytes_get_size (chunk));
      if (text->len > lf_admin_limits.max_bytes)
        {
          g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_TOO_LARGE, "The server's answer is too long.");
          return NULL;
        }
    }
}

/**
 * lf_admin_socket_ask:
 * @folder: the data folder
 * @order: what is to be done
 * @error: return location
 *
 * Gives an order to the server that holds @folder. Blocks, a minute at most without a sign of life.
 *
 * Returns: (transfer full) (nullable): its reply; %NULL with %LF_PROBLEM_UNAVAILABLE when nobody
 *   listens there
 */
LfAdminReply *
lf_admin_socket_ask (const char *folder, const LfAdminOrder *order, GError **error)
{
  g_autofree char              *path = make_path (folder, error);
  g_autoptr (GSocketAddress)    address = path != NULL ? g_unix_socket_address_new (path) : NULL;
  g_autoptr (GSocketClient)     client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GBytes)            text = lf_codec_encode_bytes (&lf_schema_admin_order, order);
  g_autoptr (GString)           reply = NULL;
  g_autoptr (GError)            failure = NULL;

  if (path == NULL)
    return NULL;
  g_socket_client_set_timeout (client, DEADLINE_S);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &failure);
  if (connection == NULL)
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "The server does not answer on “%s”: %s", path, failure->message);
      return NULL;
    }

  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), g_bytes_get_data (text, NULL),
                                  g_bytes_get_size (text), NULL, NULL, error) ||
      !g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, error))
    return NULL;
  reply = read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), error);
  if (reply != NULL && reply->len == 0)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "The server is busy with other orders; try again in a moment.");
      return NULL;
    }

  return reply != NULL ? lf_codec_decode (&lf_schema_admin_reply, reply->str, reply->len, &lf_admin_limits, error) : NULL;
}
