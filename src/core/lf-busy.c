/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lf-busy.h"
#include "lf-instant.h"

/*
 * LfBusyList: one block of memory. `periods` holds everything twice: first all periods by start (what
 * lf_busy_list_get() hands out), then the same grouped by type, each group by start. `first[type]` is
 * the index of a group in that second half, so the resolver searches one type by bisection.
 */
struct _LfBusyList
{
  gatomicrefcount refs;
  gsize           n_periods;
  gsize           first[LF_N_BUSY_TYPES + 1];
  LfBusyPeriod    periods[]; /* 2 * n_periods */
};

G_DEFINE_BOXED_TYPE (LfBusyList, lf_busy_list, lf_busy_list_ref, lf_busy_list_unref)

static int
compare_by_type (const void *a,
                 const void *b)
{
  const LfBusyPeriod *left = a;
  const LfBusyPeriod *right = b;

  if (left->type != right->type)
    return left->type < right->type ? -1 : 1;
  if (left->start_us != right->start_us)
    return left->start_us < right->start_us ? -1 : 1;
  return left->end_us < right->end_us ? -1 : left->end_us > right->end_us;
}

static int
compare_by_start (const void *a,
                  const void *b)
{
  const LfBusyPeriod *left = a;
  const LfBusyPeriod *right = b;

  if (left->start_us != right->start_us)
    return left->start_us < right->start_us ? -1 : 1;
  if (left->end_us != right->end_us)
    return left->end_us < right->end_us ? -1 : 1;
  return left->type < right->type ? -1 : left->type > right->type;
}

/* The gap between two periods in order; unsigned, so that no pair of instants overflows. */
static gboolean
is_joined (const LfBusyPeriod *earlier,
           const LfBusyPeriod *later)
{
  return (guint64) later->start_us - (guint64) earlier->end_us < (guint64) LF_BUSY_JOIN_US;
}

/* Unites in place what is sorted by type and start. A meeting that begins as another ends stays one by
 * itself, so that either can be left early; of the other types nothing can. Returns how many are left. */
static gsize
unite_sorted (LfBusyPeriod *periods,
              gsize         n_periods,
              gboolean      joins_meetings)
{
  gsize n_kept = 0;

  for (gsize i = 0; i < n_periods; i++)
    {
      LfBusyPeriod *last = n_kept > 0 ? &periods[n_kept - 1] : NULL;

      if (last != NULL && last->type == periods[i].type &&
          (periods[i].start_us < last->end_us ||
           (periods[i].start_us == last->end_us && (joins_meetings || last->type != LF_BUSY_BUSY))))
        last->end_us = MAX (last->end_us, periods[i].end_us);
      else
        periods[n_kept++] = periods[i];
    }
  return n_kept;
}

/* Puts the groups of the second half into the first, by start. */
static void
merge_groups (LfBusyList *self)
{
  gsize next[LF_N_BUSY_TYPES];

  memcpy (next, self->first, sizeof next);
  for (gsize i = 0; i < self->n_periods; i++)
    {
      const LfBusyPeriod *earliest = NULL;

      for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
        {
          const LfBusyPeriod *candidate = &self->periods[next[type]];

          if (next[type] < self->first[type + 1] && (earliest == NULL || compare_by_start (candidate, earliest) < 0))
            earliest = candidate;
        }
      next[earliest->type]++;
      self->periods[i] = *earliest;
    }
}

/* Takes periods sorted by type and start, united. */
static LfBusyList *
make_from_united (const LfBusyPeriod *periods,
                  gsize               n_periods)
{
  LfBusyList *self = g_malloc (sizeof (LfBusyList) + 2 * n_periods * sizeof (LfBusyPeriod));
  gsize       next = 0;

  g_atomic_ref_count_init (&self->refs);
  self->n_periods = n_periods;
  if (n_periods > 0)
    memcpy (self->periods + n_periods, periods, n_periods * sizeof (LfBusyPeriod));
  for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
    {
      self->first[type] = n_periods + next;
      while (next < n_periods && (guint) periods[next].type == type)
        next++;
    }
  self->first[LF_N_BUSY_TYPES] = n_periods + next;
  merge_groups (self);
  return self;
}

