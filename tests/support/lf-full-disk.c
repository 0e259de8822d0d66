/* SPDX-License-Identifier: GPL-3.0-or-later */
#undef _FILE_OFFSET_BITS /* both functions are wanted, under their own names */

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A disk that is full for as long as the file LF_FULL_DISK exists: preloaded into a server, it refuses
 * what a database writes at a place of its own choice. */

typedef ssize_t (*PwriteFunc) (int, const void *, size_t, off_t);
typedef ssize_t (*Pwrite64Func) (int, const void *, size_t, off64_t);

static int
is_full (void)
{
  const char *flag = getenv ("LF_FULL_DISK");

  return flag != NULL && access (flag, F_OK) == 0;
}

ssize_t
pwrite (int fd, const void *bytes, size_t length, off_t offset)
{
  if (!is_full ())
    return ((PwriteFunc) dlsym (RTLD_NEXT, "pwrite")) (fd, bytes, length, offset);
  errno = ENOSPC;
  return -1;
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t length, off64_t offset)
{
  if (!is_full ())
    return ((Pwrite64Func) dlsym (RTLD_NEXT, "pwrite64")) (fd, bytes, length, offset);
  errno = ENOSPC;
  return -1;
}
