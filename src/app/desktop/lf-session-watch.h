/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_TYPE_SESSION_WATCH (lf_session_watch_get_type ())

/**
 * LfSessionWatch:
 *
 * Whether the screen is locked and the machine is going to sleep: from login1 on the system bus and
 * the screen savers on the session bus. What does not answer says nothing. Sleep is held off for a
 * moment, so that it can be told. Properties "is-locked", "is-asleep" (booleans).
 */
G_DECLARE_FINAL_TYPE (LfSessionWatch, lf_session_watch, LF, SESSION_WATCH, GObject)

LfSessionWatch *lf_session_watch_new (void);
void            lf_session_watch_start (LfSessionWatch *self);
void            lf_session_watch_let_sleep (LfSessionWatch *self);
gboolean        lf_session_watch_get_is_locked (LfSessionWatch *self);
gboolean        lf_session_watch_get_is_asleep (LfSessionWatch *self);

G_END_DECLS
