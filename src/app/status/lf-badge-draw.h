/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

void lf_badge_draw (cairo_t *cr, LfDisplayStatus status, gboolean is_hollow, double size, const GdkRGBA *color);

G_END_DECLS
