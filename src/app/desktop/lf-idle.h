/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-idle-source.h"

G_BEGIN_DECLS

#define LF_TYPE_IDLE (lf_idle_get_type ())

/**
 * LfIdle:
 *
 * Watches for how long the user has touched nothing, by the first of these that works here: the
 * compositor of GNOME, a Wayland compositor with ext-idle-notify-v1, the screen saver of the
 * desktop, the X server. When that one is lost, the next is tried, and after the last the first
 * again. Property "source" (string): which one is live, in words, or %NULL for none.
 * Signal "changed" (#LfIdleLevel as uint, gint64 idle_ms).
 */
G_DECLARE_FINAL_TYPE (LfIdle, lf_idle, LF, IDLE, GObject)

LfIdle     *lf_idle_new (guint short_ms, guint long_ms);
void        lf_idle_start (LfIdle *self);
const char *lf_idle_get_source (LfIdle *self);
gboolean    lf_idle_is_decided (LfIdle *self);

G_END_DECLS
