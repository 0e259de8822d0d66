/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-ical-reader.h"

G_BEGIN_DECLS

#define LF_CALENDAR_WORKER_MODE         "--worker" /* the hidden first argument of the program itself */
#define LF_CALENDAR_WORKER_CPU_S        2
#define LF_CALENDAR_WORKER_WALL_S       20
#define LF_CALENDAR_WORKER_MEMORY_BYTES (G_GUINT64_CONSTANT (512) * 1024 * 1024)

/* The parent's side. @program: (nullable): the binary to start; NULL is the running one. */
void          lf_calendar_worker_expand_async (const char *program, const LfIcalOptions *options, GBytes *calendar, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfIcalResult *lf_calendar_worker_expand_finish (GAsyncResult *result, GError **error);

/* The child's side: reads a job from standard input, writes the reply; the program's exit code. */
int lf_calendar_worker_main (void);

G_END_DECLS
