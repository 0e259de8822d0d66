/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-list-splice.h"

#define MAX_SMALL_STEPS 24 /* more single moves than that are signalled as one block */

static void
replace_range (GListModel *model, GPtrArray *held, guint first, guint n_removed, GPtrArray *source, guint n_added)
{
  if (n_removed > 0)
    g_ptr_array_remove_range (held, first, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (held, (int) (first + i), g_object_ref (g_ptr_array_index (source, first + i)));
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (model, first, n_removed, n_added);
}

/* Signals single removals, insertions and moves, so that other rows keep their widgets. */
static void
apply_small_steps (GListModel *model, GPtrArray *held, GPtrArray *wanted)
{
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < wanted->len; i++)
    g_hash_table_add (kept, g_ptr_array_index (wanted, i));

  for (guint i = held->len; i-- > 0;)
    if (!g_hash_table_contains (kept, g_ptr_array_index (held, i)))
      {
        g_ptr_array_remove_index (held, i);
        g_list_model_items_changed (model, i, 1, 0);
      }

  for (guint i = 0; i < wanted->len; i++)
    {
      gpointer entry = g_ptr_array_index (wanted, i);
      guint    at;

      if (i < held->len && g_ptr_array_index (held, i) == entry)
        continue;
      if (g_ptr_array_find (held, entry, &at))
        {
          /* One that should stand further down makes room itself: one move and not many. */
          if (i + 1 < held->len && g_ptr_array_index (held, i + 1) == entry)
            {
              g_ptr_array_remove_index (held, i);
              g_list_model_items_changed (model, i, 1, 0);
              continue;
            }
          g_ptr_array_remove_index (held, at);
          g_list_model_items_changed (model, at, 1, 0);
        }
      g_ptr_array_insert (held, (int) i, g_object_ref (entry));
      g_list_model_items_changed (model, i, 0, 1);
    }
}

/**
 * lf_list_splice:
 * @model: whose items these are; it signals
 * @held: the items as they are, with g_object_unref() as free function; changed in place
 * @wanted: the items as they shall be, each at most once
 *
 * Brings a list to another state by few and small "items-changed": views keep the rows, the
 * selection and the focus of everything that did not move. Many changes become one signal.
 */
void
lf_list_splice (GListModel *model, GPtrArray *held, GPtrArray *wanted)
{
  guint n_old = held->len;
  guint n_new = wanted->len;
  guint first = 0, last = 0;

  while (first < MIN (n_old, n_new) &&
         g_ptr_array_index (held, first) == g_ptr_array_index (wanted, first))
    first++;
  while (last < MIN (n_old, n_new) - first &&
         g_ptr_array_index (held, n_old - 1 - last) == g_ptr_array_index (wanted, n_new - 1 - last))
    last++;

  if (first + last == n_old && n_old == n_new)
    return;

  /* Nothing removed, or nothing added, or too much of both: one signal. */
  if (first + last == MIN (n_old, n_new) || MAX (n_old, n_new) - first - last > MAX_SMALL_STEPS * 8 ||
      MAX (n_old, n_new) - MIN (n_old, n_new) > MAX_SMALL_STEPS)
    replace_range (model, held, first, n_old - first - last, wanted, n_new - first - last);
  else
    apply_small_steps (model, held, wanted);
}
