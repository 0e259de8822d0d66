/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-ical-splitter.h"

/* Bytes go through three stages, each bounded:
 *
 *   physical lines  ended by LF, a CR before it dropped
 *   logical lines   a physical line that begins with a space or tab goes on the one before
 *   components      a stack of BEGIN names; lines are kept inside the ones that are handed on
 *
 * A logical line is judged as soon as its name is whole: what is not kept is skipped byte by byte,
 * so that a description of any length costs no memory.
 */

#define MAX_NAME_CHARS 64

typedef enum
{
  LINE_UNDECIDED, /* its name is not whole yet */
  LINE_KEPT,
  LINE_SKIPPED,
  LINE_TOO_LONG, /* of a property that would have been kept */
} LineState;

struct _LfIcalSplitter
{
  LfIcalComponentFunc function;
  gpointer            user_data;
  LfIcalIssues       *issues;        /* borrowed from the caller */
  GPtrArray          *own_addresses; /* of char *, lower case */

  gsize     n_bytes; /* of the whole feed */
  GString  *line;    /* the logical line so far */
  LineState line_state;
  gboolean  at_line_end;  /* the last byte was LF: the next one tells whether the line goes on */
  guint     bom_position; /* bytes of the byte order mark seen; 3 or more: past it */

  GString *stack[LF_ICAL_MAX_DEPTH]; /* names of the open components, made once */
  guint    depth;
  gboolean has_calendar;

  GString            *component; /* kept lines of the open one */
  LfIcalComponentKind kind;
  guint               kind_depth; /* where it was opened; 0: none is open */
  guint               n_lines;
  gboolean            is_too_large;
};

static const struct
{
  const char         *name;
  LfIcalComponentKind kind;
  gboolean            has_parts;
  const char         *properties[16]; /* those that are kept, in the parts too */
} kinds[] = {
  { "VEVENT", LF_ICAL_COMPONENT_EVENT, FALSE, { "ATTENDEE", "DTEND", "DTSTART", "DURATION", "EXDATE", "RDATE", "RECURRENCE-ID", "RRULE", "SEQUENCE", "STATUS", "TRANSP", "UID", "X-MICROSOFT-CDO-BUSYSTATUS" } },
  { "VFREEBUSY", LF_ICAL_COMPONENT_FREE_BUSY, FALSE, { "DTEND", "DTSTART", "FREEBUSY" } },
  { "VTIMEZONE", LF_ICAL_COMPONENT_TIME_ZONE, TRUE, { "DTSTART", "RDATE", "RRULE", "TZID", "TZOFFSETFROM", "TZOFFSETTO" } },
  { "VAVAILABILITY", LF_ICAL_COMPONENT_AVAILABILITY, TRUE, { "BUSYTYPE", "DTEND", "DTSTART", "DURATION", "EXDATE", "PRIORITY", "RDATE", "RECURRENCE-ID", "RRULE", "SEQUENCE", "UID" } },
};

static gboolean
name_equals (const char *text,
             gsize       length,
             const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (text, name, length) == 0;
}

/* Whether a property of the innermost open component is one we need. */
static gboolean
is_property_kept (LfIcalSplitter *self,
                  const char     *name,
                  gsize           length)
{
  if (name_equals (name, length, "BEGIN") || name_equals (name, length, "END"))
    return TRUE;
  if (self->kind_depth == 0 || self->is_too_large)
    return FALSE;
  /* alarms and the like inside an event have times of their own */
  if (self->depth != self->kind_depth &&
      !(kinds[self->kind].has_parts && self->depth == self->kind_depth + 1))
    return FALSE;

  for (const char *const *property = kinds[self->kind].properties; *property != NULL; property++)
    {
      if (name_equals (name, length, *property))
        return TRUE;
    }
  return FALSE;
}

