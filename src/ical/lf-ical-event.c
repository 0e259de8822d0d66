/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-event.h"
#include "lf-ical-line.h"
#include "lf-ical-rules.h"
#include "lf-instant.h"

/* What is gathered of an event besides what it keeps. */
typedef struct
{
  LfIcalMoment   end;
  LfIcalDuration duration;
  LfIcalClaim    claim;
  gboolean       has_start;
  gboolean       has_end;
  gboolean       has_duration;
  gboolean       is_end_bad; /* it has an end, of no use */
} Draft;

/**
 * lf_ical_moment_to_utc_s:
 * @self: a time in its zone
 *
 * Returns: the instant, seconds since 1970-01-01 UTC; of a date, its midnight
 */
gint64
lf_ical_moment_to_utc_s (const LfIcalMoment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time.is_utc ? self->time.civil_s : lf_ical_zone_to_utc_s (self->zone, self->time.civil_s);
}

/**
 * lf_ical_moment_to_day:
 * @self: a time in its zone
 *
 * Returns: the day on its own wall, days since 1970-01-01
 */
gint64
lf_ical_moment_to_day (const LfIcalMoment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time.civil_s / LF_ICAL_DAY_S - (self->time.civil_s % LF_ICAL_DAY_S < 0);
}

/**
 * lf_ical_moment_add:
 * @self: a time in its zone
 * @length: how long
 *
 * Returns: the instant after @length: days are counted on the wall, seconds on the clock
 */
gint64
lf_ical_moment_add (const LfIcalMoment   *self,
                    const LfIcalDuration *length)
{
  LfIcalMoment moved = *self;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (length != NULL, 0);

  moved.time.civil_s += length->days * LF_ICAL_DAY_S;
  return lf_ical_moment_to_utc_s (&moved) + length->seconds;
}

/**
 * lf_ical_moment_parse:
 * @context: zones and issues
 * @text: a DATE or DATE-TIME
 * @tzid: (nullable): its TZID
 * @moment: (out): the time in its zone
 *
 * Reads a time; one that cannot be read is counted.
 *
 * Returns: %FALSE if the text is no time
 */
gboolean
lf_ical_moment_parse (const LfIcalContext *context,
                      const char          *text,
                      const char          *tzid,
                      LfIcalMoment        *moment)
{
  g_return_val_if_fail (context != NULL && text != NULL && moment != NULL, FALSE);

  if (!lf_ical_time_parse (text, &moment->time))
    {
      lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_BAD_TIME);
      return FALSE;
    }
  if (moment->time.is_utc)
    moment->zone = lf_ical_zones_get_utc (context->zones);
  else if (moment->time.is_date)
    moment->zone = lf_ical_zones_get_owner (context->zones);
  else
    moment->zone = lf_ical_zones_lookup (context->zones, tzid);
  return TRUE;
}

/* "start/end" or "start/duration" */
static gboolean
parse_period (const LfIcalContext *context,
              char                *text,
              const char          *tzid,
              LfIcalExtra         *extra)
{
  char        *end_text = strchr (text, '/');
  LfIcalMoment end;

  extra->has_length = FALSE;
  if (end_text != NULL)
    *end_text++ = '\0';
  if (!lf_ical_moment_parse (context, text, tzid, &extra->start))
    return FALSE;
  if (end_text == NULL)
    return TRUE;

  extra->has_length = TRUE;
  if (g_ascii_isdigit (*end_text))
    {
      if (!lf_ical_moment_parse (context, end_text, tzid, &end))
        return FALSE;
      extra->length.days = 0;
      extra->length.seconds = lf_ical_moment_to_utc_s (&end) - lf_ical_moment_to_utc_s (&extra->start);
      return TRUE;
    }
  if (lf_ical_duration_parse (end_text, &extra->length))
    return TRUE;
  lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_BAD_TIME);
  return FALSE;
}

/* RDATE and EXDATE: lists by comma; a bad entry does not spoil its neighbours. */
static void
parse_times (const LfIcalContext *context,
             const LfIcalLine    *line,
             GArray             **extras,
             GArray             **excluded)
{
  const char *tzid = lf_ical_line_get_param (line, "TZID");
  char       *rest = line->value;

  for (char *at = strsep (&rest, ","); at != NULL; at = strsep (&rest, ","))
    {
      LfIcalExtra extra = { 0 };

      if (!parse_period (context, at, tzid, &extra))
        continue;
      if (extras != NULL)
        {
          if (*extras == NULL)
            *extras = g_array_new (FALSE, FALSE, sizeof (LfIcalExtra));
          g_array_append_val (*extras, extra);
        }
      else
        {
          if (*excluded == NULL)
            *excluded = g_array_new (FALSE, FALSE, sizeof (LfIcalMoment));
          g_array_append_val (*excluded, extra.start);
        }
    }
}

