/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-availability.h"
#include "lf-ical-line.h"
#include "lf-ical-rules.h"
#include "lf-instant.h"

#define LAST_RANK 10 /* of one without a PRIORITY */
#define N_TYPES   2  /* of the time outside: away, and perhaps away */

/* A stretch of time; lists of them are sorted and disjoint, but for those being made. */
typedef struct
{
  gint64 from_s;
  gint64 until_s;
} Span;

/* What is gathered of an availability besides what it keeps. */
typedef struct
{
  LfIcalMoment   start;
  LfIcalMoment   end;
  LfIcalDuration duration;
  gboolean       has_start;
  gboolean       has_end;
  gboolean       has_duration;
  gboolean       is_bad; /* a bound that cannot be read */
} Draft;

/* What makes its times doubtful. A zone that nobody knows does not: it is read in the owner's. */
static guint
count_doubts (const LfIcalIssues *issues)
{
  return lf_ical_issues_get_total (issues) - issues->counts[LF_ICAL_ISSUE_UNKNOWN_ZONE];
}

static void
read_line (LfIcalAvailability  *self,
           Draft               *draft,
           const LfIcalContext *context,
           const LfIcalLine    *line)
{
  const char *tzid = lf_ical_line_get_param (line, "TZID");

  if (g_str_equal (line->name, "DTSTART"))
    {
      draft->has_start = lf_ical_moment_parse (context, line->value, tzid, &draft->start);
      draft->is_bad = draft->is_bad || !draft->has_start;
    }
  else if (g_str_equal (line->name, "DTEND"))
    {
      draft->has_end = lf_ical_moment_parse (context, line->value, tzid, &draft->end);
      draft->is_bad = draft->is_bad || !draft->has_end;
    }
  else if (g_str_equal (line->name, "DURATION"))
    {
      draft->has_duration = lf_ical_duration_parse (line->value, &draft->duration);
      draft->is_bad = draft->is_bad || !draft->has_duration;
    }
  else if (g_str_equal (line->name, "BUSYTYPE"))
    self->type = lf_ical_rules_for_busy_type (line->value);
  else if (g_str_equal (line->name, "PRIORITY"))
    {
      guint64 priority = 0;

      g_ascii_string_to_unsigned (line->value, 10, 0, 9, &priority, NULL);
      self->rank = priority == 0 ? LAST_RANK : (int) priority;
    }
}

/* Reads the lines: those of the whole, and each AVAILABLE as the event that it is like. FALSE: it is cut off. */
static gboolean
read_lines (LfIcalAvailability  *self,
            Draft               *draft,
            char                *text,
            const LfIcalContext *context)
{
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean            is_available = FALSE;
  guint               depth = 0;
  char               *rest = text;

  for (char *at = strsep (&rest, "\n"); at != NULL; at = strsep (&rest, "\n"))
    {
      LfIcalLine line;

      if (g_ascii_strncasecmp (at, "BEGIN:", 6) == 0)
        {
          if (depth++ == 0)
            is_available = g_ascii_strcasecmp (at + 6, "AVAILABLE") == 0;
        }
      else if (g_ascii_strncasecmp (at, "END:", 4) == 0)
        {
          LfIcalEvent *available = depth == 1 && is_available ? lf_ical_event_parse (part->str, context) : NULL;

          if (available != NULL)
            g_ptr_array_add (self->available, available);
          g_string_truncate (part, 0);
          depth -= depth > 0;
        }
      else if (depth == 1)
        g_string_append_printf (part, "%s\n", at);
      else if (depth == 0 && *at != '\0' && lf_ical_line_parse (at, &line))
        read_line (self, draft, context, &line);
    }
  return depth == 0;
}

