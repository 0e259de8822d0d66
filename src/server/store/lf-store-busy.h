/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

#define LF_STORE_BUSY_MAX_SOURCES    8
#define LF_STORE_BUSY_MAX_EARLY_ENDS 32

/* Calendars: one list per (person, source). @source: the id in the path; @name: words for people, nullable.
 * @calendar_rev: the revision afterwards; @changed: it rose, watchers are to be told. */
gboolean lf_store_busy_put (LfDb *db, const char *user, const char *source, const char *name, const LfWireBusyReport *report, gint64 *calendar_rev, gboolean *changed, GError **error);
gboolean lf_store_busy_forget (LfDb *db, const char *user, const char *source, gint64 *calendar_rev, gboolean *changed, GError **error);
gboolean lf_store_busy_end_early (LfDb *db, const char *user, const LfWireEarlyEnd *end, gint64 *calendar_rev, GError **error);
/* Others see something else of the calendar now. A person who never had one has nothing to tell: 0. */
gboolean lf_store_busy_tell_anew (LfDb *db, const char *user, gint64 *calendar_rev, GError **error);
/* What one source said last. */
typedef struct
{
  char       *source;
  char       *name; /* nullable */
  gint64      read_at_us;
  gint64      known_from_us;
  gint64      known_until_us;
  gint64      expires_at_us; /* from then on it says nothing: end of what it knows, or of its age, whichever is first */
  LfBusyList *busy;
} LfBusySource;

void lf_busy_source_free (LfBusySource *self);

GPtrArray *lf_store_busy_list_sources (LfDb *db, const char *user, GError **error); /* of LfBusySource, owned, by source */
/* Whether the person left a meeting early that still runs: from when to when, else LF_INSTANT_NONE. */
gboolean lf_store_busy_find_early_end (LfDb *db, const char *user, gint64 now_us, gint64 *from_us, gint64 *until_us, GError **error);
/* The union of the periods over the sources inside the intersection of what they know, cut to [from, to),
 * early ends applied. Whether that still counts, by the age of the reading, is the asker's to judge: the answer
 * changes with the revision alone. Does not ask who is asking. */
LfWireBusy *lf_store_busy_read (LfDb *db, const char *user, gint64 from_us, gint64 to_us, GError **error);

G_END_DECLS
