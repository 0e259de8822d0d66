/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_REPORTER (lf_call_reporter_get_type ())

#define LF_CALL_REPORTER_MAX 2000 /* calls that are not told yet; the oldest go first */

/**
 * LfCallReporter:
 *
 * Tells the server of calls that lines have had: in order, several of one line at once. What the server does not
 * take for now is told again later.
 */
G_DECLARE_FINAL_TYPE (LfCallReporter, lf_call_reporter, LF, CALL_REPORTER, GObject)

LfCallReporter *lf_call_reporter_new (LfRest *rest, LfClock *clock);
void            lf_call_reporter_offer (LfCallReporter *self, const char *line, const LfWireCallReport *report);
void            lf_call_reporter_offer_kept (LfCallReporter *self, const char *line, const LfWireCallReport *report, GDestroyNotify settled, gpointer data);
guint           lf_call_reporter_get_n_waiting (LfCallReporter *self);
void            lf_call_reporter_stop (LfCallReporter *self);

G_END_DECLS