/* From DTSTART, or for ever, to DTEND, or after DURATION, or for ever. */
static gboolean
set_bounds (LfIcalAvailability  *self,
            const Draft         *draft,
            const LfIcalContext *context)
{
  self->from_s = draft->has_start ? lf_ical_moment_to_utc_s (&draft->start) : G_MININT64;
  self->until_s = G_MAXINT64;
  if (draft->has_end)
    self->until_s = lf_ical_moment_to_utc_s (&draft->end);
  else if (draft->has_duration && draft->has_start)
    self->until_s = lf_ical_moment_add (&draft->start, &draft->duration);
  if (draft->is_bad || self->from_s >= self->until_s)
    {
      lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_BAD_TIME);
      return FALSE;
    }
  return TRUE;
}

/**
 * lf_ical_availability_parse:
 * @text: lines of a VAVAILABILITY, from #LfIcalSplitter; changed
 * @context: zones and issues
 *
 * Reads an availability. One of which anything cannot be read is counted and left out as a whole: without
 * one of its times somebody would be away who is not.
 *
 * Returns: (transfer full) (nullable): the availability, or %NULL if it is of no use
 */
LfIcalAvailability *
lf_ical_availability_parse (char                *text,
                            const LfIcalContext *context)
{
  g_autoptr (LfIcalAvailability) self = NULL;
  Draft                          draft = { 0 };
  guint                          n_doubts;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (context != NULL, NULL);

  self = g_new0 (LfIcalAvailability, 1);
  self->rank = LAST_RANK;
  self->type = lf_ical_rules_for_busy_type (NULL);
  self->available = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_ical_event_free);
  n_doubts = count_doubts (context->issues);
  if (!read_lines (self, &draft, text, context) || !set_bounds (self, &draft, context) || count_doubts (context->issues) != n_doubts)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * lf_ical_availability_free:
 * @self: (transfer full): an availability
 */
void
lf_ical_availability_free (LfIcalAvailability *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->available);
  g_free (self);
}

static GArray *
new_spans (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Span));
}

static int
compare_spans (gconstpointer a,
               gconstpointer b)
{
  const Span *left = a;
  const Span *right = b;

  return (left->from_s > right->from_s) - (left->from_s < right->from_s);
}

/* Sorts and unites what was put together in any order. */
static void
unite (GArray *spans)
{
  guint n_kept = 0;

  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      Span       *last = n_kept > 0 ? &g_array_index (spans, Span, n_kept - 1) : NULL;

      if (last != NULL && span->from_s <= last->until_s)
        last->until_s = MAX (last->until_s, span->until_s);
      else
        g_array_index (spans, Span, n_kept++) = *span;
    }
  g_array_set_size (spans, n_kept);
}

/* Adds what of @from is not in @taken. */
static void
add_rest (GArray       *rest,
          const GArray *from,
          const GArray *taken)
{
  guint next = 0;

  for (guint i = 0; i < from->len; i++)
    {
      Span left = g_array_index (from, Span, i);

      while (next < taken->len && g_array_index (taken, Span, next).until_s <= left.from_s)
        next++;
      for (guint j = next; j < taken->len && g_array_index (taken, Span, j).from_s < left.until_s; j++)
        {
          const Span *hole = &g_array_index (taken, Span, j);
          const Span  before = { left.from_s, hole->from_s };

          if (before.from_s < before.until_s)
            g_array_append_val (rest, before);
          left.from_s = hole->until_s;
        }
      if (left.from_s < left.until_s)
        g_array_append_val (rest, left);
    }
}

/* Those of one priority, and what they say together. */
typedef struct
{
  GArray *covered;
  GArray *outside[N_TYPES];
} Layer;

static Layer
layer_new (void)
{
  return (Layer){ new_spans (), { new_spans (), new_spans () } };
}

static void
layer_clear (Layer *self)
{
  g_array_unref (self->covered);
  for (guint i = 0; i < N_TYPES; i++)
    g_array_unref (self->outside[i]);
}

