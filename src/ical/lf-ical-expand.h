/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-event.h"

G_BEGIN_DECLS

#define LF_ICAL_MAX_INSTANCES 200000 /* periods of one calendar inside the window */

/* Where the instances of a calendar are gathered. */
typedef struct
{
  gint64        from_s;
  gint64        to_s;
  GArray       *periods; /* of LfBusyPeriod, cut to the window; owned by the caller */
  LfIcalIssues *issues;  /* borrowed */
} LfIcalWindow;

gboolean lf_ical_expand (GPtrArray *events, LfIcalWindow *window, GError **error);

G_END_DECLS
