/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LfDesktopTrouble:
 * @LF_DESKTOP_TROUBLE_NONE: it is read, or not wanted
 * @LF_DESKTOP_TROUBLE_WAITING: its account has not answered for a while
 * @LF_DESKTOP_TROUBLE_OFFLINE: its account cannot be reached
 * @LF_DESKTOP_TROUBLE_CREDENTIALS: its account wants a password
 * @LF_DESKTOP_TROUBLE_CERTIFICATE: its server is not trusted
 * @LF_DESKTOP_TROUBLE_REFUSED: its account may not read it
 * @LF_DESKTOP_TROUBLE_TOO_LARGE: it has too many events
 * @LF_DESKTOP_TROUBLE_TOO_MANY: the server takes no more calendars of this person
 * @LF_DESKTOP_TROUBLE_SERVER: the server refused what was told of it
 * @LF_DESKTOP_TROUBLE_FAILED: it cannot be read, for another reason; the log has it
 *
 * What stands in the way of a calendar.
 */
typedef enum
{
  LF_DESKTOP_TROUBLE_NONE,
  LF_DESKTOP_TROUBLE_WAITING,
  LF_DESKTOP_TROUBLE_OFFLINE,
  LF_DESKTOP_TROUBLE_CREDENTIALS,
  LF_DESKTOP_TROUBLE_CERTIFICATE,
  LF_DESKTOP_TROUBLE_REFUSED,
  LF_DESKTOP_TROUBLE_TOO_LARGE,
  LF_DESKTOP_TROUBLE_TOO_MANY,
  LF_DESKTOP_TROUBLE_SERVER,
  LF_DESKTOP_TROUBLE_FAILED,
} LfDesktopTrouble;

#define LF_N_DESKTOP_TROUBLES 10

#define LF_TYPE_DESKTOP_CALENDAR (lf_desktop_calendar_get_type ())

/**
 * LfDesktopCalendar:
 *
 * One calendar that the desktop knows.
 *
 * Properties, read only: "name" and "account" (nullable) for people, "colour" (nullable: "#rrggbb"), "is-own" (boolean:
 * it counts unless the user says otherwise), "is-ticked" (boolean: it counts), "trouble" (uint: #LfDesktopTrouble).
 */
G_DECLARE_FINAL_TYPE (LfDesktopCalendar, lf_desktop_calendar, LF, DESKTOP_CALENDAR, GObject)

LfDesktopCalendar *lf_desktop_calendar_new (const char *uid);
const char        *lf_desktop_calendar_get_uid (LfDesktopCalendar *self);
const char        *lf_desktop_calendar_get_name (LfDesktopCalendar *self);
const char        *lf_desktop_calendar_get_account (LfDesktopCalendar *self); /* nullable */
const char        *lf_desktop_calendar_get_colour (LfDesktopCalendar *self);  /* nullable */
gboolean           lf_desktop_calendar_get_is_own (LfDesktopCalendar *self);
gboolean           lf_desktop_calendar_get_is_ticked (LfDesktopCalendar *self);
LfDesktopTrouble   lf_desktop_calendar_get_trouble (LfDesktopCalendar *self);

/* For #LfDesktopCalendars alone. */
int  lf_desktop_calendar_compare (gconstpointer a, gconstpointer b, gpointer unused); /* by account and name */
void lf_desktop_calendar_set_words (LfDesktopCalendar *self, const char *name, const char *account, const char *colour);
void lf_desktop_calendar_set_state (LfDesktopCalendar *self, gboolean is_own, gboolean is_ticked);
void lf_desktop_calendar_set_trouble (LfDesktopCalendar *self, LfDesktopTrouble trouble);

G_END_DECLS