/* Adds one to a layer, unless its times cannot be had, or are too many. */
static void
add_to_layer (Layer              *layer,
              LfIcalAvailability *availability,
              LfIcalWindow       *window)
{
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  g_autoptr (GArray) covered = new_spans ();
  g_autoptr (GArray) available = new_spans ();
  g_autoptr (GArray) outside = new_spans ();
  const Span         bounds = { MAX (availability->from_s, window->from_s), MIN (availability->until_s, window->to_s) };
  LfIcalWindow       inner = { window->from_s, window->to_s, periods, window->issues };
  guint              n_doubts = count_doubts (window->issues);

  if (bounds.from_s >= bounds.until_s || !lf_ical_expand (availability->available, &inner, NULL) || count_doubts (window->issues) != n_doubts)
    return;
  for (guint i = 0; i < periods->len; i++)
    {
      const LfBusyPeriod *period = &g_array_index (periods, LfBusyPeriod, i);
      const Span          span = { period->start_us / LF_SECOND, period->end_us / LF_SECOND };

      g_array_append_val (available, span);
    }
  unite (available);
  g_array_append_val (covered, bounds);
  add_rest (outside, covered, available);
  if (outside->len > LF_ICAL_AVAILABILITY_MAX_PERIODS)
    {
      lf_ical_issues_add (window->issues, LF_ICAL_ISSUE_CUT_RULE);
      return;
    }
  g_array_append_vals (layer->covered, covered->data, covered->len);
  g_array_append_vals (layer->outside[availability->type == LF_BUSY_TENTATIVE], outside->data, outside->len);
}

/* Puts what one priority says over what the lower ones said: where it holds, it holds alone. */
static void
lay_over (Layer *all,
          Layer *layer)
{
  unite (layer->covered);
  for (guint i = 0; i < N_TYPES; i++)
    unite (layer->outside[i]);
  for (guint i = 0; i < N_TYPES; i++)
    {
      GArray *rest = new_spans ();

      add_rest (rest, all->outside[i], layer->covered);
      /* of one priority the stronger type counts */
      if (i > 0)
        add_rest (rest, layer->outside[i], layer->outside[0]);
      else
        g_array_append_vals (rest, layer->outside[i]->data, layer->outside[i]->len);
      unite (rest);
      g_array_unref (all->outside[i]);
      all->outside[i] = rest;
    }
}

/**
 * lf_ical_availability_expand:
 * @availabilities: (element-type LfIcalAvailability): all of one calendar
 * @window: from when to when, and where the periods go
 *
 * Lists the time within the bounds of an availability in which its owner is not available. Where several
 * hold, the one of the highest priority counts; of those of one priority any that says so.
 *
 * Source: RFC 7953 section 4.
 */
void
lf_ical_availability_expand (GPtrArray    *availabilities,
                             LfIcalWindow *window)
{
  static const LfBusyType types[N_TYPES] = { LF_BUSY_OUT_OF_OFFICE, LF_BUSY_TENTATIVE };
  Layer                   all = layer_new ();

  g_return_if_fail (availabilities != NULL);
  g_return_if_fail (window != NULL);

  for (int rank = LAST_RANK; rank > 0; rank--)
    {
      Layer layer = layer_new ();

      for (guint i = 0; i < availabilities->len; i++)
        {
          LfIcalAvailability *availability = g_ptr_array_index (availabilities, i);

          if (availability->rank == rank)
            add_to_layer (&layer, availability, window);
        }
      lay_over (&all, &layer);
      layer_clear (&layer);
    }
  for (guint type = 0; type < N_TYPES; type++)
    {
      for (guint i = 0; i < all.outside[type]->len; i++)
        {
          const Span        *span = &g_array_index (all.outside[type], Span, i);
          const LfBusyPeriod period = { span->from_s * LF_SECOND, span->until_s * LF_SECOND, types[type] };

          g_array_append_val (window->periods, period);
        }
    }
  layer_clear (&all);
}
