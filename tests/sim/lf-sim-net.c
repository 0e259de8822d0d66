/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "lf-sim-clock.h"
#include "lf-sim-net.h"

#define READ_BYTES   16384
#define MAX_WAITING  (256 * 1024) /* in one direction; then the sender's socket fills */
#define LOSE_FOR_US  (5 * G_USEC_PER_SEC)
#define STALL_MAX_US (20 * G_USEC_PER_SEC)

/* From the client to the server, and back. */
typedef enum
{
  THERE,
  BACK,
} Direction;

typedef struct
{
  gint64  due_us;
  GBytes *bytes; /* owned; NULL: the sender has closed */
} Chunk;

typedef struct
{
  GQueue   chunks; /* of Chunk, owned */
  gsize    n_waiting;
  gint64   last_due_us;
  gint64   bytes_left; /* then the connection is cut; -1: as many as there are */
  gboolean is_dropping;
  gboolean is_ended; /* the sender has closed */
} Pipe;

typedef struct
{
  guint            id;
  char            *name;  /* owned */
  const LfSimRoad *road;  /* borrowed */
  int              fd[2]; /* owned: towards the client, towards the server; -1: gone */
  Pipe             pipes[2];
  GRand           *random;       /* owned */
  gint64           cut_us;       /* G_MAXINT64: not */
  gboolean         is_half_open; /* what comes is taken, and kept nowhere */
} Link;

struct _LfSimNet
{
  char            *socket_path;
  GPtrArray       *links; /* owned; of Link */
  guint32          seed;
  guint            last_id;
  const char      *name;  /* borrowed: who connects now */
  const LfSimRoad *road;  /* borrowed */
  LfSimTrace      *trace; /* borrowed */
};

static LfSimNet *the_net; /* for connect(), which has no other way to it */

static void
tell (LfSimNet *self, const Link *link, const char *what)
{
  lf_sim_trace_add (self->trace, "net %s#%u %s", link->name, link->id, what);
}

static void
chunk_free (gpointer data)
{
  Chunk *chunk = data;

  g_clear_pointer (&chunk->bytes, g_bytes_unref);
  g_free (chunk);
}

static void
close_end (Link *link, Direction end)
{
  if (link->fd[end] >= 0)
    close (link->fd[end]);
  link->fd[end] = -1;
}

static void
link_free (gpointer data)
{
  Link *link = data;

  close_end (link, THERE);
  close_end (link, BACK);
  for (guint i = 0; i < G_N_ELEMENTS (link->pipes); i++)
    g_queue_clear_full (&link->pipes[i].chunks, chunk_free);
  g_rand_free (link->random);
  g_free (link->name);
  g_free (link);
}

static gboolean
cut (LfSimNet *self, Link *link)
{
  if (link->fd[THERE] < 0 && link->fd[BACK] < 0)
    return FALSE;
  tell (self, link, "cut");
  close_end (link, THERE);
  close_end (link, BACK);
  return TRUE;
}

static void
push (Link *link, Pipe *pipe, GBytes *bytes)
{
  Chunk *chunk = g_new0 (Chunk, 1);
  gint64 spread_us = link->road->spread_us > 0 ? (gint64) (g_rand_double (link->random) * (double) link->road->spread_us) : 0;

  chunk->bytes = bytes;
  chunk->due_us = MAX (pipe->last_due_us, lf_sim_clock_get_us () + link->road->delay_us + spread_us);
  pipe->last_due_us = chunk->due_us;
  pipe->n_waiting += bytes != NULL ? g_bytes_get_size (bytes) : 0;
  g_queue_push_tail (&pipe->chunks, chunk);
}

/* Takes what came; a black hole takes it as well, and keeps nothing. */
static gboolean
take (LfSimNet *self, Link *link, Direction direction)
{
  Pipe    *pipe = &link->pipes[direction];
  char     bytes[READ_BYTES];
  gboolean has_moved = FALSE;

  while (link->fd[direction] >= 0 && !pipe->is_ended && pipe->n_waiting < MAX_WAITING)
    {
      ssize_t length = recv (link->fd[direction], bytes, sizeof bytes, MSG_DONTWAIT);

      if (length < 0 && errno == EAGAIN)
        break;
      has_moved = TRUE;
      if (length <= 0)
        {
          pipe->is_ended = TRUE;
          if (!link->is_half_open)
            push (link, pipe, NULL);
          break;
        }
      if (!link->is_half_open && !pipe->is_dropping)
        {
          lf_sim_trace_add (self->trace, "net %s#%u %s %zd %016" G_GINT64_MODIFIER "x", link->name, link->id,
                            direction == THERE ? ">" : "<", length, lf_sim_digest (LF_SIM_DIGEST, bytes, (gsize) length));
          push (link, pipe, g_bytes_new (bytes, (gsize) length));
        }
    }
  return has_moved;
}

