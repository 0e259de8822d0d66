/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-issue.h"
#include "lf-ical-time.h"

G_BEGIN_DECLS

#define LF_ICAL_RECUR_MAX_CHARS 1000
#define LF_ICAL_RECUR_MAX_STEPS 200000 /* instances looked at for one rule */

/**
 * LfIcalRecur:
 *
 * The instances of one RRULE on the wall clock of its zone. UNTIL is not applied here: it is an
 * instant, and lf_ical_recur_get_until() tells it.
 */
typedef struct _LfIcalRecur LfIcalRecur;

LfIcalRecur *lf_ical_recur_new (const char *rule, const LfIcalTime *start, gint64 from_civil_s, LfIcalIssue *issue);
void         lf_ical_recur_free (LfIcalRecur *self);
gboolean     lf_ical_recur_next (LfIcalRecur *self, gint64 *civil_s);
gboolean     lf_ical_recur_get_until (const LfIcalRecur *self, LfIcalTime *until);
gboolean     lf_ical_recur_was_cut (const LfIcalRecur *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalRecur, lf_ical_recur_free)

G_END_DECLS
