/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"
#include "lf-idle.h"
#include "lf-session-watch.h"

G_BEGIN_DECLS

#define LF_REACH_IDLE_MS (5 * 60 * 1000)
#define LF_REACH_AWAY_MS (15 * 60 * 1000)

#define LF_TYPE_REACH (lf_reach_get_type ())

/**
 * LfReach:
 *
 * What this desktop says of its user: online, idle after 5 minutes, away after 15 minutes, or when
 * the screen is locked or the machine asleep. Signal "changed": the state or its since is another.
 */
G_DECLARE_FINAL_TYPE (LfReach, lf_reach, LF, REACH, GObject)

LfReach            *lf_reach_new (LfClock *clock, LfIdle *idle, LfSessionWatch *session);
LfReachabilityState lf_reach_get_state (LfReach *self);
gint64              lf_reach_get_since_us (LfReach *self);

G_END_DECLS