/* Hands on what is due. */
static gboolean
give (LfSimNet *self, Link *link, Direction direction)
{
  Pipe    *pipe = &link->pipes[direction];
  int      fd = link->fd[direction == THERE ? BACK : THERE];
  gboolean has_moved = FALSE;
  Chunk   *chunk;

  while (fd >= 0 && (chunk = g_queue_peek_head (&pipe->chunks)) != NULL && chunk->due_us <= lf_sim_clock_get_us ())
    {
      gsize       length = 0;
      const char *bytes = chunk->bytes != NULL ? g_bytes_get_data (chunk->bytes, &length) : NULL;
      gboolean    is_last = pipe->bytes_left >= 0 && (gsize) pipe->bytes_left <= length;
      ssize_t     sent;

      if (link->is_half_open)
        {
          pipe->n_waiting -= length;
          chunk_free (g_queue_pop_head (&pipe->chunks));
          continue;
        }
      if (is_last)
        length = (gsize) pipe->bytes_left;
      sent = length > 0 ? send (fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
      if (sent < 0 && errno == EAGAIN)
        break;
      has_moved = TRUE;
      if (sent < 0 || chunk->bytes == NULL)
        {
          close_end (link, THERE);
          close_end (link, BACK);
          break;
        }
      if (is_last)
        {
          cut (self, link);
          break;
        }
      if (pipe->bytes_left >= 0)
        pipe->bytes_left -= sent;
      pipe->n_waiting -= (gsize) sent;
      if ((gsize) sent < length)
        {
          GBytes *rest = g_bytes_new_from_bytes (chunk->bytes, (gsize) sent, length - (gsize) sent);

          g_bytes_unref (chunk->bytes);
          chunk->bytes = rest;
          break;
        }
      chunk_free (g_queue_pop_head (&pipe->chunks));
    }
  return has_moved;
}

/* The server's end of a new connection, or -1. */
static int
reach_server (LfSimNet *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
  if (syscall (SYS_connect, fd, &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static int
open_link (LfSimNet *self, int client_fd)
{
  int   ends[2];
  int   server_fd = self->road->is_open ? reach_server (self) : -1;
  Link *link;

  if (self->road->is_refused || (self->road->is_open && server_fd < 0))
    {
      if (server_fd >= 0)
        close (server_fd);
      errno = ECONNREFUSED;
      return -1;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0 || dup3 (ends[1], client_fd, O_CLOEXEC) < 0)
    g_error ("no socket: %s", g_strerror (errno));
  close (ends[1]);
  link = g_new0 (Link, 1);
  link->id = ++self->last_id;
  link->name = g_strdup (self->name);
  link->road = self->road;
  link->fd[THERE] = ends[0];
  link->fd[BACK] = server_fd;
  link->random = g_rand_new_with_seed (self->seed + link->id);
  link->cut_us = G_MAXINT64;
  link->is_half_open = server_fd < 0;
  link->pipes[THERE].bytes_left = link->pipes[BACK].bytes_left = -1;
  g_ptr_array_add (self->links, link);
  tell (self, link, link->is_half_open ? "open to nowhere" : "open");
  return 0;
}

/* What client code calls. Its socket becomes one end of a pair; the other one is the network's. */
int
connect (int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
  const struct sockaddr *name = address.__sockaddr__;

  if (name->sa_family != AF_INET || the_net == NULL || the_net->road == NULL)
    return (int) syscall (SYS_connect, fd, name, length);
  return open_link (the_net, fd);
}

/**
 * lf_sim_net_new:
 * @socket_path: where the server listens
 * @seed: of the delays
 * @trace: where it is told what happens
 *
 * Returns: (transfer full): the network; there is one at a time
 */
LfSimNet *
lf_sim_net_new (const char *socket_path, guint32 seed, LfSimTrace *trace)
{
  LfSimNet *self = g_new0 (LfSimNet, 1);

  self->socket_path = g_strdup (socket_path);
  self->links = g_ptr_array_new_with_free_func (link_free);
  self->seed = seed;
  self->trace = trace;
  the_net = self;
  return self;
}

/**
 * lf_sim_net_free:
 * @self: the network
 */
void
lf_sim_net_free (LfSimNet *self)
{
  the_net = NULL;
  g_ptr_array_unref (self->links);
  g_free (self->socket_path);
  g_free (self);
}

/**
 * lf_sim_net_enter:
 * @self: the network
 * @name: (nullable): the machine whose code runs from now on
 * @road: (nullable): how it reaches the server
 */
void
lf_sim_net_enter (LfSimNet *self, const char *name, const LfSimRoad *road)
{
  self->name = name;
  self->road = road;
}

/* Its bytes are sent again and again, until the road is open. */
static gboolean
is_waiting (const Link *link)
{
  return !link->road->is_open && !link->is_half_open;
}

static gboolean
pump_link (LfSimNet *self, Link *link)
{
  gboolean has_moved = FALSE;

  if (link->cut_us <= lf_sim_clock_get_us ())
    return cut (self, link);
  if (is_waiting (link))
    return FALSE;
  for (Direction direction = THERE; direction <= BACK; direction++)
    {
      has_moved |= take (self, link, direction);
      has_moved |= give (self, link, direction);
    }
  return has_moved;
}

/* Nobody is there any more, or nobody who could hear of it. */
static gboolean
is_over (const Link *link)
{
  gboolean is_client_gone = link->fd[THERE] < 0 || (link->pipes[THERE].is_ended && link->is_half_open);
  gboolean is_server_gone = link->fd[BACK] < 0 || (link->pipes[BACK].is_ended && link->is_half_open);

  return is_client_gone && is_server_gone;
}

/**
 * lf_sim_net_pump:
 * @self: the network
 *
 * Takes what was sent, and hands on what is due.
 *
 * Returns: %TRUE if anything happened
 */
gboolean
lf_sim_net_pump (LfSimNet *self)
{
  gboolean has_moved = FALSE;

  for (guint i = 0; i < self->links->len; i++)
    has_moved |= pump_link (self, self->links->pdata[i]);
  for (guint i = self->links->len; i > 0; i--)
    if (is_over (self->links->pdata[i - 1]))
      g_ptr_array_remove_index (self->links, i - 1);
  return has_moved;
}

/**
 * lf_sim_net_get_next_us:
 * @self: the network
 *
 * Returns: when something arrives or is cut, or %G_MAXINT64
 */
gint64
lf_sim_net_get_next_us (LfSimNet *self)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = self->links->pdata[i];

      next_us = MIN (next_us, link->cut_us);
      for (Direction direction = THERE; direction <= BACK && !is_waiting (link); direction++)
        {
          const Chunk *first = g_queue_peek_head (&link->pipes[direction].chunks);

          if (first != NULL && first->due_us > lf_sim_clock_get_us ())
            next_us = MIN (next_us, first->due_us);
        }
    }
  return next_us;
}

/**
 * lf_sim_net_count_of:
 * @self: the network
 * @name: (nullable): a machine
 *
 * Returns: how many connections it has, or there are
 */
guint
lf_sim_net_count_of (LfSimNet *self, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    n += name == NULL || g_str_equal (((Link *) self->links->pdata[i])->name, name);
  return n;
}

static void
harm_link (LfSimNet *self, Link *link, LfSimHarm harm, gint64 amount)
{
  gint64 now_us = lf_sim_clock_get_us ();

  switch (harm)
    {
    case LF_SIM_CUT_LATER:
      link->pipes[THERE].bytes_left = amount % 1000;
      link->pipes[BACK].bytes_left = amount % 5000;
      break;
    case LF_SIM_LOSE_ANSWERS:
      link->pipes[BACK].is_dropping = TRUE;
      link->cut_us = now_us + amount % LOSE_FOR_US;
      break;
    case LF_SIM_HALF_OPEN:
      link->is_half_open = TRUE;
      break;
    case LF_SIM_STALL:
      for (Direction direction = THERE; direction <= BACK; direction++)
        link->pipes[direction].last_due_us = now_us + amount % STALL_MAX_US;
      break;
    case LF_SIM_CUT:
    default:
      link->cut_us = now_us;
      break;
    }
}

/**
 * lf_sim_net_harm:
 * @self: the network
 * @name: (nullable): whose connection
 * @n: which of them, of those there are
 * @harm: what becomes of it
 * @amount: how much of that: any number from 0
 */
void
lf_sim_net_harm (LfSimNet *self, const char *name, guint n, LfSimHarm harm, gint64 amount)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = self->links->pdata[i];

      if ((name != NULL && !g_str_equal (link->name, name)) || n-- > 0)
        continue;
      lf_sim_trace_add (self->trace, "net %s#%u harm %d", link->name, link->id, (int) harm);
      harm_link (self, link, harm, amount);
      return;
    }
}

/**
 * lf_sim_net_harm_all:
 * @self: the network
 * @name: (nullable): whose connections
 * @harm: what becomes of each
 */
void
lf_sim_net_harm_all (LfSimNet *self, const char *name, LfSimHarm harm)
{
  guint n_links = lf_sim_net_count_of (self, name);

  for (guint i = 0; i < n_links; i++)
    lf_sim_net_harm (self, name, i, harm, 0);
}
