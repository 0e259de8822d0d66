/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The baseline of the fan-out figures: a bare epoll loop that does nothing but hand bytes on. Each
 * connection says one letter: 'i' stays idle, 'w' watches, 't' triggers. Whatever comes on the
 * trigger's connection afterwards makes one non-blocking send of argv[1] bytes to each watcher.
 * Its port is the first line of standard output. */

typedef enum
{
  ROLE_NEW,
  ROLE_IDLE,
  ROLE_WATCHER,
  ROLE_TRIGGER,
} Role;

static Role   *roles; /* by descriptor */
static GArray *watchers;
static char   *frame;
static gsize   frame_bytes;

static void
take_role (int fd, char letter)
{
  roles[fd] = letter == 'w' ? ROLE_WATCHER : letter == 't' ? ROLE_TRIGGER
                                                           : ROLE_IDLE;
  if (roles[fd] == ROLE_WATCHER)
    g_array_append_val (watchers, fd);
}

static void
forget_watchers (void)
{
  for (guint i = 0; i < watchers->len; i++)
    roles[g_array_index (watchers, int, i)] = ROLE_NEW;
  g_array_set_size (watchers, 0);
}

static void
hand_on (void)
{
  for (guint i = 0; i < watchers->len; i++)
    if (send (g_array_index (watchers, int, i), frame, frame_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t) frame_bytes)
      g_error ("a watcher does not keep up");
}

static void
serve (int fd)
{
  char    bytes[4096];
  ssize_t length = recv (fd, bytes, sizeof bytes, 0);

  if (length <= 0)
    {
      close (fd);
      roles[fd] = ROLE_NEW;
    }
  else if (roles[fd] == ROLE_NEW)
    take_role (fd, bytes[0]);
  else if (roles[fd] == ROLE_TRIGGER && length == 1)
    forget_watchers ();
  else if (roles[fd] == ROLE_TRIGGER)
    hand_on ();
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          address_bytes = sizeof address;
  struct epoll_event event = { .events = EPOLLIN };
  int                listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int                loop = epoll_create1 (EPOLL_CLOEXEC);

  frame_bytes = argc > 1 ? (gsize) g_ascii_strtoull (argv[1], NULL, 10) : 200;
  frame = g_strnfill (frame_bytes, 'x');
  roles = g_new0 (Role, 65536);
  watchers = g_array_new (FALSE, FALSE, sizeof (int));
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (listener, 4096) != 0 ||
      getsockname (listener, (struct sockaddr *) &address, &address_bytes) != 0)
    g_error ("no port: %s", g_strerror (errno));
  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);

  event.data.fd = listener;
  epoll_ctl (loop, EPOLL_CTL_ADD, listener, &event);
  for (;;)
    {
      struct epoll_event events[256];
      int                n_events = epoll_wait (loop, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n_events; i++)
        {
          int fd = events[i].data.fd;

          if (fd != listener)
            {
              serve (fd);
              continue;
            }
          while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
            {
              event.data.fd = fd;
              epoll_ctl (loop, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}
