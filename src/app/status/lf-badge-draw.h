/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_BADGE_RING 2 /* pixels round a badge in the colour of what it stands on */

gboolean lf_badge_has_hollow_form (LfDisplayStatus status);
void     lf_badge_look_up_color (GtkWidget *widget, LfDisplayStatus status, GdkRGBA *color);
void     lf_badge_draw_ring (cairo_t *cr, LfDisplayStatus status, double size, const GdkRGBA *color);
void     lf_badge_draw (cairo_t *cr, LfDisplayStatus status, gboolean is_hollow, double size, const GdkRGBA *color);

G_END_DECLS
