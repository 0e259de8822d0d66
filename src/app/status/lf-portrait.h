/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-badge.h"

G_BEGIN_DECLS

#define LF_TYPE_PORTRAIT (lf_portrait_get_type ())

/**
 * LfPortrait:
 *
 * A person as a coloured disc with initials, and, for whoever asks for it, the badge at its lower right.
 * One light widget, since a list makes some 205 of them: the initials are laid out only where they are drawn. Properties:
 * "name" (string), "size" and "badge-size" (int, pixels). The colour comes from libadwaita's style
 * (node `avatar`, one class per colour) and is that of an AdwAvatar of the same name.
 */
G_DECLARE_FINAL_TYPE (LfPortrait, lf_portrait, LF, PORTRAIT, GtkWidget)

GtkWidget *lf_portrait_new (void);
void       lf_portrait_set_name (LfPortrait *self, const char *name);
void       lf_portrait_set_size (LfPortrait *self, int size, int badge_size);
LfBadge   *lf_portrait_get_badge (LfPortrait *self); /* transfer none */

G_END_DECLS
