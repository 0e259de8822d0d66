/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-worker.h"
#include "lf-dav-multistatus.h"

G_BEGIN_DECLS

/**
 * LfCaldavObjects:
 *
 * What each object of a calendar says: its tag and its busy periods, by path. Nothing else is kept of it.
 */
typedef struct _LfCaldavObjects LfCaldavObjects;

LfCaldavObjects *lf_caldav_objects_new (void);
void             lf_caldav_objects_free (LfCaldavObjects *self);
gboolean         lf_caldav_objects_is_known (LfCaldavObjects *self, const char *path, const char *etag);
void             lf_caldav_objects_take (LfCaldavObjects *self, const LfDavResponse *response, const LfCalendarExpansion *expansion);
void             lf_caldav_objects_note_unread (LfCaldavObjects *self, const char *href, LfIcalIssue issue);
void             lf_caldav_objects_remove (LfCaldavObjects *self, const char *path);
void             lf_caldav_objects_keep (LfCaldavObjects *self, GHashTable *paths);
void             lf_caldav_objects_collect (LfCaldavObjects *self, GArray *periods, LfIcalResult *result);

/* The path of an address, unescaped: servers write one address in several ways. */
char *lf_caldav_dup_path (const char *href);

G_END_DECLS
