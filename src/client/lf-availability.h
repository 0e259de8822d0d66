/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "lf-roster.h"

G_BEGIN_DECLS

#define LF_AVAILABILITY_DWELL_US    (20 * LF_SECOND) /* free to talk for so long on end */
#define LF_AVAILABILITY_MEETING_US  (60 * LF_SECOND) /* no meeting may start within */
#define LF_AVAILABILITY_INTERVAL_US (10 * LF_MINUTE) /* at most one for a contact within */

#define LF_TYPE_AVAILABILITY (lf_availability_get_type ())

/**
 * LfAvailability:
 *
 * Tells when a watched or armed contact becomes available. A contact does when it is free to talk
 * for 20 s on end, with no meeting starting within 60 s, after being on the phone, in a meeting, not
 * to be disturbed, away or offline; never out of idle or unknown, and never because a snapshot, a
 * resume or an input that was lost changed what is displayed. The one exception: an armed contact
 * that was not free when it was armed, and is free in a complete snapshot.
 *
 * Signal "became-available" (LfContact *contact, gboolean was_armed).
 */
G_DECLARE_FINAL_TYPE (LfAvailability, lf_availability, LF, AVAILABILITY, GObject)

LfAvailability *lf_availability_new (LfRoster *roster);
/* "Tell me when free", once; it ends when it fires, or with the local day. */
void lf_availability_set_armed (LfAvailability *self, LfContact *contact, gboolean is_armed);
void lf_availability_take_snapshot (LfAvailability *self); /* a snapshot is complete */
void lf_availability_take_cut (LfAvailability *self);      /* the stream is lost */
/* Changes made while quiet count as part of the snapshot: calendars pulled because of it. */
void lf_availability_set_quiet (LfAvailability *self, gboolean is_quiet);

G_END_DECLS
