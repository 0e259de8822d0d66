/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-caldav-objects.h"

/* What one object says. */
typedef struct
{
  char         *etag;    /* owned, nullable: it is read every time */
  LfBusyList   *periods; /* owned, nullable: none */
  gint64        known_until_us;
  guint         n_events;
  LfIcalIssues *issues; /* owned, nullable: none */
} Object;

struct _LfCaldavObjects
{
  GHashTable *by_path; /* path → Object */
};

static void
object_free (Object *self)
{
  g_free (self->etag);
  g_clear_pointer (&self->periods, lf_busy_list_unref);
  g_free (self->issues);
  g_free (self);
}

/**
 * lf_caldav_dup_path:
 * @href: an address, or its path alone
 *
 * Returns: (transfer full): its path without escapes, or @href if it has an escape that is none
 */
char *
lf_caldav_dup_path (const char *href)
{
  const char *path = strstr (href, "://");
  char       *plain;

  path = path == NULL ? href : strchr (path + 3, '/');
  plain = path == NULL ? NULL : g_uri_unescape_string (path, "/");
  return plain != NULL ? plain : g_strdup (href);
}

/**
 * lf_caldav_objects_new:
 *
 * Returns: (transfer full): no objects
 */
LfCaldavObjects *
lf_caldav_objects_new (void)
{
  LfCaldavObjects *self = g_new0 (LfCaldavObjects, 1);

  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) object_free);
  return self;
}

/**
 * lf_caldav_objects_free:
 * @self: (transfer full): objects
 */
void
lf_caldav_objects_free (LfCaldavObjects *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->by_path);
  g_free (self);
}

/**
 * lf_caldav_objects_is_known:
 * @self: objects
 * @path: of one
 * @etag: (nullable): its tag now
 *
 * Returns: %TRUE if it was read with that tag
 */
gboolean
lf_caldav_objects_is_known (LfCaldavObjects *self,
                            const char      *path,
                            const char      *etag)
{
  const Object *object;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  object = g_hash_table_lookup (self->by_path, path);
  return object != NULL && object->etag != NULL && g_strcmp0 (object->etag, etag) == 0;
}

/**
 * lf_caldav_objects_take:
 * @self: objects
 * @response: what the server says of one
 * @expansion: what a worker made of it
 *
 * One that could not be read says nothing, and is counted; it is read again when it changes.
 */
void
lf_caldav_objects_take (LfCaldavObjects           *self,
                        const LfDavResponse       *response,
                        const LfCalendarExpansion *expansion)
{
  Object *object;
  gsize   n_periods = 0;

  g_return_if_fail (self != NULL && response != NULL && expansion != NULL);

  if (expansion->result == NULL)
    {
      lf_caldav_objects_note_unread (self, response->href, LF_ICAL_ISSUE_BAD_STRUCTURE);
      return;
    }
  object = g_new0 (Object, 1);
  object->etag = g_strdup (response->etag);
  object->known_until_us = expansion->result->known_until_us;
  object->n_events = expansion->result->n_events;
  lf_busy_list_get (expansion->result->periods, &n_periods);
  if (n_periods > 0)
    object->periods = lf_busy_list_ref (expansion->result->periods);
  if (!lf_ical_issues_is_empty (&expansion->result->issues))
    object->issues = g_memdup2 (&expansion->result->issues, sizeof expansion->result->issues);
  g_hash_table_insert (self->by_path, lf_caldav_dup_path (response->href), object);
}

/**
 * lf_caldav_objects_note_unread:
 * @self: objects
 * @href: of one
 * @issue: why it cannot be read
 */
void
lf_caldav_objects_note_unread (LfCaldavObjects *self,
                               const char      *href,
                               LfIcalIssue      issue)
{
  Object *object;

  g_return_if_fail (self != NULL && href != NULL);

  object = g_new0 (Object, 1);
  object->known_until_us = G_MAXINT64;
  object->issues = g_new0 (LfIcalIssues, 1);
  lf_ical_issues_add (object->issues, issue);
  g_hash_table_insert (self->by_path, lf_caldav_dup_path (href), object);
}

/**
 * lf_caldav_objects_remove:
 * @self: objects
 * @path: of one that is gone
 */
void
lf_caldav_objects_remove (LfCaldavObjects *self,
                          const char      *path)
{
  g_return_if_fail (self != NULL && path != NULL);

  g_hash_table_remove (self->by_path, path);
}

static gboolean
is_not_in (gpointer key,
           gpointer value,
           gpointer user_data)
{
  return !g_hash_table_contains (user_data, key);
}

/**
 * lf_caldav_objects_keep:
 * @self: objects
 * @paths: a set: those that there are
 *
 * All others are gone.
 */
void
lf_caldav_objects_keep (LfCaldavObjects *self,
                        GHashTable      *paths)
{
  g_return_if_fail (self != NULL && paths != NULL);

  g_hash_table_foreach_remove (self->by_path, is_not_in, paths);
}

/**
 * lf_caldav_objects_collect:
 * @self: objects
 * @periods: gets what they say, #LfBusyPeriod, in no order
 * @result: gets its counts, and an earlier end if less is known
 */
void
lf_caldav_objects_collect (LfCaldavObjects *self,
                           GArray          *periods,
                           LfIcalResult    *result)
{
  GHashTableIter iter;
  gpointer       value;

  g_return_if_fail (self != NULL && periods != NULL && result != NULL);

  g_hash_table_iter_init (&iter, self->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Object *object = value;

      result->n_events += object->n_events;
      result->known_until_us = MIN (result->known_until_us, object->known_until_us);
      if (object->issues != NULL)
        lf_ical_issues_merge (&result->issues, object->issues);
      if (object->periods != NULL)
        {
          gsize               n_periods;
          const LfBusyPeriod *list = lf_busy_list_get (object->periods, &n_periods);

          g_array_append_vals (periods, list, (guint) n_periods);
        }
    }
}
