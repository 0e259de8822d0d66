/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-store-presence.h"
#include "lf-store.h"

G_BEGIN_DECLS

#define LF_TYPE_EXPIRY (lf_expiry_get_type ())

/**
 * LfExpiry:
 *
 * Ends custom statuses and "do not disturb" at their time: in the store, with one timer for all
 * people, set to the earliest end.
 *
 * Signal "expired" (const LfClaims *claims): what a person chose has just ended, and stands as
 * @claims says.
 */
G_DECLARE_FINAL_TYPE (LfExpiry, lf_expiry, LF, EXPIRY, GObject)

LfExpiry *lf_expiry_new (LfStore *store, LfClock *clock);
/* Something ends at @at_us (or never: LF_INSTANT_NONE). */
void lf_expiry_expect (LfExpiry *self, gint64 at_us);
void lf_expiry_close (LfExpiry *self);

G_END_DECLS
