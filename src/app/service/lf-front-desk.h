/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-application.h"

G_BEGIN_DECLS

#define LF_TYPE_FRONT_DESK (lf_front_desk_get_type ())

/**
 * LfFrontDesk:
 *
 * Where other programs come in: it puts the service and the search of GNOME Shell on the bus, takes links, and shows in
 * the window what is asked for.
 */
G_DECLARE_FINAL_TYPE (LfFrontDesk, lf_front_desk, LF, FRONT_DESK, GObject)

LfFrontDesk *lf_front_desk_new (LfApplication *application);
gboolean     lf_front_desk_export (LfFrontDesk *self, GDBusConnection *bus, const char *path, GError **error);
void         lf_front_desk_withdraw (LfFrontDesk *self);
/* At startup and shutdown of the application: in between it has a client. */
void lf_front_desk_begin (LfFrontDesk *self);
void lf_front_desk_end (LfFrontDesk *self);
void lf_front_desk_open_link (LfFrontDesk *self, const char *uri);

G_END_DECLS
