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

#define MAX_PER_LEAF 128

/* What a part of the objects says together. */
typedef struct
{
  LfBusyList *periods; /* owned, nullable: to be made */
  gint64      known_until_us;
} Node;

/* The objects lie in leaves by the hash of their path, above which stands a tree of unions: node 1 is the
 * root, node n has the children 2 n and 2 n + 1, and the leaves are the last ones. One object that changes
 * costs the unions above it, instead of sorting the periods of all. */
struct _LfCaldavObjects
{
  guint        n_leaves; /* a power of two */
  GHashTable **leaves;   /* owned: path → Object */
  Node        *nodes;    /* owned: 2 * n_leaves */
  guint        n_objects;
  guint        n_events;
  GHashTable  *troubled; /* set of Object: those with issues */
};

static void
object_free (Object *self)
{
  g_free (self->etag);
  g_clear_pointer (&self->periods, lf_busy_list_unref);
  g_free (self->issues);
  g_free (self);
}

static void
make_leaves (LfCaldavObjects *self,
             guint            n_leaves)
{
  self->n_leaves = n_leaves;
  self->nodes = g_new0 (Node, 2 * (gsize) n_leaves);
  self->leaves = g_new (GHashTable *, n_leaves);
  for (guint i = 0; i < n_leaves; i++)
    self->leaves[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) object_free);
}

static void
free_leaves (GHashTable **leaves,
             Node        *nodes,
             guint        n_leaves)
{
  for (guint i = 0; i < n_leaves; i++)
    g_hash_table_unref (leaves[i]);
  for (guint i = 0; i < 2 * n_leaves; i++)
    g_clear_pointer (&nodes[i].periods, lf_busy_list_unref);
  g_free (leaves);
  g_free (nodes);
}

static guint
find_leaf (const LfCaldavObjects *self,
           const char            *path)
{
  return g_str_hash (path) & (self->n_leaves - 1);
}

static Object *
lookup (LfCaldavObjects *self,
        const char      *path)
{
  return g_hash_table_lookup (self->leaves[find_leaf (self, path)], path);
}

/* What stands above a leaf has to be made again. */
static void
touch (LfCaldavObjects *self,
       guint            leaf)
{
  for (guint node = self->n_leaves + leaf; node > 0; node /= 2)
    g_clear_pointer (&self->nodes[node].periods, lf_busy_list_unref);
}

/* An object leaves the counts. */
static void
discount (LfCaldavObjects *self,
          const Object    *object)
{
  self->n_objects--;
  self->n_events -= object->n_events;
  g_hash_table_remove (self->troubled, object);
}

/* Twice as many leaves. */
static void
grow (LfCaldavObjects *self)
{
  GHashTable **leaves = self->leaves;
  Node        *nodes = self->nodes;
  guint        n_leaves = self->n_leaves;

  make_leaves (self, 2 * n_leaves);
  for (guint i = 0; i < n_leaves; i++)
    {
      GHashTableIter iter;
      gpointer       path;
      gpointer       object;

      g_hash_table_iter_init (&iter, leaves[i]);
      while (g_hash_table_iter_next (&iter, &path, &object))
        {
          g_hash_table_iter_steal (&iter);
          g_hash_table_insert (self->leaves[find_leaf (self, path)], path, object);
        }
    }
  free_leaves (leaves, nodes, n_leaves);
}

/* Takes @object in the place of the one of that path. */
static void
insert (LfCaldavObjects *self,
        const char      *href,
        Object          *object)
{
  char   *path = lf_caldav_dup_path (href);
  Object *old = lookup (self, path);

  if (old != NULL)
    discount (self, old);
  touch (self, find_leaf (self, path));
  g_hash_table_insert (self->leaves[find_leaf (self, path)], path, object);
  self->n_objects++;
  self->n_events += object->n_events;
  if (object->issues != NULL)
    g_hash_table_add (self->troubled, object);
  if (self->n_objects > MAX_PER_LEAF * self->n_leaves)
    grow (self);
}

static void
append (GArray           *periods,
        const LfBusyList *list)
{
  gsize               n_periods;
  const LfBusyPeriod *first = lf_busy_list_get (list, &n_periods);

  g_array_append_vals (periods, first, (guint) n_periods);
}

/* What the objects of a leaf say together. */
static void
make_from_objects (Node       *node,
                   GHashTable *leaf)
{
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  GHashTableIter     iter;
  gpointer           value;

  node->known_until_us = G_MAXINT64;
  g_hash_table_iter_init (&iter, leaf);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Object *object = value;

      if (object->periods != NULL)
        append (periods, object->periods);
      node->known_until_us = MIN (node->known_until_us, object->known_until_us);
    }
  node->periods = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
}

/* What a node's objects say together; made where it is not. */
static const Node *
get_node (LfCaldavObjects *self,
          guint            number)
{
  Node *node = &self->nodes[number];

  if (node->periods == NULL && number >= self->n_leaves)
    make_from_objects (node, self->leaves[number - self->n_leaves]);
  else if (node->periods == NULL)
    {
      const Node *left = get_node (self, 2 * number);
      const Node *right = get_node (self, 2 * number + 1);

      node->periods = lf_busy_list_union (left->periods, right->periods);
      node->known_until_us = MIN (left->known_until_us, right->known_until_us);
    }
  return node;
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

  self->troubled = g_hash_table_new (NULL, NULL);
  make_leaves (self, 1);
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

  free_leaves (self->leaves, self->nodes, self->n_leaves);
  g_hash_table_unref (self->troubled);
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

  object = lookup (self, path);
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
  insert (self, response->href, object);
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
  insert (self, href, object);
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
  Object *object;

  g_return_if_fail (self != NULL && path != NULL);

  object = lookup (self, path);
  if (object == NULL)
    return;
  discount (self, object);
  touch (self, find_leaf (self, path));
  g_hash_table_remove (self->leaves[find_leaf (self, path)], path);
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

  for (guint i = 0; i < self->n_leaves; i++)
    {
      GHashTableIter iter;
      gpointer       path;
      gpointer       object;

      g_hash_table_iter_init (&iter, self->leaves[i]);
      while (g_hash_table_iter_next (&iter, &path, &object))
        {
          if (g_hash_table_contains (paths, path))
            continue;
          discount (self, object);
          touch (self, i);
          g_hash_table_iter_remove (&iter);
        }
    }
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
  const Node    *all;
  GHashTableIter iter;
  gpointer       object;

  g_return_if_fail (self != NULL && periods != NULL && result != NULL);

  all = get_node (self, 1);
  append (periods, all->periods);
  result->known_until_us = MIN (result->known_until_us, all->known_until_us);
  result->n_events += self->n_events;
  g_hash_table_iter_init (&iter, self->troubled);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    lf_ical_issues_merge (&result->issues, ((const Object *) object)->issues);
}