/* Decides about the line as soon as its name is whole. */
static void
decide_line (LfIcalSplitter *self)
{
  gsize length = strcspn (self->line->str, ":;");

  if (length == self->line->len && length <= MAX_NAME_CHARS)
    return; /* no delimiter yet */
  self->line_state = is_property_kept (self, self->line->str, length) ? LINE_KEPT : LINE_SKIPPED;
  /* outside of a calendar every line is looked at, to tell a calendar from a page of HTML */
  if (self->depth == 0 && length <= MAX_NAME_CHARS)
    self->line_state = LINE_KEPT;
}

static void
append_to_line (LfIcalSplitter *self,
                const char     *bytes,
                gsize           length)
{
  if (length == 0 || self->line_state == LINE_TOO_LONG || self->line_state == LINE_SKIPPED)
    return;
  if (self->line->len + length > LF_ICAL_MAX_LINE_BYTES)
    {
      if (self->line_state == LINE_UNDECIDED)
        {
          g_string_append_len (self->line, bytes, MIN (length, MAX_NAME_CHARS + 1));
          decide_line (self);
        }
      self->line_state = self->line_state == LINE_KEPT ? LINE_TOO_LONG : LINE_SKIPPED;
      return;
    }
  g_string_append_len (self->line, bytes, length);
  if (self->line_state == LINE_UNDECIDED)
    decide_line (self);
}

/* Control characters have no place in a content line, NUL least of all. */
static gboolean
has_control_characters (const GString *line)
{
  for (gsize i = 0; i < line->len; i++)
    {
      if ((unsigned char) line->str[i] < 0x20 && line->str[i] != '\t')
        return TRUE;
    }
  return FALSE;
}

/* An attendee is kept only if it can be the owner. */
static gboolean
is_foreign_attendee (LfIcalSplitter *self)
{
  g_autofree char *lower = NULL;

  if (g_ascii_strncasecmp (self->line->str, "ATTENDEE", 8) != 0)
    return FALSE;
  lower = g_ascii_strdown (self->line->str, self->line->len);
  for (guint i = 0; i < self->own_addresses->len; i++)
    {
      if (strstr (lower, g_ptr_array_index (self->own_addresses, i)) != NULL)
        return FALSE;
    }
  return TRUE;
}

static void
keep_text (LfIcalSplitter *self,
           const char     *prefix,
           const char     *text,
           gsize           length)
{
  if (self->kind_depth == 0 || self->is_too_large)
    return;
  if (self->n_lines >= LF_ICAL_MAX_COMPONENT_LINES ||
      self->component->len + strlen (prefix) + length + 1 > LF_ICAL_MAX_COMPONENT_BYTES)
    {
      lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_LARGE_COMPONENT);
      self->is_too_large = TRUE;
      return;
    }
  self->n_lines++;
  g_string_append (self->component, prefix);
  g_string_append_len (self->component, text, length);
  g_string_append_c (self->component, '\n');
}

static gboolean
begin_component (LfIcalSplitter *self,
                 const char     *name,
                 GError        **error)
{
  if (self->depth == 0)
    {
      if (g_ascii_strcasecmp (name, "VCALENDAR") != 0)
        {
          g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                       "This is no iCalendar: a component stands outside of VCALENDAR.");
          return FALSE;
        }
      self->has_calendar = TRUE;
    }
  if (self->depth == LF_ICAL_MAX_DEPTH)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                   "Components are nested more than %d deep.", LF_ICAL_MAX_DEPTH);
      return FALSE;
    }
  g_string_assign (self->stack[self->depth], name);
  self->depth++;

  if (self->kind_depth != 0)
    {
      if (kinds[self->kind].has_parts)
        keep_text (self, "BEGIN:", name, strlen (name));
      return TRUE;
    }
  if (self->depth != 2)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_ascii_strcasecmp (name, kinds[i].name) == 0)
        {
          self->kind = kinds[i].kind;
          self->kind_depth = self->depth;
          self->n_lines = 0;
          self->is_too_large = FALSE;
          g_string_truncate (self->component, 0);
        }
    }
  return TRUE;
}

