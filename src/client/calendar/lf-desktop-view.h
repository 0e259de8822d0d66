/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libecal/libecal.h>

#include "lf-clock.h"
#include "lf-desktop-calendar.h"
#include "lf-desktop-reading.h"

G_BEGIN_DECLS

#define LF_TYPE_DESKTOP_VIEW (lf_desktop_view_get_type ())

/**
 * LfDesktopView:
 *
 * Keeps one calendar of the desktop in view: opens it, follows its events, reads them half a second after they changed.
 *
 * Signals:
 * - "opened" (gboolean is_writable): before anything is read; it may be stopped then.
 * - "read" (#LfIcalResult *, gint64): what it says, and that it said so then; each seven minutes again.
 * - "trouble" (guint): an #LfDesktopTrouble came or went; what was read last still holds.
 */
G_DECLARE_FINAL_TYPE (LfDesktopView, lf_desktop_view, LF, DESKTOP_VIEW, GObject)

LfDesktopView *lf_desktop_view_new (ESource *source, const char *const *own_addresses, LfClock *clock);
void           lf_desktop_view_start (LfDesktopView *self);
void           lf_desktop_view_stop (LfDesktopView *self);
const char    *lf_desktop_view_find_link (LfDesktopView *self, gint64 now_us, gint64 *start_us);

G_END_DECLS
