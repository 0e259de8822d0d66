/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-busy.h"
#include "lf-instant.h"

#define HORIZON     400 /* seconds that the naive oracle knows */
#define MAX_PERIODS 30

/* Second by second, which types cover it: what a list must agree with. */
typedef struct
{
  gboolean is_covered[LF_N_BUSY_TYPES][HORIZON];
} Oracle;

static LfBusyPeriod
period (gint64     start_s,
        gint64     end_s,
        LfBusyType type)
{
  return (LfBusyPeriod){ start_s * LF_SECOND, end_s * LF_SECOND, type };
}

/* "busy 10-20, tentative 15-30", in seconds. */
static char *
describe (const LfBusyList *list)
{
  static const char *const names[] = { "busy", "tentative", "out", "elsewhere", "all-day" };
  gsize                    n_periods;
  const LfBusyPeriod      *periods = lf_busy_list_get (list, &n_periods);
  GString                 *text = g_string_new (NULL);

  for (gsize i = 0; i < n_periods; i++)
    g_string_append_printf (text, "%s%s %d-%d", i > 0 ? ", " : "", names[periods[i].type],
                            (int) (periods[i].start_us / LF_SECOND), (int) (periods[i].end_us / LF_SECOND));
  return g_string_free (text, FALSE);
}

#define assert_list(list, expected)               \
  G_STMT_START                                    \
  {                                               \
    g_autofree char *described = describe (list); \
    g_assert_cmpstr (described, ==, expected);    \
  }                                               \
  G_STMT_END

static guint
make_random (LfBusyPeriod *periods,
             Oracle       *oracle)
{
  guint n_periods = (guint) g_test_rand_int_range (0, MAX_PERIODS);

  memset (oracle, 0, sizeof *oracle);
  for (guint i = 0; i < n_periods; i++)
    {
      int        start = g_test_rand_int_range (0, HORIZON - 50);
      int        end = start + g_test_rand_int_range (-5, 50);
      LfBusyType type = g_test_rand_bit () ? LF_BUSY_BUSY : (LfBusyType) g_test_rand_int_range (0, LF_N_BUSY_TYPES);

      periods[i] = period (start, end, type);
      for (int second = start; second < end; second++)
        oracle->is_covered[type][second] = TRUE;
    }
  return n_periods;
}

/* The first second after @second at which coverage differs from the second before it; -1: none. */
static int
find_edge (const Oracle *oracle,
           LfBusyType    type,
           int           second)
{
  for (int at = second + 1; at < HORIZON; at++)
    if (oracle->is_covered[type][at] != oracle->is_covered[type][at - 1])
      return at;
  return -1;
}

static void
check_invariants (const LfBusyList *list)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (list, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      g_assert_cmpint (periods[i].start_us, <, periods[i].end_us);
      if (i > 0)
        g_assert_cmpint (periods[i - 1].start_us, <=, periods[i].start_us);
      for (gsize j = i + 1; j < n_periods; j++)
        if (periods[i].type == periods[j].type)
          g_assert_cmpint (periods[i].end_us - (periods[i].type == LF_BUSY_BUSY), <, periods[j].start_us);
    }
}

static void
check_against (const LfBusyList *list,
               const Oracle     *oracle)
{
  check_invariants (list);
  for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
    for (int second = 0; second < HORIZON; second++)
      {
        int          edge = find_edge (oracle, (LfBusyType) type, second);
        gint64       at_us = second * LF_SECOND;
        LfBusyPeriod held;

        g_assert_cmpint (lf_busy_list_covers (list, (LfBusyType) type, at_us, &held), ==,
                         oracle->is_covered[type][second]);
        g_assert_cmpint (lf_busy_list_next_edge (list, (LfBusyType) type, at_us), ==,
                         edge < 0 ? LF_INSTANT_NONE : edge * LF_SECOND);
        if (oracle->is_covered[type][second])
          {
            g_assert_cmpint (held.start_us, <=, at_us);
            g_assert_cmpint (held.end_us, ==, edge * LF_SECOND);
            g_assert_cmpint (held.type, ==, type);
          }
      }
}

static void
test_unite (void)
{
  g_test_summary ("Periods of one type that overlap are one, as are those that touch, unless they are meetings; types do not mix; empty ones vanish");
  {
    const LfBusyPeriod periods[] = {
      period (40, 50, LF_BUSY_BUSY),
      period (10, 20, LF_BUSY_BUSY),
      period (20, 30, LF_BUSY_BUSY),
      period (15, 25, LF_BUSY_TENTATIVE),
      period (12, 14, LF_BUSY_BUSY),
      period (45, 60, LF_BUSY_BUSY),
      period (70, 70, LF_BUSY_BUSY),
      period (80, 75, LF_BUSY_BUSY),
      period (90, 95, (LfBusyType) 99),
      period (25, 35, LF_BUSY_TENTATIVE),
      period (20, 30, LF_BUSY_BUSY), /* the same again, by another calendar */
    };
    g_autoptr (LfBusyList) list = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
    g_autoptr (LfBusyList) joined = lf_busy_list_join (list);

    assert_list (list, "busy 10-20, tentative 15-35, busy 20-30, busy 40-60");
    assert_list (joined, "busy 10-30, tentative 15-35, busy 40-60");
  }
}