static void
close_innermost (LfIcalSplitter *self)
{
  if (self->depth == self->kind_depth)
    {
      if (!self->is_too_large)
        self->function (self->kind, self->component->str, self->component->len, self->user_data);
      self->kind_depth = 0;
      g_string_truncate (self->component, 0);
    }
  self->depth--;
}

/* An END that skips open components closes them too; one that closes nothing is counted and ignored. */
static void
end_component (LfIcalSplitter *self,
               const char     *name)
{
  guint level = self->depth;

  while (level > 0 && g_ascii_strcasecmp (self->stack[level - 1]->str, name) != 0)
    level--;
  if (level != self->depth)
    lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_BAD_STRUCTURE);
  if (level == 0)
    return;
  while (self->depth >= level)
    {
      if (self->depth == level && self->kind_depth != 0 && self->depth > self->kind_depth &&
          kinds[self->kind].has_parts)
        keep_text (self, "END:", name, strlen (name));
      close_innermost (self);
    }
}

static gboolean
take_line (LfIcalSplitter *self,
           GError        **error)
{
  GString *line = self->line;

  if (has_control_characters (line))
    {
      lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_BAD_LINE);
      if (self->depth > 0)
        return TRUE;
    }
  if (g_ascii_strncasecmp (line->str, "BEGIN:", 6) == 0 && line->len <= 6 + MAX_NAME_CHARS)
    return begin_component (self, g_strstrip (line->str + 6), error);
  if (self->depth == 0)
    {
      if (self->has_calendar)
        {
          lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_BAD_LINE);
          return TRUE;
        }
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                   "This is no iCalendar: it does not begin with BEGIN:VCALENDAR.");
      return FALSE;
    }
  if (g_ascii_strncasecmp (line->str, "END:", 4) == 0)
    {
      end_component (self, g_strstrip (line->str + 4));
      return TRUE;
    }
  if (!g_utf8_validate_len (line->str, line->len, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (line->str, line->len);

      lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_NOT_UTF8);
      g_string_assign (line, valid);
    }
  if (!is_foreign_attendee (self))
    keep_text (self, "", line->str, line->len);
  return TRUE;
}

/* The logical line is whole. */
static gboolean
end_line (LfIcalSplitter *self,
          GError        **error)
{
  gboolean is_taken = TRUE;

  switch (self->line_state)
    {
    case LINE_KEPT:
      is_taken = take_line (self, error);
      break;

    case LINE_TOO_LONG:
      lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_LONG_LINE);
      break;

    case LINE_UNDECIDED:
      /* it has no colon at all; blank lines are harmless and frequent */
      if (strspn (self->line->str, " \t\r") == self->line->len)
        break;
      if (self->depth == 0)
        is_taken = take_line (self, error);
      else
        lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_BAD_LINE);
      break;

    case LINE_SKIPPED:
    default:
      break;
    }
  g_string_truncate (self->line, 0);
  self->line_state = LINE_UNDECIDED;
  return is_taken;
}

static void
drop_carriage_return (LfIcalSplitter *self)
{
  if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
}

/* Passes over a byte order mark at the very beginning, also when it comes byte by byte. */
static gsize
skip_bom (LfIcalSplitter *self,
          const char     *bytes,
          gsize           length)
{
  static const char bom[] = "\xEF\xBB\xBF";
  gsize             n_skipped = 0;

  while (self->bom_position < 3 && n_skipped < length)
    {
      if (bytes[n_skipped] != bom[self->bom_position])
        {
          self->bom_position = 3;
          break;
        }
      self->bom_position++;
      n_skipped++;
    }
  return n_skipped;
}

/**
 * lf_ical_splitter_new:
 * @own_addresses: (nullable) (array zero-terminated=1): mail addresses of the calendar's owner;
 *   attendees that name none of them are dropped
 * @issues: (transfer none): where to count what is wrong; must outlive the splitter
 * @function: (scope call): gets each component
 * @user_data: for @function
 *
 * Returns: (transfer full): a new splitter
 */
