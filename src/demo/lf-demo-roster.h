/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-clock.h"

G_BEGIN_DECLS

#define LF_TYPE_DEMO_ROSTER (lf_demo_roster_get_type ())

/**
 * LfDemoRoster:
 *
 * The visitor's own contact list: signs in as the visitor, makes one group a department, puts every
 * colleague in, marks the favourites, and keeps the session for the window.
 */
G_DECLARE_FINAL_TYPE (LfDemoRoster, lf_demo_roster, LF, DEMO_ROSTER, GObject)

LfDemoRoster *lf_demo_roster_new (const char *server, LfClock *clock, GError **error);
void          lf_demo_roster_build_async (LfDemoRoster *self, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean      lf_demo_roster_build_finish (LfDemoRoster *self, GAsyncResult *result, GError **error);
const char   *lf_demo_roster_get_visitor (LfDemoRoster *self);
const char   *lf_demo_roster_get_refresh_token (LfDemoRoster *self);

G_END_DECLS
