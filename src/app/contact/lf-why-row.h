/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_WHY_ROW (lf_why_row_get_type ())

/**
 * LfWhyRow:
 *
 * One of the three kinds of presence: its value, where it comes from, since or until when, a mark
 * when it is the one that is shown, and what is wrong with it, if anything. Property "kind" (uint,
 * #LfKind), set once by the template of the card.
 */
G_DECLARE_FINAL_TYPE (LfWhyRow, lf_why_row, LF, WHY_ROW, AdwBin)

void  lf_why_row_join_column (LfWhyRow *self, GtkSizeGroup *values);
void  lf_why_row_update (LfWhyRow *self, const LfPresence *presence, gint64 now_us);
char *lf_why_row_dup_words (LfWhyRow *self);

G_END_DECLS
