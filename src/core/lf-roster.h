/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-clock.h"
#include "lf-contact.h"
#include "lf-group.h"

G_BEGIN_DECLS

#define LF_TYPE_ROSTER (lf_roster_get_type ())

/**
 * LfRoster:
 *
 * The contacts of the user: a #GListModel of #LfContact, keyed by user, in order of arrival (views
 * sort and group). It keeps one timer for all contacts, at the earliest `next_change_at`, and one
 * tick a minute for ages; nothing runs while it is empty.
 *
 * Signals: "status-changed" (LfContact *contact, LfDisplayStatus old, LfDisplayStatus new_, gboolean
 * is_snapshot): an edge of a contact's display status; is_snapshot when it came from a snapshot or a
 * resume. "tick": a minute of the wall clock began: ages may be redrawn.
 */
G_DECLARE_FINAL_TYPE (LfRoster, lf_roster, LF, ROSTER, GObject)

LfRoster  *lf_roster_new (LfClock *clock);
LfClock   *lf_roster_get_clock (LfRoster *self);
LfContact *lf_roster_lookup (LfRoster *self, const char *user); /* transfer none, nullable */
LfContact *lf_roster_ensure (LfRoster *self, const char *user); /* adds if absent; transfer none */
gboolean   lf_roster_remove (LfRoster *self, const char *user);
void       lf_roster_remove_all (LfRoster *self);

/* Presence of one person. An event older than what is held is dropped (FALSE); a snapshot replaces. */
gboolean lf_roster_apply_presence (LfRoster *self, const char *user, const LfPresence *presence, gboolean is_snapshot);
gboolean lf_roster_apply_calendar (LfRoster *self, const char *user, const LfCalendar *calendar);

/* The stream is gone: leased claims get valid_until = last received frame + 30 s (phone), + 60 s (reachability). */
void lf_roster_mark_cut (LfRoster *self, gint64 last_frame_us);

/* The stream was resumed where it was cut (not with a snapshot): claims not changed since are leased again. */
void lf_roster_mark_resumed (LfRoster *self);

/* The groups. "groups-changed" is emitted when they differ. */
void           lf_roster_set_groups (LfRoster *self, const LfGroup *groups, gsize n_groups);
const LfGroup *lf_roster_get_groups (LfRoster *self, gsize *n_groups);

G_END_DECLS
