/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfFault:
 * @LF_FAULT_WRITE: a write fails with EIO, half of it done
 * @LF_FAULT_FULL: a write fails with ENOSPC, half of it done
 * @LF_FAULT_READ: a read fails with EIO
 * @LF_FAULT_SYNC: a sync fails with EIO
 *
 * How a disk may fail.
 */
typedef enum
{
  LF_FAULT_WRITE,
  LF_FAULT_FULL,
  LF_FAULT_READ,
  LF_FAULT_SYNC,
} LfFault;

/* A disk that fails when it is told to: stands between SQLite and the files of this process. Any thread. */
void lf_fault_vfs_install (void);
/* The @nth call of that kind from now on fails, the first being 1; and all behind it if @is_lasting. */
void lf_fault_vfs_arm (LfFault fault, guint nth, gboolean is_lasting);
/* How many calls have failed since it was armed. */
guint lf_fault_vfs_disarm (void);

G_END_DECLS
