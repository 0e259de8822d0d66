/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-clock.h"
#include "lf-desktop-calendar.h"
#include "lf-session.h"

G_BEGIN_DECLS

/**
 * LfDesktopState:
 * @LF_DESKTOP_STATE_UNSUPPORTED: this program was built without it
 * @LF_DESKTOP_STATE_SIGNED_OUT: nobody has signed in yet
 * @LF_DESKTOP_STATE_LOADING: the desktop is asked
 * @LF_DESKTOP_STATE_READY: the list is what the desktop has
 * @LF_DESKTOP_STATE_ABSENT: the desktop has no service for calendars (Evolution Data Server)
 *
 * Whether the calendars of the desktop are known.
 */
typedef enum
{
  LF_DESKTOP_STATE_UNSUPPORTED,
  LF_DESKTOP_STATE_SIGNED_OUT,
  LF_DESKTOP_STATE_LOADING,
  LF_DESKTOP_STATE_READY,
  LF_DESKTOP_STATE_ABSENT,
} LfDesktopState;

#define LF_N_DESKTOP_STATES 5

#define LF_TYPE_DESKTOP_CALENDARS (lf_desktop_calendars_get_type ())

/**
 * LfDesktopCalendars:
 *
 * The calendars that the desktop knows, as a #GListModel of #LfDesktopCalendar by account and name. Those that are ticked
 * are read and published for whoever is signed in: start, end and type of busy periods, and nothing else.
 *
 * Property "state" (uint, read only: #LfDesktopState).
 */
G_DECLARE_FINAL_TYPE (LfDesktopCalendars, lf_desktop_calendars, LF, DESKTOP_CALENDARS, GObject)

/* @settings: where ticks are kept (keys "calendar-choices" and "calendars-told") */
LfDesktopCalendars *lf_desktop_calendars_new (GSettings *settings, LfClock *clock);
LfDesktopState      lf_desktop_calendars_get_state (LfDesktopCalendars *self);
/* Whose calendars they are; @mail: an address of theirs. Both nullable. The desktop is asked at the first one. */
void  lf_desktop_calendars_set_session (LfDesktopCalendars *self, LfSession *session, const char *mail);
void  lf_desktop_calendars_set_ticked (LfDesktopCalendars *self, LfDesktopCalendar *calendar, gboolean is_ticked);
char *lf_desktop_calendars_dup_join_link (LfDesktopCalendars *self, gint64 now_us); /* nullable: of a meeting that goes on or starts in 5 min */

G_END_DECLS
