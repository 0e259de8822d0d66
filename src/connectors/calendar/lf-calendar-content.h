/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-http.h"

G_BEGIN_DECLS

/**
 * LfCalendarContent:
 * @bytes: (nullable): the calendar; %NULL if it is what it was at the last reading
 * @tag: (nullable): what to give at the next reading to learn whether it changed: an ETag, or
 *   the marks of a file
 * @modified: (nullable): Last-Modified of an address
 *
 * What one reading of a calendar brought.
 */
typedef struct
{
  GBytes *bytes;
  char   *tag;
  char   *modified;
} LfCalendarContent;

void lf_calendar_content_free (LfCalendarContent *self);

/* Reads a stream to its end; LF_ERROR_TOO_LARGE over max_bytes. */
void    lf_calendar_drain_async (GInputStream *stream, gsize max_bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *lf_calendar_drain_finish (GAsyncResult *result, GError **error);

/* @tag: what the last reading gave, or NULL to read in any case. */
void               lf_calendar_file_read_async (const char *path, const char *tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfCalendarContent *lf_calendar_file_read_finish (GAsyncResult *result, GError **error);

/* @tag and @modified: what the last reading gave, or NULL to read in any case. */
void               lf_calendar_fetch_async (LfCalendarHttp *http, const char *url, const char *tag, const char *modified, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfCalendarContent *lf_calendar_fetch_finish (GAsyncResult *result, guint *retry_after_s, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarContent, lf_calendar_content_free)

G_END_DECLS