LfIcalSplitter *
lf_ical_splitter_new (const char *const  *own_addresses,
                      LfIcalIssues       *issues,
                      LfIcalComponentFunc function,
                      gpointer            user_data)
{
  LfIcalSplitter *self;

  g_return_val_if_fail (issues != NULL, NULL);
  g_return_val_if_fail (function != NULL, NULL);

  self = g_new0 (LfIcalSplitter, 1);
  self->function = function;
  self->user_data = user_data;
  self->issues = issues;
  self->own_addresses = g_ptr_array_new_with_free_func (g_free);
  for (; own_addresses != NULL && *own_addresses != NULL; own_addresses++)
    {
      if (**own_addresses != '\0')
        g_ptr_array_add (self->own_addresses, g_ascii_strdown (*own_addresses, -1));
    }
  self->line = g_string_new (NULL);
  self->component = g_string_new (NULL);
  for (guint i = 0; i < LF_ICAL_MAX_DEPTH; i++)
    self->stack[i] = g_string_new (NULL);
  return self;
}

/**
 * lf_ical_splitter_free:
 * @self: (transfer full): a splitter
 */
void
lf_ical_splitter_free (LfIcalSplitter *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->own_addresses);
  g_string_free (self->line, TRUE);
  g_string_free (self->component, TRUE);
  for (guint i = 0; i < LF_ICAL_MAX_DEPTH; i++)
    g_string_free (self->stack[i], TRUE);
  g_free (self);
}

/**
 * lf_ical_splitter_feed:
 * @self: a splitter
 * @bytes: the next bytes of the feed, decoded
 * @length: how many
 * @error: set to %LF_ERROR_TOO_LARGE over %LF_ICAL_MAX_FEED_BYTES, to %LF_ERROR_BAD_FRAME if this
 *   is no iCalendar or nests too deep; then nothing more may be fed
 *
 * Returns: %TRUE if the bytes were taken
 */
gboolean
lf_ical_splitter_feed (LfIcalSplitter *self,
                       const char     *bytes,
                       gsize           length,
                       GError        **error)
{
  const char *end = bytes + length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  if (length > LF_ICAL_MAX_FEED_BYTES - self->n_bytes)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE,
                   "The calendar is larger than %d MiB.", LF_ICAL_MAX_FEED_BYTES / 1024 / 1024);
      return FALSE;
    }
  self->n_bytes += length;
  bytes += skip_bom (self, bytes, length);

  while (bytes < end)
    {
      const char *line_end;

      if (self->at_line_end)
        {
          self->at_line_end = FALSE;
          if (*bytes == ' ' || *bytes == '\t')
            {
              bytes++;
              continue;
            }
          if (!end_line (self, error))
            return FALSE;
        }
      line_end = memchr (bytes, '\n', end - bytes);
      append_to_line (self, bytes, (line_end == NULL ? end : line_end) - bytes);
      if (line_end == NULL)
        break;
      drop_carriage_return (self);
      self->at_line_end = TRUE;
      bytes = line_end + 1;
    }
  return TRUE;
}

/**
 * lf_ical_splitter_finish:
 * @self: a splitter that was fed everything
 * @error: set to %LF_ERROR_BAD_FRAME if the feed is empty, or ends inside of a component: what was
 *   cut off may hold meetings, so the whole must not be taken for true
 *
 * Returns: %TRUE if the feed was whole
 */
gboolean
lf_ical_splitter_finish (LfIcalSplitter *self,
                         GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  drop_carriage_return (self);
  if (!end_line (self, error))
    return FALSE;
  if (!self->has_calendar)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The calendar is empty.");
      return FALSE;
    }
  if (self->depth > 0)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                   "The calendar is cut off: it ends inside of %s.", self->kind_depth != 0 ? "an event or zone" : "VCALENDAR");
      return FALSE;
    }
  return TRUE;
}

G_STATIC_ASSERT (LF_ICAL_MAX_FEED_BYTES < G_MAXINT32);
