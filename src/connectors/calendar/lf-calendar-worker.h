/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-calendar-nursery.h"
#include "lf-ical-reader.h"

G_BEGIN_DECLS

#define LF_CALENDAR_WORKER_CPU_S        2
#define LF_CALENDAR_WORKER_MEMORY_BYTES (G_GUINT64_CONSTANT (512) * 1024 * 1024)
#define LF_CALENDAR_WORKER_MAX_BATCH    100 /* calendars of one run */

/**
 * LfCalendarExpansion:
 * @result: (nullable): what the calendar says
 * @error: (nullable): why it could not be read; neither is set if the worker did not come to it
 *
 * What came of one calendar.
 */
typedef struct
{
  LfIcalResult *result;
  GError       *error;
} LfCalendarExpansion;

/* The parent's side. The answer: of LfCalendarExpansion, in order of the calendars. */
void       lf_calendar_worker_expand_async (LfCalendarNursery *nursery, const LfIcalOptions *options, GBytes *const *calendars, guint n_calendars, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *lf_calendar_worker_expand_finish (GAsyncResult *result, GError **error);

/* The child's side: reads a job from standard input, writes replies; the program's exit code. */
int  lf_calendar_worker_main (void);
void lf_calendar_worker_warm_up (void);

G_END_DECLS
