/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* Records what a server and its clients say to each other, from outside: preloaded into a test
 * (LD_PRELOAD), it stands in front of the C library's socket calls. It needs nothing of the server,
 * and the server knows nothing of it.
 *
 * Each connection that the process accepts gets a file in the folder LF_RECORD, named
 * PROGRAM-PID-COOKIE; the cookie is the kernel's number for the socket, which stays the same when
 * the descriptor is duplicated, as it is at an upgrade. A file is a row of pieces, in their order:
 *
 *   '<' (received) or '>' (sent)   8 hex digits: how many bytes   the bytes
 *
 * Each piece is written by one call, so what was said before a kill -9 is there. With LF_RECORD_ONLY
 * set to the name of a program, other programs record nothing: scripted servers of tests are none
 * that the contract is about. */

#define MAX_PATH 4096

typedef ssize_t (*RecvFunc) (int, void *, size_t, int);
typedef ssize_t (*SendFunc) (int, const void *, size_t, int);
typedef ssize_t (*SendmsgFunc) (int, const struct msghdr *, int);
typedef ssize_t (*WritevFunc) (int, const struct iovec *, int);
typedef int (*AcceptFunc) (int, struct sockaddr *, socklen_t *);
typedef int (*Accept4Func) (int, struct sockaddr *, socklen_t *, int);

static const char *
get_folder (void)
{
  const char *folder = getenv ("LF_RECORD");
  const char *only = getenv ("LF_RECORD_ONLY");

  if (folder == NULL || *folder == '\0')
    return NULL;
  if (only != NULL && *only != '\0' && strcmp (only, program_invocation_short_name) != 0)
    return NULL;
  return folder;
}

/* The command line's own socket speaks another language, and passwords. */
static int
is_admin_socket (int fd)
{
  static const char  name[] = "/admin.sock";
  struct sockaddr_un address;
  socklen_t          length = sizeof address;
  size_t             n;

  memset (&address, 0, sizeof address);
  if (getsockname (fd, (struct sockaddr *) &address, &length) != 0 || address.sun_family != AF_UNIX)
    return 0;
  n = strnlen (address.sun_path, sizeof address.sun_path);
  return n >= sizeof name - 1 && strncmp (address.sun_path + n - (sizeof name - 1), name, sizeof name - 1) == 0;
}

static int
open_record (int fd, int flags)
{
  const char *folder = get_folder ();
  uint64_t    cookie = 0;
  socklen_t   length = sizeof cookie;
  char        path[MAX_PATH];

  if (folder == NULL || getsockopt (fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0)
    return -1;
  if (snprintf (path, sizeof path, "%s/%s-%ld-%llx", folder, program_invocation_short_name, (long) getpid (),
                (unsigned long long) cookie) >= (int) sizeof path)
    return -1;
  return open (path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0600);
}

/* Only an accepted socket has a file. */
static void
begin (int fd)
{
  int saved_errno = errno;
  int record = is_admin_socket (fd) ? -1 : open_record (fd, O_CREAT);

  if (record >= 0)
    close (record);
  errno = saved_errno;
}

static void
add (int fd, char direction, const struct iovec *parts, int n_parts, size_t n_bytes)
{
  int    saved_errno = errno;
  int    record = open_record (fd, 0);
  char   head[16];
  char  *piece;
  size_t n = 0;

  if (record >= 0 && (piece = malloc (sizeof head + n_bytes)) != NULL)
    {
      n = (size_t) snprintf (head, sizeof head, "%c%08zx", direction, n_bytes);
      memcpy (piece, head, n);
      for (int i = 0; i < n_parts && n_bytes > 0; i++)
        {
          size_t part = parts[i].iov_len < n_bytes ? parts[i].iov_len : n_bytes;

          memcpy (piece + n, parts[i].iov_base, part);
          n += part;
          n_bytes -= part;
        }
      if (write (record, piece, n) != (ssize_t) n)
        fprintf (stderr, "lf-record: a piece was not recorded: %s\n", strerror (errno));
      free (piece);
    }
  if (record >= 0)
    close (record);
  errno = saved_errno;
}

static void
add_bytes (int fd, char direction, const void *bytes, ssize_t n_bytes)
{
  struct iovec part = { (void *) bytes, n_bytes > 0 ? (size_t) n_bytes : 0 };

  if (n_bytes > 0)
    add (fd, direction, &part, 1, part.iov_len);
}

/* The function that would have been called. */
#define NEXT(Type, name) ((Type) dlsym (RTLD_NEXT, name))

int
accept (int fd, struct sockaddr *address, socklen_t *length)
{
  int accepted = NEXT (AcceptFunc, "accept") (fd, address, length);

  if (accepted >= 0)
    begin (accepted);
  return accepted;
}

int
accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags)
{
  int accepted = NEXT (Accept4Func, "accept4") (fd, address, length, flags);

  if (accepted >= 0)
    begin (accepted);
  return accepted;
}

ssize_t
recv (int fd, void *buffer, size_t length, int flags)
{
  ssize_t n = NEXT (RecvFunc, "recv") (fd, buffer, length, flags);

  if ((flags & MSG_PEEK) == 0)
    add_bytes (fd, '<', buffer, n);
  return n;
}

ssize_t
send (int fd, const void *bytes, size_t length, int flags)
{
  ssize_t n = NEXT (SendFunc, "send") (fd, bytes, length, flags);

  add_bytes (fd, '>', bytes, n);
  return n;
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  ssize_t n = NEXT (SendmsgFunc, "sendmsg") (fd, message, flags);

  if (n > 0)
    add (fd, '>', message->msg_iov, (int) message->msg_iovlen, (size_t) n);
  return n;
}

ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  ssize_t n = NEXT (WritevFunc, "writev") (fd, parts, n_parts);

  if (n > 0)
    add (fd, '>', parts, n_parts, (size_t) n);
  return n;
}