static void
test_empty (void)
{
  g_autoptr (LfBusyList) list = lf_busy_list_new (NULL, 0);
  LfBusyPeriod           block;
  gsize                  n_periods = 1;

  g_test_summary ("An empty list and no list at all say the same: nothing");
  g_assert_null (lf_busy_list_get (NULL, &n_periods));
  g_assert_cmpuint (n_periods, ==, 0);
  g_assert_true (lf_busy_list_equal (list, NULL));
  g_assert_true (lf_busy_list_equal (NULL, list));
  for (guint i = 0; i < 2; i++)
    {
      const LfBusyList      *self = i == 0 ? list : NULL;
      g_autoptr (LfBusyList) cut = lf_busy_list_cut (self, 0, 10);
      g_autoptr (LfBusyList) rest = lf_busy_list_without (self, 0, 10);

      g_assert_false (lf_busy_list_covers (self, LF_BUSY_BUSY, 0, NULL));
      g_assert_false (lf_busy_list_block_at (self, 0, &block));
      g_assert_cmpint (lf_busy_list_next_edge (self, LF_BUSY_BUSY, 0), ==, LF_INSTANT_NONE);
      assert_list (cut, "");
      assert_list (rest, "");
      g_assert_false (lf_busy_list_meeting_at (self, 0, &block));
    }
}

static void
test_half_open (void)
{
  const LfBusyPeriod     periods[] = { period (10, 20, LF_BUSY_BUSY) };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, 1);

  g_test_summary ("A period holds its start and not its end");
  g_assert_false (lf_busy_list_covers (list, LF_BUSY_BUSY, 10 * LF_SECOND - 1, NULL));
  g_assert_true (lf_busy_list_covers (list, LF_BUSY_BUSY, 10 * LF_SECOND, NULL));
  g_assert_true (lf_busy_list_covers (list, LF_BUSY_BUSY, 20 * LF_SECOND - 1, NULL));
  g_assert_false (lf_busy_list_covers (list, LF_BUSY_BUSY, 20 * LF_SECOND, NULL));
  g_assert_false (lf_busy_list_covers (list, LF_BUSY_TENTATIVE, 15 * LF_SECOND, NULL));
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 10 * LF_SECOND - 1), ==, 10 * LF_SECOND);
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 10 * LF_SECOND), ==, 20 * LF_SECOND);
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 20 * LF_SECOND), ==, LF_INSTANT_NONE);
}

static void
test_touching (void)
{
  const LfBusyPeriod periods[] = {
    period (20, 30, LF_BUSY_BUSY), period (10, 20, LF_BUSY_BUSY), period (30, 40, LF_BUSY_BUSY), period (50, 60, LF_BUSY_BUSY)
  };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  g_autoptr (LfBusyList) left = NULL;
  LfBusyPeriod           found;

  g_test_summary ("Meetings without a gap are one for what is shown, and each is one for who leaves it");
  assert_list (list, "busy 10-20, busy 20-30, busy 30-40, busy 50-60");
  g_assert_true (lf_busy_list_block_at (list, 25 * LF_SECOND, &found));
  g_assert_cmpint (found.start_us, ==, 10 * LF_SECOND);
  g_assert_true (lf_busy_list_covers (list, LF_BUSY_BUSY, 25 * LF_SECOND, &found));
  g_assert_cmpint (found.start_us, ==, 10 * LF_SECOND);
  g_assert_cmpint (found.end_us, ==, 40 * LF_SECOND);
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 12 * LF_SECOND), ==, 40 * LF_SECOND);
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 20 * LF_SECOND), ==, 40 * LF_SECOND);
  g_assert_cmpint (lf_busy_list_next_edge (list, LF_BUSY_BUSY, 0), ==, 10 * LF_SECOND);
  g_assert_true (lf_busy_list_meeting_at (list, 20 * LF_SECOND - 1, &found));
  g_assert_cmpint (found.end_us, ==, 20 * LF_SECOND);
  g_assert_true (lf_busy_list_meeting_at (list, 20 * LF_SECOND, &found));
  g_assert_cmpint (found.start_us, ==, 20 * LF_SECOND);
  g_assert_cmpint (found.end_us, ==, 30 * LF_SECOND);
  g_assert_false (lf_busy_list_meeting_at (list, 45 * LF_SECOND, &found));

  left = lf_busy_list_without (list, 25 * LF_SECOND, found.end_us);
  assert_list (left, "busy 10-20, busy 20-25, busy 30-40, busy 50-60");
}

