/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_WHY_CARD (lf_why_card_get_type ())

/**
 * LfWhyCard:
 *
 * Why somebody is displayed as they are: the three kinds side by side, and the day's busy strip.
 * It follows its contact, and the clock once a minute and at each edge of what it says; while it
 * is not mapped no timer runs. Takes the keyboard focus as a whole, to be read out.
 */
G_DECLARE_FINAL_TYPE (LfWhyCard, lf_why_card, LF, WHY_CARD, AdwBin)

GtkWidget *lf_why_card_new (void);
void       lf_why_card_set_clock (LfWhyCard *self, LfClock *clock);
void       lf_why_card_set_contact (LfWhyCard *self, LfContact *contact);
char      *lf_why_card_dup_words (LfWhyCard *self);

G_END_DECLS
