/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "lf-cutter.h"

#define CHUNK_BYTES 16384

struct _LfCutter
{
  GSocketService *service; /* owned */
  char           *server;  /* owned: "127.0.0.1:port" */
  char           *address; /* owned: "http://127.0.0.1:port" */
  GPtrArray      *wires;   /* owned: Wire */
  gboolean        is_blocked;
  gint64          n_bytes[LF_CUTTER_N_WAYS];
  guint           n_left; /* cuts */
  LfCutterWay     way;
  LfCutterHow     how;
  gint64          n_allowed;
  char           *text; /* owned, nullable: cuts instead */
  guint           n_cuts;
};

/* One connection: what comes from an end goes to the other. Ends are numbered by the way on which
 * they send: 0 is the client's. */
typedef struct
{
  LfCutter *cutter; /* borrowed */
  GSocket  *ends[LF_CUTTER_N_WAYS];
  GSource  *sources[LF_CUTTER_N_WAYS]; /* owned, nullable: until its end has said FIN */
  gboolean  is_cut;                    /* by FIN: what still comes is dropped */
} Wire;

typedef struct
{
  Wire       *wire;
  LfCutterWay way;
} Reading;

static void
stop_reading (Wire *wire, LfCutterWay way)
{
  if (wire->sources[way] == NULL)
    return;
  g_source_destroy (wire->sources[way]);
  g_clear_pointer (&wire->sources[way], g_source_unref);
}

static void
wire_free (gpointer data)
{
  Wire *wire = data;

  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    {
      stop_reading (wire, (LfCutterWay) way);
      g_socket_close (wire->ends[way], NULL);
      g_object_unref (wire->ends[way]);
    }
  g_free (wire);
}

static void
reset (Wire *wire)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    setsockopt (g_socket_get_fd (wire->ends[way]), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_ptr_array_remove_fast (wire->cutter->wires, wire);
}

static void
cut (Wire *wire, LfCutterHow how)
{
  if (how == LF_CUTTER_RST)
    {
      reset (wire);
      return;
    }
  wire->is_cut = TRUE;
  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    g_socket_shutdown (wire->ends[way], FALSE, TRUE, NULL);
}

/* How many of some bytes may pass. */
static gsize
count_allowed (LfCutter *self, LfCutterWay way, const char *bytes, gsize length)
{
  if (self->n_left == 0 || self->way != way)
    return length;
  if (self->text != NULL)
    return memmem (bytes, length, self->text, strlen (self->text)) != NULL ? 0 : length;
  return (gsize) MIN ((gint64) length, self->n_allowed - self->n_bytes[way]);
}

/* Returns: FALSE if the wire is gone */
static gboolean
pass (Wire *wire, LfCutterWay way, const char *bytes, gsize length)
{
  LfCutter *self = wire->cutter;
  gsize     n = count_allowed (self, way, bytes, length);
  gssize    n_sent = 0;

  self->n_bytes[way] += (gint64) n;
  for (gsize at = 0; at < n && n_sent >= 0; at += (gsize) n_sent) /* small enough for the buffers of the kernel */
    n_sent = g_socket_send_with_blocking (wire->ends[1 - way], bytes + at, n - at, TRUE, NULL, NULL);
  if (n_sent < 0)
    {
      reset (wire);
      return FALSE;
    }
  if (n == length)
    return TRUE;
  self->n_left--;
  self->n_cuts++;
  cut (wire, self->how);
  return self->how == LF_CUTTER_FIN;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Reading    *reading = user_data;
  Wire       *wire = reading->wire;
  LfCutterWay way = reading->way;
  char        bytes[CHUNK_BYTES];
  gssize      n = g_socket_receive_with_blocking (socket, bytes, sizeof bytes, FALSE, NULL, NULL);

  if (n > 0)
    return wire->is_cut || pass (wire, way, bytes, (gsize) n) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  if (n < 0)
    {
      reset (wire);
      return G_SOURCE_REMOVE;
    }
  stop_reading (wire, way);
  g_socket_shutdown (wire->ends[1 - way], FALSE, TRUE, NULL);
  if (wire->sources[1 - way] == NULL)
    g_ptr_array_remove_fast (wire->cutter->wires, wire);
  return G_SOURCE_REMOVE;
}

