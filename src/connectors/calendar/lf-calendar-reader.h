/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-ical-reader.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_READER (lf_calendar_reader_get_type ())

/**
 * LfCalendarReader:
 *
 * Reads one calendar of one person, again and again, and remembers what it needs to see whether
 * something changed. One reading at a time.
 */
G_DECLARE_INTERFACE (LfCalendarReader, lf_calendar_reader, LF, CALENDAR_READER, GObject)

struct _LfCalendarReaderInterface
{
  GTypeInterface parent_interface;

  void (*read_async) (LfCalendarReader *self, const LfIcalOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*read_finish) (LfCalendarReader *self, GAsyncResult *result, LfIcalResult **said, guint *retry_after_s, GError **error);
  void (*forget) (LfCalendarReader *self);
};

void     lf_calendar_reader_read_async (LfCalendarReader *self, const LfIcalOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_calendar_reader_read_finish (LfCalendarReader *self, GAsyncResult *result, LfIcalResult **said, guint *retry_after_s, GError **error);
void     lf_calendar_reader_forget (LfCalendarReader *self);

G_END_DECLS
