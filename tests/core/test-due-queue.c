/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-due-queue.h"

#define N_ITEMS 200

/* The item that must come first: the earliest, and of equal ones the one queued first. */
static LfDueItem *
find_first (LfDueItem *items,
            guint      n_items)
{
  LfDueItem *first = NULL;

  for (guint i = 0; i < n_items; i++)
    if (items[i].index != 0 &&
        (first == NULL || items[i].at_us < first->at_us ||
         (items[i].at_us == first->at_us && items[i].order < first->order)))
      first = &items[i];
  return first;
}

static void
test_order (void)
{
  g_autoptr (LfDueQueue) queue = lf_due_queue_new ();
  LfDueItem              a = { 0 };
  LfDueItem              b = { 0 };
  LfDueItem              c = { 0 };

  g_test_summary ("The earliest comes first, and of equal ones the one queued first");
  g_assert_null (lf_due_queue_peek (queue));
  lf_due_queue_set (queue, &a, 20);
  lf_due_queue_set (queue, &b, 10);
  lf_due_queue_set (queue, &c, 10);
  g_assert_true (lf_due_queue_peek (queue) == &b);
  lf_due_queue_remove (queue, &b);
  g_assert_true (lf_due_queue_peek (queue) == &c);
  lf_due_queue_set (queue, &c, 30);
  g_assert_true (lf_due_queue_peek (queue) == &a);
  lf_due_queue_set (queue, &a, LF_INSTANT_NONE);
  g_assert_cmpuint (a.index, ==, 0);
  g_assert_true (lf_due_queue_peek (queue) == &c);
  lf_due_queue_remove (queue, &c);
  lf_due_queue_remove (queue, &c);
  g_assert_null (lf_due_queue_peek (queue));
}

static void
test_random (void)
{
  g_autoptr (LfDueQueue) queue = lf_due_queue_new ();
  LfDueItem              items[N_ITEMS] = { 0 };

  g_test_summary ("After any queueing, moving and removing, the first is the first");
  for (guint step = 0; step < 20000; step++)
    {
      LfDueItem *item = &items[g_test_rand_int_range (0, N_ITEMS)];

      if (g_test_rand_int_range (0, 3) == 0)
        lf_due_queue_remove (queue, item);
      else
        lf_due_queue_set (queue, item, g_test_rand_int_range (0, 100));
      g_assert_true (lf_due_queue_peek (queue) == find_first (items, N_ITEMS));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/due-queue/order", test_order);
  g_test_add_func ("/due-queue/random", test_random);
  return g_test_run ();
}