static gboolean
is_own_address (const LfIcalContext *context,
                const char          *text)
{
  if (text == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (text, "mailto:", 7) == 0)
    text += 7;
  for (const char *const *own = context->own_addresses; own != NULL && *own != NULL; own++)
    {
      if (g_ascii_strcasecmp (text, *own) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
read_attendee (const LfIcalContext *context,
               const LfIcalLine    *line,
               LfIcalClaim         *claim)
{
  LfIcalPart part;

  if (!is_own_address (context, line->value) && !is_own_address (context, lf_ical_line_get_param (line, "EMAIL")))
    return;
  part = lf_ical_part_from_text (lf_ical_line_get_param (line, "PARTSTAT"));
  claim->part = MAX (claim->part, part);
}

/* When the event is. */
static gboolean
read_time_line (LfIcalEvent         *self,
                Draft               *draft,
                const LfIcalContext *context,
                const LfIcalLine    *line)
{
  const char *tzid = lf_ical_line_get_param (line, "TZID");

  if (g_str_equal (line->name, "DTSTART"))
    draft->has_start = lf_ical_moment_parse (context, line->value, tzid, &self->start);
  else if (g_str_equal (line->name, "DTEND"))
    {
      draft->has_end = lf_ical_moment_parse (context, line->value, tzid, &draft->end);
      draft->is_end_bad = !draft->has_end;
    }
  else if (g_str_equal (line->name, "DURATION"))
    {
      draft->has_duration = lf_ical_duration_parse (line->value, &draft->duration);
      draft->is_end_bad = !draft->has_duration;
    }
  else if (g_str_equal (line->name, "RECURRENCE-ID"))
    {
      const char *range = lf_ical_line_get_param (line, "RANGE");

      self->has_recurrence = lf_ical_moment_parse (context, line->value, tzid, &self->recurrence);
      self->is_range = range != NULL && g_ascii_strcasecmp (range, "THISANDFUTURE") == 0;
    }
  else if (g_str_equal (line->name, "RDATE"))
    parse_times (context, line, &self->extras, NULL);
  else if (g_str_equal (line->name, "EXDATE"))
    parse_times (context, line, NULL, &self->excluded);
  else
    return FALSE;
  return TRUE;
}

/* Which series the event belongs to, and what it says of its owner. */
static void
read_other_line (LfIcalEvent         *self,
                 Draft               *draft,
                 const LfIcalContext *context,
                 const LfIcalLine    *line)
{
  if (g_str_equal (line->name, "UID"))
    {
      g_free (self->uid);
      self->uid = *line->value == '\0' ? NULL : g_strdup (line->value);
    }
  else if (g_str_equal (line->name, "SEQUENCE"))
    self->sequence = g_ascii_strtoll (line->value, NULL, 10);
  else if (g_str_equal (line->name, "RRULE"))
    {
      if (self->rules == NULL)
        self->rules = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (self->rules, g_strdup (line->value));
    }
  else if (g_str_equal (line->name, "STATUS"))
    draft->claim.status = line->value;
  else if (g_str_equal (line->name, "TRANSP"))
    draft->claim.transp = line->value;
  else if (g_str_equal (line->name, "X-MICROSOFT-CDO-BUSYSTATUS"))
    draft->claim.busy_status = line->value;
  else if (g_str_equal (line->name, "ATTENDEE"))
    read_attendee (context, line, &draft->claim);
}

/* How long the event takes: DTEND, else DURATION, else a day for a date and nothing for a time. */
static gboolean
set_length (LfIcalEvent         *self,
            const Draft         *draft,
            const LfIcalContext *context)
{
  self->length = (LfIcalDuration){ 0, 0 };
  if (draft->has_end && self->start.time.is_date && draft->end.time.is_date)
    self->length.days = lf_ical_moment_to_day (&draft->end) - lf_ical_moment_to_day (&self->start);
  else if (draft->has_end)
    self->length.seconds = lf_ical_moment_to_utc_s (&draft->end) - lf_ical_moment_to_utc_s (&self->start);
  else if (draft->has_duration)
    self->length = draft->duration;
  else if (draft->is_end_bad)
    return FALSE;
  else if (self->start.time.is_date)
    self->length.days = 1;

  if (self->length.days < 0 || self->length.seconds < 0)
    {
      lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_BAD_TIME);
      return FALSE;
    }
  /* some exporters give an all-day event its own day as its end */
  if (self->start.time.is_date && self->length.days == 0 && self->length.seconds == 0)
    self->length.days = 1;
  return TRUE;
}

/* Reads the lines of an event. FALSE: it has no usable start or end. */
static gboolean
read_lines (LfIcalEvent         *self,
            char                *text,
            const LfIcalContext *context)
{
  Draft draft = { 0 };
  char *rest = text;

  for (char *at = strsep (&rest, "\n"); at != NULL; at = strsep (&rest, "\n"))
    {
      LfIcalLine line;

      if (*at == '\0')
        continue;
      if (!lf_ical_line_parse (at, &line))
        lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_BAD_LINE);
      else if (!read_time_line (self, &draft, context, &line))
        read_other_line (self, &draft, context, &line);
    }
  if (!draft.has_start)
    {
      lf_ical_issues_add (context->issues, LF_ICAL_ISSUE_NO_START);
      return FALSE;
    }
  if (!set_length (self, &draft, context))
    return FALSE;
  self->is_cancelled = draft.claim.status != NULL && g_ascii_strcasecmp (draft.claim.status, "CANCELLED") == 0;
  self->counts = lf_ical_rules_resolve (&draft.claim, &self->type);
  return TRUE;
}

/**
 * lf_ical_event_parse:
 * @text: lines of a VEVENT, from #LfIcalSplitter; changed
 * @context: zones, issues and the owner's addresses
 *
 * Reads an event. What it says that cannot be read is counted and left out, and the event named.
 *
 * Returns: (transfer full) (nullable): the event, or %NULL if it has no usable start or end
 */
LfIcalEvent *
lf_ical_event_parse (char                *text,
                     const LfIcalContext *context)
{
  g_autoptr (LfIcalEvent) self = NULL;
  guint                   n_issues;
  gboolean                is_good;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (context != NULL, NULL);

  self = g_new0 (LfIcalEvent, 1);
  n_issues = lf_ical_issues_get_total (context->issues);
  is_good = read_lines (self, text, context);
  if (lf_ical_issues_get_total (context->issues) != n_issues)
    lf_ical_issues_name (context->issues, self->uid);
  return is_good ? g_steal_pointer (&self) : NULL;
}

/**
 * lf_ical_event_free:
 * @self: (transfer full): an event
 */
void
lf_ical_event_free (LfIcalEvent *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->uid);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
  g_clear_pointer (&self->extras, g_array_unref);
  g_clear_pointer (&self->excluded, g_array_unref);
  g_free (self);
}

