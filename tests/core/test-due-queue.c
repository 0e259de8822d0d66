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

static void
test_drain (void)
{
  g_test_summary ("However items were taken out of the middle, the rest comes out in order");
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (LfDueQueue) queue = lf_due_queue_new ();
      LfDueItem              items[N_ITEMS] = { 0 };
      LfDueItem             *first;

      for (guint i = 0; i < N_ITEMS; i++)
        lf_due_queue_set (queue, &items[i], g_test_rand_int_range (0, 1000));
      for (guint i = 0; i < N_ITEMS / 2; i++)
        lf_due_queue_remove (queue, &items[g_test_rand_int_range (0, N_ITEMS)]);
      while ((first = find_first (items, N_ITEMS)) != NULL)
        {
          g_assert_true (lf_due_queue_peek (queue) == first);
          lf_due_queue_remove (queue, first);
        }
      g_assert_null (lf_due_queue_peek (queue));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/due-queue/order", test_order);
  g_test_add_func ("/due-queue/random", test_random);
  g_test_add_func ("/due-queue/drain", test_drain);
  return g_test_run ();
}
