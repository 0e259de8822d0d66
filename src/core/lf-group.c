/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-group.h"
#include "lf-plain-line.h"

static void
clear_group (gpointer data)
{
  LfGroup *group = data;

  g_free (group->id);
  g_free (group->name);
}

static int
compare_groups (gconstpointer a,
                gconstpointer b)
{
  const LfGroup *left = a;
  const LfGroup *right = b;
  int            order;

  if (left->position != right->position)
    return left->position < right->position ? -1 : 1;
  order = g_utf8_collate (left->name, right->name);
  return order != 0 ? order : g_strcmp0 (left->id, right->id);
}

/**
 * lf_group_array_new:
 * @groups: (array length=n_groups) (nullable): groups in any order; copied
 * @n_groups: how many
 *
 * Returns: (transfer full) (element-type LfGroup): the groups by position, then name; it owns them
 */
GArray *
lf_group_array_new (const LfGroup *groups,
                    gsize          n_groups)
{
  GArray *sorted;

  g_return_val_if_fail (groups != NULL || n_groups == 0, NULL);

  sorted = g_array_new (FALSE, FALSE, sizeof (LfGroup));
  g_array_set_clear_func (sorted, clear_group);
  for (gsize i = 0; i < n_groups; i++)
    {
      LfGroup copy = {
        .id = g_strdup (groups[i].id),
        .name = lf_plain_line_new (groups[i].name != NULL ? groups[i].name : ""),
        .position = groups[i].position,
      };

      g_array_append_val (sorted, copy);
    }
  g_array_sort (sorted, compare_groups);
  return sorted;
}

/**
 * lf_group_array_equal:
 * @a: (element-type LfGroup): groups
 * @b: (element-type LfGroup): others
 *
 * Returns: %TRUE if both hold the same groups in the same order
 */
gboolean
lf_group_array_equal (const GArray *a,
                      const GArray *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const LfGroup *left = &g_array_index (a, LfGroup, i);
      const LfGroup *right = &g_array_index (b, LfGroup, i);

      if (left->position != right->position || g_strcmp0 (left->id, right->id) != 0 ||
          g_strcmp0 (left->name, right->name) != 0)
        return FALSE;
    }
  return TRUE;
}
