/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-presence.h"

G_BEGIN_DECLS

/**
 * LfKind:
 *
 * The three independent kinds of presence, in the fixed order in which they win.
 */
typedef enum
{
  LF_KIND_PHONE,
  LF_KIND_CALENDAR,
  LF_KIND_REACHABILITY,
} LfKind;

#define LF_N_KINDS 3

/**
 * LfDisplayStatus:
 *
 * The display status: what a badge shows.
 */
typedef enum
{
  LF_DISPLAY_UNKNOWN,
  LF_DISPLAY_OFFLINE,
  LF_DISPLAY_AWAY,
  LF_DISPLAY_IDLE,
  LF_DISPLAY_ONLINE,
  LF_DISPLAY_AVAILABLE,
  LF_DISPLAY_IN_A_MEETING,
  LF_DISPLAY_ON_THE_PHONE,
  LF_DISPLAY_DO_NOT_DISTURB,
} LfDisplayStatus;

#define LF_N_DISPLAY_STATUSES 9

/**
 * LfResolved:
 * @status: what to show
 * @kind: the kind that won
 * @stale: bit mask of 1 << #LfKind: the kinds whose valid_until has passed
 * @reachability: the reachability in force, whatever wins; unknown when stale
 * @is_signed_out: reachability is offline, unknown or stale: a busy badge is drawn hollow
 * @since_us: since of the winning value, or %LF_INSTANT_NONE; for a meeting, the block's start
 * @until_us: for a meeting, the end of the block shown; else %LF_INSTANT_NONE
 * @note: (nullable): the text in force; borrowed from the presence
 * @note_emoji: (nullable): its emoji; borrowed from the presence
 * @note_until_us: expiry of the note in force, or %LF_INSTANT_NONE
 * @next_change_at_us: first instant after now at which the outcome may differ, or %LF_INSTANT_NONE
 */
typedef struct
{
  LfDisplayStatus     status;
  LfKind              kind;
  guint               stale;
  LfReachabilityState reachability;
  gboolean            is_signed_out;
  gint64              since_us;
  gint64              until_us;
  const char         *note;
  const char         *note_emoji;
  gint64              note_until_us;
  gint64              next_change_at_us;
} LfResolved;

/* The names on the wire, in order of value, NULL-terminated. */
extern const char *const lf_kind_names[LF_N_KINDS + 1];
extern const char *const lf_display_status_names[LF_N_DISPLAY_STATUSES + 1];

void        lf_resolve (const LfPresence *presence, gint64 now_us, LfResolved *resolved);
gboolean    lf_resolved_is_free_to_talk (const LfResolved *self);
gboolean    lf_resolved_is_free_to_chat (const LfResolved *self);
const char *lf_display_status_to_name (LfDisplayStatus status);
gboolean    lf_display_status_from_name (const char *name, LfDisplayStatus *status);
const char *lf_kind_to_name (LfKind kind);
/* The next edge of everything the why-card shows, periods of every type and calendar age included. */
gint64 lf_resolve_next_detail_edge (const LfPresence *presence, gint64 now_us);

G_END_DECLS
