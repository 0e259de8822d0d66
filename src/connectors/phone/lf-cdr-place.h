/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LfCdrPosition:
 * @inode: of the file; 0: of none
 * @offset: of a byte in it
 *
 * How far a file was read. A file that is renamed stays the same by its inode.
 */
typedef struct
{
  guint64 inode;
  goffset offset;
} LfCdrPosition;

/**
 * LfCdrPlaces:
 *
 * The lines of a file from which something is still to come of: a call that goes on, or one that the server has not
 * taken yet. From the first of them on the file is read again after a restart.
 */
typedef struct _LfCdrPlaces LfCdrPlaces;
typedef struct _LfCdrPlace  LfCdrPlace;

LfCdrPlaces         *lf_cdr_places_new (void (*done) (gpointer user_data), gpointer user_data);
void                 lf_cdr_places_free (LfCdrPlaces *self);
LfCdrPlace          *lf_cdr_places_add (LfCdrPlaces *self, const LfCdrPosition *at);
void                 lf_cdr_places_rewind (LfCdrPlaces *self, guint64 inode);
const LfCdrPosition *lf_cdr_places_get_first (LfCdrPlaces *self);
LfCdrPlace          *lf_cdr_place_ref (LfCdrPlace *self);
void                 lf_cdr_place_unref (LfCdrPlace *self);

gboolean lf_cdr_position_load (const char *path, const char *file, LfCdrPosition *position);
GBytes  *lf_cdr_position_save (const char *file, const LfCdrPosition *position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCdrPlace, lf_cdr_place_unref)

G_END_DECLS
