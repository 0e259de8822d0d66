/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-cdr-place.h"

/* What is kept across a restart:
 *
 *   [position]
 *   file=/var/log/asterisk/cdr-csv/Master.csv
 *   inode=1315047
 *   offset=48213
 */
#define GROUP "position"

struct _LfCdrPlaces
{
  GQueue queue;                      /* of LfCdrPlace, in the order of the file; borrowed */
  void (*done) (gpointer user_data); /* NULL: nobody is told any more */
  gpointer user_data;
};

struct _LfCdrPlace
{
  LfCdrPlaces  *places; /* owned */
  LfCdrPosition at;
  GList         link;
};

/**
 * lf_cdr_places_new:
 * @done: is told whenever nothing more is to come of a place
 * @user_data: for @done
 *
 * Returns: (transfer full): places, none yet
 */
LfCdrPlaces *
lf_cdr_places_new (void (*done) (gpointer user_data), gpointer user_data)
{
  LfCdrPlaces *self = g_rc_box_new0 (LfCdrPlaces);

  self->done = done;
  self->user_data = user_data;
  return self;
}

/**
 * lf_cdr_places_free:
 * @self: (transfer full) (nullable): places
 *
 * Lets go of them: nobody is told any more. Those that somebody holds live on.
 */
void
lf_cdr_places_free (LfCdrPlaces *self)
{
  if (self == NULL)
    return;

  self->done = NULL;
  g_rc_box_release (self);
}

/**
 * lf_cdr_places_add:
 * @self: places
 * @at: behind those that were added before
 *
 * Returns: (transfer full): a new place, which is done when its last reference goes
 */
LfCdrPlace *
lf_cdr_places_add (LfCdrPlaces *self, const LfCdrPosition *at)
{
  LfCdrPlace *place = g_rc_box_new0 (LfCdrPlace);

  place->places = g_rc_box_acquire (self);
  place->at = *at;
  place->link.data = place;
  g_queue_push_tail_link (&self->queue, &place->link);
  return place;
}

/**
 * lf_cdr_places_rewind:
 * @self: places
 * @inode: of a file that was emptied
 *
 * Places in it are at its begin now: what stood there is gone, and all that follows is to be read.
 */
void
lf_cdr_places_rewind (LfCdrPlaces *self, guint64 inode)
{
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    if (((LfCdrPlace *) link->data)->at.inode == inode)
      ((LfCdrPlace *) link->data)->at.offset = 0;
}

/**
 * lf_cdr_places_get_first:
 * @self: places
 *
 * Returns: (transfer none) (nullable): where the first of them is
 */
const LfCdrPosition *
lf_cdr_places_get_first (LfCdrPlaces *self)
{
  return self->queue.head != NULL ? &((const LfCdrPlace *) self->queue.head->data)->at : NULL;
}

/**
 * lf_cdr_place_ref:
 * @self: a place
 *
 * Returns: (transfer full): @self
 */
LfCdrPlace *
lf_cdr_place_ref (LfCdrPlace *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_place (gpointer data)
{
  LfCdrPlace  *self = data;
  LfCdrPlaces *places = self->places;

  g_queue_unlink (&places->queue, &self->link);
  if (places->done != NULL)
    places->done (places->user_data);
  g_rc_box_release (places);
}

/**
 * lf_cdr_place_unref:
 * @self: (transfer full): a place
 *
 * The last one says that nothing more is to come of it.
 */
void
lf_cdr_place_unref (LfCdrPlace *self)
{
  g_rc_box_release_full (self, clear_place);
}

/**
 * lf_cdr_position_load:
 * @path: where a position was kept
 * @file: path of the file that it must be of
 * @position: (out caller-allocates): untouched if there is none
 *
 * Returns: %TRUE if there is a position in @file
 */
gboolean
lf_cdr_position_load (const char *path, const char *file, LfCdrPosition *position)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char     *name = NULL;
  g_autofree char     *inode = NULL;
  g_autofree char     *offset = NULL;
  guint64              inode_number, offset_number;

  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  name = g_key_file_get_string (keys, GROUP, "file", NULL);
  inode = g_key_file_get_string (keys, GROUP, "inode", NULL);
  offset = g_key_file_get_string (keys, GROUP, "offset", NULL);
  if (g_strcmp0 (name, file) != 0 || inode == NULL || offset == NULL ||
      !g_ascii_string_to_unsigned (inode, 10, 1, G_MAXUINT64, &inode_number, NULL) ||
      !g_ascii_string_to_unsigned (offset, 10, 0, G_MAXINT64, &offset_number, NULL))
    return FALSE;

  *position = (LfCdrPosition){ inode_number, (goffset) offset_number };
  return TRUE;
}

/**
 * lf_cdr_position_save:
 * @file: path of the file
 * @position: how far it was read
 *
 * Returns: (transfer full): what to keep for lf_cdr_position_load()
 */
GBytes *
lf_cdr_position_save (const char *file, const LfCdrPosition *position)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  gsize                length;
  char                *text;

  g_key_file_set_string (keys, GROUP, "file", file);
  g_key_file_set_uint64 (keys, GROUP, "inode", position->inode);
  g_key_file_set_int64 (keys, GROUP, "offset", position->offset);
  text = g_key_file_to_data (keys, &length, NULL);
  return g_bytes_new_take (text, length);
}