static void
start_reading (Wire *wire, LfCutterWay way)
{
  Reading *reading = g_new (Reading, 1);

  *reading = (Reading){ wire, way };
  g_socket_set_option (wire->ends[way], IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  wire->sources[way] = g_socket_create_source (wire->ends[way], G_IO_IN, NULL);
  g_source_set_callback (wire->sources[way], G_SOURCE_FUNC (on_readable), reading, g_free);
  g_source_attach (wire->sources[way], NULL);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *client, GObject *source, LfCutter *self)
{
  g_autoptr (GSocketClient)     dialler = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  Wire                         *wire;

  if (!self->is_blocked)
    server = g_socket_client_connect_to_host (dialler, self->server, 80, NULL, NULL);
  if (server == NULL)
    return TRUE;
  wire = g_new0 (Wire, 1);
  wire->cutter = self;
  wire->ends[LF_CUTTER_TO_SERVER] = g_object_ref (g_socket_connection_get_socket (client));
  wire->ends[LF_CUTTER_TO_CLIENT] = g_object_ref (g_socket_connection_get_socket (server));
  g_ptr_array_add (self->wires, wire);
  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    start_reading (wire, (LfCutterWay) way);
  return TRUE;
}

/**
 * lf_cutter_new:
 * @server: its address
 *
 * Returns: (transfer full): a wire to it, whole
 */
LfCutter *
lf_cutter_new (const char *server)
{
  LfCutter          *self = g_new0 (LfCutter, 1);
  g_autoptr (GError) error = NULL;
  guint16            port;

  self->wires = g_ptr_array_new_with_free_func (wire_free);
  self->service = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  self->server = g_strdup (strstr (server, "://") + strlen ("://"));
  self->address = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

/**
 * lf_cutter_free:
 * @self: a wire
 *
 * Cuts what is connected, and takes it away.
 */
void
lf_cutter_free (LfCutter *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_ptr_array_unref (self->wires);
  g_free (self->text);
  g_free (self->server);
  g_free (self->address);
  g_free (self);
}

/**
 * lf_cutter_get_address:
 * @self: a wire
 *
 * Returns: what a client takes for the server's address
 */
const char *
lf_cutter_get_address (LfCutter *self)
{
  return self->address;
}

/**
 * lf_cutter_arm:
 * @self: a wire
 * @way: which bytes are counted
 * @n_bytes: how many pass
 * @how: what both ends get then
 *
 * Cuts one connection, once.
 */
void
lf_cutter_arm (LfCutter *self, LfCutterWay way, gint64 n_bytes, LfCutterHow how)
{
  lf_cutter_disarm (self);
  self->n_left = 1;
  self->way = way;
  self->how = how;
  self->n_allowed = n_bytes;
}

/**
 * lf_cutter_arm_text:
 * @self: a wire
 * @text: of a request
 *
 * Cuts %LF_CUTTER_N_TEXT_CUTS connections, by RST.
 */
void
lf_cutter_arm_text (LfCutter *self, const char *text)
{
  lf_cutter_arm (self, LF_CUTTER_TO_SERVER, 0, LF_CUTTER_RST);
  self->n_left = LF_CUTTER_N_TEXT_CUTS;
  self->text = g_strdup (text);
}

/**
 * lf_cutter_disarm:
 * @self: a wire
 *
 * Counts anew, and cuts nothing.
 */
void
lf_cutter_disarm (LfCutter *self)
{
  self->n_left = 0;
  g_clear_pointer (&self->text, g_free);
  memset (self->n_bytes, 0, sizeof self->n_bytes);
}

/**
 * lf_cutter_get_n_bytes:
 * @self: a wire
 * @way: which
 *
 * Returns: how many passed since the last call of lf_cutter_arm() or lf_cutter_disarm()
 */
gint64
lf_cutter_get_n_bytes (LfCutter *self, LfCutterWay way)
{
  return self->n_bytes[way];
}

/**
 * lf_cutter_get_n_cuts:
 * @self: a wire
 *
 * Returns: how many connections were cut at the byte that was named
 */
guint
lf_cutter_get_n_cuts (LfCutter *self)
{
  return self->n_cuts;
}

/**
 * lf_cutter_set_is_blocked:
 * @self: a wire
 * @is_blocked: cuts all that is connected, and drops what connects
 */
void
lf_cutter_set_is_blocked (LfCutter *self, gboolean is_blocked)
{
  self->is_blocked = is_blocked;
  while (is_blocked && self->wires->len > 0)
    reset (g_ptr_array_index (self->wires, 0));
}