static void
test_block (void)
{
  const LfBusyPeriod periods[] = {
    period (1000, 1100, LF_BUSY_BUSY),
    period (1159, 1200, LF_BUSY_BUSY), /* 59 s after: joined */
    period (1260, 1300, LF_BUSY_BUSY), /* 60 s after: not */
    period (1210, 1250, LF_BUSY_TENTATIVE),
  };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  LfBusyPeriod           block;

  g_test_summary ("The block shown joins gaps under 60 s; in the gap itself there is no meeting");
  g_assert_true (lf_busy_list_block_at (list, 1000 * LF_SECOND, &block));
  g_assert_cmpint (block.start_us, ==, 1000 * LF_SECOND);
  g_assert_cmpint (block.end_us, ==, 1200 * LF_SECOND);
  g_assert_true (lf_busy_list_block_at (list, 1199 * LF_SECOND, &block));
  g_assert_cmpint (block.start_us, ==, 1000 * LF_SECOND);
  g_assert_false (lf_busy_list_block_at (list, 1130 * LF_SECOND, &block));
  g_assert_false (lf_busy_list_block_at (list, 1230 * LF_SECOND, &block));
  g_assert_true (lf_busy_list_block_at (list, 1260 * LF_SECOND, &block));
  g_assert_cmpint (block.start_us, ==, 1260 * LF_SECOND);
  g_assert_cmpint (block.end_us, ==, 1300 * LF_SECOND);
}

static void
test_block_extremes (void)
{
  const LfBusyPeriod periods[] = {
    { G_MININT64, G_MININT64 + 1, LF_BUSY_BUSY },
    { G_MAXINT64 - 1, G_MAXINT64, LF_BUSY_BUSY },
  };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, 2);
  LfBusyPeriod           block;

  g_test_summary ("Periods at the ends of time overflow nothing");
  g_assert_true (lf_busy_list_block_at (list, G_MAXINT64 - 1, &block));
  g_assert_cmpint (block.start_us, ==, G_MAXINT64 - 1);
  g_assert_true (lf_busy_list_block_at (list, G_MININT64, &block));
  g_assert_cmpint (block.end_us, ==, G_MININT64 + 1);
}

static void
test_cut (void)
{
  const LfBusyPeriod periods[] = {
    period (10, 20, LF_BUSY_BUSY), period (30, 40, LF_BUSY_BUSY), period (15, 35, LF_BUSY_ALL_DAY)
  };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  g_autoptr (LfBusyList) cut = lf_busy_list_cut (list, 20 * LF_SECOND, 32 * LF_SECOND);
  g_autoptr (LfBusyList) nothing = lf_busy_list_cut (list, 32 * LF_SECOND, 20 * LF_SECOND);

  g_test_summary ("A cut keeps what lies in the window, of every type");
  assert_list (cut, "all-day 20-32, busy 30-32");
  assert_list (nothing, "");
}

static void
test_without (void)
{
  const LfBusyPeriod periods[] = {
    period (10, 20, LF_BUSY_BUSY),
    period (30, 40, LF_BUSY_BUSY),
    period (15, 35, LF_BUSY_OUT_OF_OFFICE),
  };
  g_autoptr (LfBusyList) list = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  static const struct
  {
    const char *why;
    int         start_s;
    int         end_s;
    const char *expected;
  } rows[] = {
    { "left in the middle", 13, 20, "busy 10-13, out 15-35, busy 30-40" },
    { "a hole", 13, 16, "busy 10-13, out 15-35, busy 16-20, busy 30-40" },
    { "the whole", 10, 20, "out 15-35, busy 30-40" },
    { "two at once", 19, 31, "busy 10-19, out 15-35, busy 31-40" },
    { "beside", 20, 30, "busy 10-20, out 15-35, busy 30-40" },
    { "no time at all", 15, 15, "busy 10-20, out 15-35, busy 30-40" },
    { "the wrong way round", 18, 12, "busy 10-20, out 15-35, busy 30-40" },
  };

  g_test_summary ("Leaving early frees part of the meetings, and nothing of the other types");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfBusyList) rest = lf_busy_list_without (list, rows[i].start_s * LF_SECOND, rows[i].end_s * LF_SECOND);

      g_test_message ("%s", rows[i].why);
      assert_list (rest, rows[i].expected);
    }
}

