/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_BADGE (lf_badge_get_type ())

/**
 * LfBadge:
 *
 * The lamp: one drawing per display status, told apart by shape as well as colour; hollow when the
 * person is signed out. Properties: "status" (uint, #LfDisplayStatus), "is-hollow", "size" (int,
 * pixels, 12 by default). The accessible name is the state in words. The ring round it comes from
 * CSS (node `badge`, class `meeting` for a square one), its colour from the named colours of the style.
 */
G_DECLARE_FINAL_TYPE (LfBadge, lf_badge, LF, BADGE, GtkWidget)

GtkWidget *lf_badge_new (void);
void       lf_badge_set_status (LfBadge *self, LfDisplayStatus status, gboolean is_hollow);
void       lf_badge_set_resolved (LfBadge *self, const LfResolved *resolved);
void       lf_badge_set_size (LfBadge *self, int size);

G_END_DECLS
