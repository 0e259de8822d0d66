/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-application.h"
#include "lf-client.h"
#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

/**
 * LfWindowFocus:
 * @LF_WINDOW_FOCUS_PAGE: the page comes up, the focus stays where it is
 * @LF_WINDOW_FOCUS_COMPOSER: ready to type a message
 * @LF_WINDOW_FOCUS_WHY: on the why-card
 *
 * Where the keyboard goes when a contact page is opened.
 */
typedef enum
{
  LF_WINDOW_FOCUS_PAGE,
  LF_WINDOW_FOCUS_COMPOSER,
  LF_WINDOW_FOCUS_WHY,
} LfWindowFocus;

#define LF_TYPE_WINDOW (lf_window_get_type ())

/**
 * LfWindow:
 *
 * The one window: the sign-in page, or a leaflet of the sidebar (contacts, chats) and the contact
 * page. It holds the window's actions; see lf-actions.h.
 */
G_DECLARE_FINAL_TYPE (LfWindow, lf_window, LF, WINDOW, AdwApplicationWindow)

LfWindow  *lf_window_new (LfApplication *application);
void       lf_window_set_calendars (LfWindow *self, LfDesktopCalendars *calendars);
LfClient  *lf_window_get_client (LfWindow *self);       /* transfer none */
GSettings *lf_window_get_settings (LfWindow *self);     /* transfer none */
LfContact *lf_window_get_open_contact (LfWindow *self); /* transfer none, nullable; NULL when its page is not in view */
void       lf_window_open_contact (LfWindow *self, LfContact *contact, LfWindowFocus focus);
/* A person by id: of the roster, or one met in a search (lf_window_remember_contact). */
LfContact *lf_window_lookup_contact (LfWindow *self, const char *user); /* transfer none, nullable */
void       lf_window_remember_contact (LfWindow *self, LfContact *contact);
/* One line at the bottom of the window, for what the user has done. */
void lf_window_toast (LfWindow *self, const char *text);

G_END_DECLS