static void
test_equal (void)
{
  const LfBusyPeriod     one[] = { period (10, 16, LF_BUSY_BUSY), period (15, 20, LF_BUSY_BUSY) };
  const LfBusyPeriod     two[] = { period (10, 20, LF_BUSY_BUSY) };
  const LfBusyPeriod     other[] = { period (10, 20, LF_BUSY_TENTATIVE) };
  g_autoptr (LfBusyList) a = lf_busy_list_new (one, 2);
  g_autoptr (LfBusyList) b = lf_busy_list_new (two, 1);
  g_autoptr (LfBusyList) c = lf_busy_list_new (other, 1);

  g_test_summary ("Lists are equal when they say the same, however it was put");
  g_assert_true (lf_busy_list_equal (a, b));
  g_assert_false (lf_busy_list_equal (a, c));
  g_assert_false (lf_busy_list_equal (a, NULL));
}

static void
test_random_list (void)
{
  g_test_summary ("Random lists agree with a second-by-second count");
  for (guint round = 0; round < 200; round++)
    {
      LfBusyPeriod           periods[MAX_PERIODS];
      Oracle                 oracle;
      guint                  n_periods = make_random (periods, &oracle);
      g_autoptr (LfBusyList) list = lf_busy_list_new (periods, n_periods);

      check_against (list, &oracle);
    }
}

static void
test_random_operations (void)
{
  g_test_summary ("Random cuts and early ends agree with a second-by-second count");
  for (guint round = 0; round < 100; round++)
    {
      LfBusyPeriod           periods[2][MAX_PERIODS];
      Oracle                 oracles[2];
      guint                  n_first = make_random (periods[0], &oracles[0]);
      guint                  n_second = make_random (periods[1], &oracles[1]);
      g_autoptr (LfBusyList) first = lf_busy_list_new (periods[0], n_first);
      g_autoptr (LfBusyList) second = lf_busy_list_new (periods[1], n_second);
      int                    from = g_test_rand_int_range (0, HORIZON);
      int                    to = g_test_rand_int_range (0, HORIZON);
      g_autoptr (LfBusyList) cut = lf_busy_list_cut (first, from * LF_SECOND, to * LF_SECOND);
      g_autoptr (LfBusyList) rest = lf_busy_list_without (second, from * LF_SECOND, to * LF_SECOND);
      Oracle                 cut_oracle = oracles[0], rest_oracle = oracles[1];

      for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
        for (int at = 0; at < HORIZON; at++)
          {
            if (at < from || at >= to)
              cut_oracle.is_covered[type][at] = FALSE;
            else if (type == LF_BUSY_BUSY)
              rest_oracle.is_covered[type][at] = FALSE;
          }
      check_against (cut, &cut_oracle);
      check_against (rest, &rest_oracle);
    }
}

static void
test_random_union (void)
{
  g_test_summary ("The union of two random lists is the list of all their periods, meetings that touch apart");
  for (guint round = 0; round < 200; round++)
    {
      LfBusyPeriod           periods[2 * MAX_PERIODS];
      Oracle                 oracle;
      guint                  n_first = make_random (periods, &oracle);
      guint                  n_second = make_random (periods + n_first, &oracle);
      g_autoptr (LfBusyList) first = lf_busy_list_new (periods, n_first);
      g_autoptr (LfBusyList) second = lf_busy_list_new (periods + n_first, n_second);
      g_autoptr (LfBusyList) all = lf_busy_list_new (periods, n_first + n_second);
      g_autoptr (LfBusyList) both = lf_busy_list_union (first, second);
      g_autoptr (LfBusyList) alone = lf_busy_list_union (NULL, first);

      g_assert_true (lf_busy_list_equal (both, all));
      g_assert_true (lf_busy_list_equal (alone, first));
      for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
        for (int at = 0; at < HORIZON; at++)
          g_assert_cmpint (lf_busy_list_covers (both, type, at * LF_SECOND, NULL), ==, lf_busy_list_covers (all, type, at * LF_SECOND, NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/busy/unite", test_unite);
  g_test_add_func ("/busy/empty", test_empty);
  g_test_add_func ("/busy/half-open", test_half_open);
  g_test_add_func ("/busy/touching", test_touching);
  g_test_add_func ("/busy/block/joined", test_block);
  g_test_add_func ("/busy/block/extremes", test_block_extremes);
  g_test_add_func ("/busy/cut", test_cut);
  g_test_add_func ("/busy/without", test_without);
  g_test_add_func ("/busy/equal", test_equal);
  g_test_add_func ("/busy/random/list", test_random_list);
  g_test_add_func ("/busy/random/operations", test_random_operations);
  g_test_add_func ("/busy/random/union", test_random_union);
  return g_test_run ();
}
