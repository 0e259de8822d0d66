/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfIcalIssue:
 * @LF_ICAL_ISSUE_BAD_LINE: a line that is no property, or holds control characters
 * @LF_ICAL_ISSUE_LONG_LINE: a property we need is longer than the limit; left out
 * @LF_ICAL_ISSUE_NOT_UTF8: bytes of a property we need are not UTF-8
 * @LF_ICAL_ISSUE_BAD_STRUCTURE: BEGIN and END do not match
 * @LF_ICAL_ISSUE_LARGE_COMPONENT: an event or zone over the limits; left out
 * @LF_ICAL_ISSUE_NO_START: an event without a usable start; left out
 * @LF_ICAL_ISSUE_BAD_TIME: a date, time, duration or period that cannot be read; left out
 * @LF_ICAL_ISSUE_UNKNOWN_ZONE: a time zone nobody knows; the owner's is taken
 * @LF_ICAL_ISSUE_BAD_ZONE: a VTIMEZONE that cannot be used
 * @LF_ICAL_ISSUE_BAD_RULE: a repeat rule that cannot be read; only the first time counts
 * @LF_ICAL_ISSUE_REFUSED_RULE: a repeat rule that is refused as too costly; only the first time counts
 * @LF_ICAL_ISSUE_CUT_RULE: a repeat rule with more instances than are looked at
 *
 * What was wrong inside a calendar that could be read on the whole.
 */
typedef enum
{
  LF_ICAL_ISSUE_BAD_LINE,
  LF_ICAL_ISSUE_LONG_LINE,
  LF_ICAL_ISSUE_NOT_UTF8,
  LF_ICAL_ISSUE_BAD_STRUCTURE,
  LF_ICAL_ISSUE_LARGE_COMPONENT,
  LF_ICAL_ISSUE_NO_START,
  LF_ICAL_ISSUE_BAD_TIME,
  LF_ICAL_ISSUE_UNKNOWN_ZONE,
  LF_ICAL_ISSUE_BAD_ZONE,
  LF_ICAL_ISSUE_BAD_RULE,
  LF_ICAL_ISSUE_REFUSED_RULE,
  LF_ICAL_ISSUE_CUT_RULE,
} LfIcalIssue;

#define LF_N_ICAL_ISSUES 12

#define LF_ICAL_MAX_NAMED      3  /* events that are named */
#define LF_ICAL_NAME_MAX_CHARS 80 /* of a UID, as far as it is told */

/**
 * LfIcalIssues:
 * @counts: how often each was met
 * @n_named: how many events are named
 * @named: UIDs of the first events with something wrong, in printable ASCII, for whoever reads the log;
 *   they may hold an address, so they go nowhere else
 *
 * What was wrong in a calendar.
 */
typedef struct
{
  guint counts[LF_N_ICAL_ISSUES];
  guint n_named;
  char  named[LF_ICAL_MAX_NAMED][LF_ICAL_NAME_MAX_CHARS + 1];
} LfIcalIssues;

void        lf_ical_issues_add (LfIcalIssues *self, LfIcalIssue issue);
void        lf_ical_issues_name (LfIcalIssues *self, const char *uid);
guint       lf_ical_issues_get_total (const LfIcalIssues *self);
void        lf_ical_issues_merge (LfIcalIssues *self, const LfIcalIssues *other);
gboolean    lf_ical_issues_is_empty (const LfIcalIssues *self);
char       *lf_ical_issues_to_text (const LfIcalIssues *self);
const char *lf_ical_issue_to_name (LfIcalIssue issue);
gboolean    lf_ical_issue_from_name (const char *name, LfIcalIssue *issue);

G_END_DECLS