/* Sorts and unites @periods, which it may change, then copies them. */
static LfBusyList *
make_from_any (LfBusyPeriod *periods,
               gsize         n_periods,
               gboolean      joins_meetings)
{
  gsize n_valid = 0;

  for (gsize i = 0; i < n_periods; i++)
    if (periods[i].end_us > periods[i].start_us && (guint) periods[i].type < LF_N_BUSY_TYPES)
      periods[n_valid++] = periods[i];
  if (n_valid > 0)
    qsort (periods, n_valid, sizeof (LfBusyPeriod), compare_by_type);
  return make_from_united (periods, unite_sorted (periods, n_valid, joins_meetings));
}

/* The periods of one type; (out) how many. */
static const LfBusyPeriod *
get_type_periods (const LfBusyList *self,
                  LfBusyType        type,
                  gsize            *n_periods)
{
  if (self == NULL || (guint) type >= LF_N_BUSY_TYPES)
    {
      *n_periods = 0;
      return NULL;
    }
  *n_periods = self->first[type + 1] - self->first[type];
  return self->periods + self->first[type];
}

/* The index of the first period that ends after @at_us: the one that covers it, or the next. */
static gsize
find_ending_after (const LfBusyPeriod *periods,
                   gsize               n_periods,
                   gint64              at_us)
{
  gsize low = 0;
  gsize high = n_periods;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (periods[middle].end_us > at_us)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* The end of period @i and of those that touch it, one after the other. */
static gint64
find_united_end (const LfBusyPeriod *periods,
                 gsize               n_periods,
                 gsize               i)
{
  while (i + 1 < n_periods && periods[i + 1].start_us == periods[i].end_us)
    i++;
  return periods[i].end_us;
}

/**
 * lf_busy_list_new:
 * @periods: (array length=n_periods) (nullable): periods in any order; copied
 * @n_periods: how many
 *
 * Sorts the periods and unites those of one type that overlap or touch; `busy` ones that only touch
 * are meetings of their own and stay apart. One whose end is not after its start, or whose type is
 * none of #LfBusyType, is left out.
 *
 * Returns: (transfer full): the list
 */
LfBusyList *
lf_busy_list_new (const LfBusyPeriod *periods,
                  gsize               n_periods)
{
  g_autofree LfBusyPeriod *copy = NULL;

  g_return_val_if_fail (periods != NULL || n_periods == 0, NULL);

  copy = g_memdup2 (periods, n_periods * sizeof (LfBusyPeriod));
  return make_from_any (copy, n_periods, FALSE);
}

/**
 * lf_busy_list_join:
 * @self: (nullable): a list
 *
 * Unites the `busy` periods that touch, too: what is left says the same about every instant with the
 * fewest periods, but no longer where one meeting ends and the next begins.
 *
 * Returns: (transfer full): the shorter list
 */
LfBusyList *
lf_busy_list_join (const LfBusyList *self)
{
  gsize                    n_periods;
  const LfBusyPeriod      *periods = lf_busy_list_get (self, &n_periods);
  g_autofree LfBusyPeriod *copy = g_memdup2 (periods, n_periods * sizeof (LfBusyPeriod));

  return make_from_any (copy, n_periods, TRUE);
}

/**
 * lf_busy_list_union:
 * @self: (nullable): a list
 * @other: (nullable): another
 *
 * What lf_busy_list_new() makes of the periods of both, in less time: nothing is sorted.
 *
 * Returns: (transfer full): what either says
 */
LfBusyList *
lf_busy_list_union (const LfBusyList *self,
                    const LfBusyList *other)
{
  gsize                    n_periods = (self != NULL ? self->n_periods : 0) + (other != NULL ? other->n_periods : 0);
  gsize                    n_merged = 0;
  g_autofree LfBusyPeriod *merged = g_new (LfBusyPeriod, n_periods);

  for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
    {
      gsize               n_left, n_right;
      const LfBusyPeriod *left = get_type_periods (self, type, &n_left);
      const LfBusyPeriod *right = get_type_periods (other, type, &n_right);

      while (n_left > 0 || n_right > 0)
        {
          gboolean is_left = n_right == 0 || (n_left > 0 && compare_by_start (left, right) <= 0);

          merged[n_merged++] = is_left ? *left++ : *right++;
          n_left -= is_left;
          n_right -= !is_left;
        }
    }
  return make_from_united (merged, unite_sorted (merged, n_merged, FALSE));
}

/**
 * lf_busy_list_ref:
 * @self: a list
 *
 * May be called on any thread.
 *
 * Returns: (transfer full): @self
 */
LfBusyList *
lf_busy_list_ref (LfBusyList *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * lf_busy_list_unref:
 * @self: (transfer full): a list
 *
 * May be called on any thread.
 */
void
lf_busy_list_unref (LfBusyList *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

/**
 * lf_busy_list_get:
 * @self: (nullable): a list; %NULL is an empty one, here and below
 * @n_periods: (out): how many
 *
 * Returns: (array length=n_periods) (transfer none) (nullable): the periods of all types by start
 */
const LfBusyPeriod *
lf_busy_list_get (const LfBusyList *self,
                  gsize            *n_periods)
{
  g_return_val_if_fail (n_periods != NULL, NULL);

  *n_periods = self != NULL ? self->n_periods : 0;
  return self != NULL ? self->periods : NULL;
}

/**
 * lf_busy_list_equal:
 * @self: (nullable): a list
 * @other: (nullable): another
 *
 * Returns: %TRUE if both hold the same periods
 */
gboolean
lf_busy_list_equal (const LfBusyList *self,
                    const LfBusyList *other)
{
  gsize n_self, n_other;

  const LfBusyPeriod *own = lf_busy_list_get (self, &n_self);
  const LfBusyPeriod *others = lf_busy_list_get (other, &n_other);

  if (own == others)
    return TRUE;
  if (n_self != n_other)
    return FALSE;
  for (gsize i = 0; i < n_self; i++)
    if (compare_by_start (&own[i], &others[i]) != 0)
      return FALSE;
  return TRUE;
}

/**
 * lf_busy_list_covers:
 * @self: (nullable): a list
 * @type: which periods to look at
 * @at_us: wall-clock instant, microseconds
 * @period: (out) (optional): the period that holds @at_us, with those that touch it; untouched when
 *   there is none
 *
 * Source: RFC 5545 section 3.8.2.6 (half-open periods).
 *
 * Returns: %TRUE if a period of @type holds @at_us
 */
gboolean
lf_busy_list_covers (const LfBusyList *self,
                     LfBusyType        type,
                     gint64            at_us,
                     LfBusyPeriod     *period)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = get_type_periods (self, type, &n_periods);
  gsize               i = find_ending_after (periods, n_periods, at_us);

  if (i == n_periods || periods[i].start_us > at_us)
    return FALSE;
  if (period != NULL)
    {
      *period = periods[i];
      period->end_us = find_united_end (periods, n_periods, i);
      while (i > 0 && periods[i - 1].end_us == periods[i].start_us)
        period->start_us = periods[--i].start_us;
    }
  return TRUE;
}

/**
 * lf_busy_list_meeting_at:
 * @self: (nullable): a list
 * @at_us: wall-clock instant, microseconds
 * @meeting: (out): the meeting at @at_us; untouched when there is none
 *
 * Finds the one `busy` period that holds @at_us: what ends when the person leaves early. A meeting
 * that begins as it ends is another. See lf_busy_list_block_at() for the times to show.
 *
 * Returns: %TRUE if a `busy` period holds @at_us
 */
gboolean
lf_busy_list_meeting_at (const LfBusyList *self,
                         gint64            at_us,
                         LfBusyPeriod     *meeting)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = get_type_periods (self, LF_BUSY_BUSY, &n_periods);
  gsize               i = find_ending_after (periods, n_periods, at_us);

  g_return_val_if_fail (meeting != NULL, FALSE);

  if (i == n_periods || periods[i].start_us > at_us)
    return FALSE;
  *meeting = periods[i];
  return TRUE;
}

/**
 * lf_busy_list_block_at:
 * @self: (nullable): a list
 * @at_us: wall-clock instant, microseconds
 * @block: (out): the times to show for the meeting at @at_us; untouched when there is none
 *
 * Finds the `busy` period that holds @at_us, and joins its neighbours that are less than
 * %LF_BUSY_JOIN_US apart. In such a gap itself there is no meeting.
 *
 * Returns: %TRUE if a `busy` period holds @at_us
 */
gboolean
lf_busy_list_block_at (const LfBusyList *self,
                       gint64            at_us,
                       LfBusyPeriod     *block)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = get_type_periods (self, LF_BUSY_BUSY, &n_periods);
  gsize               first = find_ending_after (periods, n_periods, at_us);
  gsize               last = first;

  g_return_val_if_fail (block != NULL, FALSE);

  if (first == n_periods || periods[first].start_us > at_us)
    return FALSE;
  while (first > 0 && is_joined (&periods[first - 1], &periods[first]))
    first--;
  while (last + 1 < n_periods && is_joined (&periods[last], &periods[last + 1]))
    last++;
  block->start_us = periods[first].start_us;
  block->end_us = periods[last].end_us;
  block->type = LF_BUSY_BUSY;
  return TRUE;
}

