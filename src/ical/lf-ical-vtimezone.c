/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-line.h"
#include "lf-ical-recur.h"
#include "lf-ical-vtimezone.h"

#define MAX_ONSETS   4000
#define FIRST_YEAR_S (G_GINT64_CONSTANT (-2208988800)) /* 1900-01-01: nobody meets before */
#define LAST_YEAR_S  (G_GINT64_CONSTANT (4102444800))  /* 2100-01-01: the last rule goes on */

typedef struct
{
  gint64 utc_s;
  int    before_s;
  int    after_s;
} Onset;

struct _LfIcalVtimezone
{
  char   *id;     /* owned */
  GArray *onsets; /* of Onset, by utc_s */
};

/* One STANDARD or DAYLIGHT while it is read. */
typedef struct
{
  LfIcalTime start;
  char      *rule;  /* owned, nullable */
  GArray    *dates; /* of gint64, on the wall */
  int        before_s;
  int        after_s;
  gboolean   has_start;
  gboolean   has_before;
  gboolean   has_after;
} Part;

static void
add_onset (LfIcalVtimezone *self,
           const Part      *part,
           gint64           civil_s)
{
  Onset onset = { civil_s - part->before_s, part->before_s, part->after_s };

  if (self->onsets->len < MAX_ONSETS)
    g_array_append_val (self->onsets, onset);
}

/* Lists the onsets of a rule. Yearly rules alone make sense in a zone; any other is refused. */
static gboolean
add_rule (LfIcalVtimezone *self,
          const Part      *part)
{
  g_autoptr (LfIcalRecur) recur = NULL;
  LfIcalIssue             issue;
  LfIcalTime              until;
  gint64                  civil_s;
  gint64                  last_s = LAST_YEAR_S;

  if (g_ascii_strncasecmp (part->rule, "FREQ=YEARLY", 11) != 0 &&
      (strlen (part->rule) > LF_ICAL_RECUR_MAX_CHARS || strcasestr (part->rule, ";FREQ=YEARLY") == NULL))
    return FALSE;
  recur = lf_ical_recur_new (part->rule, &part->start, FIRST_YEAR_S, &issue);
  if (recur == NULL)
    return FALSE;
  if (lf_ical_recur_get_until (recur, &until))
    last_s = until.is_utc ? until.civil_s + part->before_s : until.civil_s;

  while (self->onsets->len < MAX_ONSETS && lf_ical_recur_next (recur, &civil_s) && civil_s <= MIN (last_s, LAST_YEAR_S))
    {
      if (civil_s >= FIRST_YEAR_S)
        add_onset (self, part, civil_s);
    }
  return TRUE;
}

static gboolean
end_part (LfIcalVtimezone *self,
          Part            *part)
{
  if (!part->has_start || !part->has_before || !part->has_after)
    return FALSE;
  add_onset (self, part, part->start.civil_s);
  for (guint i = 0; i < part->dates->len; i++)
    add_onset (self, part, g_array_index (part->dates, gint64, i));
  return part->rule == NULL || add_rule (self, part);
}

static gboolean
read_dates (Part *part,
            char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (char **word = words; *word != NULL; word++)
    {
      LfIcalTime time;

      (*word)[strcspn (*word, "/")] = '\0';
      if (!lf_ical_time_parse (*word, &time))
        return FALSE;
      g_array_append_val (part->dates, time.civil_s);
    }
  return TRUE;
}

static gboolean
read_part_line (Part             *part,
                const LfIcalLine *line)
{
  if (g_str_equal (line->name, "DTSTART"))
    return part->has_start = lf_ical_time_parse (line->value, &part->start);
  if (g_str_equal (line->name, "TZOFFSETFROM"))
    return part->has_before = lf_ical_offset_parse (line->value, &part->before_s);
  if (g_str_equal (line->name, "TZOFFSETTO"))
    return part->has_after = lf_ical_offset_parse (line->value, &part->after_s);
  if (g_str_equal (line->name, "RDATE"))
    return read_dates (part, line->value);
  if (g_str_equal (line->name, "RRULE"))
    {
      g_free (part->rule);
      part->rule = g_strdup (line->value);
    }
  return TRUE;
}

