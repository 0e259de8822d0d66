/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <errno.h>
#include <sqlite3.h>

#include "lf-fault-vfs.h"

/* A file as SQLite sees it; the real one stands right behind it. */
typedef struct
{
  sqlite3_file  base;
  sqlite3_file *real;
} File;

/* Of the whole process, as SQLite's list of VFSs is. */
static struct
{
  GMutex       mutex;
  sqlite3_vfs *real;
  gboolean     is_armed;
  LfFault      fault;
  guint        n_left; /* calls that pass before the one that fails */
  gboolean     is_lasting;
  guint        n_failed;
} disk;

static sqlite3_file *
get_real (sqlite3_file *file)
{
  return ((File *) file)->real;
}

static gboolean
must_fail (LfFault fault)
{
  gboolean fails;

  g_mutex_lock (&disk.mutex);
  fails = disk.is_armed && disk.fault == fault && (disk.n_left == 0 || --disk.n_left == 0) && (disk.is_lasting || disk.n_failed == 0);
  if (fails)
    disk.n_failed++;
  g_mutex_unlock (&disk.mutex);
  return fails;
}

static int
fault_close (sqlite3_file *file)
{
  return get_real (file)->pMethods->xClose (get_real (file));
}

static int
fault_read (sqlite3_file *file, void *buffer, int length, sqlite3_int64 offset)
{
  return must_fail (LF_FAULT_READ) ? SQLITE_IOERR_READ : get_real (file)->pMethods->xRead (get_real (file), buffer, length, offset);
}

static int
fault_write (sqlite3_file *file, const void *buffer, int length, sqlite3_int64 offset)
{
  gboolean is_full = must_fail (LF_FAULT_FULL);

  if (!is_full && !must_fail (LF_FAULT_WRITE))
    return get_real (file)->pMethods->xWrite (get_real (file), buffer, length, offset);
  get_real (file)->pMethods->xWrite (get_real (file), buffer, length / 2, offset);
  return is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return must_fail (LF_FAULT_WRITE) ? SQLITE_IOERR_TRUNCATE : get_real (file)->pMethods->xTruncate (get_real (file), size);
}

static int
fault_sync (sqlite3_file *file, int flags)
{
  return must_fail (LF_FAULT_SYNC) ? SQLITE_IOERR_FSYNC : get_real (file)->pMethods->xSync (get_real (file), flags);
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return get_real (file)->pMethods->xFileSize (get_real (file), size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xLock (get_real (file), level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xUnlock (get_real (file), level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *result)
{
  return get_real (file)->pMethods->xCheckReservedLock (get_real (file), result);
}

static int
fault_file_control (sqlite3_file *file, int operation, void *argument)
{
  return get_real (file)->pMethods->xFileControl (get_real (file), operation, argument);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return get_real (file)->pMethods->xSectorSize (get_real (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return get_real (file)->pMethods->xDeviceCharacteristics (get_real (file));
}

static int
fault_shm_map (sqlite3_file *file, int page, int size, int must_extend, void volatile **place)
{
  if (must_extend && must_fail (LF_FAULT_WRITE))
    return SQLITE_IOERR_SHMSIZE;
  return get_real (file)->pMethods->xShmMap (get_real (file), page, size, must_extend, place);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return get_real (file)->pMethods->xShmLock (get_real (file), offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  get_real (file)->pMethods->xShmBarrier (get_real (file));
}

static int
fault_shm_unmap (sqlite3_file *file, int must_delete)
{
  return get_real (file)->pMethods->xShmUnmap (get_real (file), must_delete);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
};

static int
fault_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  File *self = (File *) file;
  int   result;

  self->real = (sqlite3_file *) (self + 1);
  result = disk.real->xOpen (disk.real, name, self->real, flags, out_flags);
  self->base.pMethods = self->real->pMethods != NULL ? &methods : NULL;
  return result;
}

/* The number of the system error behind the last failure. */
static int
fault_get_last_error (sqlite3_vfs *vfs, int size, char *text)
{
  int number;

  g_mutex_lock (&disk.mutex);
  number = !disk.is_armed || disk.n_failed == 0 ? 0 : disk.fault == LF_FAULT_FULL ? ENOSPC
                                                                                  : EIO;
  g_mutex_unlock (&disk.mutex);
  return number != 0 ? number : disk.real->xGetLastError (disk.real, size, text);
}

void
lf_fault_vfs_install (void)
{
  static sqlite3_vfs vfs;

  g_assert_null (disk.real);
  disk.real = sqlite3_vfs_find (NULL);
  vfs = *disk.real; /* what is not named below is passed on: it keeps no file of ours */
  vfs.zName = "lf-fault";
  vfs.szOsFile = (int) sizeof (File) + disk.real->szOsFile;
  vfs.xOpen = fault_open;
  vfs.xGetLastError = fault_get_last_error;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, TRUE), ==, SQLITE_OK);
}

void
lf_fault_vfs_arm (LfFault fault, guint nth, gboolean is_lasting)
{
  g_mutex_lock (&disk.mutex);
  disk.is_armed = TRUE;
  disk.fault = fault;
  disk.n_left = nth;
  disk.is_lasting = is_lasting;
  disk.n_failed = 0;
  g_mutex_unlock (&disk.mutex);
}

guint
lf_fault_vfs_disarm (void)
{
  guint n_failed;

  g_mutex_lock (&disk.mutex);
  disk.is_armed = FALSE;
  n_failed = disk.n_failed;
  g_mutex_unlock (&disk.mutex);
  return n_failed;
}