/**
 * lf_busy_list_next_edge:
 * @self: (nullable): a list
 * @type: which periods to look at
 * @after_us: wall-clock instant, microseconds
 *
 * Returns: the first instant after @after_us at which @type begins or ceases to hold, or
 *   %LF_INSTANT_NONE; where one period ends as the next begins nothing does
 */
gint64
lf_busy_list_next_edge (const LfBusyList *self,
                        LfBusyType        type,
                        gint64            after_us)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = get_type_periods (self, type, &n_periods);
  gsize               i = find_ending_after (periods, n_periods, after_us);

  if (i == n_periods)
    return LF_INSTANT_NONE;
  return periods[i].start_us > after_us ? periods[i].start_us : find_united_end (periods, n_periods, i);
}

/**
 * lf_busy_list_cut:
 * @self: (nullable): a list
 * @from_us: first instant kept
 * @to_us: first instant no longer kept
 *
 * Returns: (transfer full): what of @self lies in [@from_us, @to_us)
 */
LfBusyList *
lf_busy_list_cut (const LfBusyList *self,
                  gint64            from_us,
                  gint64            to_us)
{
  gsize                    n_periods;
  const LfBusyPeriod      *periods = lf_busy_list_get (self, &n_periods);
  g_autofree LfBusyPeriod *kept = g_new (LfBusyPeriod, n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      kept[i].start_us = MAX (periods[i].start_us, from_us);
      kept[i].end_us = MIN (periods[i].end_us, to_us);
      kept[i].type = periods[i].type;
    }
  return make_from_any (kept, n_periods, FALSE);
}

