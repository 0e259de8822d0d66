/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"
#include "lf-desktop-calendars.h"

G_BEGIN_DECLS

#define LF_TYPE_PREFERENCES (lf_preferences_get_type ())

/**
 * LfPreferences:
 *
 * The preferences window. Everything takes effect at once.
 */
G_DECLARE_FINAL_TYPE (LfPreferences, lf_preferences, LF, PREFERENCES, AdwPreferencesWindow)

/* @desktop: has the property "idle-source" (string), for people: what tells that nobody is at the computer */
LfPreferences *lf_preferences_new (GtkWindow *parent, GSettings *settings, LfClient *client, LfDesktopCalendars *calendars, GObject *desktop);

G_END_DECLS
