/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-server"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lf-notify.h"

/* What sd_notify(3) does: a datagram with words to the socket that the service manager named. A library
 * for it would be the larger part of what the program loads at its start. */

/**
 * lf_notify_send:
 * @state: "READY=1", "STOPPING=1" or "WATCHDOG=1"
 *
 * Tells the service manager, if there is one that wants to know ($NOTIFY_SOCKET: a path, or with "@"
 * in front a name of the abstract namespace).
 *
 * Returns: %TRUE if it was told
 */
gboolean
lf_notify_send (const char *state)
{
  const char        *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize              length;
  int                fd;
  gboolean           is_sent;

  g_return_val_if_fail (state != NULL, FALSE);

  if (path == NULL || (path[0] != '/' && path[0] != '@'))
    return FALSE;
  length = strlen (path);
  if (length >= sizeof address.sun_path)
    return FALSE;
  memcpy (address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  is_sent = sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address,
                    (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + length)) >= 0;
  if (!is_sent)
    g_warning ("The service manager cannot be told “%s”: %s", state, g_strerror (errno));
  close (fd);
  return is_sent;
}

/**
 * lf_notify_get_watchdog_ms:
 *
 * Returns: how often the service manager wants to hear WATCHDOG=1 from this process, in milliseconds:
 *   half of $WATCHDOG_USEC; 0: never
 */
guint
lf_notify_get_watchdog_ms (void)
{
  const char *limit = g_getenv ("WATCHDOG_USEC");
  const char *process = g_getenv ("WATCHDOG_PID");
  guint64     limit_us = 0;
  guint64     id = 0;

  if (limit == NULL || !g_ascii_string_to_unsigned (limit, 10, 2000, (guint64) G_MAXUINT * 1000, &limit_us, NULL))
    return 0;
  if (process != NULL && (!g_ascii_string_to_unsigned (process, 10, 1, G_MAXINT, &id, NULL) || id != (guint64) getpid ()))
    return 0;
  return (guint) (limit_us / 2000);
}