/**
 * lf_busy_list_without:
 * @self: (nullable): a list
 * @start_us: first instant to free
 * @end_us: first instant no longer to free
 *
 * Takes [@start_us, @end_us) out of the `busy` periods: the person has left that meeting. The other
 * types claim nothing and stay.
 *
 * Returns: (transfer full): the rest of @self
 */
LfBusyList *
lf_busy_list_without (const LfBusyList *self,
                      gint64            start_us,
                      gint64            end_us)
{
  gsize                    n_periods;
  gsize                    n_kept = 0;
  const LfBusyPeriod      *periods = lf_busy_list_get (self, &n_periods);
  g_autofree LfBusyPeriod *kept = g_new (LfBusyPeriod, 2 * n_periods);

  for (gsize i = 0; i < n_periods; i++)
    {
      const LfBusyPeriod *period = &periods[i];

      if (period->type != LF_BUSY_BUSY || end_us <= start_us)
        {
          kept[n_kept++] = *period;
          continue;
        }
      /* What is left before and after; an empty rest is dropped below. */
      kept[n_kept++] = (LfBusyPeriod){ period->start_us, MIN (period->end_us, start_us), LF_BUSY_BUSY };
      kept[n_kept++] = (LfBusyPeriod){ MAX (period->start_us, end_us), period->end_us, LF_BUSY_BUSY };
    }
  return make_from_any (kept, n_kept, FALSE);
}
