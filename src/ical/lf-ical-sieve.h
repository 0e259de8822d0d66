/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-issue.h"
#include "lf-ical-time.h"

G_BEGIN_DECLS

#define LF_ICAL_SIEVE_MAX_STEPS 200000 /* hours or days looked at for one rule */

/**
 * LfIcalSieve:
 *
 * The instances of one RRULE, found by going through all hours or days and asking of each whether it
 * is meant: for rules that libical 3.0.16 gets wrong. It drops hours when it lets an HOURLY rule begin
 * late, takes BYHOUR of such a rule for more hours in place of fewer, misses days of the weeks
 * BYWEEKNO=53 and of lists with it, and refuses BYWEEKNO beside BYMONTHDAY and BYYEARDAY. Positions
 * (BYSETPOS) are those in the year of weeks that a day belongs to.
 */
typedef struct _LfIcalSieve LfIcalSieve;

gboolean     lf_ical_sieve_is_needed (char **words);
LfIcalSieve *lf_ical_sieve_new (char **words, const LfIcalTime *start, gint64 from_civil_s, LfIcalIssue *issue);
void         lf_ical_sieve_free (LfIcalSieve *self);
gboolean     lf_ical_sieve_next (LfIcalSieve *self, gint64 *civil_s);
gboolean     lf_ical_sieve_was_cut (const LfIcalSieve *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalSieve, lf_ical_sieve_free)

G_END_DECLS
