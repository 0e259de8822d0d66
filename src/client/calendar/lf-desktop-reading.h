/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-ical-reader.h"

G_BEGIN_DECLS

#define LF_DESKTOP_MAX_OBJECTS 20000
#define LF_DESKTOP_MAX_BYTES   (16 * 1024 * 1024) /* of all objects of a calendar */
#define LF_DESKTOP_MAX_LINKS   200                /* series with a link, of a calendar */

/**
 * LfDesktopObject:
 * @uid: which series it belongs to
 * @rid: (nullable): of an instance that was changed: which
 * @text: the VEVENT
 * @link: (nullable): where the meeting is joined
 *
 * One event as the desktop has it. Immutable, reference-counted; never leaves this computer.
 */
typedef struct
{
  char *uid;
  char *rid;
  char *text;
  char *link;
} LfDesktopObject;

/* From when to when a meeting can be joined, and where. */
typedef struct
{
  gint64 start_us;
  gint64 end_us;
  char  *link;
} LfDesktopMeeting;

/**
 * LfDesktopReading:
 * @result: what the calendar says
 * @meetings: (element-type LfDesktopMeeting): those that can be joined
 *
 * What was read of a calendar.
 */
typedef struct
{
  LfIcalResult *result;
  GPtrArray    *meetings;
} LfDesktopReading;

LfDesktopObject *lf_desktop_object_new (const char *uid, const char *rid, const char *text, const char *link);
LfDesktopObject *lf_desktop_object_ref (LfDesktopObject *self);
void             lf_desktop_object_unref (LfDesktopObject *self);
void             lf_desktop_reading_free (LfDesktopReading *self);

/* @objects: of LfDesktopObject; @zones: of char *, VTIMEZONEs; both owned by the call and not changed any more. */
void              lf_desktop_reading_run_async (GPtrArray *objects, GPtrArray *zones, const LfIcalOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfDesktopReading *lf_desktop_reading_run_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDesktopObject, lf_desktop_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDesktopReading, lf_desktop_reading_free)

G_END_DECLS
