/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_TYPE_DEMO_OFFICE (lf_demo_office_get_type ())

/**
 * LfDemoOffice:
 *
 * The whole sample office: all colleagues, their phones and calendars, and the visitor's contact
 * list. It opens, hands over the visitor's session, and then lives on until it is closed.
 *
 * Signals: "opened" (const char *refresh_token): everybody is in place, the visitor may come in.
 * "failed" (GError *): the office could not open.
 */
G_DECLARE_FINAL_TYPE (LfDemoOffice, lf_demo_office, LF, DEMO_OFFICE, GObject)

LfDemoOffice *lf_demo_office_new (const char *server, const char *folder, guint32 seed, GError **error);
void          lf_demo_office_open (LfDemoOffice *self);
void          lf_demo_office_close (LfDemoOffice *self);

G_END_DECLS
