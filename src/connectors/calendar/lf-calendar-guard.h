/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean lf_calendar_guard_is_public (GInetAddress *address);
gboolean lf_calendar_guard_check_uri (GUri *uri, GError **error);
gboolean lf_calendar_guard_check_endpoint (GIOStream *connection, GError **error);

G_END_DECLS
