/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-subscription.h"

G_BEGIN_DECLS

/**
 * LfPhoneTurns:
 *
 * Subscriptions that wait for their turn to begin, in order, each once, so many a second.
 */
typedef struct _LfPhoneTurns LfPhoneTurns;

LfPhoneTurns *lf_phone_turns_new (LfClock *clock, guint per_s);
void          lf_phone_turns_free (LfPhoneTurns *self);
void          lf_phone_turns_add (LfPhoneTurns *self, LfSubscription *subscription);
void          lf_phone_turns_remove (LfPhoneTurns *self, LfSubscription *subscription);
void          lf_phone_turns_set_held (LfPhoneTurns *self, gboolean is_held);
void          lf_phone_turns_set_careful (LfPhoneTurns *self, gboolean is_careful);

G_END_DECLS
