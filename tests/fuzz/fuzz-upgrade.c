/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-fuzz.h"
#include "lf-instant.h"
#include "lf-upgrade.h"

/* What a server answers to the upgrade, over a real socket. "@@" in an input stands for the right
 * Sec-WebSocket-Accept; the bytes behind the head go through libsoup's parser of frames. Each answer
 * is the whole of what the server says, so each connection ends by itself. */

#define MARK        "@@"
#define GUID        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 section 1.3 */
#define DEADLINE_US (20 * LF_SECOND)

typedef struct
{
  GSocketListener         *listener; /* owned */
  LfRest                  *rest;     /* owned */
  GSocketConnection       *peer;     /* owned, nullable: the server's end */
  GString                 *answer;   /* owned */
  char                     request[4096];
  gsize                    n_request;
  SoupWebsocketConnection *connection; /* owned, nullable */
  GError                  *error;      /* owned, nullable */
  gboolean                 is_done;
  gboolean                 is_closed;
} World;

static char *
make_accept (const char *request)
{
  const char           *at = strstr (request, "Sec-WebSocket-Key: ") + strlen ("Sec-WebSocket-Key: ");
  g_autofree char      *joined = g_strdup_printf ("%.*s" GUID, (int) strcspn (at, "\r\n"), at);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8                digest[20];
  gsize                 length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

static void
put_accept (World *world)
{
  g_autofree char *accept = make_accept (world->request);
  char            *mark = memmem (world->answer->str, world->answer->len, MARK, strlen (MARK));

  if (mark == NULL)
    return;
  g_string_erase (world->answer, mark - world->answer->str, strlen (MARK));
  g_string_insert (world->answer, mark - world->answer->str, accept);
}

static void read_request (World *world);

static void
on_request_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World *world = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0) /* the client has gone */
    return;
  world->n_request += (gsize) n;
  world->request[world->n_request] = '\0';
  if (strstr (world->request, "\r\n\r\n") == NULL)
    {
      read_request (world);
      return;
    }
  put_accept (world);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (world->peer)), world->answer->str, world->answer->len, NULL, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (world->peer), FALSE, TRUE, NULL);
}

static void
read_request (World *world)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (world->peer)), world->request + world->n_request,
                             sizeof world->request - 1 - world->n_request, G_PRIORITY_DEFAULT, NULL, on_request_read, world);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World *world = user_data;

  world->peer = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
  g_assert_nonnull (world->peer);
  read_request (world);
}

static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *message, World *world)
{
  g_assert_cmpuint (g_bytes_get_size (message), <=, LF_UPGRADE_MAX_MESSAGE_BYTES);
}

static void
on_error (SoupWebsocketConnection *connection, GError *error, World *world)
{
  g_assert_nonnull (error);
}

static void
on_closed (SoupWebsocketConnection *connection, World *world)
{
  world->is_closed = TRUE;
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World          *world = user_data;
  LfMeteredInput *input = NULL;
  guint           retry_after_s = 0;

  world->connection = lf_upgrade_finish (LF_REST (source), result, &input, &retry_after_s, &world->error);
  world->is_done = TRUE;
  g_assert_cmpuint (retry_after_s, <=, 3600);
  if (world->connection == NULL)
    {
      g_assert_true (world->error != NULL && world->error->domain == LF_ERROR);
      g_assert_true (g_utf8_validate (world->error->message, -1, NULL));
      return;
    }
  g_assert_nonnull (input);
  g_signal_connect (world->connection, "message", G_CALLBACK (on_message), world);
  g_signal_connect (world->connection, "error", G_CALLBACK (on_error), world);
  g_signal_connect (world->connection, "closed", G_CALLBACK (on_closed), world);
}

static void
spin_until (const gboolean *is_over)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  while (!*is_over)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

static World *
get_world (void)
{
  static World    *world; /* made once; it lives as long as the process */
  g_autofree char *server = NULL;

  if (world != NULL)
    return world;
  world = g_new0 (World, 1);
  world->listener = g_socket_listener_new ();
  world->answer = g_string_new (NULL);
  server = g_strdup_printf ("http://127.0.0.1:%u", g_socket_listener_add_any_inet_port (world->listener, NULL, NULL));
  world->rest = lf_rest_new (server, NULL);
  g_assert_nonnull (world->rest);
  return world;
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: an answer, and what follows it
 * @size: their bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  World *world = get_world ();

  world->n_request = 0;
  world->is_done = FALSE;
  world->is_closed = FALSE;
  g_string_truncate (world->answer, 0);
  g_string_append_len (world->answer, (const char *) data, (gssize) size);
  g_socket_listener_accept_async (world->listener, NULL, on_accepted, world);
  lf_upgrade_async (world->rest, NULL, on_upgraded, world);
  spin_until (&world->is_done);
  if (world->connection != NULL)
    spin_until (&world->is_closed);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&world->connection);
  g_clear_object (&world->peer);
  g_clear_error (&world->error);
  return 0;
}
