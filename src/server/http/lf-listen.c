/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gio/gunixsocketaddress.h>

#include "lf-listen.h"

#define BACKLOG     4096
#define SOCKET_MODE 0660 /* the proxy is in the server's group; the folder may say more */

static GSocketAddress *
parse_unix (const char *path, GError **error)
{
  if (g_path_is_absolute (path) && strlen (path) < sizeof (((struct sockaddr_un *) NULL)->sun_path))
    return g_unix_socket_address_new (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "“unix:%s” is no address: an absolute path of at most 107 bytes is wanted.", path);
  return NULL;
}

static GSocketAddress *
parse_inet (const char *listen, gboolean is_insecure_direct, GError **error)
{
  const char              *colon = strrchr (listen, ':');
  g_autofree char         *host = NULL;
  guint64                  port = 0;
  g_autoptr (GInetAddress) inet = NULL;

  if (colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      if (listen[0] == '[' && colon > listen + 1 && colon[-1] == ']')
        host = g_strndup (listen + 1, colon - listen - 2);
      else
        host = g_strndup (listen, colon - listen);
      inet = g_inet_address_new_from_string (host);
    }
  if (inet == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no address to listen on: 127.0.0.1:PORT, [::1]:PORT or unix:PATH is wanted.", listen);
      return NULL;
    }
  if (!g_inet_address_get_is_loopback (inet) && !is_insecure_direct)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "“%s” can be reached from the network, where passwords would pass in clear text: "
                   "listen on 127.0.0.1 behind a TLS proxy, or add --insecure-direct.",
                   listen);
      return NULL;
    }
  return g_inet_socket_address_new (inet, (guint16) port);
}

static GSocketAddress *
parse (const char *listen, gboolean is_insecure_direct, GError **error)
{
  if (g_str_has_prefix (listen, "unix:"))
    return parse_unix (listen + strlen ("unix:"), error);
  return parse_inet (listen, is_insecure_direct, error);
}

/* A socket file that nobody answers on is left over from a crash and is removed. */
static gboolean
clear_stale_socket (const struct sockaddr *native, gsize length, const char *path, GError **error)
{
  int      probe = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_alive = probe >= 0 && connect (probe, native, (socklen_t) length) == 0;

  if (probe >= 0)
    close (probe);
  if (is_alive)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "Another process listens on “%s”.", path);
      return FALSE;
    }
  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot remove “%s”: %s", path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/* A Unix socket is bound with the mode it is to have: never open to more, not even for a moment. */
static gboolean
bind_socket (int fd, const struct sockaddr *native, socklen_t length)
{
  mode_t   before = umask (0777 & ~SOCKET_MODE);
  gboolean is_bound = bind (fd, native, length) == 0;
  int      saved = errno;

  umask (before);
  errno = saved;
  return is_bound;
}

static char *
describe_bound (int fd)
{
  struct sockaddr_storage    bound = { 0 };
  socklen_t                  length = sizeof bound;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char           *host = NULL;

  if (getsockname (fd, (struct sockaddr *) &bound, &length) != 0)
    return NULL;
  if (bound.ss_family == AF_UNIX)
    return g_strconcat ("unix:", ((struct sockaddr_un *) &bound)->sun_path, NULL);
  address = g_socket_address_new_from_native (&bound, length);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return g_strdup_printf (bound.ss_family == AF_INET6 ? "http://[%s]:%u" : "http://%s:%u", host,
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

/**
 * lf_listen_check:
 * @listen: "127.0.0.1:PORT", "[::1]:PORT" or "unix:PATH"
 * @is_insecure_direct: addresses beyond loopback are allowed
 * @error: a place for a #GIOErrorEnum
 *
 * Tells whether lf_listen_open() would accept the words of an address, without opening it.
 *
 * Returns: %TRUE if so
 */
gboolean
lf_listen_check (const char *listen, gboolean is_insecure_direct, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (listen != NULL, FALSE);

  address = parse (listen, is_insecure_direct, error);
  return address != NULL;
}

/**
 * lf_listen_open:
 * @listen: "127.0.0.1:PORT", "[::1]:PORT" or "unix:PATH"; port 0 takes a free one
 * @is_insecure_direct: addresses beyond loopback are allowed
 * @url: (out) (transfer full): where it listens: "http://127.0.0.1:8470" or "unix:/path"
 * @error: a place for a #GIOErrorEnum
 *
 * Opens the listening socket.
 *
 * Returns: its descriptor, non-blocking and close-on-exec, or -1
 */
int
lf_listen_open (const char *listen_on, gboolean is_insecure_direct, char **url, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  struct sockaddr_storage    native = { 0 };
  gsize                      length;
  int                        one = 1;
  int                        fd;

  g_return_val_if_fail (listen_on != NULL && url != NULL, -1);

  address = parse (listen_on, is_insecure_direct, error);
  if (address == NULL || !g_socket_address_to_native (address, &native, sizeof native, error))
    return -1;
  length = (gsize) g_socket_address_get_native_size (address);
  if (native.ss_family == AF_UNIX && !clear_stale_socket ((struct sockaddr *) &native, length, ((struct sockaddr_un *) &native)->sun_path, error))
    return -1;
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && native.ss_family != AF_UNIX)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd < 0 || !bind_socket (fd, (struct sockaddr *) &native, (socklen_t) length) || listen (fd, BACKLOG) != 0)
    {
      int saved = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "Cannot listen on “%s”: %s", listen_on, g_strerror (saved));
      if (fd >= 0)
        close (fd);
      return -1;
    }
  *url = describe_bound (fd);
  return fd;
}

/**
 * lf_listen_write_address:
 * @folder: the data folder
 * @name: of the file: "address"
 * @url: where the server listens
 * @error: a place for a #GFileError
 *
 * Writes FOLDER/NAME in one step, so that who waits for it reads a whole line.
 *
 * Returns: %TRUE if written
 */
gboolean
lf_listen_write_address (const char *folder, const char *name, const char *url, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL && url != NULL, FALSE);

  path = g_build_filename (folder, name, NULL);
  line = g_strconcat (url, "\n", NULL);
  return g_file_set_contents_full (path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

/**
 * lf_listen_name_peer:
 * @address: a peer's address
 * @length: its size in bytes
 *
 * Returns: (transfer full): the address without port, as people write it; "unix" for a Unix socket
 */
char *
lf_listen_name_peer (const struct sockaddr *address, gsize length)
{
  g_autoptr (GSocketAddress) socket_address = NULL;

  if (address == NULL || address->sa_family == AF_UNIX)
    return g_strdup ("unix");
  socket_address = g_socket_address_new_from_native ((gpointer) address, length);
  if (!G_IS_INET_SOCKET_ADDRESS (socket_address))
    return g_strdup ("unknown");
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address)));
}
