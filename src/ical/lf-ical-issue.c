/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include "lf-ical-issue.h"

/* In order of LfIcalIssue: the name on the wire to the connector, and words for its log. */
static const struct
{
  const char *name;
  const char *words;
} issue_table[LF_N_ICAL_ISSUES] = {
  { "bad_line", "unreadable lines" },
  { "long_line", "properties over 64 KB" },
  { "not_utf8", "lines that are not UTF-8" },
  { "bad_structure", "BEGIN and END lines that do not match" },
  { "large_component", "events or zones over 1 MB or 2000 properties" },
  { "no_start", "events without a usable start" },
  { "bad_time", "unreadable dates or times" },
  { "unknown_zone", "unknown time zones, read in the owner's" },
  { "bad_zone", "unusable zone definitions" },
  { "bad_rule", "unreadable repeat rules, counted once" },
  { "refused_rule", "repeat rules refused as too costly, counted once" },
  { "cut_rule", "repeat rules with too many instances" },
};

/**
 * lf_ical_issues_add:
 * @self: counters
 * @issue: what was met
 *
 * Counts one more, up to a bound that fits any reader.
 */
void
lf_ical_issues_add (LfIcalIssues *self,
                    LfIcalIssue   issue)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (issue < LF_N_ICAL_ISSUES);

  if (self->counts[issue] < G_MAXINT32)
    self->counts[issue]++;
}

/**
 * lf_ical_issues_name:
 * @self: counters
 * @uid: (nullable): of an event with something wrong
 *
 * Remembers which event it was, if that is one of the first.
 */
void
lf_ical_issues_name (LfIcalIssues *self,
                     const char   *uid)
{
  char *name;

  g_return_if_fail (self != NULL);

  if (uid == NULL || *uid == '\0' || self->n_named >= LF_ICAL_MAX_NAMED)
    return;
  name = self->named[self->n_named];
  g_strlcpy (name, uid, LF_ICAL_NAME_MAX_CHARS + 1);
  for (char *at = name; *at != '\0'; at++)
    {
      if (!g_ascii_isgraph (*at) || *at == '"' || *at == '\\')
        *at = '?';
    }
  for (guint i = 0; i < self->n_named; i++)
    {
      if (g_str_equal (self->named[i], name))
        return;
    }
  self->n_named++;
}

/**
 * lf_ical_issues_get_total:
 * @self: counters
 *
 * Returns: how much was met in all
 */
guint
lf_ical_issues_get_total (const LfIcalIssues *self)
{
  guint64 total = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    total += self->counts[i];
  return (guint) MIN (total, G_MAXUINT);
}

/**
 * lf_ical_issues_merge:
 * @self: counters
 * @other: more of them
 *
 * Adds up.
 */
void
lf_ical_issues_merge (LfIcalIssues       *self,
                      const LfIcalIssues *other)
{
  g_return_if_fail (self != NULL && other != NULL);

  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    self->counts[i] = (guint) MIN ((guint64) self->counts[i] + other->counts[i], G_MAXINT32);
  for (guint i = 0; i < other->n_named; i++)
    lf_ical_issues_name (self, other->named[i]);
}

/**
 * lf_ical_issues_is_empty:
 * @self: counters
 *
 * Returns: %TRUE if nothing was met
 */
gboolean
lf_ical_issues_is_empty (const LfIcalIssues *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return lf_ical_issues_get_total (self) == 0;
}

/**
 * lf_ical_issues_to_text:
 * @self: counters
 *
 * Says what was met, for a log: numbers and kinds, and the UIDs of the first events with something wrong.
 *
 * Returns: (transfer full) (nullable): "unreadable lines: 2; unknown time zones …: 1 (event “7f3”)", or %NULL
 *   for none
 */
char *
lf_ical_issues_to_text (const LfIcalIssues *self)
{
  GString *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    {
      if (self->counts[i] == 0)
        continue;
      if (text == NULL)
        text = g_string_new (NULL);
      else
        g_string_append (text, "; ");
      g_string_append_printf (text, "%s: %u", issue_table[i].words, self->counts[i]);
    }
  for (guint i = 0; text != NULL && i < self->n_named; i++)
    g_string_append_printf (text, "%s“%s”", i == 0 ? " (events " : ", ", self->named[i]);
  if (text != NULL && self->n_named > 0)
    g_string_append_c (text, ')');
  return text == NULL ? NULL : g_string_free (text, FALSE);
}

/**
 * lf_ical_issue_to_name:
 * @issue: an issue
 *
 * Returns: (transfer none): its name, "bad_line"
 */
const char *
lf_ical_issue_to_name (LfIcalIssue issue)
{
  g_return_val_if_fail (issue < LF_N_ICAL_ISSUES, NULL);

  return issue_table[issue].name;
}

/**
 * lf_ical_issue_from_name:
 * @name: what lf_ical_issue_to_name() gives
 * @issue: (out): the issue
 *
 * Returns: %FALSE for a name that does not exist
 */
gboolean
lf_ical_issue_from_name (const char  *name,
                         LfIcalIssue *issue)
{
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (issue != NULL, FALSE);

  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    {
      if (g_str_equal (issue_table[i].name, name))
        {
          *issue = i;
          return TRUE;
        }
    }
  return FALSE;
}