static void
add_free_busy (const LfIcalContext *context,
               const LfIcalLine    *line,
               GArray              *periods)
{
  const char *tzid = lf_ical_line_get_param (line, "TZID");
  char       *rest = line->value;
  LfBusyType  type;

  if (!lf_ical_rules_for_fb_type (lf_ical_line_get_param (line, "FBTYPE"), &type))
    return;
  for (char *at = strsep (&rest, ","); at != NULL; at = strsep (&rest, ","))
    {
      LfIcalExtra  extra = { 0 };
      LfBusyPeriod period;

      if (!parse_period (context, at, tzid, &extra) || !extra.has_length)
        continue;
      period.start_us = lf_ical_moment_to_utc_s (&extra.start) * LF_SECOND;
      period.end_us = lf_ical_moment_add (&extra.start, &extra.length) * LF_SECOND;
      period.type = lf_ical_rules_widen (type, FALSE, period.end_us - period.start_us);
      if (period.end_us > period.start_us)
        g_array_append_val (periods, period);
    }
}

/**
 * lf_ical_free_busy_parse:
 * @text: lines of a VFREEBUSY, from #LfIcalSplitter; changed
 * @context: zones and issues
 * @periods: gets the #LfBusyPeriods
 * @from_s: (inout): lowered to the start of what it covers
 * @until_s: (inout): raised to the end of what it covers
 *
 * Reads the periods of a free/busy answer. What lies outside of what it covers is not known.
 *
 * Source: RFC 5545 section 3.6.4.
 *
 * Returns: %FALSE if it does not say what it covers
 */
gboolean
lf_ical_free_busy_parse (char                *text,
                         const LfIcalContext *context,
                         GArray              *periods,
                         gint64              *from_s,
                         gint64              *until_s)
{
  LfIcalMoment start;
  LfIcalMoment end;
  gboolean     has_start = FALSE;
  gboolean     has_end = FALSE;
  char        *rest = text;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (context != NULL, FALSE);

  for (char *at = strsep (&rest, "\n"); at != NULL; at = strsep (&rest, "\n"))
    {
      LfIcalLine line;

      if (*at == '\0' || !lf_ical_line_parse (at, &line))
        continue;
      if (g_str_equal (line.name, "DTSTART"))
        has_start = lf_ical_moment_parse (context, line.value, lf_ical_line_get_param (&line, "TZID"), &start);
      else if (g_str_equal (line.name, "DTEND"))
        has_end = lf_ical_moment_parse (context, line.value, lf_ical_line_get_param (&line, "TZID"), &end);
      else if (g_str_equal (line.name, "FREEBUSY"))
        add_free_busy (context, &line, periods);
    }
  if (!has_start || !has_end)
    return FALSE;
  *from_s = MIN (*from_s, lf_ical_moment_to_utc_s (&start));
  *until_s = MAX (*until_s, lf_ical_moment_to_utc_s (&end));
  return TRUE;
}
