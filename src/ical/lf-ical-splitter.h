/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "lf-ical-issue.h"

G_BEGIN_DECLS

#define LF_ICAL_MAX_FEED_BYTES      (64 * 1024 * 1024)
#define LF_ICAL_MAX_COMPONENT_BYTES (1024 * 1024)
#define LF_ICAL_MAX_COMPONENT_LINES 2000
#define LF_ICAL_MAX_LINE_BYTES      (64 * 1024)
#define LF_ICAL_MAX_DEPTH           16

/**
 * LfIcalComponentKind:
 * @LF_ICAL_COMPONENT_EVENT: VEVENT
 * @LF_ICAL_COMPONENT_FREE_BUSY: VFREEBUSY
 * @LF_ICAL_COMPONENT_TIME_ZONE: VTIMEZONE
 * @LF_ICAL_COMPONENT_AVAILABILITY: VAVAILABILITY
 *
 * The components that are handed on. All others are passed over.
 */
typedef enum
{
  LF_ICAL_COMPONENT_EVENT,
  LF_ICAL_COMPONENT_FREE_BUSY,
  LF_ICAL_COMPONENT_TIME_ZONE,
  LF_ICAL_COMPONENT_AVAILABILITY,
} LfIcalComponentKind;

/**
 * LfIcalComponentFunc:
 * @kind: what it is
 * @text: its kept properties, each unfolded and ended by a newline; may be changed
 * @length: of @text, which ends with a NUL besides
 * @user_data: as given
 *
 * Takes one whole component. Of VTIMEZONE and VAVAILABILITY, the BEGIN and END lines of its parts are among the lines.
 */
typedef void (*LfIcalComponentFunc) (LfIcalComponentKind kind, char *text, gsize length, gpointer user_data);

/**
 * LfIcalSplitter:
 *
 * Cuts a stream of iCalendar bytes, in chunks of any size, into components. It is the only place
 * that sees titles, places and attendees, and it does not keep them: of each component it holds
 * only the properties that say when and how its owner is busy. Memory is bounded by the limits
 * above, whatever the stream holds.
 */
typedef struct _LfIcalSplitter LfIcalSplitter;

LfIcalSplitter *lf_ical_splitter_new (const char *const *own_addresses, LfIcalIssues *issues, LfIcalComponentFunc function, gpointer user_data);
void            lf_ical_splitter_free (LfIcalSplitter *self);
gboolean        lf_ical_splitter_feed (LfIcalSplitter *self, const char *bytes, gsize length, GError **error);
gboolean        lf_ical_splitter_finish (LfIcalSplitter *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalSplitter, lf_ical_splitter_free)

G_END_DECLS
