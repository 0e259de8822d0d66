/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-application.h"
#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_DESKTOP (lf_desktop_get_type ())

/**
 * LfDesktop:
 *
 * What ties the program to the session round it: notifications, idle and lock, running in the
 * background, the calendars of this computer. The application makes one at startup and drops it at shutdown.
 * Property "idle-source" (string): as lf_desktop_dup_idle_source() has it.
 */
G_DECLARE_FINAL_TYPE (LfDesktop, lf_desktop, LF, DESKTOP, GObject)

LfDesktop          *lf_desktop_new (LfApplication *application);
LfDesktopCalendars *lf_desktop_get_calendars (LfDesktop *self); /* transfer none */
/* For people: which source of idleness is live ("the desktop's idle monitor"), or that there is none. Transfer full. */
char *lf_desktop_dup_idle_source (LfDesktop *self);

G_END_DECLS