static void
clear_part (Part *part)
{
  g_clear_pointer (&part->rule, g_free);
  g_array_set_size (part->dates, 0);
  part->has_start = FALSE;
  part->has_before = FALSE;
  part->has_after = FALSE;
}

/* Goes through the lines; BEGIN and END of a part come as lines of their own. */
static gboolean
read_lines (LfIcalVtimezone *self,
            Part            *part,
            char            *text)
{
  gboolean is_inside = FALSE;
  char    *rest = text;

  for (char *at = strsep (&rest, "\n"); at != NULL; at = strsep (&rest, "\n"))
    {
      LfIcalLine line;

      if (*at == '\0')
        continue;
      if (!lf_ical_line_parse (at, &line))
        return FALSE;
      if (g_str_equal (line.name, "BEGIN") || g_str_equal (line.name, "END"))
        {
          if (is_inside && !end_part (self, part))
            return FALSE;
          clear_part (part);
          is_inside = g_str_equal (line.name, "BEGIN");
        }
      else if (is_inside)
        {
          if (!read_part_line (part, &line))
            return FALSE;
        }
      else if (g_str_equal (line.name, "TZID") && self->id == NULL)
        self->id = g_strdup (line.value);
    }
  return !is_inside || end_part (self, part);
}

static int
compare_onsets (gconstpointer a,
                gconstpointer b)
{
  const Onset *first = a;
  const Onset *second = b;

  return (first->utc_s > second->utc_s) - (first->utc_s < second->utc_s);
}

/**
 * lf_ical_vtimezone_new:
 * @text: lines of a VTIMEZONE, from #LfIcalSplitter; changed
 *
 * Lists the transitions of a zone up to the year 2100.
 *
 * Returns: (transfer full) (nullable): the zone, or %NULL if it has no name or any part of it
 *   cannot be used: half a definition would give wrong times
 */
LfIcalVtimezone *
lf_ical_vtimezone_new (char *text)
{
  g_autoptr (LfIcalVtimezone) self = g_new0 (LfIcalVtimezone, 1);
  Part                        part = { 0 };
  gboolean                    is_good;

  g_return_val_if_fail (text != NULL, NULL);

  self->onsets = g_array_new (FALSE, FALSE, sizeof (Onset));
  part.dates = g_array_new (FALSE, FALSE, sizeof (gint64));
  is_good = read_lines (self, &part, text);
  clear_part (&part);
  g_array_unref (part.dates);
  if (!is_good || self->id == NULL || self->onsets->len == 0)
    return NULL;
  g_array_sort (self->onsets, compare_onsets);
  return g_steal_pointer (&self);
}

/**
 * lf_ical_vtimezone_free:
 * @self: (transfer full): a zone
 */
void
lf_ical_vtimezone_free (LfIcalVtimezone *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->id);
  g_array_unref (self->onsets);
  g_free (self);
}

/**
 * lf_ical_vtimezone_get_id:
 * @self: a zone
 *
 * Returns: (transfer none): its TZID
 */
const char *
lf_ical_vtimezone_get_id (const LfIcalVtimezone *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * lf_ical_vtimezone_get_offset:
 * @self: a zone
 * @utc_s: an instant, seconds since 1970-01-01 UTC
 *
 * Returns: seconds east of UTC then; before the first onset, what it says stood before it
 */
int
lf_ical_vtimezone_get_offset (const LfIcalVtimezone *self,
                              gint64                 utc_s)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, 0);

  high = self->onsets->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->onsets, Onset, middle).utc_s <= utc_s)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == 0)
    return g_array_index (self->onsets, Onset, 0).before_s;
  return g_array_index (self->onsets, Onset, low - 1).after_s;
}
